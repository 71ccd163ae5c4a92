from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mendkit.config import RunConfig, parse_config, read_config
from mendkit.errors import ConfigError


def test_flags_win_over_the_file_and_the_file_over_defaults(tmp_path: Path) -> None:
    file = tmp_path / "run.toml"
    file.write_text('tasks = ["background.*"]\n[training]\nsize = 64\nbatch = 2\n[losses.l1_y]\nweight = 7\n')
    config = read_config(file, {"training": {"batch": 4}})
    assert (config.training.size, config.training.batch, config.training.seed) == (64, 4, 0)
    assert config.tasks == ("background.*",)
    assert config.losses["l1_y"].weight == 7


def test_an_unknown_key_is_an_error_that_names_it(tmp_path: Path) -> None:
    file = tmp_path / "run.toml"
    file.write_text("[training]\nsiez = 64\n")
    with pytest.raises(ConfigError, match=r"run\.toml(.|\n)*training\.siez: unknown key"):
        read_config(file)


@pytest.mark.parametrize("content", ["[training\n", "size = = 3"])
def test_bad_toml_is_an_error_that_names_the_file(tmp_path: Path, content: str) -> None:
    file = tmp_path / "run.toml"
    file.write_text(content)
    with pytest.raises(ConfigError, match=r"run\.toml"):
        read_config(file)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_of_all_editors_are_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "run.toml"
    file.write_bytes("# Möbel\r\n[training]\r\nsize = 64\r\n".encode(encoding))
    assert read_config(file).training.size == 64


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16-le"])
def test_another_encoding_is_an_error_with_its_line_and_remedy(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "run.toml"
    file.write_bytes("# Möbel\n".encode(encoding))
    with pytest.raises(ConfigError, match=r"run\.toml: line 1 is not UTF-8; save the file as UTF-8"):
        read_config(file)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: no such file$"):
        read_config(tmp_path / "none.toml")


@pytest.mark.parametrize(
    "training", [{"size": 30}, {"size": 66}, {"batch": 0}, {"temperature": 0.5}, {"seed": -1}, {"seed": 2**32}]
)
def test_impossible_values_are_errors(training: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="training"):
        read_config(None, {"training": training})


def test_a_preset_for_another_learner_is_an_error_that_says_so() -> None:
    with pytest.raises(
        ConfigError, match=r"the flags: the preset hierarchical is for the learner translation\.gan, not"
    ):
        read_config(None, {"learner": "classifier.defects", "preset": "hierarchical"})
    assert read_config(None, {"learner": "classifier.defects"}).preset is None


def test_a_configuration_survives_json() -> None:
    config = read_config(None, {"data": {"root": "x"}, "training": {"size": 64}})
    assert RunConfig.model_validate_json(config.model_dump_json()) == config


def test_configuration_imports_no_torch() -> None:
    code = "import sys, mendkit.config; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_former_name_of_unpaired_items_is_still_read() -> None:
    saved = read_config().model_dump(mode="json")
    saved["losses"]["cycle_x"]["applies"] = "unpaired samples"
    assert parse_config(saved, origin="config.json") == read_config()


def test_items_that_no_name_stands_for_are_an_error_that_lists_the_names() -> None:
    with pytest.raises(ConfigError, match=r"losses\.l1_y\.applies: Input should be 'all'.*'unpaired items'"):
        read_config(None, {"losses": {"l1_y": {"weight": 1, "applies": "samples"}}})


def test_a_start_is_a_path_or_an_installed_model(ship: Callable[..., Path], tmp_path: Path) -> None:
    folder = ship()
    starts = {"tiny": folder, str(tmp_path): tmp_path, "/gone/for/long": Path("/gone/for/long")}
    for given, expected in starts.items():
        assert read_config(None, {"training": {"start": given}}).training.start == expected
    with pytest.raises(ConfigError, match=r"training\.start: tinny: is not a run.*nearest: tiny"):
        read_config(None, {"training": {"start": "tinny"}})

from __future__ import annotations

import subprocess
import sys

import pytest

from mendkit.cli.presets import presets
from mendkit.config import read_config
from mendkit.presets import lay_over, preset_names, read_preset
from mendkit_registry import UnknownNameError


def test_the_methods_of_the_paper_and_our_own_are_there() -> None:
    assert preset_names() == ("composite", "cyclegan", "hierarchical", "monce", "pix2pix", "pretrained", "ws_i2i")


@pytest.mark.parametrize("name", preset_names())
def test_each_preset_is_a_configuration_with_a_source(name: str) -> None:
    preset = read_preset(name)
    assert preset.title and preset.source
    assert read_config(None, {"preset": name}).losses


def test_a_preset_has_what_its_base_has_but_for_its_own() -> None:
    paper, baseline = (read_config(None, {"preset": name}) for name in ("hierarchical", "ws_i2i"))
    assert baseline.losses == paper.losses
    assert (paper.model.group_label, baseline.model.group_label) == (True, False)


def test_flags_win_over_the_preset_setting_by_setting() -> None:
    config = read_config(None, {"preset": "pix2pix", "losses": {"l1_y": {"weight": 7}}, "model": {"width": 8}})
    assert config.losses["l1_y"].weight == 7 and config.losses["conditional_y"].weight == 1
    assert (config.model.width, config.model.generator) == (8, "unet")


def test_nested_settings_are_laid_over_others() -> None:
    below = {"a": {"b": 1, "c": 2}, "d": 3}
    assert lay_over(below, {"a": {"c": 4}, "e": 5}) == {"a": {"b": 1, "c": 4}, "d": 3, "e": 5}
    assert below == {"a": {"b": 1, "c": 2}, "d": 3}


def test_an_unknown_preset_is_an_error_with_the_nearest_names() -> None:
    with pytest.raises(UnknownNameError, match="pix2pix"):
        read_config(None, {"preset": "pixpix"})


def test_presets_are_listed_with_their_sources(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    presets()
    shown = " ".join(capsys.readouterr().out.split())
    assert all(name in shown for name in preset_names())
    assert "Isola et al." in shown


def test_presets_import_no_torch() -> None:
    code = "import sys, mendkit.cli.presets as p; p.presets(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0

"""Models that are exported to ship."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from mendkit.bench.runner import silent
from mendkit.card import read_card
from mendkit.cli.console import stdout
from mendkit.config import DataConfig, RunConfig
from mendkit.errors import CardError, CheckpointError, ConfigError
from mendkit.model import Model
from mendkit.reporting.plan import plan_tables
from mendkit.training.checkpoint import fingerprint, read_index, restore
from mendkit.training.extension import require_all_networks
from mendkit.training.run import plan_run, start_run
from mendkit.training.shipping import export_model, halved, shipped_index
from mendkit.training.start import settings_of, start_from_model
from mendkit.training.state import TrainingState, new_state
from mendkit_registry import load

WriteCard = Callable[..., Path]
Configure = Callable[..., RunConfig]
TASKS = ("background.watermark", "viewpoint.wrong_angle")


def test_the_average_ships_in_half_precision_and_mends_alike(
    fresh_run: Path, write_card: WriteCard, tmp_path: Path
) -> None:
    export_model(fresh_run, tmp_path / "out", write_card())
    assert {file.name for file in (tmp_path / "out").iterdir()} == {
        "average.safetensors",
        "card.json",
        "checkpoint.json",
    }
    stored = load_file(tmp_path / "out" / "average.safetensors")
    assert {value.dtype for value in stored.values() if value.is_floating_point()} == {torch.float16}
    model, original = Model.load(tmp_path / "out"), Model.load(fresh_run)
    assert {weight.dtype for weight in model.network.parameters()} == {torch.float32}
    images = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1
    mended, expected = (each.mend(images, model.tasks).image for each in (model, original))
    torch.testing.assert_close(mended, expected, atol=0.02, rtol=0)


def test_the_index_has_what_the_model_is_and_no_paths(fresh_run: Path, write_card: WriteCard, tmp_path: Path) -> None:
    export_model(fresh_run, tmp_path / "out", write_card())
    assert str(tmp_path) not in (tmp_path / "out" / "checkpoint.json").read_text()
    old, index = read_index(fresh_run), read_index(tmp_path / "out")
    assert (index.tasks, index.transforms, index.images) == (old.tasks, old.transforms, 640)
    assert (index.extends, index.balance, index.features) == (None, {}, None)
    assert index.config.model == old.config.model and index.config.data == DataConfig()


def test_the_run_completes_its_card(fresh_run: Path, write_card: WriteCard, tmp_path: Path) -> None:
    exported = export_model(fresh_run, tmp_path / "out", write_card(rank=3))
    card = read_card(tmp_path / "out")
    assert card == exported.card
    assert (card.images, card.minutes, card.size, card.gives, card.rank) == (640, 1.5, 32, "image", 3)


def test_a_model_that_is_too_large_is_refused_with_the_remedy(
    fresh_run: Path, write_card: WriteCard, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=r"MB of weights, more than 0\.01 MB.*--most-mb 0\.\d"):
        export_model(fresh_run, tmp_path / "out", write_card(), most_mb=0.01)
    assert not (tmp_path / "out").exists()


def test_nothing_is_replaced(fresh_run: Path, write_card: WriteCard, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(ConfigError, match="exists already; choose another folder"):
        export_model(fresh_run, tmp_path / "out", write_card())
    with pytest.raises(CheckpointError, match="no checkpoint here"):
        export_model(tmp_path / "out", tmp_path / "other", write_card())


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"tasks": {"stain.paired": "takes stains off"}}, r"tasks: turn\.tilted is missing"),
        (
            {"tasks": {"stain.paired": "off", "turn.tilted": "upright", "stain.semi": "off"}},
            r"tasks: the model was not trained for stain\.semi; leave it out",
        ),
        ({"size": 64}, "size: is 64, but the model has 32"),
        ({"gives": "finding"}, "gives: is finding, but the model has image"),
        (
            {"encoder": {"network": "lite0", "weights": "ImageNet", "terms": "MIT"}},
            r"encoder\.network: is lite0, but the model has None",
        ),
    ],
)
def test_the_card_of_another_model_is_refused(
    fresh_run: Path, write_card: WriteCard, tmp_path: Path, fields: dict[str, object], fault: str
) -> None:
    with pytest.raises(CardError, match=rf"card\.json: {fault}"):
        export_model(fresh_run, tmp_path / "out", write_card(**fields))
    assert not (tmp_path / "out").exists()


def test_values_that_half_precision_cannot_hold_are_kept_as_they_are() -> None:
    large, counts = torch.tensor([1.0, 1e6]), torch.tensor([70_000])
    assert torch.equal(halved(large), large) and halved(large).dtype == torch.float32
    assert torch.equal(halved(counts), counts) and halved(counts).dtype == torch.int64


def test_a_run_starts_from_a_model_that_ships_and_says_so(
    ship: Callable[..., Path], tiny_config: Configure, tmp_path: Path
) -> None:
    folder = ship()
    config = tiny_config(images=8, start="tiny").model_copy(update={"tasks": TASKS})
    assert config.training.start == folder and settings_of(folder)["training"] == {"size": 32, "zoom": 1.0}
    with stdout.capture() as captured:
        stdout.print(plan_tables(plan_run(config)[0]))
    assert f"starts from: tiny (SHA-256 {fingerprint(folder)[:8]})" in captured.get()
    assert start_run(config, tmp_path / "onward", silent)
    started = read_index(tmp_path / "onward").started_from
    assert started is not None and (started.name, started.digest) == ("tiny", fingerprint(folder))
    # It stays with the run, and with what is exported from it.
    state = restored(tmp_path / "onward")
    assert state.started_from == shipped_index(read_index(tmp_path / "onward")).started_from == started


def test_all_networks_start_from_the_average_that_ships(ship: Callable[..., Path], tiny_config: Configure) -> None:
    folder = ship()
    plan, _ = plan_run(tiny_config().model_copy(update={"tasks": TASKS}))
    state = new_state(plan.blueprint(), plan.registry, torch.device("cpu"), plan.terms)
    start_from_model(state, folder)
    shipped = load_file(folder / "average.safetensors")["stem.0.weight"].float()
    networks = state.networks()
    for name in ("mend", "spoil", "average"):
        assert torch.equal(networks[name].state_dict()["stem.0.weight"], shipped), name


def restored(run: Path) -> TrainingState:
    index = read_index(run)
    return restore(new_state(index, load(), torch.device("cpu")), run, index)


def test_a_model_that_ships_cannot_be_extended_and_the_remedy_is_said(ship: Callable[..., Path]) -> None:
    folder = ship()
    state = new_state(read_index(folder), load(), torch.device("cpu"))
    with pytest.raises(CheckpointError, match="start a new run from it with `mendkit train --from"):
        require_all_networks(folder, state)

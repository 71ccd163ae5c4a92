from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError

from mendkit.config import RunConfig, TermConfig, read_config
from mendkit.contracts.batch import Batch
from mendkit.errors import CheckpointError, UnwritableError
from mendkit.learners.translation.losses import CORE_TERMS
from mendkit.model import Model
from mendkit.networks.blueprint import Blueprint
from mendkit.training.checkpoint import load_state, read_index, save_checkpoint
from mendkit.training.state import TrainingState, new_state
from mendkit.training.step import train_step
from mendkit.training.terms import PlannedTerm
from mendkit_registry import DefectType

CPU = torch.device("cpu")


@pytest.fixture
def config() -> RunConfig:
    return read_config(None, {"model": {"width": 4, "blocks": 2}, "training": {"size": 32}})


@pytest.fixture
def state(config: RunConfig) -> TrainingState:
    return new_state(Blueprint(config=config, tasks=("stain.semi", "turn.tilted"), geometric=("turn.tilted",)), CPU)


def terms(tasks: dict[str, DefectType]) -> list[PlannedTerm]:
    own = {name: tasks[name] for name in ("stain.semi", "turn.tilted")}
    used = [term for term in CORE_TERMS if term.name.startswith(("adversarial", "l1", "cycle", "identity", "mask"))]
    return [PlannedTerm.of(term, TermConfig(weight=10), own) for term in used]


def test_a_restored_state_takes_the_same_steps_bit_for_bit(
    tmp_path: Path,
    config: RunConfig,
    state: TrainingState,
    tasks: dict[str, DefectType],
    make_batch: Callable[..., Batch],
) -> None:
    batch = make_batch(("stain.semi", "turn.tilted"))
    train_step(state, batch, terms(tasks))
    save_checkpoint(tmp_path, state)
    restored = load_state(tmp_path, CPU)
    for _ in range(2):
        losses, again = train_step(state, batch, terms(tasks)), train_step(restored, batch, terms(tasks))
        assert all(torch.equal(losses[name], again[name]) for name in losses)
    for name, network in state.networks().items():
        twin = restored.networks()[name].state_dict()
        assert all(torch.equal(value, twin[key]) for key, value in network.state_dict().items())


def test_a_checkpoint_is_safetensors_and_json_only(tmp_path: Path, config: RunConfig, state: TrainingState) -> None:
    save_checkpoint(tmp_path, state)
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} == {".safetensors", ".json"}


def test_a_checkpoint_that_is_only_to_mend_has_only_the_average(
    tmp_path: Path, config: RunConfig, state: TrainingState
) -> None:
    save_checkpoint(tmp_path, state, to_resume=False)
    assert {path.name for path in (tmp_path / "checkpoint").iterdir()} == {"checkpoint.json", "average.safetensors"}
    assert Model.load(tmp_path).tasks == ("stain.semi", "turn.tilted")
    with pytest.raises(CheckpointError, match=r"mend\.safetensors"):
        load_state(tmp_path, CPU)


def test_labels_belong_to_names_not_to_what_is_installed(
    tmp_path: Path, config: RunConfig, state: TrainingState
) -> None:
    save_checkpoint(tmp_path, state)
    model = Model.load(tmp_path)
    assert model.tasks == ("stain.semi", "turn.tilted")
    assert model.generator.types.rows(["turn.tilted"]).item() == 1
    assert model.generator.geometric == {"turn.tilted"}


def test_a_newer_format_is_refused(tmp_path: Path, config: RunConfig, state: TrainingState) -> None:
    save_checkpoint(tmp_path, state)
    file = tmp_path / "checkpoint" / "checkpoint.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"format": 2}))
    with pytest.raises(CheckpointError, match="newer"):
        Model.load(tmp_path)


@pytest.mark.parametrize("name", ["average.safetensors", "checkpoint.json"])
def test_a_damaged_file_is_refused_with_its_name(
    tmp_path: Path, config: RunConfig, state: TrainingState, name: str
) -> None:
    save_checkpoint(tmp_path, state)
    file = tmp_path / "checkpoint" / name
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(CheckpointError, match=name):
        Model.load(tmp_path)


def test_no_checkpoint_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no checkpoint"):
        read_index(tmp_path)


def test_a_full_disk_is_said_in_words_and_the_checkpoint_before_stays(
    tmp_path: Path, state: TrainingState, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_checkpoint(tmp_path, state)

    def full(tensors: object, path: Path) -> None:
        raise SafetensorError("I/O error: No space left on device (os error 28)")

    monkeypatch.setattr("mendkit.training.checkpoint.save_file", full)
    state.images = 99
    with pytest.raises(UnwritableError, match=r"\.safetensors: cannot be written: .*No space left .*; make room"):
        save_checkpoint(tmp_path, state)
    assert read_index(tmp_path).images == 0


def test_a_crash_between_the_renames_of_a_save_loses_nothing(
    tmp_path: Path, config: RunConfig, state: TrainingState, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_checkpoint(tmp_path, state)
    rename = Path.rename

    def crash_on_the_new_one(path: Path, target: Path) -> Path:
        if path.name == "checkpoint.new":
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", crash_on_the_new_one)
    state.images = 99
    with pytest.raises(KeyboardInterrupt):
        save_checkpoint(tmp_path, state)
    assert read_index(tmp_path).images == 0
    monkeypatch.undo()
    save_checkpoint(tmp_path, state)
    assert read_index(tmp_path).images == 99

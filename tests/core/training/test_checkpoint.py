from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError

from mendkit.config import RunConfig, read_config
from mendkit.contracts.batch import Batch
from mendkit.contracts.guidance import LabelTable
from mendkit.errors import CheckpointError, UnwritableError
from mendkit.model import Model
from mendkit.networks.blueprint import Blueprint, UsedComponent
from mendkit.networks.generator import Generator
from mendkit.training.checkpoint import fingerprint, read_index, restore, save_checkpoint
from mendkit.training.state import TrainingState, new_state
from mendkit.training.step import train_step
from mendkit.training.terms import PlannedTerm, TermTable
from mendkit_registry import DefectType, load

CPU = torch.device("cpu")


@pytest.fixture
def config() -> RunConfig:
    return read_config(None, {"model": {"width": 4, "blocks": 2}, "training": {"size": 32}})


@pytest.fixture
def state(config: RunConfig) -> TrainingState:
    flow = UsedComponent(name="transform.flow", component="transform.flow", tasks=("turn.tilted",))
    blueprint = Blueprint(config=config, tasks=("stain.semi", "turn.tilted"), transforms=(flow,))
    return new_state(blueprint, load(), CPU)


def load_state(run: Path) -> TrainingState:
    index = read_index(run)
    return restore(new_state(index, load(), CPU), run, index)


@pytest.fixture
def terms(tasks: dict[str, DefectType], state: TrainingState, core_term: Callable[..., PlannedTerm]) -> TermTable:
    own = {name: tasks[name] for name in state.blueprint.tasks}
    kinds = [f"{kind}_{side}" for kind in ("adversarial", "l1", "cycle", "identity") for side in "xy"]
    names = (*kinds, "mask_y", "critic.adversarial_x", "critic.adversarial_y")
    return TermTable(tuple(core_term(name, own, weight=10) for name in names), state.blueprint.tasks)


def test_a_restored_state_takes_the_same_steps_bit_for_bit(
    tmp_path: Path,
    config: RunConfig,
    state: TrainingState,
    terms: TermTable,
    make_batch: Callable[..., Batch],
) -> None:
    names = ("stain.semi", "turn.tilted")
    batch = replace(make_batch(names), guidance=LabelTable(state.blueprint.tasks).guidance(names))
    train_step(state, batch, terms)
    save_checkpoint(tmp_path, state)
    restored = load_state(tmp_path)
    for _ in range(2):
        losses, again = (train_step(each, batch, terms) for each in (state, restored))
        assert all(torch.equal(losses[name], again[name]) for name in losses)
    for name, network in state.networks().items():
        twin = restored.networks()[name].state_dict()
        assert all(torch.equal(value, twin[key]) for key, value in network.state_dict().items())


def test_restored_moments_lie_in_memory_like_their_weights(
    tmp_path: Path, state: TrainingState, terms: TermTable, make_batch: Callable[..., Batch]
) -> None:
    names = ("stain.semi", "turn.tilted")
    batch = replace(make_batch(names), guidance=LabelTable(state.blueprint.tasks).guidance(names))
    train_step(state, batch, terms)
    save_checkpoint(tmp_path, state)
    for optimiser in load_state(tmp_path).optimisers.values():
        strides = {
            (weight.stride(), moments[name].stride())
            for weight, moments in optimiser.state.items()
            for name in ("exp_avg", "exp_avg_sq")
        }
        assert strides and all(own == found for own, found in strides)


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
        load_state(tmp_path)


def test_labels_belong_to_names_not_to_what_is_installed(
    tmp_path: Path, config: RunConfig, state: TrainingState
) -> None:
    save_checkpoint(tmp_path, state)
    model = Model.load(tmp_path)
    assert model.tasks == ("stain.semi", "turn.tilted")
    assert isinstance(model.network, Generator)
    assert model.network.types.rows(["turn.tilted"]).item() == 1
    assert [part.tasks for part in model.network.transforms.parts.values()] == [{1}]


def test_a_newer_format_is_refused(tmp_path: Path, config: RunConfig, state: TrainingState) -> None:
    save_checkpoint(tmp_path, state)
    file = tmp_path / "checkpoint" / "checkpoint.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"format": 4}))
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


def test_a_fingerprint_is_that_of_the_weights_that_answer(state: TrainingState, tmp_path: Path) -> None:
    for name in "abc":
        save_checkpoint(tmp_path / name, state)
    weights = tmp_path / "c" / "checkpoint" / "average.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"!")
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b" / "checkpoint") != fingerprint(tmp_path / "c")
    weights.unlink()
    with pytest.raises(CheckpointError, match=r"average\.safetensors: missing"):
        fingerprint(tmp_path / "c")

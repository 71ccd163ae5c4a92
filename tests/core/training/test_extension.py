"""A model is extended by a task: what it did for the others stays, bit for bit, and the new task is learnt."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from mendkit.bench.runner import silent as silence
from mendkit.config import RunConfig
from mendkit.contracts.guidance import LabelTable
from mendkit.errors import CheckpointError, ConfigError
from mendkit.learners.translation.growing import grown_rows
from mendkit.model import Model
from mendkit.networks.blueprint import Blueprint, UsedComponent
from mendkit.networks.generator import Generator
from mendkit.training.checkpoint import CheckpointIndex, read_index
from mendkit.training.extension import extended, extended_state
from mendkit.training.loop import Status
from mendkit.training.plan import Plan
from mendkit.training.run import extend_run, plan_run, resume_run, start_run
from mendkit_registry import ConditionerSpec

KNOWN = ("background.watermark", "viewpoint.wrong_angle")
NEW = "background.non_white"


class Interrupting:
    """Presses Ctrl-C at the first log point."""

    def update(self, status: Status) -> None:
        if status.losses:
            os.kill(os.getpid(), signal.SIGINT)


def interrupting() -> nullcontext[Interrupting]:
    return nullcontext(Interrupting())


@pytest.fixture
def config(tiny_config: Callable[..., RunConfig]) -> RunConfig:
    return tiny_config(learning_rate=1e-2).model_copy(update={"tasks": KNOWN})


@pytest.fixture
def base(config: RunConfig, tmp_path: Path) -> Path:
    start_run(config, tmp_path / "base", silence)
    return tmp_path / "base"


@pytest.fixture
def for_new(config: RunConfig) -> RunConfig:
    return config.model_copy(update={"tasks": (NEW,)})


def images(count: int) -> torch.Tensor:
    return torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(1)) * 2 - 1


def test_outputs_of_the_known_tasks_stay_bit_for_bit(base: Path, for_new: RunConfig, tmp_path: Path) -> None:
    extend_run(base, for_new, tmp_path / "grown", silence)
    before, after = Model.load(base), Model.load(tmp_path / "grown")
    assert after.tasks == (*KNOWN, NEW)
    for task in KNOWN:
        old, new = (model.mend(images(2), [task, task]) for model in (before, after))
        assert torch.equal(old.drawn, new.drawn)
        assert torch.equal(old.image, new.image)


def test_known_samples_stay_as_they_are_beside_new_ones(base: Path, for_new: RunConfig, tmp_path: Path) -> None:
    extend_run(base, for_new, tmp_path / "grown", silence)
    grown, known = Model.load(tmp_path / "grown"), KNOWN[0]
    mixed, alone = (
        grown.mend(images(2), [known, NEW]).drawn,
        grown.mend(images(2), [known, known]).drawn,
    )
    assert torch.equal(mixed[:1], alone[:1])
    assert not torch.equal(mixed[1:], alone[1:])


def test_only_what_is_of_the_new_task_is_learnt(base: Path, for_new: RunConfig, tmp_path: Path) -> None:
    extend_run(base, for_new, tmp_path / "grown", silence)
    old = load_file(base / "checkpoint" / "average.safetensors")
    new = load_file(tmp_path / "grown" / "checkpoint" / "mend.safetensors")
    changed = {key for key, value in old.items() if not torch.equal(value, new[key])}
    assert changed == {"type_attention.label.weight"}
    added = sorted(set(new) - set(old))
    assert {key.split(".")[3] for key in added} == {"encoded", "middle", "decoded"}
    assert all(new[key].any() for key in added if key.endswith("widen.weight"))


@pytest.mark.parametrize(
    ("known", "new", "part"),
    [
        (KNOWN, "color.cast", "transforms.predictors.transform/tone."),  # the model gets this part with the task
        (KNOWN[:1], "viewpoint.wrong_angle", "transforms.predictors.transform/flow."),  # likewise
    ],
)
def test_a_transform_that_no_known_task_has_learns_on(
    config: RunConfig, tmp_path: Path, known: tuple[str, ...], new: str, part: str
) -> None:
    start_run(config.model_copy(update={"tasks": known}), tmp_path / "base", silence)
    extend_run(tmp_path / "base", config.model_copy(update={"tasks": (new,)}), tmp_path / "grown", silence)
    before, after = Model.load(tmp_path / "base"), Model.load(tmp_path / "grown")
    old, learnt = (model.mend(images(1), known[:1]).image for model in (before, after))
    assert torch.equal(old, learnt)
    own = {key: value for key, value in after.network.state_dict().items() if key.startswith(part)}
    others = before.network.state_dict()
    assert any(key not in others or not torch.equal(value, others[key]) for key, value in own.items())
    mended = after.mend(images(1), [new])
    assert [bool(parameters.any()) for parameters in mended.transforms.values()] == [True]


def test_an_extension_resumes_exactly(base: Path, for_new: RunConfig, tmp_path: Path) -> None:
    assert extend_run(base, for_new, tmp_path / "whole", silence)
    assert not extend_run(base, for_new, tmp_path / "parts", interrupting)
    assert resume_run(tmp_path / "parts", silence)
    for name in ("mend", "average", "critic_y", "generators"):
        whole, parts = (load_file(tmp_path / run / "checkpoint" / f"{name}.safetensors") for run in ("whole", "parts"))
        assert all(torch.equal(value, parts[key]) for key, value in whole.items()), name


def test_known_tasks_that_a_pattern_names_as_well_are_left_out(base: Path, config: RunConfig, tmp_path: Path) -> None:
    extend_run(base, config.model_copy(update={"tasks": ("background.*",)}), tmp_path / "grown", silence)
    index = read_index(tmp_path / "grown")
    assert (index.tasks, index.known) == ((*KNOWN, NEW), KNOWN)
    assert resume_run(tmp_path / "grown", silence)


def test_a_model_is_extended_again_and_again(base: Path, for_new: RunConfig, tmp_path: Path) -> None:
    start_run(for_new, tmp_path / "first", silence)
    for run, onto, task in (("second", "first", KNOWN[0]), ("third", "second", KNOWN[1])):
        extend_run(tmp_path / onto, for_new.model_copy(update={"tasks": (task,)}), tmp_path / run, silence)
    second, third = Model.load(tmp_path / "second"), Model.load(tmp_path / "third")
    assert third.tasks == (NEW, *KNOWN)
    assert [used.tasks for used in third.blueprint.transforms] == [("viewpoint.wrong_angle",)]
    for task in (NEW, KNOWN[0]):
        old, new = (model.mend(images(1), [task]) for model in (second, third))
        assert torch.equal(old.drawn, new.drawn)


def test_what_a_model_has_learnt_from_is_not_forgotten_when_it_is_extended(
    config: RunConfig, tiny_config: Callable[..., RunConfig], mobilenet: Path, tmp_path: Path
) -> None:
    taught = tiny_config(features=mobilenet).model_copy(update={"tasks": KNOWN})
    start_run(taught, tmp_path / "base", silence)
    extend_run(tmp_path / "base", config.model_copy(update={"tasks": (NEW,)}), tmp_path / "grown", silence)
    index = read_index(tmp_path / "grown")
    assert (index.features, index.learned_from) == (None, ("mobilenetv2_100",))


def test_with_all_tasks_every_weight_learns_on(base: Path, config: RunConfig, tmp_path: Path) -> None:
    extend_run(base, config.model_copy(update={"tasks": (*KNOWN, NEW)}), tmp_path / "grown", silence, unfreeze=True)
    index = read_index(tmp_path / "grown")
    assert (index.tasks, index.known, index.conditioners) == ((*KNOWN, NEW), (), ())
    old, new = (load_file(run / "checkpoint" / "mend.safetensors") for run in (base, tmp_path / "grown"))
    assert not torch.equal(old["stem.0.weight"], new["stem.0.weight"])


def test_a_model_does_not_learn_what_it_knows(base: Path, config: RunConfig, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"already knows background\.watermark"):
        extend_run(base, config, tmp_path / "grown", silence)


def test_no_task_is_forgotten_by_accident(base: Path, config: RunConfig, tmp_path: Path) -> None:
    some = config.model_copy(update={"tasks": (KNOWN[0], NEW)})
    with pytest.raises(ConfigError, match=r"viewpoint\.wrong_angle would be forgotten"):
        extend_run(base, some, tmp_path / "grown", silence, unfreeze=True)


def test_what_only_mends_cannot_be_extended(base: Path, for_new: RunConfig, tmp_path: Path) -> None:
    (base / "checkpoint" / "spoil.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"spoil\.safetensors"):
        extend_run(base, for_new, tmp_path / "grown", silence)


def test_where_only_the_average_is_kept_the_message_says_so(base: Path, for_new: RunConfig, tmp_path: Path) -> None:
    for file in (base / "checkpoint").glob("*.safetensors"):
        if file.stem != "average":
            file.unlink()
    for go_on in (lambda: extend_run(base, for_new, tmp_path / "grown", silence), lambda: resume_run(base, silence)):
        with pytest.raises(CheckpointError, match=r"base: holds only the averaged network, .*; name the run itself"):
            go_on()


STEERS = ConditionerSpec(name="light.match", tasks=("background.*",), factory="m:C", sites=("middle",))


@pytest.fixture
def first(config: RunConfig) -> CheckpointIndex:
    """What a model of one task says, which the module of a plugin steers."""
    return CheckpointIndex(
        tasks=KNOWN[:1], conditioners=(UsedComponent.of(STEERS, KNOWN[:1]),), images=0, step=0, config=config
    )


def planned(config: RunConfig, *tasks: str) -> Plan:
    return replace(plan_run(config.model_copy(update={"tasks": tasks}))[0], conditioners=(STEERS,))


def modules(blueprint: Blueprint) -> dict[str, tuple[str, ...]]:
    return {spec.name: spec.tasks for spec in blueprint.conditioners if not spec.name.startswith("adapter")}


def test_each_new_task_gets_a_module_of_its_own_and_those_of_others_stay_theirs(
    config: RunConfig, first: CheckpointIndex
) -> None:
    second = extended(Path("first"), first, planned(config, NEW))
    assert modules(second) == {"light.match": KNOWN[:1], "light.match_2": (NEW,)}
    grown = CheckpointIndex(**dict(second), images=0, step=0)
    third = extended(Path("second"), grown, planned(config, "color.cast"))
    assert modules(third) == modules(second)  # the plugin does not mean it for this task


def test_when_all_learn_on_a_new_task_joins_the_module_that_is_meant_for_it(
    config: RunConfig, first: CheckpointIndex
) -> None:
    both = extended(Path("first"), first, planned(config, KNOWN[0], NEW))
    assert {name: set(tasks) for name, tasks in modules(both).items()} == {"light.match": {KNOWN[0], NEW}}


def test_a_new_type_starts_from_the_mean_of_its_group() -> None:
    rows = torch.tensor([[1.0], [3.0], [8.0]])
    old = LabelTable(["background.a", "background.b", "viewpoint.a"])
    grown = grown_rows(rows, old, LabelTable([*old.names, "background.c"]))
    assert grown.flatten().tolist() == [1.0, 3.0, 8.0, 2.0]


def test_new_rows_are_those_means_when_training_begins(base: Path, for_new: RunConfig, tmp_path: Path) -> None:
    index, (plan, _) = read_index(base), plan_run(for_new)
    state = extended_state(base, index, extended(base, index, plan), plan, torch.device("cpu"))
    old = load_file(base / "checkpoint" / "average.safetensors")["type_attention.label.weight"]
    mend = state.learner.answering()
    assert isinstance(mend, Generator) and mend.type_attention is not None
    new = mend.type_attention.label.weight
    assert torch.equal(new[:2], old) and torch.equal(new[2], old[0])  # of its group, the model knows one task


def test_a_new_group_starts_from_the_mean_of_all() -> None:
    rows = torch.tensor([[2.0, 0.0], [4.0, 6.0]])
    grown = grown_rows(rows, LabelTable(["background", "viewpoint"]), LabelTable(["background", "noise", "viewpoint"]))
    assert grown.tolist() == [[2.0, 0.0], [3.0, 3.0], [4.0, 6.0]]

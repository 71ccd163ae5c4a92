"""Runs that start from a trained model."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from mendkit.config import RunConfig, read_config
from mendkit.errors import CheckpointError, ConfigError
from mendkit.training.checkpoint import read_index, save_checkpoint
from mendkit.training.loop import Silent
from mendkit.training.run import plan_run, start_run
from mendkit.training.start import origin_of, settings_of, start_from_model
from mendkit.training.state import new_state

Configure = Callable[..., RunConfig]
MARK, ANGLE = "background.watermark", "viewpoint.wrong_angle"


def silence() -> nullcontext[Silent]:
    return nullcontext(Silent())


@pytest.fixture
def model(tiny_config: Configure, tmp_path: Path) -> Path:
    config = tiny_config(images=8).model_copy(update={"tasks": (MARK,)})
    assert start_run(config, tmp_path / "model", silence)
    return tmp_path / "model"


def onward(config: RunConfig, model: Path, *tasks: str, **training: object) -> RunConfig:
    own = config.training.model_copy(update={"start": model, **training})
    return config.model_copy(update={"tasks": tasks, "training": own})


def weights(run: Path, name: str) -> dict[str, torch.Tensor]:
    return load_file(run / "checkpoint" / f"{name}.safetensors")


def test_all_that_fits_is_taken_and_labels_go_by_their_names(tiny_config: Configure, model: Path) -> None:
    plan, _ = plan_run(onward(tiny_config(), model, MARK, ANGLE))
    state = new_state(plan.blueprint(), plan.registry, torch.device("cpu"), plan.terms)
    fresh = {name: value.clone() for name, value in state.learner.answering().state_dict().items()}
    start_from_model(state, model)
    own, old = state.learner.answering().state_dict(), weights(model, "average")
    labels = "type_attention.label.weight"
    for name, value in own.items():
        if name in old and "label" not in name:
            assert torch.equal(value, old[name]), name
        elif name not in old:
            assert torch.equal(value, fresh[name]), name
    row = list(plan.names).index(MARK)
    assert torch.equal(own[labels][row], old[labels][0])
    spoil = state.learner.networks()["spoil"].state_dict()
    assert torch.equal(spoil["stem.0.weight"], weights(model, "spoil")["stem.0.weight"])
    assert all(torch.equal(value, own[name]) for name, value in state.average.state_dict().items())


def test_a_run_goes_on_from_what_only_mends(tiny_config: Configure, model: Path, tmp_path: Path) -> None:
    plan, _ = plan_run(tiny_config().model_copy(update={"tasks": (MARK,)}))
    state = new_state(plan.blueprint(), plan.registry, torch.device("cpu"), plan.terms)
    save_checkpoint(tmp_path / "lean", state, to_resume=False)
    assert start_run(onward(tiny_config(images=8), tmp_path / "lean", ANGLE), tmp_path / "onward", silence)
    assert read_index(tmp_path / "onward").tasks == (ANGLE,)


def test_the_settings_of_the_networks_come_with_the_model_unless_they_are_given(model: Path) -> None:
    below = settings_of(model)
    assert read_config(None, None, below).model == read_index(model).config.model
    assert read_config(None, {"model": {"width": 12}}, below).model.width == 12


def test_a_model_of_which_nothing_fits_or_that_is_not_there_is_refused(
    tiny_config: Configure, model: Path, tmp_path: Path
) -> None:
    config = onward(tiny_config(), model, MARK)
    other = config.model_copy(update={"model": config.model.model_copy(update={"width": 20})})
    plan, _ = plan_run(other)
    state = new_state(plan.blueprint(), plan.registry, torch.device("cpu"), plan.terms)
    with pytest.raises(ConfigError, match=r"only \d+% of its weights fit; it has model\.encoder=None, model\.width=4"):
        start_from_model(state, model)
    for start in (partial(start_from_model, state), origin_of):
        with pytest.raises(CheckpointError, match="no checkpoint here"):
            start(tmp_path / "nowhere")
    without = replace(state, learner=object())  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="cannot start from a model"):
        start_from_model(without, model)

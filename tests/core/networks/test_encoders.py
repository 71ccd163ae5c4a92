"""Where an encoder's weights come from, how they are told apart, and how a run goes on with them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import load_file, save_file

from mendkit.config import RunConfig
from mendkit.errors import CheckpointError, ConfigError
from mendkit.model import Model
from mendkit.networks import encoders
from mendkit.networks.encoders import FRESH, TimmEncoder, encoders_of, find_encoder, start_encoders
from mendkit.networks.pretrained import Preprocessing
from mendkit.training.checkpoint import read_index
from mendkit.training.loop import Silent
from mendkit.training.run import extend_run, plan_run, resume_run, start_run

Configure = Callable[..., RunConfig]
NETWORK = "test_efficientnet"


def silence() -> nullcontext[Silent]:
    return nullcontext(Silent())


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A file of weights that says what they are."""
    torch.manual_seed(3)
    stated = Preprocessing(network=NETWORK, mean=(0.4, 0.5, 0.6), std=(0.2, 0.25, 0.3), padding="symmetric")
    tensors = timm.create_model(NETWORK, num_classes=1000).state_dict()
    save_file(tensors, tmp_path / "weights.safetensors", stated.to_metadata())
    return tmp_path / "weights.safetensors"


@pytest.fixture
def config(tiny_config: Configure, weights: Path) -> RunConfig:
    config = tiny_config(preset="composite", images=8, encoder_weights=weights)
    model = config.model.model_copy(update={"encoder": NETWORK, "gates": True})
    return config.model_copy(update={"model": model, "tasks": ("background.watermark",)})


def test_a_file_is_recorded_by_its_digest_and_what_it_must_be_given(weights: Path) -> None:
    start = find_encoder(NETWORK, weights)
    assert start.weights.network == NETWORK and len(start.weights.digest) == 64 and not start.is_fresh
    encoder = TimmEncoder(start.weights)
    start_encoders(encoder, start)
    own, tensors = encoder.body.state_dict(), load_file(weights)
    assert own.keys() < tensors.keys()
    assert all(torch.equal(value, tensors[name]) for name, value in own.items())
    images = torch.rand(1, 3, 64, 64) * 2 - 1
    given = ((images + 1) / 2 - encoder.mean) / encoder.std
    assert encoder.mean.flatten().tolist() == pytest.approx([0.4, 0.5, 0.6])
    expected = encoder.eval().body(given)
    assert all(torch.equal(found, right) for found, right in zip(encoder(images), expected, strict=True))


def test_weights_of_another_network_are_refused(weights: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"training\.encoder_weights: .* of test_efficientnet, and model\.encoder is resnet18"
    ):
        find_encoder("resnet18", weights)
    with pytest.raises(CheckpointError, match="no such file"):
        find_encoder(NETWORK, weights.with_name("missing.safetensors"))
    with pytest.raises(ConfigError, match=r"model\.encoder: timm has no network 'no_such_net'"):
        find_encoder("no_such_net", None)


def test_without_a_net_the_plan_says_that_the_encoder_starts_from_random_weights(
    config: RunConfig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(encoders, "PATIENCE", 0.001)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    training = config.training.model_copy(update={"encoder_weights": None})
    plan, _ = plan_run(config.model_copy(update={"training": training}))
    assert plan.encoder is not None and plan.encoder.weights.digest == FRESH
    assert any(remark.startswith(f"{NETWORK} starts from random weights") for remark in plan.remarks)
    assert plan.blueprint().learned_from == ()


def test_a_run_starts_from_the_weights_and_is_mended_with_resumed_and_extended_without_them(
    config: RunConfig, weights: Path, tmp_path: Path
) -> None:
    assert start_run(config, tmp_path / "run", silence)
    index = read_index(tmp_path / "run")
    assert index.encoder is not None and index.encoder.network == NETWORK
    assert index.learned_from == (NETWORK,)
    weights.unlink()
    model = Model.load(tmp_path / "run")
    mended = model.mend(torch.rand(1, 3, 32, 32), ["background.watermark"])
    assert mended.image.isfinite().all()
    assert resume_run(tmp_path / "run", silence)
    new = config.model_copy(update={"tasks": ("viewpoint.wrong_angle",)})
    assert extend_run(tmp_path / "run", new, tmp_path / "grown", silence)
    grown = Model.load(tmp_path / "grown").mend(torch.ones(1, 3, 32, 32) * 0.5, ["background.watermark"])
    assert torch.equal(model.mend(torch.ones(1, 3, 32, 32) * 0.5, ["background.watermark"]).image, grown.image)


@pytest.mark.parametrize(("rate", "moves"), [(0.0, False), (0.2, True)])
def test_the_encoder_has_a_rate_of_its_own(
    config: RunConfig, weights: Path, tmp_path: Path, rate: float, moves: bool
) -> None:
    training = config.training.model_copy(update={"encoder_rate": rate, "ema_images": 0})
    start_run(config.model_copy(update={"training": training}), tmp_path / "run", silence)
    network = Model.load(tmp_path / "run").network
    [encoder] = encoders_of(network)
    before = load_file(weights)
    changed = [not torch.equal(weight, before[name]) for name, weight in encoder.body.named_parameters()]
    assert any(changed) is moves

"""Each method trains, stops and goes on exactly."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from mendkit.config import RunConfig
from mendkit.errors import CheckpointError, ConfigError
from mendkit.files import only_writer
from mendkit.model import Model
from mendkit.networks.pretrained import identify
from mendkit.presets import preset_names
from mendkit.training.checkpoint import read_index
from mendkit.training.loop import Status
from mendkit.training.run import resume_run, start_run

Configure = Callable[..., RunConfig]


class Interrupting:
    """Presses Ctrl-C at the first log point."""

    def update(self, status: Status) -> None:
        if status.losses:
            os.kill(os.getpid(), signal.SIGINT)


class Silence:
    def update(self, status: Status) -> None: ...


def weights(run: Path) -> dict[str, torch.Tensor]:
    files = sorted((run / "checkpoint").glob("*.safetensors"))
    return {f"{file.stem}.{key}": value for file in files for key, value in load_file(file).items()}


@pytest.mark.parametrize("preset", preset_names())
def test_a_preset_trains_and_resumes_bit_for_bit(tmp_path: Path, tiny_config: Configure, preset: str) -> None:
    config = tiny_config(preset=preset, images=8, log_images=4, sheet_images=100)
    assert start_run(config, tmp_path / "whole", lambda: nullcontext(Silence()))
    assert not start_run(config, tmp_path / "parts", lambda: nullcontext(Interrupting()))
    assert read_index(tmp_path / "parts").images == 4
    assert resume_run(tmp_path / "parts", lambda: nullcontext(Silence()))
    whole, parts = weights(tmp_path / "whole"), weights(tmp_path / "parts")
    assert [name for name in whole if not torch.equal(whole[name], parts[name])] == []
    mended = Model.load(tmp_path / "whole").mend(torch.zeros(1, 3, 32, 32), ["background.watermark"])
    assert mended.image.isfinite().all()


def test_a_run_that_compares_features_resumes_bit_for_bit_and_says_what_it_learnt_from(
    tmp_path: Path, tiny_config: Configure, mobilenet: Path
) -> None:
    config = tiny_config(images=8, log_images=4, sheet_images=100, features=mobilenet)
    assert start_run(config, tmp_path / "whole", lambda: nullcontext(Silence()))
    assert not start_run(config, tmp_path / "parts", lambda: nullcontext(Interrupting()))
    assert resume_run(tmp_path / "parts", lambda: nullcontext(Silence()))
    whole, parts = weights(tmp_path / "whole"), weights(tmp_path / "parts")
    assert [name for name in whole if not torch.equal(whole[name], parts[name])] == []
    assert not [name for name in whole if "blocks.0.0.conv_dw" in name], "the pretrained network is no part of the run"
    assert Model.load(tmp_path / "whole").learned_from == ("mobilenetv2_100",)
    index = read_index(tmp_path / "whole")
    assert index.features == identify(mobilenet) and index.left_out == ()
    plain = tiny_config(images=8, log_images=4, sheet_images=100)
    assert start_run(plain, tmp_path / "plain", lambda: nullcontext(Silence()))
    assert Model.load(tmp_path / "plain").learned_from == ()
    assert read_index(tmp_path / "plain").left_out == ("perceptual_y",)
    unlike = weights(tmp_path / "plain")
    assert any(not torch.equal(whole[name], unlike[name]) for name in whole)


def test_a_run_is_not_resumed_with_other_feature_weights_than_it_began_with(
    tmp_path: Path, tiny_config: Configure, mobilenet: Path
) -> None:
    file = tmp_path / "weights.safetensors"
    shutil.copyfile(mobilenet, file)
    config = tiny_config(images=8, log_images=4, sheet_images=100, features=file)
    assert not start_run(config, tmp_path / "run", lambda: nullcontext(Interrupting()))
    others = {name: value + 1 for name, value in load_file(mobilenet).items()}
    save_file(others, file, identify(mobilenet).to_metadata())
    with pytest.raises(CheckpointError, match=r"compared by mobilenetv2_100 .* now has mobilenetv2_100 .*bring back"):
        resume_run(tmp_path / "run", lambda: nullcontext(Silence()))
    file.unlink()
    with pytest.raises(ConfigError, match=r"training\.features: .*no such file.*bring back"):
        resume_run(tmp_path / "run", lambda: nullcontext(Silence()))
    shutil.copyfile(mobilenet, file)
    assert resume_run(tmp_path / "run", lambda: nullcontext(Silence()))


def test_a_run_has_one_writer(tmp_path: Path, tiny_config: Configure) -> None:
    config = tiny_config(images=8)
    with only_writer(tmp_path / "run"), pytest.raises(ConfigError, match="another process is writing here"):
        start_run(config, tmp_path / "run", lambda: nullcontext(Silence()))
    assert start_run(config, tmp_path / "run", lambda: nullcontext(Silence()))


def test_networks_that_do_not_go_together_are_an_error(tmp_path: Path, tiny_config: Configure) -> None:
    config = tiny_config(preset="pix2pix")
    composite = config.model_copy(update={"model": config.model.model_copy(update={"head": "composite"})})
    with pytest.raises(ConfigError, match=r"model\.head"):
        start_run(composite, tmp_path / "run", lambda: nullcontext(Silence()))
    contrast = config.model_copy(update={"losses": tiny_config(preset="monce").losses})
    with pytest.raises(ConfigError, match=r"term contrast_\w+.*compares patches.*model\.generator"):
        start_run(contrast, tmp_path / "run", lambda: nullcontext(Silence()))

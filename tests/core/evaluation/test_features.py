from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import save_file
from torch import nn

from mendkit.errors import CheckpointError
from mendkit.evaluation import features
from mendkit.evaluation.features import INCEPTION_FILE, MobileNetFeatures, find_features
from mendkit.evaluation.perceptual import perceptual_distance


@pytest.fixture(scope="module")
def mobilenet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of half-precision MobileNetV2 weights, random but fixed."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = timm.create_model("mobilenetv2_100", num_classes=1000, pad_type="same")
    state = {name: v.half() if v.is_floating_point() else v for name, v in network.state_dict().items()}
    path = tmp_path_factory.mktemp("weights") / "mobilenet.safetensors"
    save_file(state, path)
    return path


@pytest.fixture(autouse=True)
def empty_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Torch's hub cache, empty."""
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    return tmp_path / "hub" / "checkpoints"


def test_mobilenet_gives_1280_features_that_are_the_mean_of_its_last_stage(mobilenet: Path) -> None:
    extractor = find_features(mobilenet)
    assert isinstance(extractor, MobileNetFeatures)
    images = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    stages = extractor.stages(images)
    assert [stage.shape[1] for stage in stages] == [16, 24, 32, 96, 320, 1280]
    pooled = extractor(images)
    assert pooled.dtype == torch.float32
    assert torch.equal(pooled, stages[-1].mean(dim=(2, 3)))


def test_mobilenet_features_are_what_its_classifier_sees(mobilenet: Path) -> None:
    extractor = MobileNetFeatures(mobilenet)
    images = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    network = extractor._network
    with torch.inference_mode():
        expected = network((images - 0.5) / 0.5)
        found = network.classifier(extractor(images))
    assert torch.allclose(found, expected, atol=1e-4)


def test_perceptual_distance_by_a_network_is_zero_for_equal_images_and_grows_with_noise(mobilenet: Path) -> None:
    extractor = MobileNetFeatures(mobilenet)
    image = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    noise = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    truth = extractor.stages(image)
    none, little, much = (
        perceptual_distance(extractor.stages((image + scale * noise).clamp(0, 1)), truth).item()
        for scale in (0.0, 0.05, 0.3)
    )
    assert none == 0 < little < much


def test_without_weights_there_are_no_features_and_nothing_is_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a download was tried")

    monkeypatch.setattr(torch.hub, "download_url_to_file", refuse)
    assert find_features(None) is None


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"nowhere\.safetensors: no such file"):
        find_features(tmp_path / "nowhere.safetensors")


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({"weight": torch.zeros(1)}, path)
    with pytest.raises(CheckpointError, match="not the weights of timm's mobilenetv2_100"):
        find_features(path)


def test_a_file_that_is_not_the_published_inception_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / INCEPTION_FILE
    path.write_bytes(b"not a network")
    with pytest.raises(CheckpointError, match="SHA-256 starts with"):
        find_features(path)


def test_inception_is_found_in_the_hub_cache_and_gives_2048_features(
    empty_hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pytorch_fid import inception

    monkeypatch.setattr(inception, "load_state_dict_from_url", lambda *_, **__: {})
    with monkeypatch.context() as patched:  # pytorch-fid's own network, with the weights that it starts from
        patched.setattr(nn.Module, "load_state_dict", lambda *_, **__: None)
        state = inception.fid_inception_v3().state_dict()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        state = {name: torch.rand_like(v) * 0.02 if v.is_floating_point() else v for name, v in state.items()}
    empty_hub.mkdir(parents=True)
    torch.save(state, empty_hub / INCEPTION_FILE)
    digest = hashlib.sha256((empty_hub / INCEPTION_FILE).read_bytes()).hexdigest()
    monkeypatch.setattr(features, "INCEPTION_DIGEST", digest[:8])
    extractor = find_features(None)
    (empty_hub / INCEPTION_FILE).unlink()  # 95 MB, which pytest would keep
    assert extractor is not None
    assert extractor.name == "inception-2015-12-05"
    stages = extractor.stages(torch.full((1, 3, 32, 32), 0.5))
    assert [stage.shape[1] for stage in stages] == [64, 192, 768, 2048]
    first = extractor._network.state_dict()["blocks.0.0.conv.weight"]
    assert torch.equal(first, state["Conv2d_1a_3x3.conv.weight"])

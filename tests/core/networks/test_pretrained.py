from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import save_file
from torch import nn

from mendkit.errors import CheckpointError
from mendkit.networks import pretrained
from mendkit.networks.pretrained import INCEPTION_FILE, TIMM, find_features, identify, load_features


@pytest.fixture(autouse=True)
def empty_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Torch's hub cache, empty."""
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    return tmp_path / "hub" / "checkpoints"


def test_without_weights_there_are_no_features_and_nothing_is_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a download was tried")

    monkeypatch.setattr(torch.hub, "download_url_to_file", refuse)
    assert find_features(None) is None


@pytest.mark.parametrize("name", TIMM)
def test_a_networks_weights_are_known_by_their_shapes(tmp_path: Path, name: str) -> None:
    network = timm.create_model(name, num_classes=1000, **TIMM[name])
    whole = network.state_dict()
    old = {key: value for key, value in whole.items() if value.shape}  # without the count of batches
    for state in (whole, old):
        save_file(state, tmp_path / "weights.safetensors")
        found = identify(tmp_path / "weights.safetensors")
        assert found.network == load_features(tmp_path / "weights.safetensors").name == name
        assert found.digest == hashlib.sha256((tmp_path / "weights.safetensors").read_bytes()).hexdigest()


def test_a_damaged_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "torn.safetensors").write_bytes(b"torn")
    with pytest.raises(CheckpointError, match=r"torn\.safetensors: damaged"):
        find_features(tmp_path / "torn.safetensors")


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
    monkeypatch.setattr(pretrained, "INCEPTION_DIGEST", digest[:8])
    extractor = find_features(None)
    (empty_hub / INCEPTION_FILE).unlink()  # 95 MB, which pytest would keep
    assert extractor is not None
    assert extractor.name == "inception-2015-12-05"
    stages = extractor.stages(torch.full((1, 3, 32, 32), 0.5))
    assert [stage.shape[1] for stage in stages] == [64, 192, 768, 2048]
    first = extractor._network.state_dict()["blocks.0.0.conv.weight"]
    assert torch.equal(first, state["Conv2d_1a_3x3.conv.weight"])

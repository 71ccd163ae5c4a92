from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from mendkit.errors import CheckpointError
from mendkit.networks import pretrained
from mendkit.networks.features import Channels, InceptionFeatures
from mendkit.networks.pretrained import (
    INCEPTION_FILE,
    PUBLISHED,
    TIMM,
    FeatureWeights,
    Padding,
    Preprocessing,
    find_features,
    identify,
    load_features,
)

HALF = (0.5, 0.5, 0.5)
IMAGENET = (0.485, 0.456, 0.406)


def stated(network: str, *, mean: Channels = HALF, std: Channels = HALF, padding: Padding = "same") -> Preprocessing:
    return Preprocessing(network=network, mean=mean, std=std, padding=padding)


def fresh_weights(preprocessing: Preprocessing) -> dict[str, Tensor]:
    """Random ones, but fixed."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        weights: dict[str, Tensor] = pretrained._new_network(preprocessing).state_dict()
    return weights


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
def test_weights_are_what_their_metadata_state(tmp_path: Path, name: str) -> None:
    preprocessing = stated(name, mean=IMAGENET, padding="symmetric")
    whole = fresh_weights(preprocessing)
    old = {key: value for key, value in whole.items() if value.shape}  # without the count of batches
    file = tmp_path / "weights.safetensors"
    for state in (whole, old):
        save_file(state, file, preprocessing.to_metadata())
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        assert identify(file) == FeatureWeights(digest=digest, **preprocessing.model_dump())
        extractor = load_features(file)
        assert (extractor.name, extractor.digest) == (name, digest)


def test_images_are_given_to_a_network_as_its_file_states(tmp_path: Path) -> None:
    images = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    for preprocessing, padding in (
        (stated("mobilenetv2_100"), "same"),
        (stated("mobilenetv2_100", mean=IMAGENET, std=(0.2, 0.3, 0.4), padding="symmetric"), ""),
    ):
        weights = fresh_weights(preprocessing)
        save_file(weights, tmp_path / "weights.safetensors", preprocessing.to_metadata())
        network = timm.create_model("mobilenetv2_100", num_classes=1000, pad_type=padding).eval()
        network.load_state_dict(weights)
        mean, std = (torch.tensor(values).view(3, 1, 1) for values in (preprocessing.mean, preprocessing.std))
        with torch.inference_mode():
            expected = network.forward_features((images - mean) / std).mean(dim=(2, 3))
        assert torch.allclose(load_features(tmp_path / "weights.safetensors")(images), expected, atol=1e-5)


def test_other_weights_of_a_known_network_are_refused_unless_they_say_how_images_are_given_to_it(
    tmp_path: Path,
) -> None:
    file = tmp_path / "ra_in1k.safetensors"
    save_file(fresh_weights(stated("mobilenetv2_100")), file, {"format": "pt"})
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    with pytest.raises(CheckpointError, match=rf"SHA-256 is {digest}.*mobilenetv2_100 e0446cc0.*network, mean, std"):
        find_features(file)


def test_a_published_file_is_known_by_its_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "published.safetensors"
    save_file(fresh_weights(stated("mobilenetv2_100")), file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    known = FeatureWeights(network="mobilenetv2_100", digest=digest)
    monkeypatch.setattr(pretrained, "PUBLISHED", {digest: known})
    assert identify(file) == known
    assert load_features(file).name == "mobilenetv2_100"


def test_published_files_are_known_by_whole_digests() -> None:
    assert {weights.network for weights in PUBLISHED.values()} == {InceptionFeatures.name, *TIMM}
    assert all(len(digest) == 64 for digest in PUBLISHED)


@pytest.mark.parametrize(
    ("key", "value"), [("mean", "half"), ("std", "[0.5, 0.5, 0]"), ("padding", "none"), ("network", "no_such_net")]
)
def test_metadata_that_do_not_serve_are_named(tmp_path: Path, key: str, value: str) -> None:
    file = tmp_path / "weights.safetensors"
    preprocessing = stated("mobilenetv2_100")
    save_file(fresh_weights(preprocessing), file, preprocessing.to_metadata() | {key: value})
    with pytest.raises(CheckpointError, match=f"metadata do not say how images are given to it: {key}: "):
        identify(file)


def test_what_a_run_from_before_says_of_its_weights_is_what_was_assumed_of_all() -> None:
    digest = next(digest for digest, weights in PUBLISHED.items() if weights.network == "mobilenetv2_100")
    old = FeatureWeights.model_validate({"network": "mobilenetv2_100", "digest": digest})
    assert old == PUBLISHED[digest] and (old.mean, old.std, old.padding) == (HALF, HALF, "same")


def test_a_damaged_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "torn.safetensors").write_bytes(b"torn")
    with pytest.raises(CheckpointError, match=r"torn\.safetensors: damaged"):
        find_features(tmp_path / "torn.safetensors")


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"nowhere\.safetensors: no such file"):
        find_features(tmp_path / "nowhere.safetensors")


def test_weights_of_another_network_than_they_state_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({"weight": torch.zeros(1)}, path, stated("mobilenetv2_100").to_metadata())
    with pytest.raises(CheckpointError, match="not the weights of mobilenetv2_100"):
        find_features(path)


def test_a_file_that_is_not_the_published_inception_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / INCEPTION_FILE
    path.write_bytes(b"not a network")
    with pytest.raises(CheckpointError, match=r"SHA-256 is .* known file \(inception-2015-12-05 6726825d"):
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
    known = FeatureWeights(network=InceptionFeatures.name, digest=digest)
    monkeypatch.setattr(pretrained, "PUBLISHED", {digest: known})
    extractor = find_features(None)
    (empty_hub / INCEPTION_FILE).unlink()  # 95 MB, which pytest would keep
    assert extractor is not None
    assert extractor.name == "inception-2015-12-05"
    stages = extractor.stages(torch.full((1, 3, 32, 32), 0.5))
    assert [stage.shape[1] for stage in stages] == [64, 192, 768, 2048]
    first = extractor._network.state_dict()["blocks.0.0.conv.weight"]
    assert torch.equal(first, state["Conv2d_1a_3x3.conv.weight"])


def test_any_network_of_timm_can_state_its_metadata_and_must_have_its_weights(tmp_path: Path) -> None:
    own, other = (stated(name, padding="symmetric") for name in ("test_resnet", "test_efficientnet"))
    save_file(fresh_weights(own), tmp_path / "right.safetensors", own.to_metadata())
    assert identify(tmp_path / "right.safetensors").network == "test_resnet"
    save_file(fresh_weights(own), tmp_path / "wrong.safetensors", other.to_metadata())
    with pytest.raises(CheckpointError, match="not the weights of test_efficientnet, as its metadata say"):
        identify(tmp_path / "wrong.safetensors")
    save_file(fresh_weights(own), tmp_path / "odd.safetensors", own.to_metadata() | {"padding": "same"})
    with pytest.raises(CheckpointError, match="the padding 'same', which test_resnet cannot have"):
        identify(tmp_path / "odd.safetensors")

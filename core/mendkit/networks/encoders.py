"""Encoders that have seen the world: timm's networks, which give features at several scales."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Self
from unittest.mock import patch

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from ..contracts.view import FeatureInfo
from ..errors import ConfigError
from .pretrained import FeatureWeights, identify, padding_of

PATIENCE = 3
"""Seconds to wait for the hub of weights."""
FRESH = "none"
"""The digest of weights that are drawn at random."""


class TimmEncoder(nn.Module):
    """Any of timm's networks that gives features, fine to coarse. Its norms keep their statistics: none crosses items.

    Args:
        weights: which network, and what it must be given. Its own weights are fresh.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, weights: FeatureWeights) -> None:
        import timm  # slow to import, and not every model has such an encoder

        super().__init__()
        self.body = timm.create_model(weights.network, features_only=True, **padding_of(weights))
        published = self.body.feature_info
        self.info = tuple(map(FeatureInfo, published.channels(), published.reduction()))
        for name, values in (("mean", weights.mean), ("std", weights.std)):
            self.register_buffer(name, torch.tensor(values).view(-1, 1, 1), persistent=False)
        self.train()

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """Features ``[N, C, h, w]`` of each scale of images ``[N, 3, H, W]`` in [-1, 1]."""
        return tuple(self.body((images.add(1).div(2) - self.mean) / self.std))

    def train(self, mode: bool = True) -> Self:
        """Learn, but for the statistics of batch norms: a batch mixes tasks, and inference has batches of one."""
        super().train(mode)
        for module in self.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.eval()
        return self


class StartingPoint(NamedTuple):
    """What an encoder starts from.

    Args:
        weights: the network, what it must be given, and the SHA-256 of its weights; ``FRESH`` if there are none.
        tensors: its weights, by the names of timm; empty if there are none.
    """

    weights: FeatureWeights
    tensors: Mapping[str, Tensor]

    @property
    def is_fresh(self) -> bool:
        """Whether there are no pretrained weights."""
        return self.weights.digest == FRESH


def find_encoder(network: str, file: Path | None) -> StartingPoint:
    """The weights that a network of timm starts from: those of ``file``, else timm's own, downloaded or from its cache.

    Without a net, and with nothing in the cache, it starts from random weights.

    Raises:
        ConfigError: timm has no such network, or none with pretrained weights; or the file is of another one.
        CheckpointError: the file is missing, damaged, or does not say what it is.
    """
    if file is None:
        return _from_timm(network)
    weights = identify(file)
    if weights.network != network:
        raise ConfigError(f"training.encoder_weights: {file}: of {weights.network}, and model.encoder is {network}")
    return StartingPoint(weights, load_file(file))


def _from_timm(network: str) -> StartingPoint:
    import timm

    if not timm.is_model(network):
        raise ConfigError(f"model.encoder: timm has no network {network!r}; timm.list_models() lists all")
    source = timm.get_pretrained_cfg(network)
    known = {"network": network, "mean": source.mean, "std": source.std}
    padding = "same" if network.startswith("tf_") else "symmetric"
    try:
        with _hub():
            tensors = timm.create_model(network, pretrained=True).state_dict()
    except Exception:  # whatever the hub raises for what is not there
        return StartingPoint(FeatureWeights(**known, padding=padding, digest=FRESH), {})
    return StartingPoint(FeatureWeights(**known, padding=padding, digest=_digest(tensors)), tensors)


@contextmanager
def _hub() -> Iterator[None]:
    """Let the hub of weights use its cache alone if it cannot be reached: it would try again for a minute."""
    from huggingface_hub import constants, get_session

    try:
        get_session().head(constants.ENDPOINT, timeout=PATIENCE)
    except Exception:  # of whichever library makes the connection
        with patch.object(constants, "HF_HUB_OFFLINE", True):
            yield
    else:
        yield


def _digest(tensors: Mapping[str, Tensor]) -> str:
    found = hashlib.sha256()
    for name in sorted(tensors):
        found.update(name.encode() + tensors[name].contiguous().view(torch.uint8).numpy().tobytes())
    return found.hexdigest()


def start_encoders(network: nn.Module, start: StartingPoint) -> None:
    """Give each encoder in ``network`` its pretrained weights, if there are any.

    Raises:
        ConfigError: they are not those of its network.
    """
    for encoder in encoders_of(network) if start.tensors else ():
        own = encoder.body.state_dict()
        found = {name: start.tensors[name].to(own[name].dtype) for name in own if name in start.tensors}
        if missing := [name for name in own if name not in found and "num_batches_tracked" not in name]:
            raise ConfigError(f"training.encoder_weights: {missing[0]} of {start.weights.network} is missing")
        encoder.body.load_state_dict(found, strict=False)


def encoders_of(network: nn.Module) -> Iterator[TimmEncoder]:
    """The pretrained encoders that are part of ``network``."""
    return (module for module in network.modules() if isinstance(module, TimmEncoder))

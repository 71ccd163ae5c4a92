"""Networks trained on ImageNet, as a measure of how alike images look. The user brings their weights."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from ..errors import CheckpointError

INCEPTION_FILE = "pt_inception-2015-12-05-6726825d.pth"
INCEPTION_DIGEST = "6726825d"
"""How the SHA-256 of that file starts, as its name says."""

NO_FEATURES = (
    "not computed: no feature weights; `mendkit evaluate --features FILE` takes "
    f"{INCEPTION_FILE} (from the releases of pytorch-fid; looked for in torch's hub cache as well) "
    "or the safetensors of timm's mobilenetv2_100"
)
"""What a report says in place of the numbers that need features."""


class FeatureExtractor(ABC):
    """Maps images to features.

    Args:
        name: what the report calls the features.
        size: the side, in px, that images are resized to.
        device: where the network computes.
    """

    name: str
    size: int

    def __init__(self, network: nn.Module, device: str) -> None:
        self._network: Any = network.eval().requires_grad_(False).to(device)
        self._device = device

    def __call__(self, images: Tensor) -> Tensor:
        """Features ``[N, D]`` of images ``[N, 3, H, W]`` in ``[0, 1]``."""
        return pool(self.stages(images))

    @torch.inference_mode()
    def stages(self, images: Tensor) -> tuple[Tensor, ...]:
        """Feature maps ``[N, C, h, w]`` from early to late, of images ``[N, 3, H, W]`` in ``[0, 1]``; on the CPU."""
        square = F.interpolate(
            images.to(self._device), (self.size, self.size), mode="bilinear", align_corners=False, antialias=True
        )
        return tuple(stage.cpu() for stage in self._stages(square))

    @abstractmethod
    def _stages(self, images: Tensor) -> tuple[Tensor, ...]:
        """The same, of images that have the network's size already."""


class InceptionFeatures(FeatureExtractor):
    """The 2,048 features of FID (Heusel et al. 2017), from pytorch-fid and its weights."""

    name = "inception-2015-12-05"
    size = 299

    def __init__(self, weights: Path, device: str = "cpu") -> None:
        super().__init__(_inception(weights), device)

    def _stages(self, images: Tensor) -> tuple[Tensor, ...]:
        return tuple(self._network(images))


class MobileNetFeatures(FeatureExtractor):
    """The 1,280 pooled features of MobileNetV2 (Sandler et al. 2018): timm's ``mobilenetv2_100``, "same" padding."""

    name = "mobilenetv2_100"
    size = 224

    def __init__(self, weights: Path, device: str = "cpu") -> None:
        super().__init__(_mobilenet(weights), device)

    def _stages(self, images: Tensor) -> tuple[Tensor, ...]:
        last, between = self._network.forward_intermediates(images * 2 - 1)
        return (*between, last)


def pool(stages: tuple[Tensor, ...]) -> Tensor:
    """The features ``[N, D]`` that an extractor's ``stages`` end in: the spatial mean of the last."""
    return stages[-1].mean(dim=(2, 3))


def find_features(weights: Path | None, device: str = "cpu") -> FeatureExtractor | None:
    """The extractor for a file of weights; without one, Inception if torch's hub cache holds its weights, else None.

    Nothing is downloaded, and a file that does not serve is an error: another network's numbers would not compare.

    Raises:
        CheckpointError: the file is missing, damaged, or the weights of something else.
    """
    if weights is None:
        cached = Path(torch.hub.get_dir()) / "checkpoints" / INCEPTION_FILE
        return InceptionFeatures(cached, device) if cached.is_file() else None
    if not weights.is_file():
        raise CheckpointError(f"{weights}: no such file of feature weights")
    if weights.suffix == ".safetensors":
        return MobileNetFeatures(weights, device)
    return InceptionFeatures(weights, device)


def _mobilenet(weights: Path) -> nn.Module:
    import timm  # slow to import, and seldom needed

    network: nn.Module = timm.create_model("mobilenetv2_100", num_classes=1000, pad_type="same")
    try:
        network.load_state_dict({name: _single_precision(value) for name, value in load_file(weights).items()})
    except Exception as error:  # safetensors and load_state_dict raise several kinds
        raise CheckpointError(f"{weights}: not the weights of timm's mobilenetv2_100: {error}") from error
    return network


def _single_precision(value: Tensor) -> Tensor:
    return value.float() if value.is_floating_point() else value


def _inception(weights: Path) -> nn.Module:
    from pytorch_fid import inception

    state = _read_inception(weights)
    # pytorch-fid knows its weights by their address only; the file at hand takes the place of the download.
    with patch.object(inception, "load_state_dict_from_url", lambda *_, **__: state):
        network: nn.Module = inception.InceptionV3(output_blocks=(0, 1, 2, 3), resize_input=False)
    return network


def _read_inception(weights: Path) -> Mapping[str, Any]:
    with weights.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if not digest.startswith(INCEPTION_DIGEST):
        raise CheckpointError(f"{weights}: not {INCEPTION_FILE}: its SHA-256 starts with {digest[:8]}")
    # The published file is a pickle: weights_only unpickles tensors and nothing else.
    state: Mapping[str, Any] = torch.load(weights, map_location="cpu", weights_only=True)
    return state

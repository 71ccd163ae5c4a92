"""Writes a generator down for one task as a graph of plain operators, such as other runtimes take."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.export import Dim, ExportedProgram, export

from mendkit_registry.specs import Site

from ..contracts.guidance import Guidance
from ..contracts.mended import Mended
from ..contracts.view import View
from .conditioning import Conditioners
from .generator import Generator


def export_task(network: nn.Module, row: int, size: int) -> ExportedProgram:
    """Export ``network`` for the task of ``row``, from images ``[N, 3, size, size]`` in [-1, 1], for any N.

    The program gives a tuple: the mended images and, with the composite head, the mask ``[N, 1, size, size]``. It takes
    no extras, and mends as the network does without any. The network itself is left as it is.

    >>> from mendkit.config import ModelConfig
    >>> from mendkit.networks.heads import CompositeHead
    >>> from mendkit.networks.resnet import ResNetGenerator
    >>> network = ResNetGenerator(ModelConfig(width=4), 2, ["background.watermark"], CompositeHead(4), composes=True)
    >>> image, mask = export_task(network, row=0, size=32).module()(torch.zeros(5, 3, 32, 32))
    >>> tuple(image.shape), tuple(mask.shape)
    ((5, 3, 32, 32), (5, 1, 32, 32))
    """
    one = _OneTask(network, row).eval()
    images = torch.zeros(2, 3, size, size, device=one.task.device)  # of a batch of 1, N would be taken for a constant
    with torch.no_grad():
        return export(one, (images,), dynamic_shapes=({0: Dim.DYNAMIC},))


class _OneTask(nn.Module):
    """A copy of a network that is always told the same task."""

    task: Tensor

    def __init__(self, network: nn.Module, row: int) -> None:
        super().__init__()
        self.network = deepcopy(network).requires_grad_(False)
        self.register_buffer("task", torch.tensor([row], device=next(network.parameters()).device))
        if isinstance(self.network, Generator):
            self.network.conditioners = _OneTaskConditioners(self.network.conditioners, row)

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        mended: Mended = self.network(images, Guidance(self.task.expand(images.shape[0])))
        return (mended.image,) if mended.mask is None else (mended.image, mended.mask)


class _OneTaskConditioners(Conditioners):
    """The conditioners of one task: all items have it, so that none has to be picked."""

    def __init__(self, conditioners: Conditioners, row: int) -> None:
        super().__init__([part for part in conditioners.parts.values() if row in part.tasks])

    def forward(self, features: Tensor, site: Site, view: View, guidance: Guidance) -> Tensor:
        for part in self.parts.values():
            if site in part.sites:
                features = part.module(features, site, view)
        return features

"""The learner: its network, its passes, and the loss."""

from collections.abc import Iterable, Mapping
from typing import Any

import torch.nn.functional as F
from mendkit.contracts.batch import Batch
from mendkit.contracts.finding import Findings
from mendkit.contracts.guidance import Guidance
from mendkit.contracts.passes import Asked, Passes, pass_names, shared_pass
from mendkit.networks.blueprint import Blueprint
from torch import Tensor, nn


class Network(nn.Module):
    """Three convolutions, the mean over all positions, and a logit for each task."""

    def __init__(self, tasks: int, width: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inputs, outputs in ((3, width), (width, 2 * width), (2 * width, 4 * width)):
            layers += [nn.Conv2d(inputs, outputs, 3, stride=2, padding=1), nn.ReLU()]
        self.logits = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4 * width, tasks))

    def forward(self, images: Tensor, guidance: Guidance) -> Findings:
        """The scores of ``images [N, 3, S, S]`` in [-1, 1]."""
        return Findings(self.logits(images).sigmoid())


class ClassifierPasses(Passes):
    """The logits ``[N, tasks]`` of both sides of a batch."""

    def __init__(self, batch: Batch, network: Network, asked: Iterable[Asked] | None = None) -> None:
        super().__init__(batch, asked)
        self.network = network

    @shared_pass()
    def with_defect(self) -> Tensor:
        """The logits of x."""
        logits: Tensor = self.network.logits(self.x)
        return logits

    @shared_pass()
    def without(self) -> Tensor:
        """The logits of y."""
        logits: Tensor = self.network.logits(self.y)
        return logits


class DefectClassifier:
    """A ``mendkit.contracts.Learner``."""

    roles = {"classifier": ("network",)}
    offers = pass_names(ClassifierPasses)

    def __init__(self, blueprint: Blueprint, width: int = 16, **unused: Any) -> None:
        self.network = Network(len(blueprint.tasks), width)

    def networks(self) -> Mapping[str, nn.Module]:
        return {"network": self.network}

    def answering(self) -> nn.Module:
        return self.network

    def passes(self, batch: Batch, asked: Iterable[Asked] | None = None) -> ClassifierPasses:
        return ClassifierPasses(batch, self.network, asked)


class CrossEntropy:
    """The cross entropy of each item's own task; other defects of its images are unknown."""

    def __call__(self, passes: ClassifierPasses) -> Tensor:
        own = passes.batch.guidance.task[:, None]
        found, missed = passes.with_defect.gather(1, own)[:, 0], passes.without.gather(1, own)[:, 0]
        return F.softplus(-found) + F.softplus(missed)

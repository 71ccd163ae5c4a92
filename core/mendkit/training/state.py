"""Everything that training changes: four networks, the averaged generator, two optimisers, and how far it got."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import chain

import torch
from torch import nn
from torch.optim import Adam

from mendkit_registry import ConditionerSpec, build

from ..conditioning import SiteConditioners
from ..config import RunConfig
from ..contracts import Conditioner
from ..networks.discriminator import Discriminator
from ..networks.generator import SITES, Generator, default_blocks
from .passes import Players


@dataclass
class TrainingState:
    """The networks by their names in the paper: ``mend`` G_XY, ``spoil`` G_YX, ``critic_y`` D_Y, ``critic_x`` D_X."""

    mend: Generator
    spoil: Generator
    critic_x: Discriminator
    critic_y: Discriminator
    average: Generator
    generators: Adam
    critics: Adam
    images: int = 0
    step: int = 0

    @property
    def players(self) -> Players:
        """The networks as the passes call them."""
        return Players(self.mend, self.spoil, self.critic_x, self.critic_y)

    def networks(self) -> dict[str, nn.Module]:
        """All networks, by the names under which they are stored."""
        names = ("mend", "spoil", "critic_x", "critic_y", "average")
        return {name: getattr(self, name) for name in names}


def new_generator(
    config: RunConfig, tasks: Sequence[str], geometric: Sequence[str], conditioners: Sequence[ConditionerSpec] = ()
) -> Generator:
    """A generator with fresh weights for ``tasks``, which become the rows of its label tables."""
    blocks = config.model.blocks or default_blocks(config.training.size)
    generator = Generator(config.model, blocks, tasks, geometric)
    for site in SITES:
        modules = [
            (spec.name, frozenset(t for t in tasks if spec.covers(t)), build(spec, Conditioner))
            for spec in conditioners
            if spec.site == site
        ]
        generator.conditioners[site] = SiteConditioners(modules)
    return generator


def new_state(
    config: RunConfig,
    tasks: Sequence[str],
    geometric: Sequence[str],
    conditioners: Sequence[ConditionerSpec],
    device: torch.device,
) -> TrainingState:
    """A state with fresh weights, which depend on the seed alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.training.seed)
        mend = new_generator(config, tasks, geometric, conditioners)
        spoil = new_generator(config, tasks, geometric, conditioners)
        critic_x, critic_y = Discriminator(config.model.width), Discriminator(config.model.width)
    for network in (mend, spoil, critic_x, critic_y):
        network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    rate, betas = config.training.learning_rate, config.training.betas
    return TrainingState(
        mend=mend,
        spoil=spoil,
        critic_x=critic_x,
        critic_y=critic_y,
        average=deepcopy(mend).requires_grad_(False).eval(),
        generators=Adam(chain(mend.parameters(), spoil.parameters()), lr=rate, betas=betas),
        critics=Adam(chain(critic_x.parameters(), critic_y.parameters()), lr=rate, betas=betas),
    )

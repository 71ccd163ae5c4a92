"""Everything that training changes: the networks, the averaged generator, two optimisers, and how far it got."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from itertools import chain

import torch
from torch import Tensor, nn
from torch.optim import Adam

from mendkit_registry import build

from ..config import RunConfig
from ..contracts import Conditioner
from ..contracts.guidance import Guidance
from ..errors import ConfigError
from ..learners.translation.losses import CORE_TERMS
from ..learners.translation.passes import Players
from ..networks.blueprint import Blueprint
from ..networks.conditioning import SiteConditioners
from ..networks.discriminator import Discriminator
from ..networks.features import FeatureExtractor
from ..networks.generator import SITES, Generator, channels_at, default_blocks
from ..networks.patches import PatchProjector, draw_places
from ..networks.pretrained import load_features
from ..networks.unet import UNet, unet_depth
from .freezing import learn_only_others

Translator = Generator | UNet
"""What can translate between the domains."""


@dataclass
class TrainingState:
    """The networks by their names in the paper: ``mend`` G_XY, ``spoil`` G_YX, ``critic_y`` D_Y, ``critic_x`` D_X.

    ``projector`` embeds patches, if a term compares them; ``features`` is a pretrained network, if one does by it, and
    never changes. ``seconds`` are those of training, over all its starts.
    """

    blueprint: Blueprint
    mend: Translator
    spoil: Translator
    critic_x: Discriminator
    critic_y: Discriminator
    average: Translator
    projector: PatchProjector | None
    features: FeatureExtractor | None
    generators: Adam
    critics: Adam
    images: int = 0
    step: int = 0
    seconds: float = 0.0

    @property
    def players(self) -> Players:
        """The networks as the passes call them."""
        embed = self._embed_patches if self.projector else None
        perceive = self.features.perceive if self.features else None
        return Players(self.mend, self.spoil, self.critic_x, self.critic_y, embed, perceive)

    def networks(self) -> dict[str, nn.Module]:
        """All networks, by the names under which they are stored."""
        names = ("mend", "spoil", "critic_x", "critic_y", "average", "projector")
        return {name: network for name in names if (network := getattr(self, name)) is not None}

    def _embed_patches(self, output: Tensor, other: Tensor, guidance: Guidance) -> tuple[Tensor, Tensor]:
        assert self.projector is not None and isinstance(self.mend, Generator)
        with torch.no_grad():
            key_features = self.mend.features(other, guidance)
            places = draw_places(key_features)
            keys = self.projector(key_features, places)
        return self.projector(self.mend.features(output, guidance), places), keys


def new_generator(blueprint: Blueprint) -> Translator:
    """A generator with fresh weights.

    Raises:
        ConfigError: a U-Net with the composite head, or with conditioners.
    """
    config = blueprint.config
    if config.model.generator == "unet":
        return _new_unet(blueprint)
    blocks = config.model.blocks or default_blocks(config.training.size)
    generator = Generator(config.model, blocks, blueprint.tasks, blueprint.geometric, blueprint.tonal)
    names = sorted(blueprint.tasks)
    for site in SITES:
        channels = channels_at(site, config.model.width)
        modules = [
            (spec.name, frozenset(spec.covered(names)), build(spec, Conditioner, channels=channels))
            for spec in blueprint.conditioners
            if spec.site == site
        ]
        generator.conditioners[site] = SiteConditioners(modules)
    return generator


def _new_unet(blueprint: Blueprint) -> UNet:
    config = blueprint.config
    if config.model.head == "composite":
        raise ConfigError("model.generator: the U-Net draws every pixel; set model.head to 'regenerate'")
    if blueprint.conditioners:
        raise ConfigError(f"model.generator: the U-Net has no sites, but {blueprint.conditioners[0].name} needs one")
    return UNet(config.model.width, unet_depth(config.training.size), blueprint.tasks)


def new_state(blueprint: Blueprint, device: torch.device) -> TrainingState:
    """A state with fresh weights, which depend on the seed alone. Nothing that the known tasks use shall learn.

    Raises:
        ConfigError: networks that do not go together.
        CheckpointError: the weights of the pretrained network are not where they were.
    """
    config, known = blueprint.config, blueprint.known
    width, judged = config.model.width, 6 if config.model.critic == "pair" else 3
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.training.seed)
        mend = new_generator(blueprint)
        spoil = new_generator(blueprint)
        critic_x, critic_y = Discriminator(width, judged), Discriminator(width, judged)
        projector = _new_projector(config, mend)
    networks = [network for network in (mend, spoil, critic_x, critic_y, projector) if network]
    for network in networks:
        network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = deepcopy(mend).requires_grad_(False).eval()
    for generator in (mend, spoil):
        if known and isinstance(generator, Generator):
            learn_only_others(generator, known)
    learning = chain.from_iterable(network.parameters() for network in (mend, spoil, projector) if network)
    rate, betas = config.training.learning_rate, config.training.betas
    return TrainingState(
        blueprint=blueprint,
        mend=mend,
        spoil=spoil,
        critic_x=critic_x,
        critic_y=critic_y,
        average=average,
        projector=projector,
        features=_load_features(blueprint, device),
        generators=Adam([weight for weight in learning if weight.requires_grad], lr=rate, betas=betas),
        critics=Adam(chain(critic_x.parameters(), critic_y.parameters()), lr=rate, betas=betas),
    )


def _new_projector(config: RunConfig, mend: Translator) -> PatchProjector | None:
    comparing = [term.name for term in CORE_TERMS if term.projects and config.uses(term.name)]
    if not comparing:
        return None
    if not isinstance(mend, Generator):
        raise ConfigError(f"losses.{comparing[0]}: compares features of a ResNet; set model.generator to 'resnet'")
    return PatchProjector(mend.feature_channels)


def _load_features(blueprint: Blueprint, device: torch.device) -> FeatureExtractor | None:
    weights = blueprint.config.training.features
    return load_features(weights, str(device)) if blueprint.features and weights else None

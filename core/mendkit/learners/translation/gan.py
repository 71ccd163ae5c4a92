"""The translation learner: G_XY and G_YX, whose outputs critics judge, and what single terms need beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

import torch
from torch import Tensor, nn

from mendkit_registry import Registry

from ...contracts.batch import Batch
from ...contracts.guidance import Guidance
from ...contracts.passes import Asked, pass_names
from ...errors import ConfigError
from ...networks.blueprint import Blueprint
from ...networks.discriminator import Discriminator
from ...networks.features import FeatureExtractor
from ...networks.generator import Generator
from ...networks.patches import PatchProjector, draw_places
from ...networks.pretrained import load_features
from .building import Translator, new_generator
from .growing import adopted, fitting, grown, learn_only_others
from .passes import Players, TranslationPasses


class TranslationGan:
    """The networks by their names in the paper: ``mend`` G_XY, ``spoil`` G_YX, ``critic_y`` D_Y, ``critic_x`` D_X.

    ``projector`` embeds patches, if a term needs ``patches``. If one needs ``features``, a pretrained network gives
    them, which never learns and is not part of the model. Each is made when it is first asked for.

    Args:
        blueprint: what the networks are built from, with fresh weights.
        registry: says what the blueprint's components are.
        needs: what terms need beside passes, and for each the terms in words.

    Raises:
        ConfigError: networks that do not go together.
        CheckpointError: the weights of the pretrained network are not where they were.
    """

    roles: Mapping[str, Sequence[str]] = MappingProxyType(
        {"generators": ("mend", "spoil", "projector"), "critics": ("critic_x", "critic_y")}
    )
    """The generators learn first, then the critics from what was made."""
    offers = (*pass_names(TranslationPasses), "patches", "features")

    def __init__(
        self, blueprint: Blueprint, registry: Registry, needs: Mapping[str, Sequence[str]] = MappingProxyType({})
    ) -> None:
        self._blueprint, self._registry, self._needs = blueprint, registry, needs

    @cached_property
    def mend(self) -> Translator:
        """G_XY."""
        return new_generator(self._blueprint, self._registry)

    @cached_property
    def spoil(self) -> Translator:
        """G_YX."""
        return new_generator(self._blueprint, self._registry)

    @cached_property
    def critic_x(self) -> Discriminator:
        """D_X."""
        return self._new_critic()

    @cached_property
    def critic_y(self) -> Discriminator:
        """D_Y."""
        return self._new_critic()

    @cached_property
    def projector(self) -> PatchProjector | None:
        """What embeds patches, if a term needs it."""
        if "patches" not in self._needs:
            return None
        if not isinstance(self.mend, Generator):
            terms = " and ".join(self._needs["patches"])
            raise ConfigError(f"{terms}: compares patches, which needs a ResNet; set model.generator to 'resnet'")
        return PatchProjector(self.mend.feature_channels)

    @cached_property
    def features(self) -> FeatureExtractor | None:
        """The pretrained network, if a term needs it."""
        weights = self._blueprint.config.training.features
        if "features" not in self._needs or weights is None:
            return None
        return load_features(weights, str(next(self.mend.parameters()).device))

    def networks(self) -> dict[str, nn.Module]:
        """All networks, by the names under which they are stored."""
        found = {"mend": self.mend, "spoil": self.spoil, "critic_x": self.critic_x, "critic_y": self.critic_y}
        return found | ({"projector": self.projector} if self.projector else {})

    def answering(self) -> Translator:
        """G_XY, which mends."""
        return self.mend

    def passes(self, batch: Batch, asked: Iterable[Asked] | None = None) -> TranslationPasses:
        """What the generators make of a batch."""
        return TranslationPasses(batch, self.players, asked)

    @property
    def players(self) -> Players:
        """The networks as the passes call them."""
        embed = self._embed_patches if self.projector else None
        perceive = self.features.perceive if self.features else None
        return Players(self.mend, self.spoil, self.critic_x, self.critic_y, embed, perceive)

    def keep(self, known: Sequence[str]) -> None:
        """Freeze all that items of the tasks ``known`` pass, and let the rest learn."""
        for generator in (self.mend, self.spoil):
            if isinstance(generator, Generator):
                learn_only_others(generator, known)

    def grow(self, name: str, tensors: Mapping[str, Tensor], known: Sequence[str]) -> dict[str, Tensor]:
        """The weights of the network ``name`` of a model that knew the tasks ``known``, as those of this larger one."""
        network = self.networks()[name]
        return grown(network, tensors, known) if isinstance(network, Generator) else dict(tensors)

    def adopt(self, name: str, tensors: Mapping[str, Tensor], known: Sequence[str]) -> dict[str, Tensor]:
        """Those weights of a model of the tasks ``known`` that the network ``name`` of this one can start from."""
        network = self.networks()[name]
        return adopted(network, tensors, known) if isinstance(network, Generator) else fitting(network, tensors)

    def _new_critic(self) -> Discriminator:
        model = self._blueprint.config.model
        return Discriminator(model.width, 6 if model.critic == "pair" else 3)

    def _embed_patches(self, output: Tensor, other: Tensor, guidance: Guidance) -> tuple[Tensor, Tensor]:
        assert self.projector is not None and isinstance(self.mend, Generator)
        with torch.no_grad():
            key_features = self.mend.features(other, guidance)
            places = draw_places(key_features)
            keys = self.projector(key_features, places)
        return self.projector(self.mend.features(output, guidance), places), keys

"""Generators with fresh weights, as a blueprint describes them."""

from __future__ import annotations

from mendkit_registry import ConditionerSpec, Registry, build

from ...contracts import Conditioner
from ...errors import ConfigError
from ...networks.blueprint import Blueprint
from ...networks.conditioning import SiteConditioners
from ...networks.generator import SITES, Generator, channels_at, default_blocks
from ...networks.unet import UNet, unet_depth

Translator = Generator | UNet
"""What can translate between the domains."""


def new_generator(blueprint: Blueprint, registry: Registry) -> Translator:
    """A generator with fresh weights.

    Raises:
        ConfigError: a U-Net with the composite head, or with conditioners.
        CheckpointError: a conditioner that no installed plugin contributes.
    """
    config = blueprint.config
    if config.model.generator == "unet":
        return _new_unet(blueprint)
    blocks = config.model.blocks or default_blocks(config.training.size)
    generator = Generator(config.model, blocks, blueprint.tasks, blueprint.geometric, blueprint.tonal)
    rows = {name: row for row, name in enumerate(blueprint.tasks)}
    for site in SITES:
        modules = [
            (
                used.name,
                frozenset(rows[task] for task in used.tasks),
                build(
                    used.found(ConditionerSpec, registry), Conditioner, channels=channels_at(site, config.model.width)
                ),
            )
            for used in blueprint.conditioners
            if used.site == site
        ]
        generator.conditioners[site] = SiteConditioners(modules)
    return generator


def _new_unet(blueprint: Blueprint) -> UNet:
    config = blueprint.config
    if config.model.head == "composite":
        raise ConfigError("model.generator: the U-Net draws every pixel; set model.head to 'regenerate'")
    if blueprint.conditioners:
        raise ConfigError(f"model.generator: the U-Net has no sites, but {blueprint.conditioners[0].name} needs one")
    return UNet(config.model.width, unet_depth(config.training.size))

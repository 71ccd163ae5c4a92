"""Generators with fresh weights, as a blueprint describes them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from mendkit_registry import ConditionerSpec, HeadSpec, Registry, TransformSpec, build

from ...contracts import Conditioner, Head, Transform
from ...contracts.guidance import LabelTable
from ...errors import ConfigError
from ...networks.blueprint import Blueprint, UsedComponent
from ...networks.conditioning import ConditionerPart, Conditioners
from ...networks.encoders import TimmEncoder
from ...networks.generator import Generator
from ...networks.pyramid import PyramidGenerator
from ...networks.resnet import ResNetGenerator, default_blocks
from ...networks.transforms.chain import Part
from ...networks.unet import UNet, unet_depth

Translator = Generator | UNet
"""What can translate between the domains."""


def new_generator(blueprint: Blueprint, registry: Registry) -> Translator:
    """A generator with fresh weights.

    Raises:
        ConfigError: a U-Net with a head that composes, or with conditioners.
        CheckpointError: a conditioner or a transform that no installed plugin contributes.
        UnknownNameError: there is no such head.
    """
    config = blueprint.config
    head = registry.find(HeadSpec, config.model.head)
    if config.model.generator == "unet":
        return _new_unet(blueprint, head)
    trunk: Callable[..., Generator]
    if blueprint.encoder:
        trunk = partial(PyramidGenerator, config.model, TimmEncoder(blueprint.encoder))
    else:
        trunk = partial(ResNetGenerator, config.model, config.model.blocks or default_blocks(config.training.size))
    generator = trunk(
        blueprint.tasks,
        build(head, Head, width=config.model.width),
        composes=head.composes,
        transforms=_transforms(blueprint, registry),
    )
    generator.conditioners = _conditioners(blueprint, registry, generator)
    return generator


def _transforms(blueprint: Blueprint, registry: Registry) -> list[Part]:
    found = ((used, used.found(TransformSpec, registry)) for used in blueprint.transforms)
    return [Part(used.name, _rows(used, blueprint), build(spec, Transform)) for used, spec in found]


def _conditioners(blueprint: Blueprint, registry: Registry, generator: Generator) -> Conditioners:
    parts = []
    for used in blueprint.conditioners:
        spec = used.found(ConditionerSpec, registry)
        module = build(spec, Conditioner, layout=generator.layout)
        parts.append(ConditionerPart(used.name, frozenset(spec.sites), _rows(used, blueprint), module))
    return Conditioners(parts)


def _rows(used: UsedComponent, blueprint: Blueprint) -> frozenset[int]:
    return frozenset(LabelTable(blueprint.tasks).rows(used.tasks).tolist())


def _new_unet(blueprint: Blueprint, head: HeadSpec) -> UNet:
    config = blueprint.config
    if head.composes:
        raise ConfigError("model.generator: the U-Net draws every pixel; set model.head to 'regenerate'")
    if blueprint.conditioners:
        raise ConfigError(f"model.generator: the U-Net has no sites, but {blueprint.conditioners[0].name} needs one")
    return UNet(config.model.width, unet_depth(config.training.size))

"""Composes a run from the registry, the data and the configuration: the feeds and the terms of each task."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

from mendkit_registry import (
    ConditionerSpec,
    DefectType,
    ExtraSpec,
    HeadSpec,
    LearnerSpec,
    LossSpec,
    Registry,
    TransformSpec,
    UnknownNameError,
    build,
)
from mendkit_registry.matching import matching
from mendkit_registry.specs import Trait

from ..config import RunConfig, TermConfig
from ..contracts import LossTerm
from ..data.catalogue import Catalogue
from ..data.sampling import TaskSource, task_sources
from ..data.store import ImageStore
from ..errors import CheckpointError, ConfigError, DataError
from ..networks.blueprint import Blueprint, UsedComponent
from ..networks.encoders import StartingPoint, find_encoder
from ..networks.pretrained import FeatureWeights, identify
from .balance import task_weights
from .checkpoint import read_index
from .terms import PlannedTerm

FEATURES = "features"
"""The need of terms that compare images by a pretrained network, whose weights the user provides."""


NO_WEIGHTS = "timm could not download its weights; training.encoder_weights takes a file of them"


@dataclass(frozen=True)
class Plan:
    """A composed run. ``mendkit train --plan`` prints it.

    ``encoder`` has the initial weights of a pretrained encoder. ``features`` is the pretrained network by which terms
    compare images, if any; ``left_out`` names terms that are left out because its weights are missing.
    ``stored_balance`` is the balance of a resumed run.
    """

    config: RunConfig
    registry: Registry
    tasks: tuple[DefectType, ...]
    sources: Mapping[str, TaskSource]
    terms: tuple[PlannedTerm, ...]
    conditioners: tuple[ConditionerSpec, ...]
    transforms: tuple[TransformSpec, ...]
    extras: tuple[ExtraSpec, ...]
    encoder: StartingPoint | None
    features: FeatureWeights | None
    left_out: tuple[str, ...]
    stored_balance: Mapping[str, float] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tasks."""
        return tuple(task.name for task in self.tasks)

    @property
    def learner(self) -> LearnerSpec:
        """The learner."""
        return self.registry[LearnerSpec][self.config.learner]

    @cached_property
    def balance(self) -> Mapping[str, float]:
        """The weight of each task in balanced terms; measured on first access."""
        if self.stored_balance is not None:
            return self.stored_balance
        return task_weights(self.sources, self.config.training.seed, self.config.training.balance)

    @property
    def needs(self) -> frozenset[str]:
        """What the terms need from the learner."""
        return frozenset(need for term in self.terms for need in term.needs)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences about what the configuration might not lead one to expect."""
        unused = self.config.training.features and not self.features
        fresh = self.encoder and self.encoder.is_fresh and not self.config.training.start
        return (
            *([f"{self.config.model.encoder} starts from random weights: {NO_WEIGHTS}"] if fresh else []),
            *(f"without {name}: training.features names no weights of a pretrained network" for name in self.left_out),
            *(["training.features is not used: no term compares features"] if unused else []),
        )

    def reach(self, term: PlannedTerm) -> tuple[str, ...]:
        """The tasks with items, given the data, to which the term applies."""
        return tuple(name for name in term.tasks if term.can_reach(self.sources[name]))

    def blueprint(self) -> Blueprint:
        """What the networks of a run with fresh weights are built from."""
        return Blueprint(
            learner=self.config.learner,
            tasks=self.names,
            local=tuple(task.name for task in self.tasks if task.local),
            conditioners=tuple(UsedComponent.of(spec, self.names) for spec in self.conditioners),
            transforms=tuple(
                UsedComponent.of(spec, [task.name for task in self.tasks if spec.is_for(task)])
                for spec in self.transforms
            ),
            extras=tuple(UsedComponent.of(spec, self.names) for spec in self.extras),
            encoder=self.encoder.weights if self.encoder else None,
            features=self.features,
            left_out=self.left_out,
            learned_from=tuple(dict.fromkeys(self._pretrained())),
            config=self.config,
        )

    def _pretrained(self) -> Iterator[str]:
        if self.encoder and not self.encoder.is_fresh:
            yield self.encoder.weights.network
        if self.features:
            yield self.features.network


def store_of(config: RunConfig) -> ImageStore:
    """A store of images as the model of a run sees them."""
    return ImageStore(config.training.size, zoomed=config.training.zoomed)


def compose_plan(
    config: RunConfig, registry: Registry, catalogue: Catalogue, *, known: Collection[str] = (), fresh: bool = True
) -> Plan:
    """Compose the run that ``config`` asks for.

    Args:
        known: tasks to leave out, because the model that is trained further knows them.
        fresh: whether weights are needed that a pretrained encoder starts from.

    Raises:
        UnknownNameError: a task pattern matches nothing, ``training.emphasis`` names no task, or there is no such
            learner, head or transform.
        DataError: a task that was named explicitly has no training data.
        ConfigError: a configured loss does not exist, or all tasks are known, or ``training.features`` is not a
            usable weight file.
        FactoryError: a component of a plugin cannot be built.
    """
    learner = registry.find(LearnerSpec, config.learner)
    for name in config.training.emphasis:
        registry.task(name)
    head = registry.find(HeadSpec, config.model.head)
    chosen = [task for task in registry.select(config.tasks) if task.name not in known]
    if not chosen:
        raise ConfigError(f"the model already knows {', '.join(config.tasks)}; name a task that it does not know")
    sources = task_sources(chosen, registry, catalogue["train"], config.training.size, store_of(config))
    tasks = tuple(task for task in chosen if _trainable(sources[task.name], config.tasks))
    if not tasks:
        raise DataError("no task has training data; `mendkit data check` lists what was found")
    by_name = {task.name: task for task in tasks}
    trained = {name: sources[name] for name in by_name}
    has_sites = learner.conditioned and config.model.generator == "resnet"
    transforms = _transforms(config, registry, tasks) if has_sites and head.composes else ()
    transformed = frozenset(task.name for task in tasks if any(spec.is_for(task) for spec in transforms))
    terms = tuple(replace(term, transformed=transformed) for term in _terms(config, registry, by_name))
    perceiving, weights = _perceiving(terms, trained.values()), config.training.features
    return Plan(
        config=config,
        registry=registry,
        tasks=tasks,
        sources=trained,
        terms=terms if weights else tuple(term for term in terms if term not in perceiving),
        conditioners=_conditioners(registry, by_name) if has_sites else (),
        transforms=transforms,
        extras=_extras(sources[name] for name in by_name) if has_sites else (),
        encoder=_encoder(config) if has_sites and fresh else None,
        features=_identified(weights) if weights and perceiving else None,
        left_out=() if weights else tuple(term.name for term in perceiving),
    )


def _encoder(config: RunConfig) -> StartingPoint | None:
    if config.model.encoder is None:
        return None
    started = read_index(config.training.start).encoder if config.training.start else None
    if started and started.network == config.model.encoder:
        return StartingPoint(started, {})
    return find_encoder(config.model.encoder, config.training.encoder_weights)


def _trainable(source: TaskSource, patterns: Sequence[str]) -> bool:
    has_data = source.has_pairs or source.has_unpaired
    if not has_data and source.task.name in patterns:
        raise DataError(f"{source.task.name}: no training data: neither pairs, nor images for a synthesizer")
    return has_data


def _terms(config: RunConfig, registry: Registry, tasks: Mapping[str, DefectType]) -> tuple[PlannedTerm, ...]:
    """The terms with a weight: first those of the settings, in their order, then other terms of plugins by name."""
    specs = {name: spec for name, spec in registry[LossSpec].items() if spec.learner == config.learner}
    if unknown := [name for name in config.losses if name not in specs]:
        raise ConfigError(f"losses.{unknown[0]}: {UnknownNameError('term', unknown[0], specs)}")
    leading = [name for name in (*config.losses, *specs) if specs[name].follows is None]
    terms: dict[str, PlannedTerm] = {}
    for name in dict.fromkeys(leading):
        if (term := _planned(specs[name], config, registry, tasks)).weight > 0:
            terms[name] = term
    followers = (spec for spec in specs.values() if spec.follows in terms)
    following = [_following(spec, terms[str(spec.follows)], registry) for spec in followers]
    return (*terms.values(), *sorted(following, key=lambda term: list(terms).index(str(term.follows))))


def _planned(spec: LossSpec, config: RunConfig, registry: Registry, tasks: Mapping[str, DefectType]) -> PlannedTerm:
    chosen = config.losses.get(spec.name, TermConfig(weight=spec.weight or 0, every=spec.every))
    own = {name: tasks[name] for name in spec.covered(tuple(tasks))}
    part = {"tasks": own, "applies": chosen.applies or spec.applies, "weight": chosen.weight, "every": chosen.every}
    return _built(spec, registry, part)


def _following(spec: LossSpec, leader: PlannedTerm, registry: Registry) -> PlannedTerm:
    part = {"tasks": leader.tasks, "applies": leader.applies, "weight": spec.weight or 1.0, "every": leader.every}
    return _built(spec, registry, part)


def _built(spec: LossSpec, registry: Registry, part: Mapping[str, Any]) -> PlannedTerm:
    """The term of ``spec``; ``part`` has the settings of the run for it."""
    return PlannedTerm(
        name=spec.name,
        plugin=registry.plugin_of(spec).name,
        role=spec.role,
        compute=build(spec, LossTerm),
        needs=spec.needs,
        balanced=spec.balanced,
        follows=spec.follows,
        over_items=spec.mean == "items",
        **part,
    )


def _perceiving(terms: Iterable[PlannedTerm], sources: Collection[TaskSource]) -> tuple[PlannedTerm, ...]:
    """The terms that will compare features."""
    return tuple(term for term in terms if FEATURES in term.needs and any(map(term.can_reach, sources)))


def _identified(weights: Path) -> FeatureWeights:
    try:
        return identify(weights)
    except CheckpointError as error:
        remedy = "restore the right file, or train without terms that compare features"
        raise ConfigError(f"training.features: {error}; {remedy}") from error


def _conditioners(registry: Registry, tasks: Mapping[str, DefectType]) -> tuple[ConditionerSpec, ...]:
    specs = {spec.name: spec for name in tasks for spec in registry[ConditionerSpec].of(name) if not spec.on_request}
    return tuple(specs[name] for name in sorted(specs))


def _transforms(config: RunConfig, registry: Registry, tasks: Sequence[DefectType]) -> tuple[TransformSpec, ...]:
    """Those that a task has: what moves pixels first, what tones them afterwards, and by name."""
    known, patterns = registry[TransformSpec], config.model.transforms
    if unknown := [name for name in patterns if not matching(tuple(known), [name])]:
        raise UnknownNameError("transform", unknown[0], known)
    chosen = [spec for spec in known.values() if spec.is_on_request <= (spec.name in patterns)]
    return tuple(
        spec
        for trait in get_args(Trait)
        for spec in chosen
        if spec.trait == trait and matching([spec.name], patterns) and any(map(spec.is_for, tasks))
    )


def _extras(sources: Iterable[TaskSource]) -> tuple[ExtraSpec, ...]:
    specs = {spec.name: spec for source in sources for spec, _ in source.extras.extras}
    return tuple(specs[name] for name in sorted(specs))

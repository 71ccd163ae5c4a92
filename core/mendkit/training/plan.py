"""Composes a run from the registry, the data and the configuration: who feeds which task, and which terms apply."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from mendkit_registry import ConditionerSpec, DefectType, ExtraSpec, LossSpec, Registry, build

from ..config import Applies, RunConfig, TermConfig
from ..contracts import LossTerm
from ..contracts.batch import Batch
from ..data.catalogue import Catalogue
from ..data.sampling import TaskSource, task_sources
from ..errors import CheckpointError, ConfigError, DataError
from ..learners.translation.losses import CORE_TERMS, CoreTerm
from ..learners.translation.passes import Passes
from ..networks.pretrained import FeatureWeights, identify
from .balance import TaskWeights

CORE = "mendkit"


def _is_pair(task: DefectType, paired: bool) -> bool:
    return paired and task.supervision != "unpaired"


PREDICATES: Mapping[Applies, Callable[[DefectType, bool], bool]] = {
    "all": lambda task, paired: True,
    "pairs": _is_pair,
    "pairs in place": lambda task, paired: _is_pair(task, paired) and not task.geometric,
    "pairs to redraw": lambda task, paired: _is_pair(task, paired) and not (task.geometric or task.tonal),
    "pairs to transform": lambda task, paired: _is_pair(task, paired) and (task.geometric or task.tonal),
    "unpaired samples": lambda task, paired: task.supervision != "paired" and not paired,
    "unpaired or ambiguous": lambda task, paired: task.ambiguous or (task.supervision != "paired" and not paired),
    "unless paired task": lambda task, paired: task.supervision != "paired",
}


@dataclass(frozen=True)
class PlannedTerm:
    """A summand of the generators' loss: what computes it, for which samples, and how often."""

    name: str
    plugin: str
    tasks: Mapping[str, DefectType]
    applies: Applies
    weight: float
    every: int
    compute: Callable[[Passes], Tensor]
    balance: Mapping[str, float] = field(default_factory=dict)
    critic: Callable[[Passes], Tensor] | None = None
    perceives: bool = False

    @classmethod
    def of(
        cls,
        core: CoreTerm,
        chosen: TermConfig,
        tasks: Mapping[str, DefectType],
        balance: Mapping[str, float] | None = None,
    ) -> PlannedTerm:
        """A term of mendkit itself as the configuration has it, for all of ``tasks``."""
        return cls(
            name=core.name,
            plugin=CORE,
            tasks=tasks,
            applies=chosen.applies or core.applies,
            weight=chosen.weight,
            every=chosen.every,
            compute=core.loss,
            balance=balance or {} if core.balanced else {},
            critic=core.critic,
            perceives=core.perceives,
        )

    def __str__(self) -> str:
        return f"term {self.name}" if self.plugin == CORE else f"term {self.name} of plugin {self.plugin!r}"

    def due(self, step: int, tasks: Iterable[str]) -> bool:
        """Whether the term is computed in this step, for a batch of these tasks."""
        return self.weight > 0 and step % self.every == 0 and any(task in self.tasks for task in tasks)

    def shares(self, tasks: Sequence[str]) -> Tensor:
        """The weight of each sample's task ``[N]``, 1 where tasks are not balanced."""
        return torch.tensor([self.balance.get(task, 1.0) for task in tasks])

    def rows(self, batch: Batch) -> Tensor:
        """The sample mask ``[N]`` (bool): to which samples of the batch the term applies."""
        holds = PREDICATES[self.applies]
        flags = zip(batch.tasks, batch.paired.tolist(), strict=True)
        return torch.tensor([name in self.tasks and holds(self.tasks[name], paired) for name, paired in flags])

    def can_reach(self, source: TaskSource) -> bool:
        """Whether the term can apply to samples that ``source`` draws, which is that of one of its tasks."""
        kinds = [paired for paired, there in ((True, source.has_pairs), (False, source.has_unpaired)) if there]
        return any(PREDICATES[self.applies](source.task, paired) for paired in kinds)


@dataclass(frozen=True)
class Plan:
    """One run, composed. ``mendkit train --plan`` prints it. ``balance`` is measured when it is first looked at.

    ``features`` is the pretrained network by which terms compare images, if one does; ``left_out`` names terms that
    would, if there were weights of one.
    """

    config: RunConfig
    registry: Registry
    tasks: tuple[DefectType, ...]
    sources: Mapping[str, TaskSource]
    balance: Mapping[str, float]
    terms: tuple[PlannedTerm, ...]
    conditioners: tuple[ConditionerSpec, ...]
    extras: tuple[ExtraSpec, ...]
    features: FeatureWeights | None
    left_out: tuple[str, ...]

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is not as the configuration may lead to expect, in sentences."""
        unused = self.config.training.features and not self.features
        return (
            *(f"without {name}: training.features names no weights of a pretrained network" for name in self.left_out),
            *(["training.features is not used: no term compares features"] if unused else []),
        )

    def reach(self, term: PlannedTerm) -> tuple[str, ...]:
        """The tasks of which some samples, as the data brings them, have the term."""
        return tuple(name for name in term.tasks if term.can_reach(self.sources[name]))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tasks."""
        return tuple(task.name for task in self.tasks)

    def measure(self) -> None:
        """Measure the balance now, so that no step of training has to wait for it."""
        dict(self.balance)


def compose_plan(config: RunConfig, registry: Registry, catalogue: Catalogue, *, known: Collection[str] = ()) -> Plan:
    """Compose the run that ``config`` asks for.

    Args:
        known: tasks that are left out, as the model that is trained further knows them.

    Raises:
        UnknownNameError: a task pattern matches nothing.
        DataError: a task that was asked for by its name has no training data.
        ConfigError: a loss is configured that does not exist, or all tasks are known, or ``training.features`` is no
            file of weights that serve.
        FactoryError: a component of a plugin cannot be built.
    """
    chosen = [task for task in registry.select(config.tasks) if task.name not in known]
    if not chosen:
        raise ConfigError(f"the model knows {', '.join(config.tasks)} already; name a task that it does not know")
    sources = task_sources(chosen, registry, catalogue["train"], config.training.size)
    tasks = tuple(task for task in chosen if _trainable(sources[task.name], config.tasks))
    if not tasks:
        raise DataError("no task has training data; `mendkit data check` says what was found")
    by_name = {task.name: task for task in tasks}
    trained = {name: sources[name] for name in by_name}
    balance = TaskWeights(trained, config.training.seed, config.training.balance)
    terms = _terms(config, registry, by_name, balance)
    perceiving, weights = _perceiving(terms, trained.values()), config.training.features
    has_sites = config.model.generator == "resnet"
    return Plan(
        config=config,
        registry=registry,
        tasks=tasks,
        sources=trained,
        balance=balance,
        terms=terms if weights else tuple(term for term in terms if term not in perceiving),
        conditioners=_conditioners(registry, by_name) if has_sites else (),
        extras=_extras(sources[name] for name in by_name) if has_sites else (),
        features=_identified(weights) if weights and perceiving else None,
        left_out=() if weights else tuple(term.name for term in perceiving),
    )


def _trainable(source: TaskSource, patterns: Sequence[str]) -> bool:
    has_data = source.has_pairs or source.has_unpaired
    if not has_data and source.task.name in patterns:
        raise DataError(f"{source.task.name}: no training data: neither pairs, nor images for a synthesizer")
    return has_data


def _terms(
    config: RunConfig, registry: Registry, tasks: Mapping[str, DefectType], balance: Mapping[str, float]
) -> tuple[PlannedTerm, ...]:
    known = {term.name for term in CORE_TERMS} | set(registry.losses)
    if unknown := sorted(set(config.losses) - known):
        raise ConfigError(f"losses.{unknown[0]}: no such term; known: {', '.join(sorted(known))}")
    core = [
        PlannedTerm.of(term, config.losses[term.name], tasks, balance)
        for term in CORE_TERMS
        if term.name in config.losses
    ]
    return tuple(core + [_plugin_term(spec, config, registry, tasks) for spec in registry.losses.values()])


def _perceiving(terms: Iterable[PlannedTerm], sources: Collection[TaskSource]) -> tuple[PlannedTerm, ...]:
    """The terms that will compare features."""
    return tuple(term for term in terms if term.perceives and term.weight > 0 and any(map(term.can_reach, sources)))


def _identified(weights: Path) -> FeatureWeights:
    try:
        return identify(weights)
    except CheckpointError as error:
        remedy = "bring back the file that belongs there, or train without terms that compare features"
        raise ConfigError(f"training.features: {error}; {remedy}") from error


def _plugin_term(spec: LossSpec, config: RunConfig, registry: Registry, tasks: Mapping[str, DefectType]) -> PlannedTerm:
    chosen = config.losses.get(spec.name, TermConfig(weight=spec.weight, every=spec.every))
    own = {name: tasks[name] for name in spec.covered(tuple(tasks))}
    plugin = registry.plugin_of("losses", spec.name).name
    applies = chosen.applies or "all"
    return PlannedTerm(spec.name, plugin, own, applies, chosen.weight, chosen.every, build(spec, LossTerm))


def _conditioners(registry: Registry, tasks: Mapping[str, DefectType]) -> tuple[ConditionerSpec, ...]:
    specs = {spec.name: spec for name in tasks for spec in registry.conditioners.of(name)}
    return tuple(specs[name] for name in sorted(specs))


def _extras(sources: Iterable[TaskSource]) -> tuple[ExtraSpec, ...]:
    specs = {spec.name: spec for source in sources for spec, _ in source.extras.extras}
    return tuple(specs[name] for name in sorted(specs))

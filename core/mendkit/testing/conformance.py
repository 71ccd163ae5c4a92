"""The conformance suite: checks one plugin against everything that mendkit expects of plugins."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from types import MappingProxyType
from typing import Any

from mendkit_registry import (
    ConditionerSpec,
    EvaluatorSpec,
    ExtraSpec,
    FactoryError,
    HeadSpec,
    LearnerSpec,
    LossSpec,
    ModelSpec,
    Plugin,
    Registry,
    SamplesSpec,
    SynthesizerSpec,
    TransformSpec,
    UnknownNameError,
    build,
    load,
)
from mendkit_registry.specs import ComponentSpec

from ..contracts import (
    Conditioner,
    Evaluator,
    Extra,
    Head,
    Learner,
    LossTerm,
    SampleSource,
    Synthesizer,
    Transform,
)
from . import (
    conditioners,
    evaluators,
    extras,
    heads,
    learners,
    losses,
    models,
    networks,
    samples,
    specs,
    synthesizers,
    transforms,
)
from .checks import Check, Finding, run_checks
from .effects import REMEDY, watched

__all__ = ["Finding", "check_plugin"]

TRIED_THEMSELVES: Mapping[type[ComponentSpec], tuple[type[Any], tuple[Check[Any], ...]]] = {
    ExtraSpec: (Extra, extras.CHECKS),
    SamplesSpec: (SampleSource, samples.CHECKS),
}
"""Components that can be checked without others."""


def check_plugin(name: str) -> list[Finding]:
    """Check the installed plugin with that entry point name: first as a whole, then each of its components.

    Raises:
        UnknownNameError: no plugin of that name is installed.
    """
    registry = load()
    for plugin in registry.plugins:
        if plugin.name == name:
            return list(_check(plugin, registry))
    raise UnknownNameError("plugin", name, [plugin.name for plugin in registry.plugins])


def _check(plugin: Plugin, registry: Registry) -> Iterator[Finding]:
    yield from run_checks(plugin.name, specs.Trial(plugin, registry), specs.CHECKS)
    for found in plugin.contributions.values():
        for spec in found:
            if isinstance(spec, ComponentSpec):
                yield from _check_component(spec, registry)
            elif isinstance(spec, ModelSpec):
                yield from run_checks(spec.name, models.Trial(spec, registry), models.CHECKS)


def _check_component(spec: ComponentSpec, registry: Registry) -> Iterator[Finding]:
    match spec:
        case SynthesizerSpec():
            yield from _check_built(spec, Synthesizer, partial(synthesizers.Trial, spec), synthesizers.CHECKS)
        case LossSpec():
            yield from _check_loss(spec, registry)
        case LearnerSpec():
            own = learners.Trial(spec, partial(learners.new, spec, registry))
            yield from _check_built(spec, Learner, lambda _: own, learners.CHECKS, learners.given(spec, registry))
        case EvaluatorSpec():
            supplied = evaluators.supplied(spec)
            metrics = [metric.name for metric in spec.metrics]
            own_numbers = evaluators.Trial(partial(build, supplied, Evaluator), metrics, "seed" in spec.needs)
            yield from _check_built(supplied, Evaluator, lambda _: own_numbers, evaluators.CHECKS)
        case ConditionerSpec():
            steered = partial(conditioners.Trial, spec, shapes=_shapes(spec, registry))
            yield from _check_built(spec, Conditioner, steered, conditioners.CHECKS, {"layout": conditioners.LAYOUT})
        case HeadSpec():
            yield from _check_built(spec, Head, partial(heads.Trial, spec), heads.CHECKS, {"width": heads.WIDTH})
        case TransformSpec():
            yield from _check_built(spec, Transform, transforms.Trial, transforms.CHECKS)
        case ExtraSpec() | SamplesSpec():
            protocol, checks = TRIED_THEMSELVES[type(spec)]
            yield from _check_built(spec, protocol, lambda component: component, checks)
        case _:
            raise TypeError(f"no checks for {type(spec).__name__}")


def _check_loss(spec: LossSpec, registry: Registry) -> Iterator[Finding]:
    """Values are tested with stand-ins for networks, which exist only for one learner."""
    yield from run_checks(spec.name, learners.TermTrial(spec, registry), learners.TERM_CHECKS)
    if spec.learner != networks.LEARNER:
        yield from _check_built(spec, LossTerm, lambda term: term, ())
        remark = f"gives values that are first tested in training, because it is for the learner {spec.learner}"
        yield Finding(spec.name, remark, None, "train with it for a few steps")
        return
    tasks = tuple(task for task in registry.tasks.values() if spec.covers(task.name))
    trial = partial(losses.Trial, tasks=tasks, needs=spec.needs, role=spec.role, applies=spec.applies)
    yield from _check_built(spec, LossTerm, trial, losses.CHECKS)


def _check_built(
    spec: ComponentSpec,
    protocol: type[Any],
    trial: Callable[[Any], Any],
    checks: tuple[Check[Any], ...],
    given: Mapping[str, Any] = MappingProxyType({}),
) -> Iterator[Finding]:
    """``given`` are arguments of the factory besides the options. Factories of networks draw weights from torch's
    generator, which is seeded whenever a model is made."""
    with watched(torch_draws=bool(given)) as effects:
        component, problem = _built(spec, protocol, given)
    contract = f"{protocol.__module__}.{protocol.__name__}"
    yield Finding(
        spec.name,
        f"fits {protocol.__name__}",
        problem,
        f"make sure that {spec.factory} exists and returns what {contract} describes",
    )
    if problem is None:
        yield Finding(spec.name, "is built without side effects", " and ".join(effects) or None, REMEDY)
        yield from run_checks(spec.name, trial(component), checks)


def _built(spec: ComponentSpec, protocol: type[Any], given: Mapping[str, Any]) -> tuple[Any, str | None]:
    try:
        return build(spec, protocol, **given), None
    except FactoryError as error:
        return None, str(error)


def _shapes(spec: ConditionerSpec, registry: Registry) -> dict[str, tuple[int, int, int]]:
    """The shapes ``[C, H, W]`` of the extras of its tasks; faulty extras are checked separately."""
    tasks = [name for name in registry.tasks if spec.covers(name)]
    own = {extra.name: extra for name in tasks for extra in registry[ExtraSpec].of(name)}
    shapes = {name: _shape(extra) for name, extra in own.items()}
    return {name: shape for name, shape in shapes.items() if shape}


def _shape(spec: ExtraSpec) -> tuple[int, int, int] | None:
    with watched(), suppress(Exception):
        _, height, width, channels = extras.draw(build(spec, Extra)).shape
        return channels, height, width
    return None

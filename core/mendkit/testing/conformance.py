"""The conformance suite: everything that mendkit expects of plugins, checked of one."""

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
"""Components that need nothing beside them."""


def check_plugin(name: str) -> list[Finding]:
    """Check the installed plugin of that entry point name: as a whole first, then each of its components.

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
            raise TypeError(f"nothing is known of {type(spec).__name__}")


def _check_loss(spec: LossSpec, registry: Registry) -> Iterator[Finding]:
    """Values are tried with stand-ins for networks, which there are of one learner alone."""
    yield from run_checks(spec.name, learners.TermTrial(spec, registry), learners.TERM_CHECKS)
    if spec.learner != networks.LEARNER:
        yield from _check_built(spec, LossTerm, lambda term: term, ())
        remark = f"gives values that are tried in training only, as it is of the learner {spec.learner}"
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
    """``given`` is what the factory is called with beside the options: that of networks, whose weights are drawn from
    torch's generator, which is seeded whenever a model is made."""
    with watched(torch_draws=bool(given)) as effects:
        component, problem = _built(spec, protocol, given)
    contract = f"{protocol.__module__}.{protocol.__name__}"
    yield Finding(
        spec.name,
        f"fits {protocol.__name__}",
        problem,
        f"let {spec.factory} be there, and give what {contract} describes",
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
    """The shapes ``[C, H, W]`` of the extras that its tasks have; those that are faulty have checks of their own."""
    tasks = [name for name in registry.tasks if spec.covers(name)]
    own = {extra.name: extra for name in tasks for extra in registry[ExtraSpec].of(name)}
    shapes = {name: _shape(extra) for name, extra in own.items()}
    return {name: shape for name, shape in shapes.items() if shape}


def _shape(spec: ExtraSpec) -> tuple[int, int, int] | None:
    with watched(), suppress(Exception):
        _, height, width, channels = extras.draw(build(spec, Extra)).shape
        return channels, height, width
    return None

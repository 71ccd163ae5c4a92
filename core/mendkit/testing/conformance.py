"""The conformance suite: everything that mendkit expects of plugins, checked of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from mendkit_registry import (
    ConditionerSpec,
    DefectType,
    EvaluatorSpec,
    ExtraSpec,
    FactoryError,
    LossSpec,
    Plugin,
    Registry,
    SamplesSpec,
    SynthesizerSpec,
    UnknownNameError,
    build,
    load,
)
from mendkit_registry.specs import ComponentSpec

from ..contracts import Conditioner, Evaluator, Extra, LossTerm, SampleSource, Synthesizer
from . import conditioners, evaluators, extras, losses, samples, specs, synthesizers
from .checks import Check, Finding, run_checks
from .effects import REMEDY, watched

__all__ = ["Finding", "check_plugin"]


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
            return _check_built(spec, Synthesizer, partial(synthesizers.Trial, spec), synthesizers.CHECKS)
        case LossSpec():
            trial = partial(losses.Trial, tasks=_some_tasks(spec, registry))
            return _check_built(spec, LossTerm, trial, losses.CHECKS)
        case EvaluatorSpec():
            new = partial(build, spec, Evaluator)
            return _check_built(spec, Evaluator, lambda _: evaluators.Trial(new), evaluators.CHECKS)
        case ConditionerSpec():
            steered = partial(conditioners.Trial, spec, shapes=_shapes(spec, registry))
            return _check_built(spec, Conditioner, steered, conditioners.CHECKS)
        case ExtraSpec():
            return _check_built(spec, Extra, lambda extra: extra, extras.CHECKS)
        case SamplesSpec():
            return _check_built(spec, SampleSource, lambda source: source, samples.CHECKS)
        case _:
            raise TypeError(f"nothing is known of {type(spec).__name__}")


def _check_built(
    spec: ComponentSpec, protocol: type[Any], trial: Callable[[Any], Any], checks: tuple[Check[Any], ...]
) -> Iterator[Finding]:
    # A conditioner draws its weights from torch's generator, which is seeded whenever a model is made.
    with watched(torch_draws=isinstance(spec, ConditionerSpec)) as effects:
        component, problem = _built(spec, protocol)
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


def _built(spec: ComponentSpec, protocol: type[Any]) -> tuple[Any, str | None]:
    try:
        given = {"channels": conditioners.default_channels(spec)} if isinstance(spec, ConditionerSpec) else {}
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


def _some_tasks(spec: LossSpec, registry: Registry) -> tuple[DefectType, ...]:
    """A task of the term for each way to be supervised that its tasks have; a made-up one if it has none yet."""
    own = {task.supervision: task for task in registry.tasks.values() if spec.covers(task.name)}
    return tuple(own.values()) or (DefectType(name="any.task", title="Any task", supervision="semi_paired"),)

"""Builds the component that the factory string of a spec names."""

from __future__ import annotations

import logging
from collections.abc import Callable
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from traceback import extract_tb
from typing import Any

from .effects import undone
from .errors import FactoryError, with_article
from .specs import ComponentSpec

log = logging.getLogger(__name__)


def import_factory(spec: ComponentSpec) -> Callable[..., Any]:
    """Import the callable that ``spec.factory`` names. Side effects of the import are undone and logged.

    Raises:
        FactoryError: as in ``find_factory``.
    """
    with undone() as effects:
        factory = find_factory(spec)
    for remark in effects.remarks:
        log.warning("%s: the import of its factory %s", spec.name, remark)
    return factory


def find_factory(spec: ComponentSpec) -> Callable[..., Any]:
    """Import the callable that ``spec.factory`` names. Side effects of the import are kept.

    Raises:
        FactoryError: the module does not import, lacks the attribute, or the attribute cannot be called.
    """
    module_name, _, attribute = spec.factory.partition(":")
    try:
        module = import_module(module_name)
    except Exception as error:
        raise FactoryError(
            f"{spec.name}: {module_name!r}, the module of its factory, does not import: {type(error).__name__}: {error}"
        ) from error
    if not hasattr(module, attribute):
        nearest = get_close_matches(attribute, dir(module), n=1)
        hint = f"did you mean {nearest[0]!r}?" if nearest else "name a callable of that module in its spec"
        raise FactoryError(f"{spec.name}: {module_name!r} has no {attribute!r}, the factory; {hint}")
    factory = getattr(module, attribute)
    if not callable(factory):
        raise FactoryError(
            f"{spec.name}: factory {spec.factory!r} is {with_article(type(factory).__name__)}, not a callable"
        )
    return factory  # type: ignore[no-any-return]


def build(spec: ComponentSpec, protocol: type[Any], **given: Any) -> Any:
    """Build the component that ``spec`` describes, and check it against its (runtime-checkable) protocol.

    Args:
        given: further arguments of the factory; the options of the spec override them.

    Raises:
        FactoryError: the factory is missing, raises, refuses the options, or returns the wrong thing.
    """
    factory = import_factory(spec)
    try:
        component = factory(**(given | spec.options))
    except Exception as error:
        arguments = ", ".join(given | spec.options)
        raise FactoryError(f"{spec.name}: {spec.factory}({arguments}) raised {_reason(error)}") from error
    if not isinstance(component, protocol):
        raise FactoryError(
            f"{spec.name}: {spec.factory!r} returned {with_article(type(component).__name__)}, which lacks "
            f"members of {protocol.__name__}; see {protocol.__module__}.{protocol.__name__}"
        )
    return component


def _reason(error: Exception) -> str:
    """Type and message of an error, and the line that raised it, unless this is the call of the factory."""
    frames = extract_tb(error.__traceback__)[1:]
    place = "".join(f" ({Path(frame.filename).name}:{frame.lineno})" for frame in frames[-1:])
    return f"{type(error).__name__}: {error}{place}"

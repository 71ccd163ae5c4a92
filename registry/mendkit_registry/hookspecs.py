"""The hooks for everything that a plugin can contribute, one for each kind of the table in ``kinds``."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pluggy

from .kinds import KINDS, Kind

PROJECT = "mendkit"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


def _hook(kind: Kind) -> Any:
    def hook() -> Iterable[Any]:
        return ()

    hook.__name__, hook.__doc__ = kind.hook, kind.about
    return hookspec(hook)


HOOKS = SimpleNamespace(**{kind.hook: _hook(kind) for kind in KINDS.values()})
"""A namespace of functions, as pluggy expects; each yields what its docstring says."""

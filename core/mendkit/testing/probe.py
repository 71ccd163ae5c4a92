"""``python -m mendkit.testing.probe NAME MODULE``: imports one plugin in a fresh process, and prints the effects.

First only the plugin module, as in listing, then each factory. The last printed line is JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import EntryPoint
from os import environ, pathsep

from pydantic import BaseModel

from mendkit_registry import FactoryError, Plugin
from mendkit_registry.discovery import ENTRY_POINT_GROUP, load_plugin
from mendkit_registry.factories import find_factory
from mendkit_registry.specs import ComponentSpec

from .effects import watched

HEAVY = ("torch", "torchvision", "numpy", "cv2", "PIL")


class Probe(BaseModel):
    """Heavy packages that listing imports, and side effects of listing and of each factory's import."""

    heavy: tuple[str, ...]
    remarks: tuple[str, ...]
    effects: dict[str, list[str]]


def probe_plugin(plugin: Plugin) -> Probe:
    """Import ``plugin`` in a separate process.

    Raises:
        RuntimeError: the process ends without an answer.
    """
    done = subprocess.run(
        [sys.executable, "-m", __name__, plugin.name, plugin.module],
        env={**environ, "PYTHONPATH": pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"importing it in a new process failed: {done.stderr.strip()[-400:]}")
    return Probe.model_validate_json(done.stdout.splitlines()[-1])


def _probe(name: str, module: str) -> Probe:
    plugin = load_plugin(EntryPoint(name, module, ENTRY_POINT_GROUP))
    heavy = tuple(package for package in HEAVY if package in sys.modules)
    return Probe(heavy=heavy, remarks=plugin.remarks, effects=dict(_effects(plugin)))


def _effects(plugin: Plugin) -> Iterator[tuple[str, list[str]]]:
    for spec in (spec for specs in plugin.contributions.values() for spec in specs):
        if isinstance(spec, ComponentSpec):
            with watched() as effects, suppress(FactoryError):
                find_factory(spec)
            if effects:
                yield spec.name, effects


if __name__ == "__main__":
    print(json.dumps(_probe(*sys.argv[1:]).model_dump()))

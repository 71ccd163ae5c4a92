"""Calls the synthesizers of plugins. A failure costs one image and is reported; too many failures stop the run."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from ..contracts import Synthesizer
from ..contracts.pair import SHARED_TRUTHS, Pair
from ..contracts.photo import Photo
from ..errors import FailingPluginError, SynthesisError, described
from .store import StoredResources

log = logging.getLogger(__name__)

MOST_FAILURES = 0.05
"""A run stops if a synthesizer fails for more than this share of its images,"""
FEWEST_FAILURES = 20
"""and for at least this many: a few failures say nothing about the share."""


def synthesize(synthesizer: Synthesizer, photo: Photo, rng: np.random.Generator, resources: StoredResources) -> Pair:
    """A pair of ``photo``, of its size.

    Raises:
        TypeError: the result is not such a pair.
    """
    pair = synthesizer(photo, rng, resources)
    if fault := fault_of(pair, photo):
        raise TypeError(fault)
    return pair


def fault_of(pair: object, photo: Photo) -> str | None:
    """Why ``pair`` is not a pair of the size of ``photo``; None if it is one."""
    if not isinstance(pair, Pair):
        return f"made a {type(pair).__name__}, not a Pair"
    shape = photo.pixels.shape
    parts = {"source": (pair.source, shape), "target": (pair.target, shape), "mask": (pair.mask, shape[:2])}
    for name, (found, expected) in parts.items():
        if found is None and name == "mask":
            continue
        if not isinstance(found, np.ndarray) or found.dtype != np.uint8 or found.shape != expected:
            return f"made a {name} that is {described(found)}, not uint8 {list(expected)}"
    return _fault_of_truths(pair.truths, *shape[:2])


def _fault_of_truths(truths: object, height: int, width: int) -> str | None:
    if not isinstance(truths, Mapping):
        return f"made truths that are {described(truths)}, not a mapping of names to arrays"
    sides: dict[int | str, int | str] = {"H": height, "W": width}
    for name, found in truths.items():
        if not isinstance(name, str) or name == "mask":
            return f"made a truth named {name!r}; use a text other than 'mask', and pass a mask as the pair's `mask`"
        if not isinstance(found, np.ndarray) or found.dtype != np.float32:
            return f"made a truth {name!r} that is {described(found)}, not float32"
        expected = [sides.get(side, side) for side in SHARED_TRUTHS.get(name, found.shape)]
        if list(found.shape) != expected:
            return f"made a truth {name!r} that is {described(found)}, not float32 {expected}"
        if not np.isfinite(found).all():
            return f"made a truth {name!r} that is not finite everywhere"
    return None


class Tally:
    """Counts the calls and failures of each synthesizer and extra."""

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._reported: set[tuple[str, str]] = set()

    def add(self, made_by: Iterable[str], failures: Iterable[SynthesisError]) -> None:
        """Count the components that made an item, and the failures before it. Each image is logged once.

        Raises:
            FailingPluginError: a component fails too often; names its plugin and the last failure.
        """
        for failure in failures:
            self._asked[failure.synthesizer] += 1
            self._failed[failure.synthesizer] += 1
            self._report(failure)
            self._require_few(failure)
        self._asked.update(made_by)

    def _report(self, failure: SynthesisError) -> None:
        if (key := (failure.synthesizer, failure.image)) not in self._reported:
            self._reported.add(key)
            log.warning("left out: %s", failure)

    def _require_few(self, last: SynthesisError) -> None:
        failed, asked = self._failed[last.synthesizer], self._asked[last.synthesizer]
        if failed >= FEWEST_FAILURES and failed > MOST_FAILURES * asked:
            raise FailingPluginError(
                f"plugin {last.plugin!r}: {last.synthesizer} failed for {failed} of {asked} images; fix it "
                f"(`mendkit plugins check {last.plugin}`), or uninstall the plugin. The last failure: {last}"
            )

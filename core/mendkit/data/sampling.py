"""Where a task's samples come from: real pairs, pairs that synthesizers make, and images without a partner."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple, TypeVar

import numpy as np

from mendkit_registry import DefectType, Registry, SynthesizerSpec, build

from ..contracts import Synthesizer
from ..contracts.photo import Image, Mask, Photo
from ..errors import ImageError, SynthesisError, UnreadableImageError, reason_of
from .catalogue import ImageRef, PairRef, SplitFiles, TaskFiles
from .extras import ExtraSource, Stacks, built_extras, by_product
from .splits import stable_hash
from .store import ImageStore, StoredResources
from .synthesis import synthesize

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sample:
    """One training sample: ``source`` and ``target`` are ``uint8 [S, S, 3]``; unpaired ones show different products.

    ``synthesizer`` is the name of the one that made it, if one did, ``failures`` are what was tried before it, and
    ``extras`` what the data brings for conditioners.
    """

    task: str
    source: Image
    target: Image
    paired: bool
    synthesizer: str | None = None
    failures: tuple[SynthesisError, ...] = ()
    extras: Stacks = field(default_factory=dict)

    @property
    def made_by(self) -> tuple[str, ...]:
        """The names of the plugins' components that had a part in it."""
        return (*([self.synthesizer] if self.synthesizer else []), *self.extras)


class Drawn(NamedTuple):
    """A pair, or two images that are none.

    Args:
        shown: the file that it is made of, or that of its target.
        foreground: the mask that lies beside the source's file, or that of the photo that it was made of.
        mask: where both differ, if that is known.
        synthesizer: the name of the one that made it, if one did.
    """

    source: Image
    target: Image
    shown: ImageRef
    foreground: Mask | None = None
    mask: Mask | None = None
    synthesizer: str | None = None


@dataclass(frozen=True)
class TaskSource:
    """All ways to get a sample of one task in one split. ``plugins`` has the plugin of each synthesizer."""

    task: DefectType
    files: TaskFiles
    clean: tuple[ImageRef, ...]
    from_clean: tuple[tuple[SynthesizerSpec, Synthesizer], ...]
    from_defective: tuple[tuple[SynthesizerSpec, Synthesizer], ...]
    store: ImageStore
    resources: StoredResources
    extras: ExtraSource
    plugins: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_clean(self) -> bool:
        """Whether pairs can be made of clean images."""
        return bool(self.clean and self.from_clean)

    @property
    def has_defective(self) -> bool:
        """Whether pairs can be made of defective images."""
        return bool(self.files.sources and self.from_defective)

    @property
    def has_pairs(self) -> bool:
        """Whether paired samples can be drawn, real or made."""
        return bool(self.files.pairs) or self.has_clean or self.has_defective

    @property
    def has_unpaired(self) -> bool:
        """Whether both domains have images, and the task may use them without partners."""
        return self.task.supervision != "paired" and bool(self._domain_x() and self._domain_y())

    @property
    def feed(self) -> Hashable:
        """What pairs are drawn from: of sources that share their clean images, those with one feed draw alike."""
        made_by = tuple(spec.name for spec, _ in (*self.from_clean, *self.from_defective))
        return self.files.pairs, self.files.sources, made_by

    @property
    def size(self) -> int:
        """How many images the task can draw from."""
        made = len(self.clean) * self.has_clean
        return len(self.files.pairs) + len(self.files.sources) + len(self.files.targets) + made

    def draw(
        self, rng: np.random.Generator, *, unpaired_share: float, clean_share: float, extras_share: float = 1.0
    ) -> Sample:
        """Draw one sample; which data it comes from is drawn as well.

        Raises:
            UnreadableImageError: an image that was drawn.
            SynthesisError: the synthesizer that was drawn, or an extra, failed for it.
        """
        paired = not self.has_unpaired or (self.has_pairs and rng.random() >= unpaired_share)
        drawn = self._draw_pair(rng) if paired else self._draw_unpaired(rng)
        source = drawn.target if paired and rng.random() < clean_share else drawn.source
        # Only tasks with extras draw whether they get any: all others keep their random numbers.
        has_extras = bool(self.extras.extras) and rng.random() < extras_share
        photo = Photo(source, drawn.shown.name, drawn.foreground)
        return Sample(
            self.task.name,
            source,
            drawn.target,
            paired=paired,
            synthesizer=drawn.synthesizer,
            extras=self.extras.draw(photo, drawn.shown, rng) if has_extras else {},
        )

    def input_error(self, seed: int, count: int = 64) -> float:
        """How far sources are from their targets: mean ``|x - y|`` in [0, 1] of pairs drawn with ``seed``.

        Raises:
            ImageError: not one of the images that were drawn can be used.
        """
        rng = np.random.default_rng([seed, stable_hash(self.task.name)])
        errors, failures = list[float](), list[ImageError]()
        for _ in range(count):
            try:
                pair = self._draw_pair(rng)
            except ImageError as failure:
                failures.append(failure)
            else:
                errors.append(float(np.abs(pair.source - pair.target.astype(np.float32)).mean() / 255))
        if not errors:
            raise failures[-1]
        return float(np.mean(errors))

    @property
    def domains(self) -> tuple[tuple[ImageRef, ...], tuple[ImageRef, ...]]:
        """The images of domains X and Y that may be used without partners."""
        return self._domain_x(), self._domain_y()

    def _draw_unpaired(self, rng: np.random.Generator) -> Drawn:
        refs = [pick(refs, rng) for refs in (self._domain_x(), self._domain_y())]
        source, target = (mirror(photo, rng) for photo in [self.store.photo(ref) for ref in refs])
        return Drawn(source.pixels, target.pixels, refs[0], source.foreground)

    def _draw_pair(self, rng: np.random.Generator) -> Drawn:
        ways: list[Callable[[np.random.Generator], Drawn]] = []
        ways += [self._real_pair] if self.files.pairs else []
        ways += [self._pair_from_clean] if self.has_clean else []
        ways += [self._pair_from_defective] if self.has_defective else []
        return pick(ways, rng)(rng)

    def _real_pair(self, rng: np.random.Generator) -> Drawn:
        drawn = self.read_pair(pick(self.files.pairs, rng))
        if rng.random() >= 0.5:
            return drawn
        foreground = None if drawn.foreground is None else drawn.foreground[:, ::-1]
        return drawn._replace(source=drawn.source[:, ::-1], target=drawn.target[:, ::-1], foreground=foreground)

    def read_pair(self, pair: PairRef) -> Drawn:
        """A real pair as it is. Raises UnreadableImageError."""
        source, target = self.store.photo(pair.source), self.store.photo(pair.target)
        return Drawn(source.pixels, target.pixels, pair.target, source.foreground)

    def _pair_from_clean(self, rng: np.random.Generator) -> Drawn:
        ref = pick(self.clean, rng)
        return self.synthesize(self.from_clean, ref, mirror(self.store.photo(ref), rng), rng)

    def _pair_from_defective(self, rng: np.random.Generator) -> Drawn:
        ref = pick(self.files.sources, rng)
        return self.synthesize(self.from_defective, ref, mirror(self.store.photo(ref), rng), rng)

    def synthesize(
        self,
        synthesizers: Sequence[tuple[SynthesizerSpec, Synthesizer]],
        ref: ImageRef,
        photo: Photo,
        rng: np.random.Generator,
    ) -> Drawn:
        """A pair that one of ``synthesizers`` makes of a photo, which is that of ``ref``. Raises ImageError."""
        shares = np.array([spec.weight for spec, _ in synthesizers])
        spec, synthesizer = synthesizers[rng.choice(len(synthesizers), p=shares / shares.sum())]
        try:
            made = synthesize(synthesizer, photo, rng, self.resources)
        except UnreadableImageError:  # one of the resources, which is not the synthesizer's fault
            raise
        except Exception as error:
            plugin = self.plugins.get(spec.name, "")
            raise SynthesisError(str(ref.path), self.task.name, spec.name, plugin, reason_of(error)) from error
        return Drawn(made.source, made.target, ref, photo.foreground, made.mask, spec.name)

    def _domain_x(self) -> tuple[ImageRef, ...]:
        return self.files.sources

    def _domain_y(self) -> tuple[ImageRef, ...]:
        return self.files.targets or self.clean


def task_sources(
    tasks: Sequence[DefectType], registry: Registry, files: SplitFiles, size: int
) -> dict[str, TaskSource]:
    """The source of each task. All share the synthesizers, each built once, and one store of images of ``size`` px."""
    store = ImageStore(size)
    resources = StoredResources(store, files.resources)

    @cache
    def built(name: str) -> Synthesizer:
        synthesizer: Synthesizer = build(registry.synthesizers[name], Synthesizer)
        return synthesizer

    return {
        task.name: _task_source(task, registry, files, store=store, resources=resources, built=built) for task in tasks
    }


def _task_source(
    task: DefectType,
    registry: Registry,
    files: SplitFiles,
    *,
    store: ImageStore,
    resources: StoredResources,
    built: Callable[[str], Synthesizer],
) -> TaskSource:
    own = files.of(task.name)
    specs = registry.synthesizers.of(task.name)

    def usable(starts_from: str, images: tuple[ImageRef, ...]) -> tuple[tuple[SynthesizerSpec, Synthesizer], ...]:
        return tuple((spec, built(spec.name)) for spec in specs if images and spec.starts_from == starts_from)

    return TaskSource(
        task=task,
        files=own,
        clean=files.clean,
        from_clean=usable("clean", files.clean),
        from_defective=usable("defective", own.sources),
        store=store,
        resources=resources,
        extras=_extra_source(task, registry, files, store),
        plugins={spec.name: registry.plugin_of("synthesizers", spec.name).name for spec in specs},
    )


def _extra_source(task: DefectType, registry: Registry, files: SplitFiles, store: ImageStore) -> ExtraSource:
    """The extras of a task, if there is a conditioner that they could be for."""
    specs = registry.extras.of(task.name)
    if not (specs and any(spec.covers(task.name) for spec in registry.conditioners.values())):
        return ExtraSource(task.name, store)
    own = files.of(task.name)
    right = (*files.clean, *own.targets, *(pair.target for pair in own.pairs))
    plugins = {spec.name: registry.plugin_of("extras", spec.name).name for spec in specs}
    return ExtraSource(task.name, store, built_extras(specs), by_product(right), plugins)


def mirror(photo: Photo, rng: np.random.Generator) -> Photo:
    """The photo, mirrored half of the time."""
    if rng.random() < 0.5:
        return photo
    foreground = None if photo.foreground is None else np.ascontiguousarray(photo.foreground[:, ::-1])
    return Photo(np.ascontiguousarray(photo.pixels[:, ::-1]), photo.name, foreground)


def pick(items: Sequence[T], rng: np.random.Generator) -> T:
    """One of ``items``, all equally likely."""
    return items[int(rng.integers(len(items)))]

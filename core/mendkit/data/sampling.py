"""Where a task's samples come from: real pairs, pairs that synthesizers make, and images without a partner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Literal, NamedTuple, TypeVar

import numpy as np

from mendkit_registry import ConditionerSpec, DefectType, ExtraSpec, Registry, SynthesizerSpec, build

from ..contracts import Synthesizer
from ..contracts.photo import Image, Mask, Photo
from ..errors import DataError, ImageError, SynthesisError, UnreadableImageError, reason_of
from .catalogue import Catalogue, ImageRef, PairRef, Split, SplitFiles, TaskFiles
from .extras import ExtraSource, Stacks, built_extras, by_product
from .splits import stable_hash
from .store import ImageStore, StoredResources
from .synthesis import synthesize

T = TypeVar("T")
Domain = Literal["source", "target"]


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


@dataclass(frozen=True, slots=True)
class TestPair:
    """One pair of a fixed test set, ``uint8 [S, S, 3]``, and where its defect is, if that is known."""

    __test__ = False  # not a test case, whatever its name says

    name: str
    source: Image
    target: Image
    mask: Mask | None = None
    extras: Stacks = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TestImage:
    """One image of a fixed test set without pairs, ``uint8 [S, S, 3]``, and the domain that it belongs to."""

    __test__ = False

    name: str
    domain: Domain
    pixels: Image
    extras: Stacks = field(default_factory=dict)


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

    def test_pair(self, index: int, seed: int) -> TestPair:
        """PairRef ``index`` of the fixed test set: a real one if the task has any, else one made of a clean image.

        Raises:
            ImageError: the image cannot be read, or no pair be made of it.
        """
        name = self.test_names[index]
        rng = self.test_rng(name, seed)
        if self.files.pairs:
            drawn = self._read_pair(self.files.pairs[index])
        else:
            ref = self.clean[index]
            drawn = self._synthesize(self.from_clean, ref, self.store.photo(ref), rng)
        extras = self.extras.draw(Photo(drawn.source, name, drawn.foreground), drawn.shown, rng)
        return TestPair(name, drawn.source, drawn.target, drawn.mask, extras)

    def test_image(self, ref: ImageRef, name: str, domain: Domain, seed: int) -> TestImage:
        """An image of a fixed test set without pairs; those of domain X have extras. Raises ImageError."""
        photo = self.store.photo(ref)
        extras = self.extras.draw(photo, ref, self.test_rng(name, seed)) if domain == "source" else {}
        return TestImage(name, domain, photo.pixels, extras)

    def test_rng(self, name: str, seed: int) -> np.random.Generator:
        """The generator of the test image of that name."""
        return np.random.default_rng([seed, stable_hash(self.task.name), stable_hash(name)])

    @cached_property
    def test_names(self) -> tuple[str, ...]:
        """The names of the test pairs, in order and unique: those that repeat get their folder before them."""
        return unique_names([pair.source for pair in self.files.pairs] or self.clean)

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
        drawn = self._read_pair(pick(self.files.pairs, rng))
        if rng.random() >= 0.5:
            return drawn
        foreground = None if drawn.foreground is None else drawn.foreground[:, ::-1]
        return drawn._replace(source=drawn.source[:, ::-1], target=drawn.target[:, ::-1], foreground=foreground)

    def _read_pair(self, pair: PairRef) -> Drawn:
        source, target = self.store.photo(pair.source), self.store.photo(pair.target)
        return Drawn(source.pixels, target.pixels, pair.target, source.foreground)

    def _pair_from_clean(self, rng: np.random.Generator) -> Drawn:
        ref = pick(self.clean, rng)
        return self._synthesize(self.from_clean, ref, mirror(self.store.photo(ref), rng), rng)

    def _pair_from_defective(self, rng: np.random.Generator) -> Drawn:
        ref = pick(self.files.sources, rng)
        return self._synthesize(self.from_defective, ref, mirror(self.store.photo(ref), rng), rng)

    def _synthesize(
        self,
        synthesizers: Sequence[tuple[SynthesizerSpec, Synthesizer]],
        ref: ImageRef,
        photo: Photo,
        rng: np.random.Generator,
    ) -> Drawn:
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


@dataclass(frozen=True)
class TestPairs(Sequence[TestPair]):
    """A task's fixed test pairs, made when they are asked for: the same seed gives the same pairs."""

    __test__ = False

    source: TaskSource
    seed: int
    length: int

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> TestPair:  # type: ignore[override]
        if not 0 <= index < self.length:
            raise IndexError(index)
        return self.source.test_pair(index, self.seed)


@dataclass(frozen=True)
class TestDomains(Sequence[TestImage]):
    """The test images of a task that has no pairs: those of domain X, then those of domain Y."""

    __test__ = False

    source: TaskSource
    sources: tuple[ImageRef, ...]
    targets: tuple[ImageRef, ...]
    seed: int

    def __len__(self) -> int:
        return len(self.sources) + len(self.targets)

    def __getitem__(self, index: int) -> TestImage:  # type: ignore[override]
        if not 0 <= index < len(self):
            raise IndexError(index)
        ref, name = (self.sources + self.targets)[index], self._names[index]
        return self.source.test_image(ref, name, "source" if index < len(self.sources) else "target", self.seed)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return unique_names(self.sources) + unique_names(self.targets)


def unique_names(refs: Sequence[ImageRef]) -> tuple[str, ...]:
    """The names of images, in order; those that repeat get their folder before them."""
    counts = Counter(ref.name for ref in refs)
    return tuple(ref.name if counts[ref.name] == 1 else f"{ref.path.parent.name}/{ref.name}" for ref in refs)


def task_sources(
    tasks: Sequence[DefectType], registry: Registry, files: SplitFiles, size: int, store: ImageStore | None = None
) -> dict[str, TaskSource]:
    """The source of each task. All share the synthesizers, each built once, and one store of images of ``size`` px.

    Args:
        store: one of that size, to share it with other sources; by default a new one.
    """
    store = store or ImageStore(size)
    resources = StoredResources(store, files.resources)

    @cache
    def built(name: str) -> Synthesizer:
        synthesizer: Synthesizer = build(registry[SynthesizerSpec][name], Synthesizer)
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
    specs = registry[SynthesizerSpec].of(task.name)

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
        plugins={spec.name: registry.plugin_of(spec).name for spec in specs},
    )


def _extra_source(task: DefectType, registry: Registry, files: SplitFiles, store: ImageStore) -> ExtraSource:
    """The extras of a task, if there is a conditioner that they could be for."""
    specs = registry[ExtraSpec].of(task.name)
    if not (specs and any(not spec.on_request for spec in registry[ConditionerSpec].of(task.name))):
        return ExtraSource(task.name, store)
    own = files.of(task.name)
    right = (*files.clean, *own.targets, *(pair.target for pair in own.pairs))
    plugins = {spec.name: registry.plugin_of(spec).name for spec in specs}
    return ExtraSource(task.name, store, built_extras(specs), by_product(right), plugins)


def test_pairs(
    catalogue: Catalogue,
    registry: Registry,
    task: str,
    split: Split,
    *,
    size: int,
    seed: int,
    limit: int | None = None,
    store: ImageStore | None = None,
) -> TestPairs:
    """The fixed pairs on which ``task`` is scored: the real ones, or else one made of each clean image of the split.

    Args:
        store: of images of ``size`` px, for a caller who goes through several tasks; by default a new one.

    Raises:
        DataError: the split has neither pairs nor clean images that a synthesizer could use.
    """
    source = task_sources([registry.task(task)], registry, catalogue[split], size, store)[task]
    return _pairs_of(source, split, seed, limit)


def test_set(
    catalogue: Catalogue,
    registry: Registry,
    task: str,
    split: Split,
    *,
    size: int,
    seed: int,
    limit: int | None = None,
    store: ImageStore | None = None,
) -> TestPairs | TestDomains:
    """What ``task`` is scored on: pairs, as ``test_pairs`` has them, or the two domains of a task that has none.

    Args:
        limit: at most so many pairs, or images of each domain.
        store: of images of ``size`` px, for a caller who goes through several tasks; by default a new one.

    Raises:
        DataError: the split has neither.
    """
    source = task_sources([registry.task(task)], registry, catalogue[split], size, store)[task]
    if source.files.pairs or source.has_clean or not source.has_unpaired:
        return _pairs_of(source, split, seed, limit)
    sources, targets = source.domains
    return TestDomains(source, sources[:limit], targets[:limit], seed)


test_pairs.__test__ = False  # type: ignore[attr-defined]
test_set.__test__ = False  # type: ignore[attr-defined]


def _pairs_of(source: TaskSource, split: Split, seed: int, limit: int | None) -> TestPairs:
    count = len(source.files.pairs) or (len(source.clean) if source.has_clean else 0)
    if not count:
        raise DataError(
            f"{source.task.name}: no pairs and no clean images in split {split!r}; see `mendkit data check`"
        )
    return TestPairs(source, seed, count if limit is None else min(limit, count))


def mirror(photo: Photo, rng: np.random.Generator) -> Photo:
    """The photo, mirrored half of the time."""
    if rng.random() < 0.5:
        return photo
    foreground = None if photo.foreground is None else np.ascontiguousarray(photo.foreground[:, ::-1])
    return Photo(np.ascontiguousarray(photo.pixels[:, ::-1]), photo.name, foreground)


def pick(items: Sequence[T], rng: np.random.Generator) -> T:
    """One of ``items``, all equally likely."""
    return items[int(rng.integers(len(items)))]

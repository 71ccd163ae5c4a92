"""Where a task's items come from: a feed, drawn for each item, and the extras."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from mendkit_registry import ConditionerSpec, DefectType, ExtraSpec, Registry, SynthesizerSpec, UnknownNameError, build

from ..contracts import Synthesizer
from ..contracts.pair import Pair
from ..contracts.photo import Image, Mask, Photo
from ..errors import ImageError, SynthesisError
from .catalogue import ImageRef, SplitFiles, TaskFiles
from .extras import ExtraSource, Stacks, built_extras, by_product
from .feeds import BuiltSynthesizer, Drawn, PairFeed, RealPairs, SynthesisedPairs, TwoDomains, pick
from .splits import stable_hash
from .store import ImageStore, StoredResources
from .windows import window_of


@dataclass(frozen=True, slots=True)
class Item:
    """One draw of the stream, or one pair of a test set.

    Args:
        task: its name.
        pair: ``uint8 [S, S, 3]``; if the item is not ``paired``, source and target show different products.
        name: the name of its image; unique within a test set.
        synthesizer: the name of the synthesizer that made the pair, if any.
        failures: failed attempts before it.
        extras: what the data has for conditioners.
    """

    task: str
    pair: Pair
    paired: bool = True
    name: str = ""
    synthesizer: str | None = None
    failures: tuple[SynthesisError, ...] = ()
    extras: Stacks = field(default_factory=dict)

    @property
    def source(self) -> Image:
        """The image with the defect, ``uint8 [S, S, 3]``."""
        return self.pair.source

    @property
    def target(self) -> Image:
        """The image without it, likewise."""
        return self.pair.target

    @property
    def mask(self) -> Mask | None:
        """``uint8 [S, S]``: where the pair differs by the defect, if known."""
        return self.pair.mask

    @property
    def made_by(self) -> tuple[str, ...]:
        """The names of the plugin components that helped to make it."""
        return (*([self.synthesizer] if self.synthesizer else []), *self.extras)


@dataclass(frozen=True)
class TaskSource:
    """The feeds of one task in one split. A feed without data is None."""

    task: DefectType
    files: TaskFiles
    extras: ExtraSource
    real: RealPairs | None
    from_clean: SynthesisedPairs | None
    from_defective: SynthesisedPairs | None
    domains: TwoDomains | None

    @property
    def pair_feeds(self) -> tuple[PairFeed, ...]:
        """The feeds of pairs, each drawn equally often."""
        return tuple(feed for feed in (self.real, self.from_clean, self.from_defective) if feed)

    @property
    def has_pairs(self) -> bool:
        """Whether pairs can be drawn, real or made."""
        return bool(self.pair_feeds)

    @property
    def has_unpaired(self) -> bool:
        """Whether both domains have images, and the task can use them without partners."""
        return self.domains is not None

    @property
    def feed(self) -> Hashable:
        """Identifies where pairs come from: of sources that share clean images, those with equal feeds draw alike."""
        made = [
            built.spec.name for feed in (self.from_clean, self.from_defective) if feed for built in feed.synthesizers
        ]
        return self.files.pairs, self.files.sources, tuple(made)

    @property
    def size(self) -> int:
        """The number of images that the task can draw from."""
        clean = self.from_clean.size if self.from_clean else 0
        return len(self.files.pairs) + len(self.files.sources) + len(self.files.targets) + clean

    def draw(
        self,
        rng: np.random.Generator,
        *,
        unpaired_share: float,
        clean_share: float,
        extras_share: float = 1.0,
        real_share: float | None = None,
    ) -> Item:
        """Draw a feed, and one item from it. The shares are those of ``TrainingConfig``.

        Raises:
            UnreadableImageError: an image cannot be read.
            SynthesisError: the synthesizer or an extra failed.
        """
        if self.domains and not (self.has_pairs and rng.random() >= unpaired_share):
            return self._item(self.domains.draw(rng), rng, extras_share, paired=False)
        drawn = self._draw_pair(rng, real_share)
        return self._item(drawn.clean if rng.random() < clean_share else drawn, rng, extras_share, paired=True)

    def input_error(self, seed: int, count: int = 64) -> float:
        """The mean ``|x - y|`` in [0, 1] between sources and targets of pairs drawn with ``seed``.

        Raises:
            ImageError: none of the drawn images can be used.
        """
        rng = np.random.default_rng([seed, stable_hash(self.task.name)])
        errors, failures = list[float](), list[ImageError]()
        for _ in range(count):
            try:
                pair = self._draw_pair(rng).pair
            except ImageError as failure:
                failures.append(failure)
            else:
                errors.append(float(np.abs(pair.source - pair.target.astype(np.float32)).mean() / 255))
        if not errors:
            raise failures[-1]
        return float(np.mean(errors))

    def _draw_pair(self, rng: np.random.Generator, real_share: float | None = None) -> Drawn:
        made = tuple(feed for feed in self.pair_feeds if feed is not self.real)
        if real_share is None or self.real is None or not made:
            return pick(self.pair_feeds, rng).draw(rng)
        return (self.real if rng.random() < real_share else pick(made, rng)).draw(rng)

    def _item(self, drawn: Drawn, rng: np.random.Generator, extras_share: float, *, paired: bool) -> Item:
        # Only tasks with extras draw whether an item gets them: random numbers of other tasks do not change.
        has_extras = bool(self.extras.extras) and rng.random() < extras_share
        photo = Photo(drawn.pair.source, drawn.shown.name, drawn.foreground)
        extras = self.extras.draw(photo, drawn.shown, rng) if has_extras else {}
        pair = window_of(drawn.pair, self.extras.store.size, rng) if self.task.local else drawn.pair
        return Item(self.task.name, pair, paired, photo.name, drawn.synthesizer, extras=extras)


def task_sources(
    tasks: Sequence[DefectType], registry: Registry, files: SplitFiles, size: int, store: ImageStore | None = None
) -> dict[str, TaskSource]:
    """The source of each task. They share the synthesizers, each built once, and a store of images of ``size`` px.

    Args:
        store: a store of that size, to share with other sources; by default, a new one.

    Raises:
        UnknownNameError: there are options for a synthesizer that no plugin contributes.
        FactoryError: a synthesizer refuses its options.
    """
    store = store or ImageStore(size)

    @cache
    def built(name: str) -> BuiltSynthesizer:
        spec = registry[SynthesizerSpec][name]
        spec = spec.model_copy(update={"options": {**spec.options, **files.options.get(name, {})}})
        return BuiltSynthesizer(spec, build(spec, Synthesizer), registry.plugin_of(spec).name)

    if unknown := [name for name in files.options if name not in registry[SynthesizerSpec]]:
        raise UnknownNameError("synthesizer", unknown[0], registry[SynthesizerSpec])

    def made(task: DefectType, starts_from: str, images: tuple[ImageRef, ...]) -> SynthesisedPairs | None:
        specs = [spec for spec in registry[SynthesizerSpec].of(task.name) if images and spec.starts_from == starts_from]
        synthesizers, own = tuple(built(spec.name) for spec in specs), store.of(task)
        resources = StoredResources(own, files.resources)
        return SynthesisedPairs(task.name, images, synthesizers, own, resources) if synthesizers else None

    return {task.name: _task_source(task, registry, files, store, made) for task in tasks}


def _task_source(
    task: DefectType,
    registry: Registry,
    files: SplitFiles,
    store: ImageStore,
    made: Callable[[DefectType, str, tuple[ImageRef, ...]], SynthesisedPairs | None],
) -> TaskSource:
    own, photos = files.of(task.name), store.of(task)
    targets = own.targets or files.clean
    without_partners = task.supervision != "paired" and own.sources and targets
    return TaskSource(
        task=task,
        files=own,
        extras=_extra_source(task, registry, files, store),
        real=RealPairs(own.pairs, photos) if own.pairs else None,
        from_clean=made(task, "clean", files.clean),
        from_defective=made(task, "defective", own.sources),
        domains=TwoDomains(own.sources, targets, photos) if without_partners else None,
    )


def _extra_source(task: DefectType, registry: Registry, files: SplitFiles, store: ImageStore) -> ExtraSource:
    """The extras of a task, if it has a conditioner that could use them."""
    specs = registry[ExtraSpec].of(task.name)
    if not (specs and any(not spec.on_request for spec in registry[ConditionerSpec].of(task.name))):
        return ExtraSource(task.name, store.squares)
    own = files.of(task.name)
    right = (*files.clean, *own.targets, *(pair.target for pair in own.pairs))
    plugins = {spec.name: registry.plugin_of(spec).name for spec in specs}
    return ExtraSource(task.name, store.squares, built_extras(specs), by_product(right), plugins)

"""Checks every image of a catalogue: counts, unreadable files, and likely mistakes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import blake2b, file_digest
from pathlib import Path
from typing import Any

from mendkit_registry import DefectType

from ..errors import UnreadableImageError
from .catalogue import SPLITS, Catalogue, ImageRef, Split, SplitFiles
from .layouts import TASK_FOLDERS
from .proportions import Misfit, Size, misfits

Watch = Callable[[Iterable["Look"], int], Iterable["Look"]]
"""Passes items through, given their number: a place for a progress bar."""


@dataclass(frozen=True, slots=True)
class Look:
    """The result for one file: its size and the hash of its bytes, or why it cannot be read."""

    path: Path
    size: Size | None = None
    content: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """How much of one thing the data has.

    Args:
        name: ``clean``, a task, or a kind of resource.
        what: ``images``; for a task ``pairs``, or ``sources`` or ``targets`` without a partner.
        counts: by split.
        sizes: of the smallest, the median and the largest readable image, by area; empty without readable images.
    """

    name: str
    what: str
    counts: Mapping[Split, int]
    sizes: tuple[Size, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that cannot be decoded, or whose mask cannot, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Shared:
    """Identical files in more than one split."""

    paths: Mapping[Split, tuple[Path, ...]]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A task with images on both sides but no pairs: their numbers, and one image of each side."""

    task: str
    sources: int
    targets: int
    source: Path
    target: Path


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a check.

    Args:
        leaks: identical bytes in two splits, which make scores too good.
        namesakes: the same path in folders of two splits, with different bytes; often the same product.
        misfits: pairs whose sides have different proportions, of tasks that leave pixels in place.
        single: files that should hold two images side by side, but are not wider than high.
        unmatched: tasks that could use pairs but have none, often because the names of partners differ.
    """

    holdings: tuple[Holding, ...]
    unreadable: tuple[Unreadable, ...]
    leaks: tuple[Shared, ...]
    namesakes: tuple[Shared, ...]
    misfits: tuple[Misfit, ...] = ()
    single: tuple[Path, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything can be read and nothing leaks. The other findings may be intended."""
        return not (self.unreadable or self.leaks)

    def as_json(self) -> dict[str, Any]:
        """The report in JSON types, with paths as text."""
        plain: dict[str, Any] = _plain(asdict(self))
        return {"ok": self.ok, **plain}


def check_catalogue(
    catalogue: Catalogue,
    watch: Watch = lambda looks, count: looks,
    *,
    tasks: Iterable[DefectType] = (),
    numbered: Collection[str] = (),
) -> Report:
    """Decode every file of the catalogue, in a pool of threads, and compare the splits.

    Args:
        tasks: the known tasks; others are assumed to have pairs whose pixels stay in place.
        numbered: tasks whose files are numbered from 1 in each split, as in published sets: their names say nothing.
    """
    refs = {ref.path: ref for split in SPLITS for _, _, _, refs in _parts(catalogue[split]) for ref in refs}
    looks = {look.path: look for look in watch(_looks(refs.values()), len(refs))}
    members = {
        split: {ref.path for *_, refs in _parts(catalogue[split]) for ref in refs if not looks[ref.path].reason}
        for split in SPLITS
    }
    leaks = _shared(members, lambda path: looks[path].content)
    leaking = {path for leak in leaks for paths in leak.paths.values() for path in paths}
    silent = {path for split in SPLITS for path in _paths_of(numbered, catalogue[split])}
    known = tuple(tasks)
    return Report(
        holdings=tuple(_holdings(catalogue, looks)),
        unreadable=tuple(Unreadable(path, look.reason) for path, look in sorted(looks.items()) if look.reason),
        leaks=leaks,
        namesakes=_shared({split: paths - leaking - silent for split, paths in members.items()}, _name_but_for_split),
        misfits=tuple(_misfits(catalogue, looks, {task.name for task in known if task.geometric})),
        single=tuple(_single(refs, looks)),
        unmatched=tuple(_unmatched(catalogue, {task.name for task in known if task.supervision == "unpaired"})),
    )


def _misfits(catalogue: Catalogue, looks: Mapping[Path, Look], geometric: Collection[str]) -> Iterator[Misfit]:
    for split in SPLITS:
        for task, files in catalogue[split].tasks.items():
            if task not in geometric:
                yield from misfits(task, files.pairs, lambda path: looks[path].size)


def _single(refs: Mapping[Path, ImageRef], looks: Mapping[Path, Look]) -> Iterator[Path]:
    """The files that are read as two halves but are not wider than high."""
    for path, ref in refs.items():
        size = looks[path].size
        if ref.half and size and 2 * size[0] <= size[1]:
            yield path


def _unmatched(catalogue: Catalogue, unpaired: Collection[str]) -> Iterator[Unmatched]:
    for task in sorted({task for split in SPLITS for task in catalogue[split].tasks if task not in unpaired}):
        files = [catalogue[split].of(task) for split in SPLITS]
        sources, targets = (
            [ref.path for own in files for ref in getattr(own, side)] for side in ("sources", "targets")
        )
        if sources and targets and not any(own.pairs for own in files):
            yield Unmatched(task, len(sources), len(targets), min(sources), min(targets))


def _parts(files: SplitFiles) -> Iterator[tuple[str, str, int, tuple[ImageRef, ...]]]:
    """Name, kind, count and images of each part of a split."""
    yield "clean", "images", len(files.clean), files.clean
    for task, own in files.tasks.items():
        both = tuple(ref for pair in own.pairs for ref in (pair.source, pair.target))
        yield task, "pairs", len(own.pairs), both
        yield task, "sources", len(own.sources), own.sources
        yield task, "targets", len(own.targets), own.targets
    for kind, refs in files.resources.items():
        yield kind, "images", len(refs), refs


def _paths_of(names: Collection[str], files: SplitFiles) -> Iterator[Path]:
    return (ref.path for name, *_, refs in _parts(files) if name in names for ref in refs)


def _looks(refs: Iterable[ImageRef]) -> Iterator[Look]:
    pool = ThreadPoolExecutor()
    try:
        yield from pool.map(_look, refs)
    finally:
        pool.shutdown(cancel_futures=True)  # an interrupt must not wait for the remaining files


def _look(ref: ImageRef) -> Look:
    try:
        height, width = ref.photo().pixels.shape[:2]
        with ref.path.open("rb") as file:
            return Look(ref.path, (width, height), file_digest(file, blake2b).hexdigest())
    except UnreadableImageError as error:
        beside = "" if error.path == ref.path else f"{error.path.name}: "
        return Look(ref.path, reason=beside + error.reason)
    except OSError as error:
        return Look(ref.path, reason=str(error))


def _holdings(catalogue: Catalogue, looks: Mapping[Path, Look]) -> Iterator[Holding]:
    counts: dict[tuple[str, str], dict[Split, int]] = defaultdict(lambda: dict.fromkeys(SPLITS, 0))
    sizes: dict[tuple[str, str], list[Size]] = defaultdict(list)
    for split in SPLITS:
        for name, what, count, refs in _parts(catalogue[split]):
            counts[name, what][split] = count
            sizes[name, what] += [size for ref in refs if (size := looks[ref.path].size)]
    for (name, what), by_split in counts.items():
        if any(by_split.values()):
            yield Holding(name, what, by_split, _smallest_to_largest(sizes[name, what]))


def _smallest_to_largest(sizes: list[Size]) -> tuple[Size, ...]:
    ordered = sorted(sizes, key=lambda size: (size[0] * size[1], size))
    return (ordered[0], ordered[len(ordered) // 2], ordered[-1]) if ordered else ()


def _shared(members: Mapping[Split, set[Path]], sameness: Callable[[Path], object]) -> tuple[Shared, ...]:
    """Files with the same ``sameness`` in more than one split."""
    alike: dict[object, dict[Split, list[Path]]] = defaultdict(dict)
    for split, paths in members.items():
        for path in sorted(paths):
            alike[sameness(path)].setdefault(split, []).append(path)
    return tuple(
        Shared({split: tuple(paths) for split, paths in by_split.items()})
        for by_split in alike.values()
        if len(by_split) > 1
    )


def _name_but_for_split(path: Path) -> tuple[str, ...]:
    above = [part for part in path.parent.parts if part not in (*SPLITS, *TASK_FOLDERS)]
    return (*above, path.stem)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Path) else value

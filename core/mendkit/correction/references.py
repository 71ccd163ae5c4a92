"""Other photos of the corrected products, found by file names, for models that take references."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from ..data.images import find_images
from ..data.products import EXAMPLE, ProductNames
from ..files import Identity
from ..networks.blueprint import UsedComponent
from .jobs import Job, RefusedError


def with_references(
    jobs: Sequence[Job], task: str, extras: Iterable[UsedComponent], names: str | None, *, folder: Path | None = None
) -> list[Job]:
    """The jobs, each with the other photos of its product if the model takes references for the task.

    Args:
        extras: what the model takes besides the photo.
        names: regular expression for the product in a file name; None: products are unknown.
        folder: the folder of the references; None: the corrected photos are each other's references.

    Raises:
        RefusedError: references were given, but the model takes none for the task, or their products are unknown.
        DataError: a bad expression, or the folder cannot be listed.
    """
    if not any(spec.covers(task) for spec in extras):
        if folder:
            raise RefusedError(f"the model takes no references for {task}; leave out --references {folder}")
        return list(jobs)
    if names is None:
        if folder:
            raise RefusedError(f"{folder}: say how its file names give the product, with --product '{EXAMPLE}'")
        return list(jobs)
    products = ProductNames(names)
    photos = _by_product(find_images(folder) if folder else (job.source for job in jobs), products)
    return [replace(job, references=_others(job, photos, products)) for job in jobs]


def _by_product(paths: Iterable[Path], names: ProductNames) -> dict[str, dict[str, Path]]:
    """The photos of each product, each file once."""
    photos: dict[str, dict[str, Path]] = defaultdict(dict)
    for path in paths:
        if product := names.of(path):
            photos[product][Identity.of(path).path] = path
    return photos


def _others(job: Job, photos: dict[str, dict[str, Path]], names: ProductNames) -> tuple[Path, ...]:
    own, product = Identity.of(job.source).path, names.of(job.source)
    found = photos.get(product, {}) if product else {}
    return tuple(path for real, path in sorted(found.items()) if real != own)

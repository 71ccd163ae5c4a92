"""Other photos of the products that are corrected, by the names of their files, for models that take references."""

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
    """The jobs, each with the other photos of its product, if the model takes any for the task.

    Args:
        extras: what the model takes beside the photo.
        names: expression of a file's stem that says its product; None: nothing is known of products.
        folder: where the references are; None: they are photos that are corrected as well.

    Raises:
        RefusedError: references were given, but the model takes none for the task, or nothing says of what they are.
        DataError: a bad expression, or the folder cannot be listed.
    """
    if not any(spec.covers(task) for spec in extras):
        if folder:
            raise RefusedError(f"the model takes no references for {task}; leave out {folder}")
        return list(jobs)
    if names is None:
        if folder:
            raise RefusedError(f"{folder}: say how its files name their products, with --product '{EXAMPLE}'")
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

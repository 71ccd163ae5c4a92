"""Corrects photos from Python: any size in, the same size out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from mendkit_registry import UnknownNameError

from ..contracts.mended import Mended
from ..contracts.photo import Image, Photo
from ..data.catalogue import ImageRef
from ..data.extras import LazySiblings, Stacks, built_extras, draw_stacks
from ..data.images import Opened, foreground_beside
from ..data.splits import stable_hash
from ..data.store import as_square, fitted
from ..data.tensors import to_tensor
from ..errors import MendkitError, described
from ..files import Identity
from ..model import Model
from ..shipped import default_model
from ..training.devices import pick_device
from .explanation import Explanation
from .fullsize import mend_full_size
from .picture import Picture, as_references, open_picture, other_photos

REMEMBERED_BYTES = 2**28
"""Memory for small references while photos of their products are corrected."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A photo with everything that mending it needs: decoded once, fitted once.

    Args:
        pixels: ``uint8 [H, W, 3]``.
        square: the model's input, ``uint8 [S, S, 3]``.
        extras: what the model takes besides it.
        frames: the number of frames or pages of its file; the first is mended.
    """

    pixels: Image
    square: Image
    extras: Stacks
    frames: int = 1


class Corrector:
    """Corrects defects of full-size photos with a trained model.

    Args:
        model: mends small squares.

    >>> from mendkit import Corrector
    >>> corrector = Corrector.load("runs/first")                            # doctest: +SKIP
    >>> corrector = Corrector.load()  # the best of the installed models    # doctest: +SKIP
    >>> clean = corrector.correct("shoe.jpg", "background.non_white")       # doctest: +SKIP
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._extras = built_extras(model.extras)
        self._remembered = lru_cache(REMEMBERED_BYTES // (4 * model.size**2))(self._read)  # with a mask, 4 channels

    @classmethod
    def load(cls, model: Path | str | None = None, device: str = "cpu", *, task: str | None = None) -> Corrector:
        """Load a model onto a device: ``auto``, ``cpu``, ``cuda``, ``cuda:1``, ...

        Args:
            model: the path of a run or of one of its checkpoints, or the name of an installed model; None: the
                installed model that ``mendkit models`` shows as the default.
            task: without ``model``, the task to have the default of; None: of all installed models, that of the highest
                rank.

        Raises:
            CheckpointError: missing, damaged, or in a newer format.
            ConfigError: the device does not exist.
            MendkitError: without ``model``, if no installed model mends the task.
        """
        if model is None:
            model = default_model(task).folder
        if not isinstance(model, str | os.PathLike):
            raise MendkitError(f"load a model by the path of its run, or by its name; got {described(model)}")
        return cls(Model.load(Path(model), str(pick_device(device))))

    @property
    def tasks(self) -> tuple[str, ...]:
        """The names of the tasks that it can correct."""
        return tuple(self.model.tasks)

    def correct(self, image: Picture, task: str, references: Iterable[Picture] = ()) -> Image:
        """Mend one photo: ``uint8 [H, W, 3]`` of the same size as ``image``, which is not changed.

        Args:
            references: other, correct photos of the same product, for tasks that use them; ``image`` is left out.
                left out of them.

        Raises:
            MendkitError: a task that the model was not trained for, or something that is not a photo.
            UnreadableImageError: the photo cannot be read.
        """
        prepared = self.prepare(image, task, references)
        [mended] = self.mend([prepared], task)
        return self.enlarge(prepared.pixels, mended)

    def explain(self, image: Picture, task: str, references: Iterable[Picture] = ()) -> Explanation:
        """What the model looked at and what it changed, as images of the size of ``image``. Like ``correct``."""
        prepared = self.prepare(image, task, references)
        [mended] = self.mend([prepared], task)
        return self.explain_mended(prepared.pixels, mended)

    def prepare(self, image: Picture, task: str, references: Iterable[Picture] = ()) -> Prepared:
        """Read a photo, and draw the extras that the model takes for the task, if any.

        Raises:
            ExtraError: an extra of a plugin failed.
            UnreadableImageError: the photo or its mask cannot be read. Unreadable references are left out.
            MendkitError: as for ``correct``.
        """
        self.check_task(task)
        references, opened = other_photos(image, as_references(references)), open_picture(image)
        extras = [(spec, extra) for spec, extra in self._extras if spec.covers(task)]
        photo = fitted(_with_foreground(image, opened) if extras else Photo(opened.pixels), self.model.side(task))
        generators = np.random.default_rng(stable_hash(photo.name)).spawn(len(extras))
        shown = as_square(photo, self.model.size)  # as training shows it to extras
        stacks = draw_stacks(extras, shown, LazySiblings(references, self._small), generators)
        return Prepared(opened.pixels, photo.pixels, stacks, opened.frames)

    def mend(self, photos: Sequence[Prepared], task: str) -> list[Mended]:
        """The outputs of the model for each photo's small square, each as a batch of one."""
        squares = to_tensor([photo.square for photo in photos])
        mended = self.model.mend(squares, [task] * len(photos), [photo.extras for photo in photos])
        return [mended.row(number) for number in range(len(photos))]

    def enlarge(self, photo: Image, mended: Mended) -> Image:
        """The photo ``[H, W, 3]``, mended as the model mended its small square, at full size."""
        return mend_full_size(photo, mended, self.model.transforms)

    def explain_mended(self, photo: Image, mended: Mended) -> Explanation:
        """Why: the maps of what the model made of the small square, at the size of the photo ``[H, W, 3]``."""
        return Explanation.of(photo, mended, self.model.transforms)

    def check_task(self, task: str) -> None:
        """Raise MendkitError, with the nearest names, if the model was not trained for the task."""
        if task not in self.tasks:
            fault = UnknownNameError("task", str(task), self.tasks)
            all_tasks = f"; it was trained for {', '.join(self.tasks)}" if fault.nearest else ""
            raise MendkitError(f"the model has {fault}{all_tasks}")

    def _small(self, reference: Picture) -> Photo:
        """A reference at the size of the model. Files are cached, because photos can share references."""
        if not isinstance(reference, str | os.PathLike):
            opened = open_picture(reference)
            return fitted(Photo(opened.pixels, opened.name), self.model.size)
        path = Path(reference)
        return self._remembered(ImageRef(path), Identity.of(path), Identity.of(foreground_beside(path)))

    def _read(self, ref: ImageRef, *as_it_is_now: Identity) -> Photo:
        return fitted(ref.photo(), self.model.size)


def _with_foreground(image: Picture, opened: Opened) -> Photo:
    if isinstance(image, str | os.PathLike):
        return ImageRef(Path(image)).with_foreground(opened.pixels)
    return Photo(opened.pixels, opened.name)

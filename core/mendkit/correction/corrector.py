"""Corrects photos from Python: any size in, the same size out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import PIL.Image

from mendkit_registry import UnknownNameError

from ..contracts.guidance import Guidance
from ..contracts.mended import Mended
from ..contracts.photo import Image, Photo
from ..data.catalogue import ImageRef
from ..data.colour import to_srgb
from ..data.extras import LazySiblings, Stacks, built_extras, draw_stacks
from ..data.images import fit_square, read_image
from ..data.splits import stable_hash
from ..data.store import ImageStore
from ..data.tensors import to_tensor
from ..errors import MendkitError
from ..model import Model
from .explanation import Explanation
from .fullsize import mend_full_size

Picture = Image | Path | PIL.Image.Image
"""An array ``uint8 [H, W, 3]`` sRGB, a file, or what Pillow opened."""
REMEMBERED_MEGABYTES = 256
"""Of small photos, while their products are corrected."""


class Corrector:
    """Corrects defects of whole photos with a trained model.

    Args:
        model: what mends small squares.

    >>> from mendkit import Corrector
    >>> corrector = Corrector.load("runs/first")                            # doctest: +SKIP
    >>> clean = corrector.correct("shoe.jpg", "background.non_white")       # doctest: +SKIP
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._extras = built_extras(model.extras)
        self._store = ImageStore(model.size, REMEMBERED_MEGABYTES)

    @classmethod
    def load(cls, path: Path | str, device: str = "cpu") -> Corrector:
        """Load a run, or one of its checkpoints.

        Raises:
            CheckpointError: missing, damaged, or of a newer format.
        """
        return cls(Model.load(Path(path), device))

    @property
    def tasks(self) -> tuple[str, ...]:
        """The names of the tasks that it can correct."""
        return tuple(self.model.tasks)

    def correct(self, image: Picture | str, task: str, references: Iterable[Picture | str] = ()) -> Image:
        """Mend one photo: ``uint8 [H, W, 3]`` of the same size as ``image``, which is not changed.

        Args:
            references: other photos of the same product, right ones, for tasks that make use of them.

        Raises:
            MendkitError: a task that the model was not trained for, or an array that is no image.
            UnreadableImageError: the file cannot be read.
        """
        self.check_task(task)
        photo = as_photo(image)
        [mended] = self.mend([photo], task, [self.draw_extras(image, task, references)])
        return mend_full_size(photo, mended)

    def explain(self, image: Picture | str, task: str, references: Iterable[Picture | str] = ()) -> Explanation:
        """What the model looked at and what it changed, as images of the size of ``image``. Like ``correct``."""
        self.check_task(task)
        photo = as_photo(image)
        return Explanation.of(photo, *self.mend([photo], task, [self.draw_extras(image, task, references)]))

    def mend(self, photos: Sequence[Image], task: str, extras: Sequence[Stacks] = ()) -> list[Mended]:
        """What the model makes of each photo's small square, each a batch of one.

        Args:
            extras: those of each photo, as ``draw_extras`` gives them; empty: there are none.
        """
        squares = to_tensor([fit_square(photo, self.model.size) for photo in photos])
        mended = self.model.mend(squares, Guidance.of([task] * len(photos), extras))
        return [_row(mended, row) for row in range(len(photos))]

    def draw_extras(self, image: Picture | str, task: str, references: Iterable[Picture | str]) -> Stacks:
        """What the model takes for the task beside the photo; nothing is read where it takes nothing.

        Raises:
            ExtraError: an extra of a plugin failed.
            UnreadableImageError: the photo or its mask cannot be read. References that cannot are left out.
        """
        own = [(spec, extra) for spec, extra in self._extras if spec.covers(task)]
        if not own:
            return {}
        photo = self._small(image)
        siblings = LazySiblings(tuple(references), self._small)
        generators = np.random.default_rng(stable_hash(photo.name)).spawn(len(own))
        return draw_stacks(own, photo, siblings, generators)

    def _small(self, image: Picture | str) -> Photo:
        """The photo as the model sees it. Files are remembered, as photos may be each other's references."""
        if isinstance(image, str | Path):
            return self._store.photo(ImageRef(Path(image)))
        return Photo(fit_square(as_photo(image), self.model.size))

    def check_task(self, task: str) -> None:
        """Raise MendkitError, with the nearest names, for a task that the model was not trained for."""
        if task not in self.tasks:
            fault = UnknownNameError("task", task, self.tasks)
            raise MendkitError(f"the model has {fault}; it was trained for {', '.join(self.tasks)}")


def _row(mended: Mended, row: int) -> Mended:
    return mended.map(lambda field: field[row : row + 1])


def as_photo(image: Picture | str) -> Image:
    """The pixels ``uint8 [H, W, 3]`` of an array, a file, or a Pillow image.

    Raises:
        UnreadableImageError: the file cannot be read.
        MendkitError: the array has another shape or type.
    """
    if isinstance(image, str | Path):
        return read_image(Path(image))
    if isinstance(image, PIL.Image.Image):
        return np.array(to_srgb(image.copy()))
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
        raise MendkitError(f"an image is uint8 [H, W, 3], got {image.dtype} {list(image.shape)}")
    return image

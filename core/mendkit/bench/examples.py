"""What a model makes of a few fixed test images, as files: a row of the sheet that shows all models side by side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from mendkit_registry import Registry

from ..contracts.photo import Image
from ..data.catalogue import Catalogue
from ..data.images import write_image
from ..data.store import ImageStore
from ..data.tensors import to_images, to_tensor
from ..data.testsets import TestDomains, TestPairs, test_set
from ..errors import ImageError
from ..evaluation.scoring import Mender

EXAMPLES = "examples"
PER_TASK = 3


def write_examples(
    model: Mender,
    catalogue: Catalogue,
    registry: Registry,
    task: str,
    folder: Path,
    *,
    seed: int,
    limit: int | None = None,
) -> None:
    """Write ``folder/TASK/NUMBER.input.png``, ``.output.png`` and, of a pair, ``.truth.png``.

    NUMBER is the image's place in the test set, over which the images are spread evenly: the same for every model.
    """
    store = ImageStore(model.size, zoomed=model.zoomed)
    tests = test_set(catalogue, registry, task, "test", size=model.size, seed=seed, limit=limit, store=store)
    for number, images in _examples(tests):
        mended = model.mend(to_tensor([images["input"]]), [task], [tests[number].extras])
        [images["output"]] = to_images(mended.image)
        for kind, image in images.items():
            write_image(folder / task / f"{number:05d}.{kind}.png", image)


def _examples(tests: TestPairs | TestDomains) -> Iterator[tuple[int, dict[str, Image]]]:
    count = len(tests.sources) if isinstance(tests, TestDomains) else len(tests)
    for number in np.unique(np.linspace(0, count - 1, PER_TASK).round().astype(int)).tolist():
        try:
            yield number, _images(tests, number)
        except ImageError:
            continue


def _images(tests: TestPairs | TestDomains, number: int) -> dict[str, Image]:
    if isinstance(tests, TestDomains):
        return {"input": tests[number].pixels}
    pair = tests[number]
    return {"input": pair.source, "truth": pair.target}

"""The number for color tasks: the perceived color difference."""

from __future__ import annotations

from math import fsum

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mendkit.contracts.outcome import Outcome

WHITE = 249.5 / 255
"""Where all channels of the truth are above this, there is no product."""


class ColorDifference:
    """The color difference from the truth over the products, averaged over the pixels of each image, then over images.

    ``delta_e``: the distance in CIELAB (CIE 1976, Delta E*ab); about 2 is just visible. ``delta_e_input``: the same for
    the inputs. A blank truth has no product and is left out.
    """

    def __init__(self) -> None:
        self.reset()

    def update(self, outcome: Outcome) -> None:
        """Add a batch of outcomes."""
        target = _lab(outcome.target)
        output, source = (np.linalg.norm(_lab(each) - target, axis=-1) for each in (outcome.output, outcome.source))
        product = ~(outcome.target >= WHITE).all(dim=1).numpy()
        for row, mask in enumerate(product):
            if mask.any():
                self._output.append(float(output[row][mask].mean(dtype=np.float64)))
                self._source.append(float(source[row][mask].mean(dtype=np.float64)))

    def compute(self) -> dict[str, float]:
        """Both means; nothing if no truth shows a product."""
        means = {"delta_e": self._output, "delta_e_input": self._source}
        return {name: fsum(values) / len(values) for name, values in means.items() if values}

    def reset(self) -> None:
        """Forget everything."""
        self._output: list[float] = []
        self._source: list[float] = []


def _lab(images: Tensor) -> NDArray[np.float32]:
    """sRGB ``[N, 3, H, W]`` in [0, 1] to CIELAB ``[N, H, W, 3]`` (white point D65)."""
    pixels = images.movedim(1, -1).to(torch.float32).contiguous().numpy()
    return np.stack([cv2.cvtColor(image, cv2.COLOR_RGB2Lab) for image in pixels]).astype(np.float32)

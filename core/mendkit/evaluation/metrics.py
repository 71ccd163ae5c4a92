"""The numbers of each test image, and what they come to over a task: always with the input's own beside them.

Images are scored as they are in an ``Outcome``: floats in ``[0, 1]``, clipped like a file but not rounded to 8 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torchmetrics.functional.image import peak_signal_noise_ratio, structural_similarity_index_measure

from ..contracts.outcome import Outcome

Numbers = NDArray[np.float64]
"""One number for each image, ``[N]``."""

PSNR_CAP = 100.0
"""dB of identical images, whose PSNR is infinite: without a cap one of them would decide the mean."""

WORSE_MARGIN = 1e-6
"""L1 that counts as nothing, 1/4000 of a grey level: the rounding error of a model that changes nothing."""


@dataclass(frozen=True, slots=True)
class ImageScores:
    """The scores of N images against the truth, each field ``[N]``: of the outputs, and with ``_input`` of the inputs.

    Args:
        l1: mean absolute error over pixels and channels, in ``[0, 1]``.
        psnr: dB, at most ``PSNR_CAP``.
        ssim: structural similarity (Wang et al. 2004), 11 px Gaussian window.
        clean_l1, clean_psnr: what a clean image loses by passing through the model.
    """

    l1: Numbers
    l1_input: Numbers
    psnr: Numbers
    psnr_input: Numbers
    ssim: Numbers
    ssim_input: Numbers
    clean_l1: Numbers
    clean_psnr: Numbers


class Pixels:
    """``ImageScores`` over a task. All are means over its images, but for those that are described here.

    ``l1_ratio``: sum of output L1 over sum of input L1; 1.0 if nothing is mended, not there if no input has an error.
    ``l1_ratio_low``, ``l1_ratio_high``: its 95 % bootstrap interval, over images.
    ``worse``: share of the images whose output has a larger L1 than their input.
    ``clean_psnr_p5``: 5th percentile: one clean image in twenty comes out below it.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._scores: list[ImageScores] = []

    def update(self, outcome: Outcome) -> None:
        """Take in a batch of pairs."""
        self._scores.append(score_images(outcome))

    def compute(self) -> dict[str, float]:
        """The numbers over all images; none if nothing was taken in."""
        return summarise(join_scores(self._scores), seed=self._seed) if self._scores else {}


def score_images(outcome: Outcome) -> ImageScores:
    """Score each image of a batch by itself, so that the numbers do not depend on the batch."""
    return ImageScores(
        l1=l1(outcome.output, outcome.target),
        l1_input=l1(outcome.source, outcome.target),
        psnr=_psnr(outcome.output, outcome.target),
        psnr_input=_psnr(outcome.source, outcome.target),
        ssim=_ssim(outcome.output, outcome.target),
        ssim_input=_ssim(outcome.source, outcome.target),
        clean_l1=l1(outcome.clean_output, outcome.target),
        clean_psnr=_psnr(outcome.clean_output, outcome.target),
    )


def join_scores(batches: Sequence[ImageScores]) -> ImageScores:
    """The scores of several batches as one."""
    joined = {f.name: np.concatenate([getattr(batch, f.name) for batch in batches]) for f in fields(ImageScores)}
    return ImageScores(**joined)


def summarise(scores: ImageScores, *, seed: int) -> dict[str, float]:
    """The numbers of ``Pixels`` for at least one image. ``seed`` draws the resamples of the interval."""
    numbers = {f.name: float(getattr(scores, f.name).mean()) for f in fields(ImageScores)}
    numbers["worse"] = float(is_worse(scores.l1, scores.l1_input).mean())
    numbers["clean_psnr_p5"] = float(np.percentile(scores.clean_psnr, 5))
    if scores.l1_input.sum() > 0:
        numbers["l1_ratio"] = float(scores.l1.sum() / scores.l1_input.sum())
        numbers["l1_ratio_low"], numbers["l1_ratio_high"] = bootstrap_ratio(scores.l1, scores.l1_input, seed=seed)
    return numbers


def bootstrap_ratio(
    numerator: Numbers, denominator: Numbers, *, seed: int, resamples: int = 1000, level: float = 0.95
) -> tuple[float, float]:
    """Percentile bootstrap interval (Efron 1979) of ``numerator.sum() / denominator.sum()``, resampling images.

    Resamples whose denominator is zero say nothing about the ratio and are left out.
    """
    rng = np.random.default_rng(seed)
    rows = rng.integers(len(numerator), size=(resamples, len(numerator)))
    above, below = numerator[rows].sum(axis=1), denominator[rows].sum(axis=1)
    tail = 100 * (1 - level) / 2
    low, high = np.percentile(above[below > 0] / below[below > 0], [tail, 100 - tail])
    return float(low), float(high)


def l1(image: Tensor, truth: Tensor) -> Numbers:
    """Mean absolute error of each image, both ``[N, 3, H, W]``."""
    return _numbers((image.double() - truth.double()).abs().mean(dim=(1, 2, 3)))


def is_worse(output: Numbers, source: Numbers) -> NDArray[np.bool_]:
    """Whether outputs have a larger L1 than their inputs had, ``[N]``."""
    return output > source + WORSE_MARGIN


def _psnr(image: Tensor, truth: Tensor) -> Numbers:
    ratio = peak_signal_noise_ratio(image.double(), truth.double(), data_range=1.0, reduction="none", dim=(1, 2, 3))
    return _numbers(ratio.clamp(max=PSNR_CAP))


def _ssim(image: Tensor, truth: Tensor) -> Numbers:
    return _numbers(structural_similarity_index_measure(image, truth, data_range=1.0, reduction="none"))


def _numbers(values: Tensor) -> Numbers:
    return np.asarray(values.double().cpu().numpy())

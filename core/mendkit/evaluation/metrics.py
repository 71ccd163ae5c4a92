"""The numbers of each test image, and what they come to over a task: always with the input's own beside them.

Images are scored as they are in an ``Outcome``: floats in ``[0, 1]``, clipped like a file but not rounded to 8 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
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
    """The scores of N images, each field ``[N]``. ``_in`` is the input's, ``_out`` the output's, against the truth.

    Args:
        l1_in, l1_out: mean absolute error over pixels and channels, in ``[0, 1]``.
        psnr_in, psnr_out: dB, at most ``PSNR_CAP``.
        ssim_in, ssim_out: structural similarity (Wang et al. 2004), 11 px Gaussian window.
        clean_l1, clean_psnr: what a clean image loses by passing through the model.
    """

    l1_in: Numbers
    l1_out: Numbers
    psnr_in: Numbers
    psnr_out: Numbers
    ssim_in: Numbers
    ssim_out: Numbers
    clean_l1: Numbers
    clean_psnr: Numbers

    def __len__(self) -> int:
        return len(self.l1_in)

    @property
    def worse(self) -> NDArray[np.bool_]:
        """Whether the output has a larger L1 than the input had, ``[N]``."""
        return self.l1_out > self.l1_in + WORSE_MARGIN


class TaskMetrics(BaseModel):
    """``ImageScores`` over a task. All are means over its images, but for those that are described here.

    Args:
        count: N, the number of images.
        l1_ratio: sum of output L1 over sum of input L1; 1.0 if nothing is mended, None if no input has an error.
        l1_ratio_interval: its 95 % bootstrap interval, over images.
        worse: share of the images whose output has a larger L1 than their input.
        clean_psnr_p5: 5th percentile: one clean image in twenty comes out below it.
    """

    model_config = ConfigDict(frozen=True)

    count: int
    l1_in: float
    l1_out: float
    l1_ratio: float | None
    l1_ratio_interval: tuple[float, float] | None
    psnr_in: float
    psnr_out: float
    ssim_in: float
    ssim_out: float
    worse: float
    clean_l1: float
    clean_psnr: float
    clean_psnr_p5: float


def score_images(outcome: Outcome) -> ImageScores:
    """Score each image of a batch by itself, so that the numbers do not depend on the batch."""
    return ImageScores(
        l1_in=_l1(outcome.source, outcome.target),
        l1_out=_l1(outcome.output, outcome.target),
        psnr_in=_psnr(outcome.source, outcome.target),
        psnr_out=_psnr(outcome.output, outcome.target),
        ssim_in=_ssim(outcome.source, outcome.target),
        ssim_out=_ssim(outcome.output, outcome.target),
        clean_l1=_l1(outcome.clean_output, outcome.target),
        clean_psnr=_psnr(outcome.clean_output, outcome.target),
    )


def join_scores(batches: Sequence[ImageScores]) -> ImageScores:
    """The scores of several batches as one."""
    joined = {f.name: np.concatenate([getattr(batch, f.name) for batch in batches]) for f in fields(ImageScores)}
    return ImageScores(**joined)


def summarise(scores: ImageScores, *, seed: int) -> TaskMetrics:
    """Summarise the scores of at least one image. ``seed`` draws the resamples of the interval."""
    means = {f.name: float(getattr(scores, f.name).mean()) for f in fields(ImageScores)}
    has_error = scores.l1_in.sum() > 0
    return TaskMetrics(
        count=len(scores),
        l1_ratio=float(scores.l1_out.sum() / scores.l1_in.sum()) if has_error else None,
        l1_ratio_interval=bootstrap_ratio(scores.l1_out, scores.l1_in, seed=seed) if has_error else None,
        worse=float(scores.worse.mean()),
        clean_psnr_p5=float(np.percentile(scores.clean_psnr, 5)),
        **means,
    )


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


def _l1(image: Tensor, truth: Tensor) -> Numbers:
    return _numbers((image.double() - truth.double()).abs().mean(dim=(1, 2, 3)))


def _psnr(image: Tensor, truth: Tensor) -> Numbers:
    ratio = peak_signal_noise_ratio(image.double(), truth.double(), data_range=1.0, reduction="none", dim=(1, 2, 3))
    return _numbers(ratio.clamp(max=PSNR_CAP))


def _ssim(image: Tensor, truth: Tensor) -> Numbers:
    return _numbers(structural_similarity_index_measure(image, truth, data_range=1.0, reduction="none"))


def _numbers(values: Tensor) -> Numbers:
    return np.asarray(values.double().cpu().numpy())

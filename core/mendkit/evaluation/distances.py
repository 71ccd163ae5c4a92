"""How far apart two *sets* of images are, by their features.

Both distances are made for thousands of images. The Fréchet distance is biased upward when there are few: read it
beside N and beside that of two halves of the true images. The halves show different products, N/2 each; of pairs,
inputs and outputs show the products of the truth, all N of them, and so can come out below the halves.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..contracts.outcome import Outcome, UnpairedOutcome
from ..errors import DataError
from ..networks.features import FeatureExtractor, perceptual_distance, pool

Features = NDArray[np.float64]
"""``[N, D]``, one row an image."""
Rows = NDArray[np.int64]

FEWEST = 4
"""Images below which there are no two halves with a covariance each."""

KERNEL_SUBSET = 1000
KERNEL_SUBSETS = 50


def frechet_distance(a: Features, b: Features) -> float:
    """Fréchet distance of the Gaussians fitted to ``a [N, D]`` and ``b [M, D]`` (Heusel et al. 2017), N, M >= 2.

    ``|mu_a - mu_b|^2 + tr(C_a + C_b - 2 sqrt(C_a C_b))``. With the centred features A and B, ``tr sqrt(C_a C_b)`` is
    the sum of the singular values of ``A B^T / sqrt((N - 1) (M - 1))``. That is exact where there are fewer images than
    features; the matrix square root of a singular ``C_a C_b`` is not, and takes long.
    """
    root_a, root_b = _covariance_root(a), _covariance_root(b)
    cross = np.linalg.svd(root_a @ root_b.T, compute_uv=False).sum()
    means = np.square(a.mean(axis=0) - b.mean(axis=0)).sum()
    return float(means + np.square(root_a).sum() + np.square(root_b).sum() - 2 * cross)


def _covariance_root(features: Features) -> Features:
    """R ``[min(N, D), D]`` with ``R^T R`` the covariance."""
    root = np.linalg.qr((features - features.mean(axis=0)) / np.sqrt(len(features) - 1), mode="r")
    return np.asarray(root, dtype=np.float64)


def kernel_distance(a: Features, b: Features, *, seed: int) -> float:
    """Kernel distance (KID, Binkowski et al. 2018) of ``a [N, D]`` and ``b [M, D]``: unbiased, so it may be below 0.

    The squared maximum mean discrepancy with the kernel ``(x . y / D + 1)^3``, as the U-statistic of Gretton et al.
    2012, Eq. 4. That one leaves out rows of equal index between the sets as well as within: sets of one size may be
    paired, an output beside its truth, and the likeness of pairs is not that of the sets. Sets of different sizes, or
    of over 1,000, are compared by the mean over 50 random subsets of equal size.
    """
    size = min(len(a), len(b), KERNEL_SUBSET)
    if len(a) == len(b) == size:
        return _kernel_statistic(a, b)
    rng = np.random.default_rng(seed)
    draws = [_rows(len(a), len(b), size, rng) for _ in range(KERNEL_SUBSETS)]
    return float(np.mean([_kernel_statistic(a[rows], b[others]) for rows, others in draws]))


def _rows(count: int, other: int, size: int, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """``size`` rows of each set: the same ones if the sets may be paired."""
    rows = rng.permutation(count)[:size]
    return rows, rows if count == other else rng.permutation(other)[:size]


def _kernel_statistic(a: Features, b: Features) -> float:
    """Mean over i != j of ``k(a_i, a_j) + k(b_i, b_j) - k(a_i, b_j) - k(a_j, b_i)``."""
    cross = _kernel(a, b)
    terms = _kernel(a, a) + _kernel(b, b) - cross - cross.T
    np.fill_diagonal(terms, 0)
    return float(terms.sum() / (len(a) * (len(a) - 1)))


def _kernel(a: Features, b: Features) -> Features:
    kernel: Features = (a @ b.T / a.shape[1] + 1) ** 3
    return kernel


def two_halves(real: Features, *, seed: int) -> tuple[Features, Features]:
    """Two disjoint random halves of ``real [N, D]``, each ``[N // 2, D]``."""
    order = np.random.default_rng(seed).permutation(len(real))
    half = len(real) // 2
    return real[order[:half]], real[order[half : 2 * half]]


class Distances:
    """Distances to the true images of a task; keeps nothing but features of what it takes in.

    ``perceptual``: mean of ``perceptual_distance`` to the truth, pair by pair; only of pairs.
    ``frechet``, ``kernel``: distance of the outputs to the true images, as sets.
    ``_input``: the same of the inputs. ``_halves``: of two halves of the true images, which is what "equal" looks like.
    """

    def __init__(self, features: FeatureExtractor, seed: int) -> None:
        self._extractor = features
        self._seed = seed
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._features: dict[str, list[Tensor]] = {"source": [], "output": [], "target": []}
        self._perceptual: dict[str, list[Tensor]] = {"source": [], "output": []}

    def update(self, outcome: Outcome) -> None:
        """Take in a batch of pairs."""
        truth = self._keep("target", outcome.target)
        for name, images in (("source", outcome.source), ("output", outcome.output)):
            self._perceptual[name].append(perceptual_distance(self._keep(name, images), truth).cpu())

    def update_unpaired(self, outcome: UnpairedOutcome) -> None:
        """Take in a batch of inputs and outputs that have no partners."""
        self._keep("source", outcome.source)
        self._keep("output", outcome.output)

    def update_targets(self, targets: Tensor) -> None:
        """Take in true images ``[N, 3, H, W]`` in [0, 1] that are nobody's partners."""
        self._keep("target", targets)

    def _keep(self, name: str, images: Tensor) -> tuple[Tensor, ...]:
        """Keep the pooled features; the feature maps, which stay on the device."""
        stages = self._extractor.stages(images)
        self._features[name].append(pool(stages).cpu())
        return stages

    def compute(self) -> dict[str, float]:
        """The distances over all that was taken in.

        Raises:
            DataError: it was too little.
        """
        fewest = min(sum(map(len, self._features[name])) for name in ("source", "target"))
        if fewest < FEWEST:
            raise DataError(f"not computed: needs at least {FEWEST} images, got {fewest}")
        source, output, target = (torch.cat(batches).double().numpy() for batches in self._features.values())
        halves = two_halves(target, seed=self._seed)
        perceptual = {"perceptual": self._perceptual["output"], "perceptual_input": self._perceptual["source"]}
        return {
            "frechet": frechet_distance(output, target),
            "frechet_input": frechet_distance(source, target),
            "frechet_halves": frechet_distance(*halves),
            "kernel": kernel_distance(output, target, seed=self._seed),
            "kernel_input": kernel_distance(source, target, seed=self._seed),
            "kernel_halves": kernel_distance(*halves, seed=self._seed),
            **{name: torch.cat(batches).mean().item() for name, batches in perceptual.items() if batches},
        }

"""Numbers that L1 hides: whether a turned product is still sharp, and whether it is in the right place."""

from __future__ import annotations

from math import fsum

from torch import Tensor

from mendkit.contracts.outcome import Outcome

WHITE = 0.96
"""Pixels darker than this in any channel are product, not white backdrop."""


class GradientEnergy:
    """Sum of squared differences between neighbouring pixels of all outputs, as a share of that of all truths.

    1 is as sharp as the truth. A product that is faded, blurred or averaged over several angles stays well below,
    although its L1 can be small. ``gradient_energy_input`` is the same for the defective inputs.
    """

    def __init__(self) -> None:
        self.reset()

    def update(self, outcome: Outcome) -> None:
        """Add a batch of outcomes."""
        self._output += _gradient_energy(outcome.output)
        self._input += _gradient_energy(outcome.source)
        self._target += _gradient_energy(outcome.target)

    def compute(self) -> dict[str, float]:
        """``gradient_energy`` and ``gradient_energy_input``; empty if no truth has an edge to compare with."""
        if not (truth := fsum(self._target)):
            return {}
        return {
            "gradient_energy": fsum(self._output) / truth,
            "gradient_energy_input": fsum(self._input) / truth,
        }

    def reset(self) -> None:
        """Forget everything."""
        self._output: list[float] = []
        self._input: list[float] = []
        self._target: list[float] = []


class Silhouette:
    """Intersection over union of the non-white pixels of output and truth; the mean over all outcomes.

    1 is the truth's outline, whatever is drawn inside. ``silhouette_iou_input`` is the same for the defective inputs.
    """

    def __init__(self) -> None:
        self.reset()

    def update(self, outcome: Outcome) -> None:
        """Add a batch of outcomes."""
        self._output += _silhouette_iou(outcome.output, outcome.target)
        self._input += _silhouette_iou(outcome.source, outcome.target)

    def compute(self) -> dict[str, float]:
        """``silhouette_iou`` and ``silhouette_iou_input``, in [0, 1]; empty without outcomes."""
        if not self._output:
            return {}
        return {
            "silhouette_iou": fsum(self._output) / len(self._output),
            "silhouette_iou_input": fsum(self._input) / len(self._input),
        }

    def reset(self) -> None:
        """Forget everything."""
        self._output: list[float] = []
        self._input: list[float] = []


def _gradient_energy(images: Tensor) -> list[float]:
    images = images.double()
    squares = [images.diff(dim=axis).square().sum(dim=(1, 2, 3)) for axis in (-2, -1)]
    return (squares[0] + squares[1]).tolist()


def _silhouette_iou(images: Tensor, targets: Tensor) -> list[float]:
    ours, truth = ((batch < WHITE).any(dim=1).flatten(1) for batch in (images, targets))
    union = (ours | truth).sum(dim=1)
    shared = (ours & truth).sum(dim=1)
    # Two empty silhouettes agree: 0 / 0 counts as 1.
    return ((shared + (union == 0)) / union.clamp(min=1)).double().tolist()

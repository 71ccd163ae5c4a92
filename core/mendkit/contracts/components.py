"""A protocol for each kind of component that plugins contribute. Importing it imports numpy but not torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from .pair import Pair
from .photo import Image, Photo, Stack

if TYPE_CHECKING:
    from torch import Tensor, nn

    from mendkit_registry.specs import Site

    from .batch import Batch
    from .layer import Layer
    from .mended import Mended
    from .outcome import Outcome, UnpairedOutcome
    from .passes import Asked, Passes
    from .view import Layout, Trunk, View


@runtime_checkable
class Resources(Protocol):
    """Collections of images that the data can have for synthesizers, each of a kind such as ``backgrounds``."""

    def draw(self, kind: str, rng: np.random.Generator, height: int, width: int) -> Image | None:
        """Draw a random crop ``[height, width, 3]`` of a random image of that kind; None if the data has none."""


@runtime_checkable
class Synthesizer(Protocol):
    """Makes a pair from one photo, which is its target, or its source if the spec says ``starts_from="defective"``.

    All randomness comes from ``rng``, so that the same seed gives the same pair.
    """

    def __call__(self, photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
        """Make a pair of the size of ``photo``, whose arrays are never changed in place."""


@runtime_checkable
class SampleSource(Protocol):
    """Draws clean product images, for demonstrations and tests."""

    def __call__(self, rng: np.random.Generator, size: int) -> Image:
        """Draw one image ``[size, size, 3]``."""


@runtime_checkable
class LossTerm(Protocol):
    """One summand of a learner's loss.

    ``passes`` has only the items that the term applies to. If its spec says ``applies="all"``, some of them may be
    unpaired: a term that compares with y must leave those out, using ``passes.batch.paired``.
    """

    def __call__(self, passes: Any) -> Tensor:
        """Return the loss of each item, ``[N]``, independently: no statistic over the batch, which mixes tasks.

        ``passes`` has the learner's outputs for the items, such as
        ``mendkit.learners.translation.passes.TranslationPasses``; only those in the spec's `needs` can be used.
        """


@runtime_checkable
class Learner(Protocol):
    """Networks that are trained together.

    Its factory is called with ``blueprint`` (a ``mendkit.networks.blueprint.Blueprint``), ``registry``, and ``needs``:
    everything that terms need from it, by name, with the terms that need it. Networks have fresh weights, drawn from
    torch's generator.

    It can have more methods. For ``mendkit extend``, ``keep(known)`` freezes all that the tasks ``known`` use, and
    ``grow(name, tensors, known)`` returns the weights of a network of a smaller model as those of this one. For
    ``mendkit train --from``, ``adopt(name, tensors, known)`` returns those weights that the network can start from.
    """

    @property
    def roles(self) -> Mapping[str, Sequence[str]]:
        """For each optimiser, in the order of their updates in a step, the names of the networks that it trains.

        It can also name a network that exists only if a term needs it.
        """

    @property
    def offers(self) -> Sequence[str]:
        """What a term can need: the names of passes, and of things that exist only if a term needs them."""

    def networks(self) -> Mapping[str, nn.Module]:
        """All trained networks, by their names in a checkpoint."""

    def answering(self) -> nn.Module:
        """The network that processes photos, called with images ``[N, 3, S, S]`` in [-1, 1] and a ``Guidance``.

        It returns what the spec says, such as ``Mended`` images. Its average is kept and used after training.
        """

    def passes(self, batch: Batch, asked: Iterable[Asked] | None = None) -> Passes:
        """The outputs of the networks for a batch; ``asked`` as in ``Passes``."""


@runtime_checkable
class Evaluator(Protocol):
    """Turns the outcomes of one task into numbers for the report.

    Choose numbers for which neither an untouched input nor a constant image is best. Its factory is called with what
    the spec `needs`: ``features`` (a ``mendkit.networks.features.FeatureExtractor``: images ``[N, 3, H, W]`` in [0, 1]
    to features ``[N, D]``) and ``seed``, an int.
    """

    def update(self, outcome: Outcome) -> None:
        """Take in a batch of outcomes, with or without masks."""

    def compute(self) -> dict[str, float]:
        """Return the numbers for all outcomes so far, by name, independently of how they were batched.

        ``NAME_input`` is ``NAME`` for the inputs, and ``NAME_halves`` for two random halves of the true images:
        tables show them beside it. Where the divisor would be zero, leave the number out.

        Raises:
            MendkitError: there are no numbers at all; the report has the reason.
        """

    def reset(self) -> None:
        """Forget everything."""


@runtime_checkable
class UnpairedEvaluator(Evaluator, Protocol):
    """An evaluator that can also compare the outputs of a task without pairs with its true images, as sets."""

    def update_unpaired(self, outcome: UnpairedOutcome) -> None:
        """Take in a batch of inputs and outputs that have no partners."""

    def update_targets(self, targets: Tensor) -> None:
        """Take in true images ``[N, 3, H, W]`` in [0, 1] that are nobody's partners."""


@runtime_checkable
class Conditioner(Protocol):
    """A ``torch.nn.Module`` that steers features at its sites, called with the items of its own tasks only.

    Its factory is called with ``layout``, a ``Layout``: the features of the generator that it is built for.
    """

    def __call__(self, features: Tensor, site: Site, view: View) -> Tensor:
        """Map the features ``[N, C, h, w]`` of ``site`` to features of the same shape.

        ``view`` has the images, the encoder's features, and the extras that the data has.
        """


@runtime_checkable
class Head(Protocol):
    """A ``torch.nn.Module``, the last part of a generator.

    Its factory is called with ``width``, the channels of the decoded features.
    """

    def __call__(self, trunk: Trunk) -> Mended:
        """Make the output of N images from their decoded features."""


@runtime_checkable
class Transform(Protocol):
    """A parametric change of images: predicted from the features of a small image, applied to a photo of any size.

    Parameters are a float tensor ``[N, ...]`` of any shape. All zeros change nothing.
    """

    def predictor(self, layout: Layout) -> nn.Module:
        """A network with fresh weights that maps a ``View`` of N images to their parameters."""

    def apply(self, image: Tensor, parameters: Tensor) -> Tensor:
        """Change images ``[N, 3, H, W]`` in [-1, 1], so that gradients reach both arguments."""

    def at_full_size(self, layer: Layer, parameters: Tensor) -> Layer:
        """Apply the parameters ``[1, ...]`` of a small square (see ``fit_square``) to its photo."""

    def strength(self, parameters: Tensor) -> Tensor:
        """How much each place changes, ``[N, 1, h, w]``, 0 or more, at any size: a map for explanations."""


@runtime_checkable
class Siblings(Protocol):
    """Other photos of the product that a photo shows, without the defect (domain Y). Never the truth of an item."""

    def __len__(self) -> int:
        """Their number. It may include a few that turn out to be unreadable when they are drawn."""

    def draw(self, rng: np.random.Generator, most: int) -> list[Photo]:
        """Read at most ``most`` of them, in random order. Their sizes may differ."""


@runtime_checkable
class Extra(Protocol):
    """Draws images for the conditioners of its tasks: references, a mask, or anything else in the data."""

    def __call__(self, photo: Photo, siblings: Siblings, rng: np.random.Generator) -> Stack:
        """Return ``uint8 [K, H, W, C]``: any number K of images, including none; H, W and C are always the same.

        ``photo`` is the image to mend, as the model sees it. All randomness comes from ``rng``.
        """

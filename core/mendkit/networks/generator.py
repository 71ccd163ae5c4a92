"""What all steered generators have: told the group and the type on the way, they transform, and their head composes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace

from torch import Tensor, nn

from mendkit_registry.specs import Site

from ..config import ModelConfig
from ..contracts.components import Head
from ..contracts.guidance import Guidance, LabelTable
from ..contracts.mended import Mended
from ..contracts.view import Layout, Trunk, View
from ..errors import FailingPluginError, described
from .calling import called
from .conditioning import Conditioners, GatedAttention, HierarchicalAttention
from .transforms.chain import Part, TransformChain


class Generator(nn.Module, ABC):
    """An encoder and a decoder, which is told the group at the site ``encoded`` and the type at the site ``middle``.

    A subclass says how features get from one site to the next.

    Args:
        config: the networks.
        tasks: names of all tasks; the table's rows follow their order.
        layout: of the features that the subclass computes.
        head: makes the output.
        composes: whether the output keeps parts of the input; attention is then gated.
        transforms: what the input goes through before parts of it are kept.
    """

    group_of_task: Tensor

    def __init__(
        self,
        config: ModelConfig,
        tasks: Sequence[str],
        layout: Layout,
        head: Head,
        *,
        composes: bool,
        transforms: Sequence[Part] = (),
    ) -> None:
        super().__init__()
        self.layout = layout
        self.composes = composes
        self.groups = LabelTable(sorted({group_of(task) for task in tasks}))
        self.types = LabelTable(tasks)
        # Made anew with each model, and so not stored.
        groups = self.groups.rows([group_of(task) for task in tasks])
        self.register_buffer("group_of_task", groups, persistent=False)
        attention = GatedAttention if composes else HierarchicalAttention
        encoded, middle = layout.sites["encoded"].channels, layout.sites["middle"].channels
        self.group_attention = attention(len(self.groups), encoded) if config.group_label else None
        self.type_attention = attention(len(self.types), middle) if config.type_label else None
        self.head = head
        self.transforms = TransformChain(transforms, len(tasks), layout)
        self.conditioners = Conditioners()

    @abstractmethod
    def encode(self, images: Tensor) -> tuple[Tensor, ...]:
        """The encoder's features, fine to coarse, of images ``[N, 3, H, W]`` in [-1, 1]."""

    @abstractmethod
    def to_encoded(self, view: View) -> Tensor:
        """The features of the site ``encoded``, before they are told the group."""

    @abstractmethod
    def to_middle(self, view: View) -> Tensor:
        """The features of the site ``middle``, before they are told the type."""

    @abstractmethod
    def to_bottleneck(self, view: View) -> Tensor:
        """The features that the decoder starts from."""

    @abstractmethod
    def to_decoded(self, view: View, task: Tensor) -> Tensor:
        """The features of the site ``decoded``, of full resolution; ``task`` ``[N]`` has the rows of the tasks."""

    def attentions(self) -> dict[str, tuple[HierarchicalAttention, LabelTable]]:
        """All that attends to labels, by the name of the module, with the table of these labels."""
        found = {
            "group_attention": (self.group_attention, self.groups),
            "type_attention": (self.type_attention, self.types),
        }
        return {name: (attention, table) for name, (attention, table) in found.items() if attention is not None}

    def forward(self, images: Tensor, guidance: Guidance) -> Mended:
        """Mend ``images [N, 3, H, W]`` in [-1, 1], each as ``guidance`` says."""
        view, group_map = self._encode(images, guidance)
        middle, type_map = self._attend(self.type_attention, self.to_middle(view), guidance.task)
        view = self._steer("middle", middle, view, guidance)
        view = replace(view, bottleneck=self.to_bottleneck(view))
        view = self._steer("decoded", self.to_decoded(view, guidance.task), view, guidance)
        kept, transforms = self.transforms(view, guidance.task)
        mended = self._headed(Trunk(images, kept, view.sites["decoded"]))
        return mended._replace(transforms=transforms, group_attention=group_map, type_attention=type_map)

    @property
    def feature_channels(self) -> tuple[int, ...]:
        """The channels of ``features``."""
        return 3, *(info.channels for info in self.layout.encoder)

    def features(self, images: Tensor, guidance: Guidance) -> tuple[Tensor, ...]:
        """Layers from the pixels on, by which patches are compared."""
        return images, *self.encode(images)

    def _headed(self, trunk: Trunk) -> Mended:
        """What the head makes. Raises FailingPluginError if that is not what its spec says."""
        name = f"the head {type(self.head).__name__}"
        mended = called(name, self.head, trunk)
        if not isinstance(mended, Mended) or mended.image.shape != trunk.image.shape:
            found = mended.image if isinstance(mended, Mended) else mended
            raise FailingPluginError(
                f"{name} returned {described(found)} for images {described(trunk.image)}; keep their shape"
            )
        if self.composes and (mended.mask is None or mended.kept is None):
            raise FailingPluginError(f"{name} returned no mask or no kept image, but its spec says that it composes")
        return mended

    def _encode(self, images: Tensor, guidance: Guidance) -> tuple[View, Tensor | None]:
        """The view of the images at the site ``encoded``, and M'_g."""
        view = View(images, self.encode(images), extras=guidance.extras)
        rows = self.group_of_task[guidance.task]
        encoded, attention = self._attend(self.group_attention, self.to_encoded(view), rows)
        return self._steer("encoded", encoded, view, guidance), attention

    def _steer(self, site: Site, features: Tensor, view: View, guidance: Guidance) -> View:
        return view.passed(site, self.conditioners(features, site, view, guidance))

    @staticmethod
    def _attend(
        attention: HierarchicalAttention | None, features: Tensor, rows: Tensor
    ) -> tuple[Tensor, Tensor | None]:
        if attention is None:
            return features, None
        attended: tuple[Tensor, Tensor] = attention(features, rows)
        return attended


def group_of(task: str) -> str:
    """The group's name in a task's name."""
    return task.partition(".")[0]

"""What a plugin contributes: frozen descriptions, cheap to list, that import nothing heavy.

A component (synthesizer, loss, ...) is described by the *string* of its factory, ``"package.module:attribute"``, which
is imported when the component is first needed.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Supervision = Literal["paired", "unpaired", "semi_paired"]
Site = Literal["encoded", "middle", "decoded"]

_WORD = r"[a-z][a-z0-9_]*"
Word = Annotated[str, Field(pattern=rf"^{_WORD}$")]
QualifiedName = Annotated[str, Field(pattern=rf"^{_WORD}\.{_WORD}$")]
FactoryPath = Annotated[str, Field(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$")]
SplitFolder = Annotated[str, Field(pattern=r"^[\w-]+(/[\w-]+)*/[\w-]*\{split\}[\w-]*(/[\w-]+)*$")]
"""A folder below a data root, such as ``horse2zebra/{split}A``; ``{split}`` stands for train, val and test."""


class Spec(BaseModel):
    """Base of all specs: frozen, and strict about field names. ``name`` is unique among the specs of one kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str


class DefectGroup(Spec):
    """A family of defects *g*, such as ``background``: the first level of the hierarchy."""

    name: Word
    title: str
    description: str = ""


class DefectType(Spec):
    """One defect *eta* of one group: a task, named ``group.type``.

    ``supervision`` says which data the task has, and so which losses it takes part in. ``geometric`` tasks move pixels
    to other places: they alone may use the flow of the composite head. An ``ambiguous`` task has many right outputs for
    one input, of which a pair shows one, as when edges are coloured: the least error is then a blur, so looks count.
    A ``tonal`` task changes colours and no detail: at full size, the detail stays that of the photo.
    ``benchmark`` tasks are no defects of a catalogue but published sets to compare models on: they take part only if
    they are asked for.
    """

    name: QualifiedName
    title: str
    supervision: Supervision
    description: str = ""
    geometric: bool = False
    ambiguous: bool = False
    tonal: bool = False
    benchmark: bool = False

    @property
    def group(self) -> str:
        """The name of the group, the part before the dot."""
        return self.name.partition(".")[0]

    @property
    def type(self) -> str:
        """The name within the group, the part after the dot."""
        return self.name.partition(".")[2]

    @property
    def traits(self) -> tuple[str, ...]:
        """What is said of the task beside its supervision: the traits that it has."""
        return tuple(name for name in ("geometric", "ambiguous", "tonal") if getattr(self, name))


class ComponentSpec(Spec):
    """Something that a plugin brings for some tasks. ``options`` are the keyword arguments of the factory."""

    name: QualifiedName
    factory: FactoryPath
    description: str = ""
    options: dict[str, Any] = Field(default_factory=dict)


class TaskComponentSpec(ComponentSpec):
    """A component for the tasks that ``tasks`` names, each a task's name or a glob such as ``background.*``."""

    tasks: Annotated[tuple[str, ...], Field(min_length=1)]

    def covers(self, task: str) -> bool:
        """Whether the component is for ``task``."""
        return any(fnmatchcase(task, glob) for glob in self.tasks)


class SynthesizerSpec(TaskComponentSpec):
    """Makes pairs on the fly, from a clean image (invents the defect) or from a defective one (mends it roughly).

    Args:
        starts_from: which side of the pair the data brings; the synthesizer makes the other.
        weight: how often it is drawn, among the synthesizers of a task that start from the same side.
        resources: image collections that it can use if the data has them, such as ``backgrounds``.
    """

    starts_from: Literal["clean", "defective"] = "clean"
    weight: Annotated[float, Field(gt=0)] = 1.0
    resources: tuple[str, ...] = ()


class LossSpec(TaskComponentSpec):
    """A further term of the generator's loss, computed every ``every``-th step with its weight scaled to match."""

    weight: Annotated[float, Field(gt=0)]
    every: Annotated[int, Field(ge=1)] = 1


class EvaluatorSpec(TaskComponentSpec):
    """Turns the outputs of some tasks into numbers of the report."""


class ConditionerSpec(TaskComponentSpec):
    """A module that steers the generator at ``site``, for the samples of its own tasks only."""

    site: Site


class ExtraSpec(TaskComponentSpec):
    """Images that the data brings for the conditioners of some tasks, such as other photos of the same product."""


class SamplesSpec(ComponentSpec):
    """Draws clean product images from a random generator, for demonstrations and tests."""


class DatasetSpec(Spec):
    """A published set of images for one task: where it lies in a data root, and which side of it is the source.

    >>> DatasetSpec(
    ...     name="horse2zebra",
    ...     task="color.horse2zebra",
    ...     source="horse2zebra/{split}A",
    ...     target="horse2zebra/{split}B",
    ...     url="http://efrosgans.eecs.berkeley.edu/cyclegan/datasets/horse2zebra.zip",
    ... ).folders
    ('horse2zebra/{split}A', 'horse2zebra/{split}B')

    Args:
        source: where the images of domain X are.
        target: where those of domain Y are, which are no partners of the sources. None: each file of ``source`` holds
            both images of a pair, side by side, and ``source_half`` says which half is the source.
        reversible: whether source and target may change sides; not if a synthesizer starts from one of them.
        url: where one gets the set.
        terms: under which terms, in a few words.
    """

    name: Word
    task: QualifiedName
    source: SplitFolder
    target: SplitFolder | None = None
    source_half: Literal["left", "right"] | None = None
    reversible: bool = True
    url: Annotated[str, Field(pattern=r"^https?://\S+$")]
    terms: str = ""

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders of both sides; one if its files hold both."""
        return (self.source,) if self.target is None else (self.source, self.target)

    @model_validator(mode="after")
    def _tells_both_sides_apart(self) -> Self:
        if (self.target is None) == (self.source_half is None):
            raise ValueError("give the folder of the target, or, if files hold both sides, the source_half")
        if self.source == self.target:
            raise ValueError("source and target are one folder; if its files hold both sides, give the source_half")
        return self

"""What a plugin contributes: frozen descriptions, cheap to list, that import nothing heavy.

A component (synthesizer, loss, ...) is described by the *string* of its factory, ``"package.module:attribute"``, which
is imported when the component is first needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from .matching import matching

Supervision = Literal["paired", "unpaired", "semi_paired"]
Site = Literal["encoded", "middle", "decoded"]
Trait = Literal["geometric", "tonal"]
Applies = Literal[
    "all",
    "pairs",
    "pairs in place",
    "pairs to redraw",
    "pairs to transform",
    "unpaired samples",
    "unpaired or ambiguous",
    "unless paired task",
]
"""Which items a term is for. In place: of tasks that are not geometric. To transform: of those that are geometric or
tonal, so that moving pixels and changing colours mends them; to redraw: of the others."""

_WORD = r"[a-z][a-z0-9_]*"
WORD = rf"^{_WORD}$"
QUALIFIED_NAME = rf"^{_WORD}\.{_WORD}$"
PLAIN_OR_QUALIFIED = rf"^{_WORD}(\.{_WORD})?$"
FACTORY_PATH = r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$"
SPLIT_FOLDER = r"^[\w-]+(/[\w-]+)*/[\w-]*\{split\}[\w-]*(/[\w-]+)*$"
MEANINGS = {
    WORD: "a word of small letters, digits and underscores, such as 'price_stickers'",
    QUALIFIED_NAME: "two words of small letters with a dot between, such as 'background.watermark'",
    PLAIN_OR_QUALIFIED: "one or two words of small letters with a dot between, such as 'stickers.residue'",
    FACTORY_PATH: "'package.module:attribute'",
    SPLIT_FOLDER: "a folder with {split} in it, such as 'horse2zebra/{split}A'",
}
"""What the patterns ask for, in words."""
Word = Annotated[str, Field(pattern=WORD)]
QualifiedName = Annotated[str, Field(pattern=QUALIFIED_NAME)]
PlainOrQualifiedName = Annotated[str, Field(pattern=PLAIN_OR_QUALIFIED)]
FactoryPath = Annotated[str, Field(pattern=FACTORY_PATH)]
SplitFolder = Annotated[str, Field(pattern=SPLIT_FOLDER)]
"""A folder below a data root, such as ``horse2zebra/{split}A``; ``{split}`` stands for train, val and test."""


class Spec(BaseModel):
    """Base of all specs: frozen, and strict about field names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="unique among the specs of one kind")


class RenamableSpec(Spec):
    """A spec whose name people write: in commands, settings and the folders of their data."""

    formerly: tuple[str, ...] = Field(
        (), description="names that it had before; asking for one of them is refused with the new name"
    )


class DefectGroup(RenamableSpec):
    """A family of defects *g*, such as ``background``: the first level of the hierarchy."""

    name: Word = Field(description="a word of small letters, digits and underscores")
    title: str = Field(description="the name as people write it")
    description: str = Field("", description="what these defects have in common, in a sentence")


class DefectType(RenamableSpec):
    """One defect *eta* of one group: a task, which one trains, corrects and scores."""

    name: QualifiedName = Field(description="``group.type``; the group is this or another plugin's")
    title: str = Field(description="the name as people write it")
    supervision: Supervision = Field(description="which data the task has, and so which losses it takes part in")
    description: str = Field("", description="what is wrong with the images, in a sentence")
    geometric: bool = Field(
        False,
        description="whether mending moves pixels to other places; only such a task has transforms that do so",
    )
    ambiguous: bool = Field(
        False,
        description="whether one input has many right outputs, of which a pair shows one, as when edges are coloured; "
        "the least error is then a blur, so critics judge its pairs, too",
    )
    tonal: bool = Field(
        False,
        description="whether mending changes colours and no detail; only such a task has transforms that do so",
    )
    benchmark: bool = Field(
        False,
        description="whether it is no defect of a catalogue but a published set to compare models on; it takes part "
        "only if it is asked for",
    )

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
    """Something that a plugin brings, and that is made by a factory when it is first needed."""

    name: QualifiedName = Field(description="``word.word``, such as ``background.cut_out``")
    factory: FactoryPath = Field(description='``"package.module:attribute"``: what makes the component')
    description: str = Field("", description="what it does, in a sentence")
    options: dict[str, Any] = Field(default_factory=dict, description="keyword arguments of the factory")


class TaskComponentSpec(ComponentSpec):
    """A component for some tasks, of this or other plugins."""

    tasks: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        description="names of tasks, or globs such as ``background.*``"
    )

    @property
    def is_on_request(self) -> bool:
        """Whether it takes part only where something names it, such as the settings of a run."""
        return False

    def covers(self, task: str) -> bool:
        """Whether the component is for ``task``."""
        return bool(self.covered([task]))

    def is_for(self, task: DefectType) -> bool:
        """Whether ``task``, by its name and its traits, has the component."""
        return self.covers(task.name)

    def covered(self, tasks: Sequence[str]) -> list[str]:
        """Those of the sorted names of ``tasks`` that the component is for: faster than to ask for each."""
        return matching(tasks, self.tasks)


class SynthesizerSpec(TaskComponentSpec):
    """Makes pairs on the fly, from a clean image (invents the defect) or from a defective one (mends it roughly)."""

    starts_from: Literal["clean", "defective"] = Field(
        "clean", description="which side of the pair the data brings; the synthesizer makes the other"
    )
    weight: Annotated[float, Field(gt=0)] = Field(
        1.0, description="how often it is drawn, among the synthesizers of a task that start from the same side"
    )
    resources: tuple[str, ...] = Field(
        (), description="collections of images that it can use if the data has them, such as ``backgrounds``"
    )


class LossSpec(TaskComponentSpec):
    """A term of a learner's loss, for the networks of one role."""

    name: PlainOrQualifiedName = Field(description="one word or two, as in the settings and the metrics")
    weight: Annotated[float, Field(gt=0)] | None = Field(
        description="what its values are multiplied by; the run's settings win over it. None: it takes part only where "
        "the settings give it a weight"
    )
    every: Annotated[int, Field(ge=1)] = Field(
        1, description="it is computed every so many steps, and its weight is then as many times as large"
    )
    learner: QualifiedName = Field("translation.gan", description="the learner that has the role and the passes")
    role: Word = Field("generators", description="which of the learner's networks learn from it")
    applies: Applies = Field("all", description="which items it is for; the run's settings win over it")
    needs: tuple[Word, ...] = Field(
        ("fake_y",),
        description="what it asks the learner for: names of passes, each of which is computed once a step for all "
        "items that need it, and of networks that are there only if a term needs them",
    )
    balanced: bool = Field(
        False, description="whether it measures errors of pixels, by which the setting `balance` weighs tasks"
    )
    follows: PlainOrQualifiedName | None = Field(
        None,
        description="another term, with whose items and steps it is computed, and without which it is not: the "
        "critic's side of an adversarial term follows the generators'",
    )
    mean: Literal["batch", "items"] = Field(
        "batch",
        description="what its sum is divided by: the number of all items of the batch, so that each item weighs the "
        "same, or of those that the term is for",
    )

    @property
    def is_on_request(self) -> bool:
        """Without a weight of its own, the settings must give it one; what follows another term goes with it."""
        return self.weight is None or self.follows is not None


class LearnerSpec(ComponentSpec):
    """Networks that learn together: what a batch makes of them, and what they give for a photo."""

    gives: Literal["image", "finding", "embedding"] = Field(description="what it gives for a photo")
    conditioned: bool = Field(False, description="whether its networks have the sites at which conditioners steer them")


class PresetSpec(Spec):
    """A method, and the settings that make the trainer follow it."""

    name: Word = Field(description="a word of small letters, digits and underscores, as in ``--preset``")
    title: str = Field(description="what it is")
    source: str = Field("", description="where it is from")
    base: Word | None = Field(None, description="another preset, whose settings lie below its own")
    settings: dict[str, Any] = Field(
        default_factory=dict, description="nested like the configuration; a file and flags win over it"
    )


class Metric(BaseModel):
    """A number by which an evaluator compares models. A table of models has a table of its own for it.

    Args:
        name: of the number, as the evaluator gives it.
        title: what it measures and in what unit, as a heading.
        better: which values are better.
        format: how a value is written, such as ``.1%``: a format specification of Python.
        scale: what a value is multiplied by before it is written.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    better: Literal["lower", "higher"]
    format: str = ".3f"
    scale: float = 1.0

    @field_validator("format")
    @classmethod
    def _writes_numbers(cls, value: str) -> str:
        format(0.5, value)
        return value


class TableSpec(Spec):
    """A table of models and tasks, for ``mendkit bench``. Of its tasks, those take part that the data root brings."""

    name: Word = Field(description="a word of small letters, digits and underscores, as in ``mendkit bench TABLE``")
    title: str = Field(description="what it shows")
    tasks: Annotated[tuple[QualifiedName, ...], Field(min_length=1)] = Field(description="the names of its columns")
    models: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        description="its rows: presets, or other models that ``mendkit bench`` knows"
    )


class EvaluatorSpec(TaskComponentSpec):
    """Turns the outputs of some tasks into numbers of the report."""

    needs: tuple[Literal["features", "seed"], ...] = Field(
        (),
        description="what its factory is called with, beside the options: ``features``, a pretrained network to "
        "compare images by, without which the evaluator is left out, and ``seed``, for what it draws",
    )
    metrics: tuple[Metric, ...] = Field((), description="those of its numbers by which models are compared")


class ConditionerSpec(TaskComponentSpec):
    """A module that steers the generator at some of its sites, for the items of its own tasks only."""

    sites: Annotated[tuple[Site, ...], Field(min_length=1)] = Field(
        description="where it steers: after the encoder, after half of the residual blocks, or after the decoder, "
        "before the head"
    )
    on_request: bool = Field(
        False,
        description="whether it is left out of models unless something names it, as an extension names its adapters",
    )

    @property
    def is_on_request(self) -> bool:
        """As its field says."""
        return self.on_request


class HeadSpec(ComponentSpec):
    """The last part of the generator, which makes the output from the decoded features."""

    name: PlainOrQualifiedName = Field(description="one word or two, as in the setting `model.head`")
    composes: bool = Field(
        description="whether the output keeps parts of the input; the decoder then sees the encoder's details, and the "
        "input is transformed before it is kept"
    )


class TransformSpec(TaskComponentSpec):
    """A parametric change of images: the generator predicts it small, and it is applied to photos of any size."""

    trait: Trait = Field(
        description="which of its tasks have it: those with this trait. Pixels are moved first, and toned afterwards"
    )
    on_request: bool = Field(False, description="whether it takes part only if the setting `model.transforms` names it")

    @property
    def is_on_request(self) -> bool:
        """As its field says."""
        return self.on_request

    def is_for(self, task: DefectType) -> bool:
        """Whether ``task`` has the trait as well."""
        return self.trait in task.traits and super().is_for(task)


class ExtraSpec(TaskComponentSpec):
    """Images that the data brings for the conditioners of some tasks, such as other photos of the same product."""


class SamplesSpec(ComponentSpec):
    """Draws clean product images from a random generator, for demonstrations and tests."""


class DatasetSpec(Spec):
    """A published set of images for one task: where it lies in a data root, and which side of it is the source.

    Folders are relative to the data root, such as ``horse2zebra/{split}A``; ``{split}`` stands for train, val and test.
    """

    name: Word = Field(description="a word of small letters, digits and underscores")
    task: QualifiedName = Field(description="the task's name")
    source: SplitFolder = Field(description="the folder of the images of domain X")
    target: SplitFolder | None = Field(
        None,
        description="the folder of those of domain Y, which are no partners of the sources; None: each file of "
        "``source`` holds both images of a pair, side by side",
    )
    source_half: Literal["left", "right"] | None = Field(
        None, description="without ``target``: which half of a file is the source"
    )
    reversible: bool = Field(
        True,
        description="whether source and target may change sides; they may not if a synthesizer starts from one of them",
    )
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] = Field(description="where one gets the set")
    terms: str = Field("", description="under which terms, in a few words")

    @property
    def tasks(self) -> tuple[str, ...]:
        """The one task, as components have several."""
        return (self.task,)

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


def wrong_fields(error: ValidationError) -> str:
    """What is wrong with the fields of a spec, in words, for those who wrote it.

    >>> try:
    ...     DefectGroup(name="price-stickers", title="Price stickers")
    ... except ValidationError as error:
    ...     print(wrong_fields(error))
    DefectGroup.name is 'price-stickers', not a word of small letters, digits and underscores, such as 'price_stickers'
    """
    return "; ".join(f"{error.title}.{'.'.join(map(str, fault['loc']))} {_fault(fault)}" for fault in error.errors())


def _fault(fault: ErrorDetails) -> str:
    given = fault["input"]
    match fault["type"]:
        case "string_pattern_mismatch":
            pattern = fault["ctx"]["pattern"]
            return f"is {given!r}, not {MEANINGS.get(pattern, pattern)}"
        case "tuple_type":
            return f"is {given!r}, not a tuple, such as ({given!r},)"
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return "is no field of it; is it misspelt?"
        case _:
            return f"is {given!r}: {fault['msg']}"

"""What a plugin contributes: frozen descriptions that are cheap to list and import nothing heavy.

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
    "unpaired items",
    "unpaired or ambiguous",
    "unless paired task",
]
"""The items that a term applies to. In place: of tasks that are not geometric. To transform: of tasks that the model
has a transform for, so that moving pixels or changing colours mends them. To redraw: of all other tasks."""

_WORD = r"[a-z][a-z0-9_]*"
WORD = rf"^{_WORD}$"
QUALIFIED_NAME = rf"^{_WORD}\.{_WORD}$"
PLAIN_OR_QUALIFIED = rf"^{_WORD}(\.{_WORD})?$"
FACTORY_PATH = r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$"
PACKAGE = r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$"
FOLDER = r"^[\w-]+(/[\w-]+)*$"
SPLIT_FOLDER = r"^[\w-]+(/[\w-]+)*/[\w-]*\{split\}[\w-]*(/[\w-]+)*$"
MEANINGS = {
    WORD: "a word of lower-case letters, digits and _, such as 'price_stickers'",
    QUALIFIED_NAME: "two lower-case words joined by a dot, such as 'background.watermark'",
    PLAIN_OR_QUALIFIED: "one lower-case word, or two joined by a dot, such as 'stickers.residue'",
    FACTORY_PATH: "'package.module:attribute'",
    PACKAGE: "the name of a package, such as 'mendkit_stickers'",
    FOLDER: "a folder inside the package, such as 'base' or 'models/base'",
    SPLIT_FOLDER: "a folder with {split} in it, such as 'horse2zebra/{split}A'",
}
"""The patterns in words."""
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
    """A spec whose name users write in commands, settings and data folders."""

    formerly: tuple[str, ...] = Field(
        (), description="former names; using one of them is an error that gives the new name"
    )


class DefectGroup(RenamableSpec):
    """A family of defects *g*, such as ``background``: the first level of the hierarchy."""

    name: Word = Field(description="a word of lower-case letters, digits and underscores")
    title: str = Field(description="the name for people")
    description: str = Field("", description="what these defects have in common, in a sentence")


class DefectType(RenamableSpec):
    """One defect *eta* of a group: a task, which is trained, corrected and scored."""

    name: QualifiedName = Field(description="``group.type``; the group can be of another plugin")
    title: str = Field(description="the name for people")
    supervision: Supervision = Field(description="which data the task has, and so which losses apply to it")
    description: str = Field("", description="what is wrong with the images, in a sentence")
    geometric: bool = Field(
        False,
        description="whether mending moves pixels to other places; only such tasks have transforms that do so",
    )
    ambiguous: bool = Field(
        False,
        description="whether an input has many correct outputs and a pair shows only one, as when edges are coloured; "
        "the smallest error is then a blur, so critics judge its pairs, too",
    )
    tonal: bool = Field(
        False,
        description="whether mending changes colours but not detail; only such tasks have transforms that do so",
    )
    local: bool = Field(
        False,
        description="whether what is around a defect is enough to mend it; such tasks are trained on windows of larger "
        "photos, and mended at that scale",
    )
    benchmark: bool = Field(
        False,
        description="whether it is not a catalogue defect but a published set to compare models on; it takes part "
        "only if it is named",
    )

    @model_validator(mode="after")
    def _stays_in_its_window(self) -> Self:
        if self.local and self.geometric:
            raise ValueError("a task cannot be both local and geometric: pixels would come from outside of the window")
        return self

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
        """The traits of the task, in addition to its supervision."""
        return tuple(name for name in ("geometric", "ambiguous", "tonal", "local") if getattr(self, name))


class ComponentSpec(Spec):
    """Something that a plugin contributes, made by a factory when it is first needed."""

    name: QualifiedName = Field(description="``word.word``, such as ``background.cut_out``")
    factory: FactoryPath = Field(description='``"package.module:attribute"``, the callable that makes the component')
    description: str = Field("", description="what it does, in a sentence")
    options: dict[str, Any] = Field(default_factory=dict, description="keyword arguments of the factory")


class TaskComponentSpec(ComponentSpec):
    """A component for some tasks, of this or other plugins."""

    tasks: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        description="names of tasks, or globs such as ``background.*``"
    )

    @property
    def is_on_request(self) -> bool:
        """Whether it is used only if something names it, such as the settings of a run."""
        return False

    def covers(self, task: str) -> bool:
        """Whether the component is for ``task``."""
        return bool(self.covered([task]))

    def is_for(self, task: DefectType) -> bool:
        """Whether ``task``, by its name and its traits, has the component."""
        return self.covers(task.name)

    def covered(self, tasks: Sequence[str]) -> list[str]:
        """The names among the sorted ``tasks`` that the component is for; faster than asking for each."""
        return matching(tasks, self.tasks)


class SynthesizerSpec(TaskComponentSpec):
    """Makes pairs on the fly, from a clean image (adds the defect) or from a defective one (mends it roughly)."""

    starts_from: Literal["clean", "defective"] = Field(
        "clean", description="which side of the pair the data has; the synthesizer makes the other"
    )
    weight: Annotated[float, Field(gt=0)] = Field(
        1.0, description="how often it is drawn, relative to the task's other synthesizers for the same side"
    )
    resources: tuple[str, ...] = Field(
        (), description="collections of images that it uses if the data has them, such as ``backgrounds``"
    )


class LossSpec(TaskComponentSpec):
    """A term of a learner's loss, for the networks of one role."""

    name: PlainOrQualifiedName = Field(description="one or two words, as in the settings and the metrics")
    weight: Annotated[float, Field(gt=0)] | None = Field(
        description="the factor of its values; the settings of the run override it. None: it is used only if "
        "the settings give it a weight"
    )
    every: Annotated[int, Field(ge=1)] = Field(1, description="compute it only every k steps, with k times its weight")
    learner: QualifiedName = Field("translation.gan", description="the learner that has the role and the passes")
    role: Word = Field("generators", description="whose networks learn from it: a role of the learner")
    applies: Applies = Field("all", description="the items that it applies to; the settings of the run override it")
    needs: tuple[Word, ...] = Field(
        ("fake_y",),
        description="what it needs from the learner: names of passes, each computed once per step for all "
        "items that need it, and of networks that exist only if a term needs them",
    )
    balanced: bool = Field(
        False, description="whether it measures pixel errors, so that the setting `balance` weights its tasks"
    )
    follows: PlainOrQualifiedName | None = Field(
        None,
        description="another term: this one is computed for the same items and steps, or not at all. The critic's side "
        "of an adversarial term follows the generators' side",
    )
    mean: Literal["batch", "items"] = Field(
        "batch",
        description="divide its sum by the number of items of the batch, so that each item weighs the same, or by the "
        "number of items that the term applies to",
    )

    @property
    def is_on_request(self) -> bool:
        """A term without a weight needs one from the settings, unless it follows another term."""
        return self.weight is None or self.follows is not None


class LearnerSpec(ComponentSpec):
    """Networks that are trained together, with their outputs for a batch and for a photo."""

    gives: Literal["image", "finding", "embedding"] = Field(description="its output for a photo")
    conditioned: bool = Field(False, description="whether its networks have sites for conditioners")


class PresetSpec(Spec):
    """A method, and the settings for it."""

    name: Word = Field(description="a word of lower-case letters, digits and underscores, as in ``--preset``")
    title: str = Field(description="what it is")
    source: str = Field("", description="where it comes from")
    base: Word | None = Field(None, description="another preset, whose settings it overrides")
    settings: dict[str, Any] = Field(
        default_factory=dict, description="nested like the configuration; a file and flags override them"
    )


class Metric(BaseModel):
    """A number of an evaluator for comparing models. `mendkit bench` has a separate table for it.

    Args:
        name: the name of the number, as the evaluator returns it.
        title: a heading, with what it measures and the unit.
        better: which values are better.
        format: Python format specification of a value, such as ``.1%``.
        scale: factor of a value before it is written.
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
    """A table of models and tasks for ``mendkit bench``. It has those of its tasks that the data root has."""

    name: Word = Field(
        description="a word of lower-case letters, digits and underscores, as in ``mendkit bench TABLE``"
    )
    title: str = Field(description="what it shows")
    tasks: Annotated[tuple[QualifiedName, ...], Field(min_length=1)] = Field(description="the names of its columns")
    models: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        description="its rows: presets, or other models that ``mendkit bench`` knows"
    )


class EvaluatorSpec(TaskComponentSpec):
    """Turns the outputs of some tasks into numbers of the report."""

    needs: tuple[Literal["features", "seed"], ...] = Field(
        (),
        description="arguments of its factory besides the options: ``features``, a pretrained network to compare "
        "images by, without which the evaluator is left out, and ``seed``, for random numbers",
    )
    metrics: tuple[Metric, ...] = Field((), description="its numbers for comparing models")


class ConditionerSpec(TaskComponentSpec):
    """A module that steers the generator at some of its sites, for the items of its own tasks only."""

    sites: Annotated[tuple[Site, ...], Field(min_length=1)] = Field(
        description="where it steers: after the encoder, after half of the residual blocks, or after the decoder, "
        "before the head"
    )
    on_request: bool = Field(
        False,
        description="whether it is used only if something names it, as an extension names its adapters",
    )

    @property
    def is_on_request(self) -> bool:
        """As its field says."""
        return self.on_request


class HeadSpec(ComponentSpec):
    """The last part of the generator, which makes the output from the decoded features."""

    name: PlainOrQualifiedName = Field(description="one or two words, as in the setting `model.head`")
    composes: bool = Field(
        description="whether the output keeps parts of the input; the decoder then sees the encoder's details, and the "
        "input is transformed before it is kept"
    )


class TransformSpec(TaskComponentSpec):
    """A parametric change of images: the generator predicts it small, and it is applied to photos of any size."""

    trait: Trait = Field(description="the trait that a task needs to have it. Pixels are moved first, then toned")
    on_request: bool = Field(False, description="whether it is used only if the setting `model.transforms` names it")

    @property
    def is_on_request(self) -> bool:
        """As its field says."""
        return self.on_request

    def is_for(self, task: DefectType) -> bool:
        """Whether ``task`` has the trait as well."""
        return self.trait in task.traits and super().is_for(task)


class ExtraSpec(TaskComponentSpec):
    """Images that the data has for the conditioners of some tasks, such as other photos of the same product."""


class SamplesSpec(ComponentSpec):
    """Draws clean product images from a random generator, for demonstrations and tests."""


class DatasetSpec(Spec):
    """A published set of images for one task: its folders in a data root, and which side is the source.

    Folders are relative to the data root, such as ``horse2zebra/{split}A``; ``{split}`` stands for train, val and test.
    """

    name: Word = Field(description="a word of lower-case letters, digits and underscores")
    task: QualifiedName = Field(description="the task's name")
    source: SplitFolder = Field(description="the folder of the images of domain X")
    target: SplitFolder | None = Field(
        None,
        description="the folder of the images of domain Y, which are not partners of the sources; None: each file of "
        "``source`` holds both images of a pair, side by side",
    )
    source_half: Literal["left", "right"] | None = Field(
        None, description="without ``target``: which half of a file is the source"
    )
    reversible: bool = Field(
        True,
        description="whether users can swap source and target; false if a synthesizer starts from one of them",
    )
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] = Field(description="where to get the set")
    terms: str = Field("", description="its terms of use, in a few words")

    @property
    def tasks(self) -> tuple[str, ...]:
        """The task as a tuple, as in components."""
        return (self.task,)

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders of both sides; one if its files hold both."""
        return (self.source,) if self.target is None else (self.source, self.target)

    @model_validator(mode="after")
    def _tells_both_sides_apart(self) -> Self:
        if (self.target is None) == (self.source_half is None):
            raise ValueError("set target to a folder, or set source_half if each file holds both sides")
        if self.source == self.target:
            raise ValueError("source and target are the same folder; if each file holds both sides, set source_half")
        return self


class ModelSpec(Spec):
    """A trained model in a folder of the plugin's package: its weights, their index, and its card, which describes it.

    ``mendkit models export`` writes such a folder from a run.
    """

    name: Word = Field(
        description="a word of lower-case letters, digits and underscores, as in ``mendkit correct --model NAME``"
    )
    package: Annotated[str, Field(pattern=PACKAGE)] = Field(description="the package that has the folder")
    folder: Annotated[str, Field(pattern=FOLDER)] = Field(description="the folder, relative to that of the package")


def wrong_fields(error: ValidationError) -> str:
    """What is wrong with the fields of a spec, in words, for its author.

    >>> try:
    ...     DefectGroup(name="price-stickers", title="Price stickers")
    ... except ValidationError as error:
    ...     print(wrong_fields(error))
    DefectGroup.name is 'price-stickers', not a word of lower-case letters, digits and _, such as 'price_stickers'
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
            return "is not a field; is it misspelt?"
        case _:
            return f"is {given!r}: {fault['msg']}"

"""The card of a model that ships: what it is for, what it has learnt from, and how well it does. Imports no torch."""

from __future__ import annotations

import datetime
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from mendkit_registry.models import CARD
from mendkit_registry.specs import QualifiedName

from .errors import CardError, in_words
from .presets import lay_over
from .text import read_text

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
InShort = Annotated[Line, StringConstraints(max_length=60)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class Part(BaseModel):
    """Base of a card and its parts: nothing is optional by accident, and misspelt fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TrainedOn(Part):
    """Data that the model has learnt from."""

    name: Line = Field(description="the name of the data")
    what: Line = Field(description="what the images show, and how many there are")
    terms: Line = Field(description="its licence or terms of use")


class PretrainedEncoder(Part):
    """The network that sees the image, which had learnt from other images before."""

    network: Line = Field(description="its name in timm")
    weights: Line = Field(description="the published weights that it started from, and what they had learnt from")
    terms: Line = Field(description="the licence of these weights")


class Score(Part):
    """A number of an evaluation."""

    output: Number = Field(description="of the model's outputs")
    input: Number | None = Field(None, description="of the inputs as they are; None: it has no such number")


class Figure(Part):
    """How well the model mends photos of one task at full size, and the conditions."""

    task: QualifiedName = Field(description="one of the model's tasks")
    split: Line = Field(description="the images, such as 'test'")
    count: Annotated[int, Field(ge=1)] = Field(description="N, the number of images")
    seed: Annotated[int, Field(ge=0)] = Field(description="the seed of the evaluation")
    pixels: Line = Field(description="the sizes of the photos, such as '480'", coerce_numbers_to_str=True)
    metrics: Annotated[dict[Line, Score], Field(min_length=1)] = Field(
        description="by the name of a number, its value of the outputs and of the inputs"
    )


class Card(Part):
    """What a user should know of a model before using it."""

    title: Line = Field(description="what the model is, in a few words")
    tasks: Annotated[dict[QualifiedName, Line], Field(min_length=1)] = Field(
        description="by name, what the model does for each task, in a line"
    )
    gives: Literal["image", "finding", "embedding"] = Field("image", description="its output for a photo")
    terms: InShort = Field(description="the terms under which it may be used, in at most 60 characters")
    terms_in_full: str = Field("", description="the same in as many words as it takes")
    data: Annotated[tuple[TrainedOn, ...], Field(min_length=1)] = Field(description="what it has learnt from")
    images: Annotated[int, Field(ge=0)] = Field(description="the number of training images it has seen")
    minutes: Annotated[Number, Field(ge=0)] = Field(description="how long it was trained")
    size: Annotated[int, Field(ge=1)] = Field(description="the side of its square images, px")
    encoder: PretrainedEncoder | None = Field(None, description="its pretrained encoder, if it has one")
    figures: tuple[Figure, ...] = Field((), description="how well it mends photos at full size")
    limits: tuple[Line, ...] = Field((), description="what it cannot do, in plain sentences")
    rank: int = Field(0, description="of the installed models that know a task, the one of the highest rank is used")
    date: datetime.date = Field(description="the day on which it was exported, such as 2026-01-31")
    mendkit: Line = Field(description="the version of mendkit that trained it")

    @model_validator(mode="after")
    def _has_figures_of_its_tasks(self) -> Self:
        if unknown := [figure.task for figure in self.figures if figure.task not in self.tasks]:
            raise ValueError(f"figures are for {unknown[0]}, which is not one of its tasks; correct the name")
        return self


def read_card(folder: Path) -> Card:
    """The card in the folder of a model.

    Raises:
        CardError: it is missing, or wrong.
    """
    return _checked(folder / CARD, _content(folder / CARD))


def complete_card(file: Path, facts: Mapping[str, Any]) -> Card:
    """The card that an author has written, as TOML or JSON, with ``facts`` of the model where it says nothing.

    Raises:
        CardError: it is missing, or wrong.
    """
    return _checked(file, lay_over(facts, _content(file)))


def _content(file: Path) -> dict[str, Any]:
    parse = tomllib.loads if file.suffix.lower() == ".toml" else json.loads
    try:
        content = parse(read_text(file))
    except FileNotFoundError as error:
        raise CardError(f"{file}: no such file; a model ships with its card (see docs/models.md)") from error
    except OSError as error:
        raise CardError(f"{file}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise CardError(f"{file}: not a card: {error}; write TOML in a .toml file, else JSON") from error
    if not isinstance(content, dict):
        raise CardError(f"{file}: not a card: it has no fields; begin with `title`")
    return content


def _checked(file: Path, content: Mapping[str, Any]) -> Card:
    try:
        return Card.model_validate(content)
    except ValidationError as error:
        faults = [f"  {_fault(fault['loc'], in_words(fault))}" for fault in error.errors()]
        raise CardError("\n".join([f"{file}: bad card; correct these fields", *faults])) from error


def _fault(place: tuple[int | str, ...], words: str) -> str:
    meaning = _meaning(place)
    return f"{'.'.join(map(str, place)) or 'card'}: {words}{f' ({meaning})' if meaning else ''}"


def _meaning(place: tuple[int | str, ...]) -> str | None:
    """What the field at a place is for; None if there is no such field."""
    kind: type[BaseModel] | None = Card
    meaning = None
    for key in place:
        if kind and key in kind.model_fields:
            field = kind.model_fields[str(key)]
            meaning, kind = field.description, _part_in(field.annotation)
        elif isinstance(key, str):  # a misspelt field, or a key such as the name of a task
            meaning = None
    return meaning


def _part_in(annotation: Any) -> type[Part] | None:
    """The part of a card that a field holds, directly or as items."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return next(filter(None, map(_part_in, get_args(annotation))), None)

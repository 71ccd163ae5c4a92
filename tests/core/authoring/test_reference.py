from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

import pytest
from pydantic import Field
from typer.testing import CliRunner

from mendkit.authoring.reference import CONTRACTS, contract, data, fields_table, reference, type_of
from mendkit.cli.plugins import app
from mendkit_registry.kinds import KINDS
from mendkit_registry.specs import ComponentSpec, Spec

PAGE = Path(__file__).parents[3] / "docs" / "reference.md"


class Stain(Spec):
    """A stain."""

    depth: Annotated[float, Field(gt=0)] = Field(2.5, description="how deep, ``|a|``\nin mm")
    kind: Literal["ink", "oil"] | None = Field(None, description="of what")


class Wiper(Protocol):
    """Wipes, with ``hard`` or soft cloths."""

    @property
    def cloths(self) -> Mapping[str, int]:
        """How many there are."""

    def __call__(self, stain: Stain, *, hard: bool = False) -> None:
        """Wipe once."""

    def rinse(self) -> int:
        """Count drops.

        There may be none.
        """

    def _hidden(self) -> None: ...


@dataclass
class Spill:
    """What was spilt.

    Where it is, is unknown.

    Args:
        volume: in ml, which
            may be 0.
        fluid: its name.

    Raises:
        ValueError: never.
    """

    volume: float
    fluid: str

    @cached_property
    def weight(self) -> float:
        """In ``g``."""
        return self.volume


def test_a_field_has_its_type_its_default_and_its_meaning() -> None:
    assert fields_table(Stain).splitlines() == [
        "| field | type | default | meaning |",
        "|---|---|---|---|",
        "| `name` | str | required | unique among the specs of one kind |",
        r"| `depth` | float > 0 | `2.5` | how deep, `\|a\|` in mm |",
        '| `kind` | `"ink"` or `"oil"` or None | `None` | of what |',
    ]


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string", "pattern": "^x$"}, "str"),
        ({"type": "integer", "minimum": 1}, "int ≥ 1"),
        ({"type": "array", "items": {"type": "string"}, "minItems": 1}, "tuple of str, not empty"),
        ({"type": "array", "items": {"$ref": "#/$defs/Metric"}}, "tuple of `Metric`"),
        ({"type": "string", "enum": ["a", "b", "c"]}, '`"a"`, `"b"` or `"c"`'),
    ],
)
def test_a_type_is_said_in_words(schema: dict[str, Any], words: str) -> None:
    assert type_of(schema) == words


def test_a_schema_without_words_is_an_error() -> None:
    with pytest.raises(ValueError, match="no words for the schema"):
        type_of({"const": 3})


def test_a_contract_lists_the_members_that_are_asked_for() -> None:
    assert contract(Wiper).splitlines() == [
        "### Wiper",
        "",
        "Wipes, with `hard` or soft cloths.",
        "",
        "- `cloths: Mapping[str, int]`: How many there are.",
        "- `(stain: Stain, *, hard: bool = False) -> None`: Wipe once.",
        "- `rinse() -> int`: Count drops.",
        "",
        "  There may be none.",
    ]


def test_data_lists_what_it_holds_and_what_it_computes() -> None:
    assert data(Spill).splitlines() == [
        "### Spill",
        "",
        "What was spilt.",
        "",
        "Where it is, is unknown.",
        "",
        "| holds | type | meaning |",
        "|---|---|---|",
        "| `volume` | `float` | in ml, which may be 0. |",
        "| `fluid` | `str` | its name. |",
        "| `weight` | `float` | In `g`. |",
    ]


def test_the_page_is_what_the_code_gives() -> None:
    fresh = reference()
    assert PAGE.read_text(encoding="utf-8") == fresh, "write it anew: mendkit plugins reference > docs/reference.md"
    assert CliRunner().invoke(app, ["reference"]).stdout == fresh


def test_each_hook_each_field_and_each_contract_is_described() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^### mendkit_(\w+)$", page, re.MULTILINE) == list(KINDS)
    assert "|  |" not in page, "a field without a description"
    assert {name for name, kind in KINDS.items() if issubclass(kind.spec, ComponentSpec)} == set(CONTRACTS)

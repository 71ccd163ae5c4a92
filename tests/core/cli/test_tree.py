from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from mendkit.cli.tree import Facts, Family, drawn_tree
from mendkit_registry import DefectGroup, DefectType


def group(name: str, description: str = "") -> DefectGroup:
    return DefectGroup(name=name, title=name.capitalize(), description=description)


def task(name: str, description: str = "") -> DefectType:
    return DefectType(name=name, title=f"Title of {name}", supervision="paired", description=description)


FAMILIES: list[Family] = [
    (group("mark", "What lies over the product"), (task("mark.logo"), task("mark.text", "Words that somebody wrote"))),
    (group("empty"), ()),
    (group("view"), (task("view.tilted"),)),
]
FACTS: dict[str, Facts] = {
    "mark.logo": ("logo", "paired", "synthesizer", "plugin one"),
    "mark.text": ("text", "semi_paired", "no synthesizer", "plugin another"),
    "view.tilted": ("tilted", "paired", "synthesizer", "plugin one"),
}


def test_each_group_is_a_branch_with_its_tasks_in_columns() -> None:
    assert list(drawn_tree(FAMILIES, FACTS, Console(file=StringIO(), width=80))) == [
        "3 tasks in 3 groups",
        "├── mark  What lies over the product",
        "│   ├── logo    paired       synthesizer     plugin one",
        "│   │   Title of mark.logo",
        "│   └── text    semi_paired  no synthesizer  plugin another",
        "│       Words that somebody wrote",
        "├── empty  Empty",
        "└── view  View",
        "    └── tilted  paired       synthesizer     plugin one",
        "        Title of view.tilted",
    ]


def test_descriptions_are_folded_between_words_and_facts_are_not() -> None:
    lines = "\n".join(drawn_tree(FAMILIES[:1], FACTS, Console(file=StringIO(), width=30))).splitlines()
    assert lines[1:3] == ["└── mark  What lies over the", "    product"]
    assert lines[-3:] == [
        "    └── text    semi_paired  no synthesizer  plugin another",
        "        Words that somebody",
        "        wrote",
    ]


@pytest.mark.parametrize("width", [24, 40, 79])
def test_folding_loses_no_letter_and_breaks_what_is_too_long(width: int) -> None:
    about = f"{'long' * 30} and then some  words"
    families = [(group("mark"), (task("mark.logo", about),))]
    _, _, _, below = drawn_tree(families, {"mark.logo": FACTS["mark.logo"]}, Console(file=StringIO(), width=width))
    assert below.replace("\n", "").replace(" ", "") == about.replace(" ", "")
    assert max(map(len, below.splitlines())) == max(width, 8 + 20)


def test_styles_are_for_consoles_that_have_them() -> None:
    coloured = Console(file=StringIO(), width=80, force_terminal=True, color_system="standard", no_color=False)
    lines = list(drawn_tree(FAMILIES, FACTS, coloured))
    assert lines[2].startswith("\x1b[2m│   ├── \x1b[0m\x1b[1;36mlogo    \x1b[0mpaired")
    assert "\x1b[32msynthesizer     \x1b[0mplugin one" in lines[2]
    assert lines[3] == "\x1b[2m│   │   Title of mark.logo\x1b[0m"


def test_a_console_without_unicode_gets_plain_guides() -> None:
    class Ascii(StringIO):
        encoding = "ascii"

    lines = list(drawn_tree(FAMILIES, FACTS, Console(file=Ascii(), width=80)))
    assert lines[1:3] == [
        "+-- mark  What lies over the product",
        "|   +-- logo    paired       synthesizer     plugin one",
    ]

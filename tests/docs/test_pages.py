"""What the pages say, compared with the code: links, tables of hooks and terms, flags, settings, the tree of files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mendkit.cli.app import import_command
from mendkit.config import RunConfig
from mendkit.losses import CORE_TERMS, Role
from mendkit_registry import hookspecs
from mendkit_registry.discovery import KINDS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
LINK = re.compile(r"\]\((?!https?:)(?P<target>[^)\s#]*)(?:#(?P<anchor>[^)\s]*))?\)")
TREE_LINE = re.compile(r"^(?P<indent> *)(?P<name>[\w./]+)(?:  .*)?$")


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def table(page: str, first: str) -> list[list[str]]:
    """The rows of the table whose first column has the header ``first``; cells without their backticks."""
    found = re.search(rf"^\| {first} \|.*\n\|[-| ]+\|\n((?:\|.*\n)+)", read(page), re.MULTILINE)
    assert found, f"{page} has no table that begins with {first!r}"
    return [[cell.strip().strip("`") for cell in line.split("|")[1:-1]] for line in found[1].splitlines()]


def block(page: str, language: str, heading: str) -> str:
    """The first block of that language below a heading."""
    below = read(page).partition(f"# {heading}\n")[2]
    return below.partition(f"```{language}\n")[2].partition("```")[0]


COMPLETE_FILE = block("training.md", "toml", "A file")
DEFAULTS = RunConfig().model_dump(mode="json")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.finditer(page.read_text(encoding="utf-8")):
        target = page.parent / link["target"] if link["target"] else page
        assert target.exists(), f"{page.name}: {link[0]}"
        assert not link["anchor"] or link["anchor"] in set(anchors(target)), f"{page.name}: {link[0]}"


def anchors(page: Path) -> Iterator[str]:
    """Those that GitHub gives to the headings."""
    for heading in re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_the_index_links_each_page_once() -> None:
    linked = [link["target"] for link in LINK.finditer(read("README.md")) if "/" not in link["target"]]
    assert sorted(linked) == sorted(page.name for page in DOCS.glob("*.md") if page.name != "README.md")


def test_each_hook_is_documented_with_what_it_yields() -> None:
    specs = {f"mendkit_{kind}": spec.__name__ for kind, spec in KINDS.items()}
    assert {name for name in vars(hookspecs) if name.startswith("mendkit_")} == set(specs)
    assert {row[0]: row[1] for row in table("tasks-and-plugins.md", "hook")} == specs


def described(role: Role | None) -> list[str]:
    return [f"{role.weight:g}", role.applies] if role else ["0", ""]


def test_the_weights_of_the_terms_are_those_of_the_code() -> None:
    weights = {term.name: [*described(term.composite), *described(term.regenerate)] for term in CORE_TERMS}
    assert {row[0]: row[2:] for row in table("training.md", "term")} == weights


def test_each_flag_of_train_is_documented() -> None:
    flags = {flag for parameter in import_command("train").params for flag in parameter.opts}
    assert flags <= set(re.findall(r"--[a-z]+", read("training.md")))


@pytest.mark.parametrize("section", ["data", "model", "training"])
def test_the_complete_file_has_each_setting(section: str) -> None:
    uncommented = re.sub(r"^# (?=\w+ = )", "", COMPLETE_FILE, flags=re.MULTILINE)
    assert set(tomllib.loads(uncommented)[section]) == set(DEFAULTS[section])


@pytest.mark.parametrize("section", ["model", "training"])
def test_the_complete_file_has_the_defaults(section: str) -> None:
    stated = tomllib.loads(COMPLETE_FILE)[section]
    assert stated == {name: DEFAULTS[section][name] for name in stated}


def test_the_tree_of_files_is_that_of_the_code() -> None:
    listed = set(tree(block("architecture.md", "text", "Files")))
    files = {
        path.relative_to(ROOT)
        for root in ("registry", "core", "plugins")
        for path in (ROOT / root).rglob("*.py")
        if path.stat().st_size and path.name != "__init__.py"
    }
    assert sorted(str(path) for path in listed if not (ROOT / path).exists()) == []
    assert sorted(str(path) for path in files if not listed & {path, *leaves(path, listed)}) == []


def tree(text: str) -> Iterator[Path]:
    """The paths of an indented list."""
    above: list[str] = []
    for line in filter(None, map(TREE_LINE.match, text.splitlines())):
        above[len(line["indent"]) // 2 :] = [line["name"].rstrip("/")]
        yield Path(*above)


def leaves(path: Path, listed: set[Path]) -> set[Path]:
    """The folders above ``path`` of which the list names nothing that is inside."""
    return {folder for folder in path.parents if not any(folder in other.parents for other in listed)}

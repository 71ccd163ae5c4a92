"""What the pages say, compared with the code: links, tables of hooks and terms, flags, settings, the tree of files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mendkit import plugin as builtin
from mendkit.cli.app import import_command
from mendkit.config import read_config
from mendkit.presets import preset_names
from mendkit_registry import TableSpec, load
from mendkit_registry.kinds import KINDS

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
DEFAULTS = read_config().model_dump(mode="json")


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
    specs = {kind.hook: kind.spec.__name__ for kind in KINDS.values()}
    assert {row[0]: row[1] for row in table("tasks-and-plugins.md", "hook")} == specs


def test_the_terms_and_whom_they_are_for_are_those_of_the_code() -> None:
    terms = {spec.name: spec.applies for spec in builtin.mendkit_losses() if spec.role == "generators"}
    assert {row[0]: row[2] for row in table("training.md", "term")} == terms


def test_the_presets_and_their_weights_are_those_of_the_code() -> None:
    used = {name: read_config(None, {"preset": name}).losses for name in preset_names()}
    weights = {preset: {name: f"{term.weight:g}" for name, term in terms.items()} for preset, terms in used.items()}
    rows = {row[0]: dict(re.findall(r"(\w+)` ([\d.]+)", row[2])) for row in table("training.md", "preset")}
    assert rows == weights


def test_the_tables_of_bench_are_those_of_the_code() -> None:
    rows = {
        row[0]: [tuple(re.findall(r"[\w.]+", names)) for names in row[1:]] for row in table("benchmarks.md", "table")
    }
    assert rows == {name: [bench.tasks, bench.models] for name, bench in load()[TableSpec].items()}


def test_each_flag_of_bench_is_documented() -> None:
    flags = {flag for parameter in import_command("bench").params for flag in parameter.opts if flag.startswith("--")}
    assert flags == set(re.findall(r"--[a-z]+", " ".join(row[0] for row in table("benchmarks.md", "flag"))))


def test_each_flag_of_train_is_documented() -> None:
    flags = {flag for parameter in import_command("train").params for flag in parameter.opts}
    assert flags <= set(re.findall(r"--[a-z][a-z-]*", read("training.md")))


def test_each_flag_of_extend_is_documented() -> None:
    flags = {flag for parameter in import_command("extend").params for flag in parameter.opts if flag.startswith("--")}
    assert flags == set(re.findall(r"--[a-z]+", " ".join(row[0] for row in table("extending.md", "flag"))))


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

"""Runs the code of README.md and docs/*.md: each page from top to bottom, in a folder of its own.

How a page is read:

- a block below a line that is nothing but a file name and a colon, such as `run.toml`:, is that file; with a
  pyproject.toml among them, the files are installed as a distribution
- ``python`` blocks are executed, in one namespace a page
- ``bash`` blocks are commands; ``console`` blocks are commands after `$ `, each with what it prints below, where
  ``...`` stands for anything
- of these, `mendkit` is run in this process, its training cut short by further flags; `pip install -e FOLDER` installs
  into a folder of the page's own; `pytest FOLDER` is run, and other calls of pytest are not: they would run these tests
- ``toml`` blocks that are no files are configurations of a run
- set-up in front of a command, such as `pip install . && `, is taken as done
- `<!-- not run: reason -->` above a block says why none of this is done with it

A page begins with what getting-started.md leaves behind, photos and a first run, and with `shop/shoe.jpg`; README.md
makes its own run.
"""

from __future__ import annotations

import doctest
import importlib
import io
import json
import os
import re
import shlex
import shutil
import site
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch

from mendkit.cli import main
from mendkit.config import parse_config
from mendkit.data.images import write_image

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
GETTING_STARTED, PLUGINS = ROOT / "docs" / "getting-started.md", ROOT / "docs" / "tasks-and-plugins.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]

RUN_HERE = ("mendkit ", "pytest ", "pip install -e ./")
"""What commands of shell blocks may begin with."""
SHELL = {"bash", "console"}
CODE = {"python", *SHELL}
PROSE = {"", "text", "toml", "csv", "json"}
FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^`(?P<name>[\w./-]+)`:$")
SET_UP = re.compile(r"^(?:(?:\S*python3? -m venv|\S*pip install) [^&]*&& )+(?:\.venv/bin/)?")
SHORTENED = {
    "train": ["--size", "32", "--width", "8", "--images", "24"],
    "extend": ["--images", "8"],
    "bench": [
        *("--size", "32", "--width", "4", "--images", "8", "--set", "model.blocks=2"),
        *("--seeds", "0", "--models", "composite", "--limit", "2"),
    ],
    "demo": ["--size", "32", "--width", "8", "--images", "24", "--products", "20"],
}
"""Flags that go behind those of the page, and so win."""
NOT_RUN = re.compile(r"^<!-- not run: \S.*-->$")


@dataclass(frozen=True)
class Block:
    """A fenced block; ``above`` is the line before it that is not empty."""

    page: Path
    line: int
    language: str
    text: str
    above: str

    @property
    def file(self) -> str | None:
        match = FILE.match(self.above)
        return match["name"] if match else None

    @property
    def marked(self) -> bool:
        return NOT_RUN.match(self.above) is not None

    @property
    def runs(self) -> bool:
        return self.language in CODE and not self.file and not self.marked

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"

    def commands(self) -> Iterator[tuple[str, str]]:
        """Each command with what it prints, according to the page; empty if that does not say."""
        lines = self.text.replace("\\\n", " ").splitlines()
        if self.language == "bash":
            yield from ((SET_UP.sub("", line), "") for line in lines if line and not line.startswith("#"))
            return
        starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            yield lines[start].removeprefix("$ "), "\n".join(lines[start + 1 : end]).strip()


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    blocks = []
    for match in FENCE.finditer(text):
        before = text[: match.start()].splitlines()
        above = next((line for line in reversed(before) if line.strip()), "")
        blocks.append(Block(page, len(before) + 1, match["language"], match["text"], above))
    return blocks


BLOCKS = [block for page in PAGES for block in blocks_of(page)]


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What getting-started.md leaves behind."""
    folder = tmp_path_factory.mktemp("workshop")
    run_page(GETTING_STARTED, folder)
    write_image(folder / "shop" / "shoe.jpg", np.full((90, 120, 3), 200, np.uint8))
    return folder


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_code_of_a_page_runs(page: Path, workshop: Path, tmp_path: Path) -> None:
    if page != GETTING_STARTED:  # that one made the workshop
        own = shutil.ignore_patterns("runs") if page == README else None
        shutil.copytree(workshop, tmp_path, dirs_exist_ok=True, ignore=own)
        run_page(page, tmp_path)


def test_the_plugin_of_the_page_is_listed_when_it_is_installed(tmp_path: Path) -> None:
    write_files(blocks_of(PLUGINS), tmp_path)
    install(tmp_path)
    listed = subprocess.run(
        [sys.executable, "-m", "mendkit", "tasks", "--json"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    tasks = {task["name"]: task for group in json.loads(listed.stdout)["groups"] for task in group["tasks"]}
    assert tasks["surface.scratches"]["plugin"] == "surface"
    assert tasks["surface.scratches"]["synthesizers"] == ["surface.draw_scratches"]
    assert "background.watermark" in tasks
    assert listed.stderr == ""


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_block_is_run_or_says_why_not(block: Block) -> None:
    assert block.language in CODE | PROSE, f"label the block as one of {', '.join(sorted(CODE | PROSE))}"
    if block.language in SHELL and block.runs:
        others = [command for command, _ in block.commands() if not command.startswith(RUN_HERE)]
        assert not others, "this is not run here; put <!-- not run: reason --> above the block"
    if block.language not in CODE:
        assert not re.search(r"^(\$ |mendkit |pip )", block.text, re.MULTILINE), "label the block as bash or console"


NO_CONFIGURATIONS = ("pyproject.toml", "card.toml")


@pytest.mark.parametrize(
    "block", [b for b in BLOCKS if b.language == "toml" and b.file not in NO_CONFIGURATIONS], ids=str
)
def test_a_toml_block_is_a_configuration(block: Block) -> None:
    parse_config(tomllib.loads(block.text), origin=str(block))


def run_page(page: Path, folder: Path) -> None:
    """Write the files of the page, then run its code."""
    blocks = blocks_of(page)
    write_files(blocks, folder)
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("COLUMNS", "140")
        patch.setattr(sys, "path", sys.path.copy())
        if (folder / "pyproject.toml").exists():
            install(folder)
            patch.syspath_prepend(folder)
        try:
            run_blocks([block for block in blocks if block.runs])
        finally:
            forget_modules_in(folder)


def run_blocks(blocks: list[Block]) -> None:
    namespace: dict[str, object] = {"__name__": "page"}
    for block in blocks:
        if block.language == "python":
            # Empty lines in front, so that a traceback names the line of the page.
            exec(compile("\n" * block.line + block.text, str(block.page), "exec", dont_inherit=True), namespace)
        else:
            for command, expected in block.commands():
                run_command(block, command, expected)


def run_command(block: Block, command: str, expected: str) -> None:
    match shlex.split(command, comments=True):
        case ["mendkit", *_]:
            check_command(block, command, expected)
        case ["pip", "install", "-e", folder]:
            install_editable(Path(folder))
        case ["pytest", folder] if Path(folder).is_dir():
            run_tests(Path(folder))


def check_command(block: Block, command: str, expected: str) -> None:
    """Run ``mendkit ...`` in this process, which has imported torch already, and compare what it prints."""
    words = shlex.split(command, comments=True)
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(printed), redirect_stderr(printed):
        resumes = "--resume" in words  # a run that is resumed keeps its settings
        patch.setattr(sys, "argv", words + ([] if resumes else SHORTENED.get(words[1], [])))
        with pytest.raises(SystemExit) as exited:
            main()
    assert not exited.value.code, f"{block}: {command}\n{printed.getvalue()}"
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    same = not expected or doctest.OutputChecker().check_output(expected, printed.getvalue().strip(), flags)
    assert same, f"{block}: {command} prints\n{printed.getvalue()}"


def write_files(blocks: list[Block], folder: Path) -> None:
    for block in blocks:
        if block.file:
            path = folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")


def install(folder: Path) -> None:
    """What `pip install` would record of the pyproject.toml in ``folder``, written there."""
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    record = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    record.mkdir()
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    entries = [f"{name} = {module}" for name, module in project["entry-points"]["mendkit"].items()]
    (record / "entry_points.txt").write_text("\n".join(["[mendkit]", *entries, ""]))


def install_editable(folder: Path) -> None:
    """Have pip install into `site-packages` of the page, for this process to find; what tests run in stays as it is."""
    packages = Path("site-packages").absolute()
    # Without hatchling at hand, pip gets it for the build.
    at_hand = ["--no-build-isolation"] if find_spec("hatchling") else []
    flags = ["--quiet", "--no-deps", *at_hand, "--target", str(packages)]
    subprocess.run([sys.executable, "-m", "pip", "install", *flags, "-e", folder], check=True)
    site.addsitedir(str(packages))
    importlib.invalidate_caches()


def run_tests(folder: Path) -> None:
    """Run the tests of a distribution of the page, in a process that finds what the page has installed."""
    installed = [path for path in sys.path if Path(path).is_relative_to(Path.cwd())]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(installed)}
    subprocess.run([sys.executable, "-m", "pytest", "-q", folder], env=environment, check=True)


def forget_modules_in(folder: Path) -> None:
    for name, module in list(sys.modules.items()):
        # A package without an __init__.py has no file, but its folder is there.
        if str(getattr(module, "__file__", None) or "").startswith(str(folder)) or (folder / name).is_dir():
            del sys.modules[name]

"""``mendkit plugins``: begin a plugin, install it in an environment of its own, use it; and the table of its checks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

from mendkit.authoring.writing import rendered
from mendkit.cli.console import stdout
from mendkit.cli.plugins import app, plugin_remarks, plugins_table
from mendkit.data.images import write_image
from mendkit.testing.checks import Finding
from mendkit_registry import Plugin, compose, load, plugin_from

Python = Callable[..., str]

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def environment(tmp_path: Path) -> Python:
    """``python`` of a new virtual environment, which sees all that is installed here, in a folder of its own."""
    folder, work = tmp_path / "environment", tmp_path / "work"
    venv.create(folder, symlinks=os.name != "nt")
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "installed_here.pth").write_text("\n".join(path for path in sys.path if Path(path).is_dir()))
    work.mkdir()

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [folder / "bin" / "python", *arguments],
            cwd=work,
            env=os.environ | {"COLUMNS": "120", "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return run


def test_a_new_plugin_is_installed_listed_tested_and_trained(environment: Python, tmp_path: Path) -> None:
    run, work = environment, tmp_path / "work"
    assert "pip install -e ./mendkit-scratches" in run("-m", "mendkit", "plugins", "new", "scratches")
    # Without hatchling at hand, pip gets it for the build.
    at_hand = ["--no-build-isolation"] if find_spec("hatchling") else []
    run("-m", "pip", "install", "--quiet", *at_hand, "-e", "./mendkit-scratches")

    (group,) = json.loads(run("-m", "mendkit", "tasks", "scratches", "--json"))["groups"]
    (task,) = group["tasks"]
    assert (task["name"], task["plugin"]) == ("scratches.marks", "scratches")
    assert all(len(task[kind]) == 1 for kind in ("synthesizers", "losses"))
    assert task["evaluators"] == ["mendkit.distances", "mendkit.pixels", "scratches.residue"]

    tested = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "./mendkit-scratches")
    assert " passed" in tested and " skipped" not in tested

    for index in range(12):
        image = np.full((32, 32, 3), 255, np.uint8)
        image[8:24, 6:26] = 20 * index
        write_image(work / "photos" / "clean" / f"{index}.png", image)
    tiny = ["--size", "32", "--width", "4", "--set", "model.blocks=2", "--set", "training.log_images=8"]
    budget = ["--images", "16", "--batch", "4", "--device", "cpu", "--out", "runs/scratched"]
    run("-m", "mendkit", "train", "--data", "photos", "--tasks", "scratches.*", *budget, *tiny)
    metrics = (work / "runs" / "scratched" / "metrics.jsonl").read_text()
    assert "scratches.defect_error" in metrics


def test_a_taken_name_is_one_message_and_nothing_is_written(tmp_path: Path) -> None:
    refused = CliRunner().invoke(app, ["new", "background", "--out", str(tmp_path)])
    assert "'background' is the name of the installed plugin 'background'" in str(refused.exception)
    assert list(tmp_path.iterdir()) == []


def test_the_next_steps_are_printed_with_the_place(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["new", "scratches", "--type", "hairline", "--out", str(tmp_path / "my plugins")])
    assert done.exit_code == 0 and "a plugin for scratches.hairline" in done.stdout
    assert f"  pip install -e '{tmp_path}/my plugins/mendkit-scratches'" in done.stdout


def test_warnings_and_errors_are_whole_lines_below_the_table() -> None:
    loud = Plugin("loud", "loud", "1", "loud", remarks=("prints while it is listed",))
    broken = Plugin("cut", "cut", "1", "cut", error=f"{'/long' * 60}.py: no such module")
    table = plugins_table([loud, broken])
    assert [[str(cell) for cell in column.cells] for column in table.columns][3:] == [
        ["warning", "broken"],
        ["nothing", "nothing"],
    ]
    with (console := stdout).capture() as capture:
        console.print(table, *plugin_remarks([loud, broken]), sep="\n")
    assert capture.get().endswith(f"loud: prints while it is listed\ncut: {'/long' * 60}.py: no such module\n")


@pytest.mark.parametrize(("problem", "status"), [(None, 0), ("made two different pairs", 1)])
def test_the_check_is_a_table_with_the_remedy_of_each_fault(
    monkeypatch: pytest.MonkeyPatch, problem: str | None, status: int
) -> None:
    findings = [
        Finding("light.haze", "names a factory", None, "name one"),
        Finding("light.haze", "repeats itself", problem, "draw from `rng`"),
    ]
    monkeypatch.setattr("mendkit.testing.conformance.check_plugin", lambda name: findings if name == "light" else [])
    checked = CliRunner().invoke(app, ["check", "light"], env={"COLUMNS": "120"})
    assert checked.exit_code == status
    assert f"{2 - status} of 2 checks passed" in checked.stdout
    row = next(line for line in checked.stdout.splitlines() if "repeats itself" in line)
    assert row.rstrip().endswith("faulty" if problem else "ok")
    fault = f"light.haze repeats itself: {problem}\n  draw from `rng`\n"
    assert (fault in checked.stdout) == (problem is not None)


def test_a_check_remarks_on_the_description_of_the_template(monkeypatch: pytest.MonkeyPatch) -> None:
    module = SimpleNamespace()
    exec(dict(rendered("dust", "specks"))[Path("mendkit_dust/plugin.py")], module.__dict__)
    registry = compose([plugin_from(module, "dust"), *load().plugins])
    monkeypatch.setattr("mendkit.testing.conformance.check_plugin", lambda name: [])
    monkeypatch.setattr("mendkit.cli.plugins.load", lambda: registry)
    remark = "dust: the group still has the description of the template"
    assert remark in CliRunner().invoke(app, ["check", "dust"]).stdout
    assert remark not in CliRunner().invoke(app, ["check", "background"]).stdout


def test_without_a_sub_command_the_plugins_are_listed() -> None:
    for arguments in ([], ["list"], ["--strict"]):
        listed = CliRunner().invoke(app, arguments, env={"COLUMNS": "150"})
        assert listed.exit_code == 0 and "tasks: background.non_white, background.watermark" in listed.stdout

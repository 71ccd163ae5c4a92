"""``mendkit tasks`` and ``mendkit plugins``: what they print, and that they stay light."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import mendkit
import mendkit_registry
from mendkit_registry import (
    DefectGroup,
    DefectType,
    EvaluatorSpec,
    LossSpec,
    Metric,
    Plugin,
    Registry,
    SynthesizerSpec,
    compose,
)

Mendkit = Callable[..., subprocess.CompletedProcess[str]]

BROKEN = "raise RuntimeError('no [bold]licence[/bold] found')"


@pytest.fixture
def mendkit_command(tmp_path: Path) -> Mendkit:
    """``python -m mendkit`` in a process of its own, with the plugins of ``tmp_path`` beside those installed."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "mendkit", *arguments],
            env=os.environ | {"PYTHONPATH": str(tmp_path), "COLUMNS": "120"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def broken_plugin(tmp_path: Path) -> None:
    (tmp_path / "unlicensed.py").write_text(BROKEN)
    record = tmp_path / "unlicensed-0.3.dist-info"
    record.mkdir()
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: unlicensed-defects\nVersion: 0.3\n")
    (record / "entry_points.txt").write_text("[mendkit]\nunlicensed = unlicensed\n")


@pytest.mark.parametrize("command", ["tasks", "tasks --json", "tasks show background.watermark", "plugins", "models"])
def test_listing_imports_nothing_heavy(command: str) -> None:
    lines = f"""
import sys
sys.argv = ["mendkit", *{command.split()!r}]
from mendkit.cli import main
try:
    main()
except SystemExit as exited:
    assert not exited.code
heavy = {{"torch", "torchvision", "numpy", "cv2", "PIL", "timm", "torchmetrics"}} & sys.modules.keys()
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", lines], check=True, stdout=subprocess.DEVNULL)


def test_the_tree_has_every_group_and_task_with_its_facts(mendkit_command: Mendkit) -> None:
    shown = mendkit_command("tasks")
    assert shown.returncode == 0 and shown.stderr == ""
    (line,) = [line for line in shown.stdout.splitlines() if "watermark" in line.split()[2:3] + line.split()[1:3]]
    assert line.split()[-5:] == ["watermark", "semi_paired", "synthesizer", "plugin", "background"]
    assert "├── background" in shown.stdout and "└── viewpoint" in shown.stdout


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([], {"background.non_white", "background.watermark", "color.cast", "viewpoint.wrong_angle"}),
        (["viewpoint"], {"viewpoint.wrong_angle"}),
        (["*mark", "viewpoint.*"], {"background.watermark", "viewpoint.wrong_angle"}),
        (["list", "*_w*", "*.w*k"], {"background.non_white", "background.watermark"}),
        (["*"], {"background.non_white", "background.watermark", "color.cast", "viewpoint.wrong_angle"}),
        (["style", "*.facades"], {"style.monet2photo", "style.vangogh2photo", "segmentation.facades"}),
    ],
)
def test_filters_are_tasks_groups_or_globs(mendkit_command: Mendkit, filters: list[str], expected: set[str]) -> None:
    groups = json.loads(mendkit_command("tasks", *filters, "--json").stdout)["groups"]
    assert {task["name"] for group in groups for task in group["tasks"]} == expected
    assert all(group["tasks"] for group in groups)


def test_json_may_be_asked_for_before_the_filters(mendkit_command: Mendkit) -> None:
    (group,) = json.loads(mendkit_command("tasks", "--json", "viewpoint").stdout)["groups"]
    assert group["name"] == "viewpoint" and group["plugin"] == "viewpoint"
    (task,) = group["tasks"]
    assert task["geometric"] is True and task["supervision"] == "paired"
    assert task["synthesizers"] and task["losses"] == [] and task["plugin"] == "viewpoint"


def test_what_matches_nothing_is_one_line_with_the_nearest_names(mendkit_command: Mendkit) -> None:
    for command in (["tasks", "backgrund"], ["tasks", "show", "background.watermak"]):
        failed = mendkit_command(*command)
        assert failed.returncode == 1 and failed.stdout == ""
        assert failed.stderr.startswith("mendkit: no task") and failed.stderr.count("\n") == 1
        assert "nearest: background" in failed.stderr


@pytest.mark.parametrize(
    ("command", "hint"), [("tusks", "nearest: tasks"), ("tasks --jsn", "--jsn"), ("correct", "Missing argument")]
)
def test_a_wrong_command_line_has_exit_status_2(mendkit_command: Mendkit, command: str, hint: str) -> None:
    failed = mendkit_command(*command.split())
    assert failed.returncode == 2
    assert hint in failed.stderr and "Traceback" not in failed.stderr


def test_the_version_is_that_of_the_package(mendkit_command: Mendkit) -> None:
    assert mendkit_command("--version").stdout == f"mendkit {mendkit.__version__}\n"


def test_help_has_a_line_for_every_command(mendkit_command: Mendkit) -> None:
    shown = mendkit_command("--help")
    assert shown.returncode == 0
    starts = [line.strip("│ ").split()[:1] for line in shown.stdout.splitlines()]
    for command in ("tasks", "plugins", "data", "train", "evaluate", "correct", "show", "demo"):
        assert [command] in starts


@pytest.mark.usefixtures("broken_plugin")
def test_a_broken_plugin_is_a_row_and_only_strict_makes_it_a_failure(mendkit_command: Mendkit) -> None:
    listed = mendkit_command("plugins")
    assert listed.returncode == 0
    row, reason = [line for line in listed.stdout.splitlines() if line.startswith("unlicensed")]
    assert "0.3" in row and "unlicensed-defects" in row and "broken" in row
    assert reason.startswith("unlicensed: ") and "[bold]licence[/bold]" in reason  # as it is, not as markup
    assert mendkit_command("plugins", "--strict").returncode == 1
    tasks = mendkit_command("tasks")
    assert tasks.returncode == 0 and "watermark" in tasks.stdout
    assert "mendkit plugins" in tasks.stderr


def test_a_working_plugin_is_a_row_with_what_it_contributes(mendkit_command: Mendkit) -> None:
    listed = mendkit_command("plugins", "--strict")
    assert listed.returncode == 0
    (line,) = [line for line in listed.stdout.splitlines() if line.startswith("viewpoint")]
    assert line.split()[:4] == ["viewpoint", mendkit.__version__, "mendkit", "ok"]
    assert "tasks: viewpoint.wrong_angle" in listed.stdout and "samples: samples.products" in listed.stdout


@pytest.fixture
def registry() -> Registry:
    task, tasks = DefectType(name="a.b", title="B", supervision="unpaired"), ("a.b",)
    specs = {
        "groups": (DefectGroup(name="a", title="A"), DefectGroup(name="empty", title="Nothing yet")),
        "tasks": (task,),
        "losses": (LossSpec(name="x.loss", tasks=tasks, factory="m:C", weight=2.5, every=4, options={"p": 1}),),
        "evaluators": (
            EvaluatorSpec(name="x.score", tasks=("other.*",), factory="m:C"),
            EvaluatorSpec(
                name="x.likeness",
                tasks=("*",),
                factory="m:C",
                metrics=tuple(Metric(name=name, title=name, better="higher") for name in ("ssim", "psnr")),
            ),
        ),
        "synthesizers": (SynthesizerSpec(name="x.make", tasks=("*",), factory="m:C", resources=("rooms",)),),
    }
    return compose([Plugin("x", "x-dist", "1", "x", specs)])


def test_a_task_is_shown_with_the_components_that_are_for_it_and_their_settings(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from mendkit.cli import tasks

    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setattr(tasks, "load", lambda: registry)
    tasks.show_task("a.b")
    shown = capsys.readouterr().out
    assert "unpaired" in shown and "no, pixels stay in place" in shown and "x-dist 1" in shown
    assert "x.loss" in shown and "weight=2.5, every=4, p=1" in shown
    assert "x.likeness" in shown and "metrics=ssim psnr" in shown
    assert "x.make" in shown and "resources=rooms" in shown
    assert [line.split()[0] for line in shown.splitlines() if " x." in line] == ["synthesizer", "loss", "evaluator"]


def test_a_group_without_tasks_is_listed_unless_a_filter_leaves_it_out(registry: Registry) -> None:
    from mendkit.cli.tasks import chosen_families

    assert [group.name for group, _ in chosen_families(registry, None)] == ["a", "empty"]
    assert [group.name for group, _ in chosen_families(registry, ["a"])] == ["a"]


def test_a_registry_without_plugins_is_an_empty_tree(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from mendkit.cli import tasks

    monkeypatch.setattr(tasks, "load", lambda: compose([]))
    tasks.list_tasks()
    assert "0 tasks in 0 groups" in capsys.readouterr().out


def test_the_registry_from_python_has_what_the_command_lists(mendkit_command: Mendkit) -> None:
    groups = json.loads(mendkit_command("tasks", "--benchmarks", "--json").stdout)["groups"]
    assert [task["name"] for group in groups for task in group["tasks"]] == list(mendkit_registry.load().tasks)


def test_published_sets_are_listed_only_on_request(mendkit_command: Mendkit) -> None:
    usual, with_benchmarks = (mendkit_command("tasks", *flags).stdout for flags in ([], ["--benchmarks"]))
    assert "4 tasks in 3 groups" in usual and "colorization" not in usual and "published" not in usual
    (line,) = [line for line in with_benchmarks.splitlines() if "horse2zebra" in line]
    assert line.split()[-6:] == ["horse2zebra", "unpaired", "published", "set", "plugin", "benchmarks"]


def test_a_task_of_a_published_set_is_shown_with_the_place_to_get_it(mendkit_command: Mendkit) -> None:
    shown = mendkit_command("tasks", "show", "color.horse2zebra").stdout
    assert "published set  horse2zebra, from http://" in shown and "horse2zebra.zip" in shown

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import typer
from typer.testing import CliRunner

from mendkit.cli.correct import correct
from mendkit.contracts import Image
from mendkit.correction.jobs import RefusedError
from mendkit.data.images import read_image, write_image
from mendkit.errors import MendkitError
from mendkit.files import only_writer
from mendkit_registry import UnknownNameError

MANY = 40
"""Photos, of which some are still to do when it is stopped."""

Command = Callable[..., Any]


@pytest.fixture
def command(run: Path, tmp_path: Path) -> Command:
    """``mendkit correct`` with the run of the tests, on the CPU, into ``out``; raises what is not an exit."""
    app = typer.Typer()
    app.command()(correct)

    def invoke(*arguments: object, task: str = "stain.paired", out: Path = tmp_path / "out") -> Any:
        options = ["--task", task, "--model", run, "--out", out, "--device", "cpu"]
        result = CliRunner().invoke(app, list(map(str, [*arguments, *options])))
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


def test_a_rerun_skips_what_is_done_and_another_task_does_it_again(command: Command, photos: Path) -> None:
    assert "3 mended, 0 already done, 0 failed" in command(photos).output
    assert "0 mended, 3 already done, 0 failed" in command(photos).output
    again = command(photos, task="turn.tilted").output
    assert "3 mended (3 again" in again
    assert "0 mended, 3 already done" in command(photos, task="turn.tilted").output


def test_failures_are_listed_and_make_the_exit_status_1(command: Command, photos: Path) -> None:
    (photos / "torn.jpg").write_bytes(b"\xff\xd8\xff")
    result = command(photos)
    assert result.exit_code == 1
    assert "torn.jpg" in result.output and "3 mended, 0 already done, 1 failed" in result.output
    retried = command(photos)
    assert retried.exit_code == 1 and "0 mended, 3 already done, 1 failed" in retried.output


def test_the_format_may_be_given_with_or_without_its_dot(command: Command, photos: Path, tmp_path: Path) -> None:
    for number, given in enumerate(("webp", ".WEBP")):
        command(photos / "a.png", "--format", given, out=tmp_path / f"out{number}")
        assert read_image(tmp_path / f"out{number}" / "a.webp").shape == (40, 60, 3)


def test_nothing_but_the_report_is_printed_where_there_is_no_terminal(command: Command, photos: Path) -> None:
    assert command(photos).stderr.splitlines()[0].startswith("3 mended")


def test_explanations_go_to_their_own_folder(command: Command, photos: Path, tmp_path: Path) -> None:
    command(photos, "--explain", tmp_path / "maps")
    assert {path.name for path in (tmp_path / "maps").rglob("*.png")} == {"a.png.png", "b.png.png", "c.png.png"}


def contents(folder: Path) -> dict[Path, tuple[bytes, int]]:
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def test_photos_are_never_changed(command: Command, photos: Path) -> None:
    before = contents(photos)
    command(photos)
    with pytest.raises(RefusedError):
        command(photos, out=photos)
    assert contents(photos) == before


def test_a_task_that_the_model_does_not_know_is_refused(command: Command, photos: Path, tmp_path: Path) -> None:
    with pytest.raises(MendkitError, match=r"nearest: stain\.paired"):
        command(photos, task="stain.pared")
    assert not (tmp_path / "out").exists()


def test_references_that_the_model_has_no_use_for_are_refused(command: Command, photos: Path) -> None:
    with pytest.raises(RefusedError, match=r"takes no references for stain\.paired; leave out"):
        command(photos, "--references", photos)


def test_results_of_another_folder_are_not_replaced(command: Command, photos: Path, tmp_path: Path) -> None:
    command(photos)
    before = contents(tmp_path / "out")
    other = tmp_path / "other"
    shutil.copytree(photos, other)
    with pytest.raises(RefusedError, match="choose another output folder") as refused:
        command(other)
    assert str(photos / "a.png") in str(refused.value) and str(other / "a.png") in str(refused.value)
    assert contents(tmp_path / "out") == before


def test_the_longest_names_are_explained_and_found_again(command: Command, photos: Path, tmp_path: Path) -> None:
    (photos / "a.png").rename(photos / f"{'x' * 251}.png")
    for expected in ("3 mended, 0 already done, 0 failed", "0 mended, 3 already done, 0 failed"):
        assert expected in command(photos, "--explain", tmp_path / "maps").output


def test_what_is_left_out_is_said(command: Command, photos: Path) -> None:
    (photos / "a.heic").touch()
    frames = [PIL.Image.new("L", (20, 20), level) for level in (0, 200)]
    frames[0].save(photos / "d.gif", save_all=True, append_images=frames[1:])
    for output in (command(photos).stderr, command(photos, "--format", "webp").stderr):
        assert "4 mended" in output and "1 of them animated" in output and "1 file left out: .heic 1" in output


def test_a_program_is_told_what_came_of_each_photo(command: Command, photos: Path, tmp_path: Path) -> None:
    (photos / "a.heic").touch()
    command(photos / "b.png")
    (photos / "torn.jpg").write_bytes((photos / "a.png").read_bytes()[:200])
    result = command(photos, "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["counts"] == {"mended": 2, "already_done": 1, "failed": 1, "left_out": 1, "first_frame_only": 0}
    states = {Path(photo["source"]).name: photo["state"] for photo in document["photos"]}
    assert states == {"a.png": "mended", "b.png": "already done", "c.png": "mended", "torn.jpg": "failed"}
    assert all(bool(photo["output"]) != bool(photo["error"]) for photo in document["photos"])


def test_an_output_folder_that_cannot_be_written_is_refused_in_words(
    command: Command, photos: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MendkitError, match=r"out: cannot be written: Not a directory; .* choose another folder"):
        command(photos, out=tmp_path / "file" / "out")


def test_a_folder_to_which_another_process_writes_is_refused(command: Command, photos: Path, tmp_path: Path) -> None:
    for folder in (tmp_path / "out", tmp_path / "maps"):
        with only_writer(folder), pytest.raises(MendkitError, match="another process is writing here"):
            command(photos, "--explain", tmp_path / "maps")
    assert "3 mended" in command(photos, "--explain", tmp_path / "out").output


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_stopped_in_the_middle_and_run_again_nothing_is_lost(
    command: Command, run: Path, tmp_path: Path, noise: Callable[[int, int], Image], stop: signal.Signals
) -> None:
    photos, out = tmp_path / "many", tmp_path / "killed"
    for index in range(MANY):
        write_image(photos / f"{index:03}.png", np.roll(noise(300, 400), index, axis=1))
    arguments = [photos, "--task", "turn.tilted", "--model", run, "--out", out, "--batch", 2, "--device", "cpu"]
    process = subprocess.Popen(
        [sys.executable, "-m", "mendkit", "correct", *map(str, arguments)],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stderr=subprocess.PIPE,
        # What a shell starts in the background ignores SIGINT, and so would all that the tests start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    deadline = time.monotonic() + 60
    while len(list(out.glob("[0-9]*.png"))) < 5 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(stop)
    said = process.communicate()[1].decode()
    assert process.returncode == (-stop if stop == signal.SIGKILL else 130), "it was too fast to be stopped"
    if stop != signal.SIGKILL:
        assert "the same command goes on from here" in said and "Traceback" not in said
        assert not list(out.glob(".*.tmp"))
    written = {path: path.read_bytes() for path in out.glob("[0-9]*.png")}
    assert 5 <= len(written) < MANY

    result = command(photos, task="turn.tilted", out=out)
    assert result.exit_code == 0 and "0 failed" in result.output
    command(photos, task="turn.tilted", out=tmp_path / "unhurt")
    outputs = {path.name: path.read_bytes() for path in out.glob("[0-9]*.png")}
    assert outputs == {path.name: path.read_bytes() for path in (tmp_path / "unhurt").glob("*.png")}
    assert len(outputs) == MANY and all(outputs[path.name] == content for path, content in written.items())


def test_without_a_model_the_default_of_the_task_is_used_and_said(
    ship: Callable[..., Path], photos: Path, tmp_path: Path
) -> None:
    ship(rank=1000)
    app = typer.Typer()
    app.command()(correct)
    arguments = [str(photos), "--task", "stain.paired", "--out", str(tmp_path / "out"), "--device", "cpu"]
    first, *others = CliRunner().invoke(app, arguments).stderr.splitlines()
    assert first == "model: tiny (for tests only); more: mendkit models show tiny"
    assert others[0].startswith("3 mended")
    (ship("second", rank=2000) / "card.json").write_text("{}")
    assert "plugin 'second'" in CliRunner().invoke(app, arguments).stderr
    named = CliRunner().invoke(app, [*arguments, "--model", "tiny"])
    assert named.stderr.splitlines() == ["0 mended, 3 already done, 0 failed: " + str(tmp_path / "out")]
    unknown = CliRunner().invoke(app, [*arguments, "--model", "tinny"])
    assert "nearest: tiny" in str(unknown.exception)


def test_a_task_that_no_installed_model_mends_is_refused_before_anything_is_written(
    ship: Callable[..., Path], photos: Path, tmp_path: Path
) -> None:
    ship()
    app = typer.Typer()
    app.command()(correct)
    result = CliRunner().invoke(app, [str(photos), "--task", "stain.semi", "--out", str(tmp_path / "out")])
    assert isinstance(result.exception, UnknownNameError) and not (tmp_path / "out").exists()

"""What commands print: any name on any console, lines whole, and what the user can put right as one line."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from mendkit.cli.console import about_files, facts, stdout, table

LONG = "/a-rather-long-folder" * 12
ODD = ("[bold red]x[].png", ":shoe: [/].png", "caf\udce9.png", "<b>&amp;.png", f"{LONG}/x.png")


def printed_by(program: str, encoding: str) -> bytes:
    """The bytes that a program writes whose standard streams have that encoding."""
    place = {**os.environ, "PYTHONIOENCODING": encoding, "COLUMNS": "60"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env=place)
    return done.stdout


@pytest.mark.parametrize("name", ODD)
def test_names_are_printed_as_they_are_and_whole(name: str) -> None:
    with stdout.capture() as capture:
        stdout.print(f"report: {name}")
        stdout.print(facts([("tasks", "a\nb"), ("extends", name)]))
    assert capture.get() == f"report: {name}\ntasks    a\n         b\nextends  {name}\n"


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", "L1 in → out caf\\udce9.png 靴".encode()),
        ("cp1252", b"L1 in -> out caf\\udce9.png \\u9774"),
        ("ascii", b"L1 in -> out caf\\udce9.png \\u9774"),
    ],
)
def test_no_console_refuses_a_text(encoding: str, expected: bytes) -> None:
    program = (
        "import typer; from mendkit.cli.console import print_anything, stdout; print_anything(); "
        "text = 'L1 in \\u2192 out caf\\udce9.png \\u9774'; "
        "stdout.print(text); print(text, flush=True); typer.echo(text)"
    )
    assert printed_by(program, encoding).split(os.linesep.encode())[:2] == [expected, expected]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_a_message_with_any_name_is_one_line_and_exit_status_1(encoding: str) -> None:
    place = {**os.environ, "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "mendkit", "data", "check", b"caf\xe9-\xe9\x9d\xb4" + LONG.encode()]
    done = subprocess.run(command, capture_output=True, check=False, env=place)
    assert done.returncode == 1 and done.stderr.startswith(b"mendkit: ") and done.stderr.count(b"\n") == 1
    assert LONG.encode() in done.stderr


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "a.png"), "a.png: No space left on device; make room"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device; make room"),
        (OSError(errno.EROFS, "Read-only file system", b"caf\xe9"), "caf\udce9: Read-only file system; make room"),
        (PermissionError(errno.EACCES, "Permission denied", "out"), "out: Permission denied; make room"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "a"), "a: No such file or directory; check the"),
    ],
)
def test_what_is_wrong_with_files_is_said_with_the_remedy(error: OSError, message: str) -> None:
    assert (about_files(error) or "").startswith(message)


@pytest.mark.parametrize("error", [OSError("encoder error -2"), BrokenPipeError(errno.EPIPE, "Broken pipe"), OSError()])
def test_other_errors_of_the_system_keep_their_traceback(error: OSError) -> None:
    assert about_files(error) is None


def test_a_disk_that_takes_no_more_is_one_line(tmp_path: Path) -> None:
    program = (
        "import resource, sys; from mendkit.cli import main; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500)); "
        "sys.argv[:1] = 'mendkit data draw --count 2 --size 64 --out'.split(); main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "out"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    picture = tmp_path / "out" / "clean" / "product_0000.png"
    assert done.stderr.startswith(f"mendkit: {picture}: cannot be written: File too large; make room")
    assert done.stderr.count("\n") == 1
    assert not list((tmp_path / "out" / "clean").iterdir())


def test_a_file_in_the_place_of_a_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    command = [
        sys.executable,
        "-m",
        "mendkit",
        "data",
        "draw",
        "--count",
        "2",
        "--size",
        "32",
        "--out",
        tmp_path / "out",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (
        done.returncode == 1 and done.stderr.startswith(f"mendkit: {tmp_path / 'out'}") and done.stderr.count("\n") == 1
    )


def test_words_stay_whole_where_columns_can_be_narrow_enough_and_nothing_is_cut_elsewhere() -> None:
    rows = table("Task", "What")
    rows.add_row("background.overlay_watermark", "several short words in a row")
    for width, whole in ((40, True), (20, False)):
        console = Console(width=width)
        with console.capture() as captured:
            console.print(rows)
        printed = captured.get()
        assert ("background.overlay_watermark" in printed) is whole and "…" not in printed

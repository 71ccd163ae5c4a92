"""Files are written whole or not at all, and what goes wrong names the file that was to be written."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from mendkit.files import replacing, write_text


def test_what_utf8_lacks_is_written_as_an_escape(tmp_path: Path) -> None:
    write_text(tmp_path / "page.html", "<p>caf\udce9.png é</p>")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == "<p>caf\\udce9.png é</p>"


def test_an_error_of_the_disk_names_the_file_that_was_to_be_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left") as caught, replacing(tmp_path / "a.png"):
        raise OSError(errno.ENOSPC, "No space left on device")  # as a write to a full disk does, without a name
    assert caught.value.filename == str(tmp_path / "a.png")
    (tmp_path / "b.png").mkdir()
    with pytest.raises(IsADirectoryError) as caught, replacing(tmp_path / "b.png"):
        pass
    assert caught.value.filename == str(tmp_path / "b.png")
    assert [path.name for path in tmp_path.iterdir()] == ["b.png"]


def test_another_error_within_keeps_its_own_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught, replacing(tmp_path / "a.png"):
        (tmp_path / "gone").read_bytes()
    assert caught.value.filename == str(tmp_path / "gone")

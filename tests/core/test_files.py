from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from mendkit.errors import ConfigError, UnwritableError
from mendkit.files import Identity, exists, fitting_name, only_writer, replacing, write_text


def test_a_file_that_was_overwritten_in_place_has_another_identity(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"one")
    before = Identity.of(file)
    assert Identity.of(tmp_path / "." / "a") == before
    file.write_bytes(b"two")
    os.utime(file, ns=(0, before.mtime_ns + 1))
    assert Identity.of(file) != before and Identity.of(file).path == before.path


@pytest.mark.parametrize("name", ["gone", "x" * 300, "nul\0"])
def test_what_is_missing_or_cannot_exist_has_an_identity_and_is_absent(tmp_path: Path, name: str) -> None:
    assert Identity.of(tmp_path / name)[1:] == (0, 0)
    assert not exists(tmp_path / name)


def test_a_link_to_itself_has_an_identity(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    assert Identity.of(tmp_path / "loop")[1:] == (0, 0)


def test_a_name_that_fits_is_left_as_it_is() -> None:
    assert fitting_name("x" * 251, ".png") == "x" * 251 + ".png"


@pytest.mark.parametrize("letter", ["x", "é", "靴"])
def test_a_name_that_does_not_fit_is_cut_and_stays_unique(tmp_path: Path, letter: str) -> None:
    names = {fitting_name(letter * 252 + str(number), ".png") for number in range(20)}
    assert names == {fitting_name(letter * 252 + str(number), ".png") for number in range(20)}
    for name in names:
        (tmp_path / name).touch()
    assert len(list(tmp_path.iterdir())) == 20 and all(name.endswith(".png") for name in names)


def test_a_file_of_the_longest_name_can_be_written(tmp_path: Path) -> None:
    write_text(tmp_path / ("x" * 250 + ".json"), "text")
    write_text(tmp_path / ("x." + "y" * 253), "text")
    assert len(list(tmp_path.iterdir())) == 2


def test_what_utf8_lacks_is_written_as_an_escape(tmp_path: Path) -> None:
    write_text(tmp_path / "page.html", "<p>caf\udce9.png é</p>")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == "<p>caf\\udce9.png é</p>"


def test_a_full_disk_is_said_in_words_and_keeps_the_old_file(tmp_path: Path) -> None:
    write_text(tmp_path / "a", "old")
    said = r"a: cannot be written: No space left on device; make room"
    with pytest.raises(UnwritableError, match=said), replacing(tmp_path / "a"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert (tmp_path / "a").read_text() == "old" and len(list(tmp_path.iterdir())) == 1


def test_a_fault_of_what_is_written_is_not_taken_for_one_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="encoder error"), replacing(tmp_path / "a"):
        raise OSError("encoder error -2")


def test_a_file_in_the_place_of_a_folder_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnwritableError, match=r"a: cannot be written: "):
        write_text(tmp_path / "file" / "a", "text")
    with (
        pytest.raises(UnwritableError, match=r"folder: cannot be written: "),
        only_writer(tmp_path / "file" / "folder"),
    ):
        pass


def test_a_folder_has_one_writer_at_a_time(tmp_path: Path) -> None:
    with only_writer(tmp_path), pytest.raises(ConfigError, match="another process"), only_writer(tmp_path):
        pass
    with only_writer(tmp_path):
        pass

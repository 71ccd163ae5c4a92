"""Text from outside: files of any editor, and names that no encoding has."""

from __future__ import annotations

from pathlib import Path

import pytest

from mendkit.text import EncodingError, printable, read_text


def test_what_no_terminal_shows_is_printed_as_an_escape() -> None:
    assert printable("caf\udce9.png") == "caf\\udce9.png"
    assert printable("a\tb\nc\x1b[31m.png") == r"a\tb\nc\x1b[31m.png"
    assert printable("ünï 靴👟.png") == "ünï 靴👟.png"


def test_line_ends_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfa\r\nb\rc\n")
    assert read_text(tmp_path / "a.txt") == "a\r\nb\rc\n"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_the_line_that_is_no_text_is_named(tmp_path: Path, end: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(b"a" + end + b"b" + end + b"caf\xe9")
    with pytest.raises(EncodingError, match="line 3 is not UTF-8"):
        read_text(tmp_path / "a.txt")

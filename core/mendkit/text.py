"""Text from outside: files that people write, and file names that cannot be decoded."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path
from unicodedata import category

MARKS = {BOM_UTF8: "utf-8-sig", BOM_UTF16_LE: "utf-16", BOM_UTF16_BE: "utf-16"}
"""Byte order marks, which editors and spreadsheets put before a text, and their encodings."""


class EncodingError(ValueError):
    """The bytes of a file are not Unicode text; names the line and the remedy."""


def read_text(file: Path) -> str:
    """Read a file in UTF-8, or in UTF-16 with a byte order mark; line ends stay as they are.

    Raises:
        OSError: the file cannot be read.
        EncodingError: it is in another encoding.
    """
    content = file.read_bytes()
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise EncodingError(_not_unicode(content, error.start)) from error
    if "\0" in text:  # UTF-16 without its mark, or not text at all
        raise EncodingError(_not_unicode(content, content.index(b"\0")))
    return text


def _not_unicode(content: bytes, place: int) -> str:
    lines = content[:place].replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n")
    return f"line {lines + 1} is not UTF-8; save the file as UTF-8"


def printable(text: str) -> str:
    r"""Escape what a terminal cannot show: control characters, and bytes of names that are not UTF-8.

    >>> printable("caf\udce9\t.png")
    'caf\\udce9\\t.png'
    """
    return "".join(sign.encode("unicode_escape").decode() if category(sign) in ("Cc", "Cs") else sign for sign in text)

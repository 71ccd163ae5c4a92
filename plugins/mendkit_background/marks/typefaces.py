"""The typefaces of marks: the one that is embedded in Pillow, and those of a folder; none draws a glyph it lacks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from mendkit.errors import ConfigError

SUFFIXES = (".ttf", ".otf")
MISSING = "\uffff"
"""Not a character: each typeface shows it as it shows every character that it lacks."""
PROBE = 32
"""Size, px, at which glyphs are compared."""
Shape = tuple[tuple[int, int], bytes]
"""Size and pixels of a glyph."""
EMPTY: Shape = ((0, 0), b"")


@dataclass(frozen=True, slots=True)
class Typeface:
    """A font file, or the typeface that is embedded in Pillow if ``path`` is None.

    Letters are laid out one after the other, without shaping: Pillow's other layout needs libraries that some machines
    lack, and a seed should draw the same marks on each.
    """

    path: Path | None = None

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        """The font at about ``size`` px: one of few sizes, because it takes long to load."""
        return _font(self.path, max(8, 4 * round(size / 4)))

    def writes(self, text: str) -> bool:
        """Whether it has a glyph for each character of ``text``."""
        return all(_has_glyph(self.path, character) for character in set(text))

    def or_embedded(self, text: str) -> Typeface:
        """This typeface, or the embedded one if this one does not write ``text``, as those of other scripts may not."""
        return self if self.writes(text) else EMBEDDED


EMBEDDED = Typeface()


def find_typefaces(folder: str | Path | None) -> tuple[Typeface, ...]:
    """The embedded typeface, and those of the ``.ttf`` and ``.otf`` files in ``folder`` in the order of their names.

    Raises:
        ConfigError: ``folder`` is not a folder, has no such files, or one of them is not a font.
    """
    if folder is None:
        return (EMBEDDED,)
    if not (root := Path(folder)).is_dir():
        raise ConfigError(f"fonts: {folder} is not a folder; name one with .ttf or .otf files, or leave it out")
    paths = sorted(path for path in root.iterdir() if path.suffix.lower() in SUFFIXES)
    if not paths:
        raise ConfigError(f"fonts: {folder} has no .ttf or .otf files; add some, or leave it out")
    return (EMBEDDED, *map(_readable, paths))


def _readable(path: Path) -> Typeface:
    try:
        _font(path, PROBE)
    except OSError as error:
        raise ConfigError(f"fonts: {path} is not a font that can be read ({error}); remove it") from error
    return Typeface(path)


@lru_cache(maxsize=1024)
def _font(path: Path | None, size: int) -> ImageFont.FreeTypeFont:
    if path is not None:
        return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


@lru_cache(maxsize=2**16)
def _has_glyph(path: Path | None, character: str) -> bool:
    return character == " " or _shape(path, character) not in (_missing(path), EMPTY)


@lru_cache(maxsize=256)
def _missing(path: Path | None) -> Shape:
    return _shape(path, MISSING)


def _shape(path: Path | None, character: str) -> Shape:
    mask = _font(path, PROBE).getmask(character)
    return (mask.size, bytes(mask)) if mask.getbbox() else EMPTY

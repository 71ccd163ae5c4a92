from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from mendkit.errors import ConfigError
from mendkit_background.marks import scripts, typefaces, words
from mendkit_background.marks.kinds import draw_mark
from mendkit_background.marks.scripts import foreign_words
from mendkit_background.marks.typefaces import EMBEDDED, MISSING, Typeface, find_typefaces


@pytest.fixture
def fonts(tmp_path: Path) -> Path:
    """A folder with two copies of the embedded font, and a file that is not a font."""
    data = EMBEDDED.at(20).path
    assert isinstance(data, io.BytesIO)
    for name in ("b.ttf", "a.OTF"):
        (tmp_path / name).write_bytes(data.getvalue())
    (tmp_path / "LICENSE").write_text("free")
    return tmp_path


def pixels(text: str) -> bytes:
    canvas = Image.new("L", (48, 48))
    ImageDraw.Draw(canvas).text((4, 4), text, fill=255, font=EMBEDDED.at(32))
    return canvas.tobytes()


def test_a_typeface_writes_what_it_has_glyphs_for() -> None:
    assert EMBEDDED.writes("Sale -50% © 2026")
    for lacking in ("€", "ä", "Ж", "新", "®", "\u0000", MISSING):
        assert not EMBEDDED.writes(f"a{lacking}")


def test_no_words_have_a_glyph_that_the_typeface_lacks() -> None:
    box = pixels(MISSING)
    written: set[str] = set()
    for seed in range(400):
        rng = np.random.default_rng(seed)
        for draw in (words.random_words, words.random_price, words.random_slogan, words.random_brand):
            written.update(draw(rng, EMBEDDED))
    assert len(written) > 60
    assert not [character for character in written if character != " " and pixels(character) in (box, pixels(" "))]


def test_no_mark_is_drawn_with_a_glyph_that_its_typeface_lacks(fonts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even with a typeface of one script, without Latin letters."""
    thai = Typeface(fonts / "b.ttf")
    has_glyph = typefaces._has_glyph
    monkeypatch.setattr(
        typefaces, "_has_glyph", lambda path, one: has_glyph(path, one) if path is None else one in " -€ขายราคา"
    )
    drawn: list[tuple[Typeface, str]] = []
    text = ImageDraw.ImageDraw.text

    def spy(self: ImageDraw.ImageDraw, xy: object, text_: str, *, font: ImageFont.FreeTypeFont, **rest: object) -> None:
        drawn.append((EMBEDDED if isinstance(font.path, io.BytesIO) else thai, text_))
        text(self, xy, text_, font=font, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", spy)
    for seed in range(300):
        draw_mark(np.random.default_rng(seed), (thai,), 64, 64)
    assert {typeface for typeface, _ in drawn} == {EMBEDDED, thai}
    assert not [line for typeface, line in drawn if not typeface.writes(line)]


def test_words_are_never_empty_and_seldom_the_same() -> None:
    drawn = [words.random_words(np.random.default_rng(seed), EMBEDDED) for seed in range(50)]
    assert all(line.strip() for line in drawn) and len(set(drawn)) > 30


def test_words_of_other_scripts_are_written_if_all_their_glyphs_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert foreign_words(EMBEDDED) == ()
    monkeypatch.setattr(Typeface, "writes", lambda self, text: not set(text) & set("新é"))
    found = foreign_words(Typeface(Path("other")))
    assert len(found) == len(scripts.SCRIPTS)
    assert "Größe" in found[0] and "Nouveauté" not in found[0] and "新品" not in found[3] and "特价" in found[3]


def test_words_from_right_to_left_are_turned_and_arabic_letters_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Typeface, "writes", lambda self, text: True)
    found = foreign_words(Typeface(Path("another")))
    assert "מבצע"[::-1] in found[7]
    # "new": initial jeem, final dal, initial yeh, final dal, because dal is not joined to what follows.
    assert "\ufe9f\ufeaa\ufef3\ufeaa"[::-1] in found[6]


def test_the_fonts_of_a_folder_come_after_the_embedded_one_in_the_order_of_their_names(fonts: Path) -> None:
    assert find_typefaces(None) == (EMBEDDED,)
    assert find_typefaces(str(fonts)) == (EMBEDDED, Typeface(fonts / "a.OTF"), Typeface(fonts / "b.ttf"))
    assert find_typefaces(fonts)[1].writes("SALE") and not find_typefaces(fonts)[1].writes("€")


def test_a_folder_without_fonts_is_refused(fonts: Path) -> None:
    (fonts / "empty").mkdir()
    for folder, reason in (("missing", "is not a folder"), ("empty", "has no .ttf or .otf files")):
        with pytest.raises(ConfigError, match=reason):
            find_typefaces(fonts / folder)
    (fonts / "c.ttf").write_text("not a font")
    with pytest.raises(ConfigError, match=r"c\.ttf is not a font"):
        find_typefaces(fonts)

"""Words in other scripts than plain Latin, in the order in which their glyphs stand from left to right."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from .typefaces import Typeface

Words = tuple[str, ...]

SCRIPTS: tuple[Words, ...] = (
    ("Größe", "Éditions", "Nouveauté", "Promoción", "Novità", "Zniżka", "Újdonság", "İndirim", "Übergröße", "Kjøp nå"),
    ("Скидка", "Новинка", "Распродажа", "Хит продаж", "Образец", "Магазин", "ВЫГОДНО", "Знижка"),
    ("Προσφορά", "Νέο", "Έκπτωση", "Δείγμα", "ΔΩΡΟ"),
    ("新品", "特价", "包邮", "样品", "正品保证", "版权所有", "热卖", "限时优惠"),
    ("新商品", "送料無料", "セール", "見本", "人気", "オリジナル"),
    ("세일", "신상품", "무료배송", "특가"),
    ("خصم", "جديد", "متجر", "عرض", "تخفيضات"),
    ("מבצע", "חדש", "הנחה", "משלוח חינם"),
    ("नया", "सेल", "छूट", "नमूना"),
    ("ลดราคา", "ขาย", "ราคา"),
)
"""Sale, new, discount, sample, shop and the like. Each is right without ligatures and without marks on marks."""


@lru_cache(maxsize=64)
def foreign_words(typeface: Typeface) -> tuple[Words, ...]:
    """The words of each script that ``typeface`` has all glyphs of; a script without any is missing."""
    found = (tuple(word for word in map(_in_visual_order, words) if typeface.writes(word)) for words in SCRIPTS)
    return tuple(filter(None, found))


def _in_visual_order(word: str) -> str:
    """From left to right, Arabic letters in the forms that join them."""
    return _joined(word)[::-1] if unicodedata.bidirectional(word[0]) in ("R", "AL") else word


def _joined(word: str) -> str:
    forms, joined = _forms(), ""
    for before, letter, after in zip(" " + word, word, word[1:] + " ", strict=False):
        joins_before = ("<initial>", before) in forms and ("<final>", letter) in forms
        joins_after = ("<initial>", letter) in forms and ("<final>", after) in forms
        form = (("<isolated>", "<initial>"), ("<final>", "<medial>"))[joins_before][joins_after]
        joined += forms.get((form, letter), letter)
    return joined


@lru_cache(maxsize=1)
def _forms() -> dict[tuple[str, str], str]:
    """The shapes of single Arabic letters by form and letter, from Unicode's Arabic Presentation Forms-B."""
    parts = ((chr(code), unicodedata.decomposition(chr(code)).split()) for code in range(0xFE80, 0xFEF5))
    return {(form, chr(int(letter, 16))): shape for shape, (form, *letters) in parts for letter in letters[:1]}

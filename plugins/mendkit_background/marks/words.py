"""What is written in marks: brands that do not exist, addresses, prices and notices, in several scripts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .scripts import foreign_words
from .typefaces import Typeface

SYLLABLES = (
    "al", "be", "co", "da", "el", "fi", "go", "ha", "in", "ju", "ka", "lo", "ma", "no", "or",
    "pi", "qu", "ra", "so", "ta", "ur", "vi", "we", "xe", "yo", "za", "th", "st", "ck", "mm",
)  # fmt: skip
NOTICES = (
    "SAMPLE", "PREVIEW", "PROOF", "DRAFT", "COPY", "DEMO", "do not copy", "CONFIDENTIAL", "All rights reserved",
    "Actual product may vary", "Free shipping", "In stock", "Official store", "Photo for reference only",
)  # fmt: skip
SLOGANS = (
    "SALE", "NEW", "NEW IN", "BEST SELLER", "HOT", "TOP", "LIMITED", "OFFER", "2 FOR 1", "ECO", "ORIGINAL", "PREMIUM",
    "SOLD OUT", "LAST CHANCE", "No. 1", "FREE GIFT", "APPROVED", "100% GENUINE", "HANDMADE", "BLACK FRIDAY", "VEGAN",
)  # fmt: skip
ENDINGS = (".com", ".net", ".shop", ".de", ".cn", ".org", ".co.uk", ".store", ".fr", ".ru")
PREFIXES = ("© ", "(c) ", "Photo: ", "® ", "™ ", "by ", "Copyright ", "Shop: ", "Tel. ")
CURRENCIES = ("€", "$", "£", "¥", "₹", "₽", "EUR", "USD", "zł", "kr")
FOREIGN_SHARE = 0.35
"""How often words of another script are written, if the typeface has any."""
LATIN = "".join(map(chr, range(33, 127)))
CAPITALS = "ABCDEFGHJKLMNOPRSTUVWXYZ"


def random_words(rng: np.random.Generator, typeface: Typeface) -> str:
    """One line of what shops write on photos. The typeface has all its glyphs, or the embedded one has."""
    if (foreign := foreign_words(typeface)) and rng.random() < FOREIGN_SHARE:
        return _pick(rng, foreign[rng.integers(len(foreign))])
    kinds = (_notice, _address, _handle, _owner, _names, random_brand, random_price, random_slogan)
    return kinds[rng.choice(len(kinds), p=(0.1, 0.2, 0.14, 0.14, 0.12, 0.15, 0.08, 0.07))](rng, typeface)


def random_brand(rng: np.random.Generator, typeface: Typeface) -> str:
    """The name of a brand that does not exist, in small or large letters."""
    brand = "".join(rng.choice(SYLLABLES, rng.integers(2, 5)))
    return (brand, brand.capitalize(), brand.upper())[rng.integers(3)]


def random_slogan(rng: np.random.Generator, typeface: Typeface) -> str:
    """A word or two that sell: for badges."""
    if (foreign := foreign_words(typeface)) and rng.random() < FOREIGN_SHARE:
        return _pick(rng, foreign[rng.integers(len(foreign))])
    return _pick(rng, SLOGANS)


def random_price(rng: np.random.Generator, typeface: Typeface) -> str:
    """A price in one of the usual notations, or a discount."""
    if rng.random() < 0.35:
        return f"-{rng.integers(1, 15) * 5}{rng.choice(('%', ' %', '% OFF'))}"
    whole, cents = rng.integers(1, rng.choice((100, 2000))), _pick(rng, ("99", "95", "00", "90"))
    currency = _pick(rng, _beside_latin(typeface, CURRENCIES))
    notations = (f"{currency} {whole},{cents}", f"{currency}{whole}.{cents}", f"{whole},{cents} {currency}")
    return _pick(rng, (*notations, f"{currency}{whole}", f"{whole},-"))


def random_capitals(rng: np.random.Generator) -> str:
    """One or two capitals: a monogram."""
    return "".join(rng.choice(tuple(CAPITALS), rng.integers(1, 3)))


def _notice(rng: np.random.Generator, typeface: Typeface) -> str:
    return _pick(rng, NOTICES)


def _address(rng: np.random.Generator, typeface: Typeface) -> str:
    return f"{rng.choice(('', 'www.'))}{random_brand(rng, typeface).lower()}{rng.choice(ENDINGS)}"


def _handle(rng: np.random.Generator, typeface: Typeface) -> str:
    """A name in social media."""
    name = random_brand(rng, typeface).lower() + _pick(rng, ("", "_", ".")) + _pick(rng, SYLLABLES)
    return _pick(rng, ("@", "@", "#", "ig: ", "fb/")) + name


def _owner(rng: np.random.Generator, typeface: Typeface) -> str:
    prefix = _pick(rng, _beside_latin(typeface, PREFIXES))
    if prefix == "Tel. ":
        return f"{prefix}0{rng.integers(10, 999)} {rng.integers(10**5, 10**7)}"
    return f"{prefix}{random_brand(rng, typeface)} {rng.integers(1998, 2031)}"


def _names(rng: np.random.Generator, typeface: Typeface) -> str:
    """Two words with capitals, as of a person or a shop."""
    return f"{random_brand(rng, typeface)} {rng.choice(SYLLABLES)}{rng.choice(SYLLABLES)}".title()


def _pick(rng: np.random.Generator, options: Sequence[str]) -> str:
    return options[int(rng.integers(len(options)))]


def _beside_latin(typeface: Typeface, options: Sequence[str]) -> list[str]:
    """Those that the typeface writes, or the embedded one, if it has to stand in for the letters and digits beside."""
    return [option for option in options if typeface.or_embedded(LATIN).writes(option)]

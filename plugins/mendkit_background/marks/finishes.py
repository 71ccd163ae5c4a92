"""How the ink of a stamp is finished: plain, in a gradient, with a shadow, an outline, or embossed."""

from __future__ import annotations

import cv2
import numpy as np

from .colours import BLACK, WHITE, draw_colour, legible_on
from .layers import Colour, Layer, Stamp, blended_inks, inked, over, with_margin

FINISHES = ("plain", "gradient", "shadow", "outline", "embossed", "lines")
FINISH_SHARES = (0.55, 0.1, 0.12, 0.1, 0.09, 0.04)


def finished(rng: np.random.Generator, stamp: Stamp) -> Layer:
    """``stamp`` in one colour or more; with a margin, if the finish needs one."""
    finish, colour = FINISHES[rng.choice(len(FINISHES), p=FINISH_SHARES)], draw_colour(rng)
    match finish:
        case "gradient":
            return blended_inks(stamp, colour, draw_colour(rng), down=rng.random() < 0.5)
        case "shadow":
            return _shadowed(rng, stamp, colour)
        case "outline":
            return _outlined(rng, stamp, colour)
        case "embossed":
            return _embossed(rng, stamp)
        case "lines":
            return _two_coloured(rng, stamp, colour)
        case _:
            return inked(stamp, colour)


def _shadowed(rng: np.random.Generator, stamp: Stamp, colour: Colour) -> Layer:
    """A soft or a hard shadow below and beside it, dark or, of dark ink, bright."""
    reach = max(1, round(len(stamp) * rng.uniform(0.03, 0.09)))
    raised = with_margin(stamp, 2 * reach)
    shadow = _shifted(raised, reach, reach)
    if rng.random() < 0.7:
        shadow = np.asarray(cv2.blur(shadow, (reach + 1, reach + 1)), np.uint8)
    shade = BLACK if colour.mean() > 80 else WHITE
    return over(inked(raised, colour), inked(shadow, shade, rng.uniform(0.3, 0.8)))


def _outlined(rng: np.random.Generator, stamp: Stamp, colour: Colour) -> Layer:
    """A line around it in a contrasting colour."""
    reach = max(1, round(len(stamp) * rng.uniform(0.02, 0.06)))
    inner = with_margin(stamp, reach)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return over(inked(inner, colour), inked(np.asarray(cv2.dilate(inner, disc), np.uint8), legible_on(rng, colour)))


def _embossed(rng: np.random.Generator, stamp: Stamp) -> Layer:
    """As pressed into the photo: a light edge on one side, a dark edge on the other, little or nothing between."""
    reach = max(1, round(len(stamp) * rng.uniform(0.02, 0.05)))
    inner = with_margin(stamp, reach)
    light, dark = (cv2.subtract(_shifted(inner, step, step), inner) for step in (-reach, reach))
    edges = over(inked(np.asarray(light, np.uint8), WHITE), inked(np.asarray(dark, np.uint8), BLACK))
    return over(inked(inner, draw_colour(rng), rng.uniform(0.15, 0.6)), edges)


def _two_coloured(rng: np.random.Generator, stamp: Stamp, colour: Colour) -> Layer:
    """The left part in one colour, the right part in another, as of names of two words."""
    layer = inked(stamp, colour)
    middle = round(stamp.shape[1] * rng.uniform(0.3, 0.7))
    layer[:, middle:] = inked(np.ascontiguousarray(stamp[:, middle:]), draw_colour(rng))
    return layer


def _shifted(stamp: Stamp, right: int, down: int) -> Stamp:
    """Moved; what leaves the canvas is lost."""
    move = np.array([[1, 0, right], [0, 1, down]], np.float32)
    return np.asarray(cv2.warpAffine(stamp, move, stamp.shape[::-1], flags=cv2.INTER_NEAREST), np.uint8)

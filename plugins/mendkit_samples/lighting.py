"""The photo studio's light: a main lamp, a bright room, and two softboxes that glossy things mirror."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .materials import Material
from .surfaces import Plane, Surface


@dataclass(frozen=True, slots=True)
class Light:
    """The main lamp shines from ``(x, y)`` (slopes of a surface that faces it); ``ambient`` is the room's share.

    Surfaces seen edge-on have the share ``edges`` of their brightness; ``contact`` is how dark
    shadows are next to what casts them.
    """

    x: float
    y: float
    ambient: float
    edges: float = 0.7
    contact: float = 0.0

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Light:
        """A lamp above, on either side."""
        x, y = rng.choice((-1, 1)) * rng.uniform(0.05, 0.5), -rng.uniform(0.2, 0.5)
        return cls(
            float(x),
            float(y),
            float(rng.uniform(0.3, 0.75)),
            float(rng.uniform(0.65, 1.0)),
            float(rng.uniform(0.1, 0.5)),
        )


def shade(surface: Surface, material: Material, albedo: Plane, opacity: Plane, light: Light) -> tuple[Plane, Plane]:
    """Light a surface whose own colours are ``albedo`` [h, w, 3], ``opacity`` [h, w] opaque where it faces the camera.

    Returns:
        Its colours ``[h, w, 3]`` in [0, 1], and how much it hides ``[h, w]`` of what is behind it.
    """
    x, y = _slopes(surface, material)
    z = np.sqrt(np.clip(1 - x**2 - y**2, 0.02, 1))
    highlight = material.gloss * _softboxes(x, y, light) if material.gloss else np.zeros_like(x)
    tone = _diffuse(x, y, z, light)
    if material.metal:
        tone = tone * (1 - material.metal) + _room(x, y, light) * material.metal
    colour = np.clip(albedo * tone[..., None], 0, 1)
    colour = colour + (1 - colour) * highlight[..., None]
    rim = (1 - z) ** 2  # glass hides more where it is seen edge-on
    hides = surface.coverage * np.clip(opacity + (1 - opacity) * (0.75 * rim + highlight), 0, 1)
    if material.holes is not None:
        hides = hides * (1 - material.holes(surface.u, surface.v))
    return colour, hides


def _slopes(surface: Surface, material: Material) -> tuple[Plane, Plane]:
    x, y = surface.slope_x, surface.slope_y
    for relief in material.reliefs:
        more_x, more_y = relief(surface.u, surface.v)
        x, y = x + more_x, y + more_y
    return x, y


def _diffuse(x: Plane, y: Plane, z: Plane, light: Light) -> Plane:
    """Lambert's law, scaled so that a surface that faces the camera shows its own colour.

    Surfaces seen edge-on are darker on the lit side as well: there they face the studio's dark sides. Photographers
    use black boards for that, because a white product would vanish without them.
    """
    lamp_z = float(np.sqrt(1 - light.x**2 - light.y**2))
    facing = np.maximum(x * light.x + y * light.y + z * lamp_z, 0)
    tone = (light.ambient + (1 - light.ambient) * facing) / (light.ambient + (1 - light.ambient) * lamp_z)
    edged: Plane = np.minimum(tone, 1.08) * (light.edges + (1 - light.edges) * z)
    return edged


def _softboxes(x: Plane, y: Plane, light: Light) -> Plane:
    """Two upright lamps, a wide one on the main lamp's side and a narrow one opposite, seen in slopes near theirs."""
    side = float(np.sign(light.x))
    wide = _window(x, side * 0.5, 0.14) + _window(y, -0.25, 0.42)
    narrow = _window(x, -side * 0.72, 0.06) + _window(y, -0.1, 0.5)
    seen: Plane = np.exp(-wide) + 0.6 * np.exp(-narrow)
    return seen


def _window(slope: Plane, centre: float, half: float) -> Plane:
    """Nearly 0 within ``half`` of the centre, then steeply up: the fourth power of the distance."""
    square: Plane = np.square((slope - centre) * (1 / half))
    return square * square


def _room(x: Plane, y: Plane, light: Light) -> Plane:
    """What polished metal mirrors: light and dark bands, brighter from above."""
    bands: Plane = 0.72 + 0.3 * np.cos(5.2 * x + 2.2 * light.x) - 0.28 * y
    return bands

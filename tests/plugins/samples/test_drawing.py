from __future__ import annotations

import numpy as np
import pytest

from mendkit.contracts import Image
from mendkit_samples import colours, curves, materials, patterns
from mendkit_samples.lighting import Light, shade
from mendkit_samples.materials import Material
from mendkit_samples.prints import Print, emblem
from mendkit_samples.shapes import Ball, Cut, Face, Rod, Shape, Turned
from mendkit_samples.studio import Studio

WHOLE = Cut(curves.rectangle(0.1, 0.1, 0.9, 0.9), bevel=0.01)
SIDE = 200


def photograph(*parts: tuple[Shape, Material]) -> Image:
    studio = Studio(np.random.default_rng(0), 40)
    for shape, material in parts:
        studio.add(shape, material)
    return studio.photograph()


def test_a_closed_curve_goes_through_its_points_and_a_doubled_point_is_a_corner() -> None:
    points = [(0.2, 0.2), (0.8, 0.3), (0.8, 0.3), (0.5, 0.9)]
    curve = curves.smooth(points)
    for point in points:
        assert np.abs(curve - np.array(point)).max(axis=1).min() < 1e-6
    assert curve[:, 0].max() <= 0.8 + 1e-6


def test_half_an_outline_is_mirrored_without_repeating_the_axis() -> None:
    assert curves.mirrored([(0.5, 0.1), (0.75, 0.5), (0.5, 0.9)]) == [(0.5, 0.1), (0.75, 0.5), (0.5, 0.9), (0.25, 0.5)]


def test_a_cylinder_is_as_wide_as_its_radius_says_and_faces_sideways_at_its_edges() -> None:
    surface = Turned([(0.3, 0.2), (0.7, 0.2)], view=0.0).seen(SIDE)
    middle = len(surface.coverage) // 2
    inside = np.flatnonzero(surface.coverage[middle])
    assert len(inside) == pytest.approx(0.4 * SIDE, abs=2)
    slopes = surface.slope_x[middle, inside]
    assert slopes[0] == pytest.approx(-1, abs=0.03)
    assert slopes[-1] == pytest.approx(1, abs=0.03)
    assert slopes[len(slopes) // 2] == pytest.approx(0, abs=0.03)


def test_a_turned_solid_seen_from_above_ends_in_half_an_ellipse_below() -> None:
    surface = Turned([(0.3, 0.2), (0.7, 0.2)], view=0.25).seen(SIDE)
    covered = surface.coverage > 0
    rows = surface.window.top + np.flatnonzero(covered[:, covered.shape[1] // 2])
    assert rows.max() / SIDE == pytest.approx(0.7 + 0.25 * 0.2, abs=0.01)
    near_edge = covered[:, 5]  # 5 px from the left end of the window, just inside the solid
    assert (surface.window.top + np.flatnonzero(near_edge).max()) / SIDE < 0.725


def test_a_cone_that_widens_downwards_faces_up() -> None:
    surface = Turned([(0.3, 0.05), (0.7, 0.25)], view=0.0).seen(SIDE)
    # The radius grows by 0.5 per length: slope_y = -0.5 / sqrt(1 + 0.25).
    middle = tuple(length // 2 for length in surface.coverage.shape)
    assert surface.slope_y[middle] == pytest.approx(-0.4472, abs=0.02)


def test_a_ball_faces_the_camera_in_the_middle_and_outwards_at_its_rim() -> None:
    surface = Ball(0.5, 0.5, 0.25).seen(SIDE)
    centre = len(surface.coverage) // 2
    assert surface.coverage.sum() == pytest.approx(np.pi * (0.25 * SIDE) ** 2, rel=0.01)
    assert abs(surface.slope_x[centre, centre]) < 0.03
    assert surface.slope_y[3, centre] == pytest.approx(-1, abs=0.05)


def test_a_board_is_level_inside_and_falls_off_outwards_at_its_edges() -> None:
    surface = WHOLE.seen(SIDE)
    middle = len(surface.coverage) // 2
    assert abs(surface.slope_x[middle, middle]) < 1e-3
    left, right = np.flatnonzero(surface.coverage[middle])[[0, -1]]
    assert surface.slope_x[middle, left] < -0.5
    assert surface.slope_x[middle, right] > 0.5


def test_a_rod_is_as_thick_as_it_says() -> None:
    surface = Rod(curves.polygon([(0.2, 0.5), (0.8, 0.5)]), 0.1).seen(SIDE)
    middle = surface.coverage.shape[1] // 2
    assert surface.coverage[:, middle].sum() == pytest.approx(0.1 * SIDE, abs=2)


def test_what_is_printed_on_a_face_runs_from_corner_to_corner() -> None:
    surface = Face([(0.2, 0.2), (0.8, 0.3), (0.8, 0.7), (0.2, 0.8)], (2.0, 1.0)).seen(SIDE)
    # Pixel (row, column) of the window for the face's upper left and lower right corners.
    for x, y, u, v in ((0.2, 0.2, 0, 0), (0.8, 0.7, 2, 1)):
        at = round(y * SIDE) - surface.window.top, round(x * SIDE) - surface.window.left
        assert surface.u[at] == pytest.approx(u, abs=0.03)
        assert surface.v[at] == pytest.approx(v, abs=0.03)


def test_a_matte_surface_that_faces_the_camera_shows_its_own_colour() -> None:
    photo = photograph((WHOLE, Material((0.2, 0.4, 0.6), gloss=0.0)))
    assert photo[20, 20].tolist() == [51, 102, 153]


def test_the_side_towards_the_lamp_is_brighter() -> None:
    surface, light = Turned([(0.2, 0.3), (0.8, 0.3)]).seen(64), Light(x=0.4, y=-0.3, ambient=0.4)
    albedo = np.full((*surface.coverage.shape, 3), 0.5, np.float32)
    tone, _ = shade(surface, materials.matte((0.5, 0.5, 0.5)), albedo, np.ones_like(surface.coverage), light)
    row = tone[len(tone) // 2, :, 0]
    assert row[round(0.75 * len(row))] > row[round(0.25 * len(row))] + 0.1


def test_glass_lets_what_is_behind_show_through_and_plastic_does_not() -> None:
    red = (WHOLE, materials.matte((0.9, 0.1, 0.1)))
    pane = Cut(curves.rectangle(0.3, 0.3, 0.7, 0.7), bevel=0.01)
    through = photograph(red, (pane, materials.glass((0.5, 0.7, 0.8), 0.1)))[20, 20].astype(int)
    hidden = photograph(red, (pane, materials.plastic((0.5, 0.7, 0.8), 0.0)))[20, 20].astype(int)
    assert through[0] - through[2] > 130
    assert hidden[2] - hidden[0] > 50


def test_a_print_on_glass_is_opaque() -> None:
    studio = Studio(np.random.default_rng(0), 40)
    picture = np.zeros((8, 8, 4), np.float32)
    picture[..., 3] = 1
    studio.add(WHOLE, materials.glass((0.7, 0.8, 0.8), 0.1), Print(picture, (0.5, 0.5), 0.4))
    photo = studio.photograph()
    assert photo[20, 20].max() == 0
    assert photo[20, 7].min() > 200


def test_a_product_is_centred_whatever_its_place_on_the_canvas() -> None:
    photo = photograph((Ball(0.3, 0.65, 0.15), materials.matte(colours.BLACK)))
    rows, columns = np.nonzero(photo[..., 0] < 128)
    assert rows.mean() == pytest.approx(19.5, abs=0.6)
    assert columns.mean() == pytest.approx(19.5, abs=0.6)
    assert np.ptp(rows) >= 0.7 * 40


def test_patterns_stay_between_base_and_accent_and_show_both() -> None:
    u, v = np.meshgrid(*[np.linspace(0, 1, 120, dtype=np.float32)] * 2)
    for pattern in (*patterns.FABRICS, patterns.heather, patterns.grain):
        shares = pattern(np.random.default_rng(1))(u, v)
        assert shares.dtype == np.float32
        assert shares.min() < 0.15, pattern
        assert shares.max() > 0.85


def test_noise_is_smooth_and_goes_on_beyond_its_table() -> None:
    noise = patterns.noise(np.random.default_rng(0), 10, 10)
    u = np.linspace(-20, 20, 4001, dtype=np.float32)[None]
    values = noise(u, np.zeros_like(u))
    assert np.abs(np.diff(values)).max() < 0.3
    assert values[:, :1000].std() > 0.2
    assert values[:, -1000:].std() > 0.2


@pytest.mark.parametrize("seed", range(12))
def test_what_is_written_on_a_colour_can_be_read(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ground = colours.any_colour(rng)
    ink = colours.contrasting(rng, ground)
    assert abs(colours.luminance(ink) - colours.luminance(ground)) > 0.25
    assert emblem(rng, ink)[..., 3].max() == 1

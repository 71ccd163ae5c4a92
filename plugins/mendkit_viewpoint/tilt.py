"""Makes a wrong angle: turns a frontal product in space, in front of a perspective camera."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Image, Mask, Pair, Photo, Resources, Truth
from mendkit.errors import ConfigError

from .backdrop import backdrop_colour, product_outline

Matrix = NDArray[np.float64]
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pose:
    """How a product is turned, in degrees, in front of a camera at ``distance``, in units of the longer image side.

    Yaw turns it about the vertical axis (positive: its right side comes nearer), then pitch about the horizontal one
    (positive: its upper side comes nearer), then roll in the image plane (positive: clockwise on the screen).
    """

    roll: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0
    distance: float = 2.5

    def rotation(self) -> Matrix:
        """The rotation ``[3, 3]`` in camera axes: x right, y down, z away from the camera."""
        roll, yaw, pitch = np.radians([self.roll, self.yaw, self.pitch])
        about_z = [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
        about_y = [[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]]
        about_x = [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
        rotation: Matrix = np.array(about_z) @ np.array(about_x) @ np.array(about_y)
        return rotation


def homography(height: int, width: int, pose: Pose, scale: float = 1.0) -> Matrix:
    """The 3 x 3 map from pixels (x, y, 1) of the frontal image to pixels of the turned one.

    The image is a plane that turns about its centre. A camera of focal length d, d away from the centre, sees the point
    (x, y) of the plane, turned to (X, Y, Z), at (X, Y) / (1 + Z / d): the centre keeps its place and its scale.
    """
    turned = pose.rotation()[:, :2]
    depth = pose.distance * max(height, width)
    camera = np.column_stack([turned, (0.0, 0.0, 1.0)])
    camera[:2] *= scale
    camera[2, :2] /= depth
    centre = _shift((width - 1) / 2, (height - 1) / 2)
    matrix: Matrix = centre @ camera @ np.linalg.inv(centre)
    return matrix


def fitting_scale(outline: Points, height: int, width: int, pose: Pose) -> float:
    """The largest scale up to 1 at which the turned outline [N, 2] of a product stays within the frame."""
    if not len(outline):
        return 1.0
    turned = cv2.perspectiveTransform(outline[None], homography(height, width, pose))[0]
    half = np.array([(width - 1) / 2, (height - 1) / 2])
    reach = np.abs(turned - half).max(axis=0)
    return float(np.min(half / np.maximum(reach, half)))


class TiltSynthesizer:
    """Turns the product of a frontal photo; the photo itself is the target.

    Args:
        min_roll: smallest turn in the image plane, degrees, either sign: a wrong angle must be visible.
        max_roll: largest turn in the image plane, degrees.
        max_yaw: largest turn about the vertical axis, degrees, either sign.
        max_pitch: largest turn about the horizontal axis, degrees, either sign.
        distance: distance of the camera, in longer image sides; closer gives a stronger perspective.

    Raises:
        ConfigError: angles out of order or range, or a camera inside the product.
    """

    def __init__(
        self,
        min_roll: float = 8.0,
        max_roll: float = 30.0,
        max_yaw: float = 25.0,
        max_pitch: float = 25.0,
        distance: float = 2.5,
    ) -> None:
        if not 0 < min_roll <= max_roll <= 180:
            raise ConfigError(f"tilt: needs 0 < min_roll <= max_roll <= 180, got {min_roll} and {max_roll}")
        if not (0 <= max_yaw <= 60 and 0 <= max_pitch <= 60):
            raise ConfigError(f"tilt: max_yaw and max_pitch must lie in 0 to 60, got {max_yaw} and {max_pitch}")
        if distance < 1:
            raise ConfigError(f"tilt: distance must be at least 1 image side, got {distance}")
        self.min_roll = min_roll
        self.max_roll = max_roll
        self.max_yaw = max_yaw
        self.max_pitch = max_pitch
        self.distance = distance

    def __call__(self, photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
        """Turn the product by random angles. The defect has a homography but no mask, because everything moves."""
        source, moves = _turned(photo.pixels, self.draw_pose(rng), photo.foreground)
        return Pair(source, photo.pixels, truths={"homography": in_units(moves, *photo.pixels.shape[:2])})

    def draw_pose(self, rng: np.random.Generator) -> Pose:
        """Random angles within the limits."""
        return Pose(
            roll=float(rng.uniform(self.min_roll, self.max_roll) * rng.choice((-1, 1))),
            yaw=float(rng.uniform(-self.max_yaw, self.max_yaw)),
            pitch=float(rng.uniform(-self.max_pitch, self.max_pitch)),
            distance=self.distance,
        )


def turn(pixels: Image, pose: Pose, foreground: Mask | None = None) -> Image:
    """Show ``pixels`` [H, W, 3] in ``pose``, scaled so that the product stays in the frame.

    Areas beyond the photo's edge get the colour of its backdrop, or repeat the edge if it does not have one colour.
    """
    return _turned(pixels, pose, foreground)[0]


def in_units(moves: Matrix, height: int, width: int) -> Truth:
    """Convert a map ``[3, 3]`` of pixels (x, y, 1) to coordinates where the image spans -1 to 1 in x and y."""
    # The centre of pixel 0 is half a pixel from the edge.
    place = np.diag((2 / width, 2 / height, 1.0)) @ _shift((1 - width) / 2, (1 - height) / 2)
    return np.asarray(place @ moves @ np.linalg.inv(place), np.float32)


def _turned(pixels: Image, pose: Pose, foreground: Mask | None) -> tuple[Image, Matrix]:
    """The turned image, and the map from pixels of ``pixels`` to its own."""
    height, width = pixels.shape[:2]
    colour = backdrop_colour(pixels)
    scale = fitting_scale(product_outline(pixels, colour, foreground), height, width, pose)
    moves = homography(height, width, pose, scale)
    edge = {"borderMode": cv2.BORDER_REPLICATE} if colour is None else {"borderValue": colour}
    smooth = _smoothed(pixels, _least_scale(pose, scale))
    turned = cv2.warpPerspective(smooth, moves, (width, height), flags=cv2.INTER_CUBIC, **edge)
    return turned.astype(np.uint8, copy=False), moves


def _shift(x: float, y: float) -> Matrix:
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


def _least_scale(pose: Pose, scale: float) -> float:
    """How much the centre shrinks along the direction in which it shrinks most."""
    return scale * float(np.linalg.svd(pose.rotation()[:2, :2], compute_uv=False)[-1])


def _smoothed(pixels: Image, scale: float) -> Image:
    # Interpolation alone would alias when shrinking: first remove detail that the result is too coarse to show.
    deviation = 0.45 * np.sqrt(max(scale**-2 - 1.0, 0.0))
    return pixels if deviation < 0.2 else cv2.GaussianBlur(pixels, (0, 0), deviation).astype(np.uint8, copy=False)

"""Whether an image file is complete. Decoders ignore some losses, such as the missing half of a JPEG."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle
from typing import NamedTuple

import numpy as np

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
END, SCAN, RESTART_INTERVAL = 0xD9, 0xDA, 0xDD
RESTARTS = range(0xD0, 0xD8)
SEQUENTIAL, PROGRESSIVE, ARITHMETIC = (0xC0, 0xC1), (0xC2,), (0xC9, 0xCA)
SEGMENTS = frozenset({*range(0xC0, 0xD0), *range(0xDA, 0xF0), 0xFE})
"""Markers with a length and content (ITU-T T.81, table B.1)."""
ONES = b"\xff\x00" * 8
"""As many one bits as libjpeg reads ahead. No Huffman code is all ones, so missing blocks use them up at once."""


TRUNCATED = "truncated: the image data ends early"


class IncompleteError(Exception):
    """Image data is missing or interrupted."""


class Segment(NamedTuple):
    """A marker, its position, and its content."""

    marker: int
    at: int
    content: bytes = b""


def require_checksums(png: bytes) -> None:
    """Check the checksums of a PNG's critical chunks, which Pillow does not do for pixels.

    Raises:
        IncompleteError: a chunk is damaged or ends early.
    """
    at, kind = len(PNG), b""
    while kind != b"IEND":
        start, at = at + 4, at + 12 + int.from_bytes(png[at : at + 4])
        kind = png[start : start + 4]
        if at > len(png):
            raise IncompleteError(TRUNCATED)
        critical = kind[:1].isupper()
        if critical and zlib.crc32(memoryview(png)[start : at - 4]) != int.from_bytes(png[at - 4 : at]):
            raise IncompleteError("the image data is damaged: a checksum is wrong")


def decodable(jpeg: bytes) -> bytes:
    """The bytes to decode instead of a JPEG, so that the decoder asks for more where image data is missing.

    A scan that ends early is followed by a marker, after which libjpeg fills up with zeros: the rest would be grey. So
    a single scan is decoded without the marker. Several scans must add up to all coefficients.

    Raises:
        IncompleteError: image data is missing or interrupted.
    """
    segments = list(_segments(jpeg))
    frame = next((each for each in segments if each.marker in (*SEQUENTIAL, *PROGRESSIVE, *ARITHMETIC)), None)
    first = next((at for at, each in enumerate(segments) if each.marker == SCAN), None)
    if frame is None or first is None or frame.marker in ARITHMETIC:  # the decoder refuses it, or cannot suspend
        return jpeg
    _require_restarts_in_order(segments)
    if frame.marker in SEQUENTIAL and segments[first].content[:1] == frame.content[5:6]:
        after = (each.at for each in segments[first + 1 :] if each.marker not in RESTARTS)
        return jpeg[: next(after, len(jpeg))] + ONES
    _require_all_coefficients(frame, [each for each in segments if each.marker == SCAN])
    _require_end(segments[-1], jpeg)
    return jpeg


def _segments(jpeg: bytes) -> Iterator[Segment]:
    """All segments up to the end of the image, or to something that is not a marker of an image."""
    content = np.frombuffer(jpeg, np.uint8)
    markers = np.flatnonzero((content[:-1] == 0xFF) & (content[1:] != 0) & (content[1:] != 0xFF)).tolist()
    end = 2
    for at in markers:
        marker = jpeg[at + 1]
        if at < end:  # inside the content of a segment, such as a preview
            continue
        end = at + 2 + (int.from_bytes(jpeg[at + 2 : at + 4]) if marker in SEGMENTS else 0)
        yield Segment(marker, at, jpeg[at + 4 : end])
        if marker not in SEGMENTS and marker not in RESTARTS:
            return


def _require_restarts_in_order(segments: Iterable[Segment]) -> None:
    """Restart markers count from 0 to 7 within each scan; without an interval, there are none."""
    interval, numbers = False, cycle(RESTARTS)
    for each in segments:
        if each.marker == RESTART_INTERVAL:
            interval = any(each.content)
        elif each.marker == SCAN:
            numbers = cycle(RESTARTS)
        elif each.marker in RESTARTS and not (interval and each.marker == next(numbers)):
            raise IncompleteError("part of the image data is missing")


def _require_all_coefficients(frame: Segment, scans: Sequence[Segment]) -> None:
    """Each of the 64 coefficients of each component must be complete to its last bit."""
    count = frame.content[5]
    missing = {(component, at) for component in frame.content[6 : 6 + 3 * count : 3] for at in range(64)}
    for scan in scans:
        count = scan.content[0]
        low, high, bits = scan.content[1 + 2 * count : 4 + 2 * count]
        if bits & 0x0F == 0:
            missing -= {(component, at) for component in scan.content[1 : 2 * count : 2] for at in range(low, high + 1)}
    if missing:
        raise IncompleteError(TRUNCATED)


def _require_end(last: Segment, data: bytes) -> None:
    """Anything may follow the end except the rest of the image: stuffed bytes up to another end."""
    rest = data[last.at + 2 :].rstrip(b"\0")
    goes_on = rest.endswith(b"\xff\xd9") and rest.strip(b"\xff\xd9") and JPEG not in rest
    if last.marker != END or goes_on:
        raise IncompleteError("the image data is interrupted")

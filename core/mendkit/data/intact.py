"""Whether the bytes of an image file are all there: what decoders pass over, such as the missing half of a JPEG."""

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
"""Markers with a length and a content (ITU-T T.81, table B.1)."""
ONES = b"\xff\x00" * 8
"""As many bits as libjpeg fetches ahead. No Huffman code is all ones, so missing blocks use them up at once."""


TRUNCATED = "truncated: the image data ends early"


class IncompleteError(Exception):
    """Image data is missing, or it is interrupted."""


class Segment(NamedTuple):
    """A marker, where it is, and the content behind it."""

    marker: int
    at: int
    content: bytes = b""


def require_checksums(png: bytes) -> None:
    """Compare the checksums of a PNG's critical chunks, which Pillow does not do for pixels.

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
    """What to give to a decoder in the place of a JPEG, so that it asks for more where image data is missing.

    Where a scan ends early there is a marker, and at a marker libjpeg goes on with zeros: the rest would be grey. So
    where one scan has all, it is given without the marker. Where there are several, they must add up to all
    coefficients.

    Raises:
        IncompleteError: image data is missing, or it is interrupted.
    """
    segments = list(_segments(jpeg))
    frame = next((each for each in segments if each.marker in (*SEQUENTIAL, *PROGRESSIVE, *ARITHMETIC)), None)
    first = next((at for at, each in enumerate(segments) if each.marker == SCAN), None)
    if frame is None or first is None or frame.marker in ARITHMETIC:  # for the decoder to refuse, or not to suspend
        return jpeg
    _require_restarts_in_order(segments)
    if frame.marker in SEQUENTIAL and segments[first].content[:1] == frame.content[5:6]:
        after = (each.at for each in segments[first + 1 :] if each.marker not in RESTARTS)
        return jpeg[: next(after, len(jpeg))] + ONES
    _require_all_coefficients(frame, [each for each in segments if each.marker == SCAN])
    _require_end(segments[-1], jpeg)
    return jpeg


def _segments(jpeg: bytes) -> Iterator[Segment]:
    """All up to the end of the image, or to what is not a marker of an image."""
    content = np.frombuffer(jpeg, np.uint8)
    markers = np.flatnonzero((content[:-1] == 0xFF) & (content[1:] != 0) & (content[1:] != 0xFF)).tolist()
    end = 2
    for at in markers:
        marker = jpeg[at + 1]
        if at < end:  # within the content of a segment, such as a preview
            continue
        end = at + 2 + (int.from_bytes(jpeg[at + 2 : at + 4]) if marker in SEGMENTS else 0)
        yield Segment(marker, at, jpeg[at + 4 : end])
        if marker not in SEGMENTS and marker not in RESTARTS:
            return


def _require_restarts_in_order(segments: Iterable[Segment]) -> None:
    """Restart markers count from 0 to 7 within each scan; where no interval is set there are none."""
    interval, numbers = False, cycle(RESTARTS)
    for each in segments:
        if each.marker == RESTART_INTERVAL:
            interval = any(each.content)
        elif each.marker == SCAN:
            numbers = cycle(RESTARTS)
        elif each.marker in RESTARTS and not (interval and each.marker == next(numbers)):
            raise IncompleteError("a part of the image data is missing")


def _require_all_coefficients(frame: Segment, scans: Sequence[Segment]) -> None:
    """Each of the 64 coefficients of each component must have been sent down to its last bit."""
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
    """What follows the end may be anything but the rest of the image: stuffed bytes up to another end."""
    rest = data[last.at + 2 :].rstrip(b"\0")
    goes_on = rest.endswith(b"\xff\xd9") and rest.strip(b"\xff\xd9") and JPEG not in rest
    if last.marker != END or goes_on:
        raise IncompleteError("the image data is interrupted")

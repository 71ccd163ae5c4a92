"""Errors that a user can fix, and descriptions of values for messages.

The command line prints only the message of such an error, without a traceback.
"""

from __future__ import annotations

from pathlib import Path
from traceback import extract_tb

from pydantic_core import ErrorDetails

from mendkit_registry.errors import with_article


class MendkitError(Exception):
    """Base of all errors whose message names the thing at fault and the remedy."""


class ImageError(MendkitError):
    """One image cannot be used. It is left out and reported; the others can still be used."""


class UnreadableImageError(ImageError):
    """A file that should be an image cannot be decoded."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: cannot be read as an image: {reason}")
        self.path = path
        self.reason = reason


class SynthesisError(ImageError):
    """A synthesizer or an extra of a plugin failed for one image."""

    def __init__(self, image: str, task: str, synthesizer: str, plugin: str, reason: str) -> None:
        super().__init__(f"{image}: {synthesizer} of plugin {plugin!r} failed for {task}: {reason}")
        self.image = image
        self.task = task
        self.synthesizer = synthesizer
        self.plugin = plugin
        self.reason = reason

    def __reduce__(self) -> tuple[type[SynthesisError], tuple[str, str, str, str, str]]:
        return SynthesisError, (self.image, self.task, self.synthesizer, self.plugin, self.reason)


class FailingPluginError(MendkitError):
    """A component of a plugin fails, or fails too often to continue."""


class UnwritableError(MendkitError):
    """A file or folder cannot be written."""


class DataError(MendkitError):
    """A data root lacks something that was asked for."""


class ConfigError(MendkitError):
    """A configuration has an unknown key or an invalid value."""


class CheckpointError(MendkitError):
    """A checkpoint is missing, damaged, or in a newer format."""


class CardError(MendkitError):
    """The card of a model is missing, or a field of it is."""


class DivergedError(MendkitError):
    """A loss or a gradient became NaN or infinite."""


def described(found: object) -> str:
    """Type and shape of an array or tensor, or the type of anything else, for messages."""
    kind, shape = getattr(found, "dtype", None), getattr(found, "shape", None)
    return with_article(type(found).__name__) if kind is None or shape is None else f"{kind} {list(shape)}"


def in_words(fault: ErrorDetails) -> str:
    """Pydantic's message about a field, but for what it says in its own terms."""
    return "unknown key" if fault["type"] == "extra_forbidden" else fault["msg"].removeprefix("Value error, ")


def reason_of(error: BaseException) -> str:
    """Type and message of an error, and the line that raised it."""
    place = "".join(f" ({Path(frame.filename).name}:{frame.lineno})" for frame in extract_tb(error.__traceback__)[-1:])
    return f"{type(error).__name__}: {error}{place}"

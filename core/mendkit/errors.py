"""Errors that a user can mend. The command line prints their message alone, without a traceback."""

from __future__ import annotations

from pathlib import Path


class MendkitError(Exception):
    """Base of all errors whose message names the thing at fault and the remedy."""


class UnreadableImageError(MendkitError):
    """A file that should be an image cannot be decoded."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: cannot be read as an image: {reason}")
        self.path = path
        self.reason = reason


class DataError(MendkitError):
    """A data root lacks what was asked of it."""


class ConfigError(MendkitError):
    """A configuration has an unknown key or an impossible value."""


class CheckpointError(MendkitError):
    """A checkpoint is missing, damaged, or of a newer format."""


class DivergedError(MendkitError):
    """A loss became NaN or infinite."""

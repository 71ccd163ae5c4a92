"""Errors that a user can mend. The command line prints their message alone, without a traceback."""

from __future__ import annotations

from pathlib import Path


class MendkitError(Exception):
    """Base of all errors whose message names the thing at fault and the remedy."""


class ImageError(MendkitError):
    """One image cannot be used. It is left out and reported; others can be."""


class UnreadableImageError(ImageError):
    """A file that should be an image cannot be decoded."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: cannot be read as an image: {reason}")
        self.path = path
        self.reason = reason


class SynthesisError(ImageError):
    """A synthesizer or an extra of a plugin failed for one image."""

    def __init__(self, image: str, task: str, synthesizer: str, plugin: str, reason: str) -> None:
        super().__init__(f"{image}: {synthesizer} of plugin {plugin!r} made no pair of it for {task}: {reason}")
        self.image = image
        self.task = task
        self.synthesizer = synthesizer
        self.plugin = plugin
        self.reason = reason

    def __reduce__(self) -> tuple[type[SynthesisError], tuple[str, str, str, str, str]]:
        return SynthesisError, (self.image, self.task, self.synthesizer, self.plugin, self.reason)


class FailingPluginError(MendkitError):
    """A component of a plugin fails, or too often, to go on with it."""


class DataError(MendkitError):
    """A data root lacks what was asked of it."""


class ConfigError(MendkitError):
    """A configuration has an unknown key or an impossible value."""


class CheckpointError(MendkitError):
    """A checkpoint is missing, damaged, or of a newer format."""


class DivergedError(MendkitError):
    """A loss or a gradient became NaN or infinite."""

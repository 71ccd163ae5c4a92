"""For authors of plugins: the checks of ``mendkit plugins check`` as an assertion, and fixtures for pytest."""

from __future__ import annotations

__all__ = ["assert_plugin_conforms"]


def assert_plugin_conforms(name: str) -> None:
    """Check the installed plugin of that entry point name, as ``mendkit plugins check`` does.

    Raises:
        AssertionError: lists all problems, with their places and remedies.
        UnknownNameError: no plugin of that name is installed.
    """
    from .conformance import check_plugin

    failures = [str(finding) for finding in check_plugin(name) if finding.problem]
    if failures:
        raise AssertionError("\n".join([f"plugin {name!r} breaks {len(failures)} of mendkit's rules:", *failures]))

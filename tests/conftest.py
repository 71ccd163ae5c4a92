"""What all tests share."""

from __future__ import annotations

import pytest

from mendkit.cli.console import stderr, stdout


@pytest.fixture(autouse=True)
def as_wide_as_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The consoles of the commands are made once, and keep the width that ``COLUMNS`` had then."""
    for console in (stdout, stderr):
        monkeypatch.setattr(console, "_width", None)

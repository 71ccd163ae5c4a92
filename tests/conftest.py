"""What all tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mendkit.cli.console import stderr, stdout


@pytest.fixture(autouse=True, scope="session")
def as_wide_as_the_terminal() -> Iterator[None]:
    """The consoles of the commands are made once, and would keep the width that ``COLUMNS`` had then."""
    with pytest.MonkeyPatch.context() as patch:
        for console in (stdout, stderr):
            patch.setattr(console, "_width", None)
        yield

"""The command line: ``mendkit tasks``, ``mendkit train``, ``mendkit correct``, ... Each command is a file here."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line. What the user can mend is one message on stderr and exit status 1, with no traceback."""
    from mendkit_registry import RegistryError

    from ..errors import MendkitError
    from .app import app

    try:
        app(prog_name="mendkit")
    except (MendkitError, RegistryError) as error:
        print(f"mendkit: {error}", file=sys.stderr)
        sys.exit(1)

"""The command line: ``mendkit tasks``, ``mendkit train``, ``mendkit correct``, ... Each command is a file here."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line. What the user can put right is one message on stderr and exit status 1, no traceback."""
    try:
        _main()
    except KeyboardInterrupt:  # while a module is imported
        sys.exit(130)


def _main() -> None:
    from mendkit_registry import RegistryError

    from ..errors import MendkitError
    from .app import app
    from .console import about_files, print_anything

    print_anything()
    try:
        app(prog_name="mendkit")
    except (MendkitError, RegistryError) as error:
        sys.exit(f"mendkit: {error}")
    except OSError as error:
        if (message := about_files(error)) is None:
            raise
        sys.exit(f"mendkit: {message}")

"""``python -m mendkit`` is ``mendkit``."""

from mendkit.cli import main

if __name__ == "__main__":
    main()

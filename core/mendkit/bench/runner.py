"""Makes the cells of a table, those that are not made yet, and writes the table after each."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

import torch

from mendkit_registry import RegistryError

from ..errors import MendkitError
from ..files import write_text
from ..training.loop import Progress, Silent
from ..training.run import ProgressFactory
from .cell import Cell, require_same, run_cell
from .comparison import FAILURE, CellState, cell_folder, inspect_cell

log = logging.getLogger(__name__)


class Listener(Protocol):
    """Is told how the cells go on."""

    def starts(self, cell: Cell) -> None:
        """``cell`` is being made now."""

    def ends(self, cell: Cell, state: CellState) -> None:
        """``cell`` is in ``state`` now: done, failed, or stopped."""


def open_cells(cells: Iterable[Cell], out: Path) -> list[Cell]:
    """The cells that are not done.

    Raises:
        ConfigError: a cell that is done was made with other settings.
    """
    still_open = []
    for cell in cells:
        folder = cell_folder(out, cell)
        if result := inspect_cell(cell, folder).result:
            require_same(result.settings, cell.settings, folder)
        else:
            still_open.append(cell)
    return still_open


def make_cells(
    cells: Sequence[Cell], out: Path, listener: Listener, *, jobs: int = 1, progress: ProgressFactory | None = None
) -> None:
    """Make cells one after the other in this process, or with ``jobs`` over 1 side by side, each in its own.

    What goes wrong in a cell is written into its folder, and the others go on. Ctrl-C stops the cell at work cleanly,
    and starts no other; a later call goes on.
    """
    if jobs == 1:
        for cell in cells:
            listener.starts(cell)
            stopped = not make_cell(cell, cell_folder(out, cell), progress or silent)
            listener.ends(cell, inspect_cell(cell, cell_folder(out, cell)))
            if stopped:
                return
        return
    with ThreadPoolExecutor(jobs) as pool:
        try:
            list(pool.map(lambda cell: _make_apart(cell, out, listener, jobs), cells))
        except KeyboardInterrupt:
            pool.shutdown(wait=True, cancel_futures=True)


def make_cell(cell: Cell, folder: Path, progress: ProgressFactory) -> bool:
    """Make a cell, or leave in its folder why it cannot be made. Returns False if it was stopped."""
    (folder / FAILURE).unlink(missing_ok=True)
    try:
        result = run_cell(cell, folder, progress)
    except (MendkitError, RegistryError) as error:
        write_text(folder / FAILURE, f"{error}\n")
    except Exception as error:  # one cell must not stop a table that fills for hours
        log.exception("%s", cell.name)
        write_text(folder / FAILURE, f"{type(error).__name__}: {error}\n")
    else:
        (folder / FAILURE).unlink(missing_ok=True)  # of another process that found this one at work
        return result is not None
    return True


def _make_apart(cell: Cell, out: Path, listener: Listener, jobs: int) -> None:
    """Make a cell in a process of its own, so that whatever happens to it happens to it alone."""
    folder = cell_folder(out, cell)
    listener.starts(cell)
    threads = max(1, (os.cpu_count() or 1) // jobs)
    # A fork would inherit the threads of torch half way through their work.
    process = get_context("spawn").Process(target=_in_child, args=(cell, folder, threads))
    process.start()
    process.join()
    listener.ends(cell, inspect_cell(cell, folder))


def _in_child(cell: Cell, folder: Path, threads: int) -> None:
    torch.set_num_threads(threads)
    make_cell(cell, folder, silent)


def silent() -> nullcontext[Progress]:
    """A progress display that shows nothing."""
    return nullcontext(Silent())

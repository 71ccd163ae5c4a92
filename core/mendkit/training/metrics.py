"""The metrics of a run: means between two log points, as JSON lines and for TensorBoard."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.tensorboard import SummaryWriter

from ..files import write_text
from .step import Losses


class MetricsLog:
    """Writes ``RUN/metrics.jsonl`` and ``RUN/tensorboard``. After a resume, lines beyond the checkpoint are dropped."""

    def __init__(self, run: Path, images: int) -> None:
        self._path = run / "metrics.jsonl"
        self._drop_after(images)
        self._file = self._path.open("a", encoding="utf-8")
        self._board = SummaryWriter(str(run / "tensorboard"), purge_step=images)
        self._values: dict[str, list[Tensor]] = defaultdict(list)

    def add(self, losses: Losses) -> None:
        """Add the losses of one step. They stay on their device until they are written."""
        for name, loss in losses.items():
            self._values[name].append(loss)

    def write(self, images: int, **extra: float) -> dict[str, float]:
        """Write the mean losses since the last call, and ``extra``. Returns the losses."""
        means = {name: sum(torch.stack(values).tolist()) / len(values) for name, values in self._values.items()}
        self._values.clear()
        self._file.write(json.dumps({"images": images, **means, **extra}) + "\n")
        self._file.flush()
        for name, value in (means | extra).items():
            self._board.add_scalar(name, value, images)
        return means

    def close(self) -> None:
        """Flush and close."""
        self._file.close()
        self._board.close()

    def _drop_after(self, images: int) -> None:
        if self._path.exists():
            lines = self._path.read_text(encoding="utf-8").splitlines()
            kept = [line for line in lines if _images(line) <= images]
            write_text(self._path, "".join(f"{line}\n" for line in kept))


def _images(line: str) -> float:
    """The image count of a line; a line cut short by a crash counts as beyond any checkpoint."""
    try:
        return float(json.loads(line)["images"])
    except (ValueError, KeyError):
        return float("inf")

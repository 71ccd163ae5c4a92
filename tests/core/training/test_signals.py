"""SIGTERM ends a run as Ctrl-C does: with a checkpoint, from which it goes on bit for bit."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from threading import Thread

import pytest
import torch
from safetensors.torch import load_file

from mendkit.config import RunConfig
from mendkit.training.loop import Silent
from mendkit.training.run import resume_run, start_run
from mendkit.training.state import TrainingState

Configure = Callable[..., RunConfig]


class Signal:
    """Sends a signal to this process after eight images."""

    every = 8

    def __init__(self, number: signal.Signals) -> None:
        self.number = number

    def look(self, state: TrainingState, run: Path) -> None:
        if state.images == self.every:
            signal.raise_signal(self.number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_ended_by_a_signal_goes_on_exactly(
    tiny_config: Configure, tmp_path: Path, number: signal.Signals
) -> None:
    handlers = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    config, whole, parts = tiny_config(), tmp_path / "whole", tmp_path / "parts"
    assert start_run(config, whole, lambda: nullcontext(Silent()))
    assert not start_run(config, parts, lambda: nullcontext(Silent()), lambda plan, catalogue: [Signal(number)])
    assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)] == handlers
    assert resume_run(parts, lambda: nullcontext(Silent()))
    one, two = (load_file(run / "checkpoint" / "mend.safetensors") for run in (whole, parts))
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_a_run_in_another_thread_leaves_signals_alone(tiny_config: Configure, tmp_path: Path) -> None:
    spent: list[bool] = []
    handler = signal.getsignal(signal.SIGTERM)
    run = tmp_path / "run"
    thread = Thread(target=lambda: spent.append(start_run(tiny_config(), run, lambda: nullcontext(Silent()))))
    thread.start()
    thread.join()
    assert spent == [True] and signal.getsignal(signal.SIGTERM) is handler

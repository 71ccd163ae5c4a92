"""Seeds are those that every generator of random numbers takes; others are usage errors."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from mendkit.cli.app import app
from mendkit.config import MAX_SEED


@pytest.mark.parametrize("seed", ["-1", str(MAX_SEED + 1), str(2**70)])
@pytest.mark.parametrize(
    "command",
    [
        ("train", "--plan"),
        ("extend", "run", "--tasks", "a.b", "--out", "new"),
        ("evaluate", "run"),
        ("synth", "preview", "background.watermark"),
        ("synth", "export", "background.watermark", "--count", "1", "--out", "new"),
        ("data", "draw", "--out", "new"),
        ("demo", "--out", "new"),
    ],
    ids=lambda command: " ".join(command[:2]) if isinstance(command, tuple) else str(command),
)
def test_other_seeds_are_usage_errors(command: tuple[str, ...], seed: str) -> None:
    result = CliRunner().invoke(app, [*command, f"--seed={seed}"])
    assert result.exit_code == 2 and "--seed" in result.output


def test_the_largest_seed_serves_all_generators() -> None:
    np.random.default_rng(MAX_SEED)
    np.random.default_rng([MAX_SEED, 0])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed((MAX_SEED << 32) + 2**32 - 1)

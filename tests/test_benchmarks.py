"""The benchmarks still run: the fastest of them do a little, the others say what they take."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"
TINY = ("--size", "32", "--width", "4", "--batch", "4", "--repeats", "1", "--device", "cpu")


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(FOLDER / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_throughput_has_a_line_for_each_preset() -> None:
    done = run("throughput.py", *TINY)
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        "composite",
        "cyclegan",
        "hierarchical",
        "monce",
        "pix2pix",
        "pretrained",
        "ws_i2i",
    ]


@pytest.mark.parametrize("script", ["bad_pairs.py", "contrast.py", "correction.py", "lite_weights.py", "scale.py"])
def test_a_benchmark_says_what_it_takes(script: str) -> None:
    done = run(script, "--help")
    assert done.returncode == 0, done.stderr
    assert "usage:" in done.stdout

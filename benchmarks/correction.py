"""Photos per second that a trained model mends at full size, on random photos; reading and writing files not counted.

Run: python benchmarks/correction.py --model runs/first --task background.non_white --sides 300,1200,4000
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2
import numpy as np

from mendkit import Corrector
from mendkit.contracts import Image


def photo(side: int, seed: int) -> Image:
    """Smooth noise ``[side, side, 3]``."""
    noise = np.random.default_rng(seed).integers(0, 256, (32, 32, 3), np.uint8)
    return np.asarray(cv2.resize(noise, (side, side), interpolation=cv2.INTER_CUBIC))


def rate(corrector: Corrector, task: str, side: int, seconds: float) -> float:
    """Photos per second, after one warm-up."""
    photos = [photo(side, seed) for seed in range(4)]
    corrector.correct(photos[0], task)
    started, count = time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        corrector.correct(photos[count % len(photos)], task)
        count += 1
    return count / (time.perf_counter() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="a run or a checkpoint")
    parser.add_argument("--task", required=True)
    parser.add_argument("--sides", default="300,1200,4000", help="sides of the square photos, px")
    parser.add_argument("--seconds", type=float, default=5.0, help="time for each side")
    options = parser.parse_args()
    corrector = Corrector.load(options.model)
    for side in map(int, options.sides.split(",")):
        print(f"{side} x {side} px: {rate(corrector, options.task, side, options.seconds):.1f} photos a second")


if __name__ == "__main__":
    main()

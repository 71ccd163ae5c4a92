from __future__ import annotations

import pytest

from mendkit.evaluation.report import Conditions, Evaluation, TaskEvaluation

PIXELS = {
    "l1_input": 0.2,
    "l1": 0.05,
    "l1_ratio": 0.251,
    "l1_ratio_low": 0.221,
    "l1_ratio_high": 0.283,
    "psnr_input": 14.5,
    "psnr": 26.25,
    "ssim_input": 0.61,
    "ssim": 0.87,
    "worse": 0.083,
    "clean_l1": 0.0031,
    "clean_psnr": 41.5,
    "clean_psnr_p5": 33.75,
}
"""Every number is another, so that none can stand in for another."""
DISTANCES = {
    "frechet_input": 310.25,
    "frechet": 120.5,
    "frechet_halves": 99.75,
    "kernel_input": 0.4,
    "kernel": 0.1,
    "kernel_halves": -0.002,
    "perceptual_input": 0.7,
    "perceptual": 0.3,
}


@pytest.fixture
def evaluation() -> Evaluation:
    """One task with all numbers, one whose distances were not computed, one skipped; one image was left out."""
    conditions = Conditions(
        model="runs/<first>",
        images_seen=200_000,
        size=64,
        device="cpu",
        split="test",
        seed=7,
        limit=12,
        features="mobilenetv2_100",
    )
    few = {name: value for name, value in PIXELS.items() if not name.startswith("l1_ratio")}
    return Evaluation(
        conditions=conditions,
        tasks={
            "light.dark": TaskEvaluation(
                count=12,
                true_count=12,
                numbers={
                    "light.evenness": {"spread": 0.125, "oddity": None},
                    "mendkit.distances": DISTANCES,
                    "mendkit.pixels": PIXELS,
                },
            ),
            "light.dim": TaskEvaluation(
                count=2,
                true_count=2,
                numbers={"mendkit.pixels": few},
                left_out={"mendkit.distances": "not computed: needs at least 4 images, got 2"},
            ),
        },
        skipped={"light.flicker": "no pairs in split 'test'"},
        unreadable={"light.dim": ("photos/a&b.png: cannot be read as an image: truncated",)},
    )

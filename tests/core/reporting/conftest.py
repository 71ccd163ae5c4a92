from __future__ import annotations

import pytest

from mendkit.evaluation.distances import Distances
from mendkit.evaluation.metrics import TaskMetrics
from mendkit.evaluation.report import Conditions, Evaluation, TaskEvaluation


@pytest.fixture
def metrics() -> TaskMetrics:
    """Every number is another, so that none can stand in for another."""
    return TaskMetrics(
        count=12,
        l1_in=0.2,
        l1_out=0.05,
        l1_ratio=0.251,
        l1_ratio_interval=(0.221, 0.283),
        psnr_in=14.5,
        psnr_out=26.25,
        ssim_in=0.61,
        ssim_out=0.87,
        worse=0.083,
        clean_l1=0.0031,
        clean_psnr=41.5,
        clean_psnr_p5=33.75,
    )


@pytest.fixture
def evaluation(metrics: TaskMetrics) -> Evaluation:
    """One task with all numbers, one whose distances were not computed, one skipped; one image was left out."""
    distances = Distances(
        features="mobilenetv2_100",
        size=224,
        count=12,
        true_count=12,
        frechet_in=310.25,
        frechet_out=120.5,
        frechet_halves=99.75,
        kernel_in=0.4,
        kernel_out=0.1,
        kernel_halves=-0.002,
        perceptual_in=0.7,
        perceptual_out=0.3,
    )
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
    few = metrics.model_copy(update={"count": 2, "l1_ratio": None, "l1_ratio_interval": None})
    return Evaluation(
        conditions=conditions,
        tasks={
            "light.dark": TaskEvaluation(
                metrics=metrics,
                evaluators={"light.evenness": {"spread": 0.125, "oddity": None}},
                distances=distances,
            ),
            "light.dim": TaskEvaluation(
                metrics=few, evaluators={}, distances="not computed: needs at least 4 images, got 2"
            ),
        },
        skipped={"light.flicker": "no pairs in split 'test'"},
        unreadable={"light.dim": ("photos/a&b.png: cannot be read as an image: truncated",)},
    )

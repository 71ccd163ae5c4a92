"""Trained with references, from the names of files to corrected photos."""

from __future__ import annotations

import os
import signal
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
import torch
from rich.console import Console
from safetensors.torch import load_file

from mendkit import Corrector
from mendkit.config import RunConfig, parse_config
from mendkit.data.images import write_image
from mendkit.data.testsets import test_pairs as pairs_of
from mendkit.reporting.plan import plan_tables
from mendkit.training.checkpoint import read_index
from mendkit.training.loop import Status
from mendkit.training.run import plan_run, resume_run, start_run

PHOTO, REFERENCES = "color.photo", "color.references"


@pytest.fixture
def config(tmp_path: Path) -> RunConfig:
    """Four products of three views each, and a model that trains in a second."""
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    for split, products in (("train", "abc"), ("val", "d")):
        for product in products:
            shade = rng.integers(0, 200, 3)
            for view in range(3):
                image = np.full((40, 40, 3), 255, np.uint8)
                image[8 : 20 + 6 * view, 10:30] = shade
                write_image(tmp_path / "clean" / split / f"{product}_{view}.png", image)
    settings = {"size": 32, "images": 8, "batch": 4, "log_images": 4, "sheet_images": 8, "device": "cpu"}
    return parse_config(
        {
            "tasks": ["color.cast", "background.watermark"],
            "data": {"clean": tmp_path / "clean", "product": r"(?P<product>.+)_[^_]+"},
            "model": {"width": 4, "blocks": 2},
            "training": settings,
        },
        origin="test",
    )


class Silence:
    def update(self, status: Status) -> None: ...


class Interrupting:
    """Presses Ctrl-C at the first log point."""

    def update(self, status: Status) -> None:
        if status.losses:
            os.kill(os.getpid(), signal.SIGINT)


def weights(run: Path) -> dict[str, torch.Tensor]:
    files = sorted((run / "checkpoint").glob("*.safetensors"))
    return {f"{file.stem}.{key}": value for file in files for key, value in load_file(file).items()}


def test_the_plan_says_what_steers_the_generator_and_with_what(config: RunConfig) -> None:
    plan, _ = plan_run(config)
    console = Console(width=140, record=True, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    console.print(plan_tables(plan))
    shown = console.export_text()
    (line,) = [line for line in shown.splitlines() if "color.match_references" in line]
    assert [cell.strip() for cell in line.strip("│").split("│")] == [
        "decoded",
        "color.match_references",
        "color.cast",
        PHOTO,
    ]
    assert REFERENCES in shown


def test_made_pairs_of_a_product_have_its_other_views(config: RunConfig) -> None:
    plan, catalogue = plan_run(config)
    cast, mark = (
        pairs_of(catalogue, plan.registry, task, "train", size=32, seed=0)[0]
        for task in ("color.cast", "background.watermark")
    )
    assert cast.extras[REFERENCES].shape == (2, 32, 32, 3)
    assert mark.extras == {}


def test_training_resumes_bit_for_bit_and_the_run_corrects_with_references(config: RunConfig, tmp_path: Path) -> None:
    assert start_run(config, tmp_path / "whole", lambda: nullcontext(Silence()))
    assert not start_run(config, tmp_path / "parts", lambda: nullcontext(Interrupting()))
    assert resume_run(tmp_path / "parts", lambda: nullcontext(Silence()))
    whole, parts = weights(tmp_path / "whole"), weights(tmp_path / "parts")
    assert [name for name in whole if not torch.equal(whole[name], parts[name])] == []
    assert [spec.name for spec in read_index(tmp_path / "whole").extras] == [PHOTO, REFERENCES]
    assert any("match_references" in name and value.any() for name, value in whole.items() if ".film." in name)

    corrector = Corrector.load(tmp_path / "whole")
    photo, other = (tmp_path / "clean" / "train" / f"a_{view}.png" for view in range(2))
    by_references, alone = (
        corrector.mend([corrector.prepare(photo, "color.cast", references)], "color.cast")[0]
        for references in ([other], [])
    )
    assert not torch.equal(by_references.drawn, alone.drawn)
    assert np.array_equal(
        corrector.correct(photo, "background.watermark", [other]), corrector.correct(photo, "background.watermark")
    )

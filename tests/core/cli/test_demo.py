from __future__ import annotations

import json
from pathlib import Path

import pytest

from mendkit.cli.demo import demo


def test_the_demo_goes_from_nothing_to_a_gallery(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    demo(out=tmp_path, images=16, minutes=2, products=40, size=32, width=4, seed=0)

    printed = capfd.readouterr()
    report = json.loads((tmp_path / "run" / "evaluation" / "test.json").read_text())
    assert set(report["tasks"]) == {"background.non_white", "background.watermark", "viewpoint.wrong_angle"}
    assert all(task in printed.out for task in report["tasks"])
    assert "rough" not in printed.out
    gallery = tmp_path / "run" / "evaluation" / "test" / "index.html"
    assert gallery.is_file() and gallery.name in printed.err
    assert (tmp_path / "before-mended-truth.png").stat().st_size > 1000
    for task in report["tasks"]:
        names = {path.name for path in (tmp_path / "defective" / task).iterdir()}
        assert names == {path.name for path in (tmp_path / "mended" / task).glob("*.png")}


def test_a_second_call_goes_on_and_repeats_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    settings = {"out": tmp_path, "images": 8, "minutes": 2, "products": 40, "size": 32, "width": 4, "seed": 0}
    demo(**settings)
    checkpoint = (tmp_path / "run" / "checkpoint" / "average.safetensors").read_bytes()
    capfd.readouterr()
    demo(**settings)
    assert (tmp_path / "run" / "checkpoint" / "average.safetensors").read_bytes() == checkpoint
    assert "already done" in capfd.readouterr().err


def test_a_machine_that_is_too_slow_is_told_so(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    demo(out=tmp_path, images=5000, minutes=1e-6, products=40, size=32, width=4, seed=0)
    assert "only 8 of 5,000 images" in " ".join(capfd.readouterr().out.split())

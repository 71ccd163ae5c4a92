from __future__ import annotations

import json
from pathlib import Path

import pytest

from mendkit.cli.demo import TASKS, demo
from mendkit.shipped import Shipped
from mendkit.training.checkpoint import read_index


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


def test_the_demo_mends_with_the_installed_model_first_and_trains_from_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    demo(out=tmp_path, images=8, minutes=2, products=20, size=64, width=None, seed=0)
    assert (tmp_path / "first" / "before-mended-truth.png").stat().st_size > 1000
    for task in TASKS:
        mended = {path.name for path in (tmp_path / "first" / "mended" / task).glob("*.png")}
        assert len(mended) == 2 and mended == {
            path.name for path in (tmp_path / "first" / "defective" / task).iterdir()
        }
    index = read_index(tmp_path / "run")
    assert index.started_from is not None and index.config.training.size == 64
    assert capfd.readouterr().out.index("mended by the installed model") > 0


def test_without_an_installed_model_the_demo_says_so_and_goes_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mendkit.shipped.shipped_models", lambda registry=None: Shipped((), ()))
    demo(out=tmp_path, images=8, minutes=2, products=20, size=32, width=4, seed=0)
    assert "no installed" in " ".join(capfd.readouterr().out.split()) and (tmp_path / "run").is_dir()

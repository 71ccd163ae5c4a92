from __future__ import annotations

import subprocess
import sys

import pytest

from mendkit.contracts import Evaluator, Synthesizer
from mendkit_registry import EvaluatorSpec, Registry, SynthesizerSpec, build, load


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


def test_listing_imports_nothing_heavy() -> None:
    code = (
        "import sys, mendkit_background.plugin as p;"
        "[list(h()) for h in vars(p).values() if hasattr(h, 'mendkit_impl')];"
        "print(*{'torch', 'cv2', 'numpy', 'PIL', 'mendkit'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""


def test_both_tasks_are_semi_paired_and_move_no_pixels(registry: Registry) -> None:
    tasks = [task for task in registry.select(["background.*"]) if not task.benchmark]
    assert [task.name for task in tasks] == ["background.non_white", "background.watermark"]
    assert {(task.supervision, task.geometric) for task in tasks} == {("semi_paired", False)}


@pytest.mark.parametrize("name", ["paste_on_scene", "cut_out", "overlay_watermark"])
def test_every_synthesizer_can_be_built(registry: Registry, name: str) -> None:
    build(registry[SynthesizerSpec][f"background.{name}"], Synthesizer)


@pytest.mark.parametrize("name", ["border_whiteness", "watermark_residue"])
def test_every_evaluator_can_be_built(registry: Registry, name: str) -> None:
    build(registry[EvaluatorSpec][f"background.{name}"], Evaluator)


def test_only_the_cut_out_starts_from_defective_photos(registry: Registry) -> None:
    starts = {spec.name: spec.starts_from for spec in registry[SynthesizerSpec].of("background.non_white")}
    assert starts == {"background.cut_out": "defective", "background.paste_on_scene": "clean"}

from __future__ import annotations

import subprocess
import sys

from mendkit_registry import ConditionerSpec, EvaluatorSpec, ExtraSpec, SynthesizerSpec, load


def test_the_cast_is_a_paired_task_of_the_group_colour() -> None:
    registry = load()
    task = registry.task("colour.cast")
    assert (task.group, task.supervision, task.geometric) == ("colour", "paired", False)
    for kind in (SynthesizerSpec, ExtraSpec, ConditionerSpec, EvaluatorSpec):
        assert registry[kind].of("colour.cast")


def test_listing_imports_no_torch() -> None:
    code = "import mendkit_colour.plugin, sys; sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

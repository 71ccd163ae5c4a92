from __future__ import annotations

import subprocess
import sys

from mendkit_registry import ConditionerSpec, EvaluatorSpec, ExtraSpec, SynthesizerSpec, load


def test_the_cast_is_a_paired_task_of_the_group_color() -> None:
    registry = load()
    task = registry.task("color.cast")
    assert (task.group, task.supervision, task.geometric) == ("color", "paired", False)
    for kind in (SynthesizerSpec, ExtraSpec, ConditionerSpec, EvaluatorSpec):
        assert registry[kind].of("color.cast")


def test_listing_imports_no_torch() -> None:
    code = "import mendkit_color.plugin, sys; sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

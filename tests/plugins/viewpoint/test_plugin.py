from __future__ import annotations

import subprocess
import sys

from mendkit_registry import load


def test_the_wrong_angle_is_a_paired_geometric_task_of_the_group_viewpoint() -> None:
    registry = load()
    task = registry.tasks["viewpoint.wrong_angle"]
    assert (task.group, task.supervision, task.geometric) == ("viewpoint", "paired", True)
    assert "viewpoint" in registry.groups


def test_listing_the_plugin_imports_nothing_heavy() -> None:
    code = (
        "import sys, mendkit_viewpoint.plugin; print(*({'torch', 'cv2', 'numpy', 'PIL', 'mendkit'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []

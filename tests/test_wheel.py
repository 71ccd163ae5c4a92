"""What is installed from the wheel is what lies in the packages: data files, such as templates and presets, as well."""

from __future__ import annotations

from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(file.parent for file in ROOT.glob("*/mendkit*/__init__.py"))


@pytest.fixture(scope="module")
def shipped() -> set[str]:
    """The paths in the wheel, as hatchling would build it."""
    return {file.distribution_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_the_wheel_has_each_file_of_a_package(package: Path, shipped: set[str]) -> None:
    files = {path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    names = {path.relative_to(package.parent).as_posix() for path in files}
    assert f"{package.name}/py.typed" in names
    assert names - shipped == set()


def test_the_wheel_has_the_template_of_new_plugins(shipped: set[str]) -> None:
    template = {name for name in shipped if name.startswith("mendkit/authoring/template/")}
    assert "mendkit/authoring/template/package/plugin.py.tmpl" in template
    assert all(name.endswith(".tmpl") for name in template) and len(template) == 12


def test_the_wheel_has_neither_tests_nor_examples(shipped: set[str]) -> None:
    assert {name.partition("/")[0] for name in shipped} == {package.name for package in PACKAGES}

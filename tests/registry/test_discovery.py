"""Installed distributions, good and broken: a broken one is a row with an error, and harms no other."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mendkit_registry import (
    API_VERSION,
    DefectGroup,
    Plugin,
    PluginError,
    Registry,
    compose,
    hookimpl,
    load,
    plugin_from,
)

Install = Callable[..., str]

GOOD = """
@hookimpl
def mendkit_groups():
    yield DefectGroup(name="surface", title="Surface")

@hookimpl
def mendkit_tasks():
    yield DefectType(name="surface.scratches", title="Scratches", supervision="paired")
    yield DefectType(name="background.stain", title="Stain", supervision="unpaired")  # in the group of another plugin

@hookimpl
def mendkit_synthesizers():
    return [SynthesizerSpec(name="surface.draw", tasks=("surface.*",), factory="nowhere:Drawer")]
"""

BROKEN = {
    "raises at import": ("1 / 0", "ZeroDivisionError"),
    "misses a module": ("import no_such_module_at_all", "No module named 'no_such_module_at_all'"),
    "exits at import": ("raise SystemExit('enough')", "SystemExit: enough"),
    "does not parse": ("def :", "SyntaxError"),
    "misspells a hook": (
        "@hookimpl\ndef mendkit_task():\n    return []",
        "no hook 'mendkit_task'; did you mean 'mendkit_tasks'?",
    ),
    "misspells a hook elsewhere": (
        "@hookimpl(specname='mendkit_lossses')\ndef losses():\n    return []",
        "did you mean 'mendkit_losses'?",
    ),
    "forgets the decorator": ("def mendkit_tasks():\n    return []", "mendkit_tasks lacks the decorator @hookimpl"),
    "misspells a hook and forgets the decorator": (
        "def mendkit_synthesizer():\n    return []",
        "mendkit_synthesizer lacks the decorator @hookimpl, and is misspelt: did you mean 'mendkit_synthesizers'?",
    ),
    "takes other arguments": ("@hookimpl\ndef mendkit_tasks(registry):\n    return []", "mendkit_tasks"),
    "yields another type": (
        "@hookimpl\ndef mendkit_tasks():\n    yield DefectGroup(name='surface', title='')",
        "hook mendkit_tasks must yield DefectType, got DefectGroup(name='surface'",
    ),
    "returns one spec": (
        "@hookimpl\ndef mendkit_groups():\n    return DefectGroup(name='surface', title='')",
        "hook mendkit_groups must yield DefectGroup",
    ),
    "raises in a hook": (
        "@hookimpl\ndef mendkit_losses():\n    yield from ()\n    raise ValueError('boom')",
        "hook mendkit_losses raised ValueError: boom",
    ),
    "names a task badly": (
        "@hookimpl\ndef mendkit_tasks():\n    yield DefectType(name='Scratches', title='', supervision='paired')",
        "hook mendkit_tasks yields a wrong spec: DefectType.name is 'Scratches', not two lower-case words joined by a ",
    ),
    "gives one glob": (
        "@hookimpl\ndef mendkit_losses():\n    yield LossSpec(name='a.b', tasks='a.*', factory='m:C', weight=1)",
        "LossSpec.tasks is 'a.*', not a tuple, such as ('a.*',)",
    ),
    "names a factory badly": (
        "@hookimpl\ndef mendkit_losses():\n    yield LossSpec(name='a.b', tasks=('a.*',), factory='m.C', weight=0)",
        "LossSpec.factory is 'm.C', not 'package.module:attribute'; LossSpec.weight is 0: Input should be greater",
    ),
    "writes a number badly": (
        "@hookimpl\ndef mendkit_evaluators():\n    yield Metric(name='a', title='A', better='high', format='percent')",
        "Metric.better is 'high': Input should be 'lower' or 'higher'; Metric.format is 'percent': Value error",
    ),
    "misspells a field": (
        "@hookimpl\ndef mendkit_groups():\n    yield DefectGroup(name='surface', titel='')",
        "DefectGroup.title is missing; DefectGroup.titel is not a field; is it misspelt?",
    ),
    "has no group": (
        "@hookimpl\ndef mendkit_tasks():\n    yield DefectType(name='backgroud.stain', title='', supervision='paired')",
        "unknown group 'backgroud' (did you mean 'background'?)",
    ),
    "has no task": (
        "@hookimpl\ndef mendkit_losses():\n"
        "    yield LossSpec(name='a.b', tasks=('background.watermrk',), factory='m:C', weight=1)",
        "'a.b' is for the unknown task 'background.watermrk' (did you mean 'background.watermark'?)",
    ),
    "claims a shipped task": (
        "@hookimpl\ndef mendkit_tasks():\n"
        "    yield DefectType(name='viewpoint.wrong_angle', title='', supervision='paired')",
        "DefectType 'viewpoint.wrong_angle' is claimed by plugin 'dummy' (dummy-plugin 1.2) and plugin 'viewpoint' (",
    ),
    "is written for a newer API": (
        "MENDKIT_API = 2\n@hookimpl\ndef mendkit_moods():\n    return []",
        "written for version 2 of the plugin API, but this mendkit has 1; update mendkit",
    ),
    "says no version": ("MENDKIT_API = '1'", "MENDKIT_API must be a whole number, such as 1, got '1'"),
    "imports what only a newer mendkit has": (
        "from mendkit_registry import MoodSpec",
        "if a newer mendkit has it, update mendkit",
    ),
    "claims a name twice": (
        "@hookimpl\ndef mendkit_groups():\n    return [DefectGroup(name='a', title='')] * 2",
        "DefectGroup 'a' is claimed 2 times by plugin 'dummy'",
    ),
}


def row(registry: Registry, name: str) -> Plugin:
    (found,) = [plugin for plugin in registry.plugins if plugin.name == name]
    return found


def test_an_installed_plugin_is_a_row_with_all_that_it_contributes(install: Install) -> None:
    module = install(GOOD)
    registry = load(strict=True)
    found = row(registry, "dummy")
    assert (found.distribution, found.version, found.module) == ("dummy-plugin", "1.2", module)
    assert found.error is None
    assert found.names("tasks") == ("surface.scratches", "background.stain")
    assert found.names("synthesizers") == ("surface.draw",)
    assert {"surface.scratches", "background.stain", "background.watermark"} <= registry.tasks.keys()
    assert registry.plugin_of(registry.task("background.stain")) is found


@pytest.mark.parametrize(("code", "fault"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_plugin_is_a_row_with_its_fault_and_contributes_nothing(
    install: Install, code: str, fault: str
) -> None:
    install(code)
    found = row(load(), "dummy")
    assert fault in (found.error or "")
    assert not found.contributions


@pytest.mark.parametrize("case", [case for case in BROKEN if case != "claims a shipped task"])
def test_a_broken_plugin_harms_no_other(install: Install, case: str) -> None:
    before = load(strict=True)
    install(BROKEN[case][0])
    install(GOOD, name="good")
    registry = load()
    assert [plugin.name for plugin in registry.plugins if plugin.error] == ["dummy"]
    assert registry.tasks.keys() == before.tasks.keys() | {"surface.scratches", "background.stain"}


@pytest.mark.parametrize(("code", "fault"), BROKEN.values(), ids=BROKEN.keys())
def test_strict_loading_names_plugin_distribution_version_fault_and_remedy(
    install: Install, code: str, fault: str
) -> None:
    install(code)
    with pytest.raises(PluginError) as raised:
        load(strict=True)
    message = str(raised.value)
    assert "plugin 'dummy' (dummy-plugin 1.2): " in message
    assert fault in message
    assert "pip uninstall dummy-plugin" in message


def test_two_plugins_that_claim_one_name_are_both_broken_and_both_named(install: Install) -> None:
    for name in ("first", "second"):
        install(GOOD, name=name)
    registry = load()
    errors = {row(registry, name).error for name in ("first", "second")}
    assert len(errors) == 1
    (error,) = errors
    assert error and "plugin 'first' (first-plugin 1.2) and plugin 'second' (second-plugin 1.2)" in error
    assert "surface.scratches" not in registry.tasks and "background.watermark" in registry.tasks


def test_two_plugins_of_one_entry_point_name_are_both_broken(install: Install) -> None:
    install("", name="twin", distribution="one")
    install("", name="twin", distribution="two")
    errors = [plugin.error for plugin in load().plugins if plugin.name == "twin"]
    assert len(errors) == 2
    assert all(error and "(one 1.2) and plugin 'twin' (two 1.2)" in error for error in errors)


def test_a_plugin_without_metadata_is_a_row(install: Install, tmp_path: Path) -> None:
    module = install("")
    (tmp_path / f"{module}-1.2.dist-info" / "METADATA").unlink()
    found = row(load(), "dummy")
    assert (found.distribution, found.version, found.error) == ("unknown", "unknown", None)


def test_ctrl_c_while_a_plugin_is_imported_is_not_its_fault(install: Install) -> None:
    install("raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        load()


def test_what_another_plugin_hooks_in_cannot_wrap_or_stop_ours(install: Install) -> None:
    install("@hookimpl(tryfirst=True, wrapper=True)\ndef mendkit_tasks():\n    yield\n    return []")
    registry = load()
    assert "background.watermark" in registry.tasks


def test_loading_imports_neither_torch_nor_numpy_nor_what_a_factory_names() -> None:
    lines = """
import sys, mendkit_registry
from mendkit_registry.specs import ComponentSpec
registry = mendkit_registry.load(strict=True)
heavy = {"torch", "numpy", "cv2", "PIL", "torchvision"} & sys.modules.keys()
kinds = [registry[kind] for kind in registry.specs if issubclass(kind, ComponentSpec)]
factories = {spec.factory.partition(":")[0] for kind in kinds for spec in kind.values()}
assert factories, "nothing would be tested"
assert not heavy and not factories & sys.modules.keys(), (heavy, factories & sys.modules.keys())
"""
    subprocess.run([sys.executable, "-c", lines], check=True)


def test_a_plugin_for_this_version_of_the_api_works(install: Install) -> None:
    install(f"MENDKIT_API = {API_VERSION}\n{GOOD}")
    assert row(load(strict=True), "dummy").status == "ok"


NOISY = """
print("hello", "world")
@hookimpl
def mendkit_groups():
    print("a group")
    yield DefectGroup(name="surface", title="Surface")
"""


def test_what_a_plugin_prints_is_a_remark_and_not_on_the_output(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    install(NOISY)
    found = row(load(strict=True), "dummy")
    assert capsys.readouterr().out == ""
    assert found.names("groups") == ("surface",)
    assert (found.status, found.error) == ("warning", None)
    (remark,) = found.remarks
    assert "prints 'hello world a group'" in remark


def test_json_stays_json_whatever_a_plugin_prints(install: Install, tmp_path: Path) -> None:
    install(NOISY)
    listed = subprocess.run(
        [sys.executable, "-m", "mendkit", "tasks", "--json"],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "surface" in {group["name"] for group in json.loads(listed.stdout)["groups"]}


def test_global_random_numbers_that_a_plugin_seeds_are_restored_and_remarked(install: Install) -> None:
    random.seed(3)
    np.random.seed(3)
    expected = random.random(), np.random.random()
    random.seed(3)
    np.random.seed(3)
    install("import random, numpy\nrandom.seed(0)\nnumpy.random.seed(0)")
    found = row(load(strict=True), "dummy")
    assert (random.random(), np.random.random()) == expected
    assert [remark.partition(",")[0] for remark in found.remarks] == [
        "changes the global state of random",
        "changes the global state of numpy.random",
    ]


def test_a_broken_plugin_keeps_its_remarks_and_restores_what_it_changed(install: Install) -> None:
    random.seed(5)
    expected = random.random()
    random.seed(5)
    install("import random\nprint('so far')\nrandom.random()\n1 / 0")
    found = row(load(), "dummy")
    assert random.random() == expected
    assert found.status == "broken" and len(found.remarks) == 2


class Surface:
    @hookimpl
    def mendkit_groups(self) -> list[DefectGroup]:
        return [DefectGroup(name="surface", title="Surface")]


def test_a_plugin_at_hand_need_not_be_installed() -> None:
    registry = compose([plugin_from(Surface(), "mine")], strict=True)
    assert list(registry.groups) == ["surface"]
    assert [(plugin.name, plugin.error) for plugin in registry.plugins] == [("mine", None)]
    assert plugin_from(Surface()).name == "Surface"


def test_composing_strictly_names_what_is_broken() -> None:
    with pytest.raises(PluginError, match=r"plugin 'mine' .*version 9"):
        compose([plugin_from(SimpleNamespace(MENDKIT_API=9), "mine")], strict=True)

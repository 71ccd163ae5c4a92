"""The suite as a whole, on plugins that are installed for the test; and its messages."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from mendkit.testing import (
    assert_plugin_conforms,
    conditioners,
    evaluators,
    extras,
    heads,
    learners,
    losses,
    models,
    samples,
    specs,
    synthesizers,
    transforms,
)
from mendkit.testing.conformance import check_plugin
from mendkit_registry import UnknownNameError

Install = Callable[..., None]

PLUGIN = """
from mendkit_registry import *

@hookimpl
def mendkit_groups():
    yield DefectGroup(name="surface", title="Surface")

@hookimpl
def mendkit_tasks():
    yield DefectType(name="surface.scratches", title="Scratches", supervision="paired")

@hookimpl
def mendkit_synthesizers():
    yield SynthesizerSpec(name="surface.draw", tasks=("surface.*",), factory="scratches_plugin.parts:Drawer")
"""

PARTS = """
from mendkit.contracts import Pair

class Drawer:
    def __call__(self, photo, rng, resources):
        source = photo.pixels.copy()
        source[int(rng.integers(8, 20))] //= 2
        return Pair(source, photo.pixels)
"""


def problems(name: str = "scratches") -> dict[tuple[str, str], str]:
    return {(found.component, found.check): found.problem for found in check_plugin(name) if found.problem}


def test_a_good_plugin_passes_every_check_and_each_says_what_it_is(install: Install) -> None:
    install(plugin=PLUGIN, parts=PARTS)
    findings = check_plugin("scratches")
    assert [finding.problem for finding in findings if finding.problem] == []
    assert {finding.component for finding in findings} == {"scratches", "surface.draw"}
    assert len({(finding.component, finding.check) for finding in findings}) == len(findings) > 15
    assert all(finding.remedy for finding in findings)
    assert_plugin_conforms("scratches")


def test_all_failures_are_listed_with_their_place_and_remedy(install: Install) -> None:
    seeds = PARTS.replace("source[int(", "import random; random.seed(1); source[int(")
    install(plugin=PLUGIN.replace("from mendkit_registry", "import numpy\nfrom mendkit_registry", 1), parts=seeds)
    random.seed(3)
    state = random.getstate()
    with pytest.raises(AssertionError) as raised:
        assert_plugin_conforms("scratches")
    assert random.getstate() == state
    first, *lines = str(raised.value).splitlines()
    assert first == "plugin 'scratches' breaks 2 of mendkit's rules:"
    assert lines[0] == "scratches: is listed without heavy imports: listing it imports numpy"
    assert lines[2] == "surface.draw: has no side effects: changed the global state of random"
    assert lines[1].startswith("    remedy: import only mendkit_registry")
    assert lines[3].startswith("    remedy: ")


def test_of_a_broken_plugin_it_is_said_why_and_nothing_else(install: Install) -> None:
    install(plugin="raise RuntimeError('no licence')")
    assert problems() == {("scratches", "loads"): "RuntimeError: no licence"}


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ("Drawer = 3", "is an int, not a callable"),
        ("class Drawer: pass", "lacks members of Synthesizer"),
    ],
)
def test_a_factory_that_does_not_serve_is_one_finding(install: Install, parts: str, problem: str) -> None:
    install(plugin=PLUGIN, parts=parts)
    found = problems()
    assert list(found) == [("surface.draw", "fits Synthesizer")]
    assert problem in found["surface.draw", "fits Synthesizer"]


def test_side_effects_of_imports_and_constructors_are_found(install: Install) -> None:
    parts = (
        f"print('importing')\nimport numpy\nnumpy.random.seed(0)\n{PARTS}\n    def __init__(self): print('building')"
    )
    install(plugin=f"print('listing')\n{PLUGIN}", parts=parts)
    found = problems()
    assert "prints 'listing'" in found["scratches", "is listed without side effects"]
    assert found["scratches", "has factories that import without side effects"] == (
        "the factory of surface.draw printed 'importing' and changed the global state of numpy.random"
    )
    assert "building" in found["surface.draw", "is built without side effects"]


def test_a_component_for_no_task_at_all_is_found(install: Install) -> None:
    install(plugin=PLUGIN.replace('tasks=("surface.*",)', 'tasks=("surfaces.*",)'), parts=PARTS)
    assert problems() == {
        (
            "scratches",
            "has components for tasks that are there",
        ): "surface.draw is for surfaces.*, which matches no task"
    }


def test_specs_that_change_from_call_to_call_are_found(install: Install) -> None:
    changing = PLUGIN.replace('title="Surface"', "title=str(calls.append(1) or len(calls))")
    install(plugin=f"calls = []\n{changing}", parts=PARTS)
    assert problems() == {
        (
            "scratches",
            "yields the same specs each time",
        ): "mendkit_groups yields different specs when called again"
    }


LEARNING = """
from mendkit_registry import *

@hookimpl
def mendkit_learners():
    yield LearnerSpec(name="surface.finder", factory="scratches_plugin.parts:Finder", gives="finding")

@hookimpl
def mendkit_losses():
    yield LossSpec(
        name="surface.score",
        tasks=("*",),
        factory="scratches_plugin.parts:Score",
        weight=1,
        learner="surface.finder",
        role="finder",
        needs=("scores",),
    )
"""

LEARNING_PARTS = """
from torch import nn
from mendkit.contracts.finding import Findings

class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.scores = nn.Linear(3, 2)

    def forward(self, images, guidance):
        return Findings(self.scores(images.mean(dim=(2, 3))).sigmoid())

class Finder:
    roles = {"finder": ("network",)}
    offers = ("scores",)

    def __init__(self, blueprint, registry, needs):
        self.network = Network()

    def networks(self):
        return {"network": self.network}

    def answering(self):
        return self.network

    def passes(self, batch, asked=None):
        raise NotImplementedError

class Score:
    def __call__(self, passes):
        raise AssertionError("it cannot be tried")
"""


def test_a_learner_is_tried_and_of_its_terms_it_is_said_that_they_are_not(install: Install) -> None:
    install(plugin=LEARNING, parts=LEARNING_PARTS)
    findings = check_plugin("scratches")
    assert [finding.problem for finding in findings if finding.problem] == []
    assert {check.name for check in learners.CHECKS} <= {found.check for found in findings if "finder" in str(found)}
    remarks = [found.check for found in findings if found.component == "surface.score"]
    assert "gives values that are first tested in training, because it is for the learner surface.finder" in remarks
    assert not {check.name for check in losses.CHECKS} & set(remarks)


EVALUATOR = """
@hookimpl
def mendkit_evaluators():
    yield EvaluatorSpec(
        name="surface.share",
        tasks=("surface.*",),
        factory="scratches_plugin.parts:Share",
        needs=("features",),
        metrics=(Metric(name="share", title="Share", better="higher"),),
    )
"""

SHARE = """
class Share:
    def __init__(self, features):
        self.features = features
        self.reset()

    def update(self, outcome):
        self.bright += (self.features(outcome.output).mean(dim=1) > 0.5).tolist()

    def compute(self):
        return {"shares": sum(self.bright) / len(self.bright)} if self.bright else {}

    def reset(self):
        self.bright = []
"""


def test_an_evaluator_gets_what_it_needs_and_must_give_its_metrics(install: Install) -> None:
    install(plugin=PLUGIN + EVALUATOR, parts=PARTS + SHARE)
    check = "gives the numbers that it compares by"
    assert problems() == {("surface.share", check): "its spec names share, but it gives shares"}


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ("{'model': {'width': 8}, 'losses': {'l1_y': {'weight': 2}}}", None),
        ("{'model': {'depth': 8}}", "the preset rough: the flags: bad configuration\n  model.depth: unknown key"),
        ("{'losses': {'l1_z': {'weight': 2}}}", "the preset rough: no loss named 'l1_z'"),
    ],
)
def test_a_preset_must_be_a_configuration(install: Install, settings: str, problem: str | None) -> None:
    preset = f"PresetSpec(name='rough', title='Rough', settings={settings})"
    install(plugin=f"{PLUGIN}\n@hookimpl\ndef mendkit_presets():\n    yield {preset}\n", parts=PARTS)
    found = problems()
    assert list(found) == ([("scratches", "has presets that are configurations")] if problem else [])
    assert all(each.startswith(str(problem)) for each in found.values())


def test_a_plugin_that_is_not_installed_is_an_error_with_the_nearest_names() -> None:
    with pytest.raises(UnknownNameError, match="nearest: viewpoint"):
        check_plugin("viewpoints")


def test_the_page_about_plugins_has_every_check_of_each_kind() -> None:
    page = (Path(__file__).parents[3] / "docs" / "tasks-and-plugins.md").read_text(encoding="utf-8")
    _, _, below = page.partition("| of | it is checked that it |\n|---|---|\n")
    rows = [line.split(" | ")[1].removesuffix(" |").split("; ") for line in below.partition("\n\n")[0].splitlines()]
    kinds = (
        specs,
        synthesizers,
        losses,
        learners,
        evaluators,
        conditioners,
        transforms,
        heads,
        extras,
        samples,
        models,
    )
    assert rows == [[check.name for check in kind.CHECKS] for kind in kinds]

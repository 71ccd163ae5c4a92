from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from mendkit.config import RunConfig
from mendkit.data.images import write_image
from mendkit.data.opening import open_catalogue
from mendkit.errors import ConfigError, DataError
from mendkit.reporting.plan import plan_tables
from mendkit.training.plan import Plan, compose_plan
from mendkit.training.run import plan_run
from mendkit_registry import UnknownNameError, load

Configure = Callable[..., RunConfig]


def plan(config: RunConfig) -> Plan:
    registry = load(strict=True)
    return compose_plan(config, registry, open_catalogue(config.data, registry.tasks))


def changed(config: RunConfig, **updates: object) -> RunConfig:
    return RunConfig.model_validate(config.model_dump() | updates)


def with_losses(config: RunConfig, **losses: dict[str, object]) -> RunConfig:
    return changed(config, losses=config.model_dump()["losses"] | losses)


def test_all_registered_tasks_are_trained_by_default(tiny_config: Configure) -> None:
    defects = ("background.non_white", "background.watermark", "color.cast", "viewpoint.wrong_angle")
    assert plan(tiny_config()).names == defects


def test_tasks_can_be_chosen_by_glob(tiny_config: Configure) -> None:
    assert plan(changed(tiny_config(), tasks=["background.w*"])).names == ("background.watermark",)
    with pytest.raises(UnknownNameError, match=r"background\.watermark"):
        plan(changed(tiny_config(), tasks=["background.watermrk"]))


def test_our_preset_has_its_weights_and_the_paper_has_its_own(tiny_config: Configure) -> None:
    paper = plan(tiny_config(preset="hierarchical"))
    weights = {term.name: (term.weight, term.every) for term in paper.terms if term.weight > 0}
    weights = {name: weight for name, weight in weights.items() if not name.startswith("critic.")}
    pairs = {name: (weight, 1) for name, weight in (("adversarial", 1), ("l1", 150), ("cycle", 10), ("identity", 10))}
    assert weights == {f"{name}_{domain}": value for name, value in pairs.items() for domain in "xy"}
    ours = {term.name: term.weight for term in plan(tiny_config()).terms}
    assert ours["mask_y"] > 0 and ours["transform_y"] > 0


def test_terms_reach_the_tasks_that_supervision_and_geometry_allow(tiny_config: Configure) -> None:
    paper = plan(tiny_config(preset="hierarchical"))
    reached = {term.name: paper.reach(term) for term in paper.terms}
    assert reached["cycle_x"] == ("background.non_white", "background.watermark")
    ours = plan(tiny_config())
    reaches = {term.name: ours.reach(term) for term in ours.terms}
    assert reaches["cycle_x"] == ()  # all samples of this data are pairs
    assert reaches["transform_y"] == reaches["closed_y"] == ("color.cast", "viewpoint.wrong_angle")
    assert reaches["mask_y"] == ("background.non_white", "background.watermark")
    assert reaches["harm_y"] == (*reaches["mask_y"], "color.cast")
    assert len(reaches["l1_y"]) == 4


def test_the_configuration_changes_a_term_by_its_name(tiny_config: Configure) -> None:
    terms = plan(with_losses(tiny_config(), cycle_x={"weight": 3, "every": 2, "applies": "all"})).terms
    assert next((t.weight, t.every, t.applies) for t in terms if t.name == "cycle_x") == (3, 2, "all")
    with pytest.raises(ConfigError, match="cycel_x"):
        plan(with_losses(tiny_config(), cycel_x={"weight": 3}))


def test_a_task_that_is_named_but_has_no_data_is_an_error(tiny_config: Configure, tmp_path: Path) -> None:
    folder = tmp_path / "root" / "background" / "watermark"
    for side in ("source", "target"):
        (folder / "train" / side).mkdir(parents=True)
        image = next((tmp_path / "clean" / "train").iterdir())
        (folder / "train" / side / "a.png").write_bytes(image.read_bytes())
    config = changed(tiny_config(), data={"root": tmp_path / "root"})
    assert plan(config).names == ("background.watermark",)
    with pytest.raises(DataError, match=r"background\.non_white"):
        plan(changed(config, tasks=["background.non_white"]))


def test_the_printed_plan_shows_feeds_terms_and_sites(tiny_config: Configure) -> None:
    console = Console(width=200, record=True)
    console.print(plan_tables(plan(tiny_config())))
    text = console.export_text()
    for part in ("background.paste_on_scene ", "6 clean images", "viewpoint.tilt", "l1_y", "150", "attention to eta"):
        assert part in text
    assert "kept input" not in text
    assert re.search(
        r"What changes the pixels that are kept *\n(.*\n){3}│ transform\.flow +│ viewpoint\.wrong_angle", text
    )


def test_names_and_words_of_the_printed_plan_stay_whole_at_80_columns(tiny_config: Configure) -> None:
    console = Console(width=80)
    with console.capture() as captured:
        console.print(plan_tables(plan(tiny_config())))
    lines = captured.get().splitlines()
    assert max(map(len, lines)) <= 80
    for name in ("viewpoint.wrong_angle", "background.overlay_watermark", "supervision", "semi_paired", "transform_y"):
        assert any(name in line for line in lines)


def test_the_printed_plan_counts_pairs_of_different_proportions(
    tiny_config: Configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mendkit.reporting.plan.LOOKED_AT", 2)
    for number in range(5):
        for side, shape in (("source", (20, 30, 3)), ("target", (30, 20, 3))):
            image = tmp_path / "root" / "background" / "watermark" / side / "train" / f"{number}.png"
            write_image(image, np.zeros(shape, np.uint8))
    planned = plan(changed(tiny_config(), data={"root": tmp_path / "root"}, tasks=["background.watermark"]))
    console = Console(width=60)
    with console.capture() as captured:
        console.print(plan_tables(planned), soft_wrap=True)
    assert "2 of 2 pairs that were looked at have sides of different proportions" in captured.get()
    assert f"{tmp_path}/root/background/watermark/source/train/0.png (30 x 20) and " in captured.get()
    assert "…" not in captured.get()  # names are folded, and never cut


def test_terms_that_compare_features_take_part_if_there_are_weights(tiny_config: Configure, mobilenet: Path) -> None:
    seeing = plan(tiny_config(features=mobilenet))
    assert "perceptual_y" in {term.name for term in seeing.terms}
    assert seeing.features is not None and seeing.features.network == "mobilenetv2_100"
    assert (seeing.left_out, seeing.remarks) == ((), ())


def test_without_weights_they_are_left_out_and_the_plan_says_so(tiny_config: Configure) -> None:
    blind = plan(tiny_config())
    assert "perceptual_y" not in {term.name for term in blind.terms}
    assert blind.left_out == ("perceptual_y",)
    console = Console(width=200)
    with console.capture() as captured:
        console.print(plan_tables(blind))
    assert "without perceptual_y: training.features names no weights" in captured.get()


def test_no_weights_are_needed_where_nothing_is_compared(tiny_config: Configure, tmp_path: Path) -> None:
    untouched = plan(tiny_config(preset="hierarchical", features=tmp_path / "missing.safetensors"))
    assert (untouched.features, untouched.left_out) == (None, ())
    assert untouched.remarks == ("training.features is not used: no term compares features",)


def test_weights_that_are_missing_are_an_error_that_names_the_setting(tiny_config: Configure, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"training\.features: .*missing\.safetensors: no such file.*restore"):
        plan(tiny_config(features=tmp_path / "missing.safetensors"))


def test_without_a_transform_a_task_is_redrawn_like_any_other(tiny_config: Configure) -> None:
    config = tiny_config(preset="composite").model_copy(update={"tasks": ("color.cast", "viewpoint.wrong_angle")})
    with_all, _ = plan_run(config)
    only_tone = config.model.model_copy(update={"transforms": ("transform.tone",)})
    with_tone, _ = plan_run(config.model_copy(update={"model": only_tone}))
    drawing = config.model.model_copy(update={"head": "regenerate"})
    with_none, _ = plan_run(config.model_copy(update={"model": drawing}))
    reached = [
        {term.name: plan.reach(term) for term in plan.terms if term.name in ("mask_y", "transform_y")}
        for plan in (with_all, with_tone, with_none)
    ]
    both, cast, angle = with_all.names, ("color.cast",), ("viewpoint.wrong_angle",)
    assert reached == [
        {"mask_y": (), "transform_y": both},
        {"mask_y": angle, "transform_y": cast},
        {"mask_y": both, "transform_y": ()},
    ]

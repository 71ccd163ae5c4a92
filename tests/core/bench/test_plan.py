from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mendkit.bench.models import ABLATIONS, find_model
from mendkit.bench.plan import INDEX, BenchPlan, open_plan
from mendkit.config import read_config
from mendkit.errors import CheckpointError, ConfigError, DataError
from mendkit.presets import preset_names
from mendkit_registry import UnknownNameError

MakePlan = Callable[..., BenchPlan]
WATERMARK, NON_WHITE = "background.watermark", "background.non_white"


def test_all_rows_see_as_many_images_whether_one_model_learns_all_tasks_or_each_its_own(make_plan: MakePlan) -> None:
    cells = make_plan(models=("composite", "ws_i2i"), seeds=(0, 1)).cells()
    assert {cell.name: (cell.tasks, cell.config.training.images) for cell in cells} == {
        "composite/0": ((NON_WHITE, WATERMARK), 24),
        "composite/1": ((NON_WHITE, WATERMARK), 24),
        f"ws_i2i/0/{NON_WHITE}": ((NON_WHITE,), 12),
        f"ws_i2i/0/{WATERMARK}": ((WATERMARK,), 12),
        f"ws_i2i/1/{NON_WHITE}": ((NON_WHITE,), 12),
        f"ws_i2i/1/{WATERMARK}": ((WATERMARK,), 12),
    }
    assert [cell.config.training.seed for cell in cells] == [0, 1, 0, 0, 1, 1]
    assert {cell.config.training.size for cell in cells} == {32}
    assert {cell.config.model.width for cell in cells} == {4}


def test_a_cell_does_not_depend_on_the_other_rows_and_its_command_names_it_alone(make_plan: MakePlan) -> None:
    among_others = {cell.name: cell for cell in make_plan(models=("composite", "pix2pix"), seeds=(0, 3)).cells()}
    [alone] = make_plan(models=("composite",), seeds=(3,)).cells()
    assert among_others["composite/3"] == alone
    assert alone.command == "mendkit bench defects --cell composite/3"


def test_a_cell_is_saved_and_looked_at_ten_times(make_plan: MakePlan) -> None:
    [cell] = make_plan(models=("composite",), training={"images": 1000}).cells()
    assert (cell.config.training.checkpoint_images, cell.config.training.sheet_images) == (100, 100)
    [stated] = make_plan(models=("composite",), training={"checkpoint_images": 7}).cells()
    assert stated.config.training.checkpoint_images == 7


def test_where_a_cell_is_made_is_no_part_of_the_table(make_plan: MakePlan, tmp_path: Path) -> None:
    plan = make_plan(models=("composite",), training={"device": "auto"})
    [cell] = plan.cells({"device": "cuda:1"})
    assert cell.config.training.device == "cuda:1"
    assert open_plan(plan, tmp_path / "out") == plan


def test_each_ablation_changes_one_thing_of_the_papers_model() -> None:
    full = read_config(None, {"preset": "hierarchical"})
    changes = {name: read_config(None, model.settings) for name, model in ABLATIONS.items()}
    assert changes["full"] == full
    assert (changes["without_g"].model.group_label, changes["without_g"].model.type_label) == (False, True)
    assert changes["without_labels"].model.group_label is changes["without_labels"].model.type_label is False
    assert changes["without_unpaired"].training.unpaired_share == 0 < full.training.unpaired_share
    unlike = {name for name, config in changes.items() if config.losses != full.losses}
    assert unlike == {"without_cycle", "without_perceptual"}
    dropped = {name for name, term in changes["without_cycle"].losses.items() if term != full.losses[name]}
    assert dropped == {"cycle_x", "cycle_y", "identity_x", "identity_y"}
    assert all(changes["without_cycle"].losses[name].weight == 0 < full.losses[name].weight for name in dropped)
    assert all(model.joint for model in ABLATIONS.values())


def test_our_own_model_can_do_without_its_perceptual_term() -> None:
    ours, without = (read_config(None, find_model(name).settings) for name in ("composite", "without_perceptual"))
    assert ours.uses("perceptual_y") and not without.uses("perceptual_y")
    kept = [name for name in ours.losses if name != "perceptual_y"]
    assert all(without.losses[name] == ours.losses[name] for name in kept)


def test_feature_weights_are_looked_at_before_anything_is_made(make_plan: MakePlan, tmp_path: Path) -> None:
    missing = tmp_path / "missing.safetensors"
    for asked in ({"features": missing}, {"training": {"features": missing}}):
        with pytest.raises(CheckpointError, match=r"missing\.safetensors: no such file"):
            make_plan(**asked)


def test_a_table_goes_on_from_any_working_directory(
    make_plan: MakePlan, mobilenet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = make_plan(training={"features": mobilenet})
    monkeypatch.chdir(mobilenet.parent)
    assert make_plan(training={"features": mobilenet.name}).settings == here.settings


def test_a_row_that_is_asked_for_twice_is_made_once(make_plan: MakePlan) -> None:
    assert make_plan(models=("composite", "pix2pix", "composite")).models == ("composite", "pix2pix")


def test_models_without_labels_learn_one_task_each() -> None:
    joint = {name for name in preset_names() if find_model(name).joint}
    assert joint >= {"composite", "hierarchical"}
    assert not joint & {"ws_i2i", "pix2pix", "cyclegan", "monce"}
    with pytest.raises(UnknownNameError, match="pix2pix"):
        find_model("pixpix")


def test_rows_and_seeds_that_were_there_stay_and_further_ones_join_them(make_plan: MakePlan, tmp_path: Path) -> None:
    open_plan(make_plan(models=("ws_i2i", "composite"), seeds=(0,)), tmp_path)
    both = open_plan(make_plan(models=("composite", "pix2pix"), seeds=(1,)), tmp_path)
    assert (both.models, both.seeds) == (("ws_i2i", "composite", "pix2pix"), (0, 1))
    assert BenchPlan.model_validate_json((tmp_path / INDEX).read_text()) == both


def test_a_folder_takes_only_cells_that_compare(make_plan: MakePlan, tmp_path: Path) -> None:
    open_plan(make_plan(), tmp_path)
    before = (tmp_path / INDEX).read_bytes()
    with pytest.raises(ConfigError, match="images was 24, but now is 48; give what it was"):
        open_plan(make_plan(training={"images": 48}), tmp_path)
    with pytest.raises(ConfigError, match="tasks was"):
        open_plan(make_plan(tasks=(WATERMARK,)), tmp_path)
    assert (tmp_path / INDEX).read_bytes() == before
    (tmp_path / INDEX).write_text("{")
    with pytest.raises(ConfigError, match=r"bench\.json: damaged; remove it"):
        open_plan(make_plan(), tmp_path)


def test_tasks_that_the_data_does_not_bring_are_absent_with_the_reason(make_plan: MakePlan) -> None:
    plan = make_plan(tasks=(WATERMARK, "segmentation.facades", "color.horse2zebra"))
    assert plan.tasks == (WATERMARK,)
    assert set(plan.absent) == {"segmentation.facades", "color.horse2zebra"}
    assert "http" in plan.absent["segmentation.facades"]
    with pytest.raises(DataError, match=r"(?s)no task of the table 'paired'.*facades"):
        make_plan("paired", tasks=())

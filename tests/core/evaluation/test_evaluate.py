from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from mendkit.contracts.mended import Mended
from mendkit.contracts.outcome import Outcome, UnpairedOutcome
from mendkit.data.catalogue import Catalogue, ImageRef
from mendkit.data.images import write_image
from mendkit.errors import DataError
from mendkit.evaluation.evaluate import evaluate
from mendkit.evaluation.metrics import PSNR_CAP
from mendkit.evaluation.report import Evaluation, TaskEvaluation
from mendkit.networks.features import FeatureExtractor
from mendkit_registry import EvaluatorSpec, Registry, UnknownNameError


def same(images: Tensor) -> Tensor:
    return images


def brighter(images: Tensor) -> Tensor:
    """Twice the brightness, beyond white as well."""
    return (images + 1) * 2 - 1


def grey(images: Tensor) -> Tensor:
    return torch.zeros_like(images)


class Squares(FeatureExtractor):
    name = "squares"
    size = 8

    def __init__(self) -> None:
        super().__init__(nn.Identity(), "cpu", digest="ab12")

    def _stages(self, images: Tensor) -> tuple[Tensor, ...]:
        return (images.square(),)


def pixels(task: TaskEvaluation) -> dict[str, Any]:
    return task.numbers["mendkit.pixels"]


def test_a_model_that_changes_nothing_keeps_all_of_the_error_and_harms_nothing(
    mender: Any, catalogue: Catalogue, registry: Registry
) -> None:
    for task in evaluate(mender(same), catalogue, registry).tasks.values():
        numbers = pixels(task)
        assert numbers["l1_ratio"] == pytest.approx(1.0, abs=1e-6)
        assert numbers["psnr"] == pytest.approx(numbers["psnr_input"])
        assert numbers["worse"] == 0
        assert numbers["clean_psnr"] == pytest.approx(PSNR_CAP)


def test_a_model_that_mends_whatever_it_is_given_is_exposed_by_clean_images(
    mender: Any, catalogue: Catalogue, registry: Registry
) -> None:
    task = evaluate(mender(brighter), catalogue, registry, tasks=["light.paired"]).tasks["light.paired"]
    assert task.count == task.true_count == 3
    assert pixels(task)["l1_ratio"] == pytest.approx(0, abs=1e-6)
    assert pixels(task)["clean_psnr"] < 15


def test_a_constant_output_does_not_win(mender: Any, catalogue: Catalogue, registry: Registry) -> None:
    numbers = pixels(evaluate(mender(grey), catalogue, registry).tasks["light.dark"])
    assert numbers["l1_ratio"] > 0.5
    assert numbers["ssim"] < numbers["ssim_input"]
    assert numbers["clean_psnr"] < 15


def test_values_beyond_the_range_are_clipped_as_a_file_would_clip_them(
    mender: Any, catalogue: Catalogue, registry: Registry
) -> None:
    seen: list[Outcome] = []

    class Keep:
        def add(self, task: str, outcome: Outcome, mended: Mended) -> None:
            seen.append(outcome)

    evaluate(mender(lambda images: images * 5), catalogue, registry, gallery=Keep())
    assert all(outcome.output.min() >= 0 and outcome.output.max() <= 1 for outcome in seen)
    assert sum(len(outcome.names) for outcome in seen) == 8


def test_plugins_see_every_outcome_and_every_mask_even_if_one_pair_has_none(
    mender: Any, catalogue: Catalogue, registry: Registry
) -> None:
    tasks = evaluate(mender(same), catalogue, registry, batch=2).tasks
    assert tasks["light.dark"].numbers["light.count"] == {"rows": 5, "marked": 4 * 32 * 16, "oddity": None}
    assert tasks["light.paired"].numbers["light.count"]["marked"] == 0


def test_the_numbers_do_not_depend_on_the_batch_which_is_never_exceeded(
    mender: Any, catalogue: Catalogue, registry: Registry
) -> None:
    pairwise = mender(brighter)
    one = evaluate(pairwise, catalogue, registry, batch=2)
    other = evaluate(mender(brighter), catalogue, registry, batch=32)
    assert pairwise.largest == 2
    for task, found in one.tasks.items():
        assert pixels(found) == pytest.approx(pixels(other.tasks[task]), rel=1e-5)
        assert found.numbers["light.count"] == other.tasks[task].numbers["light.count"]


def test_a_limit_takes_the_first_pairs_and_progress_reaches_the_end(
    mender: Any, catalogue: Catalogue, registry: Registry
) -> None:
    steps: list[tuple[str, int, int]] = []
    evaluation = evaluate(
        mender(same), catalogue, registry, limit=2, progress=lambda *step: steps.append(step), tasks=["light.dark"]
    )
    assert evaluation.tasks["light.dark"].count == 2
    assert evaluation.conditions.limit == 2
    assert steps == [("light.dark", 1, 2), ("light.dark", 2, 2)]


def test_an_unreadable_pair_is_listed_and_the_others_are_scored(
    mender: Any, catalogue: Catalogue, registry: Registry
) -> None:
    broken = catalogue["test"].clean[1].path
    broken.write_bytes(broken.read_bytes()[:60])
    evaluation = evaluate(mender(same), catalogue, registry)
    assert evaluation.tasks["light.dark"].count == 4
    assert evaluation.tasks["light.paired"].count == 2
    assert set(evaluation.unreadable) == {"light.dark", "light.paired"}
    assert all(str(broken) in reasons[0] for reasons in evaluation.unreadable.values())


def test_an_image_that_a_synthesizer_fails_for_is_listed_and_the_others_are_scored(
    mender: Any, catalogue: Catalogue, registry: Registry
) -> None:
    grey_photo = catalogue["test"].clean[1].path
    write_image(grey_photo, np.full((32, 32, 3), 128, np.uint8))
    evaluation = evaluate(mender(same), catalogue, registry, tasks=["light.dark"])
    assert evaluation.tasks["light.dark"].count == 4
    (reason,) = evaluation.unreadable["light.dark"]
    assert str(grey_photo) in reason and "light.darken of plugin 'light'" in reason and "nothing to darken" in reason


def test_if_a_synthesizer_fails_for_all_images_the_error_has_the_first_reason(
    mender: Any, catalogue: Catalogue, registry: Registry
) -> None:
    for ref in catalogue["test"].clean:
        write_image(ref.path, np.full((32, 32, 3), 128, np.uint8))
    with pytest.raises(DataError, match=r"can be read or made; the first: .*nothing to darken"):
        evaluate(mender(same), catalogue, registry, tasks=["light.dark"])


def test_a_task_without_data_or_training_or_plugin_is_skipped_with_its_reason(
    mender: Any, catalogue: Catalogue, registry: Registry
) -> None:
    evaluation = evaluate(mender(same), catalogue, registry, tasks=["light"])
    assert set(evaluation.tasks) == {"light.dark", "light.paired"}
    assert "not trained for it" in evaluation.skipped["light.untrained"]
    bold = mender(same, tasks=("light.dark", "light.untrained", "sound.loud"))
    skipped = evaluate(bold, catalogue, registry).skipped
    assert "no pairs" in skipped["light.untrained"]
    assert "no task named 'sound.loud'" in skipped["sound.loud"]


def test_if_nothing_can_be_scored_the_error_has_every_reason(
    mender: Any, catalogue: Catalogue, registry: Registry
) -> None:
    with pytest.raises(DataError, match=r"(?s)light\.dark.*light\.paired"):
        evaluate(mender(same), catalogue, registry, split="val")
    for ref in catalogue["test"].clean:
        ref.path.unlink()
    with pytest.raises(DataError, match="not one of its pairs can be read"):
        evaluate(mender(same), catalogue, registry)
    with pytest.raises(UnknownNameError, match="light"):
        evaluate(mender(same), catalogue, registry, tasks=["light.drak"])


def test_without_features_the_report_says_what_was_not_computed_and_how_to_get_it(
    mender: Any, catalogue: Catalogue, registry: Registry
) -> None:
    evaluation = evaluate(mender(same), catalogue, registry)
    for task in evaluation.tasks.values():
        assert set(task.left_out) == {"light.sharpness", "mendkit.distances"}
        assert not task.left_out.keys() & task.numbers.keys()
        assert all(reason.startswith("not computed: no feature weights") for reason in task.left_out.values())
    assert evaluation.conditions.features is None


def test_with_features_distances_are_given_where_there_are_enough_images(
    mender: Any, catalogue: Catalogue, registry: Registry
) -> None:
    evaluation = evaluate(mender(brighter), catalogue, registry, features=Squares())
    assert (evaluation.conditions.features, evaluation.conditions.features_digest) == ("squares", "ab12")
    reason = "not computed: needs at least 4 images, got 3"
    assert evaluation.tasks["light.paired"].left_out["mendkit.distances"] == reason
    assert evaluation.tasks["light.dark"].left_out == {}
    assert evaluation.tasks["light.dark"].numbers["mendkit.distances"]["frechet_input"] > 0


def test_an_evaluator_of_a_plugin_gets_features_and_can_say_why_it_has_no_numbers(
    mender: Any, catalogue: Catalogue, registry: Registry
) -> None:
    tasks = evaluate(mender(same), catalogue, registry, features=Squares()).tasks
    assert tasks["light.dark"].numbers["light.sharpness"] == {"sharpness_by_squares": 2.0}
    assert "light.sharpness" not in tasks["light.paired"].numbers
    assert tasks["light.paired"].left_out["light.sharpness"] == "no mask marks anything"


def test_an_image_that_several_tasks_use_is_decoded_once(
    mender: Any, catalogue: Catalogue, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[Path] = []
    photo = ImageRef.photo
    monkeypatch.setattr(ImageRef, "photo", lambda ref: decoded.append(ref.path) or photo(ref))
    evaluation = evaluate(mender(same), catalogue, registry)
    assert set(evaluation.tasks) == {"light.dark", "light.paired"}
    assert len(decoded) == len(set(decoded)) == 8, "five clean images, three of them also targets of pairs, and sources"


def test_the_json_has_the_conditions_and_reads_back_as_it_was(
    mender: Any, catalogue: Catalogue, registry: Registry, tmp_path: Path
) -> None:
    evaluation = evaluate(mender(same), catalogue, registry, seed=7, origin="runs/first", features=Squares())
    path = tmp_path / "run" / "evaluation" / "test.json"
    evaluation.write(path)
    written = json.loads(path.read_text())
    conditions = written["conditions"]
    assert conditions["tool"] == "mendkit"
    assert conditions["torch"] == torch.__version__
    assert (conditions["model"], conditions["split"], conditions["seed"]) == ("runs/first", "test", 7)
    assert (conditions["size"], conditions["images_seen"], conditions["device"]) == (32, 1234, "cpu")
    assert written["tasks"]["light.dark"]["count"] == 5
    assert written["tasks"]["light.dark"]["numbers"]["light.count"]["oddity"] is None
    assert Evaluation.model_validate_json(path.read_text()) == evaluation
    assert [entry.name for entry in path.parent.iterdir()] == ["test.json"]


def test_without_pairs_outputs_are_compared_with_the_other_domain_and_nothing_else_is_claimed(
    mender: Any, catalogue: Catalogue, registry: Registry
) -> None:
    model = mender(brighter, tasks=("light.unpaired",))
    task = evaluate(model, catalogue, registry, features=Squares(), batch=2).tasks["light.unpaired"]
    assert (task.count, task.true_count) == (5, 5)
    assert list(task.numbers) == ["mendkit.distances"]
    distances = task.numbers["mendkit.distances"]
    assert "perceptual" not in distances and "perceptual_input" not in distances
    assert distances["frechet"] == pytest.approx(0, abs=1e-6)  # as a set, the outputs are the targets
    assert distances["frechet_input"] > 0.01
    assert distances["frechet_halves"] > 0
    unchanged = evaluate(mender(same, tasks=("light.unpaired",)), catalogue, registry, features=Squares())
    found = unchanged.tasks["light.unpaired"].numbers["mendkit.distances"]
    assert found["frechet"] == found["frechet_input"] == distances["frechet_input"]


def test_without_pairs_the_gallery_gets_inputs_and_outputs_and_progress_counts_both_domains(
    mender: Any, catalogue: Catalogue, registry: Registry
) -> None:
    seen: list[UnpairedOutcome] = []
    steps: list[tuple[str, int, int]] = []

    class Keep:
        def add(self, task: str, outcome: Outcome, mended: Mended) -> None:
            raise AssertionError("there are no pairs")

        def add_unpaired(self, task: str, outcome: UnpairedOutcome, mended: Mended) -> None:
            seen.append(outcome)

    model = mender(brighter, tasks=("light.unpaired",))
    evaluation = evaluate(
        model, catalogue, registry, gallery=Keep(), batch=2, limit=3, progress=lambda *step: steps.append(step)
    )
    assert [outcome.names for outcome in seen] == [("0", "1"), ("2",)]
    assert torch.allclose(seen[0].output, seen[0].source * 2, atol=1e-6)
    assert steps[-1] == ("light.unpaired", 6, 6)
    assert evaluation.tasks["light.unpaired"].left_out["mendkit.distances"].startswith("not computed")


def test_a_domain_that_cannot_be_read_is_named(mender: Any, catalogue: Catalogue, registry: Registry) -> None:
    for ref in catalogue["test"].of("light.unpaired").targets:
        ref.path.write_bytes(b"")
    with pytest.raises(DataError, match=r"light\.unpaired: not one target image can be read"):
        evaluate(mender(same, tasks=("light.unpaired",)), catalogue, registry)


class Tired:
    """An evaluator that fails at the second batch, and then never again."""

    def __init__(self) -> None:
        self.batches = 0

    def update(self, outcome: Outcome) -> None:
        self.batches += 1
        if self.batches == 2:
            raise ValueError("too many")

    def compute(self) -> dict[str, float]:
        return {"batches": self.batches}

    def reset(self) -> None:
        self.batches = 0


def test_an_evaluator_that_fails_is_left_out_with_its_reason_and_the_others_go_on(
    mender: Any, catalogue: Catalogue, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = registry[EvaluatorSpec]["light.count"]
    expected = evaluate(mender(same), catalogue, registry, batch=1).tasks["light.dark"]
    monkeypatch.setattr(import_module(counting.factory.partition(":")[0]), "CountMasked", Tired)
    found = evaluate(mender(same), catalogue, registry, batch=1).tasks["light.dark"]
    assert found.left_out["light.count"].startswith("raised ValueError: too many (test_evaluate.py:")
    assert "light.count" not in found.numbers
    assert pixels(found) == pixels(expected)


def test_at_full_size_pairs_have_the_sizes_of_the_photos(
    mender: Any, catalogue: Catalogue, registry: Registry, tmp_path: Path
) -> None:
    wide = np.random.default_rng(1).integers(32, 128, size=(48, 80, 3), dtype=np.uint8) * 2
    write_image(catalogue["test"].clean[0].path, wide)
    seen: list[tuple[int, ...]] = []

    def noted(images: Tensor) -> Tensor:
        seen.append(tuple(images.shape))
        return images

    model = mender(noted)
    evaluation = evaluate(model, catalogue, registry, tasks=["light.dark"], full_size=True)
    assert evaluation.conditions.full_size
    assert {shape[2:] for shape in seen} == {(48, 80), (32, 32)}
    assert all(count == 1 for count, _, height, _ in seen if height == 48), "a batch has images of one shape"
    assert evaluation.tasks["light.dark"].count == 5
    assert pixels(evaluation.tasks["light.dark"])["l1_ratio"] == pytest.approx(1)

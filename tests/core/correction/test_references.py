"""Photos are corrected with other photos of their product, where the model takes such."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
import torch
from torch import Tensor

from mendkit.contracts import Photo, Siblings, Stack, Transform
from mendkit.contracts.guidance import Exemplars
from mendkit.contracts.mended import Mended
from mendkit.correction.corrector import Corrector
from mendkit.correction.folder import correct_all
from mendkit.correction.jobs import Job, RefusedError, plan_jobs
from mendkit.correction.journal import Journal
from mendkit.correction.references import with_references
from mendkit.data import images
from mendkit.data.extras import ExtraError, Stacks
from mendkit.data.images import read_image, write_image
from mendkit_registry import ExtraSpec

NAMES, TASK = r"(?P<product>.+)_[^_]+", "light.dark"
LEVELS = {"a_1": 40, "a_2": 80, "deep/a_3": 120, "b_1": 160, "c": 200}


class Levels:
    """One pixel of each sibling."""

    def __init__(self, fails: bool = False) -> None:
        self.fails = fails

    def __call__(self, photo: Photo, siblings: Siblings, rng: np.random.Generator) -> Stack:
        if self.fails:
            raise ValueError("too dark")
        pixels = [sibling.pixels[:1, :1] for sibling in siblings.draw(rng, 9)]
        return np.stack(pixels) if pixels else np.zeros((0, 1, 1, 3), np.uint8)


class Copier:
    """A model of 16 px that draws each photo in the mean colour of its references, and black without any."""

    tasks = (TASK, "light.plain")
    size = 16
    transforms: Mapping[str, Transform] = MappingProxyType({})

    def __init__(self, **options: bool) -> None:
        self.extras = (ExtraSpec(name="light.levels", tasks=(TASK,), factory=f"{__name__}:Levels", options=options),)

    def side(self, task: str) -> int:
        return self.size

    def mend(self, images: Tensor, tasks: Sequence[str], stacks: Sequence[Stacks] = ()) -> Mended:
        drawn = torch.full_like(images, -1)
        if any(stacks):
            exemplars, present = Exemplars.of([own.get("light.levels") for own in stacks])
            for row in present.any(dim=1).nonzero().flatten():
                drawn[row] = exemplars[row][present[row]].mean()
        return Mended(drawn, drawn)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for name, level in LEVELS.items():
        write_image(tmp_path / "photos" / f"{name}.png", np.full((20, 30, 3), level, np.uint8))
    return tmp_path / "photos"


def jobs_of(photos: Path, tmp_path: Path, **where: Path) -> list[Job]:
    return with_references(plan_jobs([photos], tmp_path / "out").jobs, TASK, Copier().extras, NAMES, **where)


def names(jobs: list[Job]) -> dict[str, list[str]]:
    return {job.source.stem: sorted(path.stem for path in job.references) for job in jobs}


def test_references_are_the_other_photos_of_the_product_that_are_corrected(photos: Path, tmp_path: Path) -> None:
    assert names(jobs_of(photos, tmp_path)) == {
        "a_1": ["a_2", "a_3"],
        "a_2": ["a_1", "a_3"],
        "a_3": ["a_1", "a_2"],
        "b_1": [],
        "c": [],
    }


def test_another_folder_may_hold_the_references(photos: Path, tmp_path: Path) -> None:
    write_image(tmp_path / "right" / "b_9.png", np.zeros((4, 4, 3), np.uint8))
    found = names(jobs_of(photos, tmp_path, folder=tmp_path / "right"))
    assert found == {"a_1": [], "a_2": [], "a_3": [], "b_1": ["b_9"], "c": []}
    assert "a_1" not in names(jobs_of(photos, tmp_path, folder=photos))["a_1"]


def test_references_that_are_of_no_use_are_refused(photos: Path, tmp_path: Path) -> None:
    jobs = plan_jobs([photos], tmp_path / "out").jobs
    with pytest.raises(RefusedError, match=r"takes no references for light\.plain"):
        with_references(jobs, "light.plain", Copier().extras, NAMES, folder=photos)
    with pytest.raises(RefusedError, match="--product"):
        with_references(jobs, TASK, Copier().extras, None, folder=photos)
    assert with_references(jobs, TASK, Copier().extras, None) == jobs
    assert with_references(jobs, "light.plain", Copier().extras, NAMES) == jobs


@pytest.mark.parametrize("batch", [1, 8])
def test_each_photo_is_mended_by_its_own_references(photos: Path, tmp_path: Path, batch: int) -> None:
    jobs = jobs_of(photos, tmp_path)
    journal = Journal(tmp_path / "out", TASK, "m")
    results = list(correct_all(Corrector(Copier()), jobs, journal, batch=batch))  # type: ignore[arg-type]
    assert [result.error for result in results] == [None] * 5
    found = {job.source.stem: int(read_image(job.output).mean()) for job in jobs}
    assert found == {"a_1": 100, "a_2": 80, "a_3": 60, "b_1": 0, "c": 0}


def test_from_python_references_are_pictures_of_any_kind(photos: Path) -> None:
    corrector = Corrector(Copier())  # type: ignore[arg-type]
    array = np.full((9, 9, 3), 80, np.uint8)
    assert corrector.correct(photos / "a_1.png", TASK, [photos / "c.png", array]).mean() == pytest.approx(140, abs=1)
    assert corrector.correct(photos / "a_1.png", TASK).max() == 0


def test_a_reference_that_was_overwritten_in_place_is_read_again(photos: Path) -> None:
    corrector = Corrector(Copier())  # type: ignore[arg-type]
    for level in (50, 150):
        write_image(photos / "c.png", np.full((20, 30, 3), level, np.uint8))
        mended = corrector.correct(photos / "a_1.png", TASK, [photos / "c.png"])
        assert mended.mean() == pytest.approx(level, abs=1)


def test_references_are_decoded_once_while_they_stay_as_they_are(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[Path] = []
    decode = images.open_image
    monkeypatch.setattr(images, "open_image", lambda path: (decoded.append(path), decode(path))[1])
    corrector = Corrector(Copier())  # type: ignore[arg-type]
    for name in ("a_1.png", "a_2.png"):
        corrector.correct(photos / name, TASK, [photos / "c.png"])
    assert decoded == [photos / "c.png"]  # the photos themselves are opened elsewhere


def test_a_photo_whose_mask_could_not_even_be_named_has_none(photos: Path) -> None:
    path = photos / f"{'x' * 251}.png"
    (photos / "a_1.png").rename(path)
    corrector = Corrector(Copier())  # type: ignore[arg-type]
    assert corrector.correct(path, TASK).max() == 0
    assert corrector.correct(photos / "c.png", TASK, [path]).mean() == pytest.approx(40, abs=1)


def test_a_photo_is_not_its_own_reference(photos: Path) -> None:
    corrector = Corrector(Copier())  # type: ignore[arg-type]
    path, array = photos / "a_1.png", np.full((9, 9, 3), 80, np.uint8)
    (photos / "link.png").symlink_to(path)
    assert corrector.correct(path, TASK, [path, str(path), photos / "link.png"]).max() == 0
    assert corrector.correct(array, TASK, [array]).max() == 0


def test_a_photo_is_mended_again_if_its_references_have_changed(photos: Path, tmp_path: Path) -> None:
    def run() -> list[str]:
        journal = Journal(tmp_path / "out", TASK, "m")
        pending = journal.pending(jobs_of(photos, tmp_path))
        list(correct_all(Corrector(Copier()), pending.jobs, journal))  # type: ignore[arg-type]
        return [job.source.stem for job in pending.jobs]

    assert len(run()) == 5 and run() == []
    write_image(photos / "b_2.png", np.zeros((4, 4, 3), np.uint8))
    assert run() == ["b_1", "b_2"] and run() == []


def test_an_extra_that_fails_costs_the_photo_and_says_why(photos: Path, tmp_path: Path) -> None:
    corrector = Corrector(Copier(fails=True))  # type: ignore[arg-type]
    with pytest.raises(ExtraError, match=r"light\.levels failed: ValueError: too dark"):
        corrector.correct(photos / "a_1.png", TASK)
    results = list(correct_all(corrector, jobs_of(photos, tmp_path)[:1], Journal(tmp_path / "out", TASK, "m")))
    assert "too dark" in str(results[0].error)

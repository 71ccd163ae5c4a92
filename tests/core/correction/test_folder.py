from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from mendkit.contracts import Image
from mendkit.correction import folder, picture
from mendkit.correction.corrector import Corrector
from mendkit.correction.folder import Result, correct_all
from mendkit.correction.jobs import plan_jobs
from mendkit.correction.journal import Book, Journal
from mendkit.data import images, store
from mendkit.data.images import read_image, resize, write_image
from mendkit.errors import MendkitError, UnwritableError

Noise = Callable[[int, int], Image]


def correct(whitener: Any, photos: Path, out: Path, **options: Any) -> list[Result]:
    explain = options.pop("explain", None)
    jobs = plan_jobs([photos], out, explain=explain).jobs
    return list(correct_all(Corrector(whitener), jobs, Journal(out, "light.dark", "model", explain), **options))


def test_each_photo_is_mended_as_it_would_be_alone(whitener: Any, photos: Path, tmp_path: Path) -> None:
    results = correct(whitener, photos, tmp_path / "out")
    assert {result.job.name for result in results if result.error is None} == {"a.png", "b.png", "deep/c.png"}
    for name in ("a.png", "b.png", "deep/c.png"):
        alone = Corrector(whitener).correct(photos / name, "light.dark")
        np.testing.assert_array_equal(read_image(tmp_path / "out" / name), alone)


def test_photos_are_mended_in_batches(whitener: Any, photos: Path, tmp_path: Path) -> None:
    correct(whitener, photos, tmp_path / "out", batch=2)
    assert whitener.batches == [2, 1]


def test_a_batch_of_large_photos_is_cut_short(
    whitener: Any, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "PIXELS_AT_ONCE", 64 * 32 + 33 * 33)  # the first photo has 40 * 60
    correct(whitener, photos, tmp_path / "out")
    assert whitener.batches == [1, 2]


def test_an_unreadable_photo_is_a_result_with_its_reason_and_the_others_go_on(
    whitener: Any, photos: Path, tmp_path: Path
) -> None:
    whole = (photos / "b.png").read_bytes()
    (photos / "b.png").write_bytes(whole[: len(whole) // 2])
    (photos / "z.jpg").write_bytes(b"no image")
    results = correct(whitener, photos, tmp_path / "out", batch=1)
    faults = {result.job.name: result.error for result in results if result.error is not None}
    assert faults.keys() == {"b.png", "z.jpg"}
    assert all(name in str(fault) for name, fault in faults.items())
    assert not (tmp_path / "out" / "b.png").exists() and (tmp_path / "out" / "deep" / "c.png").exists()


def test_a_result_that_cannot_be_written_is_a_failure_and_the_others_go_on(
    whitener: Any, photos: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "deep").touch()  # where a folder should be
    results = correct(whitener, photos, tmp_path / "out")
    assert [result.job.name for result in results if result.error] == ["deep/c.png"]


def test_a_full_disk_fails_the_photos_in_words_and_the_next_run_mends_them(
    whitener: Any, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", no_room)
        results = correct(whitener, photos, tmp_path / "out")
    assert len(results) == 3
    assert all("cannot be written: No space left on device" in str(result.error) for result in results)
    assert [path.name for path in (tmp_path / "out").rglob("*") if path.is_file()] == [".mendkit.jsonl"]
    assert all(result.error is None for result in correct(whitener, photos, tmp_path / "out"))


def test_a_full_disk_that_stops_the_journal_loses_nothing(
    whitener: Any, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> None:
        raise UnwritableError("cannot be written")

    with monkeypatch.context() as patched:
        patched.setattr(Book, "note", no_room)
        assert all(result.error for result in correct(whitener, photos, tmp_path / "out"))
    assert all(result.error is None for result in correct(whitener, photos, tmp_path / "out"))


def test_the_first_frame_of_an_animation_is_mended_and_the_others_are_counted(
    whitener: Any, tmp_path: Path, noise: Noise
) -> None:
    frames = [PIL.Image.fromarray(noise(20, 20)).rotate(90 * turn) for turn in range(3)]
    (tmp_path / "in").mkdir()
    frames[0].save(tmp_path / "in" / "a.tif", save_all=True, append_images=frames[1:])
    [result] = correct(whitener, tmp_path / "in", tmp_path / "out")
    assert result.error is None and result.frames == 3


def test_each_photo_is_decoded_once_and_fitted_once(
    whitener: Any, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: Counter[str] = Counter()

    def counted(name: str, function: Any) -> Any:
        def call(*arguments: Any) -> Any:
            calls[name] += 1
            return function(*arguments)

        return call

    for module in (picture, images):
        monkeypatch.setattr(module, "open_image", counted("decoded", images.open_image))
    for module in (store, images):
        monkeypatch.setattr(module, "fit_square", counted("fitted", lambda image, size: resize(image, size, size)))
    correct(whitener, photos, tmp_path / "out")
    assert calls == {"decoded": 3, "fitted": 3}


def test_stopping_in_between_keeps_what_is_done(whitener: Any, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    jobs = plan_jobs([photos], out).jobs
    results = correct_all(Corrector(whitener), jobs, Journal(out, "light.dark", "model"), batch=1)
    first = next(results)
    results.close()
    pending = Journal(out, "light.dark", "model").pending(jobs)
    assert first.job not in pending.jobs and first.job in pending.done


def test_an_unknown_task_is_refused_before_anything_is_written(whitener: Any, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(MendkitError, match=r"light\.dark"):
        list(correct_all(Corrector(whitener), plan_jobs([photos], out).jobs, Journal(out, "light.drak", "model")))
    assert not out.exists()


def test_an_explanation_shows_the_photo_the_result_and_the_maps(
    whitener: Any, photos: Path, tmp_path: Path, noise: Noise
) -> None:
    write_image(photos / "large.png", noise(700, 1100))
    correct(whitener, photos, tmp_path / "out", explain=tmp_path / "maps")
    sheet = read_image(tmp_path / "maps" / "large.png.png")
    assert sheet.shape[1] >= 4 * 512  # photo, mended, mask, group attention
    assert sheet.shape[0] < 400  # 512 x 326 each, and titles

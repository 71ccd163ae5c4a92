from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from mendkit.correction.jobs import Job, RefusedError
from mendkit.correction.journal import Journal, Pending


@pytest.fixture
def job(tmp_path: Path) -> Job:
    (tmp_path / "a.jpg").write_bytes(b"photo")
    return Job(tmp_path / "a.jpg", tmp_path / "out" / "a.jpg", "a.jpg")


def journal(job: Job, task: str = "light.dark", model: str = "model") -> Journal:
    return Journal(job.output.parent, task, model, job.sheet and job.sheet.parent)


def do(job: Job, **settings: str) -> None:
    book = journal(job, **settings)
    for path in job.written():
        path.parent.mkdir(parents=True, exist_ok=True)
        with book.writing(job, path):
            path.write_bytes(b"mended")


def test_what_was_finished_is_done(job: Job) -> None:
    assert journal(job).pending([job]) == Pending((job,), done=(), stale=0)
    do(job)
    assert journal(job).pending([job]) == Pending((), done=(job,), stale=0)


def test_what_was_only_begun_is_made_again(job: Job) -> None:
    with suppress(KeyboardInterrupt), journal(job).writing(job, job.output):
        job.output.write_bytes(b"mended")
        raise KeyboardInterrupt
    assert journal(job).pending([job]) == Pending((job,), done=(), stale=0)


def test_an_output_that_was_removed_is_made_again(job: Job) -> None:
    do(job)
    job.output.unlink()
    assert journal(job).pending([job]).jobs == (job,)


@pytest.mark.parametrize("changed", ["task", "model", "photo", "time"])
def test_what_was_made_of_something_else_is_made_again(job: Job, changed: str) -> None:
    do(job)
    if changed == "photo":
        job.source.write_bytes(b"another photo")
    if changed == "time":
        os.utime(job.source, ns=(0, 0))
    settings = {changed: "another"} if changed in ("task", "model") else {}
    assert journal(job, **settings).pending([job]) == Pending((job,), done=(), stale=1)
    do(job, **settings)
    assert journal(job, **settings).pending([job]).done == (job,)


def test_a_file_that_no_run_wrote_is_never_replaced(job: Job) -> None:
    job.output.parent.mkdir()
    job.output.write_bytes(b"somebody's")
    with pytest.raises(RefusedError, match=r"a\.jpg: exists"):
        journal(job).pending([job])


def test_a_result_that_was_edited_is_never_replaced(job: Job) -> None:
    do(job)
    job.output.write_bytes(b"retouched by hand")
    with pytest.raises(RefusedError, match=r"a\.jpg: was changed"):
        journal(job, task="light.paired").pending([job])


def test_a_missing_explanation_is_made_later(job: Job, tmp_path: Path) -> None:
    do(job)
    explained = replace(job, sheet=tmp_path / "maps" / "a.jpg.png")
    assert journal(explained).pending([explained]) == Pending((explained,), done=(), stale=0)
    do(explained)
    assert journal(explained).pending([explained]).done == (explained,)


def test_an_explanation_that_no_run_wrote_is_never_replaced(job: Job, tmp_path: Path) -> None:
    explained = replace(job, sheet=tmp_path / "maps" / "a.jpg.png")
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "a.jpg.png").write_bytes(b"somebody's")
    with pytest.raises(RefusedError, match=r"a\.jpg\.png: exists"):
        journal(explained).pending([explained])


@pytest.mark.parametrize("explained", [False, True])
@pytest.mark.parametrize("finished", [True, False])
def test_the_result_of_another_photo_is_never_replaced(
    job: Job, tmp_path: Path, finished: bool, explained: bool
) -> None:
    other = replace(job, source=tmp_path / "tuesday" / "a.jpg")
    other.source.parent.mkdir()
    other.source.write_bytes(b"photo")
    os.utime(other.source, ns=(0, job.source.stat().st_mtime_ns))
    if explained:  # in a folder of explanations that two output folders share
        sheet = tmp_path / "maps" / "a.jpg.png"
        job, other = replace(job, sheet=sheet), replace(other, sheet=sheet, output=tmp_path / "out2" / "a.jpg")
    do(job)
    if not finished:
        for path in job.written():
            cut = path.parent / ".mendkit.jsonl"
            cut.write_bytes(cut.read_bytes().rpartition(b"\n")[0])
    with pytest.raises(RefusedError) as refused:
        journal(other, task="light.paired").pending([other])
    message = str(refused.value)
    assert str(job.source) in message and str(other.source) in message and "choose another output folder" in message


def test_a_photo_is_the_same_by_another_spelling_of_its_path(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    do(job)
    (tmp_path / "link").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path)
    for source in (Path("a.jpg"), tmp_path / "link" / "a.jpg", tmp_path / "link" / ".." / tmp_path.name / "a.jpg"):
        same = replace(job, source=source)
        assert journal(same).pending([same]).done == (same,)


def test_photos_that_were_moved_are_refused_with_a_remedy_that_works(job: Job, tmp_path: Path) -> None:
    do(job)
    job.source.rename(tmp_path / "moved.jpg")
    moved = replace(job, source=tmp_path / "moved.jpg")
    with pytest.raises(RefusedError, match=r"move this result away if the same photo was moved"):
        journal(moved).pending([moved])
    moved.output.rename(tmp_path / "away.jpg")
    do(moved)
    assert journal(moved).pending([moved]).done == (moved,)


def test_a_photo_that_is_gone_is_to_be_done_so_that_it_is_reported(job: Job) -> None:
    do(job)
    job.source.unlink()
    assert journal(job).pending([job]) == Pending((job,), done=(), stale=1)


def test_a_broken_link_at_the_place_of_a_result_is_left_alone(job: Job) -> None:
    job.output.parent.mkdir()
    job.output.symlink_to("gone")
    with pytest.raises(RefusedError, match="exists"):
        journal(job).pending([job])


def test_a_journal_that_cannot_be_read_is_an_error_that_names_it(job: Job) -> None:
    (job.output.parent / ".mendkit.jsonl").mkdir(parents=True)
    with pytest.raises(RefusedError, match=r"\.mendkit\.jsonl: cannot be read"):
        journal(job)


def test_a_line_cut_short_by_a_crash_spoils_no_other(job: Job, tmp_path: Path) -> None:
    do(job)
    file = job.output.parent / ".mendkit.jsonl"
    file.write_bytes(file.read_bytes() + b'\n{"name": "b.jpg", "orig\xff')
    other = Job(tmp_path / "a.jpg", tmp_path / "out" / "c.jpg", "c.jpg")
    do(other)
    assert journal(job).pending([job, other]).done == (job, other)

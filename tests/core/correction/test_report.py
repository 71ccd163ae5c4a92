from __future__ import annotations

from pathlib import Path

from mendkit.correction.folder import Result
from mendkit.correction.jobs import Job
from mendkit.correction.report import Report


def job(name: str) -> Job:
    return Job(Path("in", name), Path("out", name), name)


REPORT = Report(
    out=Path("out"),
    done=[job("a.jpg")],
    results=[Result(job("b.gif"), frames=3), Result(job("c.jpg")), Result(job("d.jpg"), "too dark")],
    stale=1,
    left_out={".heic": 3, ".txt": 1},
)


def test_every_photo_and_file_is_accounted_for_in_words() -> None:
    assert list(REPORT.faults()) == ["in/d.jpg: too dark"]
    assert list(REPORT.in_words()) == [
        "2 mended (1 again: the photo, task or model had changed), 1 already done, 1 failed: out",
        "1 of them animated or multi-page: only the first frame was mended",
        "4 files left out: .heic 3, .txt 1",
    ]


def test_a_fault_that_names_the_photo_names_it_once() -> None:
    results = [Result(job("d.jpg"), "in/d.jpg: cannot be read")]
    assert list(Report(Path("out"), [], results, 0, {}).faults()) == ["in/d.jpg: cannot be read"]


def test_where_nothing_is_left_out_nothing_is_said_of_it() -> None:
    assert list(Report(Path("out"), [], [Result(job("c.jpg"))], 0, {}).in_words()) == [
        "1 mended, 0 already done, 0 failed: out"
    ]


def test_for_programs_each_photo_has_its_output_or_its_error() -> None:
    document = REPORT.as_json()
    assert document["counts"] == {"mended": 2, "already_done": 1, "failed": 1, "left_out": 4, "first_frame_only": 1}
    assert document["left_out"] == {".heic": 3, ".txt": 1}
    assert [tuple(photo.values()) for photo in document["photos"]] == [
        ("in/a.jpg", "out/a.jpg", "already done", None, None),
        ("in/b.gif", "out/b.gif", "mended", None, 3),
        ("in/c.jpg", "out/c.jpg", "mended", None, 1),
        ("in/d.jpg", None, "failed", "too dark", 1),
    ]

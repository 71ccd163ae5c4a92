from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mendkit.correction import jobs as planning
from mendkit.correction.jobs import Job, RefusedError


@pytest.fixture(autouse=True)
def in_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def touch(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()


def plan_jobs(inputs: list[Any], out: Path, **options: Any) -> list[Job]:
    return list(planning.plan_jobs(inputs, out, **options).jobs)


def outputs(jobs: list[Job]) -> list[str]:
    return [job.output.as_posix() for job in jobs]


def test_a_file_goes_into_the_output_folder_by_its_name() -> None:
    touch("photos/deep/a.jpg")
    assert plan_jobs(["photos/deep/a.jpg"], Path("out")) == [
        Job(Path("photos/deep/a.jpg"), Path("out/a.jpg"), name="a.jpg")
    ]


def test_a_folder_keeps_its_tree_and_other_files_are_left_out() -> None:
    touch("photos/a.jpg", "photos/deep/b.PNG", "photos/notes.txt", "photos/a.mask.png", "photos/.hidden.jpg")
    assert outputs(plan_jobs(["photos"], Path("out"))) == ["out/a.jpg", "out/deep/b.PNG"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("photos/*.jpg", ["out/a.jpg"]),
        ("photos/**/*.jpg", ["out/a.jpg", "out/deep/b.jpg"]),
        ("photos/*/?.jpg", ["out/deep/b.jpg"]),
        ("p*/**/b.jpg", ["out/photos/deep/b.jpg"]),
    ],
)
def test_a_glob_keeps_the_tree_below_its_first_wildcard(pattern: str, expected: list[str]) -> None:
    touch("photos/a.jpg", "photos/deep/b.jpg")
    assert outputs(plan_jobs([pattern], Path("out"))) == expected


def test_a_file_whose_name_looks_like_a_glob_is_a_file() -> None:
    touch("shoe[1].jpg", "shoe1.jpg")
    assert outputs(plan_jobs(["shoe[1].jpg"], Path("out"))) == ["out/shoe[1].jpg"]


def test_earlier_results_are_no_inputs_of_a_glob() -> None:
    touch("photos/a.jpg", "out/photos/a.jpg", "maps/photos/a.jpg.png")
    assert outputs(plan_jobs(["**/*"], Path("out"), explain=Path("maps"))) == ["out/photos/a.jpg"]


def test_an_input_given_twice_is_one_job() -> None:
    touch("a.jpg")
    assert len(plan_jobs(["a.jpg", "a.jpg", Path("a.jpg")], Path("out"))) == 1


def test_what_cannot_hold_a_photo_becomes_a_png() -> None:
    touch("photos/a.gif", "photos/b.webp")
    assert outputs(plan_jobs(["photos"], Path("out"))) == ["out/a.png", "out/b.webp"]


def test_a_format_for_all_outputs_can_be_asked_for() -> None:
    touch("photos/a.jpg", "photos/b.v2.webp")
    assert outputs(plan_jobs(["photos"], Path("out"), suffix=".png")) == ["out/a.png", "out/b.v2.png"]


def test_explanations_have_the_tree_and_the_whole_name_of_the_output() -> None:
    touch("photos/deep/a.jpg")
    (job,) = plan_jobs(["photos"], Path("out"), explain=Path("maps"))
    assert job.sheet == Path("maps/deep/a.jpg.png")


def refusal(inputs: list[str], out: str = "out", **options: object) -> str:
    with pytest.raises(RefusedError) as refused:
        plan_jobs(inputs, Path(out), **options)  # type: ignore[arg-type]
    return str(refused.value)


def test_inputs_that_are_missing_or_empty_or_no_images_are_refused_by_name() -> None:
    touch("notes.txt", "empty/notes.txt")
    assert "gone.jpg" in refusal(["gone.jpg"])
    assert "notes.txt" in refusal(["notes.txt"])
    assert "empty" in refusal(["empty"])
    assert "empty/*.jpg" in refusal(["empty/*.jpg"])
    assert "no images" in refusal([])


def test_a_link_to_itself_is_a_photo_that_cannot_be_read() -> None:
    touch("photos/a.jpg", "out/a.jpg")
    Path("photos/loop.jpg").symlink_to("loop.jpg")
    for given in ("photos", "photos/*"):
        assert outputs(plan_jobs([given], Path("out"))) == ["out/a.jpg", "out/loop.jpg"]


@pytest.mark.parametrize("given", ["photos", "photos/*"])
def test_what_is_left_out_is_counted_by_its_kind(given: str) -> None:
    touch("photos/a.jpg", "photos/a.mask.png", "photos/b.HEIC", "photos/c.heic", "photos/notes.txt", "photos/.hidden")
    plan = planning.plan_jobs([given], Path("out"))
    assert len(plan.jobs) == 1 and plan.left_out == {".heic": 2, ".txt": 1}


def test_what_is_left_out_of_several_inputs_is_added_up() -> None:
    touch("a/a.jpg", "a/b.heic", "b/b.jpg", "b/c.heic")
    assert planning.plan_jobs(["a", "b/*"], Path("out")).left_out == {".heic": 2}


@pytest.mark.parametrize("given", ["photos", "photos/*"])
def test_a_folder_without_images_is_refused_with_what_it_has(given: str) -> None:
    touch("photos/a.heic")
    assert "1 file left out: .heic 1" in refusal([given])


def test_derived_names_that_do_not_fit_are_shortened_and_stay_different() -> None:
    touch(*(f"photos/{'x' * 250}{ending}" for ending in ("y.jpg", "z.jpg")))
    for suffix in (None, ".webp"):
        jobs = plan_jobs(["photos"], Path("out"), explain=Path("maps"), suffix=suffix)
        assert jobs == plan_jobs(["photos"], Path("out"), explain=Path("maps"), suffix=suffix)
        written = [path for job in jobs for path in job.written()]
        assert len(set(written)) == 4
        touch(*map(str, written))  # they fit
        assert {path.suffix for path in written} == {suffix or ".jpg", ".png"}


def test_a_name_that_cannot_exist_is_missing() -> None:
    assert "no such file" in refusal(["x" * 300])


def test_one_bad_input_refuses_all() -> None:
    touch("a.jpg")
    assert "gone" in refusal(["a.jpg", "gone"])
    assert not Path("out").exists()


@pytest.mark.parametrize("out", ["photos", "photos/mended", "photos/../photos", "link/mended"])
def test_results_cannot_go_into_the_input_folder(out: str) -> None:
    touch("photos/a.jpg")
    Path("link").symlink_to("photos")
    assert "input folder photos" in refusal(["photos"], out)
    assert "input folder photos" in refusal(["photos"], explain=Path(out))


@pytest.mark.parametrize(
    ("given", "out"), [("photos/a.jpg", "photos"), ("photos/*.jpg", "photos"), ("link/a.jpg", "photos")]
)
def test_no_photo_is_overwritten_by_its_own_result(given: str, out: str) -> None:
    touch("photos/a.jpg")
    Path("link").symlink_to("photos")
    assert "a.jpg: would be overwritten" in refusal([given], out)


def test_no_photo_is_overwritten_by_the_result_of_another() -> None:
    touch("a.jpg", "photos/a.jpg")
    assert "photos/a.jpg: would be overwritten" in refusal(["a.jpg", "photos/*.jpg"], "photos")


def test_no_photo_is_overwritten_by_an_explanation() -> None:
    touch("in/a.jpg", "maps/a.jpg.png")
    assert "maps/a.jpg.png: would be overwritten" in refusal(["in", "maps/a.jpg.png"], explain=Path("maps"))


@pytest.mark.parametrize(
    "names",
    [
        ("in/a.gif", "in/a.png"),
        ("in/a.jpg", "in/A.JPG"),
        ("in/\u00e9.jpg", "in/e\u0301.jpg"),
        ("in/a.jpg", "other/a.jpg"),
    ],
)
def test_results_of_one_name_are_refused_with_both_sources(names: tuple[str, str]) -> None:
    touch(*names)
    message = refusal(["in", *(["other"] if "other" in names[1] else [])])
    assert all(name in message for name in names)


@pytest.mark.parametrize(
    ("names", "remedy"),
    [
        (
            ("a.jpg", "A.jpg"),
            r"A\.jpg where file names are compared without regard to case or accents; rename one, or mend",
        ),
        (("b.gif", "b.png"), r"b\.png; rename one, or mend it into another output folder"),
        (("one/a.png", "two/a.png"), "pass the folder above them"),
    ],
)
def test_the_remedy_suits_how_names_collide(names: tuple[str, str], remedy: str) -> None:
    touch(*names)
    with pytest.raises(RefusedError, match=remedy):
        plan_jobs([*names], Path("out"))


def test_a_format_for_all_makes_names_collide() -> None:
    touch("in/a.jpg", "in/a.webp")
    plan_jobs(["in"], Path("out"))
    assert "in/a.jpg and in/a.webp" in refusal(["in"], suffix=".png")


def test_an_output_folder_that_is_a_file_is_refused() -> None:
    touch("a.jpg", "mended.jpg")
    assert "mended.jpg" in refusal(["a.jpg"], "mended.jpg")
    assert "mended.jpg" in refusal(["a.jpg"], explain=Path("mended.jpg"))


@pytest.mark.parametrize("suffix", [".gif", ".txt", ""])
def test_a_format_that_cannot_be_written_is_refused_with_those_that_can(suffix: str) -> None:
    touch("a.jpg")
    assert ".png" in refusal(["a.jpg"], suffix=suffix)

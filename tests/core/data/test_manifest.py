from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mendkit.data.layouts import Row
from mendkit.data.manifest import read_manifest
from mendkit.data.splits import Divided, split_of
from mendkit.errors import DataError

Put = Callable[..., list[Path]]
TASKS = ("background.watermark", "viewpoint.wrong_angle")
HEADER = "source,target,task,split,group"


@pytest.fixture
def manifest(root: Path, put: Put) -> Callable[..., Path]:
    """A CSV manifest of the given lines, beside images p1 to p5: by their hash p3 is test, p5 val, the others train."""
    put(*(f"images/p{i}.png" for i in range(1, 6)))

    def write(*lines: str, header: str = HEADER) -> Path:
        (root / "manifest.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return root / "manifest.csv"

    return write


def names(divided: Divided[Row]) -> dict[str, list[str]]:
    """Source and target of each row, by split, without splits that have none."""
    return {
        split: ["-".join(ref.name if ref else "" for ref in (row.source, row.target)) for row in rows]
        for split, rows in divided.items()
        if rows
    }


def test_a_csv_manifest_names_pairs_and_images_without_partner(manifest: Callable[..., Path]) -> None:
    file = manifest(
        "images/p1.png, images/p2.png, viewpoint.wrong_angle, val,",
        "images/p3.png,,viewpoint.wrong_angle,train,",
        "",
        ",images/p4.png,background.watermark,test,",
    )
    found = read_manifest(file, TASKS)
    assert names(found["viewpoint.wrong_angle"]) == {"val": ["p1-p2"], "train": ["p3-"]}
    assert names(found["background.watermark"]) == {"test": ["-p4"]}


def test_a_jsonl_manifest_says_the_same(root: Path, put: Put) -> None:
    put("p1.png", "p2.png")
    rows = [
        {"source": "p1.png", "target": "p2.png", "task": "background.watermark"},
        {"target": str(root / "p1.png"), "source": None, "task": "background.watermark", "split": "test"},
    ]
    (root / "m.jsonl").write_text("\n\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert names(read_manifest(root / "m.jsonl", TASKS)["background.watermark"]) == {
        "train": ["p1-p2"],
        "test": ["-p1"],
    }


def test_the_columns_may_be_in_any_order_and_after_a_byte_order_mark(root: Path, put: Put) -> None:
    put("p1.png")
    (root / "m.csv").write_bytes(b"\xef\xbb\xbftask,target\r\nbackground.watermark,p1.png\r\n")
    assert names(read_manifest(root / "m.csv", TASKS)["background.watermark"]) == {"train": ["-p1"]}


@pytest.mark.parametrize(
    ("delimiter", "encoding", "end"),
    [
        (";", "utf-8-sig", "\r\n"),
        ("\t", "utf-16", "\r\n"),
        ("\t", "utf-8", "\n"),
        (",", "utf-16", "\n"),
        (",", "utf-8", "\r"),
    ],
    ids=["semicolons of Excel", "Unicode text of Excel", "tabs", "UTF-16", "returns alone"],
)
def test_what_spreadsheets_export_is_read(root: Path, put: Put, delimiter: str, encoding: str, end: str) -> None:
    put("müll.png", "b.png")
    rows = ["Source |TARGET|Task|", f"müll.png|b.png|{TASKS[0]}|", "|||", f"b.png||{TASKS[0]}|"]
    text = end.join(rows).replace("|", delimiter)
    (root / "m.csv").write_bytes(text.encode(encoding))
    found = read_manifest(root / "m.csv", TASKS)[TASKS[0]]
    assert sorted(name for rows in names(found).values() for name in rows) == ["b-", "müll-b"]


def test_a_manifest_in_another_encoding_is_refused_with_its_line(root: Path, put: Put) -> None:
    put("a.png")
    (root / "m.csv").write_bytes(f"source,task\r\na.png,{TASKS[0]}\r\nmüll.png,{TASKS[0]}\r\n".encode("latin-1"))
    with pytest.raises(DataError, match=r"m\.csv: cannot be read .*: line 3 is not UTF-8; save the file as UTF-8"):
        read_manifest(root / "m.csv", TASKS)


def test_paths_of_windows_are_found_and_those_of_its_drives_are_faults(manifest: Callable[..., Path], put: Put) -> None:
    put("odd\\name.png")  # here a name; there a path
    file = manifest("images\\p1.png,,background.watermark,,", "odd\\name.png,,background.watermark,,")
    assert names(read_manifest(file, TASKS)["background.watermark"]) == {"train": ["p1-", "odd\\name-"]}
    for path in (r"C:\shop\p1.png", r"\\server\shop\p1.png"):
        with pytest.raises(DataError, match=r"line 2: .*p1\.png is a path on a Windows drive; write"):
            read_manifest(manifest(f"{path},,background.watermark,,"), TASKS)


def test_the_source_name_is_hashed_unless_a_group_is_given(manifest: Callable[..., Path]) -> None:
    file = manifest(
        "images/p3.png,images/p1.png,background.watermark,,",
        ",images/p5.png,background.watermark,,",
        "images/p3.png,images/p1.png,background.watermark,,p1",
    )
    found = names(read_manifest(file, TASKS)["background.watermark"])
    assert found == {"test": ["p3-p1"], "val": ["-p5"], "train": ["p3-p1"]}


def test_rows_of_a_group_share_the_split_that_one_of_them_states(manifest: Callable[..., Path]) -> None:
    file = manifest(
        "images/p1.png,images/p2.png,viewpoint.wrong_angle,,sunglasses",
        "images/p3.png,images/p2.png,viewpoint.wrong_angle,test,sunglasses",
        "images/p4.png,images/p2.png,background.watermark,,sunglasses",
    )
    found = read_manifest(file, TASKS)
    assert names(found["viewpoint.wrong_angle"]) == {"test": ["p1-p2", "p3-p2"]}
    assert names(found["background.watermark"]) == {"test": ["p4-p2"]}


def test_val_is_cut_out_of_train_for_all_tasks_or_none(manifest: Callable[..., Path]) -> None:
    assert split_of("p5") == "val"
    lines = ["images/p5.png,,background.watermark,train,", "images/p5.png,,viewpoint.wrong_angle,train,"]
    cut = read_manifest(manifest(*lines), TASKS)
    assert all(names(cut[task]) == {"val": ["p5-"]} for task in TASKS)
    kept = read_manifest(manifest(*lines, "images/p1.png,,viewpoint.wrong_angle,val,"), TASKS)
    assert names(kept["background.watermark"]) == {"train": ["p5-"]}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("images/p1.png,,background.watermrk,,", "line 2: no task named 'background.watermrk' .*background.watermark"),
        ("images/p1.png,,,,", "line 2: no task named ''"),
        ("images/p9.png,,background.watermark,,", "line 2: no file .*p9.png; paths are relative"),
        ("images,,background.watermark,,", "line 2: no file .*images; paths are relative"),
        (f"{'x' * 5000},,background.watermark,,", "line 2: .*File name too long"),
        ("images/p1.png,,background.watermark,dev,", "line 2: bad split 'dev'; it is one of train, val, test"),
        (",,background.watermark,,", "line 2: has neither source nor target"),
        ("images/p1.png,,background.watermark,,a,b", "line 2: has more fields than the header; quote"),
    ],
)
def test_a_fault_is_named_with_its_line_and_remedy(manifest: Callable[..., Path], line: str, fault: str) -> None:
    with pytest.raises(DataError, match=f"(?s)manifest.csv: .*{fault}"):
        read_manifest(manifest(line), TASKS)


def test_all_faults_are_listed_at_once(manifest: Callable[..., Path]) -> None:
    good, bad = "images/p1.png,,background.watermark,,", "images/p1.png,,background.watermark,dev,"
    with pytest.raises(DataError) as caught:
        read_manifest(manifest(bad, good, bad), TASKS)
    assert [line.split(":")[0].strip() for line in str(caught.value).splitlines()[1:]] == ["line 2", "line 4"]


def test_a_group_in_two_splits_is_named_with_both_lines(manifest: Callable[..., Path]) -> None:
    lines = ("images/p1.png,,background.watermark,train,g", "images/p2.png,,background.watermark,test,g")
    with pytest.raises(DataError, match="line 3: group 'g' is in test, but line 2 puts it in train; give both"):
        read_manifest(manifest(*lines), TASKS)


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        ("source,target", "line 1: the header lacks the column 'task'"),
        ("sorce,target,task", "line 1: no column named 'sorce' .*source"),
        ("source,Source,task", "line 1: the header has 'source' twice; remove one"),
    ],
)
def test_a_wrong_header_is_named(manifest: Callable[..., Path], header: str, fault: str) -> None:
    with pytest.raises(DataError, match=fault):
        read_manifest(manifest(header=header), TASKS)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "line 1: not JSON"),
        ("[1]", "line 1: must be an object"),
        ('{"task": "background.watermark", "source": 5}', "line 1: source must be text, not 5"),
        ('{"task": "background.watermark", "image": "a.png"}', "line 1: no column named 'image'"),
    ],
)
def test_a_wrong_json_line_is_named(root: Path, line: str, fault: str) -> None:
    (root / "m.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(DataError, match=fault):
        read_manifest(root / "m.jsonl", TASKS)


def test_a_file_that_is_no_manifest_is_refused(root: Path) -> None:
    with pytest.raises(DataError, match=r"a manifest is a \.csv or a \.jsonl file"):
        read_manifest(root / "manifest.xlsx", TASKS)
    with pytest.raises(DataError, match=r"cannot be read as a manifest: .*No such file"):
        read_manifest(root / "gone.csv", TASKS)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=100) | st.text(max_size=100).map(str.encode), suffix=st.sampled_from(["csv", "jsonl"])
)
def test_any_bytes_are_read_or_refused_with_a_sentence(root: Path, content: bytes, suffix: str) -> None:
    header = f"{HEADER}\n".encode() if suffix == "csv" else b""
    (root / f"m.{suffix}").write_bytes(header + content)
    try:
        assert read_manifest(root / f"m.{suffix}", TASKS) == {}
    except DataError as error:
        assert f"m.{suffix}: " in str(error)

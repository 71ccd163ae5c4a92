from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from mendkit.contracts.mended import Mended
from mendkit.contracts.outcome import Outcome, UnpairedOutcome
from mendkit.data.images import read_image
from mendkit.errors import MendkitError
from mendkit.evaluation.report import Evaluation
from mendkit.reporting.gallery import Gallery

VOID = {"meta", "img", "input", "br", "link"}
NASTY = '"><script>alert(1)</script> & ü'


class Page(HTMLParser):
    """Reads a page, and checks that every tag is closed in its turn."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(file.read_text(encoding="utf-8"))
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for found, attributes in self.found if found == tag]


def levels(*values: float, size: int = 16) -> Tensor:
    return torch.tensor(values).reshape(-1, 1, 1, 1).expand(-1, 3, size, size).contiguous()


def batch(*names: str, size: int = 16) -> Outcome:
    """Grey images: inputs are 0.8 and truths 0.4; the first output is perfect, the others are worse than the input."""
    target = levels(*[0.4] * len(names), size=size)
    output = levels(0.4, *[1.0] * (len(names) - 1), size=size)
    mask = torch.ones(len(names), 1, size, size)
    return Outcome(names, levels(*[0.8] * len(names), size=size), output, target, target, mask)


def mended(outcome: Outcome) -> Mended:
    attention = torch.arange(4.0).reshape(1, 1, 2, 2).expand(len(outcome.names), 1, 2, 2)
    image = outcome.output * 2 - 1
    return Mended(image, image, mask=torch.full_like(image[:, :1], 0.5), group_attention=attention)


def fill(gallery: Gallery, task: str, outcome: Outcome) -> None:
    gallery.add(task, outcome, mended(outcome))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run" / "evaluation" / "test"


def test_the_page_is_sound_html_that_shows_every_image_and_needs_no_network(
    folder: Path, evaluation: Evaluation
) -> None:
    gallery = Gallery(folder)
    fill(gallery, "light.dark", batch("one", "two"))
    fill(gallery, "light.dim", batch("one"))
    index = gallery.finish(evaluation)
    page = Page(index)
    shown = {image["src"] for image in page.all("img")}
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*.png")}
    assert shown == written
    assert len(shown) == 3 * 8  # before, output, truth, difference, clean, true mask, mask, group attention
    assert not re.search(r"(src|href)=\"?(https?:)?//|@import|url\(|fetch\(", index.read_text(encoding="utf-8"))
    assert not page.all("link") and not any("src" in script for script in page.all("script"))


def test_the_images_are_the_ones_that_their_names_say(folder: Path, evaluation: Evaluation) -> None:
    gallery = Gallery(folder)
    fill(gallery, "light.dark", batch("one", "two"))
    gallery.finish(evaluation)
    images = folder / "images" / "light.dark"
    first = {path.name.split(".")[1]: read_image(path) for path in images.glob("00000.*")}
    assert (first["before"] == 204).all()
    assert (first["output"] == 102).all() and (first["truth"] == 102).all()
    assert first["difference"].max() < 8  # the dark end of the colours: no difference
    assert (first["true-mask"] == 255).all() and (first["mask"] == 128).all()
    assert first["group-attention"].shape == (2, 2, 3)
    assert first["group-attention"][0, 0].sum() < first["group-attention"][1, 1].sum()
    second = read_image(images / "00001.difference.png")
    assert second.min() > 120  # 4 x 0.6 is beyond the bright end


def test_names_are_escaped_and_never_become_paths(folder: Path, evaluation: Evaluation) -> None:
    gallery = Gallery(folder)
    fill(gallery, "light.dark", batch(NASTY, "../../escape"))
    page = Page(gallery.finish(evaluation))
    assert len(page.all("script")) == 1
    assert [card["data-name"] for card in page.all("article")] == [NASTY, "../../escape"]
    assert NASTY in page.text
    assert "runs/<first>" in page.text
    assert not list(folder.parent.parent.rglob("*escape*"))


def test_cards_have_what_sorting_and_filters_need(folder: Path, evaluation: Evaluation) -> None:
    gallery = Gallery(folder)
    fill(gallery, "light.dark", batch("one", "two"))
    page = Page(gallery.finish(evaluation))
    cards = page.all("article")
    assert [card["data-task"] for card in cards] == ["light.dark"] * 2
    assert [float(card["data-error"]) for card in cards] == pytest.approx([0, 0.6], abs=1e-5)
    assert [float(card["data-ratio"]) for card in cards] == pytest.approx([0, 1.5], abs=1e-5)
    assert [card["data-worse"] for card in cards] == ["0", "1"]
    script = page.text
    for option in page.all("option"):
        assert option["value"] in {"", *evaluation.tasks} or f'"{option["value"]}": ' in script


def test_the_page_has_the_numbers_the_conditions_and_what_was_left_out(folder: Path, evaluation: Evaluation) -> None:
    gallery = Gallery(folder)
    fill(gallery, "light.dark", batch("one"))
    text = Page(gallery.finish(evaluation)).text
    for part in ("25.1%", "seed 7", "skipped light.flicker", "photos/a&b.png: cannot be read"):
        assert part in text


def test_small_images_are_lossless_and_large_ones_are_jpeg(folder: Path, evaluation: Evaluation) -> None:
    gallery = Gallery(folder)
    fill(gallery, "light.dark", batch("small", size=128))
    fill(gallery, "light.dark", batch("large", size=160))
    gallery.finish(evaluation)
    assert len(list(folder.rglob("00000.*.png"))) == len(list(folder.rglob("00001.*.jpg"))) == 8


def test_a_gallery_is_replaced_only_when_the_new_one_is_whole(folder: Path, evaluation: Evaluation) -> None:
    old = Gallery(folder)
    fill(old, "light.dark", batch("one", "two"))
    old.finish(evaluation)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    fill(Gallery(folder), "light.dim", batch("three"))  # was killed here
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    new = Gallery(folder)
    fill(new, "light.dim", batch("four"))
    page = Page(new.finish(evaluation))
    assert [card["data-name"] for card in page.all("article")] == ["four"]
    assert not (folder / "images" / "light.dark").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["test"]


def test_a_folder_that_is_no_gallery_is_left_alone(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "thesis.txt").write_text("years of work")
    with pytest.raises(MendkitError, match="something else than a gallery"):
        Gallery(folder)
    assert (folder / "thesis.txt").read_text() == "years of work"


def test_attention_that_is_the_same_everywhere_is_black_not_noise(folder: Path, evaluation: Evaluation) -> None:
    outcome = batch("one")
    flat = mended(outcome)._replace(group_attention=torch.full((1, 1, 2, 2), 3.0), mask=None)
    gallery = Gallery(folder)
    gallery.add("light.dark", outcome, flat)
    gallery.finish(evaluation)
    attention = read_image(folder / "images" / "light.dark" / "00000.group-attention.png")
    assert np.unique(attention.reshape(-1, 3), axis=0).shape == (1, 3)
    assert attention.max() < 8
    assert not list(folder.rglob("*.mask.png"))


def test_images_without_partners_are_shown_with_neither_truth_nor_error(folder: Path, evaluation: Evaluation) -> None:
    gallery = Gallery(folder)
    outcome = batch("one", "two")
    gallery.add_unpaired("light.dim", UnpairedOutcome(outcome.names, outcome.source, outcome.output), mended(outcome))
    fill(gallery, "light.dark", batch("three"))
    page = Page(gallery.finish(evaluation))
    titles = {path.name.split(".")[1] for path in (folder / "images" / "light.dim").iterdir()}
    assert titles == {"before", "output", "mask", "group-attention"}
    assert [card["data-worse"] for card in page.all("article")] == ["0", "0", "0"]
    assert page.text.count("L1 0.4") == 1  # that of the pair

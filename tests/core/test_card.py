"""Cards of models: what they must say, and what is said of those that do not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mendkit.card import complete_card, read_card
from mendkit.errors import CardError

WriteCard = Callable[..., Path]
FACTS = {"images": 640, "minutes": 1.5, "size": 32, "mendkit": "0.1.0", "date": "2026-01-31"}
FIGURE = {
    "task": "stain.paired",
    "split": "test",
    "count": 3,
    "seed": 0,
    "pixels": 480,
    "metrics": {"l1": {"output": 0.1, "input": 0.4}, "worse": {"output": 0.0}},
}


def test_what_the_author_does_not_say_comes_from_the_run(write_card: WriteCard) -> None:
    card = complete_card(write_card(minutes=70, figures=[FIGURE]), FACTS)
    assert (card.images, card.minutes, card.size, str(card.date)) == (640, 70, 32, "2026-01-31")
    [figure] = card.figures
    assert (figure.pixels, figure.metrics["l1"].input, figure.metrics["worse"].input) == ("480", 0.4, None)


def test_a_card_may_be_toml(tmp_path: Path) -> None:
    (tmp_path / "card.toml").write_text(
        'title = "Stains"\nterms = "CC0"\ndate = 2026-02-03\n[tasks]\n"stain.paired" = "takes stains off"\n'
        '[[data]]\nname = "noise"\nwhat = "random pixels"\nterms = "CC0"\n'
    )
    card = complete_card(tmp_path / "card.toml", FACTS)
    assert card.tasks == {"stain.paired": "takes stains off"} and card.date.day == 3


def test_a_card_that_is_written_is_read_again(write_card: WriteCard, tmp_path: Path) -> None:
    card = complete_card(write_card(figures=[FIGURE]), FACTS)
    (tmp_path / "card.json").write_text(json.dumps(card.model_dump(mode="json")))
    assert read_card(tmp_path) == card


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"title": " "}, r"title: .*at least 1 character.* \(what the model is, in a few words\)"),
        ({"terms": "x" * 61}, r"terms: .*at most 60 characters"),
        ({"data": [{"name": "noise", "what": "pixels"}]}, r"data\.0\.terms: Field required \(its licence or terms"),
        ({"tasks": {"stain": "takes stains off"}}, r"tasks\.stain.*: String should match"),
        ({"encoder": {"network": "lite0", "terms": "MIT"}}, r"encoder\.weights: Field required \(the published"),
        ({"figures": [{**FIGURE, "seed": -1}]}, r"figures\.0\.seed: .* \(the seed of the evaluation\)"),
        ({"figures": [{**FIGURE, "metrics": {"l1": {"output": float("nan")}}}]}, "finite number"),
        ({"figures": [{**FIGURE, "task": "stain.semi"}]}, "figures are for stain.semi, which is not one of its tasks"),
        ({"licence": "MIT"}, "licence: unknown key"),
    ],
)
def test_a_wrong_card_is_an_error_that_names_file_field_and_meaning(
    write_card: WriteCard, fields: dict[str, object], fault: str
) -> None:
    with pytest.raises(CardError, match=fault) as raised:
        complete_card(write_card(**fields), FACTS)
    assert str(raised.value).partition("\n")[0].endswith("card.json: bad card; correct these fields")


@pytest.mark.parametrize("content", ["{", "[]", "title = 3"])
def test_what_is_no_card_is_an_error_that_names_the_file(tmp_path: Path, content: str) -> None:
    (tmp_path / "card.json").write_text(content)
    with pytest.raises(CardError, match=r"card\.json: not a card"):
        read_card(tmp_path)


def test_a_missing_card_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(CardError, match=r"card\.json: no such file"):
        read_card(tmp_path)

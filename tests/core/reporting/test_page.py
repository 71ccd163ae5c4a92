"""The page of a gallery, whatever the names hold."""

from __future__ import annotations

from pathlib import Path

from mendkit.evaluation.report import Evaluation
from mendkit.files import write_text
from mendkit.reporting.page.render import Card, render_page


def test_names_that_are_not_utf8_are_escapes_on_the_page(evaluation: Evaluation, tmp_path: Path) -> None:
    left_out = {"light.dark": ("caf\udce9.png: damaged",)}
    card = Card("light.dark", "<b>caf\udce9", (0.2, 0.1), False, {"before": "images/0.png"})
    page = render_page(evaluation.model_copy(update={"unreadable": left_out}), [card], difference_gain=4)
    write_text(tmp_path / "index.html", page)
    written = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "left out of light.dark: caf\\udce9.png: damaged" in written
    assert "<h2>&lt;b&gt;caf\\udce9</h2>" in written

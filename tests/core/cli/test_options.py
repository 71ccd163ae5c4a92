from __future__ import annotations

import pytest

from mendkit.cli.options import given_settings
from mendkit.errors import ConfigError


def test_settings_lie_over_the_flags_by_their_sections() -> None:
    flags = {"training": {"size": 64, "seed": None}, "model": {"width": None}}
    settings = given_settings(flags, ["training.size=128", "model.head=composite", "training.betas=[0.5, 0.9]"])
    assert settings == {"training": {"size": 128, "betas": [0.5, 0.9]}, "model": {"head": "composite"}}


def test_terms_are_set_by_their_names_also_those_of_plugins() -> None:
    settings = given_settings({}, ["losses.l1_y.weight=5", "losses.stickers.outline.weight=7"])
    assert settings == {"losses": {"l1_y": {"weight": 5}, "stickers.outline": {"weight": 7}}}


@pytest.mark.parametrize("setting", ["temperature=2", "training.temperature"])
def test_a_setting_without_section_or_value_is_refused(setting: str) -> None:
    with pytest.raises(ConfigError, match=r"expected section\.key=value"):
        given_settings({}, [setting])

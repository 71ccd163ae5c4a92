from __future__ import annotations

import pytest

from mendkit.authoring.names import AuthoringError, require_free, require_word
from mendkit_registry import DefectGroup, Plugin, Registry, compose


@pytest.fixture
def registry() -> Registry:
    """One sound plugin, named otherwise than its group, and a broken one."""
    sound = Plugin("wear", "worn-out", "1.2", "wear", {"groups": (DefectGroup(name="surface", title=""),)})
    return compose([sound, Plugin("glare", "glaring", "3", "glare", error="ImportError: no glare")])


@pytest.mark.parametrize("word", ["scratches", "price_stickers", "moire2", "x", "a" * 40])
def test_words_of_small_letters_and_digits_are_names(word: str) -> None:
    require_word(word)


@pytest.mark.parametrize(
    ("word", "similar"),
    [
        ("Price Stickers", "price_stickers"),
        ("wrong-crop!", "wrong_crop"),
        ("moire_", "moire"),
        ("two__lines", "two_lines"),
        ("class", "price_stickers"),
        ("2nd", "price_stickers"),
        ("", "price_stickers"),
        ("scratches\n", "scratches"),
        ("../scratches", "scratches"),
        ("a" * 41, "a" * 40),
    ],
)
def test_other_words_are_refused_with_one_that_would_do(word: str, similar: str) -> None:
    with pytest.raises(AuthoringError) as refused:
        require_word(word)
    assert str(refused.value).endswith(f"for example {similar!r}")


def test_a_free_name_is_taken_as_it_is(registry: Registry) -> None:
    require_free("scratches", registry)


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        ("wear", "is the name of the installed plugin 'wear' (worn-out 1.2)"),
        ("glare", "is the name of the installed plugin 'glare' (glaring 3)"),
        ("surface", "is a group of the installed plugin 'wear' (worn-out 1.2)"),
        ("registry", "would be the package mendkit_registry, which already exists"),
        ("random", "is a module of Python itself"),
    ],
)
def test_a_name_that_is_taken_is_refused_with_who_has_it(registry: Registry, name: str, claim: str) -> None:
    with pytest.raises(AuthoringError) as refused:
        require_free(name, registry)
    assert str(refused.value) == f"{name!r} {claim}; choose another name"

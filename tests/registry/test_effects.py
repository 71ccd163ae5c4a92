import random

import numpy as np
import pytest

from mendkit_registry.effects import Effects, undone


def test_what_is_printed_is_kept_off_the_output_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    with undone() as effects:
        print("  hello\n there ")
    assert effects == Effects(printed="hello there")
    assert capsys.readouterr().out == ""


def test_changed_generators_are_named_and_restored() -> None:
    before = random.getstate(), np.random.get_state()[1].tolist()
    with undone() as effects:
        random.random()
        np.random.seed(3)
    assert effects.generators == ("random", "numpy.random")
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


def test_a_block_that_raises_is_undone_as_well() -> None:
    before = random.getstate()
    with pytest.raises(ZeroDivisionError), undone() as effects:
        random.random()
        raise ZeroDivisionError
    assert effects.generators == ("random",)
    assert random.getstate() == before


def test_a_quiet_block_has_no_effects() -> None:
    with undone() as effects:
        np.random.default_rng(0).random()
    assert effects == Effects()

import random
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
import torch

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


def test_torch_is_watched_if_it_is_there() -> None:
    before = torch.get_rng_state()
    with undone() as effects:
        torch.rand(1)
    assert effects.generators == ("torch",)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(("work", "generators"), [(torch.rand, ()), (torch.manual_seed, ("torch",))])
def test_where_torch_may_draw_only_seeding_it_is_an_effect(
    work: Callable[[int], object], generators: tuple[str, ...]
) -> None:
    before = torch.get_rng_state()
    with undone(torch_draws=True) as effects:
        work(1)
    assert effects.generators == generators
    assert torch.equal(torch.get_rng_state(), before)


def test_numpy_that_the_block_imports_and_seeds_is_seeded_anew() -> None:
    code = """
from mendkit_registry.effects import undone
with undone():
    import numpy as np
    np.random.seed(0)
print(np.random.random() != np.random.RandomState(0).random())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


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

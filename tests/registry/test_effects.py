import json
import os
import random
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
import torch

from mendkit_registry.effects import Effects, undone
from mendkit_registry.states import STATES


def names(effects: Effects) -> list[str]:
    """What the effects changed."""
    return [change.state.name for change in effects.changes]


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
    assert names(effects) == ["the global state of random", "the global state of numpy.random"]
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


def test_torch_is_watched_if_it_is_there() -> None:
    before = torch.get_rng_state()
    with undone() as effects:
        torch.rand(1)
    assert names(effects) == ["the global state of torch"]
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(("work", "changed"), [(torch.rand, []), (torch.manual_seed, ["the global state of torch"])])
def test_where_torch_may_draw_only_seeding_it_is_an_effect(work: Callable[[int], object], changed: list[str]) -> None:
    before = torch.get_rng_state()
    with undone(torch_draws=True) as effects:
        work(1)
    assert names(effects) == changed
    assert torch.equal(torch.get_rng_state(), before)


CHANGES: dict[str, str] = {
    "the global state of random": "import random; random.seed(0)",
    "sys.stdout": "import io, sys; sys.stdout = io.StringIO()",
    "sys.stderr": "import io, sys; sys.stderr = io.StringIO()",
    "sys.stdin": "import io, sys; sys.stdin = io.StringIO()",
    "the hooks of sys": "import sys; sys.excepthook = print",
    "the recursion limit": "import sys; sys.setrecursionlimit(4321)",
    "sys.argv": "import sys; sys.argv.append('--more')",
    "sys.path": "import sys; sys.path.insert(0, '/nowhere')",
    "the working directory": "import os; os.chdir('/')",
    "the umask": "import os; os.umask(0o770)",
    "the environment": "import os; os.environ['NEW'] = '1'; os.environ.pop('PATH')",
    "the handlers of signals": "import signal; signal.signal(signal.SIGINT, signal.SIG_DFL)",
    "the warning filters": "import warnings; warnings.simplefilter('error')",
    "how warnings are shown": "import warnings; warnings.showwarning = print",
    "the root logger": "import logging; logging.basicConfig(level=1, force=True)",
    "the decimal context": "import decimal; decimal.getcontext().prec = 3",
    "the locale": "import locale; locale.setlocale(locale.LC_ALL, 'C.UTF-8')",
    "the default timeout of sockets": "import socket; socket.setdefaulttimeout(1)",
    "how processes are started": "import multiprocessing; multiprocessing.set_start_method('spawn', force=True)",
    "the global state of numpy.random": "import numpy; numpy.random.seed(0)",
    "what numpy does on errors": "import numpy; numpy.seterr(all='raise')",
    "how numpy prints": "import numpy; numpy.set_printoptions(precision=2)",
    "the number of threads of OpenCV": "import cv2; cv2.setNumThreads(5)",
    "whether Pillow reads truncated files": "from PIL import ImageFile; ImageFile.LOAD_TRUNCATED_IMAGES = True",
    "how large images Pillow reads": "from PIL import Image; Image.MAX_IMAGE_PIXELS = None",
    "the global state of torch": "import torch; torch.manual_seed(0)",
    "the default dtype of torch": "import torch; torch.set_default_dtype(torch.float64)",
    "the default device of torch": "import torch; torch.set_default_device('meta')",
    "the number of threads of torch": "import torch; torch.set_num_threads(5)",
    "whether torch records gradients": "import torch; torch.set_grad_enabled(False)",
    "anomaly detection of torch": "import torch; torch.autograd.set_detect_anomaly(True)",
    "whether torch is deterministic": "import torch; torch.use_deterministic_algorithms(True, warn_only=True)",
    "the precision of torch": "import torch; torch.set_float32_matmul_precision('medium')",
    "the flags of cuDNN": "import torch; torch.backends.cudnn.benchmark = True",
    "how torch shares tensors": "import torch; torch.multiprocessing.set_sharing_strategy('file_system')",
}
"""What changes each state. In a process of its own, this imports the module as well."""
CHANGE_ALL = """
import json, sys
from mendkit_registry.effects import undone
for name, code in json.load(sys.stdin).items():
    with undone() as effects:
        exec(code)
    assert name in [change.state.name for change in effects.changes], (name, effects)
    assert all(change.restored for change in effects.changes), (name, effects)
    with undone() as again:
        exec(code)
    assert [change.state.name for change in again.changes] == [name], (name, again)
print(*(module for module in ("numpy", "torch", "cv2", "PIL") if module in sys.modules))
"""


def test_each_state_that_is_watched_has_a_change_to_try() -> None:
    assert [state.name for state in STATES] == list(CHANGES)


def in_a_new_process(code: str, changes: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(changes), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_change_is_named_and_undone_also_of_what_the_block_imports() -> None:
    assert in_a_new_process(CHANGE_ALL, CHANGES) == "numpy torch cv2 PIL\n"


def test_libraries_that_a_block_imports_change_nothing_that_is_watched() -> None:
    code = """
import sys
from mendkit_registry.effects import undone
with undone() as effects:
    import cv2, numpy, PIL.Image, PIL.ImageFile, timm, torch, torchmetrics, torchvision
assert not effects.remarks, effects.remarks
"""
    in_a_new_process(code, {})


def test_watching_imports_nothing() -> None:
    code = """
import sys
from mendkit_registry.effects import undone
before = set(sys.modules)
with undone():
    pass
print(*sys.modules.keys() - before)
"""
    assert in_a_new_process(code, {}) == "\n"


def test_what_cannot_be_set_back_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path.cwd()
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    with undone() as effects:
        os.chdir(home)
        (tmp_path / "gone").rmdir()
    assert effects.remarks == ("changes the working directory, which could not be undone; use full paths",)


def test_a_filter_of_a_librarys_own_warnings_is_left() -> None:
    with warnings.catch_warnings():
        with undone() as effects:
            warnings.filterwarnings("ignore", message="of one library")
        assert effects == Effects()
        assert warnings.filters[0][1].match("of one library")  # type: ignore[union-attr]


def test_states_are_restored_in_a_thread_as_well() -> None:
    def work() -> None:
        with undone() as effects:
            np.seterr(all="raise")
        found.append((names(effects), np.geterr()["divide"]))

    found: list[tuple[list[str], str]] = []
    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert found == [(["what numpy does on errors"], "warn")]


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
    assert names(effects) == ["the global state of random"]
    assert random.getstate() == before


def test_a_quiet_block_has_no_effects() -> None:
    with undone() as effects:
        np.random.default_rng(0).random()
    assert effects == Effects()

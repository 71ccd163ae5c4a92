"""The global states that plugin code could change: how to read and set each, and what to do instead.

A further state is one more row. A module is only looked at if it is already imported.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

OF_LIBRARIES = frozenset({"LD_LIBRARY_PATH", "TORCHINDUCTOR_CACHE_DIR"})
"""Variables of the environment that OpenCV and torchvision set when they are imported."""
CONTEXT_FIELDS = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp")

OWN_GENERATOR = "use its own generator"
ON_TENSORS = "pass it for each tensor"
FOR_ALL = "leave it to the user of mendkit"
AROUND = "change it in a `with` block around the code that needs it"


class State(NamedTuple):
    """A global state of one module.

    Args:
        name: the state, as in "the plugin changes ...".
        module: the module that has it. It is watched while the module is imported.
        get: reads it from the module. The value must not change later.
        set: sets it to a value read before.
        advice: what a plugin should do instead.
    """

    name: str
    module: str
    get: Callable[[Any], Any]
    set: Callable[[Any, Any], object]
    advice: str


def _attributes(name: str, module: str, attributes: str, advice: str) -> State:
    """A state that consists of some attributes."""
    names = attributes.split()

    def set_(owner: Any, values: tuple[Any, ...]) -> None:
        for each, value in zip(names, values, strict=True):
            setattr(owner, each, value)

    return State(name, module, lambda owner: tuple(getattr(owner, each) for each in names), set_, advice)


def _list(name: str, advice: str) -> State:
    """A list of sys, which other code refers to as well: its items are set, not the list."""

    def set_(sys: Any, values: tuple[str, ...]) -> None:
        getattr(sys, name)[:] = values

    return State(f"sys.{name}", "sys", lambda sys: tuple(getattr(sys, name)), set_, advice)


def _functions(name: str, module: str, get: str, set_: str, advice: str) -> State:
    """A state with a function to read it and one to set it."""
    return State(
        name,
        module,
        lambda owner: getattr(owner, get)(),
        lambda owner, value: getattr(owner, set_)(value),
        advice,
    )


def _get_mask(os: Any) -> int:
    mask: int = os.umask(0o077)  # it can only be read by setting it
    os.umask(mask)
    return mask


def _get_environment(os: Any) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in OF_LIBRARIES}


def _set_environment(os: Any, before: dict[str, str]) -> None:
    for name in _get_environment(os).keys() - before.keys():
        del os.environ[name]
    os.environ.update(before)


def _get_handlers(signal: Any) -> dict[int, Any]:
    return {number: signal.getsignal(number) for number in signal.valid_signals()}


def _set_handlers(signal: Any, before: dict[int, Any]) -> None:
    for number, handler in before.items():
        if handler is not None and signal.getsignal(number) != handler:
            with suppress(ValueError):  # only the main thread can set handlers, so no other has changed one
                signal.signal(number, handler)


def _is_sweeping(entry: tuple[Any, ...]) -> bool:
    """Whether a filter covers more than the warnings of one library, or turns them into errors."""
    action, message, category, module, _ = entry
    return action == "error" or (message is None and module is None and category.__module__ == "builtins")


def _get_filters(warnings: Any) -> tuple[tuple[Any, ...], ...]:
    # Libraries may add filters for their own warnings when they are imported.
    return tuple(filter(_is_sweeping, warnings.filters))


def _set_filters(module: Any, before: tuple[tuple[Any, ...], ...]) -> None:
    new = [entry for entry in module.filters if not _is_sweeping(entry)]
    module.filters[:] = [*new, *before]
    with warnings.catch_warnings():
        pass  # leaving the block tells Python that the filters have changed


def _get_logging(logging: Any) -> tuple[Any, ...]:
    root = logging.getLogger()
    return root.level, root.manager.disable, tuple(root.handlers)


def _set_logging(logging: Any, before: tuple[Any, ...]) -> None:
    level, disabled, handlers = before
    root = logging.getLogger()
    root.setLevel(level)
    logging.disable(disabled)
    root.handlers[:] = handlers


def _get_decimal(decimal: Any) -> tuple[dict[str, Any], dict[Any, bool]]:
    context = decimal.getcontext()
    return {name: getattr(context, name) for name in CONTEXT_FIELDS}, dict(context.traps)


def _set_decimal(decimal: Any, before: tuple[dict[str, Any], dict[Any, bool]]) -> None:
    fields, traps = before
    context = decimal.getcontext()
    for name, value in fields.items():
        setattr(context, name, value)
    context.traps.update(traps)


def _set_device(torch: Any, device: Any) -> None:
    torch.set_default_device(None if device.type == "cpu" else device)  # an explicit "cpu" slows down each call


def _python() -> Iterator[State]:
    yield _functions("the global state of random", "random", "getstate", "setstate", OWN_GENERATOR)
    for name in ("stdout", "stderr", "stdin"):
        yield _attributes(f"sys.{name}", "sys", name, "use `logging`, or its own stream")
    yield _attributes("the hooks of sys", "sys", "excepthook displayhook unraisablehook", FOR_ALL)
    yield _functions("the recursion limit", "sys", "getrecursionlimit", "setrecursionlimit", FOR_ALL)
    yield _list("argv", "use options of the factory")
    yield _list("path", "install what it imports")
    yield State(
        "the working directory", "os", lambda os: os.getcwd(), lambda os, path: os.chdir(path), "use full paths"
    )
    yield State("the umask", "os", _get_mask, lambda os, mask: os.umask(mask), "set the mode of each file")
    yield State("the environment", "os", _get_environment, _set_environment, "use options of the factory")
    yield State("the handlers of signals", "signal", _get_handlers, _set_handlers, FOR_ALL)
    yield State("the warning filters", "warnings", _get_filters, _set_filters, "use `warnings.catch_warnings`")
    yield _attributes("how warnings are shown", "warnings", "showwarning", FOR_ALL)
    yield State("the root logger", "logging", _get_logging, _set_logging, "use its own logger")
    yield State("the decimal context", "decimal", _get_decimal, _set_decimal, "use `decimal.localcontext`")
    yield State(
        "the locale",
        "locale",
        lambda locale: locale.setlocale(locale.LC_ALL),
        lambda locale, value: locale.setlocale(locale.LC_ALL, value),
        FOR_ALL,
    )
    yield _functions(
        "the default timeout of sockets", "socket", "getdefaulttimeout", "setdefaulttimeout", "set it for each socket"
    )
    yield State(
        "how processes are started",
        "multiprocessing",
        lambda multiprocessing: multiprocessing.get_start_method(allow_none=True),
        lambda multiprocessing, method: multiprocessing.set_start_method(method, force=True),
        "use `multiprocessing.get_context`",
    )


def _libraries() -> Iterator[State]:
    yield _functions("the global state of numpy.random", "numpy.random", "get_state", "set_state", OWN_GENERATOR)
    yield State(
        "what numpy does on errors",
        "numpy",
        lambda np: np.geterr(),
        lambda np, old: np.seterr(**old),
        "use `np.errstate`",
    )
    yield State(
        "how numpy prints",
        "numpy",
        lambda np: np.get_printoptions(),
        lambda np, old: np.set_printoptions(**old),
        "use `np.printoptions`",
    )
    yield _functions("the number of threads of OpenCV", "cv2", "getNumThreads", "setNumThreads", FOR_ALL)
    intact = "read such files with its own code"
    yield _attributes("whether Pillow reads truncated files", "PIL.ImageFile", "LOAD_TRUNCATED_IMAGES", intact)
    yield _attributes("how large images Pillow reads", "PIL.Image", "MAX_IMAGE_PIXELS", intact)


def _torch() -> Iterator[State]:
    yield _functions("the global state of torch", "torch", "get_rng_state", "set_rng_state", OWN_GENERATOR)
    yield _functions("the default dtype of torch", "torch", "get_default_dtype", "set_default_dtype", ON_TENSORS)
    yield State(
        "the default device of torch", "torch", lambda torch: torch.get_default_device(), _set_device, ON_TENSORS
    )
    yield _functions("the number of threads of torch", "torch", "get_num_threads", "set_num_threads", FOR_ALL)
    yield _functions("whether torch records gradients", "torch", "is_grad_enabled", "set_grad_enabled", AROUND)
    yield _functions("anomaly detection of torch", "torch", "is_anomaly_enabled", "set_anomaly_enabled", AROUND)
    yield State(
        "whether torch is deterministic",
        "torch",
        lambda torch: (
            torch.are_deterministic_algorithms_enabled(),
            torch.is_deterministic_algorithms_warn_only_enabled(),
        ),
        lambda torch, old: torch.use_deterministic_algorithms(old[0], warn_only=old[1]),
        FOR_ALL,
    )
    precision = "float32_matmul_precision"
    yield _functions("the precision of torch", "torch", f"get_{precision}", f"set_{precision}", FOR_ALL)
    yield _attributes("the flags of cuDNN", "torch.backends.cudnn", "enabled benchmark deterministic", FOR_ALL)
    yield _functions(
        "how torch shares tensors", "torch.multiprocessing", "get_sharing_strategy", "set_sharing_strategy", FOR_ALL
    )


STATES = (*_python(), *_libraries(), *_torch())
"""All watched states, in the order of the remarks."""

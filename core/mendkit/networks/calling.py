"""Calls what plugins bring, so that a failure has its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch

from ..errors import FailingPluginError, MendkitError, reason_of

T = TypeVar("T")


def called(name: str, function: Callable[..., T], *given: object, then: str = "") -> T:
    """What ``function`` returns for what is ``given``.

    Args:
        name: what it is called in messages.
        then: the end of the message.

    Raises:
        FailingPluginError: it raised. Errors of ours, and of a GPU without memory, pass as they are.
    """
    try:
        return function(*given)
    except (MendkitError, torch.cuda.OutOfMemoryError):
        raise
    except Exception as error:
        raise FailingPluginError(f"{name} raised {reason_of(error)}{then}") from error

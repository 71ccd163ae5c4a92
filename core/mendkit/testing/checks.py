"""Checks and their findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..errors import reason_of
from .effects import watched

Subject = TypeVar("Subject")


class CheckError(Exception):
    """A problem, raised by code that a check calls."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check.

    Args:
        component: the name of a spec, or of the plugin as a whole.
        check: what was checked, as a description of the right behaviour.
        problem: what is wrong, and where; None if nothing is.
        remedy: how to fix it.
    """

    component: str
    check: str
    problem: str | None
    remedy: str

    def __str__(self) -> str:
        """The finding in a line or two."""
        passed = f"{self.component}: {self.check}"
        return f"{passed}: {self.problem}\n    remedy: {self.remedy}" if self.problem else passed


@dataclass(frozen=True, slots=True)
class Check(Generic[Subject]):
    """A rule for all components of a kind.

    Args:
        name: a description of the right behaviour.
        find: returns what is wrong with the subject, or None. Exceptions count as problems as well.
        remedy: how to fix it.
    """

    name: str
    find: Callable[[Subject], str | None]
    remedy: str


def run_checks(component: str, subject: Subject, checks: Sequence[Check[Subject]]) -> Iterator[Finding]:
    """Run the checks in order. If the first fails, the others would fail for the same reason, and are not run."""
    for check in checks:
        finding = Finding(component, check.name, _problem(check, subject), check.remedy)
        yield finding
        if finding.problem and check is checks[0]:
            return


def _problem(check: Check[Subject], subject: Subject) -> str | None:
    with watched():  # other checks ignore what a component prints or seeds
        try:
            return check.find(subject)
        except CheckError as failed:
            return str(failed)
        except Exception as error:
            return f"raised {reason_of(error)}"

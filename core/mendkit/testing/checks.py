"""What a check is, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..errors import reason_of
from .effects import watched

Subject = TypeVar("Subject")


class CheckError(Exception):
    """Says what is wrong, as the problem of a finding, from below a check."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Args:
        component: the name of a spec, or of the plugin as a whole.
        check: what was checked, in a few words that say how it should be.
        problem: what is wrong, and where; None if nothing is.
        remedy: how to mend it.
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
    """Something that each component of a kind must hold.

    Args:
        name: how it should be, in a few words.
        find: gives what is wrong with the subject, or None. What it raises is wrong as well.
        remedy: how to mend it.
    """

    name: str
    find: Callable[[Subject], str | None]
    remedy: str


def run_checks(component: str, subject: Subject, checks: Sequence[Check[Subject]]) -> Iterator[Finding]:
    """Run the checks in their order. If the first fails, the others would say the same, and are not run."""
    for check in checks:
        finding = Finding(component, check.name, _problem(check, subject), check.remedy)
        yield finding
        if finding.problem and check is checks[0]:
            return


def _problem(check: Check[Subject], subject: Subject) -> str | None:
    with watched():  # what a component prints or seeds is no business of who checks it
        try:
            return check.find(subject)
        except CheckError as failed:
            return str(failed)
        except Exception as error:
            return f"raised {reason_of(error)}"

"""What verifying a plan shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from ..diagnostics import Diagnostic, Severity, error
from ..host.port import Meaning, Problem
from ..resolve.lessons import Unit
from .installation import InstallReport


class Step(Enum):
    """What was done with the recipes, in this order."""

    LOADED = "loaded"
    CHECKED = "checked"
    AUDITED = "audited"
    CONCRETIZED = "concretized"
    INSTALLED = "installed"


@dataclass(frozen=True)
class Fault:
    """What is wrong with a recipe; ``units`` are those that cannot be written, none where that
    is not known."""

    package: str
    text: str
    units: tuple[Unit, ...] = ()


@dataclass(frozen=True)
class Verification:
    """What verifying a plan shows. ``steps`` were passed. ``faults`` and ``refused`` (groups of
    named projects that cannot be concretized, and why) keep the plan from being applied.
    ``unsatisfiable`` are versions (``py-foo@1.2``) that cannot be concretized on this machine, and
    may be right all the same. ``revised`` are the recipes that got versions: what they meant, and
    what they mean."""

    steps: tuple[Step, ...] = ()
    faults: tuple[Fault, ...] = ()
    refused: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    unsatisfiable: tuple[Problem, ...] = ()
    reports: tuple[InstallReport, ...] = ()
    revised: tuple[tuple[Meaning, Meaning], ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the plan may be applied."""
        return not (self.faults or self.refused or any(r.problems for r in self.reports))

    @property
    def diagnostics(self) -> Iterator[Diagnostic]:
        """What there is to say of it."""
        for fault in self.faults:
            yield error("rejected", fault.package, fault.text)
        for report in self.reports:
            for problem in report.problems:
                yield error("install-failed", problem.package, problem.message)
        for problem in self.unsatisfiable:
            package, _, version = problem.package.partition("@")
            yield Diagnostic(
                "unsatisfiable", Severity.WARNING, package, (version,), text=problem.message
            )

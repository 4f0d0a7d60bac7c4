"""The result of verifying a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from ...diagnostics import Diagnostic, exit_code

if TYPE_CHECKING:
    from ...host.port import Meaning
    from ...resolve.lessons import Unit
    from .installation import InstallReport


class Step(Enum):
    """The steps of a verification, in their order."""

    LOADED = "loaded"
    CHECKED = "checked"
    AUDITED = "audited"
    CONCRETIZED = "concretized"
    INSTALLED = "installed"


#: The steps that need a solver.
_SOLVED = (Step.CONCRETIZED, Step.INSTALLED)


@dataclass(frozen=True)
class Verification:
    """The result of verifying a plan. ``steps`` were passed. A diagnostic that is an error, and
    ``refused`` (groups of named projects that cannot be concretized, and why), keep the plan from
    being applied; ``rejected`` are the units for which another plan must do without a recipe, and
    why. ``revised`` are the recipes that got versions: what they meant, and what they mean.
    ``taken`` are the packages and versions in the graphs that were found."""

    steps: tuple[Step, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    rejected: tuple[tuple[Unit, str], ...] = ()
    refused: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    reports: tuple[InstallReport, ...] = ()
    revised: tuple[tuple[Meaning, Meaning], ...] = ()
    taken: frozenset[tuple[str, str]] = frozenset()

    @property
    def passed(self) -> bool:
        """Whether the plan may be applied."""
        return not (self.refused or exit_code(self.diagnostics))

    @property
    def unsolved(self) -> tuple[Step, ...]:
        """The steps that need no solver, if all of them were passed."""
        if exit_code(self.diagnostics):
            return ()
        return tuple(step for step in self.steps if step not in _SOLVED)

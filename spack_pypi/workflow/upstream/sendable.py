"""A recipe that cannot be sent does not stop the others: it and what needs it are left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Callable

from ...diagnostics import Diagnostic, Severity, error
from ...host.port import Checkout, Host
from ...session import Session
from .review import Options
from .series import Series
from .source import LocalRecipe, selected
from .upstream import upstream


def sendable(
    session: Session,
    host: Callable[[], Host],
    checkout: Checkout,
    recipes: Mapping[str, LocalRecipe],
    named: Sequence[str],
    options: Options,
) -> Series:
    """The series of those of the ``recipes`` that can be sent, and errors for the others; only
    errors if none of the ``named`` ones, or of all, can be.

    ``host`` gives a new host that knows only the repo in the checkout's worktree: each attempt
    begins with the base. Raises `SpackPyPIError`.
    """
    left_out: list[Diagnostic] = []
    while True:
        series = upstream(session, host(), checkout, recipes, options)
        errors = [each for each in series.diagnostics if each.severity is Severity.ERROR]
        bad = {each.package.partition("@")[0] for each in errors}
        rest, needing = without(recipes, bad)
        still = [name for name in named if name in rest]
        if not errors or not rest or not bad <= {*recipes} or (named and not still):
            return replace(series, diagnostics=(*left_out, *series.diagnostics))
        left_out += errors
        left_out += [
            error("rejected", name, f"left out: it needs {package}")
            for name, package in needing.items()
        ]
        recipes = selected(rest, still)
        checkout.reset()


def without(
    recipes: Mapping[str, LocalRecipe], bad: Collection[str]
) -> tuple[dict[str, LocalRecipe], dict[str, str]]:
    """The recipes that need none of the ``bad`` ones, directly or not, and the others besides
    these, each with one that it needs."""
    needing: dict[str, str] = {}
    found = True
    while found:
        found = False
        for name, source in recipes.items():
            gone = {line.dependency.package for line in source.stated} & {*bad, *needing}
            if gone and name not in bad and name not in needing:
                needing[name] = min(gone)
                found = True
    rest = {name: s for name, s in recipes.items() if name not in bad and name not in needing}
    return rest, needing

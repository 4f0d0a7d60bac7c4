"""The report of ``upstream``."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..diagnostics import Severity
from .terminal import print_text, say

if TYPE_CHECKING:
    from ..host.port import Changed
    from ..workflow.upstream.series import Commit, Series


def show_series(series: Series) -> None:
    """Print the commits in their order, with their diagnostics, and those of the series."""
    for commit in series.commits:
        print_text(commit.title)
        for line in commit.changes:
            print_text(f"  {line}")
        for each in commit.diagnostics:
            print_text(f"  {each.severity.value}: {each.text}")
    for each in series.diagnostics:
        if each.severity is Severity.ERROR:
            say(f"Error: {each.package}: {each.text}")
        else:
            package = f"{each.package}: " if each.package else ""
            print_text(f"{each.severity.value.capitalize()}: {package}{each.text}")


def show_changes(changed: Sequence[Changed]) -> None:
    """Print each change of a recipe as a patch."""
    for each in changed:
        print_text("\n".join(_diff(each)))


def _diff(changed: Changed) -> Iterator[str]:
    name = f"packages/{changed.file.parent.name}/package.py"
    before = (changed.before or "").splitlines()
    after = changed.file.read_text("utf-8").splitlines()
    origin = f"a/{name}" if changed.before is not None else "/dev/null"
    return difflib.unified_diff(before, after, origin, f"b/{name}", lineterm="")


def commit_json(commit: Commit) -> dict[str, Any]:
    """One commit, for ``--json``."""
    return {
        "package": commit.package,
        "title": commit.title,
        "new": commit.new,
        "versions": list(commit.versions),
        "needs": list(commit.dependencies),
        "report": list(commit.changes),
        "link": commit.link or None,
        "publisher": commit.publisher or None,
    }

"""What is printed and written about a series of commits for the shared repo."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .show import say

if TYPE_CHECKING:
    from .host.port import Changed
    from .workflow.upstream.series import Sent, Series


def show_series(series: Series) -> None:
    """Print the commits in their order, what to know about them, and problems as errors."""
    for sent in series.sent:
        print(sent.title)
        for line in sent.report:
            print(f"  {line}")
        for finding in sent.findings:
            print(
                f"  {finding.severity}: {' '.join(filter(None, (finding.subject, finding.kind)))}"
            )
    for package, text in series.notes:
        print(f"Note: {package}: {text}")
    if series.unstyled:
        print("Note: ruff is not here, so format and style were not checked.")
    for problem in series.problems:
        say(f"Error: {problem.package}: {problem.message}")


def show_changes(changed: Sequence[Changed]) -> None:
    """Print each change of a recipe as a patch."""
    for each in changed:
        print("\n".join(_diff(each)))


def _diff(changed: Changed) -> Iterator[str]:
    name = f"packages/{changed.file.parent.name}/package.py"
    before = (changed.before or "").splitlines()
    after = changed.file.read_text("utf-8").splitlines()
    origin = f"a/{name}" if changed.before is not None else "/dev/null"
    return difflib.unified_diff(before, after, origin, f"b/{name}", lineterm="")


def sent_json(sent: Sent) -> dict[str, Any]:
    """One commit, for ``--json``."""
    return {
        "package": sent.package,
        "title": sent.title,
        "new": sent.new,
        "versions": list(sent.versions),
        "needs": list(sent.needs),
        "report": list(sent.report),
        "link": sent.link or None,
        "differs": [
            {"kind": finding.kind, "subject": finding.subject, "severity": finding.severity}
            for finding in sent.findings
        ],
    }

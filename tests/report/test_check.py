"""The last line of ``check``, and its records: what was checked, what was found."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from spack_pypi.diagnostics import Diagnostic, Severity, error
from spack_pypi.pypi.model import Publisher
from spack_pypi.report.check import packages_json, published, summary
from spack_pypi.workflow.compare.check import Checked

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


def checked(package: str, versions: Sequence[str], *found: tuple[str, Severity]) -> Checked:
    diagnostics = tuple(Diagnostic(code, severity, package) for code, severity in found)
    return Checked(package, tuple(versions), diagnostics)


GOOD = checked("py-good", ["2.0", "1.0"])
BAD = checked("py-bad", ["1.0"], ("yanked", ERROR), ("cycle", NOTE), ("wrong-checksum", ERROR))
UNSURE = checked("py-unsure", [], ("unconfirmed-metadata", WARNING), ("cycle", NOTE))
FAILED = Checked("py-failed", (), (error("not-checked", "py-failed", "not checked: broken"),))

# (what was checked, what was hidden, the line)
LINES: list[tuple[list[Checked], str, str]] = [
    ([], "", "0 recipes, 0 versions: 0 notes, 0 not checked."),
    ([GOOD], "", "1 recipe, 2 versions: 0 errors in 0 recipes, 0 notes, 0 not checked."),
    ([BAD], "", "1 recipe, 1 version: 2 errors in 1 recipe, 1 note, 0 not checked."),
    # "0 errors" would be a verdict, and none of these was looked at
    ([FAILED], "", "1 recipe, 0 versions: 0 notes, 1 not checked."),
    ([UNSURE], "", "1 recipe, 0 versions: 1 note, 0 recipes and 1 version not checked."),
    ([UNSURE, FAILED], "", "2 recipes, 0 versions: 1 note, 1 recipe and 1 version not checked."),
    (
        [GOOD, BAD, FAILED],
        "3 ignored",
        "3 recipes, 3 versions: 2 errors in 1 recipe, 1 note, 1 not checked, 3 ignored.",
    ),
]


@pytest.mark.parametrize("results, hidden, line", LINES)
def test_the_summary(results: list[Checked], hidden: str, line: str) -> None:
    found = [each for result in results for each in result.diagnostics]
    assert summary(results, found, hidden) == line


def test_records() -> None:
    assert packages_json([BAD, FAILED]) == [
        {"package": "py-bad", "versions": ["1.0"], "checked": True, "publishers": {}},
        {"package": "py-failed", "versions": [], "checked": False, "publishers": {}},
    ]


def test_who_published_versions() -> None:
    said = (("2.0", (Publisher("GitHub repository owner/good"),)), ("1.0", None))
    result = Checked("py-good", ("2.0", "1.0"), publishers=said)
    assert [*published(result)] == [
        "py-good 2.0: published by GitHub repository owner/good: the index's word (PEP 740); no "
        "signature was verified here",
        "py-good 1.0: who published it cannot be asked",
    ]
    (record,) = packages_json([result])
    assert record["publishers"] == {"2.0": "GitHub repository owner/good", "1.0": None}

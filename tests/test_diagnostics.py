"""Diagnostics: their codes, the exit code that follows from them, and their table in docs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from spack_pypi import diagnostics
from spack_pypi.diagnostics import CODES, Diagnostic, Severity, exit_code, grouped, strict
from spack_pypi.errors import UsageError

ROOT = Path(__file__).parent.parent
FILES = [f for f in (ROOT / "spack_pypi").rglob("*.py") if f.name != "diagnostics.py"]
#: What makes a diagnostic, and at which argument it takes the code.
MAKERS = {"Diagnostic": 0, "error": 0, "found": 0, "_said": 1}

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


def said(severity: Severity, code: str = "yanked", *versions: str) -> Diagnostic:
    return Diagnostic(code, severity, "py-x", versions, text="withdrawn")


@pytest.mark.parametrize(
    "severities, code",
    [((), 0), ((NOTE,), 0), ((WARNING, NOTE), 0), ((ERROR,), 1), ((NOTE, ERROR, WARNING), 1)],
)
def test_only_an_error_makes_the_exit_code_1(severities: tuple[Severity, ...], code: int) -> None:
    found = [said(severity) for severity in severities]
    assert exit_code(found) == code
    assert exit_code(strict(found)) == bool(found)


def test_no_line_of_a_stranger_looks_like_one_of_ours() -> None:
    text = "requires 'a\nError: forged\n  b'"
    indented = "requires 'a\n  Error: forged\n  b'"
    assert Diagnostic("yanked", NOTE, "py-x", text=text).text == indented
    assert str(UsageError(text)) == indented


def test_strict_changes_the_severity_alone() -> None:
    assert strict([said(NOTE, "cycle", "1.0")]) == [said(ERROR, "cycle", "1.0")]


def test_what_is_said_of_several_versions_alike_is_said_once() -> None:
    found = [said(NOTE, "cycle", "2"), said(NOTE, "yanked", "2"), said(NOTE, "cycle", "1")]
    found += [said(ERROR, "cycle", "0"), said(NOTE, "cycle", "2")]
    assert grouped(found) == [
        said(NOTE, "cycle", "2", "1"),
        said(NOTE, "yanked", "2"),
        said(ERROR, "cycle", "0"),
    ]


def test_codes_are_words_with_hyphens_and_have_a_sentence_each() -> None:
    for code, meaning in CODES.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code), code
        assert meaning[0].isupper() and meaning.endswith("."), code
    assert len(set(CODES.values())) == len(CODES)


def test_no_code_is_defined_twice() -> None:
    tree = ast.parse(Path(diagnostics.__file__).read_text("utf-8"))
    (table,) = [
        node.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "CODES"
    ]
    assert isinstance(table, ast.Dict)
    assert len(table.keys) == len(CODES)


def test_an_unknown_code_is_a_mistake_of_ours() -> None:
    with pytest.raises(AssertionError, match="no-such-code"):
        said(NOTE, "no-such-code")


def calls() -> Iterator[ast.expr]:
    """The argument of each call in our source that is the code of a diagnostic."""
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                at = MAKERS.get(name)
                if at is not None and len(node.args) > at + 1:
                    yield node.args[at]


def constants(file: Path) -> set[str]:
    nodes = ast.walk(ast.parse(file.read_text("utf-8")))
    return {str(n.value) for n in nodes if isinstance(n, ast.Constant)}


def test_every_code_that_the_source_uses_is_defined() -> None:
    used = {each.value for each in calls() if isinstance(each, ast.Constant)}
    assert used <= CODES.keys()
    assert len(used) > 15


def test_every_code_that_is_defined_is_used() -> None:
    """Somewhere else than where reports choose what they show."""
    used = {text for file in FILES if file.parent.name != "report" for text in constants(file)}
    in_sync = constants(ROOT / "spack_pypi" / "report" / "sync.py")
    assert not CODES.keys() - used - in_sync


def test_the_page_of_docs_is_the_table() -> None:
    """`python3 -m spack_pypi.diagnostics > docs/diagnostics.md` makes it."""
    assert (ROOT / "docs" / "diagnostics.md").read_text("utf-8") == diagnostics.table()
    rows = re.findall(r"(?m)^\| `([a-z-]+)` \| (.+) \|$", diagnostics.table())
    assert dict(rows) == dict(CODES)

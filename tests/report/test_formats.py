"""Diagnostics for programs: what each format must have, as its specification says."""

from __future__ import annotations

import argparse
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from spack_pypi.commands import check
from spack_pypi.diagnostics import CODES, Diagnostic, Place, Severity
from spack_pypi.errors import UsageError
from spack_pypi.report.formats import FORMATS, document, github, gitlab, line, sarif, write_json

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

FOUND = [
    Diagnostic(
        "missing-dependency",
        ERROR,
        "py-foo",
        ("2.0", "1.0"),
        "py-six",
        "py-six is missing: the metadata says six; the recipe says nothing",
        Place("packages/py foo/package.py", 12),
        (("metadata", "six"), ("recipe", ""), ("example", "")),
    ),
    Diagnostic("yanked", WARNING, "py-foo", ("1.0",), text="withdrawn", place=Place("x.py")),
    Diagnostic("not-checked", NOTE, "py-bar", text="not checked: no answer"),
]


def test_the_formats_are_what_check_takes() -> None:
    parser = argparse.ArgumentParser()
    check.add_arguments(parser)
    (choices,) = [each.choices for each in parser._actions if each.dest == "format"]
    assert choices is not None
    assert list(choices) == list(FORMATS)


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"text", "github"}))
@pytest.mark.parametrize("found", [FOUND, []], ids=["some", "none"])
def test_what_is_read_as_a_file_is_json(name: str, found: list[Diagnostic]) -> None:
    json.loads(FORMATS[name](found))


# --- text -------------------------------------------------------------------------------------

LINES = [
    "py-foo 2.0, 1.0: error: py-six is missing: the metadata says six; the recipe says nothing "
    "[missing-dependency]",
    "py-foo 1.0: warning: withdrawn [yanked]",
    "py-bar: note: not checked: no answer [not-checked]",
]


def test_text_has_a_line_for_each() -> None:
    assert FORMATS["text"](FOUND).splitlines() == LINES
    assert [line(each) for each in FOUND] == LINES


# --- JSON -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "shown"), [(20, "19, 20: "), (21, "18, 19, ... (21 versions)")])
def test_very_many_versions(count: int, shown: str) -> None:
    """A sentence names the first ones; JSON has all."""
    versions = tuple(str(number) for number in range(1, count + 1))
    found = Diagnostic("cycle", Severity.NOTE, "py-x", versions, text="it is")
    assert shown in line(found)
    (record,) = document([], [found])["diagnostics"]
    assert record["versions"] == [*versions]


def test_json_has_the_same_fields_for_each() -> None:
    packages = [{"package": "py-foo"}]
    made = document(packages, FOUND)
    assert made["packages"] == packages
    assert made["diagnostics"] == [
        {
            "code": "missing-dependency",
            "severity": "error",
            "package": "py-foo",
            "versions": ["2.0", "1.0"],
            "subject": "py-six",
            "text": FOUND[0].text,
            "file": "packages/py foo/package.py",
            "line": 12,
            "metadata": "six",
            "recipe": "",
            "example": "",
        },
        {
            "code": "yanked",
            "severity": "warning",
            "package": "py-foo",
            "versions": ["1.0"],
            "subject": None,
            "text": "withdrawn",
            "file": "x.py",
            "line": None,
        },
        {
            "code": "not-checked",
            "severity": "note",
            "package": "py-bar",
            "versions": [],
            "subject": None,
            "text": "not checked: no answer",
            "file": None,
            "line": None,
        },
    ]
    assert json.loads(FORMATS["json"](FOUND)) == document([], FOUND)


def test_json_goes_to_a_file_or_to_standard_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = document([], FOUND)
    write_json(str(tmp_path / "made.json"), made)
    assert json.loads((tmp_path / "made.json").read_text()) == made
    write_json("-", made)
    assert json.loads(capsys.readouterr().out) == made
    with pytest.raises(UsageError, match="cannot write .*No such file"):
        write_json(str(tmp_path / "nowhere" / "made.json"), made)


def test_json_goes_to_a_pipe_that_somebody_reads(tmp_path: Path) -> None:
    made = document([], FOUND * 1000)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="cannot write .*a named pipe that nobody reads"):
        write_json(str(tmp_path / "pipe"), made)
    with ThreadPoolExecutor() as pool:
        reading = pool.submit((tmp_path / "pipe").read_text)
        while True:
            try:
                write_json(str(tmp_path / "pipe"), made)
                break
            except UsageError:
                pass  # it is not open yet
        assert json.loads(reading.result()) == made


# --- SARIF 2.1.0 ------------------------------------------------------------------------------


def run_of(found: list[Diagnostic]) -> dict[str, Any]:
    """The one run of a log, with what the specification requires of a log (section 3.13)."""
    log = json.loads(sarif(found))
    assert log["version"] == "2.1.0"
    assert log.keys() <= {"$schema", "version", "runs"}
    (run,) = log["runs"]
    # 3.14.6, 3.18.2, 3.19.8: a run has a tool, which has a driver, which has a name.
    assert run["tool"]["driver"]["name"] == "spack-pypi"
    made: dict[str, Any] = run
    return made


def test_sarif_has_a_rule_for_each_code_that_is_used() -> None:
    run = run_of(FOUND)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [c for c in CODES if c in {d.code for d in FOUND}]
    assert all(rule["shortDescription"]["text"] == CODES[rule["id"]] for rule in rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_results() -> None:
    results = run_of(FOUND)["results"]
    assert [result["level"] for result in results] == ["error", "warning", "note"]
    assert [result["message"]["text"] for result in results] == [
        f"py-foo 2.0, 1.0: {FOUND[0].text}",
        "py-foo 1.0: withdrawn",
        "py-bar: not checked: no answer",
    ]
    # 3.28.3: a location is a URI reference, in which no space stands; 3.30.5: lines begin at 1.
    (place,) = results[0]["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "packages/py%20foo/package.py"},
        "region": {"startLine": 12},
    }
    (whole,) = results[1]["locations"]
    assert whole["physicalLocation"] == {"artifactLocation": {"uri": "x.py"}}
    assert "locations" not in results[2]


def test_a_path_that_is_no_text() -> None:
    found = Diagnostic("cycle", Severity.NOTE, "py-x", place=Place("a\udcff/package.py"))
    for made in FORMATS.values():
        assert made([found])
    assert '"uri": "a%FF/package.py"' in sarif([found])


def test_sarif_of_nothing_says_that_it_ran() -> None:
    """An empty list of results, not none (3.14.23)."""
    run = run_of([])
    assert run["results"] == []
    assert run["tool"]["driver"]["rules"] == []


# --- annotations of GitHub --------------------------------------------------------------------


def test_annotations() -> None:
    assert github(FOUND).splitlines() == [
        "::error file=packages/py foo/package.py,line=12,title=missing-dependency::"
        f"py-foo 2.0, 1.0: {FOUND[0].text}",
        "::warning file=x.py,title=yanked::py-foo 1.0: withdrawn",
        "::notice title=not-checked::py-bar: not checked: no answer",
    ]


# (text, as the message of an annotation has it, as a property has it)
ESCAPED = [
    ("100%", "100%25", "100%25"),
    ("a\nb\r\n::error::c", "a%0A  b%0D%0A  ::error::c", "a%0Ab%0D%0A%3A%3Aerror%3A%3Ac"),
    ("a,b:c", "a,b:c", "a%2Cb%3Ac"),
    ("%0A", "%250A", "%250A"),
]


@pytest.mark.parametrize("text, message, property_", ESCAPED)
def test_no_text_ends_an_annotation(text: str, message: str, property_: str) -> None:
    found = Diagnostic("yanked", ERROR, "py-x", text=text, place=Place(f"/{text}"))
    assert github([found]) == f"::error file=/{property_},title=yanked::py-x: {message}"


# --- Code Quality of GitLab -------------------------------------------------------------------


def test_code_quality() -> None:
    report = json.loads(gitlab(FOUND))
    assert [each["severity"] for each in report] == ["major", "minor", "info"]
    assert [each["check_name"] for each in report] == [each.code for each in FOUND]
    assert [(e["location"]["path"], e["location"]["lines"]["begin"]) for e in report] == [
        ("packages/py foo/package.py", 12),
        ("x.py", 1),
        ("py-bar", 1),
    ]
    assert report[0]["description"] == f"py-foo 2.0, 1.0: {FOUND[0].text}"


def fingerprints(*found: Diagnostic) -> list[str]:
    return [each["fingerprint"] for each in json.loads(gitlab(found))]


def test_fingerprints_are_unique_and_do_not_change() -> None:
    """Two ranges of one dependency may differ; what other releases there are says nothing."""
    first = Diagnostic("range-too-wide", ERROR, "py-x", ("1",), "py-a", "for example 2.0")
    second = Diagnostic("range-too-wide", ERROR, "py-x", ("1",), "py-a", "for example 3.0")
    other = Diagnostic("range-too-wide", ERROR, "py-x", ("2",), "py-a", "for example 2.0")
    found = fingerprints(first, second, other)
    assert len(set(found)) == 3
    assert fingerprints(second)[0] == found[0]

"""Diagnostics for programs. To add a format is to add a function and its entry in `FORMATS`."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, Callable
from urllib.parse import quote

from ..diagnostics import CODES, Diagnostic, Severity
from ..errors import UsageError
from ..files import write_named
from .terminal import put_out

#: So many versions are named in a sentence; of more, the first ones, and how many there are.
_MOST_VERSIONS = 20


def diagnostic_json(each: Diagnostic) -> dict[str, Any]:
    """A diagnostic, as in all JSON that we write."""
    return {
        "code": each.code,
        "severity": each.severity.value,
        "package": each.package,
        "versions": list(each.versions),
        "subject": each.subject or None,
        "text": each.text,
        "file": each.place.file if each.place else None,
        "line": each.place.line or None if each.place else None,
        **dict(each.details),
    }


def document(
    packages: Sequence[Mapping[str, Any]], diagnostics: Sequence[Diagnostic]
) -> dict[str, Any]:
    """What ``--json`` writes: records of packages, and diagnostics."""
    return {
        "packages": list(packages),
        "diagnostics": [diagnostic_json(each) for each in diagnostics],
    }


def check_json(file: str | None) -> None:
    """Raise `UsageError` for the name of a report that cannot be written, before anything is
    done."""
    if file and file != "-" and not os.path.isdir(os.path.dirname(os.path.abspath(file))):
        raise UsageError(f"cannot write {file}: there is no such folder")


def write_json(file: str, value: Mapping[str, Any]) -> None:
    """Write to a file, or to standard output for ``-``. Raises `UsageError`."""
    text = json.dumps(value, indent=2) + "\n"
    if file == "-":
        put_out(text)
        return
    try:
        write_named(file, text.encode("utf-8"))
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from None


def _json(diagnostics: Sequence[Diagnostic]) -> str:
    return json.dumps(document([], diagnostics), indent=2)


def sarif(diagnostics: Sequence[Diagnostic]) -> str:
    """A log in SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html."""
    used = [code for code in CODES if any(each.code == code for each in diagnostics)]
    rules = [{"id": code, "shortDescription": {"text": CODES[code]}} for code in used]
    results = [
        {
            "ruleId": each.code,
            "ruleIndex": used.index(each.code),
            "level": each.severity.value,
            "message": {"text": _sentence(each)},
            **({"locations": [_location(each)]} if each.place else {}),
        }
        for each in diagnostics
    ]
    driver = {"name": "spack-pypi", "rules": rules}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return json.dumps(log, indent=2)


def _location(each: Diagnostic) -> dict[str, Any]:
    assert each.place is not None
    region = {"region": {"startLine": each.place.line}} if each.place.line else {}
    uri = quote(os.fsencode(PurePath(each.place.file).as_posix()))
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, **region}}


def github(diagnostics: Sequence[Diagnostic]) -> str:
    """Annotations of GitHub Actions: workflow commands on standard output.
    https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands"""
    kinds = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
    lines = []
    for each in diagnostics:
        properties = [f"title={_property(each.code)}"]
        if each.place:
            properties.insert(0, f"file={_property(each.place.file)}")
        if each.place and each.place.line:
            properties.insert(1, f"line={each.place.line}")
        lines.append(f"::{kinds[each.severity]} {','.join(properties)}::{_data(_sentence(each))}")
    return "\n".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def gitlab(diagnostics: Sequence[Diagnostic]) -> str:
    """A Code Quality report of GitLab, https://docs.gitlab.com/ci/testing/code_quality/."""
    levels = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}
    report = []
    seen: Counter[str] = Counter()
    for each in diagnostics:
        # Without the text, which changes with every release of a dependency.
        key = "|".join([each.code, each.package, each.subject, *each.versions])
        seen[key] += 1
        fingerprint = hashlib.sha256(f"{key}|{seen[key]}".encode()).hexdigest()
        place = each.place
        report.append(
            {
                "description": _sentence(each),
                "check_name": each.code,
                "fingerprint": fingerprint,
                "severity": levels[each.severity],
                "location": {
                    "path": place.file if place else each.package,
                    "lines": {"begin": place.line or 1 if place else 1},
                },
            }
        )
    return json.dumps(report, indent=2)


def _sentence(each: Diagnostic) -> str:
    return f"{_subject(each)}: {each.text}"


def _subject(each: Diagnostic) -> str:
    listed = each.versions
    if len(listed) > _MOST_VERSIONS:
        listed = (*listed[: _MOST_VERSIONS - 1], f"... ({len(listed)} versions)")
    return each.package + (f" {', '.join(listed)}" if listed else "")


def text(diagnostics: Sequence[Diagnostic]) -> str:
    """A line for each: ``py-foo 1.2: error: text [code]``."""
    return "\n".join(map(line, diagnostics))


def line(each: Diagnostic) -> str:
    """One line of `text`."""
    return f"{_subject(each)}: {each.severity.value}: {each.text} [{each.code}]"


#: What ``check --format`` takes.
FORMATS: Mapping[str, Callable[[Sequence[Diagnostic]], str]] = {
    "text": text,
    "json": _json,
    "sarif": sarif,
    "github": github,
    "gitlab": gitlab,
}

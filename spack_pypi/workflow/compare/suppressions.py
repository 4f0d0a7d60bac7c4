"""Diagnostics that are not reported: ignored ones, and those of a baseline."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from shlex import quote

from ...diagnostics import CODES, Diagnostic
from ...errors import UsageError
from ...files import read_text

#: What makes two diagnostics the same: code, package, subject and version.
_Key = tuple[str, str, str, str]


@dataclass
class Suppressions:
    """``ignored`` are (code, package), with an empty package for all; ``baseline`` says how often
    an earlier run found what: one more than that is new. Counts what it hides."""

    ignored: Sequence[tuple[str, str]] = ()
    baseline: Counter[_Key] = field(default_factory=Counter)
    _hidden: dict[str, int] = field(default_factory=lambda: {"ignored": 0, "in the baseline": 0})
    _seen: Counter[_Key] = field(default_factory=Counter)

    @classmethod
    def read(cls, ignored: Iterable[str], baseline: str | None) -> Suppressions:
        """From the texts of ``--ignore`` (``CODE[:PACKAGE]``) and the file that an earlier
        ``--json`` wrote. Raises `UsageError`."""
        pairs = []
        for text in ignored:
            code, _, package = text.partition(":")
            if code not in CODES:
                raise UsageError(
                    f"--ignore {text}: there is no code '{code}'; see docs/diagnostics.md"
                )
            pairs.append((code, package))
        return cls(tuple(pairs), _read(baseline) if baseline else Counter())

    def remaining(self, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        """The diagnostics that are not suppressed, without the versions for which they are."""
        remaining = []
        for each in diagnostics:
            if {(each.code, ""), (each.code, each.package)} & {*self.ignored}:
                self._hidden["ignored"] += 1
                continue
            new = [version for version in each.versions or ("",) if self._is_new(each, version)]
            if not new:
                self._hidden["in the baseline"] += 1
            elif each.versions:
                remaining.append(replace(each, versions=tuple(new)))
            else:
                remaining.append(each)
        return remaining

    def _is_new(self, diagnostic: Diagnostic, version: str) -> bool:
        key = (diagnostic.code, diagnostic.package, diagnostic.subject, version)
        self._seen[key] += 1
        return self._seen[key] > self.baseline[key]

    @property
    def summary(self) -> str:
        """How many are hidden; empty for none."""
        return ", ".join(f"{number} {what}" for what, number in self._hidden.items() if number)


def _read(file: str) -> Counter[_Key]:
    try:
        entries = json.loads(read_text(Path(file)))["diagnostics"]
        return Counter(
            (entry["code"], entry["package"], entry["subject"] or "", version)
            for entry in entries
            for version in entry["versions"] or ("",)
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(
            f"{file} is not a baseline; to write one: spack pypi check --json {quote(file)}"
        ) from None

"""What ``doctor`` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ..diagnostics import Diagnostic, Severity
from ..host.port import InstalledPackage
from ..workflow.doctor.doctor import Examined
from .formats import line
from .terminal import count

#: How many findings of a package with the same code are shown.
_SHOWN = 20


def lines(
    examined: Sequence[Examined], packages: int, diagnostics: Sequence[Diagnostic]
) -> Iterator[str]:
    """The findings below what runs together, each once, with what mends it; of very many of one
    kind in a package the first ones, and how many more. Then how much was looked at."""
    shown: set[Diagnostic] = set()
    for each in examined:
        new = [found for found in each.diagnostics if found not in shown]
        shown |= {*new}
        if new:
            yield f"{_title(each)}:"
        of_kind: Counter[tuple[str, str, Severity]] = Counter()
        for found in new:
            kind = found.package, found.code, found.severity
            of_kind[kind] += 1
            if of_kind[kind] <= _SHOWN:
                yield f"  {line(found)}"
                yield f"    to mend it: {dict(found.details)['mend']}"
        for (package, code, severity), number in of_kind.items():
            if number > _SHOWN:
                more = count(number - _SHOWN, f"more {severity.value}")
                yield f"  {package}: {more} of this kind [{code}]; --json FILE lists all"
    broken = sum(each.severity is Severity.ERROR for each in diagnostics)
    warned = len(diagnostics) - broken
    result = count(broken, "error") if broken else "nothing is broken"
    if warned:
        result += f", {count(warned, 'warning')}"
    if not (packages or diagnostics):
        result = "no Python package is installed that was asked for"
    yield f"Looked at {count(packages, 'package')}: {result}."


def _title(examined: Examined) -> str:
    runtime = examined.runtime
    title = ", ".join(f"{each.label}{each.short}" for each in runtime.roots)
    if runtime.environment:
        view = f"the view {runtime.view} of " if runtime.view else ""
        title = f"{view}the environment {runtime.environment}"
    python = f", with Python {runtime.python.version}" if runtime.python else ""
    return title + python


def package_json(package: InstalledPackage) -> dict[str, Any]:
    """The record of a package that was looked at."""
    return {
        "package": package.name,
        "version": package.version,
        "hash": package.key,
        "prefix": str(package.prefix),
        "external": package.external,
    }

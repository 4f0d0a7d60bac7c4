"""The vulnerabilities of a release, or why they are not known: a report that cannot be had keeps
nothing else from being said of a recipe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ...diagnostics import Diagnostic, Severity, error
from ...errors import FileFailure
from ...pypi.model import Index, Release


class Reported(NamedTuple):
    """The ``names`` of what the index reports of a release; ``unknown`` says why that is not
    known."""

    names: tuple[str, ...] = ()
    unknown: str = ""

    def diagnostics(self, package: str, version: str, severity: Severity) -> Iterator[Diagnostic]:
        """The vulnerabilities with this severity; an error where they are not known."""
        if self.names:
            text = f"reported as vulnerable: {', '.join(self.names)}"
            yield Diagnostic("vulnerable", severity, package, (version,), text=text)
        if self.unknown:
            text = f"whether it is vulnerable is not known: {self.unknown}"
            yield error("not-fetched", package, text, versions=(version,))


def reported(index: Index, release: Release) -> Reported:
    """What the index reports. Raises `IndexFailure` where it cannot be reached."""
    try:
        return Reported(index.vulnerabilities(release))
    except FileFailure as failure:
        return Reported(unknown=str(failure))

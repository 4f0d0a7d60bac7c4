"""The vulnerabilities of a release, or why they are not known: a report that cannot be had keeps
nothing else from being said of a recipe."""

from __future__ import annotations

from typing import NamedTuple

from ...diagnostics import Diagnostic, error
from ...errors import FileFailure
from ...pypi.model import Index, Release


class Reported(NamedTuple):
    """The ``names`` of what the index reports of a release; ``unknown`` says why that is not
    known."""

    names: tuple[str, ...] = ()
    unknown: str = ""

    def missing(self, package: str, version: str) -> list[Diagnostic]:
        """An error where it is not known."""
        text = f"whether it is vulnerable is not known: {self.unknown}"
        versions = (version,)
        return [error("not-fetched", package, text, "", versions)] if self.unknown else []


def reported(index: Index, release: Release) -> Reported:
    """What the index reports. Raises `IndexFailure` where it cannot be reached."""
    try:
        return Reported(index.vulnerabilities(release))
    except FileFailure as failure:
        return Reported(unknown=str(failure))

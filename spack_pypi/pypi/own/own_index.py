"""Projects that the user names by their place, before those of an index."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ..indexes import Indexes, Member
from ..model import File, Index, Publisher, Release


class OwnIndex(Index, Protocol):
    """An `Index` that has only projects that were named by their place. Nobody attests these, or
    reports their vulnerabilities."""

    def has(self, project: str) -> bool:
        """Whether a project (PEP 503 name) is one of them."""

    def address(self, release: Release, file: File) -> str:
        return file.url

    def copy_to(self, folder: Path) -> Sequence[str]:
        """What is named by its place is not of an index."""
        return []

    def publishers(self, release: Release) -> tuple[Publisher, ...] | None:
        return ()

    def vulnerabilities(self, release: Release) -> tuple[str, ...]:
        return ()


def before(index: Index, own: Sequence[OwnIndex]) -> Index:
    """The projects that were named by their place, and all others from an index."""
    if not own:
        return index
    return Indexes([*(Member(each, each.has, explicit=True) for each in own), Member(index)])

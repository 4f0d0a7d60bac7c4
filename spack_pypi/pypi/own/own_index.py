"""Projects that the user names by their place, before those of an index."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..indexes import Indexes, Member
from ..model import File, Index, Metadata, Publisher, Release

if TYPE_CHECKING:
    from .addressed import AddressedProjects


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


def before(
    index: Index, own: Sequence[OwnIndex], addressed: AddressedProjects | None = None
) -> Index:
    """The projects that were named by their place, and all others from an index. Requirements for
    the addresses of the former are ``addressed`` to their versions, also those of the latter."""
    if not own:
        return index
    members = [*(Member(each, each.has, explicit=True) for each in own), Member(index)]
    return _WithOwn(members, addressed)


class _WithOwn(Indexes):
    """An `Index` of several, in whose metadata addresses that are known are versions."""

    def __init__(self, members: Sequence[Member], addressed: AddressedProjects | None) -> None:
        super().__init__(members)
        self._addressed = addressed

    def metadata(self, release: Release) -> Metadata:
        found = super().metadata(release)
        return self._addressed.replaced(found) if self._addressed else found

"""What releases need whose wheels are installed though they have source archives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..pypi.model import Release
from ..translate.builds import Builds
from ..translate.by_wheel import by_wheel

if TYPE_CHECKING:
    from .catalog import Catalog


def of_installed_wheel(catalog: Catalog, release: Release, built: Builds) -> Builds | None:
    """What a release needs that is installed by its wheel, by the modules of that if they are
    read: the source archive, of which ``built`` is said, may have others, or none. None where it
    is built."""
    by_archive = None if catalog.is_patched(release.project) else by_wheel(built, release)
    if by_archive is None:
        return None
    found = catalog.facts.of_wheel(release) or by_archive
    return replace(found, by_wheel=by_archive.by_wheel)

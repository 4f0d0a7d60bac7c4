"""Releases of which wheels are installed: they have no source archives, or such from which nothing
can be built."""

from __future__ import annotations

from ..pypi.model import Release, Source
from .brought_back import NEWEST, dropped
from .build_remarks import unclear
from .builds import Builds, newest_python
from .every_hint import every_hint
from .known_needs import known_needs
from .of_variants import having_variants, newer_versions, using_variants
from .removed_modules import having_modules
from .requirements import parsed
from .undeclared import at_run_time, is_to_build
from .wheels import is_for_python_3, pure_wheels


def by_wheel(built: Builds, release: Release) -> Builds | None:
    """What a release needs that is installed by its wheel, as nothing can be built from its source
    archive; None where something can, or it has no wheel of Python 3 for all platforms."""
    reason = built.lacking.reason if built.lacking is not None else built.unusable
    reason = reason or _required_by_address(built)
    is_packed = built.cmake is not None  # only a .pth file leads to the modules of its wheel
    if not reason or is_packed or not any(map(is_for_python_3, pure_wheels(release))):
        return None
    # Its modules are those of the archive.
    imported = (each for each in built.needs if each.imported)
    return Builds(
        needs=(*known_needs(release.without_sdist()), *imported),
        dropped=built.dropped,
        lacked=tuple(each for each in built.lacked if not is_to_build(each)),
        undeclared=tuple(each for each in built.undeclared if not is_to_build(each)),
        package_needs=built.package_needs,
        variants=built.variants,
        by_wheel=reason,
    )


def of_wheel(source: Source, release: Release) -> Builds:
    """What a release needs of which a wheel is installed, by what the modules of that say."""
    older = having_modules(source, release, runs_setup_py=False)
    newest = min(map(newest_python, older), default=NEWEST)
    gone = dropped(release, {each.module for each in source.imports}, newest)
    lacked = (*at_run_time(source),)
    return Builds(
        needs=(*known_needs(release.without_sdist()), *older, *having_variants(source)),
        dropped=gone,
        lacked=lacked,
        variants=(*using_variants(source), *newer_versions(source)),
        hints=every_hint(source, release, set(), (), pure=True),
        unclear=unclear(source, set(), (), gone),
        undeclared=tuple(each for each in source.undeclared if each not in lacked),
        package_needs=source.package_needs,
    )


def _required_by_address(built: Builds) -> str:
    """Which build requirement is no release of a project, but the archive at an address."""
    for text in built.requirements:
        name = of_address(text)
        if name:
            return f"its build requires {name} from an address, not a release of it"
    return ""


def of_address(text: str) -> str:
    """The project of a requirement (PEP 508) that has an address; else empty."""
    requirement = parsed(text)
    return requirement.name if requirement is not None and requirement.url else ""

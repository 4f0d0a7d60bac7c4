"""Releases from whose source archives nothing can be built: their wheels are installed."""

from __future__ import annotations

from ..pypi.model import Release
from .builds import Builds
from .known_needs import known_needs
from .requirements import parsed
from .undeclared import is_to_build
from .wheels import is_for_python_3, pure_wheels


def by_wheel(built: Builds, release: Release) -> Builds | None:
    """What a release needs that is installed by its wheel, as nothing can be built from its source
    archive; None where something can, or it has no wheel of Python 3 for all platforms."""
    reason = built.lacking.reason if built.lacking is not None else built.unusable
    reason = reason or _required_by_address(built)
    if not reason or not any(map(is_for_python_3, pure_wheels(release))):
        return None
    # Its modules are those of the archive.
    imported = (each for each in built.needs if each.imported)
    return Builds(
        needs=(*known_needs(release.without_sdist()), *imported),
        dropped=built.dropped,
        lacked=tuple(each for each in built.lacked if not is_to_build(each)),
        undeclared=tuple(each for each in built.undeclared if not is_to_build(each)),
        variants=built.variants,
        inner_prefix=built.inner_prefix,  # the wheel has it, too
        by_wheel=reason,
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

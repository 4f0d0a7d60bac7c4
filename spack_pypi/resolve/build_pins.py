"""What is written in place of exact pins of build requirements.

A pin is kept where a package has that version. Where a tool that compiles nothing only has later
ones of the same series, a new recipe takes these, and says so: it needs no old version for one
package. What compiles (Cython, pybind11) may fail with a later one, and stays pinned. So does what
builds a new version of a recipe that exists, unless the release that is named was withdrawn.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import Version

from ..translate import pins
from ..translate.requirements import parse, parsed
from .facts import Declared

if TYPE_CHECKING:
    from .catalog import Catalog

#: Projects that put files into wheels, and name the version.
_PACKAGING = {
    *("flit-core", "hatchling", "pdm-backend", "poetry-core", "setuptools", "uv-build", "wheel"),
    *("hatch-vcs", "pbr", "poetry-dynamic-versioning", "setuptools-scm", "versioneer"),
}
#: Why a pin is not in a recipe: that nobody asked for it, or a build showed that it may go.
OF_LATER = "is pinned for the build; Spack has only later versions of that series"
OF_BUILT = "is pinned for the build; it was built without the pin"


def loosened(
    catalog: Catalog, project: str, version: Version, declared: Declared
) -> Mapping[str, str] | None:
    """The build requirements of a release that are pinned, and what is written in their place;
    none of a release that an existing package lists: they explain its lines. None while the page
    is not known of a project that decides it."""
    package, rules = catalog.package(project), catalog.rules
    if (project, version) in rules.pinned or package.is_declared(version):
        return {}
    required = declared.builds.requirements
    if rules.loosen:
        found = {each: pins.loosened(each) for each in required}
    else:
        running = parse(declared.metadata.requires_dist or ())[0]
        to_run = {canonicalize_name(each.name) for each in running}
        found = {each: _of_later(catalog, each, to_run) for each in required}
    if package.extended is not None and not rules.loosen:
        withdrawn = {each: _is_withdrawn(catalog, each) for each in found if found[each]}
        if None in withdrawn.values():
            return None
        found = {each: found[each] for each in withdrawn if withdrawn[each]}
    return {each: text for each, text in found.items() if text is not None}


def _is_withdrawn(catalog: Catalog, requirement: str) -> bool | None:
    """Whether all releases that a requirement names were withdrawn since (PEP 592); None while
    that is not known."""
    pin = parsed(requirement)
    if pin is None:
        return False
    name = canonicalize_name(pin.name)
    page = catalog.facts.page(name)
    if page is None:
        return None if catalog.facts.missing(name) is None else False
    named = [release for release in page.releases if pin.specifier.contains(release.version)]
    return bool(named) and all(release.yanked for release in named)


def _of_later(catalog: Catalog, requirement: str, to_run: Collection[str]) -> str | None:
    """A requirement of later versions of the series, where the package has these, but not the one
    that is pinned, and it only packs and is not there to run; else None."""
    pin = parsed(requirement)
    later = pins.series(pin) if pin else None
    name = canonicalize_name(pin.name) if pin else ""
    if pin is None or later is None or name not in _PACKAGING or name in to_run:
        return None
    has = catalog.package(name).declares
    return str(later) if has(str(later.specifier)) and not has(str(pin.specifier)) else None

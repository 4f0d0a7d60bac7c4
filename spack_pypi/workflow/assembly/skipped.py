"""Which packages of a new recipe cannot be imported with what it depends on, as something is
missing that is optional, that nothing declares, or that depends on them. Spack's own test of what
is installed (``spack install --test=root``) imports all that ``skip_modules`` does not name.
https://spack.readthedocs.io/en/latest/build_systems/pythonpackage.html#testing"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence, Set

from packaging.utils import canonicalize_name

from ...pypi.model import OF_WINDOWS, ModuleImport
from ...recipe.model import Dependency, SkippedModules
from ...resolve.facts import Declared
from ...resolve.may_bring import may_run_with
from ...resolve.resolution import Resolution
from ...translate.archives import Archives
from ...translate.modules import is_known, provider, within
from ...translate.requirements import is_for_extra, parse
from .circles import in_circles

_WINDOWS = "Windows"
#: What needs no more words: that, and projects that only tests import.
_PLAIN = {_WINDOWS, "hypothesis", "nose", "pytest"}
#: A comment names so many projects.
_MOST_NAMED = 8
#: Spack imports packages of such names.
_NAME = re.compile(r"[A-Za-z0-9._]+")
#: A shorter name may be part of another one by chance.
_SHORTEST = 4


def skipped(
    resolution: Resolution,
    project: str,
    packed: Archives,
    dependencies: Sequence[Dependency],
    platform: str,
) -> SkippedModules | None:
    """Those of the releases of a new recipe, maybe for one ``platform``, with why; None where
    there are none, or where that is not known."""
    releases = [resolution.declared(project, version) for version in packed.spelled]
    circles = in_circles(resolution, project, releases)
    found = _lacking(resolution, releases, dependencies, platform)
    if not circles:
        return found
    why = f"Circular dependency on {' and '.join(sorted({*circles.values()}))}"
    all_names = {*circles, *(found.names if found else ())}
    names = [n for n in sorted(all_names) if not any(n.startswith(f"{e}.") for e in circles)]
    others = f"; {found.reason}" if found and {*names} > circles.keys() else ""
    return SkippedModules(tuple(names), f"{why}{others}")


def _lacking(
    resolution: Resolution,
    releases: Sequence[Declared],
    dependencies: Sequence[Dependency],
    platform: str,
) -> SkippedModules | None:
    needs = [e for release in releases for e in release.builds.package_needs if not e.main]
    there = may_run_with(resolution, dependencies) if needs else None
    if there is None:
        return None
    missing: dict[str, set[str]] = {}
    unsure, optional = set[str](), set[str]()
    for release in releases:
        declared = parse(release.metadata.requires_dist or ())[0]
        extras = {canonicalize_name(e.name) for e in declared if is_for_extra(e)}
        plain = {canonicalize_name(e.name) for e in declared if not is_for_extra(e)}
        names = {*plain, *(each.removeprefix("py-") for each in there)}
        optional |= extras
        for each in filter(_is_imported, release.builds.package_needs):
            needed = _project(resolution, each, extras)
            if each.module in OF_WINDOWS and platform != "windows":
                missing.setdefault(each.package, set()).add(_WINDOWS)
            is_there = not needed or resolution.package(needed).package in there
            if not is_there and not _may_have(names, each.module, needed):
                missing.setdefault(each.package, set()).add(needed)
            elif not needed:
                unsure.add(each.package)
    siblings = {each.package: each.siblings for each in needs if each.siblings}
    outer = _outermost(_but_for_needed(missing, siblings, unsure))
    if not outer:
        return None
    return SkippedModules(tuple(outer), _why(outer.values(), optional))


def _but_for_needed(
    missing: Mapping[str, set[str]], siblings: Mapping[str, Collection[str]], unsure: Set[str]
) -> Mapping[str, set[str]]:
    """What packages lack, without those of a namespace of which none certainly lacks nothing: a
    dependency is missing there."""
    return {
        name: missing[name]
        for name in missing
        if name not in siblings or not {*siblings[name]} <= missing.keys() | unsure
    }


def _is_imported(need: ModuleImport) -> bool:
    """Whether Spack imports a package of this name, inside the one that a project is about."""
    return not need.main and _NAME.fullmatch(need.package) is not None


def _project(resolution: Resolution, imported: ModuleImport, extras: Collection[str]) -> str:
    """The project from which a module certainly comes: by the table, by an extra, or by a package
    of its name; empty where that is not known."""
    project = provider(imported.module)
    if within(imported.module) or imported.module in OF_WINDOWS:
        return ""  # one of several, or none
    if "." in imported.module and not is_known(imported.module):
        project = canonicalize_name(imported.module)
    if is_known(imported.module) or project in extras:
        return project
    return project if resolution.package(project).existing and not imported.beside else ""


def _may_have(names: Iterable[str], module: str, project: str) -> bool:
    """Whether what is there by these names may have a module: another edition of its project, or
    one of which the module is a part."""
    own = canonicalize_name(module)
    return any(
        project in each or own in each or (not is_known(module) and each in own)
        for each in names
        if len(each) >= _SHORTEST
    )


def _outermost(missing: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Those that lie in no other one: Spack skips what is inside, too."""
    return {
        name: missing[name]
        for name in sorted(missing)
        if not any(name.startswith(f"{other}.") for other in missing)
    }


def _in_short(projects: Sequence[str], optional: Collection[str]) -> str:
    """What packages lack that lack many: of it, what nothing declares."""
    undeclared = [each for each in projects if each not in optional and each not in _PLAIN]
    others = ["an optional dependency"] if any(each in optional for each in projects) else []
    others += [each for each in projects if each in _PLAIN]
    if not undeclared:
        return f"Each requires {' or '.join(others)}"
    if len(undeclared) > _MOST_NAMED:
        return "Each requires a dependency that is optional or not declared"
    either = f"{', '.join(others)}, or " if others else ""
    return f"Each requires {either}{_named(undeclared, 'or', 'not declared')}"


def _named(projects: Sequence[str], joint: str, kind: str) -> str:
    """Projects, and of what kind they are, if of any: ``a, b and c, which are optional``."""
    *more, last = projects
    names = f"{', '.join(more)} {joint} {last}" if more else last
    return f"{names}, which {'are' if more else 'is'} {kind}" if kind else names


def _why(missing: Collection[set[str]], optional: Collection[str]) -> str:
    """What packages lack, in words."""
    projects = sorted(set[str]().union(*missing))
    if _PLAIN.issuperset(projects):
        kind = ""
    elif all(each in optional for each in projects if each not in _PLAIN):
        kind = "optional"
    elif all(each not in optional for each in projects):
        kind = "not declared"
    else:
        kind = "optional or not declared"
    if len(projects) > _MOST_NAMED:
        return _in_short(projects, optional)
    if len(missing) == 1:
        verb = "Requires"
    else:
        verb = "Require" if len({*map(frozenset, missing)}) == 1 else "Each requires some of"
    return f"{verb} {_named(projects, 'and', kind)}"

"""Why a recipe has dependencies that no requirement of its project names, without a variant that
they have by default, or in later versions than are pinned: the comment beside each line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from ...recipe.model import LANGUAGES, THE_WHEEL, Dependency, Reasons
from ...resolve.build_pins import OF_LATER, loosened
from ...resolve.demands import spelled
from ...resolve.resolution import Resolution
from ...translate import spack_order
from ...translate.known_needs import KnownNeed
from ...translate.requirements import parse
from ...translate.versions import ranges

#: How a build file names something, behind what it names; and a line of a file.
_CALL = re.compile(r" \(\w+\)$")
_LINE = re.compile(r" \([\w./-]+:\d+\)")


def reasons(
    resolution: Resolution,
    project: str,
    dependencies: Sequence[Dependency],
    said: Mapping[str, Sequence[str]],
) -> Reasons:
    """The clauses for the ``dependencies`` of a new recipe, of those that are ``said`` of its
    versions (by their texts), and the extras that bring one to the newest version."""
    found = {**reasons_of_builds(resolution, project, dependencies, said)}
    newest = resolution.declared(project, resolution.versions(project)[0]).builds
    compilers = [line for line in dependencies if line.package in LANGUAGES]
    for text in newest.compiled_for:
        if compilers and all(text in texts for texts in said.values()):
            found.setdefault(compilers[0], []).append(text)
    for pin, name in _of_later_versions(resolution, project):
        lines = [line for line in dependencies if line.package == resolution.package(name).package]
        if lines:
            found.setdefault(lines[0], []).append(f"{pin} {OF_LATER}")
    for need in newest.variants:
        versions = need.dependency.versions
        lines = [line for line in dependencies if line.package == need.dependency.package]
        lines = [line for line in lines if versions and line.versions == versions]
        if lines:
            found.setdefault(lines[0], []).append(need.comment)
    for need in newest.needs:
        lines = [line for line in dependencies if line.package == need.dependency.package]
        text = _of_variants(need)
        if text and lines:
            found.setdefault(lines[0], []).append(text)
    return {**_of_extras(resolution, project, dependencies), **found}


def reasons_of_builds(
    resolution: Resolution,
    project: str,
    dependencies: Sequence[Dependency],
    said: Mapping[str, Sequence[str]],
) -> dict[Dependency, list[str]]:
    """The clauses for dependencies that no metadata declares, of those that are ``said`` of
    versions (by their texts): above a line for just these versions, or the first of its package
    if they are ``said`` of all; for a later Rust than projects state; and for those on smaller
    projects than the newest version requires."""
    found: dict[Dependency, list[str]] = {}
    built = [resolution.declared(project, v).builds for v in resolution.versions(project)]
    every = [reason for each in built for reason in each.reasons]
    for each in dict.fromkeys(every):  # two modules may import one of the same
        package = each.package or resolution.package(each.project).package
        use = "build" if each.to_build else "run"
        lines = [line for line in dependencies if line.package == package and use in line.types]
        lines.sort(key=lambda line: ("run" in line.types) is each.to_build)
        having = {version for version, texts in said.items() if each.text in texts}
        fitting = [line for line in lines if having == _applied(line, said)]
        if having and (fitting or (lines and len(having) == len(said))):
            found.setdefault((fitting or lines)[0], []).append(each.text)
    for line in (each for each in dependencies if each.package == "rust"):
        text = _of_rust(resolution, project, line)
        if text:
            found.setdefault(line, []).append(text)
    for name, text in _of_smaller(resolution, project):
        lines = [line for line in dependencies if line.package == resolution.package(name).package]
        if lines:
            found.setdefault(lines[0], []).append(text)
    return found


def _of_rust(resolution: Resolution, project: str, line: Dependency) -> str:
    """Why a line asks for a later Rust than its project does, by the newest version that needs
    just that. It is said nowhere else: another line of a recipe that exists may be enough."""
    for version in resolution.versions(project):
        least, why = resolution.declared(project, version).builds.rust
        is_of_it = spack_order.contains(line.when.versions, spelled(version))
        if is_of_it and least and line.versions == ranges(SpecifierSet(f">={least}")):
            return why
    return ""


def reasons_of_wheels(said: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Why versions are wheels, by what is ``said`` of them (by their texts, newest first). One
    reason of several versions stands above the newest of these, and names them all unless the
    recipe has no others. In which line of a file something stands is left to the report."""
    found: dict[str, list[str]] = {}
    for version, texts in said.items():
        for text in texts:
            if text.startswith(THE_WHEEL):
                found.setdefault(_LINE.sub("", text), []).append(version)
    return {
        by[0]: text if len(by) == len(said) else f"{', '.join(by)}: {text}"
        for text, by in found.items()
    }


def said_beside(reasons: Reasons, said: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """What stands beside lines, of what is ``said`` of versions: it is not said again."""
    wheels = {text for texts in said.values() for text in texts if text.startswith(THE_WHEEL)}
    return frozenset(wheels.union(*reasons.values()))


def _applied(line: Dependency, versions: Iterable[str]) -> set[str]:
    return {each for each in versions if spack_order.contains(line.when.versions, each)}


def _of_later_versions(resolution: Resolution, project: str) -> Iterator[tuple[str, str]]:
    """The pins of the newest version in place of which later versions stand, with the projects."""
    catalog, version = resolution.catalog, resolution.versions(project)[0]
    if not catalog.rules.loosen:
        pins = loosened(catalog, project, version, resolution.declared(project, version)) or {}
        for pin in pins:
            yield from ((pin, canonicalize_name(each.name)) for each in parse([pin])[0])


def _of_smaller(resolution: Resolution, project: str) -> Iterator[tuple[str, str]]:
    """The smaller projects that the newest version needs in place of larger ones, with why."""
    newest = resolution.versions(project)[0]
    required = resolution.catalog.requirements(resolution.release(project, newest), "")
    now = {each.project for each in required.requirements} if required else set()
    for each in resolution.declared(project, newest).builds.smaller:
        if each.project in now and each.larger not in now:
            yield each.project, f"in place of {each.larger}: it has all that is imported of it"


def _of_variants(need: KnownNeed) -> str:
    """Why a library that a build file names is needed without some variants; ``""`` if with
    all."""
    off = "".join(each for each in need.dependency.variants if each.startswith("~"))
    if not off or need.in_table:
        return ""
    named = _CALL.sub("", need.source)
    return f"{named}, which is {need.dependency.package}{off} in Spack"


def _of_extras(
    resolution: Resolution, project: str, dependencies: Sequence[Dependency]
) -> Mapping[Dependency, Sequence[str]]:
    release = resolution.release(project, resolution.versions(project)[0])
    stated = resolution.catalog.requirements(release, "")
    own = {each.project for each in stated.requirements} if stated else set()
    found: dict[Dependency, list[str]] = {}
    for extras, part in resolution.of_extras(project, release.version):
        package = resolution.package(part.project).package
        lines = [line for line in dependencies if line.package == package]
        if part.project not in own and lines:
            said = found.setdefault(lines[0], [])
            text = f"for {extras}"
            said += [text] if text not in said else []
    before = [None, *map(found.get, dependencies)]  # it is said once, above all lines of it
    return {
        line: found[line]
        for line, above in zip(dependencies, before)
        if line in found and found[line] != above
    }

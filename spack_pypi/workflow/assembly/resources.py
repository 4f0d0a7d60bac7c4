"""What builds download unless a resource brings it: the resources of a recipe, at the commits that
the tags of their repositories have."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from packaging.version import Version

from ...recipe.model import Resource, Setting
from ...recipe.resources import leads_to
from ...resolve.resolution import Resolution
from ...translate import spack_order
from ...translate.archives import Archives
from ...translate.known_needs import KnownResource


def resources(resolution: Resolution, project: str, packed: Archives) -> tuple[Resource, ...]:
    """The resources of new versions, of which those with the same commit share one. A recipe that
    exists gets them where it leads builds to such ones already."""
    by_commit: dict[Resource, list[str]] = {}
    for version, text in packed.spelled.items():
        for known, commit in _written(resolution, project, version):
            shared = Resource(known.name, known.git, known.tag, commit, known.submodules)
            by_commit.setdefault(shared, []).append(text)
    every = _versions(resolution, project, packed)
    return tuple(
        replace(resource, versions=_exactly(every, texts)) for resource, texts in by_commit.items()
    )


def variables(resolution: Resolution, project: str, packed: Archives) -> tuple[Setting, ...]:
    """The variables that lead the builds of a new recipe to its resources."""
    by_setting: dict[Setting, list[str]] = {}
    for version, text in packed.spelled.items():
        for known, _ in _written(resolution, project, version):
            by_setting.setdefault(known.setting, []).append(text)
    every = _versions(resolution, project, packed)
    return tuple(
        replace(setting, versions=_exactly(every, texts) if len(texts) < len(every) else "")
        for setting, texts in by_setting.items()
    )


def notes(resolution: Resolution, project: str, version: Version) -> Iterator[str]:
    """What a version is known to download, and why the recipe has no resource for it."""
    written = [known for known, _ in _written(resolution, project, version)]
    for known in resolution.declared(project, version).builds.resources:
        found = resolution.catalog.facts.tagged(known.git, known.tag)
        why = "" if isinstance(found, str) else f": {found}"
        lacks = "" if known in written else f"; the recipe has no resource for it{why}"
        yield f"{known.spec}, from {known.origin}{lacks}"


def downloaded(resolution: Resolution, project: str, version: Version) -> Iterator[str]:
    """What the build of a version downloads, as no resource brings it: clauses."""
    written = [known for known, _ in _written(resolution, project, version)]
    for known in resolution.declared(project, version).builds.resources:
        if known not in written:
            prevented = f"which a resource and {known.variable} prevent"
            yield f"its build downloads {known.spec}, {prevented}"


def _written(
    resolution: Resolution, project: str, version: Version
) -> Iterator[tuple[KnownResource, str]]:
    """What a version gets a resource for, with the commit."""
    catalog, extended = resolution.catalog, resolution.package(project).extended
    texts = catalog.recipe_texts(extended.name) if extended is not None else ()
    for known in resolution.declared(project, version).builds.resources:
        wanted = known.variable, known.name, known.git
        is_led = extended is None or any(leads_to(text, *wanted) for text in texts)
        commit = catalog.facts.tagged(known.git, known.tag) if is_led else None
        if isinstance(commit, str):
            yield known, commit


def _versions(resolution: Resolution, project: str, packed: Archives) -> Sequence[str]:
    """All versions of the recipe, newest first."""
    extended = resolution.package(project).extended
    listed = {*packed.spelled.values()}
    if extended is not None:
        listed |= {*extended.versions, *extended.deprecated}
    return sorted(listed, key=spack_order.key, reverse=True)


def _exactly(every: Sequence[str], held: Collection[str]) -> str:
    """The range of just these versions, which holds no later ones: these need other commits."""
    parts = []
    for is_held, run in groupby(every, key=lambda text: text in held):
        newest, *_, oldest = 2 * [*run]
        if is_held:
            parts.append(newest if newest == oldest else f"{oldest}:{newest}")
    ranges = ",".join(parts)
    others = (text for text in every if text not in held)
    if any(spack_order.contains(ranges, text) for text in others):
        return ",".join(f"={text}" for text in every if text in held)
    return ranges

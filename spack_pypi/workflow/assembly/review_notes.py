"""Hints for a person who reviews a recipe: what no Python metadata declares is never guessed."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import canonicalize_name

from ...host.port import Host
from ...pypi.for_one_python import minor_python
from ...pypi.model import Metadata, ModuleImport, Release
from ...resolve.resolution import Resolution
from ...translate.build_settings import option
from ...translate.modules import provider, within
from ...translate.requirements import is_for_extra, parse
from ...translate.undeclared import place, unnamed
from . import resources
from .needs import available, is_about, package_of, said


def review_notes(resolution: Resolution, project: str) -> Iterator[tuple[str, str]]:
    """(code, text) of a project that the index marks as not active, of what is unclear in
    the build of the newest release, of wheels in its place, of what it is known to need, of what
    the modules of a new recipe import and nothing declares, and of each other native library that
    its archive names; not of those on which the existing recipe depends. A library of which it has
    a copy is one that Spack has, too."""
    page = resolution.catalog.facts.page(project)
    if page is not None and page.status not in ("active", ""):
        yield "project-status", f"the index marks the project as {page.status[:40]} (PEP 792)"
    newest = resolution.versions(project)[0]
    declared = resolution.declared(project, newest)
    built, metadata = declared.builds, declared.metadata
    catalog, extended = resolution.catalog, resolution.package(project).extended
    known: set[str] = set()
    if extended is not None:
        known = {line.dependency.package for line in catalog.dependency_lines(extended.name)}
    yield from (("unclear-build", remark) for remark in built.remarks)
    yield from (("wheel" if built.by_wheel else "unclear-build", text) for text in built.said)
    release = resolution.release(project, newest)
    if release.wheels and not (release.has_sdist or built.by_wheel):
        yield "wheel", f"{_wheels(release)}, as it has no source archive"
    for each in (e for e in built.undeclared if extended is None and not e.others):
        required = (*(metadata.requires_dist or ()), *built.also_running)
        if not catalog.brought.by(required, {provider(each.module)}):
            yield from _undeclared(catalog.host, metadata, each)
    needs = [each for each in built.needs if each.dependency.package not in known]
    for need in needs:
        seen = "".join(f"; {said(hint)}" for hint in built.hints if is_about(hint, need))
        has = available(catalog.host.repos, [need])
        lacks = "" if has else "; no repo has it, so the recipe does not depend on it"
        yield "known-need", f"{need.dependency.spec}, from {need.origin}{seen}{lacks}"
    text = "".join(catalog.recipe_texts(extended.name)) if extended is not None else ""
    settings = [each for each in built.settings if each.in_table and option(each) not in text]
    for origin in dict.fromkeys(each.origin for each in settings):
        names = " ".join(str(each.setting) for each in settings if each.origin == origin)
        yield "known-need", f"{names}, from {origin}"
    yield from (("known-need", text) for text in resources.notes(resolution, project, newest))
    for hint in built.hints:
        package = package_of(catalog.host.repos, hint)
        if any(is_about(hint, need) for need in built.needs) or (package is None and hint.copied):
            continue
        if package is None or package.name not in known:
            there = f"; Spack has {package.name}" if package else ""
            yield "native-hint", f"{said(hint)}{there}"


def _wheels(release: Release) -> str:
    """What is installed of a release, in words."""
    if minor_python(release.version):
        return "wheels for one Python and machine each"
    return "the wheel" if release.has_pure_wheel else "wheels for one machine each"


def _undeclared(
    host: Host, metadata: Metadata, imported: ModuleImport
) -> Iterator[tuple[str, str]]:
    """What there is to say about an import, if Spack has a package for what it imports, and no
    requirement is that; one of an extra is enough for what the project can be imported without."""
    project = provider(imported.module)
    declared = parse(metadata.requires_dist or ())[0]
    if imported.always:
        declared = [each for each in declared if not is_for_extra(each)]
    there = {canonicalize_name(each.name) for each in declared} | {metadata.project}
    if not there.isdisjoint({project, *within(imported.module)}):
        return
    package = host.repos.package_for(project)
    if package is not None:
        said = f"{place(imported)}, {unnamed(imported)}; Spack has {package.name}"
        yield "undeclared-import", said

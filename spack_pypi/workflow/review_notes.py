"""Hints for a person who reviews a recipe: what no Python metadata declares is never guessed."""

from __future__ import annotations

from collections.abc import Iterator

from ..host.port import Host, Package
from ..resolve.resolution import Resolution
from ..translate.native import Hint


def review_notes(resolution: Resolution, project: str) -> Iterator[tuple[str, str]]:
    """(code, text) of what is unclear in the build of the newest release, and of each native
    library that its archive names and on which the existing recipe does not depend; a library
    of which it has a copy is one that Spack has, too."""
    built = resolution.declared(project, resolution.versions(project)[0]).builds
    catalog, extended = resolution.catalog, resolution.package(project).extended
    known: set[str] = set()
    if extended is not None:
        known = {line.dependency.package for line in catalog.dependency_lines(extended.name)}
    yield from (("unclear-build", remark) for remark in built.remarks)
    for hint in built.hints:
        package = _package(catalog.host, hint)
        if package is None and hint.copied:
            continue
        if package is None or package.name not in known:
            there = f"; Spack has {package.name}" if package else ""
            where = f"{hint.file}:{hint.line}" if hint.line else hint.file
            yield "native-hint", f"{where} {hint.text}{there}"


def _package(host: Host, hint: Hint) -> Package | None:
    packages = (host.repos.package(name) for name in hint.names())
    return next((package for package in packages if package is not None), None)

"""Several copies of one module on the path: only the first one is used."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from filecmp import cmp
from itertools import islice
from pathlib import Path

from ...diagnostics import Diagnostic, Severity
from ...host.port import InstalledPackage
from ...prefixes.distributions import Distribution
from .distributions import by_project, files_of, modules_of
from .findings import finding, reinstalled
from .search_path import SearchPath, is_namespace

#: The most files of a module that are looked for in another copy, and compared.
_MOST = 5000


def hidden(
    package: InstalledPackage,
    distribution: Distribution,
    folder: Path,
    path: SearchPath,
    packages: Sequence[InstalledPackage],
) -> Iterator[Diagnostic]:
    """Where another copy of what a package installs comes first. ``folder`` is where the path has
    the distribution: its own, or that of a view; ``packages`` run together with it."""
    same = by_project(distribution.folder).get(distribution.project, ())
    versions = {found.version for found in same}
    if len(versions) > 1:
        text = f"is in {distribution.folder} in several versions: {', '.join(sorted(versions))}"
        yield finding("two-versions", package, text, reinstalled(package), distribution.project)
    if folder not in path.folders:
        return
    found = path.of(distribution.project)
    if found and found[0].folder != folder:
        other = found[0]
        is_same = other.version == distribution.version
        text = (
            f"is hidden by {distribution.project} {other.version} in {other.folder}, which comes "
            "first on the path"
        )
        severity = Severity.WARNING if is_same else Severity.ERROR
        mend = _mend(package, other.folder, path, packages)
        yield finding("two-versions", package, text, mend, distribution.project, severity)
        return
    for module in modules_of(distribution):
        folders = path.having(module)
        if folder in folders and folders[0] != folder:
            yield from _hidden_module(package, distribution, module, folders[0], path, packages)


def _hidden_module(
    package: InstalledPackage,
    distribution: Distribution,
    module: str,
    first: Path,
    path: SearchPath,
    packages: Sequence[InstalledPackage],
) -> Iterator[Diagnostic]:
    if is_namespace(first / module) or is_namespace(distribution.folder / module):
        return
    lost, other = _lost(distribution, module, first), _other(distribution, module, first)
    if not (lost or other):
        return
    text = (
        f"its module {module} is hidden by the one in {first}, which comes first on the path and "
        + (f"lacks {lost}" if lost else f"has another {other}")
    )
    # Whether that one does as well nobody can say.
    severity = Severity.ERROR if lost else Severity.WARNING
    mend = _mend(package, first, path, packages)
    yield finding("two-providers", package, text, mend, module, severity)


def _lost(distribution: Distribution, module: str, other: Path) -> str:
    """A file of a module that another folder lacks; empty where it has all."""
    files = _files(distribution, module, (".py", ".so"))
    return next((each for each in files if not os.path.exists(other / each)), "")


def _other(distribution: Distribution, module: str, other: Path) -> str:
    """A file of a module that is there too, with other contents; empty where all are the same. Of
    compiled ones nobody can say: each build differs."""
    for each in _files(distribution, module, (".py",)):
        mine, first = distribution.folder / each, other / each
        # Not of a pipe: it may have no end.
        if os.path.isfile(mine) and os.path.isfile(first) and not cmp(mine, first, shallow=False):
            return each
    return ""


def _files(distribution: Distribution, module: str, endings: tuple[str, ...]) -> list[str]:
    found = (
        each
        for each in files_of(distribution)
        if each.startswith((f"{module}/", f"{module}.")) and each.endswith(endings)
    )
    return [*islice(found, _MOST)]


def _mend(
    package: InstalledPackage,
    folder: Path,
    path: SearchPath,
    packages: Iterable[InstalledPackage],
) -> str:
    if folder not in path.own:
        return f"take {folder} out of PYTHONPATH"
    for each in packages:
        if each != package and each.has(folder):
            return (
                f"use one of them: {each.label} ({each.short}) is the other one; a conflicts() "
                "line in the recipe keeps them apart"
            )
    return f"remove what is in {folder}"

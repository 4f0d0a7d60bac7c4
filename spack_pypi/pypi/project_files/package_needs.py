"""What packages inside a project cannot be imported without, though the project itself can::

    foo/__init__.py             # imports nothing
    foo/widget/__init__.py      # imports anywidget, which an extra requires

Spack's own test of an installed project imports all of its packages.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from typing import NamedTuple

from ...syntax import parsed
from .always_run import AlwaysRun, imports_alone
from .package_imports import INIT, around

#: Folders in which copies of other projects are, which are found there by another path.
_COPIES = re.compile(r"(^|/)[^/]*(vendor|third.?party|inline|external|bundle)[^/]*/", re.I)
#: A ``try`` of the top level whose error ends in an error: what it tries is needed.
_RAISES = re.compile(rb"\nexcept\b[^\n]*\n(?:[ \t]+[^\n]*\n){0,8}?[ \t]+raise\b")


class PackageNeed(NamedTuple):
    """A place (``path`` and ``line``) where a top-level ``module`` of others is imported whenever
    the package in a ``folder`` is, but neither when the project's own is, nor when one between
    them; ``beside``: a module of this name lies beside it, which a script finds there."""

    folder: str
    module: str
    path: str
    line: int
    beside: bool


def package_needs(
    texts: Mapping[str, bytes],
    paths: Set[str],
    roots: Collection[str],
    there: Set[str],
) -> Iterator[PackageNeed]:
    """Those of the packages inside ``roots``, the folders of packages that lie in no other;
    ``texts`` are the modules of an archive by path, ``paths`` those of all modules, and ``there``
    are modules that can be imported in any case."""
    there = there | {*_own(paths, roots)}
    for root in sorted(roots):
        inner = sorted(p for p in texts if p.endswith(INIT) and p.startswith(f"{root}/"))
        quick, whole = (AlwaysRun(texts, root + INIT, tree) for tree in (_quick_tree, parsed))
        may = [p for p in inner if p != root + INIT and _tops(quick, around(root, p)) - there]
        known: dict[str, Set[str]] = {}
        for path in may:
            files = around(root, path)
            if not known:
                known[root] = there | _tops(whole, files[:1])
            folder = path[: -len(INIT)]
            seen = {*next(known[each] for each in _outwards(folder) if each in known)}
            for module, at, line in whole.imported(files):
                if "." not in module and module not in seen:
                    seen.add(module)
                    yield PackageNeed(folder, module, at, line, _is_beside(at, module, paths))
            known[folder] = seen


def _quick_tree(source: bytes) -> ast.Module | None:
    """A tree with what a source may always import, and maybe more."""
    return parsed(source) if _RAISES.search(source) else imports_alone(source)


def _tops(runs: AlwaysRun, files: Iterable[str]) -> set[str]:
    """The top-level modules that are imported where these files run."""
    return {module for module, _, _ in runs.imported(files) if "." not in module}


def _is_beside(path: str, module: str, paths: Set[str]) -> bool:
    """Whether a module has one of this name beside it, or it itself: it may be meant."""
    folder = path.rpartition("/")[0]
    return f"{folder}/{module}.py" in paths or f"{folder}/{module}{INIT}" in paths


def _outwards(folder: str) -> Iterator[str]:
    """The folders around a folder, from the inside to the outside."""
    while "/" in folder:
        folder = folder.rpartition("/")[0]
        yield folder


def _own(paths: Iterable[str], roots: Collection[str]) -> Iterator[str]:
    """The names of modules that an archive may bring itself: those beside its packages and in the
    folders around them, and copies of others."""
    bases = {""}.union(*(_outwards(root) for root in roots))
    for path in paths:
        folder, _, name = path.rpartition("/")
        if _COPIES.search(path):
            yield from (*folder.split("/"), name.partition(".")[0])
        for base in bases:
            if not base:
                yield path.partition("/")[0].partition(".")[0]
            elif path.startswith(f"{base}/"):
                yield path[len(base) + 1 :].partition("/")[0].partition(".")[0]
    yield from (root.rpartition("/")[2] for root in roots)

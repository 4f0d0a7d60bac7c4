"""What the packages inside a project import whenever they are imported themselves. Spack's own
test of an installed project imports all of them, not only the one around them."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Set
from typing import NamedTuple

from ...syntax import parsed
from .always_run import Tree, always_run, imports_alone
from .setup_py import always_imported

_INIT = "/__init__.py"


class PackageImport(NamedTuple):
    """A place (``path`` and ``line``) where packages inside that of a project (whose file is
    ``root``) import a ``module``; ``most``: more than half of them do."""

    module: str
    path: str
    line: int
    root: str
    most: bool


def imported_by_packages(
    texts: Mapping[str, bytes], roots: Collection[str], names: Set[str]
) -> Iterator[PackageImport]:
    """Which of these modules packages inside those of ``roots`` (their folders) always import,
    each at its first place; ``texts`` are the modules of an archive by path."""
    quick, whole = _Once(imports_alone), _Once(parsed)
    for root in sorted(roots):
        inner = [path for path in texts if path.endswith(_INIT) and path.startswith(f"{root}/")]
        may = [path for path in inner if names & _imports(texts, root, path, quick).keys()]
        places: dict[str, list[tuple[str, int]]] = {}
        for path in sorted(may):
            for module, place in _imports(texts, root, path, whole).items():
                places.setdefault(module, []).append(place)
        for module in sorted(names & places.keys()):
            most = 2 * len(places[module]) > len(inner)
            yield PackageImport(module, *places[module][0], root + _INIT, most)


def _imports(
    texts: Mapping[str, bytes], root: str, path: str, tree_of: Tree
) -> dict[str, tuple[str, int]]:
    """The modules that are imported when the package of this path is, and where."""
    found: dict[str, tuple[str, int]] = {}
    folders = path[len(root) : -len(_INIT)].split("/")
    around = [root + "/".join(folders[: n + 1]) + _INIT for n in range(len(folders))]
    for at, tree in always_run(texts, around, tree_of):
        for module, line in always_imported(tree):
            found.setdefault(module, (at, line))
    return found


class _Once:
    """Trees of sources, each made once."""

    def __init__(self, tree_of: Tree) -> None:
        self._tree_of = tree_of
        self._known: dict[bytes, ast.Module | None] = {}

    def __call__(self, source: bytes) -> ast.Module | None:
        if source not in self._known:
            self._known[source] = self._tree_of(source)
        return self._known[source]

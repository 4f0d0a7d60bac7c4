"""What the packages inside a project import whenever they are imported themselves. Spack's own
test of an installed project imports all of them, not only the one around them."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from ...syntax import parsed
from .always_run import AlwaysRun, imports_alone
from .setup_py import always_imported

INIT = "/__init__.py"


class PackageImport(NamedTuple):
    """A place (``path`` and ``line``) where packages inside that of a project (whose file is
    ``root``) import a ``module``; ``most``: more than half of them do, and of the outer ones,
    and no ``__init__.py`` of the project goes on without it."""

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
    for root in sorted(roots):
        inner = [path for path in texts if path.endswith(INIT) and path.startswith(f"{root}/")]
        quick, whole = (AlwaysRun(texts, root + INIT, tree) for tree in (imports_alone, parsed))
        may = [path for path in inner if names & _imports(quick, root, path).keys()]
        places: dict[str, dict[str, tuple[str, int]]] = {}
        for path in sorted(may):
            for module, place in _imports(whole, root, path).items():
                places.setdefault(module, {})[path] = place
        for module in sorted(names & places.keys()):
            path, line = next(iter(places[module].values()))
            most = _are_most(places[module].keys(), inner, root)
            most = most and not any(goes_on_without(module, texts[each]) for each in inner)
            yield PackageImport(module, path, line, root + INIT, most)


def _are_most(some: Set[str], inner: Collection[str], root: str) -> bool:
    """Whether some of the packages inside that of ``root`` are more than half of all, and of
    those that lie in no other one: of a project with one for each framework, that of one may have
    more inside it than all the others."""
    outer = [path for path in inner if path.count("/") == root.count("/") + 2]
    return all(2 * len(some & {*each}) > len(each) for each in (inner, outer) if each)


def goes_on_without(module: str, text: bytes) -> bool:
    """Whether a module, by its source, tries to import another one, and does something else where
    that is not there."""
    tree = parsed(text) if b"except" in text and module.encode() in text else None
    return any(
        module in (name for name, _ in always_imported(ast.Module(node.body, [])))
        and not all(isinstance(each.body[-1], ast.Raise) for each in node.handlers)
        for node in (ast.walk(tree) if tree else ())
        if isinstance(node, ast.Try)
    )


def _imports(runs: AlwaysRun, root: str, path: str) -> dict[str, tuple[str, int]]:
    """The modules that are imported when the package of this path is, and where."""
    found: dict[str, tuple[str, int]] = {}
    for module, at, line in runs.imported(around(root, path)):
        found.setdefault(module, (at, line))
    return found


def around(root: str, path: str) -> Sequence[str]:
    """The files of the packages that run when a module is imported, from that of ``root`` on."""
    folders = path[len(root) :].split("/")[:-1]
    return [root + "/".join(folders[: n + 1]) + INIT for n in range(len(folders))]

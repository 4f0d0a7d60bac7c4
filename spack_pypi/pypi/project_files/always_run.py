"""The modules of an archive that are run whenever its package is imported: the package's own
``__init__.py``, what this always imports, and so on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Callable, Optional

from ...syntax import parsed
from .setup_py import always_imported_whole

#: A source as a tree; None where it is not Python.
Tree = Callable[[bytes], Optional[ast.Module]]
#: A statement that imports and is indented by nothing, with all that stands in its brackets.
_STATEMENT = re.compile(rb"^(?:import|from)[ \t][^\n(\\]*(?:\([^)]*\)|(?:\\\r?\n[^\n\\]*)*)", re.M)
#: More modules are not followed.
_MOST = 200


class AlwaysRun:
    """Those among ``texts`` (path → source), of the package or module whose path is ``root``. Each
    is read once; a module without which others cannot be imported is imported outside of any
    ``try``, ``if`` or function."""

    def __init__(self, texts: Mapping[str, bytes], root: str, tree_of: Tree = parsed) -> None:
        self._texts, self._tree_of = texts, tree_of
        self._bases = {*_around(root)}
        self._read: dict[str, tuple[Sequence[tuple[str, int]], Sequence[str]]] = {}

    def imported(self, starts: Iterable[str]) -> Iterator[tuple[str, str, int]]:
        """(module, path, line) of what is imported by the modules that run when those of
        ``starts`` do: `always_imported_whole`."""
        for path in self.run(starts):
            yield from ((module, path, line) for module, line in self._of(path)[0])

    def run(self, starts: Iterable[str]) -> Iterator[str]:
        """The paths of the modules that run when those of ``starts`` do."""
        todo = [path for path in dict.fromkeys(starts) if path in self._texts]
        seen = set(todo)
        for _ in range(_MOST):
            if not todo:
                return
            path = todo.pop(0)
            yield path
            paths = self._of(path)[1]
            todo += [each for each in paths if each not in seen]
            seen.update(paths)

    def _of(self, path: str) -> tuple[Sequence[tuple[str, int]], Sequence[str]]:
        """What a module imports, and the paths of the modules that then run."""
        if path not in self._read:
            tree = self._tree_of(self._texts[path])
            found = _imported(path, tree, self._bases) if tree else ()
            there = sorted({each for each in found if each in self._texts})
            self._read[path] = [*always_imported_whole(tree.body)] if tree else [], there
        return self._read[path]


def _around(path: str) -> Iterator[str]:
    """The folders around a package, or a module that is in none: which of them is where modules
    are looked for is not said, as the package may lie in a namespace."""
    folder = path.rpartition("/")[0]
    yield folder.rpartition("/")[0]
    while "/" in folder:
        folder = folder.rpartition("/")[0]
        yield folder.rpartition("/")[0]


def imports_alone(source: bytes) -> ast.Module | None:
    """A tree of the statements of a source that look like imports of its top level: quick to make,
    and with more than there is (it may be text in quotes)."""
    return parsed(b"\n".join(match[0] for match in _STATEMENT.finditer(source))) or parsed(source)


def _imported(path: str, tree: ast.Module, bases: Iterable[str]) -> Iterator[str]:
    """The paths that the modules may have which a module imports: those of its archive begin in
    one of the ``bases``, the folders that hold packages."""
    for statement in tree.body:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                for base in bases:
                    yield from _files(base, alias.name.split("."))
        elif isinstance(statement, ast.ImportFrom):
            module = statement.module.split(".") if statement.module else []
            folders = path.split("/")[: -statement.level]
            for base in ["/".join(folders)] if statement.level else bases:
                yield from _files(base, module)
                for alias in statement.names:
                    yield from _files(base, [*module, alias.name])


def _files(base: str, module: list[str]) -> Iterator[str]:
    """The files that run when a module is imported: those of the packages around it, too."""
    for length in range(1, len(module) + 1):
        inner = "/".join([*([base] if base else []), *module[:length]])
        yield f"{inner}/__init__.py"
    if module:
        yield f"{inner}.py"

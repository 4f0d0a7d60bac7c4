"""What packages inside a project cannot be imported without, though the project itself can::

    foo/__init__.py             # imports nothing
    foo/widget/__init__.py      # imports anywidget, which an extra requires

Spack's own test of an installed project imports all of its packages.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from typing import NamedTuple

from ...syntax import dotted, literal_text, parsed
from .always_run import AlwaysRun, imports_alone
from .package_imports import INIT, around

#: Folders in which copies of other projects are, which are found there by another path.
_COPIES = re.compile(r"(^|/)[^/]*(vendor|third.?party|inline|external|bundle)[^/]*/", re.I)
#: A ``try`` of the top level whose error ends in an error: what it tries is needed.
_RAISES = re.compile(rb"\nexcept\b[^\n]*\n(?:[ \t]+[^\n]*\n){0,8}?[ \t]+raise\b")
#: A name by which the project of a module is known: that of the top level, but of one that many
#: projects share, what lies in it.
_OF_PROJECT = re.compile(r"(?!google$)\w+|google\.(?!cloud$)\w+|google\.cloud\.\w+")
#: Calls that import, and those whose value the environment may give, else a default.
_IMPORTS = ("importlib.import_module", "import_module")
_FROM_ENVIRONMENT = ("os.environ.get", "os.getenv", "environ.get", "getenv")
_MODULE = re.compile(r"[A-Za-z_]\w*(\.\w+)*")
#: In place of a module that is too long.
_NOT_READ = b"# not read"


class PackageNeed(NamedTuple):
    """A place (``path`` and ``line``) where a ``module`` of others (a top-level one, or of those
    that projects share one in it: ``google.auth``) is imported whenever the package in a
    ``folder`` is, but neither when the project's own is, nor when one between them; ``beside``:
    a module of this name lies beside it, which a script finds there. The package may be one of
    the project's own where others lie in the same folder, as they do in a namespace."""

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
    """Those of the packages inside ``roots``, the folders of packages that lie directly in no
    other, of which those are passed over that lie in one somehow;
    ``texts`` are the modules of an archive by path, ``paths`` those of all modules, and ``there``
    are modules that can be imported in any case."""
    there = there | {*_own(paths, roots)}
    every = {*roots}
    roots = [root for root in roots if every.isdisjoint(_outwards(root))]
    spaces = {*_namespaces(texts, paths, roots)}
    for root in sorted(roots):
        may_lack = root.rpartition("/")[0] in spaces
        inner = sorted(p for p in texts if p.endswith(INIT) and p.startswith(f"{root}/"))
        quick, whole = (AlwaysRun(texts, root + INIT, tree) for tree in (_quick_tree, _tree))
        looked_at = [p for p in inner if may_lack or p != root + INIT]
        may = [p for p in looked_at if any(_needed(quick, around(root, p), there))]
        known: dict[str, Set[str]] = {}
        for path in may:
            files = around(root, path)
            if not known:
                known[root] = there | {each for each, _, _ in _needed(whole, files[:1], there)}
            folder = path[: -len(INIT)]
            outer = (known[each] for each in _outwards(folder) if each in known)
            seen = {*(there if folder == root else next(outer))}
            for module, at, line in _needed(whole, files, there):
                if module not in seen:
                    seen.add(module)
                    yield PackageNeed(folder, module, at, line, _is_beside(at, module, paths))
            known[folder] = seen


def _namespaces(
    texts: Mapping[str, bytes], paths: Set[str], roots: Collection[str]
) -> Iterator[str]:
    """The folders with several of the ``roots``, where all modules are read that these import."""
    marked = {**{path: _NOT_READ for path in paths if path.endswith(".py")}, **texts}
    folders = Counter(root.rpartition("/")[0] for root in roots if "/" in root)
    for folder in (each for each, count in folders.items() if count > 1):
        inside = [root + INIT for root in roots if root.rpartition("/")[0] == folder]
        runs = (AlwaysRun(marked, start, _quick_tree).run([start]) for start in inside)
        if not any(marked[path] is _NOT_READ for each in runs for path in each):
            yield folder


def _quick_tree(source: bytes) -> ast.Module | None:
    """A tree with what a source may always import, and maybe more."""
    is_hidden = _RAISES.search(source) or b"import_module(" in source
    return _tree(source) if is_hidden else imports_alone(source)


def _tree(source: bytes) -> ast.Module | None:
    """That of a source, to which the modules are added that it imports by a call which always
    happens, with a name that is written down, be it the default of a variable."""
    tree = parsed(source)
    if tree is None or b"import_module(" not in source:
        return tree
    names = [each for each in ast.walk(tree) if isinstance(each, ast.Name)]
    bound = Counter(each.id for each in names if isinstance(each.ctx, ast.Store))
    texts: dict[str, str] = {}
    for statement in [*tree.body]:
        value = statement.value if isinstance(statement, (ast.Assign, ast.Expr)) else None
        if isinstance(value, ast.Call) and dotted(value.func) in _IMPORTS and value.args:
            module = _text(value.args[0], texts)
            if _MODULE.fullmatch(module):
                added = ast.Import([ast.alias(module)])
                tree.body.append(ast.copy_location(added, statement))
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if isinstance(target, ast.Name) and bound[target.id] == 1:
            texts[target.id] = _text(value, {})
    return tree


def _text(value: ast.expr | None, texts: Mapping[str, str]) -> str:
    """What is written down for a value; empty where nothing is."""
    if isinstance(value, ast.Call) and dotted(value.func) in _FROM_ENVIRONMENT:
        value = value.args[1] if len(value.args) == 2 else None
    if isinstance(value, ast.Name):
        return texts.get(value.id, "")
    return literal_text(value) if value is not None else ""


def _needed(
    runs: AlwaysRun, files: Iterable[str], there: Set[str]
) -> Iterator[tuple[str, str, int]]:
    """(module, path, line) of what is needed where these files run, by a name whose project is
    known."""
    for module, path, line in runs.imported(files):
        if _OF_PROJECT.fullmatch(module) and module.partition(".")[0] not in there:
            yield module, path, line


def _is_beside(path: str, module: str, paths: Set[str]) -> bool:
    """Whether a module has one of this name beside it, or it itself: it may be meant."""
    beside = f"{path.rpartition('/')[0]}/{module.partition('.')[0]}"
    return f"{beside}.py" in paths or f"{beside}{INIT}" in paths


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

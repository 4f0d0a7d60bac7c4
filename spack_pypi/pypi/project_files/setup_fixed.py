"""Whether what a setup.py gives ``setup()`` to be required is the same on every machine. Read as a
syntax tree, never run.

It is where all that leads to it are literals, files of the archive, and functions that make texts
and lists of these. Then the metadata that came with the archive are those of any other build::

    with open("requirements.txt") as lines:
        required = [line.strip() for line in lines if not line.startswith("#")]
    setup(install_requires=required)

Nothing is assumed of what is not known: an import of anything else, a look at what is installed,
at the machine or at Python, at whether a file is there, and whatever may change a name out of
sight, make it uncertain.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from ...syntax import dotted, literal_text
from .setup_names import imported_as, main_block

#: The keywords of ``setup()`` that say what is required.
REQUIRED = ("install_requires", "extras_require", "python_requires")
#: Functions of Python whose result depends on what they are given alone.
_FUNCTIONS = {
    *("all", "any", "bool", "dict", "enumerate", "filter", "frozenset", "int", "isinstance"),
    *("len", "list", "map", "max", "min", "open", "print", "range", "reversed", "set", "sorted"),
    *("str", "sum", "tuple", "zip", "__file__"),
}
#: Modules of which the same is true, and functions of others.
_MODULES = {"collections", "io", "itertools", "json", "pathlib", "re", "string", "textwrap"}
_OF_MODULES = {
    *("codecs.open", "ast.literal_eval", "os.getcwd", "pkg_resources.parse_requirements"),
    *(
        f"os.path.{name}"
        for name in ("abspath", "basename", "dirname", "join", "normpath", "realpath", "split")
    ),
}
#: What a path says of the machine.
_OF_MACHINE = {
    *("cwd", "exists", "expanduser", "glob", "group", "home", "is_dir", "is_file", "is_mount"),
    *("is_symlink", "iterdir", "lstat", "owner", "readlink", "rglob", "samefile", "stat", "walk"),
}
#: What may change any name.
_OUT_OF_SIGHT = {"eval", "exec", "execfile", "globals", "locals", "setattr", "vars", "__import__"}
#: Methods that change a list, a set or a dictionary.
_CHANGING = {
    *("add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove"),
    *("reverse", "setdefault", "sort", "update"),
}
#: Expressions that hold other values, or are one of them.
_HOLDING = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Starred, ast.IfExp, ast.BoolOp)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def same_everywhere(tree: ast.Module, call: ast.Call) -> bool:
    """Whether the `REQUIRED` keywords of the only call of ``setup()`` in a file have the same
    values on every machine, and there are some."""
    try:
        _File(tree, call).follow()
    except _Uncertain:
        return False
    return True


class _Uncertain(Exception):
    """Something may be otherwise on another machine."""


class _File:
    """The statements at the top of a file, by the names that they may give another value."""

    def __init__(self, tree: ast.Module, call: ast.Call) -> None:
        self._call = call
        top = [*_flat(tree.body)]
        here = [each for each in top if isinstance(each, ast.Expr) and each.value is call]
        if not here or any(_is_out_of_sight(node) for node in ast.walk(tree)):
            raise _Uncertain
        self._modules: dict[str, str] = {}
        for statement in top:
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                self._modules.update(_imported(statement))
        self._statements = [each for each in top if each not in here]
        self._changed = [{*_changed(each, self._modules)} for each in self._statements]
        self._changing: dict[str, list[int]] = {}
        for number, names in enumerate(self._changed):
            for name in names:
                self._changing.setdefault(name, []).append(number)
        #: What functions and classes change; names of their own may be those of the file, too.
        self._inside = {
            name
            for node in _outside_scopes(tree)
            if isinstance(node, _SCOPES)
            for name in _changed_inside(node, self._modules)
        }

    def follow(self) -> None:
        """Look at all that leads to what is required. Raises `_Uncertain`."""
        given = {each.arg or "": each.value for each in self._call.keywords}
        if "" in given or self._call.args or not {*REQUIRED[:2]} & {*given}:
            raise _Uncertain  # something else says it
        seen: set[str] = set()
        looked: set[int] = set()
        left = [name for key in {*REQUIRED} & {*given} for name in self._named(given[key])]
        while left:
            name = left.pop()
            if name in seen:
                continue
            seen.add(name)
            statements = {*self._changing.get(name, [])}
            if name in self._inside or not (statements or name in _FUNCTIONS):
                raise _Uncertain
            for number in statements - looked:
                # What shares an object with it may change that, too.
                left += [*self._named(self._statements[number]), *self._changed[number]]
            looked |= statements

    def _named(self, node: ast.AST) -> Iterator[str]:
        """The names of the file that something uses. Raises `_Uncertain`."""
        own, attributes = {*_bound_inside(node)}, set[int]()
        for each in ast.walk(node):
            self._check(each)
            if isinstance(each, ast.Attribute) and id(each) not in attributes:
                if not _is_harmless(each.attr):
                    raise _Uncertain
                if self._is_of_module(each):
                    attributes |= {id(inner) for inner in ast.walk(each)}
            if not isinstance(each, ast.Name) or id(each) in attributes:
                continue
            if each.id in self._modules:
                if not _is_known(self._modules[each.id]):
                    raise _Uncertain
            elif each.id not in own or each.id in self._changing:
                yield each.id

    def _check(self, node: ast.AST) -> None:
        """Raise `_Uncertain` for what makes it so by itself."""
        if isinstance(node, (ast.Try, ast.ClassDef, ast.Global, ast.Nonlocal, ast.Await)):
            raise _Uncertain
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            if {*_imported(node).items()} - {*self._modules.items()}:
                raise _Uncertain
        elif isinstance(node, ast.Constant) and _leads_out(literal_text(node)):
            raise _Uncertain

    def _is_of_module(self, node: ast.Attribute) -> bool:
        """Whether an attribute is one of a module. Raises `_Uncertain` for one of another than
        those that are known."""
        name = _meant(node, self._modules)
        if name and not _is_known(name):
            raise _Uncertain
        return bool(name)


def _flat(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements at the top, those under ``if __name__ == "__main__"`` among them."""
    for each in statements:
        yield from main_block(each) or [each]


def _imported(statement: ast.Import | ast.ImportFrom) -> Mapping[str, str]:
    """What names mean, as dotted names. Raises `_Uncertain` where they are not known."""
    if isinstance(statement, ast.Import):
        return {
            imported_as(alias): alias.name if alias.asname else imported_as(alias)
            for alias in statement.names
        }
    module = "." * statement.level + (statement.module or "")
    if any(alias.name == "*" for alias in statement.names):
        raise _Uncertain
    return {alias.asname or alias.name: f"{module}.{alias.name}" for alias in statement.names}


def _meant(node: ast.expr, modules: Mapping[str, str]) -> str:
    """The dotted name of something in a module that was imported; empty for anything else."""
    first, _, rest = dotted(node).partition(".")
    module = modules.get(first, "")
    return f"{module}.{rest}" if module and rest else module


def _is_known(name: str) -> bool:
    first, *rest = name.split(".")
    return (first in _MODULES and all(map(_is_harmless, rest))) or name in _OF_MODULES


def _is_harmless(attribute: str) -> bool:
    return attribute not in _OF_MACHINE and not attribute.startswith("__")


def _leads_out(text: str) -> bool:
    """Whether a text may be the path of a file that is none of the archive."""
    return text.startswith(("/", "~", "\\")) or ".." in text.split("/")


def _is_out_of_sight(node: ast.AST) -> bool:
    """Whether something may change any name, or what is required after ``setup()`` has it."""
    if isinstance(node, ast.Call) and dotted(node.func) in _OUT_OF_SIGHT:
        return not (dotted(node.func) == "exec" and len(node.args) > 1)
    return isinstance(node, ast.Attribute) and node.attr in REQUIRED


def _outside_scopes(node: ast.AST) -> Iterator[ast.AST]:
    """What is in a node but for what is in functions and classes, and the names of
    comprehensions."""
    left = [node]
    while left:
        node = left.pop()
        yield node
        if not isinstance(node, _SCOPES):
            own = node.target if isinstance(node, ast.comprehension) else None
            left += [child for child in ast.iter_child_nodes(node) if child is not own]


def _changed(statement: ast.stmt, modules: Mapping[str, str]) -> Iterator[str]:
    """The names of the file that a statement gives a value, or whose value it may change: by a
    method, a key, or as it gives it to something else."""
    for node in _outside_scopes(statement):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        yield from _names_changed(node, modules)


def _names_changed(node: ast.AST, modules: Mapping[str, str]) -> Iterator[str]:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
        yield from _first(node)
    elif isinstance(node, ast.AugAssign):
        yield from _first(node.target)
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGING:
            yield from _first(node.func)
        if dotted(node.func) not in _FUNCTIONS and not _is_known(_meant(node.func, modules)):
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            for each in given:
                yield from _handed_on(each)
    elif isinstance(node, ast.Assign):
        yield from _handed_on(node.value)


def _handed_on(node: ast.expr) -> Iterator[str]:
    """The names of which an expression is the value, or holds it."""
    left: list[ast.AST] = [node]
    while left:
        each = left.pop()
        if isinstance(each, (ast.Name, ast.Subscript)):
            yield from _first(each)
        elif isinstance(each, _HOLDING):
            left += ast.iter_child_nodes(each)


def _first(node: ast.expr) -> Iterator[str]:
    """The name with which an expression such as ``a.b["c"]`` begins."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _changed_inside(scope: ast.AST, modules: Mapping[str, str]) -> Iterator[str]:
    """The names that a function, or a class, may change, its own among them."""
    for node in ast.walk(scope):
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            yield from node.names
        elif node is not scope:
            yield from _names_changed(node, modules)


def _bound_inside(node: ast.AST) -> Iterator[str]:
    """The names that functions and comprehensions in a node bind, and their parameters."""
    left = [(node, False)]
    while left:
        each, inside = left.pop()
        if isinstance(each, ast.comprehension):
            left.append((each.target, True))
        elif isinstance(each, ast.arg):
            yield each.arg
        elif inside and isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            yield each.id
        inside = inside or isinstance(each, _SCOPES)
        left += [(child, inside) for child in ast.iter_child_nodes(each)]

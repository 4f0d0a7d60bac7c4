"""What a setup.py passes to ``setup()`` from another file of the project, which it imports,
executes, searches or reads: where that is. Read as a syntax tree, never run.

Only forms whose meaning is certain are known, also in a function that ``setup()`` is given the
value of::

    exec(open("pkg/about.py").read(), about); setup(version=about["__version__"])
    from pkg import __version__; setup(version=__version__)
    setup(version=re.search(r"__version__ = '(.*)'", open("pkg/about.py").read()).group(1))
    setup(version=open("VERSION").read().strip())
    setup(install_requires=open("requirements.txt").read().splitlines())
    setup(**json.load(open("setup.json")))
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Union

from ...syntax import dotted, literal_text
from .module_values import Value
from .setup_names import Names, called


class FileText(NamedTuple):
    """The text of a file of the project."""

    path: str


class FileLines(NamedTuple):
    """The lines of a file of the project, maybe without those that are empty, or comments."""

    path: str


class JsonValue(NamedTuple):
    """What a JSON file of the project has under a key, and one of the value there, and so on."""

    path: str
    keys: tuple[str, ...] = ()


Elsewhere = Union[Value, FileText, FileLines, JsonValue]

_READ = {"read", "read_text"}
_SPLIT = {"readlines", "split", "splitlines"}
_SEARCH = {"findall", "match", "search"}
#: What changes nothing of what counts in a text, or in a list of lines.
_STRIPPED = {"strip", "rstrip", "group", "groups"}
_AROUND = {"list", "str", "filter", "compile"}
#: What a line may be passed over for.
_NO_REQUIREMENT = {"#", "", "\n", None}
#: The name that a pattern searches the value of.
_SEARCHED = re.compile(r"(?:^|[^\w\\])(__version__|VERSION|version)(?:\\s|[ *+?\])])*=")
#: How many expressions are looked at: names may lead to each other in circles.
_MOST_EXPRESSIONS = 5_000


class OtherFiles:
    """Where the values of expressions in a setup.py, or in a function in it, are, by what its
    ``names`` mean. At most ``left[0]`` expressions are looked at."""

    def __init__(self, names: Names, left: list[int]) -> None:
        self._names, self._left = names, left

    @classmethod
    def named_by(cls, tree: ast.Module, plain: Mapping[str, ast.expr]) -> OtherFiles:
        """Those that a setup.py names; ``plain`` are the values that it assigns once, at its
        top."""
        names = Names(dict(plain))
        names.add(tree)
        return cls(names, [_MOST_EXPRESSIONS])

    def of(self, node: ast.expr) -> Elsewhere | None:
        """Where the value of an expression is; None where that is not known."""
        self._left[0] -= 1
        if self._left[0] < 0:
            return None
        if isinstance(node, ast.Name):
            return self._of_name(node.id)
        if isinstance(node, ast.Subscript):
            return self._of_item(node)
        if isinstance(node, ast.Attribute):
            owner = dotted(node.value)
            return Value(owner, node.attr) if owner in self._names.modules else None
        if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
            return self._of_lines(node)
        return self._of_call(node) if isinstance(node, ast.Call) else None

    def _of_name(self, name: str) -> Elsewhere | None:
        if self._names.assigned[name] > 1:
            return None
        if name in self._names.values:
            return self.of(self._names.values[name])
        if self._names.assigned[name]:
            return None
        return self._names.imported.get(name) or self._of_executed("", name)

    def _of_item(self, node: ast.Subscript) -> Elsewhere | None:
        key = literal_text(node.slice)
        there = self.of(node.value) if key else None
        if isinstance(there, JsonValue):
            return there._replace(keys=(*there.keys, key))
        if isinstance(node.value, ast.Name) and key:
            return self._of_executed(node.value.id, key)
        if called(node.value) in ("globals", "locals") and key:
            return self._of_executed("", key)
        found = self.of(node.value)  # the first of what was found
        return found if isinstance(found, Value) and not key else None

    def _of_executed(self, namespace: str, name: str) -> Elsewhere | None:
        """A name in what was executed there; empty for this module."""
        code = self._names.executed.get(namespace)
        path = self._path_of(code) if code is not None else ""
        return Value(_module(path), name) if path.endswith(".py") else None

    def _of_call(self, node: ast.Call) -> Elsewhere | None:
        function = self._names.functions.get(dotted(node.func))
        if function is not None:
            return self._returned(function, node)
        if dotted(node.func) in ("json.load", "json.loads") and len(node.args) == 1:
            return self._of_json(node.args[0], is_text=dotted(node.func) == "json.loads")
        if dotted(node.func) == "map" and len(node.args) == 2:
            found = self.of(node.args[1]) if _strips(node.args[0]) else None
            return found if isinstance(found, FileLines) else None
        if dotted(node.func) in _AROUND and node.args:
            last = node.args[0] if dotted(node.func) == "compile" else node.args[-1]
            return self.of(last)
        if not isinstance(node.func, ast.Attribute):
            return None
        owner, method = node.func.value, node.func.attr
        if method == "get" and len(node.args) == 1 and literal_text(node.args[0]):
            there = self.of(owner)
            if not isinstance(there, JsonValue):
                return None
            return there._replace(keys=(*there.keys, literal_text(node.args[0])))
        if method in _STRIPPED:
            return self.of(owner)
        if method in _SEARCH:
            return self._found(node, owner)
        if method in _READ:
            path = self._path(owner)
            return FileText(path) if path else None
        if method in _SPLIT:
            path = self._path(owner) if method == "readlines" else self._path_of(owner)
            return FileLines(path) if path else None
        return None

    def _of_json(self, given: ast.expr, is_text: bool) -> Elsewhere | None:
        """What is in a file that is open, or in its text."""
        is_file = isinstance(given, ast.Name) and given.id in self._names.opened
        is_file |= called(given).rpartition(".")[2] == "open"
        path = self._path_of(given) if is_text else self._path(given) if is_file else ""
        return JsonValue(path) if path else None

    def _found(self, node: ast.Call, owner: ast.expr) -> Elsewhere | None:
        """What a search for ``__version__ = "..."`` in a text finds."""
        given = list(node.args)
        if isinstance(owner, ast.Call):  # re.compile(pattern).search(text)
            given = [*owner.args[:1], *given]
        if len(given) < 2:
            return None
        pattern, path = "".join(filter(None, self._texts(given[0]))), self._path_of(given[1])
        named = _SEARCHED.search(pattern)
        return Value(_module(path), named[1]) if named and path.endswith(".py") else None

    def _of_lines(self, node: ast.ListComp | ast.GeneratorExp) -> Elsewhere | None:
        """The lines of a file, each as it is or stripped, but for comments."""
        loop = node.generators[0]
        inner = [node for each in loop.ifs for node in ast.walk(each)]
        constants = {node.value for node in inner if isinstance(node, ast.Constant)}
        is_line = isinstance(loop.target, ast.Name) and _owner(node.elt) == loop.target.id
        if len(node.generators) > 1 or not is_line or not constants <= _NO_REQUIREMENT:
            return None
        found = self.of(loop.iter)
        if isinstance(found, FileLines):
            return found
        is_file = isinstance(loop.iter, ast.Name) and loop.iter.id in self._names.opened
        is_file |= called(loop.iter).rpartition(".")[2] == "open"
        path = self._path(loop.iter) if is_file else ""
        return FileLines(path) if path else None

    def _returned(self, function: ast.FunctionDef, call: ast.Call) -> Elsewhere | None:
        """What the only ``return`` of a function returns, for the arguments of a call."""
        named = function.args.args
        given: dict[str, ast.expr] = {}
        for argument, default in zip(reversed(named), reversed(function.args.defaults)):
            given[argument.arg] = default
        values = [self._resolved(value) for value in call.args]
        given.update({argument.arg: value for argument, value in zip(named, values)})
        given.update({each.arg: self._resolved(each.value) for each in call.keywords if each.arg})
        if function.args.vararg:
            rest = ast.Tuple(values[len(named) :], ast.Load())
            given[function.args.vararg.arg] = rest
        returns = [n.value for n in ast.walk(function) if isinstance(n, ast.Return) and n.value]
        if len(returns) != 1:
            return None
        names = self._names.inside(function)
        names.values.update(given)
        self._left[0] -= names.add(function)
        return OtherFiles(names, self._left).of(returns[0])

    def _resolved(self, node: ast.expr) -> ast.expr:
        """An argument without a name of this scope, which another one may have, too."""
        return self._names.values.get(node.id, node) if isinstance(node, ast.Name) else node

    def _path_of(self, node: ast.expr) -> str:
        """The path of the file whose text an expression is; empty if there is none."""
        found = self.of(node)
        return found.path if isinstance(found, FileText) else ""

    def _path(self, node: ast.expr) -> str:
        """The path in an expression that opens a file: the texts in it up to one with a dot or
        without a small letter (``VERSION``)."""
        parts: list[str] = []
        for text in self._texts(node):
            if text is None:
                return ""
            parts.append(text.strip("/"))
            if "." in text.rpartition("/")[2] or text.isupper():
                return "/".join(parts)
        return ""

    def _texts(self, node: ast.expr) -> Iterable[str | None]:
        """The texts in an expression; None for a name that means several things."""
        for each in _in_order(node):
            self._left[0] -= 1
            if self._left[0] < 0:
                return
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value
            elif isinstance(each, ast.Name) and each.id in self._names.opened:
                yield from self._texts(self._names.opened[each.id])
            elif isinstance(each, ast.Name) and self._names.assigned[each.id] > 1:
                yield None
            elif isinstance(each, ast.Name):
                value = self._names.values.get(each.id)
                if isinstance(value, (ast.Constant, ast.Tuple, ast.List, ast.Call, ast.BinOp)):
                    yield from self._texts(value)


def _in_order(node: ast.AST) -> Iterable[ast.AST]:
    """The nodes of an expression, as they stand in the text."""
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _in_order(child)


def _module(path: str) -> str:
    return path[: -len(".py")].removesuffix("/__init__").replace("/", ".")


def _owner(node: ast.expr) -> str:
    """The name that is given as it is, or stripped."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr not in _STRIPPED:
            return ""
        node = node.func.value
    return node.id if isinstance(node, ast.Name) else ""


def _strips(function: ast.expr) -> bool:
    """``str.strip``, ``lambda line: line.strip()``."""
    if isinstance(function, ast.Lambda):
        named = [each.arg for each in function.args.args]
        return [_owner(function.body)] == named
    owner, _, method = dotted(function).rpartition(".")
    return owner == "str" and method in ("strip", "rstrip")

"""What a build backend that is part of the archive (``backend-path``, PEP 517) requires when it is
called: read as a syntax tree, never run.

Only texts that ``get_requires_for_build_wheel`` returns are read, as far as they stand there, in
constants of the module or in functions of it that are called, where the statements may be run
(`reached`). The hook is optional: a module that defines the others and not this one requires
nothing more.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ...syntax import last_name, parse
from .reached import Reached
from .surroundings import RUST

HOOK = "get_requires_for_build_wheel"

#: Limits: how deep expressions and calls are followed, and how many expressions at all.
_DEEPEST = 12
_MOST_EXPRESSIONS = 2000
#: The longest text that may be a requirement.
_LONGEST = 200
#: Methods that add to a list.
_ADDING = {"append", "extend", "__iadd__"}
#: How a module may get a hook that it does not name.
_DYNAMIC = {"*", "__getattr__", "eval", "exec", "globals", "locals", "modules", "setattr", "vars"}
#: How a requirement by an address begins (PEP 508).
_BY_ADDRESS = re.compile(r"[\w.-]+\s*(\[[^]]*\])?\s*@\s*\S")


@dataclass(frozen=True)
class InTree:
    """``requirements`` are PEP 508 texts that the backend returns, beside those of a backend that
    it calls; ``whole``: nothing else can be among them. ``file`` is where the hook is defined, or
    would be if the backend had it, empty where that is not known; ``calls`` the modules of other
    backends that are imported, and ``delegates``: it returns what one of them requires, too."""

    requirements: tuple[str, ...] = ()
    whole: bool = False
    file: str = ""
    calls: tuple[str, ...] = ()
    delegates: bool = False


def read(texts: Mapping[str, str], modules: Collection[str] = ()) -> InTree:
    """What the files of a backend (path → text) require; not ``whole`` where there are none.
    ``modules`` are the paths where the module with the hooks may be."""
    found: list[str] = []
    whole, file, without, delegates = bool(texts), "", "", False
    calls: list[str] = []
    for path, text in sorted(texts.items()):
        try:
            tree = parse(text)
            nodes = list(ast.walk(tree))
            if any(isinstance(n, ast.FunctionDef) and n.name == HOOK for n in nodes):
                file = file or path
                reader = _Reader(tree, nodes)
                found += reader.required()
                whole = whole and not reader.unread
                delegates = delegates or reader.delegates
            elif path in modules and _lacks_hook(text, nodes):
                without = path
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            whole = False
            continue
        calls += _imported(nodes)
    requirements, others = _alternatives(found)
    return InTree(
        requirements,
        whole and not others,
        file or without,
        tuple(dict.fromkeys(calls)),
        delegates,
    )


def _lacks_hook(text: str, nodes: Iterable[ast.AST]) -> bool:
    """Whether a module defines ``build_wheel``, which every backend must, and not the hook."""
    builds = False
    for node in nodes:
        named = [getattr(node, "name", "")]
        if isinstance(node, ast.ImportFrom):
            named = [alias.asname or alias.name for alias in node.names]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            named = [node.id]
        if not _DYNAMIC.isdisjoint([*named, getattr(node, "id", ""), getattr(node, "attr", "")]):
            return False
        builds = builds or "build_wheel" in named
    return builds and HOOK not in text


def _imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The modules that are imported anywhere, each as far as it is named."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _alternatives(texts: Sequence[str]) -> tuple[tuple[str, ...], set[str]]:
    """The requirements among the texts, each once, and the names of those by an address only; of
    several bounds for the same, which stand in branches that exclude each other, none is
    certain."""
    found: dict[tuple[str, str], list[Requirement]] = {}
    by_address: set[str] = set()
    for text in texts:
        try:
            requirement = Requirement(text) if len(text) <= _LONGEST else None
        except InvalidRequirement:
            continue
        if requirement is None:
            continue
        name = canonicalize_name(requirement.name)
        if requirement.url:
            by_address.add(name)
        else:
            found.setdefault((name, str(requirement.marker or "")), []).append(requirement)
    result = []
    for (_, marker), same in found.items():
        bare = f"{same[0].name}; {marker}" if marker else same[0].name
        result.append(str(same[0]) if len({*map(str, same)}) == 1 else bare)
    return tuple(result), by_address - {name for name, _ in found}


class _Reader:
    """Collects the texts in what functions of one module return, whose ``nodes`` are all of its
    tree; ``unread``: there may be others, too; ``delegates``: and what another backend returns."""

    def __init__(self, tree: ast.Module, nodes: Sequence[ast.AST]) -> None:
        self.unread = self.delegates = False
        self._left = _MOST_EXPRESSIONS
        #: The names under which the hook of another backend is imported.
        self._behind = {
            alias.asname or alias.name
            for node in nodes
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if alias.name == HOOK
        }
        self._reached = Reached(tree, called=(HOOK,), present=RUST)
        #: Those that are called.
        self._functions: dict[str, list[ast.FunctionDef]] = {}
        for node in nodes:
            if isinstance(node, ast.FunctionDef) and node.body[0] in self._reached:
                self._functions.setdefault(node.name, []).append(node)
        self._constants: dict[str, list[ast.expr]] = {}
        for statement in self._run(tree.body):
            self._note(statement, self._constants)

    def required(self) -> list[str]:
        """The texts in what the hook returns."""
        return [text for hook in self._functions.get(HOOK, ()) for text in self._returned(hook)]

    def _returned(self, function: ast.FunctionDef, depth: int = 0) -> list[str]:
        """The texts in what a function returns."""
        names: dict[str, list[ast.expr]] = {}
        returned: list[ast.expr] = []
        for statement in self._run(function.body):
            self._note(statement, names)
            if isinstance(statement, ast.Return) and statement.value is not None:
                returned.append(statement.value)
        return [text for value in returned for text in self._texts(value, names, depth, set())]

    def _run(self, body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
        """The statements that may be run, in order; not those of functions in functions."""
        for statement in body:
            if statement not in self._reached:
                continue
            yield statement
            if isinstance(statement, (ast.If, ast.With, ast.For, ast.While, ast.Try)):
                yield from self._run(statement.body)
                for handler in getattr(statement, "handlers", ()):
                    yield from self._run(handler.body)
                yield from self._run(getattr(statement, "orelse", ()))
                yield from self._run(getattr(statement, "finalbody", ()))

    @staticmethod
    def _note(statement: ast.stmt, names: dict[str, list[ast.expr]]) -> None:
        """Note what a statement assigns or adds to a name."""
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    names.setdefault(target.id, []).append(statement.value)
        elif isinstance(statement, (ast.AnnAssign, ast.AugAssign)):
            if isinstance(statement.target, ast.Name) and statement.value is not None:
                names.setdefault(statement.target.id, []).append(statement.value)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            called = statement.value.func
            owner = called.value if isinstance(called, ast.Attribute) else None
            if isinstance(owner, ast.Name) and last_name(called) in _ADDING:
                names.setdefault(owner.id, []).extend(statement.value.args)

    def _texts(
        self, node: ast.expr, names: Mapping[str, list[ast.expr]], depth: int, within: set[str]
    ) -> list[str]:
        """The texts that may be in the value of an expression; ``within`` are the names that it
        is the value of."""
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            self.unread = True
            return []
        if isinstance(node, ast.Constant):
            return [node.value] if isinstance(node.value, str) else []
        if isinstance(node, ast.JoinedStr):
            return self._joined(node)
        parts = None
        if not (isinstance(node, ast.Name) and node.id in within):
            parts = self._parts(node, names)
        if parts is not None:
            within = within | {node.id} if isinstance(node, ast.Name) else within
            return [t for part in parts for t in self._texts(part, names, depth + 1, within)]
        if isinstance(node, ast.Call):
            return self._returned_by(node, depth)
        self.unread = True
        return []

    def _parts(
        self, node: ast.expr, names: Mapping[str, list[ast.expr]]
    ) -> Sequence[ast.expr] | None:
        """The expressions whose values make up that of one; None where that is not known."""
        if isinstance(node, ast.Name):
            return [*names.get(node.id, ()), *self._constants.get(node.id, ())] or None
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return node.elts
        if isinstance(node, ast.Starred):
            return [node.value]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return [node.left, node.right]
        if isinstance(node, ast.BoolOp):
            return node.values
        if isinstance(node, ast.IfExp):
            return [each for each in (node.body, node.orelse) if each in self._reached]
        if isinstance(node, ast.Call) and last_name(node.func) in (
            "list",
            "tuple",
            "set",
            "sorted",
        ):
            return node.args
        return None

    def _returned_by(self, node: ast.Call, depth: int) -> list[str]:
        """The texts in what a call returns."""
        name = last_name(node.func)
        if name in self._behind or (isinstance(node.func, ast.Attribute) and name == HOOK):
            self.delegates = True
            return []  # what the backend behind this one requires is known elsewhere
        functions = self._functions.get(name, ())
        self.unread = self.unread or not functions
        return [text for each in functions for text in self._returned(each, depth + 1)]

    def _joined(self, node: ast.JoinedStr) -> list[str]:
        """The text of an f-string whose parts are constants of the module, and how one begins that
        is a requirement by an address."""
        text = ""
        for part in node.values:
            value: ast.expr | None = part
            if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name):
                assigned = self._constants.get(part.value.id, [])
                value = assigned[0] if len(assigned) == 1 else None
            if not (isinstance(value, ast.Constant) and isinstance(value.value, str)):
                if _BY_ADDRESS.match(text):
                    return [text]
                self.unread = True
                return []
            text += value.value
        return [text]

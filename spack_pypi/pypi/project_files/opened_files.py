"""The files beside a setup.py that it reads in any case: without one, nothing can be built."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from ...syntax import dotted
from .setup_names import main_block

_OPEN = {"open", "io.open", "codecs.open"}
#: What may make a file first, or go elsewhere: nothing is certain then.
_MAY_MAKE = re.compile(
    r"chdir|subprocess|os\.system|check_call|check_output|shutil|write_text|\.write\(|rename|symlink"
)
#: Of that, what makes none: an import, and git, which is only asked.
_MAKES_NONE = re.compile(r"^[ \t]*import subprocess$|subprocess\.\w+\(\s*\[\s*['\"]git['\"]", re.M)
#: What is not evaluated in any case, or not at once.
_MAYBE = (ast.IfExp, ast.BoolOp, ast.Lambda)
#: Of these, what they go through first is.
_COMPREHENSIONS = (ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)
_PLAIN = (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return)
#: How the folder of a setup.py is called there, without the names of modules and blanks.
_HERE = re.compile(
    r"(?:abspath\(|realpath\()*dirname\((?:abspath\(|realpath\()*__file__\)+"
    r"|Path\(__file__\)(?:\.resolve\(\)|\.absolute\(\))?\.parent(?:\.resolve\(\)|\.absolute\(\))?"
)
#: A strange file may call its functions with as many arguments as there are texts in it.
_MOST_CALLS = 100
_MODULES = re.compile(r"\b(?:os\.path|path|osp|op|pathlib)\.")


def always_opened(tree: ast.Module, text: str) -> Iterator[tuple[str, int]]:
    """(name, line) of the files that a setup.py with this ``text`` opens to read under no
    condition, by their literal name: beside it, as builds run there, or in its folder."""
    if not _MAY_MAKE.search(_MAKES_NONE.sub("", text)):
        yield from dict.fromkeys(_Reader(tree).in_statements(tree.body))


class _Reader:
    """Follows the statements of a setup.py, and its functions, each once with the same literal
    arguments."""

    def __init__(self, tree: ast.Module) -> None:
        run = [s for each in tree.body for s in (main_block(each) or [each])]
        self._functions: Mapping[str, ast.FunctionDef] = {
            s.name: s for s in run if isinstance(s, ast.FunctionDef) and not _is_special(s)
        }
        self._here = {
            target.id
            for s in run
            if isinstance(s, ast.Assign) and _is_here(s.value)
            for target in s.targets
            if isinstance(target, ast.Name)
        }
        #: Variables that hold the literal name of a file.
        self._names: dict[str, str] = {}
        self._followed: set[tuple[str, ...]] = set()

    def in_statements(
        self, body: list[ast.stmt], *, of_function: bool = False
    ) -> Iterator[tuple[str, int]]:
        """What the statements open; of a function, up to the first that may end it."""
        for statement in body:
            if isinstance(statement, ast.With):
                for item in statement.items:
                    yield from self._in_expression(item.context_expr)
                yield from self.in_statements(statement.body, of_function=of_function)
            yield from self.in_statements(main_block(statement), of_function=of_function)
            if isinstance(statement, _PLAIN) and statement.value:
                yield from self._in_expression(statement.value)
            for name in _assigned(statement):
                value = statement.value if isinstance(statement, ast.Assign) else None
                self._names[name] = self._name(value) if value else ""
            ends = (ast.Return, ast.Raise)
            if of_function and any(isinstance(each, ends) for each in ast.walk(statement)):
                return

    def _in_expression(self, node: ast.AST) -> Iterator[tuple[str, int]]:
        left: list[ast.AST] = [node]
        while left:
            each = left.pop()
            if isinstance(each, _MAYBE):
                continue
            if isinstance(each, _COMPREHENSIONS):
                left.append(each.generators[0].iter)
                continue
            if isinstance(each, ast.Call):
                yield from self._of_call(each)
            left += reversed([*ast.iter_child_nodes(each)])

    def _of_call(self, call: ast.Call) -> Iterator[tuple[str, int]]:
        called = dotted(call.func)
        if called in _OPEN and _reads(call):
            name = self._name(call.args[0])
            if name:
                yield name, call.lineno
        elif isinstance(call.func, ast.Attribute) and call.func.attr == "read_text":
            name = self._name(call.func.value)
            if name:
                yield name, call.lineno
        elif called in self._functions:
            yield from self._followed_with(self._functions[called], call)

    def _followed_with(
        self, function: ast.FunctionDef, call: ast.Call
    ) -> Iterator[tuple[str, int]]:
        """What a function opens that is called so."""
        parameters = [each.arg for each in function.args.args]
        literal = map(self._name, call.args)
        given = dict(zip(parameters, [*literal, *("" for _ in parameters)]))
        key = (function.name, *given.values())
        if key in self._followed or len(self._followed) >= _MOST_CALLS:
            return
        self._followed.add(key)
        outer, self._names = self._names, {**self._names, **given}
        yield from self.in_statements(function.body, of_function=True)
        self._names = outer

    def _name(self, node: ast.expr) -> str:
        """A literal name of a file in the same folder."""
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "join":
            first, *rest = node.args or [node]
            node = rest[0] if len(rest) == 1 and self._is_here(first) else node
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            node = node.right if self._is_here(node.left) else node
        elif isinstance(node, ast.Call) and dotted(node.func) in ("Path", "pathlib.Path"):
            node = node.args[0] if len(node.args) == 1 else node
        if isinstance(node, ast.Name):
            return self._names.get(node.id, "")
        value = node.value if isinstance(node, ast.Constant) else None
        plain = isinstance(value, str) and re.fullmatch(r"(?:\./)?[\w.+-]+", value)
        return str(value).removeprefix("./") if plain else ""

    def _is_here(self, node: ast.expr) -> bool:
        return _is_here(node) or (isinstance(node, ast.Name) and node.id in self._here)


def _assigned(statement: ast.stmt) -> Iterator[str]:
    """The variables that a statement may change, but those of functions that it defines."""
    if not isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        for each in ast.walk(statement):
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                yield each.id


def _is_special(function: ast.FunctionDef) -> bool:
    """Whether a function takes more than plain parameters, or does more or other than it says when
    it is called."""
    arguments = function.args
    others = arguments.kwonlyargs or arguments.posonlyargs
    special = bool(others or arguments.vararg or arguments.kwarg or function.decorator_list)
    return special or any(
        isinstance(each, (ast.Yield, ast.YieldFrom)) for each in ast.walk(function)
    )


def _is_here(node: ast.expr) -> bool:
    """Whether an expression is the folder of the setup.py."""
    try:
        text = ast.unparse(node)
    except RecursionError:  # a strange file may nest calls as deep as it likes
        return False
    return _HERE.fullmatch(_MODULES.sub("", text)) is not None


def _reads(call: ast.Call) -> bool:
    """Whether a file is opened to be read: the mode is a literal, or is not given."""
    modes = [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "mode")]
    return bool(call.args) and all(
        isinstance(mode, ast.Constant) and re.fullmatch("[rbtU]+", str(mode.value))
        for mode in modes
    )

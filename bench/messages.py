"""Every message of the program in one table, for review: ``python3 bench/messages.py``.

The syntax trees of ``spack_pypi`` are searched for texts of at least two words, or of one word
where only a person reads it. A row says where a text stands, what it becomes, and its words, with
the expressions that are filled in between braces. Rows are sorted by room.

``--left-out`` prints the other texts instead, each with the reason: whoever looks for a message
that is not in the table finds it there.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "spack_pypi"

#: What a text becomes that is an argument of a function of this name.
CALLED = {
    "print": "report",
    "say": "report",
    "progress": "progress",
    "set_description_str": "progress",
    "add_argument_group": "help",
    "add_parser": "help",
}
#: The same for an argument, field or variable of this name.
NAMED = {
    "help": "help",
    "HELP": "help",
    "description": "help",
    "epilog": "help",
    "bar_format": "progress",
    "form": "progress",
    "reason": "reason",
    "problem": "reason",
    "message": "reason",
    "kind": "reason",
    "why": "reason",
    "phrase": "reason",
}
_WORD = re.compile(r"[A-Za-z][a-z'-]+")
_REGEX = re.compile(r"\(\?|\\[.sdwb(\[]|\[\^|\]\*|\)\*|\.\*")
_CALL = re.compile(r"[A-Za-z_]\w*\(")
_BLOCK = re.compile(r"\s*(class|def|with|if|for|from|import|@)\b.*[:*]$")
#: Statements that no sentence is read as by accident.
_CODE = (ast.Assign, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.With, ast.Return)


@dataclass(frozen=True)
class Text:
    """A text of the program; ``kind`` is empty where it is not a message, for this ``reason``."""

    file: str
    line: int
    kind: str
    text: str
    reason: str = ""

    @property
    def room(self) -> str:
        """The folder inside the package; the doors stand in none."""
        inner = self.file.split("/")[1:]
        return inner[0] if len(inner) > 1 else "doors"


def texts(source: str, file: str, errors: Iterable[str] = ()) -> Iterator[Text]:
    """All texts of a module, in order; ``errors`` are the names of classes that are raised."""
    tree = ast.parse(source)
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = [node for node in above if isinstance(node, ast.expr) and _whole(node, above)]
    for node in sorted(found, key=lambda node: (node.lineno, node.col_offset)):
        written = Written(node)
        kind, reason = _kind(node, above, written, frozenset(errors))
        yield Text(file, node.lineno, kind, written.text, reason)
        if reason == "code" and "\n" in written.code:
            for inner in texts(written.code, file, errors):
                yield replace(inner, line=node.lineno + inner.line - 1)


def _whole(node: ast.expr, above: dict[ast.AST, ast.AST]) -> bool:
    """Whether an expression is a text, and neither part of a longer one nor filled in there."""
    if not _is_text(node):
        return False
    outer: ast.AST | None = above[node]
    while isinstance(outer, ast.expr):
        if _is_text(outer):
            return False
        outer = above.get(outer)
    return True


def _is_text(node: ast.AST | None) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add) and (_is_text(node.left) or _is_text(node.right))
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


class Written:
    """A text as it is written: ``text`` has the expressions that are filled in between braces,
    ``code`` an ``x`` in the place of each; ``words`` are its own, and those that it fills in."""

    def __init__(self, node: ast.expr) -> None:
        parts = list(self._parts(node))
        self.text = "".join(text for text, _ in parts)
        self.code = textwrap.dedent("".join("x" if filled else text for text, filled in parts))
        self.plain = "".join(text for text, filled in parts if not filled)
        inner = [
            each.value
            for _, filled in parts
            if filled
            for each in ast.walk(filled)
            if isinstance(each, ast.Constant) and isinstance(each.value, str) and " " in each.value
        ]
        self.words = _WORD.findall(" ".join([self.plain, *inner]))

    def _parts(self, node: ast.expr) -> Iterator[tuple[str, ast.expr | None]]:
        """The parts of a text, and the expressions of those that are filled in."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            yield from self._parts(node.left)
            yield from self._parts(node.right)
        elif isinstance(node, ast.JoinedStr):
            for value in node.values:
                yield from self._parts(value)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, None
        else:
            filled = node.value if isinstance(node, ast.FormattedValue) else node
            yield f"{{{ast.unparse(filled)}}}", filled

    def is_code(self) -> bool:
        """Whether it is Python that does something, a line of a recipe, or a regular
        expression."""
        try:
            tree = ast.parse(self.code)
        except (SyntaxError, ValueError):
            return bool(_BLOCK.match(self.code) or _REGEX.search(self.plain))
        does = any(isinstance(node, _CODE) for node in ast.walk(tree))
        return does or bool(_REGEX.search(self.plain)) or bool(_CALL.search(self.plain))


def _kind(
    node: ast.expr, above: dict[ast.AST, ast.AST], written: Written, errors: frozenset[str]
) -> tuple[str, str]:
    """What a text becomes; or nothing, and why not."""
    if isinstance(above[node], ast.Expr):
        return "", "docstring"
    if not written.words:
        return "", "no words"
    kind = _place(node, above, errors)
    if kind == "other":
        return "", "looked up"
    if written.is_code():
        return "", "code"
    if not kind and not re.search(r"\s", written.text):
        return "", "one word"
    return kind or "report", ""


def _place(node: ast.AST, above: dict[ast.AST, ast.AST], errors: frozenset[str]) -> str:
    """The kind that the nearest call, name or statement around a text gives it; ``other`` where
    nobody reads it, empty where nothing tells."""
    inner: ast.AST = node
    while inner in above:
        outer = above[inner]
        if (
            isinstance(outer, ast.Compare)
            or (isinstance(outer, ast.Subscript) and outer.slice is inner)
            or (isinstance(outer, ast.Dict) and inner in outer.keys)
        ):
            return "other"
        if isinstance(outer, ast.keyword) and outer.arg in NAMED:
            return NAMED[outer.arg]
        if isinstance(outer, ast.Call) and inner is not outer.func:
            name = _name(outer.func)
            if name in CALLED:
                return CALLED[name]
            if name in errors or (name == "__init__" and _in_error(outer, above, errors)):
                return "error"
            if isinstance(outer.func, ast.Attribute) and _name(outer.func.value) == "re":
                return "other"
        if isinstance(outer, ast.stmt):
            targets = outer.targets if isinstance(outer, ast.Assign) else []
            names = [_name(target) for target in targets]
            return next((NAMED[name] for name in names if name in NAMED), "")
        inner = outer
    return ""


def _in_error(node: ast.AST, above: dict[ast.AST, ast.AST], errors: frozenset[str]) -> bool:
    while node in above:
        node = above[node]
        if isinstance(node, ast.ClassDef):
            return node.name in errors
    return False


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def error_classes(package: Path) -> set[str]:
    """The names of all exceptions that a package defines."""
    bases = {
        node.name: {_name(base) for base in node.bases}
        for file in package.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    found = {"Exception", "ValueError", "ArgumentTypeError", "RuntimeError"}
    while True:
        more = {name for name, given in bases.items() if given & found} - found
        if not more:
            return found
        found |= more


def of_package(package: Path) -> list[Text]:
    """All texts of a package, sorted by room."""
    errors = error_classes(package)
    found = [
        text
        for file in sorted(package.rglob("*.py"))
        for text in texts(
            file.read_text("utf-8"), file.relative_to(package.parent).as_posix(), errors
        )
    ]
    return sorted(found, key=lambda text: (text.room, text.file, text.line))


def main() -> int:
    parser = argparse.ArgumentParser(description="Print every message of the program.")
    parser.add_argument("--left-out", action="store_true", help="print what is not a message")
    left_out = parser.parse_args().left_out
    room = ""
    for each in of_package(PACKAGE):
        if bool(each.kind) is left_out:
            continue
        if each.room != room:
            room = each.room
            print(f"\n# {room}")
        text = each.text.replace("\n", "\\n")
        print(f"{f'{each.file}:{each.line}':55} {each.kind or each.reason:8} {text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

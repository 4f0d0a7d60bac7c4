"""Changes of a recipe's text, at the places of its syntax tree: every other byte stays."""

from __future__ import annotations

import ast
import re

from ..syntax import Segments
from . import directives


class Uneditable(ValueError):
    """The recipe is not plain enough; the message says where."""


class Edits:
    """Insertions and replacements in a text, applied from its end to its beginning."""

    def __init__(self, text: str) -> None:
        self._text, self._segments = text, Segments(text)
        self._starts = [0]
        for line in text.encode("utf-8").splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._changes: list[tuple[int, int, int, str]] = []
        self._at_line: dict[int, list[str]] = {}
        self._deleted: set[int] = set()

    def source(self, node: ast.AST) -> str:
        """The node as it is written; refused if it spans several lines."""
        text = self._segments.of(node)
        if text is None or "\n" in text:
            raise Uneditable(f"line {getattr(node, 'lineno', '?')} spans several lines")
        return text

    def replace(self, node: ast.expr | ast.stmt, text: str) -> None:
        """Replace a node; refused if a comment would be lost."""
        if _has_comment(self._segments.of(node) or ""):
            raise Uneditable(f"line {node.lineno} holds a comment between its arguments")
        assert node.end_lineno is not None and node.end_col_offset is not None
        start = self._starts[node.lineno - 1] + node.col_offset
        end = self._starts[node.end_lineno - 1] + node.end_col_offset
        self._changes.append((start, end, 0, text))

    def insert_beside(self, node: ast.expr, text: str, joint: str, *, first: bool) -> None:
        """A text before a node (``first``) or behind it, with a joint between the two."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        line, column = (
            (node.lineno, node.col_offset) if first else (node.end_lineno, node.end_col_offset)
        )
        at = self._starts[line - 1] + column
        self._changes.append((at, at, 0, text + joint if first else joint + text))

    def rewrite(self, node: ast.Call, when: str | None = None, spec: str | None = None) -> None:
        """Give a directive another ``when=`` (empty: none; first if there was none) or another
        spec."""
        indent = " " * node.col_offset
        assert isinstance(node.func, ast.Name)
        names = [keyword.arg for keyword in node.keywords]
        keywords = [
            when if keyword.arg == "when" and when is not None else self.source(keyword)
            for keyword in node.keywords
        ]
        keywords[:0] = [when] if when and "when" not in names else []
        positional = [self.source(argument) for argument in node.args]
        positional[:1] = positional[:1] if spec is None else [directives.literal(spec)]
        call = directives.call(node.func.id, positional, [k for k in keywords if k], indent)
        self.replace(node, call[len(indent) :])

    def insert_before(self, node: ast.expr, lines: str) -> None:
        """Whole lines above those of a node. Of several at one place, the earlier call's come
        first."""
        self.insert_at(node.lineno - 1, lines)

    def insert_after(self, node: ast.expr | ast.stmt, lines: str) -> None:
        """Whole lines below those of a node."""
        assert node.end_lineno is not None
        self.insert_at(node.end_lineno, lines)

    def insert_at(self, line: int, lines: str) -> None:
        """Whole lines below the first ``line`` lines of the text."""
        self._at_line.setdefault(line, []).append(lines)

    def delete_lines(self, node: ast.expr) -> None:
        """Delete the whole lines of an expression; refused if a comment would be lost."""
        assert node.end_lineno is not None
        # As bytes, whose lines are those of the syntax tree.
        whole = self._text.encode("utf-8").splitlines()[node.lineno - 1 : node.end_lineno]
        if any(_has_comment(line.decode("utf-8")) for line in whole):
            raise Uneditable(f"line {node.lineno} holds a comment, and would be deleted")
        self._deleted |= {*range(node.lineno - 1, node.end_lineno)}

    def delete(self, node: ast.stmt) -> None:
        """Delete the whole lines of a statement, with its decorators."""
        decorators = getattr(node, "decorator_list", [])
        assert node.end_lineno is not None
        first = min([node.lineno, *(each.lineno for each in decorators)])
        self._deleted |= {*range(first - 1, node.end_lineno)}

    def _delete(self) -> None:
        """Delete also one of the blank lines around, or all of them at the end of the text."""
        # As bytes, whose lines are those of the syntax tree.
        lines = [*self._text.encode("utf-8").splitlines(), b""]
        blank = {number for number, line in enumerate(lines) if not line.strip()}
        last = len(lines) - 1
        for number in sorted(self._deleted):
            after = number + 1
            while after in self._deleted:
                after += 1
            before = number - 1
            while before in self._deleted or (before in blank and after == last):
                self._deleted.add(before)
                before -= 1
            opens = before in blank or lines[before].startswith(b"class ")
            if after in blank and after != last and opens:
                self._deleted.add(after)
        for number in self._deleted:
            self._changes.append((self._starts[number], self._starts[number + 1], 0, ""))

    def applied(self) -> str:
        """The whole text with all changes."""
        self._delete()
        for line, inserted in self._at_line.items():
            text = "".join(f"{lines}\n" for lines in inserted)
            self._changes.append((self._starts[line], self._starts[line], 1, text))
        data = self._text.encode("utf-8")
        end_of_line = "\r\n" if "\r\n" in self._text else "\n"
        for start, end, _, changed in sorted(self._changes, reverse=True):
            text = changed
            if start == len(data) and not data.endswith(b"\n"):
                text = "\n" + text[:-1]  # the last line has no end, nor will the new one
            new = text.replace("\n", end_of_line).encode("utf-8")
            data = data[:start] + new + data[end:]
        return data.decode("utf-8")


def _has_comment(text: str) -> bool:
    return "#" in re.sub(r"\"[^\"]*\"|'[^']*'", "", text)

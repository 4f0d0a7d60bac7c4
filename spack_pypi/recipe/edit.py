"""Edit a recipe that exists: every byte stays but for the lines that must change.

Only plain directives are edited: calls with literal arguments in the class body, or in
``with default_args(...)`` and ``with when(...)`` blocks. What loops over literals state is read,
too, and lines of one that have to change are written out first. Directives in other loops,
under ``if`` or with computed arguments are left alone; if one of them would have to change, the
edit is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from ..syntax import parse, source_lines
from . import (
    directives,
    loop_lines,
    loops,
    machine_blocks,
    renaming,
    resources,
    version_blocks,
    version_comments,
    version_lines,
)
from .calls import (
    WHEN,
    attribute,
    call_parts,
    condition,
    dependency_line,
    has_versions,
    inside_of,
    joined,
    literal_of,
    types_of,
)
from .model import (
    LIBRARY,
    Changes,
    Conflict,
    Dependency,
    DependencyLine,
    License,
    VersionLine,
)
from .order import in_order
from .placing import LinePlace, Placing, end_of, historical_lines, top_of
from .text_edits import Edits, Uneditable

#: Options of a ``version`` with an address of its own.
_ADDRESSES = {"url", "git", "svn", "hg", "branch", "commit", "tag"}


class Arrived(Exception):
    """The recipe has by now what is to be added: by somebody else."""


class RecipeText:
    """A recipe's text with what it states.

    ``stated`` are its plain ``depends_on`` lines and those of loops, ``licenses`` and
    ``conflicts`` its plain lines of these, ``versions`` the texts of its plain ``version`` lines,
    ``pypi`` its attribute of this name, ``literals`` those that names have in the class, or the
    file, ``module`` the statements of that. Raises `Uneditable` for what is not a recipe.
    """

    def __init__(self, text: str) -> None:
        self._text, self._lines = text, source_lines(text)
        self._historical = historical_lines(self._lines)
        try:
            self.module = module = parse(text).body
        except (SyntaxError, ValueError) as error:
            raise Uneditable(f"it is not Python: {error}") from None
        classes = [node for node in module if isinstance(node, ast.ClassDef)]
        if not classes:
            raise Uneditable("it defines no class")
        # A file may hold a base class first, which has no versions.
        self._class = next((c for c in classes if has_versions(c)), classes[0])
        self._alone = len(classes) == 1
        self.literals = loop_lines.literals(module, self._class.body)
        self.stated: list[DependencyLine] = []
        self._places: list[LinePlace] = []
        self.licenses: list[License] = []
        self._license_calls: list[ast.Call] = []
        self.conflicts: list[Conflict] = []
        self._conflict_calls: list[ast.Call] = []
        self._versions: list[tuple[str, ast.Call]] = []
        self._variants: list[ast.Call] = []
        said = (attribute(c.body, "pypi") for c in (self._class, *classes))
        self.pypi = str(next(filter(None, said), ""))
        self._read(self._class.body, LIBRARY, ())
        self._read_inherited([c for c in classes if c is not self._class])

    @property
    def versions(self) -> tuple[str, ...]:
        return tuple(version for version, _ in self._versions)

    def version_line(self, version: str) -> VersionLine:
        """One of ``versions``, as far as its arguments are those that this program writes itself.
        Raises `Uneditable` for others, and where it has no line of its own."""
        node = next((node for text, node in self._versions if text == version), None)
        if node is None:
            raise Uneditable(f"no line of its own says {version}")
        _, _, keywords = call_parts(node)
        if not {*keywords} <= {"sha256", "url", "expand", "deprecated"}:
            raise Uneditable(f"line {node.lineno} has more than the checksum of {version}")
        return VersionLine(version, **keywords)

    @property
    def body(self) -> list[ast.stmt]:
        """The statements of the class."""
        return self._class.body

    @property
    def plain_lines(self) -> Iterator[list[tuple[ast.Expr, Dependency]]]:
        """The ``depends_on`` of ``stated`` that apply without a condition of a block, with their
        statements: those that stand in no block, then those of each block."""
        lines = {
            id(p.node): line.dependency for line, p in zip(self.stated, self._places) if p.plain
        }
        blocks = [s.body for s in self._class.body if isinstance(s, ast.With)]
        for body in (self._class.body, *blocks):
            yield [
                (statement, lines[id(statement.value)])
                for statement in body
                if isinstance(statement, ast.Expr) and id(statement.value) in lines
            ]

    @property
    def places(self) -> tuple[int, ...]:
        """The numbers of the lines of ``stated``."""
        return tuple(place.node.lineno for place in self._places)

    @property
    def names_archives(self) -> bool:
        """Whether a method of the recipe determines how archives are named."""
        return any(
            isinstance(node, ast.FunctionDef) and node.name == "url_for_version"
            for node in self._class.body
        )

    @property
    def renamable(self) -> bool:
        """Whether ``pypi`` alone determines how archives are named, so that it can be changed,
        with a method for the old names."""
        return self._alone and renaming.possible(self._class)

    @property
    def addressed(self) -> tuple[str, ...]:
        """The plain versions with an address of their own."""
        return tuple(
            v for v, call in self._versions if _ADDRESSES & {k.arg for k in call.keywords}
        )

    def without_loops(self, loops: Mapping[int, Collection[int]]) -> str:
        """The text with lines of loops written out: of the loops that begin in these lines, those
        with these numbers among the lines of the loop. Raises `Uneditable`."""
        return loop_lines.write_out(self._text, self.module, self.body, loops, self.literals)

    def edited(self, changes: Changes) -> str:
        """The text with these changes; archives can get other names if it is `renamable`. Raises
        `Arrived` for a version that it has: whoever adds one knows the recipe from before."""
        for line in changes.versions:
            if line.version in self.versions:
                there = f"{line.version} is there by now, from somebody else"
                raise Arrived(f"{there}; run the command again")
        edits = Edits(self._text)
        self._end_and_remove(edits, changes)
        for item in changes.items:
            loops.insert(edits, self.module, self._class.body, item)
        # First the versions: what is inserted at one place stays in this order.
        self._insert_versions(edits, in_order(changes.versions), changes.wheels)
        for licence in changes.licenses:
            edits.insert_before(self._license_calls[0], directives.license_(licence))
        self._insert_dependencies(edits, changes)
        resources.insert(edits, self._class.body, changes.resources)
        versions = (*self.versions, *(line.version for line in changes.versions))
        comments = version_comments.unsaid(self._text, versions, changes.comments)
        notes = [*map(directives.comment, comments), *map(directives.conflicts, changes.conflicts)]
        self._insert_below_directives(edits, [note for note in notes if note not in self._text])
        if changes.renamed is not None:
            renaming.rename(edits, self._text, self._class, changes.renamed)
        return version_comments.with_more(edits.applied(), versions, changes.comments)

    # --- reading ---------------------------------------------------------------------------

    def _read(
        self,
        body: Iterable[ast.stmt],
        types: tuple[str, ...],
        within: tuple[Any, ...],
        block: ast.With | None = None,
    ) -> None:
        for statement in body:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                self._read_call(statement.value, types, within, block)
            elif isinstance(statement, ast.With):
                inside = inside_of(statement.items, types, within)
                if inside is not None:
                    first = len(self.stated)
                    self._read(statement.body, *inside, block or statement)
                    self._read_version_block(statement, first)
            elif isinstance(statement, ast.For):
                self._read_loop(statement, types, within)

    def _read_loop(self, loop: ast.For, types: tuple[str, ...], within: tuple[Any, ...]) -> None:
        """Read the dependencies of a loop; its licences and conflicts stay as they are."""
        licenses, conflicts = len(self.licenses), len(self.conflicts)
        with self._fixed(loop.lineno):
            self._read(loop_lines.written_out(loop, self.literals), types, within)
        del self.licenses[licenses:], self._license_calls[licenses:]
        del self.conflicts[conflicts:], self._conflict_calls[conflicts:]

    @contextmanager
    def _fixed(self, loop: int) -> Iterator[None]:
        """What is read within counts as stated, and stays as it is: nothing is added beside it.
        ``loop`` is the line of the loop that it is read from, 0 for none."""
        versions, variants, first = self._versions, self._variants, len(self.stated)
        self._versions, self._variants = [], []
        yield
        self._versions, self._variants = versions, variants
        self.stated[first:] = [
            replace(line, fixed=True, loop=loop) for line in self.stated[first:]
        ]
        self._places[first:] = [replace(place, inherited=True) for place in self._places[first:]]

    def _read_version_block(self, block: ast.With, first: int) -> None:
        """What was read from a block, as lines ``first`` and later, if it is one for versions."""
        lines = self.stated[first:]
        if version_blocks.is_for_versions(block) and len(lines) == len(block.body):
            self.stated[first:] = [replace(line, block=block.lineno) for line in lines]

    def _read_inherited(self, classes: Sequence[ast.ClassDef]) -> None:
        """Read what other classes of the file state; nothing is added there."""
        with self._fixed(0):
            for found in classes:
                self._read(found.body, LIBRARY, ())

    def _read_call(
        self,
        node: ast.Call,
        types: tuple[str, ...],
        within: tuple[Any, ...],
        block: ast.With | None,
    ) -> None:
        name, arguments, keywords = call_parts(node)
        if name == "version" and arguments and isinstance(arguments[0], str) and not within:
            self._versions.append((arguments[0], node))
        elif name == "variant" and not within:
            self._variants.append(node)
        elif name == "license" and len(arguments) == 1 and not within:
            when = condition(keywords.get("when", ""))
            if when is not None and isinstance(arguments[0], str):
                self.licenses.append(License(arguments[0], when))
                self._license_calls.append(node)
        elif name == "conflicts" and len(arguments) == 1 and not within:
            when, said = condition(keywords.get("when", "")), keywords.get("msg", "")
            if when is not None and isinstance(arguments[0], str) and isinstance(said, str):
                self.conflicts.append(Conflict(arguments[0], when, said))
                self._conflict_calls.append(node)
        elif name == "depends_on" and len(arguments) == 1 and set(keywords) <= {"when", "type"}:
            outer = [condition(text) for text in within]
            when = condition(keywords.get("when", ""))
            if when is None or None in outer:
                return
            blocks = [block for block in outer if block is not None]
            ranges = [block.versions for block in blocks if block.versions]
            given = types_of(keywords.get("type"), types)
            line = dependency_line(arguments[0], joined(when, blocks), ranges, given)
            if line is not None:
                self.stated.append(line)
                historical = node.lineno in self._historical
                top = top_of(self._lines, node.lineno)
                self._places.append(
                    LinePlace(node, types, tuple(blocks), block, historical=historical, top=top)
                )

    # --- changing --------------------------------------------------------------------------

    def _end_and_remove(self, edits: Edits, changes: Changes) -> None:
        """What no longer applies to all versions that it applied to."""
        for number, remains in changes.ends.items():
            _end(edits, self._places[number].node, remains)
        for number, versions in changes.blocks.items():
            version_blocks.set_versions(edits, self._class.body, number, versions)
        for number in changes.removed:
            self._remove(edits, number, changes.removed)
        for number, remains in changes.license_ends.items():
            _end(edits, self._license_calls[number], remains)
        for number, remains in changes.conflict_ends.items():
            _end(edits, self._conflict_calls[number], remains)

    def _remove(self, edits: Edits, number: int, removed: Container[int]) -> None:
        """Delete a ``depends_on``. Its block must not become empty, nor a comment be lost."""
        node, block = self._places[number].node, self._places[number].block
        stay = [n for n, p in enumerate(self._places) if p.block is block and n not in removed]
        if block is not None and not stay:
            raise Uneditable(f"nothing would remain of the block in line {block.lineno}")
        edits.delete_lines(node)

    def _insert_versions(
        self, edits: Edits, lines: Sequence[VersionLine], wheels: Mapping[str, str]
    ) -> None:
        """Lines next to those that are there, and those for single machines in their block."""
        for line in (each for each in lines if each.machine is None):
            reason = wheels.get(line.version, "")
            version_lines.insert(edits, self._lines, self.body, self._versions, line, reason)
        by_machine = [line for line in lines if line.machine is not None]
        machine_blocks.insert(edits, self.module, self._class.body, by_machine)

    def _insert_dependencies(self, edits: Edits, changes: Changes) -> None:
        anchors = [*(node for _, node in self._versions), *self._variants]
        known = (*self.versions, *(line.version for line in changes.versions))
        placing = Placing(edits, self.stated, self._places, anchors, known, changes.reasons)
        placing.insert(changes.dependencies)

    def _insert_below_directives(self, edits: Edits, lines: Sequence[str]) -> None:
        """Below the last directive, block or loop of the class, after a blank line."""
        below = [
            statement
            for statement in self._class.body
            if isinstance(statement, (ast.With, ast.For))
            or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call))
        ]
        end = end_of(self._lines, below[-1])
        if lines and not _is_conflict(below[-1]):
            edits.insert_at(end, "")
        for line in lines:
            edits.insert_at(end, line)


def _is_conflict(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return call is not None and call_parts(call)[0] == "conflicts"


def _end(edits: Edits, node: ast.Call, remains: str) -> None:
    """Give a directive these versions in its ``when``."""
    old = next((k for k in node.keywords if k.arg == "when"), None)
    text = str(literal_of(old.value)) if old else ""
    match = WHEN.fullmatch(text)
    assert match is not None  # it was read by `condition`
    rest = text[match.end("versions") :] if match["versions"] else text
    joint = " " if rest and not rest.startswith((" ", "+", "~")) else ""
    edits.rewrite(node, when=f"when={directives.literal(f'@{remains}{joint}{rest}')}")

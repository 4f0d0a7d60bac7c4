"""Edit a recipe that exists: every byte stays but for the lines that must change.

Only plain directives are edited: calls with literal arguments in the class body, or in
``with default_args(...)`` and ``with when(...)`` blocks. Directives in loops, under ``if`` or with
computed arguments are left alone; if one of them would have to change, the edit is refused.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from . import directives, renaming
from .model import (
    LANGUAGES,
    Condition,
    Conflict,
    Dependency,
    DependencyLine,
    RenamedArchives,
    VersionLine,
)
from .order import in_order, precedes
from .text_edits import Edits, Uneditable

#: What ``depends_on`` means without ``type=``.
_DEFAULT_TYPES = ("build", "link")

#: Options of a ``version`` with an address of its own.
_ADDRESSES = {"url", "git", "svn", "hg", "branch", "commit", "tag"}

_SPEC = re.compile(
    r"(?P<name>[\w-]+)(?P<first>(?:\s*[+~][\w-]+)*)"
    r"(?:@(?P<versions>[^\s+~%^]+))?(?P<variants>(?:\s*[+~][\w-]+)*)"
)
_WHEN = re.compile(
    r"(?:@(?P<versions>[^\s+~%^]+))?(?P<variants>(?:\s*[+~][\w-]+)*)"
    r"(?:\s*platform=(?P<platform>[\w]+))?(?:\s*target=(?P<target>[\w:,]+))?"
    r"(?:\s*\^python@(?P<python>[^\s+~%^]+))?"
)


@dataclass(frozen=True)
class _Place:
    """A directive in the text: its call, and what the blocks around it add."""

    node: ast.Call
    types: tuple[str, ...]
    conditional: bool


class RecipeText:
    """A recipe's text with what it states.

    ``stated`` are its plain ``depends_on`` lines, ``versions`` the texts of its plain ``version``
    lines, ``pypi`` its attribute of this name. Raises `Uneditable` for what is no recipe.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        try:
            classes = [n for n in ast.parse(text).body if isinstance(n, ast.ClassDef)]
        except (SyntaxError, ValueError) as error:
            raise Uneditable(f"it is not Python: {error}") from None
        if not classes:
            raise Uneditable("it defines no class")
        # A file may hold a base class first, which has no versions.
        self._class = next((c for c in classes if _has_versions(c)), classes[0])
        self._alone = len(classes) == 1
        self.stated: list[DependencyLine] = []
        self._places: list[_Place] = []
        self._versions: list[tuple[str, ast.Call]] = []
        self._variants: list[ast.Call] = []
        self.pypi = ""
        self._read(self._class.body, _DEFAULT_TYPES, ())
        self._read_inherited([c for c in classes if c is not self._class])

    @property
    def versions(self) -> tuple[str, ...]:
        return tuple(version for version, _ in self._versions)

    def version_line(self, version: str) -> VersionLine:
        """One of ``versions``, as far as its arguments are those that this program writes itself.
        Raises `Uneditable` for others."""
        node = next(node for text, node in self._versions if text == version)
        _, _, keywords = call_parts(node)
        if not {*keywords} <= {"sha256", "url", "expand", "deprecated"}:
            raise Uneditable(f"line {node.lineno} has more than the checksum of {version}")
        return VersionLine(version, **keywords)

    @property
    def body(self) -> list[ast.stmt]:
        """The statements of the class."""
        return self._class.body

    @property
    def plain_lines(self) -> Iterator[tuple[ast.Expr, Dependency]]:
        """The ``depends_on`` of ``stated`` that stand in no block, with their statements."""
        lines = {id(p.node): line for line, p in zip(self.stated, self._places)}
        for statement in self._class.body:
            if isinstance(statement, ast.Expr) and id(statement.value) in lines:
                yield statement, lines[id(statement.value)].dependency

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

    def edited(
        self,
        versions: Sequence[VersionLine],
        dependencies: Sequence[Dependency],
        ends: Mapping[int, str],
        renamed: RenamedArchives | None = None,
        conflicts: Sequence[Conflict] = (),
        comments: Sequence[str] = (),
    ) -> str:
        """The text with new lines, and with the version ranges ``ends`` in the ``when`` of those
        lines of ``stated`` (by number); for archives with other names if it is `renamable`."""
        edits = Edits(self._text)
        for number, remains in ends.items():
            self._end(edits, number, remains)
        # First the versions: what is inserted at one place stays in this order.
        for line in in_order(versions):
            self._insert_version(edits, line)
        for dependency in dependencies:
            self._insert_dependency(edits, dependency)
        notes = [directives.comment(text) for text in comments]
        notes += [directives.conflicts(conflict) for conflict in conflicts]
        self._insert_below_directives(edits, [note for note in notes if note not in self._text])
        if renamed is not None:
            renaming.rename(edits, self._text, self._class, renamed)
        return edits.applied()

    # --- reading ---------------------------------------------------------------------------

    def _read(
        self, body: Iterable[ast.stmt], types: tuple[str, ...], within: tuple[Any, ...]
    ) -> None:
        for statement in body:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                self._read_call(statement.value, types, within)
            elif isinstance(statement, ast.Assign) and not within:
                target, value = statement.targets[0], statement.value
                if isinstance(target, ast.Name) and target.id == "pypi":
                    self.pypi = str(_literal(value) or "")
            elif isinstance(statement, ast.With):
                inside = _inside(statement.items, types, within)
                if inside is not None:
                    self._read(statement.body, *inside)

    def _read_inherited(self, classes: Sequence[ast.ClassDef]) -> None:
        """Read what other classes of the file state; nothing is added there."""
        versions, variants, pypi = self._versions, self._variants, self.pypi
        own = len(self.stated)
        self._versions, self._variants = [], []
        for found in classes:
            self._read(found.body, _DEFAULT_TYPES, ())
        self._versions, self._variants, self.pypi = versions, variants, pypi or self.pypi
        self.stated[own:] = [replace(line, fixed=True) for line in self.stated[own:]]
        self._places[own:] = [replace(place, conditional=True) for place in self._places[own:]]

    def _read_call(self, node: ast.Call, types: tuple[str, ...], within: tuple[Any, ...]) -> None:
        name, arguments, keywords = call_parts(node)
        if name == "version" and arguments and isinstance(arguments[0], str) and not within:
            self._versions.append((arguments[0], node))
        elif name == "variant" and not within:
            self._variants.append(node)
        elif name == "depends_on" and len(arguments) == 1 and set(keywords) <= {"when", "type"}:
            outer = [_condition(text) for text in within]
            when = _condition(keywords.get("when", ""))
            spec = _SPEC.fullmatch(arguments[0]) if isinstance(arguments[0], str) else None
            if spec is None or when is None or None in outer:
                return
            blocks = [block for block in outer if block is not None]
            dependency = Dependency(
                spec["name"],
                spec["versions"] or "",
                tuple(re.findall(r"[+~][\w-]+", spec["first"] + spec["variants"])),
                _joined(when, blocks),
                _types(keywords.get("type"), types),
            )
            self.stated.append(
                DependencyLine(dependency, tuple(b.versions for b in blocks if b.versions))
            )
            self._places.append(_Place(node, types, bool(within)))

    # --- changing --------------------------------------------------------------------------

    def _end(self, edits: Edits, number: int, remains: str) -> None:
        node = self._places[number].node
        old = next((k for k in node.keywords if k.arg == "when"), None)
        text = str(_literal(old.value)) if old else ""
        match = _WHEN.fullmatch(text)
        assert match is not None  # it was read by `_condition`
        rest = text[match.end("versions") :] if match["versions"] else text
        joint = " " if rest and not rest.startswith((" ", "+", "~")) else ""
        edits.rewrite(node, when=f"when={directives.literal(f'@{remains}{joint}{rest}')}")

    def _insert_version(self, edits: Edits, line: VersionLine) -> None:
        if not self._versions:
            raise Uneditable("it has no plain version line, next to which a new one could go")
        text = directives.version(line)
        for version, node in self._versions:
            if precedes(line.version, version):
                edits.insert_before(node, text)
                return
        edits.insert_after(self._versions[-1][1], text)

    def _insert_dependency(self, edits: Edits, dependency: Dependency) -> None:
        """Above the lines of the same package and type, or of the same package, else below the
        last line of this type; languages above all others, Python above all that is needed to
        run."""
        usable = [
            (line.dependency, place)
            for line, place in zip(self.stated, self._places)
            if not place.conditional
        ]
        same_type = [(d, p) for d, p in usable if set(d.types) == set(dependency.types)]
        same = [p for d, p in same_type if d.package == dependency.package]
        same = same or [p for d, p in usable if d.package == dependency.package]
        if not same and usable and dependency.package in LANGUAGES:
            same = [usable[0][1]]
        if not same and dependency.package == "python":
            same = [place for _, place in same_type]
        if same:
            edits.insert_before(same[0].node, self._line(dependency, same[0]))
        elif same_type or usable:
            place = (same_type or usable)[-1][1]
            edits.insert_after(place.node, self._line(dependency, place))
        elif self._variants or self._versions:
            node = self._variants[-1] if self._variants else self._versions[-1][1]
            edits.insert_after(node, "\n" + directives.depends_on(dependency))
        else:
            raise Uneditable("it has no plain line, next to which a dependency could go")

    def _insert_below_directives(self, edits: Edits, lines: Sequence[str]) -> None:
        """Below the last directive or block of the class."""
        below = [
            statement
            for statement in self._class.body
            if isinstance(statement, ast.With)
            or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call))
        ]
        for line in lines:
            edits.insert_after(below[-1], line)

    def _line(self, dependency: Dependency, place: _Place) -> str:
        given = place.types if place.types != _DEFAULT_TYPES else ()
        indent = " " * place.node.col_offset
        return directives.depends_on(dependency, indent, given, self._type_first)

    @property
    def _type_first(self) -> bool:
        """Whether this file, for the most part, writes ``type=`` before ``when=``."""
        orders = [[k.arg for k in place.node.keywords] for place in self._places]
        both = [order for order in orders if {"type", "when"} <= {*order}]
        return sum(order.index("type") < order.index("when") for order in both) * 2 > len(both)


def _inside(
    items: Sequence[ast.withitem], types: tuple[str, ...], within: tuple[Any, ...]
) -> tuple[tuple[str, ...], tuple[Any, ...]] | None:
    """The types that hold in a block, and the conditions around it; None for other blocks."""
    for item in items:
        name, arguments, keywords = call_parts(item.context_expr)
        if name == "default_args" and set(keywords) <= {"type"}:
            types = _types(keywords.get("type"), types)
        elif name == "when" and len(arguments) == 1 and not keywords:
            within = (*within, arguments[0])
        else:
            return None
    return types, within


def _has_versions(found: ast.ClassDef) -> bool:
    calls = [s.value for s in found.body if isinstance(s, ast.Expr)]
    return any(call_parts(call)[0] == "version" for call in calls)


def call_parts(node: ast.expr) -> tuple[str, list[Any], dict[str, Any]]:
    """Name, positional and keyword arguments of a call with literal arguments; computed ones are
    None."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return "", [], {}
    keywords = {str(keyword.arg): _literal(keyword.value) for keyword in node.keywords}
    return node.func.id, [_literal(argument) for argument in node.args], keywords


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def _types(given: Any, otherwise: tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(given, str):
        return (given,)
    return tuple(given) if isinstance(given, (tuple, list)) else otherwise


def _condition(text: Any) -> Condition | None:
    """A ``when=`` as a value; None for a form that this program never writes."""
    match = _WHEN.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    return Condition(
        versions=match["versions"] or "",
        variants=tuple(re.findall(r"[+~][\w-]+", match["variants"] or "")),
        platform=match["platform"] or "",
        target=match["target"] or "",
        python=match["python"] or "",
    )


def _joined(when: Condition, blocks: Sequence[Condition]) -> Condition:
    """A line's own condition with what the blocks around it add, but for their versions."""
    for block in blocks:
        when = replace(
            when,
            variants=(*block.variants, *when.variants),
            platform=when.platform or block.platform,
            target=when.target or block.target,
            python=when.python or block.python,
        )
    return when

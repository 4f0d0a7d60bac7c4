"""The calls of a Meson project that are made in any case, and what it cannot do without.

https://mesonbuild.com/Syntax.html. A call counts that stands under no condition: in a loop where
the values are known, which are literals, or the defaults of options. What is looked for with
``required: false`` is needed all the same where the project ends with an error without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Union

from ..pypi.model import MESON_BUILD, MESON_OPTIONS, Source, at, strings

#: Texts and lists of them.
_Value = Union[str, tuple[str, ...]]
_CALL = re.compile(r"(?<![\w.])(dependency|subdir|subdir_done|error)\s*\(")
_CHOICE = re.compile(r"\?|\b(?:and|or)\b")
_STRING = re.compile(r"'[^'\n]*'")
_ASSIGNED = re.compile(r"\s*(\w+)\s*(\+?=)(?!=)\s*")
_LOOP = re.compile(r"\s*foreach\s+(\w+)\s*:\s*(.*\S)\s*", re.S)
_OPTION = re.compile(r"\s*get_option\s*\(\s*'([\w.-]+)'\s*\)\s*")
_PARTS = re.compile(r"(?:'[^'\n]*'|\[[^\]]*\]|[^,\['])+")
_MOST_FOLDERS, _MOST_LINES, _MOST_CALLS, _LONGEST = 32, 10_000, 1000, 1000
#: Statements that are looked at, in all loops together.
_MOST_STATEMENTS = 20_000


@dataclass(frozen=True)
class Looked:
    """A call of ``dependency()``: the ``file`` and ``line`` in which it is, the ``name``, ``""``
    where that is not known, and its ``keywords``, each as it is written; what else stands there
    has an empty one."""

    file: str
    line: int
    name: str
    keywords: Mapping[str, str]

    @property
    def is_optional(self) -> bool:
        """Whether the project goes on without it."""
        return self.keywords.get("required") == "false"


def looked_for(source: Source) -> Iterator[Looked]:
    """The calls of ``dependency()`` that are made in any case."""
    reader = _Reader(source)
    folders = [""]
    for folder in islice(folders, _MOST_FOLDERS):  # grows
        file = f"{folder}{MESON_BUILD}"
        for found in reader.read(file, [*_statements(source.build_files.get(file, ""))]):
            if isinstance(found, Looked):
                yield found
            elif f"{folder}{found}/" not in folders:
                folders.append(f"{folder}{found}/")


class _Done(Exception):
    """Nothing more of a file is run."""


@dataclass
class _Block:
    """What is known where statements are run, one after the other: the ``values`` of variables,
    and what ``optional`` calls found, by the variable; ``left``: a condition may have ended it."""

    values: dict[str, _Value]
    optional: dict[str, Looked]
    left: bool = False

    def forget(self, statements: Sequence[tuple[str, int]]) -> None:
        """Nothing is known of what these may have changed."""
        for text, _ in statements:
            changed = _ASSIGNED.match(text)
            if changed:
                self.values.pop(changed[1], None)
                self.optional.pop(changed[1], None)


class _Reader:
    def __init__(self, source: Source) -> None:
        self._options = _options(source)
        self._values: dict[str, _Value] = {}
        self._remaining = _MOST_STATEMENTS

    def read(self, file: str, statements: Sequence[tuple[str, int]]) -> Iterator[Looked | str]:
        """What a file looks for, and the folders that it enters."""
        block = _Block(self._values, {})
        try:
            yield from self._run(file, statements, block)
        except _Done:
            return

    def _run(
        self, file: str, statements: Sequence[tuple[str, int]], block: _Block
    ) -> Iterator[Looked | str]:
        at_statement = 0
        while at_statement < len(statements) and self._remaining:
            self._remaining -= 1
            text, line = statements[at_statement]
            kind = re.match(r"\s*(if|foreach)\b", text)
            if kind is None:
                yield from self._made(file, text, line, block)
                at_statement += 1
                continue
            end = _end(statements, at_statement)
            inside = statements[at_statement + 1 : end]
            if kind[1] == "if":
                yield from _needed_by(text, inside, block)
            else:
                yield from self._loop(file, text, inside, block)
            block.forget(inside)
            at_statement = end + 1

    def _loop(
        self, file: str, text: str, inside: Sequence[tuple[str, int]], block: _Block
    ) -> Iterator[Looked | str]:
        named = _LOOP.fullmatch(text)
        over = self._value(named[2], block.values) if named else None
        if named is None or not isinstance(over, tuple) or block.left:
            return
        for value in over:
            yield from self._run(file, inside, _Block({**block.values, named[1]: value}, {}))

    def _made(self, file: str, text: str, line: int, block: _Block) -> Iterator[Looked | str]:
        """What a statement does that is no block of others."""
        assigned = _ASSIGNED.match(text)
        block.forget([(text, line)])
        bare = _STRING.sub("", text)
        if _CHOICE.search(bare):
            return
        ensured = re.match(r"\s*assert\s*\(\s*(\w+)\s*\.\s*found\s*\(\s*\)", text)
        if ensured and ensured[1] in block.optional and not block.left:
            yield _required(block.optional[ensured[1]])
        if assigned and assigned[2] == "=":
            value = self._value(text[assigned.end() :], block.values)
            if value is not None:
                block.values[assigned[1]] = value
        for call in islice(_CALL.finditer(text), _MOST_CALLS):
            if call[1] == "error" and block.left:  # where nothing was found that ends it before
                yield from map(_required, islice(block.optional.values(), 1))
                return
            if call[1] in ("subdir_done", "error"):
                raise _Done
            arguments = _arguments(text[call.end() : call.end() + _LONGEST])
            if call[1] == "subdir":
                folder = self._value(arguments.rstrip(" ,"), block.values)
                if isinstance(folder, str) and folder and not block.left:
                    yield folder
                continue
            above = text.count("\n", 0, call.start())
            looked = self._looked(file, line + above, arguments, block.values)
            if looked.is_optional and assigned and assigned[2] == "=":
                block.optional[assigned[1]] = looked
            if not block.left:
                yield looked

    def _looked(
        self, file: str, line: int, arguments: str, values: Mapping[str, _Value]
    ) -> Looked:
        first, *others = _PARTS.findall(arguments) or [""]
        name = self._value(first, values)
        keywords = dict(_keyword(each) for each in others if each.strip())
        return Looked(file, line, name if isinstance(name, str) else "", keywords)

    def _value(self, text: str, values: Mapping[str, _Value]) -> _Value | None:
        """The value of an expression; None where it is not known."""
        text, option = text.strip(), _OPTION.fullmatch(text)
        if option:
            return self._options.get(option[1])
        return values[text] if text in values else _literal(text)


def _needed_by(
    condition: str, inside: Sequence[tuple[str, int]], block: _Block
) -> Iterator[Looked]:
    """What is needed because a condition ends the project without it: ``if not x.found()`` and an
    error. Notes that the rest of a loop may not be run."""
    first = [text.strip().partition("(")[0].rstrip() for text, _ in inside]
    found = re.fullmatch(r"\s*if\s+not\s+(\w+)\s*\.\s*found\s*\(\s*\)\s*", condition)
    if found and found[1] in block.optional and first == ["error"] and not block.left:
        yield _required(block.optional[found[1]])
    block.left = block.left or not {"continue", "break", "subdir_done"}.isdisjoint(first)


def _required(looked: Looked) -> Looked:
    return replace(looked, keywords={**looked.keywords, "required": "true"})


def _end(statements: Sequence[tuple[str, int]], begin: int) -> int:
    """The index of the statement that ends the block which begins at another one."""
    depth = 0
    for at_statement in range(begin, len(statements)):
        text = statements[at_statement][0]
        depth += bool(re.match(r"\s*(?:if|foreach)\b", text))
        depth -= bool(re.match(r"\s*(?:endif|endforeach)\b", text))
        if depth == 0:
            return at_statement
    return len(statements)


def _statements(text: str) -> Iterator[tuple[str, int]]:
    """The statements of a meson.build, each with its first line; comments left out."""
    text = re.sub(r"'''.*?'''", lambda match: "''" + "\n" * match[0].count("\n"), text, flags=re.S)
    lines: list[str] = []
    first, depth = 1, 0
    for number, line in enumerate(text.split("\n")[:_MOST_LINES], 1):
        lines.append(re.sub(r"^((?:'[^']*'|[^'#])*)#.*", r"\1", line))
        bare = _STRING.sub("", lines[-1])
        depth += sum(map(bare.count, "([")) - sum(map(bare.count, ")]"))
        if depth <= 0 and not bare.endswith("\\"):
            yield "\n".join(lines), first
            lines, first, depth = [], number + 1, 0


def _arguments(text: str) -> str:
    """What stands before the bracket that ends a call."""
    depth = 1
    for match in re.finditer(r"'[^'\n]*'|[()]", text):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth == 0:
            return text[: match.start()]
    return ""


def _keyword(text: str) -> tuple[str, str]:
    """A keyword argument; anything else has an empty name."""
    match = re.fullmatch(r"\s*(\w+)\s*:\s*(.*?)\s*", text, re.S)
    return (match[1], match[2]) if match else ("", "")


def _literal(text: str) -> _Value | None:
    if re.fullmatch(r"\s*'[^'\n]*'\s*", text):
        return text.strip()[1:-1]
    if re.fullmatch(r"\s*\[\s*(?:'[^'\n]*'(?:\s*,)?\s*)*\]\s*", text):
        return tuple(each[1:-1] for each in _STRING.findall(text))
    return None


def _options(source: Source) -> dict[str, _Value]:
    """The texts and lists that the options of a project are by default, those left out that it, or
    what builds it, sets itself (https://mesonbuild.com/Build-options.html,
    https://mesonbuild.com/meson-python/reference/config-settings.html)."""
    written = next((source.build_files[n] for n in MESON_OPTIONS if n in source.build_files), "")
    given = strings(at(source.pyproject, "tool", "meson-python", "args", "setup"))
    set_elsewhere = " ".join([*given, source.build_files.get(MESON_BUILD, "")])
    found: dict[str, _Value] = {}
    for text, _ in islice(_statements(written), _MOST_CALLS):
        call = re.match(r"\s*option\s*\(", text)
        arguments = _arguments(text[call.end() : call.end() + _LONGEST]) if call else ""
        first, *others = _PARTS.findall(arguments) or [""]
        name, keywords = _literal(first), dict(_keyword(each) for each in others)
        value = _literal(keywords.get("value", keywords.get("choices", "''")))
        if keywords.get("type") == "'combo'" and isinstance(value, tuple):
            value = value[0] if value else None
        set_here = rf"(?:-D|'){re.escape(str(name))}\s*=|'{re.escape(str(name))}'\s*:"
        is_set = re.search(set_here, set_elsewhere)
        if isinstance(name, str) and value is not None and not is_set:
            found[name] = value
    return found

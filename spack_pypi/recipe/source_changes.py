"""What a recipe changes in the files of a project that say what it requires: by patches, and by
methods that filter files (https://spack.readthedocs.io/en/latest/packaging_guide_build.html)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..syntax import dotted, literal_text, parsed
from .version_ranges import contains

#: Files that say what a project requires, or with what it is built.
_SAYS = re.compile(r"(?:^|/)(?:setup\.py|setup\.cfg|pyproject\.toml|[\w-]*require[\w/-]*\.txt)$")
_HEADER = re.compile(r"^(?:---|\+\+\+) ([^\t\n]+)")
_QUOTED = re.compile(r"""["']\W{0,3}([A-Za-z0-9][\w.-]*)([^"']*)""")
_AT_START = re.compile(r"\W*([A-Za-z0-9][\w.-]*)")
_SPECIFIER = re.compile(r"(?:[<>=~^!]=?)\s*\\?v?\d")
_PYTHON = re.compile(r"python_requires|requires-python", re.I)
#: The versions at the beginning of a condition.
_VERSIONS = re.compile(r"@([\w.:,=-]+)")


@dataclass(frozen=True)
class SourceChange:
    """A change of a ``file`` by something with a name (``by``): the ``lines`` that go or come;
    None if it is not known what changes. Without a file it is not known which. It concerns only
    versions that are in all of the ``ranges``."""

    by: str
    file: str = ""
    lines: tuple[str, ...] | None = None
    ranges: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """What may be names of projects in the lines, as they are written; ``python`` for what is
        said of it."""
        is_code = self.file.endswith(".py")
        found: set[str] = set()
        for line in self.lines or ():
            found.update(name for name, _ in _QUOTED.findall(line))
            at_start = None if is_code else _AT_START.match(line)
            found.update([at_start[1]] if at_start else [])
            found.update(["python"] if _PYTHON.search(line) else [])
        return frozenset(found)

    def concerns(self, version: str) -> bool:
        """Whether it may change a version."""
        return all(contains(ranges, version) for ranges in self.ranges)


def of_patch(name: str, text: str) -> list[SourceChange]:
    """The changes of a patch with a name, as `diff` writes it."""
    found: dict[str, list[str]] = {}
    file = ""
    for line in text.splitlines():
        header = _HEADER.match(line)
        if header:
            # The old name is followed by the new one, which counts where there is one.
            said = header[1].strip()
            file = file if said == "/dev/null" else said
        elif line[:1] in ("-", "+") and _SAYS.search(file):
            found.setdefault(file, []).append(line[1:])
    return [SourceChange(name, _base(file), tuple(lines)) for file, lines in found.items()]


def of_methods(text: str) -> list[SourceChange]:
    """The changes of the methods of a recipe that call ``filter_file`` or `FileFilter`, for the
    versions that ``@when``, and ``satisfies`` around the call, name; none if it cannot be
    parsed."""
    tree = parsed(text)
    nodes = ast.walk(tree) if tree is not None else ()
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    return [change for function in functions for change in _of_method(function)]


def _of_method(function: ast.FunctionDef) -> Iterator[SourceChange]:
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    always = [text for each in function.decorator_list for text in _versions(each, "when")]
    ranges = {id(call): always for call in calls}
    for block in (node for node in ast.walk(function) if isinstance(node, ast.If)):
        held = [*_asked(block.test)]
        for call in (node for statement in block.body for node in ast.walk(statement)):
            if isinstance(call, ast.Call):
                ranges[id(call)] = [*ranges[id(call)], *held]
    for call in calls:
        called = dotted(call.func)
        texts = [*_texts(call.args)]
        files = [each for each in texts if _SAYS.search(each)]
        if called == "FileFilter":
            filters = (c for c in calls if dotted(c.func).endswith(".filter"))
            texts = [text for each in filters for text in _texts(each.args)]
        elif called != "filter_file":
            continue
        for file in files:
            lines, named = _quoted(texts, file), tuple(ranges[id(call)])
            yield SourceChange(f"{function.name}()", _base(file), lines, named)


def _asked(test: ast.expr) -> Iterator[str]:
    """The ranges in which a version must be for a test to hold."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for each in test.values:
            yield from _asked(each)
    else:
        yield from _versions(test, "self.spec.satisfies", "spec.satisfies")


def _versions(call: ast.expr, *names: str) -> Iterator[str]:
    """The versions in the condition that a call of one of these has."""
    if isinstance(call, ast.Call) and dotted(call.func) in names and len(call.args) == 1:
        said = _VERSIONS.match(literal_text(call.args[0]) or "")
        if said:
            yield said[1]


def _quoted(texts: Iterable[str], file: str) -> tuple[str, ...] | None:
    """What is replaced, and by what, as lines; None where a version is that names no project."""
    lines = [f'"{text}"' for text in texts if text != file]
    change = SourceChange("", file, tuple(lines))
    named = {name for name in change.names if not name[0].isdigit()}
    return None if not named and any(map(_SPECIFIER.search, lines)) else tuple(lines)


def _texts(nodes: Sequence[ast.expr]) -> Iterator[str]:
    for node in nodes:
        yield from filter(None, map(literal_text, ast.walk(node)))


def _base(file: str) -> str:
    return file.rpartition("/")[2]

"""Projects that hold a part of another project's modules, in the same versions: rucio-clients of
rucio, without the server. What imports nothing else of that one does not need all of it.

``smaller.json`` has them by the larger project, whose module has its name: the ``project`` that
is smaller, its ``source``, a page that says so, the modules that it ``has`` with all that they
need, each with what is below it, and those below them that it ``lacks``.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, NamedTuple

from ...syntax import last_name, literal_text, parsed
from .python_modules import IMPORTING

_FILE = Path(__file__).with_name("smaller.json")
#: Nobody writes a longer module by hand; what it imports is not known.
_LONGEST = 256 << 10
#: Of an archive with more imports it is not known what they all are.
_MOST = 512


class Smaller(NamedTuple):
    """The ``project`` that is smaller than a ``larger`` one: see the module."""

    project: str
    larger: str
    has: tuple[str, ...]
    lacks: tuple[str, ...]

    def has_module(self, name: str) -> bool:
        """Whether it has a module, or something inside one (``rucio.client.Client``)."""
        return _is_below(name, self.has) and not _is_below(name, self.lacks)


#: Larger project → the smaller one.
SMALLER = {
    larger: Smaller(entry["project"], larger, tuple(entry["has"]), tuple(entry["lacks"]))
    for larger, entry in json.loads(_FILE.read_text("utf-8")).items()
}
_NAMED = re.compile("|".join(SMALLER).encode("ascii"))


def _is_below(name: str, modules: Iterable[str]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def sufficing(names: Iterable[str]) -> tuple[Smaller, ...]:
    """Those that have all that is imported of the larger projects, by the full ``names`` of what
    is; none of a project of which nothing is imported, or where not all names are known (one is
    empty)."""
    by_larger: dict[str, list[str]] = {}
    for name in names:
        by_larger.setdefault(name.partition(".")[0], []).append(name)
    return tuple(
        smaller
        for larger, smaller in SMALLER.items()
        if "" not in by_larger and all(map(smaller.has_module, by_larger.get(larger, [""])))
    )


@dataclass
class OfLarger:
    """What the modules of an archive, those of tests too, import anywhere of `SMALLER` projects:
    full names, as far as these are known. ``is_whole``: all of it is read."""

    names: set[str] = field(default_factory=set)
    is_whole: bool = True

    def look_at(self, size: int, read: Callable[[], bytes]) -> None:
        """Note what a module imports, of which the size is known before it is read."""
        if size > _LONGEST:
            self.is_whole = False
            return
        source = read()
        if _NAMED.search(source):
            self.names.update(_imported(source))

    def as_json(self) -> list[str]:
        """All names, sorted; one that is empty where not all are known."""
        return sorted(self.names) if self.is_whole and len(self.names) <= _MOST else [""]


def _imported(source: bytes) -> Iterator[str]:
    tree = parsed(source)
    if tree is None:  # Cython, or Python 2: it may be anything
        yield from (found.decode("ascii") for found in _NAMED.findall(source))
    else:
        yield from (name for name in _names_in(tree) if name.partition(".")[0] in SMALLER)


def _names_in(tree: ast.Module) -> Iterator[str]:
    """The full names of all that a tree imports, also by a call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield node.module if alias.name == "*" else f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Call) and last_name(node.func) in IMPORTING:
            yield from map(literal_text, node.args[:1])

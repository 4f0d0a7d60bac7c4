"""Imports of other projects by the modules of an archive: candidates are found by their lines, and
the few that no file about the project mentions are looked at as syntax trees."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from packaging.utils import canonicalize_name

from ...syntax import parse
from .setup_py import always_imported

#: A line that may import; what begins with an underscore is nobody's name.
_IMPORT = re.compile(rb"^(?:import|from)[ \t]+([A-Za-z]\w{0,60})", re.M)
#: So many modules are candidates, each with the first file that imports it, if it is not longer.
_MOST, _LONGEST = 64, 64 << 10
#: Modules of Python, also those that it has no longer. Before 3.10 nobody lists them: then there
#: are no candidates.
_OF_PYTHON: frozenset[str] = getattr(sys, "stdlib_module_names", frozenset())
_GONE = {
    "asynchat", "asyncore", "audioop", "cgi", "cgitb", "chunk", "crypt", "distutils", "imghdr",
    "imp", "lib2to3", "mailcap", "msilib", "nis", "nntplib", "ossaudiodev", "pipes", "pkg_resources",
    "smtpd", "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib",
}  # fmt: skip


@dataclass
class Imported:
    """The modules that those of an archive may import (module → path and text of the first file),
    and the names of all that it has itself."""

    first: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)

    def look_at(self, path: str, data: bytes) -> None:
        """Note what a module imports."""
        if not _OF_PYTHON or len(data) > _LONGEST:
            return
        for name in {match[1].decode("ascii") for match in _IMPORT.finditer(data)}:
            if name in _OF_PYTHON or name in _GONE:
                continue
            before = self.first.get(name)
            if (before is None and len(self.first) < _MOST) or (before and path < before[0]):
                self.first[name] = (path, data)

    def undeclared(self, texts: Iterable[str]) -> Iterator[tuple[str, str, int]]:
        """(module, path, line) of the imports that always happen, of modules that neither the
        archive has nor these ``texts`` about it mention."""
        mentioned = canonicalize_name(" ".join(texts))
        for name, (path, data) in sorted(self.first.items()):
            if name in self.own or canonicalize_name(name) in mentioned:
                continue
            try:
                tree = parse(data)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            line = next((line for module, line in always_imported(tree) if module == name), 0)
            if line:
                yield name, path, line

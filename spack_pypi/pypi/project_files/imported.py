"""Imports of other projects by the modules of an archive: candidates are found by their lines, and
the few that no file about the project mentions are looked at as syntax trees."""

from __future__ import annotations

import ast
import re
import sys
import sysconfig
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from packaging.utils import canonicalize_name

from ...syntax import parsed
from .setup_py import always_imported

#: A line that may import; what begins with an underscore is nobody's name. It begins with a plain
#: character, which is found five times as fast as the begin of any line.
_IMPORT = re.compile(rb"\n(?:import|from)[ \t]+([A-Za-z]\w{0,60})")
#: Where it stands: most of an archive's bytes lie below.
_TOP = 16 << 10
#: So many modules are candidates, each with so many of the files that import it, if these are not
#: longer: they are kept until the archive is read.
_MOST, _MOST_FILES, _LONGEST = 32, 4, 64 << 10
#: What distutils wrote of ``setup(requires=...)``: a module, maybe with versions in brackets.
_REQUIRES = re.compile(r"^Requires:[ \t]*(\w+)[ \t]*(?:\(.*)?$", re.M)
#: A shorter name counts as mentioned only as a whole word.
_SHORTEST = 4
#: Of so many packages it is known what they import when they are imported themselves.
_MOST_PACKAGES = 32
#: Modules that Python has no longer.
_GONE = {
    "asynchat", "asyncore", "audioop", "cgi", "cgitb", "chunk", "crypt", "distutils", "imghdr",
    "imp", "lib2to3", "mailcap", "msilib", "nis", "nntplib", "ossaudiodev", "pipes",
    "pkg_resources", "smtpd", "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib",
}  # fmt: skip
#: Those of them that setuptools has, or had: who imports one needs it.
_FROM_SETUPTOOLS = ("distutils", "pkg_resources")


def gone_modules(data: bytes) -> list[tuple[str, int]]:
    """The modules of setuptools which Python or setuptools itself no longer has, and which a
    module (its source) always imports, each with its line."""
    if not any(name.encode() in data for name in _FROM_SETUPTOOLS):
        return []
    tree = parsed(data)
    imported = always_imported(tree) if tree is not None else ()
    return [(module, line) for module, line in imported if module in _FROM_SETUPTOOLS]


@dataclass
class Imported:
    """The modules that those of an archive may import (module → path and text of the first files),
    the texts of its packages' ``__init__.py``, and the names of all that it has itself."""

    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    packages: dict[str, bytes] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)

    def look_at(self, path: str, data: bytes) -> None:
        """Note what a module imports."""
        if len(data) > _LONGEST:
            return
        is_package = path.endswith("/__init__.py") and path.count("/") < 3
        if is_package and len(self.packages) < _MOST_PACKAGES:
            self.packages[path] = data
        names = {match[1].decode("ascii") for match in _IMPORT.finditer(b"\n" + data[:_TOP])}
        for name in names:
            if name in _of_python() or name in _GONE or name in self.own:
                continue
            if name in self.files or len(self.files) < _MOST:
                files = self.files.setdefault(name, {})
                files[path] = data
                if len(files) > _MOST_FILES:
                    del files[max(files)]

    def undeclared(
        self, texts: Iterable[str], roots: Collection[str], only: str = ""
    ) -> Iterator[tuple[str, str, int, bool]]:
        """(module, path, line, whether the package cannot be imported without it) of the imports
        that always happen, of modules that neither the archive has nor these ``texts`` about it
        mention: one place of each, of the package itself if there is one. ``roots`` are the
        folders of packages that lie in no other package, ``only`` the file of a project that
        is one module. What only the field Requires names (PEP 314), which nobody reads, is not
        mentioned."""
        texts = [*texts]
        named = {match[1].lower() for text in texts for match in _REQUIRES.finditer(text)}
        mentioned = canonicalize_name(" ".join(texts))
        for name, files in sorted(self.files.items()):
            if name in self.own:
                continue
            if _is_in(canonicalize_name(name), mentioned) and name.lower() not in named:
                continue
            found = [
                (path != only and not self._is_always_run(path, roots), path, line)
                for path, data in sorted(files.items())
                if (line := _line_of(name, data))
            ]
            if found:
                later, path, line = min(found)
                yield name, path, line, not later

    def _is_always_run(self, path: str, roots: Collection[str]) -> bool:
        """Whether a module is the package of the project, and no package within it, or one that
        this always imports."""
        for folder in roots:
            package = f"{folder}/__init__.py"
            data = self.packages.get(package)
            if data is not None and path.startswith(f"{folder}/"):
                return path == package or path in _imported_by(folder, data)
        return False


def _is_in(name: str, mentioned: str) -> bool:
    """Whether a name is mentioned, also as a part of another one (``yaml``, ``PyYAML``); a very
    short one would be part of many words."""
    if len(name) >= _SHORTEST:
        return name in mentioned
    return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", mentioned) is not None


@cache
def _of_python() -> frozenset[str]:
    """The modules of this Python. Before 3.10 it does not list them: they are where they lie."""
    listed: frozenset[str] | None = getattr(sys, "stdlib_module_names", None)
    if listed is not None:
        return listed
    folder = Path(sysconfig.get_path("stdlib"))
    files = [*folder.iterdir(), *folder.glob("lib-dynload/*")]
    return frozenset([*sys.builtin_module_names, *(file.name.partition(".")[0] for file in files)])


def _line_of(name: str, data: bytes) -> int:
    """The line in which a module always imports another one; 0 if it does not."""
    tree = parsed(data)
    imports = always_imported(tree) if tree is not None else ()
    return next((line for module, line in imports if module == name), 0)


def _imported_by(folder: str, data: bytes) -> set[str]:
    """The paths of the modules that the ``__init__.py`` of a folder always imports from it."""
    name, found = folder.rpartition("/")[2], set()
    tree = parsed(data)
    for statement in tree.body if tree is not None else ():
        if isinstance(statement, ast.Import):
            modules = [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom) and statement.level == 1:
            base = [statement.module] if statement.module else []
            modules = [".".join([name, *base])]
            modules += [f"{modules[0]}.{alias.name}" for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom) and not statement.level and statement.module:
            modules = [statement.module]
            modules += [f"{statement.module}.{alias.name}" for alias in statement.names]
        else:
            continue
        for module in modules:
            first, *rest = module.split(".")
            if first == name and rest:
                inner = f"{folder}/{'/'.join(rest)}"
                found |= {f"{inner}.py", f"{inner}/__init__.py"}
    return found

"""Imports of other projects by the modules of an archive: candidates are found by their lines, and
the few that no file about the project mentions are looked at as syntax trees."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Callable, NamedTuple

from packaging.utils import canonicalize_name

from ...syntax import dotted, parsed
from .always_run import AlwaysRun, imports_alone
from .module_imports import imported_by_modules
from .newer_names import NEWER_NAMES, may_import_newer
from .one_of import may_have_one, one_of
from .package_imports import INIT, PackageImport, around, imported_by_packages
from .package_needs import PackageNeed, package_needs
from .python_modules import GONE, OF_WINDOWS, REMOVED, of_any_python, of_python
from .scripts import script_modules
from .setup_py import always_imported
from .variant_modules import VARIANT_MODULES, OfVariant, may_import
from .variant_names import may_use, used_names, variant_of_name

#: A line that may import; what begins with an underscore is nobody's name. It begins with a plain
#: character, which is found five times as fast as the begin of any line.
_IMPORT = re.compile(rb"\n(?:import|from)[ \t]+([A-Za-z]\w{0,60})")
#: Where it stands: most of an archive's bytes lie below.
_TOP = 16 << 10
#: So many modules are candidates; of the first ones, so many of the files that import each, if
#: these are not longer, are kept until the archive is read.
_MOST_NAMES, _MOST, _MOST_FILES, _LONGEST = 512, 32, 4, 128 << 10
#: What distutils wrote of ``setup(requires=...)``: a module, maybe with versions in brackets.
_REQUIRES = re.compile(r"^Requires:[ \t]*(\w+)[ \t]*(?:\(.*)?$", re.M)
#: A project that PKG-INFO names as required without an extra (PEP 508).
_REQUIRED = re.compile(r"^Requires-Dist:[ \t]*([\w.-]+)(?!.*\bextra\s*==)", re.M)
#: A shorter name counts as mentioned only as a whole word.
_SHORTEST = 4
#: So many bytes of modules are kept to see which of them always run; of an archive with more
#: modules it is not known which it has itself.
_MOST_KEPT, _MOST_PATHS = 4 << 20, 20_000
#: Those that setuptools has, or had: who imports one needs it.
_FROM_SETUPTOOLS = ("distutils", "pkg_resources")
SAFE_PARSER = "configparser.SafeConfigParser"
#: What an ``__init__.py`` imports that only declares a namespace.
NAMESPACE = "pkg_resources.declare_namespace"
_DECLARES = re.compile(
    r"(pkg_resources|__import__\('pkg_resources'\))\.declare_namespace\(__name__\)"
)


def gone_modules(data: bytes) -> list[tuple[str, int]]:
    """The modules of setuptools which Python or setuptools itself no longer has, and which a
    module (its source) always imports, each with its line; `NAMESPACE` where it does nothing but
    declare one."""
    if not any(name.encode() in data for name in _FROM_SETUPTOOLS):
        return []
    tree = parsed(data)
    imported = always_imported(tree) if tree is not None else ()
    found = [(module, line) for module, line in imported if module in _FROM_SETUPTOOLS]
    return [(NAMESPACE, line) for _, line in found] if _declares_alone(tree) else found


def _declares_alone(tree: ast.Module | None) -> bool:
    """Whether a module only declares a namespace, beside its docstring and imports."""
    calls = [
        each
        for each in (tree.body if tree else ())
        if not isinstance(each, (ast.Import, ast.ImportFrom))
        and not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
    ]
    return bool(calls) and all(
        isinstance(each, ast.Expr) and _DECLARES.fullmatch(ast.unparse(each)) for each in calls
    )


def gone_parsers(data: bytes) -> list[tuple[str, int]]:
    """The class that Python has up to 3.11 (`SAFE_PARSER`) where a versioneer.py (its source)
    reads its configuration by that in any case, with the line.
    https://docs.python.org/3/whatsnew/3.12.html#configparser"""
    tree = parsed(data) if b"SafeConfigParser" in data else None
    return [
        (SAFE_PARSER, each.lineno)
        for function in (tree.body if tree else ())
        if isinstance(function, ast.FunctionDef) and function.name == "get_config_from_root"
        for each in function.body
        if isinstance(each, ast.Assign)
        and isinstance(each.value, ast.Call)
        and dotted(each.value.func) == SAFE_PARSER
    ]


class Texts:
    """What the archive says of the project: its ``files`` at the top (path → text), ``lists`` of
    requirements, and what setuptools last installed (``top_level``)."""

    def __init__(
        self, files: Mapping[str, str], lists: Iterable[str], top_level: Iterable[str]
    ) -> None:
        headers = files.get("PKG-INFO", "").partition("\n\n")[0]
        #: All but the description.
        self.all = [*(each for at, each in files.items() if at != "PKG-INFO"), headers, *lists]
        self.required = _REQUIRED.findall(headers)
        names = {*" ".join(top_level).split()}
        self.scripts = script_modules(files)
        #: The file of a project that is one module.
        self.only = f"{names.pop()}.py" if len(names) == 1 else ""


class UndeclaredImport(NamedTuple):
    """A place (``path`` and ``line``) where a ``module`` is imported. ``always``: the ``package``
    (its file) cannot be imported without it, or most of those inside it, or of its modules,
    cannot (``most``: ``packages`` or ``modules``); ``mentioned``: a text about the project names
    it, or only the project's own package counts."""

    module: str
    path: str
    line: int
    always: bool
    mentioned: bool
    package: str
    most: str


class VariantImport(NamedTuple):
    """A place (``path`` and ``line``) where the ``package`` (its file) cannot be imported without
    one of `VARIANT_MODULES`, or where one of `VARIANT_NAMES` is used by a module that always
    runs."""

    module: str
    path: str
    line: int
    package: str


@dataclass
class Imported:
    """The modules that those of an archive may import (module → path and text of the first files),
    the ``texts`` of its own, those of ``tests`` and the like apart, the names of all that it has
    itself, and the ``paths`` of its modules."""

    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    texts: dict[str, bytes] = field(default_factory=dict)
    tests: dict[str, bytes] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    paths: set[str] = field(default_factory=set)
    _kept: int = 0
    _kept_of_tests: int = 0
    _has_all: bool = True

    def look_at(self, path: str, data: bytes) -> None:
        """Note what a module imports."""
        if len(data) > _LONGEST:
            return
        if self._kept + len(data) <= _MOST_KEPT:
            self.texts[path] = data
            self._kept += len(data)
        else:
            self._has_all = False
        for name in sorted(_may_import(data)):
            is_new = name not in self.files
            if name in self.own or (is_new and len(self.files) == _MOST_NAMES):
                continue
            files = self.files.setdefault(name, {})
            if files or (is_new and len(self.files) <= _MOST):
                files[path] = data
                if len(files) > _MOST_FILES:
                    del files[max(files)]

    def keep_test(self, path: str, data: bytes) -> None:
        """Note a module that packages of tests may import: only for `needs_inside`."""
        if len(data) <= _LONGEST and self._kept_of_tests + len(data) <= _MOST_KEPT:
            self.tests[path] = data
            self._kept_of_tests += len(data)

    def needs_inside(self, roots: Collection[str], required: Iterable[str]) -> list[PackageNeed]:
        """What packages inside the project's cannot be imported without: `package_needs`. What is
        ``required``, and what any Python has or had, is there, but for what Windows has."""
        there = (of_any_python() | {"__main__"}) - OF_WINDOWS
        declared = canonicalize_name(" ".join(required))
        if len(self.paths) > _MOST_PATHS:
            return []
        found = package_needs({**self.tests, **self.texts}, self.paths, roots, there)
        needs = [each for each in found if not _is_in(canonicalize_name(each.module), declared)]
        return needs if len(needs) <= _MOST_NAMES else []

    def undeclared(
        self,
        texts: Iterable[str],
        roots: Collection[str],
        only: str = "",
        required: Iterable[str] = (),
    ) -> Iterator[UndeclaredImport]:
        """The imports that always happen, of modules that neither the archive has nor these
        ``texts`` about it mention; of those that they do mention, the ones without which the
        project's package, or one inside it, cannot be imported, unless it is one of those
        ``required``. One place of each: of what always runs if there is one. ``roots`` are the
        folders of packages that lie in no other package, ``only`` the file of a project that is
        one module. What only the field Requires names (PEP 314), which nobody reads, is not
        mentioned."""
        texts = [*texts]
        named = {match[1].lower() for text in texts for match in _REQUIRES.finditer(text)}
        mentioned, declared = (
            canonicalize_name(" ".join(each)) if each else "" for each in (texts, [*required])
        )
        names = [
            name
            for name in sorted(self.files)
            if name not in self.own and not _is_in(canonicalize_name(name), declared)
        ]
        always = self._always(names, [*(f"{root}/__init__.py" for root in sorted(roots)), only])
        inside: dict[str, PackageImport] = {}
        for each in imported_by_packages(self.texts, roots, {*names} - always.keys()):
            first = inside.setdefault(each.module, each)
            if each.most and not first.most:
                inside[each.module] = each
        left = {*names} - always.keys() - {name for name, each in inside.items() if each.most}
        usual = self._usual(left, roots) if self._has_all else {}
        for name in names:
            is_named = _is_in(canonicalize_name(name), mentioned) and name.lower() not in named
            if name in always:
                path, line, package = always[name]
                yield UndeclaredImport(name, path, line, True, is_named, package, "")
            elif name in usual:
                yield usual[name]
            elif name in inside:
                _, path, line, package, most = inside[name]
                of = "packages" if most else ""
                yield UndeclaredImport(name, path, line, most, is_named, package, of)
            elif not is_named:
                files = sorted(self.files[name].items())
                found = [(path, line) for path, data in files if (line := _line_of(name, data))]
                if found:
                    yield UndeclaredImport(name, *found[0], False, False, "", "")

    def _usual(self, names: Set[str], roots: Iterable[str]) -> dict[str, UndeclaredImport]:
        """What most modules of a package import."""
        found: dict[str, UndeclaredImport] = {}
        for root in sorted(roots) if names else ():
            package = f"{root}/__init__.py"
            for name, path, line in imported_by_modules(self.texts, root, names):
                usual = UndeclaredImport(name, path, line, True, True, package, "modules")
                found.setdefault(name, usual)
        return found

    def alternatives(
        self, roots: Iterable[str], only: str = "", scripts: Collection[str] = ()
    ) -> Iterator[tuple[tuple[str, ...], str, int, str, str]]:
        """(modules, path, line, package, before) where one of several modules of others is
        imported whenever a package or the project's only module is, or by all its ``scripts``
        (`script_modules`); arguments as above, ``before`` as `OneOf`."""
        others = {*of_any_python(), *self.own, "."}
        having = [path for path, text in self.texts.items() if may_have_one(text)]
        for start in [*(f"{root}/__init__.py" for root in sorted(roots)), only]:
            within = start.removesuffix("__init__.py")
            may = {path for path in having if path.startswith(within)}
            for path in self._run_in_any_case(start, scripts) if may else ():
                for each in one_of(self.texts[path]) if path in may else ():
                    if others.isdisjoint(each.modules):
                        yield each.modules, path, each.line, start, each.before

    def _run_in_any_case(self, start: str, scripts: Collection[str]) -> Sequence[str]:
        """The modules that run when a package is imported, then those that any of its scripts
        runs."""
        runs, folder = AlwaysRun(self.texts, start), start.removesuffix("/__init__.py")
        found = [*runs.run([start])]
        base = f"{folder.rpartition('/')[0]}/".lstrip("/")
        named = [f"{base}{script}" for script in sorted(scripts)]
        files = [f if f in self.texts else f"{f[:-3]}{INIT}" for f in named]
        if files and all(f.startswith(f"{folder}/") and f in self.texts for f in files):
            each = [[*runs.run([*around(folder, file), file])] for file in files]
            found += [path for path in each[0] if all(path in others for others in each)]
        return [*dict.fromkeys(found)]

    def of_variants(self, roots: Collection[str], only: str = "") -> Iterator[VariantImport]:
        """The imports of `VARIANT_MODULES` of others by what always runs, one place of each; for
        the arguments see `undeclared`."""
        yield from self._first_imports(VARIANT_MODULES, may_import, roots, only)

    def newer_names(self, roots: Collection[str], only: str = "") -> Iterator[VariantImport]:
        """The same of `NEWER_NAMES`."""
        yield from self._first_imports(NEWER_NAMES, may_import_newer, roots, only)

    def _first_imports(
        self,
        known: Collection[str],
        may_have: Callable[[bytes], bool],
        roots: Collection[str],
        only: str,
    ) -> Iterator[VariantImport]:
        if not any(map(may_have, self.texts.values())):
            return  # as almost always
        seen: set[str] = set()
        for start in [*(f"{root}/__init__.py" for root in sorted(roots)), only]:
            for module, path, line in AlwaysRun(self.texts, start).imported([start]):
                is_others = module.partition(".")[0] not in self.own
                if module in known and is_others and module not in seen:
                    seen.add(module)
                    yield VariantImport(module, path, line, start)

    def uses_of_variants(self, roots: Collection[str], only: str = "") -> Iterator[VariantImport]:
        """The uses of `VARIANT_NAMES` of others in what always runs, one place of each variant;
        for the arguments see `undeclared`."""
        if not any(map(may_use, self.texts.values())):
            return  # as almost always
        seen: set[OfVariant | None] = set()
        for start in [*(f"{root}/__init__.py" for root in sorted(roots)), only]:
            for path in AlwaysRun(self.texts, start).run([start]):
                for name, line in used_names(self.texts[path]):
                    needed = variant_of_name(name)
                    if name.partition(".")[0] not in self.own and needed not in seen:
                        seen.add(needed)
                        yield VariantImport(name, path, line, start)

    def _always(
        self, names: Collection[str], starts: Iterable[str]
    ) -> dict[str, tuple[str, int, str]]:
        """Where these modules are imported by what always runs, as far as they are, and from where
        on it does."""
        found: dict[str, tuple[str, int, str]] = {}
        for start in starts:
            quick = AlwaysRun(self.texts, start, imports_alone).imported([start])
            if {module for module, _, _ in quick}.isdisjoint(names):
                continue
            for module, path, line in AlwaysRun(self.texts, start).imported([start]):
                found.setdefault(module, (path, line, start))
        return found


def _may_import(data: bytes) -> set[str]:
    """The modules of others that a module may import at its top."""
    names = {match[1].decode("ascii") for match in _IMPORT.finditer(b"\n" + data[:_TOP])}
    return names - (of_python() - REMOVED.keys()) - GONE


def _is_in(name: str, mentioned: str) -> bool:
    """Whether a name is mentioned, also as a part of another one (``yaml``, ``PyYAML``); a very
    short one would be part of many words."""
    if len(name) >= _SHORTEST:
        return name in mentioned
    return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", mentioned) is not None


def _line_of(name: str, data: bytes) -> int:
    """The line in which a module always imports another one; 0 if it does not."""
    tree = parsed(data)
    imports = always_imported(tree) if tree is not None else ()
    return next((line for module, line in imports if module == name), 0)

"""Which files of a source archive become modules of the installed project, as far as it is known
without building: tests, examples, documentation and build backends do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable

from packaging.utils import canonicalize_name

from ..model import ModuleImport
from ..project_files import in_tree, toml
from ..project_files.imported import NAMESPACE
from ..project_files.toml import at, strings

#: What setuptools last installed, beside the metadata of the sdist.
TOP_LEVEL = re.compile(r"(?:([^/]+)/)?([^/]+)\.egg-info/top_level\.txt")
#: Where a project declares to setuptools which packages are namespaces.
_SETUP_FILES = ("setup.py", "setup.cfg")
#: Folders that hold the packages of a project and are not packages themselves.
_BASES = ("src", "lib", "python", "source", "py")
#: Top-level packages of these names are for developing a project, and not installed.
_NOT_INSTALLED = re.compile(
    r"_?(tests?|testing.*|.*_tests?|docs?|doc_.*|examples?|samples?|demos?|benchmarks?|bench|"
    r"packaging|tools?|scripts?|build|build_.*|custom_build.*|ci|\.?github|tasks|utils?|vendor|dev|"
    r"contrib|extras?|misc|conda|docker|notebooks?|tutorials?|profiling|integration|e2e)",
    re.I,
)


def backend_paths(pyproject: Mapping[str, Any]) -> tuple[str, ...]:
    """The module of a build backend that is part of the archive (``backend-path``, PEP 517), where
    it may be: paths without ``.py``."""
    system = at(pyproject, "build-system")
    named = at(system, "build-backend")
    if not isinstance(named, str):
        return ()
    module = re.split(r"[.:]", named)[0]
    folders = (_plain(path) for path in strings(at(system, "backend-path")))
    return tuple(f"{folder}/{module}" if folder else module for folder in folders)


def _backend_modules(pyproject: Mapping[str, Any]) -> set[str]:
    """The paths where the module may be that is the backend; none where that is an object in a
    module."""
    named = at(at(pyproject, "build-system"), "build-backend")
    inner = "/".join(named.split(".")[1:]) if isinstance(named, str) and ":" not in named else None
    if inner is None:
        return set()
    paths = [f"{path}/{inner}" if inner else path for path in backend_paths(pyproject)]
    return {f"{path}{ending}" for path in paths for ending in (".py", "/__init__.py")}


def in_tree_backend(
    contents: Mapping[str, Any], pyproject: Mapping[str, Any]
) -> in_tree.InTree | None:
    """What a backend in the archive requires; None where there is none."""
    if not backend_paths(pyproject):
        return None
    texts = {**contents["backend"]}
    if "setup.py" in contents["files"]:
        texts["setup.py"] = contents["files"]["setup.py"]
    return in_tree.read(_of_backend(texts, pyproject), _backend_modules(pyproject))


def own_backend(texts: Mapping[str, str], pyproject: str) -> dict[str, str]:
    """Those files (path → text) that are of a backend in the archive, by its pyproject.toml."""
    try:
        return _of_backend(texts, toml.loads(pyproject))
    except ValueError:
        return {}


def _of_backend(texts: Mapping[str, str], pyproject: Mapping[str, Any]) -> dict[str, str]:
    paths = backend_paths(pyproject)
    return {path: text for path, text in texts.items() if any(is_within(path, b) for b in paths)}


def installed_imports(contents: Mapping[str, Any]) -> Iterator[ModuleImport]:
    """The imports of `Contents.as_json` but for those of namespaces that setup.py or setup.cfg
    declares: setuptools does not install their ``__init__.py``.
    https://setuptools.pypa.io/en/latest/userguide/package_discovery.html#legacy-namespace-packages"""
    files = contents["files"]
    declared = any("namespace_packages" in files.get(each, "") for each in _SETUP_FILES)
    for module, path, line in contents["imports"]:
        if module != NAMESPACE:
            yield ModuleImport(module, path, line)
        elif not declared:
            yield ModuleImport("pkg_resources", path, line)


@dataclass(frozen=True)
class Layout:
    """What lies where in an archive: the folders of ``packages`` (those in no other), texts of
    ``top_level.txt`` by path, and the configuration of the build."""

    project: str
    packages: Sequence[str]
    top_level: Mapping[str, str]
    pyproject: Mapping[str, Any]

    def installs(self, path: str) -> bool:
        """Whether the Python file at this path is installed, for all that is known."""
        roots = self._roots()
        if any(is_within(path, backend) for backend in backend_paths(self.pyproject)):
            # Unless the backend is what the project is about: setuptools builds itself.
            roots = [root for root in roots if self._is_named(root)]
        return any(is_within(path, root) for root in roots)

    def is_main(self, path: str) -> bool:
        """Whether this is the module, or the ``__init__.py`` of the package, that the project is
        about: that of its name, or the only one. Others, and the packages in a namespace, may be
        for those who have more installed."""
        root = re.sub(r"(/__init__)?\.py$", "", path)
        return self._is_named(root) or {*self._roots()} == {root}

    def main_name(self, path: str) -> str:
        """The dotted name of such a module or package; empty where that is not known."""
        name = _below_base(re.sub(r"(/__init__)?\.py$", "", path))
        is_known = canonicalize_name(name.replace("/", ".")) == self.project or "/" not in name
        return name.replace("/", ".") if is_known else ""

    def name_of(self, folder: str) -> str:
        """The dotted name of the installed package in a folder, inside another one; empty for one
        that is not installed, or of which that is not known."""
        for root in self._roots():
            below = _below_base(root)
            last = root.rpartition("/")[2]
            if folder.startswith(f"{root}/") and root not in _BASES:
                name = below if "/" not in below or self._is_named(root) else ""
                name = name or (last if canonicalize_name(last) == self.project else "")
                return f"{name}{folder[len(root) :]}".replace("/", ".") if name else ""
        return ""

    def is_inner(self, folder: str) -> bool:
        """Whether the package in a folder lies in another one, maybe with folders between them
        that are no packages."""
        outer = (folder.startswith(f"{each}/") for each in self.packages)
        return folder not in self.packages or any(outer)

    def siblings(self, folder: str) -> tuple[str, ...]:
        """The dotted names of the packages beside one in a namespace, of which one at least is
        what the project is about: the one of its name, if there is one, else any other; none
        where it is in a package, or no other is."""
        if self.is_inner(folder):
            return ()
        around = folder.rpartition("/")[0]
        beside = [each for each in self.packages if each.rpartition("/")[0] == around]
        named = [each for each in beside if self._is_named(each)]
        found = [self.name_of(each) for each in named or beside if named or each != folder]
        return tuple(n for n in found if n and not _NOT_INSTALLED.fullmatch(n.split(".")[-1]))

    def _roots(self) -> Sequence[str]:
        """The paths of what is installed, without ``.py``."""
        said = self._listed_by_setuptools()
        if said is None:
            said = list(_configured(self.pyproject)) or self._found()
        return said

    def _listed_by_setuptools(self) -> list[str] | None:
        """From top_level.txt; None where there is none."""
        found = [(TOP_LEVEL.fullmatch(path), text) for path, text in self.top_level.items()]
        own = [
            (match[1] or "", text.split())
            for match, text in found
            if match and canonicalize_name(match[2]) == self.project
        ]
        if not own:
            return None
        return [
            f"{base}/{name}" if base else name
            for base, names in own
            for name in names
            if self._is_named(name) or not _NOT_INSTALLED.fullmatch(name)
        ]

    def _found(self) -> list[str]:
        """The package of the project's own name, else all that are not for developing."""
        named = [root for root in self.packages if self._is_named(root)]
        return named or [
            root
            for root in self.packages
            if not any(_NOT_INSTALLED.fullmatch(part) for part in root.split("/"))
            and "/" not in _below_base(root)
        ]

    def _is_named(self, root: str) -> bool:
        return canonicalize_name(_below_base(root).replace("/", ".")) == self.project


def _below_base(root: str) -> str:
    base, slash, rest = root.partition("/")
    return rest if slash and base in _BASES else root


def _plain(path: str) -> str:
    """A folder of the archive as paths in it begin; empty for the archive's own."""
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def is_within(path: str, root: str) -> bool:
    """Whether a Python file is a module, or in a package, of this path (without ``.py``)."""
    return path == f"{root}.py" or path.startswith(f"{root}/")


def _configured(pyproject: Mapping[str, Any]) -> Iterator[str]:
    """The paths that the configuration of a backend names, without ``.py``."""
    for name, listed in _LISTED.items():
        for path in listed(at(pyproject, "tool", name)):
            yield _plain(path)


def _of_setuptools(table: Any) -> Iterator[str]:
    folder = at(table, "package-dir", "")
    for base in (folder,) if isinstance(folder, str) else ("", "src"):
        for key in ("packages", "py-modules"):
            for name in strings(at(table, key)):
                yield f"{base}/{name.replace('.', '/')}"


def _of_poetry(table: Any) -> Iterator[str]:
    listed = at(table, "packages")
    for each in listed if isinstance(listed, list) else ():
        if isinstance(at(each, "include"), str):
            name = re.sub(r"(/\*+)+(\.py)?$|\.py$", "", each["include"])
            yield f"{at(each, 'from') or ''}/{name}"


def _of_module(module: Any) -> Iterator[str]:
    """A module that lies in any of the usual folders."""
    for base in ("", *_BASES) if isinstance(module, str) else ():
        yield f"{base}/{module.replace('.', '/')}"


#: Table of ``[tool]`` → the packages and modules that it lists, as paths in the archive. To add a
#: backend that is configured so, add it here, and a row to
#: ``tests/pypi/archives/test_installed.py``.
_LISTED: Mapping[str, Callable[[Any], Iterable[str]]] = {
    "setuptools": _of_setuptools,
    "hatch": lambda table: strings(at(table, "build", "targets", "wheel", "packages")),
    "scikit-build": lambda table: strings(at(table, "wheel", "packages")),
    "poetry": _of_poetry,
    "flit": lambda table: _of_module(at(table, "module", "name")),
    "uv": lambda table: _of_module(at(table, "build-backend", "module-name")),
}

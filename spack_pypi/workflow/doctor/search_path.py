"""Where one Python looks for modules, and what it finds there first."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path

from ...files import open_to_read
from ...host.port import InstalledPackage, Runtime
from ...prefixes.distributions import Distribution
from ...prefixes.site_files import added_folders, virtual_environment
from .distributions import COMPILED, by_project

#: A package in ``__init__.py`` of which more is found in other folders.
_EXTENDED = re.compile(rb"extend_path|declare_namespace")
#: How much of an ``__init__.py`` is read to see that, bytes.
_BEGINNING = 1 << 16
_MINOR = re.compile(r"python(3\.\d+)t?")


def site_packages(prefix: Path) -> list[Path]:
    """The folders of modules in a prefix, of whichever Python."""
    return sorted({p.resolve() for p in prefix.glob("lib*/python*/site-packages") if p.is_dir()})


def minor_of(folder: Path) -> str:
    """The Python (``3.12``) that a folder of modules is for; empty where its path does not say."""
    found = _MINOR.fullmatch(folder.parent.name)
    return found[1] if found else ""


@dataclass(frozen=True)
class Python:
    """The Python that runs, as it is recorded (``3.11.7``)."""

    package: InstalledPackage

    @property
    def version(self) -> str:
        return self.package.version

    @property
    def minor(self) -> str:
        return ".".join(self.version.split(".")[:2])

    @cached_property
    def library(self) -> Path | None:
        """The folder of its standard library; None where there is none for this version. That of a
        virtual environment is where its ``pyvenv.cfg`` says (PEP 405)."""
        prefix = self.package.prefix
        home = (virtual_environment(prefix) or {}).get("home")
        for base in (prefix, *([Path(home).parent] if home else [])):
            for each in ("lib", "lib64"):
                folder = base / each / f"python{self.minor}"
                if os.path.isfile(folder / "os.py"):
                    return folder
        return None

    @cached_property
    def standard(self) -> frozenset[str]:
        """The modules that it has itself."""
        found = {*sys.builtin_module_names, "__main__", "_frozen_importlib", "_sysconfigdata"}
        if self.library is None:
            return frozenset(found | {*getattr(sys, "stdlib_module_names", ())})
        for folder in (self.library, self.library / "lib-dynload"):
            found |= {*modules_in(folder)}
        return frozenset(found)


class SearchPath:
    """The ``folders`` in which modules are looked for, in this order. ``own`` are those of what
    runs together, the others come from ``PYTHONPATH``."""

    def __init__(self, runtime: Runtime, python: Python, pythonpath: Sequence[str]) -> None:
        self.python = python
        inside = [folder for folder in _own(runtime) if minor_of(folder) in ("", python.minor)]
        named = [Path(os.path.realpath(each)) for each in pythonpath]
        # What will be loaded comes before what is there. A view is where its Python looks last.
        is_loaded = runtime.view is not None or not {*named}.isdisjoint(inside)
        order = [*named, *inside] if is_loaded else [*inside, *named]
        self.own = frozenset(inside)
        self.folders = list(dict.fromkeys(order))

    def having(self, module: str) -> list[Path]:
        """The folders that have a top-level module, first the one that is used."""
        return [folder for folder in self.folders if module in modules_in(folder)]

    def of(self, project: str) -> list[Distribution]:
        """What is installed of a project (PEP 503), first what is used."""
        return [found for folder in self.folders for found in by_project(folder).get(project, ())]

    def has(self, module: str) -> bool:
        """Whether a module can be found: its top level, and below that where a package is spread
        over several folders."""
        parts = module.split(".")
        if parts[0] in self.python.standard:
            return True
        folders = self.having(parts[0])
        for number, part in enumerate(parts[1:], 1):
            inside = [folder.joinpath(*parts[:number]) for folder in folders]
            if not inside or not all(map(is_namespace, inside)):
                break
            folders = [f for f, at in zip(folders, inside) if part in modules_in(at)]
        return bool(folders)


def _own(runtime: Runtime) -> Iterator[Path]:
    """The folders of what runs together: what Spack installed first, as it puts them."""
    if runtime.view is not None:
        yield from site_packages(runtime.view)
    for external in (False, True):
        for package in runtime.packages:
            if package.external is external and (external or runtime.view is None):
                yield from site_packages(package.prefix)


@cache
def modules_in(folder: Path) -> frozenset[str]:
    """The modules and packages in a folder, those that its ``.pth`` files add too."""
    found = _modules_in(folder)
    if folder.name.endswith("-packages"):
        for added, _ in added_folders(folder):
            found |= _modules_in(added)
    return found


def _modules_in(folder: Path) -> frozenset[str]:
    try:
        inside = list(folder.iterdir())
    except OSError:
        return frozenset()
    found = set()
    for path in inside:
        if path.is_symlink() and not path.exists():
            continue  # what a view linked is gone
        compiled = COMPILED.fullmatch(path.name)
        if compiled:
            found.add(compiled["module"])
        elif path.suffix in (".py", ".pyc"):
            found.add(path.stem)
        elif path.name.isidentifier() and path.name != "__pycache__" and path.is_dir():
            found.add(path.name)
    return frozenset(found)


@lru_cache(maxsize=1 << 14)
def is_namespace(package: Path) -> bool:
    """Whether a package may be spread over several folders (PEP 420, pkgutil, pkg_resources)."""
    beginning = package / "__init__.py"
    try:
        with open_to_read(beginning) as stream:
            return _EXTENDED.search(stream.read(_BEGINNING)) is not None
    except FileNotFoundError:
        return package.is_dir() and not any(package.glob("__init__.*"))
    except OSError:
        return False

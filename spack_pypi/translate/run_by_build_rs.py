"""Programs that the build.rs of a crate runs and cannot do without: what Spack has is a need, with
a comment where it is run under a condition; what it has not is a hint that a recipe mentions."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from posixpath import dirname, join

from ..pypi.model import BUILD_RS, RUN_ALWAYS, Source
from ..recipe.model import BUILD, Dependency
from .build_programs import PACKAGES
from .compiled_crates import CompiledCrates
from .known_needs import KnownNeed
from .native import Hint

#: What is there wherever Rust is used to build a Python package, or on any machine.
_THERE = {"cargo", "cc", "gcc", "python", "python3", "rustc", "sh", "bash"}


def needed_by_build_rs(source: Source, tools: Collection[str]) -> tuple[KnownNeed, ...]:
    """The packages of Spack with these programs, besides the ``tools``, each once."""
    found: dict[str, KnownNeed] = {}
    for name, where, certain in _programs(source, tools):
        package = PACKAGES.get(name)
        if package is not None and package not in tools:
            comment = "" if certain else f"{where} may need {name}"
            line = Dependency(package, types=BUILD)
            need = KnownNeed(line, f"{where} runs {name}", in_table=False, comment=comment)
            found.setdefault(package, need)
    return tuple(found.values())


def unknown_to_spack(source: Source, tools: Collection[str]) -> tuple[Hint, ...]:
    """The others."""
    found: dict[str, Hint] = {}
    for name, where, _ in _programs(source, tools):
        if name not in PACKAGES and name not in _THERE:
            file, _, line = where.partition(":")
            found.setdefault(name, Hint(name, file, int(line), f"needs {name}", firm=True))
    return tuple(found.values())


def _programs(source: Source, tools: Collection[str]) -> Iterator[tuple[str, str, bool]]:
    """The programs of the crates that are built, where (``build.rs:3``) they are run, and whether
    they are in any case."""
    if "rust" not in tools:
        return
    for manifest in CompiledCrates(source).manifests:
        path = join(dirname(manifest), BUILD_RS)
        for line in source.build_files.get(path, "").splitlines():
            name, number, how = line.split(" ")
            yield name, f"{path}:{number}", how == RUN_ALWAYS

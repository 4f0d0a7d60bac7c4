"""What Spack's classes and settings know of a spec that its solver cannot satisfy; and which
errors say nothing about recipes."""

from __future__ import annotations

import urllib.error
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import spack.config
import spack.error
import spack.repo
import spack.spec
import spack.util.lock
import spack.util.web

from ...errors import HostError
from .. import repo_folder
from ..port import DeclaredDependency
from .archives import ArchiveNames
from .duplicates import may_be_twice
from .internals import has_no_solver
from .meaning import SpackMeaning, load
from .unsatisfiable import Known

#: Enough of Spack's explanation to act on; the whole of it fills a screen.
_REASON_LINES = 4
#: What may go wrong around recipes, whatever they say: the network, the disk, the configuration.
_AROUND = (
    urllib.error.URLError,
    ConnectionError,
    TimeoutError,
    MemoryError,
    spack.error.FetchError,
    spack.error.ConfigError,
    spack.error.CompilerError,
    spack.util.lock.LockError,
    spack.util.web.SpackWebError,
)


def environmental(error: BaseException | None) -> bool:
    """Whether an error, or one that led to it, is about the machine and not about recipes."""
    while error is not None:
        if isinstance(error, _AROUND):
            return True
        if isinstance(error, ImportError) and _is_missing(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _is_missing(error: ImportError) -> bool:
    """Whether the solver is missing, or the repo that has all build systems."""
    if has_no_solver(error):
        return True
    namespaces = {repo.namespace for repo in spack.repo.PATH.repos}
    return (error.name or "").startswith("spack_repo.builtin") and "builtin" not in namespaces


def raise_if_environmental(error: BaseException, what: str) -> None:
    """No recipe can be blamed for what is wrong around it."""
    if environmental(error):
        raise HostError(f"Spack: {what}: {in_short(error)}") from None


def message_of(error: BaseException) -> str:
    """What an error says."""
    return str(getattr(error, "message", None) or str(error) or type(error).__name__)


def in_short(error: BaseException) -> str:
    """The first lines of what an error says, as one."""
    lines = [line.strip() for line in message_of(error).splitlines() if line.strip()]
    return " ".join(lines[:_REASON_LINES])


class SpackRecipes:
    """A `Recipes` of the registered repos; ``deprecated``: the solver may take deprecated
    versions."""

    def __init__(self, deprecated: bool) -> None:
        self._deprecated = deprecated

    def known(self, spec: str) -> Known | None:
        try:
            requested = spack.spec.Spec(spec)
            cls = load(requested.name)
        except Exception:
            # Any exception: of a message's words, or of a recipe.
            return None
        if not cls.versions:
            return None
        externals = _externals(requested.name)
        usable, deprecated = self._usable(requested.name, cls)
        return Known(
            fitting=tuple(str(v) for v in usable if v.satisfies(requested.versions)),
            deprecated=tuple(str(v) for v in deprecated if v.satisfies(requested.versions)),
            others=tuple(str(v) for v in usable if not v.satisfies(requested.versions)),
            externals=None if externals is None else tuple(externals),
            namespace="" if repo_folder.is_staged(cls.namespace) else cls.namespace,
        )

    def excludes(self, spec: str, version: str, others: Sequence[str]) -> str:
        """See `Recipes.excludes`: by what its recipe says of this version, and those of the others
        of their newest. A graph may hold several versions of a tool that is only for building."""
        package = spack.spec.Spec(spec).name
        rivals = [(name, line) for name in others for line in self._lines(name, None)]
        for name, rival in rivals:
            if rival.package == package and not rival.accepts(version) and _shared(rival):
                return f"{name} needs {rival.text}"
        for line in self._lines(package, version):
            here = [str(v) for v in self._usable(line.package)[0]]
            accepted = [v for v in here if line.accepts(v)]
            needs = f"{package}@{version} needs {line.text}"
            if here and not accepted:
                return f"{needs}, which no available version satisfies (newest: {here[0]})"
            for name, rival in rivals if _shared(line) else ():
                exclude = rival.package == line.package and not any(map(rival.accepts, accepted))
                if exclude and any(map(rival.accepts, here)):
                    return f"{needs}, and {name} needs {rival.text}"
        return ""

    def _lines(self, package: str, version: str | None) -> Iterator[DeclaredDependency]:
        """What a version of a package, or its newest one, needs in any case."""
        try:
            cls = load(package)
            meaning = SpackMeaning(package, cls, ArchiveNames())
        except Exception:
            # Any exception: a recipe is a program.
            return
        newest = version or next((str(v) for v in self._usable(package, cls)[0]), "")
        for line in meaning.lines if newest else ():
            always = not line.opaque and "^" not in line.when and "platform=" not in line.when
            if always and line.types and line.applies(newest, meaning.variants):
                yield line

    def _usable(self, package: str, cls: Any = None) -> tuple[list[Any], list[Any]]:
        """The versions of a package that the solver may take, newest first, and those that it may
        not because they are deprecated; nothing where it is not known."""
        externals = _externals(package)
        if externals is not None:
            specs = [spack.spec.Spec(each) for each in externals]
            versions = [spec.versions.concrete_range_as_version for spec in specs]
            return sorted(filter(None, versions), reverse=True), []
        try:
            declared: Mapping[Any, Any] = (cls or load(package)).versions
        except Exception:
            # Any exception: a virtual package has no recipe, others are programs.
            return [], []
        spared = {v for v, options in declared.items() if options.get("deprecated")}
        spared = set() if self._deprecated else spared
        return sorted({*declared} - spared, reverse=True), sorted(spared, reverse=True)


def _shared(line: DeclaredDependency) -> bool:
    """Whether all in a graph that need the package must agree on its version."""
    if {"run", "link"} & {*line.types}:
        return True
    try:
        return not may_be_twice(getattr(load(line.package), "tags", ()))
    except Exception:
        # Any exception: a virtual package has no recipe, others are programs.
        return False


def _externals(package: str) -> list[str] | None:
    """The specs of the externals of a package that may not be built; None for any other."""
    everywhere = spack.config.get("packages:all:buildable", True)
    settings = spack.config.get(f"packages:{package}", {})
    if settings.get("buildable", everywhere):
        return None
    return [str(external["spec"]) for external in settings.get("externals", ())]

"""Look at what runs together, and say what does not fit."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

from ...diagnostics import Diagnostic, Severity
from ...errors import UsageError, some_of
from ...host.port import Host, InstalledPackage, Runtime
from ...prefixes.distributions import Distribution
from ...translate.modules import provider
from ..installed_requirements import is_requirement
from ..requirement_files.marker_environment import MarkerEnvironment, here, named
from .distributions import (
    TESTS,
    commands_of,
    distributions,
    files_of,
    gone,
    modules_of,
    said_gone,
)
from .findings import finding, reinstalled
from .folders import below
from .imports import lacking
from .libraries import Libraries, not_found
from .providers import hidden
from .pythons import for_another, without_library
from .requirements import mended, unmet
from .search_path import Python, SearchPath, modules_in, site_packages

#: Of how many external packages a warning names each one.
_MOST_NAMED = 10


@dataclass(frozen=True)
class Examined:
    """A runtime, the Python packages of it that were looked at, and what was found."""

    runtime: Runtime
    packages: tuple[InstalledPackage, ...]
    diagnostics: tuple[Diagnostic, ...]


def examine(host: Host, runtime: Runtime, variables: Mapping[str, str]) -> Examined:
    """Look at a runtime with these environment variables."""
    found = [_not_installed(runtime, label) for label in runtime.lacking]
    if runtime.python is None:
        return Examined(runtime, (), tuple(found))
    python = Python(runtime.python)
    path = SearchPath(runtime, python, _folders(variables, "PYTHONPATH"))
    libraries = Libraries(host.store, runtime.packages, _folders(variables, "LD_LIBRARY_PATH"))
    looked_at = []
    gone = list(without_library(python))
    if gone:
        # All else would be said of a Python that is not there.
        return Examined(runtime, (python.package,), (*found, *gone))
    examiner = _Examiner(host, runtime, path, libraries, _environment(python))
    for package in runtime.packages:
        own = list(examiner.distributions_of(package))
        if own or not package.external and host.repos.project_of(package.name):
            looked_at.append(package)
            found += examiner.examine(package, own)
    found += _only_when_active(runtime, looked_at)
    return Examined(runtime, tuple(looked_at), tuple(dict.fromkeys(found)))


def _folders(variables: Mapping[str, str], name: str) -> Sequence[str]:
    return [each for each in variables.get(name, "").split(os.pathsep) if each]


def _environment(python: Python) -> MarkerEnvironment:
    try:
        return named(python.version)
    except UsageError:
        return here()


class _Examiner:
    def __init__(
        self,
        host: Host,
        runtime: Runtime,
        path: SearchPath,
        libraries: Libraries,
        environment: MarkerEnvironment,
    ) -> None:
        self._host, self._runtime, self._path = host, runtime, path
        self._libraries, self._environment = libraries, environment
        self._by_project = {host.repos.project_of(p.name): p for p in runtime.packages}

    def distributions_of(self, package: InstalledPackage) -> Iterator[Distribution]:
        """Those that belong to a package: of an external one, whose prefix has others too, the
        one of its project."""
        project = self._host.repos.project_of(package.name) if package.external else None
        for folder in site_packages(package.prefix):
            for each in distributions(folder):
                if not package.external or each.project == project:
                    yield each

    def examine(
        self, package: InstalledPackage, own: Sequence[Distribution]
    ) -> Iterator[Diagnostic]:
        folders = site_packages(package.prefix)
        if not own and not package.external and not any(map(modules_in, folders)):
            text = f"nothing of it is in {package.prefix}"
            yield finding("missing-files", package, text, reinstalled(package))
            return
        for text in _not_examined(package, own, folders):
            yield finding("not-examined", package, text, reinstalled(package))
        for each in own:
            yield from _gone(package, each)
            yield from _other_version(package, each)
            yield from hidden(
                package, each, self._in_view(each), self._path, self._runtime.packages
            )
            yield from unmet(
                self._host,
                package,
                each,
                self._path,
                self._by_project,
                self._environment,
            )
        compiled = list(_compiled(package, own, folders))
        yield from for_another(package, folders, compiled, self._path.python)
        yield from not_found(package, compiled, self._libraries, self._runtime.packages)
        if not package.external:
            for folder in folders:
                yield from self._imports(package, folder, own)

    def _in_view(self, distribution: Distribution) -> Path:
        """The folder of the path in which a distribution is."""
        view = self._runtime.view
        if view is None or distribution.folder in self._path.folders:
            return distribution.folder
        linked = [f for f in site_packages(view) if (f / distribution.path.name).exists()]
        return linked[0] if linked else distribution.folder

    def _imports(
        self, package: InstalledPackage, folder: Path, own: Sequence[Distribution]
    ) -> Iterator[Diagnostic]:
        here = [each for each in own if each.folder == folder]
        modules = {module for each in here for module in modules_of(each)}
        if not modules:
            modules = {name for name in modules_in(folder) if not TESTS.fullmatch(name)}
        commands = [module for each in here for module in commands_of(each)]
        for each in lacking(folder, [*sorted(modules), *commands], self._path):
            project = provider(each.module)
            at = f"{each.file.relative_to(folder)}, line {each.line}"
            text = f"{at}, imports {each.module}, and nothing that is installed with it has that"
            mend = mended(self._host, package, project, project, self._environment)
            recorded = self._by_project.get(project)
            if recorded is not None and not recorded.external:
                mend = reinstalled(recorded)
            yield finding("missing-module", package, text, mend, each.module)


def _not_examined(
    package: InstalledPackage, own: Sequence[Distribution], folders: Sequence[Path]
) -> Iterator[str]:
    """Why something of a package is not known, or not all of it."""
    for each in own:
        if each.problem:
            yield f"{each.path}: {each.problem}"
        for name in each.unread:
            yield f"{each.path / name} cannot be read: it is too long, or no file"
        unclear = [text for text in each.requires if not is_requirement(text)]
        if unclear:
            others = f", and {len(unclear) - 1} more" if unclear[1:] else ""
            text = f"{each.path}: it requires '{unclear[0][:80]}', which is not a requirement"
            yield f"{text}{others}"
    for folder in folders if not package.external else ():
        found = below(folder)
        if found.is_too_large:
            yield f"{folder} has more files than any project, and not all were looked at"
        if found.no_files:
            others = f", and so are {len(found.no_files) - 1} more" if found.no_files[1:] else ""
            yield f"{found.no_files[0]} is a pipe or a device{others}: importing it may never end"


def _gone(package: InstalledPackage, distribution: Distribution) -> Iterator[Diagnostic]:
    """Files that were installed and are not there any more."""
    lost = gone(distribution)
    if lost:
        text = said_gone(lost, distribution.folder)
        yield finding("missing-files", package, text, reinstalled(package), lost[0])


def _other_version(package: InstalledPackage, distribution: Distribution) -> Iterator[Diagnostic]:
    """Whether an external package is another version now than what is recorded of it."""
    if not package.external:
        return
    try:
        if Version(package.version) == Version(distribution.version):
            return
    except InvalidVersion:
        return
    text = f"is {distribution.project} {distribution.version} in {package.prefix}"
    mend = f"correct {package.name} in packages.yaml, then install what depends on it again"
    yield finding("other-version", package, text, mend, distribution.project)


def _compiled(
    package: InstalledPackage, own: Sequence[Distribution], folders: Sequence[Path]
) -> Iterator[Path]:
    """The compiled files of a package: of an external one those that its list has."""
    if not package.external:
        for folder in folders:
            yield from below(folder).compiled
        return
    for each in own:
        for path in files_of(each):
            file = each.folder / path
            if ".so" in file.name and os.path.isfile(file):
                yield file


def _not_installed(runtime: Runtime, label: str) -> Diagnostic:
    name, _, rest = label.partition("@")
    version, _, key = rest.partition("/")
    package = InstalledPackage(name, version, key, Path())
    text = f"is not installed, and the environment {runtime.environment} has it"
    mend = f"spack -e {runtime.environment} install"
    return finding("missing-files", package, text, mend)


def _only_when_active(
    runtime: Runtime, packages: Sequence[InstalledPackage]
) -> Iterator[Diagnostic]:
    """External packages are in no view."""
    external = [package for package in packages if package.external]
    if runtime.view is None or not external:
        return
    names = some_of([each.name for each in external[1:]], _MOST_NAMED)
    others = f", and so are {names}" if names else ""
    text = (
        f"is external{others}: nothing of that is in {runtime.view}, whose Python finds it only "
        "while the environment is active"
    )
    mend = f"spack env activate {runtime.environment}"
    yield finding("not-in-view", external[0], text, mend, severity=Severity.WARNING)

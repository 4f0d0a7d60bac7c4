"""Install a spec to verify it: fill a mirror by hash, let the host install, report on that."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from packaging.utils import canonicalize_name

from ...diagnostics import Diagnostic, error
from ...errors import FileFailure
from ...host.port import Archive, Host, Installed, Staging
from ...pypi.model import Index
from ...session import Phase, Session
from .by_hash import with_hash
from .causes import Cause, cause_of_failure, missing_module

#: Top-level modules that some projects install along with their own.
_TESTS = re.compile(r"test|\w*tests|\w+_test")
#: Lines of a build log that are shown.
_SHOWN = 30
_SUFFIXES = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip", ".whl")


@dataclass(frozen=True)
class InstallReport:
    """The result of installing a spec. ``cause`` is the likely cause of a failure. ``broken`` are
    the top-level modules, other than tests, that cannot be imported, ``partly`` the others, module
    to reason. ``complaints`` are those of pip check about recipes that are written, ``others``
    about other packages."""

    installed: Installed
    cause: Cause | None = None
    broken: Mapping[str, str] = field(default_factory=dict)
    partly: Mapping[str, str] = field(default_factory=dict)
    complaints: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def errors(self) -> list[Diagnostic]:
        """Why the recipes are not written; none where all is well."""
        failure = self.installed.failure
        if failure is not None:
            likely = f"; likely because {self.cause.text}" if self.cause else ""
            log = f" (the whole log: {failure.log})" if failure.log else ""
            end = "".join(f"\n{line}" for line in failure.tail.splitlines()[-_SHOWN:])
            texts = [f"{failure.package} fails to {failure.phase}{likely}{log}{end}"]
        else:
            texts = [f"import {name}: {reason}" for name, reason in self.broken.items()]
            texts += [f"pip check: {line}" for line in self.complaints]
        return [error("install-failed", self.installed.spec, text) for text in texts]


def install(
    session: Session, host: Host, staging: Staging, spec: str, projects: Mapping[str, str]
) -> InstallReport:
    """Install a spec with all it needs, from archives of the index. ``projects`` maps the packages
    that are not yet in a repo to their projects. Raises `IndexFailure`."""

    def fill(archives: Sequence[Archive], mirror: Path) -> None:
        session.progress(Phase.FETCH, f"{len(archives)} archives")
        fetched = [
            session.submit(_fetch, session.index, archive, owner(archive), mirror)
            for archive in archives
        ]
        for each in fetched:
            each.result()
        session.progress(Phase.INSTALL, spec)

    def owner(archive: Archive) -> str | None:
        return projects.get(archive.package) or host.repos.project_of(archive.package)

    installed = host.installer.install(staging, spec, fill)
    broken: dict[str, str] = {}
    partly: dict[str, str] = {}
    for module, reason in installed.not_imported.items():
        inside = "." in module or _TESTS.fullmatch(module)
        (partly if inside else broken)[module] = reason
    cause = cause_of_failure(installed.failure) if installed.failure else None
    if cause is None and broken:
        cause = missing_module(next(iter(broken.values())))
    ours = {canonicalize_name(project) for project in projects.values()}
    complaints = tuple(
        line for line in installed.pip_check if canonicalize_name(line.split()[0]) in ours
    )
    others = tuple(line for line in installed.pip_check if line not in complaints)
    return InstallReport(installed, cause, broken, partly, complaints, others)


def _fetch(index: Index, archive: Archive, project: str | None, mirror: Path) -> None:
    """Put an archive where Spack looks for it by its hash, if the index has it."""
    folder = mirror / "_source-cache" / "archive" / archive.sha256[:2]
    if any(folder.glob(f"{archive.sha256}.*")) or project is None:
        return
    file = with_hash(index, project, archive.sha256)
    if file is None:
        return
    suffix = next((s for s in _SUFFIXES if file.name.endswith(s)), Path(file.name).suffix)
    folder.mkdir(parents=True, exist_ok=True)
    with suppress(FileFailure):  # Spack asks for it itself, and says what is wrong
        index.download(project, file, folder / (archive.sha256 + suffix))

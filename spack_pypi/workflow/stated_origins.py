"""Where recipes say that their projects are from: a repository, or another index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Callable

from packaging.version import Version

from ..errors import SpackPyPIError
from ..host.port import DeclaredVersion, Host, Meaning
from ..pypi.branches import KNOWN, version_of
from ..pypi.model import GitReference, Index
from ..pypi.own.backend import Backends
from ..pypi.own.git_repository import Repository
from ..pypi.own.own_git import OwnRepository, stated
from ..pypi.own.stated_index import StatedIndex
from ..translate.elsewhere import listed_elsewhere
from ..translate.spelling import meant


@dataclass
class StatedOrigins:
    """Looks at recipes and adds their projects to an ``index``, with ``open_repository`` and
    ``open_index``, which get an address. Those that the user named by their place are from there:
    ``named`` are their projects, by package. ``backends`` are asked for
    what a repository does not say; if that is None, they are not."""

    host: Host
    open_repository: Callable[[str], Repository]
    open_index: Callable[[str], Index]
    named: Mapping[str, str] = field(default_factory=dict)
    backends: Backends | None = None
    index: StatedIndex = field(default_factory=StatedIndex)

    def project_of(self, package: str) -> str | None:
        """The project of a package, which from now on comes from where its recipe says; None for
        none that is known."""
        if package in self.named:
            return self.named[package]
        project = self.host.repos.project_of(package)
        try:
            existing = self.host.repos.package(package)
            if existing is None:
                return project
            if existing.from_git:
                return self._in_repository(package, project, existing.from_index)
            self._on_index(package, project)
        except SpackPyPIError as failure:
            if project is not None:
                self.index.add(project, partial(_raise, failure))
        return project

    def _in_repository(self, package: str, project: str | None, is_plain: bool) -> str | None:
        """The project of a package that is built from its repository, which knows what it is
        called. Only of one that ``is_plain`` is the folder in which it is built that of the
        project; CMake makes another one."""
        meaning = self.host.evaluator.meaning(package)
        found = project or package.removeprefix("py-")
        if not meaning.repository:
            return project
        folder = meaning.folder if is_plain else ""
        self.index.add(found, partial(self._opened, found, meaning, folder))
        return found

    def _opened(self, project: str, meaning: Meaning, folder: str) -> OwnRepository:
        declared = {}
        for version in meaning.versions:
            number = _number(version)
            if number is not None and version.git is not None:
                said = version.git
                declared[number] = GitReference(said.commit, said.tag, said.branch)
        repository = self.open_repository(meaning.repository)
        return stated(repository, project, folder, declared, self.backends)

    def _on_index(self, package: str, project: str | None) -> None:
        own = self.host.index_url() or ""
        text = "".join(self.host.repos.recipe_texts(package)[:1])
        listed = listed_elsewhere(text, project, own, own) if project else ""
        if project and listed:
            self.index.add(project, partial(self.open_index, listed[: -len(project)]))


def _raise(failure: SpackPyPIError) -> Index:
    raise failure


def _number(version: DeclaredVersion) -> Version | None:
    return version_of(version.text) if version.text in KNOWN else meant(version.text)

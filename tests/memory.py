"""The two ports in memory: an index that is a table, a host that knows a few packages."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Callable

from spack_pypi.host import names
from spack_pypi.host.port import (
    Archive,
    Installed,
    Meaning,
    Needed,
    Package,
    Problem,
    Staging,
    Target,
)
from spack_pypi.pypi.branches import KNOWN
from spack_pypi.translate import spack_order
from tests.memory_externals import MemoryExternals
from tests.memory_index import MemoryIndex as MemoryIndex
from tests.memory_meaning import Plain as Plain
from tests.memory_meaning import meaning_of
from tests.memory_solver import MemorySolver
from tests.memory_sources import MemorySources
from tests.memory_store import MemoryStore

_REVIEWED = names.reviewed()


class MemoryRepos:
    """The `Repos` of a `MemoryHost`."""

    def __init__(self, host: MemoryHost) -> None:
        self._host = host

    def package_for(self, project: str) -> Package | None:
        return self._host.packages.get(project)

    def numbers(self, project: str) -> int:
        return _REVIEWED[project].numbers if project in _REVIEWED else 0

    def built_from(self, project: str) -> str:
        return _REVIEWED[project].built_from if project in _REVIEWED else ""

    def map(self, project: str, spec: str) -> None:
        if spec:
            self._host.packages[project] = Package(spec, "site", ("1.0",), ())
        else:
            self._host.packages.pop(project, None)

    def package(self, name: str) -> Package | None:
        known = next((p for p in self._host.packages.values() if p.name == name), None)
        if name not in self._host.staged:
            return known
        meaning = meaning_of(name, tuple(self._host.current_texts(name)))
        texts = {version.text for version in meaning.versions}
        versions = tuple(sorted(texts, key=spack_order.key, reverse=True))
        if known is not None:
            return replace(known, versions=versions)
        return Package(name, "site", versions, tuple(meaning.variants))

    def has(self, name: str) -> bool:
        return self.package(name) is not None

    def provider(self, name: str) -> str:
        return names.providers().get(name, name)

    def project_of(self, package: str) -> str | None:
        return next((p for p, found in self._host.packages.items() if found.name == package), None)

    def recipes_in(self, target: Target) -> Mapping[str, Path]:
        return {package: self.recipe_path(target, package) for package in self._host.texts}

    def recipe_file(self, name: str) -> Path:
        return Path("repo") / name / "package.py"

    def recipe_texts(self, name: str) -> Sequence[str]:
        parent = self._host.inherited.get(name)
        return [self._host.texts[name], *([parent] if parent else [])]

    def packages_in(self, namespace: str | None, repo: str | None) -> Sequence[str]:
        return sorted(self._host.meanings)

    def unreadable_in(self, namespace: str | None, repo: str | None) -> Sequence[str]:
        return ()

    def new_package_name(self, project: str) -> str:
        taken = any(package.name == f"py-{project}" for package in self._host.packages.values())
        return f"py-{project}-pypi" if taken else f"py-{project}"

    def projects(self) -> Sequence[str]:
        return sorted(self._host.packages)

    def python_versions(self) -> Sequence[str]:
        return ("3.14.0", "3.13.8", "3.12.12", "3.11.14", "3.10.19", "3.9.24")

    def usable_pythons(self) -> Sequence[str]:
        return self._host.external_pythons or self.python_versions()

    def target(self, repo: str | None, namespace: str | None, write: bool) -> Target:
        return Target(Path("repo"), "site")

    def recipe_path(self, target: Target, package: str) -> Path:
        return target.root / package / "package.py"


class MemoryEvaluator:
    """The `Evaluator` of a `MemoryHost`."""

    def __init__(self, host: MemoryHost) -> None:
        self._host = host

    def archive(self, package: str, version: str) -> str:
        return ""

    def address_from(self, url: str, version: str) -> str:
        """The version of the address is that of its file; nothing else in it is one."""
        return re.sub(r"-[0-9][0-9.]*(?=\.tar\.gz$|-[\w.-]+\.whl$)", f"-{version}", url)

    def archive_from(self, pypi: str, version: str) -> str:
        return re.sub(r"-[^-]*?(\.tar\.gz)$", rf"-{version}\1", pypi.rpartition("/")[2])

    def meaning(self, package: str) -> Meaning:
        if package in self._host.meanings:
            return self._host.meanings[package]
        texts = [text for text in self._host.current_texts(package) if text]
        return meaning_of(package, tuple(texts)) if texts else Plain(package)


class MemoryStaging:
    """Takes every recipe but those whose package the host rejects."""

    def __init__(self, host: MemoryHost, target: Target, recipes: Mapping[str, str]) -> None:
        self.target, self.folders = target, dict.fromkeys(recipes, target.root)
        self._host, self._recipes = host, recipes

    def __enter__(self) -> MemoryStaging:
        self._host.staged = dict(self._recipes)
        return self

    def __exit__(self, *exc: object) -> None:
        self._host.staged = {}

    def load(self) -> Sequence[Problem]:
        return [Problem(p, "is rejected") for p in self._recipes if p in self._host.rejects]

    def begin_audit(self) -> None:
        pass

    def forget_loaded(self) -> None:
        pass

    def audit(self) -> Sequence[Problem]:
        return []

    def commit(self, packages: Sequence[str] | None = None) -> None:
        moved = self._recipes if packages is None else packages
        self._host.written.update((package, self._recipes[package]) for package in moved)


class MemoryWriter:
    """The `Writer` of a `MemoryHost`."""

    def __init__(self, host: MemoryHost) -> None:
        self._host = host

    @property
    def written(self) -> Sequence[str]:
        return list(self._host.written)

    def stage(self, target: Target, recipes: Mapping[str, str]) -> MemoryStaging:
        return MemoryStaging(self._host, target, recipes)

    def edit(self, paths: Sequence[Path]) -> None:
        raise AssertionError("nobody is there to edit")


class MemoryInstaller:
    """The `Installer` of a `MemoryHost`: what comes of it is what the host has."""

    def __init__(self, host: MemoryHost) -> None:
        self._host = host

    def install(
        self, staging: Staging, spec: str, fill: Callable[[Sequence[Archive], Path], None]
    ) -> Installed:
        with tempfile.TemporaryDirectory() as folder:
            fill(self._host.wanted, Path(folder))
            root = Path(folder) / "_source-cache" / "archive"
            self._host.fetched += sorted(
                str(file.relative_to(root)) for file in root.rglob("*") if file.is_file()
            )
        return self._host.installed.pop(0)


@dataclass
class MemoryHost:
    """A host with the given packages: project name to package."""

    packages: dict[str, Package] = field(default_factory=dict)
    rejects: tuple[str, ...] = ()
    meanings: dict[str, Meaning] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    name: str = "a Spack in memory"
    command: str = "spack"
    checks: bool = True
    cache: Path = Path("unused")
    written: dict[str, str] = field(default_factory=dict)
    concretized: list[str] = field(default_factory=list)
    unsatisfiable: dict[str, str] = field(default_factory=dict)
    graphs: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    #: Pairs of specs of which a graph can hold only one.
    exclusive: list[set[str]] = field(default_factory=list)
    external_pythons: tuple[str, ...] = ()
    installed: list[Installed] = field(default_factory=list)
    wanted: list[Archive] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    #: What installing specs needs, and the files of it that the host finds.
    needed: dict[str, Needed] = field(default_factory=dict)
    elsewhere: dict[str, bytes] = field(default_factory=dict)
    staged: dict[str, str] = field(default_factory=dict)
    #: What all that the host says rests on.
    basis_text: str | None = None
    #: Recipes of builtin that recipes of the site inherit, by package.
    inherited: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.repos, self.evaluator = MemoryRepos(self), MemoryEvaluator(self)
        self.writer, self.solver = MemoryWriter(self), MemorySolver(self)
        self.installer = MemoryInstaller(self)
        self.sources = MemorySources(self)
        self.store = MemoryStore()
        self.externals = MemoryExternals()

    def yaml(self, text: str) -> object:
        """JSON is YAML."""
        return json.loads(text)

    def has(
        self,
        project: str,
        *versions: str,
        variants: Sequence[str] = (),
        name: str = "",
        deprecated: Sequence[str] = (),
    ) -> None:
        package = name or f"py-{project}"
        self.packages[project] = Package(
            package, "builtin", versions, tuple(variants), deprecated=tuple(deprecated)
        )
        lines = [f'    version("{version}", sha256="0")' for version in versions]
        lines += [f'    version("{v}", sha256="0", deprecated=True)' for v in deprecated]
        self.texts[package] = "\n".join(["class Known(PythonPackage):", *lines, ""])

    def keep(self, project: str, package: str, text: str) -> None:
        """A recipe that was written is there from now on."""
        known = self.packages.get(project)
        if "(Builtin" in text:
            self.inherited.setdefault(package, self.texts[package])
        else:
            self.inherited.pop(package, None)
        self.texts[package] = text
        meaning = meaning_of(package, tuple(self.repos.recipe_texts(package)))
        texts = {version.text for version in meaning.versions}
        branches = texts & {*KNOWN}
        versions = tuple(sorted(texts - branches, key=spack_order.key, reverse=True))
        variants = known.variants if known else tuple(meaning.variants)
        self.packages[project] = Package(
            package,
            "site",
            versions,
            variants,
            variant_ranges=meaning.variant_ranges,
            from_git=bool(texts) and all(version.git for version in meaning.versions),
            branches=tuple(branches),
        )

    def current_texts(self, name: str) -> Sequence[str]:
        """What is staged, and what is there; an edited copy has all of that."""
        staged = self.staged.get(name)
        if staged is None:
            return self.repos.recipe_texts(name) if name in self.texts else []
        parent = self.inherited.get(name) or self.texts.get(name, "")
        return [staged, parent] if "(Builtin" in staged else [staged]

    def index_url(self) -> str | None:
        return "https://index.example/simple/"

    def packages_url(self) -> str | None:
        return "https://files.example/packages/"

    def basis(self) -> str | None:
        return self.basis_text

    def only(self, root: Path) -> MemoryHost:
        raise AssertionError("no test in memory sends recipes upstream")

    def spack_prefix(self) -> Path:
        raise AssertionError("no Spack lies anywhere")

    def close(self) -> None:
        pass

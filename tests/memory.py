"""The two ports in memory: an index that is a table, a host that knows a few packages."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Dict, FrozenSet, List, Mapping, Optional, Sequence, Set, Tuple

from packaging.utils import canonicalize_name
from packaging.version import Version

from spack_pypi.errors import IndexFailure, UnknownProject
from spack_pypi.host.port import (
    Archive,
    Cell,
    Concretized,
    DeclaredLine,
    DeclaredVersion,
    Meaning,
    Package,
    Problem,
    Target,
    Trial,
)
from spack_pypi.pypi.model import File, Metadata, Project, Release, Source


class MemoryIndex:
    """An index whose projects are added with `add`; counts what it is asked."""

    def __init__(self) -> None:
        self._projects: Dict[str, List[Release]] = {}
        self._metadata: Dict[Tuple[str, Version], Metadata] = {}
        self.reports: Dict[Tuple[str, str], Tuple[str, ...]] = {}
        self._sources: Dict[Tuple[str, Version], Source] = {}
        self.asked: List[str] = []
        #: Releases, by project and version, whose archives are damaged.
        self.unreadable: Set[Tuple[str, str]] = set()

    def add(
        self,
        name: str,
        version: str,
        *requires: str,
        python: str = "",
        extras: Sequence[str] = (),
        build: Sequence[str] = ("hatchling",),
        stem: Optional[str] = None,
        wheel_tag: str = "py3-none-any",
        sdist: bool = True,
        trusted: bool = True,
        yanked: Optional[str] = None,
    ) -> None:
        """Declare a release: an sdist and a wheel with these requirements."""
        project = canonicalize_name(name)
        number = Version(version)
        file_stem = stem or project.replace("-", "_")
        names = [f"{file_stem}-{version}.tar.gz"] if sdist else []
        names += [f"{file_stem}-{version}-{wheel_tag}.whl"] if wheel_tag else []
        files = tuple(
            File(
                name=file,
                url=f"https://files.example/{file}",
                version=number,
                is_wheel=file.endswith(".whl"),
                sha256=f"{abs(hash(file)):064x}"[-64:],
                requires_python=python,
                yanked=yanked,
            )
            for file in names
        )
        self._projects.setdefault(project, []).append(Release(project, number, files))
        self._metadata[project, number] = Metadata(
            project=project,
            version=version,
            summary=f"The {name} project",
            requires_python=python,
            requires_dist=tuple(requires) if trusted else None,
            provides_extra=tuple(extras),
            license_expression="MIT",
            problem="" if trusted else "its metadata is dynamic",
        )
        self._sources[project, number] = Source(
            pyproject={"build-system": {"requires": list(build), "build-backend": "backend"}}
        )

    def project(self, name: str) -> Project:
        project = canonicalize_name(name)
        self.asked.append(f"project {project}")
        if project not in self._projects:
            raise UnknownProject(project, "index.example")
        releases = sorted(self._projects[project], key=lambda r: r.version, reverse=True)
        return Project(project, tuple(releases))

    def metadata(self, release: Release) -> Metadata:
        self.asked.append(f"metadata {release.project} {release.version}")
        return self._metadata[release.project, release.version]

    def source(self, release: Release) -> Source:
        self.asked.append(f"source {release.project} {release.version}")
        if (release.project, str(release.version)) in self.unreadable:
            raise IndexFailure("https://files.example/x", "the archive cannot be read")
        return self._sources[release.project, release.version]

    def download(self, file: File, to: Path) -> None:
        self.asked.append(f"download {file.name}")
        to.write_bytes(file.name.encode())

    def vulnerabilities(self, release: Release) -> Tuple[str, ...]:
        return self.reports.get((release.project, str(release.version)), ())


@dataclass
class Plain:
    """A `Meaning`; without lines, that of a recipe that says nothing."""

    package: str = "py-x"
    namespace: str = "builtin"
    versions: Tuple[DeclaredVersion, ...] = ()
    variants: Mapping[str, bool] = field(default_factory=dict)
    lines: Sequence[DeclaredLine] = ()
    variant_ranges: Mapping[str, str] = field(default_factory=dict)

    def runs_in(self, version: str, variants: Mapping[str, bool], cell: Cell) -> bool:
        return True


class MemoryStaging:
    """Takes every recipe but those whose package the host rejects."""

    def __init__(self, host: "MemoryHost", recipes: Mapping[str, str]) -> None:
        self._host, self._recipes = host, recipes

    def __enter__(self) -> "MemoryStaging":
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    def load(self) -> Sequence[Problem]:
        return [Problem(p, "is rejected") for p in self._recipes if p in self._host.rejects]

    def audit(self) -> Sequence[Problem]:
        return []

    def concretize(self, specs: Sequence[str]) -> Concretized:
        asked = " ".join(specs)
        self._host.concretized.append(asked)
        return Concretized(
            self._host.graphs.get(asked, frozenset()), self._host.unsatisfiable.get(asked, "")
        )

    def install(self, spec: str, fill: Callable[[Sequence[Archive], Path], None]) -> Trial:
        with tempfile.TemporaryDirectory() as folder:
            fill(self._host.wanted, Path(folder))
            root = Path(folder) / "_source-cache" / "archive"
            self._host.fetched += sorted(
                str(file.relative_to(root)) for file in root.rglob("*") if file.is_file()
            )
        return self._host.trials.pop(0)

    def commit(self) -> Mapping[str, Path]:
        self._host.written.update(self._recipes)
        return {package: Path(package) for package in self._recipes}


@dataclass
class MemoryHost:
    """A host with the given packages: project name to package."""

    packages: Dict[str, Package] = field(default_factory=dict)
    rejects: Tuple[str, ...] = ()
    meanings: Dict[str, Meaning] = field(default_factory=dict)
    texts: Dict[str, str] = field(default_factory=dict)
    name: str = "a Spack in memory"
    command: str = "spack"
    checks: bool = True
    cache: Path = Path("unused")
    written: Dict[str, str] = field(default_factory=dict)
    concretized: List[str] = field(default_factory=list)
    unsatisfiable: Dict[str, str] = field(default_factory=dict)
    graphs: Dict[str, FrozenSet[Tuple[str, str]]] = field(default_factory=dict)
    externals: Tuple[str, ...] = ()
    trials: List[Trial] = field(default_factory=list)
    wanted: List[Archive] = field(default_factory=list)
    fetched: List[str] = field(default_factory=list)

    def has(
        self, project: str, *versions: str, variants: Sequence[str] = (), name: str = ""
    ) -> None:
        package = name or f"py-{project}"
        self.packages[project] = Package(package, "builtin", versions, tuple(variants))
        lines = [f'    version("{version}", sha256="0")' for version in versions]
        self.texts[package] = "\n".join(["class Known(PythonPackage):", *lines, ""])

    def index_url(self) -> Optional[str]:
        return "https://index.example/simple/"

    def map(self, project: str, spec: str) -> None:
        if spec:
            self.packages[project] = Package(spec, "site", ("1.0",), ())
        else:
            self.packages.pop(project, None)

    def package_for(self, project: str) -> Optional[Package]:
        return self.packages.get(project)

    def package(self, name: str) -> Optional[Package]:
        return next((p for p in self.packages.values() if p.name == name), None)

    def project_of(self, package: str) -> Optional[str]:
        return next((p for p, found in self.packages.items() if found.name == package), None)

    def recipe_texts(self, name: str) -> Sequence[str]:
        return [self.texts[name]]

    def archive(self, package: str, version: str) -> str:
        return ""

    def meaning(self, package: str) -> Meaning:
        return self.meanings.get(package) or Plain(package)

    def packages_in(self, namespace: Optional[str], repo: Optional[str]) -> Sequence[str]:
        return sorted(self.meanings)

    def new_package_name(self, project: str) -> str:
        return f"py-{project}"

    def projects(self) -> Sequence[str]:
        return sorted(self.packages)

    def python_versions(self) -> Sequence[str]:
        return ("3.14.0", "3.13.8", "3.12.12", "3.11.14", "3.10.19", "3.9.24")

    def usable_pythons(self) -> Sequence[str]:
        return self.externals or self.python_versions()

    def has_solver(self) -> bool:
        return True

    def target(self, repo: Optional[str], namespace: Optional[str], write: bool) -> Target:
        return Target(Path("repo"), "site")

    def recipe_path(self, target: Target, package: str) -> Path:
        return target.root / package / "package.py"

    def stage(self, target: Target, recipes: Mapping[str, str]) -> MemoryStaging:
        return MemoryStaging(self, recipes)

    def edit(self, paths: Sequence[Path]) -> None:
        raise AssertionError("nobody is there to edit")

    def close(self) -> None:
        pass

"""An index in memory: a table of releases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import Version

from spack_pypi.errors import FileFailure, UnknownProject
from spack_pypi.pypi.for_one_python import split, with_its_python
from spack_pypi.pypi.model import File, IndexOrigin, Metadata, Project, Publisher, Release, Source
from spack_pypi.pypi.project_files import setup_py


class MemoryIndex:
    """An index whose projects are added with `add`; counts what it is asked."""

    def __init__(self) -> None:
        self.identity = "index.example"
        #: The address of the index, where it is not in the place of Spack's own.
        self.elsewhere = ""
        self._projects: dict[str, list[Release]] = {}
        self._metadata: dict[tuple[str, Version], Metadata] = {}
        self.published_by: dict[tuple[str, str], tuple[Publisher, ...] | None] = {}
        self.reports: dict[tuple[str, str], tuple[str, ...]] = {}
        self._sources: dict[tuple[str, Version], Source] = {}
        #: What the wheels say of releases that have a source archive, too.
        self.of_wheels: dict[tuple[str, str], Source] = {}
        self.asked: list[str] = []
        #: Releases whose licence files cannot be read.
        self.without_licenses: dict[tuple[str, str], FileFailure] = {}
        #: The texts of licence files by path, by project and version.
        self.license_files: dict[tuple[str, str], Mapping[str, str]] = {}
        #: Releases, by project and version, whose archives are damaged.
        self.unreadable: set[tuple[str, str]] = set()
        self.damaged_wheels: set[tuple[str, str]] = set()
        self.unreported: set[tuple[str, str]] = set()

    def add(
        self,
        name: str,
        version: str,
        *requires: str,
        python: str = "",
        extras: Sequence[str] = (),
        build: Sequence[str] = ("hatchling",),
        stem: str | None = None,
        wheel_tag: str = "py3-none-any",
        sdist: bool = True,
        trusted: bool = True,
        confirmed: bool = True,
        yanked: str | None = None,
        listed: Sequence[str] = (),
        home_page: str = "",
        size: int | None = None,
    ) -> None:
        """Declare a release: an sdist and a wheel with these requirements, which are known where
        they are ``trusted``, or, without being so, only not ``confirmed``. Those ``listed`` stand
        in its pyproject.toml too. ``wheel_tag`` may be those of several wheels. The ``size`` is
        that of each file, in bytes, where the index says it."""
        project = canonicalize_name(name)
        number = Version(version)
        file_stem = stem or project.replace("-", "_")
        names = [f"{file_stem}-{version}.tar.gz"] if sdist else []
        names += [f"{file_stem}-{version}-{tag}.whl" for tag in wheel_tag.split()]
        files = tuple(
            File(
                name=file,
                url=f"https://files.example/{file}",
                version=number,
                is_wheel=file.endswith(".whl"),
                sha256=f"{abs(hash(file)):064x}"[-64:],
                requires_python=python,
                yanked=yanked,
                size=size,
            )
            for file in names
        )
        metadata = Metadata(
            project=project,
            version=version,
            summary=f"The {name} project",
            requires_python=python,
            requires_dist=tuple(requires) if trusted else None,
            confirmed=trusted and confirmed,
            provides_extra=tuple(extras),
            home_page=home_page,
            license_expression="MIT",
            problem="" if trusted and confirmed else "its metadata is dynamic",
        )
        pyproject = {"build-system": {"requires": list(build), "build-backend": "hatchling.build"}}
        if listed:
            pyproject["project"] = {"dependencies": list(listed)}
        for release in split(Release(project, number, files)):
            key = project, release.version
            self._projects.setdefault(project, []).append(release)
            its_python = with_its_python(python, release.version)
            self._metadata[key] = replace(metadata, requires_python=its_python)
            self._sources[key] = Source(pyproject=pyproject) if sdist else Source()

    def yank(self, project: str, version: str) -> None:
        """Withdraw a release that was added."""
        self._projects[project] = [
            Release(project, each.version, tuple(f._replace(yanked="broken") for f in each.files))
            if str(each.version) == version
            else each
            for each in self._projects[project]
        ]

    def reads(self, project: str, version: str, file: str) -> None:
        """Give a release that was added a setup.py that reads a file, which its sdist lacks."""
        called = setup_py.read(f"from setuptools import setup\nsetup(x=open({file!r}).read())")
        source = Source(setup_py=called, at_top=frozenset({"setup.py"}))
        self._sources[project, Version(version)] = source

    def project(self, name: str) -> Project:
        project = canonicalize_name(name)
        self.asked.append(f"project {project}")
        if project not in self._projects:
            raise UnknownProject(project, self.identity)
        releases = sorted(self._projects[project], key=lambda r: r.version, reverse=True)
        return Project(project, tuple(releases))

    def mark(self, project: str) -> str | None:
        return repr(self._projects.get(project, ""))

    def metadata(self, release: Release) -> Metadata:
        self.asked.append(f"metadata {release.project} {release.version}")
        if (release.project, str(release.version)) in self.unreadable:
            raise FileFailure("https://files.example/x", "the archive cannot be read")
        return self._metadata[release.project, release.version]

    def source(self, release: Release) -> Source:
        self.asked.append(f"source {release.project} {release.version}")
        if (release.project, str(release.version)) in self.unreadable:
            raise FileFailure("https://files.example/x", "the archive cannot be read")
        if (
            release.project,
            str(release.version),
        ) in self.damaged_wheels and not release.has_sdist:
            raise FileFailure("https://files.example/x", "the archive cannot be read")
        of_wheel = self.of_wheels.get((release.project, str(release.version)))
        if of_wheel is not None and not release.has_sdist:
            return of_wheel
        return self._sources[release.project, release.version]

    def licenses(self, release: Release) -> Mapping[str, str]:
        self.asked.append(f"licenses {release.project} {release.version}")
        failure = self.without_licenses.get((release.project, str(release.version)))
        if failure is not None:
            raise failure
        return self.license_files.get((release.project, str(release.version)), {})

    def origin(self, project: str) -> IndexOrigin:
        return IndexOrigin(self.identity, self.elsewhere and f"{self.elsewhere}{project}/")

    def page_url(self, project: str) -> str:
        return f"https://index.example/project/{project}/"

    def address(self, release: Release, file: File) -> str:
        return file.url

    def download(self, project: str, file: File, to: Path) -> None:
        self.asked.append(f"download {file.name}")
        to.write_bytes(file.name.encode())

    def copy_to(self, folder: Path) -> Sequence[str]:
        return ["https://index.example/simple/"]

    def publishers(self, release: Release) -> tuple[Publisher, ...] | None:
        return self.published_by.get((release.project, str(release.version)), ())

    def vulnerabilities(self, release: Release) -> tuple[str, ...]:
        if (release.project, str(release.version)) in self.unreported:
            raise FileFailure("https://index.example/x", "answered 500")
        return self.reports.get((release.project, str(release.version)), ())

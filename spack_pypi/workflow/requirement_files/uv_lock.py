"""The lock file of uv, read as the graph that it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from packaging.utils import canonicalize_name

from .graph import Graph, Link, LockedRelease, LockedReleases
from .hashes import of_files
from .model import (
    NO_RELEASE,
    ExtrasAndGroups,
    Format,
    RequirementSet,
    TextFile,
    read_toml,
)
from .shape import Shape

#: Sources of a package that is a folder; uv has them for members of the workspace, too.
_FOLDERS = ("editable", "virtual", "directory")


def _read(file: TextFile, selected: ExtrasAndGroups, requirements: RequirementSet) -> None:
    requirements.pin_all(_UvLock(file, requirements).reached(selected), file.path)


class _UvLock:
    """A uv.lock for one environment: raises `UsageError` where it is for others."""

    def __init__(self, file: TextFile, requirements: RequirementSet) -> None:
        self._path, self._environment = file.path, requirements.environment
        self._shape = shape = Shape(file.path, "uv.lock")
        document = read_toml(file)
        shape.check_format(document.get("version"), 1, "its version")
        self._environment.check_python(document.get("requires-python"), self._path)
        supported = shape.texts(document.get("supported-markers"), "supported-markers")
        self._environment.check_listed(supported, self._path)
        manifest = shape.table(document.get("manifest"), "manifest")
        packages = shape.tables(document.get("package"), "package")
        named = shape.texts(manifest.get("members"), "manifest.members")
        members = {canonicalize_name(name) for name in named}
        self._releases = [self._release(package, members) for package in packages]
        #: What the file is about: the project in its folder, or else all members. A script, and a
        #: workspace without a project of its own, has requirements instead.
        at_root = [at for at, each in enumerate(packages) if _folder(each) == "."]
        self._roots = at_root or [
            at for at, release in enumerate(self._releases) if release.name in members
        ]
        requires = shape.tables(manifest.get("requirements"), "manifest.requirements")
        if not (self._roots or manifest):
            raise shape.wrong("none of its packages is the project that it is about")
        self._requires = [self._link(each) for each in requires]
        groups = shape.lists(manifest.get("dependency-groups"), "manifest.dependency-groups")
        self._groups = [
            ("", canonicalize_name(name), [self._link(each) for each in group])
            for name, group in groups.items()
        ]
        self._extras: set[str] = set()
        for at in self._roots:
            self._add_parts(packages[at], self._releases[at])

    def reached(self, selected: ExtrasAndGroups) -> LockedReleases:
        """What the file locks for its project, with the selected extras and groups."""
        known = {name for _, name, _ in self._groups}
        extras, groups = selected.known(self._path, self._extras, known)
        links, chosen = [*self._requires], set[str]()
        for at in self._roots:
            release = self._releases[at]
            chosen.add(_encoded("project", release.name))
            for extra in ("", *extras):
                links += release.links.get(extra, ())
                chosen.add(_encoded("extra", release.name, extra))
        for project, name, group in self._groups:
            if name in groups:
                links += group
                chosen.add(_encoded("group", project, name))
        # Extras that exclude each other decide markers, so what is found may decide some more.
        first = self._walk(links, chosen)
        found = {_encoded("extra", name, extra) for name, extra in first.followed if extra}
        return self._walk(links, chosen | found) if found - chosen else first

    def _walk(self, links: Sequence[Link], chosen: Collection[str]) -> LockedReleases:
        def holds(marker: str, extra: str) -> bool:
            return self._environment.holds_locked(marker, self._path, chosen)

        return Graph(self._releases, holds, self._path).reached(links)

    def _add_parts(self, package: Mapping[str, Any], release: LockedRelease) -> None:
        """The extras and groups of a package that the file is about."""
        metadata = self._shape.table(package.get("metadata"), "metadata")
        empty = self._shape.texts(metadata.get("provides-extras"), "provides-extras")
        self._extras |= {name for name in release.links if name}
        self._extras |= {canonicalize_name(name) for name in empty}
        locked = self._shape.lists(package.get("dev-dependencies"), "dev-dependencies")
        declared = self._shape.table(metadata.get("requires-dev"), "requires-dev")
        for name in dict.fromkeys([*locked, *declared]):
            links = [self._link(each) for each in locked.get(name, ())]
            self._groups.append((release.name, canonicalize_name(name), links))

    def _release(self, package: Mapping[str, Any], members: Collection[str]) -> LockedRelease:
        shape = self._shape
        name = shape.name(package.get("name"), "a package's name")
        source = shape.table(package.get("source"), f"the source of {name}")
        version = shape.text(package.get("version"), f"the version of {name}")
        own = name in members or _folder(package) == "."
        registry = shape.text(source.get("registry"), f"the registry of {name}")
        if not source or (registry and not version):
            raise shape.wrong(f"{name} has no source or no version")
        optional = package.get("optional-dependencies")
        links = {"": shape.tables(package.get("dependencies"), f"dependencies of {name}")}
        links.update(
            (canonicalize_name(extra), listed)
            for extra, listed in shape.lists(optional, f"extras of {name}").items()
        )
        sdist = package.get("sdist")
        files = [
            *of_files(shape, None if sdist is None else [sdist], f"the sdist of {name}"),
            *of_files(shape, package.get("wheels"), f"the wheels of {name}"),
        ]
        return LockedRelease(
            name,
            version,
            {extra: [self._link(each) for each in listed] for extra, listed in links.items()},
            unusable="" if registry or own else NO_RELEASE,
            own=own,
            fork=tuple(shape.texts(package.get("resolution-markers"), "resolution-markers")),
            index=registry,
            hashes=tuple(files),
        )

    def _link(self, dependency: Mapping[str, Any]) -> Link:
        """A dependency; one of a project that is locked several times has its version, or its
        source."""
        shape = self._shape
        name = shape.name(dependency.get("name"), "a dependency")
        version = shape.text(dependency.get("version"), f"the version of {name}")
        source = shape.table(dependency.get("source"), f"the source of {name}")
        registry = shape.text(source.get("registry"), f"the registry of {name}")

        def accepts(release: LockedRelease) -> bool:
            same_source = not source or registry == release.index
            return same_source and version in ("", release.version)

        extras = dependency.get("extra", dependency.get("extras"))
        return Link(
            name,
            tuple(canonicalize_name(each) for each in shape.texts(extras, f"extras of {name}")),
            shape.text(dependency.get("marker"), f"the marker of {name}"),
            accepts,
        )


def _folder(package: Mapping[str, Any]) -> str | None:
    """The folder of a package that is one."""
    source = package.get("source")
    if not isinstance(source, dict):
        return None
    return next((source[kind] for kind in _FOLDERS if isinstance(source.get(kind), str)), None)


def _encoded(kind: str, project: str, name: str = "") -> str:
    """As uv writes into markers that an extra, a group or a project is chosen."""
    return "-".join((kind, str(len(project)), project, *((name,) if name else ())))


UV_LOCK = Format(
    "uv.lock",
    "https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile",
    names=("uv.lock", "*.py.lock"),
    marks=(r"^\[\[package\]\]$", r"^source = \{ \w+ = "),
    read=_read,
    has_parts=True,
)

"""The lock file of Poetry.

Since Poetry 2 (2.1 of the format) each package says for which groups and markers it is locked.
Before, the file is a graph, whose roots are in the pyproject.toml beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from packaging.utils import canonicalize_name

from ...errors import UsageError
from ...files import read_text
from ...pypi.project_files.poetry_versions import accepts, specifiers
from ...pypi.project_files.toml import at
from .flat import FlatLock
from .graph import Graph, Link, LockedRelease
from .hashes import Hash, of_files, parsed
from .model import NO_RELEASE, ExtrasAndGroups, Format, RequirementSet, TextFile, read_toml
from .shape import Shape

_MAIN = "main"
#: ``extra == "name"`` in a marker.
_EXTRA = re.compile(r"""\bextra\s*==\s*["']([^"']+)["']""")


def _read(file: TextFile, selected: ExtrasAndGroups, requirements: RequirementSet) -> None:
    shape, document = Shape(file.path, "poetry.lock"), read_toml(file)
    metadata = shape.table(document.get("metadata"), "metadata")
    shape.check_format(metadata.get("lock-version"), 2, "its lock-version")
    python = shape.text(metadata.get("python-versions"), "python-versions")
    environment = requirements.environment
    try:
        if python and not accepts(python, environment.full_python):
            raise environment.wrong_python(python, file.path)
    except ValueError as error:
        raise shape.wrong(str(error)) from None
    packages = shape.tables(document.get("package"), "package")
    known = shape.table(document.get("extras"), "extras")
    extras: set[str] = {canonicalize_name(name) for name in known}
    hashes = _Hashes(shape, metadata)
    if any("groups" in package for package in packages) or not packages:
        _FlatPoetry(file, shape, packages, hashes).read(extras, selected, requirements)
    else:
        _Poetry1(file, shape, packages, hashes).read(extras, selected, requirements)


def _source(shape: Shape, package: Mapping[str, Any]) -> tuple[str, str]:
    """Why no index has a package (empty for a release), and its index."""
    source = shape.table(package.get("source"), "source")
    if source and source.get("type") != "legacy":
        return NO_RELEASE, ""
    return "", shape.text(source.get("url"), "source.url")


class _Hashes:
    """The hashes of packages: each lists its files. Before Poetry 1.3 ``[metadata.files]`` lists
    them by the package's name, before 1.0 ``[metadata.hashes]`` only their sha256."""

    def __init__(self, shape: Shape, metadata: Mapping[str, Any]) -> None:
        self._shape = shape
        self._files = shape.table(metadata.get("files"), "metadata.files")
        self._hashes = shape.table(metadata.get("hashes"), "metadata.hashes")

    def of(self, package: Mapping[str, Any]) -> tuple[Hash, ...]:
        """Those of the files of a package."""
        name, what = str(package.get("name")), f"files of {package.get('name')}"
        files = of_files(self._shape, package.get("files", self._files.get(name)), what)
        texts = self._shape.texts(self._hashes.get(name), f"metadata.hashes.{name}")
        return (*files, *map(parsed, texts))


class _FlatPoetry:
    """A file of Poetry 2."""

    def __init__(
        self, file: TextFile, shape: Shape, packages: Sequence[Mapping[str, Any]], hashes: _Hashes
    ) -> None:
        self._path, self._shape, self._packages = file.path, shape, packages
        self._hashes = hashes

    def read(
        self, all_extras: set[str], selected: ExtrasAndGroups, requirements: RequirementSet
    ) -> None:
        """Add what is locked for the main group and those that are selected."""
        shape, lock = self._shape, FlatLock(self._path)
        listed = [shape.texts(each.get("groups"), "groups") for each in self._packages]
        names = {canonicalize_name(name) for groups in listed for name in groups} - {_MAIN}
        extras, chosen = selected.known(self._path, all_extras, names)
        for package, groups in zip(self._packages, listed):
            name = shape.name(package.get("name"), "a package's name")
            its = [g for g in groups if canonicalize_name(g) in {_MAIN, *chosen}]
            markers = [self._marker(package, group) for group in its]
            holds = requirements.environment.holds_locked
            if any(holds(marker, self._path, extras) for marker in markers):
                version = shape.text(package.get("version"), f"the version of {name}")
                unusable, index = _source(shape, package)
                files = self._hashes.of(package)
                lock.add(LockedRelease(name, version, {}, unusable, index=index, hashes=files))
            elif markers and not any(holds(m, self._path, all_extras) for m in markers):
                lock.add_elsewhere(name)
        lock.finish(requirements)

    def _marker(self, package: Mapping[str, Any], group: str) -> str:
        markers = package.get("markers")
        if isinstance(markers, dict):
            markers = markers.get(group)
        return self._shape.text(markers, "markers")


class _Poetry1:
    """A file of Poetry 1, with the pyproject.toml beside it."""

    def __init__(
        self, file: TextFile, shape: Shape, packages: Sequence[Mapping[str, Any]], hashes: _Hashes
    ) -> None:
        self._path, self._shape, self._hashes = file.path, shape, hashes
        self._releases = [self._release(package) for package in packages]
        beside = file.path.with_name("pyproject.toml")
        if not beside.exists():
            raise UsageError(
                f"{file.path} was written by Poetry 1 and does not say what is required: the "
                "pyproject.toml must lie beside it, or run poetry export -o requirements.txt"
            )
        table = read_toml(TextFile(beside, read_text(beside)))
        self._own = Shape(beside, "project of Poetry")
        self._table = self._own.table(at(table, "tool", "poetry"), "tool.poetry")

    def read(
        self, extras: set[str], selected: ExtrasAndGroups, requirements: RequirementSet
    ) -> None:
        """Add what the project requires, with what is selected."""
        groups = self._groups()
        chosen_extras, chosen = selected.known(self._path, extras, groups.keys() - {_MAIN})
        of_extras = self._own.table(self._table.get("extras"), "extras")
        wanted = {
            canonicalize_name(name)
            for extra, names in of_extras.items()
            if canonicalize_name(extra) in chosen_extras
            for name in self._own.texts(names, f"extras.{extra}")
        }
        links = [
            link
            for group in (_MAIN, *chosen)
            for name, declared in groups[group].items()
            for link, optional in self._links(self._own, name, declared)
            if link.name != "python" and (not optional or link.name in wanted)
        ]
        environment = requirements.environment

        def holds(marker: str, extra: str) -> bool:
            return environment.holds(marker, self._path, extra)

        # As Poetry does, which solves again with what is locked.
        graph = Graph(self._releases, holds, self._path, newest=True)
        requirements.pin_all(graph.reached(links), self._path)

    def _groups(self) -> dict[str, dict[str, Any]]:
        """What each group requires."""
        own, table = self._own, self._table
        groups: dict[str, dict[str, Any]] = {_MAIN: {}, "dev": {}}
        groups[_MAIN].update(own.table(table.get("dependencies"), "dependencies"))
        groups["dev"].update(own.table(table.get("dev-dependencies"), "dev-dependencies"))
        for name, group in own.table(table.get("group"), "group").items():
            inner = own.table(group, f"group.{name}").get("dependencies")
            more = own.table(inner, f"group.{name}.dependencies")
            groups.setdefault(canonicalize_name(name), {}).update(more)
        return groups

    def _release(self, package: Mapping[str, Any]) -> LockedRelease:
        shape = self._shape
        name = shape.name(package.get("name"), "a package's name")
        version = shape.text(package.get("version"), f"the version of {name}")
        extras = shape.table(package.get("extras"), f"extras of {name}")
        links: dict[str, list[Link]] = {"": []}
        dependencies = shape.table(package.get("dependencies"), f"dependencies of {name}")
        for required, declared in dependencies.items():
            for link, optional in self._links(shape, required, declared):
                for extra in self._needed_by(link, extras) if optional else [""]:
                    links.setdefault(extra, []).append(link)
        unusable, index = _source(shape, package)
        python = shape.text(package.get("python-versions"), f"python-versions of {name}")
        fork = (_python_marker(shape, python),) if python not in ("", "*") else ()
        hashes = self._hashes.of(package)
        return LockedRelease(name, version, links, unusable, False, fork, index, hashes)

    def _needed_by(self, link: Link, extras: Mapping[str, Any]) -> Iterator[str]:
        """The extras that an optional dependency belongs to."""
        yield from map(canonicalize_name, _EXTRA.findall(link.marker))
        for extra, texts in extras.items():
            for text in self._shape.texts(texts, f"extras.{extra}"):
                if canonicalize_name(re.split(r"[\s\[(;<>=!~]", text)[0]) == link.name:
                    yield canonicalize_name(extra)

    def _links(self, shape: Shape, name: str, declared: Any) -> Iterator[tuple[Link, bool]]:
        """What a dependency means, and whether it is optional: a range, a table, or a list of
        those."""
        for each in declared if isinstance(declared, list) else [declared]:
            table = {"version": each} if isinstance(each, str) else shape.table(each, name)
            extras = shape.texts(table.get("extras"), f"extras of {name}")
            yield (
                Link(
                    shape.name(name, "a dependency"),
                    tuple(map(canonicalize_name, extras)),
                    _marker(shape, table),
                    _accepting(shape, shape.text(table.get("version"), f"version of {name}")),
                ),
                table.get("optional") is True,
            )


def _accepting(shape: Shape, versions: str) -> Any:
    def accepted(release: LockedRelease) -> bool:
        try:
            return accepts(versions or "*", release.version)
        except ValueError as error:
            raise shape.wrong(str(error)) from None

    return accepted


def _marker(shape: Shape, table: Mapping[str, Any]) -> str:
    """The marker (PEP 508) of a dependency, from all that limits it."""
    texts = [shape.text(table.get("markers"), "markers")]
    python = shape.text(table.get("python"), "python")
    if python:
        texts.append(_python_marker(shape, python))
    platform = shape.text(table.get("platform"), "platform")
    if platform:
        texts.append(f"sys_platform == '{platform}'")
    return " and ".join(f"({text})" for text in texts if text)


def _python_marker(shape: Shape, text: str) -> str:
    try:
        sets = specifiers(text)
    except ValueError as error:
        raise shape.wrong(str(error)) from None
    alternatives = (
        " and ".join(f"python_full_version {s.operator} '{s.version}'" for s in each)
        for each in sets
    )
    return " or ".join(each or "python_version > '0'" for each in alternatives)


POETRY_LOCK = Format(
    "poetry.lock",
    "https://python-poetry.org/docs/basic-usage/#installing-with-poetrylock",
    names=("poetry.lock",),
    marks=(r"^\[\[package\]\]$", r"^python-versions = ", r"^content-hash = "),
    read=_read,
    has_parts=True,
)

"""Externals as entries of packages.yaml, as plain data.

An entry of ours has an ``id`` that shows it, and the prefix that it is of. Spack 1.1 reads
``id`` and ``dependencies`` (https://spack.readthedocs.io/en/latest/packages_yaml.html); 1.0 passes
over them and attaches the Python of the same prefix itself.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from .port import External

#: Package → its settings, as below ``packages:``.
Packages = Mapping[str, Any]


class Merged(NamedTuple):
    """Settings with our entries: what is new or differs, what is no more, and what somebody else
    wrote for the same prefix, by package."""

    packages: dict[str, Any]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]


def mark(prefix: Path) -> str:
    """How the ids of our entries for a prefix begin."""
    return f"pypi-{hashlib.sha256(str(prefix).encode()).hexdigest()[:8]}-"


def entries(
    externals: Sequence[External],
    python: Mapping[str, str],
    existing: Packages = MappingProxyType({}),
) -> dict[str, dict[str, Any]]:
    """The entries of externals, by package; ``python`` is how they refer to their Python: by its
    ``id``, or as a ``spec``. What they require they refer to if it is among them, or if
    ``existing`` has our entry of it. Libraries have entries too, but for those that it has."""
    own_ids = {each.package: mark(each.prefix) + each.package for each in externals}
    there = ids(existing)
    found: dict[str, dict[str, Any]] = {}
    for each in externals:
        dependencies: list[dict[str, Any]] = [{**python, "deptypes": ["build", "run"]}]
        for other in each.requires:
            known = own_ids.get(other, mark(each.prefix) + other)
            if other in own_ids or known in there:
                dependencies.append({"id": known, "deptypes": ["run"]})
        for library, virtuals in each.virtuals.items():
            own = own_ids.setdefault(library.package, mark(each.prefix) + library.package)
            others = [ref for ref in references(existing, library) if ref.get("id") != own]
            if not others:
                found[library.package] = entry(library, own)
            reference = others[0] if others else {"id": own}
            how = {"deptypes": ["build", "link"], "virtuals": ",".join(virtuals)}
            dependencies.append({**reference, **how})
        found[each.package] = {**entry(each, own_ids[each.package]), "dependencies": dependencies}
    return found


def entry(external: External, own_id: str) -> dict[str, Any]:
    """The entry of an external by itself."""
    said: dict[str, Any] = {
        "spec": external.spec,
        "prefix": str(external.prefix),
        "id": own_id,
    }
    folders: dict[str, str] = {}
    for variable, listed in external.folders:
        folders[variable] = os.pathsep.join(filter(None, (folders.get(variable), listed)))
    changes = {"set": dict(external.environment), "prepend_path": folders}
    environment = {how: variables for how, variables in changes.items() if variables}
    if environment:
        said["extra_attributes"] = {"environment": environment}
    return said


def merged(
    existing: Packages,
    prefix: Path,
    ours: Mapping[str, Mapping[str, Any]],
    *,
    buildable: bool,
    only: frozenset[str] | None = None,
    prefixes: Collection[Path] = (),
) -> Merged:
    """The existing settings with our entries: those that are there for this prefix, or one of the
    other ``prefixes``, are replaced; those that are ours and no more are removed, of all packages
    or of ``only`` some, and all else stays. Not ``buildable``: Spack must use an external of
    these packages."""
    packages = {name: _copied(settings) for name, settings in existing.items()}
    changed: list[str] = []
    removed: list[str] = []
    marks = tuple(map(mark, {prefix, *prefixes}))
    kept = [name for name in sorted(ours) if _has_other(packages, name, ours[name], marks)]
    # There is no entry of these with our id that others could refer to.
    absent = {ours[name]["id"] for name in kept}
    for name in sorted({*packages, *ours} if only is None else {*only, *ours}):
        settings = packages.setdefault(name, {})
        before = settings.get("externals", [])
        others = [each for each in before if not _is_ours(each, marks)]
        mine = [_without(ours[name], absent)] if name in ours and name not in kept else []
        had = [each for each in before if _is_ours(each, marks)]
        if mine or had:
            settings["externals"] = [*others, *mine]
        fixed = bool(mine) and not buildable and settings.get("buildable") is not False
        if fixed:
            settings["buildable"] = False
        if mine != had or fixed:
            (changed if mine else removed).append(name)
        if had and not mine and not others:
            # What we wrote beside our entries would leave a package that cannot be had at all.
            del settings["externals"]
            if settings == {"buildable": False}:
                settings.clear()
        if not settings:
            del packages[name]
    _forget(packages, marks, ids(existing) - ids(packages))
    return Merged(packages, tuple(changed), tuple(removed), tuple(kept))


def ids(packages: Packages) -> frozenset[str]:
    """The ids of all entries."""
    return frozenset(str(each["id"]) for _, each in _entries(packages) if "id" in each)


def different(ours: Mapping[str, Mapping[str, Any]], others: Packages) -> list[str]:
    """The packages of which the settings of another place have another entry with the id of ours.
    Of two such entries Spack reads none; equal ones it takes for one."""
    known = {str(entry["id"]): entry for entry in ours.values()}
    found = (
        name for name, entry in _entries(others) if known.get(entry.get("id", ""), entry) != entry
    )
    return [*dict.fromkeys(found)]


def referring(packages: Packages, wanted: Collection[str]) -> list[str]:
    """The packages with an entry that has a dependency with one of these ids. Spack reads no
    configuration in which there is no entry with that id."""
    found = (name for name, entry in _entries(packages) if not _needed(entry).isdisjoint(wanted))
    return [*dict.fromkeys(found)]


def together(several: Iterable[Packages]) -> dict[str, Any]:
    """The entries of several places, by package, without other settings."""
    found: dict[str, Any] = {}
    for name, entry in (each for packages in several for each in _entries(packages)):
        found.setdefault(name, {"externals": []})["externals"].append(entry)
    return found


def _entries(packages: Packages) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, settings in packages.items():
        for each in _copied(settings).get("externals", ()):
            yield name, each


def _needed(entry: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(str(d["id"]) for d in entry.get("dependencies", ()) if "id" in d)


def _forget(packages: dict[str, Any], marks: tuple[str, ...], gone: Collection[str]) -> None:
    """Take what refers to entries that are gone out of ours: those that stayed as they were."""
    for name in referring(packages, gone):
        entries = packages[name]["externals"]
        after = [_without(e, gone) if _is_ours(e, marks) else e for e in entries]
        packages[name] = {**packages[name], "externals": after}


def _has_other(
    packages: Packages, name: str, mine: Mapping[str, Any], marks: tuple[str, ...]
) -> bool:
    """Whether somebody else wrote an entry of a package with the prefix of ours."""
    entries = packages.get(name, {}).get("externals", ())
    return any(e.get("prefix") == mine["prefix"] and not _is_ours(e, marks) for e in entries)


def _without(mine: Mapping[str, Any], absent: Collection[str]) -> dict[str, Any]:
    """An entry of ours without the dependencies with these ids."""
    found = dict(mine)
    if "dependencies" in found:
        found["dependencies"] = [d for d in found["dependencies"] if d.get("id") not in absent]
    return found


def _copied(settings: Any) -> dict[str, Any]:
    return dict(settings) if isinstance(settings, Mapping) else {}


def _is_ours(entry: Mapping[str, Any], marks: tuple[str, ...]) -> bool:
    return str(entry.get("id", "")).startswith(marks)


def references(existing: Packages, external: External) -> Iterator[Mapping[str, str]]:
    """How to refer to the entries that exist for a package at its prefix: by their ids, else by
    their specs."""
    settings = existing.get(external.package)
    for entry in _copied(settings).get("externals", []):
        spec = str(entry.get("spec", ""))
        version = spec.partition("@")[2].lstrip("=")
        is_version = version[: len(external.version)] == external.version
        follows = version[len(external.version) : len(external.version) + 1]
        if entry.get("prefix") == str(external.prefix) and is_version and not follows.isalnum():
            yield {"id": str(entry["id"])} if "id" in entry else {"spec": spec}

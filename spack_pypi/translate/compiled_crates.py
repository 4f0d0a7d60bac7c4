"""The crates that Cargo compiles for an archive: those that the crate of the Python module
requires in any case, and so on by paths in the archive.

https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from posixpath import dirname, join, normpath
from typing import Any

from ..pypi.model import CARGO_LOCK, CARGO_TOML, Source, at, loads, strings
from .behind_crates import Behind, LockedCrates
from .cargo_platforms import on

_TABLES = ("dependencies", "build-dependencies")
_MOST_CRATES = 64


@dataclass(frozen=True)
class Crate:
    """A crate that a ``file`` requires: its ``version`` and ``features``, whether its own
    ``defaults`` are among these, the names ``beside`` it, and the only ``platform`` for which it
    is required, if it is for one; the ``tag`` of a ``repository`` that it comes from, if it
    does."""

    file: str
    name: str
    version: str
    features: Collection[str]
    defaults: bool
    beside: Collection[str]
    platform: str
    repository: str = ""
    tag: str = ""


class CompiledCrates:
    """The ``crates`` of others that are required in any case, from the one that is built on, and
    the ``lock`` file that says what is behind them, by its ``graph``. ``own`` are the crates of
    the archive among those that are built, ``manifests`` their files. ``is_whole``: what all these
    require is read."""

    def __init__(self, source: Source) -> None:
        self._files = source.build_files
        self.crates: list[Crate] = []
        self.own: set[str] = set()
        #: Where their manifests are.
        self.manifests: list[str] = []
        #: Crates that are not required in any case, and those to which features that are off
        #: pass on something.
        self._others: set[str] = set()
        self._changeable: set[str] = set()
        self.is_whole = True
        maturin = at(source.pyproject, "tool", "maturin")
        named = at(maturin, "manifest-path")
        first = normpath(named) if isinstance(named, str) else self._first()
        features = {*strings(at(maturin, "features"))}
        features |= set() if at(maturin, "no-default-features") is True else {"default"}
        self._follow(first, features)
        #: Of several lock files, the nearest is likely the one that counts.
        self.locks = [each for each in _above(first, CARGO_LOCK) if each in self._files]
        self.lock = self.locks[0] if self.locks else ""
        self.graph = LockedCrates(self._files.get(self.lock, ""))
        #: Whether all crates of the archive that the lock file is about are built.
        self.is_known = bool(self.lock) and self.graph.own <= self.own
        self._elsewhere = {each.crate for each in self.graph.behind(sorted(self._others))}

    def is_certain(self, behind: Behind) -> bool:
        """Whether something is there for what is built, and for nothing else."""
        if not self.is_known or behind.by in self._changeable:
            return False
        return behind.crate not in self._elsewhere

    def _first(self) -> str:
        """Where the crate is that is built: at the top, or the only one that is a library for
        Python, of a workspace, or where setup.py says it."""
        if at(_read(self._files.get(CARGO_TOML, "")), "package") is not None:
            return CARGO_TOML
        libraries = [
            path
            for path, text in self._files.items()
            if path.endswith(CARGO_TOML)
            and "cdylib" in strings(at(_read(text), "lib", "crate-type"))
        ]
        return libraries[0] if len(libraries) == 1 else CARGO_TOML

    def behind(self, known: Collection[str]) -> Iterator[tuple[str, Behind]]:
        """What is behind the crates, but for those that are ``known``, and the only platform for
        which it is."""
        for platform in ("", "linux"):
            here = [each.name for each in self.crates if each.platform == platform]
            names = [name for name in here if name not in known]
            yield from ((platform, each) for each in self.graph.behind(names))

    def _follow(self, first: str, features: set[str]) -> None:
        paths = [(first, features)]
        seen: dict[str, set[str]] = {}
        for path, asked in paths:
            before = seen.setdefault(path, set())
            too_many = len(paths) > _MOST_CRATES
            if too_many or (before and asked <= before):
                self.is_whole = self.is_whole and not too_many
                continue
            before |= asked
            self.manifests.append(path)
            table = _read(self._files.get(path, ""))
            self.is_whole = self.is_whole and bool(table)
            self.own.add(str(at(table, "package", "name")))
            enabled = _enabled(table, before)
            listed = [*_dependencies(table, enabled)]
            names = {_name(key, said) for key, said, _ in listed}
            self._note_others(table, enabled, names)
            for key, said, platform in listed:
                base, whole = path, _as_table(said)
                if whole.get("workspace") is True:
                    base, inherited = _of_workspace(path, key, self._files)
                    self.is_whole = self.is_whole and inherited is not None
                    more = [*strings(whole.get("features")), *strings(at(inherited, "features"))]
                    whole = {**_as_table(inherited), "features": more}
                on_it = {*strings(whole.get("features")), *_passed_on(key, enabled)}
                by_default = whole.get("default-features") is not False
                within = whole.get("path")
                if isinstance(within, str):
                    inner = normpath(join(dirname(base), within, CARGO_TOML))
                    paths.append((inner, on_it | ({"default"} if by_default else {""})))
                else:
                    version, name = str(whole.get("version", "")), _name(key, whole)
                    place = str(whole.get("git", "")), str(whole.get("tag", ""))
                    crate = Crate(path, name, version, on_it, by_default, names, platform, *place)
                    self.crates.append(crate)

    def _note_others(
        self, table: Mapping[str, Any], enabled: Collection[str], names: Collection[str]
    ) -> None:
        targets = [table, *_as_table(at(table, "target")).values()]
        for each in targets:
            for kind in (*_TABLES, "dev-dependencies"):
                declared = _as_table(at(each, kind))
                named = {_name(key, said) for key, said in declared.items()}
                self._others |= {name for name in named if name not in names}
        for feature, texts in _as_table(at(table, "features")).items():
            for text in strings(texts) if feature not in enabled else ():
                if "/" in text:
                    self._changeable.add(text.partition("/")[0].rstrip("?"))


def _dependencies(
    table: Mapping[str, Any], enabled: Collection[str]
) -> Iterator[tuple[str, Any, str]]:
    """(key, what it says, platform) of the dependencies that are not optional, or are
    ``enabled``."""
    named = {each.partition("/")[0] for each in enabled if "?" not in each}
    tables = [(table, "")]
    for cfg, each in _as_table(at(table, "target")).items():
        if on(cfg, "linux"):
            tables.append((each, "" if on(cfg, "darwin") else "linux"))
    for each, platform in tables:
        for kind in _TABLES:
            for key, said in _as_table(at(each, kind)).items():
                if at(said, "optional") is not True or {key, f"dep:{key}"} & named:
                    yield key, said, platform


def _passed_on(key: str, enabled: Collection[str]) -> Iterator[str]:
    """The features of a dependency that features turn on: ``key/feature``, ``key?/feature``."""
    for each in enabled:
        owner, _, feature = each.partition("/")
        if feature and owner.rstrip("?") == key:
            yield feature


def _enabled(table: Mapping[str, Any], asked: Collection[str]) -> set[str]:
    """The features that are on, and what they turn on."""
    declared = _as_table(at(table, "features"))
    found: set[str] = set()
    left = [*asked]
    while left:
        each = left.pop()
        if each not in found:
            found.add(each)
            left += strings(declared.get(each))
    return found


def _of_workspace(path: str, key: str, files: Mapping[str, str]) -> tuple[str, Any]:
    """Where the workspace of a crate is, and what it says of a dependency."""
    for above in _above(path, CARGO_TOML):
        said = at(_read(files.get(above, "")), "workspace", "dependencies", key)
        if said is not None:
            return above, said
    return CARGO_TOML, None


def _above(path: str, name: str) -> Iterator[str]:
    """Where a file of this name may be that concerns the one at the path: beside it, or in a
    folder above."""
    folder = dirname(path)
    while folder:
        yield f"{folder}/{name}"
        folder = dirname(folder)
    yield name


def _name(key: str, said: Any) -> str:
    """The name of a crate, which may be another one in the file that requires it."""
    package = at(said, "package")
    return package if isinstance(package, str) else key


def _as_table(said: Any) -> Mapping[str, Any]:
    if isinstance(said, str):
        return {"version": said}
    return said if isinstance(said, dict) else {}


@lru_cache(maxsize=256)
def _read(text: str) -> Mapping[str, Any]:
    """Most files are read for each crate that inherits from their workspace, and several walks
    follow one another."""
    try:
        return loads(text)
    except ValueError:
        return {}

"""Native libraries and programs without which Cargo does not build a crate, by its own words.

Counted are the dependencies of the crate that is built, and of those that it requires by a path in
the archive: in Cargo.toml, not optional (or in a feature that is on), for Linux. Those in
`_CRATES` always need what stands there, by their pages; what the crates of others require stands
in Cargo.lock (`behind_crates`).
https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from posixpath import dirname, join, normpath
from typing import Any

from ..pypi.model import CARGO_LOCK, CARGO_TOML, Source, at, loads, strings
from ..recipe.model import LIBRARY, Condition, Dependency
from .behind_crates import (
    BUILDS_OPENSSL,
    CLANG,
    CMAKE,
    HDF5,
    MAKE,
    OPENSSL,
    PKG_CONFIG,
    PROTOC,
    Behind,
    LockedCrates,
)
from .cargo_platforms import on
from .known_needs import KnownNeed

#: Crate → what it needs: those that look for a library of the system, each unless one of
#: `_BUILDS_ITS_OWN` is among its features.
_CRATES: Mapping[str, Sequence[Dependency]] = {
    "alsa": (PKG_CONFIG, Dependency("alsa-lib", types=LIBRARY)),
    "bindgen": CLANG,
    "cmake": CMAKE,
    "gdal": (PKG_CONFIG, Dependency("gdal", types=LIBRARY)),
    "hdf5": HDF5,
    "hdf5-metno": HDF5,
    "jemallocator": MAKE,
    "native-tls": OPENSSL,
    "netcdf": (Dependency("netcdf-c", types=LIBRARY),),
    "openssl": OPENSSL,
    "openssl-sys": OPENSSL,
    "pcap": (Dependency("libpcap", types=LIBRARY),),
    "prost-build": PROTOC,
    "tikv-jemallocator": MAKE,
    "tonic-build": PROTOC,
}
_BUILDS_ITS_OWN = {"vendored", "static", "bundled"}
#: Crates whose default features need OpenSSL, before a version; so do these features.
#: https://docs.rs/reqwest, https://docs.rs/git2
_BY_DEFAULT = {"reqwest": (0, 13), "git2": (0, 21)}
_TLS = {"default-tls", "native-tls", "https", "ssh"}
#: Which crates bring a program that is otherwise looked for.
_BROUGHT = {"protobuf": "protoc-bin-vendored"}
_TABLES = ("dependencies", "build-dependencies")
_MOST_CRATES = 64


def required_by_cargo(source: Source, tools: Collection[str]) -> tuple[KnownNeed, ...]:
    """What the crate of an archive requires, where it is built with Rust (which is among its
    ``tools``)."""
    if "rust" not in tools:
        return ()
    walk = _Walk(source)
    needed = [
        (requires(crate.file, crate.name), crate.platform, _needed(crate))
        for crate in walk.crates
        if not (walk.is_known and crate.name in _BY_DEFAULT)
    ]
    for platform, each in walk.behind():
        if walk.is_certain(each):
            needed.append((_behind(walk.lock, each), platform, each.needed))
    found: dict[str, KnownNeed] = {}
    # All crates use the copy of OpenSSL that one of them builds.
    left_out = OPENSSL if any(each == BUILDS_OPENSSL for *_, each in needed) else ()
    for why, platform, dependencies in sorted(needed, key=lambda each: bool(each[1])):
        for dependency in dependencies if dependencies != left_out else ():
            here = replace(dependency, when=Condition(platform=platform))
            found.setdefault(dependency.package, KnownNeed(here, why, in_table=False))
    return tuple(found.values())


def maybe_required_by_cargo(source: Source, tools: Collection[str]) -> tuple[KnownNeed, ...]:
    """What Cargo.lock names that may be there only for other crates of the archive, or for
    features that are off."""
    if "rust" not in tools:
        return ()
    walk = _Walk(source)
    found: dict[str, KnownNeed] = {}
    for _, each in walk.behind():
        for dependency in each.needed if not walk.is_certain(each) else ():
            need = KnownNeed(dependency, _behind(walk.lock, each), in_table=False)
            found.setdefault(dependency.package, need)
    return tuple(found.values())


def requires(file: str, name: str) -> str:
    """How the source of such a need is named."""
    return f"{file} requires the crate {name}"


def _behind(lock: str, behind: Behind) -> str:
    return f"{lock} requires the crate {behind.crate}, for {behind.by}"


@dataclass(frozen=True)
class _Crate:
    """A crate that a ``file`` requires: its ``version`` and ``features``, whether its own
    ``defaults`` are among these, the names ``beside`` it, and the only ``platform`` for which it
    is required, if it is for one."""

    file: str
    name: str
    version: str
    features: Collection[str]
    defaults: bool
    beside: Collection[str]
    platform: str


def _needed(crate: _Crate) -> Sequence[Dependency]:
    own = _BUILDS_ITS_OWN.intersection(crate.features)
    found = _CRATES.get(crate.name, ())
    until = _BY_DEFAULT.get(crate.name)
    if until is not None:
        leading = tuple(map(int, re.findall(r"\d+", crate.version)[:2]))
        by_default = crate.defaults and (0,) < leading < until
        found = OPENSSL if by_default or _TLS.intersection(crate.features) else ()
        own = {each for each in crate.features if "vendored" in each}
    if own:
        return BUILDS_OPENSSL if found == OPENSSL else ()
    return tuple(each for each in found if _BROUGHT.get(each.package) not in crate.beside)


class _Walk:
    """The ``crates`` of others that are required in any case, from the one that is built on, and
    the ``lock`` file that says what is behind them."""

    def __init__(self, source: Source) -> None:
        self._files = source.build_files
        self.crates: list[_Crate] = []
        self._own: set[str] = set()
        #: Crates that are not required in any case, and those to which features that are off
        #: pass on something.
        self._others: set[str] = set()
        self._changeable: set[str] = set()
        maturin = at(source.pyproject, "tool", "maturin")
        named = at(maturin, "manifest-path")
        first = normpath(named) if isinstance(named, str) else self._first()
        features = {*strings(at(maturin, "features"))}
        features |= set() if at(maturin, "no-default-features") is True else {"default"}
        self._follow(first, features)
        self.lock = next((each for each in _above(first, CARGO_LOCK) if each in self._files), "")
        self._graph = LockedCrates(self._files.get(self.lock, ""))
        #: Whether all crates of the archive that the lock file is about are built.
        self.is_known = bool(self.lock) and self._graph.own <= self._own
        self._elsewhere = {each.crate for each in self._graph.behind(sorted(self._others))}

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

    def behind(self) -> Iterator[tuple[str, Behind]]:
        """What is behind the crates, but for those in `_CRATES`, and the only platform for which
        it is."""
        for platform in ("", "linux"):
            here = [each.name for each in self.crates if each.platform == platform]
            names = [name for name in here if name not in _CRATES]
            yield from ((platform, each) for each in self._graph.behind(names))

    def _follow(self, first: str, features: set[str]) -> None:
        paths = [(first, features)]
        seen: dict[str, set[str]] = {}
        for path, asked in paths:
            before = seen.setdefault(path, set())
            if len(paths) > _MOST_CRATES or (before and asked <= before):
                continue
            before |= asked
            table = _read(self._files.get(path, ""))
            self._own.add(str(at(table, "package", "name")))
            enabled = _enabled(table, before)
            listed = [*_dependencies(table, enabled)]
            names = {_name(key, said) for key, said, _ in listed}
            self._note_others(table, enabled, names)
            for key, said, platform in listed:
                base, whole = path, _as_table(said)
                if whole.get("workspace") is True:
                    base, inherited = _of_workspace(path, key, self._files)
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
                    crate = _Crate(path, name, version, on_it, by_default, names, platform)
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


def _read(text: str) -> Mapping[str, Any]:
    try:
        return loads(text)
    except ValueError:
        return {}

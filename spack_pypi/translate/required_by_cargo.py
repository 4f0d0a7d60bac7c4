"""Native libraries and programs without which Cargo does not build a crate, by its own words.

Counted are the dependencies of the crate that is built, and of those that it requires by a path in
the archive: in Cargo.toml, not optional (or in a default feature), for any Unix. What the crates
of others require is not known; those in `_CRATES` always need what stands there, by their pages.
https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from typing import Any

from ..pypi.model import CARGO_TOML, Source, at, loads, strings
from ..recipe.model import BUILD, LIBRARY, Dependency
from .known_needs import KnownNeed

_PKG_CONFIG = Dependency("pkgconfig", types=BUILD)
_OPENSSL = (_PKG_CONFIG, Dependency("openssl", types=LIBRARY))
#: openssl-src configures with Perl, and builds with make.
_BUILDS_OPENSSL = (Dependency("gmake", types=BUILD), Dependency("perl", types=BUILD))
_HDF5 = (Dependency("hdf5", types=LIBRARY),)
_MAKE = (Dependency("gmake", types=BUILD),)
_PROTOC = (Dependency("protobuf", types=BUILD),)
#: Crate → what it needs: those that look for a library of the system, each unless one of
#: `_BUILDS_ITS_OWN` is among its features.
_CRATES: Mapping[str, Sequence[Dependency]] = {
    "alsa": (_PKG_CONFIG, Dependency("alsa-lib", types=LIBRARY)),
    "bindgen": (Dependency("llvm", variants=("+clang",), types=BUILD),),
    "cmake": (Dependency("cmake", types=BUILD),),
    "gdal": (_PKG_CONFIG, Dependency("gdal", types=LIBRARY)),
    "hdf5": _HDF5,
    "hdf5-metno": _HDF5,
    "jemallocator": _MAKE,
    "native-tls": _OPENSSL,
    "netcdf": (Dependency("netcdf-c", types=LIBRARY),),
    "openssl": _OPENSSL,
    "openssl-sys": _OPENSSL,
    "pcap": (Dependency("libpcap", types=LIBRARY),),
    "prost-build": _PROTOC,
    "tikv-jemallocator": _MAKE,
    "tonic-build": _PROTOC,
}
_BUILDS_ITS_OWN = {"vendored", "static", "bundled"}
#: Crates whose default features need OpenSSL, before a version; so do these features.
#: https://docs.rs/reqwest, https://docs.rs/git2
_BY_DEFAULT = {"reqwest": (0, 13), "git2": (0, 21)}
_TLS = {"default-tls", "native-tls", "https", "ssh"}
#: Which crates bring a program that is otherwise looked for.
_BROUGHT = {"protobuf": "protoc-bin-vendored"}
_TABLES = ("dependencies", "build-dependencies")
_UNIX = {
    "cfg(unix)", "cfg(not(windows))", 'cfg(not(target_os = "windows"))',
    "cfg(not(target_os='windows'))", 'cfg(not(target_env = "msvc"))',
}  # fmt: skip
_MOST_CRATES = 64


def required_by_cargo(source: Source, tools: Collection[str]) -> tuple[KnownNeed, ...]:
    """What the crate of an archive requires, where it is built with Rust (which is among its
    ``tools``)."""
    if "rust" not in tools:
        return ()
    found: dict[str, KnownNeed] = {}
    needed = [(crate, _needed(crate)) for crate in _required(source)]
    # All crates use the copy of OpenSSL that one of them builds.
    left_out = _OPENSSL if any(each == _BUILDS_OPENSSL for _, each in needed) else ()
    for crate, dependencies in needed:
        for dependency in dependencies if dependencies != left_out else ():
            need = KnownNeed(dependency, requires(crate.file, crate.name), in_table=False)
            found.setdefault(dependency.package, need)
    return tuple(found.values())


def requires(file: str, name: str) -> str:
    """How the source of such a need is named."""
    return f"{file} requires the crate {name}"


@dataclass(frozen=True)
class _Crate:
    """A crate that a ``file`` requires: its ``version`` and ``features``, whether its own
    ``defaults`` are among these, and the names ``beside`` it."""

    file: str
    name: str
    version: str
    features: Collection[str]
    defaults: bool
    beside: Collection[str]


def _needed(crate: _Crate) -> Sequence[Dependency]:
    own = _BUILDS_ITS_OWN.intersection(crate.features)
    found = _CRATES.get(crate.name, ())
    until = _BY_DEFAULT.get(crate.name)
    if until is not None:
        leading = tuple(map(int, re.findall(r"\d+", crate.version)[:2]))
        by_default = crate.defaults and (0,) < leading < until
        found = _OPENSSL if by_default or _TLS.intersection(crate.features) else ()
        own = {each for each in crate.features if "vendored" in each}
    if own:
        return _BUILDS_OPENSSL if found == _OPENSSL else ()
    return tuple(each for each in found if _BROUGHT.get(each.package) not in crate.beside)


def _required(source: Source) -> Iterator[_Crate]:
    """The crates that are required in any case, from the one that is built on."""
    files = {path: text for path, text in source.build_files.items() if path.endswith(CARGO_TOML)}
    maturin = at(source.pyproject, "tool", "maturin")
    named = at(maturin, "manifest-path")
    first = normpath(named) if isinstance(named, str) else CARGO_TOML
    features = {*strings(at(maturin, "features"))}
    features |= set() if at(maturin, "no-default-features") is True else {"default"}
    paths = [(first, features)]
    seen: set[str] = set()
    for path, enabled in paths:
        if path in seen or len(seen) >= _MOST_CRATES:
            continue
        seen.add(path)
        table = _read(files.get(path, ""))
        listed = [*_dependencies(table, _enabled(table, enabled))]
        names = {_name(key, said) for key, said in listed}
        for key, said in listed:
            base, whole = path, _as_table(said)
            if whole.get("workspace") is True:
                base, inherited = _of_workspace(path, key, files)
                more = [*strings(whole.get("features")), *strings(at(inherited, "features"))]
                whole = {**_as_table(inherited), "features": more}
            features = {*strings(whole.get("features"))}
            by_default = whole.get("default-features") is not False
            within = whole.get("path")
            if isinstance(within, str):
                inner = normpath(join(dirname(base), within, CARGO_TOML))
                paths.append((inner, features | ({"default"} if by_default else set())))
            else:
                version, name = str(whole.get("version", "")), _name(key, whole)
                yield _Crate(path, name, version, features, by_default, names)


def _dependencies(table: Mapping[str, Any], enabled: Collection[str]) -> Iterator[tuple[str, Any]]:
    """(key, what it says) of the dependencies that are not optional, or are ``enabled``."""
    targets = _as_table(at(table, "target"))
    of_unix = [each for cfg, each in targets.items() if cfg in _UNIX]
    for each in (table, *of_unix):
        for kind in _TABLES:
            for key, said in _as_table(at(each, kind)).items():
                if at(said, "optional") is not True or {key, f"dep:{key}"} & {*enabled}:
                    yield key, said


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
    folder = dirname(path)
    while True:
        above = f"{folder}/{CARGO_TOML}" if folder else CARGO_TOML
        said = at(_read(files.get(above, "")), "workspace", "dependencies", key)
        if said is not None or not folder:
            return above, said
        folder = dirname(folder)


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

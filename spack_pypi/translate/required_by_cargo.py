"""Native libraries and programs without which Cargo does not build a crate, by its own words.

Counted are the dependencies of the crate that is built, and of those that it requires by a path in
the archive: in Cargo.toml, not optional (or in a feature that is on), for Linux. Those in
`_CRATES` always need what stands there, by their pages; what the crates of others require stands
in Cargo.lock (`behind_crates`).
https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ..pypi.model import Source
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
)
from .compiled_crates import CompiledCrates, Crate
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
#: Programs that any machine that compiles has, or Spack builds soon: better there in vain.
_USUAL = (CMAKE, MAKE)
_TLS = {"default-tls", "native-tls", "https", "ssh"}
#: Which crates bring a program that is otherwise looked for.
_BROUGHT = {"protobuf": "protoc-bin-vendored"}


class _Asked(NamedTuple):
    """What a crate needs, ``why``, and the only ``platform`` on which it does, if there is one;
    not ``certain`` where it may be there for another crate."""

    why: str
    platform: str
    needed: Sequence[Dependency]
    certain: bool = True

    def order(self) -> tuple[bool, bool]:
        """What is needed everywhere, and for certain, comes first."""
        return bool(self.platform), not self.certain


def required_by_cargo(source: Source, tools: Collection[str]) -> tuple[KnownNeed, ...]:
    """What the crate of an archive requires, where it is built with Rust (which is among its
    ``tools``). The program that is maybe required for another crate of the archive is there, too,
    if it is a usual one: then a comment says which crate runs it."""
    if "rust" not in tools:
        return ()
    walk = CompiledCrates(source)
    asked = [
        _Asked(requires(crate.file, crate.name), crate.platform, _needed(crate))
        for crate in walk.crates
        if not (walk.is_known and crate.name in _BY_DEFAULT)
    ]
    for platform, each in walk.behind(_CRATES):
        certain = walk.is_certain(each)
        if certain or each.needed in _USUAL:
            asked.append(_Asked(_behind(walk.lock, each), platform, each.needed, certain))
    found: dict[str, KnownNeed] = {}
    # All crates use the copy of OpenSSL that one of them builds.
    left_out = OPENSSL if any(each.needed == BUILDS_OPENSSL for each in asked) else ()
    for why, platform, needed, certain in sorted(asked, key=_Asked.order):
        for dependency in needed if needed != left_out else ():
            here = replace(dependency, when=Condition(platform=platform))
            need = KnownNeed(here, why, in_table=False, comment="" if certain else why)
            found.setdefault(dependency.package, need)
    return tuple(found.values())


def maybe_required_by_cargo(source: Source, tools: Collection[str]) -> tuple[KnownNeed, ...]:
    """What Cargo.lock names, but usual programs, that may be there only for other crates of the
    archive, or for features that are off."""
    if "rust" not in tools:
        return ()
    walk = CompiledCrates(source)
    found: dict[str, KnownNeed] = {}
    for _, each in walk.behind(_CRATES):
        asked = not walk.is_certain(each) and each.needed not in _USUAL
        for dependency in each.needed if asked else ():
            need = KnownNeed(dependency, _behind(walk.lock, each), in_table=False)
            found.setdefault(dependency.package, need)
    return tuple(found.values())


def requires(file: str, name: str) -> str:
    """How the source of such a need is named."""
    return f"{file} requires the crate {name}"


def _behind(lock: str, behind: Behind) -> str:
    return f"{lock} requires the crate {behind.crate}, for {behind.by}"


def _needed(crate: Crate) -> Sequence[Dependency]:
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

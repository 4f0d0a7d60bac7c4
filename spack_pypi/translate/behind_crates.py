"""What crates of others need that Cargo.lock names: which of them require which stands there.

A ``-sys`` crate is compiled for whatever requires it. Where the file is of several crates of which
only one is built, it may be there for another one: that is not certain.
https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..recipe.model import BUILD, LIBRARY, Dependency


def _library(package: str) -> tuple[Dependency, ...]:
    return (PKG_CONFIG, Dependency(package, types=LIBRARY))


def _program(package: str, *variants: str) -> tuple[Dependency, ...]:
    return (Dependency(package, variants=variants, types=BUILD),)


PKG_CONFIG = Dependency("pkgconfig", types=BUILD)
OPENSSL = _library("openssl")
#: openssl-src configures with Perl, and builds with make.
BUILDS_OPENSSL = (*_program("gmake"), *_program("perl"))
CLANG, CMAKE, MAKE = _program("llvm", "+clang"), _program("cmake"), _program("gmake")
PROTOC = _program("protobuf")
HDF5 = (Dependency("hdf5", types=LIBRARY),)
#: The crate → what it needs, by its page on https://docs.rs.
_NEEDS: Mapping[str, Sequence[Dependency]] = {
    "alsa-sys": _library("alsa-lib"),
    "bindgen": CLANG,
    "cairo-sys-rs": _library("cairo"),
    "cmake": CMAKE,
    "gdal-sys": _library("gdal"),
    "glib-sys": _library("glib"),
    "hdf5-metno-sys": HDF5,
    "hdf5-sys": HDF5,
    "jemalloc-sys": MAKE,
    "libdbus-sys": _library("dbus"),
    "libgssapi-sys": (Dependency("krb5", types=LIBRARY),),
    "libsqlite3-sys": _library("sqlite"),
    "nasm-rs": _program("nasm"),
    "netcdf-sys": (Dependency("netcdf-c", types=LIBRARY),),
    "nettle-sys": _library("nettle"),
    "openssl-sys": OPENSSL,
    "pango-sys": _library("pango"),
    "pcap": (Dependency("libpcap", types=LIBRARY),),
    "pq-sys": (Dependency("postgresql", types=LIBRARY),),
    "prost-build": PROTOC,
    "rdkafka-sys": MAKE,
    "tikv-jemalloc-sys": MAKE,
    "yeslogic-fontconfig-sys": _library("fontconfig"),
    "zmq-sys": _library("libzmq"),
}
#: What such a crate requires where it builds a copy, or loads the library only if it is there.
_HAS_COPY: Mapping[str, set[str]] = {
    "hdf5-metno-sys": {"hdf5-metno-src"},
    "hdf5-sys": {"hdf5-src"},
    "libdbus-sys": {"cc"},
    "libsqlite3-sys": {"cc"},
    "netcdf-sys": {"netcdf-src"},
    "pq-sys": {"pq-src"},
    "rdkafka-sys": {"cmake"},
    "yeslogic-fontconfig-sys": {"dlib"},
}
#: What is required only for other platforms, or where something else fails; and what is brought by
#: another crate beside it.
_UNUSED = {
    "aws-lc-sys": {"bindgen", "cmake"},
    "coreaudio-sys": {"bindgen"},
}
_BROUGHT = {"prost-build": {"protoc-bin-vendored", "protobuf-src", "protox"}}
_MOST_CRATES = 5000


class Behind(NamedTuple):
    """A ``crate`` that the crate ``by`` requires, itself or through others, and what it needs."""

    crate: str
    by: str
    needed: Sequence[Dependency]


class LockedCrates:
    """The crates that a lock file names (`spack_pypi.pypi.project_files.cargo_lock.edges`); those
    ``own`` lie in the archive, and ``versions`` are those of each that are from a registry."""

    def __init__(self, text: str) -> None:
        self.own: set[str] = set()
        self.versions: dict[str, set[str]] = {}
        self._required: dict[str, set[str]] = {}
        for line in text.split("\n")[:_MOST_CRATES]:
            kind, *names = line.split(" ")
            if kind not in ("own", "other"):
                continue
            name, _, version = names[0].partition("@")
            self._required.setdefault(name, set()).update(names[1:])
            self.versions.setdefault(name, set()).update({version} - {""})
            if kind == "own":
                self.own.add(name)

    def requiring(self, crates: Collection[str]) -> set[str]:
        """The crates that require any of these."""
        return {each for each, of_it in self._required.items() if not of_it.isdisjoint(crates)}

    def always(
        self, crates: Iterable[str], requires: Mapping[str, Collection[str]]
    ) -> Iterator[str]:
        """What stands behind these crates by nothing but what a crate ``requires`` on all
        platforms, each once."""
        left, seen = [*crates], {*crates}
        for crate in left:
            found = self._required.get(crate, set()) & {*requires.get(crate, ())} - seen
            yield from sorted(found)
            left += sorted(found)
            seen |= found

    def behind(self, crates: Iterable[str]) -> Iterator[Behind]:
        """What is behind these crates, each once."""
        seen = set(self.own)
        for crate in crates:
            left = [crate]
            for each in left:
                if each in seen:
                    continue
                seen.add(each)
                required = self._required.get(each, set())
                needed = self._needed(each, required)
                if needed:
                    yield Behind(each, crate, needed)
                left += sorted(required - _unused(each, required))

    def _needed(self, crate: str, required: Collection[str]) -> Sequence[Dependency]:
        if crate == "openssl-sys" and "openssl-src" in required:
            return BUILDS_OPENSSL
        has_copy = not _HAS_COPY.get(crate, set()).isdisjoint(required)
        return () if has_copy else _NEEDS.get(crate, ())


def _unused(crate: str, required: Collection[str]) -> set[str]:
    brought = {each for each, by in _BROUGHT.items() if not by.isdisjoint(required)}
    return brought | _UNUSED.get(crate, set())

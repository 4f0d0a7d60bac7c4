"""The Rust that crates of others need, beyond what the project that requires them states.

Cargo refuses to compile a crate with a Rust that is older than its ``rust-version``. The index of
crates is not asked: those that extensions for Python require most, and that raise a bound, stand
in a table, by ``rust-version`` in Cargo.toml at the tags of their repositories. Counted are those
that the crates of the archive require themselves, with the features that are on, on all platforms,
and what these require in any case.
https://doc.rust-lang.org/cargo/reference/rust-version.html
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from packaging.version import Version

from ..pypi.model import Source
from .behind_crates import LockedCrates
from .compiled_crates import CompiledCrates, Crate

#: Crate → (from which version on, the least Rust), the newest first.
_LEAST: Mapping[str, Sequence[tuple[str, str]]] = {
    # https://github.com/lukaslueg/built
    "built": (("0.8.1", "1.87"), ("0.8", "1.81"), ("0.7.7", "1.74")),
    # https://github.com/rustsec/rustsec
    "cargo-lock": (("11", "1.85"), ("10", "1.70"), ("9", "1.60"), ("8", "1.56")),
    # https://github.com/clap-rs/clap
    "clap": (("4.6", "1.85"), ("4.5", "1.74"), ("4.4", "1.70"), ("4.1", "1.64"), ("4", "1.60")),
    # https://github.com/TedDriggs/darling
    "darling": (("0.23", "1.88"), ("0.20.10", "1.56")),
    # https://github.com/JelteF/derive_more
    "derive_more": (("2.1", "1.81"), ("1", "1.75")),
    # https://github.com/sarah-quinones/faer-rs
    "faer": (("0.21.3", "1.84"),),
    # https://github.com/rust-random/getrandom
    "getrandom": (("0.4", "1.85"), ("0.3", "1.63")),
    # https://github.com/starkat99/half-rs
    "half": (("2.5", "1.81"), ("2.3", "1.70"), ("2", "1.58")),
    # https://github.com/rust-lang/hashbrown
    "hashbrown": (
        ("0.17", "1.85"),
        ("0.15.1", "1.65"),
        ("0.14.1", "1.63"),
        ("0.14", "1.64"),
        ("0.13.1", "1.61"),
        ("0.12.1", "1.56"),
    ),
    # https://github.com/hsivonen/idna_adapter
    "idna_adapter": (("1.2.2", "1.86"), ("1.2.1", "1.82"), ("1.2", "1.67"), ("1", "1.57")),
    # https://github.com/indexmap-rs/indexmap
    "indexmap": (("2.14", "1.85"), ("2.12", "1.82"), ("2", "1.63"), ("1.9", "1.56")),
    # https://github.com/rust-ndarray/ndarray
    "ndarray": (("0.16", "1.64"), ("0.15.6", "1.49")),
    # https://github.com/PyO3/rust-numpy
    "numpy": (
        ("0.28", "1.83"),
        ("0.26", "1.74"),
        ("0.22", "1.63"),
        ("0.20", "1.56"),
        ("0.16", "1.48"),
    ),
    # https://github.com/PyO3/pyo3, before 0.20 by its README
    "pyo3": (
        ("0.28", "1.83"),
        ("0.26", "1.74"),
        ("0.22", "1.63"),
        ("0.20", "1.56"),
        ("0.16", "1.48"),
        ("0.14", "1.41"),
    ),
    "pyo3-ffi": (("0.28", "1.83"), ("0.26", "1.74"), ("0.24", "1.63")),
    # https://github.com/rust-random/rand
    "rand": (("0.10", "1.85"), ("0.9", "1.63")),
    # https://github.com/rayon-rs/rayon
    "rayon": (("1.11", "1.80"), ("1.8", "1.63"), ("1.7", "1.59"), ("1.6", "1.56")),
    # https://github.com/seanmonstar/reqwest
    "reqwest": (("0.13.4", "1.85"), ("0.12.10", "1.64"), ("0.11.19", "1.63"), ("0.11.16", "1.57")),
    # https://github.com/time-rs/time
    "time": (("0.3.46", "1.88"), ("0.3.45", "1.83"), ("0.3.42", "1.81"), ("0.3.24", "1.67")),
    # https://github.com/tokio-rs/tokio
    "tokio": (("1.48", "1.71"), ("1.39", "1.70"), ("1.30", "1.63"), ("1.27", "1.56")),
    # https://github.com/algesten/ureq
    "ureq": (("3.3", "1.85"), ("2.12", "1.71"), ("2.11", "1.67"), ("2.10", "1.63")),
    # https://github.com/servo/rust-url
    "url": (("2.5.4", "1.63"), ("2.5.3", "1.57")),
    # https://github.com/uuid-rs/uuid
    "uuid": (("1.21", "1.85"), ("1.11.1", "1.63"), ("1.6", "1.60"), ("1.5", "1.57")),
    # https://github.com/zip-rs/zip2
    "zip": (
        ("7.4", "1.88"),
        ("5.1", "1.83"),
        ("4.3", "1.82"),
        ("3", "1.75"),
        ("1.3.1", "1.73"),
        ("1.1", "1.70"),
    ),
}
#: Repository → its project, and the least Rust by its tags, for crates that come by these.
_BY_TAG: Mapping[str, tuple[str, Sequence[tuple[str, str]]]] = {
    "https://github.com/astral-sh/ruff": (
        "ruff",
        (
            ("0.15.22", "1.95"),
            ("0.15.16", "1.94"),
            ("0.15.12", "1.93"),
            ("0.15.8", "1.92"),
            ("0.15", "1.91"),
            ("0.14.10", "1.90"),
            ("0.14.4", "1.89"),
            ("0.13.1", "1.88"),
            ("0.12.10", "1.87"),
            ("0.12.2", "1.86"),
            ("0.11.11", "1.85"),
            ("0.11.4", "1.84"),
            ("0.9.8", "1.83"),
            ("0.7.1", "1.80"),
            ("0.5.6", "1.76"),
            ("0.5", "1.75"),
        ),
    ),
}
#: What a crate requires on all platforms, in the versions that do, by the same files.
_REQUIRES: Mapping[str, Collection[str]] = {
    "built": ("cargo-lock",),
    "cargo-lock": ("url",),
    "idna": ("idna_adapter",),
    "indexmap": ("hashbrown",),
    "reqwest": ("url",),
    "ureq": ("url",),
    "url": ("idna",),
}
_RELEASED = re.compile(r"\d{1,9}(\.\d{1,9}){2}(\+[\w.-]+)?")
#: One part of a requirement that has a least version: ``1.2``, ``^1``, ``~1.2``, ``=1.2.3``,
#: ``>=1.2``, ``1.*``.
_REQUIRED = re.compile(r"(?:>=?|[\^~=])?\s*(\d{1,9}(?:\.\d{1,9}){0,2})(?:\.\*){0,2}")


class LeastRust(NamedTuple):
    """The least ``version`` of Rust, ``""`` if any will do, and ``why``, where what needs it is
    not what the project says of Rust."""

    version: str
    why: str = ""


def needed_by_crates(source: Source) -> Iterator[LeastRust]:
    """What each of the crates that an archive requires needs, in the version of Cargo.lock, or
    else in the least one that Cargo.toml allows; and what they require in any case, where the
    lock file is of what is built alone."""
    walk = CompiledCrates(source)
    crates = [each for each in walk.crates if not each.platform]
    for crate in crates:
        if crate.repository:
            yield from _by_tag(crate)
        else:
            yield from _by_version(crate.name, _version(crate.name, crate.version, walk.graph))
    behind = walk.graph.always([each.name for each in crates], _REQUIRES) if walk.is_known else ()
    for name in behind:
        yield from _by_version(name, _version(name, "", walk.graph))


def _by_tag(crate: Crate) -> Iterator[LeastRust]:
    place = crate.repository.rstrip("/").removesuffix(".git")
    project, rows = _BY_TAG.get(place, ("", ()))
    tag = crate.tag.removeprefix("v")
    yield from _least(project, rows, Version(tag) if _RELEASED.fullmatch(tag) else None)


def _by_version(name: str, version: Version | None) -> Iterator[LeastRust]:
    yield from _least(name, _LEAST.get(name, ()), version)


def _least(
    name: str, rows: Sequence[tuple[str, str]], version: Version | None
) -> Iterator[LeastRust]:
    for since, rust in rows:
        if version is not None and version >= Version(since):
            shown = ".".join(map(str, version.release[: max(2, since.count(".") + 1)]))
            yield LeastRust(rust, f"{name} {shown} needs Rust {rust}")
            return


def _version(name: str, required: str, graph: LockedCrates) -> Version | None:
    """The version of a crate, of which ``required`` is what Cargo.toml says; None where it is not
    known, or not a release. Of several in the lock file, it is the least that is allowed, at
    most."""
    parts = [_REQUIRED.fullmatch(each.strip()) for each in required.split(",")]
    least = max((Version(each[1]) for each in parts if each), default=None)
    locked = graph.versions.get(name)
    if locked is None:
        return least
    versions = [Version(each.partition("+")[0]) for each in locked if _RELEASED.fullmatch(each)]
    return min((each for each in versions if not least or each >= least), default=None)

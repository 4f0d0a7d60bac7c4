"""The Rust that crates of others need, beyond what the project that requires them states.

Cargo refuses to compile a crate with a Rust that is older than its ``rust-version``. The index of
crates is not asked: those that extensions for Python require most, and that raise a bound, stand
in a table, by ``rust-version`` in Cargo.toml at the tags of their repositories. Counted are those
that the crates of the archive require themselves, with the features that are on, on all platforms.
https://doc.rust-lang.org/cargo/reference/rust-version.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from packaging.version import Version

from ..pypi.model import Source
from .compiled_crates import CompiledCrates, Crate

#: Crate → (from which version on, the least Rust), the newest first.
_LEAST: Mapping[str, Sequence[tuple[str, str]]] = {
    # https://github.com/clap-rs/clap
    "clap": (("4.6", "1.85"), ("4.5", "1.74"), ("4.4", "1.70"), ("4.1", "1.64"), ("4", "1.60")),
    # https://github.com/JelteF/derive_more
    "derive_more": (("2.1", "1.81"), ("1", "1.75")),
    # https://github.com/sarah-quinones/faer-rs
    "faer": (("0.21.3", "1.84"),),
    # https://github.com/rust-random/getrandom
    "getrandom": (("0.4", "1.85"), ("0.3", "1.63")),
    # https://github.com/indexmap-rs/indexmap
    "indexmap": (("2.14", "1.85"), ("2.12", "1.82"), ("2", "1.63"), ("1.9", "1.56")),
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
    # https://github.com/rayon-rs/rayon
    "rayon": (("1.11", "1.80"), ("1.8", "1.63"), ("1.7", "1.59"), ("1.6", "1.56")),
    # https://github.com/tokio-rs/tokio
    "tokio": (("1.48", "1.71"), ("1.39", "1.70"), ("1.30", "1.63"), ("1.27", "1.56")),
    # https://github.com/uuid-rs/uuid
    "uuid": (("1.21", "1.85"), ("1.11.1", "1.63"), ("1.6", "1.60"), ("1.5", "1.57")),
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
    else in the least one that Cargo.toml allows."""
    walk = CompiledCrates(source)
    for crate in walk.crates:
        rows = () if crate.platform else _LEAST.get(crate.name, ())
        version = _version(crate, walk) if rows else None
        if version is None:
            continue
        least = next((rust for since, rust in rows if version >= Version(since)), "")
        if least:
            shown = f"{version.major}.{version.minor}"
            yield LeastRust(least, f"{crate.name} {shown} needs Rust {least}")


def _version(crate: Crate, walk: CompiledCrates) -> Version | None:
    """None where it is not known, or not a release. Of several in the lock file, it is the least
    that is allowed, at most."""
    parts = [_REQUIRED.fullmatch(each.strip()) for each in crate.version.split(",")]
    least = max((Version(each[1]) for each in parts if each), default=None)
    locked = walk.graph.versions.get(crate.name)
    if locked is None:
        return least
    versions = [Version(each.partition("+")[0]) for each in locked if _RELEASED.fullmatch(each)]
    return min((each for each in versions if not least or each >= least), default=None)

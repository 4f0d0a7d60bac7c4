"""maturin and setuptools-rust: compile Rust, which is linked by the C compiler."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from packaging.version import Version

from ...pypi.model import CARGO_LOCK, CARGO_TOML, RUST_TOOLCHAIN, Source, at, loads
from ..build_files import NUMBERS
from ..crates_rust import LeastRust, needed_by_crates
from .model import Backend, Tool

#: The release of Rust from which an edition can be compiled.
#: https://doc.rust-lang.org/edition-guide/
_EDITIONS = {"2018": "1.31", "2021": "1.56", "2024": "1.85"}
#: The release from which a version of Cargo.lock can be read.
#: https://doc.rust-lang.org/cargo/CHANGELOG.html
_LOCKS = {"3": "1.53", "4": "1.78"}
#: The release from which Cargo knows a resolver.
#: https://doc.rust-lang.org/cargo/reference/resolver.html#resolver-versions
_RESOLVERS = {"2": "1.51", "3": "1.84"}


def least_rust(source: Source) -> str:
    """The version of `rust_needed`."""
    return rust_needed(source).version


def rust_needed(source: Source) -> LeastRust:
    """``rust-version`` of the crate that is built, or of the workspace that it lies in; else what
    its edition needs; and no less than what knows its resolver, reads its Cargo.lock, and compiles
    the crates that it requires."""
    stated = (LeastRust(_by_crates(source)), LeastRust(_by_resolver(source)))
    found = (*stated, _by_lock(source), *needed_by_crates(source))
    return max(found, key=lambda each: Version(each.version or "0"))


def _crates(source: Source) -> list[str]:
    """The Cargo.toml files of the archive, that of what is built first, or likely first."""
    found = [path for path in source.build_files if path.endswith(CARGO_TOML)]
    configured = at(source.pyproject, "tool", "maturin", "manifest-path")
    return sorted(found, key=lambda p: (p != configured, p.count("/"), p))


def _by_lock(source: Source) -> LeastRust:
    crate = next(iter(_crates(source)), CARGO_TOML)
    for path in (crate, *_workspaces(crate)):
        lock = source.build_files.get(path.removesuffix(CARGO_TOML) + CARGO_LOCK)
        if lock is not None:
            kind, _, version = lock.partition("\n")[0].partition(" ")
            least = _LOCKS.get(version, "") if kind == "version" else ""
            return LeastRust(least, f"version {version} of Cargo.lock needs Rust {least}")
    return LeastRust("")


def _by_resolver(source: Source) -> str:
    crate = next(iter(_crates(source)), CARGO_TOML)
    for path in (crate, *_workspaces(crate)):
        table = _toml(source.build_files.get(path, ""))
        said = at(table, "workspace", "resolver") or at(table, "package", "resolver")
        if said is not None:
            return _RESOLVERS.get(str(said), "")
    return ""


def _by_crates(source: Source) -> str:
    def declared(path: str, *keys: str) -> Any:
        # There may be dozens of crates, and most of them need not be parsed.
        text = source.build_files.get(path, "")
        return at(_toml(text), *keys) if keys[-1] in text else None

    for key in ("rust-version", "edition"):
        for path in _crates(source):
            value = declared(path, "package", key)
            if isinstance(value, dict) or value is None:  # inherited: ``{ workspace = true }``
                above = (declared(p, "workspace", "package", key) for p in _workspaces(path))
                value = next((each for each in above if each is not None), None)
            if key == "edition":
                value = _EDITIONS.get(str(value))
            if isinstance(value, str) and re.fullmatch(NUMBERS, value):
                return value
    return ""


def unreleased_rust(source: Source, names: set[str]) -> Iterator[str]:
    """That the project asks for a Rust that is not a release, as its code may use what those
    refuse. https://rust-lang.github.io/rustup/overrides.html#the-toolchain-file"""
    crate = str(at(source.pyproject, "tool", "maturin", "manifest-path")).rpartition("/")[0]
    for folder in dict.fromkeys((f"{crate}/" if crate else "", "")):
        for path in (folder + name for name in RUST_TOOLCHAIN):
            text = source.build_files.get(path, "")
            channel = at(_toml(text), "toolchain", "channel") or text.strip()
            if re.fullmatch(r"(beta|nightly)(-[\w-]+)?", str(channel)):
                yield f"{path} asks for Rust {channel}, which is not a release"
                return


def _workspaces(path: str) -> Iterator[str]:
    """Where the workspace of a crate may be defined: in its own file, or in one of a folder above,
    the nearest first. https://doc.rust-lang.org/cargo/reference/workspaces.html"""
    folder = path.rpartition("/")[0]
    while folder:
        yield f"{folder}/{CARGO_TOML}"
        folder = folder.rpartition("/")[0]
    yield CARGO_TOML


def _toml(text: str) -> Mapping[str, Any]:
    try:
        return loads(text)
    except ValueError:
        return {}


MATURIN = Backend(
    "maturin",
    "https://www.maturin.rs/config.html",
    modules=("maturin",),
    projects=("maturin",),
    reads=(CARGO_TOML, *RUST_TOOLCHAIN),
    tools=(Tool("rust", least_rust),),
    generates=lambda source: ("c",),
    remarks=unreleased_rust,
)
SETUPTOOLS_RUST = Backend(
    "setuptools-rust",
    "https://setuptools-rust.readthedocs.io/en/latest/reference.html",
    modules=("setuptools_rust",),
    projects=("setuptools-rust",),
    reads=(CARGO_TOML, *RUST_TOOLCHAIN),
    tools=(Tool("rust", least_rust),),
    generates=lambda source: ("c",),
    remarks=unreleased_rust,
)

"""maturin and setuptools-rust: compile Rust, which is linked by the C compiler."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...pypi.model import CARGO_TOML, Source, at, loads
from .model import Backend, Tool

#: The release of Rust from which an edition can be compiled.
#: https://doc.rust-lang.org/edition-guide/
_EDITIONS = {"2018": "1.31", "2021": "1.56", "2024": "1.85"}


def least_rust(source: Source) -> str:
    """``rust-version`` of the crate that is built, or of its workspace; else what its edition
    needs."""
    crates = _Crates(source.build_files)
    configured = str(at(source.pyproject, "tool", "maturin", "manifest-path"))
    paths = [configured, CARGO_TOML, *sorted(crates.paths, key=lambda p: (p.count("/"), p))]
    for key in ("rust-version", "edition"):
        workspace = at(crates.having(key, CARGO_TOML), "workspace", "package", key)
        for path in dict.fromkeys(paths):
            value = at(crates.having(key, path), "package", key)
            if isinstance(value, dict) or value is None:  # inherited: ``{ workspace = true }``
                value = workspace
            if key == "edition":
                value = _EDITIONS.get(str(value))
            if isinstance(value, str) and re.fullmatch(r"[0-9]+(\.[0-9]+)*", value):
                return value
    return ""


class _Crates:
    """The Cargo.toml files of an archive: there may be dozens, and most need not be parsed."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._texts = {path: text for path, text in files.items() if path.endswith(CARGO_TOML)}
        self.paths = tuple(self._texts)
        self._parsed: dict[str, Mapping[str, Any]] = {}

    def having(self, key: str, path: str) -> Mapping[str, Any]:
        """What a file contains that has this key; empty if it has not, or is no TOML."""
        if key not in self._texts.get(path, ""):
            return {}
        if path not in self._parsed:
            try:
                self._parsed[path] = loads(self._texts[path])
            except ValueError:
                self._parsed[path] = {}
        return self._parsed[path]


MATURIN = Backend(
    "maturin",
    "https://www.maturin.rs/config.html",
    modules=("maturin",),
    projects=("maturin",),
    reads=(CARGO_TOML,),
    tools=(Tool("rust", least_rust),),
    generates=lambda source: ("c",),
)
SETUPTOOLS_RUST = Backend(
    "setuptools-rust",
    "https://setuptools-rust.readthedocs.io/en/latest/reference.html",
    modules=("setuptools_rust",),
    projects=("setuptools-rust",),
    reads=(CARGO_TOML,),
    tools=(Tool("rust", least_rust),),
    generates=lambda source: ("c",),
)

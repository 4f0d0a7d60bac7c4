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
    workspace = at(crates.get(CARGO_TOML), "workspace", "package")
    for key in ("rust-version", "edition"):
        for path in dict.fromkeys(paths):
            value = at(crates.get(path), "package", key)
            if isinstance(value, dict) or value is None:  # inherited: ``{ workspace = true }``
                value = at(workspace, key)
            if key == "edition":
                value = _EDITIONS.get(str(value))
            if isinstance(value, str) and re.fullmatch(r"[0-9]+(\.[0-9]+)*", value):
                return value
    return ""


class _Crates:
    """The Cargo.toml files of an archive, each parsed once it is looked at: one is often enough,
    and there may be dozens."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._texts = {path: text for path, text in files.items() if path.endswith(CARGO_TOML)}
        self.paths = tuple(self._texts)
        self._parsed: dict[str, Mapping[str, Any]] = {}

    def get(self, path: str) -> Mapping[str, Any]:
        """The content of a file; empty if there is none, or it is no TOML."""
        if path not in self._parsed:
            try:
                self._parsed[path] = loads(self._texts.get(path, ""))
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

"""The Pythons for which PyO3 can be compiled: the build script of pyo3-ffi refuses those that are
newer than it knows, unless a crate asks for the stable ABI of an older one (``abi3-py39``).

https://github.com/PyO3/pyo3/blob/v0.27.2/pyo3-ffi/build.rs, since 0.20.3 of its changelog
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..pypi.model import CARGO_CONFIG, CARGO_TOML, Release, Source, at
from ..recipe.model import Dependency
from .backends import of
from .backends.rust import MATURIN
from .brought_back import is_for
from .compiled_crates import CompiledCrates
from .known_needs import KnownNeed

#: From which version on → the newest Python. Since the last one, one more that is not known is
#: taken as well, and none that is out is refused.
_NEWEST = (((0, 28, 0), 0), ((0, 25, 0), 14), ((0, 22, 0), 13), ((0, 20, 3), 12))
#: Until then, the stable ABI of no certain Python (``abi3``) is that of the one it is built with.
_FALLS_BACK = (0, 26, 0)
_PYO3, _FFI = "pyo3", "pyo3-ffi"
_FAMILY = {_PYO3, _FFI, "pyo3-build-config", "pyo3-macros", "pyo3-macros-backend"}
#: Those of others that require it and do not choose the ABI, by their Cargo.toml.
_LEAVE_IT = {"jiter", "numpy", "pyo3-async-runtimes", "pyo3-file", "pyo3-log", "pythonize"}
#: By which variables it checks no version, or that of another Python.
_NO_CHECK = re.compile(
    "PYO3_(USE_ABI3_FORWARD_COMPATIBILITY|CONFIG_FILE|NO_PYTHON)|UNSAFE_PYO3_SKIP_VERSION_CHECK"
)
#: What maturin passes on to Cargo that may turn on features, or set a variable.
_PASSED_ON = ("all-features", "cargo-extra-args", "config", "unstable-flags")
#: A requirement that only one minor version satisfies: ``0.20``, ``~0.20.1``, ``=0.20.3``.
_REQUIRED = re.compile(r"\s*([\^~=]?)\s*0\.(\d{1,3})(?:\.(\d{1,3}|\*))?\s*")
_RELEASED = re.compile(r"0\.(\d{1,3})\.(\d{1,3})")
_NEWEST_PATCH = 999
_Version = tuple[int, int, int]


def known_to_pyo3(source: Source, release: Release) -> tuple[KnownNeed, ...]:
    """The Pythons for which maturin can build the release, as Cargo.lock, or else Cargo.toml, says
    which PyO3 is compiled; nothing where it is for no newer one anyway, or that is not certain."""
    named = any(_PYO3 in text for path, text in source.build_files.items() if _is_crate(path))
    if of(source) is not MATURIN or source.in_tree or not named or _may_be_unchecked(source):
        return ()
    crates = CompiledCrates(source)
    of_it = [each for each in crates.crates if each.name in (_PYO3, _FFI)]
    always = [each for each in of_it if not each.platform]
    required = crates.graph.requiring(_FAMILY)
    others = required - crates.own - _FAMILY - _LEAVE_IT
    if not crates.is_whole or not always or others or len(crates.locks) > 1:
        return ()
    stable = {
        feature
        for each in crates.crates
        if each.name in _FAMILY
        for feature in each.features
        if feature.startswith("abi3")
    }
    found = {_locked(crates)} if crates.locks else {_required(each.version) for each in of_it}
    version = found.pop()
    if found or version is None or stable - {"abi3"} or (stable and version >= _FALLS_BACK):
        return ()
    newest = next((minor for since, minor in _NEWEST if version >= since), 0)
    if not newest or not is_for(release.requires_python, since=newest + 1):
        return ()
    said = f"PyO3 0.{version[1]} builds with Python up to version 3.{newest}"
    where = crates.lock or always[0].file
    why = f"{where} requires the crate {always[0].name}: {said}"
    return (KnownNeed(Dependency("python", f":3.{newest}"), why, in_table=False, comment=said),)


def _is_crate(path: str) -> bool:
    return path.rpartition("/")[2] == CARGO_TOML


def _may_be_unchecked(source: Source) -> bool:
    """Whether it is not certain that the checks are made, or which features are on."""
    maturin = at(source.pyproject, "tool", "maturin")
    features = at(maturin, "features")
    conditional = isinstance(features, list) and any(not isinstance(f, str) for f in features)
    passed_on = any(at(maturin, key) is not None for key in _PASSED_ON)
    return conditional or passed_on or any(map(_NO_CHECK.search, _configuring(source)))


def _configuring(source: Source) -> Iterator[str]:
    yield str(source.pyproject)
    for path, text in source.build_files.items():
        if f"/{path}".endswith(CARGO_CONFIG):
            yield text


def _locked(crates: CompiledCrates) -> _Version | None:
    """The version in the lock file, if that is a release."""
    versions = crates.graph.versions.get(_FFI, set())
    match = _RELEASED.fullmatch(next(iter(versions), "")) if len(versions) == 1 else None
    return (0, int(match[1]), int(match[2])) if match else None


def _required(text: str) -> _Version | None:
    """The newest version that a requirement of Cargo.toml accepts, if all of them have the same
    minor version. https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html"""
    match = _REQUIRED.fullmatch(text)
    if match is None:
        return None
    is_one = match[1] == "=" and (match[3] or "*") != "*"
    return (0, int(match[2]), int(match[3]) if is_one else _NEWEST_PATCH)

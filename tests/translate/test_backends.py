"""The registry of build backends: (how one is recognized, what is known of it)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from spack_pypi.pypi.model import BUILD_FILES, GIT_MODULES, InTree, Source
from spack_pypi.pypi.project_files.cargo_lock import edges
from spack_pypi.recipe.build_system import CMAKE, PYTHON
from spack_pypi.translate.backends import BACKENDS, UNKNOWN, of, used

#: Each record, and the ``build-backend`` that its documentation tells to write; "" for an add-on,
#: which is recognized by its project.
RECORDS = {
    "setuptools": "setuptools.build_meta",
    "meson-python": "mesonpy",
    "scikit-build": "skbuild.build",
    "scikit-build-core": "scikit_build_core.build",
    "cmeel": "cmeel",
    "hatchling": "hatchling.build",
    "maturin": "maturin",
    "setuptools-rust": "",
    "flit": "flit_core.buildapi",
    "uv_build": "uv_build",
    "poetry": "poetry.core.masonry.api",
    "pdm": "pdm.backend",
    "sip": "sipbuild.api",
    "pyqt-builder": "",
    "jupyter-packaging": "jupyter_packaging.build_api",
    "whey": "whey",
    "sphinx-theme-builder": "sphinx_theme_builder",
}


def source(backend: str = "", **fields: Any) -> Source:
    return Source(pyproject={"build-system": {"build-backend": backend}}, **fields)


@pytest.mark.parametrize("name", RECORDS)
def test_each_is_recognized(name: str) -> None:
    if RECORDS[name]:
        assert of(source(RECORDS[name])).name == name
    else:
        assert [b.name for b in used(source("own"), {name})] == [name]


def test_the_registry_is_whole() -> None:
    """What is listed is tested, documented, and can be distinguished."""
    assert [each.name for each in BACKENDS] == list(RECORDS)
    assert all(each.documented.startswith("https://") for each in BACKENDS)
    modules = [module for each in BACKENDS for module in each.modules]
    assert len(modules) == len(set(modules))


def test_what_backends_read_is_what_is_kept_of_an_archive() -> None:
    """And git's list of submodules, which no backend reads."""
    assert {name for each in BACKENDS for name in each.reads} == {*BUILD_FILES} - {GIT_MODULES}


#: (backend, build requirements, the records that apply)
USED = [
    ("setuptools.build_meta", {"setuptools"}, ["setuptools"]),
    ("setuptools.build_meta", {"scikit-build"}, ["setuptools", "scikit-build"]),
    ("setuptools.build_meta", {"setuptools-rust"}, ["setuptools", "setuptools-rust"]),
    ("sipbuild.api", {"pyqt-builder"}, ["sip", "pyqt-builder"]),
    ("mesonpy", set(), ["meson-python"]),
    ("own", {"numpy"}, []),
]


@pytest.mark.parametrize(("backend", "names", "records"), USED)
def test_add_ons_apply_beside_the_backend(
    backend: str, names: set[str], records: list[str]
) -> None:
    assert [each.name for each in used(source(backend), names)] == records


def test_of_what_is_not_listed_nothing_is_certain() -> None:
    own = of(source("own.api"))
    assert own is UNKNOWN
    assert not own.is_whole(source("own.api"))


def test_a_backend_in_the_archive_is_the_known_one_that_it_imports() -> None:
    assert of(source("own", in_tree=InTree(calls=("os", "mesonpy")))).name == "meson-python"
    assert of(source("own", in_tree=InTree(calls=("os",)))) is UNKNOWN


def test_cmeel_only_packs_what_cmake_installs() -> None:
    assert of(source("cmeel")).build_system is CMAKE
    assert of(source("mesonpy")).build_system is PYTHON
    # It names no generator, and CMake takes Make, which Spack's cmake brings.
    assert [tool.package for tool in of(source("cmeel")).tools] == ["cmake"]


#: (what [build-system] requires, what scikit-build-core before 0.9 requires besides)
OLD_CORES = [
    (["scikit-build-core<0.8"], ["scikit-build-core[pyproject]<0.8"]),
    (["Scikit_Build_Core==0.8.*", "numpy"], ["scikit-build-core[pyproject]==0.8.*"]),
    (["scikit-build-core~=0.8.1"], ["scikit-build-core[pyproject]~=0.8.1"]),
    (["scikit-build-core<0.9"], ["scikit-build-core[pyproject]<0.9"]),
    (["scikit-build-core[pyproject]<0.8"], []),
    (["scikit-build-core"], []),
    (["scikit-build-core>=0.5"], []),
    (["scikit-build-core~=0.8"], []),
    (["scikit-build-core<0.10"], []),
    (["scikit-build-core==0.10.*"], []),
    (["scikit-build-core==0.11.5"], []),
    (["numpy"], []),
]


@pytest.mark.parametrize(("listed", "besides"), OLD_CORES)
def test_what_an_old_scikit_build_core_requires_besides(
    listed: list[str], besides: list[str]
) -> None:
    """0.9 is the first with pathspec among its own requirements, and needs no other project."""
    system = {"requires": listed, "build-backend": "scikit_build_core.build"}
    own = Source(pyproject={"build-system": system})
    assert [*of(own).declares(own)] == besides


def crates(**files: str) -> Source:
    return Source(
        pyproject={"tool": {"maturin": {"manifest-path": "rust/Cargo.toml"}}},
        build_files={path.replace("__", "/") + "/Cargo.toml": text for path, text in files.items()}
        | {"Cargo.toml": "[workspace.package]\nrust-version = '1.70'\nedition = '2021'"},
    )


#: (Cargo.toml of the crate that maturin builds, the least Rust)
RUST = [
    ("[package]\nrust-version = '1.63'", "1.63"),
    ("[package]\nrust-version = { workspace = true }", "1.70"),
    ("[package]\nrust-version.workspace = true\nedition = '2018'", "1.70"),
    ("not TOML", "1.70"),
]


@pytest.mark.parametrize(("text", "least"), RUST)
def test_the_least_rust(text: str, least: str) -> None:
    [tool] = next(each for each in BACKENDS if each.name == "maturin").tools
    assert tool.minimum(crates(rust=text)) == least


#: (Cargo.lock that lies beside the crate or above, the crate, the least Rust)
LOCKED = [
    ("rust/Cargo.lock", "# Cargo writes it.\nversion = 4\n", "rust-version = '1.63'", "1.78"),
    ("Cargo.lock", "version = 4\n\n[[package]]\nname = 'x'", "rust-version = '1.63'", "1.78"),
    ("Cargo.lock", "version = 4\n", "edition = '2024'", "1.85"),
    ("Cargo.lock", "version = 3\n", "edition = '2018'", "1.53"),
    ("Cargo.lock", "version = 3\n", "rust-version = '1.63'", "1.63"),
    ("Cargo.lock", "[[package]]\nname = 'x'\nversion = 4", "edition = '2018'", "1.31"),
    ("other/Cargo.lock", "version = 4\n", "rust-version = '1.63'", "1.63"),
    ("rust/Cargo.lock", "version = 99\n", "rust-version = '1.63'", "1.63"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "lock", "crate", "least"), LOCKED)
def test_the_least_rust_reads_the_lock(path: str, lock: str, crate: str, least: str) -> None:
    [tool] = next(each for each in BACKENDS if each.name == "maturin").tools
    files = {"rust/Cargo.toml": f"[package]\n{crate}", path: edges(lock)}
    assert tool.minimum(Source(build_files=files)) == least


#: (the workspace above, the crate, the least Rust)
RESOLVERS = [
    ("resolver = '3'", "edition = '2021'", "1.84"),
    ("resolver = '3'", "rust-version = '1.90'", "1.90"),
    ("resolver = '2'", "edition = '2018'", "1.51"),
    ("resolver = '1'", "edition = '2018'", "1.31"),
    ("resolver = 'strange'", "edition = '2018'", "1.31"),
    # that of a member does not count
    ("", "edition = '2018'\nresolver = '2'", "1.31"),
]


@pytest.mark.parametrize(("workspace", "crate", "least"), RESOLVERS)
def test_the_least_rust_knows_the_resolver(workspace: str, crate: str, least: str) -> None:
    [tool] = next(each for each in BACKENDS if each.name == "maturin").tools
    texts = {"Cargo.toml": f"[workspace]\n{workspace}", "rust/Cargo.toml": f"[package]\n{crate}"}
    assert tool.minimum(Source(build_files=texts)) == least


#: (a file besides the crate in rust/, its text, what a reviewer should know)
TOOLCHAINS = [
    ("rust-toolchain.toml", "[toolchain]\nchannel = 'nightly-2023-12-23'\nprofile = 'minimal'",
     ["rust-toolchain.toml asks for Rust nightly-2023-12-23, which is not a release"]),
    ("rust-toolchain", "nightly\n",
     ["rust-toolchain asks for Rust nightly, which is not a release"]),
    ("rust/rust-toolchain", "[toolchain]\nchannel = 'beta'",
     ["rust/rust-toolchain asks for Rust beta, which is not a release"]),
    ("rust-toolchain.toml", "[toolchain]\nchannel = '1.75.0'", []),
    ("rust-toolchain.toml", "[toolchain]\nchannel = 'stable'", []),
    ("rust-toolchain.toml", "[toolchain]\ncomponents = ['nightly']", []),
    ("examples/rust-toolchain.toml", "[toolchain]\nchannel = 'nightly'", []),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "said"), TOOLCHAINS)
@pytest.mark.parametrize("backend", ["maturin", "setuptools-rust"])
def test_a_rust_that_is_not_a_release(backend: str, path: str, text: str, said: list[str]) -> None:
    source = crates(rust="[package]\nname = 'x'")
    source = replace(source, build_files={**source.build_files, path: text})
    used = next(each for each in BACKENDS if each.name == backend)
    assert [*used.remarks(source, set())] == said


#: (Cargo.toml of the folder above the crate, of the archive's top, the least Rust)
WORKSPACES = [
    ("[workspace.package]\nrust-version = '1.89'", "[package]\nname = 'x'", "1.89"),
    ("[workspace.package]\nrust-version = '1.89'", "[workspace.package]\nrust-version = '1.7'",
     "1.89"),
    ("[workspace]\nmembers = ['*']", "[workspace.package]\nrust-version = '1.7'", "1.7"),
    ("[package]\nrust-version = '1.60'", "[workspace.package]\nrust-version = '1.7'", "1.7"),
]  # fmt: skip


@pytest.mark.parametrize(("above", "top", "least"), WORKSPACES)
def test_the_least_rust_of_the_nearest_workspace(above: str, top: str, least: str) -> None:
    """A copy of a whole workspace in a folder, with the crate that is built below."""
    [tool] = next(each for each in BACKENDS if each.name == "maturin").tools
    source = Source(
        pyproject={"tool": {"maturin": {"manifest-path": "ruff/crates/ty/Cargo.toml"}}},
        build_files={
            "Cargo.toml": top,
            "ruff/Cargo.toml": above,
            "ruff/crates/ty/Cargo.toml": "[package]\nrust-version = { workspace = true }",
        },
    )
    assert tool.minimum(source) == least


#: (edition, the first release of Rust that compiles it)
EDITIONS = [("2015", ""), ("2018", "1.31"), ("2021", "1.56"), ("2024", "1.85")]


@pytest.mark.parametrize(("edition", "least"), EDITIONS)
def test_an_edition_is_a_least_rust(edition: str, least: str) -> None:
    [tool] = next(each for each in BACKENDS if each.name == "setuptools-rust").tools
    text = f"[package]\nedition = '{edition}'"
    assert tool.minimum(Source(build_files={"Cargo.toml": text})) == least

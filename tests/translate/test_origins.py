"""Where build needs come from: (what an archive holds) → (what is needed, where that stands)."""

from __future__ import annotations

from typing import Any

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import File, InTree, ModuleImport, Release, Source
from spack_pypi.pypi.project_files import setup_py
from spack_pypi.translate import origins
from spack_pypi.translate.builds import builds

SDIST = File("x-1.tar.gz", "https://files.example/x-1.tar.gz", Version("1"), is_wheel=False)
RELEASE = Release("x", Version("1"), (SDIST,))
WHEEL = File("x-1-cp311-abi3-linux_x86_64.whl", SDIST.url, Version("1"), is_wheel=True)


def system(*requires: str, backend: str = "", **tables: Any) -> dict[str, Any]:
    """A pyproject.toml."""
    named = {"build-backend": backend} if backend else {}
    return {"build-system": {"requires": [*requires], **named}, "tool": tables}


# (archive, need, part of its origin)
REQUIREMENTS = [
    (Source(system("hatchling>=1.10", backend="hatchling.build")),
     "hatchling>=1.10", "[build-system] requires in pyproject.toml"),
    (Source(), "setuptools", "(PEP 518)"),
    (Source(system("wheel")), "setuptools", "(PEP 517)"),
    (Source(setup_cfg="[options]\nsetup_requires = cffi\n"),
     "cffi", "setup_requires in setup.cfg"),
    (Source(setup_py=setup_py.read("setup(setup_requires=['cffi'])")),
     "cffi", "setup_requires in setup.py"),
    (Source(system(backend="own"), in_tree=InTree(("ninja",), True, "own.py")),
     "ninja", "get_requires_for_build_wheel() in own.py"),
    (Source(system("hatchling", backend="hatchling.build", hatch={"version": {"source": "vcs"}})),
     "hatch-vcs", "rule: hatchling requires it when it is called"),
    (Source(system("cmake"),
            build_files={"CMakeLists.txt": "\ncmake_minimum_required(VERSION 3.16)"}),
     "cmake>=3.16", "requires in pyproject.toml; 3.16 is the least version by CMakeLists.txt:2"),
    (Source(system("cmake"),
            build_files={
                "CMakeLists.txt": "cmake_minimum_required(VERSION 3.15)\nadd_subdirectory(a/b)",
                "c/CMakeLists.txt": "cmake_minimum_required(VERSION 3.20)",
                "a/b/CMakeLists.txt": "\ncmake_minimum_required(VERSION 3.20)"}),
     "cmake>=3.20", "3.20 is the least version by a/b/CMakeLists.txt:2"),
    (Source(system("oldest-supported-numpy")), "numpy<2",
     "requires in pyproject.toml: oldest-supported-numpy, a pin for wheels (rule: "),
    (Source(imports=(ModuleImport("pkg_resources", "x/a.py", 3),)),
     "setuptools<82", "rule: x/a.py:3 imports pkg_resources"),
]  # fmt: skip


@pytest.mark.parametrize("source, need, where", REQUIREMENTS)
def test_requirements(source: Source, need: str, where: str) -> None:
    found = {each.what: each for each in origins.requirements(source, builds(source, RELEASE))}
    assert where in found[need].where
    assert found[need].running is (need == "setuptools<82")


def test_the_least_version_of_a_tool_has_a_line() -> None:
    cargo = '[package]\nname = "x"\nrust-version = "1.75"\n'
    source = Source(system("maturin", backend="maturin"), build_files={"Cargo.toml": cargo})
    (rust,) = origins.tools(source, builds(source, RELEASE))
    assert (rust.what, rust.versions) == ("rust", "1.75:")
    assert rust.where == (
        "rule: the build backend maturin runs it; 1.75 is the least version by Cargo.toml:3"
    )


def test_the_least_rust_that_a_crate_needs_names_it() -> None:
    cargo = '[package]\nrust-version = "1.75"\n[dependencies]\npyo3 = "0.28"\n'
    source = Source(system("maturin", backend="maturin"), build_files={"Cargo.toml": cargo})
    (rust,) = origins.tools(source, builds(source, RELEASE))
    assert rust.versions == "1.83:"
    assert rust.where.endswith("1.83 is the least version, as pyo3 0.28 needs Rust 1.83")


# (archive, language, part of its origin)
LANGUAGES = [
    (Source(setup_py=setup_py.read("setup(ext_modules=[])"), suffixes=(".c",)),
     "c", "source files in the archive end in .c"),
    (Source(system("setuptools<70"), setup_py=setup_py.read("setup(ext_modules=[])"),
            suffixes=(".cpp",)),
     "c", "it may be compiled with the C compiler, as setuptools before 72.2 does it"),
    (Source(system("maturin", backend="maturin")), "c", "maturin writes or links code in it"),
    (Source(), "c", "the wheels of the release hold extension modules"),
    (Source(), "cxx", "the wheels of the release hold extension modules"),
    (Source(system("meson-python", backend="mesonpy"),
            build_files={"meson.build": "project('x', 'cpp')"}),
     "cxx", "by meson.build or its configuration, as meson-python reads it"),
]  # fmt: skip


@pytest.mark.parametrize("source, language, where", LANGUAGES)
def test_languages(source: Source, language: str, where: str) -> None:
    built = builds(source, Release("x", Version("1"), (SDIST, WHEEL)))
    found = {each.what: each.where for each in origins.languages(source, built)}
    assert where in found[language]

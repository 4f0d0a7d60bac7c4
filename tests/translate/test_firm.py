"""Native libraries that an archive cannot do without, by its own words: (what it says, their
names)."""

from __future__ import annotations

from typing import Any

import pytest

from spack_pypi.pypi.model import Source
from spack_pypi.pypi.project_files import setup_py
from tests.translate.test_builds import PLATFORM, built, system

CORE = system("scikit-build-core", backend="scikit_build_core.build")
MESON = system("meson-python", backend="mesonpy")


def cmake(text: str) -> Source:
    return Source(CORE, build_files={"CMakeLists.txt": f"project(x)\n{text}"})


def meson(text: str) -> Source:
    return Source(MESON, build_files={"meson.build": f"project('x', 'c')\n{text}"})


def called(text: str) -> Source:
    return Source(setup_py=setup_py.read(text))


def loads(*names: str) -> Source:
    return Source(looked_for=tuple((name, "x/a.py", 3) for name in names))


def configured(text: str) -> Source:
    """A setup.py that gives CMake what it computes from this dictionary."""
    called = f"options = {text}\nrun(['cmake', *('-D' + x + '=' + y for x, y in options)])"
    lists = "option(X OFF)\nif(X)\n find_package(GSL REQUIRED)\nendif()"
    return Source(
        system("setuptools", "cmake"),
        setup_py=setup_py.read(called),
        build_files={"CMakeLists.txt": lists},
    )


EXTERNAL: dict[str, Any] = {"external": {"host-requires": ["dep:generic/unheard"]}}
EXTENSION = "x = Extension('x', ['x.c'], libraries=['unheard'])"
SAID = [
    (cmake("find_package(Unheard REQUIRED)"), ["Unheard"]),
    (cmake("if(X)\n find_package(Unheard REQUIRED)\nendif()"), []),
    (cmake("if(X)\n find_package(GSL REQUIRED)\nendif()"), ["GSL"]),
    (cmake("if(X)\n pkg_check_modules(U REQUIRED gsl)\nendif()"), ["gsl"]),
    (cmake("pkg_check_modules(U REQUIRED unheard)"), ["unheard"]),
    (cmake("find_package(Unheard)"), []),
    (configured("{'X': False}"), []),
    (configured("{'X': True}"), ["GSL"]),
    (configured("[{'X': False}, {'X': asked()}]"), ["GSL"]),
    (cmake('option(X "try X (new)" OFF)\nif(X)\n find_package(GSL REQUIRED)\nendif()'), []),
    (cmake("option(X OFF)\nif(WIN32)\n find_package(Unheard REQUIRED)\nendif()"), []),
    (cmake("add_subdirectory(extern/unheard)"), []),
    (meson("x = dependency('unheard')"), ["unheard"]),
    (meson("x = dependency('unheard', required: false)"), []),
    (meson("x = cc.find_library('unheard')"), ["unheard"]),
    (called(EXTENSION), ["unheard"]),
    (called(f"if y:\n    {EXTENSION}"), []),
    (called(f"{EXTENSION}\nsetup(ext_modules=[x], libraries=[Library('unheard', ['y.c'])])"), []),
    (called(EXTENSION.replace("unheard", "stdc++")), []),
    (called("run(['meson', 'setup', out])"), ["meson"]),
    (called("which('meson')"), []),
    (Source({**system("setuptools"), **EXTERNAL}), ["unheard"]),
    # what a module loads: not what packs, or finds, the libraries of others
    (loads("a", "b", ""), ["a", "b"]),
    (loads("a", "b", "d", "e"), []),
    (loads("libc"), []),
    # nor a program for developers, unless setup.py names it
    (Source(looked_for=(("a", "scripts/b.py", 3), ("b", "x/scripts/c.py", 3))), ["b"]),
    (
        Source(
            setup_py=setup_py.read("setup(cffi_modules=['scripts/b.py:ffi'])"),
            looked_for=(("a", "scripts/b.py", 3),),
        ),
        ["a"],
    ),
]


@pytest.mark.parametrize(("source", "names"), SAID)
def test_what_is_firm(source: Source, names: list[str]) -> None:
    found = built(source, PLATFORM)
    assert [hint.name for hint in found.hints if hint.firm] == names

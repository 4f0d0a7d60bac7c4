"""What Spack gives CMake, and what that needs, of a project that cmeel packs."""

from __future__ import annotations

from typing import Any

import pytest

from spack_pypi.pypi.model import Source
from spack_pypi.translate import backends, by_cmake
from tests.translate.test_builds import built

OTHERWISE = "Otherwise it is compiled for the machine that builds it (CMakeLists.txt:4)"
#: What every such project is given.
TESTS, MODULES = "BUILD_TESTING=OFF", "PYTHON_SITELIB=python_platlib"


def packed(
    *requires: str,
    text: str = "",
    files: dict[str, str] | None = None,
    run: tuple[str, ...] = (),
    table: dict[str, Any] | None = None,
) -> Source:
    """A project with a CMakeLists.txt of this ``text``, which requires ``run`` as well."""
    pyproject = {
        "build-system": {"requires": ["cmeel[build]", *requires], "build-backend": "cmeel"},
        "project": {"dependencies": [*run]},
        "tool": {"cmeel": table or {}},
    }
    return Source(pyproject=pyproject, build_files={"CMakeLists.txt": text, **(files or {})})


#: ([tool.cmeel], CMakeLists.txt, what CMake is given besides)
GIVEN: list[tuple[dict[str, Any], str, list[str]]] = [
    ({}, "", []),
    ({"configure-args": ["-DA=ON", "-DB:STRING=x", "-DC=off"]}, "", ["A=ON", "B=x", "C=OFF"]),
    ({"configure-args": ["--fresh", "-DA="]}, "", ["--fresh", "-DA="]),
    # options of tests that are on
    ({}, 'option(X_TESTS "" ON)\noption(X_TESTING "" OFF)', ["X_TESTS=OFF"]),
    ({}, 'option(BUILD_TESTING "" ON)\noption(LATEST "" ON)', []),
    # tests are not built, whatever the project says, and Spack decides where all goes, and how
    ({"configure-args": ["-DBUILD_TESTING=ON", "-DX_TEST=ON"]}, "", []),
    ({"configure-args": ["-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_OSX_SYSROOT=/x"]}, "", []),
]


@pytest.mark.parametrize(("table", "text", "given"), GIVEN)
def test_what_cmake_is_given(table: dict[str, Any], text: str, given: list[str]) -> None:
    found = built(packed(text=text, table=table)).settings
    texts = [str(each.setting) for each in found]
    assert {*texts} == {TESTS, *given, MODULES}
    assert texts[0] == TESTS and texts[-1] == MODULES
    assert all(each.setting.of_cmake for each in found)


NATIVE = """\
project(x CXX)
option(X_NATIVE "" ON)
if(X_NATIVE)
  add_compile_options(-march=native)
endif()
"""


@pytest.mark.parametrize(("given", "off"), [([], True), (["-DX_NATIVE=ON"], False)])
def test_what_keeps_flags_for_the_machine_that_builds_away(given: list[str], off: bool) -> None:
    found = built(packed(text=NATIVE, table={"configure-args": given})).settings
    assert ("X_NATIVE=OFF" in [str(each.setting) for each in found]) is off
    reasons = [each.setting.reason for each in found if each.setting.name == "X_NATIVE"]
    assert reasons == [OTHERWISE if off else ""]


def test_what_has_no_modules() -> None:
    found = built(packed(table={"has-sitelib": False})).settings
    assert [str(each.setting) for each in found] == [TESTS]


FOUND = "find_package(y REQUIRED)"
COPY = f"""
set(MODULES "${{CMAKE_CURRENT_LIST_DIR}}/cmake")
if(EXISTS "${{MODULES}}/y.cmake")
  message(STATUS "its own")
else()
  {FOUND}
endif()
"""
#: (what a project needs, CMakeLists.txt, other files) → whether the build requirement y is one.
NEEDED: list[tuple[str, dict[str, str], bool]] = [
    ("", {}, False),
    (FOUND, {}, True),
    ("add_project_dependency(y 1.0 REQUIRED)", {}, True),
    ("jrl_find_package(y CONFIG REQUIRED)", {}, True),
    ("jrl_find_y(CONFIG QUIET)", {}, True),
    ("y_add_module(x x.cpp)", {}, True),
    (f"if(BUILD_PYTHON)\n {FOUND}\nendif()", {}, True),
    ("", {"bindings/CMakeLists.txt": FOUND}, True),
    ("", {"cmake/dependencies.cmake": FOUND}, True),
    ('execute_process(COMMAND ${PYTHON_EXECUTABLE} -c "import y; print(y.dir())")', {}, True),
    ("execute_process(COMMAND ${Python_EXECUTABLE} -m y --cmake_dir)", {}, True),
    # what only its tests need
    (f"if(BUILD_TESTING)\n {FOUND}\nendif()", {}, False),
    ("if(BUILD_TESTS_OF_Y)\n find_y()\nendif()", {}, False),
    ("", {"unittest/CMakeLists.txt": FOUND}, False),
    ("", {"tests/CMakeLists.txt": FOUND}, False),
    # what only names it, or defines how it would be looked for
    ('option(X "y is faster" ON)\nset(FILES src/y.cpp)\nmessage("y")', {}, False),
    ("", {"cmake/python.cmake": 'macro(FIND_Y)\n  run("import y")\nendmacro()'}, False),
    # a copy is in the archive, or may not be
    (COPY, {"cmake/y.cmake": ""}, False),
    (COPY, {"cmake/z.cmake": ""}, True),
    (f"if(WIN32)\n {FOUND}\nendif()", {}, False),
]


@pytest.mark.parametrize(("text", "files", "needed"), NEEDED)
def test_what_is_needed_to_build(text: str, files: dict[str, str], needed: bool) -> None:
    source = packed("y>=1", text=text, files=files)
    assert built(source).requirements == (("y>=1",) if needed else ())


@pytest.mark.parametrize("name", ["BUILD_TESTING", "X_TESTS"])
def test_libraries_for_tests_are_not_needed(name: str) -> None:
    text = f'option({name} "" ON)\nif({name})\n find_package(HDF5 REQUIRED)\nendif()'
    assert built(packed(text=text)).needs == ()
    assert built(packed(text=text.replace(name, "X"))).needs != ()


def test_libraries_and_what_runs_are_always_needed() -> None:
    source = packed("cmeel-boost~=1.89.0", "y[build]", "scipy", run=("y",))
    assert built(source).requirements == ("cmeel-boost~=1.89.0", "y")
    numpy = packed("numpy", text="set(PYTHON_COMPONENTS Interpreter NumPy)\nfindpython(REQUIRED)")
    assert built(numpy).requirements == ("numpy",)


def test_what_it_is_linked_with() -> None:
    text = "add_project_dependency(y)\nfind_package(nanobind)\nfind_package(Python NumPy)"
    built_with = ("cmeel-fmt", "y", "libx", "numpy", "nanobind")
    found = built(packed(*built_with, text=text, run=("y", "libx", "numpy"))).cmake
    assert found is not None and found.linked == {"cmeel-fmt", "libx", "y"}


def test_where_cmake_begins() -> None:
    found = built(packed(table={"source": "core"})).cmake
    assert found is not None and found.folder == "core"
    top = built(packed()).cmake
    assert top is not None and top.folder == ""


def test_other_backends_are_not_concerned() -> None:
    source = Source(pyproject={"build-system": {"requires": ["y"], "build-backend": "mesonpy"}})
    own = backends.of(source)
    assert by_cmake.by_cmake(source, own) is None and [*by_cmake.settings(source, own)] == []
    assert [*by_cmake.required(source, own, ["y", "z"])] == ["y", "z"]

"""The least version of CMake with which a project can be configured."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from spack_pypi.pypi.model import Source
from spack_pypi.translate.cmake_minimum import cmake_minimum, stated_minimum


def asks(version: str) -> str:
    return f"cmake_minimum_required(VERSION {version})\n"


def files(texts: Mapping[str, str]) -> Source:
    """An archive with the CMakeLists.txt of folders, ``""`` is its top."""
    named = {f"{at}/CMakeLists.txt".lstrip("/"): text for at, text in texts.items()}
    return Source(build_files=named)


@pytest.mark.parametrize(
    ("text", "minimum"),
    [
        ("cmake_minimum_required(VERSION 3.18)", "3.18"),
        ("cmake_minimum_required(VERSION 3.15...3.26)", "3.15"),
        ("cmake_minimum_required(VERSION 3.18 FATAL_ERROR)", "3.18"),
        ("cmake_minimum_required(VERSION ${V})", ""),
        ("# cmake_minimum_required(VERSION 3.18)", ""),
        (f"cmake_minimum_required(VERSION {'1.' * 3000}1)", ""),
    ],
)
def test_the_version_of_one_file(text: str, minimum: str) -> None:
    assert cmake_minimum(files({"": text})) == minimum
    assert cmake_minimum(files({"lib": text})) == minimum


@pytest.mark.parametrize(
    ("versions", "minimum"),
    [
        ({"a": "3.16", "b": "3.16"}, "3.16"),
        ({"a": "3.16", "b": "3.18"}, ""),
        ({"a": "3.16", "a/b": "3.18"}, "3.16"),
        ({"a": "3.16", "": "3.20"}, "3.20"),
    ],
)
def test_the_version_of_the_outermost_folders(versions: dict[str, str], minimum: str) -> None:
    assert cmake_minimum(files({at: asks(version) for at, version in versions.items()})) == minimum


# (what stands at the top behind 3.15; the version, where the folder lib asks for 3.20)
ENTERED = [
    ("add_subdirectory(lib)", "3.20"),
    ("add_subdirectory(lib EXCLUDE_FROM_ALL)", "3.20"),
    ("add_subdirectory(${CMAKE_CURRENT_SOURCE_DIR}/lib)", "3.20"),
    ("if(UNIX)\nadd_subdirectory(lib)\nendif()", "3.20"),
    ('option(LIB "" ON)\nif(LIB)\nadd_subdirectory(lib)\nendif()', "3.20"),
    ("cmake_minimum_required(VERSION 3.25)\nadd_subdirectory(lib)", "3.25"),
    ("cmake_policy(VERSION 3.17)", "3.17"),
    ("cmake_policy(SET CMP0115 NEW)", "3.15"),
    # in some cases only
    ("if(TESTS)\nadd_subdirectory(lib)\nendif()", "3.15"),
    ('option(LIB "" OFF)\nif(LIB)\nadd_subdirectory(lib)\nendif()', "3.15"),
    ("if(WIN32)\ncmake_minimum_required(VERSION 3.25)\nendif()", "3.15"),
    ("find_package(lib)\nif(NOT lib_FOUND)\nadd_subdirectory(lib)\nendif()", "3.15"),
    ("function(f)\nadd_subdirectory(lib)\nendfunction()", "3.15"),
    # what is downloaded, or not there
    ("FetchContent_Declare(lib)\nFetchContent_MakeAvailable(lib)", "3.15"),
    ("add_subdirectory(other)", "3.15"),
    ("", "3.15"),
]


@pytest.mark.parametrize(("text", "minimum"), ENTERED)
def test_the_folders_that_are_entered_in_any_case(text: str, minimum: str) -> None:
    assert cmake_minimum(files({"": asks("3.15") + text, "lib": asks("3.20")})) == minimum


def test_a_version_counts_as_a_version_and_has_its_place() -> None:
    enter = "add_subdirectory(lib)\n"
    found = stated_minimum(
        files({"": asks("3.9") + enter, "lib": "project(x)\n" + enter, "lib/lib": asks("3.10")})
    )
    assert found == ("3.10", "lib/lib/CMakeLists.txt", 1)
    assert cmake_minimum(files({"": asks("3.15") + enter, "lib": asks("3.5")})) == "3.15"


# (what stands behind 3.12; the version), by the page of FindPython
COMPONENTS = [
    ("find_package(Python COMPONENTS Interpreter Development.SABIModule REQUIRED)", "3.26"),
    ("find_package(Python3 3.8 REQUIRED COMPONENTS Development.Module)", "3.18"),
    ("find_package(Python 3.8 REQUIRED Development.Embed)", "3.18"),
    ("find_package(Python REQUIRED COMPONENTS Development NumPy)", "3.14"),
    ("add_subdirectory(lib)", "3.18"),
    # Python is found without it, or need not be found
    ("find_package(Python COMPONENTS Interpreter Development REQUIRED)", "3.12"),
    ("find_package(Python COMPONENTS Development.SABIModule)", "3.12"),
    ("find_package(Python REQUIRED NumPy OPTIONAL_COMPONENTS Development.SABIModule)", "3.14"),
    ("if(ABI)\nfind_package(Python REQUIRED Development.SABIModule)\nendif()", "3.12"),
    # not what CMake's own modules call so
    ("find_package(Snake COMPONENTS NumPy REQUIRED)", "3.12"),
]


@pytest.mark.parametrize(("text", "minimum"), COMPONENTS)
def test_the_components_of_python_that_are_required(text: str, minimum: str) -> None:
    lib = "find_package(Python COMPONENTS Development.Module REQUIRED)"
    assert cmake_minimum(files({"": asks("3.12") + text, "lib": lib})) == minimum
    assert cmake_minimum(files({"": asks("3.30") + text, "lib": lib})) == "3.30"


def test_a_component_of_python_has_its_place() -> None:
    text = asks("3.18") + "project(x)\n" + COMPONENTS[0][0]
    assert stated_minimum(files({"": text})) == ("3.26", "CMakeLists.txt", 3)


def test_a_module_of_the_project_may_find_components_with_any_cmake() -> None:
    source = files({"": asks("3.12") + COMPONENTS[0][0]})
    own = {**source.build_files, "cmake/FindPython.cmake": ""}
    assert cmake_minimum(Source(build_files=own)) == "3.12"

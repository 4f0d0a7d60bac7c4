"""Which branches of a CMakeLists.txt are run, and what then is needed, used, or not looked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.pypi.model import Source
from spack_pypi.translate.cmake_languages import cmake_languages
from spack_pypi.translate.native import copied, hints
from spack_pypi.translate.required_by_cmake import required_by_cmake


def project(text: str, **more: str) -> Source:
    """An archive that scikit-build-core builds, with these files."""
    pyproject = {"build-system": {"build-backend": "scikit_build_core.build"}}
    return Source(pyproject, build_files={"CMakeLists.txt": text, **more})


def needs(text: str) -> list[str]:
    found = required_by_cmake(project(text), {"cmake"})
    return [f"{each.dependency.spec}: {each.origin.partition(' ')[2]}" for each in found]


OFF, ON = "set(A OFF)\n", "set(A ON)\n"
GSL = "find_package(GSL REQUIRED)\n"
MPI = "find_package(MPI REQUIRED)\n"

BRANCHES = [
    (f"{OFF}if(A)\n{MPI}elseif(B)\n{MPI}else()\n{GSL}endif()", []),
    (f"{OFF}if(A)\n{MPI}elseif(UNIX)\n{GSL}else()\n{MPI}endif()", ["gsl"]),
    (f"{OFF}if(A)\n{MPI}elseif(WIN32)\n{MPI}else()\n{GSL}endif()", ["gsl"]),
    (f"{ON}if(A)\n{GSL}elseif(UNIX)\n{MPI}else()\n{MPI}endif()", ["gsl"]),
    (f"if(B)\nelseif(UNIX)\n{GSL}endif()", []),
    (f"if(B)\nelseif(UNIX)\nelse()\n{GSL}endif()", []),
    (f"{ON}if(A)\nelseif(B)\nelseif(C)\nelse()\n{MPI}endif()\n{GSL}", ["gsl"]),
    # what scikit-build-core defines, and what may be defined
    (f"if(DEFINED SKBUILD)\n{GSL}endif()", ["gsl"]),
    (f"if(NOT DEFINED SKBUILD)\n{MPI}else()\n{GSL}endif()", ["gsl"]),
    (f"if(NOT DEFINED SKBUILD AND B)\nelse()\n{GSL}endif()", ["gsl"]),
    (f"if(DEFINED WIN32)\n{GSL}endif()", []),
    (f"if(NOT DEFINED B)\n{GSL}endif()", []),
    # a file that is in the archive, by a path from its top; of another one nothing is known
    (
        f'if(EXISTS "${{CMAKE_CURRENT_LIST_DIR}}/CMakeLists.txt")\n{GSL}else()\n{MPI}endif()',
        ["gsl"],
    ),
    (f"if(NOT EXISTS ${{PROJECT_SOURCE_DIR}}/CMakeLists.txt)\n{MPI}else()\n{GSL}endif()", ["gsl"]),
    (f"set(D ${{CMAKE_SOURCE_DIR}})\nif(EXISTS ${{D}}/CMakeLists.txt)\n{GSL}endif()", ["gsl"]),
    (f"if(EXISTS ${{D}}/CMakeLists.txt)\n{GSL}endif()", []),
    (f"if(EXISTS ${{CMAKE_SOURCE_DIR}}/other.cmake)\n{MPI}else()\n{MPI}endif()", []),
    (f"if(EXISTS CMakeLists.txt)\n{MPI}endif()", []),
    # what was not looked for was not found
    (f"if(X_FOUND)\n{MPI}else()\n{GSL}endif()", ["gsl"]),
    (f"if(NOT X_FOUND)\n{GSL}endif()", ["gsl"]),
    (f"find_package(X)\nif(X_FOUND)\n{GSL}endif()", []),
    (f"if(B)\nfind_package(X)\nendif()\nif(X_FOUND)\nelse()\n{GSL}endif()", []),
    (f"look(X)\nif(X_FOUND)\nelse()\n{GSL}endif()", []),
    (f"find_package(${{B}})\nif(X_FOUND)\nelse()\n{GSL}endif()", []),
    (f"set(${{B}}_FOUND ON)\nif(X_FOUND)\nelse()\n{GSL}endif()", []),
    (f"if(HAVE_X)\nelse()\n{GSL}endif()", []),
    # an apostrophe in a text
    (f'option(A "don\'t" OFF)\nif(NOT A)\n{GSL}endif()', ["gsl"]),
]


@pytest.mark.parametrize(("text", "packages"), BRANCHES)
def test_branches(text: str, packages: list[str]) -> None:
    assert [each.partition(":")[0] for each in needs(text)] == packages


LOOK, LINK = "find_package(ZLIB)\n", "target_link_libraries(x PRIVATE ZLIB::ZLIB)\n"
USED = ["zlib-api: uses ZLIB if it is there (find_package)"]

USES = [
    (f"{LOOK}if(ZLIB_FOUND)\n{LINK}endif()", USED),
    (f"{LOOK}if(TARGET ZLIB::ZLIB)\n{LINK}endif()", USED),
    (f"{LOOK}if(NOT ZLIB_FOUND)\nadd(x)\nelse()\n{LINK}endif()", USED),
    (f"{OFF}{LOOK}if(A)\nelseif(ZLIB_FOUND)\n{LINK}endif()", USED),
    (f"{LOOK}if(Z2_FOUND)\nelseif(ZLIB_FOUND)\n{LINK}endif()", USED),
    (f"{LOOK}link_libraries(${{ZLIB_LIBRARIES}})", USED),
    # once, as what is required where it is that
    (f"{LOOK}find_package(ZLIB REQUIRED)\n{LINK}",
     ["zlib-api: requires ZLIB (find_package)"]),
    (f"{LOOK}{LINK}if(NOT ZLIB_FOUND)\nmessage(FATAL_ERROR no)\nendif()",
     ["zlib-api: requires ZLIB (find_package)"]),
    # not in any case
    (f"if(B)\n{LOOK}endif()\n{LINK}", []),
    (f"{OFF}if(A)\n{LOOK}endif()\nif(ZLIB_FOUND)\n{LINK}endif()", []),
    (f"{LOOK}if(ZLIB_FOUND)\nif(B)\n{LINK}endif()\nendif()", []),
    (f"{LOOK}if(B)\nif(ZLIB_FOUND)\n{LINK}endif()\nendif()", []),
    (f"{LOOK}if(B)\nelseif(ZLIB_FOUND)\n{LINK}endif()", []),
    (f"{LOOK}if(NOT ZLIB_FOUND)\n{LINK}endif()", []),
    (f"{LOOK}if(PNG_FOUND)\n{LINK}endif()", []),
    # not linked, and another library
    (LOOK, []),
    (f"{LOOK}target_link_libraries(x ZLIB_NG::ZLIB)", []),
    # what a project can do besides is for a person to decide
    ("find_package(MPI)\nif(MPI_FOUND)\nlink_libraries(MPI::MPI_C)\nendif()", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), USES)
def test_what_is_used_if_it_is_there(text: str, said: list[str]) -> None:
    assert needs(text) == said


FIND = "find_package(ZLIB)\n"
ENTER = "add_subdirectory(a)\n"
LEFT = [
    (f"{OFF}if(A)\n{FIND}endif()", "", False),
    (f"if(B)\n{FIND}endif()", "", True),
    (f"{OFF}if(A)\n{FIND}endif()\n{FIND}", "", True),
    (f"if(UNIX)\nreturn()\nendif()\n{FIND}", "", False),
    (f"if(B)\nreturn()\nendif()\n{FIND}", "", True),
    # in a function, which may be called in two ways
    (f"function(f A)\nif(A)\n{FIND}endif()\nendfunction()\nf(B)", "", True),
    (f"function(f)\n{FIND}endfunction()", "", True),
    # in a folder
    (f"{OFF}if(A)\n{ENTER}endif()", FIND, False),
    (f"{OFF}if(A)\n{ENTER}endif()\nif(B)\n{ENTER}endif()", FIND, True),
    (f"{OFF}if(A)\n{ENTER}endif()\n{ENTER}", FIND, True),
    (f"if(B)\n{ENTER}endif()", FIND, True),
    ("", FIND, True),
]


@pytest.mark.parametrize(("text", "below", "looks"), LEFT)
def test_what_is_never_looked_for_is_no_hint(text: str, below: str, looks: bool) -> None:
    source = project(text, **{"a/CMakeLists.txt": below})
    assert [each.name for each in hints(source, {"cmake"})] == ["ZLIB"] * looks


def test_a_copy_that_is_not_built_is_none() -> None:
    text = f"{OFF}if(A)\nadd_subdirectory(extern/zlib)\nelse()\n{FIND}endif()"
    assert "zlib" not in copied(project(text), {"cmake"})
    assert "zlib" in copied(project(text.replace("OFF", "ON")), {"cmake"})


def test_tests_and_build_requirements_are_no_hints() -> None:
    tests = project("", **{"unittests/x/CMakeLists.txt": FIND, "tests/CMakeLists.txt": FIND})
    assert hints(tests, {"cmake"}) == ()
    source = project("find_package(some-modules)")
    assert [each.name for each in hints(source, {"cmake"})] == ["some-modules"]
    assert hints(source, {"cmake", "some-modules"}) == ()


@pytest.mark.parametrize("function", ["find_package", "link_libraries", "message", "project"])
def test_a_call_with_an_empty_list(function: str) -> None:
    source = project(f"set(X)\n{function}(${{X}})\n{LOOK}{LINK}")
    assert [each.dependency.spec for each in required_by_cmake(source, {"cmake"})] == ["zlib-api"]
    assert cmake_languages(source) == ()


CALLS = st.sampled_from(
    [
        *("if(A)", "if(NOT ZLIB_FOUND)", "elseif(ZLIB_FOUND)", "else()", "endif()", "return()"),
        *("set(A ON)", "set(A OFF)", "set(X)", "set(X ZLIB)", "function(f X)", "endfunction()"),
        *("f(A)", "f()", "find_package(ZLIB)", "find_package(${X})", "project(x ${X})"),
        *("add_subdirectory(a)", "add_subdirectory(${X})", "include(${X})", "include(f.cmake)"),
        *("link_libraries(ZLIB::ZLIB ${X})", "message(FATAL_ERROR)", "message(${X})", "list(X)"),
    ]
)


@given(st.lists(CALLS, max_size=20), st.lists(CALLS, max_size=5))
def test_whatever_is_called_is_read(calls: list[str], below: list[str]) -> None:
    more = {"a/CMakeLists.txt": "\n".join(below), "f.cmake": "\n".join(below)}
    source = project("\n".join(calls), **more)
    needed = {each.dependency.spec for each in required_by_cmake(source, {"cmake"})}
    assert needed <= {"zlib-api"}
    assert {each.name for each in hints(source, {"cmake"})} <= {"", "ZLIB"}
    cmake_languages(source)

"""What a CMakeLists.txt does in files that it includes and in functions that it calls: (the files,
the libraries that it requires)."""

from __future__ import annotations

import io

import pytest
from packaging.version import Version

from spack_pypi.pypi.archives import sdist
from spack_pypi.pypi.model import File, Source
from spack_pypi.translate.required_by_cmake import downloads, required_by_cmake
from tests.index_server import sdist_bytes

FIND = "find_package(HDF5 REQUIRED)"
GSL = "find_package(GSL REQUIRED)"
IF_A = f"if(A)\n{FIND}\nendif()"
DEFINE = f"function(look)\n{FIND}\nendfunction()"

FILES: list[tuple[dict[str, str], list[str]]] = [
    # by a path, from the folder of a project, of the CMakeLists.txt, and of the file itself
    ({"CMakeLists.txt": "include(a/x.cmake)", "a/x.cmake": FIND}, ["hdf5"]),
    ({"CMakeLists.txt": "include(${CMAKE_CURRENT_SOURCE_DIR}/a/x.cmake)", "a/x.cmake": FIND},
     ["hdf5"]),
    ({"CMakeLists.txt": "include(${PROJECT_SOURCE_DIR}/a/x.cmake)", "a/x.cmake": FIND}, ["hdf5"]),
    ({"CMakeLists.txt": "include(a/x.cmake)",
      "a/x.cmake": "include(${CMAKE_CURRENT_LIST_DIR}/y.cmake)", "a/y.cmake": FIND}, ["hdf5"]),
    ({"CMakeLists.txt": "include(a/x.cmake)", "a/x.cmake": "include(y.cmake)", "a/y.cmake": FIND},
     []),
    ({"CMakeLists.txt": "add_subdirectory(s)", "s/CMakeLists.txt": "include(x.cmake)",
      "s/x.cmake": FIND, "x.cmake": GSL}, ["hdf5"]),
    # what it enters is below the CMakeLists.txt
    ({"CMakeLists.txt": "include(a/x.cmake)", "a/x.cmake": "add_subdirectory(s)",
      "s/CMakeLists.txt": FIND, "a/s/CMakeLists.txt": GSL}, ["hdf5"]),
    # by its name, where the project keeps such files
    ({"CMakeLists.txt": "include(Look)", "cmake/modules/Look.cmake": FIND}, ["hdf5"]),
    ({"CMakeLists.txt": "include(Look)", "extern/x/cmake/Look.cmake": FIND}, []),
    ({"CMakeLists.txt": "include(CTest)"}, []),
    # not in any case, and once
    ({"CMakeLists.txt": "if(A)\ninclude(a/x.cmake)\nendif()", "a/x.cmake": FIND}, []),
    ({"CMakeLists.txt": "option(A x ON)\nif(A)\ninclude(x.cmake)\nendif()", "x.cmake": FIND},
     ["hdf5"]),
    ({"CMakeLists.txt": "include(x.cmake)", "x.cmake": f"include(x.cmake)\n{FIND}"}, ["hdf5"]),
    ({"CMakeLists.txt": "include(${WHERE}/x.cmake)", "x.cmake": FIND}, []),
    # what it sets is set for the rest, and its end is not that of the rest
    ({"CMakeLists.txt": f"include(x.cmake)\nif(A)\n{FIND}\nendif()", "x.cmake": "set(A ON)"},
     ["hdf5"]),
    ({"CMakeLists.txt": f"include(x.cmake)\n{FIND}", "x.cmake": "return()"}, ["hdf5"]),
    # functions and macros
    ({"CMakeLists.txt": f"{DEFINE}\nlook()"}, ["hdf5"]),
    ({"CMakeLists.txt": f"{DEFINE}\nLOOK(x y)"}, ["hdf5"]),
    ({"CMakeLists.txt": DEFINE.replace("function", "macro") + "\nlook()"}, ["hdf5"]),
    ({"CMakeLists.txt": f"{DEFINE}\nif(A)\nlook()\nendif()"}, []),
    ({"CMakeLists.txt": f"if(A)\n{DEFINE}\nendif()\nlook()"}, []),
    ({"CMakeLists.txt": "include(x.cmake)\nlook()", "x.cmake": DEFINE}, ["hdf5"]),
    ({"CMakeLists.txt": f"function(f)\nf()\n{FIND}\nendfunction()\nf()"}, ["hdf5"]),
    ({"CMakeLists.txt": f"function(f A)\n{IF_A}\nendfunction()\nset(A ON)\nf(OFF)"}, []),
    ({"CMakeLists.txt": f"function(f)\nset(A ON)\nendfunction()\nf()\n{IF_A}"}, []),
    ({"CMakeLists.txt":
      f"set(A ON)\nfunction(f)\nset(A OFF PARENT_SCOPE)\nendfunction()\nf()\n{IF_A}"}, []),
    ({"CMakeLists.txt": f"macro(f)\nset(A ON)\nendmacro()\nf()\nif(A)\n{FIND}\nendif()"},
     ["hdf5"]),
    ({"CMakeLists.txt": f"function(f)\nreturn()\nendfunction()\nf()\n{FIND}"}, ["hdf5"]),
]  # fmt: skip


@pytest.mark.parametrize(("files", "specs"), FILES)
def test_what_is_included_and_called(files: dict[str, str], specs: list[str]) -> None:
    found = required_by_cmake(Source(build_files=files), {"cmake"})
    assert [each.dependency.spec for each in found] == specs


def test_where_it_is_required() -> None:
    files = {"CMakeLists.txt": "include(x.cmake)\nlook()", "x.cmake": DEFINE}
    (need,) = required_by_cmake(Source(build_files=files), {"cmake"})
    assert need.origin == "x.cmake:2 requires HDF5 (find_package)"


#: (the arguments of ExternalProject_Add, whether it may download). It needs no make of its own:
#: Spack's cmake brings gmake.
PROJECTS = [
    ("SOURCE_DIR x CONFIGURE_COMMAND sh configure INSTALL_COMMAND make install", False),
    ("SOURCE_DIR x BUILD_COMMAND make -C x", False),
    ("URL https://x.example/y BUILD_COMMAND make", True),
    ('SOURCE_DIR x DOWNLOAD_COMMAND ""', False),
    ("GIT_REPOSITORY https://x.example/y SOURCE_DIR x", True),
    ("DEPENDS make", True),
]


@pytest.mark.parametrize(("arguments", "fetches"), PROJECTS)
def test_projects_of_others(arguments: str, fetches: bool) -> None:
    source = Source(build_files={"CMakeLists.txt": f"ExternalProject_Add(other {arguments})"})
    assert required_by_cmake(source, {"cmake"}) == ()
    assert bool([*downloads(source, {"cmake"})]) is fetches


def test_files_that_cmake_includes_are_kept_but_not_those_that_look_for_a_package() -> None:
    files = {
        "CMakeLists.txt": "",
        "cmake/x.cmake": FIND,
        "cmake/FindX.cmake": "",
        "x.cmake.in": "",
    }
    more = {f"cmake/more/{n}.cmake": "" for n in range(100)}
    content = sdist_bytes("x", "1", {**files, **more, "z/CMakeLists.txt": FIND})
    file = File("x-1.tar.gz", "https://files.example/x-1.tar.gz", Version("1"), False)
    kept = sdist.source(sdist.inspect(file, io.BytesIO(content)).as_json(), "x").build_files
    assert kept["cmake/x.cmake"] == FIND and kept["z/CMakeLists.txt"] == FIND
    assert not {"cmake/FindX.cmake", "x.cmake.in"} & kept.keys()

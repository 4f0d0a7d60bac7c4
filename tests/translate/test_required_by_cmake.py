"""What CMakeLists.txt requires in any case: (its text, the dependencies that follow)."""

from __future__ import annotations

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import File, Release, Source
from spack_pypi.pypi.project_files.setup_py import UNREAD, SetupPy, read
from spack_pypi.translate.builds import builds
from spack_pypi.translate.required_by_cmake import downloads, required_by_cmake

TEXTS: list[tuple[str, list[str]]] = [
    ("find_package(HDF5 REQUIRED)", ["hdf5"]),
    ("find_package(hdf5 1.10.4 REQUIRED)", ["hdf5@1.10.4:"]),
    ("find_package(Eigen3 3.4 REQUIRED NO_MODULE)", ["eigen@3.4:"]),
    # what calls it with its arguments
    ('add_project_dependency(Eigen3 REQUIRED PKG_CONFIG_REQUIRES "eigen3 >= 3")', ["eigen"]),
    (
        "macro(ADD_PROJECT_DEPENDENCY)\n find(${ARGN})\nendmacro()\n"
        "add_project_dependency(fmt 9.1 REQUIRED)",
        ["fmt@9.1:"],
    ),
    ("jrl_find_package(HDF5 CONFIG REQUIRED EXPECTED_TARGETS hdf5::hdf5)", ["hdf5"]),
    ("find_dependency(HDF5 REQUIRED)", ["hdf5"]),
    ("find_package(PNG REQUIRED)\nfind_package(BZip2 REQUIRED)", ["libpng", "bzip2"]),
    ("find_package(MPI REQUIRED COMPONENTS C CXX)", ["mpi"]),
    # the versions of what is virtual are those of its providers
    ("find_package(ZLIB 1.2.11 REQUIRED)", ["zlib-api"]),
    # the first counts
    ("find_package(GSL 2 REQUIRED)\nfind_package(GSL REQUIRED)", ["gsl@2:"]),
    # not in any case
    ("find_package(HDF5)", []),
    ("find_package(HDF5 QUIET)", []),
    ("if(WITH_IO)\n  find_package(HDF5 REQUIRED)\nendif()", []),
    ("if(A)\nelse()\n  find_package(HDF5 REQUIRED)\nendif(A)", []),
    ("if(A)\n  if(B)\n  endif()\n  find_package(HDF5 REQUIRED)\nendif()", []),
    ("function(f)\n  find_package(HDF5 REQUIRED)\nendfunction()", []),
    ("macro(f)\n  find_package(HDF5 REQUIRED)\nendmacro()", []),
    ("foreach(x ${xs})\n  find_package(HDF5 REQUIRED)\nendforeach()", []),
    ("return()\nfind_package(HDF5 REQUIRED)", []),
    ("# find_package(HDF5 REQUIRED)", []),
    # what is before and after a condition is
    ("if(A)\n  return()\nendif()\nfind_package(HDF5 REQUIRED)", ["hdf5"]),
    ("find_package(GSL REQUIRED)\nif(A)\n  find_package(HDF5 REQUIRED)\nendif()", ["gsl"]),
    # an option that is on
    ('option(M "MPI" ON)\nif(M)\n find_package(MPI REQUIRED)\nendif()', ["mpi"]),
    ('option(M "MPI" ON)\nif(NOT M)\n find_package(MPI REQUIRED)\nendif()', []),
    ('option(M "MPI" ON)\nif(M)\nelse()\n find_package(MPI REQUIRED)\nendif()', []),
    ('option(M "MPI" OFF)\nif(M)\nelse()\n find_package(MPI REQUIRED)\nendif()', ["mpi"]),
    ('option(M "MPI" OFF)\nif(M)\n find_package(MPI REQUIRED)\nendif()', []),
    ('option(M "use MPI (slow)" ON)\nif(M)\n find_package(MPI REQUIRED)\nendif()', ["mpi"]),
    ('option(M "use MPI (slow)" OFF)\nif(M)\n find_package(MPI REQUIRED)\nendif()', []),
    (r'option(M "MPI \"x\" (slow" OFF)' "\nif(M)\n find_package(MPI REQUIRED)\nendif()", []),
    ('message("in (\nlines")\nfind_package(MPI REQUIRED)', ["mpi"]),
    ('option(M "MPI" ${D})\nif(M)\n find_package(MPI REQUIRED)\nendif()', []),
    ('option(M "" ON)\nset(M OFF)\nif(M)\n find_package(MPI REQUIRED)\nendif()', []),
    ('option(M "" ON)\ninquire(M)\nif(M)\n find_package(MPI REQUIRED)\nendif()', []),
    ('option(M "" ON)\nif(M AND N)\n find_package(MPI REQUIRED)\nendif()', []),
    ('option(SET_OFF "" ON)\nif(SET_OFF)\n find_package(MPI REQUIRED)\nendif()', []),
    ('option(SET_OFF "" ON)\nif(NOT SET_OFF)\n find_package(MPI REQUIRED)\nendif()', ["mpi"]),
    ('option(SET_ON "" OFF)\nif(SET_ON)\n find_package(MPI REQUIRED)\nendif()', ["mpi"]),
    ('option(ANY "" ON)\nif(ANY)\n find_package(MPI REQUIRED)\nendif()', []),
    ('option(ARGS "" ON)\nif(ARGS)\n find_package(MPI REQUIRED)\nendif()', []),
    ('option(ARGS "" ON)\nif(NOT ARGS)\n find_package(MPI REQUIRED)\nendif()', ["mpi"]),
    ('option(WHEELS "" ON)\nif(WHEELS)\n find_package(MPI REQUIRED)\nendif()', ["mpi"]),
    # the components of Boost are variants
    ("find_package(Boost REQUIRED)", ["boost"]),
    (
        "find_package(Boost 1.79 REQUIRED COMPONENTS thread filesystem)",
        ["boost@1.79:+filesystem+thread"],
    ),
    ("find_package(Boost COMPONENTS unit_test_framework REQUIRED)", ["boost+test"]),
    (
        "set(C log)\nlist(APPEND C json)\nfind_package(Boost REQUIRED COMPONENTS ${C})",
        ["boost+json+log"],
    ),
    (
        "set(C log)\nif(X)\n list(APPEND C json)\nendif()\n"
        "find_package(Boost REQUIRED COMPONENTS ${C})",
        [],
    ),
    ("find_package(HDF5 1.10 REQUIRED COMPONENTS C CXX HL)", ["hdf5@1.10:+cxx+hl"]),
    ("find_package(OpenSSL REQUIRED COMPONENTS Crypto)", ["openssl"]),
    ("find_package(Boost REQUIRED COMPONENTS python3)", ["boost+python"]),
    ("find_package(Boost REQUIRED COMPONENTS python3${V_MINOR} numpy)", ["boost+numpy+python"]),
    ("find_package(Boost REQUIRED COMPONENTS python_x)", []),
    # without it, the project ends with an error
    ("find_package(GSL)\nif(NOT GSL_FOUND)\n message(FATAL_ERROR none)\nendif()", ["gsl"]),
    ("find_package(GSL)\nif(GSL_FOUND)\nelse()\n message(FATAL_ERROR no)\nendif()", ["gsl"]),
    (
        "find_package(GSL 2.5)\nif(NOT TARGET GSL::gsl)\n message(FATAL_ERROR no)\nendif()",
        ["gsl@2.5:"],
    ),
    (
        "find_package(GSL QUIET)\nif(NOT GSL_LIBRARIES)\n find_package(GSL REQUIRED)\nendif()",
        ["gsl"],
    ),
    ("find_package(GSL)\nif(NOT GSL_FOUND)\n message(STATUS none)\nendif()", []),
    ("find_package(GSL)\nif(GSL_FOUND)\n message(FATAL_ERROR no)\nendif()", []),
    ("find_package(GSL)\nif(NOT GSL_FOUND)\n find_package(ZLIB REQUIRED)\nendif()", []),
    (
        "find_package(GSL)\nif(NOT GSL_FOUND)\n if(A)\n message(FATAL_ERROR x)\n endif()\nendif()",
        [],
    ),
    ("find_package(GSL)\nif(NOT GSL_FOUND)\nelseif(A)\n message(FATAL_ERROR no)\nendif()", []),
    ("if(NOT GSL_FOUND)\n message(FATAL_ERROR none)\nendif()", []),
    ("if(A)\nfind_package(GSL)\nif(NOT GSL_FOUND)\nmessage(FATAL_ERROR x)\nendif()\nendif()", []),
    ("find_package(Boost)", []),
    # programs
    ("find_package(SWIG 4.0 REQUIRED COMPONENTS python)", ["swig"]),
    ("find_package(BISON)", []),
    # what pkg-config is asked for, which is a program, too
    ("pkg_check_modules(F REQUIRED IMPORTED_TARGET fftw3)", ["pkgconfig", "fftw"]),
    ("pkg_check_modules(S REQUIRED libzmq>=4.3 unheard)", ["pkgconfig", "libzmq@4.3:"]),
    ("pkg_check_modules(S REQUIRED zlib=1.2)", ["pkgconfig"]),
    ("pkg_check_modules(F fftw3)", []),
    ("find_package(PkgConfig REQUIRED)", ["pkgconfig"]),
    # what is set in any case, and what CMake sets
    ("set(M ON)\nif(M)\n find_package(MPI REQUIRED)\nendif()", ["mpi"]),
    ('set(M ON)\noption(M "" OFF)\nif(M)\n find_package(MPI REQUIRED)\nendif()', ["mpi"]),
    ("set(M ON)\nif(A)\n set(M OFF)\nendif()\nif(M)\n find_package(MPI REQUIRED)\nendif()", []),
    ('set(M ON CACHE BOOL "")\nif(M)\n find_package(MPI REQUIRED)\nendif()', ["mpi"]),
    ('set(SET_OFF ON CACHE BOOL "")\nif(SET_OFF)\n find_package(MPI REQUIRED)\nendif()', []),
    ("if(NOT WIN32)\n find_package(MPI REQUIRED)\nendif()", ["mpi"]),
    ("if(MSVC)\nelse()\n find_package(MPI REQUIRED)\nendif()", ["mpi"]),
    ("if(APPLE)\n find_package(MPI REQUIRED)\nendif()", []),
    ("if(NOT APPLE)\n find_package(MPI REQUIRED)\nendif()", []),
    # with AND and OR
    ("if(UNIX AND NOT WIN32)\n find_package(MPI REQUIRED)\nendif()", ["mpi"]),
    ("if(UNIX OR M)\n find_package(MPI REQUIRED)\nendif()", ["mpi"]),
    ("if(WIN32 AND M)\nelse()\n find_package(MPI REQUIRED)\nendif()", ["mpi"]),
    ("if(UNIX AND M)\n find_package(MPI REQUIRED)\nendif()", []),
    ("if(UNIX OR M AND N)\n find_package(MPI REQUIRED)\nendif()", []),
    ("if(UNIX AND (M OR N))\n find_package(MPI REQUIRED)\nendif()", []),
    ("find_package(Boost ${LEAST} REQUIRED)", []),
    ("find_package(Boost COMPONENTS thread)", []),
    # not certain
    ("find_package(HDF5 REQUIRED COMPONENTS C HL java)", []),
    ("find_package(GSL REQUIRED COMPONENTS cblas)", []),
    ("find_package(TBB REQUIRED OPTIONAL_COMPONENTS tbb)", []),
    ("find_package(HDF5 1.10 EXACT REQUIRED)", []),
    ("find_package(HDF5 1.10...1.14 REQUIRED)", []),
    ("find_package(HDF5 ${LEAST} REQUIRED)", []),
    ("find_package(${NAME} REQUIRED)", []),
    ("find_package(Unheard REQUIRED)", []),
    ("find_package(Python REQUIRED)", []),
    ("find_package()", []),
    ("endif()\nfind_package(HDF5 REQUIRED)", []),
]


@pytest.mark.parametrize(("text", "specs"), TEXTS)
def test_what_follows(text: str, specs: list[str]) -> None:
    define = {"SET_OFF": "OFF", "SET_ON": True, "ANY": {"env": "ANY"}}
    cmake = {"define": define, "args": ["-DARGS=OFF"]}
    wheels = {"config-settings": {"cmake.define.WHEELS": "OFF"}}
    pyproject = {"tool": {"scikit-build": {"cmake": cmake}, "cibuildwheel": wheels}}
    source = Source(pyproject, build_files={"CMakeLists.txt": text})
    found = required_by_cmake(source, {"cmake"})
    assert [each.dependency.spec for each in found] == specs
    assert not required_by_cmake(source, {"meson"})
    below = Source(build_files={"src/CMakeLists.txt": text})
    assert not required_by_cmake(below, {"cmake"})


BELOW = "find_package(HDF5 REQUIRED)\nfind_package(fmt REQUIRED)"
# (the topmost CMakeLists.txt, the one in ``a/b``, what is required)
FOLDERS = [
    ("add_subdirectory(a/b)", BELOW, ["hdf5", "fmt"]),
    ("add_subdirectory(${CMAKE_CURRENT_SOURCE_DIR}/a/b out)", BELOW, ["hdf5", "fmt"]),
    ('add_subdirectory("a/b/")', BELOW, ["hdf5", "fmt"]),
    ("find_package(fmt 9 REQUIRED)\nadd_subdirectory(a/b)", BELOW, ["fmt@9:", "hdf5"]),
    ("if(A)\n add_subdirectory(a/b)\nendif()", BELOW, []),
    ("add_subdirectory(${A})", BELOW, []),
    ("add_subdirectory(a/c)", BELOW, []),
    # once, even if it enters what it is in
    ("add_subdirectory(a/b)", f"add_subdirectory(../..)\n{BELOW}", ["hdf5", "fmt"]),
    # what is set above holds below, whatever an option there says
    ("set(M OFF)\nadd_subdirectory(a/b)", f'option(M "" ON)\nif(M)\n{BELOW}\nendif()', []),
    ("add_subdirectory(a/b)", f'option(M "" ON)\nif(M)\n{BELOW}\nendif()', ["hdf5", "fmt"]),
    ("set(C log)\nadd_subdirectory(a/b)", "find_package(Boost REQUIRED COMPONENTS ${C})",
     ["boost+log"]),
    # a list of a folder is not known above
    ("add_subdirectory(a/b)\nfind_package(Boost REQUIRED COMPONENTS ${C})", "set(C log)", []),
]  # fmt: skip


@pytest.mark.parametrize(("top", "below", "specs"), FOLDERS)
def test_folders_that_are_entered(top: str, below: str, specs: list[str]) -> None:
    source = Source(build_files={"CMakeLists.txt": top, "a/b/CMakeLists.txt": below})
    found = required_by_cmake(source, {"cmake"})
    assert [each.dependency.spec for each in found] == specs


def test_a_program_that_is_a_build_requirement() -> None:
    text = "find_package(SWIG REQUIRED)\nfind_package(Protobuf REQUIRED)"
    found = required_by_cmake(
        Source(build_files={"CMakeLists.txt": text}), {"cmake", "swig", "protobuf"}
    )
    assert [each.dependency.spec for each in found] == ["protobuf"]


def test_where_cmake_begins() -> None:
    files = {"core/CMakeLists.txt": "find_package(GSL REQUIRED)"}
    table = {"tool": {"scikit-build": {"cmake": {"source-dir": "./core"}}}}
    (need,) = required_by_cmake(Source(table, build_files=files), {"cmake"})
    assert need.origin == "core/CMakeLists.txt:1 requires GSL (find_package)"
    cmeel = {"build-system": {"build-backend": "cmeel"}, "tool": {"cmeel": {"source": "core"}}}
    assert required_by_cmake(Source(cmeel, build_files=files), {"cmake"})
    called = SetupPy({"cmake_source_dir": "core"}, None)
    assert required_by_cmake(Source(setup_py=called, build_files=files), {"cmake"})
    assert not required_by_cmake(Source(build_files=files), {"cmake"})


def test_scikit_build_says_that_it_builds() -> None:
    text = "if(NOT SKBUILD)\n return()\nendif()\nif(SKBUILD)\n find_package(GSL REQUIRED)\nendif()"
    files = {"CMakeLists.txt": text}
    for backend, specs in (("scikit_build_core.build", ["gsl"]), ("mine", [])):
        pyproject = {"build-system": {"build-backend": backend}}
        found = required_by_cmake(Source(pyproject, build_files=files), {"cmake"})
        assert [each.dependency.spec for each in found] == specs


# (the topmost CMakeLists.txt, what it may download)
FETCHING = [
    ("FetchContent_Declare(fmt URL https://x.example/fmt.zip)", []),
    ("\nFetchContent_MakeAvailable(fmt)", [("FetchContent_MakeAvailable", "CMakeLists.txt", 2)]),
    ("if(A)\n FetchContent_MakeAvailable(fmt)\nendif()", []),
    ("file(DOWNLOAD https://x.example/y y)", [("file(DOWNLOAD)", "CMakeLists.txt", 1)]),
    ("file(GLOB sources *.c)", []),
]


@pytest.mark.parametrize(("text", "found"), FETCHING)
def test_what_is_downloaded(text: str, found: list[tuple[str, str, int]]) -> None:
    source = Source(build_files={"CMakeLists.txt": text})
    assert [*downloads(source, {"cmake"})] == found
    assert not [*downloads(source, set())]


def test_a_setup_py_may_set_any_option() -> None:
    text = 'option(M "" ON)\nif(M)\n find_package(MPI REQUIRED)\nendif()'
    assert not required_by_cmake(
        Source(setup_py=UNREAD, build_files={"CMakeLists.txt": text}), {"cmake"}
    )


# (the words that setup.py gives to CMake, whether the option M, on by default, is certainly on)
GIVEN = [
    ("['-DX=1']", True),
    ("['-DM=ON']", True),
    ("['-DM:BOOL=ON', '-DX=' + x]", True),
    ("['-DX=1 -DM=ON']", True),
    ("['-DM=OFF']", False),
    ("['-DM=ON', '-DM=OFF']", False),
    ("['-DM={}'.format(x)]", False),
    ("[f'-DM={x}']", False),
    ("['-DM=' + x]", False),
    ("['-DM=ON'] if x else ['-DX=1']", False),
    ("['-DX=1', f'-D{name}=OFF']", False),
    ("[]", False),
]


@pytest.mark.parametrize(("words", "certain"), GIVEN)
def test_what_setup_py_gives_to_cmake(words: str, certain: bool) -> None:
    text = 'option(M "" ON)\nif(M)\n find_package(MPI REQUIRED)\nendif()'
    called = read(f"words = {words}")
    found = required_by_cmake(
        Source(setup_py=called, build_files={"CMakeLists.txt": text}), {"cmake"}
    )
    assert bool(found) == certain


def built(text: str, *wheels: str) -> tuple[list[str], list[str]]:
    """What a release is known to need, and what it is only seen to look for."""
    names = ("x-1.tar.gz", *wheels)
    files = tuple(
        File(n, f"https://files.example/{n}", Version("1"), n.endswith(".whl")) for n in names
    )
    pyproject = {"build-system": {"requires": ["scikit-build-core"],
                                  "build-backend": "scikit_build_core.build"}}  # fmt: skip
    source = Source(pyproject=pyproject, build_files={"CMakeLists.txt": text})
    found = builds(source, Release("x", Version("1"), files))
    return [f"{n.dependency.spec}, {n.origin}" for n in found.needs], [h.name for h in found.hints]


def test_of_a_release() -> None:
    text = "project(x)\nfind_package(HDF5 REQUIRED)\nfind_package(GSL)"
    said = "hdf5, CMakeLists.txt:2 requires HDF5 (find_package)"
    assert built(text) == ([said], ["GSL"])
    # nothing is built where there is a wheel for all platforms
    assert built(text, "x-1-py3-none-any.whl") == ([], [])
    # it has a copy
    assert built(f"{text}\nadd_subdirectory(extern/hdf5)")[0] == []

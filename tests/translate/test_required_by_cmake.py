"""What CMakeLists.txt requires in any case: (its text, the dependencies that follow)."""

from __future__ import annotations

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import File, Release, Source
from spack_pypi.pypi.project_files.setup_py import UNREAD
from spack_pypi.translate.builds import builds
from spack_pypi.translate.required_by_cmake import required_by_cmake

TEXTS: list[tuple[str, list[str]]] = [
    ("find_package(HDF5 REQUIRED)", ["hdf5"]),
    ("find_package(hdf5 1.10.4 REQUIRED)", ["hdf5@1.10.4:"]),
    ("find_package(Eigen3 3.4 REQUIRED NO_MODULE)", ["eigen@3.4:"]),
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
    ('option(M "MPI" ${D})\nif(M)\n find_package(MPI REQUIRED)\nendif()', []),
    ('option(M "" ON)\nset(M OFF)\nif(M)\n find_package(MPI REQUIRED)\nendif()', []),
    ('option(M "" ON)\ninquire(M)\nif(M)\n find_package(MPI REQUIRED)\nendif()', []),
    ('option(M "" ON)\nif(M AND N)\n find_package(MPI REQUIRED)\nendif()', []),
    ('option(SET_OFF "" ON)\nif(SET_OFF)\n find_package(MPI REQUIRED)\nendif()', []),
    ('option(SET_OFF "" ON)\nif(NOT SET_OFF)\n find_package(MPI REQUIRED)\nendif()', ["mpi"]),
    ('option(SET_ON "" OFF)\nif(SET_ON)\n find_package(MPI REQUIRED)\nendif()', ["mpi"]),
    ('option(ANY "" ON)\nif(ANY)\n find_package(MPI REQUIRED)\nendif()', []),
    ('option(ARGS "" ON)\nif(ARGS)\n find_package(MPI REQUIRED)\nendif()', []),
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
    ("find_package(Boost REQUIRED COMPONENTS python3)", []),
    ("find_package(Boost ${LEAST} REQUIRED)", []),
    ("find_package(Boost COMPONENTS thread)", []),
    # not certain
    ("find_package(HDF5 REQUIRED COMPONENTS C HL)", []),
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


def test_a_setup_py_may_set_any_option() -> None:
    text = 'option(M "" ON)\nif(M)\n find_package(MPI REQUIRED)\nendif()'
    assert not required_by_cmake(
        Source(setup_py=UNREAD, build_files={"CMakeLists.txt": text}), {"cmake"}
    )


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

"""Where C++ is compiled, and nothing needs a compiler of C: (archive, languages)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import File, Release, Source
from spack_pypi.pypi.project_files import setup_py
from spack_pypi.translate.builds import builds

SDIST = File("x-1.tar.gz", "https://files.example/x-1.tar.gz", Version("1"), is_wheel=False)
CXX = "Extension('x', ['x.pyx'], language='c++')"


def languages(source: Source) -> tuple[str, ...]:
    return tuple(builds(source, Release("x", Version("1"), (SDIST,))).languages)


def compiled(text: str, *suffixes: str, requires: str = "setuptools") -> tuple[str, ...]:
    """Those of a setup.py with this text, and of source files that end so."""
    system = {"requires": [requires], "build-backend": "setuptools.build_meta"}
    called = setup_py.read(text)
    return languages(Source({"build-system": system}, setup_py=called, suffixes=suffixes))


#: (requirement of setuptools, languages of an extension of C++): since 72.2 it compiles that with
#: the compiler for C++.
SETUPTOOLS = [
    ("setuptools", ("cxx",)),
    ("setuptools>=42", ("cxx",)),
    ("setuptools<82", ("cxx",)),
    ("setuptools==75.8.2", ("cxx",)),
    ("setuptools==78.*", ("cxx",)),
    ("setuptools<=72.2", ("cxx",)),
    ("setuptools<72.2", ("c", "cxx")),
    ("setuptools~=68.1.0", ("c", "cxx")),
    ("setuptools==59.2.0", ("c", "cxx")),
    ("setuptools===59.2.0", ("c", "cxx")),
]


@pytest.mark.parametrize("requirement, expected", SETUPTOOLS)
def test_an_older_setuptools_compiles_cxx_with_the_compiler_of_c(
    requirement: str, expected: tuple[str, ...]
) -> None:
    text = "setup(ext_modules=[Extension('x', ['x.cpp'])])"
    assert compiled(text, ".cpp", requires=requirement) == expected


#: (extensions in setup.py, endings of source files, languages)
CYTHON = [
    (CXX, [".pyx"], ("cxx",)),
    (CXX, [".pyx", ".pxd", ".cc"], ("cxx",)),
    (f"{CXX}, {CXX}", [".pyx"], ("cxx",)),
    (CXX, [".pyx", ".c"], ("c", "cxx")),
    (f"{CXX}, Extension('y', ['y.pyx'])", [".pyx"], ("c", "cxx")),
    (f"{CXX}, Extension('y', ['y.pyx'], language=LANGUAGE)", [".pyx"], ("c", "cxx")),
]


@pytest.mark.parametrize("extensions, suffixes, expected", CYTHON)
def test_cython_writes_what_the_extensions_say(
    extensions: str, suffixes: list[str], expected: tuple[str, ...]
) -> None:
    assert compiled(f"setup(ext_modules=cythonize([{extensions}]))", *suffixes) == expected


BELOW = "project(x CXX)\nadd_subdirectory(below)"
#: (CMakeLists.txt, that of a folder below, languages where setup.py runs CMake)
CMAKE = [
    ("project(x)", "", ("c", "cxx")),
    ("project(x CXX)", "", ("cxx",)),
    ("project(x CXX)", "project(y CXX)", ("cxx",)),
    (BELOW, "project(y)", ("c", "cxx")),
    # it may be entered
    ("project(x CXX)", "project(y C)", ("c", "cxx")),
    # it is not clear
    ("project(x ${LANGUAGES})", "", ("c", "cxx")),
]


@pytest.mark.parametrize("top, below, expected", CMAKE)
def test_cmake_looks_for_what_its_projects_name(
    top: str, below: str, expected: tuple[str, ...]
) -> None:
    files: Mapping[str, str] = {"CMakeLists.txt": top, "below/CMakeLists.txt": below}
    called = setup_py.read("subprocess.run(['cmake', '.'])\nsetup(ext_modules=[1])")
    assert languages(Source(setup_py=called, suffixes=(".cpp",), build_files=files)) == expected


@pytest.mark.parametrize("top, expected", [(BELOW, ("c", "cxx")), ("project(x CXX)", ("cxx",))])
def test_a_backend_that_runs_cmake_needs_what_is_entered(
    top: str, expected: tuple[str, ...]
) -> None:
    system = {"requires": ["scikit-build-core"], "build-backend": "scikit_build_core.build"}
    files = {"CMakeLists.txt": top, "below/CMakeLists.txt": "project(y)"}
    source = Source({"build-system": system}, suffixes=(".cpp",), build_files=files)
    assert languages(source) == expected


#: (what setup.py calls, CMakeLists.txt in a folder, languages)
RUN = [
    ("self.spawn([sys.executable, 'ffi/build.py'])", "project(x)", ("c", "cxx")),
    ("subprocess.run(command)", "project(x C CXX)", ("c", "cxx")),
    ("run(command)", "project(x)", ("c", "cxx")),
    ("subprocess.run(command)", "project(x CXX)", ("cxx",)),
    ("subprocess.run(command)", "", ("cxx",)),
    # a project that is a copy, or is built in another way
    ("prepare()", "project(x)", ("cxx",)),
    ("build_ext.run(self)", "project(x)", ("cxx",)),
]


@pytest.mark.parametrize("call, below, expected", RUN)
def test_what_setup_py_runs_may_run_cmake(
    call: str, below: str, expected: tuple[str, ...]
) -> None:
    called = setup_py.read(f"{call}\nsetup(ext_modules=[Extension('x', ['x.cpp'])])")
    files = {"ffi/CMakeLists.txt": below} if below else {}
    assert languages(Source(setup_py=called, suffixes=(".cpp",), build_files=files)) == expected

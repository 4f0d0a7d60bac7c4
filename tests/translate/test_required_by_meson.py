"""What meson.build requires in any case: (its text, the dependencies that follow)."""

from __future__ import annotations

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import File, Release, Source
from spack_pypi.translate.builds import builds
from spack_pypi.translate.required_by_meson import required_by_meson

FFTW = ["pkgconfig", "fftw"]
TEXTS: list[tuple[str, list[str]]] = [
    ("dependency('fftw3')", FFTW),
    ("fftw_dep = dependency('fftw3', static: false)", FFTW),
    ("x = dependency(\n  'fftw3',\n  required: true,\n)", FFTW),
    ("deps = [dependency('gsl'), dependency('libpng')]", ["pkgconfig", "gsl", "libpng"]),
    ("x = dependency('gsl', version: '>=2.5')", ["pkgconfig", "gsl@2.5:"]),
    ("x = dependency('gsl', version: ['>= 2.5'])", ["pkgconfig", "gsl@2.5:"]),
    ("if a\nendif\nx = dependency('fftw3')", FFTW),
    # Meson finds it by its compilers
    ("mpi_dep = dependency('mpi', language: 'cpp')", ["mpi"]),
    # the versions of what is virtual are those of its providers
    ("x = dependency('zlib', version: '>=1.2')", ["pkgconfig", "zlib-api"]),
    # the first counts
    ("dependency('gsl', version: '>=2')\ndependency('gsl')", ["pkgconfig", "gsl@2:"]),
    # CMake builds a copy
    ("cmake = import('cmake')\nx = cmake.subproject('gmp', options: y)", ["cmake"]),
    ("if not found\n  x = cmake.subproject('gmp')\nendif", ["cmake"]),
    ("# x = cmake.subproject('gmp')", []),
    ("x = subproject('gmp')", []),
    # not in any case
    ("x = dependency('fftw3', required: false)", []),
    ("x = dependency('fftw3', required: get_option('fft'))", []),
    ("if a\n  x = dependency('fftw3')\nendif", []),
    ("if a\nelse\n  x = dependency('fftw3')\nendif", []),
    ("foreach x : xs\n  y = dependency('fftw3')\nendforeach", []),
    ("x = a ? dependency('fftw3') : []", []),
    ("x = a and dependency('fftw3').found()", []),
    ("subdir_done()\ndependency('fftw3')", []),
    ("# dependency('fftw3')", []),
    ("message('dependency(fftw3)')", []),
    ("x = '''\ndependency('fftw3')\n'''", []),
    # what is before and after a condition is
    ("dependency('gsl')\nif a\n  dependency('fftw3')\nendif", ["pkgconfig", "gsl"]),
    # not certain
    ("x = dependency('fftw3', fallback: ['fftw', 'dep'])", []),
    ("x = dependency('fftw3', native: true)", []),
    ("x = dependency('fftw3', 'fftw')", []),
    ("x = dependency('gsl', version: '==2.5')", []),
    ("x = dependency('gsl', version: ['>=2.5', '<3'])", []),
    ("x = dependency('gsl', version: least)", []),
    ("x = dependency(name)", []),
    ("x = dependency('unheard')", []),
    ("x = py.dependency()", []),
    ("x = other.dependency('fftw3')", []),
    ("dependency()", []),
    ("dependency('fftw3'", []),
]


def needed(**files: str) -> list[str]:
    texts = {name.replace("__", "/") + "meson.build": text for name, text in files.items()}
    found = required_by_meson(Source(build_files=texts), {"meson"})
    return [each.dependency.spec for each in found]


@pytest.mark.parametrize(("text", "specs"), TEXTS)
def test_what_follows(text: str, specs: list[str]) -> None:
    source = Source(build_files={"meson.build": text})
    assert [e.dependency.spec for e in required_by_meson(source, {"meson"})] == specs
    assert not required_by_meson(source, {"cmake"})


def test_folders_that_are_always_entered() -> None:
    source = {"src__": "subdir('fft')", "src__fft__": "dependency('fftw3')"}
    assert needed(**{"": "subdir('src')"}, **source) == FFTW
    assert needed(**{"": "if a\n  subdir('src')\nendif"}, **source) == []
    assert needed(**{"": "subdir(name)"}, **source) == []
    assert needed(**{"": "subdir('src')"}, src__="subdir('../src')\nsubdir('')") == []


def test_many_folders_end() -> None:
    deep = {"a__" * at: "subdir('a')" for at in range(200)}
    assert needed(**deep, **{"a__" * 200: "dependency('fftw3')"}) == []


def built(text: str, *wheels: str) -> tuple[list[str], list[str]]:
    """What a release is known to need, and what it is only seen to look for."""
    names = ("x-1.tar.gz", *wheels)
    files = tuple(
        File(n, f"https://files.example/{n}", Version("1"), n.endswith(".whl")) for n in names
    )
    pyproject = {"build-system": {"requires": ["meson-python"], "build-backend": "mesonpy"}}
    source = Source(pyproject=pyproject, build_files={"meson.build": text})
    found = builds(source, Release("x", Version("1"), files))
    return [f"{n.dependency.spec}, {n.origin}" for n in found.needs], [h.name for h in found.hints]


def test_of_a_release() -> None:
    text = "project('x', 'c')\nz = dependency('mpi')\ng = dependency('gsl', required: false)"
    assert built(text) == (["mpi, meson.build:2 requires mpi (dependency)"], ["gsl"])
    # nothing is built where there is a wheel for all platforms
    assert built(text, "x-1-py3-none-any.whl") == ([], [])

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
    # in a loop where the values are known
    (
        "foreach x : ['gsl', 'libpng']\n  d += dependency(x)\nendforeach",
        ["pkgconfig", "gsl", "libpng"],
    ),
    (
        "xs = [\n  'gsl', # one\n]\nforeach x : xs\n  y = dependency(x)\nendforeach",
        ["pkgconfig", "gsl"],
    ),
    ("x = 'gsl'\ny = dependency(x)", ["pkgconfig", "gsl"]),
    ("x = 'gsl'\nif a\n  x = 'libpng'\nendif\ny = dependency(x)", []),
    ("x = a ? 'gsl' : 'libpng'\ny = dependency(x)", []),
    ("xs = ['gsl']\nxs += other\nforeach x : xs\n  y = dependency(x)\nendforeach", []),
    ("foreach x, y : {'gsl': 1}\n  z = dependency(x)\nendforeach", []),
    ("foreach x : ['gsl']\n  if a\n    continue\n  endif\n  y = dependency(x)\nendforeach", []),
    # without it, the project ends with an error
    (
        "x = dependency('gsl', required: false)\nif not x.found()\n  error('none')\nendif",
        ["pkgconfig", "gsl"],
    ),
    ("x = dependency('gsl', required: false)\nassert(x.found(), 'none')", ["pkgconfig", "gsl"]),
    ("x = dependency('gsl', required: false)\nif not x.found()\n  x = copy\nendif", []),
    ("x = dependency('gsl', required: false)\nif x.found()\n  error('no')\nendif", []),
    ("x = dependency('gsl', required: false)\nx = other\nassert(x.found(), 'none')", []),
    ("x = dependency('gsl', required: opt)\nassert(x.found(), 'none')", []),
    ("error('no')\ndependency('fftw3')", []),
    # variants for all that is looked for
    (
        "dependency('dmumps_seq')\ndependency('cmumps_seq')",
        ["pkgconfig", "mumps+complex+double+float~mpi~openmp+pkgconfig"],
    ),
    ("dependency('hdf5', language: 'c')", ["hdf5"]),
    ("dependency('hdf5', language: 'cpp')", ["hdf5+cxx"]),
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


#: Of each of several names, one of two modules is enough.
EITHER = """names = get_option('names')
foreach name : names
  x = dependency(name, required: false)
  if x.found()
    continue
  endif
  if name.endswith('_x')
    y = dependency(name.substring(0, -2), required: false)
    if y.found()
      continue
    endif
  endif
  error('not found: ' + name)
endforeach
"""
LISTED = "option(\n  'names',\n  type: 'array',\n  value: ['gsl', 'fftw3'], # both\n)"


@pytest.mark.parametrize("file", ["meson.options", "meson_options.txt"])
def test_options_have_their_defaults(file: str) -> None:
    found = required_by_meson(Source(build_files={"meson.build": EITHER, file: LISTED}), {"meson"})
    assert [each.dependency.spec for each in found] == ["pkgconfig", "gsl", "fftw"]
    assert found[1].origin == "meson.build:3 requires gsl (dependency)"
    assert not required_by_meson(Source(build_files={"meson.build": EITHER}), {"meson"})


@pytest.mark.parametrize(
    ("option", "specs"),
    [
        ("option('name', type: 'string', value: 'gsl')", ["pkgconfig", "gsl"]),
        ("option('name', value: 'gsl', type: 'combo', choices: ['a'])", ["pkgconfig", "gsl"]),
        # https://mesonbuild.com/Build-options.html#combos
        ("option('name', type: 'combo', choices: ['gsl', 'fftw3'])", ["pkgconfig", "gsl"]),
        ("option('other', type: 'string', value: 'gsl')", []),
        ("option('name', type: 'string')", []),
        ("option('name', type: 'boolean', value: true)", []),
    ],
)
def test_an_option_of_one_text(option: str, specs: list[str]) -> None:
    text = "project('x', 'c')\nx = dependency(get_option('name'))"
    files = {"meson.build": text, "meson.options": option}
    found = required_by_meson(Source(build_files=files), {"meson"})
    assert [each.dependency.spec for each in found] == specs
    # what sets it may set something else
    files["meson.build"] = text.replace("'c'", "'c', default_options: ['name=x']")
    assert not required_by_meson(Source(build_files=files), {"meson"})
    args = {"tool": {"meson-python": {"args": {"setup": ["-Dname=x"]}}}}
    files["meson.build"] = text
    assert not required_by_meson(Source(build_files=files, pyproject=args), {"meson"})


def test_loops_in_loops_end() -> None:
    values = ", ".join(f"'a{at}'" for at in range(200))
    loops = "".join(f"foreach x{at} : [{values}]\n" for at in range(20))
    assert needed(**{"": loops + "endforeach\n" * 20}) == []


def test_lists_that_are_none_end() -> None:
    for text in ("x = [" + "'a'  " * 200 + "!]", "x = " + "[" * 1000, "x = ['a'" + " " * 10_000):
        assert needed(**{"": text}) == []
        files = {"meson.build": "dependency(get_option('x'))", "meson.options": text}
        files["meson.options"] = f"option('x', value: {text[4:]})" + "[" * 100_000
        assert not required_by_meson(Source(build_files=files), {"meson"})


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

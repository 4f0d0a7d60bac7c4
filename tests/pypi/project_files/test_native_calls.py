"""Which native libraries Python files besides setup.py name: (path, text) → what is read of it."""

from __future__ import annotations

import io

import pytest
from packaging.version import Version

from spack_pypi.pypi.archives import sdist
from spack_pypi.pypi.model import File, Source
from tests.index_server import sdist_bytes


def read(**files: str) -> Source:
    content = sdist_bytes("x", "1", {path.replace("__", "/"): t for path, t in files.items()})
    file = File("x-1.tar.gz", "https://files.example/x-1.tar.gz", Version("1"), False)
    return sdist.source(sdist.inspect(file, io.BytesIO(content)).as_json(), "x")


BUILD = "x/build.py"
FILES = [
    # a build script of cffi
    (BUILD, "import pkgconfig\nif not pkgconfig.exists('vips'):\n    raise SystemExit",
     [("vips", BUILD, 2)], []),
    (BUILD, "ffi.set_source('_x', '',\n    libraries=['sodium', 'm'])",
     [], [("sodium", BUILD, 2), ("m", BUILD, 2)]),
    # what loads a library when it is used
    ("x/lib.py", "from ctypes.util import find_library\nname = find_library('usb-1.0')",
     [("usb-1.0", "x/lib.py", 2)], []),
    ("x/lib.py", "from ctypes.util import find_library as _find_library\n_find_library('ao')",
     [("ao", "x/lib.py", 2)], []),
    ("x/lib.py", "import ctypes.util\nname = ctypes.util.find_library('usb-1.0')",
     [("usb-1.0", "x/lib.py", 2)], []),
    ("x/lib.py", "from ctypes import util\ndef load(name):\n    return util.find_library(name)\n",
     [("", "x/lib.py", 3)], []),
    # a name that is always one text, and those that are not
    (BUILD, "import pkgconfig\nVIPS = 'vips-cpp'\ndef find():\n    return pkgconfig.parse(VIPS)",
     [("vips-cpp", BUILD, 4)], []),
    (BUILD, "x = 'vips'\nif a:\n    x = 'other'\npkgconfig.exists(x)", [], []),
    (BUILD, "x = 'vips'\ndef find(x):\n    pkgconfig.exists(x)", [], []),
    (BUILD, "x = 'vi'\nx += 'ps'\npkgconfig.exists(x)", [], []),
    ("x/lib.py", "from ctypes.util import find_library\nNAME = 'usb-1.0'\nfind_library(NAME)",
     [("usb-1.0", "x/lib.py", 3)], []),
    # a function of that name that looks for Python modules
    ("x/linalg.py", "from ..utils import find_library\nfound = find_library('slepc4py')", [], []),
    # what a build tool does for others
    ("x/tool.py", "self.compiler.find_library('iconv')\ncompiler.find_library('usb-1.0')", [], []),
    # ``libraries`` of anything else
    ("x/web.py", "page(libraries=['jquery'])  # pkg-config, find_library", [], []),
    # what is not used to build, and what cannot be read
    ("tests/test_x.py", "import ctypes.util\nctypes.util.find_library('usb-1.0')", [], []),
    ("x/py2.py", "print ctypes.util.find_library('usb-1.0')", [], []),
]  # fmt: skip


BUILT_WITH = [
    ("ffi.set_source('_x', '', libraries=['sodium'])", ["sodium"]),
    ("ffi.set_source('_x', None, libraries=['sodium'])", []),
    ("if y:\n    ffi.set_source('_x', '', libraries=['sodium'])", []),
    ("ffi.set_source('_x', '', libraries=['sodium'], library_dirs=y)", []),
]


@pytest.mark.parametrize(("text", "names"), BUILT_WITH)
def test_with_what_a_build_script_always_links(text: str, names: list[str]) -> None:
    assert [name for name, _, _ in read(**{BUILD: text}).built_with] == names


def test_names_of_folders_and_headers() -> None:
    found = read(
        **{
            "x/a.c": "",
            "tests/tiff/tiff.h": "",
            "extern/GMP-6.3.0/src/gmp.h": "",
            "extern/lib/libz.a": "",
        }
    )
    assert {"x", "extern", "gmp", "src", "lib", "libz"} <= found.parts
    assert not {"a", "tiff"} & found.parts


@pytest.mark.parametrize(
    "path, expected",
    [
        ("Makefile", True),
        ("x/GNUmakefile", True),
        ("x/makefile", True),
        ("tests/Makefile", False),
        ("x/Makefile.am", False),
        ("makefile/x.c", False),
    ],
)
def test_a_makefile_is_noted(path: str, expected: bool) -> None:
    assert read(**{path: ""}).has_makefile is expected


@pytest.mark.parametrize(("path", "text", "looked_for", "linked"), FILES)
def test_what_is_read(
    path: str,
    text: str,
    looked_for: list[tuple[str, str, int]],
    linked: list[tuple[str, str, int]],
) -> None:
    found = read(**{path: text})
    assert (found.looked_for, found.linked) == (tuple(looked_for), tuple(linked))

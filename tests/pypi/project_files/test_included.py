"""Headers that the extensions of an archive include in any case: (files, what they lack)."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import pytest

from spack_pypi.pypi.project_files.always_linked import always_compiled
from spack_pypi.pypi.project_files.included import Included, includes

#: (a setup.py, the sources of its extensions)
MADE = [
    ("setup(ext_modules=[Extension('x', ['a.c', 'b.c'])])", ["a.c", "b.c"]),
    ("setup(ext_modules=[Extension('x', sources=['a.c'])])", ["a.c"]),
    ("y = ['a.c']\ny.append('b.c')\nsetup(ext_modules=[Extension('x', y)])", ["a.c", "b.c"]),
    ("setup(ext_modules=cythonize('x/*.pyx'))", ["x/*.pyx"]),
    ("setup(ext_modules=cythonize(['a.pyx', Extension('x', ['b.pyx'])]))", ["a.pyx", "b.pyx"]),
    ("Pybind11Extension('x', sorted(glob('src/*.cpp')))", ["src/*.cpp"]),
    ("CppExtension('x', [str(p) for p in glob.glob('a/*.cpp')])", ["a/*.cpp"]),
    ("Extension('x', [p for p in glob('a/*.c') if p])", []),
    ("Extension('x', [os.path.join(HERE, 'src', 'a.c')])", ["src/a.c"]),
    ("Extension('x', [HERE])", []),
    ("Extension('x', ['a.c'], optional=True)", []),
    ("if y:\n    Extension('x', ['a.c'])", []),
    # what is made and not used, or only in some cases
    ("x = Extension('x', ['a.c'])\nsetup(ext_modules=[x])", ["a.c"]),
    ("x = Extension('x', ['a.c'])\ny = []\nif z:\n    y.append(x)\nsetup(ext_modules=y)", []),
    ("x = Extension('x', ['a.c'])\nsetup(ext_modules={'linux': [x]}[z])", []),
    ("setup(**{'ext_modules': [Extension('x', ['a.c'])]})", ["a.c"]),
    ("setup(ext_modules={'linux': [Extension('x', ['a.c'])]}[z])", []),
    ("x = [Extension('x', ['a.c'])]\nsetup(ext_modules=x)", ["a.c"]),
]


@pytest.mark.parametrize(("text", "sources"), MADE)
def test_of_what_extensions_are_made(text: str, sources: list[str]) -> None:
    assert sorted(always_compiled(ast.parse(text))) == sources


#: (a source, what it includes in any case, with the line)
SOURCES = [
    ("#include <zlib.h>\n", [("zlib.h", 1)]),
    ('/* of\n x */\n  #  include "a/b.h" // c\n', [("a/b.h", 3)]),
    ("// #include <zlib.h>\n/* \n#include <png.h>\n*/", []),
    ('char *a = "/*";\n#include <zlib.h>\nchar *b = "*/";\n', [("zlib.h", 2)]),
    ("#ifdef A\n#include <zlib.h>\n#endif\n#include <png.h>\n", [("png.h", 4)]),
    ("#if A\n#else\n#include <zlib.h>\n#endif\n", []),
    ("#if A\n#if B\n#endif\n#include <zlib.h>\n#endif\n", []),
    ("#include HEADER\n#pragma once\n#include <zlib.h>\n", [("zlib.h", 3)]),
    # guards against a second inclusion
    ("#ifndef A_H\n#define A_H\n#include <zlib.h>\n#endif\n", [("zlib.h", 3)]),
    ("#if !defined(A_H)\n#define A_H 1\n#include <zlib.h>\n#endif\n", [("zlib.h", 3)]),
    ("#ifndef A_H\n#define A_H\n#ifdef B\n#include <zlib.h>\n#endif\n#endif\n", []),
    ("#ifndef A\n#define B\n#include <zlib.h>\n#endif\n", []),
    ("#ifndef A\n#include <zlib.h>\n#endif\n", []),
    ("#ifdef A\n#define A\n#include <zlib.h>\n#endif\n", []),
    ("#include <a.h>\n#ifndef A\n#define A\n#include <zlib.h>\n#endif\n", [("a.h", 1)]),
    ("#ifndef A\n#define A\n#else\n#include <zlib.h>\n#endif\n", []),
    ("#if __has_include(<zlib.h>)\n#include <zlib.h>\n#endif\n", []),
    ("#endif\n#else\n#include <zlib.h>\n", [("zlib.h", 3)]),
]
CYTHON = [
    ('cdef extern from "nvtx3/nvToolsExt.h" nogil:\n    pass\n', [("nvtx3/nvToolsExt.h", 1)]),
    ("import x\ncdef extern from '<zlib.h>':\n", [("zlib.h", 2)]),
    ("IF A:\n    cdef extern from 'zlib.h':\n", []),
    ("cdef extern from *:\n", []),
    ('include "a.pxi"\n', [("a.pxi", 1)]),
    ("from x.y cimport z, w\n", [("x/y.pxd", 1), ("x/y/z.pxd", 1), ("x/y/w.pxd", 1)]),
    ("from ..y cimport *\n", [("./../y.pxd", 1)]),
    ("cimport x.y\n", [("x/y.pxd", 1)]),
]


@pytest.mark.parametrize(("text", "found"), SOURCES)
def test_what_a_source_includes(text: str, found: list[tuple[str, int]]) -> None:
    assert [*includes("a.c", text.encode())] == found


@pytest.mark.parametrize(("text", "found"), CYTHON)
def test_what_a_file_of_cython_includes(text: str, found: list[tuple[str, int]]) -> None:
    assert [*includes("a.pxd", text.encode())] == found
    assert [*includes("a/b.pyx", text.encode())] == [("./b.pxd", 0), *found]


SETUP = "setup(ext_modules=[Extension('x', ['src/*.cpp', 'x/m.c'])])"
ZLIB = '#include "zlib.h"\n'
#: (the files of an archive, where a header is included that it lacks)
ARCHIVES: list[tuple[Mapping[str, str], list[tuple[str, str, int]]]] = [
    ({"src/a.cpp": ZLIB}, [("zlib.h", "src/a.cpp", 1)]),
    ({"src/a.cpp": ZLIB, "src/b.cpp": ZLIB}, [("zlib.h", "src/a.cpp", 1)]),
    ({"src/a/b.cpp": ZLIB, "other/a.cpp": ZLIB}, []),  # nobody compiles these
    ({"x/m.pyx": f"cdef extern from {ZLIB[9:]}"}, [("zlib.h", "x/m.pyx", 1)]),
    ({"x/m.pyx": "", "x/m.pxd": f"cdef extern from {ZLIB[9:]}"}, [("zlib.h", "x/m.pxd", 1)]),
    # where a path begins
    ({"y/x/m.c": ZLIB}, [("zlib.h", "y/x/m.c", 1)]),
    ({"y/x/m.c": ZLIB, "x/m.c": ""}, []),
    ({"y/x/m.c": ZLIB, "z/x/m.c": ZLIB}, []),
    # headers of the archive, which include others
    ({"src/a.cpp": '#include "../inc/a.h"', "inc/a.h": ZLIB}, [("zlib.h", "inc/a.h", 1)]),
    ({"src/a.cpp": "#include <y/a.h>", "lib/y/a.h": ZLIB}, [("zlib.h", "lib/y/a.h", 1)]),
    ({"src/a.cpp": ZLIB, "vendor/zlib/zlib.h": ""}, []),
    ({"src/a.cpp": "#include <a.h>", "1/a.h": ZLIB, "2/a.h": ZLIB}, []),  # which one is not said
    ({"src/a.cpp": ZLIB, "src/zlib.h.in": ""}, []),
    ({"src/a.cpp": '#include "m_api.h"', "x/m.pyx": ""}, []),
]  # fmt: skip


def test_patterns_of_folders() -> None:
    included = Included()
    paths = ["a.pyx", "x/b.pyx", "x/y/c.pyx", "d.c"]
    for path in paths:
        included.look_at(path, f'cdef extern from "lib{path[0]}.h"'.encode())
    for pattern, headers in (("**/*.pyx", "axx"), ("x/**/*.pyx", "xx"), ("x/*.pyx", "x")):
        setup = f"setup(ext_modules=cythonize('{pattern}'))"
        found = [each.header for each in included.outside(setup, "", paths)]
        assert found == [f"lib{header}.h" for header in dict.fromkeys(headers)]


@pytest.mark.parametrize(("files", "found"), ARCHIVES)
def test_what_an_archive_lacks(
    files: Mapping[str, str], found: list[tuple[str, str, int]]
) -> None:
    included = Included()
    for path, text in files.items():
        if included.wants(path, len(text)):
            included.look_at(path, text.encode())
    assert [*included.outside(SETUP, "", files)] == found
    assert not [*included.outside("setup()", "", files)]
    assert not [*included.outside(SETUP, "", ())]  # where it is not known what the archive has
    by_table = "[[tool.setuptools.ext-modules]]\nname='x'\nsources=['src/*.cpp', 'x/m.c']"
    assert [*included.outside("", by_table, files)] == found

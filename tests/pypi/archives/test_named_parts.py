"""Which folders of an archive are copies of other projects that setup.py may compile."""

from __future__ import annotations

import pytest

from spack_pypi.pypi.archives.named_parts import copies

#: (the path of a file, a text that names folders, the copy: its project, and its folder)
CASES: list[tuple[str, str, tuple[str, str] | None]] = [
    ("third-party/lua54/lapi.c", "glob('third-party/lua*')", ("lua54", "third-party/lua54")),
    ("x/vendor/hmmer/src/p7.c", "vendor/hmmer/src", ("hmmer", "x/vendor/hmmer")),
    (
        "vendor/source/igraph/vendor/cs/cs_add.c",
        "join('vendor', 'source')",
        ("igraph", "vendor/source/igraph"),
    ),
    ("deps/fmt-11.0/src/os.cc", "include_dirs=['deps']", ("fmt", "deps/fmt-11.0")),
    ("extern/lz4/lz4.cpp", "'extern/lz4/lz4.cpp'", ("lz4", "extern/lz4")),
    # nothing names the folder, and a part of a word does not
    ("vendor/hmmer/p7.c", "", None),
    ("vendor/hmmer/p7.c", "vendors = {}", None),
    # a header has no code of its own, and a module of Python is not compiled
    ("vendor/pybind11/pybind11.h", "vendor/pybind11", None),
    ("vendor/six/six.py", "vendor/six", None),
    # a file of the project's own
    ("vendor/p7.c", "vendor/p7.c", None),
    ("src/lua/lapi.c", "src/lua", None),
]


@pytest.mark.parametrize(("path", "text", "copy"), CASES)
def test_copies_of_other_projects(path: str, text: str, copy: tuple[str, str] | None) -> None:
    assert copies([path, "setup.py", "x.c"], text) == ([copy] if copy else [])


def test_several_versions_of_a_project_are_one() -> None:
    paths = [f"deps/{each}/x.c" for each in ("lua53", "zlib", "lua54", "lz4")]
    assert copies(paths, "deps") == [
        ("lua", "deps/lua53"),
        ("lz4", "deps/lz4"),
        ("zlib", "deps/zlib"),
    ]

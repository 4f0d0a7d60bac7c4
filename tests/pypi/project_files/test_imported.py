"""Imports that nothing about a project mentions: only what certainly happens, of other projects."""

from __future__ import annotations

import sys

import pytest

from spack_pypi.pypi.project_files.imported import Imported

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 10), reason="Python lists its own modules since 3.10"
)

#: (a module, what it imports that is undeclared: name and line)
MODULES = [
    ("import numpy\n", [("numpy", 1)]),
    ("import os, numpy\nfrom yaml.x import y\n", [("yaml", 2)]),
    ("'''\nimport numpy\n'''\n", []),
    ("try:\n    import numpy\nexcept ImportError:\n    pass\n", []),
    ("def f():\n    import numpy\n", []),
    ("import sys\nimport distutils.core\nimport pkg_resources\n", []),
    ("from . import numpy\nfrom .numpy import x\nimport _hidden\n", []),
    # what the archive has itself, or says anywhere
    ("import helper\nimport inner\n", []),
    ("import Flask_Thing\nfrom attrs import x\n", []),
    ("import numpy\nthis is no Python\n", []),
    ("importnumpy\nimport\nfrom\n", []),
]
ABOUT = ["Requires-Dist: flask-thing>=1\n", 'requires = ["attrs"]']


@pytest.mark.parametrize("text, found", MODULES)
def test_what_a_module_imports(text: str, found: list[tuple[str, int]]) -> None:
    imported = Imported(own={"helper", "inner"})
    imported.look_at("x/a.py", text.encode())
    assert [*imported.undeclared(ABOUT)] == [(name, "x/a.py", line) for name, line in found]


def test_the_first_file_is_named_whatever_the_order() -> None:
    for order in (["x/a.py", "x/b.py"], ["x/b.py", "x/a.py"]):
        imported = Imported()
        for path in order:
            imported.look_at(path, b"import numpy\n")
        assert [*imported.undeclared([])] == [("numpy", "x/a.py", 1)]


def test_a_long_module_is_not_read() -> None:
    imported = Imported()
    imported.look_at("x/a.py", b"import numpy\n" + b"#" * (64 << 10))
    assert not imported.first

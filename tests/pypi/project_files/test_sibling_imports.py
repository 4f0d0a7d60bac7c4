"""What a package in a namespace imports of it that another project has: (the modules of an
archive, which of them)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from spack_pypi.pypi.project_files.sibling_imports import sibling_imports

Modules = Mapping[str, str]
INIT = "x/a/__init__.py"
CASES: list[tuple[Modules, Sequence[str]]] = [
    ({INIT: "from x.b import c\n"}, ["x.b"]),
    ({INIT: "from x import b\n"}, ["x.b"]),
    ({INIT: "import x.b.c\n"}, ["x.b"]),
    ({INIT: "import x.b, x.c\nimport x.b\n"}, ["x.b", "x.c"]),
    ({INIT: "from .d import e\n", "x/a/d.py": "\nfrom x.b import c\n"}, ["x.b"]),
    ({f"src/{INIT}": "from x.b import c\n"}, ["x.b"]),
    ({INIT: "from x.b import c\n", "x/d/__init__.py": ""}, ["x.b"]),
    # the archive has it, be it compiled, in another place or a namespace in the namespace
    ({INIT: "from x.b import c\n", "x/b.py": ""}, []),
    ({INIT: "from x.b import c\n", "x/b.pyx": ""}, []),
    ({INIT: "from x.b import c\n", "x/b/__init__.py": ""}, []),
    ({INIT: "from x.b import c\n", "x/b/d/__init__.py": ""}, []),
    ({INIT: "from x.b import c\n", "other/x/b/c.py": ""}, []),
    ({INIT: "from x.a import c\nimport x.a.d\nimport x\n"}, []),
    # it goes on without
    ({INIT: "try:\n    import x.b\nexcept ImportError:\n    pass\n"}, []),
    ({INIT: "def f():\n    import x.b\n"}, []),
    # what lies in others, and what is in no namespace
    ({INIT: "import y.b\nfrom . import b\n"}, []),
    ({"x/__init__.py": "import x.b\n", INIT: "import x.b\n"}, []),
    ({"src/x/__init__.py": "import src.b\n"}, []),
]


@pytest.mark.parametrize(("modules", "expected"), CASES)
def test_what_is_imported_of_its_namespace(modules: Modules, expected: Sequence[str]) -> None:
    texts = {path: text.encode() for path, text in modules.items()}
    packages = {path[: -len("/__init__.py")] for path in texts if path.endswith("/__init__.py")}
    roots = {each for each in packages if each.rpartition("/")[0] not in packages}
    found = [*sibling_imports(texts, texts.keys(), roots)]
    assert [each.module for each in found] == list(expected)


def test_where_it_is() -> None:
    texts = {INIT: b"from .d import e\n", "x/a/d.py": b"\nfrom x.b import c\n"}
    assert [*sibling_imports(texts, texts.keys(), {"x/a"})] == [("x.b", "x/a/d.py", 2, INIT)]

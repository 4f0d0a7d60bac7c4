"""What packages inside a project cannot be imported without, though it can: (the modules of x,
by their paths in it; the modules of others that each package lacks)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from spack_pypi.pypi.project_files.imported import Imported

INIT, NUMPY = "__init__.py", "import numpy\n"
LONG = "#" * (1 << 18)
Needed = Mapping[str, Sequence[str]]
CASES: list[tuple[Mapping[str, str], Needed]] = [
    ({"a/__init__.py": NUMPY}, {"a": ["numpy"]}),
    ({"a/__init__.py": "from .b import c\n", "a/b.py": NUMPY}, {"a": ["numpy"]}),
    ({"a/__init__.py": "from x.c import d\n", "c.py": NUMPY}, {"a": ["numpy"]}),
    ({"a/__init__.py": "from numpy.linalg import inv\nimport yaml\n"}, {"a": ["numpy", "yaml"]}),
    # a module is no package, and nobody imports it
    ({"a/__init__.py": "", "a/b.py": NUMPY}, {}),
    # the project itself cannot be imported without it
    ({"__init__.py": NUMPY, "a/__init__.py": NUMPY}, {}),
    ({"__init__.py": "from . import b\n", "b.py": NUMPY, "a/__init__.py": NUMPY}, {}),
    # what lies inside cannot be imported either, and is named only for what else it needs
    ({"a/__init__.py": NUMPY, "a/b/__init__.py": NUMPY}, {"a": ["numpy"]}),
    ({"a/__init__.py": NUMPY, "a/b/__init__.py": "import yaml\n"},
     {"a": ["numpy"], "a/b": ["yaml"]}),
    ({"a/__init__.py": "", "a/b/__init__.py": NUMPY}, {"a/b": ["numpy"]}),
    # it goes on without, or may
    ({"a/__init__.py": "try:\n    import numpy\nexcept ImportError:\n    numpy = None\n"}, {}),
    ({"a/__init__.py": "try:\n    import numpy\nexcept ImportError:\n    raise\n"},
     {"a": ["numpy"]}),
    ({"a/__init__.py": "def f():\n    import numpy\n"}, {}),
    ({"a/__init__.py": "if TYPE_CHECKING:\n    import numpy\n"}, {}),
    ({"a/__init__.py": "if sys.platform == 'win32':\n    import winreg\n"}, {}),
    # any Python has, or had, or will have it
    ({"a/__init__.py": "import json, imp, distutils, tomllib, zoneinfo\n"}, {}),
    ({"a/__init__.py": "import os, winreg\n"}, {"a": ["winreg"]}),
    # the archive has it itself
    ({"a/__init__.py": "import x.b, y, z\n", "../y.py": "", "../z/__init__.py": ""}, {}),
    ({"a/__init__.py": NUMPY, "_vendor/numpy/__init__.py": ""}, {}),
    # a package of a project's name is another one
    ({"a/__init__.py": "from .numpy import y\n", "a/numpy/__init__.py": NUMPY},
     {"a": ["numpy"]}),
    # of what many projects share, what lies in it
    ({"a/__init__.py": "from google.auth.x import Y\n"}, {"a": ["google.auth"]}),
    ({"a/__init__.py": "from google.cloud import storage\nimport google.cloud.kms.z\n"},
     {"a": ["google.cloud.storage", "google.cloud.kms"]}),
    ({"a/__init__.py": "import google.auth\n", "../google/z.py": ""}, {}),
    # a call that imports, by a name that is written down
    ({"a/__init__.py": "m = importlib.import_module('numpy.linalg')\n"}, {"a": ["numpy"]}),
    ({"a/__init__.py": "import_module('.b', 'x.a')\n", "a/b.py": NUMPY}, {}),
    ({"a/__init__.py": "from . import b\n", "a/b.py": "import_module('numpy')\n"},
     {"a": ["numpy"]}),
    ({"a/__init__.py": "N = 'numpy'\nimport_module(N)\n"}, {"a": ["numpy"]}),
    ({"a/__init__.py": "N = os.environ.get('M', 'numpy')\nm['o'] = import_module(N)\n"},
     {"a": ["numpy"]}),
    ({"a/__init__.py": "import_module(os.getenv('M', 'numpy'))\n"}, {"a": ["numpy"]}),
    ({"a/__init__.py": "import_module(os.getenv('M'))\nimport_module(N)\n"}, {}),
    ({"a/__init__.py": "N = 'numpy'\nif y:\n    N = 'z'\nimport_module(N)\n"}, {}),
    ({"a/__init__.py": "def f():\n    import_module('numpy')\n"}, {}),
    ({"a/__init__.py": "try:\n    import_module('numpy')\nexcept ImportError:\n    pass\n"}, {}),
    # packages of a namespace may be such ones themselves
    ({"../y/a/__init__.py": NUMPY, "../y/b/__init__.py": ""}, {"y/a": ["numpy"]}),
    ({"../y/a/__init__.py": "from .. import c\n", "../y/c.py": NUMPY, "../y/b/__init__.py": ""},
     {"y/a": ["numpy"]}),
    ({"../y/a/__init__.py": NUMPY, "../y/a/B/__init__.py": NUMPY + "import yaml\n",
      "../y/b/__init__.py": ""}, {"y/a": ["numpy"], "y/a/B": ["yaml"]}),
    ({"../y/a/__init__.py": NUMPY}, {}),
    # what one needs is not known that imports a module which is too long to be read
    ({"../y/a/__init__.py": NUMPY, "../y/b/__init__.py": "from .. import c\n",
      "../y/c.py": LONG}, {}),
    ({"../y/a/__init__.py": NUMPY, "../y/b/__init__.py": "", "../y/c.py": LONG},
     {"y/a": ["numpy"]}),
    # a folder without __init__.py is a package, too
    ({"a/b/__init__.py": NUMPY}, {"a/b": ["numpy"]}),
    ({"a/b/__init__.py": NUMPY, "a/c/__init__.py": NUMPY}, {"a/b": ["numpy"], "a/c": ["numpy"]}),
]  # fmt: skip


def needed(modules: Mapping[str, str], base: str = "", required: Sequence[str] = ()) -> Needed:
    imported, packages = Imported(), set[str]()
    files = {f"{base}x/{name}": text for name, text in {INIT: "", **modules}.items()}
    for name, text in files.items():
        path = name.replace("x/../", "")
        imported.look_at(path, text.encode())
        imported.paths.add(path)
        packages |= {path[: -len("/__init__.py")]} if path.endswith("/__init__.py") else set()
    roots = {each for each in packages if each.rpartition("/")[0] not in packages}
    found: dict[str, list[str]] = {}
    for each in imported.needs_inside(roots, required):
        folder = each.folder.removeprefix(base).removeprefix("x/")
        found.setdefault(folder, []).append(each.module)
    return found


@pytest.mark.parametrize("base", ["", "src/"])
@pytest.mark.parametrize(("modules", "expected"), CASES)
def test_what_packages_inside_cannot_be_imported_without(
    modules: Mapping[str, str], expected: Needed, base: str
) -> None:
    assert needed(modules, base) == expected


@pytest.mark.parametrize(
    ("required", "expected"),
    [(["NumPy"], {}), (["numpy", "pandas"], {}), (["pandas"], {"a": ["numpy"]})],
)
def test_what_is_required_is_there(required: list[str], expected: Needed) -> None:
    assert needed({"a/__init__.py": NUMPY}, required=required) == expected


def test_tests_are_packages_that_are_imported_too() -> None:
    """They count for nothing else."""
    imported = Imported()
    imported.look_at("x/__init__.py", b"")
    imported.keep_test("x/tests/__init__.py", b"import pytest\n")
    assert [*imported.needs_inside({"x"}, ())] == [
        ("x/tests", "pytest", "x/tests/__init__.py", 1, False)
    ]
    assert [*imported.undeclared([], {"x"})] == []


def test_what_lies_beside_may_be_meant() -> None:
    imported = Imported()
    files = {"../__init__": "", "__init__": "from .b import c", "b": "import y, z, numpy",
             "y": "", "z/__init__": ""}  # fmt: skip
    for name, text in files.items():
        path = f"x/a/{name}.py".replace("a/../", "")
        imported.look_at(path, f"{text}\n".encode())
        imported.paths.add(path)
    found = {each.module: each.beside for each in imported.needs_inside({"x"}, ())}
    assert found == {"y": True, "z": True, "numpy": False}

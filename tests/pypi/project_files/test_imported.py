"""Imports that nothing about a project mentions: what certainly happens, of other projects."""

from __future__ import annotations

import sys

import pytest

from spack_pypi.pypi.project_files.imported import Imported
from spack_pypi.pypi.project_files.python_modules import of_python

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
    ("import sk\n", [("sk", 1)]),  # not in flask
    ("import one\n", []),
    ("import numpy\nthis is no Python\n", []),
    ("importnumpy\nimport\nfrom\n", []),
]
ABOUT = ["Requires-Dist: flask-thing>=1\n", 'requires = ["attrs", "py-one"]']


@pytest.mark.parametrize("text, found", MODULES)
def test_what_a_module_imports(text: str, found: list[tuple[str, int]]) -> None:
    imported = Imported(own={"helper", "inner"})
    imported.look_at("x/a.py", text.encode())
    assert [*imported.undeclared(ABOUT, ())] == [
        (name, "x/a.py", line, False, False, "", "") for name, line in found
    ]


@pytest.mark.parametrize(
    ("text", "required", "found"),
    [
        ("import imp", [], ["imp"]),
        ("import cgi", ["requests"], ["cgi"]),
        ("import cgi", ["legacy-cgi"], []),
        ("import audioop", ["audioop-lts"], []),
        ("import json, distutils, msilib", [], []),
        ("try:\n    import imp\nexcept ImportError:\n    imp = None", [], []),
    ],
)
def test_what_python_removed_is_imported_unless_a_requirement_has_it(
    text: str, required: list[str], found: list[str]
) -> None:
    imported = Imported()
    imported.look_at("x/__init__.py", f"{text}\n".encode())
    said = [*imported.undeclared(["we use imp and cgi"], {"x"}, "", required)]
    assert [name for name, *_ in said] == found


def test_the_first_file_is_named_whatever_the_order() -> None:
    for order in (["x/a.py", "x/b.py"], ["x/b.py", "x/a.py"]):
        imported = Imported()
        for path in order:
            imported.look_at(path, b"import numpy\n")
        assert [*imported.undeclared([], ())] == [("numpy", "x/a.py", 1, False, False, "", "")]


#: (the package's __init__.py, whether importing it always imports x/a.py)
PACKAGES = [
    ("from .a import b", True),
    ("from . import a", True),
    ("from x.a import b", True),
    ("import x.a", True),
    ("import numpy", True),
    ("from x import a", True),
    ("from .b import a", False),
    ("from .. import a", False),
    ("try:\n    from .a import b\nexcept ImportError:\n    pass", False),
    ("def f():\n    from .a import b", False),
    ("", False),
    ("from .b import (\n    c,\n)\nfrom x.b.d import e", False),
    ("from .c import (\n    run,\n)", True),
    ("import x.c", True),
    ("from .d.e import f", True),
    ("def f():\n    from .c import run", False),
    ("'''\nfrom .c import run\n'''", False),
    ("from .broken import run", False),
]
#: What its other modules import in turn.
OTHERS = {
    "x/c.py": "from .d import e",
    "x/d/__init__.py": "from ..a import b",
    "x/d/e.py": "",
    "x/broken.py": "from .a import b\nthis is no Python",
    **{f"x/other{number}.py": "" for number in range(9)},
}


@pytest.mark.parametrize("folder", ["", "src/"])
@pytest.mark.parametrize("init, always", PACKAGES)
def test_what_a_package_cannot_be_imported_without(folder: str, init: str, always: bool) -> None:
    imported = Imported(own={"x"})
    mine = {"z.py": "", "x/a.py": "", "x/__init__.py": init, **OTHERS}
    for path, text in mine.items():
        imports = path in ("z.py", "x/a.py") or (path == "x/__init__.py" and "numpy" in init)
        name = "import numpy\n" if imports else ""
        imported.look_at(f"{folder}{path}", f"{text}\n{name}".encode())
    ((_, path, _, found, _, package, most),) = imported.undeclared([], {f"{folder}x"})
    assert found == always
    assert not always or path.startswith(f"{folder}x/")
    assert not always or package == f"{folder}x/__init__.py"
    assert not most


@pytest.mark.parametrize(("init", "always"), [("", False), ("from . import inner", True)])
def test_a_package_within_is_not_always_imported(init: str, always: bool) -> None:
    """mlflow-skinny runs without numpy, which mlflow/fastai/__init__.py imports."""
    imported = Imported(own={"x", "inner"})
    for path, text in (("x/inner/__init__.py", "import numpy"), ("x/__init__.py", init)):
        imported.look_at(path, text.encode())
    assert [*imported.undeclared([], {"x"})] == [
        ("numpy", "x/inner/__init__.py", 1, always, False, "x/__init__.py", "")
    ]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Requires: numpy\n", True),
        ("Requires: numpy (>=1.2)\nRequires: yaml\n", True),
        ("Requires: numpy.linalg\n", False),
        ("Requires-Dist: numpy\n", False),
    ],
)
def test_a_module_by_itself_and_the_old_field_requires(said: str, found: bool) -> None:
    """setup(requires=...) of distutils is read by nobody (PEP 314)."""
    imported = Imported()
    imported.look_at("x.py", b"import numpy\n")
    setup_py = "setup(py_modules=['x'], requires=['numpy'])"
    undeclared = [("numpy", "x.py", 1, True, not found, "x.py", "")]
    assert [*imported.undeclared([said, setup_py], (), "x.py")] == undeclared


@pytest.mark.parametrize(
    ("init", "required", "found"),
    [
        ("from . import a", ["onnx"], True),
        ("from . import a", ["tensorflow"], False),
        ("from . import a", ["tensorflow-cpu"], False),
        ("", [], False),
    ],
)
def test_what_is_mentioned_and_needed_all_the_same(
    init: str, required: list[str], found: bool
) -> None:
    """The metadata of tf2onnx says "Tensorflow to ONNX converter", and requires no tensorflow."""
    imported = Imported()
    for path, text in (("x/__init__.py", init), ("x/a.py", "import tensorflow")):
        imported.look_at(path, text.encode())
    undeclared = [("tensorflow", "x/a.py", 1, True, True, "x/__init__.py", "")] if found else []
    assert [*imported.undeclared(["Summary: TensorFlow"], {"x"}, "", required)] == undeclared


# (what is in each package inside x, how many import numpy without a condition → whether most do)
INSIDE = [
    ({"a": "import numpy", "b": "import numpy"}, True),  # 2 of 3: x counts as well
    ({"a": "import numpy", "b": ""}, False),
    # one for each framework
    ({"a": "import numpy", "a/c": "", "a/d": "", "a/e": "", "b": ""}, False),
    ({"a": "import numpy", "a/c": "", "a/d": "", "a/e": ""}, True),
    ({"a": "from . import inner", "a/inner": "import numpy", "b": "from x import a"}, True),
    # what is around a package runs as well
    ({"a": "import numpy", "a/inner": ""}, True),
    ({"a": "try:\n    import numpy\nexcept ImportError:\n    pass", "b": "import numpy"}, False),
    # one of them is for those who do not have it, too
    ({"a": "import numpy", "b": "import numpy\ndef f():\n    try:\n        import numpy\n"
      "    except ImportError:\n        return 0"}, False),
    ({"a": "import numpy", "b": "import numpy\ndef f():\n    try:\n        import numpy\n"
      "    except ImportError:\n        raise X"}, True),
]  # fmt: skip


@pytest.mark.parametrize("folder", ["", "src/"])
@pytest.mark.parametrize("mentioned", [[], ["Summary: with numpy"]])
@pytest.mark.parametrize(("inside", "most"), INSIDE)
def test_what_most_packages_inside_cannot_be_imported_without(
    inside: dict[str, str], most: bool, mentioned: list[str], folder: str
) -> None:
    """mmengine can be imported without torch, and 17 of its 25 packages cannot. What few import is
    for those who have more, and is in the report."""
    imported = Imported(own={"x"})
    for name, text in {"": "", **inside}.items():
        path = "/".join(filter(None, ["x", name, "__init__.py"]))
        imported.look_at(f"{folder}{path}", f"{text}\n".encode())
    ((module, path, _, always, named, package, found),) = imported.undeclared(
        mentioned, {f"{folder}x"}
    )
    assert (module, always, named) == ("numpy", most, bool(mentioned))
    assert found == ("packages" if most else "")
    assert path.startswith(f"{folder}x/") and package == f"{folder}x/__init__.py"


@pytest.mark.parametrize(("mine", "others"), [("x", "y"), ("y", "x")])
def test_of_several_packages_the_one_inside_which_most_do_counts(mine: str, others: str) -> None:
    imported = Imported(own={"x", "y"})
    for path, does in ((mine, False), (f"{mine}/a", True), (f"{mine}/b", True), (others, False),
                       (f"{others}/a", True), (f"{others}/b", False)):  # fmt: skip
        imported.look_at(f"{path}/__init__.py", b"import numpy\n" if does else b"")
    ((_, _, _, _, _, package, most),) = imported.undeclared([], {"x", "y"})
    assert (package, most) == (f"{mine}/__init__.py", "packages")


def test_what_is_always_imported_is_found_among_many() -> None:
    """napari's modules import 42 projects."""
    imported = Imported(own={"x"})
    many = "".join(f"import a{number}\n" for number in range(100))
    imported.look_at("x/a.py", f"{many}import zarr\n".encode())
    imported.look_at("x/__init__.py", b"import zarr\n")
    found = [each for each in imported.undeclared([], {"x"}) if each[3]]
    assert found == [("zarr", "x/__init__.py", 1, True, False, "x/__init__.py", "")]


def test_imports_by_full_names_in_a_namespace() -> None:
    imported = Imported(own={"x", "y"})
    for path, text in (("__init__", "from x.y.a import b"), ("a", "import numpy")):
        imported.look_at(f"src/x/y/{path}.py", text.encode())
    assert [*imported.undeclared([], {"src/x/y"})] == [
        ("numpy", "src/x/y/a.py", 1, True, False, "src/x/y/__init__.py", "")
    ]


def test_a_package_inside_hides_no_moduleof_python() -> None:
    """``import logging`` in x/a is not x/logging."""
    imported = Imported(own={"x", "a", "b", "logging"})
    texts = {"": "", "a": "import logging", "b": "import logging", "logging": "import numpy"}
    for name, text in texts.items():
        path = "/".join(filter(None, ["x", name, "__init__.py"]))
        imported.look_at(path, text.encode())
    ((_, _, _, always, _, _, most),) = imported.undeclared([], {"x"})
    assert (always, most) == (False, "")


def test_a_python_that_does_not_list_its_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python does since 3.10."""
    listed = {"os", "json", "sys", "math", "_ssl", "zlib", "typing"}
    monkeypatch.delattr(sys, "stdlib_module_names", raising=False)
    of_python.cache_clear()
    try:
        assert listed <= of_python()
        assert not {"numpy", "pytest", "packaging"} & of_python()
    finally:
        of_python.cache_clear()


def test_a_long_module_is_not_read() -> None:
    imported = Imported()
    imported.look_at("x/a.py", b"import numpy\n" + b"#" * (128 << 10))
    assert not imported.files

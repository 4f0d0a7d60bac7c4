"""What most modules of a project cannot be imported without, though its packages can: (modules
besides empty packages, whether numpy is needed)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from spack_pypi.pypi.project_files.imported import Imported

NUMPY = "import numpy"
TRIES = "try:\n    import numpy\nexcept ImportError:\n    numpy = None"
#: 3 of 5 modules, with x itself.
MOST = {"a": NUMPY, "b": "from .a import y", "c": NUMPY, "d": ""}
CASES: list[tuple[Mapping[str, str], bool]] = [
    (MOST, True),
    ({"a": NUMPY, "b": "from .a import y", "c": "", "d": ""}, False),
    ({**MOST, "d": TRIES}, False),
    ({**MOST, "d": f"def f():\n    {NUMPY}"}, True),
    ({**MOST, "d": TRIES.replace("numpy = None", "raise")}, True),
    # modules for tests are none of it
    ({"a": NUMPY, "b": NUMPY, "c": "", "test_a": NUMPY, "b_test": NUMPY, "conftest": NUMPY},
     False),
    ({"a": NUMPY, "b": NUMPY, "test_a": "", "test_b": "", "test_c": ""}, True),
    # half of what lies in x, in a package if most of that
    ({"a/__init__": "", "a/b": NUMPY, "a/c": NUMPY, "a/d": NUMPY, "a/e": NUMPY, "f": NUMPY,
      "g": "", "h": ""}, True),
    # one for each framework
    ({"a/__init__": "", "a/b": NUMPY, "a/c": NUMPY, "a/d": NUMPY, "a/e": NUMPY, "f": ""}, False),
    ({"a/__init__": NUMPY, "a/b": "", "a/c": "", "a/d": "", "f/__init__": ""}, False),
    ({"a/__init__": "", **{f"a/b{n}": NUMPY for n in range(9)}, "c": NUMPY, "d": "", "e": "",
      "f": "", "g": ""}, False),
]  # fmt: skip


@pytest.mark.parametrize("folder", ["", "src/"])
@pytest.mark.parametrize("mentioned", [[], ["Summary: with numpy"]])
@pytest.mark.parametrize(("modules", "most"), CASES)
def test_what_most_modules_cannot_be_imported_without(
    modules: Mapping[str, str], most: bool, mentioned: list[str], folder: str
) -> None:
    """13 of the 25 modules of dasbus cannot be imported without gi, and its packages can."""
    imported = Imported(own={"x"})
    for name, text in {"__init__": "", **modules}.items():
        imported.look_at(f"{folder}x/{name}.py", f"{text}\n".encode())
    found = [*imported.undeclared(mentioned, {f"{folder}x"})]
    named = [
        (each.module, each.always, each.mentioned, each.package) for each in found if each.most
    ]
    assert named == [("numpy", True, True, f"{folder}x/__init__.py")] * most
    assert {each.most for each in found} <= {"", "modules"}


def test_where_not_all_is_read_most_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spack_pypi.pypi.project_files.imported._MOST_KEPT", 60)
    imported = Imported(own={"x"})
    for name, text in {"__init__": "", **MOST}.items():
        imported.look_at(f"x/{name}.py", f"{text}\n".encode())
    assert [each.most for each in imported.undeclared([], {"x"})] == ["modules"]
    imported.look_at("x/e.py", b"import json\n" * 9)
    assert [each.most for each in imported.undeclared([], {"x"})] == [""]

"""What a recipe changes in the files that say what is required: (patch or method, names)."""

from __future__ import annotations

import pytest

from spack_pypi.recipe.source_changes import SourceChange, of_methods, of_patch

PATCHES = [
    (
        "--- a/setup.py\t2020-01-01\n+++ b/setup.py\n@@ -1 +1 @@\n"
        "-    install_requires=['numpy<2', \"Foo_Bar\"],\n+    install_requires=['Foo_Bar'],\n",
        {"setup.py": {"numpy", "Foo_Bar"}},
    ),
    (
        "--- a/x/pyproject.toml\n+++ b/x/pyproject.toml\n@@ -3 +3 @@\n requires = ['six']\n"
        "-requires-python = '>=3.6'\n-numpy = '^1.20'\n",
        {"pyproject.toml": {"python", "requires-python", "numpy"}},
    ),
    (
        "--- /dev/null\n+++ b/requirements/base.txt\n@@ -0,0 +1 @@\n+dask==2023.1\n",
        {"base.txt": {"dask"}},
    ),
    ("--- a/setup.cfg\n+++ /dev/null\n@@ -1 +0,0 @@\n-    six>1\n", {"setup.cfg": {"six"}}),
    ("--- a/src/x.c\n+++ b/src/x.c\n@@ -1 +1 @@\n-'numpy'\n+'six'\n", {}),
    (
        "--- a/setup.py\n+++ b/setup.py\n@@ -1 +1 @@\n-import numpy\n+import six\n",
        {"setup.py": set()},
    ),
    ("no patch", {}),
]


@pytest.mark.parametrize(("text", "expected"), PATCHES)
def test_patches(text: str, expected: dict[str, set[str]]) -> None:
    found = {change.file: change.names for change in of_patch("x.patch", text)}
    assert {
        file: names & {*expected[file]} or {*names} for file, names in found.items()
    } == expected


METHODS = [
    ('filter_file("^dask .*", "", "requirements.txt")', ["dask"]),
    ("filter_file(\"['pytest-runner']\", '[]', 'setup.py', string=True)", ["pytest-runner"]),
    ("f = FileFilter('setup.cfg')\n        f.filter('numpy *<2', 'numpy')", ["numpy"]),
    # A version of something that is not named.
    ('filter_file("^5.2.3,<7", ">=5.2.3,<7", "pyproject.toml")', None),
    ('filter_file("numpy", "", "x.py")', ()),
    ("open('setup.py')", ()),
]


@pytest.mark.parametrize(("call", "names"), METHODS)
def test_methods(call: str, names: list[str] | tuple[()] | None) -> None:
    found = of_methods(f"class PyX(PythonPackage):\n    def patch(self):\n        {call}\n")
    if names == ():
        assert found == []
        return
    (change,) = found
    assert change.by == "patch()" and (change.lines is None) == (names is None)
    assert {*(names or ())} <= change.names


CALL = 'filter_file("dask.*", "", "setup.py")'
#: (a method, which of the versions 1.0, 2.0 and 3.0 it concerns)
CONDITIONS = [
    (f"def patch(self):\n        {CALL}", ["1.0", "2.0", "3.0"]),
    (f'@when("@:1")\n    def patch(self):\n        {CALL}', ["1.0"]),
    (f'@when("@2+mpi")\n    def patch(self):\n        {CALL}', ["2.0"]),
    (f'@when("+mpi")\n    def patch(self):\n        {CALL}', ["1.0", "2.0", "3.0"]),
    (f'def patch(self):\n        if self.spec.satisfies("@:1,3"):\n            {CALL}',
     ["1.0", "3.0"]),
    (f'def patch(self):\n        spec = self.spec\n        if spec.satisfies("@=2.0"):\n'
     f"            {CALL}", ["2.0"]),
    (f'@when("@2:")\n    def patch(self):\n        if self.spec.satisfies("@:2") and self.x:\n'
     f"            {CALL}", ["2.0"]),
    (f'def patch(self):\n        if self.spec.satisfies("@:1"):\n            pass\n        else:\n'
     f"            {CALL}", ["1.0", "2.0", "3.0"]),
    (f'def patch(self):\n        if self.spec.satisfies("@:1") or self.x:\n            {CALL}',
     ["1.0", "2.0", "3.0"]),
    (f'def patch(self):\n        if not self.spec.satisfies("@:1"):\n            {CALL}',
     ["1.0", "2.0", "3.0"]),
    (f'def patch(self):\n        if self.spec["x"].satisfies("@:1"):\n            {CALL}',
     ["1.0", "2.0", "3.0"]),
]  # fmt: skip


@pytest.mark.parametrize(("method", "versions"), CONDITIONS)
def test_the_versions_that_a_method_changes(method: str, versions: list[str]) -> None:
    (change,) = of_methods(f"class PyX(PythonPackage):\n    {method}\n")
    assert [each for each in ("1.0", "2.0", "3.0") if change.concerns(each)] == versions


@pytest.mark.parametrize("text", ["def f(:", "\0", "x = 1"])
def test_what_is_no_recipe_changes_nothing(text: str) -> None:
    assert of_methods(text) == []


def test_names_are_not_those_of_code() -> None:
    assert SourceChange("p", "setup.py", ("numpy = 1",)).names == frozenset()

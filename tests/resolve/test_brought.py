"""What a package always imports is a dependency where no requirement brings it, by the recipes
that exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import ModuleImport, Source
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create

RUN = 'type=("build", "run")'

#: (what x requires, the lines of recipes, whether numpy comes with that)
CASES: list[tuple[Sequence[str], Mapping[str, Sequence[str]], bool]] = [
    (["corner"], {"corner": [f'"py-numpy", {RUN}']}, True),
    (["corner"], {"corner": [f'"py-numpy@1.2:", when="@0.1:", {RUN}']}, True),
    (["corner"], {"corner": [f'"py-scipy", {RUN}'], "scipy": [f'"py-numpy", {RUN}']}, True),
    (["corner"], {"corner": []}, False),
    ([], {"corner": [f'"py-numpy", {RUN}']}, False),
    # only for building, in old versions, somewhere, or if that is wanted
    (["corner"], {"corner": ['"py-numpy", type="build"']}, False),
    (["corner"], {"corner": ['"py-numpy"']}, False),
    (["corner"], {"corner": [f'"py-numpy", when="@:0.9", {RUN}']}, False),
    (["corner"], {"corner": [f'"py-numpy", when="+fast", {RUN}']}, False),
    (["corner"], {"corner": [f'"py-numpy", when="platform=linux", {RUN}']}, False),
    (["corner"], {"corner": [f'"py-numpy", when="^python@:3.9", {RUN}']}, False),
    (["corner; python_version < '3.9'"], {"corner": [f'"py-numpy", {RUN}']}, False),
    (["corner; extra == 'c'"], {"corner": [f'"py-numpy", {RUN}']}, False),
    # in a circle
    (["corner"], {"corner": [f'"py-x-y", {RUN}'], "x-y": [f'"py-corner", {RUN}']}, False),
]


@pytest.mark.parametrize(("required", "lines", "there"), CASES)
def test_what_is_imported_and_comes_with_a_requirement(
    required: Sequence[str], lines: Mapping[str, Sequence[str]], there: bool
) -> None:
    index, host = MemoryIndex(), MemoryHost()
    index.add("x", "1.0", *required)
    imported = ModuleImport("numpy", "x/a.py", 3, always=True)
    index._sources["x", Version("1.0")] = Source(undeclared=(imported,))
    for project in ("setuptools", "numpy", "corner", "scipy", "x-y"):
        host.has(project, "1.0")
        body = "".join(f"    depends_on({line})\n" for line in lines.get(project, ()))
        host.texts[f"py-{project}"] = f"class X(PythonPackage):\n    version('1.0')\n{body}"
    text = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.recipes["x"].text
    assert ('depends_on("py-numpy"' in text) is not there
    assert ("numpy is imported, which no requirement names" in text) is not there

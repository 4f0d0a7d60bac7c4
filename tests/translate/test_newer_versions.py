"""The version from which a recipe depends on a package, names of which are always imported."""

from __future__ import annotations

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import ModuleImport, Source
from spack_pypi.session import Session
from spack_pypi.workflow.explain.explain import explain
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create

RUN = 'type=("build", "run"))'
WHY = "# field_validator is imported, which pydantic has since version 2"


def host_with(*versions: str) -> MemoryHost:
    host = MemoryHost()
    host.has("pydantic", *versions)
    host.has("setuptools", "1.0")
    host.has("six", "1.0")
    return host


def index_of(requires: str) -> MemoryIndex:
    index = MemoryIndex()
    for version in ("1.10.26", "2.12.5"):
        index.add("pydantic", version)
    index.add("x", "1.0", requires, python=">=3.9")
    imports = ModuleImport("pydantic.field_validator", "x/a.py", 3, always=True)
    index._sources["x", Version("1.0")] = Source(newer_names=(imports,))
    return index


BOTH = ("2.12.5", "1.10.26")
#: (what x requires, the versions of the package; the lines of the recipe)
LINES = [
    ("pydantic", BOTH, [WHY, f'depends_on("py-pydantic@2:", {RUN}']),
    # what is declared counts
    ("pydantic>=1.10", BOTH, [f'depends_on("py-pydantic@1.10:", {RUN}']),
    ("pydantic<3", BOTH, [f'depends_on("py-pydantic@:2", {RUN}']),
    ("pydantic>=2.5", BOTH, [f'depends_on("py-pydantic@2.5:", {RUN}']),
    # a name alone makes no dependency
    ("six", BOTH, []),
    # Spack's package has no such version
    ("pydantic", ("1.10.26",), [f'depends_on("py-pydantic", {RUN}']),
]


@pytest.mark.parametrize(("requires", "versions", "lines"), LINES)
def test_the_line_has_the_version(
    requires: str, versions: tuple[str, ...], lines: list[str]
) -> None:
    host = host_with(*versions)
    text = create(host, index_of(requires), Request(("x",), verify=Verify.LOAD)).plan.texts["py-x"]
    written = text.partition("\nclass ")[2].splitlines()
    assert [line.strip() for line in written if "pydantic" in line] == lines


def test_explain_says_what_imports_it() -> None:
    host, index = host_with(*BOTH), index_of("pydantic")
    text = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.texts["py-x"]
    host.keep("x", "py-x", text)
    with Session(index) as session:
        lines = explain(session, host, "py-x").lines
    (line,) = [str(each) for each in lines if "pydantic@2:" in each.text]
    assert "x/a.py:3 imports pydantic.field_validator" in line
    assert "excludes" not in line

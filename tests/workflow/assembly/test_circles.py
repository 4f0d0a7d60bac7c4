"""Projects that always import what requires them: a new recipe is not tested for that, and says
so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import ModuleImport, Source
from spack_pypi.session import Session
from spack_pypi.workflow.explain.explain import explain
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create
from tests.workflow.assembly.test_skipped import attribute, ports

CIRCLE = """\
    # Circular dependency on whole
    skip_modules = ["whole.x"]"""
NEEDS = '    depends_on("py-x", type=("build", "run"))\n'


def in_space(module: str, *requires: str, inside: str = "") -> tuple[MemoryHost, MemoryIndex]:
    """A release of x, which is whole.x, and imports a module; a package of it needs another."""
    host, index = ports({inside: ["yaml"]} if inside else {}, *requires)
    source = index._sources["x", Version("2.0")]
    always = ModuleImport(module, "whole/x/a.py", 3, package="whole.x", main="whole.x")
    needs = (*source.package_needs, always)
    index._sources["x", Version("2.0")] = replace(source, package_needs=needs)
    return host, index


@pytest.mark.parametrize(
    ("requires", "lines", "expected"),
    [
        ("numpy", NEEDS, CIRCLE),
        ("numpy", NEEDS.replace('("build", "run")', '"run"'), CIRCLE),
        # the other one does not require it, or is required
        ("numpy", "", ""),
        ("whole", NEEDS, ""),
        # what is imported may come with a part of it
        ("whole-part", NEEDS, ""),
        ("whole-part-x", NEEDS, ""),
        ("whole-party", NEEDS, CIRCLE),
        ("whole; extra == 'test'", NEEDS, CIRCLE),
    ],
)
def test_a_part_of_a_namespace_that_imports_what_requires_it(
    requires: str, lines: str, expected: str
) -> None:
    host, index = in_space("whole.part", requires)
    for each in ("whole", "whole-part", "whole-part-x", "whole-party"):
        host.has(each, "1.0")
    host.texts["py-whole"] += lines
    assert attribute(host, index) == expected


def test_one_that_is_written_with_it() -> None:
    host, index = in_space("whole.part", "numpy")
    index.add("whole", "1.0", "x")
    assert attribute(host, index, "whole") == CIRCLE


def test_a_project_of_another_name() -> None:
    """As Soup Sieve is to Beautiful Soup."""
    host, index = ports({})
    old = index._sources["x", Version("2.0")]
    always = ModuleImport("yaml", "x/a.py", 3, always=True, package="x/__init__.py", main="x")
    index._sources["x", Version("2.0")] = Source(old.pyproject, undeclared=(always,))
    host.texts["py-pyyaml"] += NEEDS
    assert attribute(host, index) == (
        '    # Circular dependency on pyyaml\n    skip_modules = ["x"]'
    )
    text = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.recipes["x"].text
    host.keep("x", "py-x", text)
    with Session(index) as session:
        found = explain(session, host, "py-x", "")
    (line,) = [each for each in found.lines if each.text.startswith("skip_modules")]
    assert [str(each) for each in line.grounds[0].cited] == ["x/a.py:3: x imports yaml"]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("whole.x.a", CIRCLE),
        (
            "whole.y.a",
            "    # Circular dependency on whole; Requires pyyaml, which is not declared\n"
            '    skip_modules = ["whole.x", "whole.y.a"]',
        ),
    ],
)
def test_what_else_lacks_something(inside: str, expected: str) -> None:
    host, index = in_space("whole.part", "numpy", inside=inside)
    host.has("whole", "1.0")
    host.texts["py-whole"] += NEEDS
    assert attribute(host, index) == expected

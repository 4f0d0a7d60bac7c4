"""What a new recipe says of the modules of a wheel that it installs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import ModuleImport, Source
from spack_pypi.pypi.releases import LONG
from spack_pypi.session import Session
from spack_pypi.workflow.explain.explain import explain
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.memory_meaning import TextMeaning
from tests.run import create
from tests.workflow.assembly.test_skipped import NOT_DECLARED, A, ports


def of_wheel(*requires: str) -> tuple[MemoryHost, MemoryIndex]:
    """A release that has a wheel only, whose modules import numpy and pyyaml."""
    host, index = ports({})
    index.add("y", "1.0", *requires, sdist=False)
    always = ModuleImport("numpy", "y/__init__.py", 2, always=True, package="y/__init__.py")
    inside = ModuleImport("yaml", "y/a/__init__.py", 3, package="y.a")
    source = Source(undeclared=(always,), package_needs=(inside,))
    index._sources["y", Version("1.0")] = source
    return host, index


def test_those_of_a_wheel_are_named_too() -> None:
    for requires, expected in (("quiet", NOT_DECLARED), ("pyyaml", "")):
        host, index = of_wheel(requires)
        outcome = create(host, index, Request(("y",), verify=Verify.LOAD))
        text = outcome.plan.recipes["y"].text
        assert NOT_DECLARED.replace("x.a", "y.a") in text if expected else "skip" not in text
        assert "    # numpy is imported, but not declared\n" in text
        assert 'depends_on("py-numpy")' in text or 'depends_on("py-numpy", type' in text
        assert "none-any.whl" in text and "hatchling" not in text


def test_what_a_wheel_imports_explains_what_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TextMeaning, "archive", lambda *_: "y-1.0-py3-none-any.whl")
    host, index = of_wheel()
    text = create(host, index, Request(("y",), verify=Verify.LOAD)).plan.recipes["y"].text
    host.keep("y", "py-y", text)
    with Session(index) as session:
        found = explain(session, host, "py-y", "")
    said = {
        each.text: [str(cited) for ground in each.grounds for cited in ground.cited]
        for each in found.lines
    }
    assert said['skip_modules = ["y.a"]'] == ["y/a/__init__.py:3: y.a imports yaml"]
    assert said['depends_on("py-numpy", type=("build", "run"))'] == [
        "numpy (rule: y/__init__.py:2 imports numpy, which is not declared)"
    ]


def test_a_wheel_is_not_read_for_a_recipe_that_installs_wheels() -> None:
    host, index = of_wheel()
    host.has("y", "0.9")
    host.packages["y"] = replace(host.packages["y"], wheel=True)
    outcome = create(host, index, Request(("y==1.0",), verify=Verify.LOAD))
    assert "y-1.0-py3-none-any.whl" in outcome.plan.recipes["y"].text
    assert not [each for each in index.asked if each.startswith("source y")]


def test_where_nothing_can_be_built_the_modules_of_the_wheel_count() -> None:
    """An sdist may have others, or none."""
    host, index = ports(A)
    index.add("y", "1.0", "quiet")
    index.reads("y", "1.0", "missing.txt")
    always = ModuleImport("numpy", "y/__init__.py", 2, always=True, package="y/__init__.py")
    inside = ModuleImport("yaml", "y/a/__init__.py", 3, package="y.a")
    index.of_wheels["y", "1.0"] = Source(undeclared=(always,), package_needs=(inside,))
    text = create(host, index, Request(("y",), verify=Verify.LOAD)).plan.recipes["y"].text
    assert NOT_DECLARED.replace("x.a", "y.a") in text and "missing.txt" in text
    assert "    # numpy is imported, but not declared\n" in text and "none-any.whl" in text
    assert index.asked.count("source y 1.0") == 2


def test_a_long_wheel_is_not_read() -> None:
    host, index = ports(A)
    index.add("y", "1.0", size=LONG + 1)
    index.reads("y", "1.0", "missing.txt")
    create(host, index, Request(("y",), verify=Verify.LOAD))
    assert index.asked.count("source y 1.0") == 1


def test_a_wheel_that_cannot_be_read_is_not_written() -> None:
    host, index = ports(A)
    index.add("y", "1.0")
    index.reads("y", "1.0", "missing.txt")
    index.damaged_wheels.add(("y", "1.0"))
    outcome = create(host, index, Request(("y",), verify=Verify.LOAD))
    assert "y" not in outcome.plan.recipes
    assert any("has a wheel that cannot be read" in each.text for each in outcome.diagnostics)

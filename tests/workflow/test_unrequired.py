"""What is written although nothing that is written requires it: a package that exists depends on
it, and its versions exclude each other. It is shown like everything else."""

from __future__ import annotations

import pytest

from spack_pypi.report.create import packages_json, show
from spack_pypi.report.why import tree
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create, why

BECAUSE = "as no other fits together with the rest"


@pytest.fixture
def host() -> MemoryHost:
    """App depends on lib and on an old tool, and all versions of lib on a newer tool."""
    host = MemoryHost()
    host.has("app", "1.0")
    host.has("lib", "2.0", "1.0")
    host.has("tool", "2.0", "1.0")
    host.texts["py-app"] = recipe("App", ("1.0",), "py-lib@1:", "py-tool@:1")
    host.texts["py-lib"] = recipe("Lib", ("2.0", "1.0"), "py-tool@2:")
    return host


@pytest.fixture
def index() -> MemoryIndex:
    index = MemoryIndex()
    index.add("app", "1.0", "lib>=1", "tool<2")
    index.add("tool", "1.0")
    index.add("lib", "1.0", "tool>=2")
    index.add("lib", "2.0", "tool>=2")
    index.add("lib", "3.0", "tool", "new", build=[])
    index.add("new", "1.0", build=[])
    return index


def recipe(name: str, versions: tuple[str, ...], *dependencies: str) -> str:
    lines = [f"class Py{name}(PythonPackage):"]
    lines += [f'    version("{version}", sha256="0")' for version in versions]
    lines += [f'    depends_on("{each}", type=("build", "run"))' for each in dependencies]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "named, first",
    [
        # what was named exists
        ("app", ["py-app (in builtin)"]),
        # what was named is new, and depends on it
        ("mine", ["py-mine 1.0 (new)", "└── py-app (in builtin)"]),
    ],
)
def test_the_tree_shows_it(
    host: MemoryHost,
    index: MemoryIndex,
    named: str,
    first: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    index.add("mine", "1.0", "app", build=[])
    outcome = create(host, index, Request((named,), verify=Verify.LOAD))
    show(host, outcome)
    lines = [*first, f"py-lib 3.0 (added to builtin.py-lib {BECAUSE})"]
    assert capsys.readouterr().out.splitlines()[: len(lines)] == lines
    assert outcome.plan.unrequired == ["lib"]
    written = {each["package"] for each in packages_json(outcome) if each["written"]}
    assert {"py-lib", "py-new"} <= written


def test_why_shows_it(host: MemoryHost, index: MemoryIndex) -> None:
    lines = [*tree(why(host, index, ["app"]))]
    assert lines[0] == "app: exists, builtin.py-app has 1.0"
    assert f"lib: added, 3.0 is written {BECAUSE}" in lines
    assert any("new: new" in line for line in lines)


def test_nothing_of_that_where_all_fits(host: MemoryHost, index: MemoryIndex) -> None:
    host.texts["py-lib"] = recipe("Lib", ("2.0", "1.0"), "py-tool")
    plan = create(host, index, Request(("app",), verify=Verify.LOAD)).plan
    assert not plan.recipes and not plan.unrequired

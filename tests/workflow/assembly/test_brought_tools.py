"""Tools that the package of a build backend brings: (what its recipe says, the project's
meson.build, what the project's recipe says of the tools)."""

from __future__ import annotations

from typing import Any

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import Source
from spack_pypi.session import Session
from spack_pypi.workflow.explain.explain import explain
from spack_pypi.workflow.explain.model import Verdict
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create

NINJA = '    depends_on("ninja", type=("build", "run"))\n'
MESON = '    depends_on("meson@0.62:", type=("build", "run"))\n'
BLOCK = '    with default_args(type=("build", "run")):\n        depends_on("ninja")\n'
BOUND = "project('x', 'c', meson_version: '>=1.2')\n"
PLAIN = "project('x', 'c')\n"

TOOLS = [
    (NINJA + MESON, PLAIN, []),
    (NINJA + MESON, BOUND, ["meson@1.2:"]),
    (NINJA, PLAIN, ["meson"]),
    (BLOCK + MESON, PLAIN, []),
    ("", BOUND, ["meson@1.2:", "ninja"]),
    # not where the project is built, not always, or not in all versions
    ('    depends_on("ninja", type="build")\n', BOUND, ["meson@1.2:", "ninja"]),
    (NINJA.replace(", type", ', when="platform=linux", type'), BOUND, ["meson@1.2:", "ninja"]),
    (NINJA.replace(", type", ', when="@0.9:", type'), BOUND, ["meson@1.2:", "ninja"]),
    (f'    with when("@0.9:"):\n    {NINJA}', BOUND, ["meson@1.2:", "ninja"]),
]


def ports(backend: str, meson: str, *requires: str) -> tuple[MemoryHost, MemoryIndex]:
    """Two releases that meson-python builds, whose package's recipe has these lines."""
    host, index = MemoryHost(), MemoryIndex()
    host.has("meson-python", "0.18.0")
    host.texts["py-meson-python"] += backend
    system: dict[str, Any] = {
        "requires": [*(requires or ["meson-python"])],
        "build-backend": "mesonpy",
    }
    source = Source(pyproject={"build-system": system}, build_files={"meson.build": meson})
    for version in ("1.0", "2.0"):
        index.add("x", version, wheel_tag="", build=system["requires"])
        index._sources["x", Version(version)] = source
    return host, index


def tools(recipe: str) -> list[str]:
    lines = [line.strip() for line in recipe.split("\n")]
    specs = [line.split('"')[1] for line in lines if line.startswith("depends_on(")]
    return [spec for spec in specs if spec.startswith(("meson", "ninja"))]


def written(host: MemoryHost, index: MemoryIndex, name: str) -> str:
    return create(host, index, Request((name,), verify=Verify.LOAD)).plan.recipes["x"].text


@pytest.mark.parametrize(("backend", "meson", "expected"), TOOLS)
def test_a_new_recipe_leaves_them_to_it(backend: str, meson: str, expected: list[str]) -> None:
    assert tools(written(*ports(backend, meson), "x")) == expected


def test_what_is_not_always_there_brings_nothing() -> None:
    needed = "meson-python; python_version >= '3.11'"
    assert tools(written(*ports(NINJA + MESON, PLAIN, needed), "x")) == ["meson", "ninja"]


HAS = """\
class PyX(PythonPackage):
    pypi = "x/x-1.0.tar.gz"

    version("1.0", sha256="0")

    depends_on("py-meson-python", type="build")
"""


@pytest.mark.parametrize("line", ["", '    depends_on("ninja", type="build")\n'])
def test_an_existing_recipe_stays_as_its_author_has_it(line: str) -> None:
    host, index = ports(NINJA + MESON, PLAIN)
    host.keep("x", "py-x", HAS + line)
    edited = written(host, index, "x>=2")
    assert 'version("2.0"' in edited
    assert tools(edited) == ["ninja"] * bool(line)
    assert line in edited


@pytest.mark.parametrize(
    ("backend", "line", "unsaid"),
    [
        (NINJA + MESON, "", []),
        (NINJA + MESON, '    depends_on("ninja", type="build")\n', []),
        (NINJA, "", ["meson"]),
        ("", "", ["meson", "ninja"]),
    ],
)
def test_explain_does_not_miss_them(backend: str, line: str, unsaid: list[str]) -> None:
    host, index = ports(backend, PLAIN)
    host.keep("x", "py-x", HAS + line)
    with Session(index) as session:
        found = explain(session, host, "py-x", "")
    missed = [each.package for each in found.unsaid if each.package in ("meson", "ninja")]
    assert missed == unsaid
    verdicts = [each.grounds[0].verdict for each in found.lines if '"ninja"' in each.text]
    assert verdicts == [Verdict.EXPLAINED] * bool(line)

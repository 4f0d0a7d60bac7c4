"""A recipe may name a virtual package: ``pil``, which py-pillow provides, means Pillow."""

from __future__ import annotations

import pytest

from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create

RECIPE = """\
class PyX(PythonPackage):
    version("1.0", sha256="0")

    depends_on("py-setuptools", type="build")
    depends_on("{line}", type=("build", "run"))
"""

#: (what the recipe states, what 1.0 and 2.0 require, its lines afterwards)
CASES = [
    ("pil", ("pillow", "pillow"), ["pil"]),
    ("pil@8:", ("pillow>=8", "pillow>=8"), ["pil@8:"]),
    ("pil", ("pillow", "pillow>=9"), ['pil@9:", when="@2:', "pil"]),
    ("pil@:8", ("pillow<9", "pillow>=9"), ['pil@9:", when="@2:', 'pil@:8", when="@:1']),
    ("pil", ("pillow", "foo"), ['pil", when="@:1', 'py-foo", when="@2:']),
    # who names the package itself goes on to do so
    ("py-pillow", ("pillow", "pillow>=9"), ['py-pillow@9:", when="@2:', "py-pillow"]),
    ("py-foo", ("foo", "pillow>=9"), ['py-foo", when="@:1', 'py-pillow@9:", when="@2:']),
]


@pytest.mark.parametrize(("stated", "required", "lines"), CASES)
def test_it_is_the_project_that_is_meant(
    stated: str, required: tuple[str, str], lines: list[str]
) -> None:
    host, index = MemoryHost(), MemoryIndex()
    host.has("setuptools", "70.0")
    for project in ("pillow", "foo"):
        host.has(project, "10.0", "9.0", "8.0")
        for version in ("10.0", "9.0", "8.0"):
            index.add(project, version)
    for version, needed in zip(("1.0", "2.0"), required):
        index.add("x", version, needed, build=["setuptools"])
    host.keep("x", "py-x", RECIPE.replace("{line}", stated))
    request = Request(("x>=2",), verify=Verify.LOAD, as_written=True)
    outcome = create(host, index, request)
    text = outcome.plan.texts.get("py-x", outcome)
    expected = [f'    depends_on("{line}", type=("build", "run"))' for line in lines]
    assert str(text).rstrip().splitlines()[-len(lines) :] == expected
    assert not [each for each in outcome.diagnostics if each.severity.value == "error"]

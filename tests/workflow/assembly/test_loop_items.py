"""What the items of loops state, by the blocks around the loop; what becomes of them, and of lines
in step with the versions."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from spack_pypi.host.port import Package
from spack_pypi.recipe.edit import RecipeText
from spack_pypi.recipe.model import BUILD_RUN, LIBRARY, Condition, Dependency
from spack_pypi.workflow.assembly.loop_items import loop_items
from spack_pypi.workflow.plan import Plan
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create

HEAD = 'class PyX(PythonPackage):\n    version("1.0", sha256="0")\n\n'
LOOP = ['for v in ["1.0"]:', '    depends_on(f"foo@{v}", when=f"@{v}")']
#: Of a host that has foo 2.0.
HOST = SimpleNamespace(repos=SimpleNamespace(package=lambda _: SimpleNamespace(declared=("2.0",))))
RESOLUTION: Any = SimpleNamespace(catalog=SimpleNamespace(host=HOST), projects=())

LINK = Dependency("foo", "2.0", types=LIBRARY)
RUN = Dependency("foo", "2.0", types=BUILD_RUN)
LINK_IF = Dependency("foo", "2.0", when=Condition(variants=("+a",)), types=LIBRARY)
#: (the block around a loop, what 2.0 requires, whether the loop gets an item, and that states it)
BLOCKS = [
    ("", LINK, True, True),
    ("", RUN, True, False),
    ('with default_args(type=("build", "run")):', RUN, True, True),
    ('with when("+a"):', LINK, True, False),
    ('with when("+a"):', LINK_IF, True, True),
    ('with when("platform=linux"):', LINK, True, False),
    ('with when("@:1"):', LINK, False, False),
    ('with when("%gcc"):', LINK, False, False),
]


@pytest.mark.parametrize("block, required, gets_one, states", BLOCKS)
def test_blocks_around_a_loop(
    block: str, required: Dependency, gets_one: bool, states: bool
) -> None:
    indent = "    " if block else ""
    lines = [block, *(f"{indent}{line}" for line in LOOP)]
    text = HEAD + "".join(f"    {line}\n" for line in lines if line)
    found = loop_items(RESOLUTION, RecipeText(text), ["1.0"], "1.0", {"2.0": [required]}, [])
    assert bool(found.items) is gets_one
    assert found.state(required) is states


RECIPES = {
    "list": """class PyX(PythonPackage):
    version("1.5", sha256="0")

    depends_on("py-setuptools", type="build")
    for v in ["1.5"]:
        depends_on(f"foo@{v}", when=f"@{v}")
""",
    "lines": """class PyX(PythonPackage):
    pypi = "x/x-1.5.tar.gz"

    version("1.5", sha256="0")
    version("1.4", sha256="0")

    depends_on("py-setuptools", type="build")
    depends_on("foo@1.5", when="@1.5")
    depends_on("foo@1.4", when="@1.4")
""",
    "table": """VERSIONS = {
    "1.5": "00",
    "1.4": "aa",
}


class PyX(PythonPackage):
    pypi = "x/x-1.5.tar.gz"

    depends_on("py-setuptools", type="build")
    for ver, sha in VERSIONS.items():
        version(ver, sha256=sha)
        depends_on(f"foo@={ver}", when=f"@{ver}")
""",
}
#: Another line would stay, and say less.
RECIPES["line beside"] = (
    RECIPES["list"] + '    depends_on("foo+a", when="+a")\n    depends_on("foo")\n'
)
#: (the recipe, a pattern of the line for 2.0)
CHANGED = [
    ("lines", r'\n    depends_on\("foo@2\.0", when="@2\.0"\)'),
    ("line beside", r'\n    for v in \["1\.5", "2\.0"\]:(\n|$)'),
    ("list", r'\n    for v in \["1\.5", "2\.0"\]:(\n|$)'),
    ("table", r'\n    "2\.0": "[0-9a-f]{64}",(\n|$)'),
]


def _planned(text: str, foo: tuple[str, ...]) -> Plan:
    """The plan for 2.0 of a recipe, where a repo has these versions of foo."""
    host, index = MemoryHost(), MemoryIndex()
    host.has("setuptools", "70.0")
    host.packages["foo"] = Package("foo", "builtin", foo, ())
    host.keep("x", "py-x", text)
    for version in ("1.5", "2.0"):
        index.add("x", version, build=["setuptools"])
    request = Request(("x>=2",), verify=Verify.LOAD, as_written=True)
    return create(host, index, request).plan


@pytest.mark.parametrize(("name", "changed"), CHANGED)
def test_an_item_whose_version_is_there_is_added(name: str, changed: str) -> None:
    text = _planned(RECIPES[name], ("2.0", "1.5")).texts["py-x"]
    assert re.search(changed, text)
    assert text.count("foo@") == RECIPES[name].count("foo@") + (name == "lines")


@pytest.mark.parametrize(("name", "changed"), CHANGED)
def test_an_item_whose_version_is_lacking_is_proposed(name: str, changed: str) -> None:
    (refused,) = _planned(RECIPES[name], ("1.5",)).failed
    assert re.search(r"needs? foo@=?2\.0, which no recipe has", refused.reason)
    assert "first add that version of foo (" in refused.reason
    assert re.search(changed, refused.proposal)


def test_what_another_project_lacks_is_left_to_the_metadata() -> None:
    text = RECIPES["line beside"].replace("foo", "py-foo")
    assert 'for v in ["1.5"]:' in _planned(text, ("1.5",)).texts["py-x"]

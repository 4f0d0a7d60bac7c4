"""What the items of loops state, by the blocks around the loop."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from spack_pypi.recipe.edit import RecipeText
from spack_pypi.recipe.model import BUILD_RUN, LIBRARY, Condition, Dependency
from spack_pypi.workflow.assembly.loop_items import loop_items

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
    found = loop_items(RESOLUTION, RecipeText(text), "1.0", {"2.0": [required]})
    assert bool(found.items) is gets_one
    assert found.state(required) is states

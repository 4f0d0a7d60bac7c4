"""Which of several modules is needed, one of which is imported in any case."""

from __future__ import annotations

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import ModuleImport, Source
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create

FOR_OLD = "tomli>=1.2; extra == 'all' and python_version < '3.11'"


def on(spec: str, when: str = "") -> str:
    condition = f'when="{when}", ' if when else ""
    return f'    depends_on("{spec}", {condition}type=("build", "run"))'


@pytest.mark.parametrize(
    ("extras", "before", "needed"),
    [
        ([], "", on("py-tomli")),
        ([], "3.11", on("py-tomli", "^python@:3.10")),
        # an extra names one of them
        (["toml>=0.10; extra == 'all'"], "", on("py-toml@0.10:")),
        ([FOR_OLD], "3.11", on("py-tomli@1.2:", "^python@:3.10")),
        # each of them, or for those who develop the project
        (["tomli>=1; extra == 'a'", "toml>=0.10; extra == 'b'"], "", on("py-tomli")),
        (["toml>=0.10; extra == 'test'"], "", on("py-tomli")),
        # a requirement does
        (["tomli; python_version < '3.11'"], "3.11", on("py-tomli", "^python@:3.10")),
    ],
)
def test_of_one_of_several_that_which_an_extra_names(
    extras: list[str], before: str, needed: str
) -> None:
    """With older Pythons alone where later ones have what is tried first (tomllib)."""
    index, host = MemoryIndex(), MemoryHost()
    index.add("x", "1.0", *extras, extras=("all", "a", "b", "test"))
    for project in ("hatchling", "tomli", "toml"):
        host.has(project, "2.0")
    each = ModuleImport(
        "tomli", "x/a.py", 3, True, True, "x/__init__.py", others=("toml",), before=before
    )
    old = index._sources["x", Version("1.0")]
    index._sources["x", Version("1.0")] = Source(old.pyproject, undeclared=(each,))
    text = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.recipes["x"].text
    assert [line for line in text.splitlines() if "py-tom" in line] == [needed]

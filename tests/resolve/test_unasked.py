"""What only a variant needs that nobody asks for is not added for a new version: it conflicts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.memory import MemoryHost, MemoryIndex
from tests.resolve.conftest import run

RECIPE = '''\
class PyApp(PythonPackage):
    """An app."""

    pypi = "app/app-1.0.tar.gz"

    version("2.0", sha256="0")
    version("1.0", sha256="0")

    variant("full", default=False, description="All of it")

    depends_on("py-hatchling", type="build")

    depends_on("py-lib", type=("build", "run"))
'''
LACKS_B = 'msg="needs py-b, which is not packaged yet")'

#: (what 3.0 requires besides lib; the lines that are added; other recipes that are written). There
#: are lib and a 2.0, and on the index a 3.0, b and c, which requires b.
VERSIONS: list[tuple[list[str], list[str], list[str]]] = [
    (
        ['a; extra == "full"'],
        ['depends_on("py-a", when="@3:+full", type=("build", "run"))'],
        [],
    ),
    (['b; extra == "full"'], [f'conflicts("+full", when="@3:", {LACKS_B}'], []),
    (
        ['a>=3; extra == "full"', 'a>=2; extra == "full"', 'b<2; extra == "full"'],
        [
            'conflicts("+full", when="@3:", msg="needs py-a@3: and py-b@:1, which are not '
            'packaged yet")'
        ],
        [],
    ),
    # there is no condition for a conflict where no recipe is wrong
    (
        ['a; extra == "full"', 'b; sys_platform == "win32" and extra == "full"'],
        [
            'depends_on("py-a", when="@3:+full", type=("build", "run"))',
            "# 3.0: b (+full platform=windows) is left out: needs py-b, which is not packaged yet",
        ],
        [],
    ),
    # it is added all the same, by itself or for another one that is
    (
        ["b", 'b>=1; extra == "full"'],
        [
            'depends_on("py-b", when="@3:", type=("build", "run"))',
            'depends_on("py-b@1:", when="@3:+full", type=("build", "run"))',
        ],
        ["b"],
    ),
    (
        ["c", 'b; extra == "full"'],
        [
            'depends_on("py-c", when="@3:", type=("build", "run"))',
            'depends_on("py-b", when="@3:+full", type=("build", "run"))',
        ],
        ["b", "c"],
    ),
    # of the variant of what is added nothing is known
    (
        ["c", 'c[b]; extra == "full"'],
        [
            'depends_on("py-c", when="@3:", type=("build", "run"))',
            'conflicts("+full", when="@3:", msg="needs py-c, which is not packaged yet")',
        ],
        ["b", "c"],
    ),
]


def lines_of_3(
    host: MemoryHost,
    index: MemoryIndex,
    requires: Sequence[str],
    before: str = RECIPE,
    name: str = "app>=3",
    all_variants: bool = False,
) -> tuple[list[str], list[str]]:
    """The lines besides the version that ``before`` gets and does not keep (with a minus), and the
    other projects that are written."""
    host.keep("app", "py-app", before)
    host.has("lib", "1.0")
    host.has("a", "2.0")
    for version in ("1.0", "2.0", "3.0"):
        index.add("app", version, "lib", *(requires if version == "3.0" else ()), extras=["full"])
    index.add("a", "3.0")
    index.add("b", "1.0")
    index.add("c", "1.0", "b", extras=["b"])
    outcome = run(host, index, name, as_written=True, all_variants=all_variants)
    assert outcome.applied
    was, now = before.splitlines(), outcome.plan.texts["py-app"].splitlines()
    new = [line.strip() for line in now if line not in was and "version(" not in line]
    gone = [f"-{line.strip()}" for line in was if line not in now]
    return new + gone, sorted(outcome.plan.recipes.keys() - {"app"})


@pytest.mark.parametrize(("requires", "added", "others"), VERSIONS)
def test_a_variant_that_needs_what_no_recipe_provides(
    host: MemoryHost,
    index: MemoryIndex,
    requires: Sequence[str],
    added: Sequence[str],
    others: Sequence[str],
) -> None:
    assert lines_of_3(host, index, requires) == (added, others)


@pytest.mark.parametrize(("name", "every"), [("app>=3", True), ("app[full]>=3", False)])
def test_a_variant_that_somebody_asks_for(
    host: MemoryHost, index: MemoryIndex, name: str, every: bool
) -> None:
    lines = lines_of_3(host, index, ['b; extra == "full"'], name=name, all_variants=every)
    line = 'depends_on("py-b", when="@3:+full", type=("build", "run"))'
    assert lines == ([line], ["b"])


LINE = f'    conflicts("+full", when="@2:", {LACKS_B}\n'
#: (what 3.0 requires besides lib, the conflict of 2.0; what changes)
LATER: list[tuple[list[str], str, list[str]]] = [
    (['b; extra == "full"'], LINE, []),
    (
        ['a; extra == "full"'],
        LINE,
        [
            'depends_on("py-a", when="@3:+full", type=("build", "run"))',
            f'conflicts("+full", when="@2", {LACKS_B}',
            f"-{LINE.strip()}",
        ],
    ),
    (
        ['a>=3; extra == "full"'],
        LINE,
        [
            f'conflicts("+full", when="@2", {LACKS_B}',
            'conflicts("+full", when="@3:", msg="needs py-a@3:, which is not packaged yet")',
            f"-{LINE.strip()}",
        ],
    ),
    # what a person excludes stays
    (
        ['a; extra == "full"'],
        '    conflicts("+full", when="@2:", msg="it crashes")\n',
        ['depends_on("py-a", when="@3:+full", type=("build", "run"))'],
    ),
]


@pytest.mark.parametrize(("requires", "line", "changed"), LATER)
def test_the_next_version_does_not_conflict_if_the_variant_can_be_had(
    host: MemoryHost, index: MemoryIndex, requires: Sequence[str], line: str, changed: list[str]
) -> None:
    assert lines_of_3(host, index, requires, RECIPE + line) == (changed, [])

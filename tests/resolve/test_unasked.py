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
THEN = "not packaged when this was added"
LACKS_B = f'msg="needs py-b, {THEN}")'

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
            "conflicts(",
            f'"+full", when="@3:", msg="needs py-a@3: and py-b@:1, {THEN}"',
            ")",
        ],
        [],
    ),
    # there is no condition for a conflict where no recipe is wrong
    (
        ['a; extra == "full"', 'b; sys_platform == "win32" and extra == "full"'],
        [
            'depends_on("py-a", when="@3:+full", type=("build", "run"))',
            f"# 3.0: b (+full platform=windows) is left out: needs py-b, {THEN}",
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
            f'conflicts("+full", when="@3:", msg="needs py-c, {THEN}")',
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
    older: Sequence[str] = (),
) -> tuple[list[str], list[str]]:
    """The lines besides the version that ``before`` gets and does not keep (with a minus), and the
    other projects that are written."""
    host.keep("app", "py-app", before)
    host.has("lib", "1.0")
    host.has("a", "2.0")
    for version, extra in (("1.0", ()), ("2.0", older), ("3.0", requires)):
        index.add("app", version, "lib", *extra, extras=["full"])
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


@pytest.mark.parametrize(
    ("name", "every", "default"),
    [("app>=3", True, False), ("app[full]>=3", False, False), ("app>=3", False, True)],
)
def test_a_variant_that_somebody_asks_for(
    host: MemoryHost, index: MemoryIndex, name: str, every: bool, default: bool
) -> None:
    """Who says nothing asks for what is on by default."""
    before = RECIPE.replace("default=False", f"default={default}")
    requires = ['b; extra == "full"']
    lines = lines_of_3(host, index, requires, before, name, every)
    line = 'depends_on("py-b", when="@3:+full", type=("build", "run"))'
    assert lines == ([line], ["b"])


LINE = f'    conflicts("+full", when="@2:", {LACKS_B}\n'
#: (what 3.0 requires besides lib, the conflict of 2.0; what changes). 2.0 requires b.
LATER: list[tuple[list[str], str, list[str]]] = [
    (['b; extra == "full"'], LINE, []),
    # now there is one
    (
        ['b; extra == "full"', "b"],
        LINE,
        [
            'depends_on("py-b", when="@3:", type=("build", "run"))',
            f'conflicts("+full", when="@2", {LACKS_B}',
            f"-{LINE.strip()}",
        ],
    ),
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
            f'conflicts("+full", when="@3:", msg="needs py-a@3:, {THEN}")',
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
    older = ['b; extra == "full"']
    lines, others = lines_of_3(host, index, requires, RECIPE + line, older=older)
    assert (lines, others) == (changed, ["b"] if "b" in requires else [])

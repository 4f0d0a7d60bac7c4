"""What extras require and the author of a recipe left out is not added when it is edited."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from spack_pypi.workflow.create import Outcome
from tests.memory import MemoryHost, MemoryIndex
from tests.resolve.conftest import run

RECIPE = '''\
class PyApp(PythonPackage):
    """An app."""

    pypi = "app/app-1.0.tar.gz"

    version("1.0", sha256="0")

    variant("full", default=False, description="All of it")

    depends_on("py-hatchling", type="build")

    with default_args(type=("build", "run")):
        depends_on("py-lib")
{lines}
'''


ON_WINDOWS = "a>=1; os_name == 'nt'"


def full_and_tests(*names: str) -> list[str]:
    """What two extras require, of which one is for those who test the project."""
    return [f'{name}; extra == "{extra}"' for name in names for extra in ("full", "tests")]


#: (lines of the recipe, what 1.0 requires besides lib, and 2.0; the lines that are added, and what
#: is said to be left out). The package of lib has no variant for its extra.
EDITS: list[tuple[list[str], list[str], list[str], list[str], tuple[str, ...]]] = [
    # the person's variant is a part of the extra
    ([], ['a; extra == "full"'], ['a; extra == "full"'], [], ("a (+full)",)),
    ([], ['a>=1; extra == "full"'], ['a>=2; extra == "full"'], [], ("a>=2 (+full)",)),
    (
        ['depends_on("py-a", when="+full")'],
        ['a; extra == "full"', 'b; extra == "full"'],
        ['a; extra == "full"', 'b; extra == "full"'],
        [],
        ("b (+full)",),
    ),
    # the recipe names it, the same bound is missing as before
    (
        ['depends_on("py-a", when="+full")'],
        ['a>=2; extra == "full"'],
        ['a>=2; extra == "full"'],
        [],
        ("a>=2 (+full)",),
    ),
    # it has that bound
    (
        ['depends_on("py-a@2:", when="+full")'],
        ['a>=2.0.0; extra == "full"'],
        ['a>=2.0.0; extra == "full"'],
        [],
        (),
    ),
    # it names it for another use, or for the version before alone
    (
        ['depends_on("py-a", when="+full", type="link")'],
        ['a; extra == "full"'],
        ['a; extra == "full"'],
        ['depends_on("py-a", when="@2:+full")'],
        (),
    ),
    (
        ['depends_on("py-a", when="@1.0+full")'],
        ['a>=2; extra == "full"'],
        ['a>=2; extra == "full"'],
        ['depends_on("py-a@2:", when="@2:+full")'],
        (),
    ),
    # new in the extra, or tightened
    ([], [], ['a; extra == "full"'], ['depends_on("py-a", when="@2:+full")'], ()),
    (
        ['depends_on("py-a", when="+full")'],
        ['a; extra == "full"'],
        ['a>=2; extra == "full"'],
        ['depends_on("py-a@2:", when="@2:+full")'],
        (),
    ),
    # needed on one platform only, before
    (
        [],
        ['a; sys_platform == "win32" and extra == "full"'],
        ['a; extra == "full"'],
        ['depends_on("py-a", when="@2:+full")'],
        (),
    ),
    (
        [],
        ['a; extra == "full"'],
        ['a; sys_platform == "linux" and extra == "full"'],
        [],
        ("a (+full)",),
    ),
    # its author forgot the type, or has the line in a comment
    (
        ['depends_on("py-a@2:", when="+full", type=("build", "link"))'],
        ['a>=2; extra == "full"'],
        ['a; extra == "full"'],
        [],
        ("a (+full)",),
    ),
    (['# depends_on("py-a", when="@1:")'], ["a"], ["a>=2"], [], ("a>=2",)),
    (['# depends_on("py-a-b")'], ["a"], ["a"], ['depends_on("py-a", when="@2:")'], ()),
    (['# depends_on("py-a")'], [], ["a"], ['depends_on("py-a", when="@2:")'], ()),
    # what the release needs on Windows alone
    ([], [ON_WINDOWS], [ON_WINDOWS], [], ("a>=1 (platform=windows)",)),
    (
        [],
        ["a"],
        [ON_WINDOWS],
        ['depends_on("py-a@1:", when="@2: platform=windows")'],
        (),
    ),
    (
        ['depends_on("py-a", when="platform=windows")'],
        [ON_WINDOWS],
        [ON_WINDOWS],
        ['depends_on("py-a@1:", when="@2: platform=windows")'],
        (),
    ),
    # what the release requires by itself
    ([], ["a"], ["a"], ['depends_on("py-a", when="@2:")'], ()),
    (
        ['depends_on("py-a")'],
        ["a>=2"],
        ["a>=2"],
        ['depends_on("py-a@2:", when="@2:")'],
        (),
    ),
    # what an extra of a dependency brings, where it is not a variant; new, or named before
    ([], ["lib[more]"], ["lib[more]"], [], ("b>=1",)),
    ([], ["lib[more]"], ["lib[more]", "b"], ['depends_on("py-b", when="@2:")'], ("b>=1",)),
    ([], [], ["lib[more]"], ['depends_on("py-b@1:", when="@2:")'], ()),
    ([], ["lib[more]", "b"], ["lib[more]"], ['depends_on("py-b@1:", when="@2:")'], ()),
    (['depends_on("py-b")'], ["lib[more]"], ["lib[more]"], [], ("b>=1",)),
    (
        [],
        ['lib[more]; extra == "full"'],
        ['lib[more]; extra == "full"'],
        [],
        ("b>=1 (+full)",),
    ),
    # a new tool for tests in an extra for all, where the recipe has none of them, or has one
    ([], full_and_tests("a"), full_and_tests("a", "b"), [], ("a (+full)", "b (+full)")),
    (
        ['depends_on("py-a", when="+full")'],
        full_and_tests("a"),
        full_and_tests("a", "b"),
        ['depends_on("py-b", when="@2:+full")'],
        (),
    ),
    ([], [], full_and_tests("b"), ['depends_on("py-b", when="@2:+full")'], ()),
]


def added_lines(outcome: Outcome, before: str) -> list[str]:
    """The lines that the recipe of app did not have before, but for those of versions."""
    lines = outcome.plan.texts["py-app"].splitlines()
    new = [line.strip() for line in lines if line not in before.splitlines()]
    return [line for line in new if "version(" not in line]


@pytest.mark.parametrize(("lines", "older", "newer", "added", "left_out"), EDITS)
def test_what_an_author_left_out(
    host: MemoryHost,
    index: MemoryIndex,
    lines: Sequence[str],
    older: Sequence[str],
    newer: Sequence[str],
    added: Sequence[str],
    left_out: tuple[str, ...],
) -> None:
    before = RECIPE.replace("{lines}", "\n".join(f"        {line}" for line in lines))
    host.keep("app", "py-app", before)
    host.has("lib", "1.0")
    host.has("a", "2.0", "1.0")
    index.add("lib", "1.0", 'b>=1; extra == "more"')
    index.add("app", "1.0", "lib", *older, extras=["full", "tests"])
    index.add("app", "2.0", "lib", *newer, extras=["full", "tests"])
    index.add("b", "1.0")
    outcome = run(host, index, "app>=2", as_written=True)
    assert outcome.applied
    assert added_lines(outcome, before) == added
    assert outcome.plan.recipes["app"].left_out == left_out
    # Nor is a recipe written for it.
    assert ("b" in outcome.plan.recipes) == any("py-b" in line for line in added)


#: (lines of the recipe, what builds 1.0, and 2.0; the lines that are added, what is said to be
#: left out, the packages that are changed besides). The repo has builder 1.0, the index 2.0 too.
BUILDS: list[tuple[list[str], str, str, list[str], tuple[str, ...], set[str]]] = [
    # named nowhere, though 1.0 needs it as well: nothing is added to the repo for it
    ([], "builder", "builder==2.0", [], ("builder==2.0 (to build)",), set()),
    ([], "builder", "builder>=2", [], ("builder>=2 (to build)",), set()),
    # what is there already is added
    ([], "builder", "builder>=1", ['depends_on("py-builder@1:", when="@2:")'], (), set()),
    # without the pin, as before
    (
        ['depends_on("py-builder")'],
        "builder==1.0",
        "builder==2.0",
        [],
        ("builder==2.0 (to build)",),
        set(),
    ),
    # a pin after none, after one that the recipe has, or after a range
    (
        ['depends_on("py-builder")'],
        "builder",
        "builder==2.0",
        ['depends_on("py-builder@=2.0", when="@2:")'],
        (),
        {"builder"},
    ),
    (
        ['depends_on("py-builder@=1.0", when="@1.0")'],
        "builder==1.0",
        "builder==2.0",
        ['depends_on("py-builder@=2.0", when="@2:")'],
        (),
        {"builder"},
    ),
    (
        ['depends_on("py-builder")'],
        "builder>=1",
        "builder==2.0",
        ['depends_on("py-builder@=2.0", when="@2:")'],
        (),
        {"builder"},
    ),
    # new, or a bound that is no pin
    (
        [],
        "hatchling",
        "builder>=2",
        ['depends_on("py-builder@2:", when="@2:")'],
        (),
        {"builder"},
    ),
    (
        ['depends_on("py-builder")'],
        "builder>=1",
        "builder>=2",
        ['depends_on("py-builder@2:", when="@2:")'],
        (),
        {"builder"},
    ),
]


@pytest.mark.parametrize(("lines", "older", "newer", "added", "left_out", "others"), BUILDS)
def test_what_an_author_left_out_of_a_build(
    host: MemoryHost,
    index: MemoryIndex,
    lines: Sequence[str],
    older: str,
    newer: str,
    added: Sequence[str],
    left_out: tuple[str, ...],
    others: set[str],
) -> None:
    text = "\n".join(f"        {line}" for line in lines)
    before = RECIPE.replace('type=("build", "run")', 'type="build"').replace("{lines}", text)
    host.keep("app", "py-app", before)
    host.has("lib", "1.0")
    host.has("builder", "1.0")
    index.add("builder", "1.0")
    index.add("builder", "2.0")
    index.add("app", "1.0", build=["hatchling", "lib", older])
    index.add("app", "2.0", build=["hatchling", "lib", newer])
    outcome = run(host, index, "app>=2", as_written=True)
    assert outcome.applied
    assert added_lines(outcome, before) == added
    assert outcome.plan.recipes["app"].left_out == left_out
    assert {*outcome.plan.recipes} - {"app"} == others


def test_what_is_new_in_an_extra_of_a_dependency_is_added(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """The author names what the extra required before."""
    before = RECIPE.replace("{lines}", '        depends_on("py-b")')
    host.keep("app", "py-app", before)
    for name in ("b", "c"):
        host.has(name, "1.0")
    host.has("lib", "2.0", "1.0")
    index.add("lib", "1.0", 'b; extra == "more"', extras=["more"])
    index.add("lib", "2.0", 'b; extra == "more"', 'c; extra == "more"', extras=["more"])
    index.add("app", "1.0", "lib[more]")
    index.add("app", "2.0", "lib[more]>=2")
    outcome = run(host, index, "app>=2", as_written=True)
    assert 'depends_on("py-c", when="@2:")' in outcome.plan.texts["py-app"]
    assert outcome.plan.recipes["app"].left_out == ()


def test_all_of_it_is_added_to_what_inherits(host: MemoryHost, index: MemoryIndex) -> None:
    """Only who edits a recipe follows its author."""
    host.has("app", "1.0", variants=["full"])
    host.has("a", "1.0")
    for version in ("1.0", "2.0"):
        index.add("app", version, 'a; extra == "full"', extras=["full"])
    outcome = run(host, index, "app>=2", as_written=True)
    assert 'depends_on("py-a", when="@2:+full"' in outcome.plan.texts["py-app"]


def test_all_of_it_is_added_by_create(host: MemoryHost, index: MemoryIndex) -> None:
    before = RECIPE.replace("{lines}", "")
    host.keep("app", "py-app", before)
    host.has("lib", "1.0")
    host.has("a", "1.0")
    for version in ("1.0", "2.0"):
        index.add("app", version, "lib", 'a; extra == "full"', extras=["full"])
    outcome = run(host, index, "app>=2")
    assert 'depends_on("py-a", when="@2:+full"' in outcome.plan.texts["py-app"]

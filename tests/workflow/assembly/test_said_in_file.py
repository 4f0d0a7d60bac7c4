"""Settings of a build: in the methods of a new recipe, and said in one that exists."""

from __future__ import annotations

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import Source
from spack_pypi.pypi.project_files import setup_py
from spack_pypi.resolve.policy import Policy
from spack_pypi.session import Session
from spack_pypi.workflow.explain.explain import explain
from spack_pypi.workflow.explain.model import Verdict
from spack_pypi.workflow.outdated import outdated
from spack_pypi.workflow.request import Request, Verify
from spack_pypi.workflow.sync import sync
from tests.memory import MemoryIndex
from tests.run import create

from .by_setuptools import add, host

END = "setup(ext_modules=[Extension('x', ['x.c'], extra_compile_args=args)])"
FLAG = "    args = ['-march=native']\n"
NATIVE = f"args = []\nif os.environ.get('X_NATIVE', '1') == '1':\n{FLAG}{END}"
PORTABLE = f"args = []\nif not os.environ.get('X_PORTABLE'):\n{FLAG}{END}"
OTHER_VALUE = NATIVE.replace("'1'", "'ON'")
UNCLEAR = f"args = []\nif x:\n{FLAG}{END}"
COMPILES = "setup.py:3 compiles for the machine that builds it (-march=native)"
SAYS = "it is compiled for the machine that builds it"

METHOD = f"""
    def setup_build_environment(self, env: EnvironmentModifications) -> None:
        # Otherwise {SAYS} (setup.py:3)
        env.set("X_NATIVE", "0")
"""
RECIPE = """\
class PyX(PythonPackage):
    pypi = "x/x-1.0.tar.gz"

    version("1.0", sha256="0")

    depends_on("c", type="build")
    depends_on("py-setuptools", type="build")
"""
PERSONS = """
    def setup_build_environment(self, env: EnvironmentModifications) -> None:
        for name in ("X_NATIVE", "X_AVX"):
            env.set(name, "0")
"""


def index(*texts: str) -> MemoryIndex:
    """A project with a release for each of these setup.py."""
    found = MemoryIndex()
    for number, text in enumerate(texts, 1):
        add(found, f"{number}.0", text)
    return found


def new(*texts: str) -> str:
    outcome = create(host(), index(*texts), Request(("x",), verify=Verify.LOAD))
    assert not outcome.plan.failed
    return outcome.plan.recipes["x"].text


def synced(recipe: str, *texts: str, as_written: bool = False) -> str:
    """The text of a recipe that gets the newest version."""
    with Session(index(*texts)) as session:
        here = host(recipe)
        (found,) = outdated(session, here, ["py-x"], Policy())
        request = Request((), verify=Verify.LOAD, as_written=as_written)
        update = sync(session, here, found, request, to="latest")
    assert update.new == (f"{len(texts)}.0",)
    return update.texts["py-x"][1]


def comments(text: str) -> str:
    """A text without the line ends of its comments."""
    return text.replace("\n    # ", " ")


def test_a_new_recipe_has_a_method() -> None:
    text = new(NATIVE, NATIVE)
    assert text.endswith(METHOD)
    assert text.count("compiled for the machine") == 1


def test_settings_of_several_versions_are_together() -> None:
    text = new(PORTABLE, NATIVE)
    assert 'env.set("X_NATIVE", "0")\n        env.set("X_PORTABLE", "1")\n' in text


def test_another_value_for_an_older_version_is_said() -> None:
    text = new(OTHER_VALUE, NATIVE)
    assert text.endswith(METHOD)
    assert f" 1.0: {COMPILES}, which X_NATIVE=OFF prevents\n" in comments(text)


def test_what_nothing_prevents_is_said_beside_the_compiler() -> None:
    said = "    # setup.py:3 may compile for the machine that builds it (-march=native)\n"
    assert said + '    depends_on("c", type="build")\n' in new(UNCLEAR)


@pytest.mark.parametrize(("numbers", "said"), [("12", ""), ("2", "2.0: "), ("1", "1.0: ")])
def test_a_comment_names_versions_only_if_it_is_not_about_all(numbers: str, said: str) -> None:
    found = MemoryIndex()
    for number in "12":
        downloads = (("y", "setup.py", 1),) if number in numbers else ()
        add(found, f"{number}.0", END, downloads=downloads)
    text = create(host(), found, Request(("x",), verify=Verify.LOAD)).plan.recipes["x"].text
    assert f"    # {said}its build may download something: setup.py:1 (y)\n" in text


def test_a_new_version_leaves_a_method_as_it_is() -> None:
    ours = synced(RECIPE + METHOD, NATIVE, NATIVE)
    assert ours.endswith(METHOD) and ours.count("machine that builds") == 1
    theirs = synced(RECIPE + PERSONS, NATIVE, NATIVE)
    assert theirs.endswith(PERSONS) and "machine that builds" not in theirs


def test_what_a_new_version_needs_and_no_method_sets_is_said() -> None:
    text = synced(RECIPE + METHOD, NATIVE, PORTABLE)
    assert text.endswith(METHOD)
    assert f" 2.0: {COMPILES}, which X_PORTABLE=1 prevents\n" in comments(text)


def test_what_the_author_of_the_version_before_did_not_say_is_not_said() -> None:
    assert "machine" not in synced(RECIPE, NATIVE, NATIVE, as_written=True)


def test_an_overlay_does_not_override_a_method() -> None:
    for methods, said in ((PERSONS, False), ("", True)):
        here = host()
        here.has("x", "1.0")
        here.texts["py-x"] = RECIPE + methods
        request = Request(("x>=2",), verify=Verify.LOAD)
        text = create(here, index(NATIVE, NATIVE), request).plan.recipes["x"].text
        assert "class PyX(BuiltinPyX)" in text and "def " not in text
        assert ("which X_NATIVE=0 prevents\n" in comments(text)) is said


@pytest.mark.parametrize("there", [True, False])
def test_a_setting_for_a_library_goes_with_the_library(there: bool) -> None:
    made = MemoryIndex()
    made.add("xxhash", "3.6", wheel_tag="", build=("setuptools",))
    source = Source(setup_py=setup_py.read(END), suffixes=(".c",))
    made._sources["xxhash", Version("3.6")] = source
    here = host()
    if there:
        here.has("libxxhash", "0.8.3", name="xxhash")
    outcome = create(here, made, Request(("xxhash",), verify=Verify.LOAD))
    text = outcome.plan.recipes["xxhash"].text
    assert ('depends_on("xxhash@0.8:", type=("build", "link"))' in text) is there
    assert ('env.set("XXHASH_LINK_SO", "1")' in text) is there
    said = "its own copy of xxHash is compiled, which XXHASH_LINK_SO=1 prevents\n"
    assert (said in text) is not there
    notes = [each.text for each in outcome.diagnostics if each.code == "known-need"]
    assert any(
        text.startswith("XXHASH_LINK_SO=1, from the table of known needs") for text in notes
    )


def test_explain_says_where_a_method_is_from() -> None:
    said = f"from {COMPILES}: X_NATIVE=0"
    other = "X_AVX: no metadata explains this: a person wrote it"
    more = METHOD.replace('"0")\n', '"0")\n        env.set("X_AVX", "0")\n')
    for method, verdict, notes in (
        (METHOD, Verdict.NAMED, ()),
        (more, Verdict.NAMED, (other,)),
        (METHOD.replace('"0"', '"1"'), Verdict.NAMED, ("it sets X_NATIVE to 1",)),
        (PERSONS, Verdict.UNEXPLAINED, ("no metadata explains this: a person wrote it",)),
    ):
        with Session(index(NATIVE)) as session:
            lines = explain(session, host(RECIPE + method), "py-x").lines
        (line,) = (each for each in lines if each.text.startswith("def "))
        (ground,) = line.grounds
        assert (ground.verdict, ground.notes) == (verdict, notes)
        assert [str(each) for each in ground.cited] == ([said] if ground.cited else [])

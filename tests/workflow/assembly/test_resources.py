"""What builds download unless a resource brings it: in new recipes, and in those that exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from spack_pypi.errors import NotFetched
from spack_pypi.resolve.policy import Policy
from spack_pypi.session import Session
from spack_pypi.translate import known_needs
from spack_pypi.workflow.create import Outcome, create
from spack_pypi.workflow.explain.explain import explain
from spack_pypi.workflow.explain.model import Verdict
from spack_pypi.workflow.outdated import outdated
from spack_pypi.workflow.request import Request, Verify
from spack_pypi.workflow.sync import Hardness, sync
from tests.memory import MemoryIndex

from .by_setuptools import add, host

GIT = "https://git.example/y.git"
ONE, TWO, THREE = ("1" * 40, "2" * 40, "3" * 40)
TAGS = {"v1": ONE, "v2": TWO, "v3": THREE}
TABLE = {
    "x": {
        "source": "setup.py of the release, https://x.example",
        "resources": [
            {"name": "y", "git": GIT, "tag": "v{of_y}", "submodules": True, "variable": "X_Y"}
        ],
    }
}
METHOD = """
    def setup_build_environment(self, env: EnvironmentModifications) -> None:
        # Otherwise its build downloads y
        env.set("X_Y", join_path(self.stage.source_path, "y"))
"""
DOWNLOADS = "its build may download something: setup.py:2 (urlretrieve)"
LACKS = f"its build downloads y, the tag {{}} of {GIT}, which a resource and X_Y prevent"


@pytest.fixture(autouse=True)
def _table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_needs, "_table", lambda: TABLE)


def index(*of_y: str, versions: Sequence[str] = ()) -> MemoryIndex:
    """A project of which each release (1.0, 2.0, ...) downloads y in one of these versions; where
    that is empty, its setup.py does not say in which."""
    found = MemoryIndex()
    numbers = versions or [f"{number}.0" for number in range(1, len(of_y) + 1)]
    for number, version in zip(numbers, of_y):
        text = f"of_y = {version!r}\n" if version else "\n"
        text += "urlretrieve(y)\nsetup(ext_modules=[Extension('x', [])])"
        add(found, number, text, downloads=(("urlretrieve", "setup.py", 2),))
    return found


class Repositories:
    """What is asked for tags, and how often."""

    def __init__(self, tags: Mapping[str, str] | None) -> None:
        self.tags, self.asked = tags, 0

    def __call__(self, address: str) -> Mapping[str, str]:
        assert address == GIT
        self.asked += 1
        if self.tags is None:
            raise NotFetched(address, "not cached, and --offline is set")
        return self.tags


def made(*of_y: str, tags: Mapping[str, str] | None = TAGS) -> Outcome:
    asked = Repositories(tags)
    with Session(index(*of_y), tags=asked) as session:
        outcome = create(session, host(), Request(("x",), verify=Verify.LOAD))
    assert not outcome.plan.failed and asked.asked == (1 if any(of_y) else 0)
    return outcome


def new(*of_y: str, tags: Mapping[str, str] | None = TAGS) -> str:
    return made(*of_y, tags=tags).plan.recipes["x"].text


def resource(tag: str, commit: str, versions: str) -> str:
    return f"""
    resource(
        name="y",
        git="{GIT}",
        tag="{tag}",
        commit="{commit}",
        submodules=True,
        placement="y",
        when="@{versions}",
    )
"""


def comments(text: str) -> str:
    """A text without the line ends of its comments."""
    return text.replace("\n    # ", " ")


def test_a_new_recipe_has_what_its_build_downloads() -> None:
    text = new("1")
    assert text.endswith(resource("v1", ONE, "1.0") + METHOD)
    assert "download something" not in text


def test_versions_with_the_same_commit_share_one() -> None:
    text = new("1", "1", "2")
    assert text.endswith(resource("v2", TWO, "3.0") + resource("v1", ONE, "1.0:2.0") + METHOD)


def test_a_version_that_is_a_prefix_of_another_one_is_exact() -> None:
    """@1 is 1.5, too."""
    numbered = index("1", "2", versions=("1", "1.5"))
    with Session(numbered, tags=Repositories(TAGS)) as session:
        outcome = create(session, host(), Request(("x",), verify=Verify.LOAD))
    text = outcome.plan.recipes["x"].text
    assert text.endswith(resource("v2", TWO, "1.5") + resource("v1", ONE, "=1") + METHOD)


def test_a_version_whose_tag_is_not_known_is_said_and_not_led_to_a_folder() -> None:
    text = new("1", "", "9")
    assert resource("v1", ONE, "1.0") in text and text.count("resource(") == 1
    assert f" 3.0: {LACKS.format('v9')}" in comments(text)
    assert f" 2.0: {DOWNLOADS}" in comments(text)
    assert '        if self.spec.satisfies("@1.0"):\n            env.set("X_Y", join_p' in text


@pytest.mark.parametrize("tags", [{}, None])
def test_nothing_is_written_without_a_commit(tags: Mapping[str, str] | None) -> None:
    outcome = made("1", tags=tags)
    text = outcome.plan.recipes["x"].text
    assert "resource(" not in text and "def " not in text
    assert LACKS.format("v1") in comments(text)
    why = "not cached, and --offline is set" if tags is None else "has no tag v1"
    (note,) = (each.text for each in outcome.diagnostics if each.code == "known-need")
    assert note == (
        f"y, the tag v1 of {GIT}, from the table of known needs, source: setup.py of the release, "
        f"https://x.example; the recipe has no resource for it: {GIT}: {why}"
    )


def synced(recipe: str, *of_y: str, tags: Mapping[str, str] = TAGS) -> str:
    """The text of a recipe that gets the newest version."""
    with Session(index(*of_y), tags=Repositories(tags)) as session:
        here = host(recipe)
        (found,) = outdated(session, here, ["py-x"], Policy())
        update = sync(session, here, found, Request((), verify=Verify.LOAD), to="latest")
    assert update.new == (f"{len(of_y)}.0",)
    has_more = update.texts["py-x"][1].count("resource(") > recipe.count("resource(")
    assert update.hardness == (Hardness.NEW_LINES if has_more else Hardness.VERSION_ONLY)
    return update.texts["py-x"][1]


def test_a_new_version_gets_its_own() -> None:
    text = synced(new("1"), "1", "2")
    assert text.endswith(resource("v1", ONE, "1.0") + resource("v2", TWO, "2.0") + METHOD)


PERSONS = """
    resource(name="y", url="https://y.example/y-1.tar.gz", sha256="0", placement="y")

    def setup_build_environment(self, env: EnvironmentModifications) -> None:
        env.set("X_Y", join_path(self.stage.source_path, "y"))
"""


@pytest.mark.parametrize("theirs", [PERSONS, ""])
def test_what_a_new_version_lacks_is_said(theirs: str) -> None:
    """What a person has brought otherwise may not fit beside ours."""
    text = synced(new("").split("\n    # ")[0] + theirs, "", "2")
    assert text.count("resource(") == theirs.count("resource(") and text.endswith(theirs[-20:])
    assert f" 2.0: {LACKS.format('v2')}" in comments(text)


def test_a_new_version_whose_tag_is_not_there() -> None:
    text = synced(new("1"), "1", "9")
    assert text.count("resource(") == 1 and f" 2.0: {LACKS.format('v9')}" in comments(text)


def test_an_overlay_has_that_of_its_version() -> None:
    here = host()
    here.has("x", "1.0")
    here.texts["py-x"] = new("1")
    request = Request(("x>=2",), verify=Verify.LOAD)
    with Session(index("1", "2"), tags=Repositories(TAGS)) as session:
        text = create(session, here, request).plan.recipes["x"].text
    assert "class PyX(BuiltinPyX)" in text and "def " not in text
    assert text.endswith(resource("v2", TWO, "2.0"))


def test_explain_says_where_it_is_from() -> None:
    text = new("1")
    origin = "from the table of known needs, source: setup.py of the release, https://x.example: "
    named = [f"{origin}y, the tag v1 of {GIT}", "setup.py:1 of_y: v1"]
    for recipe, verdict, cited, notes in (
        (text, Verdict.NAMED, named, ()),
        (text.replace('tag="v1"', 'tag="v2"'), Verdict.NAMED, named, ("not of the tag v1",)),
        (text.replace(GIT, "https://z"), Verdict.NAMED, named, (f"not of {GIT}",)),
        (text.replace('name="y"', 'name="z"'), Verdict.UNEXPLAINED, [], ("a person wrote it",)),
    ):
        with Session(index("1"), tags=Repositories(TAGS)) as session:
            lines = explain(session, host(recipe), "py-x").lines
        (line,) = (each for each in lines if each.text.startswith("resource("))
        (ground,) = line.grounds
        assert ground.verdict == verdict and [str(each) for each in ground.cited] == cited
        assert len(ground.notes) == len(notes)
        assert all(end in note for end, note in zip(notes, ground.notes))
        (method,) = (each for each in lines if each.text.startswith("def "))
        (ground,) = method.grounds
        assert [str(each) for each in ground.cited] == [f"{origin}X_Y=y"]

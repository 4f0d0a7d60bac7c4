"""The resources of a recipe: what they look like, that the text holds nothing else, and where
those of new versions go in a recipe that exists."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.recipe.edit import RecipeText
from spack_pypi.recipe.model import Changes, Recipe, Resource, Setting, VersionLine
from spack_pypi.recipe.read_back import ReadBackError, read_back, read_back_edit
from spack_pypi.recipe.render import render
from spack_pypi.recipe.resources import leads_to

COMMIT = "0123456789abcdef0123456789abcdef01234567"
OTHER = COMMIT[::-1]
GIT = "https://git.example/y.git"
NEWER = Resource("y", GIT, "v2.1", COMMIT, submodules=True, versions="2.0:2.1")
OLDER = Resource("y", GIT, "v1.0", OTHER, versions="1.0")
OF_NEWER = f"""\
    resource(
        name="y",
        git="{GIT}",
        tag="v2.1",
        commit="{COMMIT}",
        submodules=True,
        placement="y",
        when="@2.0:2.1",
    )
"""
OF_OLDER = f"""\
    resource(
        name="y",
        git="{GIT}",
        tag="v1.0",
        commit="{OTHER}",
        placement="y",
        when="@1.0",
    )
"""
BARE = Recipe("py-x", "X.", pypi="x/x-1.0.tar.gz", versions=(VersionLine("1.0", "0" * 64),))
WITH = replace(
    BARE,
    resources=(NEWER, OLDER),
    settings=(Setting("X_Y", "y", reason="Otherwise its build downloads y", is_folder=True),),
)
VERSION = VersionLine("3.0", "1" * 64)
NEXT = Resource("y", GIT, "v3.0", COMMIT, versions="3.0")


def test_what_they_look_like() -> None:
    text = render(WITH)
    assert text.startswith(render(BARE))
    assert text[len(render(BARE)) :].startswith(f"\n{OF_NEWER}\n{OF_OLDER}\n    def setup_build_")
    read_back(text, WITH)


CHANGED = [
    (COMMIT, OTHER),
    ("https://git.example", "https://other.example"),
    (f'commit="{COMMIT}"', f'sha256="{COMMIT}"'),
    ("submodules=True", "submodules=False"),
    ('placement="y"', 'placement="z"'),
    ('when="@1.0"', 'when="@1.1"'),
    (OF_OLDER, ""),
    ("    resource(", '    resource(\n        destination="..",'),
]


@pytest.mark.parametrize(("old", "new"), CHANGED)
def test_anything_else_is_refused(old: str, new: str) -> None:
    text = render(WITH)
    assert old in text
    with pytest.raises(ReadBackError):
        read_back(text.replace(old, new, 1), WITH)


hostile = st.text(min_size=1, max_size=40) | st.sampled_from(
    ['"); import os; os.system("x"); ("', "\\", "\n        evil = 1", "é\u202e"]
)


@given(
    st.lists(st.builds(Resource, hostile, hostile, hostile, hostile, st.booleans()), max_size=3)
)
def test_whatever_they_say_stays_a_literal(resources: list[Resource]) -> None:
    recipe = replace(BARE, resources=tuple(resources))
    read_back(render(recipe), recipe)


def test_that_of_a_new_version_stands_below_the_last_one() -> None:
    text = render(WITH)
    changes = Changes([VERSION], resources=[NEXT])
    edited = RecipeText(text).edited(changes)
    read_back_edit(text, edited, changes)
    below = OF_OLDER.replace("v1.0", "v3.0").replace(OTHER, COMMIT).replace("@1.0", "@3.0")
    line = f'    version("3.0", sha256="{VERSION.sha256}")\n    version("1.0"'
    expected = text.replace(OF_OLDER, f"{OF_OLDER}\n{below}")
    assert edited == expected.replace('    version("1.0"', line)


def test_an_edit_adds_no_other_resource() -> None:
    text = render(WITH)
    edited = RecipeText(text).edited(Changes([VERSION], resources=[NEXT]))
    for meant in ([], [replace(NEXT, commit=OTHER)], [NEXT, NEXT]):
        with pytest.raises(ReadBackError):
            read_back_edit(text, edited, Changes([VERSION], resources=meant))


LED = render(WITH)
#: (a recipe → whether its builds are led to such resources).
LEADING = [
    (LED, True),
    (render(BARE), False),
    ("", False),
    ("class", False),
    (LED.replace(GIT, "https://other.example"), False),
    (LED.replace('placement="y"', 'placement="z"'), False),
    (LED.replace('placement="y"', 'placement="y", destination="z"'), False),
    (LED.replace("X_Y", "X_Z"), False),
    (LED.replace("join_path(self.stage.source_path, ", "str("), False),
    # for some versions only
    (render(replace(WITH, settings=(replace(WITH.settings[0], versions="1"),))), False),
    (LED + '\n\nclass Builder:\n    version("1")\n', False),
]


@pytest.mark.parametrize(("text", "leads"), LEADING)
def test_whether_a_recipe_leads_to_them(text: str, leads: bool) -> None:
    assert leads_to(text, "X_Y", "y", GIT) is leads

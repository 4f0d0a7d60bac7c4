"""Which recipes that inherit another one are of our own form: (what a person did to it) → whether
it still is."""

from __future__ import annotations

import keyword
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.recipe.model import (
    BUILD,
    Condition,
    Dependency,
    Parent,
    Recipe,
    Variant,
    VersionLine,
)
from spack_pypi.recipe.overlay import overlay
from spack_pypi.recipe.render import render

VERSIONS = (
    VersionLine("2.1", "a" * 64),
    VersionLine("2.0", "b" * 64, url="https://files.example/quiet-log-2.0.tar.gz"),
    VersionLine("1.9", "c" * 64, url="https://files.example/q.whl", expand=False, deprecated=True),
)
RECIPE = Recipe(
    "py-quiet-log",
    docstring="Structured logging that stays out of the way, with a summary so long that it takes "
    "more than one line of the recipe.",
    versions=VERSIONS,
    variants=(Variant("color", "Enable color support (rich)", Condition(versions="2:")),),
    dependencies=(
        Dependency("py-hatchling", "1.10:", types=BUILD),
        Dependency("py-attrs", "22.1:", ("+x",), Condition("2:", python=":3.10")),
    ),
    parent=Parent("builtin", "py-quiet-log"),
)
TEXT = render(RECIPE)


def test_dependencies_in_a_block() -> None:
    """As many lines as `render` puts into one."""
    needed = tuple(Dependency(f"py-{letter}") for letter in "abcde")
    text = render(replace(RECIPE, dependencies=needed))
    assert "with default_args" in text
    assert overlay(text) == overlay(TEXT)
    for ours, theirs in (
        ('(type=("build", "run")):', '(type="run"):'),
        ("with default_args", "if on_linux"),
        ('        depends_on("py-e")', "        tidy()"),
    ):
        assert overlay(text.replace(ours, theirs)) is None


def test_what_it_says() -> None:
    found = overlay(TEXT)
    assert found is not None
    assert found.parent == Parent("builtin", "py-quiet-log")
    assert found.versions == VERSIONS
    assert found.variants == ("color",)
    assert found.comments == ()


PARENTS = [
    ("builtin", "py-x"),
    ("builtin", "2to3"),
    ("site.inner", "py-x"),
    ("site", "py-a-name-so-long-that-its-import-is-written-over-several-lines-of-the-recipe"),
]


@pytest.mark.parametrize("namespace, package", PARENTS)
def test_parents(namespace: str, package: str) -> None:
    parent = Parent(namespace, package)
    found = overlay(render(Recipe(package, "A log.", versions=VERSIONS, parent=parent)))
    assert found is not None and found.parent == parent


def after(line: str, new: str) -> str:
    assert TEXT.count(line) == 1
    return TEXT.replace(line, f"{line}{new}")


CLASS_END = 'type=("build", "run"))\n'
STILL = {
    "a comment on a line of its own": after(
        CLASS_END, "    # py-rocksdict@0.3: is left out: it is published only as wheels\n"
    ),
    "a conflict": after(CLASS_END, '    conflicts("^py-x@4.0.2")\n'),
    "one more version": TEXT.replace(
        '    version("2.1"', f'    version("2.2", sha256="{"d" * 64}")\n    version("2.1"'
    ),
}


@pytest.mark.parametrize("text", STILL.values(), ids=list(STILL))
def test_still_ours(text: str) -> None:
    assert text != TEXT
    assert overlay(text) is not None


def test_comments_are_reported() -> None:
    found = overlay(STILL["a comment on a line of its own"])
    assert found is not None
    assert found.comments == ("# py-rocksdict@0.3: is left out: it is published only as wheels",)


OTHERWISE = {
    "a method": f"{TEXT}\n    def patch(self):\n        pass\n",
    "an attribute": after(CLASS_END, '    homepage = "https://quiet.example"\n'),
    "a maintainer": after(CLASS_END, '    maintainers("somebody")\n'),
    "a patch": after(CLASS_END, '    patch("fix.patch")\n'),
    "a block": after(CLASS_END, '    with when("@2:"):\n        depends_on("py-x")\n'),
    "a loop": after(CLASS_END, '    for v in ("1", "2"):\n        depends_on("py-x@" + v)\n'),
    "a condition": after(CLASS_END, "    if True:\n        depends_on('py-x')\n"),
    "a computed text": TEXT.replace('"py-attrs@22.1:+x"', '"py-attrs@" + "22.1:+x"'),
    "a formatted text": TEXT.replace('"py-attrs@22.1:+x"', 'f"py-attrs@22.1:+x"'),
    "a patched dependency": TEXT.replace(
        'type=("build", "run"))\n', 'type=("build", "run"), patches="fix.patch")\n'
    ),
    "a variant with values": TEXT.replace("default=False", 'default="a", values=("a", "b")'),
    "a branch": TEXT.replace(f'sha256="{"a" * 64}"', 'branch="main"'),
    "a commit besides": TEXT.replace(f'"2.1", sha256="{"a" * 64}"', '"2.1", commit="a"'),
    "a hash of another kind": TEXT.replace(f'sha256="{"a" * 64}"', "sha256=None"),
    "a comment behind a line": TEXT.replace(CLASS_END, 'type=("build", "run"))  # why\n'),
    "another import": TEXT.replace("from spack.package import *", "import os"),
    "one more import": TEXT.replace(
        "from spack.package import *", "import os\n\nfrom spack.package import *"
    ),
    "another base": TEXT.replace("(BuiltinPyQuietLog)", "(BuiltinPyQuietLog, object)"),
    "a decorator": TEXT.replace("class PyQuietLog(", "@final\nclass PyQuietLog("),
    "another name": TEXT.replace("class PyQuietLog(", "class PyLoudLog("),
    "a second class": f"{TEXT}\n\nclass Other:\n    pass\n",
    "something below": f"{TEXT}\n\nPyQuietLog.dependencies.clear()\n",
    "another header": TEXT.replace("Copyright Spack Project Developers", "Copyright 2020 Me"),
    "no versions": render(RECIPE).replace("    version(", "    depends_on("),
    "no overlay": render(Recipe("py-x", "A log.", pypi="x/x-1.tar.gz", versions=VERSIONS)),
    "another parent": TEXT.replace("packages.py_quiet_log.", "packages.py_loud_log."),
    "no Python": f"{TEXT}\n(",
    "nothing": "",
}


@pytest.mark.parametrize("text", OTHERWISE.values(), ids=list(OTHERWISE))
def test_no_more_ours(text: str) -> None:
    assert text != TEXT
    assert overlay(text) is None


WORD = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True).filter(
    lambda word: not keyword.iskeyword(word)
)
WORD = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)
NUMBER = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}", fullmatch=True)


@given(
    WORD.filter(lambda word: not keyword.iskeyword(word)),
    WORD,
    TEXTS,
    st.lists(
        st.builds(
            VersionLine,
            NUMBER,
            st.just("a" * 64),
            TEXTS | st.just(""),
            st.booleans(),
            st.booleans(),
        ),
        min_size=1,
        max_size=4,
    ),
    st.lists(st.builds(Variant, WORD, TEXTS), max_size=2),
    st.lists(st.builds(Dependency, WORD, NUMBER), max_size=3),
)
def test_whatever_is_rendered_is_recognised(
    namespace: str,
    package: str,
    summary: str,
    versions: list[VersionLine],
    variants: list[Variant],
    dependencies: list[Dependency],
) -> None:
    recipe = Recipe(
        f"py-{package}",
        summary.strip() or "A log.",
        versions=tuple(versions),
        variants=tuple(variants),
        dependencies=tuple(dependencies),
        parent=Parent(namespace, f"py-{package}"),
    )
    found = overlay(render(recipe))
    assert found is not None
    assert (found.parent, found.versions) == (recipe.parent, recipe.versions)
    assert found.variants == tuple(variant.name for variant in variants)

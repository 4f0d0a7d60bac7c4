"""A recipe as text: what is written is what is meant, and ruff has nothing to change."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from spack_pypi.recipe.build_system import CMAKE, PYTHON
from spack_pypi.recipe.model import (
    BUILD,
    BUILD_RUN,
    LIBRARY,
    ArchiveName,
    Condition,
    Dependency,
    License,
    Parent,
    Recipe,
    SkippedModules,
    Variant,
    VersionLine,
)
from spack_pypi.recipe.read_back import ReadBackError, read_back
from spack_pypi.recipe.render import render

#: Text as it comes from an index: anything at all.
hostile = st.text(max_size=60) | st.sampled_from(
    [
        '"""',
        "'''",
        "\\",
        '\\"',
        '"); import os; os.system("x"); ("',
        "{x}",
        "\n    evil = 1",
        "é\u202e",
    ]
)
words = st.lists(st.text("abcXYZ019,-", min_size=1, max_size=12), min_size=1, max_size=40)
numbers = st.builds("{}.{}".format, st.integers(0, 99), st.integers(0, 99))
ranges = st.sampled_from(["", "1:", ":2", "1.5:2", "=1.0", ":1,3:"])
conditions = st.builds(
    Condition,
    versions=ranges,
    variants=st.sampled_from([(), ("+color",)]),
    platform=st.sampled_from(["", "linux", "windows"]),
    python=st.sampled_from(["", ":3.10", "3.12:"]),
)
dependencies = st.builds(
    Dependency,
    package=st.sampled_from(
        ["py-attrs", "python", "py-a-rather-long-name-for-a-package-of-python"]
    ),
    versions=ranges,
    variants=st.sampled_from([(), ("+x",), ("+long-variant-name", "+another-long-variant-name")]),
    when=conditions,
    types=st.sampled_from([BUILD, BUILD_RUN, BUILD_RUN, LIBRARY, ("build", "link", "run")]),
)
urls = st.just("") | st.just("https://files.example/x-1.0-py3-none-any.whl")
machines = st.none() | st.sampled_from([("linux", "x86_64"), ("darwin", "arm64")])
lines = st.builds(
    VersionLine, numbers, st.just("a" * 64), urls, st.booleans(), st.booleans(), machines
)
#: Of all lengths around those at which a line must be wrapped, or cannot be.
lengths = st.integers(1, 110)
addresses = lengths.map(lambda length: f"https://x.example/{'a' * length}")
archives = lengths.map(lambda length: f"x/{'a' * length}-1.0.tar.gz")
docstrings = hostile.map(lambda text: " ".join(text.split())).filter(bool)
recipes = st.builds(
    Recipe,
    package=st.sampled_from(["py-x", "py-3d-view", "py-quiet-log"]),
    docstring=docstrings,
    homepage=st.just("") | hostile.filter(bool) | addresses,
    pypi=st.just("") | archives,
    url=st.just("") | addresses,
    list_url=st.just("") | hostile.filter(bool),
    licenses=st.lists(st.builds(License, hostile, conditions), max_size=2).map(tuple),
    versions=st.lists(
        lines, min_size=1, max_size=4, unique_by=lambda v: (v.version, v.machine)
    ).map(tuple),
    variants=st.lists(
        st.builds(Variant, st.sampled_from(["color", "fast"]), hostile),
        max_size=2,
        unique_by=lambda v: v.name,
    ).map(tuple),
    dependencies=st.lists(dependencies, max_size=12).map(tuple),
    archives=st.sampled_from(
        [
            (),
            (ArchiveName("x_y", ".tar.gz", "2"), ArchiveName("x-y", ".tar.gz")),
            (ArchiveName("x_y", ".tar.gz", "2"), ArchiveName("X.Y", ".zip")),
            # longer than a line, and longer than two
            (ArchiveName("x_" * 14, ".tar.gz", "2"), ArchiveName("x-" * 14, ".tar.gz")),
            (ArchiveName("x_" * 20, ".tar.gz", "2"), ArchiveName("x-" * 20, ".tar.gz")),
        ]
    ),
    platform=st.sampled_from(["", "windows"]),
    build_system=st.sampled_from([PYTHON, CMAKE]),
    root_cmakelists_dir=st.just("") | hostile.filter(bool),
    skipped=st.none()
    | st.builds(
        SkippedModules,
        st.lists(st.text("ab_.", min_size=1, max_size=40), min_size=1, max_size=4).map(tuple),
        hostile.filter(str.split),
    ),
    parent=st.none() | st.just(Parent("builtin", "py-x")),
)


@given(recipes)
def test_what_is_read_back_is_what_was_meant(recipe: Recipe) -> None:
    """Whatever the text of the metadata: it is a literal, and nothing else is there."""
    text = render(recipe)
    read_back(text, recipe)
    (defined,) = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    assert defined.name == recipe.class_name


def dependency_lines(*dependencies: Dependency) -> list[str]:
    """What a recipe with these dependencies has below its version."""
    text = render(Recipe("py-x", versions=(VersionLine("1", "a"),), dependencies=dependencies))
    return text.split('sha256="a")\n\n')[1].splitlines()


def test_five_lines_of_one_type_are_a_block() -> None:
    build, *needed = [Dependency(f"py-{letter}") for letter in "abcdef"]
    lines = dependency_lines(replace(build, types=BUILD), *needed[:4])
    assert lines == [
        '    depends_on("py-a", type="build")',
        "",
        '    depends_on("py-b", type=("build", "run"))',
        '    depends_on("py-c", type=("build", "run"))',
        '    depends_on("py-d", type=("build", "run"))',
        '    depends_on("py-e", type=("build", "run"))',
    ]
    lines = dependency_lines(replace(build, types=BUILD), *needed)
    assert lines == [
        '    depends_on("py-a", type="build")',
        "",
        '    with default_args(type=("build", "run")):',
        '        depends_on("py-b")',
        '        depends_on("py-c")',
        '        depends_on("py-d")',
        '        depends_on("py-e")',
        '        depends_on("py-f")',
    ]


def test_a_line_of_another_type_is_in_no_block() -> None:
    *needed, linked = [Dependency(f"py-{letter}") for letter in "abcdef"]
    linked = replace(linked, types=("build", "link", "run"))
    lines = dependency_lines(*needed, linked)
    assert lines[0] == '    with default_args(type=("build", "run")):'
    assert lines[6:] == ["", '    depends_on("py-f", type=("build", "link", "run"))']
    apart = dependency_lines(*needed[:3], linked, *needed[3:])
    assert not any("with" in line for line in apart)


def test_every_line_has_a_type() -> None:
    """As reviewers ask, also where it is the one that Spack assumes."""
    program = Dependency("pandoc", types=("run",))
    lines = dependency_lines(
        Dependency("zlib", "1.2:", types=LIBRARY), program, Dependency("py-a")
    )
    assert lines == [
        '    depends_on("zlib@1.2:", type=("build", "link"))',
        '    depends_on("pandoc", type="run")',
        '    depends_on("py-a", type=("build", "run"))',
    ]


def test_a_long_pypi_is_in_two_parts() -> None:
    name = "a-very-long-name-of-a-plugin-for-something-large"
    file = f"{name.replace('-', '_')}-1.0.0.tar.gz"
    assert f'    pypi = (\n        "{name}/"\n        "{file}"\n    )\n' in render(
        Recipe("py-long", "Long.", pypi=f"{name}/{file}")
    )


def test_wide_characters_take_two_columns() -> None:
    recipe = Recipe(
        "py-x", docstring="文" * 30 + " " + "字" * 30, versions=(VersionLine("1", "a"),)
    )
    docstring = render(recipe).split('"""')[1]
    assert docstring.count("\n") == 1


@given(recipes)
def test_the_same_recipe_is_the_same_bytes(recipe: Recipe) -> None:
    assert render(recipe) == render(replace(recipe))


@given(recipes, recipes)
def test_another_recipe_is_distinguished(one: Recipe, other: Recipe) -> None:
    if render(one) != render(other):
        with pytest.raises(ReadBackError):
            read_back(render(one), other)


ADDED: list[str] = [
    "    import os\n",
    "    x = __import__('os')\n",
    '    version("9.9", sha256="0")\n',
    "    def install(self, spec, prefix):\n        pass\n",
]


@pytest.mark.parametrize("line", ADDED)
def test_whatever_is_added_is_refused(line: str) -> None:
    recipe = Recipe("py-x", docstring="X.", versions=(VersionLine("1.0", "a" * 64),))
    with pytest.raises(ReadBackError):
        read_back(render(recipe) + line, recipe)


IN_A_BLOCK = [
    ("        depends_on", "        depends_on(f'py-y')\n        depends_on"),
    ("        depends_on", "        x = 1\n        depends_on"),
    ("        depends_on", "        conflicts"),
    ('depends_on("py-a")', 'depends_on("py-a", type="run")'),
    ('(type=("build", "run"))', '(type="run")'),
    ('(type=("build", "run"))', '(type=("build", "run"), when="@2:")'),
    ('(type=("build", "run"))', '(type=("build", "run")), when("@2:")'),
    ('(type=("build", "run"))', '(type=("build", "run")) as x'),
]


@pytest.mark.parametrize("old, new", IN_A_BLOCK)
def test_whatever_is_different_in_a_block_is_refused(old: str, new: str) -> None:
    needed = tuple(Dependency(f"py-{letter}") for letter in "abcde")
    recipe = Recipe("py-x", versions=(VersionLine("1.0", "a"),), dependencies=needed)
    text = render(recipe)
    read_back(text, recipe)
    assert old in text
    with pytest.raises(ReadBackError):
        read_back(text.replace(old, new, 1), recipe)


@settings(max_examples=3, phases=[Phase.generate], deadline=None)
@given(st.lists(recipes, min_size=20, max_size=20), words)
def test_ruff_has_nothing_to_format(some: list[Recipe], summary: list[str]) -> None:
    """One run of ruff over many recipes, in a folder of their own."""
    program = shutil.which("ruff", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("ruff is not installed beside this Python")
    with tempfile.TemporaryDirectory() as folder:
        for number, recipe in enumerate(some):
            # What ruff makes of odd characters is its own affair: these we never write.
            sober = replace(
                recipe,
                docstring=f"X{' '.join(summary)}.",
                licenses=tuple(replace(each, expression="MIT") for each in recipe.licenses),
                variants=tuple(replace(each, description="Be") for each in recipe.variants),
            )
            (Path(folder) / f"r{number}.py").write_text(render(sober), "utf-8")
        for command in (["format", "--diff"], ["check", "--select", "E,W"]):
            whole = [program, *command, "--isolated", "--line-length", "99", folder]
            done = subprocess.run(whole, capture_output=True, check=False)
            assert done.returncode == 0, done.stdout.decode()


def test_a_reason_stands_above_its_line() -> None:
    numpy, yaml = Dependency("py-numpy", types=BUILD), Dependency("py-pyyaml")
    others = tuple(Dependency(f"py-{name}") for name in "abcd")
    reasons = {numpy: ["setup.py imports numpy"], yaml: ["yaml is imported", "more"]}
    for several in ((), others):
        recipe = Recipe("py-x", dependencies=(numpy, yaml, *several), reasons=reasons)
        text = render(recipe)
        lines = [line.strip() for line in text.splitlines()]
        at = lines.index("# setup.py imports numpy")
        assert lines[at + 1].startswith('depends_on("py-numpy"')
        at = lines.index("# yaml is imported")
        assert lines[at + 1] == "# more" and lines[at + 2].startswith('depends_on("py-pyyaml"')
        read_back(text, recipe)

"""The methods of a recipe that tell its build something: what they look like, and that they hold
nothing else."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.recipe.methods import METHODS, methods, settings_of
from spack_pypi.recipe.model import Recipe, Setting, VersionLine
from spack_pypi.recipe.read_back import ReadBackError, read_back
from spack_pypi.recipe.render import render

VARIABLES = """\
    def setup_build_environment(self, env: EnvironmentModifications) -> None:
        # Otherwise it is compiled for the machine that builds it (setup.py:3)
        env.set("X_NATIVE", "0")
        env.set("X_AVX", "0")
"""
FOLDER = """\
    def setup_build_environment(self, env: EnvironmentModifications) -> None:
        # Why.
        env.set("X_Y", join_path(self.stage.source_path, "y"))
        # Why.
        if self.spec.satisfies("@1.1:1.2,2.0"):
            env.set("X_Z", join_path(self.stage.source_path, "z"))
"""
PREFIX = """\
    def setup_build_environment(self, env: EnvironmentModifications) -> None:
        # Why.
        env.set("X_DIR", self.spec["hdf5"].prefix)
"""
ONE = """\
    def config_settings(self, spec, prefix):
        # Why.
        return {"cmake.define.X": "OFF"}
"""
MANY = """\
    def config_settings(self, spec, prefix):
        return {
            "cmake.define.A_LONG_NAME_OF_AN_OPTION_OF_THE_PROJECT": "OFF",
            "cmake.define.ANOTHER_LONG_NAME_OF_AN_OPTION": "OFF",
        }
"""
CMAKE = """\
    def cmake_args(self):
        return [
            self.define("BUILD_TESTING", False),
            self.define("X_FORMAT", "long"),
            # Otherwise it is compiled for the machine that builds it (setup.py:3)
            self.define("X_NATIVE", True),
            self.define("X_MODULES", python_platlib),
            "--fresh",
        ]
"""
ONE_OF_CMAKE = """\
    def cmake_args(self):
        return [self.define("BUILD_TESTING", False)]
"""
OTHERWISE = "Otherwise it is compiled for the machine that builds it (setup.py:3)"
#: What is set → the methods.
TABLE: list[tuple[tuple[Setting, ...], list[str]]] = [
    ((), []),
    (
        (Setting("X_NATIVE", "0", reason=OTHERWISE), Setting("X_AVX", "0", reason=OTHERWISE)),
        [VARIABLES],
    ),
    (
        (
            Setting("X_Y", "y", reason="Why.", is_folder=True),
            Setting("X_Z", "z", reason="Why.", is_folder=True, versions="1.1:1.2,2.0"),
        ),
        [FOLDER],
    ),
    ((Setting("X_DIR", "hdf5", reason="Why.", is_prefix=True),), [PREFIX]),
    ((Setting("cmake.define.X", "OFF", True, "Why."),), [ONE]),
    (
        (
            Setting("cmake.define.A_LONG_NAME_OF_AN_OPTION_OF_THE_PROJECT", "OFF", True),
            Setting("cmake.define.ANOTHER_LONG_NAME_OF_AN_OPTION", "OFF", True),
        ),
        [MANY],
    ),
    (
        (
            Setting("BUILD_TESTING", "OFF", of_cmake=True),
            Setting("X_FORMAT", "long", of_cmake=True),
            Setting("X_NATIVE", "ON", reason=OTHERWISE, of_cmake=True),
            Setting("X_MODULES", "python_platlib", of_cmake=True, is_modules=True),
            Setting("--fresh", "", of_cmake=True),
        ),
        [CMAKE],
    ),
    ((Setting("BUILD_TESTING", "OFF", of_cmake=True),), [ONE_OF_CMAKE]),
]
BARE = Recipe("py-x", "X.", pypi="x/x-1.0.tar.gz", versions=(VersionLine("1.0", "0" * 64),))


@pytest.mark.parametrize(("settings", "expected"), TABLE)
def test_what_they_look_like(settings: tuple[Setting, ...], expected: list[str]) -> None:
    recipe = replace(BARE, settings=settings)
    text = render(recipe)
    end = "".join(f"\n{method}" for method in expected)
    assert text == render(BARE) + end
    read_back(text, recipe)
    classes = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    names = [node.name for node in classes[0].body if isinstance(node, ast.FunctionDef)]
    assert {*names} <= {*METHODS}


hostile = st.text(min_size=1, max_size=40) | st.sampled_from(
    ['"); import os; os.system("x"); ("', "\\", "\n        evil = 1", '{"a": evil()}', "é\u202e"]
)


of_backends = st.builds(Setting, hostile, hostile, st.just(True), hostile)
of_cmake = st.builds(
    Setting,
    hostile,
    hostile | st.sampled_from(["ON", "OFF", "python_platlib", "", "True"]),
    reason=hostile,
    of_cmake=st.just(True),
)
variables = st.sampled_from([{}, {"is_folder": True}, {"is_prefix": True}]).flatmap(
    lambda kind: st.builds(
        Setting,
        hostile,
        hostile,
        reason=hostile,
        versions=st.just("") | st.just("1:2"),
        **{name: st.just(value) for name, value in kind.items()},
    )
)


@given(st.lists(of_backends | variables | of_cmake, max_size=4))
def test_whatever_is_set_stays_a_literal(settings: list[Setting]) -> None:
    of_backend = [each for each in settings if each.of_backend]
    unique = {each.name: each for each in of_backend}.values()  # a dictionary has a name once
    kept = [each for each in settings if not each.of_backend] + [*unique]
    recipe = replace(BARE, settings=tuple(kept))
    read_back(render(recipe), recipe)


TOLD = replace(
    BARE,
    settings=(
        Setting("A", "1"),
        Setting("B", "b", is_folder=True),
        Setting("C", "1", versions="1:"),
        Setting("D", "d", is_prefix=True),
        Setting("E", "e", of_cmake=True),
        Setting("F", "ON", of_cmake=True),
        Setting("G", "python_platlib", of_cmake=True, is_modules=True),
        Setting("-h", "", of_cmake=True),
    ),
)
#: What somebody made of such a recipe.
CHANGED = [
    ('env.set("A", "1")', 'env.set("A", "2")'),
    ('env.set("A", "1")', 'env.set("A", "1", force=True)'),
    ('env.set("A", "1")', 'env.unset("A")'),
    ('env.set("A", "1")', 'env.set("A", which("x"))'),
    ('env.set("A", "1")', 'env.set("A", "1")\n        env.set("B", "1")'),
    ('env.set("A", "1")', 'env.set("A", "1")\n        which("x")()'),
    ('join_path(self.stage.source_path, "b")', '"b"'),
    ("self.stage.source_path", "self.stage.path"),
    ("join_path(self", "which(self"),
    ('source_path, "b")', 'source_path, "b", "c")'),
    ('self.spec["d"].prefix', '"d"'),
    ('self.spec["d"].prefix', 'self.spec["e"].prefix'),
    ('self.spec["d"].prefix', 'self.spec["d"].prefix.bin'),
    ('self.spec["d"].prefix', 'self.spec["d"].package'),
    ('self.spec["d"]', 'which("d")'),
    ('satisfies("@1:")', 'satisfies("@2:")'),
    ('satisfies("@1:")', 'satisfies("%gcc")'),
    ('if self.spec.satisfies("@1:")', 'if which("x")'),
    ('if self.spec.satisfies("@1:")', "while True"),
    ('env.set("C", "1")', 'env.set("C", "1")\n        else:\n            env.set("C", "2")'),
    ('define("E", "e")', 'define("E", "f")'),
    ('define("E", "e")', 'define("E", which("e"))'),
    ('define("E", "e")', 'define("E", "e", "f")'),
    ('define("E", "e")', 'define_from_variant("E", "e")'),
    ('define("F", True)', 'define("F", "True")'),
    ('define("F", True)', 'define("F", False)'),
    ("python_platlib", "python_purelib"),
    ("python_platlib", '"python_platlib"'),
    ('"-h",', 'which("-h"),'),
    ('"-h",', '*which("-h"),'),
    ("return [", 'return which("x") and ['),
    ("def cmake_args", "def configure_args"),
    ("    def setup", '    @when("@1")\n    def setup'),
    ("setup_build_environment", "setup_run_environment"),
    ("env: EnvironmentModifications", 'env=which("x")'),
]


@pytest.mark.parametrize(("old", "new"), CHANGED)
def test_anything_else_is_refused(old: str, new: str) -> None:
    text = render(TOLD)
    assert old in text
    with pytest.raises(ReadBackError):
        read_back(text.replace(old, new), TOLD)


def test_other_methods_are_not_read_as_settings() -> None:
    text = 'def config_settings(self, spec, prefix):\n    return {"a": {"b": "c"}}'
    (method,) = ast.parse(text).body
    assert isinstance(method, ast.FunctionDef) and settings_of(method) is None
    assert methods(BARE) == []

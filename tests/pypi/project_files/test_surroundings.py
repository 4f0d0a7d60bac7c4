"""Conditions of Python code where a recipe builds: (what is assigned before, the condition,
whether it holds on Linux; None: that is not decided)."""

from __future__ import annotations

import ast
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.pypi.project_files.surroundings import LINUX, MACS, RUST, UNKNOWN, Surroundings

CONDITIONS: list[tuple[str, str, bool | None]] = [
    # nobody gives options, and only wheels are built
    ("", "'--x' in sys.argv", False),
    ("", "'--x' not in sys.argv[1:]", True),
    ("", "'sdist' in sys.argv", False),
    ("", "'build_ext' in sys.argv", None),
    ("", "name in sys.argv", None),
    # nobody sets variables, but what is about places and compilers
    ("", "'USE_X' in os.environ", False),
    ("", "os.environ.get('USE_X')", False),
    ("", "os.getenv('USE_X', '0') == '1'", False),
    ("", "os.getenv('USE_X', '1') == '1'", True),
    ("", "os.environ.get('USE_X', 'no').lower() in ('1', 'yes')", False),
    ("", "bool(int(os.environ.get('USE_X', '1')))", True),
    ("", "strtobool(os.environ.get('USE_X', 'Off'))", False),
    ("", "os.environ.get('USE_X') is None", True),
    ("", "os.environ.get('X_ROOT')", None),
    ("", "os.environ.get('X_VERSION')", False),
    ("", "os.environ.get('CC')", None),
    ("", "os.environ.get('MPICC')", None),
    ("", "'MAKEFLAGS' in os.environ", None),
    ("", "os.environ.get('TMPDIR') is None", None),
    ("name = 'USE_X'", "name in os.environ", False),
    ("", "'CFLAGS' in os.environ", None),
    ("", "os.environ.get(name)", None),
    ("", "os.environ.get('USE_X', default())", None),
    # platforms, and Pythons
    ("", "sys.platform == 'linux'", True),
    ("", "platform.system() == 'Windows'", False),
    ("", "sys.platform.startswith('lin')", True),
    ("", "not sys.platform.startswith(('win', 'cygwin'))", None),
    ("", "'win' in sys.platform", False),
    ("system = platform.system().lower()", "system in ('linux', 'darwin')", True),
    ("", "platform.python_implementation() == 'PyPy'", False),
    ("", "sys.implementation.name in ['cpython']", True),
    ("", "sys.version_info < (3,)", False),
    ("", "sys.version_info[:2] == (3, 10)", None),
    ("", "not sys.version_info[0] == 2 and sys.platform == 'linux'", True),
    ("", "shutil.which('cargo')", None),
    ("", "sys.version_info < (3, 12)", None),
    ("", "__name__ == '__main__'", True),
    # what is known of names, and joined
    ("on = False", "on", False),
    ("on = 'x' in os.environ or '--x' in sys.argv", "not on", True),
    ("kind = os.getenv('KIND')", "kind == 'conda'", False),
    ("on = f()", "on", None),
    ("on = True", "on and f()", None),
    ("on = True", "on or f()", True),
    ("on = False", "f() and on", False),
    ("kind = f() or 'conda'", "kind == 'conda'", None),
    ("on = f() or '--x' in sys.argv", "on", None),
    ("on = x is None and '--x' in sys.argv", "on", False),
    ("kind = os.getenv('KIND') or 'conda'", "kind == 'conda'", True),
    ("names = 'a', 'b'", "'c' in names", False),
    ("on = True if sys.platform == 'win32' else None", "on is None", True),
    ("", "os.path.exists('x')", None),
    ("", "1 < 2", None),
]


@pytest.mark.parametrize("before, condition, expected", CONDITIONS)
def test_a_condition(before: str, condition: str, expected: bool | None) -> None:
    known = Surroundings(LINUX)
    for statement in ast.parse(before).body:
        assert isinstance(statement, ast.Assign)
        known.note(ast.unparse(statement.targets[0]), statement.value)
    assert known.holds(ast.parse(condition, mode="eval").body) is expected


KNOWN = (
    "True",
    "False",
    "None",
    "''",
    "'a'",
    "os.name",
    "os.getenv('USE_X')",
    "'a' in ('a', 'b')",
)
EXPRESSIONS = st.recursive(
    st.sampled_from([*KNOWN, "f()"]),
    lambda inner: st.one_of(
        st.builds("(not {})".format, inner),
        st.builds("bool({})".format, inner),
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {} or {})".format, inner, inner, inner),
        st.builds("({} == {})".format, inner, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS)
def test_what_is_decided_is_what_python_says_whatever_is_not_known(text: str) -> None:
    known = Surroundings(LINUX)
    node = ast.parse(text, mode="eval").body
    platform = SimpleNamespace(name="posix", getenv=lambda name: None)
    for unknown in (None, True, "", "a", "b"):
        said = eval(text, {"os": platform, "f": lambda value=unknown: value})  # of this file
        assert known.holds(node) in (None, bool(said))
        assert known.value(node) in (UNKNOWN, said)


def test_a_mac_is_another_platform() -> None:
    test = ast.parse("sys.platform == 'darwin'", mode="eval").body
    assert Surroundings(MACS).holds(test) is True
    assert Surroundings(LINUX).holds(test) is False


def test_programs_are_there_and_code_is_not_run_by_itself_where_that_is_said() -> None:
    known = Surroundings(present=RUST, main=False)
    tests = ["shutil.which('cargo') is None", "which('cmake')", "__name__ == '__main__'"]
    found = [known.holds(ast.parse(test, mode="eval").body) for test in tests]
    assert found == [False, None, None]


def test_what_is_forgotten_is_not_known_and_names_of_a_function_are_its_own() -> None:
    known = Surroundings()
    for name in ("a", "b", "c"):
        known.note(name, ast.Constant(True))
    known.forget("a")
    (function,) = ast.parse("def f(b):\n    pass").body
    assert isinstance(function, ast.FunctionDef)
    tests = [ast.Name(name, ast.Load()) for name in ("a", "b", "c")]
    assert [known.inside(function).holds(test) for test in tests] == [None, None, True]


def test_a_condition_that_is_nested_too_deep_is_not_decided() -> None:
    test: ast.expr = ast.Constant(True)
    for _ in range(1000):
        test = ast.UnaryOp(ast.Not(), test)
    assert Surroundings().holds(test) is None

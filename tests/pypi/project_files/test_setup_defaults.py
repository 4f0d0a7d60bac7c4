"""Conditions of a setup.py where it builds by default: (what is assigned before, the condition,
whether it holds on Linux; None: that is not decided)."""

from __future__ import annotations

import ast

import pytest

from spack_pypi.pypi.project_files.setup_defaults import LINUX, MACS, ByDefault

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
    ("", "os.environ.get('CC')", None),
    ("", "'CFLAGS' in os.environ", None),
    ("", "os.environ.get(name)", None),
    ("", "os.environ.get('USE_X', default())", None),
    # platforms, and Pythons
    ("", "sys.platform == 'linux'", True),
    ("", "platform.system() == 'Windows'", False),
    ("", "sys.version_info < (3,)", False),
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
    ("on = True if sys.platform == 'win32' else None", "on is None", True),
    ("", "os.path.exists('x')", None),
    ("", "1 < 2", None),
]


@pytest.mark.parametrize("before, condition, expected", CONDITIONS)
def test_a_condition(before: str, condition: str, expected: bool | None) -> None:
    known = ByDefault(LINUX)
    for statement in ast.parse(before).body:
        assert isinstance(statement, ast.Assign)
        known.note(ast.unparse(statement.targets[0]), statement.value)
    assert known.holds(ast.parse(condition, mode="eval").body) is expected


def test_a_mac_is_another_platform() -> None:
    test = ast.parse("sys.platform == 'darwin'", mode="eval").body
    assert ByDefault(MACS).holds(test) is True
    assert ByDefault(LINUX).holds(test) is False


def test_what_is_forgotten_is_not_known_and_names_of_a_function_are_its_own() -> None:
    known = ByDefault()
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
    assert ByDefault().holds(test) is None

"""The methods of a recipe with settings of its build, or with paths to what it installs::

    def setup_build_environment(self, env: EnvironmentModifications) -> None:
        # Otherwise setup.py:3 compiles for the machine that builds it (-march=native)
        env.set("X_NATIVE", "0")

    def config_settings(self, spec, prefix):
        return {"cmake.define.X_NATIVE": "OFF"}

https://spack.readthedocs.io/en/latest/build_systems/pythonpackage.html
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from ..syntax import parse
from .directives import INDENT, WIDTH, call, comment, literal
from .model import InnerPrefix, Recipe, Setting

_ENVIRONMENT = "def setup_build_environment(self, env: EnvironmentModifications) -> None:"
_BACKEND = "def config_settings(self, spec, prefix):"
_INNER = INDENT * 2
_WHY_INNER = "Only a .pth file leads to the modules, and Python reads none of those in PYTHONPATH"
#: How Spack calls the methods that `methods` writes, in their order.
METHODS = (
    "setup_build_environment",
    "config_settings",
    "setup_run_environment",
    "setup_dependent_build_environment",
)


def methods(recipe: Recipe) -> list[list[str]]:
    """The lines of each method that a recipe has for its settings and its inner prefix."""
    of_backend = [each for each in recipe.settings if each.of_backend]
    variables = [each for each in recipe.settings if not each.of_backend]
    found = []
    if variables:
        found.append([INDENT + _ENVIRONMENT, *_variables(variables)])
    if of_backend:
        found.append([INDENT + _BACKEND, *_returned(of_backend)])
    if recipe.inner_prefix is not None:
        found += _paths(recipe.inner_prefix)
    return found


def _variables(settings: Sequence[Setting]) -> Iterator[str]:
    for reason, several in groupby(settings, key=lambda each: each.reason):
        yield from _why(reason)
        for each in several:
            yield call("env.set", [literal(each.name), literal(each.value)], [], _INNER)


def _returned(settings: Sequence[Setting]) -> Iterator[str]:
    for reason in dict.fromkeys(each.reason for each in settings):
        yield from _why(reason)
    items = [f"{literal(each.name)}: {literal(each.value)}" for each in settings]
    line = f"{_INNER}return {{{', '.join(items)}}}"
    if len(line) <= WIDTH:
        yield line
        return
    yield f"{_INNER}return {{"
    yield from (f"{_INNER}{INDENT}{item}," for item in items)
    yield f"{_INNER}}}"


def _why(reason: str) -> Iterator[str]:
    if reason:
        yield comment(reason, _INNER)


def _paths(inner: InnerPrefix) -> Iterator[list[str]]:
    """The methods by which Python finds the modules of an inner prefix, and CMake the rest."""
    begin = [
        f'{_INNER}python = self.spec["python"]',
        f"{_INNER}inner = join_path(self.prefix, python.package.platlib, {literal(inner.name)})",
    ]
    if inner.has_modules:
        yield [
            f"{INDENT}def setup_run_environment(self, env: EnvironmentModifications) -> None:",
            comment(_WHY_INNER, _INNER),
            *begin,
            f'{_INNER}modules = f"lib/python{{python.version.up_to(2)}}/site-packages"',
            f'{_INNER}env.prepend_path("PYTHONPATH", join_path(inner, modules))',
        ]
    yield [
        f"{INDENT}def setup_dependent_build_environment(",
        f"{_INNER}self, env: EnvironmentModifications, dependent_spec: Spec",
        f"{INDENT}) -> None:",
        *begin,
        f'{_INNER}env.prepend_path("CMAKE_PREFIX_PATH", inner)',
    ]


def settings_of(method: ast.FunctionDef) -> list[Setting] | None:
    """What a method sets, if it has exactly the form that `methods` gives those of settings;
    without reasons. None for any other."""
    head = ast.unparse(method).partition("\n")[0]
    if head == _ENVIRONMENT:
        found = [_variable(statement) for statement in method.body]
        return [each for each in found if each is not None] if None not in found else None
    if head == _BACKEND and len(method.body) == 1 and isinstance(method.body[0], ast.Return):
        return _items(method.body[0].value)
    return None


def _variable(statement: ast.stmt) -> Setting | None:
    called = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(called, ast.Call) or called.keywords or len(called.args) != 2:
        return None
    name, value = map(_text, called.args)
    if ast.unparse(called.func) != "env.set" or name is None or value is None:
        return None
    return Setting(name, value)


def _items(value: ast.expr | None) -> list[Setting] | None:
    if not isinstance(value, ast.Dict):
        return None
    pairs = [(_text(key), _text(each)) for key, each in zip(value.keys, value.values)]
    found = [Setting(k, v, of_backend=True) for k, v in pairs if k is not None and v is not None]
    return found if len(found) == len(pairs) else None


def _text(node: ast.expr | None) -> str | None:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return str(node.value) if is_text and isinstance(node, ast.Constant) else None


def paths_of(inner: InnerPrefix) -> list[str]:
    """The methods of an inner prefix as `ast.unparse` writes them."""
    texts = (textwrap.dedent("\n".join(lines)) for lines in _paths(inner))
    return [ast.unparse(parse(text)) for text in texts]

"""The methods of a recipe with settings of its build::

    def setup_build_environment(self, env: EnvironmentModifications) -> None:
        # Otherwise setup.py:3 compiles for the machine that builds it (-march=native)
        env.set("X_NATIVE", "0")
        env.set("X_ZLIB", self.spec["zlib-api"].prefix)
        # Otherwise its build downloads y
        if self.spec.satisfies("@2:"):
            env.set("X_Y", join_path(self.stage.source_path, "y"))

    def config_settings(self, spec, prefix):
        return {"cmake.define.X_NATIVE": "OFF"}

    def cmake_args(self):
        return [
            self.define("BUILD_TESTING", False),
            self.define("PYTHON_SITELIB", python_platlib),
        ]

https://spack.readthedocs.io/en/latest/build_systems/pythonpackage.html
https://spack.readthedocs.io/en/latest/build_systems/cmakepackage.html
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ..syntax import parse
from .directives import INDENT, WIDTH, call, comment, literal
from .model import Recipe, Setting

_ENVIRONMENT = "def setup_build_environment(self, env: EnvironmentModifications) -> None:"
_BACKEND = "def config_settings(self, spec, prefix):"
_CMAKE = "def cmake_args(self):"
#: What Spack calls the folder of Python's modules, below the prefix of what is built.
_MODULES = "python_platlib"
#: What CMake calls True and False.
_SWITCHES = {"ON": "True", "OFF": "False"}
_SOURCE = "self.stage.source_path"
_INNER = INDENT * 2
#: How Spack calls the methods that `methods` writes, in their order.
METHODS = (
    "setup_build_environment",
    "config_settings",
    "cmake_args",
)


def methods(recipe: Recipe) -> list[list[str]]:
    """The lines of each method that a recipe has for its settings."""
    variables, of_backend, of_cmake = kinds(recipe.settings)
    found = []
    if variables:
        found.append([INDENT + _ENVIRONMENT, *_variables(variables)])
    if of_backend:
        found.append([INDENT + _BACKEND, *_returned(of_backend)])
    if of_cmake:
        found.append([INDENT + _CMAKE, *_arguments(of_cmake)])
    return found


def kinds(settings: Sequence[Setting]) -> tuple[list[Setting], list[Setting], list[Setting]]:
    """The variables of the environment among settings, the settings of the backend, and those of
    CMake."""
    plain = [each for each in settings if not (each.of_backend or each.of_cmake)]
    of_backend = [each for each in settings if each.of_backend]
    return plain, of_backend, [each for each in settings if each.of_cmake]


def _variables(settings: Sequence[Setting]) -> Iterator[str]:
    for (reason, versions), several in groupby(settings, key=lambda e: (e.reason, e.versions)):
        yield from _why(reason)
        indent = _INNER
        if versions:
            yield f"{_INNER}if {_satisfied(versions)}:"
            indent += INDENT
        for each in several:
            yield call("env.set", [literal(each.name), _written(each)], [], indent)


def _satisfied(versions: str) -> str:
    return f"self.spec.satisfies({literal(f'@{versions}')})"


def _written(setting: Setting) -> str:
    value = literal(setting.value)
    if setting.is_prefix:
        return f"self.spec[{value}].prefix"
    return f"join_path({_SOURCE}, {value})" if setting.is_folder else value


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


def _arguments(settings: Sequence[Setting]) -> Iterator[str]:
    """The list of arguments for CMake, each below the reason for it."""
    whole = f"{_INNER}return [{_argument(settings[0], '')}]"
    if len(settings) == 1 and not settings[0].reason and len(whole) <= WIDTH:
        yield whole
        return
    indent = _INNER + INDENT
    yield f"{_INNER}return ["
    for reason, several in groupby(settings, key=lambda each: each.reason):
        if reason:
            yield comment(reason, indent)
        for each in several:
            yield f"{_argument(each, indent)},"
    yield f"{_INNER}]"


def _argument(setting: Setting, indent: str) -> str:
    if not setting.value:
        return indent + literal(setting.name)
    value = _MODULES if setting.is_modules else _SWITCHES.get(setting.value)
    return call(
        "self.define", [literal(setting.name), value or literal(setting.value)], [], indent
    )


def _why(reason: str) -> Iterator[str]:
    if reason:
        yield comment(reason, _INNER)


def settings_of(method: ast.FunctionDef) -> list[Setting] | None:
    """What a method sets, if it has exactly the form that `methods` gives those of settings;
    without reasons. None for any other."""
    head = ast.unparse(method).partition("\n")[0]
    if head == _ENVIRONMENT:
        found = [each for statement in method.body for each in _variables_of(statement)]
        return [each for each in found if each is not None] if None not in found else None
    if head == _BACKEND and len(method.body) == 1 and isinstance(method.body[0], ast.Return):
        return _items(method.body[0].value)
    if head == _CMAKE and len(method.body) == 1 and isinstance(method.body[0], ast.Return):
        return _definitions(method.body[0].value)
    return None


def _variables_of(statement: ast.stmt) -> Iterator[Setting | None]:
    """What a statement sets, maybe for some versions only; None for anything else."""
    if not isinstance(statement, ast.If):
        yield _variable(statement)
        return
    called = statement.test if isinstance(statement.test, ast.Call) else None
    text = _text(called.args[0]) if called is not None and called.args else None
    versions = (text or "").removeprefix("@")
    if statement.orelse or ast.unparse(statement.test) != ast.unparse(parse(_satisfied(versions))):
        yield None
        return
    for inner in map(_variable, statement.body):
        yield replace(inner, versions=versions) if inner is not None else None


def _variable(statement: ast.stmt) -> Setting | None:
    called = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(called, ast.Call) or called.keywords or len(called.args) != 2:
        return None
    name, value = _text(called.args[0]), _text(called.args[1])
    if ast.unparse(called.func) != "env.set" or name is None:
        return None
    if value is not None:
        return Setting(name, value)
    folder, package = _folder(called.args[1]), _package(called.args[1])
    if folder is not None:
        return Setting(name, folder, is_folder=True)
    return Setting(name, package, is_prefix=True) if package is not None else None


def _folder(node: ast.expr) -> str | None:
    """The folder of the unpacked source that an expression names."""
    if not (isinstance(node, ast.Call) and not node.keywords and len(node.args) == 2):
        return None
    is_path = ast.unparse(node.func) == "join_path" and ast.unparse(node.args[0]) == _SOURCE
    return _text(node.args[1]) if is_path else None


def _package(node: ast.expr) -> str | None:
    """The package whose prefix an expression is."""
    spec = node.value if isinstance(node, ast.Attribute) and node.attr == "prefix" else None
    if not isinstance(spec, ast.Subscript) or ast.unparse(spec.value) != "self.spec":
        return None
    return _text(spec.slice)


def _items(value: ast.expr | None) -> list[Setting] | None:
    if not isinstance(value, ast.Dict):
        return None
    pairs = [(_text(key), _text(each)) for key, each in zip(value.keys, value.values)]
    found = [Setting(k, v, of_backend=True) for k, v in pairs if k is not None and v is not None]
    return found if len(found) == len(pairs) else None


def _definitions(value: ast.expr | None) -> list[Setting] | None:
    if not isinstance(value, ast.List):
        return None
    found = [*map(_definition, value.elts)]
    return [each for each in found if each is not None] if None not in found else None


def _definition(node: ast.expr) -> Setting | None:
    """What an argument for CMake sets."""
    plain = _text(node)
    if plain is not None:
        return Setting(plain, "", of_cmake=True)
    if not (isinstance(node, ast.Call) and not node.keywords and len(node.args) == 2):
        return None
    name, written = _text(node.args[0]), ast.unparse(node.args[1])
    if ast.unparse(node.func) != "self.define" or name is None:
        return None
    if written == _MODULES:
        return Setting(name, _MODULES, of_cmake=True, is_modules=True)
    switches = {written: value for value, written in _SWITCHES.items()}
    value = switches.get(written) or _text(node.args[1])
    return Setting(name, value, of_cmake=True) if value else None


def _text(node: ast.expr | None) -> str | None:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return str(node.value) if is_text and isinstance(node, ast.Constant) else None

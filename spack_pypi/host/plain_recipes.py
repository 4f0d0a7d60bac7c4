"""What the text of a plain recipe declares: its versions and its boolean variants.

To load a recipe as a class takes ten times as long as to read its text: all of its directives are
executed. A recipe is plain if its text says all that its class would: a PythonPackage and nothing
else, whose versions and variants are literals that stand in no loop, condition or block. What is
not certain makes a recipe one that is not plain; it is then to be loaded.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ..syntax import parse

_BASE, _BASE_MODULE = "PythonPackage", "spack_repo.builtin.build_systems.python"
#: Where directives come from.
_DIRECTIVES_MODULE = "spack.package"
#: Directives and blocks that declare neither versions nor variants.
_OTHERS = {
    *("conditional", "conflicts", "default_args", "depends_on", "extends", "license"),
    *("maintainers", "patch", "provides", "requires", "resource", "when"),
}
#: Functions that a value may be made with.
_FUNCTIONS = {"dict", "enumerate", "list", "range", "reversed", "set", "sorted", "str", "zip"}
#: Names that must mean what Spack means by them.
_NAMES = {_BASE, "version", "variant", *_OTHERS}
#: Attributes that are read here.
_ATTRIBUTES = {"url", "pypi", "tags"}
#: Options of a version that is made from a git repository.
FROM_GIT = ("git", "branch", "tag", "commit")
#: What of a version is read.
_VERSION_OPTIONS = ("deprecated", "expand", "url", *FROM_GIT)
#: Names that mean something in a class: those above, and what Spack makes of the directives and of
#: the place of the file.
_SPECIAL = {
    *_NAMES,
    *_ATTRIBUTES,
    "versions",
    "variants",
    "namespace",
    "name",
    "fullname",
    "module",
}


@dataclass
class PlainRecipe:
    """``versions`` maps the texts of the versions to the options that matter here
    (`_VERSION_OPTIONS`), ``variants`` the names of the boolean variants to their ``when`` (empty
    for none). ``url`` is the attribute of this name, or else ``pypi``."""

    versions: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    variants: dict[str, str] = field(default_factory=dict)
    url: str = ""
    tags: tuple[str, ...] = ()


def plain_recipe(text: str, class_name: str) -> PlainRecipe | None:
    """What a recipe's text declares; None if it is not plain, or if it is not a recipe."""
    with suppress(SyntaxError, ValueError, _NotPlain):
        return _read(_class(parse(text), class_name))
    return None


class _NotPlain(Exception):
    """The class of the recipe may declare something else than its text."""


def _require(holds: object) -> None:
    if not holds:
        raise _NotPlain


def _class(module: ast.Module, name: str) -> ast.ClassDef:
    """The class of this name, in a module that holds nothing else but imports, values, functions
    and classes without directives."""
    found: ast.ClassDef | None = None
    base_module = ""
    for statement in module.body:
        if isinstance(statement, ast.ClassDef) and statement.name == name:
            _require(found is None)
            found = statement
        elif isinstance(statement, ast.ImportFrom):
            names = {alias.asname or alias.name for alias in statement.names}
            if _BASE in names:
                base_module = statement.module or ""
            _require(
                statement.module == _DIRECTIVES_MODULE or not names & {"*", *_NAMES} - {_BASE}
            )
        elif isinstance(statement, ast.Assign):
            _require(not _targets(statement) & _NAMES)
        elif isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            _require(statement.name not in _NAMES)
            if isinstance(statement, ast.ClassDef):
                others = [each for each in statement.body if not isinstance(each, ast.FunctionDef)]
                _require(all(map(_is_harmless, others)))
        else:
            _require(isinstance(statement, ast.Import) or _is_docstring(statement))
    if found is None:
        raise _NotPlain
    _require(base_module == _BASE_MODULE and [ast.unparse(b) for b in found.bases] == [_BASE])
    _require(not (found.keywords or found.decorator_list))
    return found


def _read(found: ast.ClassDef) -> PlainRecipe:
    recipe = PlainRecipe()
    attributes: dict[str, ast.expr] = {}
    variants: list[ast.Call] = []
    for statement in found.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            name = _named(statement.value)
            if name == "version":
                _read_version(recipe, statement.value)
            elif name == "variant":
                variants.append(statement.value)
            else:
                _require(name and _is_harmless(statement))
        elif isinstance(statement, ast.Assign):
            _require(_is_harmless(statement.value))
            attributes.update(dict.fromkeys(_targets(statement), statement.value))
        elif isinstance(statement, ast.FunctionDef):
            _require(statement.name not in _SPECIAL - _OTHERS)
        else:
            block = isinstance(statement, (ast.With, ast.For, ast.If, ast.Pass))
            _require(_is_docstring(statement) or (block and _is_harmless(statement)))
    _require(not {*attributes} & (_SPECIAL - _ATTRIBUTES))
    said = {name: ast.literal_eval(attributes[name]) for name in _ATTRIBUTES & {*attributes}}
    recipe.url = str(said.get("url", said.get("pypi", "")))
    recipe.tags = tuple(said.get("tags", ()))
    _read_variants(recipe, variants)
    return recipe


def _read_version(recipe: PlainRecipe, call: ast.Call) -> None:
    text, given = _arguments(call)
    _require(isinstance(text, str) and text not in recipe.versions)
    options = {name: given[name] for name in _VERSION_OPTIONS if name in given}
    recipe.versions[text] = {name: ast.literal_eval(value) for name, value in options.items()}


def _read_variants(recipe: PlainRecipe, calls: Sequence[ast.Call]) -> None:
    names: set[str] = set()
    for call in calls:
        name, given = _arguments(call)
        _require(isinstance(name, str) and name not in names)
        names.add(name)
        default = call.args[1] if len(call.args) > 1 else given.get("default")
        if default is not None and isinstance(ast.literal_eval(default), bool):
            recipe.variants[name] = ast.literal_eval(given["when"]) if "when" in given else ""
            _require(isinstance(recipe.variants[name], str))


def _named(call: ast.Call) -> str:
    """The name of the function that is called; empty for a method."""
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _arguments(call: ast.Call) -> tuple[Any, dict[str, ast.expr]]:
    """The first argument of a directive, and those that are named."""
    _require(call.args and all(keyword.arg for keyword in call.keywords))
    return ast.literal_eval(call.args[0]), {str(k.arg): k.value for k in call.keywords}


def _is_harmless(node: ast.AST) -> bool:
    """Whether nothing in there declares versions or variants, or calls what may, or gives one of
    the names another meaning."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            function = inner.func
            if isinstance(function, ast.Name):
                harmless = function.id in _OTHERS | _FUNCTIONS
            else:  # a method of a value
                harmless = isinstance(function, ast.Attribute) and function.attr not in _NAMES
        elif isinstance(inner, ast.Name):
            harmless = isinstance(inner.ctx, ast.Load) or inner.id not in _SPECIAL
        else:
            harmless = not isinstance(inner, ast.ClassDef)
        if not harmless:
            return False
    return True


def _targets(statement: ast.Assign) -> set[str]:
    """The names that get a value; nothing else may get one."""
    nodes = [node for target in statement.targets for node in ast.walk(target)]
    _require(not any(isinstance(node, (ast.Attribute, ast.Subscript)) for node in nodes))
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)

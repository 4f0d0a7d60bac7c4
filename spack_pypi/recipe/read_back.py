"""The finished text is read back: it must mean what the recipe means and hold nothing else.

Metadata is hostile: whatever it holds may only have become a literal.
"""

from __future__ import annotations

import ast
import copy
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..syntax import parse
from . import machine_blocks
from .directives import resource_arguments, source
from .loops import with_item
from .methods import kinds, settings_of
from .model import BUILD_RUN, Changes, Recipe, RenamedArchives
from .render import (
    BUILD_RUN_BLOCK,
    attributes,
    build_system_imports,
    machines,
    module_name,
    on_machine,
    parent_alias,
    url_for_version,
)
from .version_blocks import with_versions

#: A directive as a value: name, positional and keyword arguments.
_Call = tuple[str, tuple[Any, ...], tuple[tuple[str, Any], ...]]

#: All that a ``url_for_version`` of ours consists of.
_METHOD_NODES = (
    ast.arguments, ast.arg, ast.Assign, ast.Name, ast.Store, ast.Load, ast.Return, ast.BinOp,
    ast.Add, ast.Subscript, ast.Call, ast.Attribute, ast.Constant, ast.JoinedStr,
    ast.FormattedValue, ast.IfExp, ast.If, ast.Compare, ast.GtE, ast.FunctionDef,
)  # fmt: skip
_METHOD_NAMES = {"self", "version", "Version", "name", "archive"}


class ReadBackError(ValueError):
    """The text does not match the recipe; the message says where."""


def read_back(text: str, recipe: Recipe) -> None:
    """Raise `ReadBackError` unless ``text`` is exactly ``recipe``: its imports, one class, its
    literals, its directives, and nothing that could run otherwise."""
    tree = parse(text)
    *imports, found = tree.body
    _require([ast.unparse(line) for line in imports] == _imports(recipe), "its imports")
    if not isinstance(found, ast.ClassDef):
        raise ReadBackError("the recipe does not end with a class")
    _require(found.name == recipe.class_name, "its class name")
    bases = [parent_alias(recipe)] if recipe.parent else [*recipe.build_system.names]
    _require([ast.unparse(b) for b in found.bases] == bases, "its base class")
    _require(not found.keywords and not found.decorator_list, "its class")
    docstring = " ".join((ast.get_docstring(found, clean=False) or "").split())
    _require(docstring == " ".join(recipe.docstring.split()), "its docstring")
    body = found.body[1:] if recipe.docstring else found.body
    found_attributes: dict[str, Any] = {}
    calls: list[_Call] = []
    methods: list[ast.FunctionDef] = []
    for statement in body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            found_attributes[statement.targets[0].id] = _value(statement.value)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            calls.append(_call(statement.value))
        elif isinstance(statement, ast.FunctionDef):
            methods.append(statement)
        elif isinstance(statement, ast.With):
            calls += _calls_in_block(statement)
        elif isinstance(statement, ast.If):
            calls += _calls_by_machine(statement, machines(recipe.versions))
        else:
            raise ReadBackError(f"'{ast.unparse(statement)}' does not belong in a recipe")
    skipped = {"skip_modules": [*recipe.skipped.names]} if recipe.skipped else {}
    _require(found_attributes == {**attributes(recipe), **skipped}, "its attributes")
    _require(calls == _calls(recipe), "its directives")
    archives = 1 if len(recipe.archives) > 1 else 0
    for method in methods[:archives]:
        _check_method(method)
    _require(_has_methods(methods[archives:], recipe), "its methods")


def _has_methods(methods: Sequence[ast.FunctionDef], recipe: Recipe) -> bool:
    """Whether these methods are those for the settings of a recipe."""
    found = [settings_of(method) for method in methods]
    plain = [replace(each, reason="") for each in recipe.settings]
    return found == [each for each in kinds(plain) if each]


def _calls_in_block(block: ast.With) -> Iterator[_Call]:
    """The dependencies of a block that gives them their type, as if each said it itself."""
    head = f"with {BUILD_RUN_BLOCK}: pass"
    _require(_head(block) == _head(parse(head).body[0]), "a block")
    for name, arguments, keywords in map(_inner_call, block.body):
        _require(name == "depends_on" and "type" not in dict(keywords), "what a block holds")
        yield name, arguments, (*keywords, ("type", BUILD_RUN))


def _inner_call(statement: ast.stmt) -> _Call:
    """A directive in a block."""
    if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)):
        raise ReadBackError(f"'{ast.unparse(statement)}' does not belong in a recipe")
    return _call(statement.value)


def _calls_by_machine(statement: ast.If, expected: Sequence[tuple[str, str]]) -> Iterator[_Call]:
    """The directives of ``if``, ``elif``, ... for the machines in this order."""
    branch: list[ast.stmt] = [statement]
    for machine in expected:
        if len(branch) != 1 or not isinstance(branch[0], ast.If):
            raise ReadBackError("a machine is missing")
        found = branch[0]
        condition = ast.unparse(parse(on_machine(machine)))
        _require(ast.unparse(found.test) == condition, "the machine of a version")
        for name, arguments, keywords in map(_inner_call, found.body):
            yield (f"{name} on {machine}", arguments, keywords)
        branch = found.orelse
    _require(not branch, "more machines than intended")


def read_back_edit(before: str, after: str, changes: Changes) -> None:
    """Raise `ReadBackError` unless an edit made these changes, and left every other statement as
    it was."""
    old, new = Counter(_statements(before)), Counter(_statements(after))
    less, more = old - new, new - old
    if changes.renamed is not None:
        less -= Counter(text for text in less if text.startswith("pypi = "))
        more -= _renaming(after, changes.renamed)
    more -= Counter(map(machine_blocks.head, machines(changes.versions)))
    for line, ranges in changes.blocks.items():
        block = next(
            node
            for node in ast.walk(parse(before))
            if isinstance(node, ast.With) and node.lineno == line
        )
        less -= Counter([_head(block)])
        more -= Counter([_head(with_versions(block, ranges))])
    for item in changes.items:
        head = next((t for t in less if (with_item(t, item) or "") in more), None)
        if head is None:
            raise ReadBackError("a loop was changed otherwise than meant")
        more -= Counter([with_item(head, item) or ""])
        less -= Counter([head])
    gone = [_directive(text) for text in less.elements()]
    come = [_directive(text) for text in more.elements()]
    ended = {
        "depends_on": len(changes.ends) + len(changes.removed),
        "license": len(changes.license_ends),
        "conflicts": len(changes.conflict_ends),
    }
    _require(Counter(name for name, *_ in gone) == +Counter(ended), "more was changed than meant")
    specs = Counter(each.spec for each in changes.dependencies) + _firsts(gone, "depends_on")
    removed = Counter(changes.removed.values())
    _require(_firsts(come, "depends_on") + removed == specs, "its dependencies")
    stated = Counter(each.expression for each in changes.licenses)
    _require(_firsts(come, "license") == stated + _firsts(gone, "license"), "its licences")
    listed = Counter(_made_from(a[0], dict(k)) for name, a, k in come if name == "version")
    versions = Counter(
        _made_from(line.version, {"sha256": line.sha256, **(vars(line.git) if line.git else {})})
        for line in changes.versions
    )
    _require(listed == versions, "its versions")
    excluded = Counter(_conflict(a[0], k) for name, a, k in come if name == "conflicts")
    ends = [_conflict(a[0], k) for name, a, k in gone if name == "conflicts"]
    meant = Counter((each.spec, str(each.when), each.msg) for each in changes.conflicts)
    _require(not meant - excluded, "its conflicts")
    ended_conflicts = Counter((spec, msg) for spec, _, msg in (excluded - meant).elements())
    _require(ended_conflicts == Counter((spec, msg) for spec, _, msg in ends), "its conflicts")
    brought = Counter(tuple(k) for name, _, k in come if name == "resource")
    meant_resources = Counter(tuple(resource_arguments(each)) for each in changes.resources)
    _require(brought == meant_resources, "its resources")
    known = {"depends_on", "license", "version", "conflicts", "resource"}
    _require({name for name, *_ in come} <= known, "something else was added")


def _conflict(spec: str, keywords: Iterable[tuple[str, Any]]) -> tuple[str, str, str]:
    """A conflict, with its condition and what it says."""
    given = dict(keywords)
    return spec, given.get("when", ""), given.get("msg", "")


def _made_from(version: str, said: Mapping[str, Any]) -> tuple[str, ...]:
    """A version, with what says from what it is made."""
    return (version, *(str(said.get(name, "")) for name in ("sha256", "tag", "commit", "branch")))


def _firsts(calls: Sequence[_Call], name: str) -> Counter[str]:
    """The first argument of each call of a directive, and how often it is one."""
    return Counter(arguments[0] for called, arguments, _ in calls if called == name)


def _renaming(text: str, renamed: RenamedArchives) -> Counter[str]:
    """The statements of a text that make archives renamed, which it must hold in its class."""
    method = textwrap.dedent("\n".join(url_for_version(renamed.names)))
    written = Counter([f"pypi = {renamed.pypi!r}", *_statements(method)])
    classes = [node for node in parse(text).body if isinstance(node, ast.ClassDef)]
    (expected,) = parse(method).body
    _check_method(expected)
    inside = {ast.unparse(statement) for found in classes for statement in found.body}
    _require({f"pypi = {renamed.pypi!r}", ast.unparse(expected)} <= inside, "its archives")
    return written


def _statements(text: str) -> Iterator[str]:
    """Every statement; of one that holds others, such as a class, only its head."""
    for node in ast.walk(parse(text)):
        if isinstance(node, ast.stmt):
            yield _head(node) if hasattr(node, "body") else ast.unparse(node)


def _head(statement: ast.stmt) -> str:
    """The first line of a statement that holds others. These are left out before it is written,
    as each is written by itself."""
    empty = copy.copy(statement)
    for name in ("body", "orelse", "finalbody", "handlers"):
        if hasattr(empty, name):
            setattr(empty, name, [])
    return ast.unparse(empty).split("\n", 1)[0]


def _directive(text: str) -> _Call:
    try:
        (statement,) = parse(text).body
    except SyntaxError:  # the head of a class, a method or a block
        raise ReadBackError(f"'{text}' was changed") from None
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return _call(statement.value)
    raise ReadBackError(f"'{text}' is not a directive")


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ReadBackError(f"the written text differs from the recipe: {what}")


def _value(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise ReadBackError(f"'{ast.unparse(node)}' is not a literal") from None


def _call(node: ast.Call) -> _Call:
    if not isinstance(node.func, ast.Name) or any(k.arg is None for k in node.keywords):
        raise ReadBackError(f"'{ast.unparse(node)}' is not a directive")
    keywords = tuple((str(k.arg), _value(k.value)) for k in node.keywords)
    return node.func.id, tuple(_value(a) for a in node.args), keywords


def _imports(recipe: Recipe) -> Sequence[str]:
    first = [*build_system_imports(recipe)]
    if recipe.parent is not None:
        module = f"spack_repo.{recipe.parent.namespace}.packages"
        module += f".{module_name(recipe.parent.package)}.package"
        first = [f"from {module} import {recipe.class_name} as {parent_alias(recipe)}"]
    system = ["import platform", "import sys"] if machines(recipe.versions) else []
    return [*system, *first, "from spack.package import *"]


def _calls(recipe: Recipe) -> list[_Call]:
    """The recipe's directives in the order in which they are written."""
    calls: list[_Call] = []

    def add(name: str, first: str, when: object, *keywords: tuple[str, Any]) -> None:
        condition = (("when", str(when)),) if str(when) else ()
        when_first = name in ("depends_on", "conflicts")
        order = (*condition, *keywords) if when_first else (*keywords, *condition)
        calls.append((name, (first,), order))

    for license_ in recipe.licenses:
        add("license", license_.expression, license_.when)
    plain = [line for line in recipe.versions if line.machine is None]
    for machine in machines(recipe.versions):
        plain += [line for line in recipe.versions if line.machine == machine]
    for version in plain:
        options: list[tuple[str, Any]] = [*source(version)]
        options += [("url", version.url)] if version.url else []
        options += [] if version.expand else [("expand", False)]
        options += [("deprecated", True)] if version.deprecated else []
        where = f" on {version.machine}" if version.machine else ""
        add(f"version{where}", version.version, "", *options)
    for variant in recipe.variants:
        described = ("description", variant.description)
        add("variant", variant.name, variant.when, ("default", False), described)
    if recipe.build_system.extends:
        add("extends", "python", "")
    build_first = sorted(recipe.dependencies, key=lambda d: d.types != ("build",))
    for dependency in build_first:
        types: Any = dependency.types if len(dependency.types) > 1 else dependency.types[0]
        add("depends_on", dependency.spec, dependency.when, ("type", types))
    if recipe.platform:
        add("requires", f"platform={recipe.platform}", "")
    for conflict in recipe.conflicts:
        said = (("msg", conflict.msg),) if conflict.msg else ()
        add("conflicts", conflict.spec, conflict.when, *said)
    calls += [("resource", (), (*resource_arguments(each),)) for each in recipe.resources]
    return calls


def _check_method(method: ast.stmt) -> None:
    if not isinstance(method, ast.FunctionDef):
        raise ReadBackError(f"'{ast.unparse(method)}' is not a method")
    _require(method.name == "url_for_version" and not method.decorator_list, "its method")
    for node in ast.walk(method):
        if not isinstance(node, _METHOD_NODES):
            raise ReadBackError(f"url_for_version holds '{ast.dump(node)}'")
        if isinstance(node, ast.Name) and node.id not in _METHOD_NAMES:
            raise ReadBackError(f"url_for_version uses '{node.id}'")
        if isinstance(node, ast.Attribute) and node.attr not in ("url", "rsplit"):
            raise ReadBackError(f"url_for_version reads '{node.attr}'")

"""A recipe as text: ``package.py`` as `ruff format` leaves it in spack-packages (99 columns)."""

from __future__ import annotations

import textwrap
from typing import Iterable, List, Sequence, Tuple

from .model import BUILD, ArchiveName, Condition, Dependency, Recipe

_WIDTH = 99
_INDENT = "    "
_HEADER = """\
# Copyright Spack Project Developers. See COPYRIGHT file for details.
#
# SPDX-License-Identifier: (Apache-2.0 OR MIT)
"""


def render(recipe: Recipe) -> str:
    """The text of the recipe's ``package.py``; the same recipe gives the same bytes.

    Raises ValueError for a recipe that has neither versions nor a parent.
    """
    if not recipe.versions:
        raise ValueError(f"{recipe.package} has no version")
    blocks = [
        _docstring(recipe.docstring) if recipe.docstring else [],
        _attributes(recipe),
        [_call("license", [_literal(x.expression)], _when(x.when)) for x in recipe.licenses],
        [_version_call(recipe, at) for at in range(len(recipe.versions))],
        [
            _call(
                "variant",
                [_literal(variant.name)],
                ["default=False", f"description={_literal(variant.description)}"]
                + _when(variant.when),
            )
            for variant in recipe.variants
        ],
        *([_depends_on(dependency) for dependency in group] for group in _groups(recipe)),
        _url_for_version(recipe.archives),
    ]
    body = "\n\n".join("\n".join(block) for block in blocks if block)
    return f"{_HEADER}\n{_frame(recipe)}\n{body}\n"


def _literal(text: str) -> str:
    """A Python string literal, quoted as ruff quotes: double unless single needs fewer escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    characters = []
    for character in text:
        if character in ("\\", quote):
            characters.append("\\" + character)
        elif character.isprintable():
            characters.append(character)
        else:
            characters.append(character.encode("unicode_escape").decode("ascii"))
    return quote + "".join(characters) + quote


def _frame(recipe: Recipe) -> str:
    """The imports and the line that opens the class."""
    base = "PythonPackage"
    lines = ["from spack_repo.builtin.build_systems.python import PythonPackage"]
    if recipe.parent is not None:
        module = module_name(recipe.parent.package)
        base = parent_alias(recipe)
        start = f"from spack_repo.{recipe.parent.namespace}.packages.{module}.package import"
        lines = [f"{start} {recipe.class_name} as {base}"]
        if len(lines[0]) > _WIDTH:
            lines = [f"{start} (", f"{_INDENT}{recipe.class_name} as {base},", ")"]
    lines += ["", "from spack.package import *", "", "", f"class {recipe.class_name}({base}):"]
    return "\n".join(lines)


def module_name(package: str) -> str:
    """The folder of a package in a repo (package API v2)."""
    name = package.replace("-", "_")
    return f"_{name}" if name[0].isdigit() else name


def parent_alias(recipe: Recipe) -> str:
    """What an overlay recipe calls the class that it inherits: ``BuiltinPyFoo``."""
    assert recipe.parent is not None
    words = recipe.parent.namespace.replace(".", "_").split("_")
    return "".join(word.capitalize() for word in words) + recipe.class_name


def _docstring(text: str) -> List[str]:
    safe = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if safe.startswith('"'):
        safe = "\\" + safe
    if safe.endswith('"'):
        safe = safe[:-1] + '\\"'
    # The opening quotes take room on the first line, the closing ones on the last.
    lines = textwrap.wrap(
        f'"""{safe}"""',
        _WIDTH - len(_INDENT),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [_INDENT + line for line in lines]


def _attributes(recipe: Recipe) -> List[str]:
    return [
        f"{_INDENT}{name} = {_literal(value)}"
        for name, value in (("homepage", recipe.homepage), ("pypi", recipe.pypi))
        if value
    ]


def _version_call(recipe: Recipe, at: int) -> str:
    line = recipe.versions[at]
    options = [f"sha256={_literal(line.sha256)}"]
    if line.url:
        options.append(f"url={_literal(line.url)}")
    if not line.expand:
        options.append("expand=False")
    if line.deprecated:
        options.append("deprecated=True")
    return _call("version", [_literal(line.version)], options)


def _depends_on(dependency: Dependency) -> str:
    return _call(
        "depends_on",
        [_literal(dependency.spec)],
        [*_when(dependency.when), f"type={_types(dependency.types)}"],
    )


def _types(types: Tuple[str, ...]) -> str:
    return _literal(types[0]) if len(types) == 1 else f"({', '.join(map(_literal, types))})"


def _when(condition: Condition) -> List[str]:
    text = str(condition)
    return [f"when={_literal(text)}"] if text else []


def _groups(recipe: Recipe) -> Iterable[Sequence[Dependency]]:
    """Build-only dependencies first, then the others, each in the order given."""
    yield [d for d in recipe.dependencies if d.types == BUILD]
    yield [d for d in recipe.dependencies if d.types != BUILD]


def _call(name: str, positional: List[str], keywords: List[str]) -> str:
    """A directive as ruff wraps it: on one line, else with its arguments on a line of their own,
    else with each argument on its own."""
    arguments = positional + keywords
    joined = ", ".join(arguments)
    whole = f"{_INDENT}{name}({joined})"
    if len(whole) <= _WIDTH:
        return whole
    if len(_INDENT * 2 + joined) <= _WIDTH:
        return f"{_INDENT}{name}(\n{_INDENT * 2}{joined}\n{_INDENT})"
    each = "".join(f"{_INDENT * 2}{argument},\n" for argument in arguments)
    return f"{_INDENT}{name}(\n{each}{_INDENT})"


def _url_for_version(names: Sequence[ArchiveName]) -> List[str]:
    """The method that serves archives whose name changed; nothing where it did not."""
    if len(names) < 2:
        return []
    lines = [f"{_INDENT}def url_for_version(self, version):"]
    start = 'return self.url.rsplit("/", 1)[0] + '
    if len(names) == 2 and names[0].suffix == names[1].suffix:
        new, old = names
        choice = f"{_literal(new.stem)} if version >= Version({_literal(new.since)})"
        body = [
            f"name = {choice} else {_literal(old.stem)}",
            f'{start}f"/{{name}}-{{version}}{new.suffix}"',
        ]
    else:
        body = []
        for at, name in enumerate(names):
            keyword = "if" if at == 0 else "elif"
            last = at + 1 == len(names)
            condition = f"{keyword} version >= Version({_literal(name.since)}):"
            body.append("else:" if last else condition)
            body.append(f'{_INDENT}archive = f"{name.stem}-{{version}}{name.suffix}"')
        body.append(f'{start}f"/{{archive}}"')
    return lines + [_INDENT * 2 + line for line in body]

"""A recipe as text: ``package.py`` as `ruff format` leaves it in spack-packages (99 columns)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

from . import directives
from .directives import INDENT, WIDTH, escaped, literal
from .methods import methods
from .model import (
    BUILD,
    BUILD_RUN,
    ArchiveName,
    Dependency,
    License,
    Recipe,
    SkippedModules,
    VersionLine,
)

#: How every recipe of spack-packages begins.
HEADER = """\
# Copyright Spack Project Developers. See COPYRIGHT file for details.
#
# SPDX-License-Identifier: (Apache-2.0 OR MIT)
"""

#: Gives this type to the ``depends_on`` lines inside.
BUILD_RUN_BLOCK = f"default_args({directives.type_(BUILD_RUN)})"
#: How many lines in a row with this type stand in such a block.
BLOCK_FROM = 5


def render(recipe: Recipe) -> str:
    """The text of the recipe's ``package.py``; the same recipe gives the same bytes."""
    blocks = [
        _docstring(recipe.docstring) if recipe.docstring else [],
        _attributes(recipe),
        _skipped(recipe.skipped) if recipe.skipped else [],
        [text for each in recipe.licenses for text in _license(each)],
        [text for line in recipe.versions if not line.machine for text in _version(recipe, line)],
        _by_machine(recipe.versions),
        [directives.variant(extra) for extra in recipe.variants],
        [directives.extends("python")] if recipe.build_system.extends else [],
        [line for d in recipe.dependencies if d.types == BUILD for line in _needed(recipe, d)],
        *_other_dependencies(recipe),
        [
            *([directives.requires(recipe.platform)] if recipe.platform else []),
            *(directives.conflicts(conflict) for conflict in recipe.conflicts),
        ],
        [directives.comment(text) for text in recipe.comments],
        *([directives.resource(each)] for each in recipe.resources),
        url_for_version(recipe.archives),
        *methods(recipe),
    ]
    body = "\n\n".join("\n".join(block) for block in blocks if block)
    return f"{HEADER}\n{_frame(recipe)}\n{body}\n"


def _frame(recipe: Recipe) -> str:
    """The imports and the line that opens the class."""
    base = ", ".join(recipe.build_system.names)
    lines = [*build_system_imports(recipe)]
    if recipe.parent is not None:
        module = module_name(recipe.parent.package)
        base = parent_alias(recipe)
        start = f"from spack_repo.{recipe.parent.namespace}.packages.{module}.package import"
        lines = [f"{start} {recipe.class_name} as {base}"]
        if len(lines[0]) > WIDTH:
            lines = [f"{start} (", f"{INDENT}{recipe.class_name} as {base},", ")"]
    if machines(recipe.versions):
        lines[:0] = ["import platform", "import sys", ""]
    lines += ["", "from spack.package import *", "", "", f"class {recipe.class_name}({base}):"]
    return "\n".join(lines)


def build_system_imports(recipe: Recipe) -> Iterator[str]:
    """The lines that import the classes of a recipe's build system."""
    for module, name in recipe.build_system.bases:
        yield f"from spack_repo.builtin.build_systems.{module} import {name}"


def module_name(package: str) -> str:
    """The folder of a package in a repo (package API v2)."""
    name = package.replace("-", "_")
    return f"_{name}" if name[0].isdigit() else name


def package_name(module: str) -> str:
    """The package whose folder this is: the inverse of `module_name`."""
    return module.lstrip("_").replace("_", "-")


def parent_alias(recipe: Recipe) -> str:
    """What an overlay recipe calls the class that it inherits: ``BuiltinPyFoo``."""
    assert recipe.parent is not None
    words = recipe.parent.namespace.replace(".", "_").split("_")
    return "".join(word.capitalize() for word in words) + recipe.class_name


def _license(license_: License) -> list[str]:
    """The line of a licence, below the reason for it."""
    above = [directives.comment(license_.reason)] if license_.reason else []
    return [*above, directives.license_(license_)]


def _version(recipe: Recipe, line: VersionLine) -> list[str]:
    """The line of a version, below the reason why it is a wheel."""
    why = recipe.wheels.get(line.version)
    return [*([directives.comment(why)] if why else []), directives.version(line)]


def _needed(
    recipe: Recipe, dependency: Dependency, indent: str = INDENT, types: Sequence[str] = ()
) -> list[str]:
    """The line of a dependency, in a block that gives it ``types``, below the reasons for it."""
    reasons = [directives.comment(text, indent) for text in recipe.reasons.get(dependency, ())]
    return [*reasons, directives.depends_on(dependency, indent, types)]


def _other_dependencies(recipe: Recipe) -> list[list[str]]:
    """Those that are not only for building: where many lines in a row would repeat the same
    ``type=``, a block says it once."""
    dependencies = [d for d in recipe.dependencies if d.types != BUILD]
    blocks: list[list[str]] = []
    plain: list[str] = []
    for usual, lines in groupby(dependencies, key=lambda line: line.types == BUILD_RUN):
        group = list(lines)
        if usual and len(group) >= BLOCK_FROM:
            inside = [line for d in group for line in _needed(recipe, d, INDENT * 2, BUILD_RUN)]
            blocks += [plain, [f"{INDENT}with {BUILD_RUN_BLOCK}:", *inside]]
            plain = []
        else:
            plain += [line for d in group for line in _needed(recipe, d)]
    return [*blocks, plain]


def _docstring(text: str) -> list[str]:
    quoted = '"""' in text or text.startswith('"') or text.endswith('"')
    safe = escaped(text, '"' if quoted else "")
    # The opening quotes take room on the first line, the closing ones on the last.
    lines = [""]
    for word in f'"""{safe}"""'.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and _width(INDENT + longer) > WIDTH:
            lines.append(word)
        else:
            lines[-1] = longer
    return [INDENT + line for line in lines]


def _width(text: str) -> int:
    """Columns, as ruff counts them: two for the wide characters of East Asia."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def _attributes(recipe: Recipe) -> list[str]:
    named = attributes(recipe).items()
    return [line for name, value in named for line in _attribute(name, literal(value))]


def attributes(recipe: Recipe) -> dict[str, str]:
    """The attributes of the class, in the order in which they are written."""
    values = {
        "homepage": recipe.homepage,
        "pypi": recipe.pypi,
        "url": recipe.url,
        "list_url": recipe.list_url,
        "git": recipe.git,
        "build_directory": recipe.build_directory,
        "root_cmakelists_dir": recipe.root_cmakelists_dir,
    }
    return {name: value for name, value in values.items() if value}


def _attribute(name: str, value: str) -> list[str]:
    """On one line, in brackets where that helps, those of ``pypi`` maybe in two parts, else on one
    line that is excused for its length (an address needs no excuse)."""
    line = f"{INDENT}{name} = {value}"
    if _width(line) <= WIDTH:
        return [line]
    folder, slash, file = value.partition("/")
    whole, parts = [value], [f'{folder}{slash}"', f'"{file}']
    for texts in (whole, parts if name == "pypi" else whole):
        if all(_width(INDENT * 2 + text) <= WIDTH for text in texts):
            return [f"{INDENT}{name} = (", *(INDENT * 2 + text for text in texts), f"{INDENT})"]
    return [line if "://" in value else f"{line}  # noqa: E501"]


def _skipped(skipped: SkippedModules) -> list[str]:
    """The attribute that names what Spack's test does not import, on one line if it fits."""
    names = [literal(name) for name in skipped.names]
    line = f"{INDENT}skip_modules = [{', '.join(names)}]"
    lines = [line]
    if len(line) > WIDTH:
        inside = [f"{INDENT * 2}{name}," for name in names]
        lines = [f"{INDENT}skip_modules = [", *inside, f"{INDENT}]"]
    return [directives.comment(skipped.reason), *lines]


def _by_machine(versions: Sequence[VersionLine]) -> list[str]:
    """Versions that only some machines have, in the way of the recipes that list wheels."""
    lines: list[str] = []
    for machine in machines(versions):
        lines.append(f"{INDENT}{'elif' if lines else 'if'} {on_machine(machine)}:")
        lines += [directives.version(v, INDENT * 2) for v in versions if v.machine == machine]
    return lines


def machines(versions: Sequence[VersionLine]) -> list[tuple[str, str]]:
    """The machines that have versions of their own, in the order in which they are written."""
    return list(dict.fromkeys(line.machine for line in versions if line.machine is not None))


def on_machine(machine: tuple[str, str]) -> str:
    """The condition under which a machine's versions stand."""
    system, processor = machine
    return f'sys.platform == "{system}" and platform.machine() == "{processor}"'


def url_for_version(names: Sequence[ArchiveName]) -> list[str]:
    """The method that serves archives whose name changed; nothing where it did not."""
    if len(names) < 2:
        return []
    lines = [f"{INDENT}def url_for_version(self, version):"]
    start = 'return self.url.rsplit("/", 1)[0] + '
    if len(names) == 2 and names[0].suffix == names[1].suffix:
        new, old = names
        condition = f"version >= Version({literal(new.since)})"
        choice = (literal(new.stem), f"if {condition}", f"else {literal(old.stem)}")
        body = [*_chosen(choice), f'{start}f"/{{name}}-{{version}}{new.suffix}"']
    else:
        body = []
        for at, name in enumerate(names):
            condition = f"{'elif' if at else 'if'} version >= Version({literal(name.since)}):"
            body.append("else:" if at + 1 == len(names) else condition)
            body.append(f'{INDENT}archive = f"{name.stem}-{{version}}{name.suffix}"')
        body.append(f'{start}f"/{{archive}}"')
    return lines + [INDENT * 2 + line for line in body]


def _chosen(parts: Sequence[str]) -> list[str]:
    """The choice of a name, inside of a method."""
    joined = " ".join(parts)
    if len(f"{INDENT * 2}name = {joined}") <= WIDTH:
        return [f"name = {joined}"]
    fits = len(INDENT * 3 + joined) <= WIDTH
    return ["name = (", *(INDENT + line for line in ([joined] if fits else parts)), ")"]

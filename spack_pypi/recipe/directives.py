"""Directives as text, wrapped as `ruff format` wraps them in spack-packages (99 columns)."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from .model import Condition, Conflict, Dependency, License, Resource, Variant, VersionLine

WIDTH = 99
INDENT = "    "


def version(line: VersionLine, indent: str = INDENT) -> str:
    """``version("1.0", sha256=...)``."""
    options = _named(source(line))
    if line.url:
        options.append(f"url={literal(line.url)}")
    if not line.expand:
        options.append("expand=False")
    if line.deprecated:
        options.append("deprecated=True")
    return call("version", [literal(line.version)], options, indent)


def source(line: VersionLine) -> list[tuple[str, str | bool]]:
    """The arguments that say what a version is made of."""
    if line.git is None:
        return [("sha256", line.sha256)]
    said: dict[str, str | bool] = {
        "tag": line.git.tag,
        "commit": line.git.commit,
        "branch": line.git.branch,
        "submodules": line.git.submodules,
        "get_full_repo": line.git.history,
    }
    return [(name, value) for name, value in said.items() if value]


def license_(licence: License) -> str:
    """``license("MIT", when=...)``."""
    return call("license", [literal(licence.expression)], _when(licence.when))


def variant(extra: Variant) -> str:
    """``variant("extra", default=False, ...)``."""
    described = ["default=False", f"description={literal(extra.description)}"]
    return call("variant", [literal(extra.name)], described + _when(extra.when))


def conflicts(conflict: Conflict, indent: str = INDENT) -> str:
    """``conflicts("+extra", when=..., msg=...)``."""
    said = [f"msg={literal(conflict.msg)}"] if conflict.msg else []
    return call("conflicts", [literal(conflict.spec)], _when(conflict.when) + said, indent)


def requires(platform: str) -> str:
    """``requires("platform=windows")``."""
    return call("requires", [literal(f"platform={platform}")], [], INDENT)


def extends(package: str) -> str:
    """``extends("python")``."""
    return call("extends", [literal(package)], [], INDENT)


def resource(each: Resource) -> str:
    """``resource(name=..., git=..., when=...)``."""
    return call("resource", [], _named(resource_arguments(each)))


def resource_arguments(each: Resource) -> list[tuple[str, str | bool]]:
    """The arguments of a ``resource``; without ``destination``, it is placed in the source."""
    said: dict[str, str | bool] = {
        "name": each.name,
        "git": each.git,
        "tag": each.tag,
        "commit": each.commit,
        "submodules": each.submodules,
        "placement": each.name,
        "when": each.versions and f"@{each.versions}",
    }
    return [(name, value) for name, value in said.items() if value]


def _named(arguments: Sequence[tuple[str, str | bool]]) -> list[str]:
    return [
        f"{name}={literal(value) if isinstance(value, str) else value}"
        for name, value in arguments
    ]


def comment(text: str, indent: str = INDENT) -> str:
    """A comment in the class, as many lines as it takes; whatever the text holds, it stays one."""
    safe = escaped(" ".join(text.split()), "")
    start = f"{indent}# "
    lines = textwrap.wrap(safe, WIDTH - len(start), break_on_hyphens=False)
    return "\n".join(start + line for line in lines)


def depends_on(
    dependency: Dependency,
    indent: str = INDENT,
    default_types: Sequence[str] = (),
    type_first: bool = False,
) -> str:
    """``depends_on("py-x@1:", when=..., type=...)``, or the type first; without it where it is the
    one that the surrounding block gives already."""
    keywords = _when(dependency.when)
    if set(default_types) != set(dependency.types):
        keywords.insert(0 if type_first else 1, type_(dependency.types))
    return call("depends_on", [literal(dependency.spec)], keywords, indent)


def call(
    name: str, positional: Sequence[str], keywords: Sequence[str], indent: str = INDENT
) -> str:
    """A directive: on one line, else with its arguments on a line of their own, else with each
    argument on its own."""
    arguments = [*positional, *keywords]
    joined = ", ".join(arguments)
    whole = f"{indent}{name}({joined})"
    if len(whole) <= WIDTH:
        return whole
    if len(indent + INDENT + joined) <= WIDTH:
        return f"{indent}{name}(\n{indent}{INDENT}{joined}\n{indent})"
    each = "".join(f"{indent}{INDENT}{argument},\n" for argument in arguments)
    return f"{indent}{name}(\n{each}{indent})"


def literal(text: str) -> str:
    """A Python string literal, quoted as ruff quotes: double unless single needs fewer escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + escaped(text, quote) + quote


def escaped(text: str, quote: str) -> str:
    """The inside of a string literal: backslashes, ``quote`` and the unprintable escaped."""
    characters = []
    for character in text:
        if character in ("\\", quote):
            characters.append("\\" + character)
        elif character.isprintable():
            characters.append(character)
        else:
            characters.append(character.encode("unicode_escape").decode("ascii"))
    return "".join(characters)


def type_(types: tuple[str, ...]) -> str:
    """``type="build"``, or several in brackets."""
    several = f"({', '.join(map(literal, types))})"
    return f"type={literal(types[0]) if len(types) == 1 else several}"


def _when(condition: Condition) -> list[str]:
    text = str(condition)
    return [f"when={literal(text)}"] if text else []

"""The resources of a recipe that exists, where it has them in the form that `directives.resource`
and `methods` write: those of a new version stand below them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from ..syntax import parsed
from . import directives
from .calls import call_parts
from .methods import settings_of
from .model import Resource, Setting
from .text_edits import Edits


def leads_to(text: str, variable: str, name: str, git: str) -> bool:
    """Whether a recipe has resources of this name and repository, and leads the build of every
    version to them by this variable of its environment."""
    tree = parsed(text)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)] if tree else []
    if len(classes) != 1:
        return False
    wanted = Setting(variable, name, is_folder=True)
    methods = (each for each in classes[0].body if isinstance(each, ast.FunctionDef))
    is_led = any(wanted in (settings_of(method) or ()) for method in methods)
    return is_led and any(
        (said.get("git"), said.get("placement"), said.get("destination", "")) == (git, name, "")
        for _, said in _of_name(classes[0].body, name)
    )


def insert(edits: Edits, body: Sequence[ast.stmt], resources: Sequence[Resource]) -> None:
    """Put each below the last one of its name, of which there is one."""
    for resource in resources:
        *_, (last, _) = _of_name(body, resource.name)
        edits.insert_after(last, f"\n{directives.resource(resource)}")


def _of_name(body: Sequence[ast.stmt], name: str) -> Iterator[tuple[ast.Expr, dict[str, object]]]:
    """The plain resources of a name, with their arguments."""
    for statement in body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            directive, _, said = call_parts(statement.value)
            if directive == "resource" and said.get("name") == name:
                yield statement, said

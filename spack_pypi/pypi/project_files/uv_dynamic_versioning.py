"""Requirements with the project's own version in them, which a plugin of hatchling fills in.

https://github.com/ninoseki/uv-dynamic-versioning/blob/main/docs/metadata_hook.md
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .toml import at, strings

_HOOK = "uv-dynamic-versioning"
_FIELDS = ("dependencies", "optional-dependencies")
_VERSION = re.compile(r"\{\{\s*version\s*\}\}")


def filled_in(pyproject: Mapping[str, Any] | None, version: str) -> Mapping[str, Any] | None:
    """A pyproject.toml in which ``[project]`` says what the plugin makes of it at the tag of a
    version; as it is where another plugin is used too, or another template."""
    project, hooks = at(pyproject, "project"), at(pyproject, "tool", "hatch", "metadata", "hooks")
    if not (isinstance(project, dict) and isinstance(hooks, dict) and [*hooks] == [_HOOK]):
        return pyproject
    dynamic = strings(project.get("dynamic"))
    fields = [field for field in _FIELDS if field in dynamic]
    made = {field: _filled_in(at(hooks[_HOOK], field), version) for field in fields}
    if not fields or any(value is None for value in made.values()):
        return pyproject
    left = [field for field in dynamic if field not in made]
    return {**(pyproject or {}), "project": {**project, **made, "dynamic": left}}


def _filled_in(said: Any, version: str) -> Any:
    """A text, a list or a table with the version in it; None for any other template."""
    if isinstance(said, str):
        text = _VERSION.sub(lambda _: version, said)
        return None if "{{" in text or "{%" in text else text
    if isinstance(said, dict):
        table = {key: _filled_in(value, version) for key, value in said.items()}
        return None if None in table.values() else table
    if isinstance(said, list):
        texts = [_filled_in(each, version) for each in said]
        return None if None in texts else texts
    return None

"""Which part of a source tree keeps what it requires from being known without a build."""

from __future__ import annotations

from ..model import Source, at, strings
from ..project_files.setup_py import SPREAD

_DYNAMIC = ("dependencies", "optional-dependencies")
_REQUIREMENTS = ("install_requires", "extras_require", "python_requires")
_MOST_LINES = 3


def dynamic_part(source: Source) -> str:
    """A clause that names the file, and the line if that is known."""
    table = at(source.pyproject, "project")
    named = [each for each in _DYNAMIC if each in strings(at(table, "dynamic"))]
    in_setup_py = _of_setup_py(source) if source.backend.split(".")[0] == "setuptools" else ""
    if in_setup_py:
        return in_setup_py
    if named:
        return f"its pyproject.toml says that its {' and '.join(named)} are dynamic"
    return "no file of it says what it requires"


def _of_setup_py(source: Source) -> str:
    """What a setup.py computes; empty where it computes nothing that is required."""
    called = source.setup_py
    if called is None:
        return ""
    if len(called.calls) > 1:
        lines = [str(line) for line in called.calls[:_MOST_LINES]]
        return f"its setup.py calls setup() in lines {', '.join(lines[:-1])} and {lines[-1]}"
    for keyword, line in called.computed.unread:
        if keyword in _REQUIREMENTS and keyword not in called.keywords:
            return f"line {line} of its setup.py computes {keyword}"
        if keyword == SPREAD and called.names is None:
            return f"line {line} of its setup.py passes setup() what is computed"
    return "" if called.calls else "its setup.py does not call setup() by that name"

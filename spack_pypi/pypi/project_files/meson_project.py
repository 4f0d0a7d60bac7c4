"""The version in a meson.build, which meson-python takes where ``[project]`` leaves it out.

https://mesonbuild.com/Reference-manual_functions.html#project
"""

from __future__ import annotations

import re
from typing import NamedTuple

#: A comment, or a text in which there may be anything; what else is there is passed over.
_SKIPPED = r"#[^\n]*|'''.*?'''|'(?:[^'\\\n]|\\.)*'"
_CALL = re.compile(rf"{_SKIPPED}|\bproject\s*\(", re.S)
_INNER = re.compile(rf"{_SKIPPED}|[()\[\]]|\bversion\s*:\s*(?:files\s*\(\s*)?'([^'\\\n]*)'", re.S)
_LONGEST = 64 << 10


class ProjectVersion(NamedTuple):
    """A version, or the path of the ``file`` that has it; both are empty where it is computed."""

    text: str = ""
    file: str = ""


def version(build: str) -> ProjectVersion:
    """What ``project()`` says of the version."""
    build = build[:_LONGEST]
    call = next((found for found in _CALL.finditer(build) if found[0].endswith("(")), None)
    depth = 1
    for found in _INNER.finditer(build, call.end() if call else len(build)):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(found[0], 0)
        if not depth:
            break
        if depth == 1 and found[1] is not None:
            is_file = "files" in found[0].partition("'")[0]
            return ProjectVersion(file=found[1]) if is_file else ProjectVersion(found[1])
    return ProjectVersion()

"""What a script requires, in a comment at its beginning (PEP 723)."""

from __future__ import annotations

import re

from ...errors import UsageError
from . import uv_sources
from .model import ExtrasAndGroups, Format, RequirementSet, TextFile, read_toml
from .shape import Shape

#: As the specification gives it, for this one type of block.
_BLOCK = re.compile(r"^# /// script$\s(?P<content>(^#(| .*)$\s)+)^# ///$", re.M)
_BEGINS = re.compile(r"^# /// script$", re.M)


def _read(file: TextFile, selected: ExtrasAndGroups, requirements: RequirementSet) -> None:
    blocks = [match["content"] for match in _BLOCK.finditer(file.text)]
    if not blocks:
        raise UsageError(
            f"{file.path} has no block '# /// script' that says what it requires (PEP 723); list "
            "it in a requirements.txt"
        )
    # Two that follow one another match as one.
    more = len(_BEGINS.findall(blocks[0])) + len(blocks)
    if more > 1:
        raise UsageError(
            f"{file.path} has {more} blocks '# /// script', and PEP 723 allows one: join them"
        )
    lines = (line[2:] if line.startswith("# ") else line[1:] for line in blocks[0].splitlines())
    try:
        table = read_toml(TextFile(file.path, "\n".join(lines)))
    except UsageError as error:
        raise UsageError(f"in the block '# /// script': {error}") from None
    requirements.environment.check_python(table.get("requires-python"), file.path)
    texts = Shape(file.path, "script").texts(table.get("dependencies"), "dependencies")
    for text in uv_sources.without_sources(file.path, table, texts, selected, requirements):
        requirements.add(text, file.path)


SCRIPT = Format(
    "*.py",
    "https://packaging.python.org/en/latest/specifications/inline-script-metadata/",
    names=("*.py",),
    marks=(r"^# /// script$",),
    read=_read,
)

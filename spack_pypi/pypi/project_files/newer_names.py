"""Names that a project has only from a version on: ``pydantic.field_validator`` of pydantic 2.

``newer_names.json`` has them by package and version, each package with its ``project`` and its
``source``, a page that says so. What imports one needs that version, whatever is required.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

_FILE = Path(__file__).with_name("newer_names.json")


class Since(NamedTuple):
    """The first ``version`` of a ``package``, which is of a ``project``, that has a name."""

    package: str
    project: str
    version: str


#: Name in full → which version has it.
NEWER_NAMES = {
    name: Since(package, entry["project"], version)
    for package, entry in json.loads(_FILE.read_text("utf-8")).items()
    for version, names in entry["names"].items()
    for name in names
}
_WORD = re.compile(
    "|".join(rf"\b{name.rpartition('.')[2]}\b" for name in NEWER_NAMES).encode("ascii")
)


def may_import_newer(source: bytes) -> bool:
    """Whether a module, by its words, may import one of `NEWER_NAMES`."""
    return _WORD.search(source) is not None

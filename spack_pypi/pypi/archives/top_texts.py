"""What a project says of itself in files at the top of its archive."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable

_README = re.compile(r"readme(\.(md|rst|txt))?", re.I)
_CHANGES = re.compile(r"(change(s|log)|history|news)(\.(md|rst|txt))?", re.I)
_LARGEST_README, _LARGEST_CHANGES = 64 << 10, 1 << 20
#: Of a list of changes, the newest, characters.
_NEWEST = 16 << 10


@dataclass
class TopTexts:
    """The ``readme`` of a project, and the beginning of its list of ``changes``."""

    readme: str = ""
    changes: str = ""

    def look_at(self, path: str, size: int, read: Callable[[], bytes]) -> None:
        """Keep what one of these files says; it is only read then."""
        if _README.fullmatch(path) and size <= _LARGEST_README:
            self.readme = self.readme or read().decode("utf-8", "replace")
        elif _CHANGES.fullmatch(path) and size <= _LARGEST_CHANGES:
            self.changes = self.changes or read().decode("utf-8", "replace")[:_NEWEST]

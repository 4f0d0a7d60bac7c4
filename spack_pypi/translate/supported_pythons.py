"""Which Pythons a release names as supported."""

from __future__ import annotations

import re

from ..pypi.model import Metadata

_MINOR = re.compile(r"Programming Language :: Python :: 3\.(\d+)")


def newest_python(metadata: Metadata) -> str:
    """The newest Python (``3.13``) that the classifiers name; empty if they name none."""
    named = [match for text in metadata.classifiers if (match := _MINOR.fullmatch(text))]
    minors = [int(match[1]) for match in named if len(match[1]) < 4]
    return f"3.{max(minors)}" if minors else ""

"""What a regular expression of a project's own finds in one of its files, as its backend does.

A pattern of a stranger may search for hours, and Python cannot stop that: it is searched in a
process of its own, with a limit on its time.
"""

from __future__ import annotations

import sys

from ...programs import Unanswered, call

#: The longest pattern and the longest text, bytes: both are arguments of a program.
_LONGEST_PATTERN, _LONGEST_TEXT = 2_000, 100_000
_SECONDS = 5.0
#: The longest text that is found, bytes.
_MOST = 1_000
_SEARCH = (
    "import re, sys; "
    "found = re.search(sys.argv[1], sys.argv[2], re.MULTILINE); "
    "sys.stdout.buffer.write(found[sys.argv[3]].encode())"
)


def searched(pattern: str, text: str, group: str) -> str:
    """What the named group of a pattern has where it is first found in a text (``re.MULTILINE``);
    empty where it is not, has no such group, is not a pattern, or is not found soon enough."""
    if len(pattern.encode("utf-8", "replace")) > _LONGEST_PATTERN:
        return ""
    if len(text.encode("utf-8", "replace")) > _LONGEST_TEXT:
        return ""
    command = [sys.executable, "-I", "-S", "-c", _SEARCH, pattern, text, group]
    try:
        said = call(command, _SECONDS, _MOST)
    except (Unanswered, OSError, ValueError):
        return ""
    return said.output.decode("utf-8", "replace") if said.code == 0 else ""

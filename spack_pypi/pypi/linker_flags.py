"""Arguments for a linker, as setup.py, CMakeLists.txt and meson.build have them."""

from __future__ import annotations

import re


def flagged(text: str) -> list[str]:
    """The libraries that the arguments in a text name: ``vips`` of ``-L/x -lvips``."""
    return re.findall(r"(?<!\S)-l([A-Za-z][\w+.-]*)(?!\S)", text)

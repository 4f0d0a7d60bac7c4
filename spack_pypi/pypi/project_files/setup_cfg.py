"""The declarative part of a setup.cfg.

https://setuptools.pypa.io/en/latest/userguide/declarative_config.html
"""

from __future__ import annotations

import configparser

from .. import limits


def read(text: str) -> configparser.RawConfigParser:
    """The sections of a setup.cfg; none where it cannot be read."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        parser.clear()
    return parser


def requirements(text: str) -> list[str]:
    """The requirements of an option: one a line; on a single line they are separated by
    semicolons, as markers are."""
    whole = "\n" in text or limits.requirement(text) is not None
    lines = [line.strip() for line in (text.split("\n") if whole else text.split(";"))]
    return [line for line in lines if line and not line.startswith("#")]

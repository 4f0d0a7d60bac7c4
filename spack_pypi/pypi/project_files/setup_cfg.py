"""The declarative part of a setup.cfg.

https://setuptools.pypa.io/en/latest/userguide/declarative_config.html
"""

from __future__ import annotations

import configparser

from .. import limits

_LONGEST = 60


def read(text: str) -> configparser.RawConfigParser:
    """The sections of a setup.cfg; none where it cannot be read."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        parser.clear()
    return parser


def problem(text: str) -> str:
    """Why setuptools cannot read it, as a clause; empty where it can."""
    try:
        configparser.RawConfigParser().read_string(text)
    except configparser.DuplicateSectionError as error:
        return f"line {error.lineno} begins [{error.section[:_LONGEST]}] for the second time"
    except configparser.DuplicateOptionError as error:
        return f"line {error.lineno} says {error.option[:_LONGEST]} for the second time"
    except configparser.MissingSectionHeaderError as error:
        return f"line {error.lineno} is in no section"
    except configparser.ParsingError as error:
        return f"line {error.errors[0][0]} is neither a section nor an option"
    return ""


def requirements(text: str) -> list[str]:
    """The requirements of an option: one a line; on a single line they are separated by
    semicolons, as markers are."""
    whole = "\n" in text or limits.requirement(text) is not None
    lines = [line.strip() for line in (text.split("\n") if whole else text.split(";"))]
    return [line for line in lines if line and not line.startswith("#")]

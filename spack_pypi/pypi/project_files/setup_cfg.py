"""The declarative part of a setup.cfg.

https://setuptools.pypa.io/en/latest/userguide/declarative_config.html
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Mapping

from .. import limits
from .requirement_lines import requirement_lines

_LONGEST = 60
#: ``%(option)s``, ``%%``, or a percent sign that is neither.
_REFERENCE = re.compile(r"%(?:\((?P<option>[^)]+)\)s|(?P<percent>%))?")
#: As `configparser` has it: so many options may take their values from each other.
_DEEPEST = configparser.MAX_INTERPOLATION_DEPTH
#: Characters that all values of a section may have: a few lines could otherwise say millions.
_MOST = 1 << 20


def read(text: str) -> configparser.RawConfigParser:
    """The sections of a setup.cfg, with the values that options take from others (``%(name)s``)
    filled in; none where it cannot be read."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
        _fill_in(parser)
    except configparser.Error:
        parser.clear()
    return parser


def problem(text: str) -> str:
    """Why setuptools cannot read it, as a clause; empty where it can."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
        _fill_in(parser)
    except configparser.DuplicateSectionError as error:
        return f"line {error.lineno} begins [{error.section[:_LONGEST]}] for the second time"
    except configparser.DuplicateOptionError as error:
        return f"line {error.lineno} says {error.option[:_LONGEST]} for the second time"
    except configparser.MissingSectionHeaderError as error:
        return f"line {error.lineno} is in no section"
    except configparser.ParsingError as error:
        return f"line {error.errors[0][0]} is neither a section nor an option"
    except configparser.InterpolationError as error:
        return f"{error.option[:_LONGEST]} in [{error.section[:_LONGEST]}] {error.message}"
    return ""


def _fill_in(parser: configparser.RawConfigParser) -> None:
    """Do what `configparser.BasicInterpolation` does, for a file that anybody may have written.
    Raises `configparser.InterpolationError`."""
    for section in parser.sections():
        values = _Values(section, dict(parser[section]))
        for option in [*parser[section]]:
            parser[section][option] = values.of(option)


class _Values:
    """The options of a section, each with the values that it takes from others."""

    def __init__(self, section: str, written: Mapping[str, str]) -> None:
        self._section, self._written = section, written
        self._found: dict[str, str] = {}
        self._left = _MOST

    def of(self, option: str, depth: int = 1) -> str:
        """The whole value. Raises `configparser.InterpolationError`."""
        if option not in self._found:
            if depth > _DEEPEST:
                raise self._error(option, "takes its value from itself, or from many in a row")

            def value(match: re.Match[str]) -> str:
                if match["percent"]:
                    return "%"
                other = (match["option"] or "").lower()
                if other not in self._written:
                    raise self._error(option, "has a % that neither % nor (OPTION)s follows")
                taken = self.of(other, depth + 1)
                self._left -= len(taken)
                if self._left < 0:
                    raise self._error(option, "takes too much from others")
                return taken

            self._found[option] = _REFERENCE.sub(value, self._written[option])
        return self._found[option]

    def _error(self, option: str, reason: str) -> configparser.InterpolationError:
        return configparser.InterpolationError(option, self._section, reason)


def requirements(text: str) -> list[str]:
    """The requirements of an option: one a line; on a single line they are separated by
    semicolons, as markers are."""
    whole = "\n" in text or limits.requirement(text) is not None
    return requirement_lines(text.split("\n") if whole else text.split(";")) or []

"""Takes the document of a file apart: its shape is not trusted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.utils import InvalidName, canonicalize_name

from ...errors import UsageError

_LONGEST = 60
_FIRST_NUMBER = re.compile(r"[0-9]{1,9}(?![0-9])")


class Shape:
    """Reads values of a document of one format. All methods raise `UsageError` for a value of
    another type; ``what`` is its name in the message. What is not there (None) is an empty table,
    list or text."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self._name = path, name

    def where(self, what: str) -> str:
        """Where a part of the document stands, for a message."""
        return f"see {what} in {self.path}"

    def wrong(self, what: str) -> UsageError:
        """The error for a document that is not as its format says."""
        return UsageError(f"{self.path} is not a valid {self._name}: {what}")

    def unsupported(self, what: str) -> UsageError:
        """The error for what is as its format says, and cannot be read."""
        return UsageError(f"{self.path}: {what}, which is not supported")

    def check_format(self, said: Any, newest: int, what: str) -> None:
        """Raise `UsageError` for a document of a later format than the ``newest`` one that is
        known, by the first number of what it ``said``: it may mean something else."""
        if said is None:
            return
        number = _FIRST_NUMBER.match(str(said))
        if number is None or int(number[0]) > newest:
            raise self.unsupported(
                f"{what} is {str(said)[:_LONGEST]} (known: up to {newest}; update spack-pypi, or "
                "lock with an older release of the tool)"
            )

    def table(self, value: Any, what: str) -> Mapping[str, Any]:
        """A table."""
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            return value
        if value is None:
            return {}
        raise self.wrong(f"{what} is not a table")

    def tables(self, value: Any, what: str) -> Sequence[Mapping[str, Any]]:
        """A list of tables."""
        return [self.table(each, f"a part of {what}") for each in self._listed(value, what)]

    def lists(self, value: Any, what: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """A table with lists of tables."""
        named = self.table(value, what).items()
        return {name: self.tables(each, f"{what}.{name}") for name, each in named}

    def text(self, value: Any, what: str) -> str:
        """A text."""
        if isinstance(value, str):
            return value
        if value is None:
            return ""
        raise self.wrong(f"{what} is not a text")

    def texts(self, value: Any, what: str) -> Sequence[str]:
        """A list of texts."""
        return [self.text(each, f"a part of {what}") for each in self._listed(value, what)]

    def name(self, value: Any, what: str) -> str:
        """The name of a project, as PEP 503 spells it; it has to be there."""
        try:
            return canonicalize_name(self.text(value, what)[:1000], validate=True)
        except InvalidName:
            raise self.wrong(f"{what} '{str(value)[:_LONGEST]}' is not a name") from None

    def _listed(self, value: Any, what: str) -> Sequence[Any]:
        if isinstance(value, list):
            return value
        if value is None:
            return []
        raise self.wrong(f"{what} is not a list")

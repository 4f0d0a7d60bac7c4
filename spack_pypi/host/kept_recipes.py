"""What the texts of recipes declare, kept from run to run.

To parse a text takes ten times as long as to look up what it declares. The text itself is the key,
so what is found is never out of date. Where it cannot be kept, the next run parses the text again.
"""

from __future__ import annotations

import hashlib
import json
import sys
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path

from ..files import file_bytes, write_whole
from . import plain_recipes
from .plain_recipes import PlainRecipe, plain_recipe


class KeptRecipes:
    """Reads recipes, each text once; what it says is kept in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, text: str, class_name: str) -> PlainRecipe | None:
        """See `plain_recipe`."""
        file = self._file(text, class_name)
        try:
            return _from_json(file_bytes(file))
        except (OSError, ValueError, TypeError, KeyError):
            found = plain_recipe(text, class_name)
        # What is not JSON, such as a set as the value of an option, is read again.
        with suppress(OSError, TypeError):
            kept = json.dumps(found and asdict(found)).encode()
            if _from_json(kept) == found:
                write_whole(file, kept)
        return found

    def _file(self, text: str, class_name: str) -> Path:
        key = "\n".join([_reader(), class_name, text]).encode()
        name = hashlib.sha256(key).hexdigest()
        return self._folder / name[:2] / f"{name[2:]}.json"


@cache
def _reader() -> str:
    """What reads the recipes: another version of our code, or of Python, may read them in another
    way."""
    source = Path(plain_recipes.__file__).read_bytes()
    return f"{sys.version_info[:2]} {hashlib.sha256(source).hexdigest()}"


def _from_json(kept: bytes) -> PlainRecipe | None:
    said = json.loads(kept)
    return None if said is None else PlainRecipe(**{**said, "tags": tuple(said["tags"])})

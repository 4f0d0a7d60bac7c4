"""Modules that packages of Spack have only with a variant that is off unless somebody asks for it:
tkinter of Python, pyarrow.parquet.

``variant_modules.json`` has them by package and variant, each package with its ``source``: where
it is said what the modules need to be built, or to be imported. A module of a project may need a
variant of a library that this is built with. Only what Spack's own packages have, and what cannot
be imported without the variant, belongs there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

_FILE = Path(__file__).with_name("variant_modules.json")


class OfVariant(NamedTuple):
    """What a module needs: a ``package``, with a ``variant``."""

    package: str
    variant: str


#: Module → what it needs.
VARIANT_MODULES = {
    module: OfVariant(package, variant)
    for package, entry in json.loads(_FILE.read_text("utf-8")).items()
    for variant, modules in entry["modules"].items()
    for module in modules
}
#: It begins with a plain character, which is found faster than the begin of any line.
_IMPORT = re.compile(rb"\n[ \t]*(?:import|from)[ \t]+(\w+)")


def may_import(source: bytes) -> bool:
    """Whether a module, by its words, may import one of `VARIANT_MODULES`."""
    tops = {*_IMPORT.findall(b"\n" + source)}
    return any(word.search(source) for top in tops for word in _words().get(top, ()))


@cache
def _words() -> Mapping[bytes, Sequence[re.Pattern[bytes]]]:
    """Top-level module → the last words of those inside it."""
    found: dict[bytes, list[re.Pattern[bytes]]] = {}
    for module in VARIANT_MODULES:
        parts = module.encode().split(b".")
        found.setdefault(parts[0], []).append(re.compile(rb"\b%b\b" % parts[-1]))
    return found

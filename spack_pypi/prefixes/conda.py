"""What conda has installed in a prefix: ``conda-meta/NAME-VERSION-BUILD.json``, a record of each
package (https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/environments.html).
They are read as files; conda is not asked."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from ..files import small_text

#: The longest record that is read, bytes, and the most records: the largest packages have a tenth
#: of that, and the largest environments too.
_LONGEST = 64 << 20
_MOST = 20_000
#: How the names of modules end, and a file of the metadata of a Python package.
_MODULES = (".py", ".so")
_METADATA = re.compile(r"[^/]+\.(dist|egg)-info(/|$)")


class CondaPackage(NamedTuple):
    """A package of conda: its name, version and build string (``py312h1234567_0``)."""

    name: str
    version: str
    build: str
    record: Path

    @property
    def label(self) -> str:
        """``libblas 3.9.0 31_h59b9bed_openblas``."""
        return f"{self.name} {self.version} {self.build}".rstrip()

    @property
    def files(self) -> tuple[str, ...]:
        """Its files, as paths in the prefix; none where the record cannot be read."""
        try:
            said = json.loads(small_text(self.record, _LONGEST) or "{}")
            listed = said.get("files") if isinstance(said, dict) else None
        except (ValueError, RecursionError):
            return ()
        if not isinstance(listed, list):
            return ()
        return tuple(each for each in listed if isinstance(each, str))


def conda_packages(prefix: Path) -> Mapping[str, CondaPackage]:
    """The packages that conda has installed in a prefix, by name; none where it is not conda's.
    What they are called is read from the names of the records."""
    folder = prefix / "conda-meta"
    try:
        with os.scandir(folder) as entries:
            names = sorted(each.name for each in entries if each.name.endswith(".json"))
    except OSError:
        return {}
    found = {}
    for file in names[:_MOST]:
        name, _, rest = file[: -len(".json")].rpartition("-")
        name, _, version = name.rpartition("-")
        if name:
            found[name] = CondaPackage(name, version, rest, folder / file)
    return found


def without_metadata(prefix: Path, site: Path) -> Iterator[CondaPackage]:
    """The packages of conda that have modules in a folder of a prefix, and no metadata of a Python
    package there."""
    if prefix not in site.parents:
        return
    root = f"{site.relative_to(prefix).as_posix()}/"
    for package in conda_packages(prefix).values():
        names = [file[len(root) :] for file in package.files if file.startswith(root)]
        has_modules = any(name.endswith(_MODULES) for name in names)
        if has_modules and not any(_METADATA.match(name) for name in names):
            yield package

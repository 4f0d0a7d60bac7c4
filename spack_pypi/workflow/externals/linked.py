"""Which libraries the compiled modules of a distribution are linked with, and where they lie."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...host.port import Store
from ...prefixes.distributions import Distribution
from ..doctor.distributions import COMPILED, files_of
from ..doctor.libraries import expanded


def compiled_modules(found: Distribution) -> list[str]:
    """The compiled modules of a distribution, as paths in its folder."""
    return [name for name in files_of(found) if COMPILED.fullmatch(name.rpartition("/")[2])]


def linked_with(
    folder: Path, modules: Iterable[str], library: re.Pattern[str], store: Store
) -> Iterator[tuple[str, str, list[Path]]]:
    """The libraries with such names that the compiled modules in a folder are linked with: the
    module, the name of the library, and where the module finds it by itself."""
    for module in modules:
        file = folder / module
        try:
            linked = store.linked(file)
        except ValueError:
            continue
        if linked is None:
            continue
        folders = [os.path.normpath(expanded(each, file)) for each in linked.folders]
        for name in filter(library.fullmatch, linked.needed):
            places = [Path(folder, name) for folder in folders]
            yield module, name, [place for place in places if os.path.exists(place)]

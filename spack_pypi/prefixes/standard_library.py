"""Modules in a folder of packages that have the name of one of the standard library.

Python itself looks for them last. But where Spack runs what is there, the folder is in
``PYTHONPATH``, which comes before the standard library: such a module is imported instead, by all
that runs then. Backports are known for it (``dataclasses``, ``enum34``, ``typing``), and so is
``pyreadline3``, whose ``readline`` takes the place of an extension module.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

#: Nothing but its own tests imports these.
_HARMLESS = frozenset({"test", "tests", "__pycache__", "site-packages", "dist-packages"})


def hidden_by(folder: Path, library: Path) -> list[str]:
    """The modules of a standard library (``lib/python3.12``) that ones in a folder hide."""
    of_python = {*_modules(library), *_modules(library / "lib-dynload")}
    return sorted({*_modules(folder)} & of_python - _HARMLESS)


def _modules(folder: Path) -> Iterator[str]:
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        if name.endswith(".py"):
            yield name[: -len(".py")]
        elif name.endswith(".so"):  # with a tag: json.cpython-311-x86_64-linux-gnu.so
            yield name.partition(".")[0]
        elif os.path.isfile(folder / name / "__init__.py"):
            yield name

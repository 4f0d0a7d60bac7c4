"""The modules of the commands that a project installs, as far as they are declared.

https://packaging.python.org/en/latest/specifications/entry-points/#use-for-scripts
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from . import setup_cfg, toml
from .toml import at

_TABLES = (("project", "scripts"), ("project", "gui-scripts"), ("tool", "poetry", "scripts"))
#: What stands behind the name of a script: a module, and what is called in it.
_OBJECT = re.compile(r"\s*([\w.]+)\s*:")


def script_modules(files: Mapping[str, str]) -> frozenset[str]:
    """The paths of these modules from the folder of packages on (``x/cli.py``), by the files at
    the top of an archive: pyproject.toml and setup.cfg."""
    found = (_OBJECT.match(each) for each in _objects(files))
    return frozenset(f"{each[1].replace('.', '/')}.py" for each in found if each)


def _objects(files: Mapping[str, str]) -> Iterator[str]:
    try:
        pyproject = toml.loads(files.get("pyproject.toml", ""))
    except ValueError:
        pyproject = {}
    for names in _TABLES:
        table = at(pyproject, *names)
        values = table.values() if isinstance(table, dict) else ()
        yield from (each for each in values if isinstance(each, str))
    said = setup_cfg.read(files.get("setup.cfg", ""))
    for group in ("console_scripts", "gui_scripts"):
        lines = said.get("options.entry_points", group, fallback="").splitlines()
        yield from (line.partition("=")[2] for line in lines)

"""Run by ``spack python`` on the hashes of installed packages: prints the modules that
PythonPackage's import test looks at, by hash, as JSON on a line of its own. That knows no compiled
modules: of a package that has nothing else, they are those at its top."""

import json
import os
import re
import sys
from collections.abc import Iterator
from typing import Any

import spack.store

#: ``name.so``, ``name.abi3.so``, ``name.cpython-311-x86_64-linux-gnu.so``
_COMPILED = re.compile(r"([A-Za-z_]\w*)(?:\.[\w-]+)?\.so", re.A)


def compiled(spec: Any) -> Iterator[str]:
    """The compiled modules at the top of an installed package."""
    python = spec["python"].package
    for folder in sorted({python.platlib, python.purelib}):
        root = os.path.join(spec.prefix, folder)
        names = sorted(os.listdir(root)) if os.path.isdir(root) else ()
        for found in map(_COMPILED.fullmatch, names):
            if found:
                yield found[1]


modules = {}
for key in sys.argv[1:]:
    [spec] = spack.store.STORE.db.get_by_hash(key)
    modules[key] = list(getattr(spec.package, "import_modules", []))
    if not modules[key] and "python" in spec:
        modules[key] = list(compiled(spec))
print("modules:" + json.dumps(modules))

"""Run by ``spack python`` on the hashes of installed packages: prints the modules that
PythonPackage's import test looks at, by hash, as JSON on a line of its own."""

import json
import sys

import spack.store

modules = {}
for key in sys.argv[1:]:
    [spec] = spack.store.STORE.db.get_by_hash(key)
    modules[key] = list(getattr(spec.package, "import_modules", []))
print("modules:" + json.dumps(modules))

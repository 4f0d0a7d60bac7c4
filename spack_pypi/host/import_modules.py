"""Run by ``spack python`` on the hash of an installed package: prints the modules that
PythonPackage's import test looks at, as JSON on a line of its own."""

import json
import sys

import spack.store

[spec] = spack.store.STORE.db.get_by_hash(sys.argv[1])
print("modules:" + json.dumps(list(getattr(spec.package, "import_modules", []))))

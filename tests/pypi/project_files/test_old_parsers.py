"""A versioneer.py in an archive that Python 3.12 cannot run: (its text, the line)."""

from __future__ import annotations

import pytest

from spack_pypi.pypi.model import ModuleImport
from tests.pypi.project_files.test_native_calls import read

READS = "import configparser\n\n\ndef get_config_from_root(root):\n"
CALL = "parser = configparser.SafeConfigParser()\n"
VERSIONEERS = [
    (f"{READS}    {CALL}", [5]),
    (f"{READS}    parser = configparser.ConfigParser()  # no SafeConfigParser\n", []),
    # another class for another Python
    (f"{READS}    if sys.version_info < (3, 2):\n        {CALL}", []),
    (f"def another():\n    {CALL}", []),
    (f"{READS}    print {CALL}", []),
]


@pytest.mark.parametrize(("text", "lines"), VERSIONEERS)
def test_where_it_uses_what_python_has_no_longer(text: str, lines: list[int]) -> None:
    path = "versioneer.py"
    found = read(**{path: text}).beside_setup_py
    assert found == tuple(ModuleImport("configparser.SafeConfigParser", path, n) for n in lines)

"""What is read of the text of builtin's recipes is what their classes say."""

from __future__ import annotations

import pytest

from tests.conftest import Spack

pytestmark = pytest.mark.spack

SCRIPT = """
import json, spack.repo, sys
from pathlib import Path
from spack_pypi.host.kept_recipes import KeptRecipes
from spack_pypi.host.spack.packages import SpackPackages

names = [n for n in spack.repo.PATH.all_package_names() if n.startswith("py-")][::25]
kept = KeptRecipes(Path(sys.argv[1]))
by_text = SpackPackages(kept)
said = {name: (by_text.package(name), by_text.files(name)) for name in names}
read = []
again = SpackPackages(kept)
differ = [n for n in names if said[n] != (again.package(n), again.files(n))]
kept.read = lambda text, name: read.append(name)
by_class = SpackPackages(kept)
differ += [n for n in names if said[n] != (by_class.package(n), by_class.files(n))]
plain = sum(map(bool, by_text._plain.values()))
print(json.dumps([differ, len(names), plain, len(read)]))
"""


def test_texts_and_classes_of_builtin_say_the_same(spack: Spack) -> None:
    """Also of what is kept of their texts."""
    differ, number, plain, read = spack.python(SCRIPT, str(spack.folder / "kept"))
    assert differ == []
    assert number == read > 100
    assert plain > 0.9 * number

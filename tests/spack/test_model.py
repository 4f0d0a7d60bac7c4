"""Our model of Spack, held against Spack itself."""

from __future__ import annotations

import json
import random

import pytest

from spack_pypi.recipe.model import Recipe
from spack_pypi.translate import spack_order
from tests.conftest import Spack
from tests.recipe.test_edit_text import ORDERED

pytestmark = pytest.mark.spack

VERSIONS = [
    "0", "0.9", "1", "1.0", "1.0.0", "1.0.1", "1.0.post1", "1.1", "1.1rc1", "1.2.3", "1.9",
    "1.10", "2.0alpha1", "2.0beta2", "2.0rc1", "2.0", "2.0.0", "2.0.0.1", "2", "3", "10.0",
    "2024.1", "2024.01.02", "20240102", "0.48beta0", "0.48b0", "1.0.dev1", "1.0a1", "1.0final",
    "1.0-cp39", "1.0-cp312", "1.0.1-cp310",
    "1.0-rc2", "2.0rc", "2.0_2", "stable", "nightly", "main", "develop", "nightly-build",
]  # fmt: skip
NAMES = [
    "py-foo",
    "py-foo-bar",
    "py-3d",
    "py-a1-b2",
    "py-foo2bar",
    "py-x-y-z",
    "7zip",
    "py-jinja2",
]


def some_ranges() -> list[str]:
    """Ranges of all forms over the versions; the same at every run."""
    chance = random.Random(0)
    found = []
    for _ in range(400):
        low, high = sorted((chance.choice(VERSIONS), chance.choice(VERSIONS)), key=spack_order.key)
        form = chance.choice(["{0}", "{0}:", ":{1}", "{0}:{1}", "={0}", ":{0},{1}:", "={0},={1}"])
        found.append(form.format(low, high))
    return found


def test_our_order_of_versions_is_spacks(spack: Spack) -> None:
    script = """
import json, sys
from spack.version import VersionError, from_string, Version
ranges, versions = json.loads(open(sys.argv[1]).read())
answers = []
for text in ranges:
    try:
        held = from_string(text)
    except VersionError:
        answers.append(None)
        continue
    answers.append([Version(v).satisfies(held) for v in versions])
ordered = sorted(versions, key=Version)
print(json.dumps([answers, ordered]))
"""
    file = spack.folder / "questions.json"
    ranges = some_ranges()
    file.write_text(json.dumps([ranges, VERSIONS]))
    answers, ordered = spack.python(script, str(file))
    assert [spack_order.key(v) for v in ordered] == sorted(map(spack_order.key, VERSIONS))
    file.write_text(json.dumps([[], ORDERED[::-1]]))
    assert spack.python(script, str(file))[1] == list(ORDERED)
    wrong = [
        (text, version)
        for text, row in zip(ranges, answers)
        for version, held in zip(VERSIONS, row or ())
        if spack_order.contains(text, version) is not held
    ]
    assert wrong == []
    assert sum(row is not None for row in answers) > 300


def test_class_names_are_spacks(spack: Spack) -> None:
    script = f"""
import json
from spack.util.naming import pkg_name_to_class_name
print(json.dumps([pkg_name_to_class_name(name) for name in {NAMES!r}]))
"""
    assert [Recipe(name).class_name for name in NAMES] == spack.python(script)

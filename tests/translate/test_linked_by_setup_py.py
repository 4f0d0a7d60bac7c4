"""What setup.py links with in any case: (its text, the dependencies that follow)."""

from __future__ import annotations

import pytest

from spack_pypi.pypi.model import Source
from spack_pypi.pypi.project_files import setup_py
from spack_pypi.translate.linked_by_setup_py import linked_by_setup_py
from tests.translate.test_builds import PLATFORM, built

EXTENSION = "Extension('x', ['x.c'], libraries=['gmp', 'z', 'unheard'])"
BOTH = ["gmp", "zlib-api"]
TEXTS = [
    (f"setup(ext_modules=[{EXTENSION}])", BOTH),
    (f"x = [{EXTENSION}]\nsetup(ext_modules=x)", BOTH),
    (f"x = setuptools.{EXTENSION}", BOTH),
    (f"x = [{EXTENSION} for y in z]", BOTH),
    (f"x = {EXTENSION}\ny = {EXTENSION}", BOTH),
    ("x = Extension('x', ['x.c'], libraries=['ssl', 'crypto'])", ["openssl"]),
    # not in any case, or not plainly
    (f"if y:\n    x = {EXTENSION}", []),
    (f"def f():\n    x = {EXTENSION}", []),
    (f"x = lambda: {EXTENSION}", []),
    (f"x = {EXTENSION} if y else None", []),
    (f"x = y and {EXTENSION}", []),
    ("x = Extension('x', ['x.c'], libraries=['gmp'] if y else [])", []),
    ("x = Extension('x', ['x.c'], libraries=LIBRARIES)", []),
    ("x = Other('x', ['x.c'], libraries=['gmp'])", []),
    # it may have a copy
    ("x = Extension('x', ['x.c'], libraries=['gmp'], library_dirs=['gmp'])", []),
    ("x = Extension('x', ['x.c'], libraries=['gmp'], extra_objects=y)", []),
    ("x = Extension('x', ['x.c'], libraries=['gmp'], **y)", []),
    (f"setup(libraries=[('gmp', {{}})], ext_modules=[{EXTENSION}])", []),
]


@pytest.mark.parametrize(("text", "specs"), TEXTS)
def test_what_follows(text: str, specs: list[str]) -> None:
    found = linked_by_setup_py(Source(setup_py=setup_py.read(text)))
    assert [each.dependency.spec for each in found] == specs


def test_of_a_release() -> None:
    source = Source(setup_py=setup_py.read(f"\nsetup(ext_modules=[{EXTENSION}])"))
    found = built(source, PLATFORM)
    assert [need.origin for need in found.needs if need.dependency.package == "gmp"] == [
        "setup.py:2 links with gmp"
    ]
    assert [hint.name for hint in found.hints] == ["unheard"]
    # nothing is built where there is a wheel for all platforms
    assert not built(source, "x-1-py3-none-any.whl").needs

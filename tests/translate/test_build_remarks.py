"""What a person who reviews a recipe should check of its build."""

from __future__ import annotations

import pytest

from spack_pypi.pypi.model import InTree, ModuleImport, Source
from tests.translate.test_builds import built, system

#: (what a backend in the archive was found to require, the remarks).
IN_TREE = [
    (InTree(("Cython>=3", "cython; python_version < '3.9'", "b"), file="own/a.py"),
     ["the build backend 'own' is part of the archive: own/a.py requires b, cython when it is "
      "called, and maybe more; compare the recipe with that file"]),
    (InTree((), False, "own/a.py"),
     ["the build backend 'own' is part of the archive: own/a.py computes what it requires; "
      "compare the recipe with its get_requires_for_build_wheel()"]),
    (InTree((), True, "own/a.py"), []),
    (InTree(("b",), True, "own/a.py"), []),
    (InTree(("b",), True, "own/a.py", ("setuptools.build_meta",), delegates=True), []),
    (InTree(("b",), True, "own/a.py", ("os", "other"), delegates=True),
     ["the build backend 'own' is part of the archive: own/a.py requires b when it is called, "
      "and maybe more; compare the recipe with that file"]),
    (InTree((), True, "", ("setuptools.build_meta",)), []),
    (InTree((), True, "", ("os",)),
     ["the build backend 'own' is part of the archive, but was not found there: it may require "
      "more than [build-system] lists; compare the recipe with its "
      "get_requires_for_build_wheel()"]),
]  # fmt: skip


@pytest.mark.parametrize(("in_tree", "remarks"), IN_TREE)
def test_remarks_on_a_backend_in_the_archive(in_tree: InTree, remarks: list[str]) -> None:
    source = Source(pyproject=system("setuptools", backend="own"), in_tree=in_tree)
    found = built(source)
    assert list(found.remarks) == remarks
    # In a recipe stands what is so, not what to do about it.
    assert list(found.doubtful) == [each.partition("; compare")[0] for each in remarks]


def test_where_modules_are_imported_is_said_once_for_each() -> None:
    source = Source(
        imports=(
            ModuleImport("distutils", "x/a.py", 3),
            ModuleImport("distutils", "x/a.py", 4),
            ModuleImport("distutils", "x/b.py", 1),
            ModuleImport("pkg_resources", "x/b.py", 2),
        )
    )
    assert built(source).remarks == (
        "x/a.py:3 and 1 other file import distutils, so the recipe depends on setuptools "
        "at run time",
        "x/b.py:2 imports pkg_resources, so the recipe depends on setuptools at run time",
    )
    assert built(source, project="setuptools").remarks == ()


def test_a_backend_that_is_not_known_is_reported() -> None:
    (remark,) = built(Source(pyproject=system("own", backend="own.api"))).remarks
    assert "'own.api' is not supported" in remark and "documentation" in remark

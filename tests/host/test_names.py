"""Which package belongs to which project: (a line of a recipe, the project it claims)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from spack_pypi.errors import HostError
from spack_pypi.host import names

INDEX = "https://pypi.example"

CLAIMS = [
    ("py-foo", '    pypi = "Foo.Bar/foo_bar-1.0.tar.gz"', "foo-bar"),
    ("awscli", '    pypi = "awscli/awscli-1.0.tar.gz"', "awscli"),
    ("py-x", '    pypi = (\n        "x-long/x-long-1.0.tar.gz"\n    )', "x-long"),
    ("py-x", '    url = "https://f.example/packages/source/x/xy/xy-1.0.tar.gz"', "xy"),
    ("py-x", '    url = "https://f.example/packages/py3/x/xy/xy-1.0-py3-none-any.whl"', "xy"),
    # an address by hash tells nothing about the project
    ("py-x", '    url = "https://f.example/packages/aa/bb/ccdd/xy-1.0.tar.gz"', None),
    ("py-x", f'    homepage = "{INDEX}/project/xy/"', "xy"),
    ("py-x", '    git = "https://github.com/owner/x.git"', "x"),
    ("py-x", '    homepage = "https://github.com/owner/python-x"', "x"),
    ("py-x", '    homepage = "https://github.com/owner/other"', None),
    # a repository with several projects, of which all versions are commits
    ("py-x", '    git = "https://g.example/all.git"\n    version("1", commit="a")', "x"),
    ("x", '    git = "https://g.example/all.git"\n    version("1", commit="a")', None),
    ("py-x", '    git = "https://g.example/all.git"\n    version("1", sha256="a")', None),
    # the page of the project on an index of a site
    ("py-a-b", '    list_url = "https://a.example/simple/a_b/"', "a-b"),
    ("py-x", '    list_url = (\n        "http://a.example:80/root/dev/x"\n    )', "x"),
    ("py-x", '    list_url = "https://a.example/simple/other/"', None),
    ("py-x", '    list_url = "https://a.example/x/releases"', None),
    # a comment may be about any other project
    ("py-x", f'    homepage = "https://github.com/owner/x"\n    # {INDEX}/project/xy/', "x"),
    # a package without the prefix never belongs to a project by its name alone
    ("flex", '    homepage = "https://github.com/westes/flex"', None),
]


@pytest.mark.parametrize("package, text, project", CLAIMS)
def test_claims(package: str, text: str, project: str | None) -> None:
    assert names.claim(package, f"class X(P):\n{text}\n").project == project


def recipe(folder: Path, package: str, text: str) -> None:
    (folder / package).mkdir(exist_ok=True)
    (folder / package / "package.py").write_text(f"class X(P):\n    {text}\n")


def test_a_scan_reads_only_what_changed(tmp_path: Path) -> None:
    recipe(tmp_path, "py_a", 'pypi = "a/a-1.tar.gz"')
    recipe(tmp_path, "py_b", 'pypi = "b/b-1.tar.gz"')
    first, changed = names.scan(tmp_path, {})
    assert changed
    again, changed = names.scan(tmp_path, first)
    assert not changed and again == first
    (tmp_path / "py_a" / "package.py").chmod(0o600)
    recipe(tmp_path, "py_b", 'pypi = "bee/bee-1.tar.gz"')
    os.utime(tmp_path / "py_b" / "package.py", (1, 1))
    third, changed = names.scan(tmp_path, again)
    assert changed
    assert names.packages_by_project([third]) == {"a": "py-a", "bee": "py-b"}


def test_a_removed_recipe_is_forgotten(tmp_path: Path) -> None:
    recipe(tmp_path, "py_a", 'pypi = "a/a-1.tar.gz"')
    first, _ = names.scan(tmp_path, {})
    (tmp_path / "py_a" / "package.py").unlink()
    assert names.scan(tmp_path, first) == ({}, True)


def test_the_stronger_claim_wins_then_the_plain_name() -> None:
    def known(project: str, strength: int) -> list[object]:
        return [0, project, strength]

    repo = {"py_c_old": known("c", 1), "py_c": known("c", 0), "py_d_x": known("d", 2)}
    repo["py_d"] = known("d", 2)
    assert names.packages_by_project([repo]) == {"c": "py-c-old", "d": "py-d"}


def test_a_site_and_a_user_may_know_better(tmp_path: Path) -> None:
    """Ours, then a repo's own file, the first repo's before others', then what is reported."""
    for repo, spec in (("first", "py-first"), ("second", "py-second")):
        (tmp_path / repo).mkdir()
        entry = f'{{"Some.Thing": {{"spec": "{spec}", "reason": "we say so"}}}}'
        (tmp_path / repo / names.SITE_FILE).write_text(entry)
    repos = [str(tmp_path / "first"), str(tmp_path / "second"), str(tmp_path / "none")]
    assert names.reviewed(repos)["some-thing"].package == "py-first"
    reported = names.reviewed(repos, {"some-thing": "opencv+python3", "cmake": ""})
    assert reported["some-thing"].package == "opencv"
    assert reported["some-thing"].requires == ("+python3",)
    assert reported["cmake"].package is None


def test_how_many_numbers_stays_while_the_package_does(tmp_path: Path) -> None:
    (tmp_path / names.SITE_FILE).write_text(
        '{"opencv-python": {"spec": "opencv+cuda", "reason": "built with our CUDA"},'
        ' "ninja": {"spec": "py-ninja", "reason": "ours"},'
        ' "own": {"spec": "lib", "numbers": 2, "reason": "its files are counted"}}'
    )
    found = names.reviewed([str(tmp_path)])
    numbers = [found[name].numbers for name in ("opencv-python", "ninja", "own", "gdal")]
    assert numbers == [3, 0, 2, 3]


NO_NAME = '{"x": {"spec": "x", "reason": "a library", "built_from": ["y"]}}'
NOT_A_NUMBER = '{"x": {"spec": "x", "reason": "a library", "numbers": "3"}}'


@pytest.mark.parametrize(
    "text", ["[]", "{", '{"x": "py-x"}', '{"x": {"spec": "py-x"}}', NOT_A_NUMBER, NO_NAME]
)
def test_a_site_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / names.SITE_FILE).write_text(text)
    with pytest.raises(HostError, match=names.SITE_FILE):
        names.reviewed([str(tmp_path)])


def test_every_reviewed_exception_has_its_reason() -> None:
    for project, entry in names.reviewed().items():
        assert canonicalize_name(project) == project
        assert len(entry.reason) > 10


def test_recipes_that_cannot_be_read(tmp_path: Path) -> None:
    """Nobody knows whose they are: others that name no project are other packages."""
    recipe(tmp_path, "x", 'homepage = "https://x.example"')
    recipe(tmp_path, "py_broken", "class (")
    recipe(tmp_path, "py_empty", "import sys\nsys.exit(0)")
    recipe(tmp_path, "py_named", '    pypi = "named/named-1.0.tar.gz"\nclass (')
    recipe(tmp_path, "py_latin", "")
    (tmp_path / "py_latin" / "package.py").write_bytes(b"# caf\xe9\n")
    recipe(tmp_path, "py_deep", "x = " + "(" * 5000)
    scanned, _ = names.scan(tmp_path, {})
    found = names.unnamed(tmp_path, scanned)
    # One that names its project is among that project's packages, and cannot be loaded there.
    assert found.unreadable == ["py-broken", "py-deep", "py-empty", "py-latin"]


def test_python_packages_that_name_no_project(tmp_path: Path) -> None:
    """Whether they can be loaded is not looked at here."""
    for folder, parent in {"py_own": "Own", "tool": "PythonPackage", "x": "CMakePackage"}.items():
        (tmp_path / folder).mkdir()
        name = "".join(word.capitalize() for word in folder.split("_"))
        (tmp_path / folder / "package.py").write_text(f"class {name}({parent}):\n    oops\n")
    assert names.unnamed(tmp_path, names.scan(tmp_path, {})[0]) == ([], ["py-own", "tool"])

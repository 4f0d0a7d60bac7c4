"""The statements of a recipe: (text of the class) → kind, line, what is read of it."""

from __future__ import annotations

import pytest

from spack_pypi.recipe.statements import Statement, comments, statements

HEAD = "class PyX(PythonPackage):\n    version('1', sha256='0')\n"


def read(body: str) -> list[Statement]:
    """Those after the first one, which makes the class a recipe."""
    return statements(HEAD + body)[1:]


# (statement, kind, first argument)
PLAIN = [
    ("    homepage = 'https://x.example'\n", "homepage", "https://x.example"),
    ("    license('MIT', checked_by='me')\n", "license", "MIT"),
    ("    depends_on('py-a@1:')\n", "depends_on", "py-a@1:"),
    ("    conflicts('^py-a@2', when='@1')\n", "conflicts", "^py-a@2"),
    ("    def url_for_version(self, version):\n        return ''\n", "url_for_version", ""),
]


@pytest.mark.parametrize("body, kind, first", PLAIN)
def test_what_is_plain(body: str, kind: str, first: str) -> None:
    (found,) = read(body)
    assert (found.kind, found.first, found.line, found.computed) == (kind, first, 3, "")


# (statement, a part of the reason why it is not a value)
COMPUTED = [
    ("    for v in PyA.versions:\n        depends_on(f'py-a@{v}', when=f'@{v}')\n", "loop"),
    ("    if sys.platform == 'darwin':\n        depends_on('py-a')\n", "under an if"),
    ("    depends_on(NAME)\n", "arguments are computed"),
    ("    depends_on('py-a', when='%gcc')\n", "condition"),
    ("    with when('^py-b@2:'):\n        depends_on('py-a')\n", "condition"),
    ("    depends_on('py-a@1: cflags=-O2')\n", "more than package"),
    ("    with default_args(when='@2:'):\n        depends_on('py-a')\n", "block"),
    ("    homepage = BASE + '/x'\n", "value is computed"),
]


@pytest.mark.parametrize("body, reason", COMPUTED)
def test_what_is_computed(body: str, reason: str) -> None:
    (found,) = read(body)
    assert reason in found.computed
    assert found.dependency is None


def test_a_loop_over_literals_gives_a_statement_for_each_item() -> None:
    found = read("    for v in ('1', '2'):\n        depends_on(f'py-a@{v}', when=f'@{v}')\n")
    assert [(each.line, each.first, each.when.versions, each.computed) for each in found] == [
        (4, "py-a@1", "1", ""),
        (4, "py-a@2", "2", ""),
    ]
    assert {each.text for each in found} == {"depends_on(f'py-a@{v}', when=f'@{v}')"}
    assert {each.loop for each in found} == {"for v in ('1', '2'): "}


def test_blocks_add_what_they_say() -> None:
    body = (
        "    with default_args(type=('build', 'run')), when('@2:'):\n"
        "        with when('+fast'):\n"
        "            depends_on('py-a@1:', when='@3:')\n"
    )
    (found,) = read(body)
    assert found.dependency is not None
    dependency = found.dependency.dependency
    assert (found.line, found.end) == (5, 5)
    assert dependency.types == ("build", "run")
    assert (dependency.when.versions, dependency.when.variants) == ("3:", ("+fast",))
    assert found.dependency.within == ("2:",)


def test_versions_of_some_machines() -> None:
    body = (
        "    if A:\n        version('2', sha256='1')\n"
        "    elif B:\n        version('2', sha256='2')\n"
        "    else:\n        version('2', sha256='3')\n"
    )
    assert [each.only_if for each in read(body)] == ["A", "B", "not (B)"]
    assert {each.computed for each in read(body)} == {""}


def test_a_statement_of_several_lines() -> None:
    (found,) = read("    depends_on(\n        'py-a',\n        type='build',\n    )\n")
    assert (found.line, found.end) == (3, 6)
    assert found.text == "depends_on('py-a', type='build')"


def test_comments() -> None:
    text = "# one\n#  goes on\n\nx = 1  # not by itself\n    # two\n"
    assert comments(text) == {1: "one goes on", 5: "two"}


def test_lines_are_numbered_as_python_does() -> None:
    """A form feed, or a separator of lines in Unicode, ends none."""
    text = 'class PyX(PythonPackage):\n    """a\x0cb\u2028c"""\n\n    # one\n    version("1")\n'
    assert comments(text) == {4: "one"}
    assert [each.line for each in statements(text)] == [5]

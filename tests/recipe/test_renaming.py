"""A recipe whose source archives were renamed: where the method goes, and what is left alone."""

from __future__ import annotations

import difflib
from typing import Callable

import pytest

from spack_pypi.recipe.edit import RecipeText
from spack_pypi.recipe.model import ArchiveName, Changes, RenamedArchives, VersionLine
from spack_pypi.recipe.read_back import ReadBackError, read_back_edit

RECIPE = """\
from spack.package import *


class PyQuietLog(PythonPackage):
    homepage = "https://x.example"
    pypi = "quiet-log/quiet-log-1.0.tar.gz"  # as ever

    version("1.0", sha256="a")
    version("0.9", sha256="b", url="https://x.example/old.tar.gz")

    depends_on("py-setuptools", type="build")
"""

LINE = VersionLine("2.0", "c")
STEM = RenamedArchives(
    "quiet-log/quiet_log-2.0.tar.gz",
    (ArchiveName("quiet_log", ".tar.gz", "2"), ArchiveName("quiet-log", ".tar.gz")),
)
SUFFIX = RenamedArchives(
    "quiet-log/quiet-log-2.0.tar.gz",
    (ArchiveName("quiet-log", ".tar.gz", "2"), ArchiveName("quiet-log", ".zip")),
)

VERSION = '+    version("2.0", sha256="c")'
PYPI = [
    '-    pypi = "quiet-log/quiet-log-1.0.tar.gz"  # as ever',
    '+    pypi = "quiet-log/quiet_log-2.0.tar.gz"  # as ever',
]
METHOD = [
    "+    def url_for_version(self, version):",
    '+        name = "quiet_log" if version >= Version("2") else "quiet-log"',
    '+        return self.url.rsplit("/", 1)[0] + f"/{name}-{version}.tar.gz"',
]


def edited(text: str, renamed: RenamedArchives = STEM) -> str:
    recipe = RecipeText(text)
    assert recipe.renamable
    after = recipe.edited(Changes([LINE], renamed=renamed))
    read_back_edit(text, after, Changes([LINE], renamed=renamed))
    return after


def changes(before: str, after: str) -> list[str]:
    diff = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in list(diff)[2:] if not line.startswith("@@")]


def test_the_method_ends_a_class_without_methods() -> None:
    after = edited(RECIPE)
    assert changes(RECIPE, after) == [*PYPI, VERSION, "+", *METHOD]
    assert after.endswith(METHOD[-1][1:] + "\n")


FIRST = """
    # imports what it should not
    @property
    def import_modules(self):
        return ["quiet_log"]
"""


def test_the_method_comes_before_others_and_what_belongs_to_them() -> None:
    after = edited(RECIPE + FIRST)
    assert changes(RECIPE + FIRST, after) == [*PYPI, VERSION, *METHOD, "+"]
    assert after.endswith(METHOD[-1][1:] + "\n" + FIRST)


def test_the_method_comes_after_directives_that_follow_others() -> None:
    text = RECIPE + FIRST + '\n    conflicts("py-quiet-log@1.0")\n'
    after = edited(text)
    assert changes(text, after) == [*PYPI, VERSION, "+", *METHOD]
    assert after.endswith(METHOD[-1][1:] + "\n")


def test_comments_that_end_the_class_stay_in_place() -> None:
    text = RECIPE + "    # no more is needed\n\n\nNUMBER = 1\n"
    after = edited(text)
    end = [line[1:] for line in METHOD] + ["", "", "NUMBER = 1"]
    assert after.splitlines()[-len(end) - 2 :] == ["    # no more is needed", "", *end]


def test_a_last_line_without_an_end() -> None:
    after = edited(RECIPE[:-1])
    assert changes(RECIPE[:-1], after) == [*PYPI, VERSION, "+", *METHOD]
    assert not after.endswith("\n")


def test_another_suffix() -> None:
    text = RECIPE.replace("1.0.tar.gz", "1.0.zip")
    assert changes(text, edited(text, SUFFIX))[3:] == [
        "+",
        "+    def url_for_version(self, version):",
        '+        if version >= Version("2"):',
        '+            archive = f"quiet-log-{version}.tar.gz"',
        "+        else:",
        '+            archive = f"quiet-log-{version}.zip"',
        '+        return self.url.rsplit("/", 1)[0] + f"/{archive}"',
    ]


def test_versions_with_an_address_of_their_own_are_known() -> None:
    assert RecipeText(RECIPE).addressed == ("0.9",)


PERSONS: list[Callable[[str], str]] = [
    lambda text: f"{text}\n    def url_for_version(self, version):\n        return X\n",
    lambda text: text.replace("    pypi", '    url = "https://x.example/x.tar.gz"\n    pypi'),
    lambda text: text.replace("    pypi", '    list_url = "https://x.example"\n    pypi'),
    lambda text: text.replace("    pypi", '    if X:\n        url = "x"\n    pypi'),
    lambda text: text.replace("    pypi", '    pypi = "y/y-1.0.tar.gz"\n    pypi'),
    lambda text: text.replace('"quiet-log/', '"quiet-log" "/').replace(" = ", " = X + "),
    lambda text: f"{text}\n\nclass Other:\n    pass\n",
]


@pytest.mark.parametrize("written", PERSONS)
def test_what_a_person_says_about_names_is_left_alone(written: Callable[[str], str]) -> None:
    assert not RecipeText(written(RECIPE)).renamable


SPOILED: list[Callable[[str], str]] = [
    lambda text: text.replace("quiet_log-2.0", "noisy-2.0"),
    lambda text: text.replace('Version("2")', 'Version("1")'),
    lambda text: text.replace('"/{name}', '"/../{name}'),
    lambda text: text.replace("    pypi = ", "    pypi = homepage = "),
    lambda text: text + "        evil()\n",
]


@pytest.mark.parametrize("spoil", SPOILED)
def test_what_was_renamed_is_read_back(spoil: Callable[[str], str]) -> None:
    after = edited(RECIPE)
    assert spoil(after) != after
    with pytest.raises(ReadBackError):
        read_back_edit(RECIPE, spoil(after), Changes([LINE], renamed=STEM))


def test_braces_in_a_name_are_no_program() -> None:
    names = (ArchiveName("{evil}", ".tar.gz", "2"), ArchiveName("quiet-log", ".zip"))
    with pytest.raises(ReadBackError):
        edited(RECIPE, RenamedArchives("x/{evil}-2.0.tar.gz", names))

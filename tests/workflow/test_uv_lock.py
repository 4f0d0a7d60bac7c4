"""What a uv.lock names for one environment: the file is a graph.

https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.pypi.named_index import NamedIndex
from spack_pypi.workflow.requirement_files import RequirementSet, named, read
from tests.workflow.locked import PUBLIC, pins

HEAD = "version = 1\nrevision = 3\n"
INDEX = '{ registry = "https://index.example/simple" }'


def package(name: str, version: str, *requires: str, more: str = "", source: str = INDEX) -> str:
    """A part of a lock file; ``requires`` are inline tables."""
    dependencies = "".join(f"    {{ {each} }},\n" for each in requires)
    return (
        f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {source}\n'
        f"dependencies = [\n{dependencies}]\n{more}\n"
    )


def app(*requires: str, more: str = "") -> str:
    return package("app", "0.1", *requires, more=more, source='{ virtual = "." }')


def found(folder: Path, text: str, *, on: str = "", **options: Any) -> RequirementSet:
    file = folder / "uv.lock"
    file.write_text(HEAD + text)
    environment = named(on) if on else None
    return read([str(file)], environment=environment, public_index=lambda: PUBLIC, **options)


#: Made by uv from dependencies ``numpy``, ``colorama; sys_platform == 'win32'``, an extra ``web``
#: and a group ``dev``, and shortened.
FORKS = "".join(
    [
        app(
            'name = "numpy", version = "2.0.2", source = ' + INDEX + ", "
            "marker = \"python_full_version < '3.10'\"",
            'name = "numpy", version = "2.4.6", source = ' + INDEX + ", "
            "marker = \"python_full_version >= '3.10'\"",
            'name = "colorama", marker = "sys_platform == \'win32\'"',
            more="""
[package.optional-dependencies]
web = [
    { name = "requests", extra = ["socks"] },
    { name = "app", extra = ["cli"] },
]
cli = [{ name = "rich" }]
[package.dev-dependencies]
dev = [{ name = "pytest" }]
[package.metadata]
provides-extras = ["web", "cli", "none"]
[package.metadata.requires-dev]
dev = [{ name = "pytest" }]
nothing = []
""",
        ),
        package("colorama", "0.4.6"),
        package(
            "numpy",
            "2.0.2",
            more="resolution-markers = [\"python_full_version < '3.10'\"]",
        ),
        package(
            "numpy",
            "2.4.6",
            more="resolution-markers = [\"python_full_version >= '3.10'\"]",
        ),
        package("pysocks", "1.7.1"),
        package("pytest", "9.2.0", 'name = "colorama", marker = "sys_platform == \'win32\'"'),
        package(
            "requests",
            "2.34.2",
            more='[package.optional-dependencies]\nsocks = [{ name = "pysocks" }]',
        ),
        package("rich", "14.0", 'name = "mdurl"'),
        package("mdurl", "0.1", 'name = "rich"'),
    ]
)
#: (``--for``, extras, groups) → what uv installs then.
CHOSEN: dict[tuple[str, str, str], list[str]] = {
    ("linux,py39", "", ""): ["numpy 2.0.2"],
    ("linux,py312", "", ""): ["numpy 2.4.6"],
    ("windows,x86_64,py310", "", ""): ["colorama 0.4.6", "numpy 2.4.6"],
    ("linux,py312", "cli", ""): ["numpy 2.4.6", "rich 14.0", "mdurl 0.1"],
    ("linux,py312", "web", ""): [
        "numpy 2.4.6",
        "pysocks 1.7.1",
        "requests 2.34.2",
        "rich 14.0",
        "mdurl 0.1",
    ],
    ("linux,py312", "", "dev"): ["numpy 2.4.6", "pytest 9.2.0"],
    ("windows,x86_64,py312", "", "dev"): ["colorama 0.4.6", "numpy 2.4.6", "pytest 9.2.0"],
    ("linux,py312", "none", "nothing"): ["numpy 2.4.6"],
}


@pytest.mark.parametrize("chosen", CHOSEN, ids=" ".join)
def test_what_is_reached(tmp_path: Path, chosen: tuple[str, str, str]) -> None:
    on, extra, group = chosen
    wanted = {"extras": extra.split(), "groups": group.split()}
    result = found(tmp_path, FORKS, on=on, **wanted)
    assert pins(result) == CHOSEN[chosen]
    skipped = [("colorama", "not for this Python or platform")]
    assert result.skipped == ([] if "windows" in on else skipped)
    assert result.locked


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"extras": ["no"]}, "uv.lock has no extra 'no'; it has cli, none, web"),
        ({"groups": ["no"]}, "uv.lock has no group 'no'; it has dev, nothing"),
    ],
)
def test_parts_that_are_not_there(tmp_path: Path, wanted: dict[str, Any], reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        found(tmp_path, FORKS, **wanted)


def test_what_comes_from_no_index(tmp_path: Path) -> None:
    """What it needs is needed all the same."""
    text = app('name = "fork"') + package(
        "fork", "1.0", 'name = "six"', source='{ git = "https://h.example/fork" }'
    )
    result = found(tmp_path, text + package("six", "1.17"))
    assert pins(result) == ["six 1.17"]
    assert result.skipped == [
        ("fork", "locked to a path, a URL or a repository, not to a release")
    ]
    assert result.indexes == {"six": "https://index.example/simple"}


OTHER = '{ registry = "https://me:secret@other.example/simple" }'
THIRD = '{ registry = "https://third.example/simple/" }'


@pytest.mark.parametrize(
    "sources, expected",
    [
        ([INDEX, INDEX, INDEX], []),
        ([INDEX, INDEX, OTHER], ["other explicit c"]),
        # Whichever has more: another one than the usual has only what is locked from it.
        ([INDEX, OTHER, OTHER], ["other explicit b c"]),
        # Nothing is from the usual one: it is not asked.
        ([OTHER, OTHER, OTHER], ["other in_place"]),
        ([THIRD, OTHER, OTHER], ["other in_place", "third explicit a"]),
    ],
)
def test_which_indexes_releases_are_locked_from(
    sources: list[str], expected: list[str], tmp_path: Path
) -> None:
    text = app(*(f'name = "{name}"' for name in "abc"))
    text += "".join(package(name, "1", source=source) for name, source in zip("abc", sources))
    listed = found(tmp_path, text).listed
    assert [_brief(index) for index in listed] == expected
    for index in listed:
        if "other" in index.url:
            assert index.url == "https://other.example/simple/"
            assert index.credentials.for_url(index.url) == ("me", "secret")


def _brief(index: NamedIndex) -> str:
    flags = [flag for flag in ("explicit", "in_place") if getattr(index, flag)]
    return " ".join([index.url.split("/")[2].split(".")[0], *flags, *index.projects])


def test_a_folder_that_is_an_index_is_reported(tmp_path: Path) -> None:
    text = app('name = "six"', 'name = "attrs"', 'name = "own"')
    text += package("six", "1.17") + package("attrs", "25.1")
    result = found(tmp_path, text + package("own", "1", source='{ registry = "../wheels" }'))
    assert result.listed == []
    ((text, reason),) = result.skipped
    assert text == "../wheels" and reason.startswith("the index of own is not on a server")


#: A workspace; with a project of its own, only that one is a root.
MEMBERS = '[manifest]\nmembers = ["lib", "tool"]\n'
LIB = package("lib", "0.1", 'name = "six"', source='{ editable = "packages/lib" }')
TOOL = package("tool", "0.1", 'name = "attrs"', source='{ editable = "packages/tool" }')
LEAVES = package("six", "1.17") + package("attrs", "25.1") + package("ruff", "0.9")
WORKSPACES = [
    (MEMBERS + LIB + TOOL + LEAVES, [], ["six 1.17", "attrs 25.1"]),
    (MEMBERS + app('name = "lib"') + LIB + TOOL + LEAVES, [], ["six 1.17"]),
    (
        MEMBERS + '[manifest.dependency-groups]\nDev = [{ name = "ruff" }]\n' + LIB + LEAVES,
        ["dev"],
        ["six 1.17", "ruff 0.9"],
    ),
    # The lock file of a script.
    ('[manifest]\nrequirements = [{ name = "attrs" }]\n' + LEAVES, [], ["attrs 25.1"]),
]


@pytest.mark.parametrize(("text", "groups", "expected"), WORKSPACES)
def test_workspaces(tmp_path: Path, text: str, groups: list[str], expected: list[str]) -> None:
    assert pins(found(tmp_path, text, groups=groups)) == expected


#: Extras that exclude each other, as uv marks them.
CONFLICT = (
    app(
        more="""
[package.optional-dependencies]
new = [{ name = "numpy", version = "2.4", marker = "extra == 'extra-3-app-new'" }]
old = [{ name = "numpy", version = "1.26", marker = "extra == 'extra-3-app-old'" }]
[package.dev-dependencies]
dev = [{ name = "six", marker = "extra == 'group-3-app-dev' and extra != 'extra-3-app-old'" }]
"""
    )
    + package("numpy", "1.26")
    + package("numpy", "2.4")
    + package("six", "1.17")
)


@pytest.mark.parametrize(
    ("extras", "groups", "expected"),
    [
        ([], ["dev"], ["six 1.17"]),
        (["new"], [], ["numpy 2.4"]),
        (["old"], ["dev"], ["numpy 1.26"]),
    ],
)
def test_extras_that_exclude_each_other(
    tmp_path: Path, extras: list[str], groups: list[str], expected: list[str]
) -> None:
    assert pins(found(tmp_path, CONFLICT, extras=extras, groups=groups)) == expected
    with pytest.raises(UsageError, match="locks numpy to 1.26 and 2.4 for the same environment"):
        found(tmp_path, CONFLICT, extras=["old", "new"])


#: What no uv writes.
BROKEN = [
    ("package = 9", "'?package'? is not a list"),
    ("package = [9]", "a part of package is not a table"),
    ('[[package]]\nname = "a"', "a has no source or no version"),
    ('[[package]]\nname = "a"\nsource = ' + INDEX, "a has no source or no version"),
    ("[[package]]\nname = 9", "a package's name is not a text"),
    ('[[package]]\nname = "a b"', "'a b' is not a name"),
    (package("six", "1.17"), "none of its packages is the project"),
    (app('name = "gone"'), "requires gone, and does not list it"),
    (app('name = "six"') + package("six", "1") + package("six", "2"), "lists 1, 2: several fit"),
    (app('name = "six", version = "3"') + package("six", "1"), "lists 1: none fits"),
    (app('name = "six"') + package("six", "x"), "which is not a valid version"),
    (app('name = "six", marker = "os"') + package("six", "1"), "is not a marker"),
    ('requires-python = "<3"\n' + app(), "is for Python <3, not"),
    ("supported-markers = [\"os_name == 'ce'\"]\n" + app(), "it is for os_name == 'ce'"),
    ("manifest = []\n" + app(), "manifest is not a table"),
]


@pytest.mark.parametrize(("text", "reason"), BROKEN)
def test_what_makes_no_sense(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        found(tmp_path, text)

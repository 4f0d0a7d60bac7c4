"""The indexes that files name: (file, what it says) → the indexes in the order in which they are
asked, as marks and projects."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.pypi.named_index import NamedIndex
from spack_pypi.workflow.requirement_files import RequirementSet, read


def _read(folder: Path, name: str, text: str) -> RequirementSet:
    (folder / name).write_text(text)
    return read([str(folder / name)])


def _brief(index: NamedIndex) -> str:
    """``a`` for https://a.example/, and what is special of it."""
    host = index.url.partition("//")[2].partition(".")[0] or "usual"
    marks = ("in_place", "alone", "explicit")
    said = [host, *(mark for mark in marks if getattr(index, mark)), *index.projects]
    return " ".join(said)


PIP: dict[str, list[str]] = {
    "six": [],
    "--index-url https://a.example/simple\nsix": ["a in_place"],
    "-i https://a.example\n--extra-index-url=https://b.example/": ["a in_place", "b"],
    "--extra-index-url 'https://b.example/'\n-i https://a.example": ["a in_place", "b"],
    "-i https://a.example\n--index-url https://b.example": ["b in_place"],
    "--extra-index-url https://a.example\n--extra-index-url https://b.example": ["a", "b"],
    "--find-links https://a.example/files\n--trusted-host a.example": [],
}


@pytest.mark.parametrize("text, expected", PIP.items(), ids=PIP)
def test_requirements_txt(text: str, expected: list[str], tmp_path: Path) -> None:
    assert [*map(_brief, _read(tmp_path, "r.txt", text).listed)] == expected


def test_what_is_included_names_indexes_too(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("--extra-index-url https://b.example")
    found = _read(tmp_path, "r.txt", "-r b.txt\n-i https://a.example")
    assert [*map(_brief, found.listed)] == ["a in_place", "b"]


def test_variables_of_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As pip has them; https://pip.pypa.io/en/stable/reference/requirements-file-format/."""
    monkeypatch.setenv("TOKEN_1", "se/cret".replace("/", "%2F"))
    (index,) = _read(tmp_path, "r.txt", "-i https://me:${TOKEN_1}@a.example/simple").listed
    assert index.credentials.for_url(index.url) == ("me", "se/cret")


def test_places_of_files_are_reported(tmp_path: Path) -> None:
    found = _read(tmp_path, "r.txt", "--find-links https://me:secret@a.example/files\n-f ./wheels")
    assert found.skipped == [
        ("--find-links https://a.example/files", "a folder or a page of archives, not an index"),
        ("-f ./wheels", "a folder or a page of archives, not an index"),
    ]


@pytest.mark.parametrize(
    "line",
    ["--no-index", "-i ./index", "--extra-index-url file:///srv", "-i https://me:secret@a:b"],
)
def test_an_index_that_is_none(line: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        _read(tmp_path, "r.txt", f"{line}\nsix")
    assert "r.txt" in str(error.value) and "secret" not in str(error.value)


def test_a_variable_that_is_not_set_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOKEN_1", raising=False)
    with pytest.raises(UsageError, match=r"r\.txt: -i needs TOKEN_1, which the environment has"):
        _read(tmp_path, "r.txt", "-i https://me:${TOKEN_1}@a.example/simple")


UV = """
[project]
name = "app"
dependencies = ["six", "torch", "Inner.Lib"]
[tool.uv.sources]
torch = { index = "wheels" }
inner-lib = [
    { index = "wheels", marker = "sys_platform == 'cobol'" },
    { index = "inner" },
]
"""
INNER = '[[tool.uv.index]]\nname = "inner"\nurl = "https://inner.example/simple"\n'
WHEELS = '[[tool.uv.index]]\nname = "wheels"\nurl = "https://w.example"\nexplicit = true\n'
OWN = '[[tool.uv.index]]\nurl = "https://own.example"\ndefault = true\n'
POETRY = """
[project]
name = "app"
dependencies = ["six", "torch"]
[tool.poetry.dependencies]
torch = { source = "x" }
[tool.poetry.group.dev.dependencies]
Dev_Tool = [{ version = "1", source = "x" }]
six = { source = "pypi" }
"""


def _source(name: str, priority: str = "", url: bool = True) -> str:
    lines = ["[[tool.poetry.source]]", f'name = "{name}"']
    lines += [f'url = "https://{name}.example/"'] if url else []
    lines += [f'priority = "{priority}"'] if priority else []
    return "\n".join([*lines, ""])


EXPLICIT = _source("x", "explicit")
PYPROJECT: list[tuple[str, list[str]]] = [
    (UV + INNER + WHEELS, ["inner inner-lib", "w explicit torch"]),
    # The default one is asked last, wherever it stands.
    (UV + OWN + WHEELS + INNER, ["w explicit torch", "inner inner-lib", "own in_place"]),
    (POETRY + EXPLICIT, ["x explicit torch dev-tool"]),
    # Poetry asks no public index beside a primary one, unless that is named.
    (POETRY + _source("a") + EXPLICIT, ["a alone", "x explicit torch dev-tool"]),
    (POETRY + _source("a", "primary") + _source("x"), ["a alone", "x alone torch dev-tool"]),
    (
        POETRY + _source("PyPI", "primary", url=False) + _source("x", "primary"),
        ["usual six", "x torch dev-tool"],
    ),
    (POETRY + _source("x", "supplemental"), ["usual", "x torch dev-tool"]),
    (POETRY + _source("x", "secondary") + _source("a"), ["a alone", "x torch dev-tool"]),
]


@pytest.mark.parametrize("text, expected", PYPROJECT)
def test_pyproject(text: str, expected: list[str], tmp_path: Path) -> None:
    found = _read(tmp_path, "pyproject.toml", text)
    assert [*map(_brief, found.listed)] == expected
    assert found.skipped == []


#: As in https://docs.astral.sh/uv/concepts/projects/dependencies/#multiple-sources.
UV_PARTS = """
[project]
name = "app"
[project.optional-dependencies]
cpu = ["torch"]
gpu = ["torch"]
all = ["app[gpu]"]
[dependency-groups]
lab = ["torch"]
[tool.uv.sources]
torch = [
    { index = "wheels", extra = "cpu" },
    { index = "inner", extra = "GPU" },
    { index = "own", group = "lab" },
]
[[tool.uv.index]]
name = "own"
url = "https://own.example"
"""


@pytest.mark.parametrize(
    "extras, groups, index",
    [
        (["cpu"], [], "wheels"),
        (["gpu"], [], "inner"),
        (["all"], [], "inner"),
        ([], ["lab"], "own"),
    ],
)
def test_a_source_for_an_extra_or_a_group(
    extras: list[str], groups: list[str], index: str, tmp_path: Path
) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(UV_PARTS + INNER + WHEELS)
    found = read([str(file)], extras, groups)
    pinned = [each.name for each in found.listed if each.is_pinned("torch")]
    assert pinned == [index]


@pytest.mark.parametrize(
    "text",
    [
        UV + INNER,
        UV + INNER + WHEELS.replace("https://w.example", "../wheels"),
        UV + INNER + WHEELS + 'format = "flat"\n',
        UV + INNER + WHEELS.replace('url = "https://w.example"', "url = 1"),
        POETRY,
        POETRY + _source("x", url=False),
        POETRY + _source("x").replace('"https://x.example/"', '"ftp://me:secret@x.example"'),
    ],
)
def test_tables_that_name_no_index(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        _read(tmp_path, "pyproject.toml", text)
    assert "secret" not in str(error.value)


PDM: dict[str, list[str]] = {
    '[[tool.pdm.source]]\nname = "a"\nurl = "https://a.example/simple"\nverify_ssl = true\n': [
        "a"
    ],
    '[[tool.pdm.source]]\nname = "pypi"\nurl = "https://a.example/simple"\n'
    '[[tool.pdm.source]]\nname = "b"\nurl = "https://b.example/simple"\n': ["b", "a in_place"],
}


@pytest.mark.parametrize("text, expected", PDM.items(), ids=["beside", "in place"])
def test_pdm(text: str, expected: list[str], tmp_path: Path) -> None:
    text = '[project]\nname = "app"\ndependencies = ["six"]\n' + text
    assert [*map(_brief, _read(tmp_path, "pyproject.toml", text).listed)] == expected


@pytest.mark.parametrize("more", ['type = "find_links"', 'include_packages = ["six"]'])
def test_what_is_not_read_of_pdm(more: str, tmp_path: Path) -> None:
    text = '[[tool.pdm.source]]\nname = "a"\nurl = "https://a.example"\n' + more
    with pytest.raises(UsageError, match="tool.pdm.source.* a .*, which is not supported"):
        _read(tmp_path, "pyproject.toml", f'[project]\nname = "app"\n{text}')

"""What ``[tool.poetry]`` requires, as poetry-core writes it into metadata."""

from __future__ import annotations

from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from spack_pypi.pypi.archives import sdist
from spack_pypi.pypi.archives.static import declared
from spack_pypi.pypi.project_files import poetry, toml


def read(text: str, extras: str = "") -> list[Requirement]:
    """The requirements of a table of dependencies."""
    table = toml.loads(f"[dependencies]\n{text}\n[extras]\n{extras}")
    return [Requirement(each) for each in poetry.read(table).required]


#: https://python-poetry.org/docs/dependency-specification/
DEPENDENCIES = [
    ('requests = "^2.13.0"', "requests>=2.13.0,<3"),
    ('requests = "~1.2"', "requests>=1.2,<1.3"),
    ('requests = "*"', "requests"),
    ('requests = "2.26.0"', "requests==2.26.0"),
    ('requests = "^1.0 || ^2.0"', "requests>=1.0,<3"),
    ('requests = "^1.0 || ^4"', "requests>=1.0,<5,!=2.*,!=3.*"),
    ('requests = ">=1.5.6,<1.5.7 || >1.5.7"', "requests>=1.5.6,!=1.5.7"),
    ('gunicorn = { version = "^20.1", extras = ["gevent"] }', "gunicorn[gevent]>=20.1,<21"),
    (
        'requests = { git = "https://git.example/psf/requests.git" }',
        "requests @ git+https://git.example/psf/requests.git",
    ),
    (
        'numpy = { git = "https://git.example/numpy/numpy.git", tag = "v0.13.2" }',
        "numpy @ git+https://git.example/numpy/numpy.git@v0.13.2",
    ),
    (
        'sub = { git = "https://git.example/a/b.git", branch = "x", subdirectory = "sub" }',
        "sub @ git+https://git.example/a/b.git@x#subdirectory=sub",
    ),
    (
        'requests = { git = "git@git.example:requests/requests.git" }',
        "requests @ git+ssh://git@git.example/requests/requests.git",
    ),
    (
        'my-package = { path = "../my-package/", develop = true }',
        "my-package @ file:../my-package/",
    ),
    ('p = { url = "https://h.example/p-1.tar.gz" }', "p @ https://h.example/p-1.tar.gz"),
    (
        'pathlib2 = { version = "^2.2", markers = "python_version <= \'3.4\'" }',
        "pathlib2>=2.2,<3; python_version <= '3.4'",
    ),
    ('p = { version = "1", platform = "darwin" }', "p==1; sys_platform == 'darwin'"),
    ('p = { version = "1", platform = "!=win32" }', "p==1; sys_platform != 'win32'"),
]


@pytest.mark.parametrize(("said", "required"), DEPENDENCIES, ids=[row[0] for row in DEPENDENCIES])
def test_dependencies(said: str, required: str) -> None:
    assert read(said) == [Requirement(required)]


@pytest.mark.parametrize(
    ("python", "holds", "not_for"),
    [
        ("^3.8", ["3.8.0", "3.12.1"], ["3.7.9", "4.0.0"]),
        ("~3.9", ["3.9.7"], ["3.10.0"]),
        (">3.8", ["3.8.1", "3.9.0"], ["3.8.0"]),
        ("<=3.10", ["3.9.1", "3.10.0"], ["3.10.1"]),
        (">=3.9.2", ["3.9.2"], ["3.9.1"]),
        ("3.10.*", ["3.10.4"], ["3.11.0"]),
        ("!=3.9.*", ["3.8.1", "3.10.0"], ["3.9.3"]),
        ("<3.9 || >=3.11", ["3.8.1", "3.11.0"], ["3.10.0"]),
    ],
)
def test_for_which_python(python: str, holds: list[str], not_for: list[str]) -> None:
    (found,) = read(f'p = {{ version = "1", python = "{python}" }}')
    assert found.marker is not None

    def applies(version: str) -> bool:
        short = ".".join(version.split(".")[:2])
        return bool(
            found.marker
            and found.marker.evaluate({"python_full_version": version, "python_version": short})
        )

    assert [*map(applies, holds)] == [True] * len(holds)
    assert [*map(applies, not_for)] == [False] * len(not_for)


def test_each_of_several_for_one_project() -> None:
    said = '[{ version = "1", python = "<3.10" }, { version = "2", python = ">=3.10" }]'
    assert [*map(str, read(f"p = {said}"))] == [
        'p==1; python_version < "3.10"',
        'p==2; python_version >= "3.10"',
    ]


def test_extras() -> None:
    """What is in several is brought by each of them; groups are in no metadata."""
    found = read(
        'a = { version = "1", optional = true, platform = "linux" }\n'
        'B_c = { version = "1", optional = true }',
        'x = ["a", "b-c"]\nall = ["a"]',
    )
    brought = {
        extra: [r.name for r in found if r.marker and r.marker.evaluate(environment(extra))]
        for extra in ("x", "all", "")
    }
    assert brought == {"x": ["a", "B_c"], "all": ["a"], "": []}


def test_a_marker_that_names_an_extra() -> None:
    (found,) = read('a = { version = "1", markers = "extra == \'y\'" }', 'x = ["a"]')
    assert found == Requirement("a==1; extra == 'y'")


def test_an_optional_one_that_no_extra_brings() -> None:
    """poetry-core 1 took it for one that is not optional."""
    table = toml.loads('[dependencies]\na = { version = "1", optional = true }')
    assert (poetry.read(table).required, poetry.read(table, True).required) == ([], ["a==1"])
    for requires, found in (("poetry-core>=1,<2", ["a==1"]), ("poetry-core>=1", [])):
        text = f'[build-system]\nrequires = ["{requires}"]\n[tool.poetry]\nname = "x"\n'
        text += '[tool.poetry.dependencies]\na = { version = "1", optional = true }\n'
        source = sdist.source(sdist.Contents(files={"pyproject.toml": text}).as_json(), "")
        said = declared(source)
        assert said is not None and said.required == found


def environment(extra: str) -> dict[str, str]:
    return {"extra": extra, "sys_platform": "linux"}


@pytest.mark.parametrize(
    ("python", "expected"),
    [
        ('"^3.8"', ">=3.8,<4"),
        ('"3.10"', "==3.10.*"),
        ('"~2.7 || ^3.6"', ">=2.7,<4,!=3.0.*,!=3.1.*,!=3.2.*,!=3.3.*,!=3.4.*,!=3.5.*"),
        ('"*"', ""),
        ('{ version = ">=3.9" }', ">=3.9"),
    ],
)
def test_requires_python(python: str, expected: str) -> None:
    found = poetry.requires_python({"dependencies": toml.loads(f"python = {python}")})
    assert SpecifierSet(found) == SpecifierSet(expected)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({"dependencies": ["a"]}, "are not a table"),
        ({"dependencies": {"a": 1}}, "'a' in its .* neither a text nor a table"),
        ({"dependencies": {"a": {"version": 1}}}, "'a' in its .* its version is not text"),
        ({"dependencies": {"a": "nonsense"}}, "'nonsense' is not a range"),
        ({"dependencies": {"a": "<1 || ==2.3"}}, "is a range that metadata cannot say"),
        ({"dependencies": {"a": {"markers": "x y"}}}, "'x y' is not a marker"),
        ({"dependencies": {"a": {"platform": "a/b"}}}, "'a/b' is not a platform"),
        ({"dependencies": {"python": 3}}, "Python in its .* are not text"),
        ({"extras": {"x": "a"}}, "the extra 'x' in its .* is not a list of texts"),
        ({"extras": ["x"]}, "the extras in its .* are not a table"),
    ],
)
def test_what_metadata_cannot_say(table: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        poetry.read(table)


BUILD = '[build-system]\nbuild-backend = "poetry.core.masonry.api"\n'
TABLE = """\
[tool.poetry.dependencies]
python = "^3.9"
a = "^1"
b = { version = "2", optional = true }
[tool.poetry.extras]
x = ["b"]
"""


@pytest.mark.parametrize(
    ("project", "required", "python"),
    [
        ('dynamic = ["dependencies", "optional-dependencies"]', {"a", "b"}, ">=3.9,<4"),
        ('dynamic = ["dependencies"]\nrequires-python = ">=3.8"', {"a", "b"}, ">=3.8"),
        ("", {"a", "b"}, ">=3.9,<4"),
        ('dependencies = ["c"]\nrequires-python = ">=3.8"', {"c"}, ">=3.8"),
        ('dependencies = ["c"]\ndynamic = ["requires-python"]', {"c"}, ">=3.9,<4"),
        (
            'dynamic = ["dependencies"]\noptional-dependencies = { y = ["c"] }',
            {"a", "c"},
            ">=3.9,<4",
        ),
    ],
)
def test_beside_project(project: str, required: set[str], python: str) -> None:
    """https://python-poetry.org/docs/pyproject/#dependencies-and-requires-python"""
    text = f'{BUILD}[project]\nname = "p"\n{project}\n{TABLE}'
    source = sdist.source(sdist.Contents(files={"pyproject.toml": text}).as_json(), "")
    found = declared(source)
    assert found is not None
    assert {Requirement(each).name for each in found.required} == required
    assert SpecifierSet(found.python) == SpecifierSet(python)

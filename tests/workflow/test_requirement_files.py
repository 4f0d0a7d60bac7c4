"""Files that ask for sets: (what they say, what is requested)."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from spack_pypi import files
from spack_pypi.errors import UsageError
from spack_pypi.workflow.requirement_files import RequirementSet, named, read
from spack_pypi.workflow.requirement_files.formats import FORMATS, format_of
from spack_pypi.workflow.requirement_files.model import TextFile


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder


def asked(folder: Path, *names: str, **options: Any) -> RequirementSet:
    return read([str(folder / name) for name in names], **options)


def texts(found: RequirementSet) -> list[str]:
    return [str(requirement) for requirement in found.requirements]


REQUIREMENTS: dict[str, list[str]] = {
    "six\nattrs>=22,<24  # a comment\n\n# another\n": ["six", "attrs<24,>=22"],
    "attrs>=22 \\\n   --hash=sha256:00 \\\n   --hash=sha256:11\nsix": ["attrs>=22", "six"],
    "rich[jupyter]>=10": ["rich[jupyter]>=10"],
    "six; python_version >= '3'\nold; python_version < '3'": ["six"],
    "pip\nwheel>=0.40\nsix": ["six"],
    "-e .\n./local\ngit+https://h.example/x.git\nx @ https://h.example/x.zip\nsix": ["six"],
    "--index-url https://index.example/simple\nsix": ["six"],
}


@pytest.mark.parametrize("text", REQUIREMENTS)
def test_requirements(tmp_path: Path, text: str) -> None:
    write(tmp_path, requirements__txt=text)
    assert texts(asked(tmp_path, "requirements.txt")) == REQUIREMENTS[text]


def test_what_is_left_out_is_reported(tmp_path: Path) -> None:
    write(tmp_path, r__txt="-e .\n--pre\n./local\nold; python_version < '3'\nsix")
    assert asked(tmp_path, "r.txt").skipped == [
        ("-e .", "an editable project, not a release on an index"),
        ("--pre", "an option of pip, which spack-pypi does not use"),
        ("./local", "a path or a URL, not a project on an index"),
        ("old; python_version < '3'", "not for this Python or platform"),
    ]


def test_files_that_are_included(tmp_path: Path) -> None:
    write(tmp_path, a__txt="-r b.txt\n-c c.txt\nsix", b__txt="attrs", c__txt="idna<3\nidna>=2")
    found = asked(tmp_path, "a.txt")
    assert texts(found) == ["attrs", "six"]
    assert {name: str(spec) for name, spec in found.constraints.items()} == {"idna": "<3,>=2"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-r r.txt", "includes itself"),
        ("-r nowhere.txt", "cannot be read"),
        ("not a requirement", "is not a requirement"),
    ],
)
def test_files_that_make_no_sense(tmp_path: Path, text: str, reason: str) -> None:
    write(tmp_path, r__txt=text)
    with pytest.raises(UsageError, match=reason):
        asked(tmp_path, "r.txt")


def test_a_folder_without_a_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match="is a folder without pyproject.toml, wheels or sdists; pass"
    ):
        read([str(tmp_path)])


PYPROJECT = """
[project]
name = "My.App"
dependencies = ["six", "attrs>=22"]
[project.optional-dependencies]
web = ["flask"]
all = ["my-app[web]", "rich"]
[dependency-groups]
test = ["pytest"]
dev = [{include-group = "test"}, "ruff"]
"""


def test_a_project_with_extras_and_groups(tmp_path: Path) -> None:
    write(tmp_path, pyproject__toml=PYPROJECT)
    assert texts(asked(tmp_path, "pyproject.toml")) == ["six", "attrs>=22"]
    assert texts(asked(tmp_path, "", extras=["all"])) == ["six", "attrs>=22", "rich", "flask"]
    assert texts(asked(tmp_path, "", groups=["dev"])) == ["six", "attrs>=22", "pytest", "ruff"]


@pytest.mark.parametrize(
    ("text", "options", "reason"),
    [
        (PYPROJECT, {"extras": ["no"]}, "has no extra 'no'"),
        (PYPROJECT, {"groups": ["no"]}, "dependency-groups"),
        ("[tool.x]", {}, "has no \\[project\\] table"),
        ("[project]\ndynamic = ['dependencies']", {}, "dynamic"),
        ("[project", {}, "not valid TOML"),
    ],
)
def test_projects_that_are_not_read(
    tmp_path: Path, text: str, options: dict[str, Any], reason: str
) -> None:
    write(tmp_path, pyproject__toml=text)
    with pytest.raises(UsageError, match=reason):
        asked(tmp_path, "pyproject.toml", **options)


def test_pylock(tmp_path: Path) -> None:
    """PEP 751."""
    where = 'url = "https://files.example/x", hashes = {sha256 = "0"}'
    lock = f"""
lock-version = "1.0"
created-by = "hand"
[[packages]]
name = "attrs"
version = "25.1.0"
sdist = {{name = "attrs-25.1.0.tar.gz", {where}}}
[[packages]]
name = "old"
version = "1"
marker = "python_version < '3'"
sdist = {{name = "old-1.tar.gz", {where}}}
[[packages]]
name = "local"
directory = {{path = "."}}
"""
    write(tmp_path, pylock__toml=lock)
    found = asked(tmp_path, "pylock.toml")
    assert texts(found) == ["attrs==25.1.0"]
    assert [name for name, _ in found.skipped] == ["old", "local"]


#: PEP 751: extras and groups as markers, two versions in two environments.
PARTS = """
lock-version = "1.0"
created-by = "hand"
requires-python = ">=3.9"
environments = ["sys_platform == 'linux'", "sys_platform == 'darwin'"]
extras = ["web"]
dependency-groups = ["dev", "base"]
default-groups = ["base"]
"""
PARTS += "".join(
    f'''
[[packages]]
name = "{name}"
version = "{version}"
marker = "{marker}"
sdist = {{name = "{name}-{version}.tar.gz", url = "https://files.example/x", hashes = {{a = "0"}}}}
'''
    for name, version, marker in [
        ("six", "1.16", "python_version < '3.12' and 'base' in dependency_groups"),
        ("six", "1.17", "python_version >= '3.12' and 'base' in dependency_groups"),
        ("flask", "3.1", "'web' in extras"),
        ("pytest", "9.0", "'dev' in dependency_groups"),
        ("appnope", "0.1", "sys_platform == 'darwin' and 'dev' in dependency_groups"),
    ]
)


@pytest.mark.parametrize(
    ("on", "parts", "expected"),
    [
        ("linux,py311", {}, ["six==1.16"]),
        ("linux,py312", {}, ["six==1.17"]),
        ("linux,py312", {"extras": ["Web"]}, ["six==1.17", "flask==3.1"]),
        ("linux,py312", {"groups": ["dev"]}, ["six==1.17", "pytest==9.0"]),
        ("darwin,x86_64,py312", {"groups": ["dev"]}, ["six==1.17", "pytest==9.0", "appnope==0.1"]),
    ],
)
def test_parts_of_a_pylock(
    tmp_path: Path, on: str, parts: dict[str, Any], expected: list[str]
) -> None:
    write(tmp_path, pylock__toml=PARTS)
    found = asked(tmp_path, "pylock.toml", environment=named(on), **parts)
    assert texts(found) == expected
    assert found.locked
    left_out = [("appnope", "not for this Python or platform")] if "linux" in on else []
    assert found.skipped == left_out


def test_a_later_version_of_the_format_is_reported(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, pylock__toml=PARTS.replace('"1.0"', '"1.7"'))
    found = asked(tmp_path, "pylock.toml", environment=named("linux,py312"))
    assert found.skipped[-1] == (
        "lock-version 1.7",
        "what a later version of the format adds is not known",
    )
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("on", "parts", "reason"),
    [
        ("windows,x86_64", {}, 'it is for sys_platform == "linux" or sys_platform =='),
        ("py38", {}, "is for Python >=3.9, not 3.8"),
        ("linux", {"extras": ["no"]}, "has no extra 'no'; it has web"),
        ("linux", {"groups": ["no"]}, "has no group 'no'; it has base, dev"),
    ],
)
def test_a_pylock_for_others(tmp_path: Path, on: str, parts: dict[str, Any], reason: str) -> None:
    write(tmp_path, pylock__toml=PARTS)
    with pytest.raises(UsageError, match=reason):
        asked(tmp_path, "pylock.toml", environment=named(on), **parts)


def test_parts_of_a_file_that_has_none(tmp_path: Path) -> None:
    write(tmp_path, r__txt="six")
    with pytest.raises(UsageError, match="r.txt cannot have extras or groups"):
        asked(tmp_path, "r.txt", extras=["web"])


def test_the_environment_decides_markers(tmp_path: Path) -> None:
    write(tmp_path, r__txt="a; python_version < '3.10'\nb; sys_platform == 'win32'\nc")
    assert texts(asked(tmp_path, "r.txt", environment=named("linux,py39"))) == ["a", "c"]
    assert texts(asked(tmp_path, "r.txt", environment=named("windows,x86_64"))) == ["b", "c"]


#: Each format, and a file name by which it is recognized.
NAMES = {
    "uv.lock": ["uv.lock", "script.py.lock"],
    "pylock.toml": ["pylock.toml", "pylock.web.toml"],
    "poetry.lock": ["poetry.lock"],
    "pdm.lock": ["pdm.lock", "pdm.windows.lock"],
    "Pipfile.lock": ["Pipfile.lock"],
    "pyproject.toml": ["pyproject.toml"],
    "setup.cfg": ["setup.cfg"],
    "Pipfile": ["Pipfile"],
    "pixi.toml": ["pixi.toml", "pixi.lock", "conda-lock.yml"],
    "setup.py": ["setup.py"],
    "*.whl": ["six-1-py3-none-any.whl", "six-1.tar.gz", "six-1.zip"],
    "*.py": ["script.py"],
    "environment.yml": ["environment.yml", "docker.yaml"],
    "requirements.txt": ["requirements.txt", "requirements/dev.in", "constraints"],
}


def test_each_format_is_recognized_by_name() -> None:
    first = {
        name: format_of(TextFile(Path(name), "")).name
        for names in NAMES.values()
        for name in names
    }
    assert first == {name: known for known, names in NAMES.items() for name in names}
    assert [each.name for each in FORMATS] == list(NAMES)


#: What a file says that has a name of its own, and the format that it is in.
TEXTS = [
    ('version = 1\n[[package]]\nname = "a"\nsource = { registry = "x" }\n', "uv.lock"),
    ('lock-version = "1.0"\n[[packages]]\nname = "a"\n', "pylock.toml"),
    ('[project]\nname = "a"\n', "pyproject.toml"),
    (
        '[[package]]\nname = "a"\n[metadata]\npython-versions = "*"\ncontent-hash = "0"\n',
        "poetry.lock",
    ),
    ('[metadata]\nlock_version = "4.5"\n[[package]]\nname = "a"\n', "pdm.lock"),
    ('{\n"_meta": {"pipfile-spec": 6},\n"default": {}}', "Pipfile.lock"),
    ("[options]\ninstall_requires =\n  a\n", "setup.cfg"),
    ("# /// script\n# ///\n", "*.py"),
    ("name: x\ndependencies:\n  - python\n", "environment.yml"),
    ("a==1\n", "requirements.txt"),
]


@pytest.mark.parametrize(("text", "name"), TEXTS)
def test_each_format_is_recognized_by_its_text(text: str, name: str) -> None:
    assert format_of(TextFile(Path("requirements.lock"), text)).name == name


UNREAD = [
    ("Pipfile", "pipenv lock, and pass Pipfile.lock"),
    ("pixi.lock", "list the Python projects"),
    ("setup.py", "list the Python projects"),
    ("six-1.tar.gz", "name the project instead"),
]


@pytest.mark.parametrize(("name", "instead"), UNREAD)
def test_what_is_not_read_says_what_to_do(tmp_path: Path, name: str, instead: str) -> None:
    with pytest.raises(UsageError, match=f"{name} is not read; .*{instead}"):
        asked(tmp_path, name)


def test_a_file_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as /dev/zero."""
    monkeypatch.setattr(files, "LONGEST_FILE", 10)
    write(tmp_path, r__txt="six\nattrs\n", more__txt="six\nattrs\n#")
    assert texts(asked(tmp_path, "r.txt")) == ["six", "attrs"]
    with pytest.raises(UsageError, match="more.txt is longer than 10 characters, the limit"):
        asked(tmp_path, "more.txt")


def test_without_a_file_no_format_is_imported() -> None:
    """Most commands name projects."""
    package = "spack_pypi.workflow.requirement_files"
    lines = ["import sys", f"from {package} import read", "read([])", "print([*sys.modules])"]
    done = subprocess.check_output([sys.executable, "-c", "\n".join(lines)], text=True)
    found = {name for name in ast.literal_eval(done) if name.startswith(package)}
    assert f"{package}.model" in found and f"{package}.formats" not in found
    assert not {f"{package}.uv_lock", f"{package}.conda"} & found

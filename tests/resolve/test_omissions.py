"""What a release requires and cannot be had: it stops what needs it, or the recipe says so."""

from __future__ import annotations

import pytest

from spack_pypi.diagnostics import exit_code
from tests.memory import MemoryHost, MemoryIndex
from tests.resolve.conftest import run
from tests.run import omissions

GONE = "the index has no such project"

#: A requirement that cannot be had → why nothing is written.
REQUIRED = {
    "gone": f"1.0 needs gone: {GONE}",
    'gone; sys_platform == "linux"': f"1.0 needs gone: {GONE}",
    'gone; platform_machine == "aarch64"': f"1.0 needs gone: {GONE}",
    "idna>=9": "1.0 needs idna>=9: no release that Spack can install satisfies it (newest: 3.10)",
    "idna[gone]": f"1.0 needs idna[gone]: 3.10 needs gone: {GONE}",
    "x @ https://files.example/x.zip": "1.0 declares 'x @ https://files.example/x.zip': "
    "names a URL, not versions",
    "not a requirement!": "1.0 declares 'not a requirement!': "
    "is not a valid requirement (PEP 508)",
    "idna===3.10": "1.0 needs idna===3.10: '===3.10' compares text, not versions",
    'gone; platform_release >= "5"': """1.0 declares 'gone; platform_release >= "5"': """
    """'platform_release >= "5"' depends on platform_release, which no recipe can know""",
}

#: One that applies nowhere that counts → whether the report says that it is not there, and
#: whether the file does: nobody uses the recipe with a Python that Spack no longer has.
NOT_REQUIRED = {
    'gone; sys_platform == "win32"': (True, True),
    'gone; sys_platform == "darwin"': (True, True),
    'x @ https://files.example/x.zip ; sys_platform == "win32"': (True, True),
    'gone; python_version >= "3.15"': (True, True),
    'gone; python_version < "3.9"': (True, False),
    'gone; extra == "never"': (False, False),
    'not a requirement!; extra == "never"': (False, False),
    'gone; sys_platform == "cygwin"': (False, False),
    'gone; implementation_name == "pypy"': (False, False),
}


@pytest.fixture
def idna(index: MemoryIndex) -> None:
    index.add("idna", "3.10", 'gone; extra == "gone"', extras=["gone"])


@pytest.mark.parametrize("text, reason", REQUIRED.items())
@pytest.mark.usefixtures("idna")
def test_what_is_required_and_cannot_be_had_stops_its_root(
    host: MemoryHost, index: MemoryIndex, text: str, reason: str
) -> None:
    index.add("app", "1.0", text)
    index.add("other", "1.0")
    result = run(host, index, "app", "other")
    assert [(r.project, r.reason) for r in result.plan.failed] == [("app", reason)]
    assert sorted(host.written) == ["py-other"]


@pytest.mark.parametrize("text", REQUIRED)
@pytest.mark.usefixtures("idna")
def test_who_allows_omissions_finds_them_in_the_file(
    host: MemoryHost, index: MemoryIndex, text: str
) -> None:
    index.add("app", "1.0", text)
    result = run(host, index, "app", allow_omissions=True)
    lacking = [record for record in result.plan.records.values() if record.incomplete]
    assert lacking and not result.plan.failed
    assert all("is left out: " in host.written[record.package] for record in lacking)


@pytest.mark.parametrize("text, reported", NOT_REQUIRED.items())
def test_what_concerns_other_systems_is_reported_and_does_not_block(
    host: MemoryHost, index: MemoryIndex, text: str, reported: tuple[bool, bool]
) -> None:
    index.add("app", "1.0", text)
    result = run(host, index, "app")
    in_file = " is left out" in host.written["py-app"]
    assert (bool(omissions(result)), in_file) == reported
    assert not result.plan.records["app"].incomplete


def test_a_project_without_recipes_is_reported_for_windows(
    host: MemoryHost, index: MemoryIndex
) -> None:
    index.add("app", "1.0", 'pywin; sys_platform == "win32"')
    index.add("pywin", "1.0", sdist=False, wheel_tag="cp312-cp312-win_amd64")
    (omission,) = omissions(run(host, index, "app"))
    assert omission.declared == "pywin (platform=windows)"
    assert "only as wheels" in omission.reason and "write a recipe" in omission.reason
    assert "only as wheels" in host.written["py-app"]
    assert "write a recipe" not in host.written["py-app"]  # its reader has one


def test_unknown_requirements_are_not_none(host: MemoryHost, index: MemoryIndex) -> None:
    index.add("app", "1.0", trusted=False)
    (failed,) = run(host, index, "app").plan.failed
    assert failed.reason == "1.0 does not declare what it requires: its metadata is dynamic"
    assert not host.written
    (omission,) = omissions(run(host, index, "app", allow_omissions=True))
    assert omission.declared == "what it requires" and "dynamic" in omission.reason


def test_strict_makes_every_omission_an_error(host: MemoryHost, index: MemoryIndex) -> None:
    index.add("app", "1.0", 'gone; sys_platform == "win32"')
    outcome = run(host, index, "app", strict=True)
    assert exit_code(outcome.diagnostics) == 1
    assert not (host.written or outcome.applied)


def test_what_an_extra_may_require_on_other_platforms_is_said(
    host: MemoryHost, index: MemoryIndex
) -> None:
    text = 'rich; platform_release == "6" and extra == "color"'
    index.add("app", "1.0", text, 'lz4; extra == "color"', extras=["color"])
    index.add("lz4", "1.0")
    index.add("rich", "1.0")
    result = run(host, index, "app[color]")
    (said,) = (each for each in result.diagnostics if each.code == "omitted-requirement")
    assert (said.severity.value, said.subject) == ("note", text)
    assert "which no recipe can know" in said.text


@pytest.mark.parametrize(
    ("tags", "archive"),
    [
        ("py3-none-any", "app-1.0-py3-none-any.whl"),
        ("py2-none-any py3-none-any", "app-1.0-py3-none-any.whl"),
        ("py2-none-any", ""),
        ("cp313-cp313-manylinux_2_17_x86_64", ""),
    ],
)
def test_a_wheel_for_all_platforms_where_nothing_can_be_built(
    host: MemoryHost, index: MemoryIndex, tags: str, archive: str
) -> None:
    """A release before it, and the one that can be built, keep their source archives."""
    index.add("app", "1.0", build=["setuptools"], wheel_tag=tags)
    index.reads("app", "1.0", "requirements.txt")
    index.add("app", "0.9")
    written = run(host, index, "app").plan.texts.get("py-app", "")
    if archive:
        assert f'url="https://files.example/{archive}"' in written
        said = "    # 1.0: the wheel, as its setup.py reads requirements.txt (line 2), which its "
        assert f'{said}source archive\n    # lacks\n    version(\n        "1.0"' in written
        assert 'depends_on("py-hatchling", when="@:0", type="build")' in written
    assert ('version("1.0"' in written.replace("(\n        ", "(")) is bool(archive)
    assert 'version("0.9"' in written


@pytest.mark.parametrize(
    ("needing", "pythons", "comments"),
    [
        # No version of the recipe is ever used with these: the report alone names them.
        ('python_version < "3.7"', ":3.6", []),
        ('python_full_version == "3.12.1"', "3.12.1", []),
        # A Python that is still to come may be used with it.
        (
            'python_version >= "3.15"',
            "3.15:",
            ["    # 1.0: other is left out for Pythons that Spack does not have yet"],
        ),
    ],
)
def test_what_only_pythons_need_that_the_host_lacks(
    host: MemoryHost, index: MemoryIndex, needing: str, pythons: str, comments: list[str]
) -> None:
    """For one project, however many platforms and Pythons need it; the report names each."""
    host.has("python", "3.13.1", "3.12.9")
    platforms = ("linux", "darwin")
    needs = (f'other==1; {needing} and sys_platform == "{each}"' for each in platforms)
    index.add("app", "1.0", *needs)
    said = [each.declared for each in omissions(run(host, index, "app"))]
    where = [f"other==1 (platform={each} ^python@{pythons})" for each in sorted(platforms)]
    assert sorted(said) == where
    assert [line for line in host.written["py-app"].split("\n") if "#" in line[4:]] == comments

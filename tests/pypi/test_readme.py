"""What a project says of itself in its archive alone: (summary, description, README) → what is
kept of the README, and where it counts."""

from __future__ import annotations

import pytest
from packaging.version import Version

from spack_pypi.pypi import metadata
from spack_pypi.pypi.archives import sdist
from spack_pypi.pypi.model import Metadata, Release, Source

README = "# quiet-log\n\nA library that logs quietly.\n"
HOME = "Home-page: https://quiet.example"
RELEASE = Release("quiet-log", Version("1"), ())


def pkg_info(*fields: str, body: str = "") -> str:
    lines = ("Metadata-Version: 2.4", "Name: quiet-log", "Version: 1", *fields)
    return "\n".join([*lines, "", body])


def read(said: str, *paths: str, size: int = 0) -> Source:
    contents = sdist.Contents({"PKG-INFO": said})
    for path in paths:
        sdist.look_at(path, size or len(README), README.encode, contents)
    return sdist.source(contents.as_json(), "quiet-log")


@pytest.mark.parametrize("path", ["README.md", "README.rst", "readme.txt", "README"])
def test_it_is_kept_where_the_metadata_says_nothing(path: str) -> None:
    source = read(pkg_info(), path)
    assert source.readme == README
    found = metadata.with_readme(metadata.from_sdist(pkg_info(), RELEASE), source)
    assert found.description == README


@pytest.mark.parametrize("path", ["docs/README.md", "README.html", "README.old.md", "READ.md"])
def test_other_files_are_not(path: str) -> None:
    assert read(pkg_info(), path).readme == ""


def test_a_large_one_is_not() -> None:
    assert read(pkg_info(), "README.md", size=1 << 20).readme == ""


@pytest.mark.parametrize(
    "said",
    [
        pkg_info(HOME, "Summary: Quiet logs"),
        pkg_info(HOME, body="A library.\n"),
        pkg_info(HOME, "Description: A library."),
    ],
)
def test_the_metadata_is_enough(said: str) -> None:
    assert read(said, "README.md").readme == ""


@pytest.mark.parametrize("summary", ["UNKNOWN", "", "None", "quiet-log", "Quiet Log"])
def test_a_summary_may_say_nothing(summary: str) -> None:
    said = pkg_info(f"Summary: {summary}", "Description: UNKNOWN")
    source = read(said, "README.md")
    assert source.readme == README
    found = metadata.with_readme(metadata.from_sdist(said, RELEASE), source)
    assert found.description == README


OWN = "https://github.com/noisy/quiet-log"
BADGE = f"# quiet-log\n\n[![build]({OWN}/actions/x.svg)]({OWN}/actions)\n"
# (what the metadata has of addresses, the repository that the README shows)
ADDRESSES = [
    ((), OWN),
    (("Home-page: UNKNOWN",), OWN),
    (("Home-page: https://quiet.example",), ""),
    (("Project-URL: Source, https://quiet.example",), ""),
]


@pytest.mark.parametrize(("fields", "repository"), ADDRESSES)
def test_a_repository_that_only_the_readme_shows(fields: tuple[str, ...], repository: str) -> None:
    said = pkg_info("Summary: Logs that keep quiet", *fields)
    contents = sdist.Contents({"PKG-INFO": said})
    sdist.look_at("README.md", len(BADGE), BADGE.encode, contents)
    source = sdist.source(contents.as_json(), "quiet-log")
    found = metadata.with_readme(metadata.from_sdist(said, RELEASE), source)
    assert (found.repository, found.description) == (repository, "")


@pytest.mark.parametrize("path", ["CHANGELOG.md", "changes.rst", "History", "NEWS.txt"])
def test_a_repository_that_only_the_list_of_changes_shows(path: str) -> None:
    said, changes = pkg_info("Summary: Logs that keep quiet"), f"## [1.0]({OWN}/commit/1a2b3c)"
    contents = sdist.Contents({"PKG-INFO": said})
    sdist.look_at(path, len(changes), changes.encode, contents)
    sdist.look_at(f"docs/{path}", 1, BADGE.encode, contents)
    source = sdist.source(contents.as_json(), "quiet-log")
    assert source.changes == changes
    found = metadata.with_readme(metadata.from_sdist(said, RELEASE), source)
    assert found.repository == OWN


def test_the_documentation_that_the_readme_names() -> None:
    docs = "https://quiet.example"
    said, readme = pkg_info("Summary: Logs that keep quiet"), f"# Documentation\n\n{docs}\n"
    contents = sdist.Contents({"PKG-INFO": said})
    sdist.look_at("README.md", len(readme), readme.encode, contents)
    source = sdist.source(contents.as_json(), "quiet-log")
    found = metadata.with_readme(metadata.from_sdist(said, RELEASE), source)
    assert (found.repository, found.documentation) == ("", docs)
    body = pkg_info("Summary: Logs that keep quiet", body=readme)
    assert metadata.from_sdist(body, RELEASE).documentation == docs


def test_a_description_may_say_nothing() -> None:
    said = pkg_info("Summary: UNKNOWN", "Description: UNKNOWN")
    source = read(said, "README.md")
    found = metadata.with_readme(metadata.from_sdist(said, RELEASE), source)
    assert found.description == README


def test_the_metadata_of_a_wheel_comes_first() -> None:
    said = Metadata("quiet-log", "1", summary="Quiet logs")
    assert metadata.with_readme(said, Source(readme=README)) == said

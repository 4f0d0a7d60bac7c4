"""The repository of a project by its description: by links as only the project itself has them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from spack_pypi.pypi import metadata
from spack_pypi.pypi.model import Release
from spack_pypi.pypi.own_repository import own_documentation, own_repository

OWN = "https://github.com/ann/quiet-log"
# (description, the repository)
DESCRIPTIONS = [
    ("", ""),
    # what only the README of the project itself links to
    (f"[![Build]({OWN}/actions/workflows/ci.yml/badge.svg)]({OWN}/actions)", OWN),
    (f"Report it: {OWN}/issues.", OWN),
    (f"See {OWN}/releases/tag/v1.0", OWN),
    (f"[MIT]({OWN}/blob/main/LICENSE)", OWN),
    (f"[how]({OWN}/blob/v1.0/CONTRIBUTING.md)", OWN),
    (f"## [1.1]({OWN}/compare/v1.0...v1.1)", OWN),
    (f"`log` is in {OWN}/blob/main/src/quiet_log/log.py", OWN),
    (f"`log` is in {OWN}/quiet_log/log.py", OWN),  # a slip
    (f"git clone {OWN}.git", OWN),
    ("git clone git@github.com:ann/quiet-log.git", OWN),
    (f"pip install git+{OWN}.git@main", OWN),
    ("https://gitlab.com/ann/quiet-log/-/issues", "https://gitlab.com/ann/quiet-log"),
    ("https://codeberg.org/ann/quiet-log/issues", "https://codeberg.org/ann/quiet-log"),
    # as it is written, and however it is written elsewhere
    ("https://github.com/Ann/Quiet.Log/issues", "https://github.com/Ann/Quiet.Log"),
    (f"{OWN}/issues and https://GitHub.com/Ann/Quiet-Log", OWN),
    # a page, an issue or a file may be those of something that has the same name
    (f"Bindings of [quiet-log]({OWN})", ""),
    (f"Blocked by {OWN}/issues/12", ""),
    (f"[format]({OWN}/blob/main/docs/format.md)", ""),
    (f"[format]({OWN}/docs/format.md)", ""),
    # another name, another server, and two of that name
    ("https://github.com/ann/quiet-log-python/issues", ""),
    ("https://github.com/quiet-log/log/issues", ""),
    ("https://git.example/ann/quiet-log/issues", ""),
    ("http://github.com/ann/quiet-log/issues", ""),
    (f"{OWN}/issues, a fork of https://github.com/bob/quiet_log", ""),
]


@pytest.mark.parametrize("description, repository", DESCRIPTIONS)
def test_the_repository(description: str, repository: str) -> None:
    assert own_repository(description, "quiet-log") == repository


def test_a_list_of_changes_links_to_the_changes() -> None:
    for link in (f"{OWN}/pull/12", f"{OWN}/issues/12", f"{OWN}/commit/1a2b3c"):
        assert own_repository(f"- mend it ({link})", "quiet-log", is_changes=True) == OWN
        assert own_repository(f"- mend it ({link})", "quiet-log") == ""
    assert own_repository(f"- see {OWN}", "quiet-log", is_changes=True) == ""


DOCS = "https://quiet.example/docs"
# (description, the documentation)
DOCUMENTED = [
    (f"# Documentation\n\nAll is explained in\n**{DOCS}**.\n", DOCS),
    (f"# x\n\n## Docs:\n[here]({DOCS}/), or <{DOCS}>\n\n## Links\nhttps://y.example", DOCS),
    (f"x\n=\n\nDocumentation\n-------------\n`Here <{DOCS}>`__\n\nMore\n----\nhttps://y.example",
     DOCS),
    (f"Documentation: {DOCS}", ""),
    (f"# Documentation of y\n{DOCS}", ""),
    (f"# Documentation\n{DOCS}, https://y.example", ""),
    # what stands below one of them is part of it
    (f"# Documentation\n- [Full]({DOCS}/)\n- [API]({DOCS}/api/)\n- [Why?]({DOCS}/why#you)", DOCS),
    (f"# Documentation\n- [Full]({DOCS}/)\n- [API]({DOCS}-api/)", ""),
    (f"# Documentation\n- [How]({DOCS}/how/)\n- [API]({DOCS}/api/)", ""),
    ("# Documentation\nIt is in the folder docs.\n# Other\nhttps://y.example", ""),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize("description, address", DOCUMENTED)
def test_the_documentation(description: str, address: str) -> None:
    assert own_documentation(description) == address


@given(st.text(alphabet="git clone+hub.com/ann/quiet-log\n:/issues"))
def test_any_text_has_a_repository_of_the_name_or_none(description: str) -> None:
    found = own_repository(f"{OWN}/issues {description}", "quiet-log")
    assert found in ("", OWN)


FIELDS = [
    ("", OWN),
    ("Home-page: UNKNOWN\n", OWN),
    ("Home-page: https://x.example/\n", ""),
    ("Project-URL: Funding, https://x.example/\n", ""),
]


@pytest.mark.parametrize("fields, repository", FIELDS)
def test_it_is_looked_for_only_where_no_field_has_an_address(fields: str, repository: str) -> None:
    text = f"Metadata-Version: 2.4\nName: quiet-log\nVersion: 1.0\n{fields}\n{OWN}/issues"
    found = metadata.from_wheel(text, Release("quiet-log", Version("1.0"), ()))
    assert found.repository == repository

"""The patch of Spack's own ``create``: where its edits go, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.errors import HostError
from spack_pypi.host.spack.core_edit import has_option, with_option, with_tests
from spack_pypi.host.spack.core_patch import make_core_patch

KNOWN = """\
import argparse
import sys

import spack.cmd
import spack.llnl.util.tty as tty
from spack.spec import Spec


def setup_parser(sub) -> None:
    sub.add_argument("url")


def create(parser, args):
    # Gather
    print(args)
"""


def test_what_is_inserted_lies_where_a_person_would_put_it() -> None:
    text = with_option(KNOWN)
    assert "import spack.cmd\nimport spack.extensions\nimport spack.llnl.util.tty" in text
    assert '    sub.add_argument("url")\n    sub.add_argument(\n        "--pypi",\n' in text
    assert "def create(parser, args):\n    if args.pypi is not None:\n" in text
    assert "return extension.create(args)\n\n    # Gather\n    print(args)\n" in text
    assert not has_option(KNOWN) and has_option(text)
    assert max(map(len, text.splitlines())) <= 99


def test_a_docstring_stays_first_and_an_import_is_not_repeated() -> None:
    known = KNOWN.replace("    # Gather\n", '    """Create."""\n')
    known = known.replace("import spack.cmd\n", "import spack.extensions\n")
    text = with_option(known)
    assert '"""Create."""\n    if args.pypi' in text
    assert text.count("import spack.extensions\n") == 1


# (what is there, what is there instead, the reason)
UNKNOWN = [
    ("def create(parser, args)", "def make(parser, args)", "has no function create"),
    ("def create(parser, args)", "def create(args)", "has no function create"),
    ("def create(parser, args)", "def create(parser, arguments)", "has no create(parser, args)"),
    ("def setup_parser(sub)", "def setup_parser()", "has no function setup_parser"),
    ("tty as tty", "tty", "does not import tty"),
    ("import spack.", "import ", "imports no module of Spack"),
    ("def create(", "def create((", "cannot be read"),
]


@pytest.mark.parametrize("known, instead, reason", UNKNOWN, ids=[row[1] for row in UNKNOWN])
def test_an_unknown_shape_is_refused(known: str, instead: str, reason: str) -> None:
    with pytest.raises(HostError) as refused:
        with_option(KNOWN.replace(known, instead))
    assert reason in str(refused.value)


def test_tests_of_an_unknown_shape_are_refused() -> None:
    with pytest.raises(HostError, match="no tests that call 'create'"):
        with_tests("import spack.url\n\n\ndef test_it():\n    pass\n")


def test_an_author_must_be_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "lib/spack/spack/cmd/create.py"
    file.parent.mkdir(parents=True)
    file.write_text(KNOWN)
    for variable in ("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL", "EMAIL"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(HostError, match="git does not know the author"):
        make_core_patch(tmp_path, tmp_path)
    file.write_text(with_option(KNOWN))
    assert make_core_patch(tmp_path, tmp_path) is None

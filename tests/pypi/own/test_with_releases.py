"""Whether the project of a name on an index is that of a repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.errors import FileFailure
from spack_pypi.pypi.model import Publisher
from spack_pypi.pypi.own.git_repository import Repository
from spack_pypi.pypi.own.own_git import opened
from spack_pypi.pypi.own.with_releases import WithReleases
from tests.memory_index import MemoryIndex
from tests.pypi.git_repos import Repo, project

HERE = "https://github.com/octo/my-thing"
ATTESTED = (Publisher("GitHub repository Octo/my-thing"),)
PAGE = "https://index.example/project/my-thing"


@pytest.mark.parametrize(
    ("address", "attested", "readme", "versions"),
    [
        (HERE, ATTESTED, "", ["1.0"]),
        (HERE, (), "pip install my_thing", ["1.0"]),
        (HERE, (), f"See {PAGE}/.", ["1.0"]),
        (HERE, None, f"See {PAGE}.", ["1.0"]),
        (HERE, (), "", ["0.1"]),
        (HERE, None, "", None),
        (HERE, (), "pip install my-thing-else", ["0.1"]),
        (HERE, (), f"See {PAGE}-else/.", ["0.1"]),
        (HERE, (Publisher("GitHub repository other/my-thing"),), "", ["0.1"]),
        # Another host, where the path may be somebody else's.
        (HERE.replace("github.com", "git.example"), ATTESTED, "", ["0.1"]),
        (HERE.replace("github.com", "gitlab.com"), ATTESTED, "", ["0.1"]),
    ],
)
def test_what_proves_it(
    address: str,
    attested: tuple[Publisher, ...] | None,
    readme: str,
    versions: list[str] | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In all of these the release names the repository, which anybody could write. What cannot be
    asked is an error, which says what to do."""
    repo, settings = Repo(tmp_path / "my-thing"), tmp_path / "gitconfig"
    repo.commit({"pyproject.toml": project("my-thing"), "README.md": readme}, "v0.1")
    settings.write_text(f'[url "{repo.address}"]\n insteadOf = {address}\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    index = MemoryIndex()
    index.add("my-thing", "1.0", home_page=address)
    index.published_by["my-thing", "1.0"] = attested
    own = opened(Repository(address, tmp_path / "cache"), "", "", "")
    both = WithReleases(own, index)
    if versions is None:
        with pytest.raises(FileFailure) as raised:
            both.project("my-thing")
        assert str(raised.value) == (
            f"{HERE}: whether the index has releases of my-thing is not known ({PAGE}/: who "
            "published 1.0 cannot be asked): run the command again, or name a tag or a branch, "
            "which only the repository has"
        )
        return
    found = both.project("my-thing").releases
    assert [str(each.version) for each in found] == ["9999!0+main", *versions]
    assert both.mark("my-thing") is not None

"""Commands without names go through a whole repo."""

from __future__ import annotations

import pytest

from tests.test_commands import Run
from tests.test_commands import run as run


@pytest.mark.parametrize("command", [["check"], ["sync", "--list"]])
def test_a_repo_without_recipes_of_python(run: Run, command: list[str]) -> None:
    """Which repo that is, as another one may be meant."""
    run.host.repos.packages_in = lambda namespace, repo: []  # type: ignore[method-assign]
    assert run(*command) == 0
    assert run.err == (
        "Warning: repo has no recipe of a Python project; -r or -N chooses another repo\n"
    )

"""Commits are made in a worktree of a clone; no program that the clone names is run."""

from __future__ import annotations

from pathlib import Path

from tests.host.test_checkout import BRANCHES, branches, clone, run, send, somebody

__all__ = ["clone", "somebody"]  # fixtures


def test_no_program_of_the_clone_is_run(clone: Path, tmp_path: Path) -> None:
    """Neither its hooks, which may refuse or never end, nor what watches its files."""
    for name in ("pre-commit", "commit-msg", "post-checkout", "reference-transaction"):
        hook = clone / ".git" / "hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran-{name}\nexit 1\n")
        hook.chmod(0o755)
    run(clone, "config", "core.fsmonitor", f"touch {tmp_path}/ran-monitor; false")
    send(clone)
    assert {*BRANCHES} < branches(clone) and not list(tmp_path.glob("ran-*"))

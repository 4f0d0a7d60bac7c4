"""Which files of a checkout differ from those of a commit."""

from __future__ import annotations

from pathlib import Path

from .git import git, git_or


def differing(top: Path, commit: str, folder: Path) -> list[str]:
    """The files in a folder of a checkout, below its ``top``, that a commit has and that are
    different now, or no longer there. Raises `HostError`.

    Git lists those that were only copied or touched, too: it may not write its index anew, which
    is a person's (`git_call`).
    """
    options = ("--raw", "--no-abbrev", "--no-renames", "-z")
    listed = git(top, "diff", *options, commit, "--", str(folder)).split("\0")
    entries = {name: entry.lstrip(":").split() for entry, name in zip(listed[::2], listed[1::2])}
    unknown = {
        name: before
        for name, (mode, mode_now, before, now, _) in entries.items()
        if mode == mode_now and not now.strip("0") and "\n" not in name
    }
    given = "".join(f"{name}\n" for name in unknown)
    found = git_or(top, "hash-object", "--stdin-paths", given=given) if unknown else None
    ids = zip(unknown.items(), (found or "").split())
    same = {name for (name, before), now in ids if now == before}
    return [name for name in entries if name not in same]

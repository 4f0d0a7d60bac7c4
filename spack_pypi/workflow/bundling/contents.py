"""What a bundle holds, as its ``bundle.json`` says it: what one run adds to, and another reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from ...errors import UsageError
from ...files import read_text

#: Changes whenever an older version of ours could not read it.
_FORMAT = 1


@dataclass(frozen=True)
class BundleContents:
    """``installs`` are the specs of each command that can be given on the other side (``py-foo``,
    or ``py-a py-b`` for one graph), with whether it needs ``--deprecated``. ``repos`` are the
    roots of repos below the bundle, the strongest first: namespace → (folder, git commit or
    empty). ``missing`` says of what is not in the bundle why: of a file by its path in the mirror,
    of anything else by its package. ``used`` are the externals, ``platforms`` the platforms that
    it was made for, ``spacks`` the versions of Spack that made it. ``indexes`` are
    the addresses of the package indexes, in the order in which they are asked."""

    installs: Mapping[str, bool] = field(default_factory=dict)
    repos: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    used: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    spacks: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()

    def text(self) -> str:
        """The text of ``bundle.json``."""
        return json.dumps({"format": _FORMAT, **asdict(self)}, indent=2) + "\n"

    def with_former(self, former: BundleContents, mirror: Path) -> BundleContents:
        """This, with what an earlier run put in, and what it missed and is still missing."""
        still = {k: v for k, v in former.missing.items() if not (mirror / k).is_file()}
        return BundleContents(
            {**former.installs, **self.installs},
            self.repos,
            {**still, **self.missing},
            _both(former.used, self.used),
            _both(former.platforms, self.platforms),
            _both(former.spacks, self.spacks),
            self.indexes,
        )


def read(file: Path) -> BundleContents:
    """What the file says; nothing where there is none. Raises `UsageError` for one that is
    damaged, or that a later version of ours wrote."""
    if not file.exists():
        return BundleContents()
    try:
        said: dict[str, Any] = json.loads(read_text(file))
        if said.pop("format") != _FORMAT:
            raise UsageError(f"{file} was written by another version of spack-pypi: use that one")
        values = {each.name: said[each.name] for each in fields(BundleContents)}
        for name in ("used", "platforms", "spacks", "indexes"):
            values[name] = tuple(map(str, values[name]))
        return BundleContents(
            **{**values, "repos": {n: (str(f), str(c)) for n, (f, c) in values["repos"].items()}}
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UsageError(f"{file} is damaged: delete it, and make the bundle again") from None


def _both(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*first, *second}))

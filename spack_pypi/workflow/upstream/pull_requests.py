"""A series as pull requests: of which commits each consists, and on what its branch is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .parts import Part, parts
from .series import Series, head


@dataclass(frozen=True)
class PullRequest:
    """A part of a series, with its ``branch``. It ``needs`` the branches of others to be merged
    before: its own begins ``on`` one of these (empty: on the base of the series), with the commits
    of the packages ``below``, which are from the others."""

    branch: str
    series: Series
    needs: tuple[str, ...] = ()
    on: str = ""
    below: tuple[str, ...] = ()


def pull_requests(series: Series, most: int | None, branch: str) -> Sequence[PullRequest]:
    """The series as one, or as several of at most so many packages; with a ``branch`` of that
    name, and a number where they are several, else named after what each is about."""
    needed = {each.package: each.dependencies for each in series.commits}
    found = parts(needed, most) if most else [Part(tuple(needed))]
    made: list[PullRequest] = []
    for at, part in enumerate(found):
        own = _of(series, part.packages)
        name = branch or f"pypi/{head(own).package}"
        if branch and len(found) > 1:
            name = f"{branch}-{at + 1}"
        needs = tuple(made[earlier].branch for earlier in part.needs)
        if not part.needs:
            made.append(PullRequest(name, own))
            continue
        # The last part that it needs has most of the others below it.
        on = part.needs[-1]
        others = [earlier for earlier in part.needs if earlier not in (on, *found[on].needs)]
        below = tuple(package for earlier in others for package in found[earlier].packages)
        made.append(PullRequest(name, own, needs, made[on].branch, below))
    return made


def _of(series: Series, packages: Sequence[str]) -> Series:
    """The part of a series with these packages, and what there is to say about them."""
    return replace(
        series,
        commits=tuple(each for each in series.commits if each.package in packages),
        diagnostics=tuple(each for each in series.diagnostics if each.package in ("", *packages)),
    )

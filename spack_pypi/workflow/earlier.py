"""What an earlier run of the same request planned, if nothing has changed since.

The same answers give the same plan. So a plan is kept by all that it follows from, but for the
index: the request, our own code, and `Host.basis`. With it is kept what the index said: the marks
of the pages that were looked up. The next run asks the index for these pages, all at once, by the
same rules as usual; where each has the same mark, the same plan follows, which passes the same
steps of the verification. In all other cases it is planned anew.

Nothing is kept of a run in which a file could not be read or a recipe was rejected: what was wrong
may be right the next time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import IndexFailure
from ..host.port import Host, Target
from ..own_requirements import installed
from ..pypi.cache import Cache
from ..session import Session
from .kept_plan import from_json, to_json
from .plan import Plan
from .request import Request
from .verifying.verification import Step, Verification

if TYPE_CHECKING:
    from ..resolve.facts import Supplement

_KIND = "plan"
#: What is kept at most: plans, and bytes of all of them.
_MOST, _SIZE = 100, 64 * 1024 * 1024
#: What does not change the plan of a request: how far it is verified, and where it is written to,
#: of which the basis says what matters.
_OTHER = ("repo", "namespace", "dry_run", "strict", "verify", "fix", "reuse")


class Earlier:
    """The plan of an earlier run of a request that is to be written into ``target``."""

    def __init__(
        self,
        session: Session,
        host: Host,
        request: Request,
        target: Target,
        supplements: Sequence[Supplement] = (),
    ) -> None:
        self._session, self._host, self._request, self._target = session, host, request, target
        self._cache = Cache(host.cache)
        self._is_first = True
        basis = host.basis() if request.reuse else None
        asked = [(f.name, repr(getattr(request, f.name))) for f in fields(request)]
        asked = [each for each in asked if each[0] not in _OTHER]
        where = [target.namespace, session.index.identity]
        rests_on = [basis, where, asked, repr(supplements), _own_code(), installed()]
        self._key = json.dumps(rests_on) if basis is not None else None

    def plan(self) -> tuple[Plan, Sequence[Step]] | None:
        """The plan and the steps that it has passed; None if there is none, or something has
        changed."""
        kept = self._cache.get(_KIND, self._key) if self._key else None
        try:
            if kept is None or self._marks(kept["pages"]) != kept["pages"]:
                return None
            recipe_path = self._host.repos.recipe_path
            plan = from_json(kept["plan"], self._request, self._target, recipe_path)
            return plan, tuple(map(Step, kept["steps"]))
        except (ValueError, LookupError, TypeError, AttributeError):
            return None  # it was kept in another form

    def keep(self, plan: Plan, verification: Verification) -> None:
        """Keep a plan of this run for the next one, if it is the first one, and passed all steps
        that need no solver; to be called with each plan that was verified."""
        is_first, self._is_first = self._is_first, False
        steps = verification.unsolved
        if self._key is None or not is_first or (plan.recipes and not steps):
            return
        facts = plan.resolution.catalog.facts
        if facts.has_failures:
            return
        marks = self._marks(facts.looked_up)
        if marks and None not in marks.values():
            value = {"pages": marks, "steps": [each.value for each in steps]}
            self._cache.put(_KIND, self._key, {**value, "plan": to_json(plan)})
            self._cache.keep_newest(_KIND, _MOST, _SIZE)

    def _marks(self, projects: Iterable[str]) -> Mapping[str, str | None]:
        """The marks of these pages as they are now; none where the index fails: to plan anew asks
        it again, and says what is wrong."""
        mark = self._session.index.mark
        asked = {project: self._session.submit(mark, project) for project in projects}
        try:
            return {project: now.result() for project, now in asked.items()}
        except IndexFailure:
            return {}


@cache
def _own_code() -> str:
    """A hash of our own code and data: what installs them may give all files the same time."""
    root = Path(__file__).parent.parent
    said = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.suffix not in (".pyc", "")):
        said.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return said.hexdigest()

"""What a closure asks of the index: many questions at once, each only once, and the answers handed
on one by one, in the thread that asked."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Any, Callable, Dict, Optional, Sequence, Set, Tuple, Union

from ...errors import IndexFailure, UnknownProject
from ...pypi.model import Index, Project, Release, Source
from ...pypi.static import with_static_requirements
from ...translate.builds import Builds, builds
from ...translate.wheels import least_python, machine_wheels
from .node import Facts, parsed


@dataclass(frozen=True)
class Supplement:
    """A build requirement that a project does not declare, and why it is needed; ``version`` is
    the one whose build showed it. It counts for all releases that ask for the same to be built."""

    project: str
    version: str
    requirement: str
    reason: str


class Inquiry:
    """Asks with at most so many ``connections``; ``supplements`` are what projects do not declare
    and need all the same; ``progress`` is told of every project that is asked about. A
    context manager: what was not answered when it is left is given up."""

    def __init__(
        self,
        index: Index,
        supplements: Sequence[Supplement],
        connections: int,
        progress: Callable[[str], None],
    ) -> None:
        self._index, self._supplements = index, supplements
        self._connections, self._progress = connections, progress
        self._futures: Dict["Future[Any]", Callable[[Any], None]] = {}
        self._asked: Set[Tuple[str, str]] = set()

    def __enter__(self) -> "Inquiry":
        self._pool = ThreadPoolExecutor(self._connections, thread_name_prefix="index")
        return self

    def __exit__(self, *exc: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def idle(self) -> bool:
        """Whether no answer is awaited."""
        return not self._futures

    def finish(self) -> None:
        """Hand on answers, which may ask further, until none is awaited. Raises `IndexFailure`,
        and what those raise that they are handed to."""
        while self._futures:
            done, _ = wait(self._futures, return_when=FIRST_COMPLETED)
            for future in done:
                self._futures.pop(future)(future.result())

    def page(self, project: str, then: Callable[[Union[Project, UnknownProject]], None]) -> None:
        """Ask for a project's page, or for the error that there is none."""

        def ask() -> Union[Project, UnknownProject]:
            try:
                return self._index.project(project)
            except UnknownProject as error:
                return error

        if self._is_new(project, "page"):
            self._progress(project)
            self._futures[self._pool.submit(ask)] = then

    def facts(
        self,
        page: Project,
        release: Release,
        then: Callable[[Facts], None],
        *,
        is_built: bool,
        optional: bool = False,
    ) -> None:
        """Ask what a release declares and, if it ``is_built``, what for its build; where that is
        ``optional``, a release that cannot be read has no facts."""

        def ask() -> Optional[Facts]:
            try:
                return self._facts(page, release, is_built)
            except IndexFailure:
                if optional:
                    return None
                raise

        def answered(found: Optional[Facts]) -> None:
            if found is not None:
                then(found)

        if self._is_new(release.project, str(release.version)):
            self._futures[self._pool.submit(ask)] = answered

    def _is_new(self, project: str, what: str) -> bool:
        fresh = (project, what) not in self._asked
        self._asked.add((project, what))
        return fresh

    def _facts(self, page: Project, release: Release, is_built: bool) -> Facts:
        metadata = self._index.metadata(release)
        least = least_python(machine_wheels(release).values())
        if least:
            said = ",".join(filter(None, [metadata.requires_python, least]))
            metadata = replace(metadata, requires_python=said)
        source = self._index.source(release) if release.sdist else Source()
        built = builds(source, release) if is_built else Builds()
        more = tuple(
            each.requirement
            for each in self._supplements
            if each.project == release.project and self._is_built_alike(page, built, each)
        )
        if more:
            built = replace(built, also_building=(*built.also_building, *more))
        return Facts(with_static_requirements(metadata, source), built)

    def _is_built_alike(self, page: Project, built: Builds, supplement: Supplement) -> bool:
        """Whether a release asks for the same to be built as the one that was tried."""
        tried = parsed(supplement.version)
        release = next((each for each in page.releases if each.version == tried), None)
        if release is None:
            return False
        return builds(self._index.source(release), release).requirements == built.requirements

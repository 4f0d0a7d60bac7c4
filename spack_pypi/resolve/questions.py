"""Questions that are sent to the index, each once, and their answers until they are taken."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, Callable, NamedTuple, Optional, Union

from packaging.version import Version

from ..errors import FileFailure, UnknownProject
from ..pypi.model import Metadata, Project, Release, Source
from ..session import Session


class ReleaseAnswer(NamedTuple):
    """What a release declares, or what is wrong with the file that would say so."""

    release: Release
    metadata: Metadata | FileFailure
    source: Source | FileFailure


#: Called with an answer: a page, or the metadata or the source of a release.
OnAnswer = Callable[[Union[Project, tuple[Release, Union[Metadata, Source]]]], None]
#: A project's page, or the metadata or the source of a release.
_Key = tuple[str, str, Optional[Version]]
_PAGE, _METADATA, _SOURCE = "page", "metadata", "source"


class Questions:
    """Sends questions to the index of a session. All methods are called by the same thread."""

    def __init__(self, session: Session) -> None:
        self._session, self._index = session, session.index
        self._sent: dict[_Key, Future[Any]] = {}
        self._arrived: SimpleQueue[_Key] = SimpleQueue()
        self._releases: dict[tuple[str, Version], Release] = {}

    def page(self, project: str) -> None:
        """Ask for a page."""
        self._send((_PAGE, project, None), self._session.submit, self._page, project)

    def metadata(self, release: Release) -> None:
        """Ask for the metadata of a release, without its source archive where there is a wheel."""
        project, version = release.project, release.version
        self._releases[project, version] = release
        submit = self._session.submit
        self._send((_METADATA, project, version), submit, _read, self._index.metadata, release)

    def release(self, release: Release, *, with_wheel: bool = False) -> None:
        """Ask for what a release declares, and what its source archive says about its build; of
        one that has none, ``with_wheel``, what the modules of its wheel say."""
        self.metadata(release)
        if release.has_sdist or (with_wheel and release.has_pure_wheel):
            submit = self._session.submit_long
            key = (_SOURCE, release.project, release.version)
            self._send(key, submit, _read, self._index.source, release)

    def wait(
        self,
        questions: Iterable[tuple[str, Version | None]],
        metadata: Iterable[tuple[str, Version]],
        on_answer: OnAnswer,
    ) -> None:
        """Wait until there are answers to these: pages, or releases where there is a version, and
        the ``metadata`` of releases. Calls ``on_answer`` with each answer that arrives meanwhile,
        to whatever question."""
        left = {key for question in questions for key in self._keys(*question)}
        left.update((_METADATA, *release) for release in metadata)
        left = {key for key in left if not self._sent[key].done()}
        while left:
            # Each that is left arrives: looking at all of them each time would be quadratic.
            key = self._arrived.get()
            self._pass_on(key, on_answer)
            left.discard(key)
        while not self._arrived.empty():
            self._pass_on(self._arrived.get(), on_answer)

    def _keys(self, project: str, version: Version | None) -> Iterable[_Key]:
        parts = (_PAGE,) if version is None else (_METADATA, _SOURCE)
        keys = ((part, project, version) for part in parts)
        return [key for key in keys if key in self._sent]

    def _pass_on(self, key: _Key, on_answer: OnAnswer) -> None:
        kind, project, version = key
        future = self._sent.get(key)
        answer = future.result() if future and future.exception() is None else None
        if isinstance(answer, Project):
            on_answer(answer)
        elif isinstance(answer, (Metadata, Source)) and version is not None:
            on_answer((self._releases[project, version], answer))

    def early(self, project: str) -> Project | None:
        """A page that has arrived and was not taken yet; None if there is none."""
        future = self._sent.get((_PAGE, project, None))
        if future is None or not future.done() or future.exception():
            return None
        page = future.result()
        return page if isinstance(page, Project) else None

    def take_page(self, project: str) -> Project | UnknownProject | FileFailure:
        """The answer to a question for a page. Raises `IndexFailure`."""
        answer: Project | UnknownProject | FileFailure = self._sent.pop(
            (_PAGE, project, None)
        ).result()
        return answer

    def known_metadata(
        self, project: str, version: Version
    ) -> tuple[Release, Metadata | FileFailure]:
        """The answer to a question for the metadata of a release. Raises `IndexFailure`."""
        return (
            self._releases[project, version],
            self._sent[_METADATA, project, version].result(),
        )

    def take_release(self, project: str, version: Version) -> ReleaseAnswer:
        """The answer to a question for a release; where its metadata cannot be read, its source
        does not matter. Raises `IndexFailure`."""
        metadata = self._sent.pop((_METADATA, project, version)).result()
        source = self._sent.pop((_SOURCE, project, version), None)
        release = self._releases.pop((project, version))
        if source is None or isinstance(metadata, FileFailure):
            return ReleaseAnswer(release, metadata, Source())
        return ReleaseAnswer(release, metadata, source.result())

    def forget(self, besides: Iterable[tuple[str, Version | None]]) -> None:
        """Drop the answers that nobody took, and the questions that were not sent yet, but for
        these pages and releases. Who asks again gets what arrived from the index's cache."""
        kept = {*besides}
        for key, future in [*self._sent.items()]:
            if key[1:] not in kept and (future.cancel() or future.done()):
                del self._sent[key]
        asked = {key[1:] for key in self._sent}
        self._releases = {key: each for key, each in self._releases.items() if key in asked}
        arrived = [self._arrived.get() for _ in range(self._arrived.qsize())]
        for key in arrived:
            if key in self._sent:
                self._arrived.put(key)

    def _send(
        self, key: _Key, submit: Callable[..., Future[Any]], ask: Callable[..., Any], *what: Any
    ) -> None:
        if key not in self._sent:
            future = self._sent[key] = submit(ask, *what)
            future.add_done_callback(lambda _: self._arrived.put(key))

    # --- in the threads ---------------------------------------------------------------------

    def _page(self, project: str) -> Project | UnknownProject | FileFailure:
        try:
            return self._index.project(project).essential()
        except (UnknownProject, FileFailure) as error:
            return error


def _read(ask: Callable[[Release], Any], release: Release) -> Any:
    try:
        return ask(release)
    except FileFailure as error:
        return error

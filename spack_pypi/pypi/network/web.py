"""The one place that opens connections: pooled, retried with back-off, never too many at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import responses
from typing import Any, Callable, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import DecodeError, HTTPError

from ...credentials import without_credentials
from ...errors import IndexFailure, NotFetched
from ..archives.tar import Reader
from ..limits import BODY, Size
from ..model import Settings
from .connections import ENCODINGS, session, unread_netrc
from .keyring import Keyring
from .patience import LONGEST_PAUSE, Deadline, pause
from .reasons import is_final, is_unreachable, reason_of
from .traffic import Traffic

#: Bytes that are taken from the network at once.
_CHUNK = 1 << 17
#: Seconds to wait before the second attempt; twice as long before each further one.
BACK_OFF = 0.3
#: Attempts for an answer with one of these statuses, or whose connection breaks.
_ATTEMPTS = 5
#: Statuses of which a caller makes something: 416 says that there is no such range.
_TAKEN = (200, 206, 304, 404, 416)
_ASKED_AGAIN = (429, 500, 502, 503, 504)
_MOST_REDIRECTS = 10
#: What to do where a server refuses an answer.
_REFUSED = "; credentials may stand in the URL of the index, or in ~/.netrc"

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Response:
    """A whole answer; ``headers`` have lower-case names. A ``status`` may be another one than 200:
    see `Web.get`."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    url: str


class Web:
    """HTTP for one index. Connections stay open for the next requests. ``traffic`` is shared with
    the other indexes of a run.

    What fails is a page or a file (`NotFetched`), unless nothing at all can be asked of the index:
    its server cannot be reached, or it may not be asked (`IndexFailure`)."""

    def __init__(self, settings: Settings, traffic: Traffic | None = None) -> None:
        self._settings, self._traffic = settings, traffic or Traffic(settings)
        self._closed = threading.Event()
        self._pauses, self._servers = self._traffic.pauses, self._traffic.servers
        self._session, self._keyring = session(settings), Keyring(settings)

    def close(self) -> None:
        """Close all connections; requests that are still under way fail, so that nobody waits for
        what is not needed any more."""
        self._closed.set()
        self._servers.end()
        self._session.close()

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, largest: Size = BODY
    ) -> Response:
        """The answer to a GET. Raises `NotFetched` for a file that is larger, and for any status
        but 200, 206, 304, 404 and 416. The credentials of the index are for its own origin only;
        other ones are in ~/.netrc."""

        def whole(answer: _Opened) -> Response:
            most = largest if answer.status in (200, 206) else BODY
            body = b"".join(_pieces(answer, _Raw(answer, self._check_open), most))
            names = {name.lower(): value for name, value in answer.headers.items()}
            self._check_has_no_password(url, body.decode("utf-8", "replace"), *names.values())
            return Response(answer.status, body, names, answer.url)

        return self._asked(url, headers or {}, whole)

    def read(self, url: str, reader: Callable[[Reader], _Result]) -> _Result:
        """What ``reader`` makes of the bytes of a file as they arrive; where the connection breaks
        it is called again, from the beginning."""

        def read(answer: _Opened) -> _Result:
            if answer.status != 200:
                missing = "does not exist" if answer.status == 404 else f"answered {answer.status}"
                raise NotFetched(url, missing)
            return reader(_Raw(answer, self._check_open))

        return self._asked(url, {"Accept-Encoding": "identity"}, read)

    def _asked(
        self, url: str, headers: Mapping[str, str], take: Callable[[_Opened], _Result]
    ) -> _Result:
        """What is taken of the answer; asked again where that may help and the time suffices."""
        if self._settings.offline:
            raise IndexFailure(url, "not cached, and --offline is set")
        # What others keep the server busy with does not count.
        place = self._traffic.place(urlsplit(url).netloc)
        self._traffic.count()
        with place, self._servers.deadline(url) as deadline:
            try:
                found = self._patient(url, headers, deadline, take)
            except NotFetched as failure:
                seconds = time.monotonic() - deadline.began
                self._servers.failed(url, failure.reason, seconds)
                raise
            self._servers.answered(url)
            return found

    def _patient(
        self,
        url: str,
        headers: Mapping[str, str],
        deadline: Deadline,
        take: Callable[[_Opened], _Result],
    ) -> _Result:
        reached = False
        for attempt in range(_ATTEMPTS):
            try:
                with self._followed(url, dict(headers), deadline) as answer:
                    return take(answer)
            except _MayPass as passing:
                reached = reached or not passing.is_unreachable
                if reached:
                    deadline.left()
                if attempt == _ATTEMPTS - 1 or deadline.is_over:
                    raise self._final(passing) from None
                if passing.pause:
                    self._pauses.ask_for(urlsplit(passing.url).netloc, passing.pause)
                else:
                    self._closed.wait(min(BACK_OFF * 2**attempt, deadline.left()))
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def _followed(
        self, url: str, headers: dict[str, str], deadline: Deadline
    ) -> Iterator[_Opened]:
        """The answer to which redirects lead. What each hop may be is decided here, and not by
        requests, which would go from https to http."""
        at = url
        for _ in range(_MOST_REDIRECTS + 1):
            with self._sent(at, headers, deadline) as answer:
                if not answer.is_redirect:
                    _check_status(url, at, answer, deadline)
                    deadline.says_its_end = "Content-Length" in answer.headers
                    yield _Opened(at, answer.status_code, answer.headers, answer.raw, deadline)
                    return
                with suppress(HTTPError, OSError):
                    # Most bodies end here, and then the connection stays open.
                    for _ in range(2):
                        answer.raw.read1(_CHUNK, decode_content=False)
                self._check_has_no_password(url, answer.headers["location"])
                at = _redirected(at, answer.headers["location"])
                self._servers.check_reachable(at)
        raise NotFetched(url, f"redirects more than {_MOST_REDIRECTS} times")

    def _sent(self, url: str, headers: dict[str, str], deadline: Deadline) -> requests.Response:
        """The answer of one address."""
        self._check_open(url)
        seconds = self._pauses.left(urlsplit(url).netloc)
        deadline.pause(seconds)
        self._closed.wait(seconds)
        self._check_open(url)
        timeout, left = self._settings.timeout, deadline.left()
        try:
            while True:
                credentials = self._keyring.for_url(url)
                answer = self._session.get(
                    url,
                    headers=headers,
                    auth=credentials,
                    stream=True,
                    allow_redirects=False,
                    timeout=(min(10.0, timeout, left), min(timeout, left)),
                )
                if answer.status_code != 401 or not self._keyring.has_others(url, credentials):
                    return answer
                answer.close()
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            if not is_unreachable(error):
                deadline.left()
            raise self._failure(url, error) from None

    def _failure(self, url: str, error: Exception) -> Exception:
        """The failure of a request, of which no answer came."""
        reason = reason_of(error)
        if isinstance(error, requests.exceptions.ProxyError) or not isinstance(
            error, (requests.RequestException, HTTPError, ValueError)
        ):
            # A proxy that is for all servers, or certificates that cannot be read.
            return IndexFailure(url, reason)
        passing = _MayPass(url, reason, is_unreachable=is_unreachable(error))
        if isinstance(error, (requests.ConnectionError, requests.Timeout)) and not is_final(error):
            return passing
        return self._final(passing)

    def _final(self, passing: _MayPass) -> Exception:
        """The failure of what did not pass."""
        if passing.is_unreachable:
            self._servers.cannot_be_reached(passing.url, passing.reason)
            return self._servers.unreachable(passing.url, passing.reason)
        return NotFetched(passing.url, passing.reason)

    def _check_has_no_password(self, url: str, *said: str) -> None:
        """Raise `NotFetched` for an answer that repeats what it was asked with: it would be
        cached, and maybe shown."""
        if any(map(self._keyring.are_in, said)):
            raise NotFetched(
                url,
                "the answer repeats the password that was sent to the index, and is not read: "
                "report that to whoever runs the index",
            )

    def _check_open(self, url: str) -> None:
        if self._closed.is_set():
            raise IndexFailure(url, "no longer needed")


class _MayPass(Exception):
    """An attempt failed, and the next one may succeed, at once or after a ``pause`` (seconds) that
    the server asks for."""

    def __init__(
        self, url: str, reason: str, pause: float = 0.0, is_unreachable: bool = False
    ) -> None:
        super().__init__(reason)
        self.url, self.reason = url, reason
        self.pause, self.is_unreachable = pause, is_unreachable


def _check_status(url: str, at: str, answer: requests.Response, deadline: Deadline) -> None:
    """Raise unless the status of the answer for ``url``, which is at another address, is one with
    which something can be done."""
    status = answer.status_code
    if status in _TAKEN:
        return
    # In the server's own words may be what was sent to it: credentials.
    said = f"answered {status} {responses.get(status, '')}".rstrip()
    if status in _ASKED_AGAIN:
        seconds = pause(answer.headers.get("Retry-After", ""))
        if deadline.paused + seconds > LONGEST_PAUSE:
            reason = f"asks to try again in {seconds:.0f} s: run the command again then"
            raise NotFetched(at, reason)
        raise _MayPass(at, said, seconds)
    way_out = f"{_REFUSED}{unread_netrc()}" if status in (401, 403) else ""
    raise NotFetched(url, said + way_out)


def _redirected(url: str, location: str) -> str:
    """The address to which a redirect leads. Raises `NotFetched` where it is not followed."""
    try:
        # A header is read as Latin-1.
        location = location.encode("latin-1").decode()
        target = without_credentials(urljoin(url, location))
        scheme = urlsplit(target).scheme
    except ValueError:
        raise NotFetched(url, "redirects to what is not an address") from None
    if scheme not in ("http", "https"):
        raise NotFetched(url, f"redirects to '{scheme}:', which is not the address of a web page")
    if scheme == "http" and urlsplit(url).scheme == "https":
        raise NotFetched(url, "redirects from https to http, where anybody could change it")
    return target


@dataclass(frozen=True)
class _Opened:
    """An answer of which the head has been read; ``url`` is its address, after redirects."""

    url: str
    status: int
    headers: Mapping[str, str]
    raw: Any
    deadline: Deadline


class _Raw:
    """The body of an answer, as it arrives."""

    def __init__(self, answer: _Opened, check_open: Callable[[str], None]) -> None:
        self._answer, self._check_open = answer, check_open

    def read(self, size: int = _CHUNK, decode: bool = False) -> bytes:
        """At most ``size`` bytes, none at the end; without the encoding of the transfer if they
        are to be decoded. What is there is taken: a slow server must not keep us waiting for all
        of them."""
        answer = self._answer
        self._check_open(answer.url)
        try:
            data: bytes = answer.raw.read1(size, decode_content=decode)
        except DecodeError as error:
            raise NotFetched(answer.url, reason_of(error)) from None
        except (HTTPError, OSError) as error:
            answer.deadline.left()
            raise _MayPass(answer.url, reason_of(error)) from None
        answer.deadline.arrived(len(data))
        return data


def _pieces(answer: _Opened, reader: _Raw, largest: Size) -> Iterator[bytes]:
    """A body in pieces, without its encoding. Raises `NotFetched` if it is too large, or has an
    encoding that was not asked for."""
    encoding = answer.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", *ENCODINGS):
        reason = f"its answer has the encoding '{encoding[:40]}', which was not asked for"
        raise NotFetched(answer.url, reason)
    size = 0
    for piece in iter(lambda: reader.read(_CHUNK, decode=True), b""):
        size += len(piece)
        if size > largest.size:
            raise NotFetched(answer.url, f"the answer is larger than {largest}")
        yield piece

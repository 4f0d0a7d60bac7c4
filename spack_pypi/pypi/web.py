"""The one place that opens connections: pooled, retried with back-off, never too many at once."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Callable
from urllib.parse import urljoin, urlsplit

import requests
from requests.utils import select_proxy
from urllib3.exceptions import HTTPError

from ..credentials import without_credentials
from ..errors import FileFailure, IndexFailure
from .adapters import Guarded, adapter, check_proxy
from .model import Settings
from .patience import Deadline, Pauses, pause
from .private_network import Guard

#: The largest page or metadata file that is taken into memory, bytes.
LARGEST_BODY = 100 * 1024 * 1024
#: Bytes that are taken from the network at once.
_CHUNK = 1 << 17
#: Seconds to wait before the second attempt; twice as long before each further one.
BACK_OFF = 0.3
#: Attempts for an answer with one of these statuses, or whose connection breaks.
_ATTEMPTS = 5
_ASKED_AGAIN = (429, 500, 502, 503, 504)
_MOST_REDIRECTS = 10
#: What to do where a server refuses an answer.
_REFUSED = "; credentials may stand in the URL of the index, or in ~/.netrc"


@dataclass(frozen=True)
class Response:
    """A whole answer; ``headers`` have lower-case names. A ``status`` may be 404 or 304."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    url: str


class Web:
    """HTTP for one index. At most ``settings.connections`` requests to one server are under way at
    once; connections stay open for the next ones. ``say`` gets sentences about long waits."""

    def __init__(self, settings: Settings, say: Callable[[str], None] = lambda text: None) -> None:
        self._settings = settings
        self._free: dict[str, threading.Semaphore] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._pauses = Pauses(say, self._closed.wait)
        self.requests_made = 0
        self._session = _Session()
        self._session.proxies.update(settings.proxies)
        # What requests itself would trust: the setting, an environment variable, its own list.
        asked = self._session.merge_environment_settings(
            settings.url, {}, True, settings.verify, None
        )
        check_proxy(select_proxy(settings.url, asked["proxies"]))
        guard = Guard(settings.url)
        arguments = {"pool_maxsize": settings.connections}
        self._session.mount("http://", Guarded(guard, None, **arguments))
        self._session.mount("https://", adapter(guard, asked["verify"], arguments))
        self._session.verify = settings.verify
        self._session.headers["User-Agent"] = "spack-pypi"

    def close(self) -> None:
        """Close all connections; requests that are still under way fail with their next bytes, so
        that nobody waits for what is not needed any more."""
        self._closed.set()
        self._session.close()

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """The answer to a GET. Raises `IndexFailure` for any status but 200, 206, 304 and 404. The
        credentials of the index are for its own origin only; other ones are in ~/.netrc."""
        with self._open(url, headers) as answer:
            body, size = [], 0
            reader = _Raw(answer, self._check_open)
            for chunk in iter(lambda: reader.read(_CHUNK, decode=True), b""):
                body.append(chunk)
                size += len(chunk)
                if size > LARGEST_BODY:
                    reason = f"the answer is larger than {LARGEST_BODY >> 20} MiB, the limit"
                    raise IndexFailure(url, reason)
            names = {name.lower(): value for name, value in answer.headers.items()}
            return Response(answer.status, b"".join(body), names, answer.url)

    @contextmanager
    def stream(self, url: str) -> Iterator[Any]:
        """The bytes of a file as they arrive: an object with ``read(size)``."""
        with self._open(url, {"Accept-Encoding": "identity"}) as answer:
            if answer.status == 404:
                raise FileFailure(url, "does not exist")
            if answer.status != 200:
                raise IndexFailure(url, f"answered {answer.status}")
            yield _Raw(answer, self._check_open)

    @contextmanager
    def _open(self, url: str, headers: Mapping[str, str] | None) -> Iterator[_Opened]:
        if self._settings.offline:
            raise IndexFailure(url, "not cached, and --offline is set")
        with self._place(urlsplit(url).netloc):
            # What others keep the server busy with does not count.
            deadline = Deadline(url, self._settings.timeout)
            at, answer = self._followed(url, dict(headers or {}), deadline)
            with answer:
                if answer.status_code not in (200, 206, 304, 404):
                    said = f"answered {answer.status_code} {answer.reason or ''}".rstrip()
                    raise IndexFailure(
                        url, said + (_REFUSED if answer.status_code in (401, 403) else "")
                    )
                yield _Opened(at, answer.status_code, answer.headers, answer.raw, deadline)

    def _followed(
        self, url: str, headers: dict[str, str], deadline: Deadline
    ) -> tuple[str, requests.Response]:
        """The answer to which redirects lead, and its address. What each hop may be is decided
        here, and not by requests, which would go from https to http."""
        at = url
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._patient(at, headers, deadline)
            if not answer.is_redirect:
                return at, answer
            with answer, suppress(HTTPError, OSError):
                # Most bodies end here, and then the connection stays open.
                for _ in range(2):
                    answer.raw.read1(_CHUNK, decode_content=False)
            at = _redirected(at, answer.headers["location"])
        raise IndexFailure(url, f"redirects more than {_MOST_REDIRECTS} times")

    def _patient(self, url: str, headers: dict[str, str], deadline: Deadline) -> requests.Response:
        """The answer of one address; asked again where that may help and the time suffices."""
        server = urlsplit(url).netloc
        for attempt in range(_ATTEMPTS):
            self._check_open(url)
            deadline.extend(self._pauses.wait(server))
            is_last = attempt == _ATTEMPTS - 1
            try:
                answer = self._sent(url, headers, deadline.left())
            except (requests.ConnectionError, requests.Timeout) as error:
                deadline.left()
                if is_last or not _may_pass(error):
                    raise IndexFailure(url, _reason(error)) from None
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                raise IndexFailure(url, _reason(error)) from None
            else:
                if answer.status_code not in _ASKED_AGAIN or is_last:
                    return answer
                seconds = pause(answer.headers.get("Retry-After", ""))
                answer.close()
                if seconds:
                    self._pauses.ask_for(server, url, seconds)
                    continue
            self._closed.wait(min(BACK_OFF * 2**attempt, deadline.left()))
        raise AssertionError("the last attempt returns or raises")

    def _sent(self, url: str, headers: dict[str, str], left: float) -> requests.Response:
        timeout = self._settings.timeout
        return self._session.get(
            url,
            headers=headers,
            auth=self._settings.credentials.for_url(url),
            stream=True,
            allow_redirects=False,
            timeout=(min(10.0, timeout, left), min(timeout, left)),
        )

    def _check_open(self, url: str) -> None:
        if self._closed.is_set():
            raise IndexFailure(url, "no longer needed")

    def _place(self, server: str) -> threading.Semaphore:
        """A place among the requests to a server, for one request more."""
        with self._lock:
            self.requests_made += 1
            free = threading.BoundedSemaphore(self._settings.connections)
            return self._free.setdefault(server, free)


class _Session(requests.Session):
    """Looks up once for each server what the environment says of it (proxies, authorities).
    Requests goes through all variables for each request, which takes a third of its time. And it
    takes the body of a redirect into memory, however large, even where it is not to follow it."""

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[tuple[Any, ...], dict[str, Any]] = {}

    def merge_environment_settings(
        self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any
    ) -> Any:
        parts = urlsplit(url)
        key = (parts.scheme, parts.netloc, *proxies.items(), stream, verify, cert)
        if key not in self._found:
            found = super().merge_environment_settings(url, proxies, stream, verify, cert)
            self._found[key] = dict(found)
        return dict(self._found[key])

    def resolve_redirects(self, *arguments: Any, **more: Any) -> Any:
        return iter(())


def _redirected(url: str, location: str) -> str:
    """The address to which a redirect leads. Raises `IndexFailure` where it is not followed."""
    try:
        # A header is read as Latin-1.
        location = location.encode("latin-1").decode()
        target = without_credentials(urljoin(url, location))
        scheme = urlsplit(target).scheme
    except ValueError:
        raise IndexFailure(url, "redirects to what is no address") from None
    if scheme not in ("http", "https"):
        raise IndexFailure(
            url, f"redirects to '{scheme}:', which is not the address of a web page"
        )
    if scheme == "http" and urlsplit(url).scheme == "https":
        raise IndexFailure(url, "redirects from https to http, where anybody could change it")
    return target


def _may_pass(error: Exception) -> bool:
    """Whether the next attempt may succeed: not with a certificate that is not trusted, nor with a
    proxy that refuses us."""
    return not isinstance(error, (requests.exceptions.SSLError, requests.exceptions.ProxyError))


@dataclass(frozen=True)
class _Opened:
    """An answer of which the head has been read; ``url`` is its address, after redirects."""

    url: str
    status: int
    headers: Mapping[str, str]
    raw: Any
    deadline: Deadline


class _Raw:
    """The body of an answer, as it arrives. Network errors become `IndexFailure`."""

    def __init__(self, answer: _Opened, check_open: Callable[[str], None]) -> None:
        self._answer, self._check_open = answer, check_open

    def read(self, size: int, decode: bool = False) -> bytes:
        """At most ``size`` bytes, none at the end; without the encoding of the transfer if they
        are to be decoded. What is there is taken: a slow server must not keep us waiting for all
        of them."""
        answer = self._answer
        self._check_open(answer.url)
        try:
            data: bytes = answer.raw.read1(size, decode_content=decode)
        except (HTTPError, OSError) as error:
            raise IndexFailure(answer.url, _reason(error)) from None
        answer.deadline.arrived(len(data))
        return data


def _reason(error: Exception) -> str:
    """One clause for what went wrong below us."""
    text = str(error)
    known: dict[str, str] = {
        r"SOCKS": "its proxy needs SOCKS, for which Python lacks the module of PySocks",
        r"ProxyError": "its proxy does not answer, or refuses us; see: pip config debug",
        r"timed out|Timeout": (
            "did not answer in time; to wait longer: pip config set global.timeout 60"
        ),
        r"Name or service not known|Temporary failure in name|getaddrinfo|NameResolution": (
            "cannot be reached: its host name is unknown; check the URL and the network"
        ),
        r"CERTIFICATE|SSL|TLS CA certificate": (
            "its TLS certificate cannot be verified; to set a CA: pip config set global.cert FILE"
        ),
        r"refused": "refuses connections; check the URL",
        r"InvalidURL|InvalidSchema|LocationParse|ValueError": ("is not the address of a web page"),
        r"IncompleteRead|reset|broken|aborted": (
            "the connection broke before the answer was whole; run the command again"
        ),
        r"DecodeError": "its answer is not encoded as it says",
        r"unreachable": "cannot be reached: there is no network; to use cached data: --offline",
    }
    for pattern, reason in known.items():
        if re.search(pattern, text + type(error).__name__):
            return reason
    return f"failed: {type(error).__name__}"

"""The one place that opens connections: pooled, retried with back-off, never too many at once."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from ssl import SSLContext
from typing import Any, Callable
from urllib.parse import urlsplit

import requests
from requests.adapters import DEFAULT_CA_BUNDLE_PATH, HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry
from urllib3.util.ssl_ import create_urllib3_context

from ..errors import FileFailure, IndexFailure
from .model import Settings
from .settings import without_credentials

#: The largest page or metadata file that is taken into memory, bytes.
LARGEST_BODY = 100 * 1024 * 1024
#: Bytes that are taken from the network at once.
_CHUNK = 1 << 17
#: Seconds to wait before the second attempt; twice as long before each further one.
BACK_OFF = 0.3


@dataclass(frozen=True)
class Response:
    """A whole answer; ``headers`` have lower-case names. A ``status`` may be 404 or 304."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    url: str


class Web:
    """HTTP for one index. At most ``settings.connections`` requests to one server are under way at
    once; connections stay open for the next ones."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._free: dict[str, threading.Semaphore] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self.requests_made = 0
        retry = Retry(
            total=4,
            backoff_factor=BACK_OFF,
            status_forcelist=(429, 500, 502, 503, 504),
            allowed_methods=("GET",),
            raise_on_status=False,
        )
        self._session = requests.Session()
        # What requests itself would trust: the setting, an environment variable, its own list.
        asked = self._session.merge_environment_settings(
            settings.url, {}, True, settings.verify, None
        )
        arguments: dict[str, Any] = {
            "pool_maxsize": settings.connections,
            "max_retries": retry,
        }
        self._session.mount("http://", HTTPAdapter(**arguments))
        self._session.mount("https://", _adapter(asked["verify"], arguments))
        self._session.verify = settings.verify
        self._session.proxies.update(settings.proxies)
        self._session.headers["User-Agent"] = "spack-pypi"

    def close(self) -> None:
        """Close all connections; requests that are still under way fail with their next bytes, so
        that nobody waits for what is not needed any more."""
        self._closed.set()
        self._session.close()

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """The answer to a GET. Raises `IndexFailure` for any status but 200, 206, 304 and 404."""
        with self._open(url, headers) as response:
            try:
                body, size = [], 0
                for chunk in response.iter_content(_CHUNK):
                    self._check_open(url)
                    body.append(chunk)
                    size += len(chunk)
                    if size > LARGEST_BODY:
                        raise IndexFailure(
                            without_credentials(url),
                            f"the answer is larger than {LARGEST_BODY >> 20} MiB, the limit",
                        )
            except (requests.RequestException, HTTPError, OSError) as error:
                raise IndexFailure(without_credentials(url), _reason(error)) from None
            names = {name.lower(): value for name, value in response.headers.items()}
            return Response(response.status_code, b"".join(body), names, response.url)

    @contextmanager
    def stream(self, url: str) -> Iterator[Any]:
        """The bytes of a file as they arrive: an object with ``read(size)``."""
        with self._open(url, {"Accept-Encoding": "identity"}) as response:
            if response.status_code == 404:
                raise FileFailure(without_credentials(url), "does not exist")
            if response.status_code != 200:
                raise IndexFailure(without_credentials(url), f"answered {response.status_code}")
            yield _Raw(response.raw, url, self._check_open)

    @contextmanager
    def _open(self, url: str, headers: Mapping[str, str] | None) -> Iterator[requests.Response]:
        shown = without_credentials(url)
        if self._settings.offline:
            raise IndexFailure(shown, "not cached, and --offline is set")
        with self._place(urlsplit(url).netloc):
            self._check_open(url)
            try:
                response = self._session.get(
                    url,
                    headers=dict(headers or {}),
                    stream=True,
                    timeout=(min(10.0, self._settings.timeout), self._settings.timeout),
                )
            except (requests.RequestException, HTTPError, OSError) as error:
                raise IndexFailure(shown, _reason(error)) from None
            with response:
                if response.status_code not in (200, 206, 304, 404):
                    raise IndexFailure(
                        shown, f"answered {response.status_code} {response.reason or ''}".rstrip()
                    )
                yield response

    def _check_open(self, url: str) -> None:
        if self._closed.is_set():
            raise IndexFailure(without_credentials(url), "no longer needed")

    def _place(self, server: str) -> threading.Semaphore:
        """A place among the requests to a server, for one request more."""
        with self._lock:
            self.requests_made += 1
            free = threading.BoundedSemaphore(self._settings.connections)
            return self._free.setdefault(server, free)


def _adapter(trusted: Any, arguments: dict[str, Any]) -> HTTPAdapter:
    """An adapter for TLS; ``trusted`` authorities are those of a file or a folder, or True for the
    ones of requests."""
    try:
        context = _context(DEFAULT_CA_BUNDLE_PATH if trusted is True else trusted)
    except (OSError, TypeError):
        # Requests says what is wrong with it once it is used.
        return HTTPAdapter(**arguments)
    return _Trusting(context, **arguments)


@lru_cache(maxsize=4)
def _context(path: str) -> SSLContext:
    """TLS that trusts the authorities of this file or folder. Raises OSError."""
    context = create_urllib3_context()
    if os.path.isdir(path):
        context.load_verify_locations(capath=path)
    else:
        context.load_verify_locations(cafile=path)
    return context


class _Trusting(HTTPAdapter):
    """Uses one context for all connections. Requests would read the certificates of all
    authorities again for each of them, which takes longer than ten small requests."""

    def __init__(self, context: SSLContext, **arguments: Any) -> None:
        self._context = context
        super().__init__(**arguments)

    def init_poolmanager(self, *arguments: Any, **more: Any) -> None:
        super().init_poolmanager(*arguments, **more, ssl_context=self._context)

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        return super().proxy_manager_for(proxy, **more, ssl_context=self._context)

    def send(self, request: Any, *arguments: Any, **more: Any) -> Any:
        # True: what the context trusts, and nothing beside it.
        return super().send(request, *arguments, **{**more, "verify": True})

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Here requests would name the certificates to read to a connection."""
        conn.cert_reqs = "CERT_REQUIRED"


class _Raw:
    """The undecoded body of a response; network errors become `IndexFailure`."""

    def __init__(self, raw: Any, url: str, check_open: Callable[[str], None]) -> None:
        self._raw, self._url, self._check_open = raw, url, check_open

    def read(self, size: int = -1) -> bytes:
        self._check_open(self._url)
        try:
            data: bytes = self._raw.read(size if size >= 0 else None, decode_content=False)
        except (HTTPError, OSError) as error:
            raise IndexFailure(without_credentials(self._url), _reason(error)) from None
        return data


def _reason(error: Exception) -> str:
    """One clause for what went wrong below us."""
    text = str(error)
    known: dict[str, str] = {
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
        r"unreachable": "cannot be reached: there is no network; to use cached data: --offline",
    }
    for pattern, reason in known.items():
        if re.search(pattern, text + type(error).__name__):
            return reason
    return f"failed: {type(error).__name__}"

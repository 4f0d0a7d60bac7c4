"""What the process of `process.FetchProcesses` does."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection

from ..model import Settings
from ..network.traffic import Traffic
from .fetcher import Fetcher
from .process import FetchAnswer, FetchCall

#: Seconds after which it looks whether the process that started it still runs: those that this one
#: has forked may keep the connection open.
_LOOK = 5.0


def serve(connection: Connection) -> None:
    """Answer calls until the connection ends. The terminal's interrupt is for the process that
    started this one, and ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings, parent = connection.recv()
    server = _Server(connection, settings)
    server.send(FetchAnswer(None))
    while True:
        try:
            while not connection.poll(_LOOK):
                if os.getppid() != parent:
                    os._exit(0)
            server.take(connection.recv())
        except (EOFError, OSError):
            # Threads that still fetch something hold up no exit.
            os._exit(0)


class _Server:
    def __init__(self, connection: Connection, settings: Settings) -> None:
        self._connection, self._sending = connection, threading.Lock()
        self._traffic = Traffic(settings, lambda text: self.send(FetchAnswer(None, text)))
        self._fetchers: dict[int, Fetcher] = {}
        # So many requests at once to the server of the pages, and to that of the files.
        self._pool = ThreadPoolExecutor(2 * settings.connections)

    def send(self, answer: FetchAnswer) -> None:
        """Send an answer."""
        with self._sending:
            self._connection.send(answer)

    def take(self, call: FetchCall) -> None:
        """Have a call answered by a thread."""
        fetcher = self._fetchers.get(call.fetcher)
        if fetcher is None:
            fetcher = self._fetchers[call.fetcher] = Fetcher(call.settings, self._traffic)
        self._pool.submit(self._answer, fetcher, call)

    def _answer(self, fetcher: Fetcher, call: FetchCall) -> None:
        try:
            result = getattr(fetcher, call.method)(*call.arguments)
            self.send(FetchAnswer(call.number, result, requests=self._traffic.requests_made))
        except BaseException as raised:
            error = _sendable(raised)
            self.send(FetchAnswer(call.number, None, error, self._traffic.requests_made))


def _sendable(error: BaseException) -> BaseException:
    """An error as it can be sent."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        return RuntimeError(text)
    return error

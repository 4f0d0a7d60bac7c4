"""What all indexes of a run share: how much is asked of each server at once, and what is known of
servers that fail."""

from __future__ import annotations

import threading
from typing import Callable

from ..model import Settings
from .patience import Pauses, Servers


class Traffic:
    """At most ``settings.connections`` requests to one server are under way at once, whichever
    index asks for it; ``say`` gets sentences about long waits."""

    def __init__(self, settings: Settings, say: Callable[[str], None] = lambda text: None) -> None:
        self.settings, self.say = settings, say
        self.servers = Servers(settings.url, settings.timeout)
        self.pauses = Pauses(say)
        self._connections = settings.connections
        self._free: dict[str, threading.Semaphore] = {}
        self._lock = threading.Lock()
        #: Requests sent so far, by this process and those that fetch for it.
        self.requests_made = 0

    def count(self, number: int = 1) -> None:
        """So many requests more are sent."""
        with self._lock:
            self.requests_made += number

    def place(self, server: str) -> threading.Semaphore:
        """A place among the requests to a server that are under way."""
        with self._lock:
            free = threading.BoundedSemaphore(self._connections)
            return self._free.setdefault(server, free)

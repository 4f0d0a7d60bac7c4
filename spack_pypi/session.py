"""What the commands share: the index that they read, and a line that tells how far they are."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from .host.port import Host
    from .pypi.http import HttpIndex


@contextmanager
def open_index(args: argparse.Namespace, host: Host) -> Iterator[tuple[HttpIndex, int]]:
    """The index that the options, pip or the host name, and how many requests at once it gets."""
    from .pypi.http import HttpIndex
    from .pypi.settings import settings

    reach = settings(
        args.index_url, default=host.index_url, cache=host.cache, offline=args.offline
    )
    index = HttpIndex(reach)
    try:
        yield index, reach.connections
    finally:
        index.close()


class Progress:
    """A line on the terminal that tells how far we are; nothing elsewhere."""

    def __init__(self, total: int | None = None) -> None:
        self._total = total

    def __enter__(self) -> Callable[[str], None]:
        self._bar: Any = None
        if sys.stderr.isatty():
            from tqdm import tqdm

            count = "{n_fmt} of {total_fmt}" if self._total else "{n_fmt}"
            form = count + " projects [{elapsed}] {desc}"
            self._bar = tqdm(total=self._total, bar_format=form, leave=False)
        return self._tell

    def _tell(self, what: str) -> None:
        if self._bar is not None:
            self._bar.set_description_str(what, refresh=False)
            self._bar.update()

    def __exit__(self, *exc: object) -> None:
        if self._bar is not None:
            self._bar.close()

"""The password of an index from the person's keyring, where the program ``keyring`` is installed.

As pip does, it is asked only for a user name that is in the address of the index without a
password, and only once the server has refused it: a token needs none. Pip's setting
``keyring-provider`` may be ``disabled``.
"""

from __future__ import annotations

import shutil
import threading
from urllib.parse import urlsplit

from ...errors import NotFetched
from ...programs import Unanswered, call
from ..model import Settings

#: Seconds for an answer: who waits for a person to unlock something waits forever.
_LONGEST = 20.0
#: The longest password, bytes.
_MOST = 1 << 16
_DISABLED = "disabled"


class Keyring:
    """The credentials of one index, which may get their password later."""

    def __init__(self, settings: Settings) -> None:
        self._url, self._credentials = settings.url, settings.credentials
        self._is_asked = settings.keyring == _DISABLED
        self._lock = threading.Lock()

    def for_url(self, url: str) -> tuple[str, str] | None:
        """See `Credentials.for_url`."""
        return self._credentials.for_url(url)

    def are_in(self, text: str) -> bool:
        """See `Credentials.are_in`."""
        return self._credentials.are_in(text)

    def has_others(self, url: str, refused: tuple[str, str] | None) -> bool:
        """Whether there are other credentials for a server than those it has ``refused``."""
        if refused is None or refused[1]:
            return False
        with self._lock:
            if not self._is_asked:
                self._is_asked = True
                password = _password(self._url, refused[0])
                if password:
                    self._credentials = self._credentials.with_password(password)
        return self.for_url(url) not in (None, refused)


def _password(url: str, user: str) -> str:
    """The password of a user for an index, or for its server; empty where there is none."""
    program = shutil.which("keyring")
    if program is None or user.startswith("-"):  # that would be an option
        return ""
    for service in (url, urlsplit(url).netloc):
        try:
            done = call([program, "get", service, user], _LONGEST, _MOST)
            found = done.output.decode().strip("\r\n")
        except Unanswered as failure:
            raise NotFetched(
                url,
                f"{program} {failure}, and the index wants a password; to go without it: pip "
                "config set global.keyring-provider disabled",
            ) from None
        except (OSError, ValueError):
            return ""
        if done.code == 0 and found:
            return found
    return ""

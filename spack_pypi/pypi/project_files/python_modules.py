"""The modules that Python brings itself, or did, or will."""

from __future__ import annotations

import sys
import sysconfig
from functools import cache
from pathlib import Path

#: Modules that Python has no longer → the first Python 3 that lacks them (the ones of one platform
#: are left out).
REMOVED = {
    **dict.fromkeys(("asynchat", "asyncore", "imp", "smtpd"), 12),
    **dict.fromkeys(
        ("aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "lib2to3", "mailcap",
         "nntplib", "pipes", "sndhdr", "sunau", "telnetlib", "uu", "xdrlib"), 13,
    ),
}  # fmt: skip
#: Those that are of no project either: setuptools has some, others are of one platform.
GONE = {"distutils", "msilib", "nis", "ossaudiodev", "pkg_resources", "spwd"}
#: Those that not all supported Pythons have yet (https://docs.python.org/3/library/).
_ADDED = {"annotationlib", "compression", "graphlib", "tomllib", "zoneinfo"}
#: The functions that import the module whose name they get.
IMPORTING = frozenset(("__import__", "import_module"))
#: The modules that Python has on Windows alone (https://docs.python.org/3/library/windows.html).
OF_WINDOWS = frozenset(("_winapi", "msvcrt", "winreg", "winsound"))


def of_any_python() -> frozenset[str]:
    """The modules that some Python has, or setuptools for it."""
    return of_python() | REMOVED.keys() | GONE | _ADDED


@cache
def of_python() -> frozenset[str]:
    """The modules of this Python. Before 3.10 it does not list them: they are where they lie."""
    listed: frozenset[str] | None = getattr(sys, "stdlib_module_names", None)
    if listed is not None:
        return listed
    folder = Path(sysconfig.get_path("stdlib"))
    files = [*folder.iterdir(), *folder.glob("lib-dynload/*")]
    return frozenset([*sys.builtin_module_names, *(file.name.partition(".")[0] for file in files)])

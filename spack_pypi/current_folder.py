"""``python -m`` looks for modules in the current folder first, which may be that of a stranger: a
project with a ``packaging.py`` would be run. From the import of this module on, it does not."""

import os
import sys


def _leave_out() -> None:
    ours = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    try:
        is_current = os.path.realpath(sys.path[0]) == os.path.realpath(os.getcwd()) != ours
    except OSError:  # it was deleted
        return
    if is_current and not getattr(sys.flags, "safe_path", False):
        del sys.path[0]


_leave_out()

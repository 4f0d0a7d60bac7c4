"""``python -m`` looks for modules in the current folder first, which may be that of a stranger."""

import os
import sys


def leave_out() -> None:
    """Look for no module in the current folder from now on, unless we are installed there: a
    project with a ``packaging.py`` would be run."""
    ours = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    try:
        is_current = os.path.realpath(sys.path[0]) == os.path.realpath(os.getcwd()) != ours
    except OSError:  # it was deleted
        return
    if is_current and not getattr(sys.flags, "safe_path", False):
        del sys.path[0]

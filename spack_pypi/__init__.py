"""Spack recipes from what Python projects already declare."""

import sys

__version__ = "0.1.0"

if sys.argv[:1] == ["-m"]:  # the program is being looked for, and nothing else was imported yet
    from . import current_folder

    current_folder.leave_out()

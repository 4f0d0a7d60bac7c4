"""A Spack environment of the named requirements.

https://spack.readthedocs.io/en/latest/environments.html
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..files import write_named, write_new, yaml_text

if TYPE_CHECKING:
    from ..workflow.plan import Plan


def spack_yaml(plan: Plan, left_out: Sequence[str] = ()) -> str:
    """The text of a ``spack.yaml`` with the named requirements as roots, and with the target repo
    if Spack does not know it yet. Comments say what is ``left_out``, and where it is not as a lock
    file says."""
    lines = ["# A Spack environment: https://spack.readthedocs.io/en/latest/environments.html"]
    for title, texts in (
        ("Not as locked:", plan.request.deviations.values()),
        ("Left out:", left_out),
    ):
        lines += [f"# {title}", *(f"#   {_comment(text)}" for text in texts)] if texts else []
    lines += ["spack:", "  specs:"]
    lines += [f"  - {_quoted(spec)}" for spec in plan.roots]
    if plan.constraints:
        lines.append("  packages:")
        for package, versions in plan.constraints:
            lines += [f"    {package}:", f"      require: {_quoted('@' + versions)}"]
    if not plan.target.registered:
        lines += ["  repos:", f"    {plan.target.namespace}: {_quoted(str(plan.target.root))}"]
    return "\n".join([*lines, "  concretizer:", "    unify: true", "  view: true", ""])


def check_environment(file: str, replace: bool) -> None:
    """Raise `UsageError` for a file that `write_environment` would not write, before anything is
    done."""
    if not replace and os.path.lexists(file):
        raise _exists(file)
    if not os.path.isdir(os.path.dirname(os.path.realpath(file))):
        raise UsageError(f"cannot write {file}: there is no such folder")


def write_environment(file: str, plan: Plan, replace: bool, left_out: Sequence[str] = ()) -> None:
    """Write a `spack_yaml`. Raises `UsageError`, also for a file that exists, unless
    ``replace``."""
    try:
        content = spack_yaml(plan, left_out).encode("utf-8")
        write_named(file, content) if replace else write_new(Path(file), content)
    except FileExistsError:
        raise _exists(file) from None
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from None


def _comment(text: str) -> str:
    """A text of a file or an index, as part of one line."""
    return "".join(each if each.isprintable() else " " for each in text)


def _quoted(text: str) -> str:
    return yaml_text(text)


def _exists(file: str) -> UsageError:
    return UsageError(f"{file} exists already: delete it, or name another file")

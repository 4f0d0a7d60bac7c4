"""A Spack environment of the named requirements.

https://spack.readthedocs.io/en/latest/environments.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ..errors import UsageError

if TYPE_CHECKING:
    from ..workflow.plan import Plan


def spack_yaml(plan: Plan) -> str:
    """The text of a ``spack.yaml`` with the named requirements as roots, and with the target repo
    if Spack does not know it yet."""
    lines = ["# A Spack environment: https://spack.readthedocs.io/en/latest/environments.html"]
    lines += ["spack:", "  specs:"]
    lines += [f"  - {_quoted(spec)}" for spec in plan.roots]
    if plan.constraints:
        lines.append("  packages:")
        for package, versions in plan.constraints:
            lines += [f"    {package}:", f"      require: {_quoted('@' + versions)}"]
    if not plan.target.registered:
        lines += ["  repos:", f"    {plan.target.namespace}: {_quoted(str(plan.target.root))}"]
    return "\n".join([*lines, "  concretizer:", "    unify: true", "  view: true", ""])


def write_environment(file: str, plan: Plan, replace: bool) -> None:
    """Write a ``spack.yaml``. Raises `UsageError`, also for a file that exists, unless
    ``replace``."""
    try:
        with open(file, "w" if replace else "x", encoding="utf-8") as stream:
            stream.write(spack_yaml(plan))
    except FileExistsError:
        raise UsageError(f"{file} exists already: pass --force to replace it") from None
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from None


def _quoted(text: str) -> str:
    """A string of JSON is one of YAML."""
    return json.dumps(text)

"""A Spack environment of what was named.

https://spack.readthedocs.io/en/latest/environments.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..workflow.plan import Plan


def spack_yaml(plan: Plan) -> str:
    """The text of a ``spack.yaml`` whose roots are what was asked for, with the repo that was
    written to where Spack does not know it yet."""
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


def _quoted(text: str) -> str:
    """A text of JSON is one of YAML."""
    return json.dumps(text)

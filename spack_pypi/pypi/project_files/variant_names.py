"""Names that a module of Spack's packages has only with a variant that is off unless somebody asks
for it: ``cv2.cvtColor`` of OpenCV, which is there without most of its modules.

``variant_names.json`` has them by package and variant, each package with its ``module`` in Python
and its ``source``, the pages that say which part of the library a name belongs to; a star stands
for any end (``COLOR_*``). ``beside`` are the variants without which one cannot be built, all of
them: what the package's recipe conflicts with. Only what certainly belongs to a variant is there.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...syntax import parsed
from .variant_modules import OfVariant

_FILE = Path(__file__).with_name("variant_names.json")
_TABLE = json.loads(_FILE.read_text("utf-8"))
#: Module → its package.
_PACKAGES = {entry["module"]: package for package, entry in _TABLE.items()}
#: Name, or its begin with a star, in full (``cv2.COLOR_*``) → what it needs.
VARIANT_NAMES = {
    f"{entry['module']}.{name}": OfVariant(package, variant)
    for package, entry in _TABLE.items()
    for variant, names in entry["names"].items()
    for name in names
}
_BEGINS = {name[:-1]: needed for name, needed in VARIANT_NAMES.items() if name.endswith("*")}


def variant_of_name(name: str) -> OfVariant | None:
    """What a name in full (``cv2.COLOR_BGR2GRAY``) needs; None for one that is always there, or
    unknown."""
    if name in VARIANT_NAMES:
        return VARIANT_NAMES[name]
    return next((needed for begin, needed in _BEGINS.items() if name.startswith(begin)), None)


def variants_beside(needed: OfVariant) -> Sequence[str]:
    """The variants of the package without which it has no such variant."""
    found: Sequence[str] = _TABLE[needed.package]["beside"].get(needed.variant, ())
    return found


def may_use(source: bytes) -> bool:
    """Whether a module, by its words, may use a name of `VARIANT_NAMES`."""
    return any(module.encode() in source for module in _PACKAGES)


def used_names(source: bytes) -> list[tuple[str, int]]:
    """(name in full, line) of the first uses of what needs a variant, one of each variant: names
    of a module that is imported anywhere, also in functions, which whoever requires the module's
    project can call."""
    tree = parsed(source) if may_use(source) else None
    found: dict[OfVariant, tuple[str, int]] = {}
    for name, line in sorted(_names_in(tree) if tree else (), key=lambda each: each[1]):
        needed = variant_of_name(name)
        if needed is not None:
            found.setdefault(needed, (name, line))
    return [*found.values()]


def _names_in(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The names of the modules that a tree imports, or asks them for."""
    called: dict[str, str] = {}
    nodes = [*ast.walk(tree)]
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in _PACKAGES:
                    called[alias.asname or alias.name] = alias.name
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module in _PACKAGES:
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = called.get(node.value.id)
            if module is not None:
                yield f"{module}.{node.attr}", node.lineno

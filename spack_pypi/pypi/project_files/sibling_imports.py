"""Imports of what lies in the same namespace and another project has: the parts of a namespace are
packages of several projects, in a folder without an ``__init__.py``.
https://packaging.python.org/en/latest/guides/packaging-namespace-packages/"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Set
from typing import NamedTuple

from .always_run import AlwaysRun
from .package_imports import INIT

#: A package in a namespace, maybe below a folder that holds packages and is none itself.
_IN_NAMESPACE = re.compile(
    r"(?:(?:src|lib|python|source|py)/)?(?!(?:src|lib|python|source|py)/)([A-Za-z]\w*)/[A-Za-z]\w*"
)


class SiblingImport(NamedTuple):
    """A place (``path`` and ``line``) where what always runs of a ``package`` (its file) imports a
    ``module`` (``x.y``) that lies in the namespace (``x``) of the package, and not in its
    archive."""

    module: str
    path: str
    line: int
    package: str


def sibling_imports(
    texts: Mapping[str, bytes], paths: Set[str], roots: Collection[str]
) -> Iterator[SiblingImport]:
    """Those of the ``roots``, the folders of packages that lie in no other, each module once;
    ``texts`` are the modules of an archive by path, ``paths`` those of all modules."""
    spaces = {root: match[1] for root in roots if (match := _IN_NAMESPACE.fullmatch(root))}
    there = {*_modules(paths)} if spaces else set[str]()
    for root, space in sorted(spaces.items()):
        seen = set[str]()
        for module, path, line in AlwaysRun(texts, root + INIT).imported([root + INIT]):
            is_sibling = module.count(".") == 1 and module.startswith(f"{space}.")
            if is_sibling and module.replace(".", "/") not in there and module not in seen:
                seen.add(module)
                yield SiblingImport(module, path, line, root + INIT)


def _modules(paths: Set[str]) -> Iterator[str]:
    """The last two parts of the path, without its ending, of each module and each folder."""
    for path in paths:
        folder, _, name = path.rpartition("/")
        parts = [*folder.split("/"), name.partition(".")[0]]
        for end in range(2, len(parts) + 1):
            yield "/".join(parts[end - 2 : end])

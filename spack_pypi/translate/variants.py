"""What the variant of an extra is said to do: what the extra brings, since a name like ``df`` says
little."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..errors import some_of
from ..recipe.model import Dependency

#: Names that mean something else in a spec: Spack loads no recipe with such a variant.
RESERVED = frozenset(
    ["arch", "architecture", "branch", "commit", "namespace", "os", "patches", "platform"]
    + ["ref", "tag", "target"]
    + ["cflags", "cppflags", "cxxflags", "fflags", "ldflags", "ldlibs"]
)
#: Extras whose names say nothing but that there is more.
_MORE = frozenset(
    ["all", "complete", "default", "everything", "extra", "extras", "full", "optional"]
    + ["recommended", "standard"]
)
#: The name of a variant and its description have room together on one line of a recipe.
_ROOM = 53
#: So have the packages that it needs and no recipe provides, of which at least one is named.
_ROOM_FOR_NEEDS = 45
_THEN = ", not packaged when this was added"


def description(extra: str, lines: Iterable[Dependency]) -> str:
    """``Enable df support (pandas and pyarrow)``, by the lines of a recipe that has the variant;
    as many names as fit on its line, and how many more."""
    brought = _brought(extra, lines)
    if extra in _MORE:
        return _fitting(extra, "Enable optional dependencies: {}", brought)
    if brought == [extra]:
        return f"Enable {extra} support"
    return _fitting(extra, f"Enable {extra} support ({{}})", brought)


def not_packaged(specs: Sequence[str]) -> str:
    """Why a version does not have a variant, so that it stays true."""
    names = [some_of(specs, many) for many in range(len(specs), 0, -1)]
    named = next((text for text in names if len(text) <= _ROOM_FOR_NEEDS), names[-1])
    return f"needs {named}{_THEN}"


def is_not_packaged(reason: str) -> bool:
    """Whether a reason is one of `not_packaged`."""
    return reason.startswith("needs ") and reason.endswith(_THEN)


def _brought(extra: str, lines: Iterable[Dependency]) -> Sequence[str]:
    """The projects of an extra, in the order of the lines: those that are not required anyway, if
    there are any."""
    with_it: dict[str, None] = {}
    anyway: set[str] = set()
    for line in lines:
        if not line.when.variants:
            anyway.add(line.package)
        elif f"+{extra}" in line.when.variants:
            with_it[line.package] = None
    names = [name for name in with_it if name not in anyway] or [*with_it]
    return [name.removeprefix("py-") for name in names]


def _fitting(extra: str, sentence: str, names: Sequence[str]) -> str:
    said = [sentence.format(some_of(names, many)) for many in range(len(names), 0, -1)]
    return next((text for text in said if len(extra) + len(text) <= _ROOM), said[-1])

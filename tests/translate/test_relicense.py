"""Licences that change with a release: which ``license`` lines end, and which are new."""

from __future__ import annotations

import pytest

from spack_pypi.recipe.model import Condition, License
from spack_pypi.translate.relicense import relicense

VERSIONS = ["1.0", "1.2", "2.0", "2.1"]


def line(expression: str, versions: str = "", variants: tuple[str, ...] = ()) -> License:
    return License(expression, Condition(versions=versions, variants=variants))


# (what the recipe states, the licence of each new version, that of the release before,
#  (the line that ends, what remains of it), the new lines)
CHANGES = [
    # the release changed it
    ([line("MIT")], {"2.1": "ISC"}, {"2.1": "MIT"}, {0: ":2.0"}, [line("ISC", "2.1:")]),
    ([line("MIT")], {"2.1": "ISC", "2.0": "ISC"}, {"2.1": "MIT", "2.0": "MIT"}, {0: ":1"},
     [line("ISC", "2:")]),
    # each with its own
    ([line("MIT")], {"2.1": "Zlib", "2.0": "ISC"}, {"2.1": "MIT", "2.0": "MIT"}, {0: ":1"},
     [line("Zlib", "2.1:"), line("ISC", "2.0")]),
    # only the line that applies; what remains of it is one version
    ([line("ISC", "2:"), line("MIT", ":1")], {"2.1": "Zlib"}, {"2.1": "ISC"}, {0: "2.0"},
     [line("Zlib", "2.1:")]),
    # a bump between older versions
    ([line("MIT")], {"1.2": "ISC"}, {"1.2": "MIT"}, {0: ":1.1,2:"}, [line("ISC", "1.2:1")]),
    # nothing changed, or only how it is written
    ([line("MIT")], {"2.1": "MIT"}, {"2.1": "MIT"}, {}, []),
    ([line("GPL-3.0")], {"2.1": "GPL-3.0-only"}, {"2.1": "GPL-3.0"}, {}, []),
    ([line("GPL-3.0")], {"2.1": "GPL-3.0-or-later"}, {"2.1": "GPL-3.0-only"}, {}, []),
    ([line("GPL-3.0-only")], {"2.1": "LGPL-3.0-only"}, {"2.1": "GPL-3.0-only"}, {0: ":2.0"},
     [line("LGPL-3.0-only", "2.1:")]),
    # a person knew better, and it did not change
    ([line("MIT AND Zlib")], {"2.1": "MIT"}, {"2.1": "MIT"}, {}, []),
    # it changed to what the recipe states
    ([line("ISC")], {"2.1": "ISC"}, {"2.1": "MIT"}, {}, []),
    # one of both is not known
    ([line("MIT")], {"2.1": "ISC"}, {"2.1": ""}, {}, []),
    ([line("MIT")], {"2.1": ""}, {"2.1": "MIT"}, {}, []),
    ([line("MIT")], {"2.1": "ISC"}, {}, {}, []),
    # none applies, or only with a variant
    ([], {"2.1": "ISC"}, {"2.1": "MIT"}, {}, []),
    ([line("MIT", "", ("+x",))], {"2.1": "ISC"}, {"2.1": "MIT"}, {}, []),
    # nothing of the line would remain
    ([line("MIT", "2.1:")], {"2.1": "ISC"}, {"2.1": "MIT"}, {}, []),
]  # fmt: skip


@pytest.mark.parametrize("stated, new, old, ends, added", CHANGES)
def test_which_lines_change(
    stated: list[License],
    new: dict[str, str],
    old: dict[str, str],
    ends: dict[int, str],
    added: list[License],
) -> None:
    assert relicense(stated, VERSIONS, new, old) == (ends, tuple(added))

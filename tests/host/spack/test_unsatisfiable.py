"""(what Spack says, what recipes declare) → the cause.

The messages are written after the form of Spack 1.0, 1.1 and develop, which differ in the numbers
behind a range and in which of several ranges they name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from spack_pypi.host.spack.unsatisfiable import Known, explained


class Declared:
    """`Recipes` from tables; a package whose spec is not in it is only known to be there."""

    def __init__(self, known: Mapping[str, Known], excluded: Mapping[str, str]) -> None:
        self._known, self._excluded = known, excluded
        self.others: dict[str, Sequence[str]] = {}

    def known(self, spec: str) -> Known | None:
        name = spec.partition("@")[0]
        return self._known.get(spec, self._known.get(name, Known()))

    def excludes(self, spec: str, version: str, others: Sequence[str]) -> str:
        self.others[version] = others
        return self._excluded.get(version, "")


def message(*reasons: str) -> str:
    """As Spack prints it, blanks at the ends of lines included."""
    numbered = [f"     {at}. {reason}" for at, reason in enumerate(reasons, 1)]
    return "failed to concretize `py-app` for the following reasons:\n" + "\n".join(numbered)


def because(*lines: str) -> str:
    """Each the reason of the one before."""
    return "".join(
        f"\n{' ' * (8 + 2 * depth)}required because {line} " for depth, line in enumerate(lines)
    )


APP = "py-app requested explicitly"
OLD_BUILD = "py-build@0.7.9:0.7"
DEEP = because("py-mid depends on py-md@:1", "py-app depends on py-mid@2:", APP)
NOT_BUILT = (
    "Cannot build {}, since it is configured `buildable:false` and no externals satisfy "
    "the request"
)
WHY = "py-build@0.7.11 needs python@:3.12, which no available version satisfies"

TABLE: list[tuple[list[str], dict[str, Known], str]] = [
    # no version satisfies the range
    (
        [
            "Cannot satisfy 'py-x@5:' 1(3)",
            "Cannot satisfy 'py-x@5:' 4(3)" + because("py-app depends on py-x@5:", APP),
        ],
        {"py-x@5:": Known(others=("3", "2"))},
        "py-app needs py-x@5:, but no version of py-x satisfies that (it has 3 and 2)",
    ),
    (
        ["Cannot satisfy 'py-x@5:'" + because("py-app depends on py-x@5: when @2: +fast", APP)],
        {"py-x@5:": Known(others=("4", "3", "2", "1", "0"))},
        "py-app needs py-x@5: when @2: +fast, but no version of py-x satisfies that "
        "(it has 4, 3, 2 and 2 more)",
    ),
    (
        ["Cannot satisfy 'py-x@9' 4(3)" + because("py-x@9 requested explicitly")],
        {"py-x@9": Known(others=("3",))},
        "py-x@9 was requested, but no version of py-x satisfies that (it has 3)",
    ),
    # a declared version satisfies it: something else excludes that one
    (
        [
            f"Cannot satisfy '{OLD_BUILD}' 1(0.12)",
            f"Cannot satisfy '{OLD_BUILD}' 4(0.12)"
            + because(f"py-app depends on {OLD_BUILD}", APP),
        ],
        {OLD_BUILD: Known(fitting=("0.7.12",), others=("0.12",))},
        "py-app needs py-build@0.7.9:0.7; 0.7.12 satisfies that, but something else excludes it",
    ),
    (
        [f"Cannot satisfy '{OLD_BUILD}'" + because(f"py-app depends on {OLD_BUILD}", APP)],
        {OLD_BUILD: Known(fitting=("0.7.11", "0.7.9"), others=("0.12",))},
        "py-app needs py-build@0.7.9:0.7; 0.7.11 and 0.7.9 satisfy that, but py-build@0.7.11 "
        "needs python@:3.12, which no available version satisfies",
    ),
    # two that require contradicting ranges
    (
        [
            "Cannot satisfy 'py-c@:60' 4(80)" + because("py-b depends on py-c@:60 when @:0.11"),
            "Cannot satisfy 'py-c@:60' 2(80)",
            "Cannot satisfy 'py-c@61:' and 'py-c@:60'"
            + because("py-app depends on py-c@61:", APP)
            + because("py-b depends on py-c@:60 when @:0.11", "py-app depends on py-b", APP),
        ],
        {"py-c": Known(fitting=("80", "60"))},
        "py-app needs py-c@61:, but py-b needs py-c@:60 when @:0.11",
    ),
    # only deprecated versions
    (
        ["Cannot satisfy 'py-md@:1' 4(3.1)" + DEEP],
        {"py-md@:1": Known(deprecated=("0.8.4", "0.8.3"), others=("3.1",))},
        "py-mid needs py-md@:1, but only deprecated versions satisfy that (0.8.4 and 0.8.3)",
    ),
    # all of the recipes are in a repo already
    (
        ["Cannot satisfy 'py-md@:1' 4(3.1)" + DEEP],
        {
            "py-md@:1": Known(deprecated=("0.8.4",), namespace="builtin"),
            "py-md": Known(namespace="builtin"),
            "py-mid": Known(namespace="builtin"),
        },
        "py-mid needs py-md@:1, but only deprecated versions satisfy that (0.8.4) "
        "(these recipes exist in builtin; none of them is new)",
    ),
    # where a version satisfies the range, recipes that Spack does not name exclude it
    (
        ["Cannot satisfy 'py-md@:1' 4(3.1)" + DEEP],
        {
            "py-md@:1": Known(fitting=("0.8.4",), namespace="builtin"),
            "py-md": Known(namespace="builtin"),
            "py-mid": Known(namespace="builtin"),
        },
        "py-mid needs py-md@:1; 0.8.4 satisfies that, but something else excludes it",
    ),
    # an external is the only one that may be used
    (
        [
            "Cannot satisfy 'cmake@3.28:' 4(3.25.1)"
            + because("py-app depends on cmake@3.28:", APP),
            "Cannot satisfy 'cmake@3.28:' 2(3.25.1)",
        ],
        {"cmake@3.28:": Known(others=("3.25.1",), externals=("cmake@3.25.1",))},
        "py-app needs cmake@3.28:, but packages.yaml allows only the external "
        "cmake@3.25.1 (buildable: false)",
    ),
    (
        [
            "Cannot satisfy 'cmake@3.28:'" + because("py-app depends on cmake@3.28:", APP),
            "Cannot satisfy 'cmake@=3.25.1' and 'cmake@3.28:"
            + because("py-app depends on cmake@3.28:", APP)
            + because("cmake available as external when satisfying cmake@=3.25.1", APP),
        ],
        {"cmake@3.28:": Known(externals=("cmake@3.25.1", "cmake@3.20"))},
        "py-app needs cmake@3.28:, but packages.yaml allows only the externals "
        "cmake@3.25.1 and cmake@3.20 (buildable: false)",
    ),
    (
        [
            NOT_BUILT.format("cmake"),
        ],
        {"cmake": Known(externals=("cmake@3.25.1",))},
        "another cmake is required, but packages.yaml allows only the external "
        "cmake@3.25.1 (buildable: false)",
    ),
    # what Spack says of a package of which nothing is configured is not true
    (
        [
            NOT_BUILT.format("py-l"),
            "'py-b' requires conflicting variant values '~on' and '+on'",
            "'py-b' requires conflicting variant values '~on' and '+on'"
            + because("py-l depends on py-b+on"),
        ],
        {},
        "'py-b' requires conflicting variant values '~on' and '+on'",
    ),
    # several reasons
    (
        [
            "Cannot satisfy 'py-x@5:'" + because("py-app depends on py-x@5:", APP),
            "Cannot satisfy 'py-md@:1'" + DEEP,
        ],
        {"py-x@5:": Known(others=("3",)), "py-md@:1": Known(deprecated=("0.8",))},
        "py-app needs py-x@5:, but no version of py-x satisfies that (it has 3); "
        "py-mid needs py-md@:1, but only deprecated versions satisfy that (0.8)",
    ),
    (
        ["py-app: conflicts with '^py-x@2:'" + because("conflict constraint ", APP)],
        {},
        "py-app: conflicts with '^py-x@2:'",
    ),
]


@pytest.mark.parametrize("reasons, known, expected", TABLE, ids=[row[2] for row in TABLE])
def test_explained(reasons: Sequence[str], known: Mapping[str, Known], expected: str) -> None:
    recipes = Declared(known, {"0.7.11": WHY})
    assert explained(message(*reasons), recipes) == expected


def test_what_has_no_versions() -> None:
    class Nothing(Declared):
        def known(self, spec: str) -> Known | None:
            return None

    said = message("Cannot satisfy 'py-x@5:'" + because("py-app depends on py-x@5:", APP))
    assert explained(said, Nothing({}, {})) == "py-app needs py-x@5:, but nothing satisfies that"


@pytest.mark.parametrize("said", ["", "cannot concretize 'py-x', since it does not exist"])
def test_what_has_another_form_is_left_to_the_caller(said: str) -> None:
    assert explained(said, Declared({}, {})) == ""


def test_which_packages_may_exclude_a_version() -> None:
    recipes = Declared({"py-md@:1": Known(fitting=("1.0",))}, {})
    explained(message("Cannot satisfy 'py-md@:1' 4(3.1)" + DEEP), recipes)
    assert recipes.others == {"1.0": ["py-mid", "py-app"]}

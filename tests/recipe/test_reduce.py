"""A recipe that lists fewer versions: what goes with the others, and what stays as it is."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.recipe.edit import RecipeText
from spack_pypi.recipe.model import ArchiveName, Recipe, VersionLine
from spack_pypi.recipe.reduce import reduced, rename_packages
from spack_pypi.recipe.render import render
from spack_pypi.recipe.text_edits import Uneditable
from spack_pypi.translate import spack_order
from spack_pypi.translate.existing_lines import applies_to

HEAD = '''\
class PyX(PythonPackage):
    """A summary."""

    version("2.1", sha256="b")
    version("1.4", sha256="a")

'''

#: Lines of a recipe of 2.1 and 1.4 → what remains of them for 2.1 alone.
LINES = [
    # one that always applies, and one that never did again
    ('depends_on("py-a", type="build")', 'depends_on("py-a", type="build")'),
    ('depends_on("py-a", when="@:1", type="build")', ""),
    ('depends_on("py-a", when="@2:", type="build")', 'depends_on("py-a", type="build")'),
    # the rest of a condition stays
    ('depends_on("py-a", when="@2: ^python@:3.10")', 'depends_on("py-a", when="^python@:3.10")'),
    ('depends_on("py-a", when="@2:+x")', 'depends_on("py-a", when="+x")'),
    ('depends_on("py-a", type="run", when="@2:")', 'depends_on("py-a", type="run")'),
    # other directives speak of versions too
    ('license("MIT", when="@2:")', 'license("MIT")'),
    ('license("MIT", when="@1")', ""),
    ('variant("x", default=False, description="X", when="@:1")', ""),
    ('patch("x.patch", when="@1.4")', ""),
    ('conflicts("platform=windows", when="@2:")', 'conflicts("platform=windows")'),
    # a branch is not a release
    ('version("main", branch="main")', 'version("main", branch="main")'),
    # a person's words and programs stay
    (
        '# why\n    depends_on("py-a", when="@1")  # old\n    depends_on("py-b")',
        '# why\n    depends_on("py-b")',
    ),
    (
        'for v in ("1", "2"):\n        depends_on(f"py-z@{v}", when=f"@{v}")',
        'for v in ("1", "2"):\n        depends_on(f"py-z@{v}", when=f"@{v}")',
    ),
    # what a comment says of versions is said of those that remain
    (
        'depends_on("py-a")\n\n    # 2.1, 1.4: x is left out: why',
        'depends_on("py-a")\n\n    # x is left out: why',
    ),
    ('depends_on("py-a")\n\n    # 1.4: x is left out: why', 'depends_on("py-a")'),
    (
        '# 1.4: x is left out\n\n    depends_on("py-a")\n\n    # 1.4: y\n\n    depends_on("py-b")',
        'depends_on("py-a")\n\n    depends_on("py-b")',
    ),
    (
        "# 2.1, 1.4: x is imported\n    # 1.4: y is left out\n    # 2.1: z: why",
        "# x is imported\n    # z: why",
    ),
    (
        f"# 1.4: x {'is left out ' * 8}\n    # because of y\n    # 2.1: {'z is left out, ' * 6}\n"
        "    # as well",
        f"# {'z is left out, ' * 6}as\n    # well",
    ),
    # of no version, or a person's
    ("# 3.0: x is left out", "# 3.0: x is left out"),
    ("# 2.1, 1.4 and others: x", "# 2.1, 1.4 and others: x"),
    ("# see 1.4: x", "# see 1.4: x"),
    # blocks
    ('with when("@:1"):\n        depends_on("py-a")', ""),
    ('with default_args(type="run"), when("@:1"):\n        depends_on("py-a")', ""),
    (
        'with when("@2:"):\n        depends_on("py-a")',
        'with when("@2:"):\n        depends_on("py-a")',
    ),
    (
        'with default_args(type="run"):\n        depends_on("py-a", when="@1")',
        "",
    ),
    (
        'with default_args(type="run"):\n'
        '        depends_on("py-a", when="@1")\n        depends_on("py-b", when="@2:")',
        'with default_args(type="run"):\n        depends_on("py-b")',
    ),
    # lines that now speak of the same are one
    (
        'depends_on("py-a@3:", when="@2:")\n    depends_on("py-a@2:4")',
        'depends_on("py-a@3:4")',
    ),
    (
        'depends_on("py-a@3:", when="@2:", type="run")\n    depends_on("py-a@2:4")',
        'depends_on("py-a@3:", type="run")\n    depends_on("py-a@2:4")',
    ),
    (
        'depends_on("py-a@:1,3:", when="@2:")\n    depends_on("py-a@2:4")',
        'depends_on("py-a@:1,3:")\n    depends_on("py-a@2:4")',
    ),
    (
        'with default_args(type="run"):\n'
        '        depends_on("py-a@3:", when="@2:")\n        depends_on("py-a@2:4")',
        'with default_args(type="run"):\n        depends_on("py-a@3:4")',
    ),
    # but not across blocks
    (
        'depends_on("py-a@3:", when="@2:", type="run")\n'
        '    with default_args(type="run"):\n        depends_on("py-a@2:4")',
        'depends_on("py-a@3:", type="run")\n'
        '    with default_args(type="run"):\n        depends_on("py-a@2:4")',
    ),
    # a long line that fits again
    (
        'depends_on(\n        "py-a-name-that-is-long-enough@1.2.3:4.5.6", '
        'when="@2: ^python@:3.10", type=("build", "run")\n    )',
        'depends_on(\n        "py-a-name-that-is-long-enough@1.2.3:4.5.6", '
        'when="^python@:3.10", type=("build", "run")\n    )',
    ),
    (
        'depends_on(\n        "py-a-long@1.2.3:4.5.6", when="@2:", type=("build", "link", "run")'
        "\n    )",
        'depends_on("py-a-long@1.2.3:4.5.6", type=("build", "link", "run"))',
    ),
]


def only(text: str, *versions: str) -> str:
    def holds(ranges: str) -> bool | None:
        held = {spack_order.contains(ranges, version) for version in versions}
        return held.pop() if len(held) == 1 else None

    return reduced(text, versions, holds, spack_order.met)


@pytest.mark.parametrize("lines, remaining", LINES)
def test_what_the_remaining_version_needs(lines: str, remaining: str) -> None:
    left = HEAD.replace('    version("1.4", sha256="a")\n', "")
    expected = f"{left}    {remaining}\n" if remaining else left.rstrip("\n") + "\n"
    assert only(f"{HEAD}    {lines}\n", "2.1") == expected


NAMES = """\
    depends_on("py-a")

    def url_for_version(self, version):
        name = "new_x" if version >= Version("2") else "old-x"
        return self.url.rsplit("/", 1)[0] + f"/{name}-{version}.tar.gz"
"""


def test_a_name_that_all_archives_have_needs_no_method() -> None:
    assert only(HEAD + NAMES, "2.1").endswith('\n    depends_on("py-a")\n')
    assert only(HEAD + NAMES, "1.4").endswith(NAMES)
    assert only(HEAD + NAMES, "1.4", "2.1") == HEAD + NAMES
    own = NAMES.replace("return", 'tty.msg("mine")\n        return')
    assert only(HEAD + own, "2.1").endswith(own)


TWO, LONG = "2", "a-name-that-goes-on-for-some-time-and-then-for-some-more"
RENDERED = [
    (ArchiveName("new_x", ".tar.gz", TWO), ArchiveName("old-x", ".tar.gz")),
    (ArchiveName("x", ".tar.gz", TWO), ArchiveName("x", ".zip", "1.5"), ArchiveName("y", ".zip")),
    (ArchiveName(f"new_{LONG}", ".tar.gz", TWO), ArchiveName("old-x", ".tar.gz")),
    (ArchiveName(f"new_{LONG}", ".tar.gz", TWO), ArchiveName(LONG, ".tar.gz")),
]


@pytest.mark.parametrize("archives", RENDERED)
def test_the_method_that_is_rendered_for_names(archives: tuple[ArchiveName, ...]) -> None:
    versions = (VersionLine("2.1", "b"), VersionLine("1.4", "a"))
    text = render(Recipe("py-x", "X.", versions=versions, archives=archives))
    assert "def url_for_version" in only(text, "1.4")
    assert "def url_for_version" not in only(text, "2.1")


def test_other_names() -> None:
    """Names are whole words; a line that becomes short is one line."""
    long = "py-a-rather-long-name-for-a-package"
    before = f'''\
    depends_on("{long}@1.2.3:4.5.6+variant", when="+y", type="run")
    with default_args(type="run"):
        depends_on("{long}-too", when="^python@:3.10")
        depends_on("{long}")
    depends_on(
        "{long}@1.2.3:4.5.6", when="@2: ^python@:3.10", type=("build", "run")
    )
    conflicts("^{long}@1.2.4,1.3", when="@2:")
    conflicts("+y", when="@:1")
'''
    after = f'''\
    depends_on("py-b@1.2.3:4.5.6+variant", when="+y", type="run")
    with default_args(type="run"):
        depends_on("{long}-too", when="^python@:3.10")
        depends_on("py-b")
    depends_on("py-b@1.2.3:4.5.6", when="@2: ^python@:3.10", type=("build", "run"))
    conflicts("^py-b@1.2.4,1.3", when="@2:")
    conflicts("+y", when="@:1")
'''
    assert rename_packages(HEAD + before, {long: "py-b"}) == HEAD + after


def test_versions_under_a_condition_are_a_persons_program() -> None:
    text = HEAD + '    if sys.platform == "linux":\n        version("3.0", sha256="c")\n'
    with pytest.raises(Uneditable, match="under a condition"):
        only(text, "2.1")


RANGES = st.sampled_from(["", "@:1", "@2:", "@1.4", "@3", "@:2.0", "@2.1:3", "@1.4,3:"])
LINE = st.builds(
    'depends_on("py-{}{}"{}, type="{}")'.format,
    st.sampled_from(["a", "b"]),
    st.sampled_from(["", "@1:", "@:5", "@3:4", "@:2,4:"]),
    RANGES.map(lambda text: f', when="{text}"' if text else ""),
    st.sampled_from(["build", "run"]),
)


def asked(text: str, version: str, other: str) -> set[tuple[str, str]]:
    """Packages and types that a version's lines let have another package's version."""
    lines = [line for line in RecipeText(text).stated if applies_to(line, version)]
    result = set()
    for package in {line.dependency.package for line in lines}:
        own = [line.dependency for line in lines if line.dependency.package == package]
        holds = all(spack_order.contains(each.versions, other) for each in own)
        result |= {(f"{package} {holds}", kind) for each in own for kind in each.types}
    return result


@given(st.lists(LINE, max_size=6), st.sets(st.sampled_from(["3.0", "2.1", "1.4"]), min_size=1))
def test_the_remaining_versions_mean_what_they_meant(
    lines: Sequence[str], versions: set[str]
) -> None:
    head = HEAD.replace("    version(", '    version("3.0", sha256="c")\n    version(', 1)
    text = head + "".join(f"    {line}\n" for line in lines)
    less = only(text, *versions)
    ast.parse(less)
    assert {*RecipeText(less).versions} == versions
    for version in versions:
        for other in ("0.9", "1.5", "2.5", "3.5", "4.5", "5.5", "6"):
            assert asked(less, version, other) == asked(text, version, other)

"""What a release requires, by who says it: (files of an sdist) → requirements, and whether they
are confirmed."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from spack_pypi.pypi import limits, metadata
from spack_pypi.pypi.archives import sdist
from spack_pypi.pypi.archives.sdist import Contents
from spack_pypi.pypi.archives.static import with_static_requirements
from spack_pypi.pypi.model import Metadata, Release
from spack_pypi.pypi.project_files import egg_info

OLD, NEW = "2.1", "2.4"
BEFORE, DYNAMIC = "before Metadata 2.2", "dynamic"


def declared(version: str, *fields: str, **files: str) -> Metadata:
    """The metadata of ``x`` 1.0, of which there is only an sdist."""
    lines = [f"Metadata-Version: {version}", "Name: x", "Version: 1.0", *fields, ""]
    release = Release("x", Version("1.0"), ())
    found: dict[str, str] = {
        {"pyproject": "pyproject.toml", "cfg": "setup.cfg", "py": "setup.py"}.get(name, name): text
        for name, text in files.items()
    }
    requires = found.pop("requires", None)
    source = sdist.source(Contents(found).as_json(), "quiet-log")
    return with_static_requirements(
        metadata.from_sdist("\n".join(lines), release, requires), source
    )


A = "Requires-Dist: a>=1"
FROM_A_FILE = "[options]\ninstall_requires = b\n[options.extras_require]\nfast = file: a.txt\n"
BUILT_BY_HATCH = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'

OF_A_FILE = "setup(install_requires=list(open('a.txt')))"
PATH = "Requires-Dist: a @ file:///x/y"

# (Metadata-Version, further fields, other files, requirements, reason why they are not confirmed)
TABLE: tuple[
    tuple[str, tuple[str, ...], Mapping[str, str], tuple[str, ...] | None, str], ...
] = (
    (NEW, (A,), {}, ("a>=1",), ""),
    (NEW, (), {}, (), ""),
    (NEW, (A, "Dynamic: License"), {}, ("a>=1",), ""),
    # what nothing confirms is better than nothing
    (NEW, (A, "Dynamic: Requires-Dist"), {}, ("a>=1",), DYNAMIC),
    (NEW, (A, "Dynamic: provides-extra"), {}, ("a>=1",), DYNAMIC),
    (OLD, (A,), {}, ("a>=1",), BEFORE),
    ("1.2", ("Requires-Dist: a (>=1)",), {}, ("a (>=1)",), BEFORE),
    # no metadata is not the same as no dependencies
    (OLD, (), {}, None, BEFORE),
    (NEW, ("Dynamic: Requires-Dist",), {}, None, DYNAMIC),
    # what setuptools wrote beside a PKG-INFO that says nothing
    (OLD, (), {"requires": "a>=1\n"}, ("a>=1",), BEFORE),
    (OLD, (), {"requires": ""}, (), BEFORE),
    (OLD, ("Requires-Dist: b",), {"requires": "a>=1\n"}, ("b",), BEFORE),
    (NEW, (), {"requires": "a>=1\n"}, (), ""),
    # static declarations confirm or correct it
    (OLD, (A,), {"cfg": "[options]\ninstall_requires =\n  b\n"}, ("b",), ""),
    (OLD, (A,), {"cfg": "[options]\ninstall_requires = file: a.txt\n"}, ("a>=1",), BEFORE),
    (OLD, (A,), {"cfg": FROM_A_FILE}, ("a>=1",), BEFORE),
    (OLD, (A,), {"py": 'setup(install_requires=["a>=1"])'}, ("a>=1",), ""),
    (OLD, (A,), {"py": "setup(install_requires=read())"}, ("a>=1",), BEFORE),
    # what is computed confirms it where no machine can give another result
    (OLD, (A,), {"py": OF_A_FILE}, ("a>=1",), ""),
    (OLD, (), {"py": OF_A_FILE}, None, BEFORE),
    (OLD, (PATH,), {"py": "setup(install_requires=['a @ ' + __file__])"}, (PATH[15:],), BEFORE),
    (OLD, (A,), {"py": OF_A_FILE.replace(")))", ")), pbr=True)")}, ("a>=1",), BEFORE),
    (OLD, (A,), {"py": OF_A_FILE, "pyproject": BUILT_BY_HATCH}, ("a>=1",), BEFORE),
    (OLD, (A,), {"pyproject": '[project]\nname = "x"\ndependencies = ["b"]\n'}, ("b",), ""),
    (OLD, (A,), {"pyproject": '[project]\nname = "x"\n'}, (), ""),
    (OLD, (A,), {"pyproject": '[project]\ndynamic = ["dependencies"]\n'}, ("a>=1",), BEFORE),
    (OLD, (), {"requires": "b", "py": 'setup(install_requires=["a"])'}, ("a",), ""),
    # a setup.py that names none, where something else put them in
    (OLD, (A,), {"py": "setup()"}, ("a>=1",), BEFORE),
    (OLD, (), {"py": 'setup(setup_requires=["pbr"], pbr=True)'}, None, BEFORE),
    (OLD, (), {"py": "setup()"}, (), ""),
    (OLD, (A,), {"py": "setup()", "pyproject": BUILT_BY_HATCH}, ("a>=1",), BEFORE),
)  # fmt: skip


@pytest.mark.parametrize("version, fields, files, required, reason", TABLE)
def test_requirements(
    version: str,
    fields: tuple[str, ...],
    files: Mapping[str, str],
    required: tuple[str, ...] | None,
    reason: str,
) -> None:
    found = declared(version, *fields, **files)
    assert found.requires_dist == required
    assert found.confirmed is not bool(reason)
    assert reason in found.problem and bool(reason) is bool(found.problem)


def test_extras_are_kept_whoever_says_them() -> None:
    old = ('Requires-Dist: a; extra == "fast"', "Provides-Extra: fast")
    assert declared(OLD, *old).provides_extra == ("fast",)
    requires = declared(OLD, requires="[fast]\na\n\n[all:python_version < '3']\nb\n")
    assert requires.provides_extra == ("fast", "all")
    setup_py = 'setup(extras_require={"fast": ["a"], ":os_name == \'nt\'": ["b"]})'
    assert declared(OLD, *old[1:], py=setup_py).provides_extra == ("fast",)
    cfg = "[options]\ninstall_requires = b\n[options.extras_require]\nfast =\n  a\n"
    assert declared(OLD, cfg=cfg).provides_extra == ("fast",)
    project = '[project]\noptional-dependencies = { fast = ["a"] }\n'
    assert declared(OLD, pyproject=project).provides_extra == ("fast",)


def test_credentials_are_left_out() -> None:
    """Wherever it is said what is required."""
    address = "a @ https://me:secret@x.example/a.zip"
    said = [
        declared(OLD, f"Requires-Dist: {address}"),
        declared(OLD, requires=f"{address}\n"),
        declared(OLD, cfg=f"[options]\ninstall_requires =\n {address}\n"),
        declared(OLD, pyproject=f"[project]\ndependencies = ['{address}']\n"),
    ]
    assert [each.requires_dist for each in said] == [("a @ https://x.example/a.zip",)] * 4


REQUIRES_TXT = """\
a>=1
b[extra1]

# a comment
[:python_version < "3.9"]
c

[Fast_Path]
d==2.*

[fast-path:sys_platform == "win32" or os_name == "nt"]
e; python_version > "3"
f @ https://files.example/f.zip

[empty]
"""


def test_requires_txt() -> None:
    found, extras = egg_info.requirements(REQUIRES_TXT)
    assert extras == ("Fast_Path", "fast-path", "empty")
    assert [str(Requirement(text)) for text in found] == [
        "a>=1",
        "b[extra1]",
        'c; python_version < "3.9"',
        'd==2.*; extra == "fast-path"',
        'e; python_version > "3" and (sys_platform == "win32" or os_name == "nt") '
        'and extra == "fast-path"',
        'f @ https://files.example/f.zip ; (sys_platform == "win32" or os_name == "nt") '
        'and extra == "fast-path"',
    ]


@pytest.mark.parametrize(
    "paths, expected",
    [
        (["x_y.egg-info/requires.txt"], 0),
        (["src/X.Y.egg-info/requires.txt"], 0),
        (["vendored/z.egg-info/requires.txt", "src/x_y.egg-info/requires.txt"], 1),
        (["src/x_y.egg-info/requires.txt", "x_y.egg-info/requires.txt"], 1),
        (["z.egg-info/requires.txt"], None),
        (["requires.txt", "setup.py"], None),
    ],
)
def test_the_egg_info_of_the_project(paths: list[str], expected: int | None) -> None:
    files = {path: str(number) for number, path in enumerate(paths)}
    assert egg_info.requires(files, "x-y") == (None if expected is None else str(expected))


# (Summary, the text after the fields, summary, description)
SUMMARIES = [
    ("Quiet logging again", "Long.", "Quiet logging again", ""),
    ("UNKNOWN", "Long.", "", "Long."),
    ("None.", "Long.", "", "Long."),
    ("Add your description here", "Long.", "", "Long."),
    ("Default template for PDM package", "", "", ""),
    # the name says nothing
    ("X", "Long.", "", "Long."),
    ("x: X!", "Long.", "x: X!", "Long."),
    # a slogan, of which the introduction may say more
    ("Nonesuch", "Long.", "Nonesuch", "Long."),
    ("Quiet logging.", "word " * 10_000, "Quiet logging.", ("word " * 10_000)[:2000]),
    ("A log-file reader", "Long.", "A log-file reader", ""),
    # a sentence that begins with it, and says more
    (
        "X logs",
        "# X logs quietly.\n\nX logs. So\nX logs are logs\nof all. More.",
        "X logs are logs\nof all.",
        "",
    ),
    ("X logs quietly", "For X logs quietly all day.", "X logs quietly", ""),
    ("X logs quietly", "X logs quietly\n\nfor all. Now.", "X logs quietly", ""),
    ("Y logs quietly", "Y logs quietly all day.", "Y logs quietly", ""),
    # not more than may be needed
    ("UNKNOWN", "word " * 10_000, "", ("word " * 10_000)[:8192]),
]


@pytest.mark.parametrize("summary, body, said, described", SUMMARIES)
def test_a_summary_that_says_nothing_is_none(
    summary: str, body: str, said: str, described: str
) -> None:
    text = f"Metadata-Version: {NEW}\nName: x\nVersion: 1.0\nSummary: {summary}\n\n{body}"
    found = metadata.from_wheel(text, Release("x", Version("1.0"), ()))
    assert (found.summary, found.description) == (said, described)


@pytest.mark.parametrize(
    "written, said",
    [
        ("# X\n        \n        Long.\n         * a\n", "# X\n\nLong.\n * a\n"),
        ("# X\n       |Long.\n       |\n", "# X\nLong.\n\n"),
        ("# X\n        code\n    Long.\n", "# X\n        code\n    Long.\n"),
    ],
)
def test_a_description_in_a_field_is_indented(written: str, said: str) -> None:
    text = f"Metadata-Version: 1.1\nName: x\nVersion: 1.0\nDescription: {written}Platform: any\n"
    found = metadata.from_sdist(text, Release("x", Version("1.0"), ()))
    assert found.description.rstrip() == said.rstrip()


@pytest.mark.parametrize(
    ("summary", "repeats"),
    [
        ("OpenClip", True),
        ("clipTorch: CLIP", True),
        ("Open clip torch", True),
        ("The OpenClip Python package", True),
        ("A package for clips", False),
        ("OpenTorch in full", False),
        ("Open clips again", False),
    ],
)
def test_a_summary_of_words_of_the_name_says_nothing(summary: str, repeats: bool) -> None:
    found = metadata.described("open-clip-torch", summary, "Long.")
    assert found[1] == ("Long." if repeats else "")


@pytest.mark.parametrize(
    ("summary", "spells"),
    [
        ("Qlog - Quiet Lines Of logginG", True),
        ("Quiet LOgs for tuninG", True),
        ("Quiet Lines Of Growth", False),  # all words are spelled as usual
        ("Quiet LOgs for All tuninG", False),
        ("Quiet LOgs for tuning", False),
    ],
)
def test_a_summary_may_be_what_the_name_stands_for(summary: str, spells: bool) -> None:
    found = metadata.described("qlog", summary, "Long.")
    assert found[1] == ("Long." if spells else "")


# (a requirement of x 1.0, whether there is a release that satisfies it)
OF_ITSELF = [
    ("x", True),
    ("X>=1", True),
    ("x==1.0", True),
    ("x>=1.0a1", True),
    ("x[fast]; extra == 'all'", True),
    ("x>=2; extra == 'all'", True),
    ("xy>=2", True),
    ("x>=2", False),
    ("x!=1.*", False),
    ("x[fast]==2", False),
]


@pytest.mark.parametrize("text, is_possible", OF_ITSELF)
def test_a_requirement_of_its_own_project(text: str, is_possible: bool) -> None:
    found = declared(NEW, f"Requires-Dist: {text}")
    reason = f"its metadata requires '{text}', which this release is not"
    assert (found.requires_dist is None, found.problem) == (
        (False, "") if is_possible else (True, reason)
    )


# Fields that a hostile text has more than enough of → what is said of it.
FIELDS = [
    (
        (f"X-{number}: a" for number in range(100)),
        "its metadata has 104 different fields, and 100",
    ),
    (["Keywords: a"] * 20_000, "its metadata has 20004 fields, and 20000 is the limit"),
]


@pytest.mark.parametrize("version", [OLD, NEW])
@pytest.mark.parametrize("more, reason", [(tuple(each), said) for each, said in FIELDS])
def test_fields(version: str, more: tuple[str, ...], reason: str) -> None:
    """For each name, `packaging` goes through all of them, however their lines end."""
    for end in ("\n", "\r", "\r\n"):
        found = declared(version, end.join(more), A)
        assert found.requires_dist is None and reason in found.problem
    assert declared(version, *more[:90], A).requires_dist == ("a>=1",)


@pytest.mark.parametrize(
    "more, reason",
    [
        (["Name: evil"], "its metadata has Name more than once: x and evil"),
        (["Version: 9"], "its metadata has Version more than once: 1.0 and 9"),
        (
            ["Requires-Python: >=3", "Requires-Python: <3"],
            "its metadata has Requires-Python more than once: >=3 and <3",
        ),
    ],
)
def test_what_is_said_twice_is_not_chosen_from(more: list[str], reason: str) -> None:
    assert declared(NEW, *more, A).problem == reason


@pytest.mark.parametrize(
    "marker",
    [r'os_name == "3\n"', r'os_name == "a\\"', r'os_name == "\x41"', r'os_name == "\ud800"'],
)
def test_a_marker_with_escapes_is_not_read(marker: str) -> None:
    """Its text, when `packaging` writes it, is another one, or none."""
    assert limits.requirement(f"a; {marker}") is None
    assert limits.requirement("a; os_name == '\"'") is not None


@pytest.mark.parametrize("parts, is_read", [(40, True), (51, False), (4000, False)])
def test_a_version_of_many_numbers(parts: int, is_read: bool) -> None:
    """Ranges are compared at each of them."""
    required = f"{'long' * 20}>={'1.' * (parts - 1)}1"
    found = declared(NEW, f"Requires-Dist: {required}")
    assert (found.requires_dist == (required,)) is is_read
    assert (
        "its metadata has a text that is too long to be parsed" in found.problem
    ) is not is_read

"""What is followed, what is chosen, and what the recipes then say."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.errors import UsageError
from spack_pypi.host.port import Package
from spack_pypi.resolve.choose import Policy
from spack_pypi.workflow.create import create
from spack_pypi.workflow.outcome import Omitted, Request, Result
from tests.memory import MemoryHost, MemoryIndex


@pytest.fixture
def index() -> MemoryIndex:
    return MemoryIndex()


@pytest.fixture
def host() -> MemoryHost:
    host = MemoryHost()
    host.has("hatchling", "1.27.0")
    host.has("setuptools", "80.9.0")
    return host


def run(host: MemoryHost, index: MemoryIndex, *names: str, **options: object) -> Result:
    return create(host, index, Request(names=names, **options))  # type: ignore[arg-type]


def statuses(result: Result) -> dict[str, str]:
    return {record.project: record.status for record in result.records.values()}


def test_only_what_is_missing_is_written(host: MemoryHost, index: MemoryIndex) -> None:
    host.has("idna", "3.10")
    index.add("app", "1.0", "idna>=3", "missing>=2")
    index.add("missing", "2.1")
    result = run(host, index, "app")
    assert statuses(result) == {
        "app": "new",
        "hatchling": "exists",
        "idna": "exists",
        "missing": "new",
    }
    assert sorted(host.written) == ["py-app", "py-missing"]
    assert 'depends_on("py-idna@3:", type=("build", "run"))' in host.written["py-app"]


def test_what_is_needed_is_moved_in_first(host: MemoryHost, index: MemoryIndex) -> None:
    """A process may be killed in between: what is there must not ask for what is not."""
    index.add("app", "1.0", "zebra", "bear")
    index.add("bear", "1.0", "zebra")
    index.add("zebra", "1.0", "cat")
    index.add("cat", "1.0")
    run(host, index, "app")
    assert list(host.written) == ["py-cat", "py-zebra", "py-bear", "py-app"]


def test_a_second_run_has_nothing_to_write(host: MemoryHost, index: MemoryIndex) -> None:
    host.has("app", "1.0")
    index.add("app", "1.0")
    result = run(host, index, "app")
    assert not result.texts and not host.written


def test_force_writes_what_exists(host: MemoryHost, index: MemoryIndex) -> None:
    host.has("app", "1.0")
    index.add("app", "2.0")
    assert list(run(host, index, "app", force=True).texts) == ["py-app"]


def test_the_newest_of_each_of_the_newest_series(host: MemoryHost, index: MemoryIndex) -> None:
    for version in ("1.0.0", "1.1.0", "1.1.1", "2.0.0", "2.1.0", "2.1.5", "3.0rc1"):
        index.add("app", version)
    assert run(host, index, "app").records["app"].versions == ("2.1.5", "2.0.0", "1.1.1")


@pytest.mark.parametrize(
    "name, series, expected",
    [
        ("app", 1, ("2.1",)),
        ("app", None, ("2.1", "2.0", "1.0")),
        ("app<2", 3, ("1.0",)),
        ("app==2.0", None, ("2.0",)),
    ],
)
def test_versions(
    host: MemoryHost, index: MemoryIndex, name: str, series: int | None, expected: tuple[str, ...]
) -> None:
    for version in ("1.0", "2.0", "2.1"):
        index.add("app", version)
    policy = Policy(series)
    assert run(host, index, name, policy=policy).records["app"].versions == expected


def test_every_demand_has_a_release_that_satisfies_it(
    host: MemoryHost, index: MemoryIndex
) -> None:
    index.add("app", "1.0", "a", "b")
    index.add("a", "1.0", "common<2")
    index.add("b", "1.0", "common>=2")
    for version in ("1.0", "1.5", "2.0", "3.0"):
        index.add("common", version)
    assert run(host, index, "app").records["common"].versions == ("3.0", "1.5")


def test_yanked_releases_and_other_pythons_are_left_out(
    host: MemoryHost, index: MemoryIndex
) -> None:
    index.add("app", "1.0", python=">=3.9")
    index.add("app", "1.1", yanked="broken")
    index.add("app", "2.0", python=">=3.99")
    assert run(host, index, "app").records["app"].versions == ("1.0",)


def test_an_existing_package_without_the_version_is_added_to(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.has("idna", "2.8", "2.5")
    index.add("app", "1.0", "idna>=3")
    index.add("idna", "3.1", "helper")
    index.add("helper", "1.0")
    record = run(host, index, "app").records["idna"]
    assert (record.status, record.extends, record.versions) == (
        "new",
        "builtin.py-idna",
        ("3.1",),
    )
    recipe = host.written["py-idna"]
    assert "class PyIdna(BuiltinPyIdna):" in recipe
    assert 'depends_on("py-helper", when="@3:", type=("build", "run"))' in recipe


def test_a_branch_is_not_older_than_a_release(host: MemoryHost, index: MemoryIndex) -> None:
    """A version older than all others gets an upper bound, not one at the branch's name."""
    host.has("idna", "2.8")
    host.has("helper", "1.0")
    host.texts["py-idna"] = """class PyIdna(PythonPackage):
    version("main", branch="main")
    version("2.8", sha256="0")
    depends_on("py-helper", type=("build", "run"))
"""
    index.add("app", "1.0", "idna<2")
    index.add("idna", "1.0")
    index.add("idna", "2.8", "helper")
    run(host, index, "app")
    assert 'depends_on("py-helper", when="@2:"' in host.written["py-idna"]


HELPED = """class PyIdna(PythonPackage):
    version("2.8", sha256="0")
    depends_on("py-helper", type=("build", "run"))
    depends_on("py-known", type=("build", "run"))
    depends_on("c", type="build")
    depends_on("rust", type="build")
"""


@pytest.mark.parametrize("listed_can_be_read", [True, False])
def test_what_ends_is_what_the_listed_release_asked_for(
    host: MemoryHost, index: MemoryIndex, listed_can_be_read: bool
) -> None:
    """Lines that no metadata explains stay, and all do where the older release cannot be read."""
    host.has("idna", "2.8")
    host.has("helper", "1.0")
    host.has("known", "1.0")
    host.texts["py-idna"] = HELPED
    index.add("app", "1.0", "idna>=3")
    index.add("idna", "3.0")
    index.add("idna", "2.8", "helper")
    if not listed_can_be_read:
        index.unreadable.add(("idna", "2.8"))
    run(host, index, "app")
    recipe = host.written["py-idna"]
    ends = 'depends_on("py-helper", when="@:2", type=("build", "run"))'
    assert (ends in recipe) == listed_can_be_read
    assert "py-known" not in recipe or 'depends_on("py-known", type=("build", "run"))' in recipe


def test_without_dependencies_it_is_told_which_package_has_no_version_in_the_range(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.has("idna", "2.0")
    host.has("attrs", "22.1")
    index.add("app", "1.0", "idna>=3", "attrs>=22")
    records = run(host, index, "app", dependencies=False).records
    assert records["idna"].reason and not records["attrs"].reason


def test_without_dependencies_a_bound_that_is_a_pre_release_is_held(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.has("semantics", "0.50")
    index.add("app", "1.0", "semantics>=0.59b0")
    index.add("semantics", "0.59b0")
    index.add("semantics", "0.58b0")
    text = run(host, index, "app", dependencies=False).texts["py-app"]
    assert 'depends_on("py-semantics@0.59beta0:", type=("build", "run"))' in text


def test_a_name_that_another_projects_package_has(host: MemoryHost, index: MemoryIndex) -> None:
    host.has("other", "1.0", name="py-snappy")
    index.add("app", "1.0", "snappy>=2")
    index.add("snappy", "2.0")
    result = run(host, index, "app")
    assert not result.failed
    assert 'depends_on("py-snappy-pypi@2:", type=("build", "run"))' in host.written["py-app"]
    assert "py-snappy-pypi" in host.written


def test_no_extend_reports_what_is_lacking(host: MemoryHost, index: MemoryIndex) -> None:
    host.has("idna", "2.0")
    index.add("app", "1.0", "idna>=3")
    index.add("idna", "3.10")
    (failed,) = run(host, index, "app", extend=False).failed
    assert failed.reason == (
        "1.0 needs idna>=3: "
        "builtin.py-idna has no such version, and --no-extend forbids adding one"
    )
    assert not host.written


WHEELS = "it is published only as wheels, each for one Python version or platform, which a recipe "
WHEELS += "cannot list: write a recipe that builds it from its repository"
NONE = "no release that Spack can install satisfies it, the newest is 3.0"


@pytest.mark.parametrize(
    "sdist, has, reason",
    [
        (False, [], WHEELS),
        (False, ["2.0"], f"builtin.py-torch has no such version, and {WHEELS}"),
        (True, [], NONE),
        (True, ["2.0"], f"builtin.py-torch has no such version, and {NONE}"),
    ],
)
def test_the_reason_names_the_package_that_there_is(
    host: MemoryHost, index: MemoryIndex, sdist: bool, has: list[str], reason: str
) -> None:
    if has:
        host.has("torch", *has)
    index.add("torch", "3.0", sdist=sdist, wheel_tag="cp27-cp27m-linux_x86_64")
    index.add("app", "1.0", "torch>=3.1")
    (failed,) = run(host, index, "app").failed
    assert failed.reason == f"1.0 needs torch>=3.1: {reason}"


def test_extras_are_variants_where_something_needs_them(
    host: MemoryHost, index: MemoryIndex
) -> None:
    index.add("app", "1.0", "lib[color]")
    index.add("lib", "1.0", 'rich>=10; extra == "color"', 'pytest; extra == "test"')
    index.add("rich", "11.0")
    run(host, index, "app")
    assert 'depends_on("py-lib+color", type=("build", "run"))' in host.written["py-app"]
    assert 'variant("color", default=False' in host.written["py-lib"]
    assert 'depends_on("py-rich@10:", when="+color"' in host.written["py-lib"]
    assert "pytest" not in host.written["py-lib"]


def test_an_extra_that_names_others_is_all_of_them(host: MemoryHost, index: MemoryIndex) -> None:
    index.add("app", "1.0", 'x; extra == "x"', 'y; extra == "y"', 'app[x,y]; extra == "all"')
    index.add("x", "1")
    index.add("y", "1")
    run(host, index, "app[all]")
    assert 'depends_on("py-x", when="+all"' in host.written["py-app"]
    assert 'depends_on("py-y", when="+all"' in host.written["py-app"]
    assert host.concretized[0] == "py-app+all"


def test_an_extra_that_the_existing_package_lacks_is_flattened(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.has("lib", "1.0")
    host.has("other", "1.0", variants=["socks"])
    index.add("lib", "1.0", 'rich>=10; extra == "color" and python_version < "3.12"')
    index.add("rich", "11.0")
    index.add("app", "1.0", "lib[color]>=1", "other[socks]")
    run(host, index, "app")
    recipe = host.written["py-app"]
    assert 'depends_on("py-lib@1:", type=("build", "run"))' in recipe
    assert 'depends_on("py-rich@10:", when="^python@:3.11", type=("build", "run"))' in recipe
    assert 'depends_on("py-other+socks", type=("build", "run"))' in recipe


GONE = "the index has no such project"

#: A requirement that cannot be had → why nothing is written.
REQUIRED = {
    "gone": f"1.0 needs gone: {GONE}",
    'gone; sys_platform == "linux"': f"1.0 needs gone: {GONE}",
    'gone; platform_machine == "aarch64"': f"1.0 needs gone: {GONE}",
    "idna>=9": "1.0 needs idna>=9: no release that Spack can install satisfies it, "
    "the newest is 3.10",
    "idna[gone]": f"1.0 needs idna[gone]: 3.10 needs gone: {GONE}",
    "x @ https://files.example/x.zip": "1.0 declares 'x @ https://files.example/x.zip': "
    "names an address, not versions",
    "not a requirement!": "1.0 declares 'not a requirement!': "
    "is not a valid requirement (PEP 508)",
    "idna===3.10": "1.0 needs idna===3.10: '===3.10' compares texts, not versions",
    'gone; platform_release >= "5"': """1.0 declares 'gone; platform_release >= "5"': """
    """'platform_release >= "5"' depends on platform_release, which no recipe can know""",
}

#: One that applies nowhere that counts → whether the file says that it is not there.
NOT_REQUIRED = {
    'gone; sys_platform == "win32"': True,
    'gone; sys_platform == "darwin"': True,
    'x @ https://files.example/x.zip ; sys_platform == "win32"': True,
    'gone; python_version >= "3.15"': True,
    'gone; python_version < "3.9"': True,
    'gone; extra == "never"': False,
    'not a requirement!; extra == "never"': False,
    'gone; sys_platform == "cygwin"': False,
    'gone; implementation_name == "pypy"': False,
}


@pytest.fixture
def idna(index: MemoryIndex) -> None:
    index.add("idna", "3.10", 'gone; extra == "gone"', extras=["gone"])


@pytest.mark.parametrize("text, reason", REQUIRED.items())
@pytest.mark.usefixtures("idna")
def test_what_is_required_and_cannot_be_had_stops_its_root(
    host: MemoryHost, index: MemoryIndex, text: str, reason: str
) -> None:
    index.add("app", "1.0", text)
    index.add("other", "1.0")
    result = run(host, index, "app", "other")
    assert [(r.project, r.reason) for r in result.failed] == [("app", reason)]
    assert sorted(host.written) == ["py-other"]


@pytest.mark.parametrize("text", REQUIRED)
@pytest.mark.usefixtures("idna")
def test_who_allows_omissions_finds_them_in_the_file(
    host: MemoryHost, index: MemoryIndex, text: str
) -> None:
    index.add("app", "1.0", text)
    result = run(host, index, "app", allow_omissions=True)
    lacking = [record for record in result.records.values() if record.incomplete]
    assert lacking and not result.failed
    assert all("is not here: " in host.written[record.package] for record in lacking)


@pytest.mark.parametrize("text, told", NOT_REQUIRED.items())
def test_what_concerns_other_systems_is_told_and_does_not_block(
    host: MemoryHost, index: MemoryIndex, text: str, told: bool
) -> None:
    index.add("app", "1.0", text)
    result = run(host, index, "app")
    assert bool(result.omissions) is told
    assert ("is not here: " in host.written["py-app"]) is told
    assert not result.records["app"].incomplete


def test_a_project_without_recipes_is_told_of_for_windows(
    host: MemoryHost, index: MemoryIndex
) -> None:
    index.add("app", "1.0", 'pywin; sys_platform == "win32"')
    index.add("pywin", "1.0", sdist=False, wheel_tag="cp312-cp312-win_amd64")
    (omission,) = run(host, index, "app").omissions
    assert omission.declared == "pywin (platform=windows)"
    assert "only as wheels" in omission.reason


def test_unknown_requirements_are_not_none(host: MemoryHost, index: MemoryIndex) -> None:
    index.add("app", "1.0", trusted=False)
    (failed,) = run(host, index, "app").failed
    assert failed.reason == "1.0 does not declare what it requires: its metadata is dynamic"
    assert not host.written
    (omission,) = run(host, index, "app", allow_omissions=True).omissions
    assert omission.declared == "what it requires" and "dynamic" in omission.reason


def test_strict_makes_every_omission_an_error(host: MemoryHost, index: MemoryIndex) -> None:
    index.add("app", "1.0", 'gone; sys_platform == "win32"')
    with pytest.raises(Omitted):
        run(host, index, "app", strict=True)
    assert not host.written


def test_what_the_host_rejects_stops_who_needs_it(host: MemoryHost, index: MemoryIndex) -> None:
    host.rejects = ("py-dep",)
    index.add("app", "1.0", "dep")
    index.add("dep", "1.0")
    index.add("other", "1.0")
    (failed,) = run(host, index, "app", "other").failed
    assert failed.reason == "1.0 needs dep: 1.0 its recipe does not load: is rejected"
    assert sorted(host.written) == ["py-other"]


def test_a_package_that_is_rejected_is_replaced_by_an_older_release_of_its_dependent(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.rejects = ("py-dep",)
    index.add("app", "1.0")
    index.add("app", "2.0", "dep")
    index.add("dep", "1.0")
    run(host, index, "app")
    assert sorted(host.written) == ["py-app"]


def test_unknown_projects_have_near_names(host: MemoryHost, index: MemoryIndex) -> None:
    host.has("requests", "2.0")
    (failed,) = run(host, index, "requets").failed
    assert "did you mean requests" in failed.reason


@pytest.mark.parametrize("name", ["", "foo bar", "foo @ https://x.example/", "-x", "foo; os_name"])
def test_names_that_are_no_requirements(host: MemoryHost, index: MemoryIndex, name: str) -> None:
    with pytest.raises(UsageError):
        run(host, index, name)


def test_wheels_for_one_platform_are_listed_for_it(host: MemoryHost, index: MemoryIndex) -> None:
    """Where there is nothing else, and each runs with every Python from some version on."""
    index.add("fast", "1.0", sdist=False, wheel_tag="cp39-abi3-manylinux_2_17_x86_64")
    index.add("faster", "1.0", sdist=False, wheel_tag="cp311-cp311-manylinux_2_17_x86_64")
    result = run(host, index, "fast")
    text = host.written["py-fast"]
    where = 'if sys.platform == "linux" and platform.machine() == "x86_64":'
    assert f"    {where}\n        version(\n" in text
    assert 'depends_on("python@3.9:", type=("build", "run"))' in text
    assert not result.omissions
    (failed,) = run(host, index, "faster").failed
    assert "only as wheels" in failed.reason


def test_a_wheel_that_is_added_is_built_already(host: MemoryHost, index: MemoryIndex) -> None:
    """py-setuptools installs wheels: what builds its sdist is not needed, and would need it."""
    host.packages["setuptools"] = Package("py-setuptools", "builtin", ("80.9",), (), wheel=True)
    index.add("app", "1.0", build=["setuptools>=82"])
    index.add("setuptools", "84.0", build=["setuptools-scm"], python=">=3.10")
    run(host, index, "app")
    added = host.written["py-setuptools"]
    assert "84.0-py3-none-any.whl" in added
    assert "setuptools-scm" not in added and "python@3.10:" in added


def test_wheel_is_implied_to_build_with_but_not_to_run(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """PythonPackage depends on py-wheel for building only: ``pip check`` misses it otherwise."""
    host.has("wheel", "0.45")
    index.add("builds", "1.0", build=["setuptools", "wheel"])
    index.add("runs", "1.0", "wheel", build=["setuptools"])
    run(host, index, "builds", "runs")
    assert "wheel" not in host.written["py-builds"]
    assert 'depends_on("py-wheel", type=("build", "run"))' in host.written["py-runs"]


def test_cycles_end(host: MemoryHost, index: MemoryIndex) -> None:
    index.add("a", "1.0", "b[x]")
    index.add("b", "1.0", 'a; extra == "x"')
    assert sorted(run(host, index, "a").texts) == ["py-a", "py-b"]


def test_nothing_is_asked_twice(host: MemoryHost, index: MemoryIndex) -> None:
    index.add("app", "1.0", "a", "b")
    for name in "ab":
        index.add(name, "1.0", "common", "hatchling")
    index.add("common", "1.0")
    run(host, index, "app")
    assert len(index.asked) == len(set(index.asked))


@given(st.randoms(use_true_random=False))
def test_the_order_of_declarations_changes_no_byte(shuffler: random.Random) -> None:
    releases = [
        ("app", "1.0", ("a>=1", "b[x]", "common<3")),
        ("app", "2.0", ("a>=2", "b[x]", "common")),
        ("a", "1.0", ("common<2",)),
        ("a", "2.0", ("common>=2",)),
        ("b", "1.0", ('common==1.5; extra == "x"',)),
        ("common", "1.0", ()),
        ("common", "1.5", ()),
        ("common", "2.5", ()),
        ("common", "3.5", ()),
    ]
    results = []
    for _ in range(2):
        index, host = MemoryIndex(), MemoryHost()
        host.has("hatchling", "1.0")
        for name, version, requires in releases:
            index.add(name, version, *requires)
        results.append(run(host, index, "app").texts)
        shuffler.shuffle(releases)
    assert results[0] == results[1]


def test_a_package_that_is_not_built_from_the_projects_archives_gets_none_of_them(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """builtin's cmake is CMake; the project cmake packs it for pip."""
    host.has("cmake", "3.31.0", name="cmake")
    host.packages["cmake"] = replace(host.packages["cmake"], from_index=False)
    index.add("cmake", "4.0.0")
    index.add("app", "1.0", "cmake>=4")
    (failed,) = run(host, index, "app").failed
    assert failed.reason == (
        "1.0 needs cmake>=4: builtin.cmake has no such version and is not built from the "
        "project's archives: add the version to its recipe, or name another package with --map"
    )
    assert run(host, index, "cmake", force=True).failed


def test_what_an_extra_stands_for_does_not_hide_a_tighter_bound(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """app and the extra of a package without such a variant both ask for curl."""
    host.has("queue", "1.0")
    host.has("curl", "9.0", "8.0", "7.0")
    index.add("queue", "1.0", 'curl>=7; extra == "sqs"', extras=["sqs"])
    index.add("curl", "9.0")
    index.add("app", "1.0", "curl>=8", "queue[sqs]")
    assert 'depends_on("py-curl@8:"' in run(host, index, "app").texts["py-app"]


def test_an_extra_that_comes_to_nothing_is_no_variant(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """Not asked for by dependents either: one that says what all get already, one that no release
    has."""
    index.add("app", "1.0", "lib[fast,plain,unknown]")
    extras = ['speed; extra == "fast"', 'base; extra == "plain"']
    index.add("lib", "1.0", "base", *extras)
    index.add("speed", "1.0")
    index.add("base", "1.0")
    result = run(host, index, "app")
    assert 'depends_on("py-lib+fast", type=("build", "run"))' in host.written["py-app"]
    assert 'variant("fast"' in host.written["py-lib"]
    assert host.written["py-lib"].count("variant(") == 1
    told = {omission.declared for omission in result.omissions if omission.project == "lib"}
    assert told >= {"the extra 'unknown'"}

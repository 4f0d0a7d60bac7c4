"""Extras that something needs: a variant, or what they require instead."""

from __future__ import annotations

from tests.memory import MemoryHost, MemoryIndex
from tests.resolve.conftest import run
from tests.run import omissions


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


def test_an_extra_that_consists_of_variants_is_these(host: MemoryHost, index: MemoryIndex) -> None:
    """What a variant requires is said by the package, for each of its versions."""
    host.has("lib", "2.0", "1.0", variants=["array", "frame"])
    for version in ("1.0", "2.0"):
        index.add(
            "lib",
            version,
            f'numpy=={version}; extra == "array"',
            f'pandas=={version}; extra == "frame"',
            'lib[array,frame]; extra == "all"',
            'lz4>=4; extra == "all"',
        )
    for name in ("numpy", "pandas"):
        index.add(name, "2.0")
        index.add(name, "1.0")
    index.add("lz4", "4.3")
    index.add("app", "1.0", "lib[all]>=1")
    run(host, index, "app")
    lines = [line for line in host.written["py-app"].splitlines() if "py-l" in line]
    assert [line.strip() for line in lines] == [
        'depends_on("py-lib@1:+array+frame", type=("build", "run"))',
        'depends_on("py-lz4@4:", type=("build", "run"))',
    ]
    assert "numpy" not in host.written["py-app"] and "py-pandas" not in host.written


def test_what_a_variant_names_is_for_its_package_to_say(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.has("lib", "1.0", variants=["array", "frame"])
    names_others = ('lib[frame]; extra == "array"', 'lib[array]; extra == "all"')
    index.add("lib", "1.0", *names_others, 'rich; extra == "frame"', 'lz4; extra == "all"')
    index.add("rich", "1.0")
    index.add("lz4", "1.0")
    index.add("app", "1.0", "lib[all]")
    assert not run(host, index, "app").plan.failed
    lines = [line.strip() for line in host.written["py-app"].splitlines() if "py-l" in line]
    assert lines == [
        'depends_on("py-lib+array", type=("build", "run"))',
        'depends_on("py-lz4", type=("build", "run"))',
    ]


def test_what_no_recipe_can_say_of_an_extra_is_not_dropped(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """The package of lib has no variant for its extra, so that app requires what it does."""
    host.has("lib", "1.0")
    index.add("lib", "1.0", 'rich @ https://x.example/rich.zip ; extra == "color"')
    index.add("app", "1.0", "lib[color]>=1")
    (failed,) = run(host, index, "app").plan.failed
    said = "names a URL, not versions"
    assert failed.reason.startswith("1.0 needs lib[color]>=1, which declares 'rich @ https://")
    assert failed.reason.endswith(f": {said}")
    allowed = run(host, index, "app", allow_omissions=True)
    (omitted,) = (each for each in allowed.diagnostics if each.code == "missing-dependency")
    assert omitted.text.endswith(f": {said}; lib[color]>=1 requires it")
    assert f"{said}; lib[color]>=1 requires it" in host.written["py-app"].replace("\n    # ", " ")


def test_an_extra_of_which_nothing_is_known_is_not_dropped(
    host: MemoryHost, index: MemoryIndex
) -> None:
    host.has("lib", "1.0")
    host.has("other", "1.0")
    index.add("lib", "1.0", trusted=False)
    index.add("app", "1.0", "lib[color]")
    index.add("tool", "1.0", "other[color]")
    index.add("new", "1.0", "lib[color]>=2")
    done = run(host, index, "app", "tool", "new")
    failed = {each.project: each.reason for each in done.plan.failed}
    said = "which declares 'extra color': what it requires is not known: "
    assert failed == {
        "app": f"1.0 needs lib[color], {said}its metadata is dynamic",
        "tool": f"1.0 needs other[color], {said}the index index.example has no project named "
        "'other'",
        "new": "1.0 needs lib>=2: builtin.py-lib has no such version, and no release that Spack "
        "can install satisfies it (newest: 1.0)",
    }


def test_an_extra_whose_name_spack_reserves_is_flattened(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """No recipe may have a variant ``platform``: it means something else in a spec."""
    index.add("lib", "1.0", 'rich>=10; extra == "platform"', 'lib[platform]; extra == "all"')
    index.add("rich", "11.0")
    index.add("app", "1.0", "lib[platform]", "lib[all]")
    run(host, index, "app")
    assert 'depends_on("py-lib+all", type=("build", "run"))' in host.written["py-app"]
    assert 'depends_on("py-rich@10:", type=("build", "run"))' in host.written["py-app"]
    assert "platform" not in host.written["py-lib"]
    assert 'depends_on("py-rich@10:", when="+all"' in host.written["py-lib"]


def test_an_extra_whose_name_spack_reserves_is_named(host: MemoryHost, index: MemoryIndex) -> None:
    index.add("lib", "1.0", 'rich>=10; extra == "platform"')
    index.add("rich", "11.0")
    done = run(host, index, "lib[platform]")
    (said,) = done.diagnostics
    assert (said.code, said.package) == ("not-written", "py-lib")
    assert said.text == (
        "lib is not written: its extra 'platform' cannot be a variant, as Spack reserves this "
        "name; name the project without it, and beside it what the extra requires"
    )
    assert host.written == {}


def test_what_an_extra_stands_for_does_not_hide_a_tighter_bound(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """app and the extra of a package without such a variant both ask for curl."""
    host.has("queue", "1.0")
    host.has("curl", "9.0", "8.0", "7.0")
    index.add("queue", "1.0", 'curl>=7; extra == "sqs"', extras=["sqs"])
    index.add("curl", "9.0")
    index.add("app", "1.0", "curl>=8", "queue[sqs]")
    assert 'depends_on("py-curl@8:"' in run(host, index, "app").plan.texts["py-app"]


def test_an_extra_that_comes_to_nothing_is_no_variant(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """Not required by dependents either: one that says what all get already, one that no release
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
    reported = {omission.declared for omission in omissions(result) if omission.project == "lib"}
    assert reported >= {"the extra 'unknown'"}


def test_what_needs_a_variant_that_a_version_lacks_is_not_written(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """The author of the recipe ended the variant before 2.0."""
    host.has("rich", "1.0")
    text = 'class PyApp(PythonPackage):\n    version("1.0", sha256="0")\n\n'
    text += '    variant("all", default=False, description="All of it", when="@:1")\n\n'
    text += '    depends_on("py-hatchling", type="build")\n'
    text += '    depends_on("py-rich", when="+all", type=("build", "run"))\n'
    host.keep("app", "py-app", text)
    for version in ("1.0", "2.0"):
        index.add("app", version, 'rich; extra == "all"', 'other; extra == "all"')
        index.add("rich", version)
    index.add("other", "1.0", "rich>=2")
    assert set(run(host, index, "app>=2").plan.recipes) == {"app"}

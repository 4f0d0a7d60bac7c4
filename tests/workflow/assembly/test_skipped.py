"""Packages inside a project's that cannot be imported with what its recipe depends on: the recipe
names them in ``skip_modules``, which Spack's own test does not import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from packaging.version import Version

from spack_pypi.pypi.model import ModuleImport, Source
from spack_pypi.session import Session
from spack_pypi.workflow.explain.explain import explain
from spack_pypi.workflow.explain.model import Verdict
from spack_pypi.workflow.request import Request, Verify
from tests.memory import MemoryHost, MemoryIndex
from tests.run import create

Needs = Mapping[str, Sequence[str]]
A = {"x.a": ["yaml"]}
#: More than a comment names.
MANY = [f"many-{letter}" for letter in "abcdefghi"]
EACH: Needs = {f"x.{each[-1]}": [each.replace("-", "_")] for each in MANY}


def ports(needs: Needs, *requires: str, bring: str = "") -> tuple[MemoryHost, MemoryIndex]:
    """Two releases that require something, of which the newer one has packages that need modules;
    ``bring`` are lines of the package of numpy."""
    host, index = MemoryHost(), MemoryIndex()
    for project in ("hatchling", "numpy", "pyyaml", "pytest", "attrs", "quiet", *MANY):
        host.has(project, "1.0", "2.0", variants=("on", "off") if project == "numpy" else ())
    host.texts["py-numpy"] += bring
    for version in ("1.0", "2.0"):
        index.add("x", version, *requires, extras=("e",))
    found = [
        ModuleImport(module, f"{package.replace('.', '/')}/__init__.py", 3, package=package)
        for package, modules in needs.items()
        for module in modules
    ]
    old = index._sources["x", Version("1.0")]
    index._sources["x", Version("2.0")] = Source(old.pyproject, package_needs=tuple(found))
    return host, index


def attribute(host: MemoryHost, index: MemoryIndex, name: str = "x") -> str:
    """What a recipe says of them, from the comment on."""
    outcome = create(host, index, Request((name,), verify=Verify.LOAD))
    before, found, after = outcome.plan.recipes["x"].text.partition("    skip_modules")
    if not found:
        return ""
    return before.rpartition("\n\n")[2] + found + after.partition("\n\n")[0]


NOT_DECLARED = """\
    # Requires pyyaml, which is not declared
    skip_modules = ["x.a"]"""
OPTIONAL = NOT_DECLARED.replace("not declared", "optional")


@pytest.mark.parametrize(
    ("needs", "requires", "expected"),
    [
        (A, ["numpy"], NOT_DECLARED),
        (A, ["numpy", "pyyaml; extra == 'e'"], OPTIONAL),
        (A, ["pyyaml"], ""),
        (A, ["pyyaml; python_version < '3.11'"], ""),
        # another edition of it
        (A, ["pyyaml-ft"], ""),
        # what tests need is clear without more words
        ({"x.tests": ["pytest"]}, [], '    # Requires pytest\n    skip_modules = ["x.tests"]'),
        # of a package of its name, and of an extra; nobody knows of others
        ({"x.a": ["quiet"]}, [], NOT_DECLARED.replace("pyyaml", "quiet")),
        ({"x.a": ["loud"]}, ["loud; extra == 'e'"], OPTIONAL.replace("pyyaml", "loud")),
        ({"x.a": ["loud"]}, [], ""),
        ({"x.a": ["google"]}, [], ""),
        # a part of what it requires may be called so
        ({"x.a": ["quiet"]}, ["attrs-quiet"], ""),
        ({"x.a": ["winreg"]}, [], '    # Requires Windows\n    skip_modules = ["x.a"]'),
        # what lies in another one
        ({"x.a": ["yaml"], "x.a.b": ["attr"]}, [], NOT_DECLARED),
        ({"x.a": ["loud"], "x.a.b": ["yaml"]}, [], NOT_DECLARED.replace("x.a", "x.a.b")),
        (
            {"x.b": ["yaml"], "x.a": ["yaml"]},
            [],
            NOT_DECLARED.replace("Requires", "Require").replace('"x.a"', '"x.a", "x.b"'),
        ),
        (
            {"x.a": ["yaml"], "x.b": ["attr"]},
            ["pyyaml; extra == 'e'"],
            "    # Each requires some of attrs and pyyaml, which are optional or not declared\n"
            '    skip_modules = ["x.a", "x.b"]',
        ),
    ],
)
def test_a_new_recipe_names_them(needs: Needs, requires: Sequence[str], expected: str) -> None:
    index_has = [each for each in requires if each in ("pyyaml-ft", "attrs-quiet")]
    host, index = ports(needs, *requires)
    for each in index_has:
        host.has(each, "1.0")
    assert attribute(host, index) == expected


def yaml(when: str = "", types: str = '("build", "run")') -> str:
    condition = f'when="{when}", ' if when else ""
    return f'    depends_on("py-pyyaml", {condition}type={types})\n'


VARIANTS = (
    '    variant("on", default=True, description="x")\n'
    '    variant("off", default=False, description="x")\n'
)


@pytest.mark.parametrize(
    ("lines", "requires", "brought"),
    [
        (yaml(), "numpy", True),
        (yaml(types='"build"'), "numpy", False),
        (yaml("@2:"), "numpy>=1", True),
        (yaml("@:1.5"), "numpy>=2", False),
        (yaml("^python@:3.10"), "numpy", True),
        (yaml("platform=windows"), "numpy", False),
        (VARIANTS + yaml("+on"), "numpy", True),
        (VARIANTS + yaml("+off"), "numpy", False),
        (VARIANTS + yaml("+off"), "numpy[off]", True),
        ('    depends_on("py-quiet", type="run")\n', "numpy", True),
        (yaml(), "numpy; extra == 'e'", False),
    ],
)
def test_what_may_come_with_a_dependency_is_there(
    lines: str, requires: str, brought: bool
) -> None:
    host, index = ports(A, requires, bring=lines)
    host.texts["py-quiet"] += yaml()
    assert (attribute(host, index) == "") is brought


def test_what_comes_with_a_project_that_is_written_too_is_there() -> None:
    host, index = ports(A, "other")
    index.add("other", "1.0", "pyyaml")
    assert attribute(host, index) == ""
    host, index = ports(A, "other")
    index.add("other", "1.0", "attrs")
    assert attribute(host, index) == NOT_DECLARED


def test_an_older_version_may_lack_them_or_not() -> None:
    """A name that a version does not have does no harm."""
    host, index = ports(A)
    outcome = create(host, index, Request(("x",), verify=Verify.LOAD))
    text = outcome.plan.recipes["x"].text
    assert 'version("1.0"' in text and NOT_DECLARED in text


@pytest.mark.parametrize(
    ("optional", "more", "said"),
    [
        (MANY, [], "an optional dependency"),
        (MANY, ["winreg"], "an optional dependency or Windows"),
        (MANY, ["yaml"], "an optional dependency, or pyyaml, which is not declared"),
        (
            MANY,
            ["winreg", "yaml"],
            "an optional dependency, Windows, or pyyaml, which is not declared",
        ),
        (MANY[2:], [], "an optional dependency, or many-a or many-b, which are not declared"),
        ([], [], "a dependency that is optional or not declared"),
    ],
)
def test_of_many_that_are_missing_those_are_named_that_nothing_declares(
    optional: Sequence[str], more: Sequence[str], said: str
) -> None:
    needs = {**EACH, **{f"x.more_{each}": [each] for each in more}}
    host, index = ports(needs, *(f"{each}; extra == 'e'" for each in optional))
    assert attribute(host, index).startswith(f"    # Each requires {said}\n")


HAS = """\
class PyX(PythonPackage):
    pypi = "x/x-1.0.tar.gz"

    # It takes long
    skip_modules = ["x.b"]

    version("1.0", sha256="0")

    depends_on("py-hatchling", type="build")
"""


def test_what_a_person_wrote_stays() -> None:
    host, index = ports(A)
    host.keep("x", "py-x", HAS)
    assert attribute(host, index, "x>=2").startswith(
        '    # It takes long\n    skip_modules = ["x.b"]'
    )
    host, index = ports(A)
    host.keep("x", "py-x", HAS.replace('    # It takes long\n    skip_modules = ["x.b"]\n', ""))
    assert attribute(host, index, "x>=2") == ""


def test_explain_says_where_they_import_what_is_not_there() -> None:
    host, index = ports(A)
    text = create(host, index, Request(("x",), verify=Verify.LOAD)).plan.recipes["x"].text
    for skips, verdict, said in (
        ('["x.a"]', Verdict.NAMED, ["x/a/__init__.py:3: x.a imports yaml"]),
        ('["x.a", "x.c"]', Verdict.NAMED, ["x/a/__init__.py:3: x.a imports yaml"]),
        ('["x.c"]', Verdict.UNEXPLAINED, []),
    ):
        host.keep("x", "py-x", text.replace('["x.a"]', skips))
        with Session(index) as session:
            found = explain(session, host, "py-x", "")
        (line,) = [each for each in found.lines if each.text.startswith("skip_modules")]
        (ground,) = line.grounds
        assert (ground.verdict, [*map(str, ground.cited)]) == (verdict, said)
        assert any(note.startswith("x.c: ") for note in ground.notes) is (skips.count(",") == 1)


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        ({"x.a": ["yaml"]}, NOT_DECLARED),
        # a dependency is missing where all lack something, and where that is not known of one
        ({"x.a": ["yaml"], "x.b": ["attr"]}, ""),
        ({"x.a": ["yaml"], "x.b": ["loud"]}, ""),
        ({"x.a": ["yaml"], "x.b": ["numpy"]}, NOT_DECLARED),
    ],
)
def test_of_the_packages_of_a_namespace_one_at_least_lacks_nothing(
    needs: Needs, expected: str
) -> None:
    host, index = ports(needs, "numpy")
    source = index._sources["x", Version("2.0")]
    both = {"x.a", "x.b"}
    in_one = (replace(e, siblings=tuple(both - {e.package})) for e in source.package_needs)
    index._sources["x", Version("2.0")] = replace(source, package_needs=tuple(in_one))
    assert attribute(host, index) == expected


def test_the_package_of_the_projects_name_is_not_skipped() -> None:
    for module, expected in (("x.a", ""), ("x.b", NOT_DECLARED.replace("x.a", "x.b"))):
        host, index = ports({module: ["yaml"]})
        source = index._sources["x", Version("2.0")]
        need = replace(source.package_needs[0], siblings=("x.a",))
        index._sources["x", Version("2.0")] = replace(source, package_needs=(need,))
        assert attribute(host, index) == expected


def test_of_what_projects_share_the_whole_name_tells_the_project() -> None:
    lacks = NOT_DECLARED.replace("pyyaml", "google-auth")
    for module, requires, expected in (
        ("google.auth", "numpy", lacks),
        ("google.auth", "google-auth", ""),
        ("google.auth", "google-auth; extra == 'e'", lacks.replace("not declared", "optional")),
        (
            "google.cloud.z",
            "google-cloud-z; extra == 'e'",
            OPTIONAL.replace("pyyaml", "google-cloud-z"),
        ),
        ("google.cloud.z", "google-cloud-z", ""),
        ("google.cloud.z", "numpy", ""),
    ):
        host, index = ports({"x.a": [module]}, requires)
        for each in ("google-auth", "google-cloud-z") if requires != "numpy" else ():
            host.has(each, "1.0")
        assert attribute(host, index) == expected


def test_what_is_called_like_a_file_beside_it_may_be_that() -> None:
    """Unless it is known which project has a module of this name."""
    for module, expected in (("quiet", ""), ("yaml", NOT_DECLARED)):
        host, index = ports({"x.a": [module]})
        source = index._sources["x", Version("2.0")]
        needs = tuple(replace(each, beside=True) for each in source.package_needs)
        index._sources["x", Version("2.0")] = replace(source, package_needs=needs)
        assert attribute(host, index) == expected


def test_what_a_virtual_package_may_be_is_there() -> None:
    """Recipes name ``pil`` for py-pillow; a virtual package has no recipe."""
    host, index = ports({"x.a": ["PIL"]}, "numpy", bring='    depends_on("pil", type="run")\n')
    host.has("pillow", "10.0")
    assert attribute(host, index) == ""
    host.texts["py-numpy"] = host.texts["py-numpy"].replace('"pil"', '"mpi"')
    assert attribute(host, index) == NOT_DECLARED.replace("pyyaml", "pillow")

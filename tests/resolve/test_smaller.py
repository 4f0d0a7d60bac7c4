"""Requirements on a project of which Spack has a smaller one, where that has all that is imported
(`SMALLER`)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from packaging.version import Version

from spack_pypi.session import Session
from spack_pypi.workflow.explain.explain import explain
from tests.memory import MemoryHost, MemoryIndex
from tests.resolve.conftest import run, says
from tests.run import check

CLIENT = ("rucio.client.Client", "rucio.common.exception")
BUILD = 'depends_on("py-hatchling", type="build")'
WHY = "# in place of rucio: it has all that is imported of it"


@pytest.fixture
def rucio(host: MemoryHost, index: MemoryIndex) -> MemoryHost:
    """A server that has its clients, which are released by themselves too."""
    host.has("rucio-clients", "36.0")
    host.has("six", "1.0")
    for version in ("36.0", "40.0"):
        index.add("rucio", version, "server", 'x; extra == "oracle"', extras=["oracle"])
        index.add("rucio-clients", version)
    index.add("server", "1.0")
    index.add("x", "1.0")
    return host


def imports(index: MemoryIndex, *names: str, version: str = "1.0") -> None:
    key = "app", Version(version)
    index._sources[key] = replace(index._sources[key], of_larger=names)


def named(host: MemoryHost) -> list[str]:
    text = host.written["py-app"].partition("\nclass ")[2]
    return re.findall(r'# .* rucio.*|depends_on\("py-rucio[^"]*"', text)


@pytest.mark.parametrize(
    ("required", "names", "lines"),
    [
        ("rucio>=36", CLIENT, [WHY, 'depends_on("py-rucio-clients@36:"']),
        ("rucio>=36,<41", CLIENT, [WHY, 'depends_on("py-rucio-clients@36:40"']),
        ("rucio>=36", (*CLIENT, "rucio.core"), ['depends_on("py-rucio@36:"']),
        ("rucio>=36", (), ['depends_on("py-rucio@36:"']),
        # the smaller one need not have it
        ("rucio[oracle]>=36", CLIENT, ['depends_on("py-rucio@36:+oracle"']),
    ],
)
def test_the_line(
    rucio: MemoryHost, index: MemoryIndex, required: str, names: tuple[str, ...], lines: list[str]
) -> None:
    index.add("app", "1.0", required, "six")
    imports(index, *names)
    assert run(rucio, index, "app").applied
    assert named(rucio) == lines
    assert ("py-rucio" in rucio.written) is ("py-rucio@" in lines[-1])


def test_versions_are_added_from_the_archives_of_the_smaller_one(
    rucio: MemoryHost, index: MemoryIndex
) -> None:
    index.add("app", "1.0", "rucio>=40")
    imports(index, *CLIENT)
    assert run(rucio, index, "app").applied
    assert "rucio_clients-40.0.tar.gz" in rucio.written["py-rucio-clients"]
    assert "py-server" not in rucio.written


@pytest.mark.parametrize(
    ("names", "constraints"), [(["app", "rucio"], {}), (["app"], {"rucio": "<41"})]
)
def test_whoever_names_the_larger_one_gets_it(
    rucio: MemoryHost, index: MemoryIndex, names: list[str], constraints: dict[str, str]
) -> None:
    index.add("app", "1.0", "rucio>=36")
    imports(index, *CLIENT)
    assert run(rucio, index, *names, constraints=constraints).applied
    assert named(rucio) == ['depends_on("py-rucio@36:"']


def test_without_a_package_of_the_smaller_one_the_larger_one_is_written(
    rucio: MemoryHost, index: MemoryIndex
) -> None:
    del rucio.packages["rucio-clients"]
    index.add("app", "1.0", "rucio>=36")
    imports(index, *CLIENT)
    assert run(rucio, index, "app").applied
    assert named(rucio) == ['depends_on("py-rucio@36:"']


@pytest.mark.parametrize("package", ["py-rucio", "py-rucio-clients"])
def test_a_recipe_that_exists_keeps_the_one_that_it_names(
    rucio: MemoryHost, index: MemoryIndex, package: str
) -> None:
    """Also where both have packages."""
    rucio.has("rucio", "36.0")
    rucio.has("app", "1.0")
    says(rucio, {"app": [BUILD, f'depends_on("{package}@36:", type=("build", "run"))']})
    for version, least in (("1.0", "36"), ("2.0", "37")):
        index.add("app", version, f"rucio>={least}")
        imports(index, *CLIENT, version=version)
    assert run(rucio, index, "app==2.0").applied
    assert [line for line in named(rucio) if line != WHY] == [f'depends_on("{package}@37:"']


@pytest.mark.parametrize(
    ("package", "names", "codes"),
    [
        ("py-rucio", CLIENT, []),
        ("py-rucio-clients", CLIENT, []),
        ("py-rucio", ("rucio.core",), []),
        ("py-rucio-clients", ("rucio.core",), ["missing-dependency"]),
        ("py-rucio-clients", (), ["missing-dependency"]),
    ],
)
def test_check_takes_either_where_both_are_enough(
    rucio: MemoryHost, index: MemoryIndex, package: str, names: tuple[str, ...], codes: list[str]
) -> None:
    rucio.has("rucio", "36.0")
    rucio.has("app", "1.0")
    says(rucio, {"app": [BUILD, f'depends_on("{package}@36:", type=("build", "run"))']})
    index.add("app", "1.0", "rucio>=36")
    imports(index, *names)
    (result,) = check(rucio, index, ["py-app"])
    assert [e.code for e in result.diagnostics if e.severity.value == "error"] == codes


def test_explain_says_what_is_required(rucio: MemoryHost, index: MemoryIndex) -> None:
    index.add("app", "1.0", "rucio>=36")
    imports(index, *CLIENT)
    assert run(rucio, index, "app").applied
    rucio.keep("app", "py-app", rucio.written["py-app"])
    with Session(index) as session:
        lines = explain(session, rucio, "py-app").lines
    (line,) = [str(each) for each in lines if "py-rucio-clients" in each.text]
    assert "Requires-Dist rucio>=36, all that is imported of it is in" in line

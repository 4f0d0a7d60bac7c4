"""Which distributions become externals, and why others do not."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from spack_pypi.arguments import add_commands
from spack_pypi.diagnostics import Severity
from spack_pypi.errors import UsageError
from spack_pypi.host.port import Destination
from spack_pypi.prefixes.interpreter import Interpreter, SiteFolder, SiteKind, ask
from spack_pypi.workflow.externals.externals import ExternalsResult, diagnostics, externals
from tests.memory import MemoryHost
from tests.prefixes.made import answered, distribution, interpreter

SITE = "lib/python3.12/site-packages"


def python(tmp_path: Path, **folders: object) -> Interpreter:
    (tmp_path / SITE).mkdir(parents=True, exist_ok=True)
    answer = answered(site=[f"*/{SITE}"], prefix=str(tmp_path), **folders)
    return ask(interpreter(tmp_path / "bin", answer))


def run(
    host: MemoryHost, asked: Interpreter, *names: str, exclude: tuple[str, ...] = ()
) -> ExternalsResult:
    return externals(host, asked, names, exclude, Destination("site"))


def specs(result: ExternalsResult) -> dict[str, str]:
    return {project: each.spec for project, each in result.found.externals.items()}


def reasons(result: ExternalsResult) -> dict[str, str]:
    return {each.distribution.project: each.reason for each in result.found.not_used}


def test_versions_and_names_are_those_of_the_recipes(tmp_path: Path) -> None:
    host = MemoryHost()
    host.has("foo-bar", "1.0.0", "0.9", name="py-foobar")
    host.has("tz", "2024_1")
    distribution(tmp_path / SITE, "Foo.Bar", "1.0.0")
    distribution(tmp_path / SITE, "tz", "2024.1")
    result = run(host, python(tmp_path))
    assert specs(result) == {"foo-bar": "py-foobar@1.0.0", "tz": "py-tz@2024_1"}
    assert {each.prefix for each in result.found.externals.values()} == {tmp_path}
    assert result.written.changed == ("py-foobar", "py-tz")


def test_a_second_run_changes_nothing_and_what_is_gone_goes(tmp_path: Path) -> None:
    host = MemoryHost()
    host.has("foo", "1")
    host.has("bar", "1")
    path = distribution(tmp_path / SITE, "foo", "1")
    distribution(tmp_path / SITE, "bar", "1")
    run(host, python(tmp_path))
    assert run(host, python(tmp_path)).written.changed == ()
    (path / "METADATA").unlink()
    path.rmdir()
    written = run(host, python(tmp_path)).written
    assert (written.changed, written.removed) == ((), ("py-foo",))


def test_what_requires_what(tmp_path: Path) -> None:
    host = MemoryHost()
    for name in ("foo", "bar", "baz"):
        host.has(name, "1", name=f"py-{name}")
    distribution(
        tmp_path / SITE, "foo", "1", "bar>=1", 'baz; extra == "x"', "nowhere; python_version<'3'"
    )
    distribution(tmp_path / SITE, "bar", "1")
    distribution(tmp_path / SITE, "baz", "1")
    result = run(host, python(tmp_path))
    assert result.found.externals["foo"].requires == ("py-bar",)


def test_variants_are_on_where_all_that_they_require_is_there(tmp_path: Path) -> None:
    host = MemoryHost()
    host.has("foo", "1", variants=("fast", "all", "mpi"))
    host.has("bar", "1")
    path = distribution(tmp_path / SITE, "foo", "1", 'bar; extra == "fast"', 'baz; extra == "all"',
                        'bar; extra == "all"')  # fmt: skip
    text = (path / "METADATA").read_text()
    (path / "METADATA").write_text(text + "Provides-Extra: fast\nProvides-Extra: all\n")
    distribution(tmp_path / SITE, "bar", "1")
    result = run(host, python(tmp_path))
    assert specs(result)["foo"] == "py-foo@1+fast~all"
    assert result.found.assumed == {"foo": ("mpi",)}


EDITABLE = json.dumps({"url": "file:///x", "dir_info": {"editable": True}})
ADDRESS = json.dumps({"url": "https://h.example/x.whl", "archive_info": {}})


@pytest.mark.parametrize(
    ("requires", "files", "reason"),
    [
        ((), {"direct_url__json": EDITABLE}, "its code lies elsewhere (pip install --editable)"),
        ((), {"direct_url__json": ADDRESS},
         "it was installed from https://h.example/x.whl, not from an index"),
        (("gone>=1",), {}, "it requires gone, which is not installed"),
        (("bar>=2",), {}, "it requires bar>=2, and 1 is installed"),
        (("bar<1; python_version>='3.12'",), {}, "it requires bar<1, and 1 is installed"),
    ],
)  # fmt: skip
def test_what_cannot_be_used(
    tmp_path: Path, requires: tuple[str, ...], files: dict[str, str], reason: str
) -> None:
    host = MemoryHost()
    host.has("foo", "1")
    host.has("bar", "1")
    distribution(tmp_path / SITE, "foo", "1", *requires, **files)
    distribution(tmp_path / SITE, "bar", "1")
    result = run(host, python(tmp_path))
    assert reasons(result) == {"foo": reason}
    assert specs(result) == {"bar": "py-bar@1"}


def test_recipes_that_are_lacking(tmp_path: Path) -> None:
    host = MemoryHost()
    host.has("foo", "1")
    distribution(tmp_path / SITE, "foo", "2")
    distribution(tmp_path / SITE, "new", "1.0")
    result = run(host, python(tmp_path))
    assert reasons(result) == {
        "foo": "builtin.py-foo has no version 2",
        "new": "Spack has no package of it",
    }
    assert result.found.lacking == ["foo==2", "new==1.0"]


def test_folders_in_which_spack_does_not_look(tmp_path: Path) -> None:
    host = MemoryHost()
    for name in ("foo", "bar", "baz"):
        host.has(name, "1", name=f"py-{name}")
    debian, user, named = tmp_path / "lib/python3/dist-packages", tmp_path / "u", tmp_path / "n"
    for folder, name in ((debian, "foo"), (user, "bar"), (named, "baz")):
        distribution(folder, name, "1")
    (tmp_path / SITE).mkdir(parents=True)
    (tmp_path / SITE / "n.pth").write_text(f"{named}\n")
    result = run(host, python(tmp_path, debian=[str(debian)], user=[str(user)]))
    looked, looked64 = tmp_path / SITE, tmp_path / SITE.replace("lib", "lib64", 1)
    assert reasons(result) == {
        "foo": f"it lies in {debian}, and Spack looks in {looked} and {looked64}",
        "bar": f"it is installed for one user, in {user}",
        "baz": f"it lies in {named}, which only n.pth names",
    }


def test_a_virtual_environment_of_debians_python(tmp_path: Path) -> None:
    """Spack takes what this Python installs into, below each prefix."""
    host = MemoryHost()
    host.has("foo", "1")
    host.has("bar", "1")
    base, venv = tmp_path / "usr", tmp_path / "venv"
    own = "local/lib/python3.12/dist-packages"
    distribution(venv / SITE, "foo", "1")
    distribution(base / own, "bar", "1")
    answer = answered(
        site=[f"*/{SITE}"], prefix=str(base), own=[f"{base}/{own}"] * 2, debian=[f"{base}/{own}"]
    )
    assert specs(run(host, ask(interpreter(base / "bin", answer)))) == {"bar": "py-bar@1"}
    (venv / "pyvenv.cfg").write_text(f"home = {base}/bin\n")
    result = run(host, ask(interpreter(venv / "bin", answer)))
    assert reasons(result) == {"foo": f"it lies in {venv / SITE}, and Spack looks in {venv / own}"}


def test_build_tools_only_if_they_are_named(tmp_path: Path) -> None:
    host = MemoryHost()
    host.has("setuptools", "70")
    distribution(tmp_path / SITE, "setuptools", "70")
    assert specs(run(host, python(tmp_path))) == {}
    assert specs(run(host, python(tmp_path), "py-setuptools")) == {
        "setuptools": "py-setuptools@70"
    }


def test_names_and_exclusions(tmp_path: Path) -> None:
    host = MemoryHost()
    for name in ("foo", "bar"):
        host.has(name, "1", name=f"py-{name}")
        distribution(tmp_path / SITE, name, "1")
    assert [*specs(run(host, python(tmp_path), "Foo"))] == ["foo"]
    assert [*specs(run(host, python(tmp_path), exclude=("py-foo",)))] == ["bar"]
    with pytest.raises(UsageError, match="gone is not installed for"):
        run(host, python(tmp_path), "gone")


def test_a_run_with_names_leaves_the_entries_of_others(tmp_path: Path) -> None:
    host = MemoryHost()
    for name in ("foo", "bar"):
        host.has(name, "1", name=f"py-{name}")
        distribution(tmp_path / SITE, name, "1")
    run(host, python(tmp_path), "foo")
    written = run(host, python(tmp_path), "bar").written
    assert (written.changed, written.removed) == (("py-bar",), ())
    assert {*host.externals.packages} == {"py-foo", "py-bar"}
    # Unless it is named, and cannot be used any more.
    host.externals.refused = {"py-foo": "Spack would build it all the same"}
    assert run(host, python(tmp_path), "foo").written.removed == ("py-foo",)
    assert {*host.externals.packages} == {"py-bar"}


def test_what_was_named_and_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    host = MemoryHost()
    distribution(tmp_path / SITE, "foo", "1")
    result = run(host, python(tmp_path))
    assert [each.severity for each in diagnostics(host, result)] == [Severity.NOTE]
    (found,) = diagnostics(host, run(host, python(tmp_path), "py-foo"))
    assert found.severity is Severity.ERROR
    assert found.text == "Spack has no package of it: spack pypi create 'foo==1'"


def test_two_projects_of_one_package(tmp_path: Path) -> None:
    host = MemoryHost()
    host.has("cv", "1", name="opencv")
    host.has("cv-headless", "1", name="opencv")
    distribution(tmp_path / SITE, "cv", "1")
    distribution(tmp_path / SITE, "cv-headless", "1")
    result = run(host, python(tmp_path))
    assert specs(result) == {"cv": "opencv@1"}
    assert reasons(result) == {
        "cv-headless": "opencv is the package of cv too, which is installed"
    }


def test_it_is_also_if_its_package_is_called_otherwise(tmp_path: Path) -> None:
    host = MemoryHost()
    host.has("foo-bar", "1", name="py-fb")
    distribution(tmp_path / SITE, "foo-bar", "2")
    (found,) = diagnostics(host, run(host, python(tmp_path), "py-fb"))
    assert (found.package, found.severity) == ("foo-bar", Severity.ERROR)


def test_a_marker_that_cannot_be_decided(tmp_path: Path) -> None:
    """It is the fault of one project; others become externals all the same."""
    host = MemoryHost()
    for name in ("foo", "bar"):
        host.has(name, "1", name=f"py-{name}")
    distribution(tmp_path / SITE, "foo", "1", "gone; sys_platform ~= 'linux'")
    distribution(tmp_path / SITE, "bar", "1")
    assert specs(run(host, python(tmp_path))) == {"foo": "py-foo@1", "bar": "py-bar@1"}


def test_what_the_solver_does_not_use(tmp_path: Path) -> None:
    host = MemoryHost()
    host.has("foo", "1")
    host.has("bar", "1", variants=("mpi",))
    host.externals.refused = {"py-bar": "Spack would build it all the same"}
    distribution(tmp_path / SITE, "foo", "1", "bar")
    distribution(tmp_path / SITE, "bar", "1")
    result = run(host, python(tmp_path))
    assert specs(result) == {"foo": "py-foo@1"}
    assert result.found.externals["foo"].requires == ()
    assert result.found.assumed == {}
    assert reasons(result) == {"bar": "Spack would build it all the same"}


def test_what_a_module_puts_on_pythonpath(tmp_path: Path) -> None:
    host = MemoryHost()
    for name in ("foo", "bar", "baz"):
        host.has(name, "1", name=f"py-{name}")
    bundle, tools = tmp_path / "bundle", tmp_path / "tools"
    distribution(tmp_path / SITE, "foo", "1")
    distribution(bundle / SITE, "bar", "1", "foo")
    distribution(tools, "baz", "1")
    asked = python(tmp_path)
    own = (Path(SITE),)
    added = [SiteFolder(each, SiteKind.MODULE) for each in (bundle / SITE, tools)]
    asked = asked._replace(sites=(*added, *asked.sites), own=own)
    result = run(host, asked)
    found = result.found.externals
    assert {project: each.prefix for project, each in found.items()} == {
        "foo": tmp_path,
        "bar": bundle,
    }
    assert found["bar"].requires == ("py-foo",)
    assert reasons(result) == {"baz": f"it lies in {tools}, and Spack looks in {SITE} of a prefix"}


def test_a_prefix_that_no_settings_can_name(tmp_path: Path) -> None:
    folder = tmp_path / "\udcff"
    with pytest.raises(UsageError, match="is not text"):
        run(MemoryHost(), python(folder))


@pytest.mark.parametrize("option", ["--python", "--prefix", "--conda", "--output", "--scope"])
def test_an_option_of_a_variable_that_is_not_set(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Else it would be another Python, or the settings of the user."""
    parser = argparse.ArgumentParser()
    add_commands(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["externals", option, ""])
    assert f"{option}: expected a value, and it is empty" in capsys.readouterr().err
    assert parser.parse_args(["externals"]).scope is None


def test_what_is_named_requires_what_can_be_an_external_too(tmp_path: Path) -> None:
    host = MemoryHost()
    host.has("foo", "1")
    host.has("bar", "1")
    distribution(tmp_path / SITE, "foo", "1", "bar", "baz")
    distribution(tmp_path / SITE, "bar", "1")
    distribution(tmp_path / SITE, "baz", "1")
    result = run(host, python(tmp_path), "foo")
    assert result.found.externals["foo"].requires == ("py-bar",)
    result = run(host, python(tmp_path), "foo", exclude=("bar",))
    assert result.found.externals["foo"].requires == ()


def test_a_copy_behind_the_one_that_is_used_is_no_error(tmp_path: Path) -> None:
    host = MemoryHost()
    host.has("foo", "2", "1")
    bundle = tmp_path / "bundle" / SITE
    distribution(bundle, "foo", "2")
    distribution(tmp_path / SITE, "foo", "1")
    asked = python(tmp_path)
    added = SiteFolder(bundle, SiteKind.MODULE)
    asked = asked._replace(sites=(added, *asked.sites), own=(Path(SITE),))
    result = run(host, asked, "foo")
    assert specs(result) == {"foo": "py-foo@2"}
    assert [each.severity for each in diagnostics(host, result)] == [Severity.NOTE]


def test_a_prefix_that_hides_modules_of_python(tmp_path: Path) -> None:
    host = MemoryHost()
    host.has("foo", "1")
    distribution(tmp_path / SITE, "foo", "1")
    for folder in (tmp_path / SITE, tmp_path / "lib" / "python3.12"):
        (folder / "enum.py").write_text("")
    found = reasons(run(host, python(tmp_path)))["foo"]
    assert "hide those of Python itself where Spack uses it: enum; uninstall" in found

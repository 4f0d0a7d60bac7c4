"""The Python that a shell has after ``module load``, by what the module command answers."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.prefixes import modules
from spack_pypi.prefixes.interpreter import SiteKind
from spack_pypi.prefixes.modules import in_modules
from tests.prefixes.made import answered, interpreter

SITE = "lib/python3.12/site-packages"
#: What Lmod 8.6 and Environment Modules 5.2 answer.
LMOD = """\
import os
os.environ["LOADEDMODULES"] = "python/3.12";
os.environ["PATH"] = "{bin}:/usr/bin";
os.environ["PYTHONPATH"] = "{bundle}";
os.environ["OLD"] = ''
del os.environ["OLD"]
_mlstatus = True
"""
MODULES = """\
import os
os.environ['FOO'] = 'a b\\'c'
os.environ['LOADEDMODULES'] = 'python/3.12'
os.environ['PATH'] = '{bin}:/usr/bin'
os.environ['PYTHONPATH'] = '{bundle}'
_mlstatus = True
"""


class Site:
    """A module command and the prefix of a Python, ``bundle`` another one."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._monkeypatch = folder, monkeypatch
        self.prefix, self.bundle = folder / "python", folder / "bundle"
        for prefix in (self.prefix, self.bundle):
            (prefix / SITE).mkdir(parents=True)
        answer = answered(site=[f"*/{SITE}"], prefix=str(self.prefix))
        command = Path(interpreter(self.prefix / "bin", answer))
        command.rename(command.with_name("python3"))
        for name in ("LMOD_CMD", "MODULES_CMD", "MODULESHOME", "LOADEDMODULES", "PYTHONPATH"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
        monkeypatch.setenv("PATH", "/nowhere")

    def answers(self, text: str, code: int = 0, errors: str = "", name: str = "LMOD_CMD") -> None:
        text = text.format(bin=self.prefix / "bin", bundle=self.bundle / SITE)
        command = self.folder / "modulecmd"
        command.write_text(
            f"#!{sys.executable}\nimport sys\nprint({text!r})\nsys.stderr.write({errors!r})\n"
            f"open({str(self.folder / 'asked')!r}, 'w').write(' '.join(sys.argv[1:]))\n"
            f"sys.exit({code})\n"
        )
        command.chmod(0o755)
        self._monkeypatch.setenv(name, str(command))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(tmp_path, monkeypatch)


@pytest.mark.parametrize(("text", "name"), [(LMOD, "LMOD_CMD"), (MODULES, "MODULES_CMD")])
def test_its_python_and_its_pythonpath(text: str, name: str, site: Site) -> None:
    site.answers(text, name=name)
    before = dict(os.environ)
    python = in_modules(["gcc", "python/3.12"])
    assert (site.folder / "asked").read_text() == "python load gcc python/3.12"
    assert python.command == str(site.prefix / "bin/python3")
    assert [(each.folder, each.kind) for each in python.sites] == [
        (site.bundle / SITE, SiteKind.MODULE),
        (site.prefix / SITE, SiteKind.SITE),
    ]
    assert python.prefixes == (site.bundle,)
    assert dict(os.environ) == before


def test_prefixes_of_easybuild(site: Site) -> None:
    text = "os.environ['PATH'] = '{bin}'\nos.environ['EBPYTHONPREFIXES'] = '%s'\n"
    site.answers(text % f"{site.bundle}:{site.folder}/none")
    assert in_modules(["x"]).prefixes == (site.bundle,)


def test_a_folder_that_is_of_no_prefix(site: Site) -> None:
    (site.folder / "tools").mkdir()
    site.answers(
        f"os.environ['PATH'] = '{{bin}}'\nos.environ['PYTHONPATH'] = '{site.folder}/tools'\n"
    )
    python = in_modules(["x"])
    assert python.prefixes == ()
    assert python.prefix_of(python.sites[0]) is None


def test_its_libraries(site: Site) -> None:
    site.answers("os.environ['PATH'] = '{bin}'\nos.environ['LD_LIBRARY_PATH'] = '/a:/b'\n")
    assert in_modules(["x"]).library_folders == (("LD_LIBRARY_PATH", "/a:/b"),)


def test_one_that_is_loaded_already(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(site.prefix / "bin"))
    monkeypatch.setenv("LOADEDMODULES", "gcc/12:python/3.12")
    site.answers("")
    assert in_modules(["python"]).prefix == site.prefix


@pytest.mark.parametrize(
    ("text", "code", "errors", "message"),
    [
        ("os.environ['CC'] = 'gcc'", 0, "", "module x brings no Python; name"),
        ("_mlstatus = False", 0, "ERROR: Unable\n to", "module load x fails: ERROR: Unable to"),
        ("", 1, "Lmod has detected", "module load x fails: Lmod has detected"),
        ("test 0 = 1;", 0, "", "does not answer as a module command does"),
        ("os.environ['PATH'] = '\\0'\n\0", 0, "", "does not answer as a module command does"),
    ],
)  # fmt: skip
def test_what_brings_no_python(
    text: str, code: int, errors: str, message: str, site: Site
) -> None:
    site.answers(text, code, errors)
    with pytest.raises(UsageError, match=message):
        in_modules(["x"])


def test_what_is_printed_is_not_run(site: Site) -> None:
    mark = site.folder / "ran"
    site.answers(LMOD + f"open('{mark}', 'w')\nexec('x')\nos.environ['A'] = open('{mark}', 'w')\n")
    in_modules(["x"])
    assert not mark.exists()


@pytest.mark.parametrize("name", ["--version", "", "a\0b"])
def test_what_is_no_name(name: str, site: Site) -> None:
    site.answers(LMOD)
    with pytest.raises(UsageError, match="is not a name of a module"):
        in_modules([name])


def test_without_a_module_command(site: Site) -> None:
    with pytest.raises(UsageError, match="there is no module command here"):
        in_modules(["x"])


def test_a_module_command_that_does_not_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules, "_LONGEST", 0.1)
    site.answers("")
    (site.folder / "modulecmd").write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    with pytest.raises(UsageError, match="module load x: .* did not finish within"):
        in_modules(["x"])

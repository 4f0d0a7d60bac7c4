"""What we use of Spack's own (`spack_pypi.host.spack.internals`), held against each Spack.

A test that fails with a new Spack says which part of that module must change.
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

import spack_pypi.host
from spack_pypi.host.spack.internals import WITHOUT_ENTRY_POINTS
from spack_pypi.translate.variants import RESERVED
from tests.conftest import Spack
from tests.spack.forks import Job, said
from tests.spack.made_up import recipes

pytestmark = pytest.mark.spack


def names_used() -> set[str]:
    """All of ``spack.x.y`` that our modules use."""
    found = set()
    for file in Path(spack_pypi.host.__file__).parent.rglob("*.py"):
        nodes = [*ast.walk(ast.parse(file.read_text("utf-8")))]
        imports = {a.name for node in nodes if isinstance(node, ast.Import) for a in node.names}
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("spack."):
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Attribute) and any(i.startswith("spack.") for i in imports):
                found.add(ast.unparse(node))
    return {name for name in found if re.fullmatch(r"spack(\.\w+)+", name)}


YAML = """
import json
from spack_pypi.host.spack.host import SpackHost

def said(text):
    try:
        return SpackHost().yaml(text)
    except ValueError as error:
        return str(error)

texts = ["a: [1, b]  # c\\nd:\\n  - e=1\\n", "a:\\n- [", "[" * 9999, "- " * 9999]
print(json.dumps([said(text) for text in texts]))
"""


def test_yaml_is_read_as_plain_values(every_spack: Spack) -> None:
    good, broken, *deep = said(every_spack, JOBS)["yaml"]
    assert good == {"a": [1, "b"], "d": ["e=1"]}
    assert broken.startswith("line 2: ")
    assert deep == ["it is nested too deeply"] * 2


MISSING = """
import importlib, json, sys

def missing(dotted):
    found, at = importlib.import_module("spack"), "spack"
    for part in dotted.split(".")[1:]:
        at = f"{at}.{part}"
        if not hasattr(found, part):
            try:
                importlib.import_module(at)
            except ImportError:
                return True
        found = getattr(found, part)
    return False

print(json.dumps([each for each in sys.argv[1:] if missing(each)]))
"""


def test_all_that_we_call_is_there(every_spack: Spack) -> None:
    assert "spack.repo.use_repositories" in names_used()
    assert said(every_spack, JOBS)["missing"] == []


DIRECTIVES = """
import json, spack.repo
from spack_pypi.host.spack.internals import drop_pending_directives
answers = []
for bad, good in (("mupbad", "mupnext"), ("mupworse", "mupgood")):
    try:
        spack.repo.PATH.get_pkg_class(bad)
    except Exception as error:
        failed = "ZeroDivisionError" in repr(error) or "division" in str(error)
    if good == "mupgood":
        drop_pending_directives()
    answers.append([failed, sorted(map(str, spack.repo.PATH.get_pkg_class(good).versions))])
print(json.dumps(answers))
"""


def test_directives_of_a_recipe_that_fails(every_spack: Spack) -> None:
    """The next recipe would get them."""
    assert said(every_spack, JOBS)["directives"] == [[True, ["1", "9"]], [True, ["1"]]]


REPLACED = """
import json, sys, spack.repo
from pathlib import Path
from spack_pypi.host.spack.internals import forget_recipes

def versions(name):
    cls = spack.repo.PATH.get_pkg_class(name) if repo.exists(name) else None
    return cls and sorted(map(str, cls.versions))

repo = spack.repo.PATH.repos[0]
packages = Path(repo.packages_path)
repo.all_package_names()
text = (packages / "muphere" / "package.py").read_text()
answers = [versions("muphere"), versions("mupnew")]
(packages / "muphere" / "package.py").write_text(text.replace('version("1"', 'version("22"'))
(packages / "mupnew").mkdir()
(packages / "mupnew" / "package.py").write_text(text.replace("Muphere", "Mupnew"))
answers += [versions("muphere"), versions("mupnew")]
forget_recipes(repo, ["muphere", "mupnew"])
print(json.dumps([*answers, versions("muphere"), versions("mupnew")]))
"""


def test_recipes_that_are_replaced(every_spack: Spack) -> None:
    assert said(every_spack, JOBS)["replaced"] == [["1"], None, ["1"], None, ["22"], ["1"]]


ONLY_PYPI = """
import json
from spack_pypi.host.spack.evaluator import SpackEvaluator, index_url, packages_url
archive = SpackEvaluator().archive_from("foo/foo-1.0.tar.gz", "2.0")
folder = packages_url() + "py3/f/foo-bar/"
wheel = SpackEvaluator().address_from(folder + "foo_bar-1.0-py3-none-any.whl", "2.0.post1")
print(json.dumps([archive, index_url(), packages_url(), wheel.replace(folder, "")]))
"""


def test_a_recipe_that_is_only_pypi(every_spack: Spack) -> None:
    archive, index, packages, wheel = said(every_spack, JOBS)["only pypi"]
    assert (archive, wheel) == ("foo-2.0.tar.gz", "foo_bar-2.0.post1-py3-none-any.whl")
    assert index.startswith("https://") and index.endswith("/simple/")
    assert packages.startswith("https://") and packages.endswith("/packages/")


RESERVED_NAMES = """
import json, spack.spec, spack.variant
flags = spack.spec.FlagMap.valid_compiler_flags()
print(json.dumps([*spack.variant.RESERVED_NAMES, *flags]))
"""


def test_names_that_no_variant_may_have(every_spack: Spack) -> None:
    """Those that an extra (PEP 503) can be called."""
    reserved = said(every_spack, JOBS)["reserved"]
    assert {*RESERVED} == {name for name in reserved if canonicalize_name(name) == name}


def test_a_wheel_is_not_unpacked(every_spack: Spack, tmp_path: Path) -> None:
    """So that no version needs ``expand=False``."""
    wheel = tmp_path / "quiet_log-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("quiet_log.py", "")
    script = f"""
import json, os, spack.stage, spack.fetch_strategy
wheel = {str(wheel)!r}
digest = {hashlib.sha256(wheel.read_bytes()).hexdigest()!r}
fetcher = spack.fetch_strategy.URLFetchStrategy(url="file://" + wheel, checksum=digest)
with spack.stage.Stage(fetcher) as stage:
    stage.create()
    stage.fetch()
    stage.check()
    stage.expand_archive()
    print(json.dumps([os.path.basename(stage.archive_file), os.listdir(stage.source_path)]))
"""
    assert every_spack.python(script) == [wheel.name, []]


NO_SOLVER = """
import json, sys, spack.bootstrap, spack.config
from spack_pypi.host.spack.internals import has_no_solver
sys.modules["clingo"] = None
answer = None
with spack.config.override("bootstrap:sources", []):
    try:
        with spack.bootstrap.ensure_bootstrap_configuration():
            spack.bootstrap.ensure_clingo_importable_or_raise()
    except ImportError as error:
        answer = has_no_solver(error)
print(json.dumps(answer))
"""


def test_a_spack_without_a_solver(every_spack: Spack) -> None:
    assert said(every_spack, JOBS)["no solver"] is True


def test_a_start_without_extensions(every_spack: Spack) -> None:
    program = str(every_spack.prefix / "bin" / "spack")
    said = {}
    for start in ([], ["-c", WITHOUT_ENTRY_POINTS]):
        done = subprocess.run(
            [sys.executable, *start, program, "create", "--help"],
            env={**os.environ, **every_spack.variables},
            capture_output=True,
            text=True,
            check=False,
        )
        said[bool(start)] = "--skip-editor" in done.stdout, "--pypi" in done.stdout
    assert said == {False: (True, True), True: (True, False)}


ADDRESSES = """
import json, spack.url
from spack_pypi.host.spack.internals import parse_addresses_once

addresses = [
    "https://files.example/packages/q/quiet-log/quiet_log-2.1.0.tar.gz",
    "https://files.example/packages/q/quiet2/quiet2-2.1.zip",
    "https://index.example/simple/quiet-log/",
]
parsed = []

def counting(function):
    def counted(path, *arguments):
        parsed.append(path)
        return function(path, *arguments)
    return counted

def found():
    for address in addresses:
        try:
            yield [str(spack.url.parse_version(address))]
        except spack.url.UndetectableVersionError as error:
            yield [type(error).__name__, str(error)]
        yield [spack.url.substitute_version(address, "3")]

before = list(found())
for name in ("parse_version_offset", "parse_name_offset"):
    setattr(spack.url, name, counting(getattr(spack.url, name)))
parse_addresses_once()
first = list(found())
number = len(parsed)
parse_addresses_once()
again = list(found())
print(json.dumps([before == first == again, number > 0, len(parsed) == number, before]))
"""


def test_addresses_are_parsed_once(every_spack: Spack) -> None:
    """What Spack finds in an address, and that it finds nothing, is what it finds at first."""
    same, parses, no_more, found = said(every_spack, JOBS)["addresses"]
    assert (same, parses, no_more) == (True, True, True)
    assert found[:2] == [
        ["2.1.0"],
        ["https://files.example/packages/q/quiet-log/quiet_log-3.tar.gz"],
    ]
    assert found[4][0] == "UndetectableVersionError"


RAISES = ['version("9"SHA256)', "1 / 0"]
FINE = ['version("1"SHA256)']
JOBS = {
    "yaml": Job(YAML),
    "missing": Job(MISSING, arguments=sorted(names_used())),
    "directives": Job(
        DIRECTIVES, recipes(mupbad=RAISES, mupnext=FINE, mupworse=RAISES, mupgood=FINE)
    ),
    "replaced": Job(REPLACED, recipes(muphere=FINE)),
    "only pypi": Job(ONLY_PYPI),
    "reserved": Job(RESERVED_NAMES),
    "no solver": Job(NO_SOLVER),
    "addresses": Job(ADDRESSES),
}

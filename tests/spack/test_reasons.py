"""What the host says when Spack's solver finds nothing, and when it could not be asked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Spack
from tests.spack.shared import use_part_of_builtin

pytestmark = pytest.mark.spack

#: Packages that need nothing to be built, so that solving them is quick.
RECIPE = """\
from spack_repo.builtin.build_systems.generic import Package

from spack.package import *


class {cls}(Package):
    \"\"\"Made up.\"\"\"

    homepage = "https://made-up.example"
    url = "https://made-up.example/{cls}-1.0.tar.gz"

{lines}
"""

#: Package to its directives.
PACKAGES = {
    "mup-tools": ['version("80"{sha})', 'version("60"{sha})'],
    "mup-build": [
        'version("0.12"{sha})',
        'version("0.7.12"{sha})',
        'depends_on("mup-tools@:60", when="@:0.11")',
    ],
    "mup-ext": ['version("3.28"{sha})'],
    "mup-maker": ['tags = ["build-tools"]', 'version("2"{sha})', 'version("1"{sha})'],
    "mup-made": ['version("1.0"{sha})', 'depends_on("mup-maker@1", type="build")'],
    "mup-md": ['version("3.1"{sha})', 'version("0.8.4"{sha}, deprecated=True)'],
    "mup-m2r": ['version("0.2"{sha})', 'depends_on("mup-md@:1")'],
}
PRELUDE = """
import json, sys, urllib.error
from pathlib import Path
import spack.concretize
import spack.config
from spack_pypi.errors import HostError
from spack_pypi.host.spack.host import SpackHost

host = SpackHost()
target = host.repos.target(None, None, write=True)
frame = Path(sys.argv[1]).read_text()

def staged(**needs):
    sha = ', sha256="' + "a" * 64 + '"'
    texts = {}
    for name, specs in needs.items():
        lines = [f'    version("1.0"{sha})', *(f'    depends_on("{spec}")' for spec in specs)]
        text = frame.replace("{cls}", name.capitalize())
        texts[name] = text.replace("{lines}", "\\n".join(lines))
    return host.writer.stage(target, texts)

"""


def run(spack: Spack, script: str) -> list[Any]:
    use_part_of_builtin(spack)
    for name, lines in PACKAGES.items():
        folder = spack.repo / "packages" / name.replace("-", "_")
        folder.mkdir()
        cls = "".join(word.capitalize() for word in name.split("-"))
        body = "\n".join(f"    {line}" for line in lines).replace(
            "{sha}", f', sha256="{"a" * 64}"'
        )
        text = RECIPE.replace("{cls}", cls).replace("{lines}", body)
        (folder / "package.py").write_text(text)
    frame = spack.folder / "frame.py"
    frame.write_text(RECIPE)
    answers: list[Any] = spack.python(PRELUDE + script, str(frame))
    return answers


def test_the_solver_finds_nothing(spack: Spack) -> None:
    """The message says what excludes the versions in the range; deprecated ones are taken where
    that is allowed."""
    settings = spack.folder / "config" / "packages.yaml"
    external = '"mup-ext": {"externals": [{"spec": "mup-ext@3.25", "prefix": "/usr"}], '
    text = settings.read_text()
    assert '"packages": {' in text
    only = f'"packages": {{{external}"buildable": false}}, '
    settings.write_text(text.replace('"packages": {', only, 1))
    script = """
needs = {
    "mupapp": ["mup-build@0.7.9:0.7", "mup-tools@61:"], "mupdoc": ["mup-m2r"],
    "mupext": ["mup-ext@3.28:"],
}
with staged(**needs) as staging:
    answers = [host.solver.concretize([name]).reason for name in needs]
    found = host.solver.concretize(["mupdoc"], deprecated=True)
    answers += [found.reason, sorted(v for name, v in found.taken if name == "mup-md")]
print(json.dumps(answers))
"""
    excluded, only_deprecated, hidden, none, taken = run(spack, script)
    assert "mupapp needs mup-tools@61:" in excluded and "mup-tools@:60" in excluded
    assert "no version of" not in excluded
    assert only_deprecated == (
        "mup-m2r needs mup-md@:1, but only deprecated versions satisfy that (0.8.4) "
        "(these recipes exist in site; none of them is new)"
    )
    assert hidden == (
        "mupext needs mup-ext@3.28:, but packages.yaml allows only the external mup-ext@3.25 "
        "(buildable: false)"
    )
    assert (none, taken) == ("", ["0.8.4"])


# (the range that the solver names, what excludes the version in it)
EXCLUDED = [
    # it requires something else than the package that requires it
    (
        "mup-build@0.7.9:0.7",
        "mup-build@0.7.12 needs mup-tools@:60, and mupapp needs mup-tools@61:",
    ),
    # another package requires another version
    ("mup-tools@:60", "mupapp needs mup-tools@61:"),
    # nothing available satisfies what it requires
    (
        "mup-m2r@0.2",
        "mup-m2r@0.2 needs mup-md@:1, which no available version satisfies (newest: 3.1)",
    ),
    # each may be built with a tool of its own
    ("mup-made@1", "something else excludes it"),
]


def test_what_excludes_a_version(every_spack: Spack) -> None:
    """What recipes say is asked of Spack's classes; nothing is solved."""
    script = """
from spack_pypi.host.spack.reasons import SpackRecipes
from spack_pypi.host.spack.unsatisfiable import explained

message = "     1. Cannot satisfy '{0}' 4(9)\\n" + "\\n".join([
    "        required because mupapp depends on {0} ",
    "          required because mupapp requested explicitly ",
])
with staged(mupapp=["mup-tools@61:", "mup-maker@2"]):
    recipes = SpackRecipes(deprecated=False)
    said = [explained(message.format(what), recipes) for what in WHAT]
twice = {}
for strategy in ("none", "minimal", "full"):
    with spack.config.override("concretizer:duplicates", {"strategy": strategy}):
        host.repos.changed()
        packages = [host.repos.package(name) for name in ("mup-maker", "mup-tools")]
        twice[strategy] = [package.build_tool for package in packages]
print(json.dumps([said, twice]))
"""
    found, twice = run(every_spack, script.replace("WHAT", repr([what for what, _ in EXCLUDED])))
    for said, (what, why) in zip(found, EXCLUDED):
        assert said.startswith(f"mupapp needs {what}; ") and said.endswith(
            f" satisfies that, but {why}"
        )
    # which packages a graph may hold twice: one with the tag of build tools, and one without
    assert twice == {"none": [False] * 2, "minimal": [True, False], "full": [True] * 2}


def test_what_fits_together(spack: Spack) -> None:
    script = """
needs = {"mupapp": ["mup-tools@61:"], "mupold": ["mup-tools@:60"], "mupnew": ["mup-tools@80"],
         "mupbad": ["mup-tools@90:"]}
with staged(**needs) as staging:
    found = host.solver.concretize_some([*needs])
    none = host.solver.concretize_some(["mupbad", "mupbad@=1.0"])
answers = [found.solved, sorted(v for name, v in found.taken if name == "mup-tools"),
           found.reason, none.solved, bool(none.reason)]
print(json.dumps(answers))
"""
    assert run(spack, script) == [["mupapp", "mupnew"], ["80"], "", [], True]


def test_no_recipe_is_blamed_for_the_network(spack: Spack) -> None:
    script = """
def unreachable(*arguments, **options):
    raise urllib.error.URLError("no route to mirror.example")

answers = []
with staged(mupapp=[]) as staging:
    for failing in (unreachable, lambda *arguments: 1 / 0):
        spack.concretize.concretize_together = failing
        try:
            answers.append(host.solver.concretize(["mupapp"]).reason)
        except HostError as error:
            answers.append(["HostError", str(error)])
print(json.dumps(answers))
"""
    (kind, text), reason = run(spack, script)
    assert kind == "HostError"
    assert text.startswith("Spack: cannot run the solver") and "no route" in text
    assert reason == "division by zero"

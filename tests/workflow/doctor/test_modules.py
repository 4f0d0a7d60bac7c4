"""What doctor finds in modules and metadata: each fault alone, and nothing where there is none."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from spack_pypi.diagnostics import Severity
from spack_pypi.host.port import Linked
from tests.workflow.doctor.machine import COMPILED, Machine, install


def test_nothing_is_found_where_all_is_well(machine: Machine) -> None:
    """What stands in ``try``, ``if`` or functions, tests, plugins that nothing imports, other
    extras, other platforms, drivers, and namespaces of two projects are not faults."""
    optional = (
        "import json, typing, humming\n"
        "from . import core\n"
        "try:\n    import fast\nexcept ImportError:\n    fast = None\n"
        "if typing.TYPE_CHECKING:\n    import stubs\n"
        "def late():\n    import later\n"
    )
    machine.install(
        "quiet-log",
        "2.1",
        {
            "quiet_log/__init__.py": optional,
            "quiet_log/core.py": "import space.one",
            "quiet_log/plugins/django.py": "import django",
            "tests/__init__.py": "import pytest",
            f"quiet_log/_fast{COMPILED}": "",
        },
        "humming>=1,<2",
        'colorama; sys_platform == "win32"',
        'rich; extra == "color"',
        'tomli; python_version < "3.11"',
        python=">=3.8",
    )
    machine.install("humming", "1.5", {"humming.py": "", "space/one.py": ""})
    machine.install("spacious", "1", {"space/two.py": "", "tests/__init__.py": ""})
    machine.host.store.links[f"_fast{COMPILED}"] = Linked(("libc.so.6", "libcuda.so.1"))
    assert machine.found() == []
    assert [each.name for each in machine.examined().packages] == [
        "py-quiet-log",
        "py-humming",
        "py-spacious",
    ]


# --- requirements ------------------------------------------------------------------------------


def test_a_requirement_that_is_not_installed(machine: Machine) -> None:
    machine.install("app", "1", {"app.py": ""}, "hand>=2,<3")
    machine.host.has("hand", "2.1")
    line = 'depends_on("py-hand@2", type=("build", "run")) in the recipe of py-app'
    assert machine.found() == [("missing-requirement", "py-app", line)]


def test_a_requirement_without_a_package_gets_its_recipe_first(machine: Machine) -> None:
    machine.install("app", "1", {"app.py": ""}, "hand")
    ((_, _, mend),) = machine.found()
    assert mend.endswith("in the recipe of py-app, after spack pypi create hand")


def test_a_requirement_in_another_version(machine: Machine) -> None:
    machine.install("app", "1", {"app.py": ""}, "hand>=2")
    machine.install("hand", "1.9", {"hand.py": ""})
    found = machine.only()
    assert (found.code, found.subject) == ("unsatisfied-requirement", "hand")
    assert "requires hand>=2, and hand 1.9 is in" in found.text
    line = 'depends_on("py-hand@2:", type=("build", "run")) in the recipe of py-app'
    assert dict(found.details)["mend"] == line


def test_a_requirement_whose_metadata_cannot_be_read(machine: Machine) -> None:
    machine.install("app", "1", {"app.py": ""}, "hand>=2")
    hand = machine.install("hand", "2", {"hand.py": ""})
    (info,) = hand.prefix.rglob("*.dist-info")
    (info / "METADATA").write_text("")
    unsatisfied, unread = machine.examined().diagnostics
    assert "requires hand>=2, and hand of unknown version is in" in unsatisfied.text
    assert (unread.code, unread.package) == ("not-examined", "py-hand")


def test_a_python_that_is_refused(machine: Machine) -> None:
    machine.install("app", "1", {"app.py": ""}, python=">=3.12")
    line = 'depends_on("python@3.12:", type=("build", "run")) in the recipe of py-app'
    assert machine.found() == [("wrong-python", "py-app", line)]


# --- files and modules -------------------------------------------------------------------------


def test_files_that_are_gone(machine: Machine) -> None:
    machine.install("app", "1", {"app/__init__.py": ""}, listed=["app/core.py", "app/io.py"])
    found = machine.only()
    assert found.code == "missing-files"
    assert "app/core.py and 1 more of its files are gone" in found.text
    assert dict(found.details)["mend"] == "spack install --overwrite py-app/appappa"


def test_a_dependency_whose_files_are_gone(machine: Machine) -> None:
    """One that Spack believes to be there is installed again; no line is lacking."""
    machine.install("app", "1", {"app.py": "import hand"}, "hand")
    hand = machine.install("hand", "1", {})
    for file in sorted(hand.prefix.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    again = "spack install --overwrite py-hand/handhan"
    assert machine.found() == [
        ("missing-requirement", "py-app", again),
        ("missing-module", "py-app", again),
        ("missing-files", "py-hand", again),
    ]


@pytest.mark.parametrize(
    "files",
    [
        {"app/__init__.py": "import json\nimport hand\n"},
        {"app/__init__.py": "from .core import x\n", "app/core.py": "import hand.deep\n"},
        {
            "app/__init__.py": "from . import core\n",
            "app/core/__init__.py": "from hand import x\n",
        },
        {"app/__init__.py": "import app.core\n", "app/core.py": "from hand import *\n"},
        {"app.py": "try:\n    import hand\nexcept ImportError:\n    raise Exception('why')\n"},
        {"app.py": "import warnings\nwith warnings.catch_warnings():\n    import hand\n"},
        {"app.py": "import sys\nprint(sys.path)\nimport hand\n"},
    ],
    ids=["itself", "relative", "a module", "absolute", "raised", "with", "another change"],
)
def test_an_import_of_what_nothing_has(machine: Machine, files: Mapping[str, str]) -> None:
    machine.install("app", "1", files)
    machine.host.has("hand", "1")
    line = 'depends_on("py-hand", type=("build", "run")) in the recipe of py-app'
    assert machine.found() == [("missing-module", "py-app", line)]


def test_an_import_of_a_command(machine: Machine) -> None:
    machine.install(
        "app", "1", {"app/__init__.py": "", "app/cli.py": "import hand"}, scripts="app = app.cli:x"
    )
    found = machine.only()
    assert (found.code, found.subject) == ("missing-module", "hand")
    assert found.text.startswith("app/cli.py, line 1, imports hand")


@pytest.mark.parametrize(
    "text",
    [
        "import sys\nsys.path.insert(0, 'vendor')\nimport vendored\n",
        "import sys\nsys.modules['hand'] = sys\nimport hand\n",
        "import contextlib\nwith contextlib.suppress(ImportError):\n    import hand\n",
        "raise ImportError\nimport hand\n",
        "import app.hand\n",
        "import )\nimport hand\n",
    ],
    ids=["path", "modules", "suppress", "raise", "own", "syntax"],
)
def test_what_cannot_be_known_is_not_reported(machine: Machine, text: str) -> None:
    machine.install("app", "1", {"app/__init__.py": text, "app/_vendor/vendored.py": ""})
    assert machine.found() == []


def test_modules_of_folders_that_pth_files_name(machine: Machine) -> None:
    """Their own ``.pth`` files do not count, as in Python: two may name each other."""
    app = machine.install("app", "1", {"app.py": "import hand\nimport foot\n"})
    site, other = app.prefix / "lib/python3.11/site-packages", app.prefix / "other-packages"
    (other / "hand").mkdir(parents=True)
    (site / "x.pth").write_text(f"# of app\nimport os\n{other}\n.\n")
    (other / "y.pth").write_text(f"{site}\nfeet\n")
    (other / "feet").mkdir()
    (other / "feet" / "foot.py").write_text("")
    assert [each.subject for each in machine.examined().diagnostics] == ["foot"]


# --- several copies ----------------------------------------------------------------------------


def test_an_old_version_in_pythonpath(machine: Machine, tmp_path: Path) -> None:
    """Loaded before it was set: what is set later comes first."""
    app = machine.install("app", "1", {"app.py": "import hand"}, "hand>=2")
    hand = machine.install("hand", "2.1", {"hand/__init__.py": ""})
    old = tmp_path.resolve() / "old"
    install(old, "hand", "1.0", {"hand/__init__.py": ""})
    loaded = [str(each.prefix / "lib/python3.11/site-packages") for each in (app, hand)]
    machine.variables["PYTHONPATH"] = ":".join([str(old), *loaded])
    mend = f"take {old} out of PYTHONPATH"
    assert machine.found() == [
        ("unsatisfied-requirement", "py-app", mend),
        ("two-versions", "py-hand", mend),
    ]
    # What was there comes after what is loaded now.
    machine.variables["PYTHONPATH"] = str(old)
    assert machine.found() == []


def test_the_same_version_elsewhere_is_a_warning(machine: Machine, tmp_path: Path) -> None:
    hand = machine.install("hand", "2.1", {"hand/__init__.py": ""})
    other = tmp_path.resolve() / "other"
    install(other, "hand", "2.1", {"hand/__init__.py": ""})
    own = hand.prefix / "lib/python3.11/site-packages"
    machine.variables["PYTHONPATH"] = f"{other}:{own}"
    found = machine.only()
    assert (found.code, found.severity) == ("two-versions", Severity.WARNING)


def test_two_projects_with_one_module(machine: Machine) -> None:
    """The first one hides what only the second one has."""
    machine.install("vision", "1", {"cv/__init__.py": ""})
    machine.install("vision-contrib", "1", {"cv/__init__.py": "", "cv/more.py": ""})
    found = machine.only()
    assert (found.code, found.package, found.subject) == (
        "two-providers",
        "py-vision-contrib",
        "cv",
    )
    assert "lacks cv/more.py" in found.text
    assert "py-vision@1 (/visionv)" in dict(found.details)["mend"]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("", []),
        ("VERSION = 1", [("two-providers", Severity.WARNING)]),
    ],
)
def test_another_text_of_a_module_without_metadata(
    machine: Machine, other: str, expected: list[object]
) -> None:
    """A copy that a package brings, which comes first: of the same version, or of another one."""
    machine.install("app", "1", {"app.py": "", "hand.py": other})
    machine.install("hand", "2.1", {"hand.py": ""})
    found = machine.examined().diagnostics
    assert [(each.code, each.severity) for each in found] == expected
    assert all("has another hand.py" in each.text for each in found)


def test_two_versions_in_one_folder(machine: Machine) -> None:
    hand = machine.install("hand", "2.1", {"hand.py": ""})
    install(hand.prefix / "lib/python3.11/site-packages", "hand", "1.0", {"hand.py": ""})
    assert {(each[0], each[1]) for each in machine.found()} == {("two-versions", "py-hand")}


def test_a_pipe_in_the_place_of_a_package(machine: Machine) -> None:
    """Nobody waits until somebody writes to it."""
    package = machine.install("app", "1", {"app.py": "import hand.part"})
    hand = machine.install("hand", "1", {"hand/part.py": ""})
    os.mkfifo(hand.prefix / "lib/python3.11/site-packages/hand/__init__.py")
    assert package in machine.examined().packages


def test_far_too_many_imports_and_parts(machine: Machine) -> None:
    """Nobody wrote these by hand; what comes before is looked at."""
    text = "import gone\nimport a" + ".a" * 5000 + "\n" + "import other\n" * 2000
    text += "import late\n"
    scripts = "x = app" + ".app" * 5000 + ":main"
    machine.install("app", "1", {"app.py": text}, scripts=scripts)
    assert {each.subject for each in machine.examined().diagnostics} == {"gone", "other"}

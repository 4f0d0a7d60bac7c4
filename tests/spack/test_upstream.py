"""``upstream`` with a small repo in the place of builtin: what becomes a commit, what stays."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer
from tests.spack.shared import NOBODY, Shared, committed, git, made, shared_by, status

pytestmark = pytest.mark.spack


APP = '''\
class PyApp(PythonPackage):
    """It does much."""

    homepage = "https://app.example"
    pypi = "app/app-2.0.tar.gz"

    version("2.0", sha256="{app-2.0.tar.gz}")

    depends_on("py-setuptools", type="build")

    depends_on("python@3.9:", type=("build", "run"))
    depends_on("py-hand@2:", type=("build", "run"))
    depends_on("py-plain@:1", type=("build", "run"))
'''

#: What is new in the recipe that a person wrote; all else is as it was.
HAND_CHANGES = [
    '+    version("2.1", sha256="{hand-2.1.tar.gz}")',
    '-    depends_on("py-attrs@19:22", type=("build", "run"))',
    '+    depends_on("py-attrs@19:", when="@2:", type=("build", "run"))',
    '+    depends_on("py-attrs@19:22", when="@:1", type=("build", "run"))',
]


def test_what_check_finds_wrong_is_sent_only_where_that_is_asked_for(shared: Shared) -> None:
    recipe = shared.spack.repo / "packages" / "py_app" / "package.py"
    lines = recipe.read_text().splitlines(keepends=True)
    recipe.write_text("".join(line for line in lines if "py-plain" not in line))
    done = shared.upstream("app")
    assert done.returncode == 1
    reported = (
        "Error: py-app: 2.0: py-plain is missing: the metadata says plain<2; the recipe says"
    )
    assert reported in done.stdout + done.stderr
    assert not shared.patches.exists() or not list(shared.patches.glob("*.patch"))
    assert shared.upstream("app", "--allow-errors").returncode == 0


def test_a_bad_recipe_does_not_stop_the_others(shared: Shared) -> None:
    """It is left out, with what needs it, and the exit code says so."""
    recipe = shared.spack.repo / "packages" / "py_plain" / "package.py"
    recipe.write_text(recipe.read_text().replace("py-six", "py-attrs"))
    done = shared.upstream("--branch", "pypi/py-app")
    assert done.returncode == 1
    assert shared.titles() == ["py-hand: add v2.1"], done.stdout + done.stderr
    printed = done.stdout + done.stderr
    assert "Error: py-plain: " in printed and "py-six is missing" in printed
    assert "Error: py-app: left out: it needs py-plain" in printed


def test_every_spack(every_spack: Spack, server: IndexServer) -> None:
    """A site's recipes as a series: what is needed first, only the newest versions and what they
    need, in place where the shared repo has the package; nothing else is touched."""
    shared = made(shared_by(every_spack, server))
    site = every_spack.recipes()
    assert 'version("1.0"' in site["py_app"]
    done = shared.upstream()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Note: py-" not in done.stdout
    assert shared.titles() == [
        "py-hand: add v2.1",
        "py-plain: new package",
        "py-app: new package",
    ]
    assert status(shared.clone) == []
    assert git(shared.clone, "branch", "--show-current") == "develop"
    assert every_spack.recipes() == site
    # The patches are what a reviewer gets: on a clone of his own.
    reviewer = every_spack.folder / "reviewer"
    git(every_spack.folder, "clone", "--quiet", str(shared.origin), str(reviewer))
    patches = sorted(map(str, shared.patches.glob("*.patch")))
    git(reviewer, *NOBODY, "am", "--quiet", *patches)
    packages = reviewer / "repos" / "spack_repo" / "builtin" / "packages"
    hashes = {name: hashlib.sha256(file).hexdigest() for name, file in server.served.files.items()}

    def with_hashes(text: str) -> str:
        for name, value in hashes.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    assert (packages / "py_app" / "package.py").read_text().endswith(with_hashes(APP))
    plain = (packages / "py_plain" / "package.py").read_text()
    assert [v for v in ("1.0", "1.1", "2.0") if f'version("{v}"' in plain] == ["1.1", "2.0"]
    diff = git(reviewer, "diff", "HEAD~3", "--", str(packages / "py_hand"))
    changed = [
        line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert sorted(changed) == sorted(map(with_hashes, HAND_CHANGES))


def test_the_cover_text(shared: Shared) -> None:
    """What changes, who needs whom, where the projects say more, what was proven."""
    tagged = shared.spack.folder / "tagged"
    git(shared.spack.folder, "init", "--quiet", str(tagged))
    git(tagged, *NOBODY, "commit", "--quiet", "--allow-empty", "--message", "x")
    for tag in ("v1.0", "v2.1", "other-2.1"):
        git(tagged, "tag", tag)
    variables = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{tagged}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/owner/hand",
    }
    done = shared.upstream(**variables)
    assert done.returncode == 0, done.stdout + done.stderr
    text = (shared.patches / "cover.md").read_text()
    assert text.startswith("# py-app: new package, and 2 more\n")
    hand = "- `py-hand`: add 2.1 (https://github.com/owner/hand/compare/v1.0...v2.1)\n"
    why = "  - for py-app, which needs py-hand@2:\n"
    assert f"{hand}{why}  - loosened py-attrs@19:22 to py-attrs@19:\n" in text
    assert "  - needs `py-hand`, `py-plain`\n" in text
    assert "for each Python version, platform and variant: no difference.\n" in text
    assert "- **Version currency**: each recipe gets the newest release on the index.\n" in text
    assert '| `depends_on("py-hand@2:", type=("build", "run"))` |' in text
    assert "| Requires-Dist: hand&gt;=2 |" in text
    message = git(shared.clone, "log", "-1", "--format=%b", "pypi/py-app~2")
    assert "compare/v1.0...v2.1" in message


def test_all_versions_where_they_are_asked_for(shared: Shared) -> None:
    done = shared.upstream("--versions", "all")
    assert done.returncode == 0, done.stdout + done.stderr
    app = shared.sent("py_app")
    assert 'version("1.0"' in app and 'depends_on("py-hand@2:", when="@2:"' in app


def test_what_a_person_added_is_kept_or_reported(shared: Shared) -> None:
    """A new recipe goes as it is, its patches too; what an overlay says beyond its metadata is
    reported."""
    app = shared.spack.repo / "packages" / "py_app" / "package.py"
    words = '    # needs a compiler at run time\n    patch("fix.patch", when="@2:")\n'
    app.write_text(app.read_text() + words)
    (app.parent / "fix.patch").write_text("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n")
    hand = shared.spack.repo / "packages" / "py_hand" / "package.py"
    hand.write_text(hand.read_text() + '    depends_on("py-six@1.10:", type="run")\n')
    done = shared.upstream()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Note: py-hand: 2.1 differs from" in done.stdout
    assert "removed py-six@1.10:\n" in done.stdout
    files = git(shared.clone, "show", "--name-only", "--format=", "pypi/py-app").split("\n")
    assert [Path(file).name for file in files] == ["fix.patch", "package.py"]
    assert shared.sent("py_app").endswith('# needs a compiler at run time\n    patch("fix.patch")')


def test_versions_that_are_not_sent_are_an_error(shared: Shared) -> None:
    """The site's overlay says them in a loop: ``sync`` would add none of them."""
    hand = shared.spack.repo / "packages" / "py_hand" / "package.py"
    loop = '    for number in ["2.1"]:\n        version(number, sha256="0")\n'
    kept = [line for line in hand.read_text().splitlines(keepends=True) if "version(" not in line]
    hand.write_text("".join(kept) + loop)
    done = shared.upstream("hand")
    assert done.returncode == 1
    assert "Error: py-hand: versions of its recipe stand in a loop" in done.stdout + done.stderr


def test_a_project_that_has_a_package_of_another_name_by_now(shared: Shared) -> None:
    """Somebody was faster: what is sent needs that package."""
    site = shared.spack.recipes()["py_plain"]
    theirs = shared.origin / shared.recipe("plain_python").relative_to(shared.clone)
    theirs.parent.mkdir()
    theirs.write_text(site.replace("class PyPlain(", "class PlainPython("))
    committed(shared.origin, "theirs")
    done = shared.upstream()
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        "Note: py-plain: the patches call it plain-python, its name in the base\n" in done.stdout
    )
    assert shared.titles() == ["py-hand: add v2.1", "py-app: new package"]
    app = shared.sent("py_app")
    assert 'depends_on("plain-python@:1", type=("build", "run"))' in app


def test_what_only_the_site_can_tell(shared: Shared) -> None:
    """A release that does not say what it requires: the recipe that somebody used is believed."""
    shared.server.served.add("hand", "3.0", wheel=False, metadata_version="2.1", build=["other"])
    hand = shared.spack.repo / "packages" / "py_hand" / "package.py"
    archive = shared.server.served.files["hand-3.0.tar.gz"]
    checksum = hashlib.sha256(archive).hexdigest()
    added = f'    version("3.0", sha256="{checksum}")\n'
    added += '    depends_on("py-six@1.10:", when="@3:", type=("build", "run"))\n'
    base = "from spack_repo.builtin.packages.py_hand.package import PyHand as BuiltinPyHand\n"
    hand.write_text(
        f"{base}\nfrom spack.package import *\n\n\n"
        f'class PyHand(BuiltinPyHand):\n    """Written by hand."""\n\n{added}'
    )
    done = shared.upstream("hand")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Note: py-hand: 3.0 is copied from" in done.stdout
    sent = git(shared.clone, "diff", "develop", "pypi/py-hand").splitlines()
    lines = [line for line in sent if line[0] in "+-" and line[:3] not in ("+++", "---")]
    assert lines == [f"+{line}" for line in added.splitlines()]
    git(shared.clone, "branch", "-D", "pypi/py-hand")
    hand.write_text(hand.read_text().replace('")\n', '", preferred=True)\n', 1))
    done = shared.upstream("hand", "-o", "other")
    assert done.returncode == 1
    said = f"nor can it be copied from {hand}: line 9 has more than the checksum of 3.0"
    assert said in done.stderr


def test_a_series_in_parts(shared: Shared) -> None:
    """Each has a branch, a folder and a cover of its own, and applies after those that it needs;
    what needs nothing of the others is on the base."""
    done = shared.upstream("--max-packages", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    base = git(shared.origin, "rev-parse", "HEAD")
    form = ("--reverse", "--format=%s")
    branches = {
        "py-hand": ["py-hand: add v2.1"],
        "py-plain": ["py-plain: new package"],
        "py-app": ["py-plain: new package", "py-hand: add v2.1", "py-app: new package"],
    }
    for name, titles in branches.items():
        log = git(shared.clone, "log", *form, f"{base}..pypi/{name}").split("\n")
        assert sorted(log) == sorted(titles) and log[-1] == titles[-1]
        folder = shared.patches / f"pypi-{name}"
        assert [file.name for file in sorted(folder.glob("*.patch"))] == [
            f"0001-{titles[-1].replace(': ', '-').replace(' ', '-')}.patch"
        ]
        needs = "Needs `pypi/py-hand` and `pypi/py-plain`, to be merged first."
        assert (needs in (folder / "cover.md").read_text()) is (name == "py-app")
    assert "on pypi/py-hand and pypi/py-plain (" in done.stdout

"""``upstream`` with a small repo in the place of builtin: what becomes a commit, what stays."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import Spack
from tests.index_server import IndexServer

pytestmark = pytest.mark.spack

#: What the recipes of these tests need of the real builtin.
NEEDED = ("python", "python_venv", "py_pip", "py_wheel", "py_setuptools", "py_attrs", "py_six")

RUFF = """\
[tool.ruff]
line-length = 99
lint.select = ["E", "W"]
"""

HEADER = """\
from spack_repo.builtin.build_systems.python import PythonPackage

from spack.package import *


"""
HAND = (
    HEADER
    + '''\
class PyHand(PythonPackage):
    """Written by hand."""

    homepage = "https://github.com/owner/hand"
    pypi = "hand/hand-1.0.tar.gz"

    version("1.0", sha256="{hand-1.0.tar.gz}")

    depends_on("py-setuptools", type="build")
    # a person knew
    depends_on("py-attrs@19:22", type=("build", "run"))
'''
)


@dataclass
class Shared:
    """A small repo that everybody shares, somebody's clone of it, and a site's own repo."""

    origin: Path
    clone: Path
    spack: Spack
    server: IndexServer

    @property
    def repo(self) -> Path:
        return self.clone / "repos" / "spack_repo" / "builtin"

    def recipe(self, folder: str) -> Path:
        return self.repo / "packages" / folder / "package.py"

    def upstream(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Recipes of the site's repo to somebody's clone; what is made lies beside it."""
        if "-r" not in arguments:
            arguments = ("-r", str(self.spack.repo), "--checkout", str(self.clone), *arguments)
        arguments += ("-o", str(self.patches), "--index-url", self.server.url)
        return self.spack.run("pypi", "upstream", *arguments, **variables)

    @property
    def patches(self) -> Path:
        return self.clone.parent / "patches"

    def sent(self, folder: str, branch: str = "pypi/py-app") -> str:
        """The text of a recipe on the branch that was made."""
        inner = self.recipe(folder).relative_to(self.clone).as_posix()
        return git(self.clone, "show", f"{branch}:{inner}")

    def titles(self) -> list[str]:
        """The titles of the commits on the branch that was made, the first one first."""
        shared = git(self.origin, "rev-parse", "HEAD")
        log = git(self.clone, "log", "--reverse", "--format=%s", f"{shared}..pypi/py-app")
        return log.split("\n")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], stdout=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 0
    return done.stdout.strip()


def committed(folder: Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, *NOBODY, "commit", "--quiet", "--message", message)


NOBODY = ("-c", "user.name=Nobody", "-c", "user.email=nobody@hand.example")


def shared_by(spack: Spack, server: IndexServer, needed: Sequence[str] = NEEDED) -> Shared:
    """A repo with the packages of builtin that are ``needed``, and one that is invented."""
    folder = spack.folder
    place = spack.python(
        "import json, spack.repo\n"
        "repos = [r for r in spack.repo.PATH.repos if r.namespace == 'builtin']\n"
        "print(json.dumps(repos[0].root))\n"
    )
    builtin = Path(place)
    origin = folder / "origin"
    repo = origin / "repos" / "spack_repo" / "builtin"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(builtin / "build_systems", repo / "build_systems", ignore=ignored)
    for name in needed:
        shutil.copytree(builtin / "packages" / name, repo / "packages" / name, ignore=ignored)
    for file in ("repo.yaml", "__init__.py", "packages/__init__.py"):
        if (builtin / file).exists():
            shutil.copyfile(builtin / file, repo / file)
    (origin / "pyproject.toml").write_text(RUFF)
    published(server)
    hashes = {name: hashlib.sha256(file).hexdigest() for name, file in server.served.files.items()}
    hand = repo / "packages" / "py_hand" / "package.py"
    hand.parent.mkdir()
    hand.write_text(HAND.replace("{hand-1.0.tar.gz}", hashes["hand-1.0.tar.gz"]))
    git(folder, "init", "--quiet", "--initial-branch=develop", str(origin))
    committed(origin, "base")
    clone = folder / "clone"
    git(folder, "clone", "--quiet", str(origin), str(clone))
    return Shared(origin, clone, spack, server)


def published(server: IndexServer) -> None:
    """app 2.0 needs a hand that the shared repo has not, and a plain that nobody has."""
    add = server.served.add
    home = "https://github.com/owner/hand"
    build = ["setuptools"]
    for version, attrs in (("1.0", "attrs>=19,<23"), ("2.0", "attrs>=19"), ("2.1", "attrs>=19")):
        add("hand", version, attrs, homepage=home, build=build)
    for version in ("1.0", "1.1", "2.0"):
        add("plain", version, "six", summary="It is plain", build=build, stem="plain")
    much = "It does much"
    add("app", "1.0", "six", summary=much, build=build, python=">=3.8")
    add("app", "2.0", "hand>=2", "plain<2", summary=much, build=build, python=">=3.9")


@pytest.fixture
def shared(spack: Spack, server: IndexServer) -> Shared:
    return made(shared_by(spack, server))


def made(shared: Shared) -> Shared:
    """The site's own recipes: app, plain, and hand 2.1 on top of the shared one."""
    names = ["app", "plain", "hand"]
    arguments = ["--versions", "all", "--verify", "load", "--batch", "--index-url"]
    # The site uses the clone in the place of builtin.
    repos = {"site": str(shared.spack.repo), "builtin": str(shared.repo)}
    config = Path(shared.spack.variables["SPACK_USER_CONFIG_PATH"])
    (config / "repos.yaml").write_text(json.dumps({"repos:": repos}))
    done = shared.spack.run("pypi", "create", *names, "hand>=2", *arguments, shared.server.url)
    assert done.returncode == 0, done.stdout + done.stderr
    return shared


APP = '''\
class PyApp(PythonPackage):
    """It does much."""

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
    told = "Error: py-app: 2.0: py-plain missing: its metadata says plain<2, a recipe would say"
    assert told in done.stdout + done.stderr
    assert not shared.patches.exists() or not list(shared.patches.glob("*.patch"))
    assert shared.upstream("app", "--allow-errors").returncode == 0


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
    assert git(shared.clone, "status", "--porcelain") == ""
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
    assert f"{hand}  - loosened py-attrs@19:22 to py-attrs@19:\n" in text
    assert "  - needs `py-hand`, `py-plain`\n" in text
    assert "Compared with the metadata of each added version: exact." in text
    message = git(shared.clone, "log", "-1", "--format=%b", "pypi/py-app~2")
    assert "compare/v1.0...v2.1" in message


def test_all_versions_where_they_are_asked_for(shared: Shared) -> None:
    done = shared.upstream("--versions", "all")
    assert done.returncode == 0, done.stdout + done.stderr
    app = shared.sent("py_app")
    assert 'version("1.0"' in app and 'depends_on("py-hand@2:", when="@2:"' in app


def test_what_a_person_added_is_kept_or_told(shared: Shared) -> None:
    """A new recipe goes as it is, its patches too; what an overlay says beyond its metadata is
    told."""
    app = shared.spack.repo / "packages" / "py_app" / "package.py"
    words = '    # needs a compiler at run time\n    patch("fix.patch", when="@2:")\n'
    app.write_text(app.read_text() + words)
    (app.parent / "fix.patch").write_text("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n")
    hand = shared.spack.repo / "packages" / "py_hand" / "package.py"
    hand.write_text(hand.read_text() + '    depends_on("py-six@1.10:", type="run")\n')
    done = shared.upstream()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Note: py-hand: 2.1 is not as in" in done.stdout
    assert "removed py-six@1.10:\n" in done.stdout
    files = git(shared.clone, "show", "--name-only", "--format=", "pypi/py-app").split("\n")
    assert [Path(file).name for file in files] == ["fix.patch", "package.py"]
    assert shared.sent("py_app").endswith('# needs a compiler at run time\n    patch("fix.patch")')


def test_a_project_that_has_a_package_of_another_name_by_now(shared: Shared) -> None:
    """Somebody was faster: what is sent needs that package."""
    site = shared.spack.recipes()["py_plain"]
    theirs = shared.origin / shared.recipe("plain_python").relative_to(shared.clone)
    theirs.parent.mkdir()
    theirs.write_text(site.replace("class PyPlain(", "class PlainPython("))
    committed(shared.origin, "theirs")
    done = shared.upstream()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Note: py-plain: is there as plain-python: the patches name that\n" in done.stdout
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
    assert "Note: py-hand: 3.0 as in" in done.stdout
    sent = git(shared.clone, "diff", "develop", "pypi/py-hand").splitlines()
    lines = [line for line in sent if line[0] in "+-" and line[:3] not in ("+++", "---")]
    assert lines == [f"+{line}" for line in added.splitlines()]


def test_changes_of_the_checkout_itself(shared: Shared) -> None:
    """What was changed there goes as it is, whether or not it was committed."""
    shutil.rmtree(shared.spack.repo / "packages")
    (shared.spack.repo / "packages").mkdir()
    text = shared.recipe("py_hand").read_text()
    shared.recipe("py_hand").write_text(text.replace("a person knew", "a person knows"))
    arguments = ("-r", str(shared.repo), "--index-url", shared.server.url)
    done = shared.spack.run("pypi", "sync", "hand", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    committed(shared.clone, "mine")
    done = shared.spack.run("pypi", "create", "app", *arguments, "--verify", "load", "--batch")
    assert done.returncode == 0, done.stdout + done.stderr
    before = git(shared.clone, "status", "--porcelain", "--untracked-files=all")
    done = shared.upstream("-r", str(shared.repo), "--branch", "pypi/py-app")
    assert done.returncode == 0, done.stdout + done.stderr
    assert git(shared.clone, "status", "--porcelain", "--untracked-files=all") == before
    log = git(shared.clone, "log", "--reverse", "--format=%s", "origin/develop..pypi/py-app")
    assert log.split("\n") == [
        "py-hand: add v2.1",
        "py-plain: new package",
        "py-app: new package",
    ]
    assert shared.sent("py_hand") == shared.recipe("py_hand").read_text().strip()


def test_another_clone_than_the_one_that_spack_uses(spack: Spack, server: IndexServer) -> None:
    """It has packages that Spack's own builtin has not."""
    shared = shared_by(spack, server)
    arguments = ("-r", str(shared.repo), "--index-url", server.url)
    done = spack.run("pypi", "sync", "hand", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'version("2.1"' in shared.recipe("py_hand").read_text()


def test_of_many_added_versions_the_newest(shared: Shared) -> None:
    arguments = ("-r", str(shared.repo), "--index-url", shared.server.url)
    done = shared.spack.run("pypi", "sync", "hand", "--all-missing", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    done = shared.upstream("-r", str(shared.repo))
    assert done.returncode == 0, done.stdout + done.stderr
    assert git(shared.clone, "log", "-1", "--format=%s", "pypi/py-hand") == "py-hand: add v2.1"
    diff = git(shared.clone, "diff", "develop", "pypi/py-hand")
    assert 'version("2.0"' not in diff


@pytest.mark.parametrize("elsewhere", [True, False], ids=["merged", "conflict"])
def test_the_base_went_on(shared: Shared, elsewhere: bool) -> None:
    """Others changed the same recipe meanwhile."""
    recipe = shared.recipe("py_hand")
    recipe.write_text(recipe.read_text().replace("a person knew", "a person knows"))
    theirs = shared.origin / recipe.relative_to(shared.clone)
    old, new = ("Written by hand.", "By hand.") if elsewhere else ("a person knew", "who knows")
    theirs.write_text(theirs.read_text().replace(old, new))
    committed(shared.origin, "theirs")
    git(shared.clone, "fetch", "--quiet", "origin")
    done = shared.upstream("-r", str(shared.repo), "--base", "origin/develop")
    if elsewhere:
        assert done.returncode == 0, done.stdout + done.stderr
        text = shared.sent("py_hand", "pypi/py-hand")
        assert '"""By hand."""' in text and "a person knows" in text
    else:
        assert done.returncode == 1
        assert "conflict: bring the checkout up to date" in done.stderr
        assert git(shared.clone, "branch", "--list", "pypi/*") == ""


def test_a_checkout_that_knows_only_a_release_branch(shared: Shared) -> None:
    """As Spack clones builtin: what was changed there is brought to the main branch of now."""
    git(shared.origin, "branch", "releases")
    theirs = shared.origin / shared.recipe("py_hand").relative_to(shared.clone)
    theirs.write_text(theirs.read_text().replace("Written by hand.", "By hand."))
    committed(shared.origin, "theirs")
    shutil.rmtree(shared.clone)
    options = ("--quiet", "--depth", "1", "--branch", "releases")
    git(shared.spack.folder, "clone", *options, f"file://{shared.origin}", str(shared.clone))
    recipe = shared.recipe("py_hand")
    recipe.write_text(recipe.read_text().replace("a person knew", "a person knows"))
    done = shared.upstream("-r", str(shared.repo))
    assert done.returncode == 0, done.stdout + done.stderr
    text = shared.sent("py_hand", "pypi/py-hand")
    assert '"""By hand."""' in text and "a person knows" in text


def test_the_base_is_what_the_origin_has_now(shared: Shared) -> None:
    """A site's recipes are made for the shared repo of today, not of the last time it was read."""
    readme = shared.origin / "README.md"
    readme.write_text("new")
    committed(shared.origin, "theirs")
    assert shared.upstream().returncode == 0
    assert git(shared.clone, "rev-parse", "pypi/py-app~3") == git(
        shared.origin, "rev-parse", "HEAD"
    )


def test_what_an_earlier_run_left_behind_is_not_sent(shared: Shared) -> None:
    assert shared.upstream("--dry-run").returncode == 0
    worktree = Path(git(shared.clone, "worktree", "list").split("\n")[1].split()[0])
    killed = worktree / "repos" / "spack_repo" / "builtin" / "packages" / "py_killed"
    killed.mkdir()
    (killed / "package.py").write_text("half a re")
    done = shared.upstream()
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(shared.titles()) == 3


def test_refusals(shared: Shared) -> None:
    """Each one sentence, no branch, no folder."""
    app = shared.spack.repo / "packages" / "py_app" / "package.py"
    text = app.read_text()

    def refused(said: str, code: int, *arguments: str) -> None:
        done = shared.upstream(*arguments)
        assert (done.returncode, said in done.stderr) == (code, True), done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        assert git(shared.clone, "branch", "--list", "pypi/*") == ""
        assert not shared.patches.exists()

    line = "from spack_repo.site.packages.py_plain.package import PyPlain\n\n\nclass PyApp("
    app.write_text(text.replace("\n\nclass PyApp(", line))
    refused("builds on one of the repo site, which nobody else has", 1)
    app.write_text(text.replace('"py-hand@2:"', '"py-nobody@2:"'))
    refused("py-nobody", 1)
    app.write_text(text.replace("class PyApp", "class  PyApp"))
    if shutil.which("ruff"):
        refused("ruff would format it otherwise", 1)
    app.write_text(text)
    refused("no name for a branch", 2, "--branch", "a b")
    refused("has no commit 'nowhere'", 2, "--base", "nowhere")
    refused("has no recipe there", 1, "six")
    refused("is no clone of builtin's repository", 1, "--checkout", str(shared.spack.folder))
    bare = shared.spack.folder / "bare"
    shutil.copytree(shared.repo, bare)
    refused("is not in a git checkout", 1, "--checkout", str(bare))
    assert shared.upstream().returncode == 0
    again = shared.upstream()
    assert again.returncode == 2 and "is there already" in again.stderr
    git(shared.clone, "branch", "--quiet", "--delete", "--force", "pypi/py-app")
    again = shared.upstream()
    assert again.returncode == 2 and "is not empty" in again.stderr
    assert git(shared.clone, "branch", "--list", "pypi/*") == ""

"""Real Spacks for the tests that need one, isolated from the user's own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.index_server import IndexServer

# The same examples in every run, so that what fails is the change that is tested; whoever wants
# others, and more of them, says so: ``python3 tests --hypothesis-profile search``.
hypothesis.settings.register_profile("same", max_examples=40, derandomize=True, deadline=None)
hypothesis.settings.register_profile("search", max_examples=2000, deadline=None)
hypothesis.settings.load_profile("same")


@dataclass
class Spack:
    """A clone of Spack with configuration, caches and a target repo of its own."""

    prefix: Path
    folder: Path
    repo: Path
    variables: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run ``spack ARGUMENTS``."""
        return subprocess.run(
            self._command(arguments),
            env=self._environment(variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """The same in a process group of its own, to be ended; all that it prints is its standard
        output."""
        return subprocess.Popen(
            self._command(arguments),
            env=self._environment(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def _command(self, arguments: Sequence[str]) -> list[str]:
        return [str(self.prefix / "bin" / "spack"), *arguments]

    def _environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        return {**os.environ, **self.variables, **variables}

    def python(self, script: str, *arguments: str) -> Any:
        """What a script run by ``spack python`` prints as JSON in its last line."""
        file = self.folder / "script.py"
        file.write_text(script)
        done = self.run("python", str(file), *arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def recipes(self) -> dict[str, str]:
        """Folder name to text of all recipes in the target repo."""
        found = sorted((self.repo / "packages").glob("*/package.py"))
        return {path.parent.name: path.read_text("utf-8") for path in found}


def clones() -> list[Path]:
    listed = os.environ.get("SPACK_PYPI_TEST_SPACKS", "")
    return [Path(prefix) for prefix in listed.split(os.pathsep) if prefix]


def make(prefix: Path, tmp_path: Path) -> Spack:
    """A Spack whose caches are kept between runs, with everything else new."""
    cache = Path(os.environ["SPACK_PYPI_TEST_CACHE"]) / f"cache-{prefix.name}"
    config = tmp_path / "config"
    config.mkdir()
    repo = tmp_path / "spack_repo" / "site"
    (repo / "packages").mkdir(parents=True)
    (repo / "repo.yaml").write_text("repo:\n  namespace: site\n  api: v2.0\n")
    (config / "repos.yaml").write_text(json.dumps({"repos": {"site": str(repo)}}))
    (config / "packages.yaml").write_text(json.dumps({"packages": externals()}))
    variables = {
        "SPACK_PYTHON": sys.executable,
        "SPACK_USER_CACHE_PATH": str(cache),
        "SPACK_USER_CONFIG_PATH": str(config),
        "SPACK_SYSTEM_CONFIG_PATH": str(tmp_path / "none"),
        "HOME": str(tmp_path),
        "GIT_CONFIG_GLOBAL": os.environ.get("GIT_CONFIG_GLOBAL")
        or str(Path.home() / ".gitconfig"),
    }
    return Spack(prefix, tmp_path, repo, variables)


def externals() -> Mapping[str, Any]:
    """What this machine has, so that the solver need not think about building it."""
    version = ".".join(map(str, sys.version_info[:3]))
    found: dict[str, Any] = {
        "python": {
            "externals": [{"spec": f"python@{version}", "prefix": sys.base_prefix}],
            "buildable": False,
        }
    }
    for program in ("gmake", "git"):
        path = shutil.which("make" if program == "gmake" else program)
        if path:
            said = subprocess.run(
                [path, "--version"], stdout=subprocess.PIPE, text=True, check=False
            ).stdout
            numbers = [word for word in said.split() if word[:1].isdigit()]
            found[program] = {
                "externals": [
                    {"spec": f"{program}@{numbers[0]}", "prefix": str(Path(path).parent.parent)}
                ]
            }
    return found


@pytest.fixture
def spack(tmp_path: Path) -> Spack:
    """The Spack that most tests use."""
    if not clones():
        pytest.skip("NO SPACK: nothing is proven about it; run 'python3 tests' with a network")
    return make(clones()[0], tmp_path)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "every_spack" in metafunc.fixturenames:
        names = [prefix.name for prefix in clones()] or ["none"]
        metafunc.parametrize("every_spack", names, indirect=True)


@pytest.fixture
def every_spack(request: pytest.FixtureRequest, tmp_path: Path) -> Spack:
    """Each supported Spack in turn."""
    prefix: Path | None = next((p for p in clones() if p.name == request.param), None)
    if prefix is None:
        pytest.skip("NO SPACK: nothing is proven about it; run 'python3 tests' with a network")
    return make(prefix, tmp_path)


@pytest.fixture
def server() -> Iterator[IndexServer]:
    """An index on this machine that has nothing yet."""
    with IndexServer() as running:
        yield running


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = [
        report
        for report in terminalreporter.stats.get("skipped", [])
        if "NO SPACK" in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.write_sep("!", f"{len(skipped)} SPACK TESTS DID NOT RUN", red=True)

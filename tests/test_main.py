"""What ``python3 -m spack_pypi`` hands on to ``spack pypi`` in the Spack that it found."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Callable

import pytest

from spack_pypi.__main__ import main
from spack_pypi.host import bootstrap
from tests.index_server import IndexServer

# (arguments, what Spack gets of them, whether it gets our own repo to write to)
HANDED_ON = [
    (["create", "x"], ["create", "x"], True),
    (["create", "x", "--spack", "there"], ["create", "x"], True),
    (["create", "x", "-r", "mine"], ["create", "x", "-r", "mine"], False),
    (["why", "x"], ["why", "x"], False),
    (["upstream", "--spack", "-o", "out"], ["upstream", "--spack", "-o", "out"], True),
]


@pytest.mark.parametrize("arguments, got, ours", HANDED_ON, ids=[str(row[0]) for row in HANDED_ON])
def test_what_is_handed_on(
    arguments: list[str],
    got: list[str],
    ours: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Started(BaseException):
        """Where the program would become Spack."""

    def start(spack: bootstrap.Spack, python: Path, handed_on: Sequence[str]) -> None:
        raise Started(*handed_on)

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(bootstrap, "find_spack", lambda reported: bootstrap.Spack(tmp_path, False))
    monkeypatch.setattr(bootstrap, "environment", lambda: tmp_path)
    monkeypatch.setattr(bootstrap, "run_in", start)
    repo = ["--repo", str(bootstrap.default_repo())] if ours else []
    with pytest.raises(Started) as started:
        main(arguments)
    assert list(started.value.args) == [*got, *repo]


def test_a_folder_that_cannot_be_made_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert main(["create", "x", "--spack", "none"]) == 1
    said = capsys.readouterr().err
    assert (
        said.splitlines()[-1] == f"Error: cannot use '{tmp_path}/file/spack-pypi': Not a directory"
    )
    assert "Traceback" not in said


@pytest.mark.parametrize("whom", [os.kill, os.killpg])
def test_an_interrupt_without_spack(
    whom: Callable[[int, int], None], server: IndexServer, tmp_path: Path
) -> None:
    """Nothing goes on in the background, and nobody sees a traceback."""
    server.served.delay = 60
    variables = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    variables["PYTHONPATH"] = str(Path(__file__).parents[1])
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from spack_pypi import __main__\n"
        "from spack_pypi.host import bootstrap\n"
        "bootstrap.environment = lambda: Path(sys.executable)\n"
        f"arguments = ['create', 'x', '--spack', 'none', '--index-url', '{server.url}']\n"
        "sys.exit(__main__.main(arguments))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as running:
        while not server.served.requests:
            assert running.poll() is None
            time.sleep(0.01)
        whom(running.pid, signal.SIGINT)
        said = running.communicate()[0]
    assert (running.returncode, said) == (1, "Interrupted: nothing was written.\n")


def test_nothing_of_the_current_folder_is_run(tmp_path: Path) -> None:
    """It may be that of a stranger, whose requirements or lock file is read."""
    for name in ("packaging", "argparse", "json", "subprocess", "tomli", "re", "__future__"):
        (tmp_path / f"{name}.py").write_text("open('ran', 'w')\nraise SystemExit(7)\n")
    command = [sys.executable, "-m", "spack_pypi", "create", "--from", "gone", "--repo", "gone"]
    variables = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    variables["SPACK_PYPI_STANDALONE"] = "1"
    done = subprocess.run(
        command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode in (1, 2) and "Error: " in done.stderr
    assert not (tmp_path / "ran").exists()

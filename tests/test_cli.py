"""What a person sees of errors: one sentence, exit code 1 or 2, a traceback only on request."""

from __future__ import annotations

import argparse
import errno
import os
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from spack_pypi import arguments, cli
from spack_pypi.errors import HostError, IndexFailure, UsageError
from spack_pypi.files import private_folder


def bug() -> None:
    raise TypeError("a 'str' is no\nnumber: https://me:secret@index.example/ " + "x" * 10_000)


def raises(error: BaseException) -> Any:
    def run() -> None:
        raise error

    return run


#: An error as Spack raises them.
OF_SPACK = type("SpackError", (Exception,), {"__module__": "spack.error"})

# (what happens, exit code, what is said)
ERRORS = [
    (raises(UsageError("used wrongly")), 2, "Error: used wrongly\n"),
    (
        raises(IndexFailure("https://x.example/", "is gone")),
        1,
        "Error: https://x.example/: is gone",
    ),
    (
        raises(OSError(errno.ENOSPC, "No space left on device", "/repo/package.py")),
        1,
        "Error: cannot use '/repo/package.py': No space left on device\n",
    ),
    (raises(OF_SPACK("it needs\n git")), 1, "Error: Spack says: it needs git\n"),
    (raises(MemoryError()), 1, "Error: there is not enough memory\n"),
    (raises(SystemExit(0)), 1, "Error: a recipe ended the run (sys.exit): take that out of it\n"),
    (raises(KeyboardInterrupt()), 1, "Interrupted: nothing was written.\n"),
    (
        bug,
        1,
        "Error: this is a bug in spack-pypi (TypeError: a 'str' is no number: "
        "https://index.example/ xxx",
    ),
]


def run(what: Any, monkeypatch: pytest.MonkeyPatch, **options: Any) -> int:
    def command(args: object, host: object) -> tuple[()]:
        what()
        return ()

    monkeypatch.setitem(arguments.COMMANDS, "why", SimpleNamespace(run=command))
    host: Any = SimpleNamespace(writer=SimpleNamespace(written=[]), close=lambda: None)
    return cli.main(argparse.Namespace(pypi_command="why", **options), lambda: host)


@pytest.mark.parametrize("what, code, said", ERRORS, ids=[row[2][:40] for row in ERRORS])
def test_an_error_is_one_sentence(
    what: Any,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(what, monkeypatch) == code
    shown = capsys.readouterr().err
    assert shown.startswith(said)
    assert shown.count("\n") == 1 and len(shown) < 600 and "secret" not in shown


def test_a_bug_is_shown_whole_on_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(bug, monkeypatch, debug=True) == 1
    assert "Traceback (most recent call last)" in capsys.readouterr().err


#: Prints many lines, as a command.
PROGRAM = """
import argparse, types
from spack_pypi import arguments, cli
def run(args, host):
    for _ in range(100_000):
        print("PRINTED")
    return ()
arguments.COMMANDS["why"] = types.SimpleNamespace(run=run)
host = types.SimpleNamespace(writer=types.SimpleNamespace(written=[]), close=lambda: None)
raise SystemExit(cli.main(argparse.Namespace(pypi_command="why"), lambda: host))
"""


def test_who_reads_the_output_may_leave() -> None:
    """As with ``| head -1``."""
    program = PROGRAM.replace("PRINTED", "a line of the report")
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as started:
        assert started.stdout is not None and started.stderr is not None
        assert started.stdout.readline() == "a line of the report\n"
        started.stdout.close()
        assert started.stderr.read() == ""
        assert started.wait() == 1


def test_a_full_disk_behind_the_output_is_said() -> None:
    """As with ``> /dev/full``: not by Python, when it ends."""
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM.replace("PRINTED", "x")],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "No space left on device" in done.stderr
    short = PROGRAM.replace("100_000", "1")
    with open("/dev/full", "w") as full:
        both = subprocess.run([sys.executable, "-c", short], stdout=full, stderr=full, check=False)
    assert both.returncode == 1


def test_a_report_that_cannot_be_written_is_said_before_anything_is_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    done: list[int] = []
    assert run(lambda: done.append(1), monkeypatch, json=str(tmp_path / "no" / "x.json")) == 2
    assert "there is no such folder" in capsys.readouterr().err and not done
    assert run(lambda: done.append(1), monkeypatch, json=str(tmp_path / "x.json")) == 0


def test_a_closed_error_output_is_no_error() -> None:
    """Python has None in its place, which has no ``isatty``."""
    script = (
        "import argparse, sys\n"
        "from spack_pypi import cli, arguments\n"
        "from spack_pypi.report.terminal import ProgressLine\n"
        "from types import SimpleNamespace\n"
        "assert sys.stderr is None\n"
        "def run(args, host):\n"
        "    with ProgressLine():\n"
        "        print('done')\n"
        "    return ()\n"
        "cli.COMMANDS = {'create': SimpleNamespace(run=run)}\n"
        "sys.exit(cli.main(argparse.Namespace(), lambda: SimpleNamespace(close=lambda: None)))\n"
    )
    command = [sys.executable, "-c", f"import os; os.close(2); os.execv({sys.executable!r}, "
               f"[{sys.executable!r}, '-c', {script!r}])"]  # fmt: skip
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "done\n")


def test_what_a_terminal_cannot_print_is_a_question_mark() -> None:
    program = PROGRAM.replace("PRINTED", "└── café")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": os.getcwd()}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, env=environment, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.splitlines()[0] == b"??? caf?"


def test_a_cache_folder_is_private(tmp_path: Path) -> None:
    folder = private_folder(tmp_path / "a" / "pypi")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o755)
    assert stat.S_IMODE(private_folder(folder).stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o770, 0o775, 0o702, 0o777])
def test_one_that_others_could_write_to_is_emptied(
    tmp_path: Path, mode: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody knows what they have put into it; no link in it is followed."""
    folder, mine = tmp_path / "pypi", tmp_path / "mine"
    (folder / "v1").mkdir(parents=True)
    mine.mkdir()
    (mine / "file").touch()
    (folder / "v1" / "entry").touch()
    (folder / "link").symlink_to(mine)
    folder.chmod(mode)
    assert stat.S_IMODE(private_folder(folder).stat().st_mode) == 0o700
    assert [*folder.iterdir()] == []
    assert (mine / "file").exists()
    assert capsys.readouterr().err == (
        f"Others could write to the cache folder {folder}: it is private now, and what it held "
        "was deleted.\n"
    )
    (folder / "entry").touch()
    private_folder(folder)
    assert (folder / "entry").exists()
    assert capsys.readouterr().err == ""


def test_a_link_to_a_folder_that_others_can_write_to_is_refused(tmp_path: Path) -> None:
    shared, link = tmp_path / "shared", tmp_path / "pypi"
    shared.mkdir()
    (shared / "file").touch()
    shared.chmod(0o777)
    link.symlink_to(shared)
    with pytest.raises(HostError, match="others can write to the folder that .* leads to: delete"):
        private_folder(link)
    assert (shared / "file").exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
def test_one_of_another_user_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, -1)
    with pytest.raises(HostError, match="belongs to another user"):
        private_folder(tmp_path)


def test_where_no_folder_can_be_made_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    private_folder(tmp_path / "file" / "pypi")


def test_a_host_that_cannot_be_had(capsys: pytest.CaptureFixture[str]) -> None:
    def none() -> Any:
        raise HostError("there is no Spack")

    assert cli.main(argparse.Namespace(pypi_command="why"), none) == 1
    assert capsys.readouterr().err == "Error: there is no Spack\n"


@pytest.mark.parametrize("size", [1, 1 << 20])
def test_an_answer_that_cannot_be_written(size: int) -> None:
    """Whether or not it is longer than what Python keeps back."""
    program = (
        "from spack_pypi.report import terminal\n"
        "try:\n"
        f"    terminal.print_text('x' * {size})\n"
        "    code = 0\n"
        "except Exception as error:\n"
        "    code = terminal.say_error(error, False)\n"
        "raise SystemExit(terminal.ended(code))\n"
    )
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-c", program],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    said = "Error: cannot write to standard output: No space left on device\n"
    assert (done.returncode, done.stderr) == (1, said)


def test_help_that_cannot_be_written() -> None:
    command = [sys.executable, "-m", "spack_pypi", "create", "--help"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    said = "Error: cannot write to standard output: No space left on device\n"
    assert (done.returncode, done.stderr) == (1, said)

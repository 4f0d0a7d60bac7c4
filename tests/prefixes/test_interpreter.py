"""What an interpreter is, and where it looks, by its answer and its files."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.prefixes import interpreter as reader
from spack_pypi.prefixes.interpreter import SiteKind, ask
from tests.prefixes.made import answered, interpreter

SITE = "lib/python3.12/site-packages"


def test_the_python_that_runs_us() -> None:
    python = ask(sys.executable)
    assert python.version == sys.version_info[:3]
    assert python.prefix == Path(sys.prefix)
    assert python.base == Path(sys.base_prefix)
    is_virtual = sys.prefix != sys.base_prefix
    assert (python.prefix != python.base) == is_virtual
    own = [python.base / each for each in python.own]
    assert {*own} == {*_of_the_base("purelib"), *_of_the_base("platlib")}
    site = python.sites[0] if is_virtual else python.sites[-1]
    assert Path(sysconfig.get_path("purelib")) in {each.folder for each in python.sites}
    assert site.kind is SiteKind.SITE


def _of_the_base(kind: str) -> list[Path]:
    """What the Python outside of this virtual environment says."""
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    command = [f"{sys.base_prefix}/bin/{name}", "-c"]
    command.append(f"import sysconfig; print(sysconfig.get_path({kind!r}))")
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [Path(done.stdout.strip())]


@pytest.mark.parametrize("inherits", [False, True])
def test_a_virtual_environment(tmp_path: Path, inherits: bool) -> None:
    (tmp_path / "base" / SITE).mkdir(parents=True)
    (tmp_path / "venv" / SITE).mkdir(parents=True)
    text = f"home = {tmp_path}/base/bin\ninclude-system-site-packages = {str(inherits).lower()}\n"
    (tmp_path / "venv" / "pyvenv.cfg").write_text(text)
    answer = answered(site=[f"*/{SITE}"], prefix=str(tmp_path / "base"))
    python = ask(interpreter(tmp_path / "venv" / "bin", answer))
    assert (python.prefix, python.base) == (tmp_path / "venv", tmp_path / "base")
    expected = [(tmp_path / "venv" / SITE, SiteKind.SITE)]
    expected += [(tmp_path / "base" / SITE, SiteKind.BASE)] if inherits else []
    assert [(site.folder, site.kind) for site in python.sites] == expected


def test_a_path_with_its_parents_is_the_same_prefix(tmp_path: Path) -> None:
    """An entry is known by its prefix: another spelling would be another one."""
    prefix = tmp_path / "real" / "venv"
    interpreter(prefix / "bin", answered())
    (prefix / "pyvenv.cfg").write_text("home = /nowhere/bin\n")
    (tmp_path / "link").symlink_to("real/venv")
    for spelled in ("real/../real/venv", "real/venv/bin/..", "link/../venv"):
        assert ask(str(tmp_path / spelled / "bin" / "python")).prefix == prefix
    assert ask(str(tmp_path / "link" / "bin" / "python")).prefix == tmp_path / "link"


def test_where_debian_and_a_user_have_packages(tmp_path: Path) -> None:
    for name in ("usr/lib/python3/dist-packages", "home/lib", f"usr/{SITE}"):
        (tmp_path / name).mkdir(parents=True)
    answer = answered(
        site=[f"*/{SITE}", f"*/{SITE}"],
        prefix=str(tmp_path / "usr"),
        debian=[
            str(tmp_path / "usr/local/absent"),
            str(tmp_path / "usr/lib/python3/dist-packages"),
        ],
        user=[str(tmp_path / "home/lib")],
    )
    python = ask(interpreter(tmp_path / "usr/bin", answer))
    assert python.prefix == python.base == tmp_path / "usr"
    assert [(str(site.folder.relative_to(tmp_path)), site.kind) for site in python.sites] == [
        ("home/lib", SiteKind.USER),
        (f"usr/{SITE}", SiteKind.SITE),
        ("usr/lib/python3/dist-packages", SiteKind.DEBIAN),
    ]


def test_pth_files_name_folders_and_are_not_run(tmp_path: Path) -> None:
    site, other = tmp_path / "site", tmp_path / "other"
    site.mkdir()
    other.mkdir()
    bomb = tmp_path / "ran"
    (site / "a.pth").write_text(
        f"# comment\nimport os; open({str(bomb)!r}, 'w')\n../other\nabsent\n"
    )
    (site / "b.pth").write_bytes(b"\xff\0\n")
    python = ask(interpreter(tmp_path, answered(site=[str(site)])))
    assert [(each.folder.resolve(), each.kind, each.named_by) for each in python.sites] == [
        (site, SiteKind.SITE, ""),
        (other, SiteKind.PTH, "a.pth"),
    ]
    assert not bomb.exists()


def test_a_real_one_does_not_run_its_pth_files(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "v"], check=True)
    bomb = tmp_path / "ran"
    (site,) = (tmp_path / "v").glob("lib/python*/site-packages")
    (site / "a.pth").write_text(f"import os; open({str(bomb)!r}, 'w')\n")
    (site / "sitecustomize.py").write_text(f"open({str(bomb)!r}, 'w')\n")
    python = ask(str(tmp_path / "v" / "bin" / "python"))
    assert python.prefix == tmp_path / "v"
    assert [each.folder for each in python.sites] == [site]
    assert not bomb.exists()


def test_too_many_folders(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for number in range(300):
        (site / str(number)).mkdir(parents=True)
    (site / "a.pth").write_text("\n".join(map(str, range(300))))
    with pytest.raises(UsageError, match="name more than 256 folders"):
        ask(interpreter(tmp_path, answered(site=[str(site)])))


def test_no_path() -> None:
    with pytest.raises(UsageError, match="interpreter is missing after python:"):
        ask("", " after python:")


# What a script does instead of answering, as it is given little time and space, and what is said.
SILENT = [
    ("while :; do echo xxxxxxxxxxxxxxxx; done", "it printed more than 4 KiB"),
    ("sleep 60", "it did not finish within"),
    ("sleep 60 & wait", "it did not finish within"),
]


@pytest.mark.parametrize("script, reason", SILENT)
def test_a_python_that_never_ends(
    script: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_LONGEST", 0.3)
    monkeypatch.setattr(reader, "_MOST", 1 << 12)
    command = tmp_path / "python"
    command.write_text(f"#!/bin/sh\n{script}\n")
    command.chmod(0o755)
    with pytest.raises(UsageError, match=f"does not answer as a Python 3 does: {reason}"):
        reader.ask(str(command))

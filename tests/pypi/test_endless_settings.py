"""Settings of the network in files that have no end, or are not there: nobody waits for them."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from spack_pypi.errors import IndexFailure, NotFetched, UsageError
from spack_pypi.files import may_block
from spack_pypi.pypi import pip_settings
from spack_pypi.pypi.model import Settings
from spack_pypi.pypi.network import web
from spack_pypi.pypi.network.connections import session
from spack_pypi.pypi.settings import settings
from tests.pypi.serving import says, serving


def put(what: str, file: Path) -> Path:
    if what == "pipe":
        os.mkfifo(file)
    elif what == "device":
        file.symlink_to("/dev/zero")
    else:
        file.write_text("#" * (2 << 20))
    return file


def reach(tmp_path: Path, **variables: str) -> Settings:
    return settings(
        "https://index.example/simple/",
        default=lambda: None,
        cache=tmp_path,
        environment={"HOME": str(tmp_path), **variables},
    )


@pytest.mark.parametrize("what", ["pipe", "device", "long"])
@pytest.mark.parametrize("named", [True, False])
def test_netrc(tmp_path: Path, what: str, named: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    file = put(what, tmp_path / (".netrc" if not named else "other"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("NETRC", raising=False)
    if named:
        monkeypatch.setenv("NETRC", str(file))
    with pytest.raises(UsageError, match=f"{file} cannot be read: it is a pipe"):
        session(reach(tmp_path))


def test_a_netrc_that_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is said where a server wants credentials, without what may be a password."""
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login me password x\nsecret y\n")
    monkeypatch.setenv("NETRC", str(file))
    with (
        serving({"/": says(401)}) as url,
        closing(web.Web(Settings(f"{url}/", tmp_path))) as opened,
        pytest.raises(NotFetched, match=f"{file} is not read: line 2 is not") as error,
    ):
        opened.get(f"{url}/")
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("what", ["pipe", "device"])
def test_pip_conf(tmp_path: Path, what: str) -> None:
    file = tmp_path / ".config" / "pip" / "pip.conf"
    file.parent.mkdir(parents=True)
    put(what, file)
    with pytest.raises(UsageError, match=f"pip's settings in {file} "):
        reach(tmp_path)


def test_pip_conf_of_a_user_without_a_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pip_settings, "home", lambda: None)
    assert "proxy" not in pip_settings.pip_settings({"PIP_CONFIG_FILE": os.devnull})
    assert "nothing" not in pip_settings.pip_settings({})


@pytest.mark.parametrize("what", ["pipe", "device"])
def test_certificates(tmp_path: Path, what: str) -> None:
    """Only whoever asks a server that needs them is told so."""
    file = put(what, tmp_path / "ca.pem")
    opened = session(reach(tmp_path, PIP_CERT=str(file)))
    with pytest.raises(
        IndexFailure, match=f"the certificates to trust, in {file}, cannot be read"
    ):
        opened.get("https://index.example/")


def test_a_shells_pipe_ends() -> None:
    """As of ``--from <(command)``."""
    reading, writing = os.pipe()
    try:
        assert not may_block(Path(f"/dev/fd/{reading}"))
    finally:
        os.close(reading)
        os.close(writing)


def test_trusted_hosts(tmp_path: Path) -> None:
    found = reach(tmp_path, PIP_TRUSTED_HOST="files.example 10.1.2.3:8080 [fd00::1]:80")
    assert found.trusted == ("files.example", "10.1.2.3", "fd00::1")
    with pytest.raises(UsageError, match="pip's trusted-host is not a list of names"):
        reach(tmp_path, PIP_TRUSTED_HOST="[fd00::1")

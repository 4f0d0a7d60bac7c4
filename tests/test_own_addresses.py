"""Requirements of projects that are named by their place, which name an address themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.pypi.network import private_network
from tests.index_server import IndexServer
from tests.pypi.git_repos import Repo, project
from tests.pypi.own.test_own_archive import sdist
from tests.test_commands import Run
from tests.test_own_projects import MIT
from tests.test_own_projects import run as run  # a fixture

#: Where git finds the repositories that are not on the web.
WEB = "https://git.example/"


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose repositories have addresses of the web."""
    folder = tmp_path / "web"
    settings = tmp_path / "gitconfig"
    settings.write_text(f'[url "{folder.as_uri()}/"]\n insteadOf = {WEB}\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    return folder


def tool(folder: Path, *required: str, more: str = "") -> Repo:
    repo = Repo(folder / "tool")
    repo.commit({"pyproject.toml": project("tool", *required, more=more)})
    return repo


def test_a_tag_of_a_repository(run: Run, web: Path, tmp_path: Path) -> None:
    part = Repo(web / "part")
    part.commit({"lib/pyproject.toml": project("part", "six")}, "v1.0")
    part.commit({"lib/pyproject.toml": project("part")}, "v2.0")
    repo = tool(tmp_path, f"part @ git+{WEB}part@v1.0#subdirectory=lib")
    assert run("create", f"git+{repo.address}") == 0, run.err
    assert 'depends_on("py-part@=1.0"' in run.host.written["py-tool"]
    written = run.host.written["py-part"]
    assert f'git = "{WEB}part"' in written and 'build_directory = "lib"' in written
    assert (
        'tag="v1.0"' in written and written.count("version(") == 1 and "py-six" in run.host.written
    )


def test_a_path_in_the_repository(run: Run, tmp_path: Path) -> None:
    """It is that folder at the same tag. The branch has another place of it than the tag: one of
    the two is listed."""
    repo = Repo(tmp_path / "repo")
    table = '[tool.poetry]\nname = "tool"\nversion = "0"\nlicense = "MIT"\n'
    table += '[tool.poetry.dependencies]\npart = {path = "../libs/part"}\n'
    repo.commit(
        {
            "tool/pyproject.toml": table,
            "libs/part/pyproject.toml": project("part", "six"),
        },
        "v1.0",
    )
    assert run("create", f"git+{repo.address}@v1.0#subdirectory=tool") == 0, run.err
    assert 'depends_on("py-part@=1.0"' in run.host.written["py-tool"]
    assert 'build_directory = "libs/part"' in run.host.written["py-part"]
    assert 'tag="v1.0"' in run.host.written["py-part"] and "py-six" in run.host.written
    run.host.written.clear()
    assert run("create", f"git+{repo.address}#subdirectory=tool") == 0, run.err
    assert "part is named twice: give one place of a project" in run.err
    tool = run.host.written["py-tool"]
    assert 'version("main", branch="main")' in tool and tool.count("version(") == 1


def test_a_default_branch(run: Run, web: Path, tmp_path: Path) -> None:
    """As pip does, whatever is tagged."""
    part = Repo(web / "part")
    part.commit({"pyproject.toml": project("part")}, "v1.0")
    repo = tool(tmp_path, f"part[x] @ git+{WEB}part ; python_version >= '3.9'")
    assert run("create", f"git+{repo.address}", "--allow-omissions") == 0, run.err
    assert 'depends_on("py-part' in run.host.written["py-tool"]
    assert 'version("main", branch="main")' in run.host.written["py-part"]
    assert run.host.written["py-part"].count("version(") == 1


def test_an_archive_and_what_that_requires(run: Run, tmp_path: Path) -> None:
    with IndexServer() as other:
        files = other.served.files
        inner = f"{other.address}/files/inner-2.0.tar.gz"
        files["inner-2.0.tar.gz"] = sdist("inner", "2.0", MIT)
        files["part-1.0.tar.gz"] = sdist("part", "1.0", f"Requires-Dist: inner @ {inner}", MIT)
        repo = tool(tmp_path, f"part @ {other.address}/files/part-1.0.tar.gz")
        assert run("create", f"git+{repo.address}") == 0, run.err
    assert 'depends_on("py-part@=1.0"' in run.host.written["py-tool"]
    assert 'depends_on("py-inner@=2.0"' in run.host.written["py-part"]
    assert f'url = "{inner}"' in run.host.written["py-inner"]


def test_only_of_extras_that_are_wanted(run: Run, web: Path, tmp_path: Path) -> None:
    part = Repo(web / "part")
    part.commit({"pyproject.toml": project("part")}, "v1.0")
    more = f'[project.optional-dependencies]\nx = ["part @ git+{WEB}part@v1.0"]\n'
    repo = tool(tmp_path, more=more)
    assert run("create", f"git+{repo.address}") == 0, run.err
    assert "py-part" not in run.host.written
    assert run("create", f"tool[x] @ git+{repo.address}", "--force") == 0, run.err
    assert 'depends_on("py-part@=1.0", when="+x"' in run.host.written["py-tool"]


def test_a_place_that_is_named_too(run: Run, web: Path, tmp_path: Path) -> None:
    """It is read once."""
    part = Repo(web / "part")
    part.commit({"pyproject.toml": project("part")}, "v1.0")
    repo, address = tool(tmp_path, f"part @ git+{WEB}part@v1.0"), f"git+{WEB}part@v1.0"
    assert run("create", f"git+{repo.address}", address) == 0, run.err
    assert 'depends_on("py-part@=1.0"' in run.host.written["py-tool"]


def test_a_release_of_an_index_that_names_it(run: Run, web: Path) -> None:
    """Nothing is fetched from where an index says; but the user may name the same place."""
    part = Repo(web / "part")
    part.commit({"pyproject.toml": project("part")}, "v1.0")
    address = f"git+{WEB}part@v1.0"
    run.server.served.add("tool", "1.0", f"part @ {address}", license_expression="MIT")
    assert run("create", "tool") == 1
    assert "names a URL" in run.err and "part @" in run.err
    assert run("create", "tool", address) == 0, run.err
    assert 'depends_on("py-part@=1.0"' in run.host.written["py-tool"]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("file:///etc/part-1.0.tar.gz", "a file of a machine is not a place"),
        ("git+file:///srv/part", "a file of a machine is not a place"),
        (f"git+{WEB}gone", "git says"),
        ("https://h.example/part", "neither an sdist nor a wheel"),
        (f"git+{WEB}gone".replace("://", "://me:secret@"), "git says"),
    ],
)
def test_what_is_not_followed(
    address: str, reason: str, run: Run, web: Path, tmp_path: Path
) -> None:
    """It stays something that the recipe cannot say."""
    repo = tool(tmp_path, f"part @ {address}")
    assert run("create", f"git+{repo.address}") == 1
    assert reason in run.err and "names a URL" in run.err and not run.host.written
    assert "secret" not in run.err


def test_two_places_of_one_project(run: Run, web: Path, tmp_path: Path) -> None:
    """Also an archive and a repository; nothing is taken silently."""
    part = Repo(web / "part")
    part.commit({"pyproject.toml": project("part")}, "v1.0")
    archive = tmp_path / "part-2.0.tar.gz"
    archive.write_bytes(sdist("part", "2.0", MIT))
    for names in ([str(archive), f"git+{WEB}part"], [f"git+{WEB}part", str(archive)]):
        assert run("create", *names) == 2
        assert "part is named twice" in run.err
    repo = tool(tmp_path, f"part @ git+{WEB}part@v1.0")
    assert run("create", f"git+{repo.address}", str(archive)) == 1
    assert "part is named twice" in run.err and "names a URL" in run.err


@pytest.mark.parametrize(
    ("within", "to", "inside"),
    [
        ("https://public.example/a", "https://private.example/b", True),
        ("https://public.example/a", "https://public.example/b", False),
        ("https://private.example/a", "https://private.example/b", False),
        ("https://private.example/a", "https://other-private.example/b", False),
        ("file:///a", "https://private.example/b", False),
        ("", "https://private.example/b", False),
        ("https://public.example/a", "ssh://git@private.example/b", True),
        # Hosts that are escaped are what git's library makes of them.
        ("https://public.example/a", "https://%70rivate.example/b", True),
        ("https://%70ublic.example/a", "https://private.example/b", True),
        ("https://%70rivate.example/a", "https://other-private.example/b", False),
    ],
)
def test_from_a_public_place_none_leads_into_a_private_network(
    within: str, to: str, inside: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def addresses(host: str) -> tuple[str, ...]:
        return ("10.0.0.1",) if "private" in host else ("93.184.216.34",)

    monkeypatch.setattr(private_network, "_addresses", addresses)
    assert private_network.leads_inside(within, to) is inside

"""Who published a file, as PEP 740 has it: https://peps.python.org/pep-0740/"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from spack_pypi.pypi.attestations import publishers
from spack_pypi.pypi.http import HttpIndex
from spack_pypi.pypi.model import Publisher, Release
from spack_pypi.pypi.settings import settings
from tests.index_server import IndexServer, Served

GITHUB = {
    "kind": "GitHub",
    "claims": None,
    "repository": "octo/sample",
    "workflow": "release.yml",
    "environment": None,
}
SAMPLE = Publisher("GitHub repository octo/sample", "release.yml")


def provenance(*found: Any) -> bytes:
    bundles = [{"publisher": each, "attestations": []} for each in found]
    return json.dumps({"version": 1, "attestation_bundles": bundles}).encode()


#: (provenance object, publishers)
OBJECTS = [
    (provenance(GITHUB), (SAMPLE,)),
    (provenance(GITHUB, GITHUB), (SAMPLE,)),
    (
        provenance({"kind": "GitLab", "repository": "a/b/c", "workflow_filepath": ".ci.yml"}),
        (Publisher("GitLab repository a/b/c", ".ci.yml"),),
    ),
    (
        provenance({"kind": "Google", "email": "bot@sample.example"}),
        (Publisher("Google account bot@sample.example"),),
    ),
    (provenance(), ()),
    # What is not a provenance object:
    (provenance({"kind": "GitHub"}), ()),
    (provenance({"repository": "octo/sample"}), ()),
    (provenance({**GITHUB, "repository": ["octo"]}, None, 5, "x"), ()),
    (provenance({**GITHUB, "repository": "octo\x1b[2J/\u202e"}), ()),
    (
        provenance({**GITHUB, "repository": "https://me:s3cr3t@x.example/octo"}),
        (Publisher("GitHub repository https://x.example/octo", "release.yml"),),
    ),
    (provenance({**GITHUB, "workflow": {"a": 1}}), (Publisher("GitHub repository octo/sample"),)),
    (b'{"attestation_bundles": {"publisher": 1}}', ()),
    (b"[" * 100_000, ()),
    (b"\xff", ()),
    (b"5", ()),
]


@pytest.mark.parametrize("body, found", OBJECTS)
def test_publishers_of_a_provenance_object(body: bytes, found: tuple[Publisher, ...]) -> None:
    assert publishers(body) == found


def index(server: IndexServer, cache: Path, offline: bool = False) -> HttpIndex:
    reach = settings(
        server.url, default=lambda: None, cache=cache, offline=offline, environment={}
    )
    return HttpIndex(reach)


def served(as_json: bool, body: bytes, link: str = "/integrity/quiet-log") -> Served:
    """A release whose sdist has an attestation, and one without."""
    found = Served(json=as_json)
    found.add("quiet-log", "1.0")
    found.add("quiet-log", "2.0")
    for entry in found.pages["quiet-log"]:
        if entry["filename"] == "quiet_log-2.0.tar.gz":
            entry["provenance"] = link
    found.rubbish["/integrity/quiet-log"] = body
    return found


def asked(server: IndexServer) -> list[str]:
    return [path for path in server.served.requests if "integrity" in path]


def releases(found: HttpIndex) -> dict[str, Release]:
    return {str(each.version): each for each in found.project("quiet-log").releases}


@pytest.mark.parametrize("as_json", [True, False], ids=["JSON", "HTML"])
def test_it_is_read_when_somebody_asks(tmp_path: Path, as_json: bool) -> None:
    whole = served(as_json, provenance(GITHUB), "../../integrity/quiet-log")
    with IndexServer(whole) as server:
        found = index(server, tmp_path)
        both = releases(found)
        found.metadata(both["2.0"])
        assert asked(server) == []
        assert found.publishers(both["1.0"]) == ()
        assert found.publishers(both["2.0"]) == (SAMPLE,)
        assert found.publishers(both["2.0"]) == (SAMPLE,)
        again = index(server, tmp_path)
        assert again.publishers(releases(again)["2.0"]) == (SAMPLE,)
        assert len(asked(server)) == 1
        offline = index(server, tmp_path, offline=True)
        kept = releases(offline)
        assert offline.publishers(kept["2.0"]) == (SAMPLE,)
        assert offline.publishers(kept["1.0"]) is None


def test_an_object_that_is_not_there_or_too_large_is_not_known(tmp_path: Path) -> None:
    with IndexServer(served(True, b" " * (3 << 20))) as server:
        found = index(server, tmp_path)
        assert found.publishers(releases(found)["2.0"]) is None
    with IndexServer(served(True, b"", "../../integrity/nothing")) as server:
        found = index(server, tmp_path / "other")
        assert found.publishers(releases(found)["2.0"]) is None


@pytest.mark.parametrize("link", ["http://[", "javascript:x", "", 5, None, ["x"]])
def test_a_link_that_is_none(tmp_path: Path, link: Any) -> None:
    with IndexServer(served(True, b"", link)) as server:
        found = index(server, tmp_path)
        assert found.publishers(releases(found)["2.0"]) == ()

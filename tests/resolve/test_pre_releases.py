"""How pre-releases are spelled in recipes, and which of them matter to ranges."""

from __future__ import annotations

from tests.memory import MemoryHost, MemoryIndex
from tests.resolve.conftest import run


def test_a_pre_release_that_nobody_lists_is_not_excluded(
    host: MemoryHost, index: MemoryIndex
) -> None:
    index.add("app", "1.0", "idna!=2.8a0,>=2")
    for version in ("2.7", "2.8a0", "2.8"):
        index.add("idna", version)
    text = run(host, index, "app").plan.texts["py-app"]
    assert 'depends_on("py-idna@2:", type=("build", "run"))' in text


def test_a_pre_release_that_exists_is_required_as_it_is_spelled_there(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """Spack's own spelling is 0.1alpha4; people write 0.1a4, which Spack takes for another one."""
    host.has("idna", "0.1a4")
    index.add("app", "1.0", "idna==0.1a4")
    index.add("idna", "0.1a4")
    index.add("idna", "0.1a3")
    text = run(host, index, "app").plan.texts["py-app"]
    assert 'depends_on("py-idna@0.1a4", type=("build", "run"))' in text


def test_a_bound_is_spelled_as_the_package_spells_pre_releases(
    host: MemoryHost, index: MemoryIndex
) -> None:
    """To Spack 0.60b0 comes after 0.60."""
    host.has("idna", "0.62b0", "0.58b0")
    index.add("app", "1.0", "idna>=0.60b0")
    for version in ("0.62b0", "0.60b0", "0.58b0"):
        index.add("idna", version)
    text = run(host, index, "app").plan.texts["py-app"]
    assert 'depends_on("py-idna@0.60:", type=("build", "run"))' in text


def test_a_project_that_has_nothing_but_pre_releases(host: MemoryHost, index: MemoryIndex) -> None:
    """They are spelled as people write them, in its recipe and in those that require it."""
    index.add("app", "1.0", "idna>=0.2a4")
    for version in ("0.2a5", "0.2a4"):
        index.add("idna", version)
    texts = run(host, index, "app").plan.texts
    assert '    version("0.2a5", sha256=' in texts["py-idna"] and "url=" not in texts["py-idna"]
    assert 'depends_on("py-idna@0.2:", type=("build", "run"))' in texts["py-app"]


def test_a_pre_release_of_a_project_that_has_others(host: MemoryHost, index: MemoryIndex) -> None:
    index.add("app", "1.0", "idna==0.2a5")
    for version in ("0.2a5", "0.1"):
        index.add("idna", version)
    texts = run(host, index, "app").plan.texts
    assert '"0.2alpha5",' in texts["py-idna"]
    assert 'depends_on("py-idna@0.2alpha5", type=("build", "run"))' in texts["py-app"]

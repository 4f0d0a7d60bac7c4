"""What is kept of recipes is what reading their texts says, and of these texts alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.host import kept_recipes
from spack_pypi.host.kept_recipes import KeptRecipes
from spack_pypi.host.plain_recipes import PlainRecipe, plain_recipe
from tests.host.test_plain_recipes import HEAD, NOT_PLAIN, SAID

BODIES = [lines for lines, _ in (*SAID, *NOT_PLAIN)]
TEXT = f'{HEAD}    version("1.0", sha256="a")\n    tags = ["build-tools"]\n'
MEANT = PlainRecipe({"1.0": {}}, tags=("build-tools",))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are read from now on."""
    texts: list[str] = []

    def reading(text: str, class_name: str) -> PlainRecipe | None:
        texts.append(text)
        return plain_recipe(text, class_name)

    monkeypatch.setattr(kept_recipes, "plain_recipe", reading)
    return texts


@pytest.mark.parametrize("lines", BODIES)
def test_what_is_found_is_what_was_read(tmp_path: Path, read: list[str], lines: str) -> None:
    """In another run, too."""
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    expected = plain_recipe(HEAD + body, "PyX")
    assert KeptRecipes(tmp_path).read(HEAD + body, "PyX") == expected
    assert KeptRecipes(tmp_path).read(HEAD + body, "PyX") == expected
    assert len(read) == 1


def test_another_text_or_class_is_read(tmp_path: Path, read: list[str]) -> None:
    kept = KeptRecipes(tmp_path)
    assert kept.read(TEXT, "PyX") == MEANT
    assert kept.read(TEXT, "PyY") is None
    assert kept.read(TEXT.replace("1.0", "2.0"), "PyX") != MEANT
    assert len(read) == 3


def test_another_version_of_our_code_reads_again(
    tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    KeptRecipes(tmp_path).read(TEXT, "PyX")
    monkeypatch.setattr(kept_recipes, "_reader", lambda: "newer")
    assert KeptRecipes(tmp_path).read(TEXT, "PyX") == MEANT
    assert len(read) == 2


@pytest.mark.parametrize("content", ["", "{", "[]", '{"tags": []', '{"other": 1}'])
def test_what_cannot_be_read_is_read_again(tmp_path: Path, read: list[str], content: str) -> None:
    KeptRecipes(tmp_path).read(TEXT, "PyX")
    (file,) = tmp_path.rglob("*.json")
    file.write_text(content)
    assert KeptRecipes(tmp_path).read(TEXT, "PyX") == MEANT
    assert KeptRecipes(tmp_path).read(TEXT, "PyX") == MEANT
    assert len(read) == 2


def test_what_is_no_json_is_not_kept(tmp_path: Path) -> None:
    text = f'{HEAD}    version("1.0", deprecated={{1}})\n'
    expected = plain_recipe(text, "PyX")
    assert expected == PlainRecipe({"1.0": {"deprecated": {1}}})
    assert KeptRecipes(tmp_path).read(text, "PyX") == expected
    assert not [*tmp_path.rglob("*.json")]


def test_where_nothing_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert KeptRecipes(tmp_path / "file").read(TEXT, "PyX") == MEANT

"""How to reach the index: (settings of pip) → an error that names the setting, never its value."""

from __future__ import annotations

from pathlib import Path

import pytest

from spack_pypi.errors import UsageError
from spack_pypi.pypi.settings import settings

# (variable, value)
UNUSABLE = [
    ("PIP_INDEX_URL", "ftp://me:secret@index.example/"),
    ("PIP_INDEX_URL", "me:secret@index.example/simple"),
    ("PIP_INDEX_URL", "https://me:secret@[::1/simple"),
    ("PIP_INDEX_URL", "https://me:secret@index.example:port/simple"),
    ("PIP_TIMEOUT", "0"),
    ("PIP_TIMEOUT", "-1"),
    ("PIP_TIMEOUT", "nan"),
    ("PIP_TIMEOUT", "\u00b2"),
    ("PIP_TIMEOUT", "1" * 5000),
]


@pytest.mark.parametrize("variable, value", UNUSABLE, ids=[row[1][:30] for row in UNUSABLE])
def test_settings_of_pip_that_cannot_be_used(variable: str, value: str, tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "PIP_CONFIG_FILE": "/dev/null", variable: value}
    with pytest.raises(UsageError) as error:
        settings(
            None,
            default=lambda: "https://index.example/simple/",
            cache=tmp_path,
            environment=environment,
        )
    assert "secret" not in str(error.value) and len(str(error.value)) < 300


@pytest.mark.parametrize(
    "text", ["index-url = https://index.example\n", "[global\n", "[global]\n\xff"]
)
def test_damaged_settings_of_pip(text: str, tmp_path: Path) -> None:
    """They may name an index that is to be asked instead of ours."""
    file = tmp_path / "pip.conf"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match="pip's settings in .*pip.conf cannot be read: "):
        settings(
            None,
            default=lambda: "https://index.example/simple/",
            cache=tmp_path,
            environment={"HOME": str(tmp_path), "PIP_CONFIG_FILE": str(file)},
        )


def test_other_indexes_of_pip_are_not_used(tmp_path: Path) -> None:
    """An index that is named by option is the only one that was meant."""
    extra = "https://me:secret@site.example/simple file:///srv/index"
    for option, expected in [
        (None, ("https://site.example/simple", "file:///srv/index")),
        ("https://index.example/simple/", ()),
    ]:
        found = settings(
            option,
            default=lambda: "https://index.example/simple/",
            cache=tmp_path,
            environment={
                "HOME": str(tmp_path),
                "PIP_CONFIG_FILE": "/dev/null",
                "PIP_EXTRA_INDEX_URL": extra,
            },
        )
        assert found.unused == expected

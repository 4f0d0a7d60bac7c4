"""The arguments that Spack's own ``create``, where it has ``--pypi``, has read for us."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from spack_pypi.arguments import COMMANDS, Parser, add_commands, create_arguments


def read(*after: str, **before: Any) -> argparse.Namespace:
    """What Spack's parser leaves of ``spack create BEFORE --pypi AFTER``."""
    spacks = {"url": None, "name": None, "template": None, "keep_stage": False, "env": "mine"}
    shared = {"repo": None, "namespace": None, "force": False}
    return argparse.Namespace(**{**spacks, **shared, **before}, pypi=list(after))


def test_what_stands_before_and_after() -> None:
    args = create_arguments(read("mcp[cli]>=1", "-f", "six", "--versions", "2", repo="there"))
    assert args.names == ["mcp[cli]>=1", "six"]
    assert (args.repo, args.namespace, args.force) == ("there", None, True)
    assert (args.versions, args.edit, args.verify) == (2, False, None)


def test_what_stands_after_counts_more() -> None:
    assert create_arguments(read("six", "-r", "here", repo="there")).repo == "here"


def test_a_name_in_front_and_what_only_spack_knows() -> None:
    args = create_arguments(read("--dry-run", url="six"))
    assert (args.names, args.dry_run) == (["six"], True)
    assert args.env is None


def test_what_is_not_known_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        create_arguments(read("six", "--template", "python"))
    assert refused.value.code == 2
    assert "spack create --pypi: error:" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--versions", "--connections"])
@pytest.mark.parametrize(
    "value",
    ["0", "-1", "1.5", "\u00b2", "9" * 5000, ""],
    ids=["zero", "negative", "fraction", "superscript", "5,000 digits", "empty"],
)
def test_what_is_no_number_is_refused(
    option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    add_commands(parser)
    with pytest.raises(SystemExit) as refused:
        parser.parse_args(["create", "x", f"{option}={value}"])
    assert refused.value.code == 2
    assert "a positive number" in capsys.readouterr().err


def _options() -> list[tuple[str, str]]:
    """Each command, and each option of it that takes a value."""
    parser = argparse.ArgumentParser()
    (commands,) = [a for a in _with_commands(parser)._actions if a.dest == "pypi_command"]
    assert isinstance(commands.choices, dict)
    return [
        (name, action.option_strings[-1])
        for name, inner in commands.choices.items()
        for action in inner._actions
        if action.option_strings and action.nargs != 0
    ]


def _with_commands(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    add_commands(parser)
    return parser


@pytest.mark.parametrize(("command", "option"), _options())
def test_a_value_that_is_empty(
    command: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As ``--repo "$REPO"`` where that is not set: nothing is taken for the working folder."""
    parser = _with_commands(argparse.ArgumentParser())
    with pytest.raises(SystemExit) as refused:
        parser.parse_args([command, option, "", *(["-o", "x"] if command == "bundle" else [])])
    said = capsys.readouterr().err
    assert refused.value.code == 2 and option in said.splitlines()[-1]


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_not_given_is_not_empty(command: str) -> None:
    """What an option has without a value is none that was given."""
    needed = {"bundle": ["-o", "x"], "explain": ["py-x"], "why": ["x"]}.get(command, [])
    _with_commands(argparse.ArgumentParser()).parse_args([command, *needed])


@pytest.mark.parametrize("command", ["create", "check", "why", "bundle", "doctor", "externals"])
def test_a_name_that_is_empty(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = _with_commands(argparse.ArgumentParser())
    with pytest.raises(SystemExit):
        parser.parse_args([command, "x", "", *(["-o", "x"] if command == "bundle" else [])])
    assert capsys.readouterr().err.endswith(": expected a value, and it is empty\n")


SECRET = "https://me:s3cr3t@index.example/simple/?token=s3cr3t"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--index-ur1", SECRET),
        ("--map", SECRET),
        ("--map", f"a={SECRET}"),
        ("--index", SECRET),
        ("--verify", SECRET),
        ("--versions", SECRET),
        ("--connections", SECRET),
        (f"--no-such={SECRET}",),
    ],
)
def test_no_credentials_are_repeated(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    parser = Parser()
    add_commands(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["create", "x", *arguments])
    with pytest.raises(SystemExit):
        create_arguments(read("x", *arguments))
    said = capsys.readouterr().err
    assert said.count("error: ") == 2 and "s3cr3t" not in said

"""What the table of messages holds: every text that a person reads, and as little else as can be
reported."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import pytest

from bench.messages import PACKAGE, Text, of_package, texts
from spack_pypi import arguments

# (source, (kind, text) of each message in it)
TABLE: list[tuple[str, list[tuple[str, str]]]] = [
    ("raise Wrong(f'{file} cannot be read: {why}')", [("error", "{file} cannot be read: {why}")]),
    ("raise Wrong('refused')", [("error", "refused")]),
    ("error = Wrong('is not' + kind)", [("error", "is not{kind}")]),
    ("say('Error: ' + str(error))", [("report", "Error: {str(error)}")]),
    ("print('done')", [("report", "done")]),
    ("print(', '.join(names))", []),
    ("add('--x', action='store_true', help='print it')", [("help", "print it")]),
    ("add('--x', help='print'\n   ' nothing')", [("help", "print nothing")]),
    ("progress(f'loading {package}')", [("progress", "loading {package}")]),
    ("return Finding('note', kind='missing')", [("reason", "missing")]),
    ("reason = 'no such version'", [("reason", "no such version")]),
    ('x = f\'{a}{" and more" if b else ""}\'', [("report", "{a}{' and more' if b else ''}")]),
    ("return 'so it is', 1", [("report", "so it is")]),
    # no messages
    ("def f():\n    '''Say what is said.'''", []),
    ("if 'not found' in output: pass", []),
    ("x = table['some key']", []),
    ("x = {'some key': 1}", []),
    ("x = re.compile('some thing')", []),
    ("x = r'is (?P<name>\\w+) there'", []),
    ("x = 'one'", []),
    ("x = f'{a} {b}'", []),
    ("x = 'with when(x):'", []),
    ("x = f'    depends_on({y})'", []),
    # the messages of a program that is written
    ("x = 'def f():\\n    die(\"there is none\")\\n'", [("report", "there is none")]),
]


@pytest.mark.parametrize("source, expected", TABLE)
def test_what_is_a_message(source: str, expected: list[tuple[str, str]]) -> None:
    found = texts(source, "spack_pypi/x.py", {"Wrong"})
    assert [(text.kind, text.text) for text in found if text.kind] == expected


@pytest.fixture(scope="module")
def messages() -> list[Text]:
    return [text for text in of_package(PACKAGE) if text.kind]


def helps(parser: argparse.ArgumentParser) -> Iterator[str]:
    """All that ``--help`` says of our own options and commands."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from (str(choice.help) for choice in action._choices_actions)
            for inner in action.choices.values():
                yield from helps(inner)
        elif action.help and "-h" not in action.option_strings:
            yield action.help


def test_every_help_text_is_there(messages: list[Text]) -> None:
    parser = argparse.ArgumentParser()
    arguments.add_commands(parser)
    expected = set(helps(parser))
    assert len(expected) > 40
    assert not expected - {text.text for text in messages if text.kind == "help"}


def test_they_are_sorted_by_room_and_place(messages: list[Text]) -> None:
    places = [(text.room, text.file, text.line) for text in messages]
    assert places == sorted(places)
    assert {"doors", "host", "pypi", "resolve", "workflow"} <= {room for room, _, _ in places}

"""What standard error shows: the progress line, and numbers with their nouns."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from spack_pypi.report import terminal
from spack_pypi.session import Phase, Progress

# (what is heard, what the line says)
LINES = [
    (Progress(Phase.LOAD), "loading"),
    (Progress(Phase.CONCRETIZE, "py-x@=1.0"), "concretizing: py-x@=1.0"),
    (Progress(Phase.RESOLVE, "idna", 12), "resolving 12: idna"),
    # ``done`` are finished: this is the next one
    (Progress(Phase.CHECK, "py-x", 0, 3), "checking 1 of 3: py-x"),
    (Progress(Phase.COMPARE, "py-y", 2, 3), "comparing 3 of 3: py-y"),
]


class Terminal:
    """Standard error, and whether it is a terminal."""

    def __init__(self, is_one: bool) -> None:
        self.is_one, self.written = is_one, ""

    def isatty(self) -> bool:
        return self.is_one

    def write(self, text: str) -> int:
        self.written += text
        return len(text)

    def flush(self) -> None:
        pass


#: (what a stranger uploads, what is printed)
TEXTS = [
    ("café └── 日本 ✓\ttab\nline", "café └── 日本 ✓\ttab\nline"),
    ("a\x1b[2J\x07", "a\\x1b[2J\\x07"),
    ("gpj\u202eexe\u2066.", "gpj\\u202eexe\\u2066."),
    ("a\u200bb\u00adc\ufeff\U000e0041", "a\\u200bb\\xadc\\ufeff\\U000e0041"),
    ("a\u2028Error: b\u2029", "a\\u2028Error: b\\u2029"),
    ("Error: x\rAll is well", "Error: x\\rAll is well"),
    ("a line of Windows\r\n", "a line of Windows\r\n"),
]


@pytest.mark.parametrize("text, printed", TEXTS)
def test_a_stranger_does_not_move_the_cursor(
    text: str, printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.say(text)
    terminal.print_text(text)
    assert capsys.readouterr() == (f"{printed}\n", f"{printed}\n")


def test_all_is_printed_there() -> None:
    rooms = Path(terminal.__file__).parent.parent
    modules = [*rooms.glob("report/*.py"), *rooms.glob("commands/*.py")]
    printing = {m.name for m in modules if re.search(r"(?<!\w)print\(", m.read_text("utf-8"))}
    assert printing == {"terminal.py"}


@pytest.mark.parametrize("progress, text", LINES, ids=[text for _, text in LINES])
@pytest.mark.parametrize("is_terminal", [True, False])
def test_the_line_on_a_terminal(
    progress: Progress, text: str, is_terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stderr = Terminal(is_terminal)
    monkeypatch.setattr("sys.stderr", stderr)
    with terminal.ProgressLine() as listener:
        listener(progress)
    assert (f"{text} [" in stderr.written) == is_terminal
    assert is_terminal or stderr.written == ""


def test_a_result_stays_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = Terminal(True)
    monkeypatch.setattr("sys.stderr", stderr)
    with terminal.ProgressLine() as listener:
        listener(Progress(Phase.CONCRETIZE, "py-x", 2, 3, "concretized"))
    assert "py-x: concretized (2 of 3)\n" in stderr.written


@pytest.mark.parametrize("is_terminal", [True, False])
def test_what_takes_long_once_is_always_said(
    is_terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stderr = Terminal(is_terminal)
    monkeypatch.setattr("sys.stderr", stderr)
    with terminal.ProgressLine() as listener:
        listener(Progress(Phase.PREPARE, "Spack's solver", result="Spack makes an index"))
        listener(Progress(Phase.PREPARE, "Spack's solver"))
    assert "Spack makes an index; projects are resolved meanwhile\n" in stderr.written
    assert ("preparing: Spack's solver [" in stderr.written) == is_terminal


@pytest.mark.parametrize(
    "number, plural, text",
    [(0, "", "0 recipes"), (1, "", "1 recipe"), (2, "", "2 recipes"), (2, "rcps", "2 rcps")],
)
def test_a_number_agrees_with_its_noun(number: int, plural: str, text: str) -> None:
    assert terminal.count(number, "recipe", plural) == text


@pytest.mark.parametrize("number", [1, 10, 50, 500])
def test_a_long_command_is_read_by_a_shell_as_it_is_meant(number: int) -> None:
    words = [f"project-{at}==1.0" for at in range(number)] + ["two words"]
    text = terminal.command("spack pypi externals", map(shlex.quote, words))
    assert shlex.split(text.replace("\\\n", "")) == ["spack", "pypi", "externals", *words]
    assert number < 50 or max(map(len, text.splitlines())) <= 100
    assert ("\n" in text) == (number >= 50)

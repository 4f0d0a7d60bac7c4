"""The programs without which a crate's build.rs ends the build, read as text, never run.

Counted is what ``main`` runs by a name that stands there, where it demands that this works: by
``expect``, ``unwrap`` or ``?`` behind the call, or by a ``panic!`` or ``exit`` where what became
of it is looked at. What is only for another platform, or for who sets a variable or a feature,
does not count.
https://doc.rust-lang.org/cargo/reference/build-scripts.html,
https://doc.rust-lang.org/std/process/struct.Command.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: The largest that is read.
LARGEST = 256 << 10
_MOST = 16
#: How a program is run, in any case or maybe.
RUN_ALWAYS, MAYBE = "always", "maybe"
#: Comments, and texts that may hold what looks like code; of comments nothing is left.
_SKIPPED = re.compile(
    r"//[^\n]*|/\*.*?\*/|r(#*)\".*?\"\1|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\\n])'", re.S
)
_MAIN = re.compile(r"\bfn\s+main\s*\(\s*\)[^{;]*\{")
_RUN = re.compile(r"\bCommand::new\(\s*\"")
_NAME = re.compile(r"[\w.+-]{1,40}")
_LET = re.compile(r"\blet\s+(?:mut\s+)?(\w+)\b[^=;]*=(?!=)")
_DEMANDED = re.compile(r"\.\s*(?:output|status|spawn)\(\s*\)\s*(?:\?|\.\s*(?:expect|unwrap)\()")
_MATCHES = re.compile(r"\s*(?:let\b[^=]*=\s*)?match\b")
_DECIDES = re.compile(r"(?:let\b[^=]*=\s*)?(?:match\b|if\s*!)")
_ENDS = re.compile(r"\b(?:panic!|unreachable!|(?:process::)?exit\()")
_ELSEWHERE = re.compile(r"\bcfg\b|windows|macos|apple|target_os|msvc|env::var|CARGO_FEATURE|HOST")


def needed(text: str) -> str:
    """A line for each program: its name, the number of the line that runs it first, and
    `RUN_ALWAYS` or, where that stands under a condition or behind a ``return``, `MAYBE`."""
    code = _SKIPPED.sub(_blank, text)
    main = _MAIN.search(code)
    if main is None:
        return ""
    body = code[: _end_of_block(code, main.end())]
    found: dict[str, str] = {}
    for run in _RUN.finditer(body, main.end()):
        name = _NAME.match(text, run.end())
        if name is None or text[name.end()] != '"' or len(found) >= _MOST:
            continue
        headers = [*_headers(body, main.end(), run.start())]
        start = _start_of_statement(body, run.start())
        elsewhere = any(_ELSEWHERE.search(each) for each in (*headers, body[start : run.start()]))
        if not elsewhere and _is_demanded(body, start, run.end()):
            is_sure = not headers and not re.search(r"\breturn\b", body[main.end() : start])
            line = text.count("\n", 0, run.start()) + 1
            found.setdefault(name[0], f"{line} {RUN_ALWAYS if is_sure else MAYBE}")
    return "\n".join(f"{name} {rest}" for name, rest in found.items())


def _blank(match: re.Match[str]) -> str:
    """As long a text, with the same lines, and the quotes."""
    quote = '"' if match[0].endswith('"') else " "
    inner = re.sub(r"[^\n]", " ", match[0])
    return inner if len(inner) < 2 else f"{quote}{inner[1:-1]}{quote}"


def _end_of_block(code: str, at: int) -> int:
    """Where the block ends in which something stands."""
    depth = 1
    for brace in re.finditer(r"[{}]", code[at:]):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return at + brace.start()
    return len(code)


def _headers(body: str, start: int, at: int) -> Iterator[str]:
    """What stands before the braces that are open, from the start of ``main`` to a place."""
    opened: list[int] = []
    for brace in re.finditer(r"[{}]", body[start:at]):
        if brace[0] == "{":
            opened.append(start + brace.start())
        elif opened:
            opened.pop()
    for brace_at in opened:
        yield body[_start_of_statement(body, brace_at) : brace_at]


def _start_of_statement(body: str, at: int) -> int:
    return max(body.rfind(end, 0, at) for end in ";{}") + 1


def _is_demanded(body: str, start: int, at: int) -> bool:
    """Whether the build ends if this does not work, which is run in the statement that begins at
    ``start``."""
    ended = _end_of_statement(body, at)
    statement = body[start:ended]
    if _DEMANDED.search(statement.partition("{")[0]):
        return True
    if _MATCHES.match(statement):
        return bool(_ENDS.search(statement))
    let = _LET.match(statement.lstrip())
    names = {let[1]} if let else set()
    while names and ended < len(body):
        start, ended = ended, _end_of_statement(body, ended + 1)
        statement = body[start:ended].lstrip(";}{ \n")
        named = rf"\b(?:{'|'.join(names)})\b"
        if not re.search(named, statement):
            continue
        head, _, rest = statement.partition("{")
        if _DEMANDED.search(head) or re.search(rf"{named}\s*\.(?:expect|unwrap)\(", head):
            return True
        if _DECIDES.match(head) and _ENDS.search(rest):
            return True
        again = _LET.match(statement)
        names |= {again[1]} if again else set()
    return False


def _end_of_statement(body: str, at: int) -> int:
    """Where a statement ends: at its semicolon, or with its block, or the one that it is in."""
    depth = 0
    for sign in re.finditer(r"[{};]", body[at:]):
        depth += {"{": 1, "}": -1}.get(sign[0], 0)
        if depth < 0 or (depth == 0 and sign[0] in ";}"):
            return at + sign.end()
    return len(body)

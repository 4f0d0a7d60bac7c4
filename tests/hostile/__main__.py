"""Tries many hostile cases, and counts what went wrong::

    python3 -m tests.hostile [CLASS...] [--cases N] [--seed N]

Each class is one way for strangers to reach us. A case is *clean* if it ends in recipes or in one
sentence; it *crashed* if anything else is raised, *hung* if it takes more than a minute, *leaked*
if the password of the index shows, or lies in a file, and *wrong* if a fault of the network leads
to other recipes, and nothing says so. Exit code 1 if any was not clean.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Callable

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from spack_pypi.errors import SpackPyPIError
from spack_pypi.pypi import json_text
from spack_pypi.workflow.request import parse_names
from spack_pypi.workflow.requirement_files import read
from tests.hostile.archives import archives
from tests.hostile.excess import EXCESS, served
from tests.hostile.faults import Faults, Wrong, cases
from tests.hostile.files import BESIDE, ENTRIES, FILES, WITH_EXTRAS
from tests.hostile.projects import NAME, projects
from tests.hostile.runs import PASSWORD, index, outcome
from tests.hostile.values import TEXTS

#: Seconds after which a case counts as hung.
_LONGEST = 60
#: Cases of one seed; Hypothesis remembers all that it drew with it.
_ROUND = 1000


class Hung(BaseException):
    """A case takes too long."""


def _of_project(case: dict[str, bytes]) -> str:
    return outcome(case, f"{NAME}[fast]")


def _of_file(case: tuple[str, str]) -> str:
    name, text = case
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "pyproject.toml").write_text(BESIDE)
        file = Path(folder) / name
        file.write_bytes(text.encode("utf-8", "replace"))
        return str(
            read(
                [str(file)],
                extras=["y"] if name in WITH_EXTRAS else (),
                parse_yaml=json_text.loads,
            )
        )


def _of_cache(entry: bytes) -> str:
    project = served(files={"setup.py": "from setuptools import setup\nsetup()"}, wheel=False)
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        for attempt in range(2):
            found = index(project, cache)
            (release,) = found.project(NAME).releases
            said = f"{found.metadata(release)} {found.source(release)} {found.licenses(release)}"
            for file in cache.rglob("*.*") if not attempt else ():
                if file.is_file():
                    file.write_bytes(entry)
        return said


@cache
def _faults() -> Faults:
    return Faults()


#: What may become of a case.
_ENDS = ("clean", "crashed", "hung", "leaked", "wrong")
#: Class → (cases, what is done with one).
CLASSES: Mapping[str, tuple[st.SearchStrategy[Any], Callable[[Any], str]]] = {
    "projects": (projects(), _of_project),
    "archives": (archives(), _of_project),
    "excess": (st.sampled_from(sorted(EXCESS)), lambda name: outcome(EXCESS[name](), NAME)),
    "files": (
        st.sampled_from(sorted(FILES)).flatmap(lambda n: FILES[n].map(lambda text: (n, text))),
        _of_file,
    ),
    "names": (TEXTS, lambda text: str(parse_names([text]))),
    "cache": (ENTRIES, _of_cache),
    "faults": (cases(), lambda case: _faults().tried(case)),
}


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    def end(*_: object) -> None:
        raise Hung

    signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def _try(run: Callable[[Any], str], case: Any) -> tuple[str, str]:
    """What became of a case, and the place where it went wrong."""
    try:
        with _at_most(_LONGEST):
            said = run(case)
    except SpackPyPIError as error:
        said = str(error)
    except Hung:
        return "hung", ""
    except Wrong as error:
        return "wrong", str(error)
    except Exception as error:
        places = traceback.extract_tb(error.__traceback__)
        where = [p for p in places if "/spack_pypi/" in p.filename or p is places[-1]][-1]
        return "crashed", f"{type(error).__name__} at {where.filename}:{where.lineno}"
    return ("leaked", "") if PASSWORD in said else ("clean", "")


def tried(name: str, cases: int, start: int) -> Counter[str]:
    """Try so many cases of a class; prints each place where one went wrong, once."""
    count: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for number, done in enumerate(range(0, cases, _ROUND)):
        _try_round(name, min(_ROUND, cases - done), start + number, count, places)
    for text, times in sorted((+places).items()):
        print(f"  {times} {text}", file=sys.stderr)
    return count


def _try_round(
    name: str, cases: int, start: int, count: Counter[str], places: Counter[str]
) -> None:
    strategy, run = CLASSES[name]

    @seed(start)
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def each(case: Any) -> None:
        what, where = _try(run, case)
        count[what] += 1
        places[f"{name}: {what} {where}"] += what != "clean"

    each()


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.hostile")
    parser.add_argument("classes", nargs="*", metavar="CLASS", help=", ".join(CLASSES))
    parser.add_argument("--cases", type=int, default=1000, help="of each class (default: 1000)")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    print(f"| class | tried | {' | '.join(_ENDS)} | s |")
    print(f"| --- |{' ---: |' * (len(_ENDS) + 2)}")
    failed = False
    for name in args.classes or CLASSES:
        began = time.monotonic()
        count = tried(name, args.cases, args.seed)
        numbers = [sum(count.values()), *(count[end] for end in _ENDS)]
        row = " | ".join(map(str, [name, *numbers, round(time.monotonic() - began)]))
        print(f"| {row} |", flush=True)
        failed = failed or count["clean"] < numbers[0]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

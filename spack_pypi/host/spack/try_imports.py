"""Run by the Python for which packages are installed: whether their modules can be imported.

Reads ``{package: {"folder": ..., "modules": [...]}}`` from a file of JSON, and writes to another
one why a package cannot be imported, by package. Only the standard library of Python 3.6 and up is
used, since any of those may run it.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Sequence

#: Imports modules one after the other in a process of their own, up to one that cannot be imported
#: or that does not come from a folder. What a module prints is kept out of the answer.
_IMPORT = """\
import sys
if not getattr(sys.flags, "safe_path", False):
    del sys.path[0]  # the current folder
import importlib, os
answer = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
folder, modules = sys.argv[1], sys.argv[2:]
reason = ""
for name in modules:
    try:
        if name == "mpi4py.MPI":
            # Not every machine lets a process begin MPI by itself.
            importlib.import_module("mpi4py").rc.initialize = False
        module = importlib.import_module(name)
        places = [*getattr(module, "__path__", ())] or [getattr(module, "__file__", None) or name]
        whole = {os.path.abspath(each) for each in places}
        whole |= {os.path.realpath(each) for each in places}
        roots = (os.path.abspath(folder) + os.sep, os.path.realpath(folder) + os.sep)
        if not any(each.startswith(roots) for each in whole):
            reason = "the module %s comes from %s" % (name, places[0])
    except BaseException as error:
        text = " ".join(str(error).split())
        reason = "import %s: %s" % (name, type(error).__name__) + (": " + text if text else "")
    if reason:
        break
print("done", reason, file=answer, flush=True)
os._exit(0)
"""
_TIME_LIMIT = 300


def main(question: str, answer: str) -> None:
    with open(question) as stream:
        asked = json.load(stream)
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as threads:
        reasons = threads.map(
            lambda each: _reason(each["folder"], each["modules"]), asked.values()
        )
        failed = {package: reason for package, reason in zip(asked, reasons) if reason}
    with open(answer, "w") as stream:
        json.dump(failed, stream)


def _reason(folder: str, modules: Sequence[str]) -> str:
    """Why modules of a folder cannot be imported; empty if they can."""
    child = subprocess.Popen(
        [sys.executable, "-c", _IMPORT, folder, *modules],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        output, _ = child.communicate(timeout=_TIME_LIMIT)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        return "import %s: does not return within %d seconds" % (modules[0], _TIME_LIMIT)
    text = output.decode("utf-8", "replace").strip()
    if not text.startswith("done"):
        return "import %s: ends the interpreter with exit code %d" % (
            modules[0], child.returncode)  # fmt: skip
    return text[len("done") :].strip()


if __name__ == "__main__":
    main(*sys.argv[1:])

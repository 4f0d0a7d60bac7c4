"""The programs that build hooks of a project's own run, and those without which nothing is
built."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from spack_pypi.pypi.project_files.build_hooks import run_by_hooks

HATCH = """\
[build-system]
build-backend = "hatchling.build"
[tool.hatch.build.targets.wheel.hooks.custom]
"""
PDM = '[build-system]\nbuild-backend = "pdm.backend"\n'


def hook(body: str, name: str = "initialize") -> str:
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    return f"class Hook(BuildHookInterface):\n    def {name}(self, version, data):\n{lines}"


RUN = 'subprocess.run(["npm", "ci"], check=True)'

#: (what the hook does, the programs with whether the build ends without them)
BODIES: list[tuple[str, Sequence[tuple[str, bool]]]] = [
    (RUN, [("npm", True)]),
    ('subprocess.check_call(("cargo", "build"))', [("cargo", True)]),
    ('subprocess.run("npm ci", shell=True)', [("npm", True)]),
    ('out = subprocess.check_output(["go", "build"])', [("go", True)]),
    ('npm = shutil.which("npm")\nsubprocess.run([npm, "ci"])', [("npm", True)]),
    ('deno = shutil.which("deno")\nif deno is None:\n    raise OSError\n', [("deno", True)]),
    ('deno = shutil.which("deno")\nif not deno:\n    raise OSError\n', [("deno", True)]),
    # what is built otherwise leaves first
    (f'if self.target_name == "sdist":\n    return\n{RUN}', [("npm", True)]),
    (f'if version == "editable":\n    return\n{RUN}', [("npm", True)]),
    # only sometimes
    (f"if self.wanted:\n    return\n{RUN}", [("npm", False)]),
    (f"if not self.built():\n    {RUN}", [("npm", False)]),
    (f"try:\n    {RUN}\nexcept OSError:\n    pass", [("npm", False)]),
    (f'if shutil.which("deno"):\n    subprocess.run(["deno"])\nelse:\n    {RUN}',
     [("deno", False), ("npm", False)]),
    # one of several is enough
    (f'if shutil.which("go"):\n    x()\nelif shutil.which("npm"):\n    {RUN}\nelse:\n    raise X',
     [("go", True)]),
    (f'p = shutil.which("npm")\nif p:\n    {RUN}\nelse:\n    raise X', [("npm", True)]),
    (f'if shutil.which("deno"):\n    {RUN}\nelif wanted:\n    x()\nelse:\n    raise X',
     [("npm", False)]),
    # not what builds
    ('subprocess.run(["git", "describe"])', []),
    ("subprocess.run([sys.executable])", []),
    ('self.run(["npm"])', []),
    ('print("npm")', []),
    ("this is no Python", []),
]  # fmt: skip


@pytest.mark.parametrize(("body", "programs"), BODIES)
def test_what_a_hook_runs(body: str, programs: Sequence[tuple[str, bool]]) -> None:
    found = run_by_hooks({"hatch_build.py": hook(body)}, HATCH)
    assert [(name, certain) for name, _, _, certain in found] == programs
    assert {path for _, path, _, _ in found} <= {"hatch_build.py"}


def test_its_line_and_what_runs_in_another_function() -> None:
    assert run_by_hooks({"hatch_build.py": hook(f"\n{RUN}")}, HATCH) == [
        ("npm", "hatch_build.py", 4, True)
    ]
    assert run_by_hooks({"hatch_build.py": hook(RUN, name="helper")}, HATCH) == [
        ("npm", "hatch_build.py", 3, False)
    ]


#: (file, pyproject.toml, whether it is a hook)
FILES = [
    ("hatch_build.py", HATCH, True),
    ("tools/hook.py", f"{HATCH}path = './tools/hook.py'\n", True),
    ("hatch_build.py", f"{HATCH}path = 'hook.py'\n", False),
    ("hatch_build.py", HATCH.replace("targets.wheel.", ""), True),
    ("hatch_build.py", HATCH.partition("[tool")[0], False),
    ("pdm_build.py", PDM, True),
    ("hook.py", f"{PDM}[tool.pdm.build]\ncustom-hook = 'hook.py'\n", True),
    ("pdm_build.py", HATCH, False),
    ("hatch_build.py", "not TOML", False),
    ("hatch_build.py", "", False),
]


@pytest.mark.parametrize(("path", "pyproject", "is_one"), FILES)
def test_which_file_is_a_hook(path: str, pyproject: str, is_one: bool) -> None:
    name = "pdm_build_initialize" if "pdm" in pyproject else "initialize"
    assert bool(run_by_hooks({path: hook(RUN, name)}, pyproject)) is is_one

"""What the text of a recipe declares, without its class: (its lines, what they say)."""

from __future__ import annotations

import pytest

from spack_pypi.host.plain_recipes import PlainRecipe, plain_recipe

IMPORTS = """\
from spack_repo.builtin.build_systems.python import PythonPackage

from spack.package import *
"""
HEAD = f"{IMPORTS}\n\nclass PyX(PythonPackage):\n"

SAID = [
    ('version("1.0", sha256="a")', PlainRecipe({"1.0": {}})),
    ('version("main", branch="main")', PlainRecipe({"main": {"branch": "main"}})),
    (
        'version("1", tag="v1", commit="c", submodules=True)',
        PlainRecipe({"1": {"tag": "v1", "commit": "c"}}),
    ),
    ('version("1", sha256="a", deprecated=True)', PlainRecipe({"1": {"deprecated": True}})),
    (
        'version("1", sha256="a", url="u", expand=False)',
        PlainRecipe({"1": {"expand": False, "url": "u"}}),
    ),
    ('variant("v", default=True, description="d")', PlainRecipe(variants={"v": ""})),
    ('variant("v", False, description="d", when="@2:")', PlainRecipe(variants={"v": "@2:"})),
    ('variant("v", default="a", values=("a", "b"))', PlainRecipe()),
    ('variant("v", values=("a", "b"))', PlainRecipe()),
    ('pypi = "x/x-1.tar.gz"', PlainRecipe(url="x/x-1.tar.gz")),
    (
        'pypi = "x/x-1.tar.gz"\nurl = "https://h.example/x.whl"',
        PlainRecipe(url="https://h.example/x.whl"),
    ),
    ('tags = ["build-tools"]', PlainRecipe(tags=("build-tools",))),
    # what declares neither versions nor variants may be as complicated as it likes
    ('depends_on(f"py-y@{1 + 1}", when="@1")', PlainRecipe()),
    ('for v in ["1", "2"]:\n    depends_on("py-y@" + v, when="@" + v)', PlainRecipe()),
    ('with default_args(type="build"):\n    depends_on("py-y")', PlainRecipe()),
    ('with when("@1:"):\n    conflicts("+v")', PlainRecipe()),
    ("def url_for_version(self, version):\n    return str(version)", PlainRecipe()),
    ('@run_before("install")\ndef patch(self):\n    pass', PlainRecipe()),
]

NOT_PLAIN = [
    ('for v in ["1", "2"]:\n    version(v)', "versions of a loop"),
    ('if True:\n    version("1")', "a version under a condition"),
    ('with when("@1:"):\n    variant("v", default=True)', "a block adds to the condition"),
    ('version("1" + "0")', "a version that is computed"),
    ("version(1.0)", "a version that is a number"),
    ('version("1")\nversion("1")', "the later one holds"),
    ('version("1", **options)', "options that are computed"),
    ('version("1", deprecated=OLD)', "an option that is computed"),
    ('variant("v", default=DEFAULT)', "a default that is computed"),
    ('variant("v", default=True, when="@" + V)', "a condition that is computed"),
    ('variant("v", default=True)\nvariant("v", default=True, when="@2:")', "two definitions"),
    ("pypi = NAME", "an attribute that is computed"),
    ("versions = {}", "what Spack makes of the directives"),
    ("def url(self):\n    pass", "an attribute that is a method"),
    ("declare_all()", "what nobody knows"),
    ('depends_on("py-y", when=declare_all())', "what nobody knows, as an argument"),
    ('other.version("1")', "another way to call a directive"),
    ('version = print\nversion("1")', "a directive that means something else"),
]


def indented(lines: str) -> str:
    return "".join(f"    {line}\n" for line in lines.splitlines())


@pytest.mark.parametrize("lines, said", SAID)
def test_what_a_plain_recipe_declares(lines: str, said: PlainRecipe) -> None:
    assert plain_recipe(HEAD + indented(lines), "PyX") == said


@pytest.mark.parametrize("lines", [lines for lines, _ in NOT_PLAIN])
def test_what_only_the_class_can_tell(lines: str) -> None:
    assert plain_recipe(HEAD + indented(lines), "PyX") is None


PLAIN = "class PyX(PythonPackage):\n    pass\n"


@pytest.mark.parametrize(
    "text",
    [
        "class PyX(\n",
        PLAIN,
        f"{IMPORTS}x = 1\n",
        f"{IMPORTS}{PLAIN}{PLAIN}",
        f"{IMPORTS}class PyY(PythonPackage):\n    pass\n",
        f"{IMPORTS}class PyX(PythonPackage, CudaPackage):\n    pass\n",
        f"{IMPORTS}class PyX(PyY):\n    pass\n",
        f"{IMPORTS}@changed\n{PLAIN}",
        f"{IMPORTS}{PLAIN}PyX.versions = {{}}\n",
        f"{IMPORTS}def version(text):\n    pass\n{PLAIN}",
        f"{IMPORTS}class PyY(Package):\n    version('1')\n{PLAIN}",
        f"{IMPORTS}from made_up import *\n{PLAIN}",
        f"{IMPORTS}from made_up import version\n{PLAIN}",
        IMPORTS.replace("builtin", "site") + PLAIN,
    ],
)
def test_modules_that_are_not_plain(text: str) -> None:
    assert plain_recipe(text, "PyX") is None


def test_other_classes_of_the_file_do_not_matter() -> None:
    builder = (
        "class PythonPipBuilder(python.PythonPipBuilder):\n    def install(self):\n        pass\n"
    )
    assert plain_recipe(f"{IMPORTS}import re\n{builder}{PLAIN}", "PyX") == PlainRecipe()

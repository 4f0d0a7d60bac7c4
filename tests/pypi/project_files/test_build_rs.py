"""What a build.rs cannot do without: (what stands in ``main``, the programs with the lines that
run them, and how)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spack_pypi.pypi.project_files.build_rs import needed

RUN = 'Command::new("tool").arg("-v").output()'
STATEMENTS = [
    (f"{RUN}.unwrap();", "tool 2 always"),
    (f'let out = {RUN}\n    .expect("no tool");', "tool 2 always"),
    (f"let out = {RUN}?;", "tool 2 always"),
    (f'let out = match {RUN} {{ Ok(o) => o, Err(_) => panic!("no tool") }};', "tool 2 always"),
    (f"let out = {RUN};\nlet o = out.unwrap();", "tool 2 always"),
    (f"let out = {RUN};\nmatch out {{ Ok(_) => (), _ => {{ exit(1); }} }}", "tool 2 always"),
    (
        'let mut tool = Command::new("tool");\nlet found = works(tool.arg("help"));\n'
        'if !found {\n    panic!("install tool");\n}',
        "tool 2 always",
    ),
    (f"if !there {{\n    {RUN}.unwrap();\n}}", "tool 3 maybe"),
    (f"if made {{ return; }}\n{RUN}.unwrap();", "tool 3 maybe"),
    (f'{RUN}.unwrap();\nCommand::new("other.exe").status().unwrap();',
     "tool 2 always\nother.exe 3 always"),
    # it goes on without
    (f"let out = {RUN};", ""),
    (f"let _ = {RUN}.ok();", ""),
    (f'let text = {RUN}.unwrap_or("none");', ""),
    (f"let out = match {RUN} {{ Ok(o) if o.ok() => o, _ => return }};\nf(out.x).unwrap();", ""),
    (f'let out = {RUN};\nlet other = read("x").unwrap();', ""),
    # nobody knows which
    ("Command::new(tool).output().unwrap();", ""),
    # for another platform, or who asks for it
    (f"#[cfg(windows)]\n{RUN}.unwrap();", ""),
    (f'if cfg!(target_os = "macos") {{\n    {RUN}.unwrap();\n}}', ""),
    (f'if env::var("REMAKE").is_ok() {{\n    {RUN}.unwrap();\n}}', ""),
    # no code
    (f"// {RUN}.unwrap();", ""),
    (f"/* {RUN}.unwrap(); */", ""),
    ('println!("Command::new(\\"tool\\").output().unwrap();");', ""),
]  # fmt: skip


@pytest.mark.parametrize("statements, programs", STATEMENTS)
def test_what_main_runs(statements: str, programs: str) -> None:
    assert (
        needed(f'fn main() {{ let url = "https://x.example/{{";\n{statements}\n}}\n') == programs
    )


def test_another_function_may_not_be_called() -> None:
    assert not needed(f"fn helper() {{ {RUN}.unwrap(); }}\nfn main() {{}}\n")
    assert not needed(f"fn main() {{}}\nfn helper() {{ {RUN}.unwrap(); }}\n")


PARTS = ["fn main() {", RUN, "{", "}", ";", '"', "//", "match ", ".unwrap()", "let x = "]
PARTS += ["if !x {", "panic!()", "\n", "/*", "'", 'r#"']


@given(st.lists(st.sampled_from(PARTS)))
def test_no_text_breaks_it(parts: list[str]) -> None:
    for line in needed("".join(parts)).splitlines():
        name, number, how = line.split(" ")
        assert name == "tool" and int(number) > 0 and how in ("always", "maybe")

"""The documentation names everything that a user can name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import misstep

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_every_public_name_is_in_the_reference() -> None:
    text = "\n".join(page.read_text() for page in REFERENCE.glob("*.rst"))
    documented = set(re.findall(r"^\.\. auto\w+:: misstep\.(\w+)$", text, re.MULTILINE))
    assert set(misstep.__all__) - documented == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    files = [target for target in targets if not target.startswith(("http:", "https:"))]
    assert [target for target in files if not (page.parent / target).exists()] == []


def test_every_example_ends_with_the_empty_line_that_doctest_needs() -> None:
    run_into = re.compile(r"^(?:>>>|\.\.\.) [^\n]*\n(?:[^\n`>]+\n)?```$", re.MULTILINE)
    assert [str(page) for page in PAGES if run_into.search(page.read_text())] == []


def commands() -> Iterator[tuple[str, set[str]]]:
    """Each command of the program by its full name, with the spellings of its options."""
    from misstep.cli import app

    yield "misstep", {name for name in app if name.startswith("-")}
    for name in app:
        if not name.startswith("-"):
            yield f"misstep {name}", options(app[name])


def options(command: Any) -> set[str]:
    """The spellings of a command's options, without the `--no-…` that other spellings have."""
    return {
        name
        for argument in command.assemble_argument_collection()
        if argument.show
        for name in argument.names
        if name.startswith("-") and not name.startswith("--empty-")
        if not (name.startswith("--no-") and f"--{name.removeprefix('--no-')}" in argument.names)
    }


def documented() -> dict[str, set[str]]:
    """Each section of the page on the command line whose title is a command, with the options it explains."""
    sections = re.split(r"^## ", (REFERENCE / "command-line.md").read_text(), flags=re.MULTILINE)
    return {
        section.partition("\n")[0]: {
            option
            for line in re.findall(r"^\* (`-[^:\n]*): ", section, re.MULTILINE)
            for option in re.findall(r"`(-[\w-]+)`", line)
        }
        for section in sections
        if section.startswith("misstep")
    }


def test_every_command_and_option_is_documented_and_no_other() -> None:
    assert documented() == dict(commands())

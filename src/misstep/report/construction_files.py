"""The files of a construction: all of it as JSON, the function as code and as LaTeX, and a figure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from misstep.counterexamples import Construction
from misstep.errors import InvalidInput, unknown_name
from misstep.exports import EXPORTS, to_latex, to_python
from misstep.report.construction_facts import facts, remarks
from misstep.report.figures.construction import draw_construction

TARGETS = tuple(name for name in EXPORTS if name != "python")
"""What a function is exported to if it is asked for; `function.py` is always there."""

NAMES = (
    "construction.json",
    "figure.svg",
    "function.py",
    "function.tex",
    *(f"function_{target}.py" for target in TARGETS),
)
"""What a construction may have in its folder."""

_EXACT_IN = "in construction.json"


def check_targets(targets: Sequence[str]) -> None:
    """Refuse what no function can be exported to.

    Raises:
        InvalidInput: with the names that there are.
    """
    for target in targets:
        if target not in TARGETS:
            raise unknown_name(target, "what a function is exported to", TARGETS)


def construction_files(construction: Construction, targets: Sequence[str] = ()) -> dict[str, str]:
    """Every file, by its name in the folder; of a search that found nothing, `construction.json` alone.

    Args:
        construction: What was found.
        targets: Libraries to export the function to, of `TARGETS`.

    Raises:
        InvalidInput: a target does not exist, or a number of the function is too large for its floats.
        MissingDependency: matplotlib is not installed.
    """
    check_targets(targets)
    files = {"construction.json": construction_json(construction)}
    example = construction.example
    if example is None:
        return files
    title, lines = _header(construction, _EXACT_IN)
    files["function.py"] = python_file(construction, exact_in=_EXACT_IN)
    files["function.tex"] = to_latex(example.function, title=title, facts=lines)
    for target in targets:
        try:
            files[f"function_{target}.py"] = EXPORTS[target](
                example.function, title=title, facts=lines, start=example.x0
            )
        except InvalidInput as error:
            raise InvalidInput(f"export = {target!r}: {error}") from error
    figure = draw_construction(construction)
    if figure is not None:
        files["figure.svg"] = figure.file
    return files


def construction_json(construction: Construction) -> str:
    """All of a construction as the text of a JSON file."""
    return json.dumps(construction.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def python_file(construction: Construction, *, exact_in: str) -> str:
    """The function as plain Python, under what there is to say of it.

    Args:
        construction: One in which something was found.
        exact_in: Where exact numbers are that are too long for a line.

    Raises:
        InvalidInput: a number of the function has more digits than Python reads back.
    """
    example = construction.example
    assert example is not None
    title, lines = _header(construction, exact_in)
    return to_python(example.function, title=title, facts=lines, start=example.x0)


def _header(construction: Construction, exact_in: str) -> tuple[str, list[str]]:
    """The first sentence of a file, and the facts below it."""
    lines = [f"{name}: {value}" for name, value in facts(construction, exact_in=exact_in)]
    return construction.sentence + ".", [f"optimizer: {construction.optimizer}", *lines, *remarks(construction)]

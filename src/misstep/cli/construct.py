"""`misstep construct`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

from cyclopts import Parameter

from misstep.cli.app import NONE_FOUND, app, reserved
from misstep.errors import InvalidInput
from misstep.report.surroundings import libraries_aside, progress_bar, traceback_told

if TYPE_CHECKING:
    from misstep.constructions.gap import FunctionClass


@app.command(
    name="construct",
    help_format="markdown",
    help_epilogue="""Examples:

- `misstep construct "torch:Adam(lr=1e-3)"`
- `misstep construct "optax:lion(learning_rate=1e-2)" --class convex`
- `misstep construct "adam(learning_rate=0.1, beta1=0.9)" --plateau 0.25 --family spline --out toint/`
- `misstep construct "torch:SGD(lr=0.1, momentum=0.9)" --class strongly-convex --mu 0.1`
""",
)
def construct_command(
    optimizer: Annotated[str, Parameter(name="SPEC")],
    /,
    *,
    class_: Annotated[str, Parameter(name="--class")] = "nonconvex",
    mu: str | None = None,
    condition: str | None = None,
    family: str = "spline",
    plateau: str | None = None,
    slope: str = "1",
    steps: int = 1000,
    longest: int = 8,
    dimension: str = "1",
    seed: int = 0,
    no_curves: Annotated[bool, Parameter(name="--no-curves", negative=())] = False,
    out: Annotated[str | None, Parameter(name="--out")] = None,
    export: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=True, show_default=False)] = (),
    json_: Annotated[bool, Parameter(name="--json", negative=())] = False,
    debug: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Construct the smoothest function found on which an optimizer fails.

    The optimizer is run on gradients that were decided first; the function that has them where it asks for them is
    built, and the optimizer is run on that. Exit status 0 when one was found, 3 when none was, 2 for bad input.

    Parameters
    ----------
    optimizer
        An optimizer: a name such as adam, torch:Adam, optax:lion, keras:Adam or mymodule:MyOptimizer, with arguments in
        parentheses.
    class_
        Class of functions: nonconvex, convex or strongly-convex.
    mu
        Strong convexity mu > 0 of the strongly convex class, exact.
    condition
        Condition number κ ≥ 1 in the place of mu: f'' ≥ L/κ.
    family
        How f goes between its nodes: spline (least L), cubic, quintic, sine or smooth-plateau.
    plateau
        Half-width ρ of the intervals of constant gradient, in spacings, in [0, 1/2); unless told, what rounding needs.
    slope
        Size c > 0 of the gradients, exact.
    steps
        Steps to run on the function in float64 and float32, after any transient.
    longest
        Length to which all sign words are tried, at most 12.
    dimension
        Number of variables, or the shape of a matrix such as 2x3; beyond 1, drifts are looked for.
    seed
        Of the random numbers during every run.
    no_curves
        Leave out the least L over slope and learning rate, which takes most of the time.
    out
        Folder for construction.json, function.py, function.tex and figure.svg. Without it nothing is written.
    export
        Also write function_numpy.py, function_torch.py, function_jax.py: any of numpy, torch and jax.
    json_
        Print one JSON object, and nothing else, on standard output.
    debug
        Print the traceback of a mistake too, and the warnings of libraries.
    """
    from misstep.counterexamples import STAGES, construct
    from misstep.report.construction_files import NAMES, check_targets, construction_files
    from misstep.report.construction_table import print_construction

    with traceback_told(wanted=debug):
        check_targets(export)
        shape = _shape(dimension)
        if export and out is None:
            raise InvalidInput("--export needs a folder to write to: --out")
        with reserved(out, NAMES) as folder, libraries_aside(warn=debug):
            with progress_bar("checking", len(STAGES)) as progress:
                found = construct(
                    optimizer,
                    function_class=cast("FunctionClass", class_),
                    mu=mu,
                    condition=condition,
                    family=family,
                    plateau=plateau,
                    slope=slope,
                    n_steps=steps,
                    longest=longest,
                    curves=not no_curves,
                    dimension=shape,
                    seed=seed,
                    progress=progress,
                )
            if folder is not None:
                folder.write(construction_files(found, export))
    if json_:
        print(json.dumps(found.to_dict(), ensure_ascii=False, indent=2, allow_nan=False))  # noqa: T201
    else:
        from rich.console import Console

        print_construction(found, Console(), exact_in="with --json" if out is None else "in construction.json")
    if out is not None:
        print(f"Written to {Path(out)}", file=sys.stderr if json_ else sys.stdout)
    return NONE_FOUND if found.example is None else 0


def _shape(text: str) -> tuple[int, ...]:
    """The numbers of `3` or `2x3`."""
    sizes = text.split("x")
    if not all(size.isascii() and size.isdigit() and len(size) < 4 for size in sizes):
        raise InvalidInput(f"dimension = {text!r} must be a whole number such as 3, or a shape such as 2x3")
    return tuple(int(size) for size in sizes)

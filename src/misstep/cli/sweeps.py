"""`misstep sweep` and `plot`."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

from cyclopts import Parameter

from misstep.cli.app import app
from misstep.errors import InvalidInput
from misstep.report.surroundings import libraries_aside, rate_bar

_OF_A_TEXT = (
    *("function", "x0", "noise", "power", "steps", "arithmetic", "seed"),
    *("replicates", "design", "points", "quantities", "certify"),
)
"""Options that describe a sweep; a file describes it by itself."""


@app.command(
    name="sweep",
    help_format="markdown",
    help_epilogue="""Examples:

- `misstep sweep "adam(learning_rate=0.1, beta1=0..0.999:200, beta2=0..0.9999:200)" --steps 1e5 --out sweep.zarr`
- `misstep sweep "heavy_ball(learning_rate=0..0.2:99, momentum=[0.5, 0.9])" --function "quadratic" --steps 1000`
- `misstep sweep studies/theorem.toml --out theorem.zarr --resume`
- `misstep sweep study.toml --plan`
- `misstep sweep study.toml --out study.zarr --scheduler tcp://10.0.0.1:8786`
""",
)
def sweep_command(
    spec: Annotated[str, Parameter(name="SPEC")],
    /,
    *,
    function: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=True, show_default=False)] = (),
    x0: str | None = None,
    noise: str | None = None,
    power: str | None = None,
    steps: str | None = None,
    arithmetic: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=True, show_default=False)] = (),
    seed: str | None = None,
    replicates: str | None = None,
    design: str | None = None,
    points: str | None = None,
    only: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=True, show_default=False)] = (),
    certify: Annotated[bool, Parameter(negative=())] = False,
    out: Annotated[str | None, Parameter(name="--out")] = None,
    resume: Annotated[bool, Parameter(negative=())] = False,
    workers: int | None = None,
    scheduler: str = "threads",
    kernel: str | None = None,
    plan: Annotated[bool, Parameter(negative=())] = False,
    yes: Annotated[bool, Parameter(negative=())] = False,
    json_: Annotated[bool, Parameter(name="--json", negative=())] = False,
) -> int:
    """Sweep a method over ranges of hyper-parameters, starts, noise and functions: a phase diagram's cells.

    Every cell is run by a compiled kernel that has the bits of misstep's reference recurrence. Interrupted, a sweep
    with --out goes on with --resume. Exit status 0 when it is done, 2 for bad input, 130 or 143 when interrupted.

    Parameters
    ----------
    spec
        A TOML file, or a method whose parameters are numbers, ranges lo..hi:n or lo..hi:n:scale (linear, log, logit),
        or lists [0, 0.9].
    function
        Functions to run it on: cubic (unless told), spline, sine, plateau(rho=1/4), smooth_plateau, quadratic,
        lessard_recht_packard, zhang(n=10), or the construction.json of misstep construct; parameters may be ranges.
    x0
        Start: a number, a range or a list.
    noise
        Standard deviation σ of noise on every gradient: a number, a range or a list.
    power
        p of the learning rate α/(k + 1)^p: a number, a range or a list.
    steps
        Steps of every run, at least 8; 1e5 is a whole number.
    arithmetic
        Any of float64 (unless told), float32 and bfloat16: float32 whose moments are kept in bfloat16.
    seed
        Of the random numbers, which depend on it and on the cell alone.
    replicates
        Runs of each cell, with noise of their own.
    design
        grid (unless told), random or sobol.
    points
        Number of cells of a design that is no grid.
    only
        Quantities to measure; all that apply, unless told.
    certify
        Prove too, where that can be done, that the recurrence in real arithmetic drifts for ever: the variable proved,
        which plots shade with dots.
    out
        Folder of the zarr store to write. Without it the counts of outcomes are all that is left.
    resume
        Go on with the store that is there.
    workers
        Number of threads or processes; one a processor, unless told.
    scheduler
        threads, processes, dask (a cluster on this machine), or tcp://… of a Dask scheduler that is there.
    kernel
        numba or numpy, which have the same results; or jax, which uses a GPU where JAX has one, and whose results are
        not the same to the last bit.
    plan
        Say how many cells, chunks, bytes and about how many seconds it takes, and do nothing.
    yes
        Confirm a very large sweep.
    json_
        Print one JSON object, and nothing else, on standard output.
    """
    from misstep.report.sweep_summary import print_plan, print_summary, summary
    from misstep.sweeps.sweep import as_spec, planned, sweep

    given = (function, x0, noise, power, steps, arithmetic, seed, replicates, design, points, only, certify or None)
    options: dict[str, Any] = {
        name: value for name, value in zip(_OF_A_TEXT, given, strict=True) if value not in (None, ())
    }
    chosen = as_spec(spec, **options)
    if plan:
        found = planned(chosen, kernel=kernel, workers=workers, scheduler=scheduler)
        if json_:
            print(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))  # noqa: T201
        else:
            print_plan(found)
        return 0
    total_steps = chosen.n_lanes * chosen.n_steps
    with libraries_aside(warn=False), rate_bar("sweeping", total_steps) as progress:
        dataset = sweep(
            chosen,
            out=out,
            resume=resume,
            kernel=kernel,
            workers=workers,
            scheduler=scheduler,
            confirmed=yes,
            progress=progress,
            report=lambda text: print(f"misstep: {text}", file=sys.stderr),  # noqa: T201
        )
    if json_:
        print(json.dumps(summary(dataset), ensure_ascii=False, indent=2, allow_nan=False))  # noqa: T201
    else:
        print_summary(dataset, chosen)
    if out is not None:
        print(f"Store: {out}", file=sys.stderr if json_ else sys.stdout)
    return 0


@app.command(
    name="plot",
    help_format="markdown",
    help_epilogue="""Examples:

- `misstep plot sweep.zarr --x beta1 --y beta2 --out phase.svg`
- `misstep plot sweep.zarr --x beta1 --y beta2 --facet function --out phase.html`
- `misstep plot noise.zarr --x noise --quantity survival --out survival.pdf`
- `misstep plot sweep.zarr --x beta1 --y beta2 --select x0=1e-6 --quantity lyapunov --out exponent.png`
""",
)
def plot_command(
    store: Annotated[str, Parameter(name="STORE")],
    /,
    *,
    out: Annotated[str, Parameter(name="--out")],
    x: str,
    y: str | None = None,
    facet: str | None = None,
    quantity: str = "outcome",
    select: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=True, show_default=False)] = (),
    title: str | None = None,
) -> int:
    """Draw a sweep: a phase diagram, a map of a quantity, or curves; as svg, png, pdf or a page.

    Exit status 0 with the figure, 2 for bad input; then what was there is left as it was.

    Parameters
    ----------
    store
        Store of `misstep sweep`, finished or not.
    out
        File to write; its ending says what: .svg, .png, .pdf or .html, a page that shows what is known of a cell.
    x
        Dimension to the right.
    y
        Dimension upwards; without it the quantity is drawn as curves against x.
    facet
        Dimension of which each value has a panel, or a curve.
    quantity
        What is drawn: outcome, or a number such as speed, departure, survival or lyapunov.
    select
        Values of the other dimensions, as name=value; the nearest cell's is taken.
    title
        Of the figure; the sweep's own unless told.
    """
    from misstep.report.phase_files import plot
    from misstep.sweeps.store import open_dataset

    chosen = dict(_selected(text) for text in select)
    caption = plot(open_dataset(store), out, x=x, y=y, facet=facet, quantity=quantity, select=chosen, title=title)
    print(caption)  # noqa: T201
    return 0


def _selected(text: str) -> tuple[str, float | str]:
    """A dimension and its value, from `name=value`."""
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise InvalidInput(f"select = {text!r} must be name=value")
    try:
        return name, float(value)
    except ValueError:
        return name, value

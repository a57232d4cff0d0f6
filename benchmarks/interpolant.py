"""The interpolant of many jets: against PEPit's on the same jets in the same run, and how it scales.

    python -m benchmarks.interpolant [--jets 50] [--dimension 10] [--points 10] [--largest 5000 1000]

PEPit's `SmoothStronglyConvexInterpolator` with option "highest" and μ = −L maximizes the value at a point over all
functions through the jets, with a general conic solver: its own choice (SCS where MOSEK is absent), and the more
accurate Clarabel. Before anything is timed, its value by Clarabel must agree with misstep's to 1e-8 of the value, and
misstep's value and gradient must satisfy PEPit's own interpolation conditions to that. Rounds alternate: misstep,
PEPit, PEPit with Clarabel, misstep, …, each at a point of its own, with nothing kept from the point before.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

import cvxpy
import numpy as np
import numpy.typing as npt
from PEPit.interpolators import SmoothStronglyConvexInterpolator
from rich.console import Console
from rich.table import Table

import misstep
from benchmarks.options import count
from misstep.constructions import smoothest_interpolant, tightest_pair
from misstep.functions import Interpolant

Floats = npt.NDArray[np.float64]

TOLERANCE = 1e-8
TARGET = 100
SEED = 20230801


def random_jets(n: int, d: int) -> tuple[Floats, Floats, Floats]:
    """Points, values and gradients that have nothing to do with one another."""
    rng = np.random.default_rng(SEED)
    return rng.normal(size=(n, d)), rng.normal(size=n), rng.normal(size=(n, d))


def pepit_rival(function: Interpolant) -> Any:
    """PEPit's interpolator of the same jets; a point of a solved problem is all that it asks of one."""

    def solved(value: Any) -> SimpleNamespace:
        return SimpleNamespace(eval=lambda: value)

    jets = function.jets
    triplets = [tuple(map(solved, jet)) for jet in zip(jets.x, jets.g, jets.f, strict=True)]
    L = float(function.lipschitz_constant())
    rival = SmoothStronglyConvexInterpolator(SimpleNamespace(list_of_points=triplets), L=L, mu=-L, options="highest")
    rival.d = function.dimension
    return rival


def disagreement(function: Interpolant, rival: Any, x: Floats) -> float:
    """The largest of PEPit's difference in value and misstep's violation of PEPit's conditions, relative to |F|, 1."""
    value, gradient = function.value_and_gradient(x)
    worst = abs(float(rival.evaluate(x)) - value)
    jets = function.jets
    for jet in zip(jets.x, jets.g, jets.f, strict=True):
        for one, other in ((jet, (x, gradient, value)), ((x, gradient, value), jet)):
            condition = getattr(rival, "__set_constraint__")(*one, *other)  # noqa: B009 -- two underscores: no mangling
            worst = max(worst, float(np.max(condition.violation())))
    return float(worst / max(1.0, abs(value)))


def seconds(call: Callable[[], object]) -> float:
    """Wall-clock time of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def peak(call: Callable[[], object]) -> int:
    """The most bytes that the call held at once, beyond what was held before."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@dataclass(frozen=True)
class Contest:
    """Seconds a point of misstep, of PEPit as it is, and of PEPit with Clarabel."""

    ours: list[float]
    theirs: dict[str, list[float]]
    difference: float

    def ratios(self, solver: str) -> list[float]:
        """How many times as long as misstep PEPit took, point by point."""
        return [theirs / ours for ours, theirs in zip(self.ours, self.theirs[solver], strict=True)]


def contest(n: int, d: int, points: int) -> Contest:
    """Timings of the same jets and points, after agreement is checked at every point.

    Raises:
        SystemExit: PEPit disagrees.
    """
    jets = random_jets(n, d)
    # A little more than the jets need: with less room than that Clarabel fails at some points.
    function = Interpolant(*jets, 1.1 * tightest_pair(*jets).L)
    rival = pepit_rival(function)
    own_choice = rival.solver
    x = np.random.default_rng(SEED + 1).normal(size=(points, d))
    rival.solver = cvxpy.CLARABEL
    difference = max(disagreement(function, rival, point) for point in x)
    if not difference <= TOLERANCE:
        sys.exit(f"PEPit and misstep differ by {difference:.1e} of the value, more than {TOLERANCE:.0e}")
    ours: list[float] = []
    theirs: dict[str, list[float]] = {own_choice: [], cvxpy.CLARABEL: []}
    for point in x:
        ours.append(seconds(partial(function.value_and_gradient, point)))
        for solver, times in theirs.items():
            rival.solver = solver
            times.append(seconds(partial(rival.evaluate, point)))
    return Contest(ours, theirs, difference)


def show_contest(found: Contest, n: int, d: int, console: Console) -> None:
    """Print the contest."""
    table = Table(title=f"value and gradient at one point, {n} random jets in R^{d}, {len(found.ours)} points")
    for heading in ("PEPit with", "misstep\nms", "PEPit\nms", "ratio\nmedian", "ratio\nleast"):
        table.add_column(heading, justify="left" if heading == "PEPit with" else "right", no_wrap=True)
    for solver, times in found.theirs.items():
        ratios = found.ratios(solver)
        cells = (1e3 * statistics.median(found.ours), 1e3 * statistics.median(times))
        table.add_row(
            solver, *(f"{cell:.3f}" for cell in cells), f"{statistics.median(ratios):.0f}", f"{min(ratios):.0f}"
        )
    console.print(table)
    console.print(f"largest disagreement with Clarabel: {found.difference:.1e} of the value", highlight=False)


def show_scaling(sizes: list[tuple[int, int]], console: Console) -> None:
    """Time and memory of the pair scan, and of evaluation at random points and amid all of them, one at a time."""
    table = Table(title="scaling, random jets; memory beyond the jets' own")
    headings = ("N", "d", "x\nMB", "Γ¹\ns", "Γ¹\nMB", "F, ∇F\nms, median", "F, ∇F\nMB", "in the middle\nms")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for n, d in sizes:
        x, f, g = random_jets(n, d)
        function = smoothest_interpolant(x, f, g)
        points = np.random.default_rng(SEED + 2).normal(size=(5, d))
        middle = x.mean(axis=0)
        scan, evaluate = partial(tightest_pair, x, f, g), function.value_and_gradient
        cells = (
            x.nbytes / 1e6,
            seconds(scan),
            peak(scan) / 1e6,
            1e3 * statistics.median(seconds(partial(evaluate, point)) for point in points),
            peak(partial(evaluate, middle)) / 1e6,
            1e3 * seconds(partial(evaluate, middle)),
        )
        table.add_row(f"{n}", f"{d}", *(f"{cell:.2f}" for cell in cells))
    console.print(table)


def main() -> None:
    """Measure and print; exit 1 when PEPit disagrees, or misstep is not 100 times faster."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.interpolant", description=__doc__)
    parser.add_argument("--jets", type=count, default=50, help="jets of the contest (default: %(default)s)")
    parser.add_argument("--dimension", type=count, default=10, help="dimension of the contest (default: %(default)s)")
    parser.add_argument("--points", type=count, default=10, help="points of the contest (default: %(default)s)")
    parser.add_argument("--largest", type=count, nargs=2, default=(5000, 1000), help="N and d (default: 5000 1000)")
    arguments = parser.parse_args()
    console = Console()
    found = contest(arguments.jets, arguments.dimension, arguments.points)
    show_contest(found, arguments.jets, arguments.dimension, console)
    n, d = arguments.largest
    show_scaling(sorted({(m, e) for m in (n // 10, n // 2, n) for e in (d // 100, d // 10, d) if e >= 1}), console)
    console.print(
        f"misstep {misstep.__version__}, PEPit {version('PEPit')}, cvxpy {cvxpy.__version__}, numpy {np.__version__}, "
        f"Python {platform.python_version()}\na ratio above 1 says that misstep is faster",
        highlight=False,
    )
    slow = [solver for solver in found.theirs if statistics.median(found.ratios(solver)) < TARGET]
    if slow:
        sys.exit(f"less than {TARGET} times faster than PEPit with " + ", ".join(slow))


if __name__ == "__main__":
    main()

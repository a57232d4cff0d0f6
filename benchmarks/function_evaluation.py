"""Value and gradient of misstep's functions against scipy's, on the same points in the same run.

    python -m benchmarks.function_evaluation [--points 10000000] [--rounds 5]

Each rival holds one period of the same function, is evaluated for its values and its derivative, and must agree with
misstep to 1e-9 before anything is timed. Rounds alternate: misstep, each rival, misstep, each rival, ….
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy
from rich.console import Console
from rich.table import Table
from scipy.interpolate import CubicHermiteSpline, PPoly

import misstep
from benchmarks.options import count
from misstep import PiecewisePolynomial

Floats = npt.NDArray[np.float64]
Evaluate = Callable[[Floats], tuple[Floats, Floats]]

SPACING = "1/10"
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Contest:
    """A function of misstep and the same function in scipy, by the name of the class that holds it."""

    name: str
    function: PiecewisePolynomial
    rivals: dict[str, Evaluate]


@dataclass(frozen=True)
class Timing:
    """Seconds a round, of misstep and of one rival."""

    name: str
    rival: str
    ours: list[float]
    theirs: list[float]

    @property
    def ratios(self) -> list[float]:
        """How many times as long as misstep the rival took, round by round."""
        return [theirs / ours for ours, theirs in zip(self.ours, self.theirs, strict=True)]


def piecewise_rival(function: PiecewisePolynomial) -> Evaluate:
    """One period as scipy's `PPoly`: coefficients from the highest power down, a column a piece."""
    degree = max(len(piece) for piece in function.coefficients) - 1
    columns = np.zeros((degree + 1, len(function.coefficients)))
    for i, piece in enumerate(function.coefficients):
        for power, coefficient in enumerate(piece):
            columns[degree - power, i] = float(coefficient)
    knots = np.array([float(knot) for knot in function.knots])
    value = PPoly(columns, knots, extrapolate="periodic")
    gradient = value.derivative()
    return lambda x: (value(x), gradient(x))


def hermite_rival(function: PiecewisePolynomial) -> Evaluate:
    """One period as scipy's `CubicHermiteSpline` through the values and gradients at its two ends."""
    ends = np.array([float(function.knots[0]), float(function.knots[-1])])
    values, gradients = function.value_and_gradient(ends)
    value = CubicHermiteSpline(ends, values, gradients, extrapolate="periodic")
    gradient = value.derivative()
    return lambda x: (value(x), gradient(x))


def contests() -> list[Contest]:
    """The paper's cubic, the spline of least Lipschitz constant and a plateau, all of one spacing."""
    cubic, spline, plateau = misstep.cubic(SPACING), misstep.spline(SPACING), misstep.plateau(SPACING)
    return [
        Contest("cubic", cubic, {"CubicHermiteSpline": hermite_rival(cubic), "PPoly": piecewise_rival(cubic)}),
        Contest("spline", spline, {"PPoly": piecewise_rival(spline)}),
        Contest("plateau", plateau, {"PPoly": piecewise_rival(plateau)}),
    ]


def disagreement(function: PiecewisePolynomial, rival: Evaluate, x: Floats) -> float:
    """The largest difference of values or gradients over the points x.

    The two may round a point to different sides of a joint; f and f' are continuous there, so that costs no more than
    the rounding.
    """
    value, gradient = function.value_and_gradient(x)
    their_value, their_gradient = rival(x)
    return max(float(np.abs(value - their_value).max()), float(np.abs(gradient - their_gradient).max()))


def seconds(evaluate: Evaluate, x: Floats) -> float:
    """Wall-clock time of one evaluation."""
    start = time.perf_counter()
    evaluate(x)
    return time.perf_counter() - start


def measure(contest: Contest, x: Floats, rounds: int) -> list[Timing]:
    """Timings of one contest, after the agreement of all its rivals is checked.

    Raises:
        SystemExit: a rival disagrees.
    """
    for rival, evaluate in contest.rivals.items():
        difference = disagreement(contest.function, evaluate, x)
        if not difference <= TOLERANCE:
            sys.exit(f"{contest.name}: {rival} differs by {difference:.1e}, more than {TOLERANCE:.0e}")
    timings = [Timing(contest.name, rival, [], []) for rival in contest.rivals]
    for _ in range(rounds):
        for timing in timings:
            timing.ours.append(seconds(contest.function.value_and_gradient, x))
            timing.theirs.append(seconds(contest.rivals[timing.rival], x))
    return timings


def show(timings: list[Timing], points: int, console: Console) -> None:
    """Print what was measured, and with which versions."""
    table = Table(title=f"value and gradient at {points:,} random points of [0, 100], float64")
    table.add_column("function", no_wrap=True)
    table.add_column("scipy's", no_wrap=True)
    for heading in ("misstep\npoints/s", "scipy\npoints/s", "ratio\nmedian", "ratio\nleast"):
        table.add_column(heading, justify="right", no_wrap=True)
    for timing in timings:
        table.add_row(
            timing.name,
            timing.rival,
            f"{points / statistics.median(timing.ours):.2e}",
            f"{points / statistics.median(timing.theirs):.2e}",
            f"{statistics.median(timing.ratios):.2f}",
            f"{min(timing.ratios):.2f}",
        )
    console.print(table)
    console.print(
        f"misstep {misstep.__version__}, numpy {np.__version__}, scipy {scipy.__version__}, "
        f"Python {platform.python_version()}, one thread\na ratio above 1 says that misstep is faster",
        highlight=False,
    )


def main() -> None:
    """Measure and print; exit 1 when scipy is faster anywhere or disagrees."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.function_evaluation", description=__doc__)
    parser.add_argument("--points", type=count, default=10**7, help="points in [0, 100] (default: %(default)s)")
    parser.add_argument(
        "--rounds", type=count, default=5, help="rounds, each misstep then scipy (default: %(default)s)"
    )
    arguments = parser.parse_args()
    x = np.random.default_rng(20230801).uniform(0, 100, arguments.points)
    timings = [timing for contest in contests() for timing in measure(contest, x, arguments.rounds)]
    show(timings, arguments.points, Console())
    slower = [timing for timing in timings if statistics.median(timing.ratios) < 1]
    if slower:
        sys.exit("slower than scipy: " + ", ".join(f"{timing.name} against {timing.rival}" for timing in slower))


if __name__ == "__main__":
    main()

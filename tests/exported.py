"""Functions that the tests of exports range over, and exported files as modules."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import fmpq

import misstep as ms
from files import from_path
from helpers import FALL, HAT, LINE_FUNCTIONS, QUARTIC, piecewise
from misstep.constructions import LineJets, cubic_through, quintic_through, smoothest, spline_through
from misstep.constructions import smoothest_interpolant as interpolant
from misstep.exports import EXPORTS
from misstep.functions import Interpolant

Array = npt.NDArray[np.float64]

TITLE = "An optimizer drifts on this function for ever."


def jets(nodes: list[Any], gradients: list[Any], repeats_from: int | None) -> LineJets:
    """The smoothest jets, which exist for these data."""
    found = smoothest(nodes, gradients, repeats_from=repeats_from)
    assert isinstance(found, LineJets)
    return found


def many_pieces(n: int) -> ms.PiecewisePolynomial:
    """A transient of n nodes at random places with random gradients, then a drift."""
    rng = np.random.default_rng(0)
    nodes = np.cumsum(rng.integers(1, 9, n + 1)).tolist()
    gradients = [fmpq(int(g), 8) for g in rng.integers(-8, 9, n)]
    return spline_through(jets(nodes, [*gradients, gradients[-1]], n - 1), bang_bang=True)


TRANSIENT = jets(["0", "1/10", "1/3", "1/2", "4/5", 1], [2, "-1/2", 1, -1, "-1/3", -1], 3)
CYCLE = jets([0, "1/3", 1, "7/5"], [1, "-1/2", -2, 1], 0)
RUN = jets(["-7/3", 0, "1/2", 3], [1, -1, 1, "1/2"], None)

RATIONAL: dict[str, ms.PiecewisePolynomial] = {
    **{name: f for name, f in LINE_FUNCTIONS if isinstance(f, ms.PiecewisePolynomial)},
    "cubic, wide": ms.cubic("7/3", "2/3"),
    "plateau, narrow": ms.plateau("1/1000", rho="3/8"),
    "fall": FALL,
    "periods of parts": piecewise(
        ("0", "1", "3/2", "2"), (("0", "-2", "1/2"), ("-3/2", "-1", "2"), ("-3/2", "1", "-2")), None, "1"
    ),
    "transient": spline_through(TRANSIENT),
    "transient, bang-bang": spline_through(TRANSIENT, bang_bang=True),
    "transient, cubic": cubic_through(TRANSIENT),
    "transient, quintic": quintic_through(TRANSIENT),
    "cycle": spline_through(CYCLE, left="periodic"),
    "cycle, quintic": quintic_through(CYCLE, left="periodic"),
    "run": spline_through(RUN),
    "run, quintic": quintic_through(RUN),
}
"""Piecewise polynomials: exact everywhere."""

SMOOTH: dict[str, ms.LineFunction] = {
    "sine": ms.sine("1/10"),
    "sine, turned": ms.sine("7/3", "2/3").scaled("-2"),
    "smooth plateau": ms.smooth_plateau("1/10"),
    "smooth plateau, narrow": ms.smooth_plateau("3", "1/2", rho="2/5", steepness="1/2"),
    "smooth plateau, steep": ms.smooth_plateau("3", "1/2", rho="0", steepness="40"),
}

LINE: dict[str, ms.LineFunction] = {**RATIONAL, **SMOOTH}


def ridge_sum(*arguments: Any) -> ms.RidgeSum:
    """A ridge sum from numbers as a user writes them."""
    return ms.RidgeSum(*arguments)


RIDGES: dict[str, ms.RidgeSum] = {
    "separable": ms.separable(ms.cubic("1/10"), HAT, ms.plateau("1/3", left="periodic")),
    "rotated": ms.rotated("1/10", 3, family=ms.plateau),
    "coupled": ms.coupled("1/10", 4),
    "coupled, smooth": ms.coupled("1/3", 2, family=ms.smooth_plateau),
    "mixed": ridge_sum(((1, 2), ("1/3", -1), (1, 0)), (ms.sine(1), ms.cubic(2), QUARTIC)),
}


def random_interpolant(n: int, d: int, mu: float | None = None) -> Interpolant:
    """Through n jets of a random function, or with μ of a convex one with curvatures between 1 and 2¼."""
    rng = np.random.default_rng(n)
    x = rng.normal(size=(n, d))
    if mu is None:
        return interpolant(x, rng.normal(size=n), rng.normal(size=(n, d)))
    w = rng.uniform(1, 2, d)
    return Interpolant(x, x * x @ w / 2 + np.log1p(np.exp(x)).sum(axis=1), x * w + 1 / (1 + np.exp(-x)), 2.25, mu)


def degenerate() -> dict[str, Interpolant]:
    """Jets whose atoms coincide, lie in the hull of others, or all but coincide with a twin."""
    rng = np.random.default_rng(3)
    x = np.round(64 * rng.normal(size=(60, 2))) / 64
    twins = np.concatenate([x[:20], x[:20] + 1e-5 * rng.normal(size=(20, 2))])
    return {
        "one parabola": Interpolant(x, 1.5 * (x * x).sum(axis=1), 3 * x, 3),
        "one parabola, from above": Interpolant(x, 1.5 * (x * x).sum(axis=1), 3 * x, 7, 3),
        "one plane": Interpolant(x, x @ [1.0, 2.0] + 3, np.tile([1.0, 2.0], (60, 1)), 2, 0),
        "twins": Interpolant(twins, np.sin(twins).sum(axis=1), np.cos(twins), "6/5"),
    }


INTERPOLANTS: dict[str, Interpolant] = {
    "one jet": Interpolant([[1.0, 2.0]], [3.0], [[1.0, -1.0]], 4),
    "two jets": Interpolant([[0.0], [1.0]], [0.0, 0.0], [[-1.0], [-1.0]], 4),
    "many jets on a line": random_interpolant(9, 1),
    "nonconvex": random_interpolant(12, 3),
    "convex": random_interpolant(25, 3, 0.0),
    "strongly convex": random_interpolant(25, 6, 0.5),
    **degenerate(),
}

ALL: dict[str, ms.Function] = {**LINE, **RIDGES, **INTERPOLANTS}


def points(f: ms.Function) -> Array:
    """Floats near and thousands of periods away, and on the line knots and nodes."""
    rng = np.random.default_rng(7)
    if not isinstance(f, ms.LineFunction):
        near = rng.normal(size=(12, f.dimension))
        return np.concatenate([near, 30 * near, np.zeros((1, f.dimension))])
    spread = float(f.knots[-1] - f.knots[0]) if isinstance(f, ms.PiecewisePolynomial) else float(f.node(1))
    special = f.knots[:40] if isinstance(f, ms.PiecewisePolynomial) else f.nodes(3)
    near = rng.uniform(-2 * spread, 3 * spread, 40)
    return np.concatenate([near, 5000 * near, [float(t) for t in special]])


def steepness(f: ms.Function) -> float:
    """A float above L and above |f'| near the origin: the scale of what rounding an argument changes."""
    x = points(f)[:12]
    L = f.lipschitz_constant()
    upper = float(L.enclosure().upper()) if isinstance(L, ms.Surd) else float(L if isinstance(L, fmpq) else L.upper())
    return 2 * upper + float(np.abs(f.gradient(x)).max()) + float(np.abs(f.value(x)).max())


@cache
def folder() -> Path:
    """Where exported files are written: one folder a process."""
    return Path(mkdtemp(prefix="misstep-exports-"))


def load(target: str, f: ms.Function, **options: Any) -> Any:
    """The exported file, written, and imported by its path."""
    text = EXPORTS[target](f, **{"title": TITLE, **options})
    number = len(list(folder().iterdir()))
    path = folder() / f"{target}_{number}.py"
    path.write_text(text, encoding="utf-8")
    return from_path(path)

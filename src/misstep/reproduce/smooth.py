"""Row `smooth`: f is C¹, and exactly that."""

from __future__ import annotations

import numpy as np

from misstep.functions import PiecewisePolynomial, cubic
from misstep.functions.polynomial import Polynomial, derivative, horner
from misstep.reproduce.row import Finding, Part, Setting, Statement, Verdict
from misstep.scalars import FloatArray


def find(setting: Setting) -> Finding:
    """One-sided limits of f, f' and f'' at 0 and at a joint, from the polynomials themselves."""
    alpha = setting.alpha
    f = cubic(alpha)
    piece: Polynomial = f.coefficients[0]
    from_left = horner(piece, alpha), horner(derivative(piece), alpha)
    from_right = piece[0], piece[1]
    tail = f.value(-alpha) / alpha, f.gradient(-alpha)
    jump = f.curvature(alpha, side="left"), f.curvature(alpha, side="right")
    return Finding(
        claimed="C¹; f'' jumps from −6/α to 6/α at each node k ≥ 1",
        computed=f"f and f' agree from both sides at 0 and at the joints; f'' jumps from {jump[0]} to {jump[1]}",
        parts=(
            Part(
                "f and f' are continuous across every joint kα, k ≥ 1",
                f"(f, f') from the left {from_left}, from the right {from_right}",
                Verdict.proved(from_left == from_right),
            ),
            Part(
                "f and f' are continuous across 0, where f(t) = −t begins",
                f"t < 0: f(t) = −t, slope {tail[1]}; from the right (f, f') = {from_right}",
                Verdict.proved(tail == (1, -1) and list(from_right) == [0, -1]),
            ),
            Part(
                "f'' jumps from −6/α to 6/α at every joint, so f is not C²",
                f"{jump[0]} to {jump[1]}; 6/α = {6 / alpha}",
                Verdict.proved(jump == (-6 / alpha, 6 / alpha)),
            ),
            Part("the same function written out piece by piece passes the C¹ check of a spline", *_rebuilt(f)),
        ),
        data=_curves(f, float(alpha)),
    )


def _rebuilt(f: PiecewisePolynomial) -> tuple[str, Verdict]:
    """A piecewise polynomial checks that it is C¹ when it is built: unroll three periods and build that."""
    period = f.knots[1] - f.knots[0]
    knots = tuple(k * period for k in range(4))
    unrolled = PiecewisePolynomial(knots, f.coefficients * 3, None, None)
    same = all(unrolled.gradient(t) == f.gradient(t) for t in (-period, period / 3, period, 5 * period / 2))
    return "three periods written out as one spline pass the C¹ check", Verdict.proved(same)


def _curves(f: PiecewisePolynomial, alpha: float) -> dict[str, FloatArray]:
    """f/α, f' and α·f'' on [−1, 4] spacings, with both limits of f'' at the joints."""
    t = np.arange(-200, 801) / 200
    joints = np.arange(0.0, 4.0)
    both = np.sort(np.concatenate([t, joints]))
    left = np.concatenate([[False], both[1:] == both[:-1]])
    sides = [f.curvature(both * alpha, side=side) for side in ("left", "right")]
    curvature = np.where(left, sides[1], sides[0]) * alpha
    return {"t": both, "f": f.value(both * alpha) / alpha, "gradient": f.gradient(both * alpha), "curvature": curvature}


STATEMENT = Statement(
    "smooth",
    "The function is continuously differentiable on the whole line; its second derivative jumps at the nodes.",
    "Toint 2023, definition of f on ℝ⁺ and its extension by −t",
    True,
    (find,),
)

"""Row `bounded`: the minimum of f, as an algebraic number."""

from __future__ import annotations

from flint import fmpq

from misstep.functions import cubic, describe
from misstep.functions.polynomial import derivative, horner
from misstep.reproduce.row import Finding, Part, Setting, Statement, Verdict
from misstep.surd import surd


def find(setting: Setting) -> Finding:
    """The exact minimum over the pieces, its square, and where it is attained."""
    alpha = setting.alpha
    f = cubic(alpha)
    minimum, point = f.infimum(), f.minimizer()
    expected = surd(0, -alpha / 18, 3)
    square = minimum * minimum  # type: ignore[operator]
    u = point / alpha  # type: ignore[operator]
    slope = horner(derivative(f.coefficients[0]), point)
    return Finding(
        claimed="min f = −√3·α/18 at u = (3 − √3)/6",
        computed=f"min f = {describe(minimum)}, its square {square} = α²/108, at u = {u}",
        parts=(
            Part(
                "min f = −√3·α/18: negative, with square α²/108",
                f"min f = {describe(minimum)} ≈ {float(minimum):.6g}, square {square}",
                Verdict.proved(minimum == expected and square == alpha**2 / 108 and minimum < 0),
            ),
            Part(
                "attained at u = (3 − √3)/6, where f' = 0",
                f"u = {u}, f' = {slope} there",
                Verdict.proved(u == surd(fmpq(1, 2), fmpq(-1, 6), 3) and slope == 0),
            ),
            Part(
                "f(t) = −t > 0 on t < 0, so f is bounded below on the whole line",
                f"slope {f.gradient(-alpha)}",
                Verdict.proved(f.gradient(-alpha) == -1 and f.value(-alpha) == alpha),
            ),
        ),
    )


STATEMENT = Statement(
    "bounded",
    "The function is bounded below: its minimum is −√3·α/18.",
    "Toint 2023, boundedness of f",
    True,
    (find,),
)

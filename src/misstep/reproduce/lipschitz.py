"""Row `lipschitz`: the Lipschitz constant of f'."""

from __future__ import annotations

from misstep.functions import cubic, describe
from misstep.reproduce.row import Finding, Part, Setting, Statement, Verdict


def find(setting: Setting) -> Finding:
    """f'' is linear on every piece, so its extremes are at the pieces' ends; they are attained there as limits."""
    alpha = setting.alpha
    f = cubic(alpha)
    L = f.lipschitz_constant()
    # f'(h) − f'(0) = L·h − L·h²/α on (0, α): the difference quotient L − L·h/α comes as near to L as one likes.
    steps = [alpha / 2**j for j in range(1, 60)]
    quotients = [(f.gradient(h) - f.gradient(f.node(0))) / h for h in steps]
    attained = all(quotient == 6 / alpha - 6 * h / alpha**2 for quotient, h in zip(quotients, steps, strict=True))
    ends = [f.curvature(f.node(0)), f.curvature(alpha, side="left")]
    return Finding(
        claimed="L = 6/α",
        computed=f"L = {describe(L)} = 6/α exactly, attained as t → kα",
        parts=(
            Part(
                "|f''| ≤ 6/α on every piece, and f' is continuous, so L ≤ 6/α",
                f"f'' is linear from {ends[0]} to {ends[1]} on a piece, 0 on t < 0",
                Verdict.proved(L == 6 / alpha and [abs(end) for end in ends] == [6 / alpha] * 2),
            ),
            Part(
                "no smaller constant will do: (f'(h) − f'(0))/h = 6/α − 6h/α² for 0 < h < α",
                f"at h = α/2⁵⁹ the quotient is within {float((6 / alpha - quotients[-1]) / (6 / alpha)):.1e} of 6/α",
                Verdict.proved(attained),
            ),
        ),
    )


STATEMENT = Statement(
    "lipschitz",
    "The gradient is Lipschitz continuous with constant exactly 6/α.",
    "Toint 2023, L = 6/α",
    True,
    (find,),
)

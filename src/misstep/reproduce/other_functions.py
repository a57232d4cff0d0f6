"""Row `other-functions`: the families through the paper's jets, and the price of their smoothness."""

from __future__ import annotations

import numpy as np
from flint import arb, fmpq

from misstep.functions import LineFunction, cubic, describe, plateau, sine, smooth_plateau, spline
from misstep.functions.constants import Constant, enclosure
from misstep.functions.families import Left
from misstep.reproduce.row import Finding, Part, Setting, Statement, Verdict
from misstep.surd import surd

RHO = fmpq(1, 4)
"""Half-width of the plateaus in all rows, in spacings."""


def families(spacing: fmpq, *, left: Left = "linear") -> dict[str, tuple[LineFunction, str]]:
    """The families of the table with slope 1, and the smoothness of each."""
    return {
        "spline": (spline(spacing, left=left), "C^{1,1}"),
        "cubic": (cubic(spacing, left=left), "C^{1,1}"),
        "sine": (sine(spacing), "analytic"),
        "plateau": (plateau(spacing, rho=RHO, left=left), "C^{1,1}"),
        "C^∞ plateau": (smooth_plateau(spacing, rho=RHO), "C^∞"),
    }


def find(setting: Setting) -> Finding:
    """L·s/c and inf f/(c·s) for every family, exact or enclosed, against the closed forms."""
    s = setting.alpha
    sharp = 1 - 2 * RHO
    forms: dict[str, tuple[Constant, Constant, str]] = {
        "spline": (fmpq(4), fmpq(-1, 8), "4; −1/8"),
        "cubic": (fmpq(6), surd(0, fmpq(-1, 18), 3), "6; −√3/18"),
        "sine": (2 * arb.pi(), -1 / (2 * arb.pi()), "2π; −1/2π"),
        "plateau": (4 / sharp**2, -RHO - sharp**2 / 8, "4/(1 − 2ρ)²; −ρ − (1 − 2ρ)²/8"),
    }
    parts, summary = [], []
    grid = np.linspace(0.0, 2.0, 801)
    data: dict[str, np.ndarray] = {"t": grid}
    for name, (f, smoothness) in families(s).items():
        L, low = f.lipschitz_constant() * s, f.infimum() / s  # type: ignore[operator]
        jets = all(f.gradient(f.node(k)) == -1 and f.value(f.node(k)) == 0 for k in range(8))
        text = f"L·s/c = {describe(L)}, inf f/(c·s) = {describe(low)}, {smoothness}"
        if name in forms:
            expected_L, expected_low, form = forms[name]
            holds = _agree(L, expected_L) and _agree(low, expected_low)
            statement = f"{name}: L·s/c and inf f/(c·s) are {form}"
        else:
            # The least for these plateaus is 4/(1 − 2ρ)² = 16; a C^∞ function pays more.
            holds = bool(enclosure(L) > 4 / sharp**2)
            statement = f"{name} (ρ = {RHO}): more than the least for these plateaus, 4/(1 − 2ρ)² = {4 / sharp**2}"
        parts.append(Part(statement, text, Verdict.proved(holds and jets)))
        summary.append(f"{name} {float(L):.4g}")
        scale = float(s)
        data[name] = np.stack([f.value(grid * scale) / scale, f.gradient(grid * scale)])
    return Finding(
        claimed="the paper gives one function (L·s/c = 6); which others?",
        computed="L·s/c: " + ", ".join(summary),
        parts=tuple(parts),
        data=data,
    )


def _agree(found: Constant, expected: Constant) -> bool:
    """Equal where exact; else enclosures of one number, both tight."""
    if isinstance(found, arb) or isinstance(expected, arb):
        a, b = enclosure(found), enclosure(expected)
        return bool(a.overlaps(b)) and float((a - b).abs_upper()) < 1e-9
    return found == expected


STATEMENT = Statement(
    "other-functions",
    "Which other functions defeat Adam? A family through the same jets, each with its price and its smoothness.",
    "Open question 2",
    False,
    (find,),
)

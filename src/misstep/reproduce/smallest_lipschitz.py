"""Row `smallest-lipschitz`: 4/α is the best possible, and scaling makes it as small as wanted."""

from __future__ import annotations

from flint import fmpq

from misstep.constructions import Jet, smallest_lipschitz_constant
from misstep.functions import cubic, describe, spline
from misstep.optimizers import adam_dialect
from misstep.reproduce.orbit import is_on_orbit
from misstep.reproduce.row import Finding, Part, Setting, Statement, Verdict, said
from misstep.scalars import symbols
from misstep.trajectory import run


def find(setting: Setting) -> Finding:
    """Γ¹ of the jets, the spline that attains it, and Adam on G·f."""
    alpha = setting.alpha
    least = smallest_lipschitz_constant(Jet(fmpq(0), fmpq(0), fmpq(-1)), Jet(alpha, fmpq(0), fmpq(-1)))
    best, paper = spline(alpha), cubic(alpha)
    attained = best.lipschitz_constant()
    jets_kept = all(best.value_and_gradient(best.node(k)) == (0, -1) for k in range(100))
    price = paper.lipschitz_constant() / least  # type: ignore[operator]
    scaled, factor = _scaled(setting)
    return Finding(
        claimed="L = 6/α for the cubic; any constant for G·f",
        computed=f"least L = {describe(least)} = 4/α, attained by a quadratic spline; "
        f"the cubic pays {price} times that; "
        f"with G = {factor}, L = {describe(paper.scaled(factor).lipschitz_constant())} and the same iterates",
        parts=(
            Part(
                "no function through the jets has L < 4/α: f' ≤ −1 + L·min(t, α − t) on a gap, so 0 ≤ −α + L·α²/4",
                f"Γ¹ of neighbouring jets = {describe(least)}",
                Verdict.proved(least == 4 / alpha),
            ),
            Part(
                "a quadratic spline through the jets has L = 4/α",
                f"L = {describe(attained)}, inf f = {describe(best.infimum())}; jets at 100 nodes: {said(jets_kept)}",
                Verdict.proved(attained == 4 / alpha and jets_kept),
            ),
            Part("the cubic's 6/α is 3/2 times the least", f"ratio {price}", Verdict.proved(price == fmpq(3, 2))),
            Part("G·f has Lipschitz constant 6G/α and the same iterates for every G > 0", *scaled),
        ),
    )


def _scaled(setting: Setting) -> tuple[tuple[str, Verdict], fmpq]:
    """Adam's update with gradient −G, and an exact run with a tiny G."""
    alpha, beta1, beta2, x, G = symbols("alpha beta1 beta2 x G")
    adam = adam_dialect("toint", learning_rate=alpha, beta1=beta1, beta2=beta2)
    ahead, after = adam.update(-G, adam.init(x), x)
    again, _ = adam.update(-G, after, ahead)
    identity = ahead == x + alpha and again == x + 2 * alpha and (after.m, after.v) == (-G, G * G)
    factor = fmpq(1, 10**6)
    method = adam_dialect("toint", learning_rate=setting.alpha, beta1="9/10", beta2="999/1000")
    trajectory = run(cubic(setting.alpha).scaled(factor), method, "0", 50)
    same = is_on_orbit(trajectory, setting.alpha, factor)
    text = f"m = {after.m}, v = {after.v}, step α identically; exact run of 50 steps with G = {factor}: {said(same)}"
    return (text, Verdict.proved(identity and same)), factor


STATEMENT = Statement(
    "smallest-lipschitz",
    "Through the same jets the Lipschitz constant can be 4/α and no less; a scaled function has any constant.",
    "Toint 2023, remark that L can be arbitrarily small; sharpened here",
    False,
    (find,),
)

"""Row `epsilon`: the drift survives every ε ≥ 0, in both places."""

from __future__ import annotations

from flint import fmpq

from misstep.functions import describe, spline
from misstep.optimizers import Adam, adam_dialect
from misstep.reproduce.orbit import is_on_orbit, step_of_induction
from misstep.reproduce.row import Finding, Part, Setting, Statement, Verdict
from misstep.scalars import exact, sqrt, symbols
from misstep.trajectory import run


def find(setting: Setting) -> Finding:
    """The induction with ε as a symbol, exact runs with large and small ε, and the critical smoothness."""
    alpha = setting.alpha
    limit = 4 * exact("1e-8") / alpha
    return Finding(
        claimed="the conclusions also hold with ε in the denominator (not analysed)",
        computed="step αc/(c + ε) outside the root, αc/√(c² + ε) inside, constant for every ε ≥ 0; "
        f"L = 4(c + ε)/α > 4ε/α = {float(limit):.3g} at ε = 1e-8",
        parts=(
            Part("ε outside the root: m = −c, v = c² keep step αc/(c + ε), for all α, β1, β2, c, ε > 0", *_outside()),
            Part("ε inside the root: with ε = d² − c² the step is αc/d, so αc/√(c² + ε)", *_inside()),
            Part("exact runs on the spline of that spacing, ε from 0 to 1000, both placements", *_runs(setting)),
            Part(
                "critical smoothness: the drift with |f'| = c needs L = 4(c + ε)/α, for every c > 0",
                *_critical(setting),
            ),
        ),
    )


def _outside() -> tuple[str, Verdict]:
    """With α = a·(c + ε) the step is a polynomial: a·c, which is αc/(c + ε)."""
    a, beta1, beta2, c, eps, x = symbols("a beta1 beta2 c eps x")
    adam = Adam(
        learning_rate=a * (c + eps), beta1=beta1, beta2=beta2, eps=eps, bias_correction=False, start="first-gradient"
    )
    ahead, after = step_of_induction(adam, -c, x)
    holds = ahead - x == a * c and (after.m, after.v) == (-c, c * c)
    return f"α = a(c + ε): step {ahead - x}, m = {after.m}, v = {after.v}", Verdict.proved(holds)


def _inside() -> tuple[str, Verdict]:
    """With ε = d² − c² and α = a·d the root is d and the step a·c, which is αc/d."""
    a, beta1, beta2, c, d, x = symbols("a beta1 beta2 c d x")
    adam = Adam(
        learning_rate=a * d,
        beta1=beta1,
        beta2=beta2,
        eps=0,
        eps_root=d * d - c * c,
        bias_correction=False,
        start="first-gradient",
    )
    ahead, after = step_of_induction(adam, -c, x)
    holds = ahead - x == a * c and (after.m, after.v) == (-c, c * c)
    return f"ε = d² − c², α = a·d: step {ahead - x}, m = {after.m}, v = {after.v}", Verdict.proved(holds)


def _runs(setting: Setting) -> tuple[str, Verdict]:
    """Bias-corrected Adam, exact, on splines whose spacing is the exact step."""
    steps = 10 if setting.quick else 40
    holds, spacings = True, []
    # ε inside the root is chosen so that 1 + ε is a square: the step is then rational.
    cases = [{"eps": exact(e)} for e in ("0", "1e-8", "1/3", "1000")]
    cases += [{"eps": exact(0), "eps_root": exact(d) ** 2 - 1} for d in ("1", "1.00000001", "2", "30")]
    for case in cases:
        spacing = setting.alpha / (sqrt(1 + case.get("eps_root", fmpq(0))) + case["eps"])
        adam = adam_dialect("kingma-ba", learning_rate=setting.alpha, beta1="9/10", beta2="999/1000", **case)
        trajectory = run(spline(spacing), adam, "0", steps)
        holds = holds and is_on_orbit(trajectory, spacing)
        spacings.append(f"{float(spacing):.6g}")
    return f"x_k = k·spacing and g_k = −1 for k ≤ {steps}; spacings {', '.join(spacings)}", Verdict.proved(holds)


def _critical(setting: Setting) -> tuple[str, Verdict]:
    """For several c, Adam with ε = 1e-8 on the spline with slope c and the exact spacing."""
    alpha, eps = setting.alpha, exact("1e-8")
    holds, constants = True, []
    for c in map(exact, ("1", "1e-4", "1e-8", "1e-12")):
        spacing = alpha * c / (c + eps)
        f = spline(spacing, c)
        adam = adam_dialect("torch", learning_rate=alpha, beta1="9/10", beta2="999/1000")
        trajectory = run(f, adam, "0", 10 if setting.quick else 30)
        holds = holds and is_on_orbit(trajectory, spacing, c) and f.lipschitz_constant() == 4 * (c + eps) / alpha
        constants.append(f"{float(f.lipschitz_constant()):.6g}")
    text = f"c = 1, 1e-4, 1e-8, 1e-12 give L = {', '.join(constants)}; limit 4ε/α = {describe(4 * eps / alpha)}"
    return text, Verdict.proved(holds)


STATEMENT = Statement(
    "epsilon",
    "With ε > 0 in the denominator, outside or inside the root, the drift goes on with another constant spacing.",
    "Open question 3",
    False,
    (find,),
)

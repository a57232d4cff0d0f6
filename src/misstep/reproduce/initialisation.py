"""Row `initialisation`: zero moments instead of the first gradient, with and without bias correction."""

from __future__ import annotations

import numpy as np

from misstep.functions import cubic
from misstep.optimizers import AdamState, adam_dialect
from misstep.reproduce.drift import follow
from misstep.reproduce.orbit import is_on_orbit
from misstep.reproduce.row import Finding, Part, Setting, Statement, Verdict, said
from misstep.scalars import ball, exact, precision, symbols
from misstep.trajectory import run


def find(setting: Setting) -> Finding:
    """Symbols for the corrected form; symbols and balls for the uncorrected one."""
    steps = 20 if setting.quick else 60
    growth, largest = _uncorrected_steps(setting, steps)
    ratio = float(exact("1/10") / ball("1/1000").sqrt())
    departure = _departure(setting)
    return Finding(
        claimed="with bias correction the same iterates; without, steps α(1−β1^{k+1})/√(1−β2^{k+1})",
        computed=f"corrected: identical for all β1, β2; uncorrected (0.9, 0.999): first step {ratio:.4f}α, "
        f"largest {largest:.4f}α, and |g + 1| > 1/2 from step {departure} on f",
        parts=(
            Part("zero moments with bias correction: m̂ = −1, v̂ = 1, step α, for every k, β1, β2", *_corrected()),
            Part("the same on f itself, exact, (9/10, 999/1000)", *_exact_run(setting, steps)),
            Part(f"without correction the same m and v give the step formula: enclosed, k < {steps}", *growth),
        ),
    )


def _corrected() -> tuple[str, Verdict]:
    """One step from m = −(1 − p), v = 1 − q with p = β1^k and q = β2^k as symbols."""
    alpha, beta1, beta2, x, p, q = symbols("alpha beta1 beta2 x p q")
    adam = adam_dialect("kingma-ba", learning_rate=alpha, beta1=beta1, beta2=beta2)
    ahead, after = adam.update(x - x - 1, AdamState(1, p - 1, 1 - q, p, q, x - x), x)
    holds = (
        ahead == x + alpha
        and (after.m, after.v) == (beta1 * p - 1, 1 - beta2 * q)
        and (after.beta1_power, after.beta2_power) == (beta1 * p, beta2 * q)
    )
    return f"from m = −(1 − p), v = 1 − q: m = {after.m}, v = {after.v}, x = {ahead}", Verdict.proved(holds)


def _exact_run(setting: Setting, steps: int) -> tuple[str, Verdict]:
    adam = adam_dialect("kingma-ba", learning_rate=setting.alpha, beta1="9/10", beta2="999/1000")
    trajectory = run(cubic(setting.alpha), adam, "0", steps)
    holds = is_on_orbit(trajectory, setting.alpha)
    return f"x_k = kα and g_k = −1 for k ≤ {steps}: {said(holds)}", Verdict.proved(holds)


def _uncorrected_steps(setting: Setting, steps: int) -> tuple[tuple[str, Verdict], float]:
    """Adam's update on balls, fed g = −1, against the formula; and the largest step in units of α."""
    beta1, beta2 = exact("9/10"), exact("999/1000")
    with precision(128):
        alpha = ball(setting.alpha)
        adam = adam_dialect("uncorrected", learning_rate=alpha, beta1=ball(beta1), beta2=ball(beta2))
        zero = ball(0)
        state = adam.init(zero)
        agrees, sizes = True, []
        for k in range(steps):
            ahead, state = adam.update(ball(-1), state, zero)
            formula = alpha * (1 - ball(beta1 ** (k + 1))) / (1 - ball(beta2 ** (k + 1))).sqrt()
            agrees = agrees and ahead.overlaps(formula) and float((ahead - formula).abs_upper()) < 1e-30 * float(alpha)
            sizes.append(float(ahead / alpha))
    text = f"steps {sizes[0]:.4f}α, {sizes[1]:.4f}α, … {sizes[-1]:.4f}α agree with the formula to 10⁻³⁰"
    return (text, Verdict.proved(agrees and len({round(size, 6) for size in sizes}) > 1)), max(sizes)


def _departure(setting: Setting) -> int:
    """The first step at which the uncorrected method, in floating point, has left the paper's orbit."""
    adam = adam_dialect("uncorrected", learning_rate=setting.alpha)
    return int(follow(cubic(setting.alpha), adam, np.zeros(1), 100).departure[0])


STATEMENT = Statement(
    "initialisation",
    "Kingma and Ba's start (zero moments, bias correction) gives the same iterates; without correction they change.",
    "Toint 2023, the choice m₋₁ = g₀, v₋₁ = g₀²; Kingma & Ba 2015, Algorithm 1",
    True,
    (find,),
)

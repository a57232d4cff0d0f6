"""Row `jets`: the value and the gradient at every node."""

from __future__ import annotations

from misstep.functions import cubic
from misstep.reproduce.row import Finding, Part, Setting, Statement, Verdict
from misstep.scalars import Scalar

_SAMPLES = (*range(1, 1001), *(10**j for j in range(4, 7)), *(7919 * j for j in range(1, 127)))
"""Node numbers up to 10⁶: the first thousand, powers of ten, multiples of a prime."""


def find(setting: Setting) -> Finding:
    """Exact values on one period, and at sampled nodes."""
    f = cubic(setting.alpha)
    period = {(f.value(t), f.gradient(t)) for t in (f.node(0), f.node(1))}
    samples = _SAMPLES[:200] if setting.quick else _SAMPLES
    sampled = {f.value_and_gradient(f.node(k)) for k in samples}
    return Finding(
        claimed="f(kα) = 0, f'(kα) = −1 for all k ≥ 0",
        computed=f"f = 0 and f' = −1 exactly at both ends of a period; the same at {len(samples)} nodes to k = 10⁶"
        if not setting.quick
        else f"f = 0 and f' = −1 exactly at both ends of a period; the same at {len(samples)} nodes",
        parts=(
            Part(
                "on one period, so by periodicity at every node",
                f"(f, f') at 0 and α: {_pairs(period)}",
                Verdict.proved(period == {(0, -1)}),
            ),
            Part(
                "at sampled nodes kα",
                f"{len(samples)} nodes, k up to {max(samples)}: {_pairs(sampled)}",
                Verdict.proved(sampled == {(0, -1)}),
            ),
        ),
    )


def _pairs(found: set[tuple[Scalar, Scalar]]) -> str:
    return " and ".join(sorted(f"({value}, {gradient})" for value, gradient in found))


STATEMENT = Statement(
    "jets",
    "The function has value 0 and gradient −1 at every node x_k = kα.",
    "Toint 2023, the conditions f_k = 0 and g_k = −1 for all k ≥ 0",
    True,
    (find,),
)

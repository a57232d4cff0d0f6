"""Decreasing step sizes: iterates that run away on a gradient that vanishes."""

from __future__ import annotations

import math
from typing import Any

from flint import fmpq

from misstep.proofs.certificate import Certificate, certified
from misstep.proofs.rounding import above
from misstep.scalars import Exactable, exact, exact_from_float


def prove_vanishing(
    *,
    learning_rate: Exactable = 1,
    beta1: Exactable = "9/10",
    beta2: Exactable = "999/1000",
    slope: Exactable = 1,
    n_steps: int | None = None,
) -> Certificate:
    """The certificate that Adam with the rate α/√(k + 1) runs away though f'(x_k) = −c/√(k + 1) → 0.

    The scaled moments V_k = (k + 1)v_k/c² and U_k = √(k + 1)|m_k|/c stay below bounds B and D, the largest of K steps
    and of what the recurrences allow from there on; the function needs L = 4c√B/α and is above −αcD.

    Args:
        learning_rate: α > 0.
        beta1: β1 in [0, 1).
        beta2: β2 in [0, 1).
        slope: c > 0.
        n_steps: K; ten times the memory of the moments, unless told.

    Raises:
        NotProved: the bounds are not what the checker finds.

    >>> prove_vanishing(beta1="1/2", beta2="9/10").document["claim"]["lipschitz"]["value"]
    '...'

    Source: the claim in "Decreasing step sizes" of docs/mathematics.md.
    """
    alpha, b1, b2, c = exact(learning_rate), exact(beta1), exact(beta2), exact(slope)
    K = n_steps or max(10, math.ceil(10 / (1 - float(max(b1, b2)))))
    U = V = B = D = 1.0
    for k in range(K):
        j = (k + 2) / (k + 1)
        V = j * float(b2) * V + 1 - float(b2)
        U = math.sqrt(j) * float(b1) * U + 1 - float(b1)
        B, D = max(B, V), max(D, U)
    j = (K + 2) / (K + 1)
    B = max(B, (1 - float(b2)) / (1 - j * float(b2)))
    D = max(D, (1 - float(b1)) / (1 - j * float(b1)))
    method: dict[str, Any] = {
        "name": "adam",
        "learning_rate": str(alpha),
        "beta1": str(b1),
        "beta2": str(b2),
        "eps": "0",
        "eps_root": "0",
        "eps_hat": None,
        "start": "first-gradient",
        "amsgrad": None,
    }
    L, depth = 4 * c / alpha * exact_from_float(math.sqrt(B)), alpha * c * exact_from_float(D)
    claim = {
        "slope": str(c),
        "lipschitz": {"relation": "<=", "value": str(_bound(L))},
        "infimum": {"relation": ">=", "value": str(-_bound(depth))},
    }
    return certified("vanishing", method=method, claim=claim, proof={"steps": K})


def _bound(number: fmpq) -> fmpq:
    """A short fraction above a float's rounding errors."""
    return above(number * (1 + fmpq(1, 10**9)))

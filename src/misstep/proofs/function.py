"""Properties of a function alone: its constants, the jets it has, and whether its constant is the least for them."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from misstep.functions import PiecewisePolynomial
from misstep.proofs.certificate import Certificate, certified, numbers
from misstep.proofs.functions import claims, described
from misstep.scalars import Exactable, exact


def prove_function(
    function: PiecewisePolynomial,
    *,
    jets_at: Sequence[Exactable] = (),
    mu: fmpq | None = None,
    optimal: bool = False,
) -> Certificate:
    """The certificate of what a function is.

    Args:
        function: f.
        jets_at: Points whose values and gradients are claimed.
        mu: Least f'' to be claimed, or `None`.
        optimal: Whether no function with these jets has a smaller Lipschitz constant.

    Raises:
        NotProved: a claim does not hold.

    >>> from misstep import spline
    >>> print(prove_function(spline("1/10"), jets_at=["0", "1/10"], optimal=True).sentence)
    A function of one variable: f' has the Lipschitz constant 40, inf f = -1/80, through 2 jets; no smaller constant \
will do.
    """
    points = [exact(x) for x in jets_at]
    jets = [numbers([x, function.value(x), function.gradient(x)]) for x in points]
    claim = {**claims(function, mu=mu, optimal=optimal), "jets": jets}
    return certified("function", function=described(function), claim=claim, proof={})

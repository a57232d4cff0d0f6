"""A drift in which every operation rounds: the claim, and why a plateau absorbs the errors."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from misstep.report.certificate.drift_parts import slopes, times
from misstep.report.certificate.model import Block, Display, say
from misstep.report.certificate.number import minus, number, value_text
from misstep.report.certificate.piecewise import Piecewise
from misstep.report.certificate.setting import state_text
from misstep.report.certificate.values import Value, ends


def rounded_statement(claim: Mapping[str, Any], start: str, c: str) -> list[Block]:
    """The claim of a drift under rounding."""
    u, N, K = number(Fraction(claim["rounding"]["unit"])), claim["rounding"]["steps"], claim["from"]
    d = Fraction(claim["shift"]["value"])
    return [
        say(
            f"{start} the method runs away, also where every operation of the recurrence, every gradient and every sum "
            f"$x_k + s_k$ has a relative error of at most $u = {u}$: in each such run of {N} steps"
        ),
        Display(
            (
                rf"\abs{{x_k - x_{{{K}}} {times(-d, f'(k-{K})')}}} &\le E \text{{ for }} {K} \le k \le {N}",
                rf"\abs{{f'(x_k)}} &\ge {c} \text{{ for }} 0 \le k \le {N}",
            )
        ),
        say("with the number $E$ of the proof."),
    ]


def rounded(
    f: Piecewise, claim: Mapping[str, Any], given: Mapping[str, Any], x: Value | None, blocks: list[Block]
) -> None:
    """The supposition, the bound E, and the plateau."""
    d, N = number(Fraction(claim["shift"]["value"]), flat=True), claim["rounding"]["steps"]
    off = minus(Fraction(claim["shift"]["value"]))
    u = number(Fraction(claim["rounding"]["unit"]))
    word = [Fraction(w) for w in given["word"]]
    state = f"the state before step $k$ is such that {state_text(given['box'])}, and that " if given["box"] else ""
    blocks.append(
        say(
            f"Suppose that {state}the gradient at step $k$ is ${number(word[0])}$ up to its error. "
            f"Each result of the recurrence is widened by the factor $[1-u, 1+u]$, $u = {u}$; so computed, with "
            "intervals, the state after the step is in the same ranges, "
            "and the step $s_k$ lies in an interval $S$.",
            "The induction.",
        )
    )
    blocks.append(
        say(
            rf"A step moves $x$ by ${d}$ up to at most $\op{{max}} \abs{{S{off}}}$, and the sum $x_k + s_k$ is rounded "
            rf"by at most $u M$, where $M$ bounds $\abs{{x}}$ on the way. After at most {N} steps $x$ is off by at most"
        )
    )
    blocks.append(
        Display(
            (
                rf"E &= {N} (\op{{max}} \abs{{S{off}}} + u M)",
                rf"M &= \frac{{\abs{{x_{{{claim['from']}}}}} + {N} \op{{max}} \abs{{S}}}}{{1 - {N} u}}",
            )
        )
    )
    room = Fraction(0)
    if x is not None:
        (low, high), right = ends(x), Fraction(claim["shift"]["value"]) > 0
        room = min(f.flat_around(low, right=right)[0], f.flat_around(high, right=right)[1])
    plateau = (
        f"$f'$ is constant for at least ${value_text(room)}$ to both sides of where the iterates would be without "
        "error, and the checker found $E$ to be no more"
        if room > 0
        else "on the interval $[-E, E]$ around where the iterates would be without error $f'$ is constant, as the "
        "checker found"
    )
    blocks.append(
        say(
            f"{plateau[0].upper() if plateau[0] != '$' else plateau[0]}{plateau[1:]}. So the gradient is "
            f"${number(word[0])}$ up to its error again, and the supposition holds for $k+1$.",
            "The plateau.",
        )
    )
    slopes(claim, word, blocks)

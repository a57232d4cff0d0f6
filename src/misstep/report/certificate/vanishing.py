"""The proof that iterates run away under decreasing steps, though the gradient vanishes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from misstep.report.certificate.model import Block, Display, say
from misstep.report.certificate.number import number, scaled
from misstep.report.certificate.setting import parameters


def definitions(document: Mapping[str, Any]) -> list[Block]:
    """Adam with a step size that falls as 1/sqrt(k + 1)."""
    method = document["method"]
    alpha, b1, b2 = (_text(method[name], letter) for name, letter in _PARAMETERS)
    keep = [_rest(method[name], letter) for name, letter in _PARAMETERS]
    return [
        say(
            f"Adam (Kingma & Ba 2015) {parameters(method)}, with averages that start from the first gradient and a "
            f"step size that falls. From $x_k$ and $g_k = f'(x_k)$ it goes to $x_{{k+1}}$ by",
            "The method.",
        ),
        Display(
            (
                f"m_k &= {b1} m_{{k-1}}+{keep[1]} g_k",
                f"v_k &= {b2} v_{{k-1}}+{keep[2]} g_k^2",
                rf"x_{{k+1}} &= x_k - \frac{{{alpha}}}{{\sqrt{{k+1}}}} \cdot \frac{{m_k}}{{\sqrt{{v_k}}}}",
            )
        ),
        say("At $k = 0$ it is $m_0 = g_0$ and $v_0 = g_0^2$ instead."),
    ]


_PARAMETERS = (("learning_rate", r"\alpha"), ("beta1", r"\beta_1"), ("beta2", r"\beta_2"))


def _text(value: Any, letter: str) -> str:
    return letter if isinstance(value, list) else number(Fraction(value))


def _rest(value: Any, letter: str) -> str:
    return f"(1-{letter})" if isinstance(value, list) else number(1 - Fraction(value))


def statement(document: Mapping[str, Any]) -> list[Block]:
    """The claim."""
    claim = document["claim"]
    c, L, low = (Fraction(v) for v in (claim["slope"], claim["lipschitz"]["value"], claim["infimum"]["value"]))
    return [
        say(
            rf"There are a function $f$ of one variable with $\op{{inf}} f \ge {number(low)}$, whose derivative is "
            f"Lipschitz continuous with the constant ${number(L)}$, and a start, such that"
        ),
        Display(
            (
                rf"f'(x_k) &= -\frac{{{number(c, flat=True)}}}{{\sqrt{{k+1}}}} \text{{ for all }} k \ge 0",
                r"x_k &\to \infty",
            )
        ),
    ]


def proof(document: Mapping[str, Any]) -> list[Block]:
    """The argument."""
    claim, method, K = document["claim"], document["method"], document["proof"]["steps"]
    c, L, low = (number(Fraction(v)) for v in (claim["slope"], claim["lipschitz"]["value"], claim["infimum"]["value"]))
    alpha, b1, b2 = (_text(method[name], letter) for name, letter in _PARAMETERS)
    one, two = (_rest(method[name], letter) for name, letter in _PARAMETERS[1:])
    B, D = _bounds(method, K)
    return [
        say(
            r"Ask for $f(x_k) = 0$ and $f'(x_k) = -c_k$ at the iterates, with $c_k = "
            + rf"{c}/\sqrt{{k+1}}$. An average of earlier terms of a falling sequence is at least its last one, so "
            rf"$\abs{{m_k}} \ge c_k$ and $v_k \ge c_k^2$. The scaled averages $V_k = (k+1) v_k/c_0^2$ and $U_k = "
            rf"\sqrt{{k+1}} \abs{{m_k}}/c_0$ obey $V_0 = U_0 = 1$ and",
            "The averages.",
        ),
        Display(
            (
                rf"V_{{k+1}} &= \frac{{k+2}}{{k+1}} \cdot {b2} V_k+{two}",
                rf"U_{{k+1}} &= \sqrt{{\frac{{k+2}}{{k+1}}}} \cdot {b1} U_k+{one}",
            )
        ),
        say(
            f"The largest of the first {K + 1} are computed; from $k = {K}$ on the factors before $V_k$ and $U_k$ "
            r"are less than 1, so that they stay below the larger of that and a fixed point. In this way $V_k \le B "
            rf"\approx {B}$ and $U_k \le D \approx {D}$ for all $k$.",
            "The bounds.",
        ),
        say(
            rf"The step $h_k = {'' if alpha == '1' else alpha} \abs{{m_k}}/\sqrt{{(k+1) v_k}}$ is at least "
            rf"${alpha}/\sqrt{{(k+1) B}}$, whose sum is infinite: $x_k \to \infty$.",
            "The steps.",
        ),
        say(
            "Between $x_k$ and $x_{k+1}$ go up from the slope $-c_k$ and down to $-c_{k+1}$, with $f = 0$ at both "
            r"ends. As $c_{k+1} \le c_k$ that needs no more than the constant",
            "The function.",
        ),
        Display((rf"\frac{{4 c_k}}{{h_k}} &\le {_price(claim, method)} \le {L}",)),
        say(
            rf"and $f' \ge -c_k$ there, so that $f \ge -c_k h_k \ge -{_fall(claim, method)} \ge {low}$. To the left of "
            f"$x_0$ the function follows its tangent line, of slope ${number(-Fraction(claim['slope']))}$: it is at "
            "least 0 there."
        ),
    ]


def _price(claim: Mapping[str, Any], method: Mapping[str, Any]) -> str:
    """4·c·sqrt(B)/α."""
    c, alpha = Fraction(claim["slope"]), method["learning_rate"]
    if isinstance(alpha, list):
        return rf"\frac{{{number(4 * c, flat=True)} \sqrt{{B}}}}{{\alpha}}"
    return scaled(4 * c / Fraction(alpha), r"\sqrt{B}")


def _fall(claim: Mapping[str, Any], method: Mapping[str, Any]) -> str:
    """α·c·D."""
    c, alpha = Fraction(claim["slope"]), method["learning_rate"]
    return scaled(c, r"\alpha D") if isinstance(alpha, list) else scaled(c * Fraction(alpha), "D")


def _bounds(method: Mapping[str, Any], K: int) -> tuple[str, str]:
    """B and D, about."""
    b1, b2 = (float(Fraction(v[1] if isinstance(v, list) else v)) for v in (method["beta1"], method["beta2"]))
    u = v = B = D = 1.0
    for k in range(K):
        j = (k + 2) / (k + 1)
        v, u = j * b2 * v + 1 - b2, math.sqrt(j) * b1 * u + 1 - b1
        B, D = max(B, v), max(D, u)
    j = (K + 2) / (K + 1)
    if j * b2 < 1 and j * b1 < 1:
        B, D = max(B, (1 - b2) / (1 - j * b2)), max(D, (1 - b1) / (1 - j * b1))
    return f"{B:.6f}", f"{D:.6f}"

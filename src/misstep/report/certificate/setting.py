"""The definitions before a theorem: the method with its numbers, and the function."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from misstep.report.certificate.expression import Name, write
from misstep.report.certificate.functions import joined
from misstep.report.certificate.methods import SYMBOLS, TITLES, Recurrence, shown_lines
from misstep.report.certificate.model import Block, Display, say
from misstep.report.certificate.number import interval, number

_STEP = Name("x", "x_k")
_CHOICES = {
    ("start", "zero"): "averages that start from 0 and are not corrected",
    ("start", "first-gradient"): "averages that start from the first gradient",
    ("start", "corrected"): "bias correction",
    ("amsgrad", "raw"): "the maximum of AMSGrad, of the average before correction",
    ("amsgrad", "corrected"): "the maximum of AMSGrad, of the corrected average",
    ("centered", True): "the variance in the place of the second moment",
}


def name_of(method: Mapping[str, Any]) -> str:
    """What the method is called."""
    return TITLES[method["name"]][0]


def parameters(method: Mapping[str, Any]) -> str:
    """The method's parameters with their numbers, for a sentence."""
    fixed, free = [], []
    for key, symbol in SYMBOLS.items():
        value = method.get(key)
        if isinstance(value, list):
            free.append(rf"${symbol} \in {interval(*map(Fraction, value))}$")
        elif value is not None and not (key.startswith("eps") and value == "0"):
            fixed.append(f"${symbol} = {number(Fraction(value))}$")
    text = f"with {joined(fixed)}" if fixed else ""
    if free:
        text += f"{', and ' if text else 'with '}any {joined(free)}"
    return text


def method_blocks(
    method: Mapping[str, Any], r: Recurrence, *, gradient: str = "f'(x_k)", own_start: bool = True
) -> list[Block]:
    """How the method goes from x_k to x_{k+1}.

    Args:
        method: Of a certificate.
        r: Its recurrence.
        gradient: What g_k is.
        own_start: Whether the state starts as the method says, and not as the claim says.
    """
    title, source = TITLES[method["name"]]
    choices = [text for (key, value), text in _CHOICES.items() if method.get(key) == value]
    what = f", with {joined(choices)}" if choices else ""
    blocks: list[Block] = [
        say(
            f"{title}{f' ({source})' if source else ''} {parameters(method)}{what}. "
            f"From $x_k$ and the gradient $g_k = {gradient}$ it goes to $x_{{k+1}}$ by",
            "The method.",
        )
    ]
    lines = [f"{left} &= {write(term)}" for left, term in shown_lines(r)]
    lines.append(f"x_{{k+1}} &= {write(_STEP + r.step)}")
    blocks.append(Display(tuple(lines)))
    notes = []
    if r.warmup is not None:
        notes.append(rf"While $\rho_k \le 5$ it is $x_{{k+1}} = {write(_STEP + r.warmup)}$ instead.")
    if "h" in r.ranges:
        notes.append(r"Here $h = (\frac{24}{25})^\psi$, $n_k$ and $l_k$ are this step's momentum and the next one's.")
    if method["name"] == "adam" and method["start"] == "corrected":
        notes.append("Here $m_k$ and $v_k$ are the averages after bias correction.")
    starts = [f"${name}_{{-1}} = {number(value)}$" for name, value in r.state.items() if name not in r.hidden]
    if r.first_gradient:
        notes.append("At $k = 0$ it is $m_0 = g_0$ and $v_0 = g_0^2$ instead.")
    elif starts and own_start:
        notes.append(f"At the start {joined(starts)}.")
    if notes:
        blocks.append(say(" ".join(notes)))
    return blocks


def symbol(name: str) -> str:
    """A state variable as it is written in a proof."""
    return rf"\beta_{name[1]}^k" if name in ("p1", "p2") else name


def state_text(values: Mapping[str, Any]) -> str:
    r"""State variables with a number or a range each.

    >>> state_text({"m": ["-1", "-1"], "v": ["0", "1"]})
    '$m = -1$ and $v \\in [0, 1]$'
    """
    items = []
    for name, value in values.items():
        low, high = map(Fraction, value if isinstance(value, list) else (value, value))
        relation = "=" if low == high else r"\in"
        items.append(f"${symbol(name)} {relation} {interval(low, high)}$")
    return joined(items) if items else ""

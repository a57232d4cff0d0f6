"""The argument of a drift whose state tends to a settled one: a contraction, and a plateau that absorbs the rest."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from misstep.report.certificate.drift_parts import FOLLOWED, period_table, slopes
from misstep.report.certificate.functions import joined
from misstep.report.certificate.methods import Recurrence, advance
from misstep.report.certificate.model import Block, Display, say
from misstep.report.certificate.number import minus, number, scaled, value_text
from misstep.report.certificate.piecewise import Piecewise
from misstep.report.certificate.setting import state_text, symbol
from misstep.report.certificate.values import Interval, Unknown, Value, ends


def contracting(
    f: Piecewise,
    claim: Mapping[str, Any],
    given: Mapping[str, Any],
    r: Recurrence,
    x: Value | None,
    blocks: list[Block],
) -> None:
    """From the settled state to the plateau."""
    K, p, d = claim["from"], claim["period"], Fraction(claim["shift"]["value"])
    word = [Fraction(w) for w in given["word"]]
    settled: dict[str, Value] = {name: Fraction(value) for name, value in given["settled"].items()}
    rate = Fraction(given["rate"])
    radii = joined(
        [_near(name, Fraction(value), Fraction(given["radius"][name])) for name, value in given["settled"].items()]
    )
    gradients = f"the gradient ${number(word[0])}$" if p == 1 else f"the {p} gradients below"
    blocks.append(
        say(
            f"From the state {state_text(given['settled'])}, {gradients} lead{'s' if p == 1 else ''} back to this "
            f"state, exactly, while $x$ moves by ${number(d)}$:",
            "The settled state.",
        )
    )
    blocks.append(period_table(word, settled, r))
    blocks.append(
        say(
            f"At step {K} the state is near it: {radii}. As long as the gradients are those of the word, a period "
            "multiplies a deviation by its derivative $J$, and by the mean value theorem",
            "The contraction.",
        )
    )
    blocks.append(Display((rf"\sum_b \abs{{J_{{ab}}}} r_b &\le {number(rate)} \cdot r_a",)))
    blocks.append(
        say(
            "for each variable $a$ with its radius $r_a$, over all states that near. So the $j$-th period begins "
            f"within ${write_power(rate)}$ times the radius of the settled state. "
            rf"Let $e_i$ bound what such a deviation does to the first $i$ steps, $e_i = \sum_b \abs{{E_{{ib}}}} r_b$ "
            f"with $E$ their derivatives. The $j$-th period moves $x$ by ${number(d)}$ up to ${write_power(rate)} "
            f"e_{{{p}}}$; these deviations add up to at most"
        )
    )
    blocks.append(
        Display((rf"R &= e_{{{p}}} \cdot \sum_j {write_power(rate)} = {scaled(1 / (1 - rate), f'e_{{{p}}}')}",))
    )
    room = _room(f, word, settled, r, x, d)
    blocks.append(
        say(
            (
                "Around the points that the settled state would visit $f'$ is constant, for at least "
                f"${value_text(room)}$ to both sides, and the checker found $R + e_i$ to be no more. "
                if room > 0
                else "$f'$ is the same on all intervals of half-width $R + e_i$ around the points that the settled "
                "state would visit, as the checker found. "
            )
            + "So every iterate is where $f'$ is the next letter of the word, and the supposition on the gradients "
            "holds by induction.",
            "The plateau.",
        )
    )
    slopes(claim, word, blocks)


def _near(name: str, value: Fraction, radius: Fraction) -> str:
    """A variable within a radius of a value."""
    if radius == 0:
        return f"${symbol(name)} = {number(value)}$"
    return rf"$\abs{{{symbol(name)}{minus(value)}}} \le {number(radius)}$"


def write_power(rate: Fraction) -> str:
    """rate^j."""
    text = number(rate, flat=True)
    return f"({text})^j" if set(text) & set("/^…") else f"{text}^j"


def _room(
    f: Piecewise, word: list[Fraction], settled: Mapping[str, Value], r: Recurrence, x: Value | None, d: Fraction
) -> Fraction:
    """How far the iterates may stray from where the settled state leads, with the same gradients; 0: not known."""
    if x is None:
        return Fraction(0)
    low, high = ends(x)
    current: dict[str, Value] = dict(settled)
    rooms: list[Fraction] = []
    moved = Fraction(0)
    try:
        for w in word[:FOLLOWED]:
            rooms += [f.flat_around(low + moved, right=d > 0)[0], f.flat_around(high + moved, right=d > 0)[1]]
            step, current = advance(r, current, w, None)
            if isinstance(step, Interval):
                return Fraction(0)
            moved += step
    except Unknown:
        return Fraction(0)
    return min(rooms) if len(word) <= FOLLOWED else Fraction(0)

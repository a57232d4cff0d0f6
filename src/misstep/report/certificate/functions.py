"""The certificate's function in formulas: its definition, what is claimed of it, and why that holds."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from misstep.report.certificate.model import Block, Cases, Display, Table, say, shorten
from misstep.report.certificate.number import minus, number, scaled
from misstep.report.certificate.piecewise import Piecewise, Polynomial
from misstep.report.certificate.unicode import unicode

MOST_PIECES = 8
"""Pieces that are written out; how many there are in all is said."""
_WIDEST = 62
"""Characters of a piece's formula and condition up to which pieces are written as cases."""


def polynomial(coefficients: Polynomial, knot: Fraction, variable: str = "t") -> str:
    r"""Σ c_j (t − knot)^j without the terms that are 0.

    >>> polynomial([Fraction(0), Fraction(-1), Fraction(1, 2)], Fraction(1))
    '-(t-1)+\\frac{1}{2} (t-1)^2'
    """
    shifted = f"({variable}{'-' if knot > 0 else '+'}{number(abs(knot), flat=True)})" if knot else variable
    text = ""
    for j, c in enumerate(coefficients):
        if c == 0:
            continue
        base = "" if j == 0 else shifted if j == 1 else f"{shifted}^{j}"
        size = abs(c)
        factor = base if j > 0 and size == 1 else f"{number(size)} {base}".strip()
        text += ("-" if c < 0 else "+" if text else "") + factor
    return text or "0"


def definition(f: Piecewise) -> list[Block]:
    """The pieces, and how the function goes on beyond them."""
    n = len(f.pieces)
    rows = [
        (
            polynomial(piece, f.knots[i]),
            rf"{number(f.knots[i], flat=True)} \le t \le {number(f.knots[i + 1], flat=True)}",
        )
        for i, piece in enumerate(f.pieces[:MOST_PIECES])
    ]
    blocks: list[Block]
    if n <= MOST_PIECES and all(len(unicode(a)) + len(unicode(b)) <= _WIDEST for a, b in rows):
        blocks = [Cases("f(t)", tuple(rows))]
    else:
        degree = max(map(len, f.pieces[:MOST_PIECES])) - 1
        cells = [
            (
                str(i),
                number(f.knots[i], flat=True),
                *(number(c, flat=True) for c in piece),
                *["0"] * (degree + 1 - len(piece)),
            )
            for i, piece in enumerate(f.pieces[:MOST_PIECES])
        ]
        head = ("i", "t_i", *(f"c_{j}" for j in range(degree + 1)))
        blocks = [
            Display((r"f(t) &= \sum_j c_j (t-t_i)^j, t_i \le t \le t_{i+1}",)),
            Table(head, shorten(cells, n, MOST_PIECES), say(_pieces_note(f)).parts),
        ]
    blocks.append(say(f"{_tail(f, left=True)} {_tail(f, left=False)}"))
    return blocks


def _pieces_note(f: Piecewise) -> str:
    n, last = len(f.pieces), number(f.knots[-1], flat=True)
    more = f" ({n} in all)" if n > MOST_PIECES else ""
    return f"The pieces from $t_0 = {number(f.knots[0], flat=True)}$ to $t_{{{n}}} = {last}${more}."


def _tail(f: Piecewise, *, left: bool) -> str:
    rule, period = f.left if left else f.right
    end = f"$t < {number(f.knots[0])}$" if left else f"$t > {number(f.knots[-1])}$"
    order = "For" if left else "for"
    if rule == "tangent":
        i = 0 if left else len(f.pieces) - 1
        slope = f.at_end(i, 1, right=not left)
        text = f"{order} {end} it follows its tangent line, of slope ${number(slope)}$"
    elif rule == "extend":
        text = f"{order} {end} the polynomial of the {'first' if left else 'last'} piece goes on"
    else:
        whole = period == f.knots[-1] - f.knots[0]
        what = "it repeats" if whole else f"what it is on the {'first' if left else 'last'} ${number(period)}$ repeats"
        text = f"{order} {end} {what}, with the period ${number(period)}$"
    return text + (";" if left else ".")


def properties(claim: Mapping[str, Any], *, many: bool = False) -> list[str]:
    """What is claimed of the function, as sentences that follow each other.

    Args:
        claim: Of a certificate.
        many: Whether the function is one of many variables, F.
    """
    f, prime, x2 = ("F", r"\nabla F", r"\abs{x}^2") if many else ("f", "f'", "x^2")
    L, low, mu = claim["lipschitz"], claim["infimum"], claim.get("mu")
    value = f"${number(Fraction(L['value']))}$"
    exact = "has the Lipschitz constant" if L["relation"] == "=" else "has a Lipschitz constant of at most"
    text = [f"${prime}$ {exact} {value}"]
    text.append(rf"$\op{{inf}} {f} {bound(low)} {number(Fraction(low['value']))}$")
    if mu is not None:
        strong = Fraction(mu)
        what = f"${f}$ is convex" if strong == 0 else rf"${f}-{scaled(strong / 2, x2)}$ is convex"
        text.append(what)
    return text


def joined(items: list[str]) -> str:
    """Items with commas and a last `and`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def argument(f: Piecewise, claim: Mapping[str, Any]) -> list[Block]:
    """Why the function has the properties that are claimed of it."""
    blocks: list[Block] = []
    n = len(f.pieces)
    L, low = Fraction(claim["lipschitz"]["value"]), claim["infimum"]
    linear = all(len(piece) <= 4 for piece in f.pieces)
    blocks.append(
        say(
            "At each knot the values and the slopes of the two sides agree"
            + (", also where a repeated part meets itself" if "repeat" in (f.left[0], f.right[0]) else "")
            + ": $f$ is continuously differentiable. "
            + (
                "On each piece $f''$ is linear, so it lies between its values at the two ends, which are these."
                if linear
                else "On each piece $f''$ is a polynomial; its values at the two ends are these."
            ),
            "The function.",
        )
    )
    rows = []
    for i in range(min(n, MOST_PIECES)):
        a, b = f.at_end(i, 2, right=False), f.at_end(i, 2, right=True)
        ends_ = (number(f.knots[i], flat=True), number(f.knots[i + 1], flat=True))
        jets = [number(f.at_end(i, order, right=right), flat=True) for right in (False, True) for order in (0, 1)]
        rows.append(
            (
                f"[{ends_[0]}, {ends_[1]}]",
                jets[0],
                jets[2],
                jets[1],
                jets[3],
                number(a, flat=True),
                number(b, flat=True),
            )
        )
    note = say(f"The first of {n} pieces.").parts if n > MOST_PIECES else ()
    head = (
        r"\text{piece}",
        r"f \text{ from}",
        r"\text{to}",
        r"f' \text{ from}",
        r"\text{to}",
        r"f'' \text{ from}",
        r"\text{to}",
    )
    blocks.append(Table(head, shorten(rows, n, MOST_PIECES), note))
    how = "" if linear else " on every piece (its Bernstein coefficients, after halving where needed, say so)"
    equal = claim["lipschitz"]["relation"] == "="
    blocks.append(
        say(
            rf"So $\abs{{f''}} \le {number(L)}${how}, and the tails bring in no other values"
            + (
                ". The value is taken at an end of a piece, so that no smaller constant serves this $f$."
                if equal
                else "."
            )
        )
    )
    blocks.append(say(_lowest(f, low)))
    mu = claim.get("mu")
    if mu is not None:
        strong = Fraction(mu)
        blocks.append(
            say(
                f"On every piece and tail $f'' \\ge {number(strong)}$, and $f'$ is continuous: "
                + ("$f$ is convex." if strong == 0 else f"$f-{scaled(strong / 2, 'x^2')}$ is convex.")
            )
        )
    return blocks


def _lowest(f: Piecewise, low: Mapping[str, Any]) -> str:
    v = Fraction(low["value"])
    reasons = {
        "repeat": "a repeated part repeats",
        "tangent": "a tangent rises outward",
        "extend": "an extended piece does not turn down",
    }
    tails = f"The tails go no lower: {joined([reasons[rule] for rule in dict.fromkeys((f.left[0], f.right[0]))])}."
    if all(len(piece) <= 3 for piece in f.pieces):
        place, least = _minimum(f)
        where = (
            rf"The least value of the pieces, each of degree at most 2, is ${number(least)}$, at $t = {number(place)}$."
        )
    else:
        where = rf"On each piece $f{minus(v)} \ge 0$, as its Bernstein coefficients on parts of the piece show."
    return rf"{where} {tails} Hence $\op{{inf}} f {bound(low)} {number(v)}$."


def _minimum(f: Piecewise) -> tuple[Fraction, Fraction]:
    """Where a function of quadratic pieces is least, tails extended, and its value there."""
    found: list[tuple[Fraction, Fraction]] = []
    last = len(f.pieces) - 1
    for i, piece in enumerate(f.pieces):
        for right in (False, True):
            found.append((f.at_end(i, 0, right=right), f.knots[i + right]))
        if len(piece) == 3 and piece[2] > 0:
            t = -piece[1] / (2 * piece[2])
            inside = (t >= 0 or (i == 0 and f.left[0] == "extend")) and (
                t <= f.lengths[i] or (i == last and f.right[0] == "extend")
            )
            if inside:
                found.append((piece[0] + piece[1] * t / 2, f.knots[i] + t))
    value, place = min(found)
    return place, value


def bound(low: Mapping[str, Any]) -> str:
    """What stands between inf f and the number of its claim."""
    return "=" if low["relation"] == "=" else r"\ge"

"""The proof that a method goes round: by its points, or by Krawczyk's test, and what its neighbors do."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from misstep.report.certificate.functions import argument, joined
from misstep.report.certificate.least import slope_is_least
from misstep.report.certificate.methods import Recurrence, advance
from misstep.report.certificate.model import Block, Display, Table, count, say, shorten
from misstep.report.certificate.number import interval, minus, number, value_text
from misstep.report.certificate.piecewise import Piecewise, midpoint
from misstep.report.certificate.values import Unknown, Value, hull, tidy

_ROWS = 12
_FOLLOWED = 500
_LARGEST = 4
"""Variables up to which a matrix is written out."""


def _range(value: Any) -> tuple[Fraction, Fraction]:
    low, high = value if isinstance(value, list) else (value, value)
    return Fraction(low), Fraction(high)


def _point(claim: Mapping[str, Any]) -> str:
    """x and the state, with a number or a range each."""
    items = []
    for name, value in {"x": claim["x"], **claim["state"]}.items():
        low, high = _range(value)
        if low == high:
            items.append(f"${name} = {number(low)}$")
        else:
            items.append(rf"$\abs{{{name}{minus((low + high) / 2)}}} \le {number((high - low) / 2)}$")
    return joined(items)


def statement(document: Mapping[str, Any]) -> list[Block]:
    """The claim of a cycle."""
    claim = document["claim"]
    p, c = claim["period"], number(Fraction(claim["slope"]))
    exact = document["proof"]["rule"] == "exact"
    variables = joined([f"${name}$" for name in ("x", *claim["state"])])
    if exact:
        start = f"From {_point(claim)}"
    else:
        start = (
            f"There {'is a point' if not claim['state'] else 'are a point and a state'} with {_point(claim)} from which"
        )
    blocks: list[Block] = [
        say(
            f"{start} the method goes round: after {count(p, 'step')} {variables} "
            f"{'is' if not claim['state'] else 'are'} what {'it was' if not claim['state'] else 'they were'},"
        ),
        Display((rf"x_{{k+{p}}} &= x_k", rf"\abs{{f'(x_k)}} &\ge {c} \text{{ for all }} k \ge 0")),
    ]
    stability = claim["stability"]
    if stability is not None and stability["type"] == "attracting":
        radii = joined([rf"${number(Fraction(r))}$ of ${name}$" for name, r in stability["radius"].items()])
        blocks.append(
            say(
                f"The cycle attracts: every start within {radii} converges to it, and its deviation, relative to these "
                "radii, shrinks "
                f"by the factor ${number(Fraction(stability['rate']))}$ at least every "
                f"{count(stability['repeats'] * p, 'step')}."
            )
        )
    elif stability is not None:
        low, high = map(Fraction, stability["multiplier"])
        blocks.append(
            say(
                f"The cycle repels: the spectral radius of the derivative of {count(p, 'step')} lies in "
                f"${interval(low, high)}$, so that some deviations grow so much every {count(p, 'step')}."
            )
        )
    return blocks


def proof(document: Mapping[str, Any], r: Recurrence) -> list[Block]:
    """The argument, by the certificate's rule."""
    f, claim = Piecewise.of(document["function"]), document["claim"]
    blocks = argument(f, claim)
    exact = document["proof"]["rule"] == "exact"
    rows, points = follow(f, claim, r)
    if exact:
        blocks.append(say("One period, computed exactly:", "The cycle."))
        blocks.append(_table(r, rows, claim["period"]))
        blocks.append(
            say(
                "The last step leads back to where the first began, and the gradients are at least "
                f"${number(Fraction(claim['slope']))}$ in absolute value."
            )
        )
    else:
        _krawczyk(document, r, rows, blocks)
    stability = claim["stability"]
    if stability is not None:
        blocks += _attracting(claim) if stability["type"] == "attracting" else _repelling(claim)
    if claim["optimal"]:
        blocks += slope_is_least(Fraction(claim["lipschitz"]["value"]), points)
    return blocks


def follow(
    f: Piecewise, claim: Mapping[str, Any], r: Recurrence
) -> tuple[list[tuple[str, ...]], list[tuple[Fraction, Fraction]]]:
    """Rows of the points, gradients and states of a period, and its points with their gradients.

    An enclosed cycle is followed from the middle of its box.
    """
    x: Value = midpoint(hull(*_range(claim["x"])))
    state: dict[str, Value] = {name: midpoint(hull(*_range(value))) for name, value in claim["state"].items()}
    rows, points = [], []
    try:
        for k in range(min(claim["period"], _FOLLOWED)):
            g = f.slope(x)
            points.append((midpoint(x), midpoint(g)))
            if k < _ROWS:
                rows.append((str(k), value_text(x), value_text(g), *map(value_text, state.values())))
            step, state = advance(r, state, g, None)
            x = tidy(x + step)
        if claim["period"] < _ROWS:
            g = f.slope(x)
            rows.append((str(claim["period"]), value_text(x), value_text(g), *map(value_text, state.values())))
    except Unknown:
        pass
    return rows, points


def _table(r: Recurrence, rows: list[tuple[str, ...]], period: int) -> Table:
    head = ("k", "x_k", "g_k", *(f"{name}_{{k-1}}" for name in r.state))
    shown = shorten(rows, period, _ROWS) if period >= _ROWS else tuple(rows)
    note = say(f"({period} points in all.)").parts if period >= _ROWS else ()
    return Table(head, shown, note)


def _krawczyk(document: Mapping[str, Any], r: Recurrence, rows: list[tuple[str, ...]], blocks: list[Block]) -> None:
    claim, p = document["claim"], document["claim"]["period"]
    z = ", ".join(["x", *claim["state"]])
    blocks.append(
        say(
            rf"Let $z = ({z})$, let $\Phi$ be {count(p, 'step')} of the method as a map of $z$, and $Z$ the box of "
            r"the theorem, with the middle $\xi$:",
            "The cycle.",
        )
    )
    box = []
    for name, value in {"x": claim["x"], **claim["state"]}.items():
        low, high = _range(value)
        box.append((name, number((low + high) / 2, flat=True), number((high - low) / 2, flat=True)))
    blocks.append(Table((r"\text{variable}", r"\text{middle}", r"\text{half-length}"), tuple(box)))
    matrix = document["proof"]["matrix"]
    blocks.append(say(r"With the matrix $Y$ of the certificate, nearly the inverse of $\Phi'(\xi)-I$,"))
    blocks.append(Display((r"K &= \xi - Y (\Phi(\xi)-\xi) + (I - Y (\Phi'(Z)-I)) (Z-\xi)",)))
    blocks.append(
        say(
            "computed with intervals, lies strictly inside $Z$. By Krawczyk's theorem $\\Phi$ has exactly one fixed "
            "point in $Z$: the cycle. "
            + (
                r"($\Phi'$ is the hull of derivatives from both sides where $f''$ jumps; the mean value theorem needs "
                "no more.) "
            )
            + "Through the period, from the middle of the box:"
        )
    )
    blocks.append(_table(r, rows, p))
    if len(matrix) <= _LARGEST:
        entries = tuple(tuple(number(Fraction(e), flat=True) for e in row) for row in matrix)
        blocks.append(
            Table(tuple(rf"\text{{column {j + 1}}}" for j in range(len(matrix))), entries, say("The matrix $Y$.").parts)
        )
    blocks.append(
        say(rf"Over the whole box the gradients are at least ${number(Fraction(claim['slope']))}$ in absolute value.")
    )


def _attracting(claim: Mapping[str, Any]) -> list[Block]:
    stability, p = claim["stability"], claim["period"]
    n = stability["repeats"] * p
    radii = joined([rf"$r_{name} = {number(Fraction(r))}$" for name, r in stability["radius"].items()])
    rate = number(Fraction(stability["rate"]))
    return [
        say(
            f"Let $A$ be the box that reaches by the radii {radii} around the cycle's first point and state. With $J$ "
            f"the derivative of {count(n, 'step')} over $A$, in intervals,",
            "It attracts.",
        ),
        Display((rf"\sum_b \abs{{J_{{ab}}}} r_b &\le {rate} \cdot r_a \text{{ for each variable }} a",)),
        say(
            f"By the mean value theorem {count(n, 'step')} take $A$ into itself and multiply the deviation, each "
            f"variable in units of its radius, by ${rate}$ at most. So it tends to 0. (What is found for the steps "
            "before bounds the deviation at the "
            "next one.)"
        ),
    ]


def _repelling(claim: Mapping[str, Any]) -> list[Block]:
    stability = claim["stability"]
    n, size = stability["power"], 1 + len(claim["state"])
    low, high = map(Fraction, stability["multiplier"])
    power, P = ("" if n == 1 else f"^{{{n}}}"), "J" if n == 1 else f"J^{{{n}}}"
    least, most = (f"({number(end, flat=True)}){power}" if power else number(end) for end in (low, high))
    share = r"\abs{\op{tr} P}" if size == 1 else rf"\frac{{\abs{{\op{{tr}} P}}}}{{{size}}}"
    root = "" if n == 1 else f"${n}$-th power of the "
    return [
        say(
            f"Along the cycle no point is where $f''$ jumps. With $J$ the derivative of "
            f"{count(claim['period'], 'step')} and $P = {P}$, in intervals,",
            "It repels.",
        ),
        Display((rf"{share} &\ge {least}", rf"\op{{max}}_a \sum_b \abs{{P_{{ab}}}} &\le {most}")),
        say(
            f"A trace is at most {'' if size == 1 else f'{size} times '}the {root}spectral radius of $J$, and that is "
            "at "
            f"most any norm of $P$: the spectral radius lies in ${interval(low, high)}$."
        ),
    ]

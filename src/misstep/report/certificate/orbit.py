"""The proof that a method fails on R^n: a function goes through jets, as every pair of them allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from misstep.report.certificate.functions import joined, properties
from misstep.report.certificate.methods import TITLES, recurrence
from misstep.report.certificate.model import Block, Display, Table, count, say, shorten
from misstep.report.certificate.number import number, scaled
from misstep.report.certificate.setting import method_blocks, parameters
from misstep.report.certificate.values import root

_ROWS, _COORDINATES, _TERMS = 8, 4, 6


def definitions(document: Mapping[str, Any]) -> list[Block]:
    """The method on vectors."""
    method, n = document["method"], document["claim"]["dimension"]
    name = method["name"]
    title, source = TITLES[name]
    if name not in _VECTOR:
        blocks = method_blocks(method, recurrence(method), gradient=r"\nabla F(x_k)")
        return [*blocks, say(f"It works on each of the {n} coordinates by itself.")]
    lines, note = _VECTOR[name](method)
    who = f" ({source})" if source else ""
    return [
        say(
            rf"{title}{who} {parameters(method)}{' ' if parameters(method) else ''}on $\R^{{{n}}}$, with $g_k = "
            r"\nabla F(x_k)$:",
            "The method.",
        ),
        Display(tuple(lines)),
        say(note),
    ]


def _p(method: Mapping[str, Any], key: str) -> str:
    return number(Fraction(method[key]))


def _plus(value: str) -> str:
    return "" if value == "0" else f"+{value}"


def _average(name: str, momentum: Fraction) -> str:
    if momentum == 0:
        return "g_k"
    return rf"{number(momentum)} {name}_{{k-1}}+{number(1 - momentum)} g_k"


def _normalized(method: Mapping[str, Any]) -> tuple[list[str], str]:
    m = _average("m", Fraction(method["momentum"]))
    eps = _plus(number(Fraction(method["eps"]), flat=True))
    return [
        f"m_k &= {m}",
        rf"x_{{k+1}} &= x_k - {_p(method, 'learning_rate')} \cdot \frac{{m_k}}{{\abs{{m_k}}{eps}}}",
    ], "At the start $m_{-1} = 0$."


def _lars(method: Mapping[str, Any]) -> tuple[list[str], str]:
    decay = Fraction(method["weight_decay"])
    eps = _plus(number(Fraction(method["eps"]), flat=True))
    pull = rf"+{number(decay, flat=True)} \abs{{x_k}}" if decay else ""
    below = rf"\abs{{g_k}}{pull}{eps}"
    inner = f"(g_k+{number(decay)} x_k)" if decay else "g_k"
    keep = Fraction(method["momentum"])
    old = rf"{number(keep)} d_{{k-1}}+" if keep else ""
    return [
        rf"l_k &= {_p(method, 'trust_coefficient')} \cdot \frac{{\abs{{x_k}}}}{{{below}}}",
        rf"d_k &= {old}{_p(method, 'learning_rate')} l_k {inner}",
        "x_{k+1} &= x_k - d_k",
    ], "At the start $d_{-1} = 0$."


def _muon(method: Mapping[str, Any]) -> tuple[list[str], str]:
    a, b, c = (Fraction(e) for e in method["coefficients"])
    momentum = Fraction(method["momentum"])
    lines = [f"B_k &= {_average('B', momentum)}"]
    used = "B_k"
    if method["nesterov"]:
        lines.append(f"U_k &= {number(1 - momentum)} g_k+{number(momentum)} B_k")
        used = "U_k"
    rows, columns = method["rows"], method["columns"]
    eps = Fraction(method["eps"])
    below = rf"\abs{{{used}}}" if eps == 0 else rf"\op{{max}}(\abs{{{used}}}, {number(eps, flat=True)})"
    scale = Fraction(rows, columns) if rows > columns else Fraction(1)
    width = root(scale)
    factor = (
        rf"\sqrt{{{number(scale, flat=True)}}} "
        if not isinstance(width, Fraction)
        else f"{number(width)} "
        if width != 1
        else ""
    )
    times = r"\cdot " if factor else ""
    lines += [
        rf"X &= \frac{{{used}}}{{{below}}}",
        rf"A &= X X^\top, X = {scaled(a, 'X')} + ({scaled(b, 'A')}{'+' if c >= 0 else ''}{scaled(c, 'A A')}) X"
        + (rf" \text{{ ({method['ns_steps']} times)}}" if method["ns_steps"] != 1 else r" \text{ (once)}"),
        f"x_{{k+1}} &= x_k - {_p(method, 'learning_rate')} {times}{factor}X",
    ]
    return (
        lines,
        f"Here $x_k$ and $g_k$ are {rows} by {columns} matrices, row by row, and $\\abs{{U}}$ is the root of the sum "
        f"of squares; at the start $B_{{-1}} = 0$.",
    )


def _linear(method: Mapping[str, Any]) -> tuple[list[str], str]:
    terms = []
    for letter, coefficients in (("x", method["a"]), ("g", method["b"])):
        for i, text in enumerate(coefficients):
            value = Fraction(text)
            if value:
                index = "k" if i == 0 else f"k-{i}"
                size = "" if abs(value) == 1 else f"{number(abs(value))} "
                terms.append(f"{'-' if value < 0 else '+'}{size}{letter}_{{{index}}}")
    more = r" + \ldots" if len(terms) > _TERMS else ""
    line = "".join(terms[:_TERMS]).removeprefix("+") + more
    return [
        f"x_{{k+1}} &= {line}"
    ], "Here indices before the first point are those of the points before it on the cycle."


_VECTOR = {"normalized": _normalized, "lars": _lars, "muon": _muon, "linear": _linear}


def statement(document: Mapping[str, Any]) -> list[Block]:
    """The claim of an orbit."""
    claim = document["claim"]
    K, c = claim["steps"], number(Fraction(claim["slope"]))
    props = joined(properties(claim, many=True))
    first = say(rf"There is a function $F$ on $\R^{{{claim['dimension']}}}$ such that {props}, on which the method")
    if claim["closed"]:
        return [
            _join(first, f" visits {K} points, not all equal, again and again in the same order,"),
            Display((rf"x_{{k+{K}}} &= x_k", rf"\abs{{\nabla F(x_k)}} &\ge {c} \text{{ for all }} k")),
        ]
    rise = Fraction(claim["rise"])
    word = "climbs" if rise > 0 else "moves"
    return [
        _join(first, f" {word} in {count(K, 'step')} from its start:"),
        Display(
            (
                rf"F(x_{{{K}}})-F(x_0) &= {number(rise)}",
                rf"\abs{{\nabla F(x_k)}} &\ge {c} \text{{ for }} 0 \le k \le {K}",
            )
        ),
    ]


def _join(paragraph: Any, text: str) -> Any:
    """A paragraph with text after it."""
    return type(paragraph)((*paragraph.parts, text), paragraph.lead)


def _vector(entries: Sequence[Any]) -> str:
    shown = [_coordinate(entry) for entry in entries[:_COORDINATES]]
    more = [r"\ldots"] if len(entries) > _COORDINATES else []
    return f"({', '.join([*shown, *more])})"


def _coordinate(entry: Any) -> str:
    if isinstance(entry, str):
        return number(Fraction(entry), flat=True)
    which, a, t = entry
    size, turn = Fraction(a), Fraction(t)
    twice = 2 * turn
    over = "" if twice.denominator == 1 else f"/{twice.denominator}"
    angle = "0" if turn == 0 else scaled(Fraction(twice.numerator), r"\pi") + over
    factor = "" if size == 1 else "-" if size == -1 else f"{number(size, flat=True)} "
    return rf"{factor}\op{{{which}}}({angle})"


def proof(document: Mapping[str, Any]) -> list[Block]:
    """The argument: the points, the jets, every pair, the infimum."""
    claim, given = document["claim"], document["proof"]
    n = claim["dimension"]
    closed = claim["closed"]
    listed = given["points"] if closed else given["gradients"]
    rows = []
    for i, entries in enumerate(listed[:_ROWS]):
        rows.append((str(i), _vector(entries), number(Fraction(given["values"][i]), flat=True)))
    head = ("k", "x_k" if closed else "g_k", "F_k")
    notes = ([f"({len(listed)} points in all.)"] if len(listed) > _ROWS else []) + (
        [f"(Of {n} coordinates the first {_COORDINATES} are shown.)"] if n > _COORDINATES else []
    )
    blocks: list[Block] = []
    if closed:
        b = document["method"]["b"]
        at = next(i for i, text in enumerate(b) if text != "0")
        index = "k" if at == 0 else f"k-{at}"
        blocks.append(
            say(
                f"The points are these, indices modulo {len(listed)}; the gradient $g_{{{index}}}$ is the one that "
                f"the recurrence asks for to go from $x_k$ to $x_{{k+1}}$, which fixes it since its coefficient "
                f"${number(Fraction(b[at]))}$ is not 0.",
                "The points.",
            )
        )
    else:
        blocks.append(
            say(
                f"Let $x_0 = {_vector(given['x0'])}$, and let the method see the gradients $g_0, \\ldots, "
                f"g_{{{claim['steps']}}}$ below: they determine the points $x_1, \\ldots, x_{{{claim['steps']}}}$ by "
                "the recurrence.",
                "The points.",
            )
        )
    blocks.append(Table(head, shorten(rows, len(listed), _ROWS), say(" ".join(notes)).parts))
    extra = "" if closed else f", and $F_{{{claim['steps']}}}-F_0 = {number(Fraction(claim['rise']))}$"
    blocks.append(
        say(
            rf"By computing with intervals $\abs{{g_k}}^2 \ge {number(Fraction(claim['slope']) ** 2)}$ for each "
            f"$k${extra}.",
            "The gradients.",
        )
    )
    blocks += _pairs(claim)
    return [*blocks, *_infimum(claim)]


def _pairs(claim: Mapping[str, Any]) -> list[Block]:
    L, mu = number(Fraction(claim["lipschitz"]["value"])), claim["mu"]
    pair = "For every two of the jets $(x_i, F_i, g_i)$ and $(x_j, F_j, g_j)$"
    if mu is None:
        return [
            say(
                rf"{pair}, with $D = \abs{{x_i-x_j}}^2$, $G = \abs{{g_i-g_j}}^2$ and $A = 2(F_i-F_j)+\langle g_i+g_j, "
                r"x_j-x_i\rangle$, the points differ and",
                "The function.",
            ),
            Display((rf"\frac{{\abs{{A}}}}{{D}} + \sqrt{{\frac{{A^2}}{{D^2}} + \frac{{G}}{{D}}}} &\le L = {L}",)),
            say(
                "decided without a root: $2\\abs{A} \\le L D$ and $G D \\le (L D)^2 - 2 L D \\abs{A}$. By Le Gruyer's "
                "theorem (2009) that is all that a function with these values and gradients needs to have an "
                "$L$-Lipschitz continuous gradient; Azagra, Le Gruyer and Mudarra (2018) write it down."
            ),
        ]
    strong = Fraction(mu)
    what = "convex" if strong == 0 else "strongly convex"
    m = number(strong, flat=True)
    if strong == 0:
        line = r"F_i - F_j - \langle g_j, x_i-x_j\rangle &\ge \frac{\abs{g_i-g_j}^2}{2L}"
        where = rf"with $L = {L}$"
    else:
        line = (
            r"F_i - F_j - \langle g_j, x_i-x_j\rangle &\ge "
            r"\frac{G/L + \mu D - 2(\mu/L) \langle g_j-g_i, x_j-x_i\rangle}{2(1-\mu/L)}"
        )
        where = rf"with $L = {L}$, $\mu = {m}$, $D = \abs{{x_i-x_j}}^2$ and $G = \abs{{g_i-g_j}}^2$"
    return [
        say(f"{pair}, in both orders, the points differ and", "The function."),
        Display((line,)),
        say(
            f"{where}. By the theorem of Taylor, Hendrickx and Glineur (2017) that is all that a {what} function with "
            "these values and gradients needs to have an $L$-Lipschitz continuous gradient."
        ),
    ]


def _infimum(claim: Mapping[str, Any]) -> list[Block]:
    low, mu = number(Fraction(claim["infimum"]["value"])), claim["mu"]
    if mu is None or Fraction(mu) == 0:
        return [
            say(
                "The largest such function is nowhere less than the least of the numbers $F_i - "
                rf"\abs{{g_i}}^2/(2L)$, which are all at least ${low}$.",
                "The infimum.",
            )
        ]
    return [
        say(
            rf"A strongly convex function lies above $F_i + \langle g_i, x-x_i\rangle + \mu \abs{{x-x_i}}^2/2$, whose "
            rf"least value is $F_i - \abs{{g_i}}^2/(2\mu)$; for some $i$ that is at least ${low}$.",
            "The infimum.",
        )
    ]

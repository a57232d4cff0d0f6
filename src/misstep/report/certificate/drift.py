"""The proof that a method runs away: its state goes round while its iterate moves on."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from misstep.report.certificate.expression import Name, substitute, write
from misstep.report.certificate.functions import argument, joined
from misstep.report.certificate.least import drift_is_least
from misstep.report.certificate.methods import Recurrence, advance, shown_lines
from misstep.report.certificate.model import Block, Display, Table, count, say, shorten
from misstep.report.certificate.number import equals, interval, minus, number, value_text
from misstep.report.certificate.piecewise import Piecewise
from misstep.report.certificate.setting import state_text, symbol
from misstep.report.certificate.values import Interval, Unknown, Value, hull, tidy

_ROWS = 8
_FOLLOWED = 500
"""Steps before the drift that are computed here; of a longer run only what the certificate says is said."""


def statement(document: Mapping[str, Any]) -> list[Block]:
    """The claim of a drift."""
    claim = document["claim"]
    K, p, d = claim["from"], claim["period"], Fraction(claim["shift"]["value"])
    low, high = map(Fraction, claim["start"])
    start = f"From $x_0 = {number(low)}$" if low == high else rf"From every start $x_0 \in {interval(low, high)}$"
    if claim["state"] is not None and claim["state"]:
        start += f", with {state_text(claim['state'])} before the first step,"
    c = number(Fraction(claim["slope"]))
    sign = "+" if d > 0 else "-"
    moved = rf"x_{{k{f'+{p}' if p else ''}}}"
    if claim["rounding"] is not None:
        return _rounded_statement(claim, start, c)
    if claim["shift"]["relation"] == "=":
        line = (rf"{moved} &= x_k {sign} {number(abs(d))} \text{{ for all }} k \ge {K}",)
        then = ""
    else:
        line = (rf"{moved} - x_k &\to {number(d)} \text{{ as }} k \to \infty",)
        jp = "j" if p == 1 else f"{p}j"
        then = rf" Moreover $x_{{{K}+{jp}}} {_times(-d, 'j')}$ stays bounded as $j \to \infty$."
    lines = (*line, rf"\abs{{f'(x_k)}} &\ge {c} \text{{ for all }} k \ge 0")
    return [
        say(f"{start} the method runs away:"),
        Display(lines),
        say(rf"Thus $x_k \to {'' if d > 0 else '-'}\infty$.{then}"),
    ]


def _rounded_statement(claim: Mapping[str, Any], start: str, c: str) -> list[Block]:
    u, N, K = number(Fraction(claim["rounding"]["unit"])), claim["rounding"]["steps"], claim["from"]
    d = Fraction(claim["shift"]["value"])
    return [
        say(
            f"{start} the method runs away, also where every operation of the recurrence, every gradient and every sum "
            f"$x_k + s_k$ has a relative error of at most $u = {u}$: in each such run of {N} steps"
        ),
        Display(
            (
                rf"\abs{{x_k - x_{{{K}}} {_times(-d, f'(k-{K})')}}} &\le E \text{{ for }} {K} \le k \le {N}",
                rf"\abs{{f'(x_k)}} &\ge {c} \text{{ for }} 0 \le k \le {N}",
            )
        ),
        say("with the number $E$ of the proof."),
    ]


def proof(document: Mapping[str, Any], r: Recurrence) -> list[Block]:
    """The argument, by the certificate's rule."""
    f, claim, given = Piecewise.of(document["function"]), document["claim"], document["proof"]
    blocks = argument(f, claim)
    x = _first_steps(f, claim, given, r, blocks)
    blocks.append(_why_periodic(f, claim))
    match given["rule"]:
        case "invariant":
            _invariant(f, claim, given, r, x, blocks)
        case "contracting":
            _contracting(f, claim, given, r, x, blocks)
        case _:
            _rounded(f, claim, given, x, blocks)
    if claim["optimal"]:
        blocks += drift_is_least(claim, given, x, f, r)
    return blocks


def _start(claim: Mapping[str, Any], r: Recurrence) -> tuple[Value, dict[str, Value]]:
    low, high = map(Fraction, claim["start"])
    state: dict[str, Value] = dict(r.state)
    if claim["state"] is not None:
        state.update({name: Fraction(value) for name, value in claim["state"].items()})
    return hull(low, high), state


def _first_steps(
    f: Piecewise, claim: Mapping[str, Any], given: Mapping[str, Any], r: Recurrence, blocks: list[Block]
) -> Value | None:
    """The steps before the drift, as a table; x_K, if it is known here."""
    K, c = claim["from"], number(Fraction(claim["slope"]))
    x, state = _start(claim, r)
    visible = [name for name in r.state if name not in r.hidden]
    rows: list[tuple[str, ...]] = []
    reached: Value | None = x
    try:
        for k in range(min(K, _FOLLOWED)):
            g = f.slope(x)
            step, state = advance(r, state, g, k)
            cells = [str(k), value_text(x), value_text(g), *(value_text(state[name]) for name in visible), value_text(step)]
            rows.append(tuple(cells))
            x = tidy(x + step)
        reached = x if K <= _FOLLOWED else None
    except Unknown:
        reached = None
    head = ("k", "x_k", "g_k", *(f"{name}_k" for name in visible), "x_{k+1}-x_k")
    region = "box" if given["rule"] != "contracting" else "neighborhood of the settled state"
    end = f"{'it leads' if K == 1 else 'they lead'} to $x_{{{K}}} {equals(reached)}$" if reached is not None else ""
    rounded = " The roundings change this by no more than they may." if given["rule"] == "rounded" else ""
    state = f"to a state in the {region} below" if r.state else ""
    ends = " and ".join(filter(None, (end, state)))
    where = f"In the first {count(K, 'step')} $\\abs{{f'(x_k)}}" if K > 1 else "In the first step $\\abs{f'(x_0)}"
    lead = "" if end else "it leads " if K == 1 else "they lead "
    blocks.append(say(f"{where} \\ge {c}$" + (f"; {lead}{ends}" if ends else "") + f".{rounded}", "The beginning."))
    if rows:
        note = say(f"({K} steps in all.)").parts if min(K, len(rows)) > _ROWS else ()
        blocks.append(Table(head, shorten(rows[:_ROWS], len(rows), "steps", _ROWS), note))
    return reached


def _why_periodic(f: Piecewise, claim: Mapping[str, Any]) -> Block:
    d = Fraction(claim["shift"]["value"])
    period = (f.right if d > 0 else f.left)[1]
    beyond = r"\ge" if d > 0 else r"\le"
    edge = f.knots[-1] - period if d > 0 else f.knots[0] + period
    times = abs(d) / period
    multiple = "the period" if times == 1 else f"{number(times)} periods" if times.denominator == 1 else "not a multiple of the period"
    return say(
        rf"For $t {beyond} {number(edge)}$ the function repeats with the period ${number(period)}$, "
        rf"and the shift ${number(d)}$ is {multiple}: there $f'(t {'+' if d > 0 else '-'} {number(abs(d))}) = f'(t)$.",
        "The shift.",
    )


def _invariant(
    f: Piecewise, claim: Mapping[str, Any], given: Mapping[str, Any], r: Recurrence, x: Value | None, blocks: list[Block]
) -> None:
    K, p, d = claim["from"], claim["period"], Fraction(claim["shift"]["value"])
    word = [Fraction(w) for w in given["word"]]
    box: dict[str, Value] = {name: hull(*map(Fraction, ends)) for name, ends in given["box"].items()}
    exact = all(not isinstance(value, Interval) for value in box.values())
    state = f", and that before this step {state_text(given['box'])}" if box else ""
    jp = "j" if p == 1 else f"{p}j"
    where = f"$x_k = x_{{{K}}} {_times(d, 'j')}$ at $k = {K}+{jp}$"
    sign = "+" if d > 0 else "-"
    visible = [name for name in r.state if name not in r.hidden]
    if p == 1 and exact and not r.hidden:
        w = word[0]
        blocks.append(say(
            f"Suppose that {where}{state}. Then $f'(x_k) = f'(x_{{{K}}}) = {number(w)}$, since the function repeats. So",
            "The induction.",
        ))
        blocks.append(Display(tuple(_substituted(r, box, w))))
        again = "and the state is what it was, so that this" if box else "so that this"
        blocks.append(say(f"Hence $x_{{k+1}} = x_k {sign} {number(abs(d))}$, {again} goes on for ever."))
    else:
        blocks.append(say(
            f"Suppose that {where}{state}. "
            + (f"The gradients of the next {count(p, 'step')} are then the word below, and they alone determine the state and the steps:" if p > 1 else "The next gradient is then the one below, and it alone determines the state and the step:"),
            "The induction.",
        ))
        blocks.append(_period_table(word, box, r))
        again = "the state is in the same ranges again" if box else "nothing else is remembered"
        end = f"After {'this step' if p == 1 else f'these {p} steps'} {again}, and $x$ has moved by ${number(d)}$, whatever the state was in its ranges: the supposition holds for $j+1$."
        blocks.append(say(end))
        if r.ranges or not exact:
            blocks.append(say("All of this is computed with intervals, which hold every value of the parameters and of the state."))
    _slopes(claim, word, blocks)


def _times(d: Fraction, index: str) -> str:
    """+ d·index, as it follows something."""
    size = "" if abs(d) == 1 else f"{number(abs(d))} "
    return f"{'+' if d > 0 else '-'} {size}{index}"


def _slopes(claim: Mapping[str, Any], word: list[Fraction], blocks: list[Block]) -> None:
    least = min(map(abs, word))
    what = "the gradient is always" if len(word) == 1 else "the smallest gradient is"
    c = Fraction(claim["slope"])
    if claim["rounding"] is not None:
        blocks.append(say(rf"In absolute value the gradient is ${number(least)}$ up to its error, so at least ${number(c)}$."))
        return
    blocks.append(say(rf"In absolute value {what} ${number(least)}{'' if least == c else ' >= ' + number(c)}$.".replace(">=", r"\ge")))


def _substituted(r: Recurrence, state: Mapping[str, Value], w: Fraction) -> list[str]:
    """The recurrence with the values in it, one line an assignment."""
    values: dict[str, Value] = {**state, "g": w}
    lines = []
    try:
        after: dict[str, Value] = {}
        for (left, term), (name, _) in zip(shown_lines(r), r.lines, strict=True):
            put = write(substitute(term, {**values, **after}))
            _, new = advance(r, state, w, None)
            result = new.get(name)
            if result is None:
                return _results(r, state, w)
            after[f"{name}'"] = result
            lines.append(f"{left} &= {put}" + ("" if put == value_text(result) else f" = {value_text(result)}"))
        step, _ = advance(r, state, w, None)
        put = write(Name("x", "x_k") + substitute(r.step, {**values, **after}))
        shown = value_text(step)
        end = f"x_k{shown}" if shown.startswith("-") else f"x_k+{shown}"
        lines.append(f"x_{{k+1}} &= {put}" + ("" if put == end else f" = {end}"))
    except Unknown:
        return _results(r, state, w)
    return lines


def _results(r: Recurrence, state: Mapping[str, Value], w: Fraction) -> list[str]:
    try:
        step, new = advance(r, state, w, None)
    except Unknown:
        return [f"g_k &= {number(w)}"]
    lines = [f"{name}_k &= {value_text(new[name])}" for name in r.state if name not in r.hidden]
    return [*lines, f"x_{{k+1}} - x_k &= {value_text(step)}"]


def _period_table(word: list[Fraction], state: Mapping[str, Value], r: Recurrence) -> Table:
    """The gradients, states and places of a period."""
    p, visible = len(word), [name for name in r.state if name not in r.hidden]
    moved: Value = Fraction(0)
    current: dict[str, Value] = dict(state)
    rows = []
    for i, w in enumerate(word[: _ROWS + 1]):
        try:
            step, current = advance(r, current, w, None)
            cells = [*(value_text(current[name]) for name in visible), value_text(step)]
        except Unknown:
            rows.append((str(i), r"\ldots", number(w), *[r"\ldots"] * (len(visible) + 1)))
            break
        rows.append((str(i), value_text(moved), number(w), *cells))
        moved = tidy(moved + step)
    head = ("i", "x_{k+i}-x_k", "g_{k+i}", *(f"{name}_{{k+i}}" for name in visible), "x_{k+i+1}-x_{k+i}")
    note = say(f"({p} steps in all.)").parts if p > _ROWS else ()
    return Table(head, shorten(rows[:_ROWS], p, "steps", _ROWS), note)


def _contracting(
    f: Piecewise, claim: Mapping[str, Any], given: Mapping[str, Any], r: Recurrence, x: Value | None, blocks: list[Block]
) -> None:
    K, p, d = claim["from"], claim["period"], Fraction(claim["shift"]["value"])
    word = [Fraction(w) for w in given["word"]]
    settled: dict[str, Value] = {name: Fraction(value) for name, value in given["settled"].items()}
    rate = Fraction(given["rate"])
    radii = joined([_near(name, Fraction(value), Fraction(given["radius"][name])) for name, value in given["settled"].items()])
    gradients = f"the gradient ${number(word[0])}$" if p == 1 else f"the {p} gradients below"
    blocks.append(say(
        f"From the state {state_text(given['settled'])}, {gradients} lead{'s' if p == 1 else ''} back to this state, exactly, while $x$ moves by ${number(d)}$:",
        "The settled state.",
    ))
    blocks.append(_period_table(word, settled, r))
    blocks.append(say(
        f"At step {K} the state is near it: {radii}. As long as the gradients are those of the word, a period multiplies a deviation by its derivative $J$, and by the mean value theorem",
        "The contraction.",
    ))
    blocks.append(Display((rf"\sum_b \abs{{J_{{ab}}}} r_b &\le {number(rate)} \cdot r_a",)))
    blocks.append(say(
        rf"for each variable $a$ with its radius $r_a$, over all states that near. So the $j$-th period begins within ${write_power(rate)}$ times the radius of the settled state. "
        rf"Let $e_i$ bound what such a deviation does to the first $i$ steps, $e_i = \sum_b \abs{{E_{{ib}}}} r_b$ with $E$ their derivatives. The $j$-th period moves $x$ by ${number(d)}$ up to ${write_power(rate)} e_{{{p}}}$, all of them together up to at most"
    ))
    blocks.append(Display((rf"R &= e_{{{p}}} \cdot \sum_j {write_power(rate)} = \frac{{e_{{{p}}}}}{{{number(1 - rate, flat=True)}}}",)))
    room = _room(f, word, settled, r, x)
    blocks.append(say(
        (f"Around the points that the settled state would visit $f'$ is constant, for at least ${value_text(room)}$ to both sides, and the checker found $R + e_i$ to be less. " if room is not None and room > 0
           else "$f'$ is the same on all intervals of half-width $R + e_i$ around the points that the settled state would visit, as the checker found. ")
        + "So every iterate is where $f'$ is the next letter of the word, and the supposition on the gradients holds by induction.",
        "The plateau.",
    ))
    _slopes(claim, word, blocks)


def _near(name: str, value: Fraction, radius: Fraction) -> str:
    """A variable within a radius of a value."""
    if radius == 0:
        return f"${symbol(name)} = {number(value)}$"
    return rf"$\abs{{{symbol(name)}{minus(value)}}} \le {number(radius)}$"


def write_power(rate: Fraction) -> str:
    """rate^j."""
    text = number(rate, flat=True)
    return f"({text})^j" if set(text) & set("/^…") else f"{text}^j"


def _room(f: Piecewise, word: list[Fraction], settled: Mapping[str, Value], r: Recurrence, x: Value | None) -> Fraction | None:
    """How far the iterates may stray from where the settled state leads, with the same gradients."""
    if x is None:
        return None
    low, high = (x.low, x.high) if isinstance(x, Interval) else (x, x)
    current: dict[str, Value] = dict(settled)
    rooms: list[Fraction] = []
    moved = Fraction(0)
    try:
        for w in word[:_FOLLOWED]:
            for end in (low, high):
                around = f.flat_around(end + moved)
                if around is None:
                    return None
                rooms.append(around[0] if end == low else around[1])
                if low == high:
                    rooms.append(around[1])
            step, current = advance(r, current, w, None)
            if isinstance(step, Interval):
                return None
            moved += step
    except Unknown:
        return None
    return min(rooms)


def _rounded(f: Piecewise, claim: Mapping[str, Any], given: Mapping[str, Any], x: Value | None, blocks: list[Block]) -> None:
    d, N = number(Fraction(claim["shift"]["value"]), flat=True), claim["rounding"]["steps"]
    off = minus(Fraction(claim["shift"]["value"]))
    u = number(Fraction(claim["rounding"]["unit"]))
    word = [Fraction(w) for w in given["word"]]
    state = f"the state before step $k$ is such that {state_text(given['box'])}, and that " if given["box"] else ""
    blocks.append(say(
        f"Suppose that {state}the gradient at step $k$ is ${number(word[0])}$ up to its error. "
        f"Each result of the recurrence is widened by the factor $[1-u, 1+u]$, $u = {u}$; so computed, with intervals, the state after the step is in the same ranges, "
        "and the step $s_k$ lies in an interval $S$.",
        "The induction.",
    ))
    blocks.append(say(rf"A step moves $x$ by ${d}$ up to at most $\op{{max}} \abs{{S{off}}}$, and the sum $x_k + s_k$ is rounded by at most $u M$, where $M$ bounds $\abs{{x}}$ on the way. After at most {N} steps $x$ is off by at most"))
    blocks.append(Display((rf"E &= {N} (\op{{max}} \abs{{S{off}}} + u M)", rf"M &= \frac{{\abs{{x_{{{claim['from']}}}}} + {N} \op{{max}} \abs{{S}}}}{{1 - {N} u}}")))
    room = None
    if x is not None:
        low, high = (x.low, x.high) if isinstance(x, Interval) else (x, x)
        sides = (f.flat_around(low), f.flat_around(high))
        room = None if sides[0] is None or sides[1] is None else min(sides[0][0], sides[1][1])
    plateau = f"$f'$ is constant for at least ${value_text(room)}$ to both sides of where the iterates would be without error, and the checker found $E$ to be less" if room else "on the interval $[-E, E]$ around where the iterates would be without error $f'$ is constant, as the checker found"
    blocks.append(say(f"{plateau[0].upper() if plateau[0] != '$' else plateau[0]}{plateau[1:]}. So the gradient is ${number(word[0])}$ up to its error again, and the supposition holds for $k+1$.", "The plateau."))
    _slopes(claim, word, blocks)


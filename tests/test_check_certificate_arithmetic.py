"""The arithmetic and the recurrences of the standard library's checker."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from judged import adam, rmsprop, text, tool
from misstep.optimizers import (
    AdaBelief,
    Adam,
    Adamax,
    GradientDescent,
    HeavyBall,
    Lion,
    NAdam,
    Nesterov,
    RMSprop,
    SignDescent,
)
from misstep.scalars import NumberKind, ball

# ---------------------------------------------------------------------------------------------------------- arithmetic

GRID = Fraction(1, 2**256)

SIZES = st.sampled_from([0, 1, 30, 300, 2000])


@st.composite
def numbers(draw: st.DrawFn) -> Fraction:
    """Small, large, long, close to 0, of either sign."""
    p = draw(st.integers(-(2**64), 2**64)) << draw(SIZES)
    q = draw(st.one_of(st.integers(1, 2**64), st.sampled_from([2**200, 2**256, 2**256 + 1, 2**300, 3**900, 10**600])))
    return Fraction(p + draw(st.integers(-3, 3)), q)


@st.composite
def intervals(draw: st.DrawFn) -> Any:
    """Degenerate, thin, wide, around 0, on and off the grid."""
    lo = draw(numbers())
    width = draw(st.one_of(st.just(Fraction(0)), st.just(GRID), numbers().map(abs)))
    return tool.of(lo, lo + width)


def fraction(x: fmpq) -> Fraction:
    return Fraction(int(x.p), int(x.q))


def as_arb(x: Fraction) -> Any:
    return arb(fmpq(x.numerator, x.denominator))


def arb_ends(x: Any) -> tuple[Fraction, Fraction]:
    """Two rational numbers around a ball."""
    mid, rad = (
        Fraction(*map(int, part.man_exp()[:1])) * Fraction(2) ** int(part.man_exp()[1]) for part in (x.mid(), x.rad())
    )
    return mid - rad, mid + rad


def is_rounded(found: Any, lo: Fraction, hi: Fraction) -> None:
    """The interval is [lo, hi], moved outward by less than 2^-256 and only where the rule says so."""
    assert found.lo <= lo <= hi <= found.hi
    for end, true in ((found.lo, lo), (found.hi, hi)):
        long = max(abs(true.numerator).bit_length(), true.denominator.bit_length()) > 4096
        kept = not long if lo == hi else true.denominator <= 2**256 and true.numerator.bit_length() <= 4096
        assert (end == true) if kept else ((end / GRID).denominator == 1 and abs(end - true) < GRID)


OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x / y,
}


@pytest.mark.parametrize("sign", OPERATIONS)
@given(x=intervals(), y=intervals())
def test_an_operation_gives_the_exact_range_rounded_outward(sign: str, x: Any, y: Any) -> None:
    operation = OPERATIONS[sign]
    if sign == "/" and y.lo <= 0 <= y.hi:
        with pytest.raises(tool.Stop, match="contains 0"):
            operation(x, y)
        return
    values = [operation(a, b) for a in (x.lo, x.hi) for b in (y.lo, y.hi)]
    found = operation(x, y)
    is_rounded(found, min(values), max(values))
    with ctx.workprec(600):
        value = operation(as_arb(x.lo), as_arb(y.hi))
    low, high = arb_ends(value)
    assert found.lo <= high
    assert low <= found.hi


@given(intervals())
def test_the_square_is_the_exact_range_of_squares(x: Any) -> None:
    values = [x.lo**2, x.hi**2]
    is_rounded(x.square(), Fraction(0) if x.lo <= 0 <= x.hi else min(values), max(values))


@given(intervals(), intervals())
def test_absolute_value_and_maximum_are_ranges(x: Any, y: Any) -> None:
    values = [abs(x.lo), abs(x.hi)]
    assert abs(x).hi >= max(values)
    assert (abs(x).lo == 0) if x.lo <= 0 <= x.hi else abs(x).lo <= min(values)
    assert (tool.maximum(x, y).lo, tool.maximum(x, y).hi) == (max(x.lo, y.lo), max(x.hi, y.hi))


@given(intervals())
def test_the_root_is_enclosed_between_neighboring_multiples(x: Any) -> None:
    if x.lo < 0:
        with pytest.raises(tool.Stop, match="below 0"):
            x.sqrt()
        return
    root = x.sqrt()
    assert 0 <= root.lo**2 <= x.lo
    assert x.hi <= root.hi**2
    if not root.exact:
        assert (root.lo + GRID) ** 2 > x.lo
        assert root.hi == 0 or (root.hi - GRID) ** 2 < x.hi
    with ctx.workprec(600):
        low, high = arb_ends(as_arb(x.hi).sqrt())
    assert low <= root.hi
    assert root.hi - GRID <= high or root.exact


@given(numbers())
def test_the_root_of_a_square_is_exact(x: Fraction) -> None:
    if max(x.numerator.bit_length(), x.denominator.bit_length()) <= 2048:
        root = tool.of(x * x).sqrt()
        assert root.exact
        assert root.lo == abs(x)


@given(intervals(), intervals(), st.fractions(0, 1), st.fractions(0, 1))
def test_a_mixture_is_the_exact_range_over_independent_values(a: Any, b: Any, s: Fraction, t: Fraction) -> None:
    share = sorted((s, t))
    low = min((1 - e) * a.lo + e * b.lo for e in share)
    high = max((1 - e) * a.hi + e * b.hi for e in share)
    is_rounded(tool.mix(a, b, tool.of(*share)), low, high)


@given(st.fractions(-3, 3, max_denominator=1000))
def test_cosines_are_enclosed_to_two_hundred_bits(t: Fraction) -> None:
    found = tool.cosine(t)
    with ctx.workprec(600):
        low, high = arb_ends((2 * arb.pi() * as_arb(t)).cos())
    assert found.hi - found.lo < Fraction(1, 2**200)
    assert found.lo <= high
    assert low <= found.hi


@pytest.mark.parametrize("twelfth", range(-13, 25))
def test_rational_cosines_and_sines_are_exact(twelfth: int) -> None:
    t = Fraction(twelfth, 12)
    assert tool.cosine(t).exact == ((4 * t).denominator == 1 or (6 * t).denominator == 1)
    assert abs(float(tool.cosine(t).lo) - math.cos(2 * math.pi * t)) < 1e-14


@given(st.fractions(0, 1), st.fractions(0, 1))
def test_a_sign_is_certain_or_undecided(a: Fraction, b: Fraction) -> None:
    assert tool.of(a + 1, a + b + 1).sign().lo == 1
    assert (-tool.of(a + 1, a + b + 1)).sign().lo == -1
    assert tool.of(0).sign().lo == 0
    with pytest.raises(tool.Stop):
        tool.of(-a, 1 + b).sign()


@given(intervals(), intervals())
def test_comparisons_hold_are_violated_or_are_open(x: Any, y: Any) -> None:
    assert tool.at_most(x, y) is (True if x.hi <= y.lo else False if x.lo > y.hi else None)
    assert tool.within(x, y) is (
        True if y.lo <= x.lo and x.hi <= y.hi else False if x.hi < y.lo or y.hi < x.lo else None
    )
    apart = x.hi < y.lo or y.hi < x.lo
    assert tool.within(x, y, strict=True) is (True if y.lo < x.lo and x.hi < y.hi else False if apart else None)
    assert tool.at_most(x, y, strict=True) is (True if x.hi < y.lo else False if x.lo >= y.hi else None)
    assert tool.equal(x, y) is (False if apart else True if x.lo == x.hi == y.lo == y.hi else None)


FORMULAS: dict[str, Callable[[Any, Any], Any]] = {
    "product": lambda x, y: x * y * 3 - y,
    "quotient": lambda x, y: (x + 1) / (y + 2),
    "root": lambda x, y: (x.square() + y).sqrt(),
    "maximum": lambda x, y: tool.maximum(x, y) * abs(x),
    "mixture": lambda x, y: tool.mix(x, y, x / (x + y)),
    "gain": lambda x, y: tool.share(tool.of(Fraction(1, 3)), tool.of(Fraction(1, 3)), x) * y,
}


@pytest.mark.parametrize("name", FORMULAS)
@settings(max_examples=10)
@given(st.fractions("1/10", "9/10", max_denominator=99), st.fractions("1/10", "9/10", max_denominator=99))
def test_derivatives_enclose_difference_quotients(name: str, a: Fraction, b: Fraction) -> None:
    formula, h = FORMULAS[name], Fraction(1, 10**6)
    x, y = tool.as_variables([tool.of(a, a + h), tool.of(b)])
    slope = formula(x, y).parts[0]
    ends = [formula(tool.of(e), tool.of(b)) for e in (a, a + h)]
    quotient = (ends[1] - ends[0]) / tool.of(h)
    slack = Fraction(1, 2**200)
    assert slope.lo - slack <= quotient.hi
    assert quotient.lo <= slope.hi + slack
    assert slope.hi - slope.lo < 2 * abs(slope.hi) + 3


@given(intervals(), intervals(), st.integers(1, 100))
def test_an_operation_with_errors_holds_every_result(x: Any, y: Any, bits: int) -> None:
    u = Fraction(1, 2**bits)
    with tool.arithmetic(tool.of(1 - u, 1 + u)):
        found = x + y
    for e in (x.lo + y.lo, x.hi + y.hi):
        assert found.lo <= min(e * (1 - u), e * (1 + u))
        assert max(e * (1 - u), e * (1 + u)) <= found.hi


# ------------------------------------------------------------------------------------------------------------- methods

STREAMS = st.lists(st.fractions(-5, 5, max_denominator=20).filter(bool), min_size=1, max_size=9)

B1, B2 = "9/10", "3/4"

PAIRS: dict[str, tuple[Any, Any]] = {
    "gradient-descent": ({"name": "gradient-descent", "learning_rate": "1/3"}, GradientDescent(learning_rate="1/3")),
    "heavy-ball": (
        {"name": "heavy-ball", "learning_rate": "1/3", "momentum": B1},
        HeavyBall(learning_rate="1/3", momentum=B1),
    ),
    "nesterov": (
        {"name": "nesterov", "learning_rate": "1/3", "momentum": B1},
        Nesterov(learning_rate="1/3", momentum=B1),
    ),
    "sign-descent": ({"name": "sign-descent", "learning_rate": "1/3"}, SignDescent(learning_rate="1/3")),
    "lion": (
        {"name": "lion", "learning_rate": "1/3", "beta1": "7/11", "beta2": B2},
        Lion(learning_rate="1/3", beta1="7/11", beta2=B2),
    ),
    "adamax": (
        {"name": "adamax", "learning_rate": "1/3", "beta1": B1, "beta2": B2, "eps": "1/100"},
        Adamax(learning_rate="1/3", beta1=B1, beta2=B2, eps="1/100"),
    ),
    "nadam": (
        {"name": "nadam", "learning_rate": "1/3", "beta1": B1, "beta2": B2, "eps": "1/100", "momentum_decay": None},
        NAdam(learning_rate="1/3", beta1=B1, beta2=B2, eps="1/100", momentum_decay=None),
    ),
    "nadam with a schedule": (
        {"name": "nadam", "learning_rate": "1/3", "beta1": B1, "beta2": B2, "eps": "1/100", "momentum_decay": "1/250"},
        NAdam(learning_rate="1/3", beta1=B1, beta2=B2, eps="1/100", momentum_decay="1/250"),
    ),
    "rmsprop": (
        rmsprop(learning_rate="1/3", beta2=B2, eps="1/100", momentum=B1),
        RMSprop(learning_rate="1/3", beta2=B2, eps="1/100", momentum=B1),
    ),
    "rmsprop, centered": (
        rmsprop(learning_rate="1/3", beta2=B2, eps_root="1/100", centered=True),
        RMSprop(learning_rate="1/3", beta2=B2, eps=0, eps_root="1/100", centered=True),
    ),
    "adabelief": (
        {
            "name": "adabelief",
            "learning_rate": "1/3",
            "beta1": B1,
            "beta2": B2,
            "eps": "1/100",
            "eps_root": "1/7",
            "eps_sum": "1/9",
        },
        AdaBelief(learning_rate="1/3", beta1=B1, beta2=B2, eps="1/100", eps_root="1/7", eps_sum="1/9"),
    ),
}

for _start, _options in (
    ("zero", {"bias_correction": False}),
    ("first-gradient", {"bias_correction": False, "start": "first-gradient"}),
    ("corrected", {}),
):
    for _amsgrad in (None, "raw", "corrected"):
        PAIRS[f"adam, {_start}, {_amsgrad}"] = (
            adam(_start, learning_rate="1/3", beta1=B1, beta2=B2, eps="1/100", eps_root="1/70", amsgrad=_amsgrad),
            Adam(learning_rate="1/3", beta1=B1, beta2=B2, eps="1/100", eps_root="1/70", amsgrad=_amsgrad, **_options),
        )
        if _start == "corrected" != _amsgrad:
            PAIRS[f"adam, eps_hat, {_amsgrad}"] = (
                adam(learning_rate="1/3", beta1=B1, beta2=B2, eps_hat="1/100", amsgrad=_amsgrad),
                Adam(learning_rate="1/3", beta1=B1, beta2=B2, eps=0, eps_hat="1/100", amsgrad=_amsgrad),
            )


def tool_steps(method: Any, stream: list[Fraction], ranges: bool = False) -> list[Any]:
    """The points of the tool's recurrence from 0."""
    o = tool.read_method(method, tool.COORDINATE, tool.either if ranges else tool.single)
    z, x, points = {name: tool.of(value) for name, value in tool.variables(o).items()}, tool.ZERO, []
    for k, g in enumerate(stream):
        s, z = tool.step(o, z, tool.of(g), k == 0)
        x = x + s
        points.append(x)
    return points


@pytest.mark.parametrize("name", PAIRS)
@settings(max_examples=10)
@given(stream=STREAMS)
def test_a_recurrence_is_that_of_missteps_optimizer(name: str, stream: list[Fraction]) -> None:
    method, optimizer = PAIRS[name]
    with ctx.workprec(600):
        cast = optimizer.cast(NumberKind.BALL)
        x = ball(0)
        state = cast.init(x)
        for found, g in zip(tool_steps(method, stream), stream, strict=True):
            x, state = cast.update(ball(fmpq(g.numerator, g.denominator)), state, x)
            low, high = arb_ends(x)
            assert found.lo <= high
            assert low <= found.hi
            assert found.hi - found.lo < Fraction(1, 2**200)


@pytest.mark.parametrize("beta2", ["3/4", "9/10", "99/100", "1/2"])
@settings(max_examples=10)
@given(stream=STREAMS)
def test_radam_is_that_of_torch(beta2: str, stream: list[Fraction]) -> None:
    method = {"name": "radam", "learning_rate": "1/3", "beta1": B1, "beta2": beta2, "eps": "1/100"}
    torch = pytest.importorskip("torch")
    x = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.RAdam([x], lr=1 / 3, betas=(0.9, float(Fraction(beta2))), eps=0.01)
    for found, g in zip(tool_steps(method, stream * 3), stream * 3, strict=True):
        x.grad = torch.tensor([float(g)], dtype=torch.float64)
        optimizer.step()
        assert abs(float(found.lo) - x.item()) < 1e-9


@pytest.mark.parametrize("name", ["adam, corrected, raw", "adam, zero, None", "lion", "nadam", "adamax"])
@settings(max_examples=10)
@given(stream=STREAMS, low=st.fractions(0, "1/2", max_denominator=20))
def test_ranges_of_parameters_hold_each_run_within(name: str, stream: list[Fraction], low: Fraction) -> None:
    method = PAIRS[name][0]
    ranges = {**method, "beta1": [text(low), "1/2"], "beta2": [text(low), "1/2"]}
    try:
        wide = tool_steps(ranges, stream, ranges=True)
    except tool.Stop as stop:
        assert stop.args[0] == "UNDECIDED"  # noqa: PT017
        return
    for beta in (low, (low + Fraction(1, 2)) / 2, Fraction(1, 2)):
        narrow = tool_steps({**method, "beta1": text(beta), "beta2": text(beta)}, stream)
        assert all(a.lo <= b.lo and b.hi <= a.hi for a, b in zip(wide, narrow, strict=True))


@pytest.mark.parametrize("decay", ["1/250", "1", "7", "1000", "1/1000", "999/1000", "0"])
def test_nadams_decay_lies_between_neighboring_multiples(decay: str) -> None:
    h = tool.read_method(
        {"name": "nadam", "learning_rate": "1", "beta1": B1, "beta2": B2, "eps": "0", "momentum_decay": decay},
        tool.COORDINATE,
        tool.single,
    )["h"]
    with ctx.workprec(600):
        low, high = arb_ends(arb(fmpq(24, 25)) ** as_arb(Fraction(decay)))
    assert h.lo <= high
    assert low <= h.hi
    assert h.hi - h.lo == (0 if decay == "0" else GRID)

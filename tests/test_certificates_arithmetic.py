"""What the checker of certificates counts with: intervals, derivatives, polynomials, and the recurrences once more."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

import misstep as ms
from certificates import CUBIC, PLATEAUS, method, own
from helpers import feed, holds, rational
from misstep.certificates.conditions import at_most, equal, less, strictly_within, within
from misstep.certificates.duals import Dual, variables
from misstep.certificates.function_form import read_function
from misstep.certificates.functions import Line, evaluate
from misstep.certificates.intervals import Interval, rounded
from misstep.certificates.method_form import SCALAR_METHODS, read_method
from misstep.certificates.methods import Setting, advance, schedule_factor
from misstep.certificates.polynomials import at_least
from misstep.certificates.turns import cosine, sine
from misstep.certificates.verdict import Stop
from misstep.certificates.watched import Exact, Rounding
from misstep.scalars import NumberKind
from strategies import rationals

UNIT = fmpq(1, 2**256)


@st.composite
def enclosures(draw: st.DrawFn, low: int = -20) -> tuple[Interval, fmpq]:
    """An interval, sometimes a point, and a number in it."""
    a = draw(rationals(low))
    width = draw(st.sampled_from([Fraction(0), Fraction(1), Fraction(7, 3), Fraction(1, 2**40)]))
    share = draw(st.fractions(0, 1, max_denominator=8))
    return Interval(rational(a), rational(a + width)), rational(a + share * width)


OPERATIONS: dict[str, tuple[Callable[..., Interval], Callable[..., arb]]] = {
    "sum": (operator.add, operator.add),
    "difference": (operator.sub, operator.sub),
    "product": (operator.mul, operator.mul),
    "quotient": (operator.truediv, operator.truediv),
    "maximum": (Interval.maximum, lambda a, b: a.max(b)),
    "absolute": (lambda a, _: abs(a), lambda a, _: abs(a)),
    "square": (lambda a, _: a.square(), lambda a, _: a * a),
    "root": (lambda a, _: abs(a).sqrt(), lambda a, _: abs(a).sqrt()),
    "mix": (lambda a, b: a.mix(b, Interval.point(fmpq(1, 3))), lambda a, b: (2 * a + b) / 3),
}


@pytest.mark.parametrize("name", OPERATIONS)
@given(a=enclosures(), b=enclosures())
def test_an_operation_on_intervals_encloses_it_on_numbers_as_tightly_as_arb(
    name: str, a: tuple[Interval, fmpq], b: tuple[Interval, fmpq]
) -> None:
    ours, theirs = OPERATIONS[name]
    if name == "quotient" and b[0].lo <= 0 <= b[0].hi:
        with pytest.raises(Stop, match="division"):
            ours(a[0], b[0])
        return
    found = ours(a[0], b[0])
    with ms.precision(600):
        true = theirs(arb(a[1]), arb(b[1]))
        assert not true < arb(found.lo)
        assert not true > arb(found.hi)
        if a[0].exact and b[0].exact:
            assert found.hi - found.lo <= UNIT
        elif name != "root":
            # Each end is attained at some ends of the arguments: all but 0, which lies inside.
            corners = [theirs(arb(x), arb(y)) for x in (a[0].lo, a[0].hi) for y in (b[0].lo, b[0].hi)]
            assert any(corner.overlaps(arb(found.hi)) for corner in corners)
            assert found.lo == 0 or any(corner.overlaps(arb(found.lo)) for corner in corners)


@given(a=enclosures(0))
def test_a_root_is_exact_where_it_is_rational_and_else_between_neighbouring_multiples(a: tuple[Interval, fmpq]) -> None:
    x = a[1]
    assert Interval.point(x * x).sqrt() == Interval.point(x)
    root = Interval.point(x).sqrt()
    if not root.exact:
        assert root.hi - root.lo == UNIT
        assert (root.lo / UNIT).q == 1
    assert root.lo**2 <= x <= root.hi**2


@given(
    a=enclosures(),
    b=enclosures(),
    low=st.fractions(0, 1, max_denominator=9),
    high=st.fractions(0, 1, max_denominator=9),
)
def test_a_mix_is_the_exact_range(
    a: tuple[Interval, fmpq], b: tuple[Interval, fmpq], low: Fraction, high: Fraction
) -> None:
    t = Interval(rational(min(low, high)), rational(max(low, high)))
    corners = [(1 - s) * x + s * y for s in (t.lo, t.hi) for x in (a[0].lo, a[0].hi) for y in (b[0].lo, b[0].hi)]
    assert a[0].mix(b[0], t) == Interval(min(corners), max(corners))


def test_rounding_keeps_what_is_exact_and_short_and_moves_the_rest_outward() -> None:
    long = fmpq(1, 3**2600)
    assert rounded(fmpq(1, 3**2500), fmpq(1, 3**2500)).exact
    assert rounded(long, long) == Interval(fmpq(0), UNIT)
    assert rounded(-long, fmpq(1)) == Interval(-UNIT, fmpq(1))
    assert rounded(fmpq(1, 3), fmpq(1, 2**256)) == Interval(fmpq(1, 3), fmpq(1, 2**256))
    third = rounded(fmpq(1, 3**200), fmpq(1))
    assert third.lo < fmpq(1, 3**200) < third.lo + UNIT
    large = rounded(fmpq(2**5000 + 1, 5), fmpq(2**5000 + 1, 5))
    assert large.hi - large.lo == UNIT


def test_a_number_beyond_the_limit_ends_the_check() -> None:
    large = Interval.point(2**9000)
    with pytest.raises(Stop, match=r"a number beyond 2\^16384"):
        large * large


def interval(low: str, high: str) -> Interval:
    return Interval(ms.exact(low), ms.exact(high))


ZERO_ONE, ONE_TWO, TWO_THREE, POINT = interval("0", "1"), interval("1", "2"), interval("2", "3"), interval("1", "1")

CONDITIONS = [
    (at_most, ZERO_ONE, ONE_TWO, True),
    (at_most, TWO_THREE, ZERO_ONE, False),
    (at_most, ONE_TWO, ZERO_ONE, None),
    (less, ZERO_ONE, TWO_THREE, True),
    (less, ZERO_ONE, ONE_TWO, None),
    (less, POINT, POINT, False),
    (less, ONE_TWO, ZERO_ONE, False),
    (equal, POINT, POINT, True),
    (equal, POINT, ZERO_ONE, None),
    (equal, POINT, TWO_THREE, False),
    (within, POINT, ZERO_ONE, True),
    (within, ZERO_ONE, ONE_TWO, None),
    (within, ZERO_ONE, TWO_THREE, False),
    (strictly_within, POINT, ZERO_ONE, None),
    (strictly_within, POINT, interval("0", "2"), True),
    (strictly_within, ZERO_ONE, TWO_THREE, False),
]


@pytest.mark.parametrize(("test", "a", "b", "answer"), CONDITIONS)
def test_a_condition_holds_or_is_violated_or_is_undecided(
    test: Callable[[Interval, Interval], bool | None], a: Interval, b: Interval, answer: bool | None
) -> None:
    assert test(a, b) is answer


@given(st.fractions(-3, 3, max_denominator=60))
def test_turns_are_enclosed_to_200_bits_and_exact_where_they_are_rational(t: Fraction) -> None:
    for found, true in ((cosine(rational(t)), arb.cos_pi_fmpq), (sine(rational(t)), arb.sin_pi_fmpq)):
        with ms.precision(600):
            value = true(2 * rational(t))
            assert not value < arb(found.lo)
            assert not value > arb(found.hi)
        assert found.hi - found.lo < fmpq(1, 2**200)
        if (12 * t).denominator == 1 and any(holds(value, fmpq(k, 2)) for k in range(-2, 3)):
            assert found.exact


@pytest.mark.parametrize("decay", ["1/250", "1", "1000/999", "1000", "0"])
def test_the_momentum_schedule_is_enclosed_between_neighbouring_multiples(decay: str) -> None:
    power = ms.exact(decay)
    found = schedule_factor(power)
    with ms.precision(2000):
        true = arb(fmpq(24, 25)) ** arb(power)
        assert not true < arb(found.lo)
        assert not true > arb(found.hi)
    assert found.hi - found.lo == (0 if power == 0 else UNIT)


# The recurrences, which misstep has in its optimizers: for each, the same gradients must give the same iterates.

BETAS: Any = {"beta1": "4/5", "beta2": "9/10"}
EPS: Any = {"eps": "1/10", "eps_root": "1/100"}
TWINS: dict[str, tuple[Any, ms.Optimizer[Any]]] = {
    "gradient-descent": (method("gradient-descent", "2/7"), ms.GradientDescent(learning_rate="2/7")),
    "heavy-ball": (method("heavy-ball", momentum="1/3"), ms.HeavyBall(learning_rate=1, momentum="1/3")),
    "nesterov": (method("nesterov", momentum="1/3"), ms.Nesterov(learning_rate=1, momentum="1/3")),
    "sign-descent": (method("sign-descent"), ms.SignDescent(learning_rate=1)),
    "lion": (method("lion", **BETAS), ms.Lion(learning_rate=1, **BETAS)),
    "adam, zero": (own("zero", **BETAS, **EPS), ms.Adam(learning_rate=1, bias_correction=False, **BETAS, **EPS)),
    "adam, first-gradient": (
        own("first-gradient", **BETAS, **EPS),
        ms.Adam(learning_rate=1, bias_correction=False, start="first-gradient", **BETAS, **EPS),
    ),
    "adam, corrected": (own("corrected", **BETAS, **EPS), ms.Adam(learning_rate=1, **BETAS, **EPS)),
    "adam, eps_hat": (own(eps_hat="1/10", **BETAS), ms.Adam(learning_rate=1, eps=0, eps_hat="1/10", **BETAS)),
    "adam, eps_hat, raw": (
        own(eps_hat="1/10", amsgrad="raw", **BETAS),
        ms.Adam(learning_rate=1, eps=0, eps_hat="1/10", amsgrad="raw", **BETAS),
    ),
    "adam, raw": (own(amsgrad="raw", **BETAS, **EPS), ms.Adam(learning_rate=1, amsgrad="raw", **BETAS, **EPS)),
    "adam, maximum of corrected": (
        own(amsgrad="corrected", **BETAS, **EPS),
        ms.Adam(learning_rate=1, amsgrad="corrected", **BETAS, **EPS),
    ),
    "adam, zero, raw": (
        own("zero", amsgrad="raw", **BETAS, **EPS),
        ms.Adam(learning_rate=1, bias_correction=False, amsgrad="raw", **BETAS, **EPS),
    ),
    "adam, first-gradient, corrected": (
        own("first-gradient", amsgrad="corrected", **BETAS, **EPS),
        ms.Adam(learning_rate=1, bias_correction=False, start="first-gradient", amsgrad="corrected", **BETAS, **EPS),
    ),
    "adamax": (method("adamax", eps="1/10", **BETAS), ms.Adamax(learning_rate=1, eps="1/10", **BETAS)),
    "nadam": (
        method("nadam", eps="1/10", **BETAS),
        ms.NAdam(learning_rate=1, eps="1/10", momentum_decay=None, **BETAS),
    ),
    "nadam, schedule": (
        method("nadam", eps="1/10", momentum_decay="1/7", **BETAS),
        ms.NAdam(learning_rate=1, eps="1/10", momentum_decay="1/7", **BETAS),
    ),
    "rmsprop": (
        method("rmsprop", beta2="9/10", momentum="1/3", **EPS),
        ms.RMSprop(learning_rate=1, beta2="9/10", momentum="1/3", **EPS),
    ),
    "rmsprop, centered": (
        method("rmsprop", beta2="9/10", momentum="1/3", centered=True, **EPS),
        ms.RMSprop(learning_rate=1, beta2="9/10", momentum="1/3", centered=True, **EPS),
    ),
    "adabelief": (
        method("adabelief", eps_sum="1/20", **BETAS, **EPS),
        ms.AdaBelief(learning_rate=1, eps_sum="1/20", **BETAS, **EPS),
    ),
}

GRADIENTS = st.lists(st.fractions(-4, 4, max_denominator=12).filter(bool), min_size=1, max_size=12)


def steps(how: Any, gradients: list[Fraction]) -> list[Interval]:
    """x_0 = 0, x_1, … of a method of the format."""
    read = read_method(how, SCALAR_METHODS, ranges=True)
    at, state, found = Setting(read, lambda x: x), read.start, [Interval.point(0)]
    for k, g in enumerate(gradients):
        state, s = advance(at, state, Interval.point(rational(g)), first=k == 0)
        found.append(found[-1] + s)
    return found


def test_every_method_but_radam_is_compared_with_misstep() -> None:
    assert {how["name"] for how, _ in TWINS.values()} == set(SCALAR_METHODS) - {"radam"}


@pytest.mark.parametrize("name", TWINS)
@settings(max_examples=25)
@given(gradients=GRADIENTS)
def test_a_recurrence_gives_the_iterates_of_the_optimizer(name: str, gradients: list[Fraction]) -> None:
    how, optimizer = TWINS[name]
    exact = name in ("sign-descent", "lion")
    with ms.precision(600):
        theirs = feed(optimizer, gradients, "0", NumberKind.EXACT if exact else NumberKind.BALL)
        for mine, other in zip(steps(how, gradients), theirs, strict=True):
            assert arb(other).overlaps(arb(mine.lo).union(arb(mine.hi)))
            assert mine.hi - mine.lo < fmpq(1, 2**200)


@pytest.mark.parametrize("beta2", ["1/2", "9/10", "999/1000"])
@given(gradients=GRADIENTS)
def test_radam_gives_the_iterates_of_torch(beta2: str, gradients: list[Fraction]) -> None:
    torch = pytest.importorskip("torch")
    x = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.RAdam([x], lr=0.5, betas=(0.75, float(Fraction(beta2))), eps=0.125)
    mine = steps(method("radam", "1/2", beta1="3/4", beta2=beta2, eps="1/8"), gradients)
    for g, enclosed in zip(gradients, mine[1:], strict=True):
        x.grad = torch.tensor([float(g)], dtype=torch.float64)
        optimizer.step()
        assert float(x.detach()[0]) == pytest.approx(float(enclosed.lo), abs=1e-9)


def _moved(how: Any, values: list[fmpq], g: fmpq) -> list[Interval]:
    """The state after a step and the step, from a state near a point."""
    read = read_method(how, SCALAR_METHODS, ranges=True)
    state = dict(zip(read.start, map(Interval.point, values), strict=True))
    after, s = advance(Setting(read, lambda x: x), state, Interval.point(g), first=False)
    return [*after.values(), s]


@pytest.mark.parametrize("name", [*TWINS, "radam"])
def test_derivatives_are_the_limits_of_difference_quotients(name: str) -> None:
    how = method("radam", **BETAS) if name == "radam" else TWINS[name][0]
    read = read_method(how, SCALAR_METHODS, ranges=True)
    point = {"m": "1/3", "v": "2", "w": "3", "u": "3/2", "b": "1/2", "a": "1/7", "s": "5/4", "d": "1/9"}
    point |= {"p1": "1/5", "p2": "1/50", "P": "1/9", "D": "2/3", "q": "1/40"}
    values, g, h = [ms.exact(point[variable]) for variable in read.start], fmpq(3, 4), fmpq(1, 10**25)
    state = dict(zip(read.start, variables([Interval.point(x) for x in values]), strict=True))
    after, s = advance(Setting(read, Dual), state, Dual(Interval.point(g)), first=False)
    for j in range(len(values)):
        ahead, behind = (_moved(how, [x + sign * h * (i == j) for i, x in enumerate(values)], g) for sign in (1, -1))
        for result, up, down in zip([*after.values(), s], ahead, behind, strict=True):
            slope = result.slopes[j] if result.slopes else Interval.point(0)
            assert float(slope.lo) == pytest.approx(float((up.lo - down.lo) / (2 * h)), abs=1e-15)
            assert slope.hi - slope.lo < fmpq(1, 10**50)


def test_the_derivative_of_a_maximum_is_that_of_the_larger_or_the_hull_of_both() -> None:
    x, y = variables([interval("1", "2"), interval("0", "1")])
    assert x.maximum(y).slopes == x.slopes
    assert y.maximum(x).slopes == x.slopes
    x, y = variables([interval("0", "2"), interval("0", "1")])
    assert x.maximum(y).slopes == (ZERO_ONE, ZERO_ONE)


def test_an_operation_that_rounds_errs_by_at_most_the_unit() -> None:
    u = fmpq(1, 100)
    x, y = (Rounding(Interval.point(value), Interval(1 - u, 1 + u)) for value in (3, 4))
    assert (x + y).at == Interval(7 * (1 - u), 7 * (1 + u))
    assert (-x).at == Interval.point(-3)
    assert x.maximum(y).at == Interval.point(4)
    assert x.mix(y, x.like(Interval.point(1))) == y
    half = x.like(Interval.point(fmpq(1, 2)))
    # 1 - t, two products and a sum: three roundings on one way, two on the other.
    assert x.mix(y, half).at.hi == (fmpq(3, 2) * (1 + u) ** 2 + 2 * (1 + u)) * (1 + u)


def test_an_operation_that_must_be_exact_is_refused_where_it_is_not() -> None:
    assert Exact(Interval.point(4)).sqrt() == Exact(Interval.point(2))
    with pytest.raises(Stop, match="not exact"):
        Exact(Interval.point(2)).sqrt()


@pytest.mark.parametrize("shape", [CUBIC, PLATEAUS], ids=["cubic", "plateaus"])
@given(x=enclosures(), wide=st.booleans())
def test_f_prime_and_f_second_over_an_interval_enclose_their_values(
    shape: Any, x: tuple[Interval, fmpq], wide: bool
) -> None:
    line, (X, point) = Line(read_function(shape)), x
    X = X if wide else Interval.point(point)
    try:
        found = [line.enclose(X, order) for order in (1, 2)]
    except Stop:
        # Only where it reaches from before the repeated part into what repeats, or covers more than a period.
        assert X.lo < 0 < X.hi or X.hi - X.lo > 1
        return
    for order, enclosure in enumerate(found, 1):
        assert enclosure.lo <= line.exactly(point, order) <= enclosure.hi


def test_far_tails_repeat_on_both_sides() -> None:
    repeat = {"rule": "repeat", "period": "1"}
    line = Line(read_function({**PLATEAUS, "left": repeat}))
    for x in (fmpq(1, 3), fmpq(7, 8), fmpq(0), fmpq(1, 2)):
        for shift in (-(10**12), -1, 0, 5):
            assert line.exactly(x + shift) == line.exactly(x)
            assert line.exactly(x + shift, 1) == line.exactly(x, 1)
            near = Interval(x + shift - fmpq(1, 100), x + shift + fmpq(1, 100))
            assert line.enclose(near, 1).lo <= line.exactly(x, 1) <= line.enclose(near, 1).hi


@given(
    roots=st.lists(st.fractions(-1, 2, max_denominator=7), min_size=1, max_size=3),
    shift=st.sampled_from([fmpq(0), fmpq(1, 10**6), fmpq(-1, 10**6)]),
)
def test_a_polynomial_is_at_least_its_least_value_and_no_more(roots: list[Fraction], shift: fmpq) -> None:
    # A product of squares, moved up or down: its least value on [0, 1] is at a root or at an end.
    coefficients = [fmpq(1)]
    for root in map(rational, roots):
        for _ in range(2):
            times_t, times_root = [fmpq(0), *coefficients], [*(-root * c for c in coefficients), fmpq(0)]
            coefficients = [a + b for a, b in zip(times_t, times_root, strict=True)]
    moved = [coefficients[0] + shift, *coefficients[1:]]
    ends = min(evaluate(moved, fmpq(0)), evaluate(moved, fmpq(1)))
    inside = any(0 <= root <= 1 for root in roots)
    answer = at_least(moved, fmpq(1), fmpq(0))
    if answer is None:
        assert inside
        assert shift <= 0
    elif shift >= 0:
        assert answer
    elif inside:
        assert not answer
    assert answer is not False or ends < 0 or inside

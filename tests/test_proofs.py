"""What `prove` claims is what the checker accepts, for every method, and says by how much it fails where it does."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import fmpq

import misstep as ms
from misstep.certificates import Verdict, check_bytes
from misstep.certificates.intervals import Interval
from misstep.certificates.method_form import SCALAR_METHODS, read_method
from misstep.constructions import function_of_word, periodic_regime, search_words
from misstep.proofs import (
    Certificate,
    Cycle,
    Drift,
    NotProved,
    constant_drift,
    prove,
    prove_closed_orbit,
    prove_cycle,
    prove_drift,
    prove_function,
    prove_orbit,
    prove_rounded,
    prove_vanishing,
)
from misstep.proofs.counterparts import as_ours
from misstep.proofs.methods import recurrence, with_ranges
from misstep.proofs.plateau import plateau_around
from misstep.proofs.rounding import above, below, down, up
from misstep.proofs.settled import settled_state
from misstep.scalars import NumberKind

DRIFTING: dict[str, ms.Optimizer[Any]] = {
    "Adam": ms.Adam(learning_rate="1/10"),
    "Adam, first-gradient start": ms.adam_dialect("toint", learning_rate="1/10"),
    "Adam, uncorrected": ms.adam_dialect("uncorrected", learning_rate="1/10", beta2="3/4"),
    "Adam, eps hat": ms.adam_dialect("keras", learning_rate="1/10", beta2="3/4"),
    "Adam, eps inside": ms.Adam(learning_rate="1/10", eps=0, eps_root="7/9"),
    "AMSGrad, raw": ms.Adam(learning_rate="1/10", amsgrad="raw"),
    "AMSGrad, corrected": ms.Adam(learning_rate="1/10", amsgrad="corrected"),
    "Adamax": ms.Adamax(learning_rate="1/10"),
    "NAdam": ms.NAdam(learning_rate="1/10", beta2="3/4", momentum_decay=1),
    "NAdam, constant momentum": ms.NAdam(learning_rate="1/10", beta2="3/4", momentum_decay=None),
    "RAdam": ms.RAdam(learning_rate="1/10", beta2="4/5"),
    "RMSprop": ms.RMSprop(learning_rate="1/10", beta2="3/4"),
    "RMSprop, momentum": ms.RMSprop(learning_rate="1/10", beta2="3/4", momentum="1/2"),
    "RMSprop, centered": ms.RMSprop(learning_rate="1/10", beta2="3/4", centered=True, eps_root="1/4", eps=0),
    "AdaBelief": ms.AdaBelief(learning_rate="1/10", beta2="3/4", eps=0, eps_root="1/100"),
    "sign descent": ms.SignDescent(learning_rate="1/10"),
    "Lion": ms.Lion(learning_rate="1/10"),
    "heavy ball": ms.HeavyBall(learning_rate="1/10", momentum="1/2"),
    "Nesterov": ms.Nesterov(learning_rate="1/10", momentum="1/2"),
    "gradient descent": ms.GradientDescent(learning_rate="1/10"),
}


def function_of(certificate: Certificate) -> ms.PiecewisePolynomial:
    """The function of a certificate, as ours; its tails must be ours too."""
    written = certificate.document["function"]
    tails = [written[side].get("period") for side in ("left", "right")]
    return ms.PiecewisePolynomial(tuple(written["knots"]), tuple(tuple(p) for p in written["pieces"]), *tails)


@pytest.mark.parametrize("name", DRIFTING)
def test_every_drifting_method_is_proved_to_drift(name: str) -> None:
    found = prove(DRIFTING[name])
    assert found.kind == "drift"
    assert check_bytes(found.to_json().encode()).verdict is Verdict.PROVED


@pytest.mark.parametrize("name", DRIFTING)
def test_the_method_itself_does_in_floats_what_its_certificate_says(name: str) -> None:
    found = prove(DRIFTING[name])
    claim, f = found.document["claim"], function_of(found)
    low, high = (float(Fraction(end)) for end in claim["start"])
    # Half of a plateau is left for roundings where there is one; without one, floats may leave the node.
    for x0 in {(low + high) / 2, low + (high - low) / 4}:
        steps = claim["from"] + (40 if low < high else 3)
        run = ms.run(f, DRIFTING[name], ms.exact_from_float(x0), steps, kind=NumberKind.FLOAT64)
        moved = np.diff(np.asarray(run.x, np.float64))[claim["from"] :]
        shift = float(Fraction(claim["shift"]["value"]))
        assert np.abs(moved - shift).max() < (1e-9 if claim["shift"]["relation"] == "=" else 0.25) * abs(shift)
        assert np.abs(np.asarray(run.g, np.float64)).min() > 0.999 * float(Fraction(claim["slope"]))


def test_the_papers_theorem_holds_for_all_betas_at_once() -> None:
    method = with_ranges(recurrence(ms.adam_dialect("toint", learning_rate=1)), beta1=("0", "1"), beta2=("0", "1"))
    found = prove_drift(Drift(method, ms.cubic(1), Interval.point(0), (fmpq(-1),), fmpq(1)))
    assert "beta1 in [0, 1], beta2 in [0, 1]" in found.sentence
    assert found.document["proof"]["rule"] == "invariant"


def test_a_plateau_covers_a_ball_of_starts() -> None:
    claim = prove("adam(learning_rate=1/10, eps=0)", plateau="1/4").document["claim"]
    assert claim["start"] == ["-1/40", "1/40"]
    assert claim["shift"] == {"relation": "=", "value": "1/10"}


def test_a_function_of_least_constant_is_said_to_be_one() -> None:
    found = prove("torch:Adam(lr=1e-3)", slope="1e-12")
    assert found.document["claim"]["optimal"] is True
    # The critical smoothness 4(c + ε)/α.
    L = 4 * (ms.exact("1e-12") + ms.exact("1e-8")) / ms.exact("1e-3")
    assert found.document["claim"]["lipschitz"] == {"relation": "=", "value": str(L)}


def test_roundings_do_no_harm_on_a_plateau_for_a_million_steps() -> None:
    drift = constant_drift(recurrence(ms.adam_dialect("toint", learning_rate="1/10")), plateau="1/4")
    found = prove_rounded(drift, unit=fmpq(1, 2**53), n_steps=10**6)
    assert found.document["claim"]["rounding"] == {"unit": str(fmpq(1, 2**53)), "steps": 10**6}
    with pytest.raises(NotProved, match="condition 5"):
        prove_rounded(drift, unit=fmpq(1, 2**53), n_steps=10**9)


@pytest.mark.parametrize(("beta1", "L"), [("1/2", "5"), ("9/10", "16561/1268")])
def test_cycles_of_words_are_exact_and_of_least_constant(beta1: str, L: str) -> None:
    optimizer = ms.Adam(learning_rate=1, beta1=beta1, eps=0)
    word = search_words(optimizer, 8).cycle
    assert word is not None
    state = {"m": fmpq(word.regime.state.m), "v": fmpq(word.regime.state.v)}
    method = recurrence(ms.Adam(learning_rate=1, beta1=beta1, eps=0, bias_correction=False))
    found = prove_cycle(
        Cycle(method, function_of_word(word), fmpq(word.regime.nodes[0]), state, len(word.word), optimal=True)
    )
    assert found.document["proof"]["rule"] == "exact"
    assert found.document["claim"]["lipschitz"]["value"] == L


def parabola(curvature: int = 1) -> ms.PiecewisePolynomial:
    half = fmpq(curvature, 2)
    return ms.PiecewisePolynomial((fmpq(-1), fmpq(1)), ((half, -2 * half, half),))


def test_heavy_balls_three_cycle_attracts_a_ball_of_starts_that_floats_confirm() -> None:
    method = recurrence(ms.HeavyBall(learning_rate="1/9", momentum="4/9"))
    pieces = ((0, 0, "25/2"), ("25/2", 25, "1/2"), (38, 26, "25/2"))
    f = ms.PiecewisePolynomial((0, 1, 2, 3), pieces)  # type: ignore[arg-type]
    found = prove_cycle(Cycle(method, f, fmpq(792, 1225), {"d": fmpq(-72, 49)}, 3, mu=fmpq(1), extend=True))
    claim = found.document["claim"]
    assert claim["stability"]["type"] == "attracting"
    radius = {name: float(Fraction(r)) for name, r in claim["stability"]["radius"].items()}
    assert radius["x"] > 0.01
    rng = np.random.default_rng(3)
    x, d = 792 / 1225 + radius["x"] * rng.uniform(-1, 1, 200), -72 / 49 + radius["d"] * rng.uniform(-1, 1, 200)
    for _ in range(300):
        g = np.where(x < 1, 25 * x, np.where(x < 2, x + 24, 25 * x - 24))
        d = 4 / 9 * d - g / 9
        x = x + d
    assert np.abs(x - 792 / 1225).max() < 1e-12


@pytest.mark.parametrize(("beta1", "beta2"), [("9/10", "999/1000"), ("1/2", "9/10"), ("9/10", "1/2")])
def test_adams_two_cycle_on_a_parabola_repels_with_an_enclosed_multiplier(beta1: str, beta2: str) -> None:
    b = ms.exact(beta1)
    x = (1 - b) / (2 * (1 + b))
    state = {"m": -(1 - b) * x / (1 + b), "v": x * x}
    method = recurrence(ms.Adam(learning_rate=1, beta1=beta1, beta2=beta2, eps=0, bias_correction=False))
    found = prove_cycle(Cycle(method, parabola(), x, state, 2, mu=fmpq(1), extend=True))
    least, most = (float(Fraction(end)) for end in found.document["claim"]["stability"]["multiplier"])
    # The multiplier by differences of the method's own recurrence, in floats.
    b1, b2 = float(b), float(ms.exact(beta2))

    def two_steps(z: Any) -> Any:
        for _ in range(2):
            m, v = b1 * z[1] + (1 - b1) * z[0], b2 * z[2] + (1 - b2) * z[0] ** 2
            z = np.array([z[0] - m / np.sqrt(v), m, v])
        return z

    z = np.array([float(x), float(state["m"]), float(state["v"])])
    widths = 1e-6 * np.abs(z)
    sides = [(z + w * e, z - w * e) for w, e in zip(widths, np.eye(3), strict=True)]
    J = np.stack([(two_steps(up) - two_steps(low)) / (up - low).sum() for up, low in sides], axis=1)
    assert least < np.abs(np.linalg.eigvals(J)).max() < most < 1.05 * least


def test_a_cycle_that_is_not_rational_is_enclosed() -> None:
    method = recurrence(
        ms.Adam(learning_rate=1, beta1="1/2", beta2="9/10", eps=0, eps_root="1e-4", bias_correction=False)
    )
    x = fmpq(1, 6)
    found = prove_cycle(Cycle(method, parabola(), x, {"m": -x / 3, "v": x * x}, 2, mu=fmpq(1), extend=True))
    assert found.document["proof"]["rule"] == "enclosed"
    low, high = (ms.exact(end) for end in found.document["claim"]["x"])
    # On x²/2 the cycle solves 2x = (1 − β1)x/((1 + β1)√(x² + eps_root)), so x² = 1/36 − 10⁻⁴.
    assert low * low < fmpq(1, 36) - fmpq(1, 10**4) < high * high
    assert high - low < fmpq(1, 10**15)


def test_no_cycle_is_proved_where_there_is_none() -> None:
    method = recurrence(ms.GradientDescent(learning_rate="1/10"))
    with pytest.raises(NotProved):
        prove_cycle(Cycle(method, parabola(), fmpq(1, 2), {}, 2, extend=True))


def test_jets_of_the_spline_allow_no_smaller_constant_and_those_of_the_cubic_do() -> None:
    assert prove_function(ms.spline("1/10"), jets_at=[0, "1/10"], optimal=True).document["claim"]["optimal"]
    with pytest.raises(NotProved, match="condition 6"):
        prove_function(ms.cubic("1/10"), jets_at=[0, "1/10"], optimal=True)


def test_decreasing_steps_run_away_with_the_constants_of_the_mathematics_page() -> None:
    found = prove_vanishing(beta1=0, beta2=0, slope=3, learning_rate=2)
    assert float(Fraction(found.document["claim"]["lipschitz"]["value"])) == pytest.approx(4 * 3 / 2, rel=1e-6)
    assert float(Fraction(found.document["claim"]["infimum"]["value"])) == pytest.approx(-2 * 3, rel=1e-6)


def test_an_orbit_in_space_has_the_constant_that_its_jets_need() -> None:
    method = {"name": "normalized", "learning_rate": "1", "momentum": "0", "eps": "0"}
    found = prove_orbit(method, [0, 0], 4 * [["-3/5", "-4/5"]])
    assert float(Fraction(found.document["claim"]["lipschitz"]["value"])) == pytest.approx(4, rel=1e-5)


def test_heavy_ball_goes_round_the_roots_of_unity_where_the_known_inequality_says_so() -> None:
    def ring(L: Any) -> Certificate:
        points = [[("cos", fmpq(1), fmpq(t, 3)), ("sin", fmpq(1), fmpq(t, 3))] for t in range(3)]
        return prove_closed_orbit(a=["13/9", "-4/9"], b=["-1/9", 0], points=points, L=L, mu=1)

    assert ring(25).kind == "orbit"
    assert ring("3771/160").kind == "orbit"  # just above 377/16
    with pytest.raises(NotProved, match="condition 3"):
        ring("3769/160")


@pytest.mark.parametrize(
    ("subject", "options", "message"),
    [
        ("heavy_ball(learning_rate=1/9, momentum=4/9)", {"function": "plateau", "plateau": "1/100"}, "try --plateau"),
        ("keras:Adam(beta_2=0.9)", {"function": "spline"}, "try --plateau .* with --function plateau"),
        ("rmsprop(learning_rate=1/10)", {"function": "spline"}, "the first steps miss the wells"),
        ("adam(learning_rate=1/10, eps=0, eps_root=1/3)", {}, "is not a rational number: try --slope"),
        ("adam(learning_rate=1/10)", {"function": "sine"}, "not a piecewise polynomial"),
        ("adagrad(learning_rate=1/10)", {}, "no recurrence for AdaGrad"),
        ("adam(learning_rate=1/10, weight_decay=1/10)", {}, "weight decay"),
        ("torch:Adam(lr=1e-3, maximize=True)", {}, "maximize = True"),
        ("torch:LBFGS()", {}, "no recurrence is known here"),
    ],
)
def test_where_there_is_no_proof_the_message_says_which_step_fails(
    subject: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(NotProved, match=message):
        prove(subject, **options)


def test_the_plateau_that_is_suggested_does() -> None:
    subject = "heavy_ball(learning_rate=1/9, momentum=4/9)"
    with pytest.raises(NotProved) as failure:
        prove(subject, function="plateau", plateau="1/100")
    assert prove(subject, function="plateau", plateau=str(failure.value).rpartition(" ")[2]).kind == "drift"


def test_the_slope_that_is_suggested_does() -> None:
    subject = "adam(learning_rate=1/10, eps=0, eps_root=1/3)"
    with pytest.raises(NotProved) as failure:
        prove(subject)
    assert prove(subject, slope=str(failure.value).rpartition(" ")[2]).kind == "drift"


@pytest.mark.parametrize(
    ("subject", "options"),
    [
        ("sign_descent(learning_rate=1/10)", {}),
        ("adam(learning_rate=1/10, beta1=1/2)", {"function_class": "convex"}),
        ("gradient_descent(learning_rate=1/10)", {"function_class": "strongly-convex", "mu": "1"}),
        ("lion(learning_rate=1)", {}),
        ("rmsprop(learning_rate=1/10, beta2=3/4)", {}),
        ("adamax(learning_rate=1/10)", {}),
    ],
)
def test_what_was_constructed_is_proved(subject: str, options: dict[str, Any]) -> None:
    found = ms.construct(subject, curves=False, longest=5, n_steps=300, **options)
    certificate = prove(json.loads(json.dumps(found.to_dict())))
    assert certificate.kind == str(found.failure)
    assert certificate.sentence == prove(found).sentence


def test_a_construction_without_a_failure_is_nothing_to_prove() -> None:
    found = ms.construct("adagrad(learning_rate=1)", curves=False, longest=2, n_steps=200, function_class="convex")
    with pytest.raises(NotProved):
        prove(found)


PAIRS: dict[str, ms.Optimizer[Any]] = {
    "torch:SGD(lr=1/8, momentum=1/2)": ms.HeavyBall(learning_rate="1/8", momentum="1/2"),
    "torch:SGD(lr=1/8, momentum=1/2, nesterov=True)": ms.Nesterov(learning_rate="1/8", momentum="1/2"),
    "torch:SGD(lr=1/8)": ms.GradientDescent(learning_rate="1/8"),
    "torch:Adam(lr=1/8, betas=(1/2, 3/4), amsgrad=True)": ms.Adam(
        learning_rate="1/8", beta1="1/2", beta2="3/4", amsgrad="raw"
    ),
    "optax:amsgrad(learning_rate=1/8, eps=1e-4)": ms.Adam(learning_rate="1/8", amsgrad="corrected", eps="1e-4"),
    "keras:Adam(learning_rate=1/8)": ms.adam_dialect("keras", learning_rate="1/8"),
}


@pytest.mark.parametrize("text", PAIRS)
def test_a_frameworks_optimizer_stands_for_the_recurrence_of_its_documentation(text: str) -> None:
    assert recurrence(as_ours(text)) == recurrence(PAIRS[text])


FRAMEWORKS = (
    "torch:SGD(lr=1/8, momentum=1/2)",
    "torch:Adam(lr=1/8)",
    "torch:Adamax(lr=1/8)",
    "torch:NAdam(lr=1/8)",
    "torch:RAdam(lr=1/8)",
    "torch:RMSprop()",
    "optax:sgd(learning_rate=1/8)",
    "optax:adam(learning_rate=1/8)",
    "optax:adamax(learning_rate=1/8)",
    "optax:adabelief(learning_rate=1/8)",
    "optax:lion(learning_rate=1/8, weight_decay=0)",
    "keras:SGD(learning_rate=1/8)",
    "keras:Adam(learning_rate=1/8)",
    "keras:RMSprop(learning_rate=1/8)",
)


@pytest.mark.parametrize("spec", FRAMEWORKS)
def test_the_recurrence_that_stands_for_a_framework_takes_its_steps(spec: str) -> None:
    from failures import need

    need(spec)
    from misstep.adapters import resolve

    gradients = np.random.default_rng(5).normal(size=60)
    theirs = resolve(spec).stream(gradients).x
    ours = resolve(as_ours(spec)).stream(gradients).x
    # Keras keeps constants in float32.
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6 * np.abs(ours).max())


@pytest.mark.parametrize("name", DRIFTING)
def test_a_settled_state_is_what_a_long_run_comes_to(name: str) -> None:
    method = read_method(recurrence(DRIFTING[name]), SCALAR_METHODS, ranges=True)
    from misstep.certificates.methods import Setting, advance
    from misstep.proofs.floats import Float

    at: Setting[Float] = Setting(method, Float.of)
    state = {variable: Float.of(value) for variable, value in method.start.items()}
    for k in range(20_000):
        state, _ = advance(at, state, Float(-1.0), first=k == 0)
    for variable, value in settled_state(method, [fmpq(-1)]).items():
        assert state[variable].number == pytest.approx(float(value), abs=1e-8), variable


def test_a_settled_state_on_a_word_is_the_exact_regime() -> None:
    optimizer = ms.Adam(learning_rate=1, beta1="2/3", eps=0, bias_correction=False)
    word = [fmpq(g) for g in (-1, -1, 1)]
    found = settled_state(read_method(recurrence(optimizer), SCALAR_METHODS, ranges=True), word)
    regime = periodic_regime(optimizer, word).state
    assert found == {"m": regime.m, "v": regime.v}


def test_plateaus_are_found_across_the_ends_of_periods_and_along_tangents() -> None:
    f = ms.plateau(1, rho="1/4")
    assert plateau_around(f, fmpq(5)) == Interval(fmpq(19, 4), fmpq(21, 4))
    assert plateau_around(f, fmpq(-3)).hi == fmpq(1, 4)
    assert plateau_around(ms.spline(1), fmpq(3)) == Interval.point(3)


@pytest.mark.parametrize("number", [fmpq(1, 3), fmpq(-22, 7), fmpq(10**20, 3)])
def test_short_numbers_are_on_the_side_that_is_asked_for(number: fmpq) -> None:
    assert below(number) < number < above(number)
    size = float(abs(number))
    assert down(size) <= ms.exact_from_float(size) <= up(size)
    assert up(size) <= ms.exact_from_float(size) * fmpq(101, 100)


def test_a_certificate_is_a_json_object_with_a_line_for_each_part() -> None:
    found = prove("sign_descent(learning_rate=1/10)")
    assert json.loads(found.to_json()) == json.loads(json.dumps(found.document))
    assert found.to_json().count("\n") == len(found.document) + 2


@pytest.mark.parametrize(
    ("options", "message"), [({"slope": -1}, "slope = -1 must be positive"), ({"function": "cubik"}, "cubic")]
)
def test_bad_arguments_are_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ms.InvalidInput, match=message):
        prove("adam(learning_rate=1/10)", **options)

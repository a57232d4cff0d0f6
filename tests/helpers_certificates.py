"""Certificates of exact drifts, cycles and functions, for tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flint import fmpq

import misstep
from certificates import certificate as sealed
from misstep.constructions import function_of_word, search_words

Document = dict[str, Any]

ADAM = {
    "name": "adam",
    "learning_rate": "1",
    "beta1": "9/10",
    "beta2": "999/1000",
    "eps": "0",
    "eps_root": "0",
    "eps_hat": None,
    "start": "zero",
    "amsgrad": None,
}


def texts(numbers: Sequence[Any]) -> list[str]:
    """Numbers as certificates spell them."""
    return [str(misstep.exact(number)) for number in numbers]


def smooth(
    lipschitz: str, low: str, *, mu: str | None = None, optimal: bool = False, exact_low: bool = True
) -> Document:
    """The claims about a function."""
    return {
        "lipschitz": {"relation": "=", "value": lipschitz},
        "infimum": {"relation": "=" if exact_low else ">=", "value": low},
        "mu": mu,
        "optimal": optimal,
    }


def pieces(knots: Sequence[Any], rows: Sequence[Sequence[Any]], left: Any = None, right: Any = None) -> Document:
    """A function by its pieces; a tail is a period, "extend", or the tangent."""
    tails = [
        {"rule": "tangent"} if tail is None else {"rule": "extend"} if tail == "extend" else
        {"rule": "repeat", "period": str(misstep.exact(tail))}
        for tail in (left, right)
    ]  # fmt: skip
    return {
        "type": "piecewise",
        "knots": texts(knots),
        "pieces": [texts(row) for row in rows],
        "left": tails[0],
        "right": tails[1],
    }


def spline(s: fmpq) -> Document:
    """The spline of least constant through equal jets with the slope -1, s apart."""
    return pieces([0, s / 2, s], [[0, -1, 2 / s], [0, 1, -2 / s]], right=s)


def drift(
    method: Document,
    function: Document,
    word: Sequence[Any],
    box: dict[str, list[str]],
    shift: Any,
    about: Document,
    *,
    start: Sequence[str] = ("0", "0"),
    state: dict[str, str] | None = None,
) -> Document:
    """An exact drift."""
    slope = min(abs(misstep.exact(letter)) for letter in word)
    claim = {
        "start": list(start),
        "state": state,
        "from": 1,
        "period": len(word),
        "shift": {"relation": "=", "value": str(misstep.exact(shift))},
        "slope": str(slope),
        "rounding": None,
        **about,
    }
    proof = {"rule": "invariant", "word": texts(word), "box": box, "settled": None, "radius": None, "rate": None}
    return sealed("drift", method, function, claim, proof)


def cycle(
    method: Document, function: Document, period: int, x: Any, state: dict[str, str], slope: str, about: Document
) -> Document:
    """An exact cycle."""
    claim = {"period": period, "x": str(misstep.exact(x)), "state": state, "slope": slope, "stability": None, **about}
    return sealed("cycle", method, function, claim, {"rule": "exact", "matrix": None})


def paper() -> Document:
    """The paper's theorem, for all beta."""
    method = ADAM | {"beta1": ["0", "1"], "beta2": ["0", "1"], "start": "first-gradient"}
    function = pieces([0, 1], [[0, -1, 3, -2]], right=1)
    box = {"m": ["-1", "-1"], "v": ["1", "1"]}
    return drift(method, function, [-1], box, 1, smooth("6", "-1/10", exact_low=False))


def torch_adam() -> Document:
    """Adam as in torch, with eps outside the root, on the smoothest function."""
    method = ADAM | {"learning_rate": "1/10", "eps": "1/100", "start": "corrected"}
    box = {"m": ["-1", "-1"], "v": ["1", "1"], "p1": ["0", "1"], "p2": ["0", "1"]}
    s = fmpq(10, 101)
    return drift(method, spline(s), [-1], box, s, smooth("202/5", str(-s / 8), optimal=True))


def all_adams() -> Document:
    """Adam as in torch, AMSGrad, for all beta, eps inside the root: a step of 1/2."""
    method = ADAM | {"beta1": ["0", "1"], "beta2": ["0", "1"], "eps_root": "3", "start": "corrected", "amsgrad": "raw"}
    box = {"m": ["-1", "-1"], "v": ["1", "1"], "w": ["1", "1"], "p1": ["0", "1"], "p2": ["0", "1"]}
    return drift(method, spline(fmpq(1, 2)), [-1], box, "1/2", smooth("8", "-1/16", optimal=True))


def amsgrad() -> Document:
    """AMSGrad with a start of zero, from a given state."""
    method = ADAM | {"amsgrad": "corrected"}
    box = {"m": ["-1", "-1"], "v": ["1", "1"], "w": ["1", "1"]}
    about = smooth("4", "-1/8", optimal=True)
    return drift(method, spline(fmpq(1)), [-1], box, 1, about, state={"m": "-1", "v": "1", "w": "1"})


def plateau() -> Document:
    """Adam from every start in a plateau: the constant gradient meets the end of the period."""
    r, h = fmpq(1, 8), fmpq(3, 8)
    # The slope goes from -1 up at the rate a for h, and down again: f gains what it lost on the plateau.
    a = 1 / h**2
    dip = -2 * r - h + a * h**2 / 2
    rows: list[list[Any]] = [[0, -1], [-2 * r, -1, a / 2], [dip, a * h - 1, -a / 2], [0, -1]]
    function = pieces([-r, r, "1/2", 1 - r, 1 + r], rows, right=1)
    method = ADAM | {"start": "first-gradient"}
    box = {"m": ["-1", "-1"], "v": ["1", "1"]}
    return drift(method, function, [-1], box, 1, smooth(str(a), "-1", exact_low=False), start=("-1/8", "1/8"))


def sign_left() -> Document:
    """Sign descent to the left."""
    rows: list[list[Any]] = [[0, 1, -2], [0, -1, 2]]
    function = pieces([-1, "-1/2", 0], rows, left=1)
    method = {"name": "sign-descent", "learning_rate": "1"}
    return drift(method, function, [1], {}, -1, smooth("4", "-1/8", optimal=True))


def word_drift() -> Document:
    """Sign descent on gradients that alternate between -1 and -2."""
    function = pieces([0, 1, 2], [[0, -1, 4, -3], [0, -2, 5, -3]], right=2)
    method = {"name": "sign-descent", "learning_rate": "1"}
    return drift(method, function, [-2, -1], {}, 2, smooth("10", "-1/4", exact_low=False))


def heavy_ball() -> Document:
    """Heavy ball from its settled state."""
    method = {"name": "heavy-ball", "learning_rate": "1", "momentum": "1/2"}
    about = smooth("2", "-1/4", optimal=True)
    return drift(method, spline(fmpq(2)), [-1], {"d": ["2", "2"]}, 2, about, state={"d": "2"})


def lion() -> Document:
    """Lion, whose average stays in a box."""
    method = {"name": "lion", "learning_rate": "1", "beta1": "9/10", "beta2": "99/100"}
    return drift(method, spline(fmpq(1)), [-1], {"m": ["-1", "0"]}, 1, smooth("4", "-1/8", optimal=True))


def four_over_alpha() -> Document:
    """The spline through the paper's jets."""
    jets = [["0", "0", "-1"], ["1/10", "0", "-1"], ["1/5", "0", "-1"]]
    return sealed("function", None, spline(fmpq(1, 10)), {**smooth("40", "-1/80", optimal=True), "jets": jets}, {})


def quintic() -> Document:
    """A piece of higher degree, with a bound on its curvature."""
    about = smooth("10", "-1", exact_low=False) | {"lipschitz": {"relation": "<=", "value": "10"}, "jets": []}
    function = pieces([0, 1], [[0, -1, 0, 10, -15, 6]], right=1)
    return sealed("function", None, function, about, {})


def parabola(
    method: Document, x: str, state: dict[str, str], curvature: int | fmpq, slope: str, period: int = 2
) -> Document:
    """A cycle on curvature·x²/2."""
    half = fmpq(curvature) / 2
    function = pieces([-1, 1], [[half, -2 * half, half]], "extend", "extend")
    return cycle(method, function, period, x, state, slope, smooth(str(curvature), "0", mu=str(curvature)))


def gradient_descent() -> Document:
    """The two-cycle at 2/alpha."""
    return parabola({"name": "gradient-descent", "learning_rate": "1"}, "1", {}, 2, "2")


def adam_two_cycle() -> Document:
    """Adam goes round on a parabola."""
    return parabola(ADAM | {"beta1": "1/2"}, "1/6", {"m": "-1/3", "v": "1"}, 6, "1")


def adamax() -> Document:
    """Adamax, for all beta."""
    method = {"name": "adamax", "learning_rate": "1", "beta1": ["0", "1"], "beta2": ["0", "1"], "eps": "1"}
    box = {"m": ["-1", "-1"], "u": ["2", "2"], "p1": ["0", "1"]}
    return drift(method, spline(fmpq(1, 2)), [-1], box, "1/2", smooth("8", "-1/16", optimal=True))


def rmsprop() -> Document:
    """RMSprop goes round on a parabola, eps inside the root and outside."""
    method = {
        "name": "rmsprop",
        "learning_rate": "3",
        "beta2": "1/2",
        "eps": "1",
        "eps_root": "3",
        "momentum": "0",
        "centered": False,
    }
    return parabola(method, "1/2", {"v": "1", "b": "-1/3"}, 2, "1")


def nesterov() -> Document:
    """Nesterov's method goes round on a parabola."""
    method = {"name": "nesterov", "learning_rate": "1", "momentum": "1/2"}
    return parabola(method, "2/3", {"b": "-2/3"}, fmpq(3, 2), "1")


def keras() -> Document:
    """Adam as in Keras, where beta2 is 0 and eps_hat is eps."""
    method = ADAM | {"beta2": "0", "eps_hat": "1", "start": "corrected"}
    box = {"m": ["-1", "-1"], "v": ["1", "1"], "p1": ["0", "1"], "p2": ["0", "0"]}
    return drift(method, spline(fmpq(1, 2)), [-1], box, "1/2", smooth("8", "-1/16", optimal=True))


def lessard() -> Document:
    """The three-cycle of heavy ball, of Lessard, Recht and Packard."""
    rows = [[0, 0, "25/2"], ["25/2", 25, "1/2"], [38, 26, "25/2"]]
    function = pieces([0, 1, 2, 3], rows, "extend", "extend")
    method = {"name": "heavy-ball", "learning_rate": "1/9", "momentum": "4/9"}
    return cycle(method, function, 3, "792/1225", {"d": "-72/49"}, "10", smooth("25", "0", mu="1"))


def word_cycle() -> Document:
    """Adam with beta1 = 1/2 on the word --++."""
    found = search_words(misstep.Adam(learning_rate=1, beta1="1/2", eps=0), 7).cycle
    assert found is not None
    f, word = function_of_word(found), [fmpq(letter) for letter in found.word]
    m = fmpq(0)
    for letter in word:
        m = (m + letter) / 2
    m = m / (1 - fmpq(1, 2) ** len(word))
    function = pieces(f.knots, f.coefficients)
    about = smooth(str(f.lipschitz_constant()), "-100", exact_low=False)
    # m settles at the average that the word has at its end.
    return cycle(
        ADAM | {"beta1": "1/2"}, function, len(word), found.regime.nodes[0], {"m": str(m), "v": "1"}, "1", about
    )


CERTIFICATES: dict[str, Callable[[], Document]] = {
    "paper": paper,
    "torch's Adam": torch_adam,
    "all Adams": all_adams,
    "AMSGrad from a state": amsgrad,
    "plateau": plateau,
    "sign descent to the left": sign_left,
    "word drift": word_drift,
    "heavy ball": heavy_ball,
    "Lion": lion,
    "four over alpha": four_over_alpha,
    "quintic": quintic,
    "two-cycle of gradient descent": gradient_descent,
    "two-cycle of Adam": adam_two_cycle,
    "Adamax": adamax,
    "RMSprop": rmsprop,
    "Nesterov": nesterov,
    "Keras's Adam": keras,
    "Lessard, Recht and Packard": lessard,
    "word cycle of Adam": word_cycle,
}
"""What makes each certificate, by its name."""


def certificate(name: str) -> Document:
    """A certificate, made anew."""
    return CERTIFICATES[name]()

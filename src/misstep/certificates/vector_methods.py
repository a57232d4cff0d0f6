"""The recurrences of methods that are not coordinate-wise."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from flint import fmpq

from misstep.certificates.intervals import ONE, ZERO, Interval, undecided
from misstep.certificates.method_form import SCALAR_METHODS, Method
from misstep.certificates.methods import Setting, advance
from misstep.certificates.vectors import Matrix, Vector, minus, mix, norm, plus, product, times

_MOST_PRODUCTS = 20_000_000


def iterates(method: Method, x0: Vector, gradients: list[Vector]) -> Iterator[Vector]:
    """x_0, …, x_K of a method with its own start that sees these gradients.

    Args:
        method: Any but `linear`.
        x0: The first point.
        gradients: g_0, …, g_{K-1}.

    Raises:
        Stop: A step is undecided.
    """
    yield x0
    x = x0
    if method.name in SCALAR_METHODS:
        at = Setting(method, lambda value: value)
        states = [dict(method.start) for _ in x0]
        for k, g in enumerate(gradients):
            results = [advance(at, state, part, first=k == 0) for state, part in zip(states, g, strict=True)]
            states = [state for state, _ in results]
            x = plus(x, tuple(s for _, s in results))
            yield x
        return
    if method.name == "muon":
        _check_work(method, len(gradients))
    step = partial({"normalized": _normalized, "lars": _lars, "muon": _muon}[method.name], method)
    memory: Vector = (ZERO,) * len(x0)
    for g in gradients:
        memory, s = step(memory, x, g)
        x = plus(x, s)
        yield x


def _normalized(method: Method, m: Vector, _: Vector, g: Vector) -> tuple[Vector, Vector]:
    n = method.numbers
    m = mix(m, g, ONE - n["momentum"])
    size = norm(m) + n["eps"]
    return m, tuple(-(n["learning_rate"] * (part / size)) for part in m)


def _lars(method: Method, d: Vector, x: Vector, g: Vector) -> tuple[Vector, Vector]:
    n = method.numbers
    size, decay = norm(x), n["weight_decay"]
    trust = n["trust_coefficient"] * size / (norm(g) + decay * size + n["eps"])
    d = plus(times(n["momentum"], d), times(n["learning_rate"] * trust, plus(g, times(decay, x))))
    return d, tuple(-part for part in d)


def _muon(method: Method, B: Vector, _: Vector, g: Vector) -> tuple[Vector, Vector]:
    n, words = method.numbers, method.words
    rows, columns = words["rows"], words["columns"]
    B = mix(B, g, ONE - n["momentum"])
    U = mix(g, B, n["momentum"]) if words["nesterov"] else B
    size = norm(U).maximum(n["eps"])
    X: Matrix = tuple(tuple(part / size for part in U[i * columns : (i + 1) * columns]) for i in range(rows))
    a, b, c = (Interval.point(x) for x in words["coefficients"])
    for _step in range(words["ns_steps"]):
        A = product(X, tuple(zip(*X, strict=True)))
        squared = product(A, A)
        bent = tuple(plus(times(b, row), times(c, other)) for row, other in zip(A, squared, strict=True))
        moved = product(bent, X)
        X = tuple(plus(times(a, row), other) for row, other in zip(X, moved, strict=True))
    rate = n["learning_rate"] * ONE.maximum(Interval.point(fmpq(rows, columns))).sqrt()
    return B, tuple(-(rate * part) for row in X for part in row)


def _check_work(method: Method, n_steps: int) -> None:
    """Matrices of 10 000 rows are small in a file, and their products are not."""
    words = method.words
    rows, columns = words["rows"], words["columns"]
    if n_steps * words["ns_steps"] * rows * rows * (rows + 2 * columns) > _MOST_PRODUCTS:
        raise undecided(f"matrices of {rows} x {columns} in {n_steps} steps, which take too long to multiply")


def wanted_gradients(method: Method, points: list[Vector]) -> list[Vector]:
    """The gradients that the recurrence of `linear` asks for, so that it visits the points again and again.

    With b_l the one that is not 0 and indices modulo K: g_{k-l} = (x_{k+1} - Σ a_i·x_{k-i})/b_l.
    """
    a = [Interval.point(entry) for entry in method.words["a"]]
    (lag,) = (i for i, entry in enumerate(method.words["b"]) if entry != 0)
    b, n = Interval.point(method.words["b"][lag]), len(points)
    gradients = list(points)
    for k in range(n):
        remembered = times(a[0], points[k])
        for i in range(1, len(a)):
            remembered = plus(remembered, times(a[i], points[(k - i) % n]))
        gradients[(k - lag) % n] = tuple(part / b for part in minus(points[(k + 1) % n], remembered))
    return gradients

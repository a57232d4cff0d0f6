"""The function of a certificate in Coq: its data, and theorems about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flint import fmpq

from misstep.errors import InvalidInput
from misstep.exports.coq_text import comment, listed, natural, polynomial, rational, real
from misstep.scalars import exact

Coefficients = tuple[fmpq, ...]


@dataclass(frozen=True)
class Pieces:
    """A function by its pieces, all tails as polynomials.

    Attributes:
        knots: In their order.
        pieces: Coefficients of each piece, from its left knot on.
        left: The polynomial below the first knot, from there on.
        right: That above the last one.
        left_period: The period of a tail that repeats; `left` is then the tangent.
        right_period: The same on the right.
    """

    knots: tuple[fmpq, ...]
    pieces: tuple[Coefficients, ...]
    left: Coefficients
    right: Coefficients
    left_period: fmpq | None
    right_period: fmpq | None

    def definition(self) -> str:
        """The data as a term of Coq."""
        middle = listed(
            f"({rational(knot)}, {polynomial(piece)})" for knot, piece in zip(self.knots[1:], self.pieces, strict=True)
        )
        left, right = (
            "None" if period is None else f"(Some {rational(period)})"
            for period in (self.left_period, self.right_period)
        )
        return (
            "Definition data : piecewise := {|\n"
            f"  shape := {{| base := {rational(self.knots[0])}; left := {polynomial(self.left)};\n"
            f"    middle := {middle};\n"
            f"    right := {polynomial(self.right)} |}};\n"
            f"  left_period := {left}; right_period := {right} |}}."
        )

    def steepest(self, constant: fmpq) -> tuple[int, bool] | None:
        """A piece with |f''| = constant at an end, and whether at its right end."""
        for i, piece in enumerate(self.pieces):
            second = _derivative(_derivative(piece))
            for right in (False, True):
                if abs(_at(second, self.knots[i + 1] - self.knots[i] if right else fmpq(0))) == constant:
                    return i, right
        return None

    def lowest(self, value: fmpq) -> fmpq | None:
        """A point at which f has this value, among the ends and the vertices of pieces and tails."""
        tails = ((self.knots[0], self.left, None), (self.knots[-1], self.right, None))
        parts = [*zip(self.knots, self.pieces, self.knots[1:], strict=False), *tails]
        for base, piece, end in parts:
            points = [fmpq(0)] if end is None else [fmpq(0), end - base]
            if len(piece) == 3 and piece[2] != 0:
                points.append(-piece[1] / (2 * piece[2]))
            for point in points:
                inside = end is None or 0 <= point <= end - base
                if inside and _at(piece, point) == value:
                    return base + point
        return None


def read_pieces(function: Mapping[str, Any]) -> Pieces:
    """The function of a certificate.

    >>> read_pieces({"type": "piecewise", "knots": ["0", "1"], "pieces": [["0", "1", "1"]],
    ...     "left": {"rule": "tangent"}, "right": {"rule": "extend"}}).right
    (2, 3, 1)
    """
    knots = tuple(map(exact, function["knots"]))
    pieces = tuple(tuple(map(exact, piece)) for piece in function["pieces"])
    first, last, width = pieces[0], pieces[-1], knots[-1] - knots[-2]
    shifted = _shifted(last, width)
    left, right = function["left"], function["right"]
    return Pieces(
        knots,
        pieces,
        first if left["rule"] == "extend" else first[:2],
        shifted if right["rule"] == "extend" else shifted[:2],
        exact(left["period"]) if left["rule"] == "repeat" else None,
        exact(right["period"]) if right["rule"] == "repeat" else None,
    )


def _derivative(piece: Sequence[fmpq]) -> Coefficients:
    return tuple(k * c for k, c in enumerate(piece) if k)


def _at(piece: Sequence[fmpq], t: fmpq) -> fmpq:
    value = fmpq(0)
    for c in reversed(piece):
        value = value * t + c
    return value


def _shifted(piece: Sequence[fmpq], s: fmpq) -> Coefficients:
    """The coefficients from a base further on by s."""
    rest, shifted, factorial = tuple(piece), [], 1
    for k in range(len(piece)):
        factorial *= max(k, 1)
        shifted.append(_at(rest, s) / factorial)
        rest = _derivative(rest)
    return tuple(shifted)


def function_theorems(pieces: Pieces, claim: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Theorems about f and f' that every kind with a function has: name and text."""
    lipschitz, low = exact(claim["lipschitz"]["value"]), exact(claim["infimum"]["value"])
    bound = rational(lipschitz)
    yield (
        "checked",
        f"Lemma checked : check_function 40 (qsub 0 {bound}) {bound} data = true.\n"
        "Proof. vm_cast_no_check (eq_refl true). Qed.",
    )
    yield (
        "f_has_the_derivative_f'",
        "Theorem f_has_the_derivative_f' : forall t, derivable_pt_lim f t (f' t).\n"
        "Proof. exact (derivative_of_value _ _ _ data checked). Qed.",
    )
    yield (
        "f'_is_Lipschitz",
        f"Theorem f'_is_Lipschitz : forall x y, Rabs (f' x - f' y) <= {real(lipschitz)} * Rabs (x - y).\n"
        f"Proof.\n  intros x y. replace {real(lipschitz)} with (Q2R {bound}) by rational.\n"
        "  exact (slope_lipschitz _ _ data checked ltac:(vm_cast_no_check (eq_refl true)) x y).\nQed.",
    )
    if claim["lipschitz"]["relation"] == "=" and (steep := pieces.steepest(lipschitz)) is not None:
        i, right = steep
        yield (
            "no_smaller_constant_for_f'",
            "Theorem no_smaller_constant_for_f' :\n"
            "  forall L, (forall x y, Rabs (f' x - f' y) <= L * Rabs (x - y)) -> "
            f"{real(lipschitz)} <= L.\n"
            f"Proof.\n  intros L H. replace {real(lipschitz)} with (Q2R {bound}) by rational.\n"
            f"  exact (sharp _ _ _ data {natural(i)} {'true' if right else 'false'} {bound} checked "
            "ltac:(vm_cast_no_check (eq_refl true)) L H).\nQed.",
        )
    yield (
        "f_is_bounded_below",
        f"Theorem f_is_bounded_below : forall t, {real(low)} <= f t.\n"
        f"Proof.\n  intro t. replace {real(low)} with (Q2R {rational(low)}) by rational.\n"
        f"  apply (lower_bound _ _ _ data _ checked). vm_cast_no_check (eq_refl true).\nQed.",
    )
    if claim["infimum"]["relation"] == "=" and (point := pieces.lowest(low)) is not None:
        yield (
            "f_attains_its_infimum",
            f"Theorem f_attains_its_infimum : f {real(point)} = {real(low)}.\n"
            f"Proof. {_at_point('value_at', point, low)}. Qed.",
        )
    if claim["mu"] is not None:
        mu = exact(claim["mu"])
        yield (
            "f_is_convex",
            "(* f - (mu/2) x^2 is convex: its derivative f' - mu x does not fall. *)\n"
            f"Theorem f_is_convex : forall x y, x <= y -> f' x - {real(mu)} * x <= f' y - {real(mu)} * y.\n"
            f"Proof.\n  intros x y H. replace {real(mu)} with (Q2R {rational(mu)}) by rational.\n"
            f"  pose proof (slope_monotone 40 {rational(mu)} {bound} data\n"
            "    ltac:(vm_cast_no_check (eq_refl true)) x y H) as K.\n"
            "  unfold f'. lra.\nQed.",
        )


def _at_point(lemma: str, x: fmpq, value: fmpq) -> str:
    """The proof that f or f' has this value at this point."""
    return (
        f"apply ({lemma} _ _ _ data {rational(x)} {rational(value)} _ _ checked); "
        "[vm_cast_no_check (eq_refl true)|rational|rational]"
    )


def jet_theorem(jets: Sequence[Sequence[str]]) -> tuple[str, str]:
    """The theorem that f goes through these jets."""
    statements, proofs = [], []
    for x, value, gradient in (tuple(map(exact, jet)) for jet in jets):
        statements.append(f"(f {real(x)} = {real(value)} /\\ f' {real(x)} = {real(gradient)})")
        proofs.append(f"split; [{_at_point('value_at', x, value)}|{_at_point('slope_at', x, gradient)}]")
    joined = " /\\\n  ".join(statements)
    body = "".join(f"\n  split; [{proof}|]." for proof in proofs[:-1])
    return "jets", f"Theorem jets :\n  {joined}.\nProof.{body}\n  {proofs[-1]}.\nQed."


def smoothest_theorem(jets: Sequence[Sequence[str]], constant: fmpq) -> tuple[str, str]:
    """The theorem that no function through these jets has a smaller constant, from the two of them that decide."""
    ordered = sorted({jet[0]: tuple(map(exact, jet)) for jet in jets}.values())
    for (x0, f0, g0), (x1, f1, g1) in pairwise(ordered):
        h = x1 - x0
        if constant**2 * h**2 <= 2 * constant * abs(2 * (f0 - f1) + (g0 + g1) * h) + (g1 - g0) ** 2:
            jet = " -> ".join(
                f"g {real(x)} = {real(f)} -> g' {real(x)} = {real(slope)}"
                for x, f, slope in ((x0, f0, g0), (x1, f1, g1))
            )
            return (
                "no_smoother_function",
                comment("No function through these two jets, and so none through all of them, has a smaller constant.")
                + "\nTheorem no_smoother_function : forall g g' L, lipschitz_gradient g g' L ->\n"
                f"  {jet} ->\n  {real(constant)} <= L.\n"
                f"Proof.\n  intros g g' L G A B C D.\n"
                f"  apply (two_jets g g' L {real(x0)} {real(x1)} {real(f0)} {real(f1)} {real(g0)} {real(g1)} G);\n"
                "    [lra|exact A|exact C|exact B|exact D|lra|]. unfold Rabs. destruct (Rcase_abs _); lra.\nQed.",
            )
    raise InvalidInput("optimal = true, and no two neighboring jets show it")


def grid_theorem(word: Sequence[fmpq], shift: fmpq, constant: fmpq) -> tuple[str, str] | None:
    """The theorem that no function has a smaller constant and this gradient at the iterates; None for longer words."""
    slope, h = abs(word[0]), abs(shift)
    if len(word) != 1 or constant * h > 4 * slope:
        return None
    g, x = ("g", "x") if shift > 0 else ("(fun t => g (- t))", "(- x)")
    slopes, gradients = ("g'", "G") if shift > 0 else ("(fun t => - g' (- t))", "(mirror_gradient _ _ _ G)")
    return (
        "no_smoother_function",
        comment("No function that is bounded below has this gradient at all x + jd and a smaller constant.")
        + "\nTheorem no_smoother_function : forall g g' L x v, lipschitz_gradient g g' L ->\n"
        f"  (forall j : nat, g' (x + INR j * {real(shift)}) = {real(word[0])}) -> (forall t, v <= g t) ->\n"
        f"  {real(constant)} <= L.\n"
        "Proof.\n  intros g g' L x v G S B.\n"
        f"  apply Rle_trans with (4 * {real(slope)} / {real(h)}); [lra|].\n"
        f"  apply (grid {g} {slopes} L {x} {real(h)} {real(slope)} v {gradients}); [lra|lra| |intro t; apply B].\n"
        f"  intro j. specialize (S j). "
        + (
            "lra.\nQed."
            if shift > 0
            else f"replace (- (- x + INR j * {real(h)})) with (x + INR j * {real(shift)}) by lra. lra.\nQed."
        ),
    )

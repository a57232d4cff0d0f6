"""A function as a fragment of LaTeX: formulas of f and f' on one period, and its constants."""

from __future__ import annotations

import math
from collections.abc import Sequence

from flint import arb, fmpq

from misstep._version import __version__
from misstep.exports.latex_text import constant, decimal, escape, polynomial, rational
from misstep.exports.literal import check_exportable, groups
from misstep.exports.rounding import rounded_up
from misstep.functions import Function, Interpolant, PiecewisePolynomial, RidgeSum, Sine, SmoothPlateau
from misstep.functions.polynomial import derivative

MOST_ROWS = 12
"""Pieces, directions or jets that are written out; how many more there are is said in words."""


def to_latex(function: Function, *, title: str, facts: Sequence[str] = ()) -> str:
    r"""The function as a fragment that `\input` reads: it needs amsmath, and nothing else.

    Pieces, directions and jets beyond the first `MOST_ROWS` are counted, not written.

    Args:
        function: A `PiecewisePolynomial`, `Sine`, `SmoothPlateau`, a `RidgeSum` of those, or an `Interpolant`.
        title: One sentence. Titles and facts may hold any characters: what LaTeX cannot set is shown by its number.
        facts: Lines of text, a list below the formulas.

    Raises:
        InvalidInput: the function is of another kind.

    >>> from misstep.functions import cubic
    >>> print(to_latex(cubic("1/10"), title="Adam drifts."))
    % Made by misstep ...
    \paragraph{Adam drifts.}
    \[
      f(t) = -t + 30t^{2} - 200t^{3}
    \]
    \[
      f'(t) = -1 + 60t - 600t^{2}
    \]
    for $0 \le t < \frac{1}{10}$. To the left $f$ follows its tangent line; to the right it repeats with the period
    $\frac{1}{10}$. The smallest Lipschitz constant of $f'$ is $L = 60$, and $\inf f = -\frac{\sqrt{3}}{180}$.
    """
    check_exportable(function)
    lines = [f"% Made by misstep {__version__}", rf"\paragraph{{{escape(title)}}}", *_body(function, "f", "t")]
    lines.append(_constants(function))
    if facts:
        lines += [r"\begin{itemize}", *(rf"  \item {escape(fact)}" for fact in facts), r"\end{itemize}"]
    return "\n".join(lines) + "\n"


def _body(function: Function, name: str, variable: str) -> list[str]:
    match function:
        case PiecewisePolynomial():
            return _pieces(function, name, variable)
        case Sine(spacing=s, slope=c):
            angle = rf"{rational(2 / s)}\pi {variable}"
            return _displays(
                rf"{name}({variable}) = {_factor(-c * s / 2)}\frac{{1}}{{\pi}}\sin\bigl({angle}\bigr)",
                rf"{name}'({variable}) = {_factor(-c)}\cos\bigl({angle}\bigr)",
            )
        case SmoothPlateau():
            return _smooth_plateau(function, name, variable)
        case RidgeSum():
            return _ridges(function)
        case Interpolant():
            return _interpolant(function)
    raise AssertionError(type(function))


def _factor(number: fmpq) -> str:
    """A number before a product: 1 is not written."""
    return {1: "", -1: "-"}.get(int(number.p), rational(number)) if number.q == 1 else rational(number)


def _displays(*formulas: str) -> list[str]:
    return [line for formula in formulas for line in (r"\[", f"  {formula}", r"\]")]


def _pieces(function: PiecewisePolynomial, name: str, variable: str) -> list[str]:
    knots, pieces = function.knots, function.coefficients
    beyond = [_beyond(function.left_period), _beyond(function.right_period)]
    where = (
        rf"for ${rational(knots[0])} \le {variable} < {rational(knots[-1])}$. To the left ${name}$ {beyond[0]}; to the "
        rf"right it {beyond[1]}."
    )
    if len(pieces) > MOST_ROWS:
        return _table(function, name, variable, where)
    formulas = []
    for prime, rows in (("", pieces), ("'", [derivative(piece) for piece in pieces])):
        cases = [polynomial(row, variable, knot) for row, knot in zip(rows, knots, strict=False)]
        formulas.append(f"{name}{prime}({variable}) = {_cases(cases, knots, variable)}")
    return [*_displays(*formulas), where]


def _cases(formulas: Sequence[str], knots: Sequence[fmpq], variable: str) -> str:
    if len(formulas) == 1:
        return formulas[0]
    rows = [
        rf"    {formula}, & {rational(knots[k])} \le {variable} < {rational(knots[k + 1])}"
        for k, formula in enumerate(formulas)
    ]
    return "\\begin{cases}\n" + " \\\\[2pt]\n".join(rows) + "\n  \\end{cases}"


def _beyond(period: fmpq | None) -> str:
    return "follows its tangent line" if period is None else rf"repeats with the period ${rational(period)}$"


def _table(function: PiecewisePolynomial, name: str, variable: str, where: str) -> list[str]:
    degree = max(map(len, function.coefficients[:MOST_ROWS])) - 1
    head = [f"$c_{{i{j}}}$" for j in range(degree + 1)]
    rows = []
    for i, piece in enumerate(function.coefficients[:MOST_ROWS]):
        cells = [rational(c) for c in (*piece, *[fmpq(0)] * (degree + 1 - len(piece)))]
        rows.append([str(i), f"${rational(function.knots[i])}$", *(f"${cell}$" for cell in cells)])
    formulas = [
        rf"{name}({variable}) = \sum_{{j}} c_{{ij}}({variable} - t_i)^j",
        rf"{name}'({variable}) = \sum_{{j}} j\,c_{{ij}}({variable} - t_i)^{{j - 1}}"
        rf" \qquad (t_i \le {variable} < t_{{i+1}})",
    ]
    table = _tabular(["$i$", "$t_i$", *head], rows, len(function.coefficients), "pieces")
    return [*_displays(*formulas), where, *table]


def _tabular(head: Sequence[str], rows: Sequence[Sequence[str]], total: int, what: str) -> list[str]:
    more = total - len(rows)
    lines = [rf"\begin{{center}}\begin{{tabular}}{{{'r' * len(head)}}}", "  " + " & ".join(head) + r" \\ \hline"]
    lines += ["  " + " & ".join(row) + r" \\[2pt]" for row in rows]
    lines.append(r"\end{tabular}\end{center}")
    if more > 0:
        lines.append(
            rf"These are the first {len(rows)} of {total} {what}; the other {more} are in \texttt{{construction.json}}."
        )
    return lines


def _smooth_plateau(function: SmoothPlateau, name: str, variable: str) -> list[str]:
    s, c, a = function.spacing, function.slope, function.steepness
    r = function.rho * s
    formulas = _displays(
        rf"{name}({variable}) = {_factor(-c)}\bigl(d - {_factor(s)}S(u)\bigr), \qquad"
        rf" {name}'({variable}) = {_factor(-c)}\bigl(1 - {_factor(s / (s - 2 * r))}S'(u)\bigr)",
        rf"u = \frac{{d - {rational(r)}}}{{{rational(s - 2 * r)}}}, \qquad S(u) = \frac{{1}}{{1 + e^{{-q(u)}}}}, \qquad"
        rf" q(u) = {_factor(a)}\Bigl(\frac{{1}}{{1 - u}} - \frac{{1}}{{u}}\Bigr) \quad (0 < u < 1)",
    )
    where = (
        rf"with $S = 0$ for $u \le 0$ and $S = 1$ for $u \ge 1$, where $d$ is the distance of ${variable}$ to the "
        rf"multiple of ${rational(s)}$ before it."
    )
    return [*formulas, where]


def _ridges(function: RidgeSum) -> list[str]:
    m = len(function.directions)
    lines = [
        *_displays(
            rf"f(x) = \sum_{{r=1}}^{{{m}}} \varphi_r(\langle a_r, x\rangle), \qquad"
            rf" \nabla f(x) = \sum_{{r=1}}^{{{m}}} \varphi_r'(\langle a_r, x\rangle)\,a_r \qquad"
            rf" (x \in \mathbf R^{{{function.dimension}}})"
        )
    ]
    row = 0
    for ridge, directions in groups(function).items():
        shown = directions[: max(MOST_ROWS - row, 1)]
        vectors = ", ".join("(" + ", ".join(map(rational, direction)) + ")" for direction in shown)
        row += len(shown)
        more = len(directions) - len(shown)
        rest = rf" and {more} more in \texttt{{construction.json}}" if more else ""
        lines += [rf"For the directions ${vectors}${rest},", *_body(ridge, r"\varphi", "t")]
    return lines


def _interpolant(function: Interpolant) -> list[str]:
    jets, L, mu = function.jets, float(function.lipschitz_constant()), function.mu
    formulas = _displays(
        r"f(x) = \min_{\lambda \ge 0,\ \sum_i \lambda_i = 1}\ \frac{K}{2}\Bigl|x - \sum_i \lambda_i c_i\Bigr|^2"
        r" + \sum_i \lambda_i b_i + \frac{\mu}{2}|x|^2, \qquad"
        r" \nabla f(x) = K\Bigl(x - \sum_i \lambda_i^* c_i\Bigr) + \mu x",
        r"c_i = x_i - \frac{s_i}{K}, \qquad b_i = f_i - \frac{\mu}{2}|x_i|^2 - \frac{|s_i|^2}{2K}, \qquad"
        r" s_i = g_i - \mu x_i, \qquad K = L - \mu",
    )

    def vector(numbers: Sequence[float]) -> str:
        shown = [decimal(entry) for entry in numbers[:MOST_ROWS]]
        more = [r"\dots"] if len(numbers) > MOST_ROWS else []
        return f"$({', '.join([*shown, *more])})$"

    rows = [
        [str(i), vector(jets.x[i].tolist()), f"${decimal(float(jets.f[i]))}$", vector(jets.g[i].tolist())]
        for i in range(min(MOST_ROWS, len(jets.f)))
    ]
    where = rf"with $L = {decimal(L)}$ and $\mu = {decimal(mu)}$, through these jets (all rounded to 6 digits):"
    return [*formulas, where, *_tabular(["$i$", "$x_i$", "$f_i$", "$g_i$"], rows, len(jets.f), "jets")]


def _constants(function: Function) -> str:
    L, infimum = function.lipschitz_constant(), function.infimum()
    gradient, largest, least = "f'", f"= {constant(L)}", f"= {constant(infimum)}"
    match function:
        case RidgeSum():
            gradient, least = r"\nabla f", rf"\ge {constant(infimum)}"
            if isinstance(L, arb):
                largest = rf"\le {math.nextafter(float(rounded_up(L)), math.inf)!r}"
        case Interpolant():
            gradient, largest, least = r"\nabla f", *(rf"\approx {decimal(float(number))}" for number in (L, infimum))
    return rf"The smallest Lipschitz constant of ${gradient}$ is $L {largest}$, and $\inf f {least}$."

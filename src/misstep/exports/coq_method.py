"""The recurrences of methods, each written once: printed as a definition in Coq, and as a program for its checker."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from misstep.exports.certificate import NoExport

_OPERATORS: Mapping[type, tuple[str, str]] = MappingProxyType(
    {ast.Add: ("+", "Add"), ast.Sub: ("-", "Sub"), ast.Mult: ("*", "Mul"), ast.Div: ("/", "Div")}
)
_FUNCTIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "sqrt": ("sqrt", "Sqrt"),
        "square": ("square", "Square"),
        "abs": ("Rabs", "Abs"),
        "max": ("Rmax", "Max"),
        "sign": ("sign", "Sign"),
        "mix": ("mix", "Mix"),
        "gain": ("gain", "Gain"),
        "ratio": ("ratio", "Ratio"),
    }
)


@dataclass(frozen=True)
class Recurrence:
    """A method: its parameters, its state with the start of it, and its steps, as assignments from top to bottom.

    Attributes:
        parameters: Their names.
        state: The start of each state variable by its name.
        first: The assignments of the step at k = 0; the last one is to `step`.
        later: Those of all other steps.
    """

    parameters: tuple[str, ...]
    state: Mapping[str, int]
    first: tuple[str, ...]
    later: tuple[str, ...]

    @property
    def inputs(self) -> tuple[str, ...]:
        """What an expression may name at first, in the order in which programs count them."""
        return (*self.parameters, *self.state, "g")

    def definition(self, lines: Sequence[str]) -> str:
        """The body of a step as a term of Coq: the new state, and the step."""
        lets = [f"  let {name} := state_{name} s in" for name in self.state]
        for name, value in _assignments(lines):
            lets.append(f"  let {name} := {_printed(value)} in")
        return "\n".join([*lets, f"  (State{''.join(f' {name}' for name in self.state)}, step)."])

    def program(self, lines: Sequence[str]) -> str:
        """The same as a program of the checker: expressions, and where the results are found."""
        places = {name: place for place, name in enumerate(self.inputs)}
        expressions = []
        for name, value in _assignments(lines):
            expressions.append(_reified(value, places))
            places[name] = len(self.inputs) + len(expressions) - 1
        state = "; ".join(f"{places[name]}%nat" for name in self.state)
        body = ";\n      ".join(expressions)
        return f"{{| program := [\n      {body}];\n     new_state := [{state}]; the_step := {places['step']}%nat |}}"


def _assignments(lines: Sequence[str]) -> Iterator[tuple[str, ast.expr]]:
    for line in lines:
        name, _, value = line.partition(" = ")
        yield name, ast.parse(value, mode="eval").body


def _printed(node: ast.expr, *, inner: bool = False) -> str:
    match node:
        case ast.Constant(value=int() as value):
            return str(value)
        case ast.Name(id=name):
            return name
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            text = f"- {_printed(operand, inner=True)}"
        case ast.BinOp(left=left, op=op, right=right):
            text = f"{_printed(left, inner=True)} {_OPERATORS[type(op)][0]} {_printed(right, inner=True)}"
        case ast.Call(func=ast.Name(id=name), args=arguments):
            text = " ".join([_FUNCTIONS[name][0], *(_printed(argument, inner=True) for argument in arguments)])
        case _:
            raise AssertionError(ast.dump(node))
    return f"({text})" if inner else text


def _reified(node: ast.expr, places: Mapping[str, int]) -> str:
    match node:
        case ast.Constant(value=int() as value):
            return f"(Int {value})"
        case ast.Name(id=name):
            return f"(Var {places[name]})"
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"(Opp {_reified(operand, places)})"
        case ast.BinOp(left=left, op=op, right=right):
            return f"({_OPERATORS[type(op)][1]} {_reified(left, places)} {_reified(right, places)})"
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return f"({' '.join([_FUNCTIONS[name][1], *(_reified(argument, places) for argument in arguments)])})"
    raise AssertionError(ast.dump(node))


def recurrence(method: Mapping[str, object]) -> Recurrence:
    """The recurrence of the method of a certificate.

    Raises:
        NoExport: it has none that is exact.

    >>> lion = recurrence({"name": "lion", "learning_rate": "1", "beta1": "9/10", "beta2": "99/100"})
    >>> print(lion.definition(lion.later))
      let m := state_m s in
      let c := sign (mix m g (1 - beta1)) in
      let m := mix m g (1 - beta2) in
      let step := - (learning_rate * c) in
      (State m, step).
    """
    match method:
        case {"name": "gradient-descent"}:
            return _same(("learning_rate",), {}, "step = -(learning_rate * g)")
        case {"name": "heavy-ball"}:
            return _same(("learning_rate", "momentum"), {"d": 0}, "d = momentum * d - learning_rate * g", "step = d")
        case {"name": "nesterov"}:
            return _same(
                ("learning_rate", "momentum"),
                {"b": 0},
                "b = momentum * b + g",
                "step = -(learning_rate * (g + momentum * b))",
            )
        case {"name": "sign-descent"}:
            return _same(("learning_rate",), {}, "step = -(learning_rate * sign(g))")
        case {"name": "lion"}:
            return _same(
                ("learning_rate", "beta1", "beta2"),
                {"m": 0},
                "c = sign(mix(m, g, 1 - beta1))",
                "m = mix(m, g, 1 - beta2)",
                "step = -(learning_rate * c)",
            )
        case {"name": "adam"}:
            return _adam(method)
        case {"name": "adamax"}:
            return _same(
                ("learning_rate", "beta1", "beta2", "eps"),
                {"m": 0, "u": 0, "p1": 1},
                "m = mix(m, g, gain(beta1, p1))",
                "u = max(beta2 * u, abs(g) + eps)",
                "p1 = beta1 * p1",
                "step = -(learning_rate * m / u)",
                first={"m = mix(m, g, gain(beta1, p1))": "m = mix(m, g, 1)"},
            )
        case {"name": "rmsprop"}:
            return _rmsprop(method)
        case {"name": "nadam", "momentum_decay": None}:
            return _same(
                ("learning_rate", "beta1", "beta2", "eps"),
                {"m": 0, "v": 0, "p2": 1, "P": 1},
                "m = mix(m, g, 1 - beta1)",
                "v = mix(v, square(g), gain(beta2, p2))",
                "P = P * beta1",
                "p2 = beta2 * p2",
                "step = -(learning_rate * (beta1 * m / (1 - P * beta1) + (1 - beta1) * g / (1 - P)) / (sqrt(v) + eps))",
                first={"v = mix(v, square(g), gain(beta2, p2))": "v = mix(v, square(g), 1)"},
            )
    raise NoExport(f"a certificate of {method['name']} has no Coq export: its steps are no exact numbers")


def _same(
    parameters: tuple[str, ...], state: Mapping[str, int], *lines: str, first: Mapping[str, str] | None = None
) -> Recurrence:
    """A recurrence whose first step is as all others, but for a few lines."""
    return Recurrence(parameters, state, tuple((first or {}).get(line, line) for line in lines), lines)


def _adam(method: Mapping[str, object]) -> Recurrence:
    start, amsgrad, hat = method["start"], method["amsgrad"], method["eps_hat"] is not None
    corrected = start == "corrected"
    state = {"m": 0, "v": 0}
    if amsgrad is not None:
        state["w"] = 0
    if corrected:
        state |= {"p1": 1, "p2": 1}
    gains = ("gain(beta1, p1)", "gain(beta2, p2)") if corrected else ("1 - beta1", "1 - beta2")
    lines = [f"m = mix(m, g, {gains[0]})", f"v = mix(v, square(g), {gains[1]})"]
    first = list(lines)
    if start != "zero":
        first = ["m = mix(m, g, 1)", "v = mix(v, square(g), 1)"]
    larger = "max(ratio(beta2, p2) * w, v)" if amsgrad == "raw" and corrected else "max(w, v)"
    for steps in (first, lines):
        if amsgrad is not None:
            at_first = "max(0 * w, v)" if steps is first and amsgrad == "raw" and corrected else larger
            steps.append(f"w = {at_first}")
        if corrected:
            steps += ["p1 = beta1 * p1", "p2 = beta2 * p2"]
        y = "v" if amsgrad is None else "w"
        eps = "eps_hat / sqrt(1 - p2)" if hat else "eps"
        steps.append(f"step = -(learning_rate * m / (sqrt({y} + eps_root) + {eps}))")
    parameters = ("learning_rate", "beta1", "beta2", "eps", "eps_root", *(("eps_hat",) if hat else ()))
    return Recurrence(parameters, state, tuple(first), tuple(lines))


def _rmsprop(method: Mapping[str, object]) -> Recurrence:
    centered = method["centered"]
    lines = ["v = mix(v, square(g), 1 - beta2)"]
    if centered:
        lines += ["a = mix(a, g, 1 - beta2)", "z = v - square(a)"]
    z = "z" if centered else "v"
    lines += [f"b = momentum * b + g / (sqrt({z} + eps_root) + eps)", "step = -(learning_rate * b)"]
    state = {"v": 0, **({"a": 0} if centered else {}), "b": 0}
    return _same(("learning_rate", "beta2", "eps", "eps_root", "momentum"), state, *lines)

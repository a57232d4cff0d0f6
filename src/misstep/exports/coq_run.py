"""The run of a method in Coq, and the theorems on drifts and cycles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flint import fmpq

from misstep.exports.certificate import NoExport
from misstep.exports.coq_function import Pieces, grid_theorem
from misstep.exports.coq_method import Recurrence
from misstep.exports.coq_text import interval, listed, natural, rational, real
from misstep.scalars import exact

Range = tuple[fmpq, fmpq]


def read_range(value: Any) -> Range:
    """A number or range of a certificate, by its ends.

    >>> read_range("1/2"), read_range(["0", "1"])
    ((1/2, 1/2), (0, 1))
    """
    low, high = (value, value) if isinstance(value, str) else value
    return exact(low), exact(high)


def run_definitions(method: Recurrence) -> Iterator[str]:
    """The definitions of the state, the step and the run, and that the checker's program is the step."""
    fields = "; ".join(f"state_{name} : R" for name in method.state)
    parameters = " ".join(method.parameters)
    yield f"Record state := State {{ {fields} }}."
    cases = {"step_first": method.first, "step_later": method.later}
    for name, lines in cases.items():
        yield f"Definition {name} ({parameters} : R) (s : state) (g : R) : state * R :=\n{method.definition(lines)}"
    yield (
        f"Definition step (k : nat) := match k with O => step_first | S _ => step_later end.\n"
        "(* The iterate x_k and the state before step k. *)\n"
        f"Fixpoint run ({parameters} x0 : R) (s0 : state) (k : nat) : R * state := match k with\n"
        "  | O => (x0, s0)\n"
        f"  | S k => let (x, s) := run {parameters} x0 s0 k in\n"
        f"           let (s', d) := step k {parameters} s (f' x) in (x + d, s')\n  end."
    )
    values = "; ".join(f"state_{name} s" for name in method.state)
    yield f"Definition all_of (s : state) : list R := [{values}]."
    fields = "injection H; intros; subst" if method.state else "clear H"
    yield (
        "Lemma all_of_state : forall s s', all_of s = all_of s' -> s = s'.\n"
        f"Proof. intros [] [] H. unfold all_of in H. {fields}; reflexivity. Qed."
    )
    for name, lines in cases.items():
        yield f"Definition {name.replace('step', 'program')} : method :=\n  {method.program(lines)}."
    inputs = "; ".join(method.parameters)
    yield (
        f"Lemma program_is_step : forall k {parameters} s g,\n"
        f"  after (match k with O => program_first | S _ => program_later end) [{inputs}] (all_of s) g =\n"
        f"  (all_of (fst (step k {parameters} s g)), snd (step k {parameters} s g)).\n"
        f"Proof. intros [|k]; intros; reflexivity. Qed.\n"
        f"Lemma run_is_run : forall {parameters} x0 s0, run_of data program_first program_later [{inputs}]\n"
        f"  (fun k => fst (run {parameters} x0 s0 k)) (fun k => all_of (snd (run {parameters} x0 s0 k))).\n"
        f"Proof.\n  intros. intro k. rewrite program_is_step. cbn [run]. fold f'.\n"
        f"  destruct (run {parameters} x0 s0 k) as [x s]. cbn [fst snd].\n"
        f"  destruct (step k {parameters} s (f' x)) as [s' d]. cbn [fst snd]. f_equal. ring.\nQed."
    )


class Parameters:
    """The parameters of a method in a theorem: numbers, and variables with their ranges."""

    def __init__(self, recurrence: Recurrence, method: Mapping[str, Any]) -> None:
        self.ranges = [read_range(method[name]) for name in recurrence.parameters]
        self.open = {name for name in ("beta1", "beta2") if f"p{name[-1]}" in recurrence.state}
        self.names = recurrence.parameters
        self.variables = [name for name, ends in zip(self.names, self.ranges, strict=True) if ends[0] < ends[1]]

    @property
    def arguments(self) -> list[str]:
        """The arguments of a run, in order."""
        pairs = zip(self.names, self.ranges, strict=True)
        return [name if name in self.variables else real(ends[0]) for name, ends in pairs]

    @property
    def conditions(self) -> list[str]:
        """That the variables lie in their ranges."""
        pairs = zip(self.names, self.ranges, strict=True)
        return [
            # 1 - beta^k divides: there is no such method where beta = 1.
            f"{real(low)} <= {name} {'<' if high == 1 and name in self.open else '<='} {real(high)}"
            for name, (low, high) in pairs
            if low < high
        ]


def drift_theorem(pieces: Pieces, recurrence: Recurrence, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The theorem of an exact drift.

    Raises:
        NoExport: the drift is not exact.
    """
    claim, proof = document["claim"], document["proof"]
    if proof["rule"] != "invariant":
        raise NoExport(f"a drift proved by the rule {proof['rule']!r} has no Coq export: only 'invariant'")
    parameters = Parameters(recurrence, document["method"])
    start, shift, slope = read_range(claim["start"]), exact(claim["shift"]["value"]), exact(claim["slope"])
    begin, period, word = claim["from"], claim["period"], list(map(exact, proof["word"]))
    own = claim["state"] or {}
    state = [exact(own[name]) if own else fmpq(at) for name, at in recurrence.state.items()]
    tail = pieces.right_period if shift > 0 else pieces.left_period
    assert tail is not None
    box = [read_range(proof["box"][name]) for name in recurrence.state]
    values = {
        "ps": [interval(ends) for ends in parameters.ranges],
        "S": [interval((at, at)) for at in state],
        "box": [interval(ends) for ends in box],
        "word": [rational(letter) for letter in word],
    }
    yield "word", f"Definition word : list R := map Q2R\n  {listed(values['word'])}."
    variables = [*parameters.variables, *(["x0"] if start[0] < start[1] else [])]
    conditions = list(parameters.conditions)
    if start[0] < start[1]:
        conditions.append(f"{real(start[0])} <= x0 <= {real(start[1])}")
    x0 = "x0" if start[0] < start[1] else real(start[0])
    s0 = f"(State{''.join(' ' + real(at) for at in state)})"
    arguments = " ".join([*parameters.arguments, x0, s0])
    check = " ".join(
        [
            f"data {rational(slope)} program_first program_later {listed(values['ps'])} {interval(start)}\n   ",
            f"{listed(values['S'])} {natural(begin)}\n    {listed(values['word'])}\n    {listed(values['box'])}",
            f"{'true' if shift > 0 else 'false'} {int((abs(shift) / tail).p)} {rational(shift)}",
        ]
    )
    quantified = f"forall {' '.join(variables)}, " if variables else ""
    premises = "".join(f"{condition} -> " for condition in conditions)
    fields = f"cbn [{' '.join(f'state_{name}' for name in recurrence.state)}]; " if recurrence.state else ""
    K, p, d = natural(begin), natural(period), real(shift)
    yield (
        "drift_of_this_method",
        f"Theorem drift_of_this_method : {quantified}{premises}\n"
        f"  let x k := fst (run {arguments} k) in\n"
        f"  (forall k, {real(slope)} <= Rabs (f' (x k))) /\\\n"
        f"  (forall k, ({K} <= k)%nat -> x (k + {p})%nat = x k + {d}) /\\\n"
        f"  (forall k, ({K} <= k)%nat -> f' (x k) = nth ((k - {K}) mod {p}) word 0) /\\\n"
        "  (forall B, exists N, forall k, (N <= k)%nat -> B < Rabs (x k)).\n"
        "Proof.\n  intros.\n"
        f"  pose proof (drift _ _ _ {check}\n    checked ltac:(vm_cast_no_check (eq_refl true))\n"
        f"    [{'; '.join(parameters.arguments)}] x (fun k => all_of (snd (run {arguments} k)))) as D.\n"
        f"  specialize (D ltac:(all_inside)).\n"
        f"  specialize (D (run_is_run {arguments})).\n"
        "  specialize (D ltac:(unfold x; cbn [run fst]; inside)).\n"
        f"  specialize (D ltac:(cbn [run snd]; unfold all_of; {fields}all_inside)).\n"
        f"  destruct D as (A & B & C). replace (Q2R {rational(slope)}) with {real(slope)} in A by rational.\n"
        f"  replace (Q2R {rational(shift)}) with {d} in B by rational.\n"
        f"  split; [exact A|]. split; [exact B|]. split; [exact C|].\n"
        f"  apply (escapes x {K} {p} {d}); [apply Nat.leb_le; vm_compute; reflexivity|lra|exact B].\nQed.",
    )
    if claim["optimal"] and (least := grid_theorem(word, shift, exact(claim["lipschitz"]["value"]))) is not None:
        yield least


def cycle_theorem(recurrence: Recurrence, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The theorem of an exact cycle.

    Raises:
        NoExport: the cycle is not exact.
    """
    claim, rule = document["claim"], document["proof"]["rule"]
    if rule != "exact":
        raise NoExport(f"a cycle proved by the rule {rule!r} has no Coq export: only 'exact'")
    parameters = Parameters(recurrence, document["method"])
    x0, slope, p = exact(claim["x"]), exact(claim["slope"]), natural(claim["period"])
    state = [exact(claim["state"][name]) for name in recurrence.state]
    arguments = " ".join([*parameters.arguments, real(x0), f"(State{''.join(' ' + real(at) for at in state)})"])
    boxes = listed(interval(ends) for ends in parameters.ranges)
    state_text = listed(map(rational, state))
    check = f"data {rational(slope)} program_later {boxes}\n    {rational(x0)} {state_text} {p}"
    s = f"(fun k => all_of (snd (run {arguments} k)))"
    fields = f"cbn [{' '.join(f'state_{name}' for name in recurrence.state)}]; " if recurrence.state else ""
    yield (
        "cycle_of_this_method",
        f"Theorem cycle_of_this_method :\n  let x k := fst (run {arguments} k) in\n"
        f"  let s k := snd (run {arguments} k) in\n"
        f"  (forall k, {real(slope)} <= Rabs (f' (x k))) /\\\n"
        f"  (forall k, x (k + {p})%nat = x k /\\ s (k + {p})%nat = s k).\n"
        "Proof.\n  intros x s.\n"
        f"  pose proof (cycle _ _ _ {check}\n    checked ltac:(vm_cast_no_check (eq_refl true))\n"
        f"    [{'; '.join(parameters.arguments)}] x {s}) as C.\n"
        "  specialize (C ltac:(all_inside)).\n"
        f"  specialize (C (run_is_run {arguments})).\n"
        "  specialize (C ltac:(unfold x; cbn [run fst]; rational)).\n"
        f"  specialize (C ltac:(cbn [run snd map]; unfold all_of; {fields}repeat (apply cons_eq; [rational|]);\n"
        "    reflexivity)).\n"
        f"  destruct C as (A & B). replace (Q2R {rational(slope)}) with {real(slope)} in A by rational.\n"
        "  split; [exact A|]. intro k. destruct (B k) as [B1 B2]. split; [exact B1|].\n"
        "  apply all_of_state. exact B2.\nQed.",
    )

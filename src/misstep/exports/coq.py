"""A certificate as a Coq file that proves what it claims, with the standard library alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from misstep._version import __version__
from misstep.exports.certificate import NoExport
from misstep.exports.coq_function import function_theorems, jet_theorem, read_pieces, smoothest_theorem
from misstep.exports.coq_method import recurrence
from misstep.exports.coq_run import cycle_theorem, drift_theorem, run_definitions
from misstep.exports.coq_text import comment
from misstep.scalars import exact

_HEAD = """\
Require Import Reals QArith Qreals Qround ZArith Arith List Bool Lra Lia Psatz.
Import ListNotations.
"""
_LINE = ("polynomials", "functions", "piecewise", "bounds", "least")
_PARTS = {
    "function": ("intervals", *_LINE),
    "drift": ("intervals", "recurrence", *_LINE, "runs", "drift"),
    "cycle": ("intervals", "recurrence", *_LINE, "runs", "cycle"),
}
_READING = (
    "How to read this file. The last part says what is proved: the definitions of data, f and f', of the step of the "
    "method and of its run, and the theorems. `value` and `slope` are defined in the part on functions: a function "
    "by its pieces, (k, p) being the polynomial with the coefficients p up to the knot k, with tails that go on as "
    "polynomials or repeat. All before that is proved once for every file of this kind.",
    "How the proofs go. A condition on rational numbers is decided by computation (vm_cast_no_check), and a theorem "
    "says what follows from it over the real numbers. For a drift: whatever the state in its box is, a period of the "
    "word of gradients leads back into the box and moves x by d; f' repeats there; the rest is induction.",
)


def to_coq(document: Mapping[str, Any]) -> str:
    """The certificate as a file for `coqc`.

    Args:
        document: A certificate, as JSON was read; it must have been checked.

    Raises:
        NoExport: there is no proof in Coq for this kind of claim; the message names the reason.
    """
    kind = document["kind"]
    if kind not in _PARTS:
        raise NoExport(f"a certificate of the kind {kind!r} has no Coq export: only function, drift and cycle")
    theorems = list(_theorems(document))
    head = comment(
        document["sentence"], f"Written by misstep {__version__}.", *_READING, *_left_out(document, theorems)
    )
    body = "\n".join([head, _HEAD, *map(_part, _PARTS[kind]), "End Checks.\n", *theorems])
    return "\n".join(line.rstrip() for line in body.splitlines()) + "\n"


def _part(name: str) -> str:
    return files("misstep.exports").joinpath("templates", "coq", f"{name}.v").read_text("utf-8")


def _theorems(document: Mapping[str, Any]) -> Iterator[str]:
    claim, kind = document["claim"], document["kind"]
    pieces = read_pieces(document["function"])
    yield comment("======== What this file is about: the function, the method, and what is claimed. ========")
    yield pieces.definition()
    yield "Definition f : R -> R := value data.\nDefinition f' : R -> R := slope data.\n"
    named = list(function_theorems(pieces, claim))
    if kind == "function" and claim["jets"]:
        named.append(jet_theorem(claim["jets"]))
    if kind == "function" and claim["optimal"]:
        named.append(smoothest_theorem(claim["jets"], exact(claim["lipschitz"]["value"])))
    yield "\n\n".join(text for _, text in named)
    if kind != "function":
        method = recurrence(document["method"])
        yield "\n" + "\n".join(run_definitions(method)) + "\n"
        more = list(drift_theorem(pieces, method, document) if kind == "drift" else cycle_theorem(method, document))
        yield "\n\n".join(text for _, text in more)
        named += more
    yield "\n" + "\n".join(f"Print Assumptions {name}." for name, text in named if "Theorem " in text)


def _left_out(document: Mapping[str, Any], theorems: list[str]) -> Iterator[str]:
    """What the certificate claims and the file does not prove."""
    claim, text = document["claim"], "\n".join(theorems)
    missing = []
    if claim.get("stability") is not None:
        missing.append(f"that the cycle is {claim['stability']['type']}")
    if claim["optimal"] and "no_smoother_function" not in text:
        missing.append("that no smaller constant will do")
    if claim["lipschitz"]["relation"] == "=" and "no_smaller_constant_for_f'" not in text:
        missing.append("that f' has no smaller Lipschitz constant")
    if claim["infimum"]["relation"] == "=" and "f_attains_its_infimum" not in text:
        missing.append("that f attains its infimum")
    if missing:
        yield f"Claimed by the certificate, but not proved in this file: {', '.join(missing)}."

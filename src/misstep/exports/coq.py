"""A certificate as a Coq file that proves what it claims, with the standard library alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from misstep._version import __version__
from misstep.errors import InvalidInput
from misstep.exports.coq_function import function_theorems, jet_theorem, read_pieces
from misstep.exports.coq_method import recurrence
from misstep.exports.coq_run import cycle_theorem, drift_theorem, run_definitions
from misstep.exports.coq_text import comment

_HEAD = """\
Require Import Reals QArith Qreals Qround ZArith Arith List Bool Lra Lia Psatz.
Import ListNotations.
"""
_PARTS = {
    "function": ("intervals", "polynomials", "functions", "piecewise", "bounds", "least"),
    "drift": ("intervals", "recurrence", "polynomials", "functions", "piecewise", "bounds", "least", "runs", "drift"),
    "cycle": ("intervals", "recurrence", "polynomials", "functions", "piecewise", "bounds", "least", "runs", "cycle"),
}


def to_coq(document: Mapping[str, Any]) -> str:
    """The certificate as a file for `coqc`.

    Args:
        document: A certificate, as JSON was read; it must have been checked.

    Raises:
        InvalidInput: there is no proof in Coq for this kind of claim; the message names the reason.
    """
    kind = document["kind"]
    if kind not in _PARTS:
        raise InvalidInput(f"a certificate of the kind {kind!r} has no Coq export: only function, drift and cycle")
    theorems = list(_theorems(document))
    return "\n".join(
        [
            comment(document["sentence"], f"Written by misstep {__version__}."),
            _HEAD,
            *map(_part, _PARTS[kind]),
            "End Checks.\n",
            *theorems,
        ]
    )


def _part(name: str) -> str:
    return files("misstep.exports").joinpath("templates", "coq", f"{name}.v").read_text("utf-8")


def _theorems(document: Mapping[str, Any]) -> Iterator[str]:
    pieces = read_pieces(document["function"])
    yield pieces.definition()
    yield "Definition f : R -> R := value data.\nDefinition f' : R -> R := slope data.\n"
    named = list(function_theorems(pieces, document["claim"]))
    if document["kind"] == "function" and document["claim"]["jets"]:
        named.append(jet_theorem(document["claim"]["jets"]))
    yield "\n".join(text for _, text in named)
    if document["kind"] != "function":
        method = recurrence(document["method"])
        yield "\n".join(run_definitions(method))
        is_drift = document["kind"] == "drift"
        more = list(drift_theorem(pieces, method, document) if is_drift else cycle_theorem(method, document))
        yield "\n".join(text for _, text in more)
        named += more
    yield "\n".join(f"Print Assumptions {name}." for name, text in named if text.startswith("Theorem"))

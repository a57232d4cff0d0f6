"""From a certificate and what a checker said of it to the document that is rendered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from misstep.report.certificate import cycle, drift, existence, orbit, vanishing
from misstep.report.certificate.functions import definition, joined, properties
from misstep.report.certificate.methods import recurrence
from misstep.report.certificate.model import Block, Document, Paragraph, Plain, Section, say
from misstep.report.certificate.piecewise import Piecewise
from misstep.report.certificate.setting import method_blocks, name_of

PROVED = "PROVED"
_KINDS = ("function", "drift", "cycle", "orbit", "vanishing")
_TITLES = {
    "drift": "{} runs away",
    "cycle": "{} goes round",
    "vanishing": "{} runs away while the gradient vanishes",
}


def is_known(document: Mapping[str, Any]) -> bool:
    """Whether it is of a version and kind that can be shown."""
    return document.get("version") == 1 and document.get("kind") in _KINDS


def has_figure(document: Mapping[str, Any]) -> bool:
    """Whether there is a function of one variable to draw."""
    return is_known(document) and document["function"] is not None


def shown(document: Mapping[str, Any], verdict: str, reason: str = "") -> Document:
    """A certificate as a mathematician writes it: definitions, a theorem and its proof.

    Args:
        document: What the file holds, well formed.
        verdict: What a checker came to. Only PROVED makes a theorem.
        reason: Why it is not proved.
    """
    if not is_known(document):
        return Document("A certificate of an unknown kind", verdict, (_refused(verdict, reason, []),))
    definitions, claim, proof = _parts(document, proved=verdict == PROVED)
    sections = [Section("Definitions", tuple(definitions))] if definitions else []
    if verdict == PROVED:
        sections += [Section("Theorem.", tuple(claim), "theorem"), Section("Proof.", tuple(proof), "proof")]
    else:
        sections.append(_refused(verdict, reason, claim))
    sections.append(_about(document, verdict))
    return Document(_title(document), verdict, tuple(sections))


def _parts(document: Mapping[str, Any], *, proved: bool) -> tuple[list[Block], list[Block], list[Block]]:
    """Definitions, the claim, and its proof where it is one."""
    kind = document["kind"]
    if kind == "orbit":
        return orbit.definitions(document), orbit.statement(document), orbit.proof(document) if proved else []
    if kind == "vanishing":
        proof = vanishing.proof(document) if proved else []
        return vanishing.definitions(document), vanishing.statement(document), proof
    f = Piecewise.of(document["function"])
    function = [say("A function $f$ of one variable:" if len(f.pieces) > 1 else "Let", "The function."), *definition(f)]
    if kind == "function":
        return function, existence.statement(document), existence.proof(document) if proved else []
    r = recurrence(document["method"])
    part = drift if kind == "drift" else cycle
    claim = [*part.statement(document), _about_function(document["claim"])]
    methods = method_blocks(document["method"], r, own_start=document["claim"].get("state") is None)
    return [*methods, *function], claim, part.proof(document, r) if proved else []


def _about_function(claim: Mapping[str, Any]) -> Block:
    text = joined(properties(claim))
    bounded = "that is bounded below and has" if "from" in claim else "with"
    least = (
        f" No function {bounded} these gradients at these points has a smaller Lipschitz constant."
        if claim["optimal"]
        else ""
    )
    return say(f"The function is such that {text}.{least}")


def _refused(verdict: str, reason: str, claim: list[Block]) -> Section:
    """What stands where a theorem would."""
    meaning = {
        "REFUTED": "The certificate proves nothing: a condition of the format is violated.",
        "UNDECIDED": "The certificate proves nothing yet: a condition could neither be confirmed nor excluded.",
    }.get(verdict, "This is not a certificate.")
    blocks: list[Block] = [
        Paragraph((meaning, *((" The checker says: ", Plain(reason), ".") if reason else ())), f"{verdict}.")
    ]
    if claim:
        blocks += [Paragraph(("What it claims is this.",)), *claim]
    return Section("Not proved", tuple(blocks))


def _title(document: Mapping[str, Any]) -> str:
    kind = document["kind"]
    if kind == "function":
        return "A function and its smoothness"
    method = name_of(document["method"])
    if kind == "orbit":
        claim = document["claim"]
        what = " goes round" if claim["closed"] else "" if claim["rise"].startswith(("-", "0")) else " climbs"
        return f"{method}{what} in {claim['dimension']} variables"
    return _TITLES[kind].format(method)


def _about(document: Mapping[str, Any], verdict: str) -> Section:
    blocks: list[Block] = []
    if verdict == PROVED:
        blocks.append(
            say(
                "Every number above is in the file, or follows from it; the certificate was checked, by a program that "
                "knows only the format, in exact and enclosed arithmetic. A decimal that ends with … is cut there: the "
                "exact number is in the file."
            )
        )
    else:
        blocks.append(say("A decimal that ends with … is cut there: the exact number is in the file."))
    blocks.append(Paragraph((Plain(document["sentence"]),), "In the file’s words."))
    for name, text in document["provenance"].items():
        blocks.append(Paragraph((Plain(f"{name}: {text}"),)))
    return Section("The file", tuple(blocks))

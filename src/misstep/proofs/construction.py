"""What a construction says, read back from the text of its file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flint import fmpq

from misstep.counterexamples.construction import FORMAT
from misstep.errors import InvalidInput
from misstep.functions import PiecewisePolynomial
from misstep.proofs.not_proved import NotProved
from misstep.scalars import exact

_LARGEST_FILE = 1 << 26


@dataclass(frozen=True)
class Described:
    """The parts of a construction that a proof is about.

    Attributes:
        optimizer: As it was named.
        failure: `"drift"`, `"cycle"`, `"wrong-limit"` or `"none"`.
        function: f.
        function_class: `"nonconvex"`, `"convex"` or `"strongly-convex"`.
        x0: The start.
        gradients: Of a period.
        nodes: Where they are asked.
        spacing: What a period adds to x.
        settled: Step from which the iterates are at the nodes.
        half_width: Of the plateaus.
    """

    optimizer: str
    failure: str
    function: PiecewisePolynomial
    function_class: str
    x0: fmpq
    gradients: tuple[fmpq, ...]
    nodes: tuple[fmpq, ...]
    spacing: fmpq
    settled: int
    half_width: fmpq


def read_construction(path: str | Path) -> Mapping[str, Any]:
    """The JSON object in a construction's file.

    Raises:
        InvalidInput: the file cannot be read, or holds no construction.
    """
    try:
        file = Path(path)
        if file.stat().st_size > _LARGEST_FILE:
            raise InvalidInput(f"{path} has {file.stat().st_size} bytes: no construction is so long")
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path} is not the JSON file of a construction: {error}") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InvalidInput(f"{path} is not a construction: its format must be {FORMAT!r}")
    return document


def understood(document: Mapping[str, Any]) -> Described:
    """The parts that a proof is about.

    Raises:
        NotProved: nothing was found, it goes no further than it was run, or it is not on the line.
        InvalidInput: a part is missing or malformed.
    """
    failure = document.get("failure")
    if failure == "none":
        raise NotProved(f"there is nothing to prove: {document.get('sentence')}")
    if failure == "wrong-limit":
        raise NotProved("weight decay holds the iterates at a place of its own: certificates have no such recurrence")
    if document.get("horizon") is not None or document.get("spacing") is None:
        raise NotProved(f"the steps do not settle: nothing is known beyond step {document.get('horizon')}")
    if isinstance(document.get("x0"), list):
        raise NotProved("drifts in many variables are observed only: prove the orbit of some steps in Python")
    try:
        function = document["function"]
        if function["kind"] != "piecewise polynomial":
            raise NotProved(
                f"a {function['kind']} is not a piecewise polynomial: the families spline, cubic and quintic are"
            )
        return Described(
            optimizer=str(document["optimizer"]),
            failure=str(failure),
            function=PiecewisePolynomial(
                tuple(function["knots"]),
                tuple(tuple(piece) for piece in function["coefficients"]),
                function["left_period"],
                function["right_period"],
            ),
            function_class=str(document["class"]),
            x0=_exact(document["x0"]),
            gradients=tuple(_exact(g) for g in document["gradients"]),
            nodes=tuple(_exact(x) for x in document["nodes"]),
            spacing=_exact(document["spacing"]),
            settled=int(document["settled"]),
            half_width=_exact(document["plateau"]["half_width"]),
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(f"the construction lacks a part, or has one that is malformed: {error!r}") from None


def _exact(number: Mapping[str, Any]) -> fmpq:
    if number["exact"] is None:
        raise NotProved(f"{number['float']} is known as a ball only")
    return exact(number["exact"])

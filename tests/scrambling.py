"""Documents that are nearly certificates: parts of real ones put together anew, with odd numbers in odd places."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from certificates import ALL
from mutations import Document, Path_, get, is_number, places, put, seal, shipped

_SLOW = {"adam-vanishing", "muon", "lars", "normalized", "adam-parabola", "adam-parabola-eps"}
_NUMBERS: Sequence[str] = (
    *("0", "1", "-1", "2", "1/2", "-1/2", "1/3", "9/10", "999/1000", "1/10", "3", "7", "25", "-25/128"),
    *(f"{sign}{p}/{q}" for sign in ("", "-") for p, q in ((1, 2**256), (2**256 - 1, 2**256), (2**257 + 1, 2**257))),
    *(f"1/{2**256 + 1}", f"{2**256 + 1}/{2**256 - 1}", f"{10**40 + 1}/{10**40}", f"{10**40 - 1}/{10**40}"),
    *(
        f"1/{10**1999}",
        f"{10**1999}",
        f"-{10**1999}",
        f"{3**4000}/{2**6000}",
        f"1/{2**6600}",
        f"{2**4095}",
        f"{2**4097}",
    ),
    *("1/1000", "1/999", "1/1001", "1000", "1001", "1/250", "1/4", "1/6", "1/12", "5/12"),
    *("-0", "01", "1/1", "2/4", "1/0", "+1", "1/-2", "", " 1", "1.5", "1e3", "¹", "١", "1" * 2001),
)
_COUNTS: Sequence[int] = (0, 1, 2, 3, 4, 5, 7, 10, 20, 21, 50, 100, 1001, 10_001, 100_001, 10**9, 10**9 + 1, 10**30, -1)
_VALUES: Sequence[Any] = (None, True, False, "", "x", [], {}, [[]], ["0", "1"], ["1", "0"], ["0", "0"], ["-1", "1"])
_WORDS: Sequence[str] = (
    *("=", "<=", ">=", "->", "tangent", "extend", "repeat", "invariant", "contracting", "rounded", "exact"),
    *("enclosed", "zero", "first-gradient", "corrected", "raw", "attracting", "repelling", "cos", "sin", "piecewise"),
    *("function", "drift", "cycle", "orbit", "vanishing", "adam", "lion", "nadam", "radam", "adamax", "rmsprop"),
    *(
        "adabelief",
        "gradient-descent",
        "sign-descent",
        "heavy-ball",
        "nesterov",
        "normalized",
        "lars",
        "muon",
        "linear",
    ),
)
Choose = Callable[[int], int]
"""A number from 0 to below n."""


@cache
def seeds() -> Sequence[Document]:
    """Certificates that are checked quickly: shipped ones, and those of the tests."""
    made = [document for name, document in shipped().items() if name not in _SLOW]
    made += [make() for make in ALL.values()]
    small = [json.loads(json.dumps(document)) for document in made]
    return [document for document in small if is_light(document)]


@cache
def fragments() -> Mapping[str, Sequence[Any]]:
    """What stands under each key somewhere in them."""
    found: dict[str, dict[str, Any]] = {}
    for document in seeds():
        for path, value in places(document):
            name = next((key for key in reversed(path) if isinstance(key, str)), "")
            found.setdefault(name, {}).setdefault(json.dumps(value), value)
    return {name: list(values.values()) for name, values in found.items()}


def scrambled(document: Document, choose: Choose, n_changes: int) -> Document:
    """The document after so many changes, and mostly with the sentence that it then needs."""
    for _ in range(n_changes):
        document = _changed(document, choose)
    try:
        return seal(document) if choose(8) else document
    except (AttributeError, TypeError):  # it is no object any more
        return document


def _pick(values: Sequence[Any], choose: Choose) -> Any:
    return copy.deepcopy(values[choose(len(values))])


def _changed(document: Document, choose: Choose) -> Document:
    found = list(places(document))
    if not found:
        return document
    path, value = found[choose(len(found))]
    name = next((key for key in reversed(path) if isinstance(key, str)), "")
    kind = choose(10)
    if kind < 4 and fragments().get(name):
        return put(document, path, _pick(fragments()[name], choose))
    if kind < 7:
        if is_number(value):
            return put(document, path, _number(value, choose))
        if isinstance(value, int) and not isinstance(value, bool):
            return put(document, path, _pick(_COUNTS, choose) if choose(2) else max(value + choose(5) - 2, 0))
        if isinstance(value, str):
            return put(document, path, _pick(_WORDS, choose))
    if kind == 7 and isinstance(value, list) and value:
        i = choose(len(value))
        return put(
            document, path, [value[:i] + value[i + 1 :], [*value[:i], value[i], *value[i:]], value[::-1]][choose(3)]
        )
    if kind == 8:
        other = found[choose(len(found))][0]
        swapped = put(document, path, get(document, other))
        return (
            put(swapped, other, value) if get(swapped, other[:-1]) is not None and _there(swapped, other) else swapped
        )
    return put(document, path, _pick(_VALUES if choose(2) else _NUMBERS, choose))


def _there(document: Document, path: Path_) -> bool:
    """Whether something may be put at a path."""
    parent = get(document, path[:-1])
    key = path[-1]
    return isinstance(parent, dict) if isinstance(key, str) else isinstance(parent, list) and key < len(parent)


def _number(value: str, choose: Choose) -> str:
    p, _, q = value.partition("/")
    near = choose(4)
    if near == 0 and len(value) < 200:
        return f"{int(p) + choose(3) - 1}/{q}" if q else str(int(p) + choose(3) - 1)
    if near == 1:
        return value.removeprefix("-") if value.startswith("-") else f"-{value}"
    text: str = _pick(_NUMBERS, choose)
    return text


def is_light(document: object) -> bool:
    """Whether the work that a document asks for is small: the format allows minutes of it."""
    if not isinstance(document, dict):
        return True
    counts = {str(path[-1]): value for path, value in places(document) if type(value) is int}
    lengths = {str(path[-1]): len(value) for path, value in places(document) if isinstance(value, list)}
    # Beyond the limits of the format it is malformed, and that is found at once.
    asked = (counts.get(key, 1) for key in ("from", "steps", "repeats"))
    steps = max((value for value in asked if value <= 100_000), default=1)
    if isinstance(claim := document.get("claim"), dict) and claim.get("rounding") is not None:
        steps = counts.get("from", 1)
    period = counts.get("period", 1) if counts.get("period", 1) <= 10_000 else 1
    size = max(lengths.get("gradients", 0), lengths.get("points", 0))
    dimension = counts.get("dimension", 1)
    matrices = counts.get("steps", 1) * counts.get("ns_steps", 0) * counts.get("rows", 0) ** 2
    return (
        steps * period * (1 + lengths.get("pieces", 0)) <= 30_000
        and size**2 * min(dimension, 20_000) <= 10_000
        and matrices * (counts.get("rows", 0) + 2 * counts.get("columns", 0)) <= 30_000
        and min(counts.get("power", 1), 1001) <= 1001
    )


def texts(documents: Iterable[Document]) -> list[bytes]:
    """What their files hold."""
    return [json.dumps(document).encode() for document in documents]

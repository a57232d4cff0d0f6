"""Mutations of certificates: one thing in a document is changed, and its sentence made to fit or left alone."""

from __future__ import annotations

import copy
import functools
import json
import random
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, islice, zip_longest
from pathlib import Path
from typing import Any

from files import load_tool
from implication import implied
from independent_truth import Unconfirmed, recomputed
from misstep.certificates import check_bytes, sentence_of
from misstep.errors import InvalidInput

ROOT = Path(__file__).parents[1]
Document = dict[str, Any]
Path_ = tuple[str | int, ...]
Change = tuple[str, Path_, Any]
"""The kind of mutation, where it is, and what stands there afterwards."""

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(/[1-9][0-9]*)?")
_REMOVED = object()
_RELATIVE = {
    "1e-12": Fraction(1, 10**12),
    "1e-6": Fraction(1, 10**6),
    "0.1%": Fraction(1, 1000),
    "1%": Fraction(1, 100),
}
_WORDS: Sequence[Sequence[Any]] = (
    ("=", "<=", ">=", "->", "<"),
    ("tangent", "extend", "repeat"),
    ("invariant", "contracting", "rounded"),
    ("exact", "enclosed"),
    ("zero", "first-gradient", "corrected"),
    (None, "raw", "corrected"),
    ("attracting", "repelling"),
    ("cos", "sin"),
    ("function", "drift", "cycle", "orbit", "vanishing"),
    ("heavy-ball", "nesterov", "lars", "normalized"),
    ("gradient-descent", "sign-descent"),
    ("adam", "radam", "lion", "adamax", "nadam", "adabelief"),
)
"""Words that stand in the same places."""


def shipped() -> dict[str, Document]:
    """The shipped certificates, by the name of the file without its ending."""
    files = sorted((ROOT / "certificates").glob("*.cert.json"))
    return {path.name.removesuffix(".cert.json"): json.loads(path.read_text("utf-8")) for path in files}


@dataclass(frozen=True)
class Mutant:
    """A certificate in which one thing is changed.

    Attributes:
        origin: The name of the shipped certificate.
        kind: What kind of change it is.
        path: Where it is, such as `claim.shift.value`.
        sealed: Whether the sentence was made anew.
        document: The certificate.
    """

    origin: str
    kind: str
    path: str
    sealed: bool
    document: Document

    @property
    def data(self) -> bytes:
        """What its file holds."""
        return json.dumps(self.document).encode()

    def __str__(self) -> str:
        return f"{self.origin}: {self.kind} at {self.path}{'' if self.sealed else ', sentence as it was'}"


def seal(document: Document) -> Document:
    """The document with the sentence that it needs, if one of the checkers takes its form for right."""
    try:
        return {**document, "sentence": sentence_of(document)}
    except InvalidInput:
        # Where the checkers differ on the form, the other one's sentence brings it to light.
        _, reason, _, _ = load_tool().check(json.dumps({**document, "sentence": ""}).encode())
        _, told, sentence = (reason or "").partition("the sentence is not that of the claim: ")
        return {**document, "sentence": sentence} if told else document


def verdicts(data: bytes) -> tuple[str, str]:
    """What both checkers say: python-flint's and that of the standard library."""
    answer = check_bytes(data)
    return str(answer.verdict), load_tool().check(data)[0]


def reasons(data: bytes) -> tuple[str, str]:
    """Both checkers' reasons."""
    return check_bytes(data).reason, load_tool().check(data)[1] or ""


def put(document: Document, path: Path_, value: Any) -> Document:
    """A copy with another value at a path, or without it."""
    copied: Document = copy.deepcopy(document)
    place: Any = copied
    for key in path[:-1]:
        place = place[key]
    if value is _REMOVED:
        del place[path[-1]]
    else:
        place[path[-1]] = copy.deepcopy(value)
    return copied


def get(document: Any, path: Path_) -> Any:
    """What is at a path; `None` where it does not lead anywhere."""
    for key in path:
        try:
            document = document[key]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def is_number(value: object) -> bool:
    """Whether it is a number as the format spells it."""
    return isinstance(value, str) and _NUMBER.fullmatch(value) is not None


def is_range(value: object) -> bool:
    """Whether it is spelled as a range."""
    return isinstance(value, list) and len(value) == 2 and all(map(is_number, value))


def places(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Every place in a JSON value, but for the free strings and the sentence."""
    if path and path[0] in ("provenance", "sentence"):
        return
    if path:
        yield path, value
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


def changes(name: str, library: Mapping[str, Document]) -> Iterator[Change]:
    """Every change of a certificate, in order."""
    document = library[name]
    for path, value in places(document):
        if is_number(value):
            for kind, new in _numbers(Fraction(value)):
                yield kind, path, str(new)
            yield "number to range", path, [value, value]
            yield "number to range", path, [str(Fraction(value) - Fraction(1, 10**6)), value]
            yield "spelled otherwise", path, f"{value}/1" if "/" not in value else f"0{value}"
        elif isinstance(value, bool):
            yield "boolean flipped", path, not value
            yield "null for a value", path, None
        elif isinstance(value, int):
            for n in (value + 1, value - 1, 2 * value, 0, -value, str(value)):
                yield "count", path, n
        elif value is None or isinstance(value, str):
            for words in _WORDS:
                if value in words:
                    yield from (("word exchanged", path, word) for word in words if word != value)
        if is_range(value):
            yield from ((kind, path, new) for kind, new in _ranges(*map(Fraction, value)))
        if isinstance(value, dict):
            yield from _in_object(path, value)
        elif isinstance(value, list):
            yield from _in_array(path, value)
        if value is not None:
            yield "null for a value", path, None
        yield from _from_others(name, path, value, library)
    yield from _in_object((), document)
    yield from strengthened(document)


def _numbers(x: Fraction) -> Iterator[tuple[str, Fraction]]:
    p, q = x.numerator, x.denominator
    for end in (p + 1, p - 1):
        yield "last place", Fraction(end, q)
    for end in (q + 1, q - 1):
        if end:
            yield "last place", Fraction(p, end)
    for kind, size in _RELATIVE.items():
        for sign in (1, -1):
            yield f"{kind} {'up' if sign > 0 else 'down'}", x + sign * size * (abs(x) or 1)
    yield "doubled", 2 * x
    yield "halved", x / 2
    yield "negated", -x
    yield "zero", Fraction(0)
    yield "one", Fraction(1)
    if x:
        yield "reciprocal", 1 / x


def _ranges(lo: Fraction, hi: Fraction) -> Iterator[tuple[str, Any]]:
    length = (hi - lo) or Fraction(1)
    for kind, size in {**_RELATIVE, "all": Fraction(1)}.items():
        for a, b in ((1, 0), (0, 1), (1, 1)):
            yield f"range wider, {kind}", [str(lo - a * size * length), str(hi + b * size * length)]
            yield f"range narrower, {kind}", [str(lo + a * size * length / 2), str(hi - b * size * length / 2)]
    yield "range swapped", [str(hi), str(lo)]
    yield "range to number", str(lo)
    yield "range to number", str((lo + hi) / 2)
    yield "range to point", [str(hi), str(hi)]


def _in_object(path: Path_, value: Document) -> Iterator[Change]:
    for key in value:
        yield "field dropped", (*path, key), _REMOVED
    yield "field added", (*path, "more"), "1"
    for a, b in combinations(value, 2):
        if value[a] != value[b] and path and path[0] != "provenance":
            yield "fields swapped", path, {**value, a: value[b], b: value[a]}


def _in_array(path: Path_, value: list[Any]) -> Iterator[Change]:
    yield "array emptied", path, []
    yield "array reversed", path, value[::-1]
    for i, item in enumerate(value):
        yield "item dropped", path, value[:i] + value[i + 1 :]
        yield "item repeated", path, [*value[:i], item, *value[i:]]
        if i and value[i - 1] != item:
            yield "items exchanged", path, [*value[: i - 1], item, value[i - 1], *value[i + 1 :]]
    if value and all(map(is_number, value)):
        yield "item added", path, [*value, "0"]
        yield "item added", path, ["0", *value]


def _from_others(name: str, path: Path_, value: Any, library: Mapping[str, Document]) -> Iterator[Change]:
    """What stands in the same place of other certificates: the different ones, of the same kind first."""
    seen = [value]
    kind = library[name]["kind"]
    for same in (True, False):
        for other, document in library.items():
            if other == name or (document["kind"] == kind) is not same:
                continue
            found = get(document, path)
            if found is None or found in seen:
                continue
            seen.append(found)
            yield f"from another of {'its' if same else 'another'} kind", path, found


def strengthened(document: Document) -> Iterator[Change]:
    """Stronger claims than a certificate makes."""
    claim = document["claim"]
    steps = [Fraction(1, 10**k) for k in (30, 12, 6, 3, 2, 1)] + [Fraction(1), Fraction(9)]

    def value(path: Path_, sign: int) -> Iterator[Change]:
        x = Fraction(get(document, path))
        for size in steps:
            yield "stronger", path, str(x + sign * size * (abs(x) or Fraction(1)))

    yield from value(("claim", "slope"), 1) if "slope" in claim else ()
    yield from value(("claim", "lipschitz", "value"), -1)
    yield from value(("claim", "infimum", "value"), 1)
    for path, relation in ((("claim", "lipschitz", "relation"), "="), (("claim", "infimum", "relation"), "=")):
        if get(document, path) != relation:
            yield "stronger", path, relation
    if "mu" in claim:
        old = claim["mu"]
        yield from value(("claim", "mu"), 1) if old is not None else ()
        for mu in ("0", "1/1000000", "-1", "1", "2"):
            yield "stronger", ("claim", "mu"), mu
    if "optimal" in claim:
        yield "stronger", ("claim", "optimal"), True
    if document["kind"] == "drift":
        lo, hi = map(Fraction, claim["start"])
        for size in steps:
            room = size * ((hi - lo) or Fraction(1))
            for a, b in ((room, 0), (0, room), (room, room)):
                yield "stronger", ("claim", "start"), [str(lo - a), str(hi + b)]
        yield "stronger", ("claim", "shift", "relation"), "="
        for earlier in {1, claim["from"] // 2, claim["from"] - 1} - {0, claim["from"]}:
            yield "stronger", ("claim", "from"), earlier
        for later in (claim["from"] + 2, 3 * claim["from"], 300):
            yield "count", ("claim", "from"), later
        if claim["rounding"] is not None:
            for factor in (10, 100, 1000):
                yield "stronger", ("claim", "rounding", "steps"), claim["rounding"]["steps"] * factor
                unit = Fraction(claim["rounding"]["unit"])
                yield "stronger", ("claim", "rounding", "unit"), str(unit * factor)
        if claim["period"] == 1 and claim["shift"]["relation"] == "->":
            for error in ("1/9007199254740992", "1/16777216", "1/1000"):
                yield "stronger", ("claim", "rounding"), {"unit": error, "steps": 1000}
        for key in ("learning_rate", "beta1", "beta2", "momentum", "eps", "eps_root"):
            old = document["method"].get(key)
            if is_number(old):
                x = Fraction(old)
                for size in (Fraction(1, 10**30), Fraction(1, 10**12), Fraction(1, 10**4), Fraction(1, 10)):
                    yield "stronger", ("method", key), [str(x), str(x + size)]
                    yield "stronger", ("method", key), [str(max(x - size, x / 2)), str(x)]
                    yield "stronger", ("method", key), [str(x), str(x)]
            yield from (
                ("stronger", ("method", key), ["0", "1"]) for _ in range(key in ("beta1", "beta2") and is_number(old))
            )
    if document["kind"] == "cycle":
        radius = {"x": "1/1000000", **dict.fromkeys(claim["state"], "1/1000000")}
        for repeats, rate in ((1, "1/2"), (8, "9/10"), (64, "99/100")):
            near = {"type": "attracting", "repeats": repeats, "rate": rate, "radius": radius}
            yield "stronger", ("claim", "stability"), near
        for power, multiplier in ((1, ["101/100", "1000"]), (64, ["101/100", "1000"]), (200, ["11/10", "2"])):
            far = {"type": "repelling", "power": power, "multiplier": multiplier}
            yield "stronger", ("claim", "stability"), far
    if document["kind"] == "orbit":
        yield from (value(("claim", "rise"), 1) if claim["rise"] is not None else ())


def mutants(name: str, library: Mapping[str, Document]) -> Iterator[tuple[str, Callable[[], Mutant]]]:
    """The kinds of all mutants of a certificate, and how to make them; every seventh also with the old sentence."""
    for i, (kind, path, value) in enumerate(_distinct(name, library)):
        yield kind, _making(name, kind, path, value, library, sealed=True)
        if i % 7 == 0:
            kind = "sentence as it was"
            yield kind, _making(name, kind, path, value, library, sealed=False)


def _distinct(name: str, library: Mapping[str, Document]) -> Iterator[Change]:
    """The changes that change something, each once."""
    seen = set()
    for kind, path, value in changes(name, library):
        mark = (path, "removed" if value is _REMOVED else json.dumps(value))
        if mark not in seen and (value is _REMOVED or get(library[name], path) != value or value is None):
            seen.add(mark)
            yield kind, path, value


def _making(
    name: str, kind: str, path: Path_, value: Any, library: Mapping[str, Document], *, sealed: bool
) -> Callable[[], Mutant]:
    def make() -> Mutant:
        document = put(library[name], path, value)
        whole = seal(document) if sealed else document
        return Mutant(name, kind, ".".join(map(str, path)), sealed, whole)

    return make


def sample_of(name: str, library: Mapping[str, Document], n: int, seed: int) -> list[Callable[[], Mutant]]:
    """So many mutants of a certificate, of every kind in turn, the same for the same seed; all if n is too many."""
    rng = random.Random(f"{seed} {name}")  # noqa: S311
    kinds: dict[str, list[Callable[[], Mutant]]] = {}
    for kind, make in mutants(name, library):
        kinds.setdefault(kind, []).append(make)
    for pool in kinds.values():
        rng.shuffle(pool)
    order = sorted(kinds)
    rng.shuffle(order)
    turns = zip_longest(*(kinds[kind] for kind in order))
    return list(islice((make for turn in turns for make in turn if make is not None), n))


def sample(n: int, seed: int) -> list[Callable[[], Mutant]]:
    """So many mutants of the shipped certificates, of each in turn, the same ones for the same seed; all if n is 0."""
    library = shipped()
    pools = [sample_of(name, library, n or sys.maxsize, seed) for name in library]
    turns = (make for turn in zip_longest(*pools) for make in turn if make is not None)
    return list(islice(turns, n or None))


@functools.cache
def _sample(n: int, seed: int) -> list[Callable[[], Mutant]]:
    return sample(n, seed)


@dataclass(frozen=True)
class Outcome:
    """What came of a mutant.

    Attributes:
        kind: The kind of mutation.
        verdicts: Of both checkers.
        truth: What shows that an accepted claim is true: `implied` or `recomputed`; empty if it was not accepted.
        fault: What is wrong; empty where the checkers agree and the claim is true.
    """

    kind: str
    verdicts: tuple[str, str]
    truth: str
    fault: str


def judge_number(task: tuple[int, int, int]) -> Outcome:
    """What comes of one of the mutants of a sample: its size, its seed and the mutant's number."""
    n, seed, i = task
    return judge(_sample(n, seed)[i]())


def judge(mutant: Mutant) -> Outcome:
    """What comes of a mutant."""
    data = mutant.data
    found = verdicts(data)
    truth = fault = ""
    if found[0] != found[1]:
        fault = f"the checkers differ on {mutant}: {found}, {reasons(data)}\n{data.decode()}"
    elif found[0] == "PROVED":
        try:
            truth = shown_true(mutant)
        except Unconfirmed as error:
            fault = f"accepted, and not confirmed, {mutant}: {error}\n{data.decode()}"
    return Outcome(mutant.kind, found, truth, fault)


def shown_true(mutant: Mutant) -> str:
    """How it is known that the claim of a mutant is true: `implied` or `recomputed`.

    Raises:
        Unconfirmed: It is not known.
    """
    if implied(mutant.document, _library()[mutant.origin]):
        return "implied"
    recomputed(mutant.document)
    return "recomputed"


@functools.cache
def _library() -> dict[str, Document]:
    return shipped()

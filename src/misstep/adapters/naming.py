r"""How optimizers are named in text: one grammar, read strictly, never evaluated.

    spec     = [ library ":" ] name [ "(" [ argument { "," argument } [ "," ] ] ")" ] ;
    library  = "misstep" | "torch" | "optax" | "keras" | "pytorch_optimizer" | module ;
    module   = word { "." word } ;
    name     = word { "." word } ;
    argument = word "=" value ;
    value    = number | "True" | "False" | "None" | string | tuple | list ;
    number   = [ sign ] ( digits "/" digits | decimal ) ;
    decimal  = ( digits [ "." [ digits ] ] | "." digits ) [ ( "e" | "E" ) [ sign ] digits ] ;
    string   = "'" { character | escape } "'" | '"' { character | escape } '"' ;
    escape   = "\" ( "\" | "'" | '"' | "n" | "t" ) ;
    tuple    = "(" [ value "," { value "," } [ value ] ] ")" ;
    list     = "[" [ value { "," value } [ "," ] ] "]" ;
    sign     = "+" | "-" ;
    word     = ( letter | "_" ) { letter | digit | "_" } ;   letters and digits of ASCII

Spaces may stand between any two of these. Without a library the optimizer is one of misstep's own. Decimals and ratios
are exact: they become floats only for a framework that computes with floats.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn, TypeAlias

from misstep.errors import InvalidInput

Value: TypeAlias = Any
"""An argument's value: `int`, `Decimal`, `Fraction`, `bool`, `None`, `str`, or a tuple or list of them."""

OURS = "misstep"
"""The library of an optimizer that is named without one."""

MAX_LENGTH = 2000
"""Longest text that `parse` reads, in characters."""

MAX_NESTING = 8
"""Deepest tuple or list that `parse` reads."""

MAX_ARGUMENTS = 64
"""Most arguments that `parse` reads."""

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:(\d+)\s*/\s*(\d+)|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_SPACE = re.compile(r"[ \t\r\n]*")
_ESCAPES = {"\\": "\\", "'": "'", '"': '"', "n": "\n", "t": "\t"}
_CONSTANTS = {"True": True, "False": False, "None": None}
_A_VALUE = 'a number, True, False, None, a "string", a tuple or a list'


@dataclass(frozen=True)
class OptimizerSpec:
    """An optimizer's name and arguments, as `parse` read them. Nothing was imported.

    Attributes:
        library: `"misstep"`, `"torch"`, `"optax"`, `"keras"`, `"pytorch_optimizer"`, or the module to import.
        name: Name in that library, perhaps dotted.
        arguments: (name, value) pairs in the order given; lists stay lists.
        text: What was read; not compared.

    `str` writes a spec that `parse` reads as an equal one.

    >>> spec = parse("torch:Adam(lr=1e-3, betas=(0.9, 0.99))")
    >>> spec.library, spec.name, spec.arguments
    ('torch', 'Adam', (('lr', Decimal('0.001')), ('betas', (Decimal('0.9'), Decimal('0.99')))))
    >>> str(spec)
    'torch:Adam(lr=0.001, betas=(0.9, 0.99))'
    """

    library: str
    name: str
    arguments: tuple[tuple[str, Value], ...] = ()
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        prefix = "" if self.library == OURS else f"{self.library}:"
        inside = ", ".join(f"{name}={_written(value)}" for name, value in self.arguments)
        return f"{prefix}{self.name}({inside})" if self.arguments else f"{prefix}{self.name}"

    def mapped(self, number: Callable[[Decimal | Fraction], Any]) -> dict[str, Any]:
        """The arguments, with `number` applied to every decimal and ratio.

        >>> parse("lion(learning_rate=1/10, beta1=0.95)").mapped(str)
        {'learning_rate': '1/10', 'beta1': '0.95'}
        """

        def convert(value: Value) -> Any:
            if isinstance(value, (Decimal, Fraction)):
                return number(value)
            if isinstance(value, (tuple, list)):
                return type(value)(convert(element) for element in value)
            return value

        return {name: convert(value) for name, value in self.arguments}


def parse(text: str) -> OptimizerSpec:
    """The optimizer that `text` names, by the grammar of this module; nothing is imported or executed.

    Args:
        text: Such as `adam(learning_rate=0.1)`, `torch:Adam(lr=1e-3)`, `optax:contrib.prodigy` or
            `my.module:Method(a=1)`.

    Returns:
        An `OptimizerSpec`; whether such an optimizer exists is found out by `resolve`.

    Raises:
        InvalidInput: the text breaks the grammar, repeats an argument, or is over `MAX_LENGTH` characters,
            `MAX_NESTING` levels or `MAX_ARGUMENTS` arguments.

    >>> parse("keras:Adam(learning_rate=)")
    Traceback (most recent call last):
        ...
    misstep.errors.InvalidInput: 'keras:Adam(learning_rate=)' at character 26, ')': expected a number, True, ...
    """
    given: Any = text
    if not isinstance(given, str):
        raise InvalidInput(
            f"an optimizer is named by a text such as 'torch:Adam(lr=1e-3)', not by {_brief(repr(given))}"
        )
    if len(text) > MAX_LENGTH:
        raise InvalidInput(f"{_brief(repr(text))} has {len(text)} characters: at most {MAX_LENGTH} name an optimizer")
    return Reader(text).spec()


class Reader:
    """A recursive-descent reader with one place in the text; a subclass may read more kinds of value."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def spec(self) -> OptimizerSpec:
        """The whole text as a spec."""
        library, name = OURS, self.dotted("the name of an optimizer, such as torch:Adam")
        if self.takes(":"):
            library, name = name, self.dotted(f"the name of an optimizer of {_brief(name)}")
        arguments: dict[str, Value] = {}
        if self.takes("("):
            while not self.takes(")"):
                self.argument(arguments)
                if not self.takes(","):
                    self.need(")", '"," or ")"')
                    break
            self.end("the end of the text")
        else:
            self.end('"(", or the end of the text' if library != OURS else '":", "(", or the end of the text')
        return OptimizerSpec(library, name, tuple(arguments.items()), self.text)

    def argument(self, arguments: dict[str, Value]) -> None:
        """One `name=value`, into `arguments`."""
        self.space()
        start = self.at
        name = self.word("an argument written name=value, or )")
        if name in arguments:
            self.fail(f"an argument other than {name}, which was given before", start)
        if len(arguments) == MAX_ARGUMENTS:
            self.fail(f"at most {MAX_ARGUMENTS} arguments", start)
        if not self.takes("="):
            if name in _CONSTANTS or self.text[self.at : self.at + 1] in (",", ")"):
                self.fail("name=value: arguments are given by name", start)
            self.fail(f'"=" and the value of {name}')
        arguments[name] = self.value(0)

    def value(self, depth: int) -> Value:
        """A value within `depth` tuples and lists."""
        self.space()
        start, first = self.at, self.text[self.at : self.at + 1]
        if first in ("(", "["):
            if depth == MAX_NESTING:
                self.fail(f"at most {MAX_NESTING} levels of tuples and lists")
            return self.sequence(first, depth + 1)
        if first in ("'", '"'):
            return self.string(first)
        if found := _NUMBER.match(self.text, self.at):
            return self.number(found)
        if found := _WORD.match(self.text, self.at):
            if found[0] in _CONSTANTS:
                self.at = found.end()
                return _CONSTANTS[found[0]]
            self.fail(f'{_A_VALUE} (a text needs quotes: "{_brief(found[0])}")', start)
        return self.fail(_A_VALUE)

    def sequence(self, opening: str, depth: int) -> Value:
        """A tuple or a list."""
        self.at += 1
        closing = ")" if opening == "(" else "]"
        elements: list[Value] = []
        while not self.takes(closing):
            elements.append(self.value(depth))
            if not self.takes(","):
                if opening == "(" and len(elements) == 1:
                    self.fail('"," (a tuple of one is written (value,))')
                self.need(closing, f'"," or "{closing}"')
                break
        return tuple(elements) if opening == "(" else elements

    def number(self, found: re.Match[str]) -> Value:
        """The number that was matched here."""
        start, spelled = self.at, found[0]
        self.at = found.end()
        if _WORD.match(self.text, self.at) or self.text[self.at : self.at + 1] in (".", "/"):
            self.fail("the number to end here: decimals such as 1e-3, whole numbers and ratios such as 1/10 are read")
        if found[1] is not None:
            if int(found[2]) == 0:
                self.fail("a ratio whose denominator is not 0", start)
            return Fraction("".join(spelled.split()))
        if _WHOLE.fullmatch(spelled):
            return int(spelled)
        if abs(int(spelled.lower().partition("e")[2] or 0)) > MAX_LENGTH:
            self.fail(f"an exponent of at most {MAX_LENGTH}", start)
        return Decimal(spelled)

    def string(self, quote: str) -> str:
        """A text in quotes."""
        start = self.at
        self.at += 1
        out: list[str] = []
        while self.at < len(self.text):
            character = self.text[self.at]
            if character == quote:
                self.at += 1
                return "".join(out)
            if character == "\\":
                escaped = self.text[self.at + 1 : self.at + 2]
                if escaped not in _ESCAPES:
                    self.fail(r"one of \\ \' \" \n \t")
                out.append(_ESCAPES[escaped])
                self.at += 2
            else:
                out.append(character)
                self.at += 1
        return self.fail(f"a closing {quote}", start)

    def dotted(self, expected: str) -> str:
        """Words with dots between them."""
        words = [self.word(expected)]
        while self.takes("."):
            words.append(self.word("a name after the dot"))
        return ".".join(words)

    def word(self, expected: str) -> str:
        """A word."""
        self.space()
        found = _WORD.match(self.text, self.at)
        if found is None:
            self.fail(expected)
        self.at = found.end()
        return found[0]

    def takes(self, sign: str) -> bool:
        """Step over `sign` if it comes next."""
        self.space()
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def need(self, sign: str, expected: str) -> None:
        """Step over `sign`, which has to come next."""
        if not self.takes(sign):
            self.fail(expected)

    def end(self, expected: str) -> None:
        """Nothing may follow."""
        self.space()
        if self.at < len(self.text):
            self.fail(expected)

    def space(self) -> None:
        """Step over spaces."""
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def fail(self, expected: str, at: int | None = None) -> NoReturn:
        """Say what was expected at a place, here unless told."""
        place = self.at if at is None else at
        found = repr(self.text[place]) if place < len(self.text) else "the end of the text"
        raise InvalidInput(f"{_around(self.text, place)} at character {place + 1}, {found}: expected {expected}")


def _written(value: Value) -> str:
    """`value` in the grammar."""
    match value:
        case Decimal():
            spelled = str(value)
            return spelled if not _WHOLE.fullmatch(spelled) else f"{spelled}.0"
        case Fraction():
            return f"{value.numerator}/{value.denominator}"
        case str():
            spelled = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
            return f'"{spelled}"'
        case tuple() | list():
            inside = ", ".join(map(_written, value))
            if isinstance(value, list):
                return f"[{inside}]"
            return f"({inside},)" if len(value) == 1 else f"({inside})"
    return repr(value)


def _brief(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:50]}…"


def _around(text: str, place: int) -> str:
    """`text` on one line, or the part of it around `place`."""
    if len(text) <= 100:
        return repr(text)
    low, high = max(place - 40, 0), place + 40
    return repr(f"{'…' if low else ''}{text[low:high]}{'…' if high < len(text) else ''}")

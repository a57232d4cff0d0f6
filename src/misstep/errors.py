"""What misstep raises, as a tree.

    MisstepError
    ├── InvalidInput          a value breaks a condition; the message shows both (also a ValueError)
    │   └── InexactNumber     a float was given where an exact number is meant (also a TypeError)
    ├── IrrationalResult      exact arithmetic was asked for a number that is not rational (also an ArithmeticError)
    └── MissingDependency     an optional library is not installed; the message names the extra (also an ImportError)

A computation that cannot decide is not an error: it returns `Verdict.UNDECIDED` or a ball.
"""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches


class MisstepError(Exception):
    """Base of everything that misstep raises on purpose."""


class InvalidInput(MisstepError, ValueError):
    """A value breaks a condition: `learning_rate = -1 must be positive`."""


class InexactNumber(InvalidInput, TypeError):
    """A binary float was given where an exact number is meant."""


class IrrationalResult(MisstepError, ArithmeticError):
    """Exact rational arithmetic met a number that is not rational."""


def unknown_name(name: str, what: str, known: Collection[str]) -> InvalidInput:
    """The error that `name` is not one of the `known` names of `what`, with a near one if there is.

    >>> print(unknown_name("cubik", "a family", ["cubic", "sine"]))
    'cubik' is not a family (did you mean 'cubic'?): cubic, sine
    """
    near = get_close_matches(name, known, n=1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    return InvalidInput(f"{name!r} is not {what}{hint}: {', '.join(known)}")


class MissingDependency(MisstepError, ImportError):
    """An optional library is absent; the message says `install misstep[extra]`."""

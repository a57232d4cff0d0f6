"""Where two JSON values first differ."""

from __future__ import annotations

from reprlib import Repr
from typing import Any

_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 60
_ABSENT = object()


def first_difference(there: Any, here: Any, path: str = "") -> tuple[str, str, str] | None:
    """The path of the first value in which two JSON values differ, with both values as text; None if in none.

    Keys are read in the order of `there`, then those that only `here` has.

    >>> first_difference({"axes": [{"name": "beta1"}]}, {"axes": [{"name": "beta2"}]})
    ('axes[0].name', "'beta1'", "'beta2'")
    >>> first_difference({"seed": 0}, {"seed": 0, "noise": "1/10"})
    ('noise', 'absent', "'1/10'")
    >>> first_difference([1, 2], [1, 2]) is None
    True
    """
    if isinstance(there, dict) and isinstance(here, dict):
        for key in dict.fromkeys((*there, *here)):
            inner = f"{path}.{key}" if path else str(key)
            found = first_difference(there.get(key, _ABSENT), here.get(key, _ABSENT), inner)
            if found is not None:
                return found
        return None
    if isinstance(there, list) and isinstance(here, list):
        for place in range(max(len(there), len(here))):
            one, other = (values[place] if place < len(values) else _ABSENT for values in (there, here))
            found = first_difference(one, other, f"{path}[{place}]")
            if found is not None:
                return found
        return None
    # 1, 1.0 and True are three values of a spec; NaN is one.
    if type(there) is type(here) and (there == here or (there != there and here != here)):
        return None
    return path, _shown(there), _shown(here)


def _shown(value: Any) -> str:
    return "absent" if value is _ABSENT else _SHORT.repr(value)

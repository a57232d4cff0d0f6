"""What the columns of an audit mean, in a sentence or two each: for the page and for the documentation."""

from __future__ import annotations

from collections.abc import Mapping

from misstep.counterexamples import Failure, StepBehavior
from misstep.counterexamples.robust import NOISE, OFF
from misstep.report.audit_rows import NONE_FOUND, NOT_RUN, TITLES

LEAD = (
    "Every optimizer of a library was run with its defaults on gradients that were decided first, and then on the "
    "smoothest function found that has them where it asks for them. All of this was observed, in floating point, with "
    "the versions named here; nothing of it is a theorem."
)
"""What an audit is."""

SMOOTHNESS = (
    "The number beside a failure is the critical smoothness: the least Lipschitz constant L of f' that was found for "
    "it. The smaller it is, the tamer the functions on which the optimizer fails. 0 says that every L > 0 will do. The "
    "function that a row links to has gradients of size about 1, and plateaus that keep it robust, so its own L may be "
    "larger."
)
"""What the numbers of the classes are."""

FAILURES: Mapping[str, str] = {
    str(Failure.DRIFT): (
        "The iterates run away on a function that is bounded below for as long as they were followed, and the gradient "
        "does not vanish."
    ),
    str(Failure.CYCLE): "The iterates repeat, and the gradient does not vanish.",
    str(Failure.WRONG_LIMIT): (
        "The iterates come to rest where the gradient does not vanish. Weight decay does so by design: it pulls to 0, "
        "and minimizes something else than f."
    ),
    NONE_FOUND: (
        "Nothing that was tried made the optimizer fail: a constant gradient, places of rest, all words of signs to "
        "length 6 (4 for methods that mix the entries of a parameter), and for methods with linear steps words of real "
        "numbers. It does not say that no such function exists."
    ),
    NOT_RUN: (
        "The optimizer needs something that a parameter of one number does not give it, or broke, or took too long; "
        "its row says which."
    ),
}
"""What each word for a failure says."""

COLUMNS: Mapping[str, str] = {
    "Steps": "What the steps do while the gradient stays the same: "
    + "; ".join(f"{b}, {b.value.partition(': ')[2]}" for b in StepBehavior if b is not StepBehavior.STILL)
    + ".",
    TITLES["nonconvex"]: (
        "Functions that are bounded below. L is the least over gradients of sizes from 1e-12 to 1e4; at sizes other "
        "than 1 the optimizer was run on the gradients alone. “→ 0” says that L falls with the size, so that no L > 0 "
        "is the least."
    ),
    TITLES["convex"]: (
        "Convex functions, with gradients of size about 1 alone. L is the least for the gradients that were found."
    ),
    TITLES["strongly-convex"]: (
        "Functions with f'' ≥ L/10, so of condition number 10 at most, with gradients of size about 1 too."
    ),
    "Starts": (
        f"How many of 8 runs still fail when they start up to {OFF:.0%} of the orbit's size away, for the first of the "
        "three classes in which a failure was found."
    ),
    "Noise": f"The same with Gaussian noise on every gradient, of {NOISE:.1%} of its size.",
    "Seconds": "How long the optimizer took, on the machine that ran the audit.",
}
"""What each column says."""

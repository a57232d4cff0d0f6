"""Where the cells of a sweep are: on a grid, at random, or on a Sobol sequence; any part without the others."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from flint import arb

from misstep.errors import MissingDependency
from misstep.scalars import exact, precision
from misstep.sweeps.axis import Axis, nearest
from misstep.sweeps.spec import SweepSpec

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]

_BITS = 48
"""Bits of a random number: six bytes."""

_SOBOL_BITS = 32
"""Bits of scipy's sequence, whose `fast_forward` takes no more."""

_A_DRAW = 4
"""Numbers that Philox makes from one value of its counter."""


def coordinate(spec: SweepSpec, axis: int, start: int = 0, stop: int | None = None) -> Floats:
    """The values of an axis at positions `start` to `stop` of its dimension: its own, or `point`.

    In a random or Sobol design, with u in [0, 1) the point's number for the axis, the value is what `Axis.between` has
    at t = u. It is computed with table look-ups and products only, so that all machines agree.

    Args:
        spec: The sweep.
        axis: Place of the axis in it.
        start: First position.
        stop: Position after the last; to the end, unless told.

    Raises:
        MissingDependency: a Sobol design, and scipy is not installed.

    >>> from misstep.sweeps.reading import read_spec
    >>> spec = read_spec("adam(learning_rate=0.1, beta1=0..1/2)", steps=10, design="random", points=10, seed=1)
    >>> coordinate(spec, 0, 4, 6) == coordinate(spec, 0)[4:6]
    array([ True,  True])
    """
    if spec.points is None:
        return np.array(spec.axes[axis].values[start:stop])
    last = spec.points if stop is None else min(stop, spec.points)
    drawn = _random if spec.design == "random" else _sobol
    return _placed(spec.axes[axis], drawn(spec, axis, start, last))


def _random(spec: SweepSpec, axis: int, start: int, stop: int) -> Words:
    """48 random bits a point: Philox with the seed and the axis as its key and the point as its counter."""
    group, place = divmod(axis, _A_DRAW)
    generator = np.random.Philox(key=np.array([spec.seed, group], np.uint64), counter=start)
    words: Words = generator.random_raw(_A_DRAW * (stop - start)).reshape(-1, _A_DRAW)[:, place]
    return words >> np.uint64(64 - _BITS)


def _sobol(spec: SweepSpec, axis: int, start: int, stop: int) -> Words:
    """32 bits a point of the scrambled Sobol sequence, as the first of 48."""
    try:
        from scipy.stats import qmc
    except ImportError:
        raise MissingDependency("a Sobol design needs scipy: install misstep[bench]") from None
    engine = qmc.Sobol(len(spec.axes), scramble=True, bits=_SOBOL_BITS, seed=np.random.default_rng(spec.seed))
    if stop <= start:
        return np.empty(0, np.uint64)
    # The first point is taken by itself: a first draw that is no power of 2 long is warned of.
    parts = [engine.random(1)] if start == 0 else []
    if start > 0:
        engine.fast_forward(start)
    if stop - start > len(parts):
        parts.append(engine.random(stop - start - len(parts)))
    column: Floats = np.concatenate(parts)[:, axis]
    return (column * 2.0**_BITS).astype(np.uint64)


def _placed(axis: Axis, words: Words) -> Floats:
    """Words of 48 bits as values of the axis."""
    low, high = axis.values
    if axis.scale == "linear":
        u = words.astype(np.float64) * 2.0**-_BITS
        return np.clip(low * (1 - u) + high * u, low, high)
    powers = np.ones(words.shape)
    for byte, table in enumerate(_tables(low, high, axis.scale)):
        powers *= table[(words >> np.uint64(_BITS - 8 * (byte + 1))).astype(np.intp) & 255]
    return np.clip(low * powers if axis.scale == "log" else 1 - (1 - low) * powers, low, high)


@lru_cache(maxsize=64)
def _tables(low: float, high: float, scale: str) -> tuple[Floats, ...]:
    """For each byte of a number u in [0, 1), from the first, ratio^(its part of u), correctly rounded."""
    first, last = exact(repr(low)), exact(repr(high))
    ratio = last / first if scale == "log" else (1 - last) / (1 - first)
    with precision(256):
        log = arb(ratio).log()
        return tuple(
            np.array([nearest((log * digit / 2 ** (8 * (byte + 1))).exp()) for digit in range(256)])
            for byte in range(_BITS // 8)
        )

"""Random numbers keyed by cell, replicate and step: the same however the work is cut, ordered or spread.

Threefry-2x64 with 20 rounds maps (key, counter) to 128 bits; it passes the tests that generators with a state pass, and
has none. Normal numbers come from its bits by Box and Muller's formula.

Source: Salmon, Moraes, Dror & Shaw 2011, Parallel random numbers: as easy as 1, 2, 3; Box & Muller 1958.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from misstep.elementary import log, sine_and_cosine_of_turns
from misstep.scalars import FloatArray, Scalar, sqrt
from misstep.traced import Graph

Bits = npt.NDArray[np.uint64]

NORMAL = "normal"
"""The driven input of standard normal noise."""

PICK = "pick"
"""The driven input that is 1 where a finite sum shows its first component, and 0 where it shows another."""

PICKING = 1 << 63
"""Added to the replicate in the counter of what is picked, so that noise and picks have streams of their own."""


ROTATIONS = ((16, 42, 12, 31), (16, 32, 24, 21))
"""Of the rounds, four by four."""

PARITY = 0x1BD11BDAA9FC1A22
"""Makes the third word of the key from the other two."""


def threefry(key0: Bits, key1: Bits, counter0: Bits, counter1: Bits) -> tuple[Bits, Bits]:
    """Two words of 64 random bits.

    Args:
        key0: First word of the key, an array, as all others.
        key1: Second word of the key.
        counter0: First word of the counter.
        counter1: Second word of the counter.

    >>> zero = np.zeros(1, np.uint64)
    >>> [hex(int(word[0])) for word in threefry(zero, zero, zero, zero)]
    ['0xc2b6e3a8c2c69865', '0x6f81ed42f350084d']
    """
    keys = (key0, key1, key0 ^ key1 ^ np.uint64(PARITY))
    x0, x1 = counter0 + key0, counter1 + key1
    for i in range(5):
        for r in ROTATIONS[i % 2]:
            x0 = x0 + x1
            x1 = ((x1 << np.uint64(r)) | (x1 >> np.uint64(64 - r))) ^ x0
        x0 = x0 + keys[(i + 1) % 3]
        x1 = x1 + keys[(i + 2) % 3] + np.uint64(i + 1)
    return x0, x1


def threefry_source() -> list[str]:
    """The same as lines of a function of key0, key1, x0 and x1 for numba, its loops written out."""
    lines = [f"key2 = key0 ^ key1 ^ np.uint64({PARITY})", "x0 = x0 + key0", "x1 = x1 + key1"]
    for i in range(5):
        for r in ROTATIONS[i % 2]:
            lines.append("x0 = x0 + x1")
            lines.append(f"x1 = ((x1 << np.uint64({r})) | (x1 >> np.uint64({64 - r}))) ^ x0")
        lines.append(f"x0 = x0 + key{(i + 1) % 3}")
        lines.append(f"x1 = x1 + key{(i + 2) % 3} + np.uint64({i + 1})")
    return lines


def normal_pair(u0: Scalar, u1: Scalar) -> tuple[Scalar, Scalar]:
    """Two standard normal numbers √(−2 ln u₀)·(cos 2πu₁, sin 2πu₁) from uniform u₀ in (0, 1] and u₁ in [0, 1)."""
    radius = sqrt(-2.0 * log(u0))
    sine, cosine = sine_and_cosine_of_turns(u1)
    return radius * cosine, radius * sine


def normal_pair_program() -> tuple[Graph, tuple[int, int]]:
    """`normal_pair` traced: its graph, and the nodes of the two numbers."""
    graph = Graph()
    first, second = normal_pair(graph.input("u0"), graph.input("u1"))
    return graph, (first.index, second.index)


def normals(seed: int, cell: Bits, replicate: Bits, k: int) -> FloatArray:
    """The standard normal numbers of step k, one a lane, in float64.

    >>> cells = np.arange(2, dtype=np.uint64)
    >>> normals(0, cells, cells * 0, 5).shape
    (2,)
    """
    with np.errstate(over="ignore"):
        b0, b1 = threefry(np.full_like(cell, seed), cell, np.full_like(cell, k >> 1), replicate)
    pair: Any = normal_pair(half_open(b0) + 2.0**-53, half_open(b1))
    return np.asarray(pair[k & 1])


def half_open(bits: Bits) -> FloatArray:
    """The top 53 of 64 bits as a float in [0, 1)."""
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53


def picks(seed: int, cell: Bits, replicate: Bits, k: int, n: int, order: str) -> FloatArray:
    """Whether step k sees the first of n components, one a lane: 1 or 0.

    Args:
        seed: Key.
        cell: Key.
        replicate: Counter.
        k: Number of the step.
        n: Number of components.
        order: `"reshuffled"`: once in every n steps, at a random one of them; `"cyclic"`: at steps 0, n, 2n, …;
            `"independent"`: with probability 1/n at each step.
    """
    if order == "cyclic":
        return np.full(len(cell), float(k % n == 0))
    counter = k if order == "independent" else k // n
    with np.errstate(over="ignore"):
        bits, _ = threefry(np.full_like(cell, seed), cell, np.full_like(cell, counter), replicate ^ np.uint64(PICKING))
    place = np.floor(half_open(bits) * n)
    return np.where(place == (0 if order == "independent" else k % n), 1.0, 0.0)

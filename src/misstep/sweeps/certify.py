"""A certified phase diagram: which cells of a sweep are proved to drift, and the certificates that say so.

A cell is *proved* if a certificate that `misstep.certificates.check` accepts has the cell's numbers in its ranges (the
rational number that each float on an axis is, and the number that a fixed argument spells), is about the cell's
function, and holds from a range of starts that contains the cell's x0. It says that the method, in real arithmetic,
moves on for ever with |f'| at least a positive number at every iterate, and that f' comes to be the predicted −c. That
is about the recurrence: the run in floating point, of which all other variables tell, may do something else.

Which rectangles are tried depends on the spec alone, and whether a cell is looked at on the cell and the spec alone, so
the answer does not depend on how a sweep is cut, resumed or spread.

* Cells that fail a cheap necessary condition are left out (`misstep.sweeps.hopeful`).
* Axes on which the function or the settled step depends are taken value by value. On a grid the other axes make up a
  rectangle, the whole of it first. It is halved along the axis with the most cells, again and again, down to single
  cells. A rectangle with a corner that is left out is not tried, but halved. One that is tried in vain is halved, too,
  unless it lies in `VAIN` rectangles that were tried in vain; so at most 2^VAIN − 1 attempts in vain are spent on one.
* Of a random or Sobol design the whole range of the axes is tried, then each point.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt

from misstep.errors import InvalidInput
from misstep.functions import LineFunction
from misstep.proofs.certificate import Certificate
from misstep.sweeps.cells import Floats, label_places
from misstep.sweeps.certifier import Box, Certifier
from misstep.sweeps.chunks import Chunk
from misstep.sweeps.design import coordinate
from misstep.sweeps.hopeful import Mask, hopeful
from misstep.sweeps.kernels.advance import KernelName
from misstep.sweeps.spec import SweepSpec

VAIN = 8
"""Rectangles around a rectangle that may be tried in vain before it is given up."""

Block = tuple[tuple[int, int], ...]
"""The first and the last place on each axis."""

Cell = tuple[int, ...]
"""A cell's place on each axis."""


def proved_in(spec: SweepSpec, chunk: Chunk, kernel: KernelName) -> npt.NDArray[np.int8]:
    """1 for each cell of a chunk that is proved, and 0 for all others, flat.

    Args:
        spec: The sweep.
        chunk: Cells of one method, one function and one arithmetic.
        kernel: That runs the cells of which only a run tells whether a proof is worth trying.

    >>> from misstep.sweeps.chunks import chunk_at
    >>> from misstep.sweeps.reading import read_spec
    >>> text = 'adam(dialect="toint", learning_rate=0.1, beta1=0..0.999:3, beta2=0..0.999:3)'
    >>> spec = read_spec(text, steps=100, x0=[0, 1e-6])
    >>> proved_in(spec, chunk_at(spec, 0), "numpy").reshape(3, 3, 2)[:, :, 0].tolist()
    [[1, 1, 1], [1, 1, 1], [1, 1, 1]]
    """
    found = np.zeros(chunk.n_cells, np.int8)
    for cell, _ in _proved(spec, chunk, kernel):
        found[cell] = 1
    return found


def certificate_of(spec: SweepSpec, cell: Sequence[int], *, kernel: KernelName = "numpy") -> Certificate | None:
    """The certificate by which a cell is proved, or `None` where it is only observed.

    Args:
        spec: The sweep; of a dataset, `SweepSpec.from_dict(json.loads(dataset.attrs["spec"]))`.
        cell: Its place along each dimension.
        kernel: `"numba"` or `"numpy"`, with the same answer.

    Raises:
        InvalidInput: there is no such cell.

    >>> from misstep.sweeps.reading import read_spec
    >>> text = 'adam(dialect="toint", learning_rate=0.1, beta1=0..0.5:2, beta2=0..0.5:3)'
    >>> certificate = certificate_of(read_spec(text, steps=100), (1, 2))
    >>> print(certificate.sentence.partition(" runs")[0])
    adam(learning_rate = 1/10, beta1 in [0, 1/2], beta2 in [0, 1/2], eps = 0, eps_root = 0, eps_hat = none, \
start = first-gradient, amsgrad = none)
    """
    place = tuple(int(i) for i in cell)
    if len(place) != len(spec.shape) or not all(0 <= i < n for i, n in zip(place, spec.shape, strict=True)):
        raise InvalidInput(f"cell = {place} must be a place along each of {', '.join(spec.dims)}, of {spec.shape}")
    chunk = Chunk(place, tuple(i + 1 for i in place))
    for _, box in _proved(spec, chunk, kernel):
        return _certifier(spec, label_places(spec, chunk)).prove(box)
    return None


@lru_cache(maxsize=16)
def _certifier(spec: SweepSpec, labels: tuple[int, int, int]) -> Certifier:
    """What is known of the rectangles of a sweep, by all its chunks."""
    return Certifier(spec, labels)


def _proved(spec: SweepSpec, chunk: Chunk, kernel: KernelName) -> Iterator[tuple[int, Box]]:
    """The cells of a chunk that are proved, as flat places in it, and by which box."""
    labels = label_places(spec, chunk)
    # A kernel that may differ in its last bits, as on a GPU, has no say in what is proved.
    search = _Search(spec, labels, "numba" if kernel == "numba" else "numpy", _certifier(spec, labels))
    yield from (search.points(chunk) if spec.points is not None else search.grid(chunk))


@dataclass(frozen=True)
class _Search:
    spec: SweepSpec
    labels: tuple[int, int, int]
    kernel: KernelName
    certifier: Certifier
    hope: dict[Cell, bool] = field(default_factory=dict)

    def look(self, columns: dict[str, Floats]) -> Mask:
        return hopeful(self.spec, self.labels, columns, self.kernel)

    def points(self, chunk: Chunk) -> Iterator[tuple[int, Box]]:
        """Of a random or Sobol design."""
        start, stop = chunk.starts[-1], chunk.stops[-1]
        columns = {axis.name: coordinate(self.spec, i, start, stop) for i, axis in enumerate(self.spec.axes)}
        places = np.flatnonzero(self.look(columns)).tolist()
        if not places:
            return
        all_of_it: Box = tuple((axis.values[0], axis.values[-1]) for axis in self.spec.axes)
        proved = self.certifier.function_if_proved(all_of_it) if all(self.certifier.ranging) else None
        for place in places:
            point: Box = tuple((value, value) for value in (float(column[place]) for column in columns.values()))
            if proved is not None and proved == self.certifier.function_at(point):
                yield place, all_of_it
            elif self.certifier.function_if_proved(point) is not None:
                yield place, point

    def grid(self, chunk: Chunk) -> Iterator[tuple[int, Box]]:
        """Of a grid: rectangles that have cells of the chunk, larger ones first."""
        first = len(self.spec.label_dims)
        places = np.stack(
            [
                along.ravel()
                for along in np.meshgrid(
                    *(np.arange(a, b) for a, b in zip(chunk.starts[first:], chunk.stops[first:], strict=True)),
                    indexing="ij",
                )
            ],
            axis=1,
        )
        kept = np.flatnonzero(self.ask(places))
        if not kept.size:
            return
        ranging = self.certifier.ranging
        fixed = [i for i, ranges in enumerate(ranging) if not ranges]
        alike = (
            np.unique(places[kept][:, fixed], axis=0, return_inverse=True)[1].ravel() if fixed else np.zeros_like(kept)
        )
        waiting: list[tuple[Block, npt.NDArray[np.intp], int]] = []
        for group in range(int(alike.max()) + 1):
            members = kept[alike == group]
            one = places[members[0]].tolist()
            whole = zip(self.spec.axes, ranging, one, strict=True)
            block = tuple((0, axis.n - 1) if ranges else (place, place) for axis, ranges, place in whole)
            waiting.append((block, members, 0))
        while waiting:
            self.ask(np.array([corner for block, _, _ in waiting for corner in set(product(*block))]))
            waiting_next = []
            for block, members, vain in waiting:
                box: Box = tuple(
                    (axis.values[a], axis.values[b]) for axis, (a, b) in zip(self.spec.axes, block, strict=True)
                )
                tried = all(self.hope[corner] for corner in product(*block))
                function = self.certifier.function_if_proved(box) if tried else None
                if function is not None:
                    yield from self.on(function, members, places, box)
                    continue
                vain += tried
                if vain < VAIN:
                    waiting_next += [(half, inside, vain) for half, inside in _halves(block, members, places)]
            waiting = waiting_next

    def ask(self, places: npt.NDArray[np.intp]) -> Mask:
        """Which cells are worth a proof; all that is known is kept."""
        keys = list(map(tuple, places.tolist()))
        new = [i for i, key in enumerate(keys) if key not in self.hope]
        if new:
            axes = self.spec.axes
            columns = {axis.name: np.array(axis.values)[places[new, i]] for i, axis in enumerate(axes)}
            self.hope.update(zip((keys[i] for i in new), self.look(columns).tolist(), strict=True))
        return np.array([self.hope[key] for key in keys])

    def on(
        self, function: LineFunction, members: npt.NDArray[np.intp], places: npt.NDArray[np.intp], box: Box
    ) -> Iterator[tuple[int, Box]]:
        """Those cells of a rectangle that are on the function of its certificate, which are all."""
        for member in members.tolist():
            values = tuple((axis.values[i],) * 2 for axis, i in zip(self.spec.axes, places[member], strict=True))
            if self.certifier.function_at(values) == function:
                yield member, box


def _halves(
    block: Block, members: npt.NDArray[np.intp], places: npt.NDArray[np.intp]
) -> Iterator[tuple[Block, npt.NDArray[np.intp]]]:
    """The two halves of a rectangle along the axis with the most cells, those that have members."""
    lengths = [b - a for a, b in block]
    axis = lengths.index(max(lengths))
    a, b = block[axis]
    if a == b:
        return
    middle = (a + b) // 2
    below = places[members, axis] <= middle
    for ends, inside in (((a, middle), members[below]), ((middle + 1, b), members[~below])):
        if inside.size:
            yield (*block[:axis], ends, *block[axis + 1 :]), inside

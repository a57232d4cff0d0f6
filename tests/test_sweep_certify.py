"""Cells of sweeps that are proved: the right ones, by certificates that others can check, however a sweep is cut."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flint import arb, fmpq

import misstep as ms
from misstep.certificates import Verdict, check_bytes
from misstep.errors import InvalidInput
from misstep.functions import PiecewisePolynomial
from misstep.proofs.certificate import Certificate
from misstep.scalars import ends, exact, exact_from_float, precision
from misstep.sweeps import certify
from misstep.sweeps.cells import label_places, lanes_of
from misstep.sweeps.certifier import Box, Certifier
from misstep.sweeps.certify import certificate_of, proved_in
from misstep.sweeps.chunks import Chunk, chunk_at, n_chunks
from misstep.sweeps.reading import from_document, read_spec
from misstep.sweeps.spec import SweepSpec
from misstep.sweeps.sweep import sweep

STANDALONE = Path(__file__).parent.parent / "tools" / "check_certificate.py"
PAPER = 'adam(dialect="toint", learning_rate=0.1, beta1=0..0.999:{n}, beta2=0..0.999:{n})'
RMSPROP = "rmsprop(learning_rate=0.1, eps=0, momentum=0, beta2=0..0.999:{n})"


def spec(optimizer: str, **changes: Any) -> SweepSpec:
    return read_spec(optimizer, **{"steps": 100, "certify": True, **changes})


def proved(made: SweepSpec) -> Any:
    """`proved` of every cell, in the sweep's shape."""
    assert not made.label_dims
    return proved_in(made, Chunk((0,) * len(made.shape), made.shape), "numpy").reshape(made.shape)


def claimed(certificate: Certificate | None) -> dict[str, Any]:
    assert certificate is not None
    return dict(certificate.document["claim"])


# What is proved


@pytest.mark.parametrize("function", ["cubic", "spline", "plateau"])
def test_the_papers_theorem_is_one_certificate_for_all_betas(function: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Box] = []
    prove = Certifier.prove

    def counted(self: Certifier, box: Box) -> Certificate:
        calls.append(box)
        return prove(self, box)

    monkeypatch.setattr(Certifier, "prove", counted)
    certify._certifier.cache_clear()
    assert proved(spec(PAPER.format(n=30), function=function)).all()
    assert calls == [((0.0, 0.999), (0.0, 0.999))]


def test_on_plateaus_the_starts_that_are_proved_are_those_on_the_plateau() -> None:
    made = spec(
        'adam(dialect="toint", learning_rate=1, beta1=0..0.9:3)', function="plateau(rho=1/4)", x0="-0.2..0.3:51"
    )
    expected = np.abs(np.array(made.axes[1].values)) <= 0.25
    assert (proved(made) == expected).all()
    assert 0 < expected.sum() < 51


def test_off_the_orbit_of_the_cubic_nothing_is_proved() -> None:
    assert not proved(spec(PAPER.format(n=5), x0=1e-6)).any()


def test_with_epsilon_each_spacing_has_certificates_of_its_own() -> None:
    made = spec("adam(learning_rate=0.1, eps=1e-8..1:7:log, beta1=0..0.99:6, beta2=0..0.99:6)")
    assert proved(made).all()
    shifts = {claimed(certificate_of(made, (i, 2, 3)))["shift"]["value"] for i in range(7)}
    assert shifts == {str(fmpq(1, 10) / (1 + exact_from_float(eps))) for eps in made.axes[0].values}


def test_methods_that_settle_are_proved_where_plateaus_are_wide_enough() -> None:
    made = spec(RMSPROP.format(n=40), function="plateau")
    found = proved(made)
    # The first step is 1/√(1 − β2) spacings long: at most 5/4 up to β2 = 0.36.
    assert found[:11].all()
    assert not found.all()
    document = certificate_of(made, (3,))
    assert document is not None
    assert document.document["proof"]["rule"] == "contracting"
    assert isinstance(document.document["method"]["beta2"], list)


def test_nadam_and_adabelief_are_proved_near_where_they_do_not_settle_but_begin() -> None:
    nadam = proved(
        spec("nadam(learning_rate=0.1, eps=0, momentum_decay=None, beta1=0..0.9:4, beta2=0..0.9:4)", function="plateau")
    )
    assert nadam[0].all()
    assert nadam[1, 0]
    belief = "adabelief(learning_rate=0.1, eps=1, eps_root=0, eps_sum=0, beta1=0..0.9:3, beta2=0..0.9:3)"
    assert proved(spec(belief, function="plateau"))[0].all()


def test_what_is_no_plain_recurrence_is_never_proved() -> None:
    method = 'adam(dialect="toint", learning_rate=0.1, beta1=[0, 0.5])'
    assert proved(spec(method, noise=[0, 0.1])).tolist() == [[1, 0], [1, 0]]
    assert proved(spec(method, power=[0, 0.5])).tolist() == [[1, 0], [1, 0]]
    made = spec(method, arithmetic=["float64", "float32", "bfloat16"])
    found = [proved_in(made, Chunk((i, 0), (i + 1, 2)), "numpy").tolist() for i in range(3)]
    assert found == [[1, 1], [1, 1], [0, 0]]
    for other in ("sine", "smooth_plateau", "quadratic", "zhang"):
        assert not proved(spec(method, function=other)).any()
    assert not proved(spec("adagrad(learning_rate=[0.1, 0.2])", function="cubic(spacing=1)")).any()
    decays = spec("adam(learning_rate=0.1, weight_decay=[0, 0.1], beta1=0.5)", function="cubic(spacing=1/10)")
    assert not proved(decays)[1].any()


def test_points_of_a_design_are_proved_like_cells() -> None:
    text = 'adam(dialect="toint", learning_rate=0.1, beta1=0..0.999, beta2=0..0.999)'
    made = spec(text, design="random", points=50)
    assert proved(made).all()
    assert claimed(certificate_of(made, (7,)))["start"] == ["0", "0"]
    rates = spec('adam(dialect="toint", learning_rate=0.1..1, beta1=0..0.9)', design="random", points=10)
    assert proved(rates).all()
    starts = spec(text, design="random", points=60, function="plateau", x0="-0.05..0.05")
    places = sweep(starts, kernel="numpy").x0.values
    found = proved(starts)
    assert found[np.abs(places) <= 0.025].all()
    assert not found.all()


# That it is true


@pytest.mark.parametrize(
    "made",
    [
        spec(PAPER.format(n=20), function="spline"),
        spec(
            "adam(learning_rate=0.1, eps=0.01..1:3, beta1=0..0.9:4, beta2=0..0.9:4)",
            function="plateau",
            x0="-0.01..0.03:25",
        ),
    ],
    ids=["spline", "plateau"],
)
def test_where_a_cell_is_proved_exact_steps_see_the_gradient_that_is_claimed(made: SweepSpec) -> None:
    cells = np.argwhere(proved(made) == 1)
    for cell in cells[np.random.default_rng(1).choice(len(cells), 6, replace=False)].tolist():
        certificate = certificate_of(made, cell)
        function = lanes_of(made, Chunk(tuple(cell), tuple(i + 1 for i in cell))).functions[0]
        values = {axis.name: exact_from_float(axis.values[i]) for axis, i in zip(made.axes, cell, strict=True)}
        start = values.pop("x0", fmpq(0))
        dialect = "toint" if made.optimizers[0].mapped(str).get("dialect") else "torch"
        method = ms.adam_dialect(dialect, learning_rate="1/10", **values)
        seen = ms.run(function, method, start, 25).g
        assert min(abs(g) for g in seen) >= exact(claimed(certificate)["slope"])


def test_where_a_settling_method_is_proved_a_run_of_many_digits_sees_the_gradient_that_is_claimed() -> None:
    made = spec(RMSPROP.format(n=40), function="plateau")
    cells = np.flatnonzero(proved(made)).tolist()
    assert len(cells) > 15
    with precision(2000):
        for cell in cells[::6]:
            beta = exact_from_float(made.axes[0].values[cell])
            function = lanes_of(made, Chunk((cell,), (cell + 1,))).functions[0]
            x, v, least = fmpq(0), arb(0), fmpq(1)
            for _ in range(300):
                g = function.gradient(x)
                least = min(least, abs(g))
                v = beta * v + (1 - beta) * g * g
                x -= ends((arb(g) / v.sqrt() / 10).mid())[0]
            assert least >= exact(claimed(certificate_of(made, (cell,)))["slope"])


def test_a_certificate_holds_the_numbers_of_its_cell_and_its_function() -> None:
    made = spec("adam(learning_rate=0.1, eps=[0.5, 1], beta1=0..0.9:2)", function="plateau", x0="-0.01..0.01:3")
    for place in np.argwhere(proved(made) == 1).tolist():
        document = certificate_of(made, place)
        assert document is not None
        values = [exact_from_float(axis.values[i]) for axis, i in zip(made.axes, place, strict=True)]
        beta1 = document.document["method"]["beta1"]
        low, high = map(exact, beta1 if isinstance(beta1, list) else [beta1, beta1])
        assert low <= values[1] <= high
        assert exact(document.document["method"]["eps"]) == values[0]
        start = [exact(end) for end in document.document["claim"]["start"]]
        assert start[0] <= values[2] <= start[1]
        function = lanes_of(made, Chunk(tuple(place), tuple(i + 1 for i in place))).functions[0]
        assert isinstance(function, PiecewisePolynomial)
        assert document.document["function"]["knots"] == [str(knot) for knot in function.knots]


def test_both_checkers_accept_the_certificates(tmp_path: Path) -> None:
    cases = [
        (spec(PAPER.format(n=4)), (1, 2)),
        (spec(RMSPROP.format(n=20), function="plateau"), (2,)),
        (spec("adam(learning_rate=0.1, eps=[0.5, 1])", function="plateau", x0="-0.01..0.03:9"), (1, 3)),
    ]
    for i, (made, place) in enumerate(cases):
        certificate = certificate_of(made, place)
        assert certificate is not None
        file = tmp_path / f"{i}.cert.json"
        file.write_text(certificate.to_json())
        assert check_bytes(file.read_bytes()).verdict is Verdict.PROVED
        answer = subprocess.run([sys.executable, STANDALONE, file], capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stdout + answer.stderr
        assert "PROVED" in answer.stdout


def test_a_cell_that_is_observed_only_has_no_certificate_and_a_cell_that_is_not_there_is_refused() -> None:
    made = spec(PAPER.format(n=4), x0=1e-6)
    assert certificate_of(made, (1, 2)) is None
    with pytest.raises(InvalidInput, match=r"cell = \(4, 0\) must be a place along each of beta1, beta2"):
        certificate_of(made, (4, 0))


# That it depends on the spec alone


@pytest.mark.parametrize(
    "made",
    [
        spec("adam(learning_rate=0.1, eps=[0, 0.1, 1], beta1=0..0.9:16)", function="plateau", x0="-0.03..0.04:23"),
        spec(RMSPROP.format(n=16), function="plateau"),
        spec(
            "nadam(learning_rate=0.1, eps=0, momentum_decay=None, beta1=[0, 0.3], beta2=0..0.9:5)", function="plateau"
        ),
    ],
    ids=["adam", "rmsprop", "nadam"],
)
def test_how_a_sweep_is_cut_does_not_change_what_is_proved(made: SweepSpec) -> None:
    whole = proved(made)
    assert 0 < whole.sum() < whole.size
    cut = np.random.default_rng(2)
    for _ in range(2):
        certify._certifier.cache_clear()
        found = np.full(made.shape, -1, np.int8)
        steps = [int(cut.integers(1, n, endpoint=True)) for n in made.shape]
        ranges = [range(0, n, step) for n, step in zip(made.shape, steps, strict=True)]
        for starts in np.array(np.meshgrid(*ranges, indexing="ij")).reshape(len(steps), -1).T.tolist():
            stops = tuple(min(a + b, n) for a, b, n in zip(starts, steps, made.shape, strict=True))
            chunk = Chunk(tuple(starts), stops)
            found[chunk.slices] = proved_in(made, chunk, "numpy").reshape(chunk.shape)
        assert (found == whole).all()


def test_kernels_and_workers_agree_on_what_is_proved() -> None:
    pytest.importorskip("numba")
    made = spec(RMSPROP.format(n=8), function=["plateau", "plateau(rho=1/3)"], x0="-0.01..0.01:5", steps=1000)
    assert n_chunks(made) > 1
    one, two = (sweep(made, kernel="numba", workers=n) for n in (1, 2))
    assert one.identical(two)
    by_numpy = [proved_in(made, chunk_at(made, i), "numpy") for i in range(n_chunks(made))]
    assert (np.concatenate(by_numpy) == one.proved.values.ravel()).all()
    assert 0 < one.proved.values.sum() < made.n_cells


def test_a_resumed_sweep_has_the_same_proofs(tmp_path: Path) -> None:
    pytest.importorskip("zarr")
    made = spec(PAPER.format(n=10), steps=1000, function=["cubic", "plateau"], x0="[0, 0.02, 0.03]")
    sweep(made, out=tmp_path / "a.zarr")
    whole = {
        file.name: file.read_bytes() for file in (tmp_path / "a.zarr" / "proved" / "c").rglob("*") if file.is_file()
    }
    assert n_chunks(made) > 1
    next(file for file in (tmp_path / "a.zarr" / "proved" / "c").rglob("*") if file.is_file()).unlink()
    again = sweep(made, out=tmp_path / "a.zarr", resume=True, report=lambda _: None)
    found = {
        file.name: file.read_bytes() for file in (tmp_path / "a.zarr" / "proved" / "c").rglob("*") if file.is_file()
    }
    assert found == whole
    assert again.proved.sel(function="cubic").values.mean(axis=(0, 1)).tolist() == [1, 0, 0]
    assert again.proved.sel(function="plateau").values.mean(axis=(0, 1)).tolist()[:2] == [1, 1]


# What it costs, and how it is asked for


def test_a_large_diagram_takes_seconds_and_a_hopeless_one_less() -> None:
    made = spec(PAPER.format(n=400))
    for changed, right, most in ((made, 1, 15.0), (spec(PAPER.format(n=400), x0=1e-6), 0, 2.0)):
        begun = time.perf_counter()
        found = proved_in(changed, chunk_at(changed, 1), "numpy")
        assert (found == right).all()
        assert time.perf_counter() - begun < most


def test_a_spec_says_whether_it_is_certified_and_reads_that_back() -> None:
    made = spec(PAPER.format(n=2))
    assert SweepSpec.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    assert made != spec(PAPER.format(n=2), certify=False)
    assert from_document({"sweep": {"optimizer": PAPER.format(n=2), "steps": 100, "certify": True}}) == made
    with pytest.raises(InvalidInput, match="certify = 'yes' must be true or false"):
        spec(PAPER.format(n=2), certify="yes")


def test_the_variable_says_what_it_means_and_is_there_only_when_asked_for() -> None:
    made = spec(PAPER.format(n=2))
    found = sweep(made, kernel="numpy")
    assert found.proved.dtype == np.int8
    assert found.proved.attrs["flag_meanings"] == "observed proved"
    assert "real arithmetic" in found.proved.attrs["comment"]
    assert "proved" not in sweep(spec(PAPER.format(n=2), certify=False), kernel="numpy")


def test_what_is_proved_and_what_floats_do_are_both_told() -> None:
    found = sweep(PAPER.format(n=20), steps=10**5, certify=True, kernel="numba")
    # The orbit of the cubic repels: floats leave it, exact numbers never do.
    assert (found.proved.values == 1).all()
    assert (found.departure.values >= 0).any()


def test_labels_of_a_chunk_are_its_places_in_the_spec() -> None:
    made = spec(PAPER.format(n=2), function=["cubic", "sine"], arithmetic=["float64", "float32"])
    assert label_places(made, Chunk((1, 0, 0, 0), (2, 1, 2, 2))) == (0, 1, 0)
    found = sweep(made, kernel="numpy")
    assert found.proved.sel(function="cubic").values.all()
    assert not found.proved.sel(function="sine").values.any()

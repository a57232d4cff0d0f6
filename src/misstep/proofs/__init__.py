"""Proofs: from what was constructed to certificates that an independent checker accepts."""

from misstep.proofs.certificate import Certificate
from misstep.proofs.cycle import Cycle, prove_cycle
from misstep.proofs.drift import Drift, prove_drift, prove_rounded
from misstep.proofs.function import prove_function
from misstep.proofs.not_proved import NotProved
from misstep.proofs.orbit import prove_closed_orbit, prove_orbit
from misstep.proofs.prove import prove
from misstep.proofs.vanishing import prove_vanishing
from misstep.proofs.wells import constant_drift

__all__ = [
    "Certificate",
    "Cycle",
    "Drift",
    "NotProved",
    "constant_drift",
    "prove",
    "prove_closed_orbit",
    "prove_cycle",
    "prove_drift",
    "prove_function",
    "prove_orbit",
    "prove_rounded",
    "prove_vanishing",
]

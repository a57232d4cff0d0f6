"""The studies: each a question, the sweeps that answer it, and the page that says what was found."""

from __future__ import annotations

from tools.studies import epsilon, fragility, noise, theorem
from tools.studies.study import Study

STUDIES: tuple[Study, ...] = (
    theorem.STUDY,
    fragility.STUDY,
    epsilon.STUDY,
    noise.STUDY,
)

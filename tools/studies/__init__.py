"""The studies: each a question, the sweeps that answer it, and the page that says what was found."""

from __future__ import annotations

from tools.studies import arithmetic, decreasing, epsilon, fragility, heavy_ball, noise, theorem, zhang
from tools.studies.study import Study

STUDIES: tuple[Study, ...] = (
    theorem.STUDY,
    fragility.STUDY,
    epsilon.STUDY,
    noise.STUDY,
    decreasing.STUDY,
    heavy_ball.STUDY,
    zhang.STUDY,
    arithmetic.STUDY,
)

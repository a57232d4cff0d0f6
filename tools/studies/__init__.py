"""The studies: each a question, the sweeps that answer it, and the page that says what was found."""

from __future__ import annotations

from tools.studies import arithmetic, decreasing, heavy_ball, theorem, zhang
from tools.studies.study import Study

STUDIES: tuple[Study, ...] = (
    theorem.STUDY,
    decreasing.STUDY,
    heavy_ball.STUDY,
    zhang.STUDY,
    arithmetic.STUDY,
)

"""Stage: figures as data. Input: predictions and simulations of every case. Output: the Figure records of the report.

Curves are certified values where that is quick (decay rates, roots) and plain doubles where only the eye judges
(probabilities by the discrete Fourier transform); nothing here enters a verdict.
"""

from __future__ import annotations

import numpy as np
import sympy as sp
from scipy import special

from derive import symbols as y
from derive.laws import Empirical
from numeric.kernels import integrals as kernel_integrals
from verify.drawing.ladder import ladder_figure
from verify.drawing.observed import Observed as Observed
from verify.drawing.roots import roots_figure
from verify.drawing.speed import damping_figure, workers_figure
from verify.drawing.sweeps import sweep_figures
from verify.drawing.training import training_figure
from verify.predicting.predictions import ModePredictions
from verify.report import Curve, Figure
from verify.second_routes.ladder import relative_gap

SMALLEST_SHARE = 1e-6  # below it a probability is not drawn
_WORKERS = "Speed against workers"
_SWEPT = "decay-rate-against-count"  # a sweep over workers, which of plain ones is drawn with a line over all counts
_OWN_MODEL = (
    "drawn for plain asynchronous workers; this scheme has a model for each number: a sweep over it shows what it does"
)
_NO_ROOTS = "the mean obeys a recursion per update, whose roots lie in the disc"
_NOTHING_STATIONARY = "nothing stationary is predicted"


def figures(cases: tuple[Observed, ...]) -> tuple[Figure, ...]:
    """Every figure of a report, in the order of the page.

    Example: ``figures(()) == ()``.
    """
    return drawn(cases)[0]


def drawn(cases: tuple[Observed, ...]) -> tuple[tuple[Figure, ...], tuple[tuple[str, str], ...]]:
    """Every figure in the order of the page; and of those that could not be drawn, title and reason."""
    plain = tuple(case for case in cases if case.mode.is_plain)
    lagging = tuple(case for case in cases if not case.mode.is_recursion)  # others have no root in the half-plane
    training, why_not = training_figure(cases)
    made: list[tuple[str, Figure | None, str]] = [
        (_WORKERS, workers_figure(plain) if plain else None, "" if plain else _OWN_MODEL),
        ("Speed against damping", damping_figure(plain) if plain else None, "" if plain else _OWN_MODEL),
        *((figure.title, figure, "") for figure in sweep_figures(cases) if plain != cases or figure.name != _SWEPT),
        ("Staleness", _staleness(cases) if cases else None, ""),
        ("Characteristic roots", roots_figure(lagging) if lagging else None, _NO_ROOTS if cases else ""),
        ("The variance along the ladder of models", ladder_figure(cases), _NOTHING_STATIONARY if cases else ""),
        ("How fast the limit of many workers is reached", _ladder(plain), "" if plain == cases else _OWN_MODEL),
        ("Excess risk in time, and the training time", training, why_not),
    ]
    refused = tuple((title, why) for title, figure, why in made if why and (figure is None or figure is training))
    return tuple(figure for _, figure, _ in made if figure is not None), refused


def _staleness(cases: tuple[Observed, ...]) -> Figure:
    curves = []
    for case in cases:
        counts = np.array(case.run.staleness_histogram, dtype=float)
        share = counts / counts.sum()
        last = int(np.searchsorted(np.cumsum(share), 0.999)) + 2
        every = max(1, last // 24)
        seen = [k for k in range(0, min(last, len(share)), every) if share[k] > SMALLEST_SHARE]
        where = tuple(float(k) for k in seen)
        curves.append(Curve(f"{case.name}, simulated", where, tuple(float(share[k]) for k in seen), (), "points"))
        if not case.mode.is_plain:
            continue  # another scheme's probabilities are not those of Poisson updates over a cycle
        poisson = np.maximum(_poisson_probabilities(case.mode, last), SMALLEST_SHARE)
        curves.append(Curve(f"{case.name}, rung R1", tuple(map(float, range(last))), tuple(map(float, poisson))))
    return Figure(
        "staleness",
        "How stale the applied gradients are",
        "Share of applied gradients of each staleness: simulated, and on rung R1, where the other workers' updates "
        "are Poisson. Regular cycle times leave the staleness narrower than Poisson arrivals would.",
        "Histograms of staleness, with the lines for Poisson arrivals wider than the simulated points.",
        "staleness K in updates",
        "share of gradients",
        tuple(curves),
        y_scale="log",
    )


def _poisson_probabilities(mode: ModePredictions, count: int) -> np.ndarray:
    """P(K = j), j < count, by the discrete Fourier transform of L(lambda (1 - z)) on the unit circle."""
    size = 1 << max(10, (4 * count).bit_length())
    roots = np.exp(2j * np.pi * np.arange(size) / size)
    at = float(mode.model.values[y.other_rate]) * (1 - roots)
    law = mode.model.law
    if isinstance(law, Empirical):
        values = np.array([float(value) for value in law.values])
        transform = np.mean([np.exp(-at * value) for value in values], axis=0)
    else:
        data = {base[i]: value for base, values in law.arrays.items() for i, value in enumerate(values)}
        written = law.laplace_transform(y.s)
        written = written.doit().subs(data) if data else written
        known = {"hyper": lambda above, below, z: special.hyp1f1(above[0], below[0], z)}
        known |= {name: getattr(kernel_integrals, name) for name in kernel_integrals.__all__}
        of_law = sp.lambdify(y.s, written, [known, "numpy"])
        transform = np.append(1, np.broadcast_to(of_law(at[1:]), at[1:].shape))  # L(0) = 1, where a quotient is 0/0
    return np.maximum(np.fft.fft(transform).real[:count] / size, 0)


def _ladder(cases: tuple[Observed, ...]) -> Figure | None:
    curves = []
    for case in cases:
        theta_a = sp.Rational(case.mode.model.values[y.damping] * case.mode.model.law.mean)
        counts = [4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256, 512]
        gaps = [relative_gap(case.mode.model.law, count, theta_a) for count in counts]
        known = [(float(c), abs(float(g))) for c, g in zip(counts, gaps, strict=True) if g is not None]
        if known:
            curves.append(Curve(f"{case.name}, exact", tuple(k for k, _ in known), tuple(g for _, g in known)))
        limit = case.mode.find("stationary_variance", "R2")
        if limit is None or case.run.unstable:
            continue
        measured = case.run.measured("stationary_variance", case.mode.mode, "time").value
        gap = abs(measured.mean / float(limit.value) - 1)
        error = measured.standard_error / float(limit.value)
        here = (float(case.mode.model.scheme.workers),)
        curves.append(Curve(f"{case.name}, simulated", here, (gap,), (error,), "points"))
    if not any("exact" in curve.label for curve in curves):
        return None
    return Figure(
        "variance-gap",
        "How fast the stochastic delay equation becomes exact",
        "Distance of the stationary variance of M workers from rung R2, relative, at the study's damping: it closes "
        "like 1/M. Lines are exact, points simulated.",
        "Straight lines of slope minus one on logarithmic axes; simulated points lie on them within their errors.",
        "workers M",
        "relative gap to rung R2",
        tuple(curves),
        "log",
        "log",
    )

"""Stage: figures as data. Input: predictions and simulations of every case. Output: the Figure records of the report.

Curves are certified values where that is quick (decay rates, roots) and plain doubles where only the eye judges
(probabilities by the discrete Fourier transform); nothing here enters a verdict.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import sympy as sp
from scipy import special

from derive import symbols as y
from derive.characteristic import delay_equation
from derive.laws import Empirical
from derive.models.linear import LinearModel, linear_model
from numeric.kernels import integrals as kernel_integrals
from numeric.roots.characteristic import spectrum
from numeric.simulation.tasks import Simulation
from numeric.values import Estimate
from verify.predicting.predictions import ModePredictions
from verify.report import Curve, Figure
from verify.second_routes.ladder import relative_gap

MOST_WORKERS = 2.2  # the worker axis ends at this multiple of the study's count
POINTS = 36
SMALLEST_SHARE = 1e-6  # below it a probability is not drawn


@dataclass(frozen=True)
class Observed:
    """One case as drawn: label, predictions of its first mode, what was simulated, and the fitted decay rate."""

    label: str
    mode: ModePredictions
    run: Simulation
    decay_rate: Estimate | None


def figures(cases: tuple[Observed, ...]) -> tuple[Figure, ...]:
    """Every figure of a report, in the order of the page."""
    plain = tuple(case for case in cases if case.mode.is_plain)
    lagging = tuple(case for case in cases if not case.mode.is_recursion)  # others have no root in the half-plane
    drawn = [
        _workers(plain) if plain else None,
        _damping(plain) if plain else None,
        _staleness(cases),
        _roots(lagging) if lagging else None,
        _ladder(plain),
    ]
    return tuple(figure for figure in drawn if figure is not None)


def _name(case: Observed) -> str:
    return case.label or case.mode.model.law.name


def _workers(cases: tuple[Observed, ...]) -> Figure:
    curves = []
    for case in cases:
        model = case.mode.model
        last = max(4, round(MOST_WORKERS * int(model.scheme.workers)))
        first = int(getattr(model.scheme, "batch", 1))  # fewer workers could not fill a batch
        counts = sorted({round(first + i * (last - first) / (POINTS - 1)) for i in range(POINTS)})
        rates = [_rate(case.mode, count) for count in counts]
        curves.append(Curve(f"{_name(case)}, rung R3", tuple(map(float, counts)), tuple(rates)))
        if case.decay_rate is not None:
            here = (float(model.scheme.workers),)
            simulated = Curve(
                f"{_name(case)}, simulated", here, (case.decay_rate.mean,), (case.decay_rate.standard_error,), "points"
            )
            curves.append(simulated)
    return Figure(
        "decay-rate-against-workers",
        "More workers do not always help",
        "Decay rate of the mean against the number of workers, everything else as in the study (claim A). "
        "The points are simulated at the study's own number.",
        "Lines that rise, pass a maximum and fall as workers are added; simulated points lie near the lines.",
        "workers M",
        "decay rate in 1/s",
        tuple(curves),
    )


def _rate(mode: ModePredictions, count: int) -> float:
    model = mode.model
    assert isinstance(model, LinearModel)
    scheme = replace(model.scheme, workers=sp.Integer(count))
    changed = linear_model(model.law, scheme, learning_rate=model.learning_rate, curvature=model.curvature)
    rate = spectrum(changed.characteristic_equation).decay_rate
    return math.nan if rate is None else float(rate)


def _damping(cases: tuple[Observed, ...]) -> Figure:
    curves, markers = [], []
    for case in cases:
        law = case.mode.model.law
        theta = float(law.mean)
        scaled = sorted({sp.Rational(i, 25) for i in range(1, 46)} | {sp.Rational(i, 100) for i in range(24, 42)})
        rates = []
        for value in scaled:
            rate = spectrum(delay_equation(value / law.mean, law)).decay_rate
            rates.append(math.nan if rate is None else float(rate) * theta)
        curves.append(Curve(_name(case), tuple(float(value) for value in scaled), tuple(rates)))
    here = float(cases[0].mode.model.values[y.damping] * cases[0].mode.model.law.mean)
    curves.append(Curve("without delay", (0.0, 1.1), (0.0, 1.1)))
    found = cases[0].mode.spectrum.decay_rate
    if found is not None:
        markers.append(("this study", here, float(found) * float(cases[0].mode.model.law.mean)))
    return Figure(
        "decay-rate-against-damping",
        "A small staleness helps, a large one diverges",
        "Decay rate times mean delay against damping times mean delay: above the line without delay up to critical "
        "damping (claim B), below zero beyond the stability limit (claim C).",
        "Curves that start above the straight line without delay, bend at a maximum and cross zero for regular ones.",
        "damping coefficient times mean delay",
        "decay rate times mean delay",
        tuple(curves),
        markers=tuple(markers),
    )


def _staleness(cases: tuple[Observed, ...]) -> Figure:
    curves = []
    for case in cases:
        counts = np.array(case.run.staleness_histogram, dtype=float)
        share = counts / counts.sum()
        last = int(np.searchsorted(np.cumsum(share), 0.999)) + 2
        every = max(1, last // 24)
        seen = [k for k in range(0, min(last, len(share)), every) if share[k] > SMALLEST_SHARE]
        where = tuple(float(k) for k in seen)
        curves.append(Curve(f"{_name(case)}, simulated", where, tuple(float(share[k]) for k in seen), (), "points"))
        if not case.mode.is_plain:
            continue  # another scheme's probabilities are not those of Poisson updates over a cycle
        poisson = np.maximum(_poisson_probabilities(case.mode, last), SMALLEST_SHARE)
        curves.append(Curve(f"{_name(case)}, rung R1", tuple(map(float, range(last))), tuple(map(float, poisson))))
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


def _roots(cases: tuple[Observed, ...]) -> Figure:
    curves = []
    for case in cases:
        theta = float(case.mode.model.law.mean)
        found = spectrum(case.mode.model.characteristic_equation, count=8)
        pairs = [(float(root.re) * theta, float(root.im) * theta) for root in found.roots]
        both = [(re, sign * im) for re, im in pairs for sign in ((1, -1) if im else (1,))]
        curves.append(Curve(_name(case), tuple(p[0] for p in both), tuple(p[1] for p in both), (), "points"))
    heights = [im for curve in curves for im in curve.y] or [-1.0, 1.0]
    curves.append(Curve("imaginary axis", (0.0, 0.0), (min(heights), max(heights))))
    return Figure(
        "roots",
        "Characteristic roots",
        "Certified roots of H(s), scaled by the mean cycle. Each ball is smaller than its mark; a winding number "
        "proves that no root lies right of the rightmost one. "
        "A root right of the imaginary axis would make the mean diverge.",
        "Points left of the imaginary axis, symmetric about the real axis.",
        "real part times mean cycle",
        "imaginary part times mean cycle",
        tuple(curves),
    )


def _ladder(cases: tuple[Observed, ...]) -> Figure | None:
    curves = []
    for case in cases:
        theta_a = sp.Rational(case.mode.model.values[y.damping] * case.mode.model.law.mean)
        counts = [4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256, 512]
        gaps = [relative_gap(case.mode.model.law, count, theta_a) for count in counts]
        known = [(float(c), abs(float(g))) for c, g in zip(counts, gaps, strict=True) if g is not None]
        if known:
            curves.append(Curve(f"{_name(case)}, exact", tuple(k for k, _ in known), tuple(g for _, g in known)))
        limit = case.mode.find("stationary_variance", "R2")
        if limit is None or case.run.unstable:
            continue
        measured = case.run.measured("stationary_variance", case.mode.mode, "time").value
        gap = abs(measured.mean / float(limit.value) - 1)
        error = measured.standard_error / float(limit.value)
        here = (float(case.mode.model.scheme.workers),)
        curves.append(Curve(f"{_name(case)}, simulated", here, (gap,), (error,), "points"))
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

"""Claims about arrivals, delays and staleness."""

from __future__ import annotations

from derive.claims.record import Claim
from derive.derivations import arrivals, merging, staleness
from derive.derivations import characteristic as linear

_KEPT = ("asynchronous", "staleness-discount", "momentum")  # every gradient is applied when it arrives
_BUSY = (*_KEPT, "staleness-threshold", "age-drop", "dropout", "event-trigger", "k-batch-async")  # always busy

CLAIMS = (
    Claim(
        "delay.law.any-law",
        "The delay of an applied gradient has the law of a cycle: its mean, its variance, all moments.",
        "equality",
        "R0",
        arrivals.delay_at_update,
        also=_KEPT,
    ),
    Claim(
        "arrivals.rate.any-law",
        "M always-busy workers return M/theta gradients per second, whatever the law of their cycles.",
        "equality",
        "R0",
        arrivals.arrival_rate,
        "arrival_rate",
        also=_BUSY,
    ),
    Claim(
        "arrivals.interval.any-law",
        "After an arrival none comes within t with probability (1 - F(t)) ((1/theta) int_t^oo (1 - F))^(M-1).",
        "equality",
        "R0",
        merging.interval_between_arrivals,
    ),
    Claim(
        "arrivals.dispersion.any-law",
        "The arrivals' index of dispersion is one worker's in every window, however many workers there are.",
        "equality",
        "R0",
        merging.index_of_dispersion,
    ),
    Claim(
        "arrivals.dispersion-in-short-windows.any-law",
        "In windows far shorter than a cycle the arrivals' index of dispersion is 1, as of Poisson arrivals.",
        "asymptotic",
        "R0",
        merging.short_window,
        supports="D",
    ),
    Claim(
        "arrivals.dispersion-in-long-windows.any-law",
        "In long windows the arrivals' index of dispersion is that of one cycle, c_2, for every number of workers.",
        "asymptotic",
        "R0",
        merging.long_window,
    ),
    Claim(
        "arrivals.count-probability.erlang",
        "With cycles of n exponential stages a worker's arrivals in a window have triangularly weighted Poisson terms.",
        "equality",
        "R0",
        merging.stage_count,
        law="erlang",
    ),
    Claim(
        "arrivals.distance-to-poisson.new-longer-than-used",
        "In a window in which m are expected, arrivals are at most (1 - e^-m)(1 - I_N) from Poisson ones.",
        "bound",
        "R0",
        merging.distance_bound,
        law="new-longer-than-used",
        supports="D",
    ),
    Claim(
        "arrivals.distance-to-poisson.any-law",
        "With many workers the arrivals in a window are |I_N - 1|/2 times two Poisson terms from Poisson ones.",
        "asymptotic",
        "R0",
        merging.distance_of_many,
        supports="D",
    ),
    Claim(
        "staleness.mean.any-law",
        "The mean staleness is M - 1 for every law of the cycles.",
        "equality",
        "R0",
        staleness.mean_staleness,
        "staleness_mean",
        also=_KEPT,
    ),
    Claim(
        "staleness.variance.any-law",
        "For stationary phases the staleness variance is (M-1)(2G - c2) + (M-1)^2 c2, with the renewal overlap G.",
        "equality",
        "R0",
        staleness.staleness_variance,
        "staleness_variance",
        also=_KEPT,
    ),
    Claim(
        "staleness.overlap-term.gamma",
        "For gamma cycles the n-th term of the renewal overlap is a difference of incomplete beta functions.",
        "equality",
        "R0",
        staleness.gamma_overlap_term,
        law="gamma",
    ),
    Claim(
        "staleness.joint-transform.any-law",
        "With stationary phases E[z^K exp(-s T)] averages G_N(z, u)^(M-1) over the cycle: all moments, every law.",
        "equality",
        "R0",
        staleness.joint_transform_of_counts,
    ),
    Claim(
        "staleness.variance.poisson",
        "Seen as Poisson arrivals, the staleness variance is (M-1) + (M-1)^2 c2.",
        "asymptotic",
        "R1",
        staleness.poisson_staleness_variance,
        "staleness_variance",
        supports="D",
    ),
    Claim(
        "staleness.probability.poisson",
        "Seen as Poisson arrivals, P(K = j) = (-lambda)^j/j! L^(j)(lambda); geometric for exponential cycles.",
        "asymptotic",
        "R1",
        staleness.staleness_probability,
    ),
    Claim(
        "staleness.factorial-moment.poisson",
        "Seen as Poisson arrivals, E[K (K-1) .. (K-j+1)] = lambda^j E[T^j]: every moment of the staleness.",
        "asymptotic",
        "R1",
        staleness.staleness_moments,
    ),
    Claim(
        "staleness.joint-transform.poisson",
        "Seen as Poisson arrivals, E[z^K exp(-s T)] = L(s + lambda (1 - z)).",
        "asymptotic",
        "R1",
        staleness.joint_transform,
    ),
    Claim(
        "damping.coefficient.asynchronous",
        "The damping coefficient of a mode is a = eta h M/theta.",
        "equality",
        "R1",
        linear.damping_coefficient,
        "damping_coefficient",
        supports="E",
    ),
    Claim(
        "noise.intensity.asynchronous",
        "The gradient noise drives a mode with q = eta^2 sigma^2 M/theta per second.",
        "equality",
        "R1",
        linear.noise_intensity,
        "noise_intensity",
    ),
)

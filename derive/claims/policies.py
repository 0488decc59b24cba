"""Claims about policies: when more workers stop helping, and how many a learning rate bears."""

from __future__ import annotations

from derive.claims.record import Claim
from derive.derivations import bandwidth
from derive.derivations import worker_counts as counts

_UPLINK = "shared-uplink"

CLAIMS = (
    Claim(
        "workers.fastest-count.any-law",
        "Any cycles are critically damped with r* theta/(eta h E e^(r* T)) workers, r* the best r/E e^(r T) (claim A).",
        "equality",
        "R3",
        counts.fastest_workers,
        supports="A",
    ),
    Claim(
        "workers.greatest-fastest-count.any-law",
        "Whatever the cycles, the mean of more than 1/(e eta h) workers oscillates; constant ones bear most (claim A).",
        "bound",
        "R3",
        counts.greatest_fastest_workers,
        supports="A",
    ),
    Claim(
        "delay.greatest-critical-decay.any-law",
        "Up to critical damping no mean decays faster than 1/theta, whatever workers and learning rate (claim A).",
        "bound",
        "R3",
        counts.greatest_critical_decay,
        supports="A",
    ),
    Claim(
        "delay.greatest-speedup.any-law",
        "Up to critical damping a delay of any law makes the mean decay at most e times as fast as none (claim B).",
        "bound",
        "R3",
        counts.greatest_speedup,
        supports="B",
    ),
    Claim(
        "workers.overtaking-count.constant",
        "With constant cycles the steepest mode becomes the slower one at rho e^-rho/(eta h) workers (claim A).",
        "equality",
        "R3",
        counts.overtaking_workers,
        law="constant",
        supports="A",
    ),
    Claim(
        "workers.overtaking-decay-rate.constant",
        "There both extreme modes decay at rho/theta, rho = arccos(1/kappa)/sqrt(kappa^2 - 1), kappa their ratio.",
        "equality",
        "R3",
        counts.overtaking_decay,
        law="constant",
    ),
    Claim(
        "workers.saturated-decay-rate.exponential",
        "With exponential cycles more than 1/(4 eta h) workers do nothing: the decay rate stays 1/(2 theta) (claim A).",
        "equality",
        "R3",
        counts.saturated_decay,
        law="exponential",
        supports="A",
    ),
    Claim(
        "workers.safe-count.any-law",
        "Fewer than pi/(2 eta h) workers are stable, whatever the law and the mean of their cycles (claim C).",
        "bound",
        "R3",
        counts.safe_workers,
        supports="C",
    ),
    Claim(
        "staleness.safe-mean.any-law",
        "A mean staleness below pi/(2 eta h) - 1 is stable: staleness times curvature decides, no time does (claim C).",
        "bound",
        "R3",
        counts.safe_staleness,
        supports="C",
    ),
    Claim(
        "workers.stable-count.any-law",
        "Roots cross at -i omega_c theta/(eta h L(i omega_c)) workers where that is real: the least is the limit.",
        "equality",
        "R3",
        counts.crossing_workers,
        supports="C",
    ),
    Claim(
        "workers.stable-count.constant",
        "With constant cycles more than pi/(2 eta h) workers diverge (claim C).",
        "equality",
        "R3",
        counts.constant_stable_workers,
        law="constant",
        supports="C",
    ),
    Claim(
        "workers.stable-count.gamma",
        "Gamma cycles of shape k > 1 are stable below k sin(pi/2k)/(eta h cos^(k+1)(pi/2k)) workers (claim C).",
        "equality",
        "R3",
        counts.gamma_stable_workers,
        law="gamma",
        supports="C",
    ),
    Claim(
        "uplink.saturation-count.shared-uplink",
        "Beyond 1 + nu theta_C workers a shared uplink is full: each one more adds 1/nu of delay in the end (claim A).",
        "equality",
        "R0",
        bandwidth.saturation_count,
        scheme=_UPLINK,
        supports="A",
    ),
    Claim(
        "uplink.greatest-decay-rate.shared-uplink",
        "Up to critical damping no number of workers decays faster than e eta h nu behind a shared uplink (claim A).",
        "bound",
        "R3",
        bandwidth.greatest_decay,
        scheme=_UPLINK,
        supports="A",
    ),
)

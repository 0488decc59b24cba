"""Stage: ball functions. Input: balls. Output: transforms of densities, by trapezoids on the logarithmic scale.

    Weibull    int_0^oo v^n e^(-x v) k v^(k-1) e^(-v^k) dv = int e^(a y - e^y - x e^(y/k)) dy,   a = 1 + n/k
    lognormal  E e^(-x V), V = e^(sigma N)                 = int e^(-y^2/2 - x e^(sigma y)) dy/sqrt(2 pi)

The line of integration runs at Im y = -c. If int |g| <= M on every line within d of it, the sum h sum_j g(y_j) is off
by at most 2 M/(e^(2 pi d/h) - 1) (Trefethen and Weideman, SIAM Review 56, 2014, theorem 5.1). Let theta = arg x lie in
[0, pi/2] and r be 1/k or sigma: with c = d and 2 d r <= pi/2 the angle of x e^(r y) stays in [-pi/2, pi/2], so that
|e^(-x e^(r y))| <= 1, and with q = cos(c + d)

    Weibull  M = Gamma(a)/q^a,     lognormal  M = e^((c + d)^2/2).

Further left, c = d + pi/(4 r) serves up to theta = 3 pi/4; that continues L beyond its half-plane. For k > 1 the
transform is entire: with X >= -Re x, X v <= p q v^k + C leaves (1 - p) q in the place of q, and e^C times the bound.
Beyond its ends the sum is at most a geometric series. What lies below the real axis follows by conjugation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from numeric.balls.functions import Ball, BallKit, is_real

_KEPT = 0.75  # p above
_GUARD = 10
_MOST_NODES = 60_000


@dataclass(frozen=True)
class Path:
    """A line Im y = -``turn`` with a strip of half-width ``width``, as exact doubles; ``growth`` is C, ``share`` p."""

    turn: float
    width: float
    growth: float = 0.0
    share: float = 0.0


@dataclass(frozen=True)
class Rule:
    """Nodes e^(r y_j), their weights without e^(-x v), and the error of the sum of order n as a function of n."""

    nodes: tuple[Ball, ...]
    weights: tuple[Ball, ...]
    error: Callable[[int], Any]


def path_for(rate: float, x: Ball, entire: bool, reach: float, furthest: float) -> Path | None:
    """The line for a ball in the closed upper half-plane, or around the real axis; None where there is none.

    ``rate`` is r, ``entire`` whether e^y outgrows e^(r y), ``reach`` the largest half-width, ``furthest`` the largest
    distance c + d from the real axis.
    """
    left = max(0.0, -float(x.real.lower()) * (1 + 1e-15))
    widest = min(math.pi / (4 * rate), reach) * (1 - 1e-12)
    if is_real(x) or not x.imag >= 0:  # on the real axis or around it
        if not entire and left > 0:
            return None
        high = float(abs(x.imag).upper()) * (1 + 1e-15)
        slope = math.sin(widest * rate) * high if high else 0.0
        grown = left + slope - float(x.real.lower()) * math.cos(widest * rate) * (left == 0) * (1 - 1e-12)
        if grown <= 0:
            return Path(0.0, widest)
        return Path(0.0, widest, grown, _KEPT) if entire else None
    if left == 0 or entire:
        return Path(widest, widest, left, _KEPT if left else 0.0)
    if not (x.imag + x.real > 0):
        return None
    extra = math.pi / (4 * rate)
    width = min(widest / 2, (furthest - extra) / 2)
    return Path(extra + width, width) if width > widest / 64 else None


def weibull_rule(kit: BallKit, shape: Ball, path: Path) -> Rule | None:
    """The rule of a Weibull transform at the working precision."""
    return _weibull(ParameterKey(kit, shape.real), path.turn, path.width, _coarse(path.growth), path.share, kit.bits())


def lognormal_rule(kit: BallKit, spread: Ball, path: Path) -> Rule | None:
    """The rule of a lognormal transform at the working precision."""
    return _lognormal(ParameterKey(kit, spread.real), path.turn, path.width, kit.bits())


class ParameterKey:
    """A parameter of a cached rule, told apart by the text of its ball."""

    def __init__(self, kit: BallKit, value: Any) -> None:
        self.kit, self.value = kit, value
        self._text = value.str(60, radius=True, more=True)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ParameterKey) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


def _coarse(growth: float) -> float:
    """X rounded up to one of few values, so that rules are shared."""
    return 0.0 if growth <= 0 else 2.0 ** (math.ceil(4 * math.log2(growth) + 1e-9) / 4)


@lru_cache(maxsize=64)
def _weibull(key: ParameterKey, turn: float, width: float, growth: float, share: float, bits: int) -> Rule | None:
    kit, k = key.kit, key.value
    real = _reals(kit)
    cosine = (real(turn) + real(width)).cos() * (1 - real(share))
    extra = real(0)
    if growth:  # max over v of X v - p q v^k, at v = (X/(k p q))^(1/(k - 1))
        pulled = cosine / (1 - real(share)) * real(share)
        best = (real(growth) / (k * pulled)) ** (1 / (k - 1))
        extra = real(growth) * best * (1 - 1 / k)
    if not (cosine > 0 and extra < 40 * bits):
        return None
    fall = (bits + _GUARD) * math.log(2) + float(extra.upper())
    step = _binary(2 * math.pi * width / (fall + 2 * abs(math.log(float(cosine.lower()))) + 5))
    low, high = (
        -fall - 5,
        math.log((fall + (5 + 4 / float(k)) * math.log(fall + 9 + 9 / float(k))) / float(cosine.lower())),
    )
    line = _line(kit, turn, step, low, high)
    if line is None:
        return None
    first, last, points = line
    waves = [(point.exp(), point) for point in points]
    weights = tuple(step * (point - wave).exp() for wave, point in waves)
    nodes = tuple((point / kit.complex(k, 0)).exp() for point in points)

    def error(order: int) -> Any:
        a, h = 1 + order / k, real(step)
        whole = extra.exp() * kit.complex(a, 0).gamma().real / cosine**a
        off = 2 * whole / ((2 * kit.constant("pi").real * real(width) / h).exp() - 1)
        before = h * (extra + a * real(first)).exp() / (1 - (-a * h).exp())
        ratio = (a * h - cosine * real(last).exp() * (h.exp() - 1)).exp()
        after = h * (extra + a * real(last) - cosine * real(last).exp()).exp() / (1 - ratio)
        return (off + before + after).upper() if ratio < 1 else kit.constant("nan").real

    return Rule(nodes, weights, error)


@lru_cache(maxsize=64)
def _lognormal(key: ParameterKey, turn: float, width: float, bits: int) -> Rule | None:
    kit, real = key.kit, _reals(key.kit)
    fall = (bits + _GUARD) * math.log(2)
    step = _binary(2 * math.pi * width / (fall + (turn + width) ** 2 / 2 + 1))
    end = math.sqrt(2 * fall + turn**2 + 2)
    line = _line(kit, turn, step, -end, end)
    if line is None:
        return None
    _, last, points = line
    scale = step / (2 * kit.constant("pi")).sqrt()
    weights = tuple(scale * (-point * point / 2).exp() for point in points)
    nodes = tuple((kit.complex(key.value, 0) * point).exp() for point in points)
    h, pi = real(step), kit.constant("pi").real
    off = 2 * ((real(turn) + real(width)) ** 2 / 2).exp() / ((2 * pi * real(width) / h).exp() - 1)
    beyond = 2 * h * ((real(turn) ** 2 - real(last) ** 2) / 2).exp() / (2 * pi).sqrt() / (1 - (-h * real(last)).exp())
    return Rule(nodes, weights, lambda order: (off + beyond).upper())


def _reals(kit: BallKit) -> Callable[[float], Any]:
    def real(value: float) -> Any:
        numerator, denominator = float(value).as_integer_ratio()
        return kit.rational(numerator, denominator).real

    return real


def _binary(step: float) -> float:
    """A step of few bits below the one wanted: its multiples are exact doubles."""
    mantissa, exponent = math.frexp(step)
    return math.ldexp(math.floor(mantissa * 256) / 256, exponent)


def _line(kit: BallKit, turn: float, step: float, low: float, high: float) -> tuple[float, float, list[Ball]] | None:
    """The first and last node's real part, and all nodes, multiples of the step between ``low`` and ``high``."""
    first, last = math.floor(low / step), math.ceil(high / step)
    if last - first > _MOST_NODES:
        return None
    real = _reals(kit)
    height = -real(turn)
    return first * step, last * step, [kit.complex(real(j * step), height) for j in range(first, last + 1)]


def summed(kit: BallKit, rule: Rule, order: int, x: Ball) -> Ball:
    """sum_j w_j v_j^n e^(-x v_j) with the proven error of what it stands for."""
    total = kit.rational(0, 1)
    for node, weight in zip(rule.nodes, rule.weights, strict=True):
        term = weight * (-x * node).exp()
        total += term * node**order if order else term
    slack = kit.disc(rule.error(order))
    return total + (kit.complex(slack.real, 0) if is_real(x) else slack)

"""Stage: candidates. Input: H. Output: zeros in doubles, quickly, to start from. Nothing here is proven.

A delay makes chains of zeros. With H = P + q e^(rate s) the k-th one solves rate s = log(-P(s)/q(s)) + 2 pi i k, which
is iterated from |s| = 2 pi k/|rate|, where it contracts by about 1/(2 pi k), and polished by Newton.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import sympy as sp

from numeric.balls.slopes import slope
from numeric.roots.rotation import split

Doubles = Callable[[complex], Any]

_STEPS = 40
_DONE = 1e-10  # relative step after which convergence has reached the rounding
_ALONE = 1e-6  # relative distance from a zero of H' beyond which doubles tell zeros apart
_SMALL = 1e-5  # relative: fewer than _CREEPING such steps in a row bring Newton's iteration to the end
_CREEPING = 6
_SHRUNK = 8.0  # halved at least so often, the steps lead to a double zero
_ITERATIONS = 5
_GAP = 3 * math.pi  # between neighbours' phases, which differ by about 2 pi
_SMALL_ORDERS = (1.0, 2.0, 3.0)
_FAR, _TERMS, _SMALLEST = 20.0, 200, 1e-17  # of Kummer's series
_FAILS = (OverflowError, ZeroDivisionError, ValueError, TypeError)


@lru_cache(maxsize=256)
def in_doubles(expressions: tuple[sp.Expr, ...], variable: sp.Symbol) -> Doubles | None:
    """The expressions as one function of a Python complex number; None where one holds more than powers and exp.

    Example: ``in_doubles((y.s**2, 2 * y.s), y.s)(1j) == (-1, 2j)``.
    """
    lines: list[str] = []
    names: dict[sp.Basic, str] = {variable: "s"}
    try:
        results = [_named(one, names, lines) for one in expressions]
    except _FAILS:
        return None
    source = "\n    ".join(["def program(s):", *lines, f"return ({', '.join(results)},)"])
    scope: dict[str, Any] = {"exp": cmath.exp, "kummer": _kummer}
    exec(source, scope)
    made: Doubles = scope["program"]
    return made


def _kummer(above: float, below: float, point: complex) -> complex:
    """1F1(above; below; point): by parts for 1F1(m; m + 1) away from 0, else by its series (Kummer's on the left)."""
    if below == above + 1 and above in _SMALL_ORDERS and abs(point) > 1:
        last = cmath.exp(point)
        value = (last - 1) / point
        for order in range(2, int(above) + 1):
            value = (last - (order - 1) * value) / point
        return above * value
    if point.real < 0:
        return cmath.exp(point) * _kummer(below - above, below, -point)
    if abs(point) > _FAR:
        raise ValueError("too far from 0 for the series")
    total = term = 1 + 0j
    for k in range(_TERMS):
        term *= (above + k) / (below + k) * point / (k + 1)
        total += term
        if abs(term) <= _SMALLEST * abs(total):
            return total
    raise ValueError("the series does not converge")


def _named(node: sp.Expr, names: dict[sp.Basic, str], lines: list[str]) -> str:
    """The variable that holds a node, printed on first sight; ``ValueError`` for what is not printed."""
    if node not in names:
        if not node.free_symbols:
            return repr(float(node))
        if isinstance(node, sp.hyper) and [len(part) for part in node.args[:2]] == [1, 1]:
            above, below = (float(part[0]) for part in node.args[:2])
            text = f"kummer({above}, {below}, {_named(node.args[2], names, lines)})"
        elif not isinstance(node, sp.Add | sp.Mul | sp.Pow | sp.exp):
            raise ValueError(f"not in doubles: {node}")
        elif isinstance(node, sp.exp):
            text = f"exp({_named(node.args[0], names, lines)})"
        else:
            sign = {sp.Add: " + ", sp.Mul: " * ", sp.Pow: " ** "}[type(node)]
            text = sign.join(_named(part, names, lines) for part in node.args)
        names[node] = f"v{len(lines)}"
        lines.append(f"{names[node]} = {text}")
    return names[node]


def zero_near(pair: Doubles, point: complex, bend: Doubles | None = None) -> tuple[complex, bool] | None:
    """The zero that Newton's iteration with (H, H') reaches, and whether it stands alone.

    It does not beside a zero of H' by ``bend`` (H', H''), where Newton creeps and doubles tell nothing apart.
    """
    small, first = 0, 0.0
    try:
        for _ in range(_STEPS):
            value, slope = pair(point)
            step = value / slope
            point -= step
            small = small + 1 if abs(step) <= _SMALL * abs(point) else 0
            first = abs(step) if small == 1 else first
            if abs(step) <= _DONE * abs(point) or small == _CREEPING:
                break
        if not small or not cmath.isfinite(point) or (small == _CREEPING and abs(step) > first / _SHRUNK):
            return None  # steps of the same size climb a fast exponential
        slope, curve = bend(point) if bend else (1.0, 0.0)
        return point, small < _CREEPING and abs(slope) > _ALONE * abs(point * curve)
    except _FAILS:
        return None


@lru_cache(maxsize=256)
def _balanced(function: sp.Expr, variable: sp.Symbol) -> tuple[float, Doubles, Doubles] | None:
    """The rate, -P/q, and (H, H') in doubles."""
    parts = split(function, variable)
    if parts is None:
        return None
    rate, rest, slow = parts
    balance, pair = in_doubles((-rest / slow,), variable), in_doubles((function, slope(function, variable)), variable)
    return (float(rate), balance, pair) if balance and pair and math.isfinite(float(rate)) else None


def chain(function: sp.Expr, variable: sp.Symbol, most: int) -> Iterator[complex]:
    """The zeros of the chain of the fastest exponential, upwards from the real axis; ``most`` attempts."""
    parts = _balanced(function, variable)
    if parts is None:
        return
    rate, balance, pair = parts
    before: complex | None = None
    for number in range(1, most + 1):
        turn = math.copysign(2 * math.pi * number, rate)
        point = complex(0, turn / rate)
        try:
            for _ in range(_ITERATIONS):
                point = (cmath.log(balance(point)[0]) + 1j * turn) / rate
        except _FAILS:
            continue
        found = zero_near(pair, point)
        if found is None or not found[1]:
            continue
        zero = complex(found[0].real, abs(found[0].imag))
        # Where -P/q crosses the cut of the logarithm, the numbers pass one zero by.
        if before is not None and abs(rate) * (zero.imag - before.imag) > _GAP:
            between = zero_near(pair, (before + zero) / 2)
            if between is not None and between[1] and before.imag < between[0].imag < zero.imag:
                yield between[0]
        before = zero
        yield zero

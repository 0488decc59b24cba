"""Stage: ball functions. Input: balls. Output: the balls of special functions, and three-valued comparisons.

Nothing here knows python-flint: a ``BallKit`` says how to make balls, and a ball brings its own methods. A real
number is a complex ball whose imaginary part is exactly zero. Whatever a ball cannot decide becomes a wider ball
or an indeterminate one, never a guess.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

Ball = Any  # a complex ball (acb); the library ships no types
Decision = bool | None  # None: the balls do not decide


class Unevaluable(ValueError):  # noqa: N818  (says what the expression is)
    """The expression has no finite enclosure, or holds a node that balls cannot evaluate."""


class BallKit(Protocol):
    """How to make balls at the working precision."""

    def rational(self, numerator: int, denominator: int) -> Ball:
        """The tightest ball around numerator/denominator."""

    def complex(self, real: Any, imaginary: Any) -> Ball:
        """A complex ball from two real balls."""

    def disc(self, radius: Any) -> Ball:
        """The square around 0 that holds the disc of this radius."""

    def constant(self, name: str) -> Ball:
        """pi, e, i or nan."""

    def polynomial(self, coefficients: Sequence[Ball]) -> Any:
        """The polynomial with these coefficients, constant first; calling it evaluates it."""

    def bits(self) -> int:
        """The working precision."""

    def precision(self, bits: int) -> Any:
        """A context in which the working precision is ``bits``."""


_MOST_BITS = 8192


def is_real(ball: Ball) -> bool:
    """Whether the imaginary part is exactly zero."""
    return bool(ball.imag.is_zero())


def only_real(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function of real balls, indeterminate for any other."""

    def guarded(kit: BallKit, *arguments: Ball) -> Ball:
        if not all(is_real(ball) for ball in arguments):
            return kit.constant("nan")
        return kit.complex(function(*(ball.real for ball in arguments)), 0)

    return guarded


def modulus(kit: BallKit, ball: Ball) -> Ball:
    """|z|."""
    return kit.complex(abs(ball), 0)


def real_part(kit: BallKit, ball: Ball) -> Ball:
    """Re z."""
    return kit.complex(ball.real, 0)


def imaginary_part(kit: BallKit, ball: Ball) -> Ball:
    """Im z."""
    return kit.complex(ball.imag, 0)


def conjugate(kit: BallKit, ball: Ball) -> Ball:
    """The complex conjugate."""
    return ball.conjugate()


def lambert_w(kit: BallKit, ball: Ball, branch: Ball | None = None) -> Ball:
    """W_k(z); the branch k must be an exact integer."""
    if branch is None:
        return ball.lambertw()
    number = branch.unique_fmpz()
    return kit.constant("nan") if number is None or not branch.is_exact() else ball.lambertw(int(number))


def lower_gamma(kit: BallKit, order: Ball, ball: Ball) -> Ball:
    """The lower incomplete gamma function of order s at z."""
    return ball.gamma_lower(order)


def upper_gamma(kit: BallKit, order: Ball, ball: Ball) -> Ball:
    """The upper incomplete gamma function of order s at z."""
    return ball.gamma_upper(order)


def exponential_integral(kit: BallKit, order: Ball, ball: Ball) -> Ball:
    """E_s(z)."""
    return ball.expint(order)


def hypergeometric(kit: BallKit, above: Sequence[Ball], below: Sequence[Ball], ball: Ball) -> Ball:
    """Kummer's 1F1(a; b; z); indeterminate with other numbers of parameters."""
    return ball.hypgeom_1f1(above[0], below[0]) if (len(above), len(below)) == (1, 1) else kit.constant("nan")


def polygamma(kit: BallKit, order: Ball, ball: Ball) -> Ball:
    """psi_n(z)."""
    return ball.polygamma(order)


def factorial(kit: BallKit, ball: Ball) -> Ball:
    """Gamma(z + 1)."""
    return (ball + 1).gamma()


def binomial(kit: BallKit, upper: Ball, lower: Ball) -> Ball:
    """Gamma(n + 1)/(Gamma(k + 1) Gamma(n - k + 1)), zero where the denominator has a pole."""
    return (upper + 1).gamma() * (lower + 1).rgamma() * (upper - lower + 1).rgamma()


def rising(kit: BallKit, ball: Ball, count: Ball) -> Ball:
    """Gamma(z + n)/Gamma(z)."""
    return ball.rising(count)


def real_algebraic(kit: BallKit, root: Any) -> Ball:
    """A real root of an integer polynomial, which SymPy isolates between rationals."""
    if not root.is_real:
        raise Unevaluable(f"balls cannot evaluate the complex root {root}")
    parts = 2 ** (kit.bits() + 8)
    middle = root.eval_rational(dx=root.poly.one.LC() / parts)
    slack = kit.disc(kit.rational(1, parts).real).real
    return kit.rational(int(middle.p), int(middle.q)) + kit.complex(slack, 0)


def method(name: str) -> Callable[..., Ball]:
    """The function that a ball already has as a method."""

    def call(kit: BallKit, *arguments: Ball) -> Ball:
        return getattr(arguments[0], name)(*arguments[1:])

    return call


def compare(relation: str, left: Ball, right: Ball) -> Decision:
    """Decide left <relation> right for real balls: True, False or None.

    Equality of complex balls may be refused by disjointness alone.
    """
    if relation in ("==", "!="):
        verdict = _equal(left, right)
        return verdict if relation == "==" or verdict is None else not verdict
    if not (is_real(left) and is_real(right)):
        return None
    x, y = left.real, right.real
    if relation in (">", ">="):
        x, y = y, x
    if relation in ("<", ">"):
        return True if x < y else False if x >= y else None
    return True if x <= y else False if x > y else None


def _equal(left: Ball, right: Ball) -> Decision:
    if not left.overlaps(right):
        return False
    return True if left.is_exact() and right.is_exact() else None


def conjunction(parts: Sequence[Decision]) -> Decision:
    """Three-valued and."""
    if any(part is False for part in parts):
        return False
    return None if any(part is None for part in parts) else True


def negation(part: Decision) -> Decision:
    """Three-valued not."""
    return None if part is None else not part


def disjunction(parts: Sequence[Decision]) -> Decision:
    """Three-valued or."""
    return negation(conjunction([negation(part) for part in parts]))


def piecewise(kit: BallKit, pieces: Sequence[tuple[Ball, Decision]]) -> Ball:
    """The first piece whose condition holds; the union of all candidates where the balls do not decide."""
    union = None
    for value, condition in pieces:
        if condition is False:
            continue
        union = value if union is None else union.union(value)
        if condition is True:
            return union
    return kit.constant("nan")


def refine(at: Callable[[int], Ball], digits: int) -> Ball | None:
    """Evaluate with growing precision until ``digits`` relative digits are met or more bits do not help.

    ``at(bits)`` gives the ball at a precision. Returns the best ball, None if none was finite.
    """
    wanted = int(digits * 3.3220) + 4
    bits, best, before = max(64, wanted + 24), None, math.inf
    while bits <= max(_MOST_BITS, 2 * wanted):
        ball = at(bits)
        if ball.is_finite():
            best, size = ball, max(float(ball.real.rad()), float(ball.imag.rad()))
            if ball.rel_accuracy_bits() >= wanted or size == 0 or size > before / 2:
                break
            before = size
        bits *= 2
    return best


def beta_regularized(kit: BallKit, a: Ball, b: Ball, low: Ball, high: Ball) -> Ball:
    """The regularised incomplete beta function I(a, b) between low and high, for real arguments."""
    if not all(is_real(ball) for ball in (a, b, low, high)):
        return kit.constant("nan")
    upper = high.beta_lower(a, b, regularized=True)
    return upper if low.is_zero() else upper - low.beta_lower(a, b, regularized=True)

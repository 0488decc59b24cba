"""Stage: verdicts. Input: a certified spectrum. Output: what is wrong with it by a method that did not find it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from derive import symbols as y
from numeric.enclosure import acb, arb, compile_ball, fmpq, fmpq_poly, precision
from numeric.roots.characteristic import Spectrum

Judge = Callable[[Spectrum], "str | None"]


def by_branches(product: sp.Rational, tau: sp.Rational, asked: dict[str, object]) -> Judge:
    def judge(found: Spectrum) -> str | None:
        with precision(256):
            point, delay = compile_ball(-product, ())(), compile_ball(tau, ())()
            branch: Callable[[int], Any] = lambda k: point.lambertw(k) / delay  # noqa: E731
            # W_0 and W_-1 are real between -1/e and 0, and a pair below.
            second = [branch(-1)] if -1 < float(product * sp.E) <= 1 and product > 0 else []
            first = [branch(0), *second] if not second or branch(0).imag.contains(0) else [branch(0)]
            upper = [root if not root.imag < 0 else root.conjugate() for root in first]
            upper += [branch(k) for k in range(1, len(found.roots) + 2)]
            upper.sort(key=lambda root: -float(root.real.mid()))
            for root in found.roots:
                ball = acb(root.re.ball, root.im.ball)
                held = [one for one in upper if meets(one, ball)]
                if len(held) < root.multiplicity:
                    return f"no branch in {root}"
            missed = [
                one
                for one in upper[: len(found.roots)]
                if not any(meets(one, acb(r.re.ball, r.im.ball)) for r in found.roots)
            ]
            if missed:
                return f"missed {missed[0]}"
            right = asked.get("right_of")
            if right is not None:
                limit = compile_ball(sp.sympify(right), ())().real
                inside = sum(1 if one.imag.contains(0) else 2 for one in upper if one.real > limit)
                if inside != sum(root.counted for root in found.roots):
                    return f"{inside} branches right of {right}"
        unstable = 2 * int(sp.floor(product / (2 * sp.pi) + sp.Rational(3, 4))) if product > 0 else None
        if product < 0:  # 1 + 2 floor(|a| tau/(2 pi) + 1/4)
            unstable = 1 + 2 * int(sp.floor(-product / (2 * sp.pi) + sp.Rational(1, 4)))
        if found.unstable_count not in (None, unstable):
            return f"{unstable} roots are unstable, not {found.unstable_count}"
        return None

    return judge


def meets(one: acb, ball: acb) -> bool:
    return bool(ball.overlaps(one) or ball.overlaps(one.conjugate()))


def by_polynomial(cleared: sp.Expr, abscissa: sp.Expr) -> Judge:
    def judge(found: Spectrum) -> str | None:
        polynomial = sp.Poly(sp.expand(cleared), y.s)
        with precision(256):
            made = fmpq_poly([fmpq(int(c.p), int(c.q)) for c in reversed(polynomial.all_coeffs())])
            left = compile_ball(abscissa, ())().real
            roots = [(root, int(times)) for root, times in made.complex_roots() if root.real > left]
            if not roots:
                return "a root where there is none" if found.roots else None
            unstable = sum(times for root, times in roots if root.real > 0)
            rightmost = max(roots, key=lambda item: float(item[0].real.mid()))
            held = [
                times
                for root, times in roots
                if found.roots and meets(root, acb(found.roots[0].re.ball, found.roots[0].im.ball))
            ]
            if not found.roots:
                return (
                    None if float((rightmost[0].real - left).mid()) < float(abs(left)) / 2**11 else "a root is missed"
                )
            if not held or max(held) > found.roots[0].multiplicity:
                return f"the rightmost root is {rightmost}"
        return None if found.unstable_count in (None, unstable) else f"{unstable} roots are unstable"

    return judge


def by_choice(chosen: list[tuple[sp.Expr, sp.Expr]]) -> Judge:
    def judge(found: Spectrum) -> str | None:
        with precision(256):
            for x, i in chosen:
                if i < 0:
                    continue
                point = acb(compile_ball(x, ())().real, compile_ball(i, ())().real)
                room = abs(point) * arb(2) ** -160
                wide = acb(arb(point.real.mid(), room), arb(point.imag.mid(), room))
                if not any(acb(root.re.ball, root.im.ball).overlaps(wide) for root in found.roots):
                    return f"the root {point.str(12)} is not listed"
        return None

    return judge

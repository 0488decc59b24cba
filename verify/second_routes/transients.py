"""Stage: proofs about transients. Input: predictions of a mode. Output: verdicts on mean paths from constant history.

Closed paths and their transform meet the delay equation integrated interval by interval, and paths by certified roots
with a proven remainder; residues meet integrals around certified roots; late times meet the path itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import sympy as sp

from derive import symbols as y
from derive.characteristic import delay_equation
from derive.claims import CLAIMS
from derive.law import Law
from derive.laws import Constant, Exponential, Gamma, Pareto
from derive.models.linear import LinearModel
from derive.models.modes import put_in
from derive.rules.laws import transform_of
from numeric.enclosed.renewal import between
from numeric.enclosed.transients import mean_path
from numeric.enclosure import Enclosure, acb, arb, compile_ball, evaluate, evaluate_complex, precision
from numeric.roots.characteristic import spectrum
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions
from verify.verdict import Verdict

INTERVALS = 8  # of one constant delay, over which the equation is integrated
EARLY = (sp.Rational(1, 3), sp.Rational(5, 2))  # times, in mean delays
CALM = sp.Rational(1, 5)  # a theta at which the rightmost root is real and simple
LATE = 30  # mean delays after which the slowest term is all that is left
FASTER = sp.Rational(1, 10**5)  # what the faster terms may still be there, relative to the time
TAIL = sp.Rational(5, 2)  # power of the tail of the delays looked at late
FAR = (40, 80)  # shortest delays after which the tail is looked at
DECLARED = sp.Rational(1, 50)  # of the extrapolated ratio: further powers of 1/t
_BITS = 128


def transform_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The claimed transform at s = 4/theta + 2a of a constant delay against the integrated path."""
    law, claim = mode.model.law, "transients.transform.any-law"
    if not isinstance(mode.model, LinearModel) or not isinstance(law, Constant) or _damping(mode) <= 0:
        return
    a, theta = _damping(mode), law.mean
    s = 4 / theta + 2 * a
    u = sp.Dummy("u", positive=True)
    whole = sp.Integer(0)
    for number, piece in enumerate(_integrated(a, theta)):
        inside = sp.integrate(sp.expand(piece.as_expr().subs(y.t, number * theta + u)) * sp.exp(-s * u), (u, 0, theta))
        whole += sp.exp(-s * number * theta) * inside
    rest = evaluate(sp.exp(-(s - a) * INTERVALS * theta) / (s - a))  # |m| is at most e^(a t)
    claimed = CLAIMS[claim].expression.replace(transform_of, law.laplace_transform)
    left = evaluate(claimed.subs({y.damping: a, y.initial: 1, y.s: s}, simultaneous=True))
    words = "transform of the mean path: claimed, the delay equation integrated over eight delays"
    yield judge_agreement(claim, case, words, left, evaluate(whole) + Enclosure(arb(0, 1)) * rest)


def path_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The closed path of a constant delay at two times against the delay equation, integrated exactly."""
    law, claim = mode.model.law, "transients.mean-path.constant"
    if not isinstance(mode.model, LinearModel) or not isinstance(law, Constant) or _damping(mode) <= 0:
        return
    for share in EARLY:
        at = {y.t: share * law.mean, y.initial: sp.Integer(1)}
        claimed = mode.model.claimed(claim).subs(at, simultaneous=True).doit()
        piece = _integrated(_damping(mode), law.mean)[int(sp.floor(share))]
        words = f"mean path after {share} delays: claimed, the delay equation integrated interval by interval"
        yield judge_agreement(claim, case, words, evaluate(claimed), Exact(piece.eval(at[y.t])))


def exponential_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Both closed paths of exponential delays, at a theta = 1/5 and 4/5, against the method of steps."""
    law = mode.model.law
    if not isinstance(mode.model, LinearModel) or not isinstance(law, Exponential):
        return
    for claim, damping in (("mean-path", CALM), ("oscillating-path", 4 * CALM)):
        name, equation = f"transients.{claim}.exponential", delay_equation(damping / law.mean, law)
        times = [share * law.mean for share in EARLY]
        for share, path in zip(EARLY, mean_path(equation, times, digits=15, delay=law), strict=True):
            at = {y.t: share * law.mean, y.initial: 1, y.damping: damping / law.mean, y.mean_delay: law.mean}
            claimed = evaluate(CLAIMS[name].expression.subs(at, simultaneous=True))
            words = f"mean path after {share} mean delays, a theta = {damping}: claimed, method of steps"
            yield judge_agreement(name, case, words, claimed, path)


def residue_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Claimed residues at the certified rightmost root against the transform integrated around it."""
    law = mode.model.law
    names = [f"transients.residue.{name}" for name in ("any-law", "constant", "gamma")]
    claims = [name for name in names if mode.model.is_about(CLAIMS[name])]
    found = mode.spectrum
    if not isinstance(mode.model, LinearModel) or not found.certified or not found.roots:
        return
    if (
        found.roots[0].multiplicity > 1 or law.arrays
    ):  # a sum over a trace at every point around the root: half a minute
        return
    root, values = found.roots[0], mode.model.values | {y.initial: sp.Integer(1)}
    values.setdefault(y.shape, sp.Integer(1))
    around = _around(law, _damping(mode), complex(root))
    for name in claims:
        stated = put_in(CLAIMS[name], values).replace(transform_of, law.laplace_transform)
        where = stated.doit().subs(y.root, y.re_part + sp.I * y.im_part)
        closed = evaluate_complex(where, {y.re_part: root.re, y.im_part: root.im}, law.arrays)
        for part, one, other in (("real", closed.re, around[0]), ("imaginary", closed.im, around[1])):
            words = f"{part} part of the residue at the rightmost root: claimed, the transform integrated around it"
            if part == "real" or not root.im.ball.is_zero():
                yield judge_agreement(name, case, words, one, other)


def training_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The claimed time at a theta = 1/5, with the mean after 30 delays for its level: it must be those 30 delays."""
    law, claim = mode.model.law, "transients.training-time.any-law"
    if not isinstance(mode.model, LinearModel) or not isinstance(law, Constant | Exponential | Gamma):
        return
    a, late = CALM / law.mean, LATE * law.mean
    equation = delay_equation(a, law)
    found = spectrum(equation, digits=20)
    if found.decay_rate is None or not found.roots[0].im.ball.is_zero():
        return
    (level,) = mean_path(equation, [late], digits=20, delay=law)
    stated = CLAIMS[claim].expression.replace(transform_of, law.laplace_transform).doit()
    stated = stated.subs({y.damping: a, y.initial: 1}, simultaneous=True)
    reached = evaluate(stated, {y.decay: found.decay_rate, y.level: level})
    words = f"training time to the level that the mean has after {LATE} mean delays, a theta = {CALM}"
    yield judge_agreement(claim, case, words, reached, Enclosure.of(late) * (1 + between(-FASTER, FASTER)), 1e-4)


def tail_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """A Pareto tail of power 5/2 at a theta = 1/2: the path over the claim, extrapolated from two late times, is 1."""
    law, claim = mode.model.law, "transients.late-mean.pareto"
    if not isinstance(law, Pareto):
        return
    heavy = Pareto(shape=TAIL, scale=law.scale)
    path = _far(heavy)
    stated = CLAIMS[claim].expression.subs({y.tail_index: TAIL, y.scale: law.scale, y.initial: 1}, simultaneous=True)
    near, far = (one / evaluate(stated.subs(y.t, k * law.scale)) for k, one in zip(FAR, path, strict=True))
    words = "mean path over the tail of Pareto delays of power 5/2, extrapolated from 40 and 80 shortest delays"
    ratio = far * 2 - near + between(-DECLARED, DECLARED)
    yield judge_agreement(claim, case, words, Exact(sp.Integer(1)), ratio, float(3 * DECLARED))


@cache
def _far(heavy: Pareto) -> tuple[Enclosure, ...]:
    equation = delay_equation(sp.Rational(1, 2) / heavy.mean, heavy)
    return mean_path(equation, [k * heavy.scale for k in FAR], digits=7, delay=heavy)


def _damping(mode: ModePredictions) -> sp.Expr:
    return mode.model.values[y.damping]


@cache
def _integrated(damping: sp.Expr, delay: sp.Expr) -> tuple[sp.Poly, ...]:
    """m on each interval of one delay, by m' = -a m(t - theta) and continuity, from m = 1."""
    path, pieces = sp.Poly(1, y.t), []
    for number in range(INTERVALS):
        slope = path.compose(sp.Poly(y.t - delay, y.t)) * -damping
        grown = slope.integrate(y.t)
        path = grown - grown.eval(number * delay) + path.eval(number * delay)
        pieces.append(path)
    return tuple(pieces)


def _around(law: Law, damping: sp.Expr, root: complex) -> tuple[Enclosure, Enclosure]:
    """(1/2 pi i) int of the claimed transform over a square around a root, real and imaginary part."""
    claimed = CLAIMS["transients.transform.any-law"].expression.replace(transform_of, law.laplace_transform)
    program = compile_ball(claimed.subs({y.damping: damping, y.initial: 1}, simultaneous=True), [y.s], law.arrays)
    with precision(_BITS):
        middle = acb(root.real, root.imag)
        half = arb(abs(root) / 8 if root.imag == 0 else min(abs(root) / 8, abs(root.imag) / 2))
        corners = [middle + acb(x, z) * half for x, z in ((1, -1), (1, 1), (-1, 1), (-1, -1))]
        total = acb(0)
        for number in range(4):
            total += acb.integral(lambda s, _: program(s), corners[number], corners[(number + 1) % 4])
        value = total / acb(0, 2 * arb.pi())
        return Enclosure(value.real), Enclosure(value.imag)

"""Stage: proofs about the time of an update. Input: predictions of a mode. Output: verdicts on synchronous families.

Order statistics are quadratures of their density; what exponential workers do is counted in chains solved exactly; the
recursion of fresh gradients is summed up, bisected and solved as a polynomial.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy as sp

from derive import symbols as y
from derive.characteristic import update_equation
from derive.claims import CLAIMS
from derive.laws import Exponential, Weibull
from derive.laws.density_law import DensityLaw
from derive.models.modes import put_in
from derive.rules.laws import cdf_of
from numeric.enclosed.law_quadrature import integral_over_density
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure, evaluate
from numeric.roots.characteristic import spectrum
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.claimed_numbers import NEAR_ZERO
from verify.predicting.predictions import ModePredictions, plain_model
from verify.second_routes.exact_chains import Chain, Move, stages_chain, waiting_chain
from verify.second_routes.kept_limits import limit_of_staleness
from verify.second_routes.laws import FALL, has_quadrature
from verify.verdict import Evidence, Verdict

WORKERS = 4
BATCH = 2
TERMS = 800  # of a geometric series of noises
_FINITE: Evidence = "exact finite M"


def order_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The wait for the second and for the last of four cycles: quadrature of t times the order statistic's density."""
    law, values = plain_model(mode).law, _values(mode)
    if not has_quadrature(law) or not law.abscissa_of_convergence < 0:
        return
    second, last = (_order_mean(law, number) for number in (BATCH, WORKERS))
    for name, found, number in (
        ("run-time.time-per-update.k-sync", second, BATCH),
        ("run-time.time-per-update.synchronous", last, WORKERS),
    ):
        words = f"wait for {number} of {WORKERS} cycles: claimed integral, density of the order statistic"
        yield judge_agreement(name, case, words, _claimed_wait(name, law, values), found)
    if isinstance(law, Exponential):
        for name, found in (
            ("k-sync.time-per-update.exponential", second),
            ("synchronous.time-per-update.exponential", last),
        ):
            claimed = put_in(CLAIMS[name], values).doit()
            words = f"exponential cycles of {WORKERS} workers: claimed sum, density of the order statistic"
            yield judge_agreement(name, case, words, Exact(claimed), found)


def ranked_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Closed waits for the second of four cycles: the shortest of fewer, in and out by turns.

    E X_{k:M} = sum over i > M - k of (-1)^(i-M+k-1) C(i - 1, M - k) C(M, i) E X_{1:i}: of exponential tails and of
    Pareto durations the shortest is one again, of uniform ones it is the share 1/(i + 1) from the least.
    """
    law, values = plain_model(mode).law, _values(mode)
    shortest = {
        "shifted_exponential": lambda i: values[y.shift] + values[y.tail_mean] / i,
        "uniform": lambda i: values[y.shortest] + (values[y.longest] - values[y.shortest]) / (i + 1),
        "pareto": lambda i: values[y.scale] * i * values[y.tail_index] / (i * values[y.tail_index] - 1),
    }.get(law.name)
    if shortest is None:
        return
    beyond = WORKERS - BATCH
    found = sp.Add(
        *(
            (-1) ** (i - beyond - 1) * sp.binomial(i - 1, beyond) * sp.binomial(WORKERS, i) * shortest(sp.Integer(i))
            for i in range(beyond + 1, WORKERS + 1)
        )
    )
    name = f"k-sync.time-per-update.{law.name.replace('_', '-')}"
    claimed = evaluate(put_in(CLAIMS[name], values).doit())
    words = f"wait for {BATCH} of {WORKERS} cycles: closed form, the shortest of fewer by inclusion and exclusion"
    yield judge_agreement(name, case, words, claimed, Exact(found))


def weibull_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The alternating sum for the second and the last of four Weibull cycles: quadrature of the ranked density."""
    law, name = plain_model(mode).law, "k-sync.time-per-update.weibull"
    if not isinstance(law, Weibull) or not law.abscissa_of_convergence < 0:
        return
    for number in (BATCH, WORKERS):
        claimed = evaluate(put_in(CLAIMS[name], {**_values(mode), y.batch: number}))
        words = f"wait for {number} of {WORKERS} Weibull cycles: alternating sum, density of the order statistic"
        yield judge_agreement(name, case, words, claimed, _order_mean(law, number))


def update_chains(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Four workers, two gradients an update: updates and staleness counted in chains of waiting or busy workers."""
    values = _values(mode)
    mean = values[y.mean_delay]
    if not mean.is_Rational:  # chains are solved in rationals
        return
    waiting, regular = (waiting_chain(WORKERS, BATCH, mean, stages) for stages in (1, 2))
    busy = stages_chain((mean,) * WORKERS, (1, 2, 1, 2))  # for every law: here two of two stages
    fresh = Chain(tuple(Move(have, (have + 1) % BATCH, WORKERS / mean, have == BATCH - 1) for have in range(BATCH)))
    for name, found in (
        ("run-time.time-per-update.k-batch-async", BATCH / busy.flow(_happens)),
        ("k-batch-sync.time-per-update.exponential", 1 / fresh.flow(lambda move: bool(move.event))),
        ("k-async.time-per-update.exponential", 1 / waiting.flow(_happens)),
        ("k-async.staleness-mean.any-law", waiting.count_between(_spends_own, _spends_others)),
        ("k-async.staleness-mean.any-law", regular.count_between(_spends_own, _spends_others)),
    ):
        claimed = put_in(CLAIMS[name], values).doit()
        words = f"{BATCH} gradients an update of {WORKERS} workers, counted in a chain"
        yield judge_agreement(name, case, words, Exact(claimed), Exact(found), evidence=_FINITE)
    # A worker reads anew at the share p of updates that spend its gradient: x' = x - eps y, y' = (1 - p) y + p x'.
    share = waiting.flow(_spends_own) / waiting.flow(_happens)
    step, name = values[y.step], "k-async.characteristic-function.exponential"
    matrix = sp.Matrix([[1, -step], [share, 1 - share - share * step]])
    for z in (sp.Rational(3, 5), sp.Rational(8, 7)):
        claimed = put_in(CLAIMS[name], {**values, y.z: z})
        words = f"K-async: polynomial at z = {z}, determinant of the means' equations"
        yield judge_agreement(
            name, case, words, Exact(claimed), Exact((z * sp.eye(2) - matrix).det()), evidence=_FINITE
        )


def fresh_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Fresh gradients: limit by bisection on certified counts, variance summed up, decay from the certified root."""
    values = _values(mode)
    step = values[y.step]
    name = "synchronous.stability-limit.any-law"
    limit = limit_of_staleness(0, sp.Rational(1, 10))
    if limit is not None:
        words = "fresh gradients: step limit, bisection on certified counts"
        yield judge_agreement(name, case, words, evaluate(CLAIMS[name].expression.subs(values)), limit, 1e-6)
    if not 0 < step < 1:
        return
    name = "synchronous.stationary-variance.any-law"
    if values[y.gradient_noise] > 0:
        added = (values[y.learning_rate] * values[y.gradient_noise]) ** 2 * _mean_square(BATCH)
        kept = Enclosure.of((1 - step) ** 2)
        total, power = Enclosure.of(sp.S.Zero), Enclosure.of(sp.S.One)
        for _ in range(TERMS):
            total, power = total + power, power * kept
        rest = power / (1 - kept)  # what all later terms add
        total = total + between(Fraction(0), Fraction(rest.upper))
        claimed = evaluate(put_in(CLAIMS[name], values))
        words = f"fresh gradients: variance, the noise of {TERMS} updates added up"
        yield judge_agreement(name, case, words, claimed, total * added)
    name = "synchronous.decay-rate.any-law"
    radius = spectrum(update_equation(step, 0)).spectral_radius
    if radius is not None:
        claimed = put_in(CLAIMS[name], {**values, y.update_time: values[y.mean_delay]})
        found = evaluate(-sp.log(y.spectral_radius) / values[y.mean_delay], {y.spectral_radius: radius})
        words = "fresh gradients, an update a mean cycle: decay a second, certified root"
        yield judge_agreement(name, case, words, evaluate(claimed), found)


def _values(mode: ModePredictions) -> dict[sp.Symbol, sp.Expr]:
    return {**plain_model(mode).values, y.workers: sp.Integer(WORKERS), y.batch: sp.Integer(BATCH)}


def _mean_square(number: int) -> sp.Expr:
    """The mean square of a mean of ``number`` fair signs, over all of them."""
    squares = (sp.Rational(2 * ups - number, number) ** 2 * sp.binomial(number, ups) for ups in range(number + 1))
    return sp.Add(*squares) / 2**number


def _order_mean(law: DensityLaw, number: int) -> Enclosure:
    """int t M!/((K-1)! (M-K)!) F^{K-1} (1-F)^{M-K} f dt, with what lies beyond the ends."""
    ways = sp.factorial(WORKERS) / sp.factorial(number - 1) / sp.factorial(WORKERS - number)
    below = law.cdf(y.u)
    weight = ways * y.u * below ** (number - 1) * (1 - below) ** (WORKERS - number)
    start, end = _ends(law)
    return integral_over_density(law.density(y.u), weight, y.u, (start, end)) + _left_out(law)


def _claimed_wait(name: str, law: DensityLaw, values: dict[sp.Symbol, sp.Expr]) -> Enclosure:
    """The claim with its integral over the survival function by quadrature."""
    stated = CLAIMS[name].expression.subs({key: one for key, one in values.items() if key != y.t}, simultaneous=True)
    (integral,) = stated.atoms(sp.Integral)
    if tuple(integral.limits[0][1:]) != (0, sp.oo):
        raise ArithmeticError(f"not an integral from 0 on: {integral}")
    survival = integral.function.doit().replace(cdf_of, law.cdf).subs(integral.variables[0], y.u)
    lasting = integral_over_density(sp.S.One, survival, y.u, _ends(law)) + _left_out(law)
    number = sp.Dummy("J", positive=True)
    return evaluate(stated.xreplace({integral: number}), {number: lasting})


def _ends(law: DensityLaw) -> tuple[sp.Expr, sp.Expr]:
    return NEAR_ZERO * law.mean, 4 * FALL / _slope(law)


def _slope(law: DensityLaw) -> sp.Expr:
    """A rate r with a finite E e^{r T}, half of the largest."""
    return -law.abscissa_of_convergence / 2 if law.abscissa_of_convergence.is_finite else 1 / law.mean


def _left_out(law: DensityLaw) -> Enclosure:
    """At most the start, and 2^M E max(T, W) 1(T > W) <= 2^M (W + 1/r) e^{-rW} E e^{rT} beyond the end W."""
    start, end = _ends(law)
    slope = _slope(law)
    beyond = evaluate(2**WORKERS * WORKERS * (end + 1 / slope) * sp.exp(-slope * end) * law.laplace_transform(-slope))
    return between(Fraction(0), Fraction((beyond + Enclosure.of(start)).upper))


def _happens(move: Move) -> bool:
    return move.event is not None


def _spends_own(move: Move) -> bool:
    return isinstance(move.event, frozenset) and 0 in move.event


def _spends_others(move: Move) -> bool:
    return isinstance(move.event, frozenset) and 0 not in move.event

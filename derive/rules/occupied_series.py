"""Stage: series over occupancies. Input: moment equations at each occupancy. Output: the variance as a series in 1/M.

    chi_p = M (1/n + z_p),  E z_p z_q = kappa_pq/M,  kappa_pq = (1[p = q] - 1/n)/n,  eps = a theta/M

Sums of r over workers are of the order of M. At fixed a theta the moments with weights 1 and z_p close through 1/M.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, TypeAlias

import sympy as sp
from sympy.core.function import AppliedUndef

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.occupancy import Kind, moment_function, moment_kinds, occupancy_law, occupancy_symbols

Flow: TypeAlias = tuple[Kind | None, tuple[int, ...], sp.Expr]  # moment, shift, coefficient; None: the probability
_PRODUCT = sp.Dummy("g", positive=True)  # a theta
_SMALL = sp.Dummy("e", positive=True)  # 1/M
_POINTS = (sp.Rational(1, 7), sp.Rational(6, 5), sp.Integer(9))  # a theta


def _degree(kind: Kind) -> int:
    """The power of M that a moment is of."""
    return 1 if len(kind) == 3 else len(kind)


def _flows(row: sp.Expr, stages: int) -> Iterator[Flow]:
    """A moment equation term by term, in units of n/theta, with eps = a theta/M and s2 = 1/M."""
    here, kinds = occupancy_symbols(stages), {moment_function(kind): kind for kind in moment_kinds(stages)}
    put = {y.step: _PRODUCT * _SMALL, y.step_noise: _SMALL, y.mean_delay: stages}
    for term in sp.Add.make_args(sp.expand(row.subs(put))):
        coefficient, moment = term.as_independent(AppliedUndef)
        shift = tuple(int(sp.expand(at - kappa)) for at, kappa in zip(moment.args, here, strict=True))
        yield (None if moment.func == occupancy_law else kinds[moment.func]), shift, coefficient


def _spread(stages: int) -> tuple[tuple[sp.Symbol, ...], dict[sp.Symbol, sp.Expr]]:
    """z_1 .. z_(n-1), and every chi_p by them: the z_p add up to 0."""
    names = sp.symbols(f"z_1:{stages}", cls=sp.Dummy)
    every = (*names, -sp.Add(*names))
    shares = (sp.Rational(1, stages) + one for one in every)
    return names, {kappa: share / _SMALL for kappa, share in zip(occupancy_symbols(stages), shares, strict=True)}


def _kappa(p: int, q: int, stages: int) -> sp.Rational:
    return sp.Rational(int(p == q) * stages - 1, stages**2)


@dataclass(frozen=True)
class SeriesOverOccupancies(Rule):
    """V = s2 M (V_0 + V_1/M) + O(s2/M) at fixed a theta, for M workers whose cycles have n stages.

    ``apply`` adds every equation over the occupancies with the weights 1 and z_p. The second route stays at each
    occupancy: given it, the moments are polynomials in z_p, whose coefficients it finds order by order in M^(-1/2).
    """

    stages: int
    label: ClassVar[str] = "expand the moments at the occupancies in 1/M"
    requires: ClassVar = (assumptions.STATIONARY, assumptions.STABLE)

    def apply(self, *inputs: Equation) -> Equation:
        """Three linear systems: the limit, the weights z_p at 1/M, the correction."""
        rows, kinds = [row.right for row in inputs], moment_kinds(self.stages)
        limit, change, tilted = (_unknowns(kinds, self.stages, letter) for letter in "mnt")
        known: dict[sp.Basic, sp.Basic] = {}
        names, _ = _spread(self.stages)
        weights = (None, *range(1, len(names) + 1))
        systems: tuple[list[sp.Expr], ...] = ([], [], [])
        for row, kind in zip(rows, kinds, strict=True):
            for weight in weights:
                orders = _added(row, kind, weight, self.stages, (limit, change, tilted))
                if weight is None:
                    systems[0].append(orders[0])
                    systems[2].append(orders[1])
                else:
                    systems[1].append(orders[1])
        wanted = ([*limit.values()], [*tilted.values()], [*change.values()])
        for equations, unknown in zip(systems, wanted, strict=True):
            ((solution),) = sp.linsolve([one.xreplace(known) for one in equations], unknown)
            known |= dict(zip(unknown, solution, strict=True))
        both = (sp.factor(known[part[(), 0]].subs(_PRODUCT, y.damping * y.mean_delay)) for part in (limit, change))
        return Equation(y.variance, y.step_noise * (y.workers * next(both) + next(both)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """At exact numbers for a theta, the claimed V against that of the polynomials."""
        forms, wanted, equations = _polynomials(tuple(row.right for row in inputs), self.stages)
        for product in _POINTS:
            ((*solution,),) = sp.linsolve([one.subs(_PRODUCT, product) for one in equations], wanted)
            first = dict(zip(forms, solution, strict=False))  # of x^2, the first of the moments
            squares = (c * _mean(form, self.stages) for form, c in first.items())
            claimed = output.right.subs({y.damping: product, y.mean_delay: 1, y.step_noise: 1}, simultaneous=True)
            yield sp.expand(claimed - y.workers * sp.Add(*squares))


Unknowns: TypeAlias = dict[tuple[Kind, int], sp.Symbol]


def _unknowns(kinds: Iterable[Kind], stages: int, letter: str) -> Unknowns:
    places = range(1, stages) if letter == "t" else (0,)
    return {(kind, place): sp.Dummy(f"{letter}_{kind}_{place}") for kind in kinds for place in places}


def _added(
    row: sp.Expr, kind: Kind, weight: int | None, stages: int, unknowns: tuple[Unknowns, Unknowns, Unknowns]
) -> tuple[sp.Expr, sp.Expr]:
    """The equation times its weight, added over all occupancies: what is of order 1, and of order 1/M."""
    here = occupancy_symbols(stages)
    names, shares = _spread(stages)
    total = sp.Integer(0)
    weigher = sp.Integer(1) if weight is None else here[weight - 1] * _SMALL - sp.Rational(1, stages)
    columns: dict[Kind | None, sp.Expr] = {}
    for column, shift, coefficient in _flows(row, stages):
        back = {kappa: kappa - by for kappa, by in zip(here, shift, strict=True)}
        columns[column] = columns.get(column, sp.Integer(0)) + (coefficient * weigher).subs(back, simultaneous=True)
    for column, weighed in columns.items():
        scale = _SMALL ** (_degree(kind) - (0 if column is None else _degree(column)))
        polynomial = sp.Poly(sp.expand(weighed.subs(shares, simultaneous=True) * scale), *names)
        for powers, factor in polynomial.terms():
            total += factor * _moment(column, powers, stages, unknowns)
    ordered = sp.collect(sp.expand(total), _SMALL, evaluate=False)
    if any(sp.degree(power**-1, _SMALL) > 0 for power in ordered if power.is_Pow and power.exp.is_negative):
        raise ValueError(f"the moments of {kind} are not of the order that they were given")
    return ordered.get(sp.Integer(1), sp.Integer(0)), ordered.get(_SMALL, sp.Integer(0))


def _moment(
    column: Kind | None, powers: tuple[int, ...], stages: int, unknowns: tuple[Unknowns, Unknowns, Unknowns]
) -> sp.Expr:
    """A moment times z^powers, through 1/M."""
    limit, change, tilted = unknowns
    places = [p for p, power in enumerate(powers, 1) for _ in range(power)]
    if not places:
        return sp.Integer(1) if column is None else limit[column, 0] + _SMALL * change[column, 0]
    if len(places) == 1:
        return sp.Integer(0) if column is None else _SMALL * tilted[column, places[0]]
    if len(places) > 2:
        return sp.Integer(0)
    size = sp.Integer(1) if column is None else limit[column, 0]
    return _SMALL * _kappa(places[0], places[1], stages) * size


@cache
def _polynomials(rows: tuple[sp.Expr, ...], stages: int) -> tuple[list[sp.Expr], list[sp.Symbol], list[sp.Expr]]:
    """The moments given the occupancy, m_0 + sum m_p z_p + sum m_pq z_p z_q + m_1/M each, and what they obey."""
    names, shares = _spread(stages)
    root = sp.Dummy("sqrt_e", positive=True)
    forms = [sp.Integer(1), *names, *(p * q for p, q in itertools.combinations_with_replacement(names, 2)), _SMALL]
    kinds = moment_kinds(stages)
    unknown = {kind: [sp.Dummy() for _ in forms] for kind in kinds}
    equations: list[sp.Expr] = []
    for row, kind in zip(rows, kinds, strict=True):
        total = sp.Integer(0)
        for column, shift, coefficient in _flows(row, stages):
            moved = {name: name + by * _SMALL for name, by in zip(names, shift[:-1], strict=True)}
            given = [sp.Integer(1)] if column is None else unknown[column]
            value = sp.Add(*(c * sp.sympify(form) for c, form in zip(given, forms, strict=False)))
            degree = 0 if column is None else _degree(column)
            part = value.subs(moved, simultaneous=True) * _SMALL ** (_degree(kind) - degree)
            total += coefficient * _chance(shift, stages) * part
        scaled = total.subs(shares, simultaneous=True).subs({name: root * name for name in names}, simultaneous=True)
        ordered = sp.Poly(sp.expand(scaled.subs(_SMALL, root**2) * root ** (2 * stages)), root, *names)
        equations += [c for powers, c in ordered.terms() if powers[0] <= 2]  # what is of order 1 to 1/M
    return forms, [one for kind in kinds for one in unknown[kind]], equations


def _mean(form: sp.Expr, stages: int) -> sp.Expr:
    """E of 1, z_p, z_p z_q or 1/M over the occupancies."""
    if form in (1, _SMALL):
        return sp.Integer(1) if form == 1 else 1 / y.workers
    places = [int(name.name.removeprefix("z_")) for name, power in form.as_powers_dict().items() for _ in range(power)]
    return sp.Integer(0) if len(places) == 1 else _kappa(places[0], places[1], stages) / y.workers


def _chance(shift: tuple[int, ...], stages: int) -> sp.Expr:
    """p(chi + shift)/p(chi) times the product of all chi_p + 1: of the multinomial law."""
    here = occupancy_symbols(stages)
    ratio = sp.Integer(1)
    for kappa, by in zip(here, shift, strict=True):
        ratio *= {0: kappa + 1, 1: sp.Integer(1), -1: kappa * (kappa + 1)}[by]
    return ratio

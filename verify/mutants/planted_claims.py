"""Stage: planted claims. Input: a claim and a wrong right side. Output: which evidence notices it without the algebra.

The wrong result takes the place of the right one in the registry; predictions are made anew and held, by the claim's
own rows of evidence, against second routes, then against samples drawn once for each law.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any, Literal
from unittest import mock

import numpy as np
import sympy as sp

from derive.claims import CLAIMS, Claim
from derive.derivation import Equation
from derive.laws import Constant
from derive.studies.records import Case, Optimizer, Study
from derive.studies.study import study_from_table
from numeric.simulation.decay import simulate_mean_path
from verify.ledger.evidence import PROVEN, legs_of, planners
from verify.mutants.planted_steps import OutOfTime, time_limit
from verify.predicting.predictions import ModePredictions
from verify.sampling.judging import PATH_CYCLES, PATH_POINTS, START_FACTOR, START_SHARE, plan_case
from verify.sampling.planned import PlannedCheck, Samples, observed_samples
from verify.sampling.simulating import simulate_study, system_of
from verify.statistics.gates import ErrorBudget
from verify.verdict import Verdict

Leg = Literal["agreement", "sampling", "survived", "not held against anything"]
LEGS: tuple[Leg, ...] = ("agreement", "sampling", "survived", "not held against anything")

PATIENCE = 10.0
"""Processor time, in seconds, for one look at a wrong claim beside what it took of the right one: an integral of it may
never be found. A look that does not end has noticed nothing."""

WORKERS = 16
PATH_REPLICAS = 2048
CALM = sp.Rational(1, 80)  # learning rate
STUDY: dict[str, dict[str, Any]] = {
    "workers": {"count": WORKERS},
    "scheme": {"rule": "asynchronous"},
    "optimizer": {"learning_rate": "1/20"},
    "objective": {"curvature": [1], "gradient_noise": 1},
    "run": {"seed": 1, "replicas": 64, "updates": 60_000},
}
LAWS = (
    {"law": "constant", "value": 1},
    {"law": "exponential", "mean": 1},
    {"law": "gamma", "shape": 4, "mean": 1},
)


@dataclass(frozen=True)
class Look:
    """One check of a claim in a laboratory: which leg it is of, whether it spoke of the right claim, how long it took.

    ``calm``: at the lesser learning rate. ``seconds``: processor time, which chooses what is looked at first, and how
    long.
    """

    leg: Leg
    check: Callable[..., Any]
    calm: bool = False
    speaks: bool = False
    seconds: float = 0.0


@dataclass(frozen=True)
class Laboratory:
    """One law's study, and what was simulated of it once.

    ``calm`` is the same law at a theta = 0.2, where constant and exponential cycles have two real roots.
    """

    mode: ModePredictions
    calm: ModePredictions
    level: float
    seen: dict[tuple[str, str, str], tuple[float, ...]] = field(default_factory=dict, compare=False, repr=False)
    asked: dict[str, tuple[Look, ...]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def samples(self) -> Samples:
        """Stationary runs, the whole mean path and its start (kind: estimates over replicas)."""
        study, system = self.mode.study, system_of(self.mode.study)
        quiet = replace(system, gradient_noise=(0.0,), initial=(1.0,))
        cycle = float(self.mode.model.law.mean)
        times = np.linspace(0, PATH_CYCLES * cycle, PATH_POINTS + 1)
        path = simulate_mean_path(quiet, seed=study.run.seed, replicas=PATH_REPLICAS, times=times)
        begin = [START_SHARE * cycle]
        start = simulate_mean_path(quiet, seed=study.run.seed, replicas=8 * START_FACTOR * PATH_REPLICAS, times=begin)
        return Samples(simulate_study(study), path, start)

    def looks(self, claim_id: str) -> tuple[Look, ...]:
        """Every check of a claim here, tried with what the registry holds; to be asked of the right claim only."""
        if claim_id not in self.asked:
            checks, known = dict.fromkeys(leg.check for leg in legs_of(claim_id)), planners()
            proofs = dict.fromkeys(leg.check for leg in legs_of(claim_id) if leg.kind in PROVEN)
            looks = [Look("agreement", check, calm) for check in proofs for calm in (False, True)]
            looks += [Look("sampling", check) for check in checks if check in known]
            self.asked[claim_id] = tuple(self._tried(look, claim_id) for look in looks)
        return self.asked[claim_id]

    def _tried(self, look: Look, claim_id: str) -> Look:
        mode, begin = fresh(self.calm if look.calm else self.mode), time.process_time()
        said = _agreed if look.leg == "agreement" else _planned  # what is planned here is judged where it is planted
        speaks = any(True for _ in said(look, mode, claim_id))
        return replace(look, speaks=speaks, seconds=time.process_time() - begin)

    def holds(self, claim_id: str) -> bool:
        """Whether any row of evidence of a claim has something to say here; to be asked of the right claim only."""
        return any(look.speaks for look in self.looks(claim_id))

    def observed(self, check: PlannedCheck) -> tuple[float, ...]:
        """What a check looks at, worked out once: a fitted rate takes longer than everything else here."""
        key = (check.prediction.quantity, check.average, check.words)
        if key not in self.seen:
            self.seen[key] = observed_samples(check, self.samples)
        return self.seen[key]


def fresh(mode: ModePredictions) -> ModePredictions:
    """Predictions made anew from the registry; roots and quadratures are kept where their input is."""
    anew = ModePredictions(mode.study, 0)
    if anew.equation == mode.equation:
        for name in ("spectrum", "noise_gain"):
            anew.__dict__[name] = getattr(mode, name)
    # Only constant cycles have the recursion; asking for it elsewhere would raise, and pass for a refutation.
    if isinstance(mode.model.law, Constant) and anew.recursion_equation == mode.recursion_equation:
        anew.__dict__["recursion"] = mode.recursion
    return anew


def study_of(law: Mapping[str, Any]) -> Study:
    """The small study of one law: 16 workers, a theta = 0.8, 64 replicas of 60 000 updates."""
    table = {**STUDY, "workers": {**STUDY["workers"], "compute": dict(law)}}
    return study_from_table(table).cases[0].study


def laboratories() -> tuple[Laboratory, ...]:
    """Constant, exponential and gamma cycles, each simulated once."""
    return tuple(laboratory(number) for number in range(len(LAWS)))


@cache
def laboratory(number: int) -> Laboratory:
    """The laboratory of the law ``LAWS[number]``; nothing is simulated before a check looks at it."""
    planned = plan_case(Case("", study_of(LAWS[number])))
    mode = planned.modes[0]
    calm = ModePredictions(replace(mode.study, optimizer=Optimizer(CALM)), 0)
    for one in (mode, calm):  # now, from the right claims: what they work out is kept
        fresh(one)
    return Laboratory(mode, calm, ErrorBudget(checks=planned.statistical_checks).level())


def notices(claim: Claim, wrong: sp.Expr, labs: tuple[Laboratory, ...]) -> Leg:
    """Which evidence refutes ``wrong`` in the place of the claim's right side, the check of the derivation left out.

    Result: the first leg that refutes it in any laboratory, second routes before samples, which are dearer; of a leg
    what spoke of the right claim comes first, the quickest check before the others, and nothing after a refusal.
    "not held against anything" where no check speaks of it.
    """
    meant = [lab for lab in labs if lab.holds(claim.id)]
    if not meant:
        return "not held against anything"
    looks = [(look, place) for place, lab in enumerate(meant) for look in lab.looks(claim.id)]
    looks.sort(key=lambda one: (LEGS.index(one[0].leg), not one[0].speaks, one[0].seconds))
    with planted(claim, wrong):
        anew: dict[tuple[int, bool], ModePredictions] = {}
        for look, place in looks:
            try:
                with time_limit(PATIENCE + 3 * look.seconds):
                    refuted = _refuted(look, meant[place], claim.id, anew, place)
            except OutOfTime:
                continue
            if refuted:
                return look.leg
    return "survived"


@contextmanager
def planted(claim: Claim, wrong: sp.Expr) -> Iterator[None]:
    """The registry with a wrong right side for one claim, put right again at the end."""
    derived = claim.derived
    *earlier, last = derived.steps
    steps = (*earlier, replace(last, output=Equation(last.output.left, wrong)))
    false_claim = replace(claim, derivation=lambda given: replace(derived, steps=steps))
    with mock.patch.dict(CLAIMS, {claim.id: false_claim}):
        yield


def _refuted(
    look: Look, lab: Laboratory, claim_id: str, anew: dict[tuple[int, bool], ModePredictions], place: int
) -> bool:
    """Whether one check refutes what is planted; ``anew`` keeps the predictions that are made of it."""
    try:
        if (place, look.calm) not in anew:
            anew[place, look.calm] = fresh(lab.calm if look.calm else lab.mode)
        mode = anew[place, look.calm]
        if look.leg == "agreement":
            return any(verdict.outcome == "refuted" for verdict in _agreed(look, mode, claim_id))
        judged = (check.judge("", lab.observed(check), lab.level) for check in _planned(look, mode, claim_id))
        return any(verdict.outcome == "refuted" for verdict in judged)
    except Exception:  # the right claim raises nothing, or the laboratory would not hold it
        return True  # a prediction without a value stops the report: nobody overlooks that


def _planned(look: Look, mode: ModePredictions, claim_id: str) -> Iterator[PlannedCheck]:
    yield from (one for one in look.check(mode) if one.prediction.claim == claim_id)


def _agreed(look: Look, mode: ModePredictions, claim_id: str) -> Iterator[Verdict]:
    """Of two complex roots either may be called the first; of two real ones, as in the calm mode, not."""
    yield from (one for one in look.check(mode, "") if one.claim == claim_id)

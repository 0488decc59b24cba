"""Stage: checking a simulator. Input: a user's source of samples, a claim. Output: verdicts of the statistical gates.

    simulator, claim, settings -> one value per independent replica -> interval against the certified value -> verdict

All settings share one false-alarm rate, declared before the first sample is drawn. Beside every pass stands the
smallest bias that it would have noticed, and a wrong prediction that the same samples refuted.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

from derive.claims import Claim
from derive.exact import Number, exact
from derive.studies.schema import StudyError
from numeric.enclosure import Enclosure, Unevaluable, evaluate
from numeric.values import Exact
from verify.implementations.calling import TIME_LIMIT, Failure, HungError, PythonFunction, numbers
from verify.implementations.certified_points import CertifiedClaim
from verify.implementations.checking import claim_of, name_of
from verify.implementations.claim_domains import ClaimDomain
from verify.implementations.line_programs import LineProgram
from verify.implementations.record import Finding, SimulatorCheck
from verify.statistics.gates import ErrorBudget, judge_bound, judge_equal, judge_equivalent
from verify.verdict import LARGEST_BIAS, Verdict

REPLICAS = 256
SETTINGS = 3
LARGEST = 1e100  # setting; its square and its product with others are doubles
_SEEDED = 16  # replicas with which it is tried whether the seed does anything
_WHOLE, _SIZES = (4, 8, 2), (0.5, 0.25, 1.0)  # tried as arguments, in this order

Setting = Mapping[str, Number]
Sampler = Callable[..., Any]


@dataclass(frozen=True)
class Sampling:
    """How much to sample and what to accept.

    ``tolerance`` > 0, relative, is for a simulator of which the claim is a limit only; None asks for equality.
    """

    replicas: int = REPLICAS
    seed: int = 1
    tolerance: float | None = None
    largest_bias: float = LARGEST_BIAS
    false_alarm_rate: float = 1e-3


def check_simulator(
    sample: Sampler | LineProgram,
    claim: str | Claim,
    *,
    settings: Sequence[Setting] = (),
    sampling: Sampling | None = None,
    time_limit: float = 60 * TIME_LIMIT,
    target: str = "",
) -> SimulatorCheck:
    """Judge a simulator's samples of a claim's value by the statistical gates.

    ``sample(seed=, replicas=, **arguments)`` returns one number per independent replica: the quantity of the claim,
    averaged within the replica. ``settings`` map the claim's argument names to numbers (default: three moderate ones).
    Result: verdicts with their power at the joint ``sampling.false_alarm_rate``. Raises ``StudyError`` for an unknown
    claim, one without values, and settings outside its domain.

    Example: ``check_simulator(lambda seed, replicas, workers:
    np.random.default_rng(seed).normal(workers - 1, 0.01, replicas), "staleness.mean.any-law").passed``.
    """
    known, plan = claim_of(claim), sampling or Sampling()
    predicted = [_predicted(known, setting) for setting in settings or default_settings(known)]
    verdicts, findings = _asked(_asker(sample, known, time_limit), known, predicted, plan)
    result = known.derived.result
    return SimulatorCheck(
        target or name_of(sample),
        known.id,
        known.statement,
        f"{result.left} = {result.right}",
        tuple(verdicts),
        tuple(findings),
        plan.false_alarm_rate,
        (("staleproof", version("staleproof")), ("seed", str(plan.seed)), ("replicas", str(plan.replicas))),
    )


def default_settings(claim: Claim) -> list[Setting]:
    """Up to three settings of small numbers inside the claim's domain.

    Example: ``default_settings(claim_of("staleness.mean.any-law"))[0] == {"workers": 4}``.
    """
    domain, certified = ClaimDomain(claim), CertifiedClaim(claim)
    choices = [_WHOLE if argument.kind == "whole" else _SIZES for argument in domain.arguments]
    # the first three values of every argument, moved on by one from argument to argument, then all others
    diagonals = [tuple(choice[(turn + place) % 3] for place, choice in enumerate(choices)) for turn in range(SETTINGS)]
    found: dict[tuple[float, ...], None] = {}
    for point in itertools.chain(diagonals, itertools.product(*choices)):
        if len(found) < SETTINGS and domain.contains(point) and certified.at(point) is not None:
            found[point] = None
    return [dict(zip(certified.names, point, strict=True)) for point in found]


def _predicted(claim: Claim, setting: Setting) -> tuple[Setting, Exact | Enclosure]:
    """The certified value of a claim at a setting; refused where names or values are not the claim's."""
    certified, domain = CertifiedClaim(claim), ClaimDomain(claim)
    wrong = sorted(set(setting) ^ set(certified.names))
    if wrong:
        what = "missing" if wrong[0] in certified.names else "unknown"
        raise StudyError("check", "--at", wrong[0], f"{what} argument", ", ".join(certified.names))
    try:
        values = {name: exact(setting[name]) for name in certified.names}
    except (TypeError, ValueError) as error:
        raise StudyError("check", "--at", _words(setting), str(error), "NAME=NUMBER") from None
    large = next((name for name in certified.names if not abs(values[name]) <= LARGEST), None)
    if large is not None:
        raise StudyError("check", "--at", _words({large: setting[large]}), "too large", f"up to {LARGEST:g}")
    whole = {argument.name for argument in domain.arguments if argument.kind == "whole"}
    point = tuple(int(values[n]) if n in whole and values[n].is_Integer else float(values[n]) for n in values)
    if any(values[name].is_Integer is not True for name in whole & set(values)) or not domain.contains(point):
        raise StudyError("check", "--at", _words(setting), "outside the claim's domain", domain.words or "its ranges")
    put_in = {claim.arguments[name]: value for name, value in values.items()}
    closed = claim.expression.xreplace(put_in)
    try:
        return setting, Exact(closed) if closed.is_Rational else evaluate(claim.expression, put_in)
    except Unevaluable as error:
        raise StudyError("check", "--at", _words(setting), str(error), "where the claim has a real value") from None


def _asker(sample: Sampler | LineProgram, claim: Claim, limit: float) -> Callable[..., Any]:
    """Samples of either kind of simulator as an array, or why there are none."""
    whole = {name for name, symbol in claim.arguments.items() if symbol.is_integer}

    def ask(seed: int, replicas: int, setting: Setting) -> Any:
        given = {name: int(exact(v)) if name in whole else float(exact(v)) for name, v in setting.items()}
        try:
            if isinstance(sample, LineProgram):
                ordered = [given[name] for name in claim.arguments]
                found = sample.row((seed, replicas, *ordered))
            else:
                found = PythonFunction(sample, (), limit=limit).call({"seed": seed, "replicas": replicas, **given})
        except HungError as hung:
            return Failure(hung.words)
        return _as_samples(found, replicas)

    return ask


def _asked(
    ask: Callable[..., Any], known: Claim, predicted: Sequence[tuple[Setting, Exact | Enclosure]], plan: Sampling
) -> tuple[list[Verdict], list[Finding]]:
    """The samples of every setting judged, and what was found where there are none."""
    budget = ErrorBudget(plan.false_alarm_rate, checks=len(predicted))
    findings: list[Finding] = []
    verdicts: list[Verdict] = []
    for number, (setting, value) in enumerate(predicted):
        samples = ask(plan.seed + number, plan.replicas, setting)
        if isinstance(samples, Failure):
            findings.append(Finding(_words(setting), samples.words, "refuted"))
        else:
            verdicts.append(_judged(known, _words(setting), value, samples, budget.level(), plan))
    if predicted and not findings:
        findings.append(_seeded(ask, predicted[0][0], plan))
    budget.settle(verdicts)
    return verdicts, findings


def _as_samples(found: Any, replicas: int) -> Any:
    array = found if isinstance(found, Failure) else numbers(found)
    if isinstance(array, Failure):
        return array
    if array.dtype.kind == "c" or array.shape != (replicas,):
        return Failure(f"returns {array.dtype} of shape {array.shape}, wanted {replicas} real numbers")
    if not np.isfinite(array).all():
        return Failure(f"returns {np.count_nonzero(~np.isfinite(array))} samples that are no finite numbers")
    return array.astype(np.float64)


def _judged(claim: Claim, case: str, value: Exact | Enclosure, samples: Any, level: float, plan: Sampling) -> Verdict:
    labels = (claim.id, case, claim.statement)
    if claim.relation == "bound":
        return judge_bound(*labels, value, samples, level, direction="at least", largest_bias=plan.largest_bias)
    if plan.tolerance is not None:
        why = "the tolerance was declared with the check"
        return judge_equivalent(*labels, value, samples, level, tolerance=plan.tolerance, why=why)
    return judge_equal(*labels, value, samples, level, largest_bias=plan.largest_bias)


def _seeded(ask: Callable[..., Any], setting: Setting, plan: Sampling) -> Finding:
    """Whether another seed gives other samples, without which nothing is independent."""
    first, second = (ask(plan.seed + shift, _SEEDED, setting) for shift in (0, 10**6))
    if isinstance(first, Failure) or isinstance(second, Failure):
        return Finding("another seed", next(one.words for one in (first, second) if isinstance(one, Failure)), "note")
    same = bool(np.array_equal(first, second)) and len(set(first)) > 1
    words = "gives the same samples: they are not independent" if same else "gives other samples"
    repeated = len(set(first)) < len(first) and len(set(first)) > 1
    words += "; some replicas agree to the last bit" if repeated else ""
    return Finding("another seed", words, "refuted" if same else "pass")


def _words(setting: Setting) -> str:
    return ", ".join(f"{name} = {value}" for name, value in setting.items())

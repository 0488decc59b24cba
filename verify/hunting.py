"""Stage: hunting. Input: the registries of laws and schemes. Output: drawn studies, each predicted, simulated, judged.

Hypothesis draws whole studies. Every law of the registry takes part without being named here, and every scheme with the
modifiers that it has a linear model with. All examples share one error budget. A study that refutes the theory is
shrunk and comes back as the smallest one, as TOML for ``staleproof report``.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, replace
from fractions import Fraction
from typing import Any

import sympy as sp
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st

from derive.exact import exact
from derive.law import Law, LawError, Weighted
from derive.laws import LAWS
from derive.scheme import RANGES, Allowed, Scheme, keys
from derive.schemes import SCHEMES
from derive.study import Case, Objective, Optimizer, Run, Study, Workers
from derive.study_models import refuse_without_model
from derive.study_schema import StudyError
from derive.study_text import study_toml
from derive.study_values import COUNT, LAW_LIST, ONE_LAW, WEIGHTED_LIST, parameter_kinds
from verify.gates import ErrorBudget
from verify.judging import JudgedCase, judge_case, plan_case

CHECKS_PER_STUDY = 20
MOST_WORKERS = 24
REPLICAS = 64
UPDATES = 20_000
PATH_REPLICAS = 2_048
STUDY_SECONDS = 120.0

_NESTED = {ONE_LAW, LAW_LIST, WEIGHTED_LIST}
_QUARTERS = st.integers(1, 16).map(lambda quarters: Fraction(quarters, 4))


@dataclass(frozen=True)
class Hunt:
    """What a hunt found: studies judged, verdicts by outcome, and the smallest failing study as TOML ("" if none).

    ``slow`` holds, as TOML, the studies given up after ``STUDY_SECONDS`` of processor time: no verdict on them.
    """

    studies: int
    outcomes: dict[str, int]
    smallest: str
    failure: str
    slow: tuple[str, ...] = ()


class TooSlowError(BaseException):
    """A drawn study took more than its processor time; no ``except Exception`` on the way up may dress it up."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise ``TooSlowError`` in this block after so much processor time of this process; in the main thread only."""

    def stop(*_: object) -> None:
        raise TooSlowError(f"more than {seconds} s of processor time")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)  # once more each second: a callback may swallow one
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, before)


def laws(depth: int = 2) -> st.SearchStrategy[Law]:
    """A law of the registry with moderate parameters, simplest first; laws of laws at most ``depth`` deep."""
    shallow = [law for law in LAWS.values() if depth > 0 or not _NESTED & set(parameter_kinds(law).values())]
    return st.sampled_from(shallow).flatmap(lambda law: _parameters(law, depth))


def _parameters(law: type[Law], depth: int) -> st.SearchStrategy[Law]:
    """Every parameter of a law drawn by its type; what the law itself refuses is drawn again."""
    if "drawn" in vars(law):
        return _drawn(law)
    drawn = {name: _parameter(kind, depth) for name, kind in parameter_kinds(law).items()}
    return st.fixed_dictionaries(drawn).flatmap(lambda parameters: _made(law, parameters))


@st.composite
def _drawn(draw: st.DrawFn, law: type[Law]) -> Law:
    """A law that makes its parameters out of as many quarters as it asks for."""
    return law.drawn(lambda: draw(_QUARTERS))


def _parameter(kind: str, depth: int) -> st.SearchStrategy[Any]:
    """Numbers are quarters, lists of them one to eight long, counts small, parts one to three simpler laws."""
    if kind == COUNT:
        return st.integers(1, 4)
    if kind == ONE_LAW:
        return laws(depth - 1)
    if kind == LAW_LIST:
        return st.lists(laws(depth - 1), min_size=1, max_size=3).map(tuple)
    if kind == WEIGHTED_LIST:
        part = st.tuples(st.integers(1, 8), laws(depth - 1))
        return st.lists(part, min_size=1, max_size=3).map(_weighted)
    return st.lists(_QUARTERS, min_size=1, max_size=8).map(tuple) if kind != "sp.Expr" else _QUARTERS


def _weighted(parts: list[tuple[int, Law]]) -> tuple[Weighted, ...]:
    total = sum(share for share, _ in parts)
    return tuple(Weighted(sp.Rational(share, total), law) for share, law in parts)


def _made(law: type[Law], parameters: dict[str, Any]) -> st.SearchStrategy[Law]:
    try:
        return st.just(law(**parameters))
    except LawError:
        return st.nothing()


def schemes(workers: int) -> st.SearchStrategy[Scheme]:
    """A scheme of the registry for ``workers`` >= 1, with modifiers that it has a linear model with, simplest first."""
    modelled = [(scheme, tuple(sorted(active))) for scheme in SCHEMES.values() for active in scheme.modelled]
    return st.sampled_from(modelled).flatmap(lambda choice: _scheme(*choice, workers))


def _scheme(scheme: type[Scheme], active: tuple[str, ...], workers: int) -> st.SearchStrategy[Scheme]:
    """What the rule requires and the active modifiers, each drawn from its declared range but for its neutral value."""
    known = keys(scheme)
    needed = (name for name, item in known.items() if item.default is MISSING)
    drawn = {name: _within(RANGES[name], workers, known[name].default) for name in (*needed, *active)}
    return st.fixed_dictionaries(drawn).map(lambda given: scheme(workers=sp.Integer(workers), **given))


def _within(allowed: Allowed, workers: int, neutral: Any) -> st.SearchStrategy[Any]:
    """A value of the range: a word, a whole number up to that of the workers, eighths of a bounded range, quarters."""
    if allowed.choices:
        return st.sampled_from([choice for choice in allowed.choices if choice != neutral])
    assert allowed.interval is not None
    if allowed.whole:
        start = int(allowed.interval.start)
        return st.integers(start, max(start, workers))
    if allowed.interval.end.is_finite:
        end = allowed.interval.end
        return st.integers(1, 7).map(lambda eighths: end * sp.Rational(eighths, 8))
    return _QUARTERS


@st.composite
def studies(draw: st.DrawFn) -> Study:
    """A study with a linear model: law, workers, scheme, learning rate x curvature, momentum where modelled, seed."""
    law = draw(laws())
    count = draw(st.integers(1, MOST_WORKERS))
    curvature = exact(draw(_QUARTERS))
    scaled_damping = exact(draw(st.integers(1, 8).map(lambda tenths: Fraction(tenths, 10))))
    learning_rate = sp.Rational(scaled_damping / (curvature * count))
    momentum = exact(draw(st.integers(0, 3).map(lambda quarters: Fraction(quarters, 4))))
    study = Study(
        name="drawn",
        path="drawn.toml",
        workers=Workers.alike(count, law),
        scheme=draw(schemes(count)),
        optimizer=Optimizer(learning_rate),
        objective=Objective((curvature,), (sp.Integer(1),)),
        run=Run(seed=draw(st.integers(0, 999)), replicas=REPLICAS, updates=UPDATES),
        equation=None,
    )
    assume(_has_model(study))
    moved = replace(study, optimizer=Optimizer(learning_rate * (1 - momentum), momentum))
    return moved if _has_model(moved) else study


def _has_model(study: Study) -> bool:
    """Whether the scheme has a model with this law: a staleness threshold of a long transform, for one, has none."""
    try:
        refuse_without_model(study)
    except StudyError:
        return False
    return True


def hunt(examples: int, random_seed: int | None = None, judge: Callable[..., JudgedCase] = judge_case) -> Hunt:
    """Draw ``examples`` >= 1 studies and judge each; with ``random_seed`` None the draws are always the same.

    The false-alarm rate of the whole hunt is 1e-3. Kind: statistical verdicts, each with its power.
    """
    budget = ErrorBudget(checks=examples * CHECKS_PER_STUDY)
    outcomes: dict[str, int] = {}
    judged: list[Study] = []
    failing: list[tuple[Study, str]] = []
    slow: list[str] = []

    def body(study: Study) -> None:
        try:
            with within(STUDY_SECONDS):
                case = judge(plan_case(Case("", study)), budget.level(), path_replicas=PATH_REPLICAS)
        except TooSlowError:
            slow.append(study_toml(study))
            return
        refuted = [verdict for verdict in case.verdicts if verdict.outcome == "refuted"]
        if not failing:
            judged.append(study)
            for verdict in case.verdicts:
                outcomes[verdict.outcome] = outcomes.get(verdict.outcome, 0) + 1
        if refuted:
            failing.append((study, f"{refuted[0].claim}: {refuted[0].statement}: {refuted[0].note}"))
            raise AssertionError(refuted[0].claim)

    _run(body, examples, random_seed)
    if not failing:
        return Hunt(len(judged), outcomes, "", "", tuple(slow))
    smallest, reason = failing[-1]
    return Hunt(len(judged), outcomes, study_toml(smallest), reason, tuple(slow))


def _run(body: Callable[[Study], None], examples: int, random_seed: int | None) -> None:
    """Let Hypothesis draw and shrink; its last failing call is the smallest study."""
    chosen = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=random_seed is None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    test = chosen(given(studies())(body))
    try:
        (seed(random_seed)(test) if random_seed is not None else test)()
    except AssertionError:
        return

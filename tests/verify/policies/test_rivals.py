"""Every knob's advice against its neighbours in every direction, simulated; a planted advice must be refuted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derive.law import Law
from derive.laws import Constant, Exponential, Gamma
from derive.scheme import Scheme
from derive.schemes import Asynchronous, KBatchAsync, KBatchSync, KSync
from derive.studies.parameters import with_numbers
from derive.studies.records import Study, Workers
from derive.studies.study import load_study
from numeric.enclosure import Enclosure
from verify.policies.advice import advise
from verify.policies.choosing import best_choice
from verify.policies.goals import DecayRate, ExcessRisk, Goal, TrainingTime
from verify.policies.knobs import options_of, with_learning_rate
from verify.policies.rivals import Rival, judge_rivals
from verify.policies.settings import PATHS

ROOT = Path(__file__).parents[3]
SPEED = DecayRate()
Found = tuple[Study, Enclosure, dict[str, Study]]


def study(scheme: Scheme, law: Law, step: str) -> Study:
    """Workers of one mode h = 1 with eta h = ``step``."""
    textbook = load_study(str(ROOT / "reports/studies/textbook.toml")).cases[1].study
    alike = replace(textbook.with_workers(Workers.alike(int(scheme.workers), law)), scheme=scheme)
    assert alike.optimizer is not None
    assert alike.objective is not None
    objective = replace(alike.objective, curvature=(sp.S.One,), gradient_noise=(sp.Rational(1, 5),))
    return replace(alike, objective=objective, optimizer=replace(alike.optimizer, learning_rate=sp.Rational(step)))


def whole(one: Study, name: str, goal: Goal = SPEED, high: int | None = None) -> Found:
    """The advised value of a whole knob, and its neighbours: one less, one more, half, twice."""
    top = None if high is None else sp.Integer(high)
    best = best_choice(one, name, goal, high=top).best
    assert best.reached is not None
    tried = {option.keys[-1][1]: option.study for option in options_of(one, name, top)}
    value = best.option.keys[-1][1]
    if value is None:
        near = {"largest": max(number for number in tried if number is not None)}
    else:
        near = {"less": value - 1, "more": value + 1, "half": sp.floor(value / 2), "twice": 2 * value, "none": None}
    return best.option.study, best.reached, {key: tried[number] for key, number in near.items() if number in tried}


def opened(one: Study, name: str, goal: Goal = SPEED) -> Found:
    """The advised value of a number that is not whole, and its neighbours: half, a fourth less and more, twice."""
    if isinstance(goal, DecayRate):
        found = advise(one, name)
        value, reached = found.found.setting, found.found.decay_rate
    else:
        best = best_choice(one, name, goal).best
        assert best.reached is not None
        value, reached = best.option.keys[0][1], best.reached
    at = lambda number: with_numbers(one, {PATHS[name]: number})  # noqa: E731
    factors = {"half": "1/2", "less": "3/4", "more": "3/2", "twice": "2"}
    around = {key: at(value * sp.Rational(factor)) for key, factor in factors.items()}
    if name == "momentum":
        around = {key: at(1 - (1 - value) * sp.Rational(factor)) for key, factor in factors.items()}
    return at(value), reached, around


def judged(found: Found, goal: Goal = SPEED, replicas: int = 512) -> dict[str, Rival]:
    ours, reached, around = found
    return dict(zip(around, judge_rivals(ours, list(around.values()), goal, reached, replicas=replicas), strict=True))


def beats(rivals: dict[str, Rival], strictly: Sequence[str]) -> None:
    """No neighbour is better by more than what the limit leaves out; those named are worse."""
    assert [key for key, one in rivals.items() if one.outcome == "refuted"] == []
    assert [key for key in strictly if key in rivals and rivals[key].strict != "pass"] == []


def test_the_advised_worker_count_beats_its_neighbours() -> None:
    beats(judged(whole(study(Asynchronous(32), Constant(1), "1/32"), "workers", high=24)), ["half", "twice"])


def test_the_advised_batch_beats_its_neighbours() -> None:
    beats(judged(whole(study(KBatchAsync(16, batch=1), Gamma(4, 1), "1/8"), "batch")), ["half", "twice"])


@pytest.mark.slow
def test_the_advised_momentum_beats_its_neighbours() -> None:
    rivals = judged(opened(study(Asynchronous(16), Exponential(1), "1/256"), "momentum"))
    beats(rivals, ["more", "twice"])


@pytest.mark.slow
def test_the_advised_learning_rate_reaches_the_target_before_its_neighbours() -> None:
    goal = TrainingTime(level=sp.Rational(1, 20))
    beats(judged(opened(study(Asynchronous(32), Constant(1), "1/64"), "learning_rate", goal), goal), ["half", "twice"])


def test_a_planted_advice_is_refuted() -> None:
    """A quarter of the best learning rate, called the best, beside the best: for speed and for the risk."""
    one, goal = study(Asynchronous(32), Constant(1), "1/87"), ExcessRisk(budget=sp.Integer(3))
    best, bad = (with_learning_rate(one, sp.Rational(number, 348)).study for number in (4, 1))
    for aim in (SPEED, goal):
        reached = aim.reached(bad)
        assert reached is not None
        (rival,) = judge_rivals(bad, [best], aim, reached, replicas=256)
        assert (rival.strict, rival.outcome) == ("refuted", "refuted")


LAWS = st.one_of(
    st.builds(Constant, st.just(1)),
    st.builds(Exponential, st.just(1)),
    st.builds(Gamma, st.integers(2, 12), st.just(1)),
)
SPREAD = st.one_of(st.builds(Exponential, st.just(1)), st.builds(Gamma, st.integers(2, 12), st.just(1)))
STEPS = st.integers(1, 8).map(lambda n: str(sp.Rational(n, 64)))
DRAWN = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.slow
@DRAWN
@given(LAWS, STEPS, st.sampled_from([1, 2, 4]))
def test_drawn_worker_counts(law: Law, step: str, times: int) -> None:
    beats(judged(whole(study(Asynchronous(24), law, step), "workers", high=24 * times), replicas=4096), [])


@pytest.mark.slow
@DRAWN
@given(SPREAD, STEPS)
def test_drawn_batches(law: Law, step: str) -> None:
    """Constant cycles are left out: workers in step fill batches by turns, which no model of many workers knows."""
    beats(judged(whole(study(KBatchAsync(24, batch=1), law, step), "batch"), replicas=4096), [])


@pytest.mark.slow
@DRAWN
@given(st.sampled_from([Exponential(1), Constant(1)]), STEPS, st.integers(4, 12))
def test_drawn_batches_of_fresh_gradients(law: Law, step: str, count: int) -> None:
    for scheme in (KBatchSync(count, batch=1), KSync(count, batch=1)):
        beats(judged(whole(study(scheme, law, step), "batch"), replicas=4096), [])


@pytest.mark.slow
@DRAWN
@given(st.integers(8, 16), st.sampled_from(["1/8", "1/4", "1/16"]))
def test_drawn_thresholds(count: int, step: str) -> None:
    one = study(Asynchronous(count), Exponential(1), step)
    beats(judged(whole(one, "staleness_threshold"), replicas=4096), [])


@pytest.mark.slow
@DRAWN
@given(LAWS, st.sampled_from(["1/512", "1/256", "1/128"]))
def test_drawn_momentum(law: Law, step: str) -> None:
    beats(judged(opened(study(Asynchronous(24), law, step), "momentum"), replicas=4096), [])


@pytest.mark.slow
@DRAWN
@given(LAWS, st.sampled_from(["1/24", "1/12", "1/8"]))
def test_drawn_triggers(law: Law, step: str) -> None:
    beats(judged(opened(study(Asynchronous(24), law, step), "event_trigger"), replicas=4096), [])


@pytest.mark.slow
@DRAWN
@given(LAWS, st.sampled_from([TrainingTime(level=sp.Rational(1, 20)), ExcessRisk(budget=sp.Integer(3))]))
def test_drawn_learning_rates_and_counts_for_times_and_risks(law: Law, goal: Goal) -> None:
    one = study(Asynchronous(32), law, "1/64")
    beats(judged(opened(one, "learning_rate", goal), goal, 4096), ["half", "twice"])
    beats(judged(whole(one, "workers", goal, 48), goal, 4096), ["half"])

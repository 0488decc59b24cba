"""Stage: hunting. Input: a strategy of whole studies. Output: drawn studies, each predicted, simulated and judged.

Hypothesis draws the studies (verify/hunting/drawing.py): those with a model are held against its predictions, the
others against what must hold without one. All examples share one error budget. A study that is refuted is shrunk and
comes back as the smallest one, as TOML for ``staleproof report``.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from derive.studies.study import Case, Study
from derive.studies.text import study_toml
from verify.hunting.drawing import studies
from verify.sampling.judging import JudgedCase, PlannedCase, judge_case, plan_case
from verify.statistics.gates import ErrorBudget

PATH_REPLICAS = 2_048
STUDY_SECONDS = 120.0


@dataclass(frozen=True)
class Hunt:
    """What a hunt found: studies judged, verdicts by outcome, and the smallest failing study as TOML ("" if none).

    ``slow`` holds, as TOML, the studies given up after ``STUDY_SECONDS`` of processor time: no verdict on them; and
    ``void`` those in a replica of which nothing is ever applied, so that nothing could be measured.
    """

    studies: int
    outcomes: dict[str, int]
    smallest: str
    failure: str
    slow: tuple[str, ...] = ()
    void: tuple[str, ...] = ()


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


def hunt(
    examples: int,
    random_seed: int | None = None,
    judge: Callable[..., JudgedCase] = judge_case,
    drawn: st.SearchStrategy[Study] | None = None,
) -> Hunt:
    """Draw ``examples`` >= 1 studies and judge each; with ``random_seed`` None the draws are always the same.

    ``drawn``: what they are drawn from (None: studies with a model). The false-alarm rate of the whole hunt is 1e-3:
    every study has an equal share of it, and every check of a study. Kind: statistical verdicts, each with its power.
    """
    outcomes: dict[str, int] = {}
    judged: list[Study] = []
    failing: list[tuple[Study, str]] = []
    slow: list[str] = []
    void: list[str] = []

    def body(study: Study) -> None:
        try:
            with within(STUDY_SECONDS):
                planned = plan_case(Case("", study))
                case = judge(planned, _level(planned, examples), path_replicas=PATH_REPLICAS)
        except TooSlowError:
            slow.append(study_toml(study))
            return
        except OverflowError:
            void.append(study_toml(study))
            return
        refuted = [verdict for verdict in case.verdicts if verdict.outcome == "refuted"]
        if not failing:
            judged.append(study)
            for verdict in case.verdicts:
                outcomes[verdict.outcome] = outcomes.get(verdict.outcome, 0) + 1
        if refuted:
            failing.append((study, f"{refuted[0].claim}: {refuted[0].statement}: {refuted[0].note}"))
            raise AssertionError(refuted[0].claim)

    _run(body, studies() if drawn is None else drawn, examples, random_seed)
    smallest, reason = (study_toml(failing[-1][0]), failing[-1][1]) if failing else ("", "")
    return Hunt(len(judged), outcomes, smallest, reason, tuple(slow), tuple(void))


def _level(planned: PlannedCase, examples: int) -> float:
    """The share of one check of one of so many studies."""
    return ErrorBudget(checks=examples * max(1, planned.statistical_checks)).level()


def _run(
    body: Callable[[Study], None], drawn: st.SearchStrategy[Study], examples: int, random_seed: int | None
) -> None:
    """Let Hypothesis draw and shrink; its last failing call is the smallest study."""
    chosen = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=random_seed is None,
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,  # the first to be found is shrunk; another is met in the next hunt
        suppress_health_check=list(HealthCheck),
    )
    test = chosen(given(drawn)(body))
    try:
        (seed(random_seed)(test) if random_seed is not None else test)()
    except AssertionError:
        return

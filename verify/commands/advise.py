"""Stage: the command `advise`. Input: a study, what to choose, a goal. Output: the advice as JSON, words, files."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import sympy as sp

from derive.studies.models import refusal
from derive.studies.records import Case, Study
from derive.studies.schema import MISSING, StudyError
from derive.studies.study import load_study
from numeric.policies.branch_and_bound import THOUSANDTH
from verify.commands.advice_words import tell
from verify.policies.advice import Advice, advise
from verify.policies.choices import ChoiceAdvice, Price
from verify.policies.choosing import best_choice
from verify.policies.goals import DecayRate, ExcessRisk, Goal, TrainingTime
from verify.policies.subsets import SubsetAdvice, best_subset
from verify.policies.traces import study_of_trace

Advised = Advice | SubsetAdvice | ChoiceAdvice
_OPENED = ("learning_rate", "workers", "momentum", "event_trigger")  # searched by branch and bound for the decay rate
_OPTIONS = {"training_time": "target", "excess_risk": "seconds"}  # what a goal needs


def run_advise(options: argparse.Namespace) -> int:
    """The best setting of every case; 4 where it is not proven to be the best."""
    told = [(case, _advised(case, options)) for case in _cases(options)]
    if options.out is not None:
        _write(told, Path(options.out))
    if options.json:
        results = [{"case": case.label, **one.to_json()} for case, one in told]
        alone = len(results) == 1 and not told[0][0].label
        print(json.dumps(told[0][1].to_json() if alone else {"cases": results}))
    else:
        for case, one in told:
            if case.label:
                print(f"== {case.label}")
            tell(one.to_json())
    return 0 if all(one.certified for _, one in told) else 4


def _cases(options: argparse.Namespace) -> tuple[Case, ...]:
    """The cases of a study, or the one that a trace stands for."""
    given = {"--curvature": options.curvature, "--learning-rate": options.learning_rate}
    trace = str(options.study).endswith(".csv")
    for key, value in given.items():
        if (value is None) == trace:
            wrong, allowed = ("missing", "a number > 0") if trace else ("of a study", "with a trace, a .csv file")
            raise StudyError(options.study, key, MISSING if value is None else value, wrong, allowed)
    if not trace:
        return load_study(options.study).cases
    curvature = [one.strip() for one in options.curvature.split(",")]
    return (Case("", study_of_trace(options.study, curvature, options.learning_rate)),)


def _advised(case: Case, options: argparse.Namespace) -> Advised:
    study, name, margin = case.study, options.choose, _number(options.margin)
    goal, price = _goal(study, options), _price(study, options)
    high = None if options.up_to is None else _number(options.up_to)
    if high is not None and name not in ("learning_rate", "event_trigger", "momentum"):
        high = sp.Integer(int(high))
    tolerance = None if options.tolerance is None else _number(options.tolerance)
    ends: dict[str, Any] = {"high": high, "margin": margin, "tolerance": tolerance}
    speed = isinstance(goal, DecayRate) and price is None
    if name == "subset" and speed:
        return best_subset(study, margin)
    if speed and name in _OPENED and (name != "workers" or (study.scheme is not None and study.scheme.is_plain)):
        return advise(study, name, **ends | {"tolerance": tolerance or THOUSANDTH})
    if name in ("subset", "momentum", "event_trigger"):
        key = "--goal" if not isinstance(goal, DecayRate) else "--price"
        told = "" if key == "--price" or name == "subset" else ": no second moment in time is derived for it"
        raise refusal(
            study, key, getattr(options, key[2:]), f"not with --choose {name}{told}", "the decay rate, no price"
        )
    return best_choice(study, name, goal, price=price, **ends)


def _goal(study: Study, options: argparse.Namespace) -> Goal:
    """The goal with its number, which no other goal may have."""
    for goal, option in _OPTIONS.items():
        value = getattr(options, option)
        if (value is None) == (options.goal == goal):
            wrong = "missing" if value is None else f"without --goal {goal}"
            raise refusal(study, f"--{option}", value, wrong, f"a positive number with --goal {goal}")
    if options.goal == "training_time":
        return TrainingTime(level=_number(options.target))
    return ExcessRisk(budget=_number(options.seconds)) if options.goal == "excess_risk" else DecayRate()


def _price(study: Study, options: argparse.Namespace) -> Price | None:
    if options.price is None and options.spend is not None:
        raise refusal(study, "--spend", options.spend, "without --price", "--price beside it")
    most = None if options.spend is None else _number(options.spend)
    return None if options.price is None else Price(_number(options.price), most)


def _number(value: float) -> sp.Rational:
    return sp.Rational(str(value))


def _write(told: list[tuple[Case, Advised]], folder: Path) -> None:
    """advice.html, advice.json, and advice.svg and advice.pdf where there is a figure; of several cases numbered."""
    from verify.policies.figure import figure_of
    from verify.telling.advice_page import write_advice
    from verify.telling.figures import save_pdf, standalone

    folder.mkdir(parents=True, exist_ok=True)
    for number, (case, one) in enumerate(told, start=1):
        name = "advice" if len(told) == 1 else f"advice-{number}"
        figure = figure_of(one)
        write_advice({"case": case.label, **one.to_json()}, figure, folder, name)
        if figure is not None:
            (folder / f"{name}.svg").write_text(standalone(figure), "utf-8")
            save_pdf(figure, folder / f"{name}.pdf")

"""Stage: the command `advise`. Input: a study, which setting to choose. Output: the advice as JSON, words, a figure."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sympy as sp

from derive.studies.records import Case
from derive.studies.study import load_study
from verify.commands.tables import print_table, show_value
from verify.policies.advice import Advice, advise
from verify.policies.subsets import SubsetAdvice, best_subset

Advised = Advice | SubsetAdvice


def run_advise(options: argparse.Namespace) -> int:
    """The best setting of every case; 4 where it is not proven to be the best."""
    study_file = load_study(options.study)
    told = [(case, _advised(case, options)) for case in study_file.cases]
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
            _tell_subset(one.to_json()) if isinstance(one, SubsetAdvice) else _tell(one.to_json())
    return 0 if all(one.certified for _, one in told) else 4


def _advised(case: Case, options: argparse.Namespace) -> Advised:
    margin = _number(options.margin)
    if options.choose == "subset":
        return best_subset(case.study, margin)
    high = None if options.up_to is None else _number(options.up_to)
    if high is not None and options.choose == "workers":
        high = sp.Integer(max(1, int(high)))
    return advise(case.study, options.choose, high=high, margin=margin, tolerance=_number(options.tolerance))


def _number(value: float) -> sp.Rational:
    return sp.Rational(str(value))


def _write(told: list[tuple[Case, Advised]], folder: Path) -> None:
    """advice.json, advice.svg and advice.pdf, of several cases numbered from 1; a subset has no figure."""
    from verify.policies.figure import advice_figure
    from verify.telling.figures import save_pdf, standalone

    folder.mkdir(parents=True, exist_ok=True)
    for number, (case, one) in enumerate(told, start=1):
        name = "advice" if len(told) == 1 else f"advice-{number}"
        record = json.dumps({"case": case.label, **one.to_json()}, indent=1)
        (folder / f"{name}.json").write_text(record + "\n", "utf-8")
        if isinstance(one, Advice):
            figure = advice_figure(one)
            (folder / f"{name}.svg").write_text(standalone(figure), "utf-8")
            save_pdf(figure, folder / f"{name}.pdf")


def _tell(record: Mapping[str, Any]) -> None:
    name = record["setting"]
    rows = [[one, record[one][name]["value"], _rate(record[one]["decay_rate"])] for one in ("given", "advised")]
    print_table((name.replace("_", " "), "value", "decay rate in 1/s"), rows)
    ends = [one["value"] for one in record["proof"]["searched"]]
    if record["certified"]:
        print(f"proven: from {ends[0]} to {ends[1]} no other is faster than {show_value(record['best_decay_rate'])}")
    else:
        print(f"not proven to be the best: {record['proof']['reason'] or 'evaluations spent'}")
    print(f"gain: {'the given setting does not decay' if record['gain'] is None else show_value(record['gain'])}")
    margins = record["margins"]
    for title, key in (("in the mean", "mean"), ("in mean square (R1)", "mean_square")):
        limit = margins[key]
        told = "no limit found, or no claim states one"
        if limit is not None:
            times = float(limit["factor"]["mid"])
            told = f"unstable from {show_value(limit['limit'])}, {times:.4g} times as much"
        print(f"learning rate {title}: {told}")
    _tell_sensitivity(record["sensitivity"])


def _tell_sensitivity(record: Mapping[str, Any]) -> None:
    ends = record["curvature_factor"]
    low, high = (show_value(ends[one]) if ends[one] else end for one, end in (("below", "1/16"), ("above", "16")))
    print(f"stable and no slower than the given setting while every curvature is {low} to {high} times as stated")
    rows = [
        [one["squared_coefficient_of_variation"], _rate(one["advised"]), _rate(one["given"])]
        for one in record["same_mean_laws"]
    ]
    print_table(("c2 of the cycle", "advised, 1/s", "given, 1/s"), rows)


def _rate(value: Mapping[str, Any] | None) -> str:
    return "none proven" if value is None else show_value(value)


def _tell_subset(record: Mapping[str, Any]) -> None:
    rows = []
    for title, one in (("given", record["given"]), ("advised", record["advised"]), *_ranks(record["ranking"])):
        counts = " + ".join(count["value"] for count in one["workers_of_class"])
        rows.append([title, counts, _rate(one["decay_rate"])])
    print_table(("subset", "workers of each class", "decay rate in 1/s"), rows)
    gain = "the given workers do not decay" if record["gain"] is None else show_value(record["gain"])
    print(f"gain: {gain}; all {record['proof']['subsets']} choices tried")


def _ranks(ranking: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    return [(f"rank {number}", one) for number, one in enumerate(ranking[:5], start=1)]

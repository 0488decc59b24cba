"""Stage: the command `chart`. Input: a study with [chart]. Output: its proven chart as JSON, as words, as files."""

from __future__ import annotations

import argparse
import json
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any

from derive.studies.records import Case
from derive.studies.schema import MISSING, StudyError
from derive.studies.study import load_study
from numeric.charts.records import STATUSES, StabilityChart
from numeric.charts.subdivision import ChartBudget
from numeric.charts.subdivision import Progress as Decided
from verify.commands.progress import Progress, progress_for
from verify.predicting.charts import mean_square_rung, own_point, study_chart

SCHEMA = "staleproof-chart/1"


def run_chart(options: argparse.Namespace) -> int:
    """The proven chart of every case; what is undecided is a result as well."""
    study_file = load_study(options.study)
    for case in study_file.cases:
        if case.study.chart is None:
            raise StudyError(case.study.path, "chart", MISSING, "required", "[chart] with x and y")
    budget = ChartBudget(options.evaluations, Fraction(options.undecided).limit_denominator(10**9), options.seconds)
    told = []
    with progress_for(quiet=options.quiet) as progress:
        for case in study_file.cases:
            told.append(_charted(case, budget, progress))
    if options.out is not None:
        _write(told, Path(options.out))
    records = [record for _, _, record in told]
    if options.json:
        labelled = [{"case": case.label, **record} for case, _, record in told]
        print(json.dumps(records[0] if len(records) == 1 and not told[0][0].label else {"cases": labelled}))
    else:
        _tell(told)
    return 0


Told = tuple[Case, StabilityChart, dict[str, Any]]


def _charted(case: Case, budget: ChartBudget, progress: Progress) -> Told:
    with _decided(progress, case.label or case.study.name) as decided:
        chart = study_chart(case.study, budget, decided)
    return case, chart, chart_record(case, chart, budget)


@contextmanager
def _decided(progress: Progress, name: str) -> Iterator[Decided]:
    """Progress in percent of the chart that is decided, of the mean and after it of the mean square."""

    @dataclass
    class State:
        last: int = 0

    state = State()
    with progress.task(f"proving the chart of {name}", 100) as advance:

        def tell(share: float, evaluations: int) -> None:
            now = int(100 * share)
            if now > state.last:
                advance(now - state.last)
                state.last = now

        yield tell


def chart_record(case: Case, chart: StabilityChart, budget: ChartBudget) -> dict[str, Any]:
    """The chart as JSON, with the study's own point, the rung of the mean square, and how it was made."""
    study = case.study
    point = own_point(study)
    rung, condition = mean_square_rung(study)
    record = chart.to_json()
    if record["mean_square"] is not None:
        record["mean_square"] |= {"rung": rung, "condition": condition}
    return {
        "schema": SCHEMA,
        "study": study.name,
        **record,
        "why_no_mean_square": None if record["mean_square"] is not None else condition,
        "point": {"x": str(point[0]), "y": str(point[1]), "status": _status(chart, point)},
        "budget": {
            "evaluations": budget.evaluations,
            "undecided": float(budget.undecided),
            "seconds": budget.seconds,
        },
        "provenance": {
            "staleproof": version("staleproof"),
            "packages": {name: version(name) for name in ("sympy", "python-flint")},
            "python": platform.python_version(),
        },
    }


def _status(chart: StabilityChart, point: tuple[Any, Any]) -> str:
    x, y = point
    inside = chart.x.low <= x <= chart.x.high and chart.y.low <= y <= chart.y.high
    return chart.status_at(x, y) if inside else "not in the chart"


def _write(told: list[Told], folder: Path) -> None:
    """chart.svg, chart.pdf and chart.json, of several cases numbered from 1."""
    from verify.predicting.chart_figures import chart_figure
    from verify.telling.figures import save_pdf, standalone

    folder.mkdir(parents=True, exist_ok=True)
    for number, (case, chart, record) in enumerate(told, start=1):
        name = "chart" if len(told) == 1 else f"chart-{number}"
        figure = chart_figure(case.study, chart)
        (folder / f"{name}.json").write_text(json.dumps({"case": case.label, **record}, indent=1) + "\n", "utf-8")
        (folder / f"{name}.svg").write_text(standalone(figure), "utf-8")
        save_pdf(figure, folder / f"{name}.pdf")


def _tell(told: list[Told]) -> None:
    for case, chart, record in told:
        if case.label:
            print(f"== {case.label}")
        print(
            f"{chart.x.name} from {_short(chart.x.low)} to {_short(chart.x.high)}, "
            f"{chart.y.name} from {_short(chart.y.low)} to {_short(chart.y.high)}"
        )
        for title, layer in (("in the mean", chart.mean), ("in mean square", chart.mean_square)):
            if layer is None:
                print(f"{title}: {record['why_no_mean_square']}")
                continue
            shares = ", ".join(f"{float(layer.share(one)):.2%} {one}" for one in STATUSES if layer.share(one))
            print(f"{title}: {shares} ({layer.evaluations} evaluations; {layer.ended})")
        point = record["point"]
        print(f"this study ({_short(own_point(case.study)[0])}, {_short(own_point(case.study)[1])}): {point['status']}")


def _short(value: Any) -> str:
    return f"{float(value):g}"

"""Stage: telling. Input: a Report. Output: everything a report writes, in one folder."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from verify.report import Figure, Report
from verify.telling.badge import badge
from verify.telling.figures import save_pdf
from verify.telling.page import write_page
from verify.telling.paper import write_paper, written
from verify.telling.pgf import pgf
from verify.telling.record import report_json
from verify.telling.tables import file_name


def write_report(report: Report, out_dir: Path) -> dict[str, Path]:
    """Write report.json, report.html, badge.svg, figures/, tables/, equations/, TeX, refs.bib and report.pdf.

    ``out_dir`` is made if it is missing. Returns every path by name; "pdf" is absent where no TeX engine exists.
    Raises ``OSError`` naming the path when something cannot be written.

    Example: ``write_report(report, folder)["page"].exists()``.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    paths = {
        "json": written(out_dir / "report.json", json.dumps(report_json(report), indent=1, ensure_ascii=False) + "\n")
    }
    paths["page"] = write_page(report, out_dir)
    outcomes = [verdict.outcome for verdict in report.verdicts]
    shown = badge(outcomes.count("pass"), len(outcomes), outcomes.count("refuted"))
    paths["badge"] = written(out_dir / "badge.svg", shown)
    for figure in report.figures:
        name = file_name(figure.name)
        paths[f"data {name}"] = written(out_dir / "figures" / f"{name}.csv", figure_data(figure))
        paths[f"figure {name}"] = out_dir / "figures" / f"{name}.pdf"
        save_pdf(figure, paths[f"figure {name}"])
        paths[f"column {name}"] = written(out_dir / "figures" / f"{name}.pgf", pgf(figure))
        paths[f"article {name}"] = written(out_dir / "figures" / "article" / f"{name}.pgf", pgf(figure, "article"))
    return {**paths, **write_paper(report, out_dir)}


def figure_data(figure: Figure) -> str:
    """The figure's data as CSV: curve, style, x, y, standard error (empty where there is none)."""
    buffer = io.StringIO()
    table = csv.writer(buffer, lineterminator="\n")
    table.writerow(["curve", "style", figure.x_label, figure.y_label, "standard error"])
    for curve in figure.curves:
        errors = [repr(error) for error in curve.errors] or [""] * len(curve.x)
        for x, y, error in zip(curve.x, curve.y, errors, strict=True):
            table.writerow([curve.label, curve.style, repr(x), repr(y), error])
    return buffer.getvalue()

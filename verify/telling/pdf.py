"""Stage: telling. Input: the TeX files of a report. Output: report.pdf, where a TeX engine exists."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from derive.formulas.latex import escaped
from verify.report import Report
from verify.telling.figures import save_pdf
from verify.telling.record import source_texts
from verify.telling.sources import used_sources
from verify.telling.tables import case_labels, claim_tables, file_name

_PREAMBLE = r"""\documentclass[10pt]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern,microtype,amsmath,amssymb,booktabs,graphicx}
\usepackage[margin=28mm]{geometry}
\pdfinfoomitdate=1 \pdftrailerid{} \pdfsuppressptexinfo=-1
\setlength{\parindent}{0pt}\setlength{\parskip}{4pt plus 1pt}\emergencystretch=2em
"""


def write_pdf(report: Report, folder: Path, macro_names: list[str]) -> Path | None:
    """Write report.pdf from the TeX files in ``folder``; None where there is no pdflatex or it fails.

    The report is complete without it, so a TeX failure is no error; the log is then left as report.log.
    """
    engine = shutil.which("pdflatex")
    if engine is None:
        return None
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        for path in ("tables", "equations"):
            if (folder / path).is_dir():
                shutil.copytree(folder / path, work / path)
        for name in ("assumptions", "derivation"):
            shutil.copy(folder / f"{name}.tex", work)
        for figure in report.figures:
            name = f"{file_name(figure.name)}.pdf"
            made_before = folder / "figures" / name
            shutil.copy(made_before, work) if made_before.exists() else save_pdf(figure, work / name)
        (work / "report.tex").write_text(_document(report, macro_names), encoding="utf-8")
        command = [engine, "-interaction=nonstopmode", "-halt-on-error", "report.tex"]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1"}
        for _ in range(2):  # the second run knows the numbers that the first one gave
            done = subprocess.run(command, cwd=work, env=environment, capture_output=True, timeout=120, check=False)
        made = work / "report.pdf"
        if done.returncode or not made.exists():
            shutil.copy(work / "report.log", folder / "report.log")
            return None
        return Path(shutil.copy(made, folder / "report.pdf"))


def _document(report: Report, macro_names: list[str]) -> str:
    inputs = "".join(f"\\input{{equations/{name}.tex}}\n" for name in macro_names)
    closed = "".join(
        f"\\[\\displaystyle \\{name} \\tag*{{\\footnotesize\\ttfamily {name}}}\\]\n" for name in macro_names
    )
    figures = "".join(
        f"\\begin{{figure}}[!htbp]\\centering\\includegraphics{{{file_name(figure.name)}.pdf}}"
        f"\\caption{{{escaped(figure.caption)}}}\\end{{figure}}\n"
        for figure in report.figures
    )
    findings = "".join(f"\\item {escaped(finding)}\n" for finding in report.findings)
    claims = "\n".join(
        f"\\subsection*{{{escaped(label)}}}\\input{{tables/{name}.tex}}\n"
        for label, name in zip(case_labels(report), claim_tables(report), strict=True)
    )
    return (
        f"{_PREAMBLE}{inputs}\\title{{{escaped(report.title)}}}\\author{{staleproof}}\\date{{}}\n"
        f"\\begin{{document}}\\maketitle\n{escaped(report.question)}\n"
        + (f"\\section*{{Findings}}\\begin{{itemize}}{findings}\\end{{itemize}}\n" if findings else "")
        + f"\\section*{{Closed forms}}\n{closed}"
        f"\\section*{{Quantities}}\n\\input{{tables/quantities.tex}}\n"
        f"\\section*{{Claims}}\n{claims}\n{figures}"
        f"\\section*{{Assumptions}}\n\\input{{assumptions.tex}}\n\\section*{{Derivations}}\n\\input{{derivation.tex}}\n{_references(report)}\\end{{document}}\n"
    )


def _references(report: Report) -> str:
    used = used_sources(source_texts(report))
    if not used:
        return ""
    lines = []
    for source in used:
        fields = dict(source.fields)
        place = fields.get("journal") or fields.get("booktitle") or fields.get("howpublished", "")
        place = place.replace(r"\url", r"\texttt")
        details = ", ".join(filter(None, [fields.get("volume", ""), fields.get("pages", ""), fields.get("year", "")]))
        author = f"{fields['author'].replace(' and ', ', ')}. " if "author" in fields else ""
        lines.append(f"\\bibitem{{{source.key}}} {author}{fields['title']}. \\emph{{{place}}} {details}.")
    return "\\begin{thebibliography}{99}\n" + "\n".join(lines) + "\n\\end{thebibliography}\n"

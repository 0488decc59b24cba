"""Stage: telling. Input: a Report. Output: two documents with all of its TeX, in two columns and in one.

Both compile with pdflatex and bibtex beside the files that write_paper makes. The two-column one takes the class
IEEEtran where it is installed, else the article class with columns of the same width.
"""

from __future__ import annotations

from derive.formulas.latex import escaped
from verify.report import Report, case_in_words
from verify.telling.record import source_texts
from verify.telling.sources import used_sources
from verify.telling.tables import case_labels, claim_tables, file_name

_PACKAGES = r"""\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,amssymb,array,booktabs,pgf}
\newtheorem{proposition}{Proposition}
\allowdisplaybreaks
\raggedbottom
\relpenalty=9000 \binoppenalty=9500
"""
_CLASSES = {
    "paper-onecolumn": r"""\documentclass[11pt]{article}
\usepackage{amsthm}  % its headings may break across lines
\usepackage[margin=30mm]{geometry}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\IfFileExists{microtype.sty}{\usepackage{microtype}}{}
""",
    "paper-twocolumn": r"""\makeatletter  % for the headings of a narrow column: no stretched spaces, no broken words
\IfFileExists{IEEEtran.cls}{\documentclass[journal]{IEEEtran}}{%
  \documentclass[10pt,twocolumn]{article}
  \usepackage[textwidth=516pt,textheight=680pt]{geometry}
  \setlength{\columnsep}{12pt}
  \usepackage{amsthm}
  \renewcommand{\subsection}{\@startsection{subsection}{2}{\z@}{-3.25ex plus -1ex minus -.2ex}%
    {1.5ex plus .2ex}{\normalfont\large\bfseries\raggedright\hyphenpenalty=10000 }}
  \IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
  \IfFileExists{microtype.sty}{\usepackage{microtype}}{}}
\makeatother
""",
}
_FOLDERS = {"paper-onecolumn": "figures/article", "paper-twocolumn": "figures"}  # of figures as wide as the column
_BODY = r"""\begin{document}
\maketitle
\input{macros.tex}
\section{Model}
%(question)s
The results rest on the following assumptions; each says which of them it uses.
\input{assumptions.tex}
\section{Notation}
\input{notation.tex}
\section{Results}
\input{results.tex}
%(figures)s\appendices
\renewcommand{\thesubsection}{\thesection.\arabic{subsection}}
\providecommand{\thesubsectiondis}{}\renewcommand{\thesubsectiondis}{\arabic{subsection}.}
\section{Derivations}
\input{derivation.tex}
%(references)s\clearpage\onecolumn
\section{Tables}
%(tables)s\end{document}
"""
_REFERENCES = r"""\makeatletter\@ifclassloaded{IEEEtran}{\bibliographystyle{IEEEtran}}{\bibliographystyle{plain}}
\makeatother
\bibliography{refs}
"""


def manuscripts(report: Report) -> dict[str, str]:
    """The two documents by file name, without their ending."""
    references = _REFERENCES if used_sources(source_texts(report)) else ""
    told = {"question": escaped(report.question), "references": references, "tables": _tables(report)}
    title = f"\\title{{{escaped(report.title)}}}\n\\author{{}}\n\\date{{}}\n"
    plain_appendix = "\\providecommand{\\appendices}{\\appendix}\n"
    return {
        name: f"{head}{_PACKAGES}{plain_appendix}\\emergencystretch=2em\n{title}"
        + _BODY % {**told, "figures": _figures(report, _FOLDERS[name])}
        for name, head in _CLASSES.items()
    }


def _figures(report: Report, folder: str) -> str:
    """Every figure as PGF in the width of a column, so that the paper's own fonts set its text."""
    told = "".join(
        f"\\begin{{figure}}[!tb]\\centering\n\\input{{{folder}/{file_name(figure.name)}.pgf}}\n"
        f"\\caption{{{escaped(figure.caption)}}}\\label{{fig:{file_name(figure.name)}}}\n\\end{{figure}}\n"
        for figure in report.figures
    )
    references = ", ".join(f"\\ref{{fig:{file_name(figure.name)}}}" for figure in report.figures)
    return f"\\section{{Figures}}\nSee Figures {references}.\n{told}\\clearpage\n" if told else ""


def _tables(report: Report) -> str:
    """The quantities, and the claims of every case."""
    claims = zip(case_labels(report), claim_tables(report), strict=True)
    headed = (
        (f"\\subsection{{{escaped(case_in_words(label))}}}\n" if label else "")
        + f"\\input{{tables/{name}.tex}}\n\\bigskip\n"
        for label, name in claims
    )
    return "\\noindent\\input{tables/quantities.tex}\n\\bigskip\n" + "".join(headed)

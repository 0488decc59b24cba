"""Stage: telling. Input: short keys of the literature. Output: what to print for them, and their BibTeX entries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """One work: its key, how it is cited in a sentence, the BibTeX entry type and fields."""

    key: str
    cited: str
    kind: str
    fields: tuple[tuple[str, str], ...]

    @property
    def plain(self) -> str:
        """The work as one line of text."""
        fields = {name: _without_tex(value) for name, value in self.fields}
        authors = fields.get("author", "").replace(" and ", ", ")
        place = fields.get("journal") or fields.get("booktitle") or fields.get("howpublished", "")
        numbers = [fields[name] for name in ("volume", "pages", "year") if name in fields]
        link = f"doi {fields['doi']}" if "doi" in fields else fields.get("note", "")
        return ". ".join(filter(None, [authors, fields["title"], ", ".join([place, *numbers]), link])) + "."

    def bibtex(self) -> str:
        """The entry of refs.bib."""
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in self.fields)
        return f"@{self.kind}{{{self.key},\n{lines}\n}}\n"


_ACCENTED = {'{\\"u}': "ü", "{\\'e}": "é", "{\\'a}": "á", "--": "–", "{": "", "}": "", "\\url": ""}


def _without_tex(value: str) -> str:
    for written, letter in _ACCENTED.items():
        value = value.replace(written, letter)
    return value


def _source(key: str, cited: str, kind: str, **fields: str) -> Source:
    return Source(key, cited, kind, tuple(fields.items()))


_ALL = (
    _source(
        "Gupta2016",
        "Gupta, Zhang and Wang (2016)",
        "inproceedings",
        author="Suyog Gupta and Wei Zhang and Fei Wang",
        title="Model Accuracy and Runtime Tradeoff in Distributed Deep Learning: A Systematic Study",
        booktitle="Proceedings of the IEEE International Conference on Data Mining",
        year="2016",
        note="arXiv 1509.04210",
    ),
    _source(
        "Zhang2016",
        "Zhang et al. (2016)",
        "inproceedings",
        author="Wei Zhang and Suyog Gupta and Xiangru Lian and Ji Liu",
        title="Staleness-Aware Async-SGD for Distributed Deep Learning",
        booktitle="Proceedings of the Twenty-Fifth International Joint Conference on Artificial Intelligence",
        pages="2350--2356",
        year="2016",
    ),
    _source(
        "Tyurin2023",
        "Tyurin and Richtárik (2023)",
        "inproceedings",
        author="Alexander Tyurin and Peter Richt{\\'a}rik",
        title="Optimal Time Complexities of Parallel Stochastic Optimization Methods Under a Fixed Computation Model",
        booktitle="Advances in Neural Information Processing Systems",
        volume="36",
        year="2023",
    ),
    _source(
        "Maranjyan2025",
        "Maranjyan, Tyurin and Richtárik (2025)",
        "inproceedings",
        author="Artavazd Maranjyan and Alexander Tyurin and Peter Richt{\\'a}rik",
        title="Ringmaster ASGD: The First Asynchronous SGD with Optimal Time Complexity",
        booktitle="Proceedings of the International Conference on Machine Learning",
        year="2025",
        note="arXiv 2501.16168",
    ),
    _source(
        "Denning1978",
        "Denning and Buzen (1978)",
        "article",
        author="Peter J. Denning and Jeffrey P. Buzen",
        title="The Operational Analysis of Queueing Network Models",
        journal="ACM Computing Surveys",
        volume="10",
        number="3",
        pages="225--261",
        year="1978",
        doi="10.1145/356733.356735",
    ),
    _source(
        "Yu2025",
        "Yu, Chen and Poor (2025)",
        "article",
        author="Siyuan Yu and Wei Chen and H. Vincent Poor",
        title="Distributed Stochastic Gradient Descent with Staleness: A Stochastic Delay Differential Equation Based "
        "Framework",
        journal="IEEE Transactions on Signal Processing",
        volume="73",
        pages="1708--1726",
        year="2025",
        doi="10.1109/TSP.2025.3546574",
    ),
    _source(
        "Dutta2018",
        "Dutta et al. (2018)",
        "inproceedings",
        author="Sanghamitra Dutta and Gauri Joshi and Soumyadip Ghosh and Parijat Dube and Priya Nagpurkar",
        title="Slow and Stale Gradients Can Win the Race: Error-Runtime Trade-offs in Distributed {SGD}",
        booktitle="International Conference on Artificial Intelligence and Statistics (AISTATS)",
        year="2018",
    ),
    _source(
        "Arnold1979",
        "Arnold and Groeneveld (1979)",
        "article",
        author="Barry C. Arnold and Richard A. Groeneveld",
        title="Bounds on Expectations of Linear Systematic Statistics Based on Dependent Samples",
        journal="The Annals of Statistics",
        volume="7",
        pages="220--223",
        year="1979",
    ),
    _source(
        "Kuchler1992",
        "Küchler and Mensch (1992)",
        "article",
        author='Uwe K{\\"u}chler and Beatrice Mensch',
        title="{L}angevin's Stochastic Differential Equation Extended by a Time-Delayed Term",
        journal="Stochastics and Stochastic Reports",
        volume="40",
        pages="23--42",
        year="1992",
    ),
    _source(
        "Levin1976",
        "Levin and May (1976)",
        "article",
        author="Simon A. Levin and Robert M. May",
        title="A Note on Difference-Delay Equations",
        journal="Theoretical Population Biology",
        volume="9",
        pages="178--187",
        year="1976",
    ),
    _source(
        "Bernard2001",
        "Bernard, Bélair and Mackey (2001)",
        "article",
        author="Samuel Bernard and Jacques B{\\'e}lair and Michael C. Mackey",
        title="Sufficient Conditions for Stability of Linear Differential Equations with Distributed Delay",
        journal="Discrete and Continuous Dynamical Systems -- Series B",
        volume="1",
        pages="233--256",
        year="2001",
        doi="10.3934/dcdsb.2001.1.233",
    ),
    _source(
        "BernardCrauste2015",
        "Bernard and Crauste (2015)",
        "article",
        author="Samuel Bernard and Fabien Crauste",
        title="Optimal Linear Stability Condition for Scalar Differential Equations with Distributed Delay",
        journal="Discrete and Continuous Dynamical Systems -- Series B",
        volume="20",
        pages="1855--1876",
        year="2015",
        doi="10.3934/dcdsb.2015.20.1855",
    ),
    _source(
        "Corless1996",
        "Corless et al. (1996)",
        "article",
        author="Robert M. Corless and Gaston H. Gonnet and David E. G. Hare and David J. Jeffrey and Donald E. Knuth",
        title="On the {L}ambert {W} Function",
        journal="Advances in Computational Mathematics",
        volume="5",
        pages="329--359",
        year="1996",
    ),
    _source(
        "Cox1954",
        "Cox and Smith (1954)",
        "article",
        author="D. R. Cox and Walter L. Smith",
        title="On the Superposition of Renewal Processes",
        journal="Biometrika",
        volume="41",
        pages="91--99",
        year="1954",
    ),
    _source(
        "StragglerAnalysis",
        "StragglerAnalysis (compute-time measurements)",
        "misc",
        title="{StragglerAnalysis}: measured compute times of distributed training workers",
        howpublished="\\url{https://github.com/ByteDance-Seed/StragglerAnalysis}",
        note="Apache License 2.0; the sums per step are ours",
    ),
)
SOURCES = {source.key: source for source in _ALL}


def bibtex(source: str) -> list[str]:
    """The BibTeX entries of every work whose key stands in a claim's source."""
    return [one.bibtex().strip() for one in _ALL if re.search(rf"\b{one.key}\b", source)]


def cited(text: str) -> str:
    """A source as a sentence names it: keys become authors and years, other words stay.

    Example: ``cited("Levin1976") == "Levin and May (1976)"``.
    """
    return re.sub(r"\b[A-Z]\w+\b", lambda word: SOURCES[word[0]].cited if word[0] in SOURCES else word[0], text)


def used_sources(texts: Iterable[str]) -> tuple[Source, ...]:
    """The sources named in ``texts`` by their key or their first author, in alphabetical order of the keys."""
    joined = "\n".join(texts)
    return tuple(SOURCES[key] for key in sorted(SOURCES) if _names(SOURCES[key], joined))


def bibliography(texts: Iterable[str]) -> str:
    """refs.bib for the sources named in ``texts``."""
    return "\n".join(source.bibtex() for source in used_sources(texts))


def _names(source: Source, text: str) -> bool:
    authors = source.cited.split(" (")[0]
    first = re.split(r"[ ,]", source.cited)[0]
    alone = first if source.key != "BernardCrauste2015" else "Bernard(-| and |–)Crauste"
    if source.key == "Bernard2001":
        alone = "Bernard, B"
    return bool(re.search(rf"\b({source.key}|{re.escape(authors)}|{alone})", text))

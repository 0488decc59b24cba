"""Writes what is generated of the documents: ``python docs/pages.py``.

Input: the registry of claims, the docstrings, the tables of names of the three packages. Output: docs/CLAIMS.md,
docs/API.md, and the `__init__.pyi` by which a type checker sees names that load on first use. Tests hold the committed
files against these functions.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from importlib import import_module
from pathlib import Path
from textwrap import fill
from typing import Any

from derive.claims import CLAIMS, Claim
from derive.formulas.latex import latex_equation
from verify.ledger.matrix import list_claims
from verify.telling.sources import cited

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("derive", "numeric", "verify")
SUBJECTS = {
    "arrivals": "Arrivals, delays and staleness",
    "delay": "The delay equation",
    "speed": "Speed: the mean, the fastest and the safe setting",
    "noise": "Noise: stationary variances and covariances",
    "recursion": "The recursion of updates",
    "finite_workers": "Finitely many workers",
    "transients": "Quantities in time",
    "filters": "Filters of staleness",
    "ages": "Ages",
    "schemes": "Schemes and modifiers",
    "run_time": "Time for an update",
    "weighted_shots": "Weighted shots: mean square of schemes",
    "policies": "Policies",
    "classical_policies": "Classical rules for stale gradients",
    "laws": "Laws of durations",
    "composed_laws": "Composed laws",
}
_CATALOGUE = """# The catalogue of claims

*Written by `python docs/pages.py` from the registry; tests hold it against the code.*

{count} claims. `staleproof claims ID` prints one in full: its conditions, its evidence with what each check would have
noticed, a citation, a stub to fill in. GLOSSARY.md has the letters. A rung says what is modelled: R0 finitely many
workers, R1 shot noise with random delays, R2 the delay equation driven by white noise, R3 its mean, Rd the recursion
of updates.
"""
_REFERENCE = """# The names of the three packages

*Written by `python docs/pages.py` from the docstrings; tests hold it against the code, and run every `Example:`.*

`from staleproof import derive, numeric, verify`, or import the packages themselves. Times are in seconds, staleness
counts updates, numbers may be strings ("0.1" is a tenth, exactly).
"""


def subjects() -> dict[str, tuple[Claim, ...]]:
    """The claims of every subject, in the registry's order."""
    return {name: import_module(f"derive.claims.{name}").CLAIMS for name in SUBJECTS}


def formula(claim: Claim) -> str:
    """What is derived, as mathematics that a Markdown page shows."""
    result = claim.derived.result
    return f"$${latex_equation(result.left, result.right)}$$"


def entries(claims: tuple[Claim, ...]) -> Iterator[str]:
    """One paragraph a claim: id, sentence, formula, and a line that places it."""
    kinds = {row["claim"]: ", ".join(row["evidence"]) for row in list_claims()}
    for claim in claims:
        source = f"; {cited(claim.source)}" if claim.source else ""
        yield f"**`{claim.id}`** {claim.statement}\n\n{formula(claim)}\n\n"
        yield f"*{claim.relation}, rung {claim.rung}; evidence: {kinds[claim.id]}{source}*\n\n"


def catalogue() -> str:
    """docs/CLAIMS.md: every claim with its formula, by subject."""
    page = [_CATALOGUE.format(count=len(CLAIMS)), "\n"]
    for name, claims in subjects().items():
        page += [f"## {SUBJECTS[name]}\n\n", *entries(claims)]
    return "".join(page).rstrip() + "\n"


def homes(package: str) -> dict[str, tuple[str, str]]:
    """Every public name of a package: the module that holds it, and its name there."""
    table: dict[str, Any] = import_module(package)._HOMES
    return {name: home if isinstance(home, tuple) else (home, name) for name, home in sorted(table.items())}


def _header(value: Any) -> str:
    """Arguments and result as the source writes them."""
    if is_dataclass(value):
        return str(inspect.signature(value)).replace("'", "").removesuffix(" -> None")
    (node,) = ast.parse(inspect.getsource(value)).body
    if not isinstance(node, ast.FunctionDef):
        return ""
    return f"({ast.unparse(node.args)})" + (f" -> {ast.unparse(node.returns)}" if node.returns else "")


def _methods(value: type) -> Iterator[str]:
    """One line a public method or property: the first sentence of its docstring."""
    for name, member in vars(value).items():
        text = inspect.getdoc(member) if callable(member) or isinstance(member, property | classmethod) else None
        if not name.startswith("_") and text and not isinstance(member, type):
            yield f"- `{name}`: {' '.join(text.partition(chr(10) * 2)[0].replace('``', '`').split())}\n"


def described(package: str, name: str) -> str:
    """One entry of the reference: the call, and the docstring as it stands."""
    value = getattr(import_module(package), name)
    if not (inspect.isclass(value) or inspect.isfunction(value)):
        what = "a law" if name == "LAWS" else "a scheme" if name == "SCHEMES" else "a claim"
        return f"### `{package}.{name}`\n\nA dictionary: the name of {what}, and {what}.\n\n"
    text = re.sub(r"``", "`", inspect.getdoc(value) or "")
    call = fill(f"{name}{_header(value)}", 110, subsequent_indent="    ", break_long_words=False)
    listed = "".join(_methods(value)) if inspect.isclass(value) else ""
    return f"### `{package}.{name}`\n\n```text\n{call}\n```\n\n{text}\n\n" + (f"{listed}\n" if listed else "")


def reference() -> str:
    """docs/API.md: every public name of the three packages."""
    page = [_REFERENCE]
    for package in PACKAGES:
        first = (import_module(package).__doc__ or "").partition("\n")[0]
        page += [f"\n## {package}\n\n{first}\n\n", *(described(package, name) for name in homes(package))]
    return "".join(page).rstrip() + "\n"


def facade(package: str) -> str:
    """`__init__.pyi` of a package: its public names for a type checker, who does not see what loads on first use."""
    lines = [f"from {module} import {inner} as {name}\n" for name, (module, inner) in homes(package).items()]
    return "# Written by docs/pages.py: names that load on first use, for type checkers.\n" + "".join(sorted(lines))


def pages() -> dict[str, str]:
    """Every generated file and its text."""
    return {
        "docs/CLAIMS.md": catalogue(),
        "docs/API.md": reference(),
        **{f"{package}/__init__.pyi": facade(package) for package in PACKAGES},
    }


if __name__ == "__main__":
    for name, text in pages().items():
        (ROOT / name).write_text(text, encoding="utf-8")

"""Stage: source code. Input: claims and a language. Output: one file of functions on doubles, ready for other programs.

    claim -> statements (numeric/source/printer.py) -> guarded function -> the language (numeric/source/translation.py)

Each function is headed by formula, domain, branch, claim and hash; outside the domain it returns NaN. A complex result
has one function a part, ``_re`` and ``_im``, and so has a complex argument one parameter a part.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import sympy as sp
from sympy.core.relational import Relational

from derive.claims.record import Claim
from derive.formulas.plain import plain, plain_equation
from numeric.kernels.compiling import kernel_of
from numeric.kernels.source import identifiers
from numeric.kernels.stable_forms import NotCompilableError, stable_form
from numeric.source import helpers as source_helpers
from numeric.source import lambert as source_lambert
from numeric.source import transforms as source_transforms
from numeric.source.arguments import source_arguments
from numeric.source.languages import LANGUAGES
from numeric.source.printer import Pair, SourcePrinter
from numeric.source.translation import Language, translated

ROUNDINGS = "1.8e-15"  # eight units in the last place: an inequality closer than that counts as undecided
_MODULES = (source_helpers, source_lambert, source_transforms)
_PARSED = [node for module in _MODULES for node in ast.parse(inspect.getsource(module)).body]
_HELPERS = {node.name: node for node in _PARSED if isinstance(node, ast.FunctionDef)}
_STAND_INS = {"expm1": "exp_minus_one", "log1p": "log_one_plus"}


@dataclass(frozen=True)
class SourceFunction:
    """One function of a file: the claim it evaluates, its parameters, which part of a complex value, and the hash.

    ``arguments`` name the claim's arguments, complex ones twice; ``part`` is "re", "im", or "" of a real value.
    """

    name: str
    claim: str
    arguments: tuple[str, ...]
    part: str
    hash: str


@dataclass(frozen=True)
class SourceFile:
    """The text of a file, its functions, and the claims that have no source code with the reason."""

    language: str
    suffix: str
    text: str
    functions: tuple[SourceFunction, ...]
    left_out: tuple[tuple[str, str], ...]


def source_of(claims: Iterable[Claim], language: str) -> SourceFile:
    """The claims as functions in "python", "c", "fortran", "julia", "octave", "javascript" or "rust".

    Kind of what they return: doubles, NaN outside the domain (and within rounding of its edge). Raises ``ValueError``
    for another language.

    Example: ``source_of([], "c").functions == ()``.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language = {language!r}: not known; allowed: {', '.join(LANGUAGES)}")
    spelled = LANGUAGES[language]
    written: list[str] = []
    functions: list[SourceFunction] = []
    left_out: list[tuple[str, str]] = []
    nodes: list[ast.FunctionDef] = []
    for claim in claims:
        try:
            parts = _functions(claim)
        except NotCompilableError as problem:
            left_out.append((claim.id, str(problem).partition(" holds ")[2] or str(problem)))
            continue
        written.append(_header(claim, spelled))
        for function, node in parts:
            nodes.append(node)
            functions.append(function)
            written.append(_spelled(node, spelled))
    return SourceFile(
        language, spelled.suffix, _file(spelled, nodes, written, left_out), tuple(functions), tuple(left_out)
    )


def _file(
    language: Language, nodes: Sequence[ast.FunctionDef], written: Sequence[str], left_out: Sequence[tuple[str, str]]
) -> str:
    helpers = _needed(nodes, language)
    notes = ["Closed forms of the delay theory of asynchronous SGD, in doubles; NaN outside their domain."]
    notes += [f"No source code: {claim}, {why}" for claim, why in left_out]
    opening = [f"{language.comment} {note}" for note in notes]
    told = [_prototype(node) for node in helpers] if language.name == "C" else []
    body = "\n\n".join([*(_spelled(node, language) for node in helpers), *written])
    exports = ", ".join(node.name for node in nodes)
    foot = language.foot.format(exports=exports) if "{exports}" in language.foot else language.foot
    return "\n".join([*opening, "", language.head, *told, "", body, "", foot]).rstrip() + "\n"


def _prototype(node: ast.FunctionDef) -> str:
    """A declaration for C, where functions that call each other must be known before."""
    return f"double {node.name}({', '.join('double' for _ in node.args.args)});"


def _needed(nodes: Sequence[ast.FunctionDef], language: Language) -> list[ast.FunctionDef]:
    """The special functions that are called, by others too, in the order of their file."""
    found: set[str] = set()
    waiting = list(nodes)
    while waiting:
        called = {
            one.func.id
            for one in ast.walk(waiting.pop())
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)
        }
        if language.name == "Fortran":
            called |= {_STAND_INS[name] for name in called if name in _STAND_INS}
        fresh = (called & _HELPERS.keys()) - found
        found |= fresh
        waiting += [_HELPERS[name] for name in fresh]
    return [node for name, node in _HELPERS.items() if name in found]


def _spelled(node: ast.FunctionDef, language: Language) -> str:
    if language.name == "Python":
        return ast.unparse(node)
    lines = translated(node, language).splitlines()
    return "\n".join(line for line in lines if not line.endswith(":: "))  # of a function without parameters


@lru_cache(maxsize=512)
def _functions(claim: Claim) -> list[tuple[SourceFunction, ast.FunctionDef]]:
    """Every function of a claim; ``NotCompilableError`` where there is none."""
    given = source_arguments(claim)
    is_complex = _is_complex(claim)
    names = dict(zip(given.values(), identifiers([*given]), strict=True))
    complex_ones = [symbol for symbol in names if not symbol.is_extended_real]
    plain_form = is_complex or claim.expression.has(sp.Sum)
    expression = claim.expression if plain_form else stable_form(claim.expression)
    pairs: dict[sp.Basic, Pair] = {
        symbol: (f"{name}_re", f"{name}_im") if symbol in complex_ones else (name, None)
        for symbol, name in names.items()
    }
    told = []
    stem = identifiers([claim.id.replace("-", "_").replace(".", "_")])[0]
    for part in ("re", "im") if is_complex else ("",):
        printer = SourcePrinter(pairs, is_complex)
        real, imaginary = printer.pair(expression)
        result = (imaginary or "0.0") if part == "im" else real
        guard = _guard(claim, pairs, printer.is_complex)
        parameters = [text for pair in pairs.values() for text in pair if text is not None]
        arguments = tuple(name for name, symbol in given.items() for text in pairs[symbol] if text is not None)
        name = f"{stem}_{part}" if part else stem
        lines = [*([f"if not ({guard}):", "    return nan"] if guard else []), *printer.lines, f"return {result}"]
        body = "\n".join(f"    {line}" for line in lines)
        (node,) = ast.parse(f"def {name}({', '.join(parameters)}):\n{body}\n").body
        assert isinstance(node, ast.FunctionDef)
        told.append((SourceFunction(name, claim.id, arguments, part, claim.hash), _without_idle(node)))
    return told


def _is_complex(claim: Claim) -> bool:
    """Whether values of the claim may be complex in its domain; a kernel knows, of sums the arguments tell."""
    told = source_arguments(claim)
    if claim.expression.has(sp.Sum) or len(told) > len(claim.arguments):
        return not all(symbol.is_extended_real for symbol in told.values())
    return kernel_of(claim).is_complex


def _without_idle(node: ast.FunctionDef) -> ast.FunctionDef:
    """The function without assignments that nothing reads: the other part's half of a complex number."""
    while True:
        read = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}
        kept = [line for line in node.body if not isinstance(line, ast.Assign) or ast.unparse(line.targets[0]) in read]
        if len(kept) == len(node.body):
            return node
        node.body = kept


def _guard(claim: Claim, pairs: dict[sp.Basic, Pair], is_complex: bool) -> str:
    """The condition under which the function has a value."""
    parts = []
    for symbol, (re, im) in pairs.items():
        if symbol.is_positive:
            parts.append(f"{re} > 0.0")
        elif symbol.is_nonnegative:
            parts.append(f"{re} >= 0.0")
        parts += [f"{one} - {one} == 0.0" for one in (re, im) if one is not None]  # finite
        if symbol.is_integer:
            parts.append(f"{re} == floor({re})")
    if claim.derived.domain != sp.true:
        parts.append(_condition(claim.derived.domain, SourcePrinter(pairs, is_complex)))
    return " and ".join(f"({part})" for part in parts)


def _condition(node: sp.Basic, printer: SourcePrinter) -> str:
    if isinstance(node, sp.And | sp.Or):
        word = " and " if isinstance(node, sp.And) else " or "
        return word.join(f"({_condition(part, printer)})" for part in node.args)
    if not isinstance(node, Relational):
        raise NotCompilableError(f"{node} is a condition that source code has not")
    plain_sides = all(side.is_Symbol or side.is_Rational for side in (node.lhs, node.rhs))
    if plain_sides:
        return f"{printer.real(node.lhs)} {node.rel_op} {printer.real(node.rhs)}"
    small, large = printer.real(node.lts), printer.real(node.gts)
    return f"({large}) - ({small}) > {ROUNDINGS}*(abs({large}) + abs({small}))"


def _header(claim: Claim, language: Language) -> str:
    """What the reader must know: formula, domain, branch, arguments, claim and hash."""
    result, domain = claim.derived.result, claim.derived.domain
    rows = [
        f"claim:   {claim.id} ({claim.relation}, rung {claim.rung})",
        f"formula: {plain_equation(result.left, result.right)}",
    ]
    rows.append(f"domain:  {plain(domain) if domain != sp.true else 'wherever the arguments are in their range'}")
    if claim.expression.has(sp.LambertW):
        rows.append("branch:  of Lambert's function, continuous from above on its cuts")
    rows += [f"         {name}: {plain(symbol)}" for name, symbol in source_arguments(claim).items()]
    rows.append(f"hash:    {claim.hash}")
    return "\n".join(f"{language.comment} {row}" for row in rows)

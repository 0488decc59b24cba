"""Stage: derivations. Input: assumptions and rules. Output: recorded steps, each checkable by a second route.

A derivation is data: it starts from named assumptions, and each step's right side is what the named rule made
of the steps before it. A rule knows how to ``apply`` itself and, by another route, which expressions must
vanish if the output is right (``residuals``). Residuals that SymPy cannot bring to zero are left to whoever can
enclose them at random exact points (verify/identities.py).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import ClassVar

import sympy as sp

from derive.formulas.latex import escaped, latex, latex_equation
from derive.formulas.plain import plain
from derive.formulas.shown import ShownAsLatex, aligned

PERTURBATION = sp.Rational(98, 97)


class MissingAssumptionError(ValueError):
    """A rule was applied without an assumption that it needs."""


@dataclass(frozen=True)
class Assumption:
    """A named hypothesis of the model, as a sentence."""

    id: str
    statement: str


@dataclass(frozen=True)
class Equation(ShownAsLatex):
    """``left = right``; the left side names what the right side is."""

    left: sp.Expr
    right: sp.Expr

    def latex(self) -> str:
        """The equation as LaTeX."""
        return latex_equation(self.left, self.right)


class Rule(ABC):
    """A step of reasoning: equations in, one equation out, and a second route that holds it to account."""

    label: ClassVar[str]

    @property
    def requires(self) -> tuple[Assumption, ...]:
        """The assumptions it needs; most rules state them once for all, some in each application."""
        return ()

    @abstractmethod
    def apply(self, *inputs: Equation) -> Equation:
        """The equation that follows from the inputs."""

    @abstractmethod
    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Expressions that vanish identically if ``output`` is right, found by a route other than ``apply``."""

    def named(self, *inputs: Equation) -> sp.Basic:
        """The left side that the output must have: the field ``left`` of a rule that is told one, else ``apply``'s.

        A rule that carries a name over, or knows what it means, overrides this.
        """
        told = getattr(self, "left", None)
        return _applied(self, inputs).left if told is None else told


@cache
def _applied(rule: Rule, inputs: tuple[Equation, ...]) -> Equation:
    return rule.apply(*inputs)


@dataclass(frozen=True)
class Step:
    """One recorded application of a rule."""

    number: int
    rule: Rule
    inputs: tuple[Equation, ...]
    output: Equation

    def misnamed(self) -> tuple[sp.Expr, ...]:
        """What must vanish for the left side to be the name of the right one; empty where they are the same."""
        names = _entries(self.output.left), _entries(self.rule.named(*self.inputs))
        if len(names[0]) != len(names[1]):
            return (sp.Integer(1),)
        return tuple(_held(one - other) for one, other in zip(*names, strict=True) if one != other)

    def perturbed(self, factor: sp.Expr = PERTURBATION) -> Step:
        """This step with a wrong right side (negative control of the check)."""
        wrong = self.output.right * factor if self.output.right != 0 else factor
        return replace(self, output=Equation(self.output.left, wrong))


def _entries(side: sp.Basic) -> tuple[sp.Expr, ...]:
    return tuple(side) if isinstance(side, sp.MatrixBase) else (side,)


def _held(side: sp.Expr) -> sp.Expr:
    """Derivatives as names of their own: carried out, those of functions that do not show the variable would be 0."""
    return side.xreplace({node: sp.Dummy(str(node)) for node in side.atoms(sp.Derivative)})


@dataclass(frozen=True)
class Derivation(ShownAsLatex):
    """A chain of steps from named assumptions to a result; immutable, grown with ``then``.

    ``domain`` holds for the free symbols of every step; ``source`` names the literature that states the result.
    """

    title: str
    assumptions: frozenset[Assumption]
    steps: tuple[Step, ...] = ()
    domain: sp.Basic = sp.true
    source: str = ""
    used: frozenset[Assumption] = field(default=frozenset())

    def then(self, rule: Rule, *inputs: int) -> Derivation:
        """Apply ``rule`` to the outputs of the numbered steps (default: the last one) and record it.

        Raises ``MissingAssumptionError`` when the rule needs an assumption this derivation does not make.
        """
        missing = [need.id for need in rule.requires if need not in self.assumptions]
        if missing:
            raise MissingAssumptionError(f"{self.title}: {rule.label} needs {', '.join(missing)}")
        numbers = inputs or ((len(self.steps),) if self.steps else ())
        given = tuple(self.steps[number - 1].output for number in numbers)
        step = Step(len(self.steps) + 1, rule, given, rule.apply(*given))
        return replace(self, steps=(*self.steps, step), used=self.used | frozenset(rule.requires))

    def concluded(self, title: str, domain: sp.Basic = sp.true, source: str = "") -> Derivation:
        """This derivation under the name of what it has reached, with the domain of its symbols and its source."""
        return replace(self, title=title, domain=domain, source=source)

    def join(self, other: Derivation) -> Derivation:
        """This derivation followed by all steps of another one, renumbered."""
        offset = len(self.steps)
        moved = tuple(replace(step, number=step.number + offset) for step in other.steps)
        return replace(self, steps=(*self.steps, *moved), used=self.used | other.used)

    @property
    def result(self) -> Equation:
        """The last step's equation."""
        return self.steps[-1].output

    def latex(self) -> str:
        """Every step with its number and its rule, one a line."""
        told = [(step.output, f"({step.number}) {escaped(step.rule.label)}") for step in self.steps]
        return aligned(rf"{latex(one.left)} &= {latex(one.right)} && \text{{{rule}}}" for one, rule in told)

    @property
    def conditions(self) -> tuple[str, ...]:
        """The assumptions used and the domain, as sentences; the domain in the letters of here and now."""
        named = tuple(sorted(item.statement for item in self.used))
        return named if self.domain == sp.true else (*named, plain(self.domain))

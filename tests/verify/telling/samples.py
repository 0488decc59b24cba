# ruff: noqa: E501  (tables of records read better on one line)
"""A rich report for the tests of the telling: textbook numbers, every kind of record, nothing computed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.derivation import Assumption, Derivation, Equation, Rule
from numeric.enclosure import Enclosure
from numeric.values import Estimate, Exact
from verify.report import Case, Curve, Figure, Formula, ModelLine, Report
from verify.verdict import Verdict

BUSY = Assumption("always-busy", "Every worker starts its next cycle at once.")
INDEPENDENT = Assumption("independent-cycles", "Cycle times are independent and alike; 100 % of them are < ∞.")
L = sp.Function("L")
H = sp.Function("H")
M_OF = sp.Function("m")
E = sp.Function("E")
DENSITY = sp.Function("f")


@dataclass(frozen=True)
class Write(Rule):
    """A rule that writes a given equation: enough to be told, not to be believed."""

    equation: Equation
    words: str
    label: ClassVar[str] = "insert exp(st) & collect"
    requires: ClassVar[tuple[Assumption, ...]] = (BUSY,)

    def apply(self, *inputs: Equation) -> Equation:
        return self.equation

    def residuals(self, output: Equation, *inputs: Equation) -> tuple[sp.Expr, ...]:
        return (output.right - self.equation.right,)


def derivation() -> Derivation:
    equations = (
        Equation(y.arrival_rate, y.workers / y.mean_delay),
        Equation(
            sp.Derivative(M_OF(y.t), y.t),
            -y.learning_rate
            * y.curvature
            * y.arrival_rate
            * sp.Integral(M_OF(y.t - y.u) * DENSITY(y.u), (y.u, 0, sp.oo)),
        ),
        Equation(H(y.s), y.s + y.damping * L(y.s)),
        Equation(sp.Symbol("x_long"), sum((-1) ** i * y.damping**i * y.mean_delay**i / (i + 1) for i in range(24))),
    )
    chain = Derivation("Characteristic function of asynchronous SGD", frozenset({BUSY, INDEPENDENT}), source="Yu2025")
    for equation in equations:
        chain = chain.then(Write(equation, "write"), *((1,) if len(chain.steps) == 2 else ()))
    return chain


def formulas(law: str) -> tuple[Formula, ...]:
    a, theta, tau, k = y.damping, y.mean_delay, y.delay, y.shape
    shared = Formula(
        "damping_coefficient", "dampingCoefficient", a, y.learning_rate * y.curvature * y.workers / theta,
        ("every worker is always busy",), "delay.damping-coefficient.any-law", "Yu2025", Exact(sp.Rational(4, 5)),
    )  # fmt: skip
    own = {
        "constant": (sp.exp(-1) / theta, (1 + sp.sin(a * tau)) / (2 * a * sp.cos(a * tau)), "Kuchler1992"),
        "exponential": (1 / (4 * theta), (a + 1 / theta) * theta / (2 * a), ""),
        "gamma": (
            (k / (k + 1)) ** (k + 1) / theta,
            sp.Integral(sp.Abs(H(sp.I * y.frequency)) ** -2, (y.frequency, 0, sp.oo)) / sp.pi,
            "",
        ),
    }[law]
    value = Enclosure.of(sp.exp(-1)) if law == "constant" else Exact(sp.Rational(1, 4))
    return (
        shared,
        Formula("critical_damping", "criticalDamping", y.critical_damping, own[0], ("the law has an exponential moment",),
                f"delay.critical-damping.{law}", "", value),
        Formula("stationary_variance", "stationaryVariance", y.second_moment_gain, own[1],
                ("0 < a τ < π/2",), f"delay.stationary-variance.{law}", own[2], Enclosure.of(sp.sqrt(2))),
    )  # fmt: skip


def verdicts(case: str) -> tuple[Verdict, ...]:
    return (
        Verdict("delay.damping-coefficient.any-law", case, "The damping coefficient is learning rate × curvature × arrival rate.",
                "equal", Exact(sp.Rational(4, 5)), Exact(sp.Rational(4, 5)), "symbolic identity", "pass", None,
                "every step perturbed by 98/97 failed as it must"),
        Verdict("delay.critical-damping.any-law", case, "At critical damping the rightmost root is double.",
                "equivalent within 1e-30", Enclosure.of(sp.exp(-1)), Enclosure.of(sp.exp(-1), 200), "certified agreement", "pass",
                None, "a root moved by 1e-20 failed as it must"),
        Verdict("staleness.mean.any-law", case, "Mean staleness is M − 1 whatever the law of the cycle time.",
                "equal", Exact(sp.Integer(15)), Estimate(15.0003, 0.0012, 64), "Monte Carlo", "pass", 0.00061,
                "M planted for M − 1: failed as it must"),
        Verdict("staleness.variance.any-law", case, "The variance of the staleness is that of the stationary system, not Poisson's.",
                "equivalent within 1 %", Enclosure.of(sp.Rational(240)), Estimate(240.31, 0.62, 64), "Monte Carlo", "pass",
                0.0184, "the Poisson value planted: failed as it must", "event average, after burn-in"),
        Verdict("delay.stationary-variance.any-law", case, "The stationary variance agrees with the shot model.",
                "equivalent within 2 %", Enclosure.of(sp.Rational(1, 3) * sp.sqrt(3)), Estimate(0.5781, 0.0013, 64), "Monte Carlo",
                "pass", 0.0121, "5 % planted: failed as it must"),
    )  # fmt: skip


def figures() -> tuple[Figure, ...]:
    xs = tuple(i / 50 for i in range(2, 78))
    curves = tuple(
        Curve(f"{law}, theory", xs, tuple(0.5 / x * (1 + scale * x**3) for x in xs))
        for law, scale in (("constant", 0.9), ("gamma 4", 0.5), ("exponential", 0.25))
    )
    points = tuple(
        Curve(f"{law}, simulated", (0.2, 0.6, 1.0), tuple(0.5 / x * (1 + scale * x**3) for x in (0.2, 0.6, 1.0)),
              (0.04, 0.03, 0.05), "points")
        for law, scale in (("constant", 0.9), ("gamma 4", 0.5), ("exponential", 0.25))
    )  # fmt: skip
    counts = tuple(float(j) for j in range(40))
    pmf = tuple(math.exp(-((j - 15) ** 2) / 40) * 0.09 for j in counts)
    return (
        Figure("stationary variance", "Stationary variance against damping",
               "Lines: theory on rung R2. Points: simulation, bars of one standard error.",
               "Variance falls, then rises towards the stability limit at π/2 & beyond <never> falls.",
               "damping × mean delay, aθ", "variance / noise intensity", (*curves, *points), y_scale="log",
               regions=(("mean unstable, constant", math.pi / 2, math.inf, -math.inf, math.inf),),
               markers=(("1/e", 1 / math.e, 1.42), ("π/2", math.pi / 2, 1.45))),
        Figure("staleness", "Staleness of an applied gradient", "Bars: simulation. Line: prediction.",
               "A bell around 15 updates.", "staleness K", "probability",
               (Curve("simulated", counts, pmf, tuple(0.002 for _ in counts), "bars"), Curve("predicted", counts, pmf, (), "step"))),
    )  # fmt: skip


def sample_report() -> Report:
    laws = {"constant": "every cycle takes 1 s", "exponential": "memoryless, mean 1 s", "gamma": "shape 4, mean 1 s"}
    cases = tuple(
        Case(law, words, formulas(law), (
            ("arrival_rate", "R0", Estimate(16.0021, 0.0031, 64)),
            ("staleness_mean", "R0", Estimate(15.0003, 0.0012, 64)),
            ("decay_rate", "R3", Enclosure.of(sp.sqrt(2) / 2)),
            ("stability_limit", "R3", Exact(sp.pi / 2) if law == "constant" else Exact(sp.oo)),
            ("stationary_variance", "R1", Enclosure.of(sp.exp(-sp.Rational(3, 7)))),
        ))
        for law, words in laws.items()
    )  # fmt: skip
    machine = {"processor": "x86-64, 2 cores", "system": "Linux"}
    return Report(
        name="textbook",
        title="Three cycle-time laws, one learning rate",
        question="Sixteen workers train asynchronously at the same curvature and learning rate. What does the law of their "
        "cycle times change when its mean stays the same?",
        study={"name": "textbook", "workers": {"count": 16, "compute": {"law": "constant", "value": 1}},
               "scheme": {"rule": "asynchronous"}, "optimizer": {"learning_rate": 0.05}, "objective": {"curvature": [1.0]}},
        cases=cases,
        verdicts=tuple(verdict for law in laws for verdict in verdicts(law)),
        findings=("Mean staleness is 15 for all three laws (Little), while its variance runs from 0 to 240.",
                  "Random delays decay faster at equal small damping & reach their optimum earlier: 1/4 < 1/e.",
                  "The Poisson mixture overstates the staleness variance for constant cycles."),
        figures=figures(),
        derivations=(derivation(),),
        false_alarm_rate=1e-6,
        provenance={"staleproof": "0.1.0", "seed": 1, "python": "3.11", "machine": machine,
                    "step_checks": {"Characteristic function of asynchronous SGD": ["symbolic", "symbolic", "enclosure", "symbolic"]}},
        model=(ModelLine("roots", "A mode decays when every root of H has a negative real part.", (derivation().result,)),),
    )  # fmt: skip

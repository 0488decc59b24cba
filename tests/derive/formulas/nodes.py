# ruff: noqa: E501  (a table of nodes reads better on one line)
"""One expression of every kind of node the theory prints, with its LaTeX; run it to rewrite the golden page."""

from __future__ import annotations

from pathlib import Path

import sympy as sp

from derive import symbols as y
from derive.formulas.latex import latex
from derive.formulas.mathml import mathml

GOLDEN = Path(__file__).parent / "golden" / "mathml.html"
M, K, k, n, j = y.workers, y.staleness, y.shape, y.stages, y.j
a, h, eta, tau, theta, lam = y.damping, y.curvature, y.learning_rate, y.delay, y.mean_delay, y.other_rate
s, z, t, u = y.s, y.z, y.t, y.u
x = sp.Symbol("x")
f, m, H, L, E = (sp.Function(name) for name in ("f", "m", "H", "L", "E"))


class Expectation(sp.Function):
    """An expectation by its class name."""


class Probability(sp.Function):
    """A probability by its class name."""


class Unforeseen(sp.Function):
    """A node that no rule knows."""


NODES: tuple[tuple[str, sp.Basic, str], ...] = (
    ("symbol, Greek", tau, r"\tau"),
    ("symbol, subscript", y.cycle_variation, r"c_{2}"),
    ("symbol, subscript zero", y.initial, r"x_{0}"),
    ("symbol, both scripts", y.step_noise, r"\sigma_{\varepsilon}^{2}"),
    ("symbol, both scripts, squared", y.step_noise**2, r"(\sigma_{\varepsilon}^{2})^{2}"),
    ("symbol, grouped script", sp.Symbol("T_{M:M}"), r"T_{M:M}"),
    ("symbol, bar", sp.Symbol("xbar_0"), r"\overline{x}_{0}"),
    ("symbol, star", sp.Symbol("a^*"), r"a^{*}"),
    ("symbol, word", sp.Symbol("rate"), r"\mathrm{rate}"),
    ("integer", sp.Integer(-15), "-15"),
    ("rational", sp.Rational(-1, 2), r"-\frac{1}{2}"),
    ("float", sp.Float("2.5e-9"), r"2.5 \times 10^{-9}"),
    ("pi, i", sp.I * sp.pi, r"\pi \mathrm{i}"),
    ("e", sp.E * x, r"e x"),
    ("1/e", sp.exp(-1) / tau, r"\frac{1}{e \tau}"),
    ("infinity", -sp.oo, r"-\infty"),
    ("sum, count first", M - 1 + y.cycle_variation * (M - 1) ** 2, r"M - 1 + c_{2} (M - 1)^{2}"),
    ("sum, one first", 1 + M * y.step, r"1 + M \varepsilon"),
    ("sum, positive first", 1 - z, r"1 - z"),
    ("sum, falling powers", s**2 + lam * s + a * lam, r"s^{2} + \lambda s + a \lambda"),
    ("sum, function last", s + a * sp.exp(-s * tau), r"s + a e^{-s \tau}"),
    ("sum in a negative product", x - 2 * (x + a), r"-2 a - x"),
    ("product", eta * h * M / theta, r"\frac{\eta h M}{\theta}"),
    ("product, brackets", a * (1 - z), r"a (1 - z)"),
    ("product, numbers", 3 * 2**x, r"3 \cdot 2^{x}"),
    ("product, two letters of functions", sp.sin(x) * sp.cos(x), r"\sin x \cos x"),
    ("power, negative base", (-2) ** x, r"(-2)^{x}"),
    ("power, fraction", x ** sp.Rational(3, 2), r"x^{3/2}"),
    ("power, symbolic", z**-K, r"z^{-K}"),
    ("power of a reciprocal", sp.sin(x) * (1 / sp.cos(x)) ** k / sp.cos(x), r"\frac{\sin x}{\cos^{k + 1}x}"),
    ("sum in s, not monic", k + s * theta, r"k + s \theta"),
    ("power of a fraction", (k / (k + 1)) ** (k + 1), r"\left( \frac{k}{k + 1} \right)^{k + 1}"),
    ("root", sp.sqrt(1 + 8 * x), r"\sqrt{1 + 8 x}"),
    ("cube root", sp.cbrt(x), r"\sqrt[3]{x}"),
    ("one over a root", 1 / sp.sqrt(x), r"\frac{1}{\sqrt{x}}"),
    ("exponential of an exponential", sp.exp(-sp.exp(x)), r"e^{-e^{x}}"),
    ("sine over cosine", (1 + sp.sin(a * tau)) / (2 * a * sp.cos(a * tau)), r"\frac{1 + \sin(a \tau)}{2 a \cos(a \tau)}"),
    ("inverse sine", 2 * sp.asin(x / 2), r"2 \arcsin\left( \frac{x}{2} \right)"),
    ("squared tangent", sp.tan(x) ** 2, r"\tan^{2}x"),
    ("logarithm", sp.log(1 + x), r"\ln(1 + x)"),
    ("Lambert W, branch", sp.LambertW(-a * tau, y.branch) / tau, r"\frac{W_{\ell}(-a \tau)}{\tau}"),
    ("Lambert W, principal", sp.LambertW(x), r"W_{0}(x)"),
    ("Kummer's function", sp.hyper((1,), (2,), x), r"{}_{1}F_{1}(1;2;x)"),
    ("gamma", sp.gamma(k), r"\Gamma(k)"),
    ("lower incomplete gamma", sp.lowergamma(k, x), r"\gamma(k, x)"),
    ("upper incomplete gamma", sp.uppergamma(k, x), r"\Gamma(k, x)"),
    ("derivative, prime", sp.Derivative(m(t), t), "m'(t)"),
    ("derivative, third", sp.Derivative(L(s), (s, 3)), "L'''(s)"),
    ("derivative, order j", sp.Derivative(L(s), (s, j)), "L^{(j)}(s)"),
    ("derivative of a product", sp.Derivative(s * L(s), s), r"\frac{\mathrm{d}}{\mathrm{d}s}\, (s L(s))"),
    ("partial derivative", sp.Derivative(f(x, u), x, u), r"\frac{\partial^{2}f(x, u)}{\partial x\partial u}"),
    ("evaluation of a derivative", sp.Subs(sp.Derivative(L(x), x), x, 0), "L'(0)"),
    ("evaluation", sp.Subs(s * H(s), s, 0), r"\left. s H(s) \right|_{s = 0}"),
    ("integral", sp.Integral(m(t - u) * f(u), (u, 0, sp.oo)), r"\int_{0}^{\infty} f(u) m(t - u)\, \mathrm{d}u"),
    ("integral, double", sp.Integral(x + u, (x, 0, 1), (u, 0, x)),
     r"\int_{0}^{x} \int_{0}^{1} (u + x)\, \mathrm{d}x\, \mathrm{d}u"),
    ("sum over atoms", sp.Sum(sp.exp(-s * y.atoms[j]), (j, 1, y.atom_count)) / y.atom_count,
     r"\frac{1}{N} \sum_{j = 1}^{N} e^{-s \hat{\tau}_{j}}"),
    ("product over j", sp.Product(1 + x**j, (j, 1, n)), r"\prod_{j = 1}^{n} (1 + x^{j})"),
    ("limit", sp.Limit(L(s), s, 0), r"\lim_{s \to 0^{+}} L(s)"),
    ("indexed", y.atoms[j + 1], r"\hat{\tau}_{j + 1}"),
    ("unknown functions", H(s) - f(u), r"H(s) - f(u)"),
    ("less", sp.Lt(x, 1), r"x < 1"),
    ("at most", sp.Le(x, 1), r"x \le 1"),
    ("equation", sp.Eq(x, 1), r"x = 1"),
    ("chain", sp.And(x > 0, x < z), r"0 < x < z"),
    ("and", sp.And(x > 0, z < 1), r"x > 0\text{ and }z < 1"),
    ("or", sp.Or(x > 0, z < 1), r"x > 0\text{ or }z < 1"),
    ("always", sp.true, r"\text{ always }"),
    ("cases", sp.Piecewise((1, x < 0), (x**2, True)),
     r"\begin{cases} 1 & \text{ if }x < 0 \\ x^{2} & \text{ otherwise } \end{cases}"),
    ("modulus", sp.Abs(H(sp.I * x)) ** 2, r"|H(\mathrm{i} x)|^{2}"),
    ("binomial", sp.binomial(M + k - 1, k - 1), r"\binom{M + k - 1}{k - 1}"),
    ("factorial", sp.factorial(K + 1) / sp.factorial(K), r"\frac{(K + 1)!}{K!}"),
    ("floor", sp.floor(x / 2), r"\left\lfloor \frac{x}{2} \right\rfloor"),
    ("maximum", sp.Max(x, 0), r"\max(0, x)"),
    ("minimum", sp.Min(x, 0), r"\min(0, x)"),
    ("expectation, function", E(z**K), r"\mathbb{E}[z^{K}]"),
    ("expectation, class", Expectation(tau), r"\mathbb{E}[\tau]"),
    ("probability", Probability(tau), r"\mathbb{P}(\tau)"),
    ("element of a set", sp.Contains(x, sp.Interval.Lopen(0, 1)), r"x \in (0, 1]"),
    ("matrix", sp.Matrix([[1, x], [0, z]]), r"\begin{pmatrix} 1 & x \\ 0 & z \end{pmatrix}"),
    ("derivative of a letter", sp.Derivative(sp.Symbol("X"), t), r"\frac{\mathrm{d}X}{\mathrm{d}t}"),
    ("sign by a power", sp.sqrt(1 + 8 * x) * (-1) ** n, r"(-1)^{n} \sqrt{1 + 8 x}"),
    ("slash in an exponent", sp.exp(-t / theta), r"e^{-t/\theta}"),
    ("slashes in a fraction", k * sp.sin(sp.pi / (2 * k)) / theta, r"\frac{k \sin(\pi/(2 k))}{\theta}"),
    ("bar before an integral", sp.Integral(f(u), (u, 0, t)) / theta, r"\frac{1}{\theta} \int_{0}^{t} f(u)\, \mathrm{d}u"),
    ("power of a fraction over its own", (K / (K + 1)) ** K / (K + 1), r"\frac{K^{K}}{(K + 1)^{K + 1}}"),
    ("power of a fraction, after the bar", (k / (k + 1)) ** k / theta,
     r"\frac{1}{\theta} \left( \frac{k}{k + 1} \right)^{k}"),
    ("power of one over a product", (1 / (lam * theta)) ** j / sp.factorial(j), r"\frac{1}{(\lambda \theta)^{j} j!}"),
    ("derivative after factorials", (-lam) ** j * sp.Derivative(L(s), (s, j)) / sp.factorial(j),
     r"\frac{(-\lambda)^{j}}{j!} L^{(j)}(s)"),
    ("sums turned round", (x**2 - 9 * a - 4) / (x**2 + a - 1), r"\frac{4 + 9 a - x^{2}}{1 - a - x^{2}}"),
    ("minus taken in", -(M - 1) * (x - 1), r"(1 - x) (M - 1)"),
    ("differences turned round", (tau - t) / (tau - theta), r"\frac{t - \tau}{\theta - \tau}"),
    ("product of exponentials", sp.Mul(sp.exp(tau / theta), sp.exp(-t / theta)), r"e^{(\tau - t)/\theta}"),
    ("one over root two", sp.sqrt(2) * x / 2, r"\frac{x}{\sqrt{2}}"),
    ("roots of numbers under one sign", x * sp.sqrt(2) / sp.sqrt(sp.pi), r"x \sqrt{\frac{2}{\pi}}"),
    ("one before reciprocals", 1 + 1 / k, r"1 + \frac{1}{k}"),
    ("angle after brackets", sp.sin(y.half_angle * (K + sp.Rational(1, 2))),
     r"\sin\left( \left( K + \frac{1}{2} \right) w \right)"),
    ("logarithm of a modulus", sp.log(sp.Abs(x - 1)), r"\ln|x - 1|"),
    ("incomplete beta", sp.betainc_regularized(k, x, 0, sp.Rational(1, 2)), r"\mathrm{I}_{1/2}(k, x)"),
    ("tuple", sp.Tuple(x, z), "(x, z)"),
    ("unforeseen", Unforeseen(x), r"\mathrm{Unforeseen}(x)"),
)  # fmt: skip


def golden_page() -> str:
    """The page of every node: name, MathML, LaTeX."""
    rows = "\n".join(
        f"<tr><th>{name}</th><td>{mathml(node)}</td><td>{mathml(node, display=True)}</td>"
        f"<td><code>{latex(node).replace('&', '&amp;').replace('<', '&lt;')}</code></td></tr>"
        for name, node, _ in NODES
    )
    style = (
        'body{font:15px sans-serif}td,th{padding:.3em 1em;text-align:left}math{font-family:"Latin Modern Math",math}'
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Every node</title><style>{style}</style></head>'
        f"<body><table>\n{rows}\n</table></body></html>\n"
    )


if __name__ == "__main__":
    GOLDEN.write_text(golden_page(), encoding="utf-8")

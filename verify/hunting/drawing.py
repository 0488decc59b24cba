"""Stage: drawing. Input: the registries of laws and schemes. Output: strategies of laws, schemes and whole studies.

Nothing is named here that a registry names: every law takes part by its parameters' types, every scheme by its keys and
their ranges. Studies with a linear model are drawn from the sets of modifiers that a scheme says it is modelled with,
those without one from everything else that composes: ages, several modifiers, classes of workers, links, momentum.
"""

from __future__ import annotations

from dataclasses import MISSING, replace
from fractions import Fraction
from typing import Any

import sympy as sp
from hypothesis import assume
from hypothesis import strategies as st

from derive.exact import exact
from derive.law import Law, LawError, Weighted
from derive.laws import LAWS, Empirical
from derive.scheme import RANGES, Allowed, Scheme, SchemeError, keys, modifiers
from derive.scheme_composition import why_refused
from derive.schemes import SCHEMES
from derive.studies.models import why_simulation_only
from derive.studies.study import Correlation, Objective, Optimizer, Run, Study, WorkerClass, Workers
from derive.studies.values import COUNT, LAW_LIST, ONE_LAW, WEIGHTED_LIST, parameter_kinds

MOST_WORKERS = 24
MOST_CLASSES, MOST_ALIKE = 3, 6
REPLICAS = 64
UPDATES = 20_000

_NESTED = {ONE_LAW, LAW_LIST, WEIGHTED_LIST}
_QUARTERS = st.integers(1, 16).map(lambda quarters: Fraction(quarters, 4))
_BELOW_ONE = st.integers(0, 3).map(lambda quarters: exact(Fraction(quarters, 4)))
_CORRELATIONS = st.none() | st.builds(Correlation, _BELOW_ONE, _BELOW_ONE)
_SCALED_DAMPING = st.integers(1, 8).map(lambda tenths: exact(Fraction(tenths, 10)))


def laws(depth: int = 2) -> st.SearchStrategy[Law]:
    """A law of the registry with moderate parameters, simplest first; laws of laws at most ``depth`` deep."""
    shallow = [law for law in LAWS.values() if depth > 0 or not _NESTED & set(parameter_kinds(law).values())]
    return st.sampled_from(shallow).flatmap(lambda law: _parameters(law, depth))


def _parameters(law: type[Law], depth: int) -> st.SearchStrategy[Law]:
    """Every parameter of a law drawn by its type; what the law itself refuses is drawn again."""
    if "drawn" in vars(law) and not _NESTED & set(parameter_kinds(law).values()):
        return _drawn(law)
    drawn = {name: _parameter(kind, depth) for name, kind in parameter_kinds(law).items()}
    return st.fixed_dictionaries(drawn).flatmap(lambda parameters: _made(law, parameters))


@st.composite
def _drawn(draw: st.DrawFn, law: type[Law]) -> Law:
    """A law that makes its parameters out of as many quarters as it asks for."""
    return law.drawn(lambda: draw(_QUARTERS))


def _parameter(kind: str, depth: int) -> st.SearchStrategy[Any]:
    """Numbers are quarters, lists of them one to eight long, counts small, parts one to three simpler laws."""
    if kind == COUNT:
        return st.integers(1, 4)
    if kind == ONE_LAW:
        return laws(depth - 1)
    if kind == LAW_LIST:
        return st.lists(laws(depth - 1), min_size=1, max_size=3).map(tuple)
    if kind == WEIGHTED_LIST:
        part = st.tuples(st.integers(1, 8), laws(depth - 1))
        return st.lists(part, min_size=1, max_size=3).map(_weighted)
    return st.lists(_QUARTERS, min_size=1, max_size=8).map(tuple) if kind != "sp.Expr" else _QUARTERS


def _weighted(parts: list[tuple[int, Law]]) -> tuple[Weighted, ...]:
    total = sum(share for share, _ in parts)
    return tuple(Weighted(sp.Rational(share, total), law) for share, law in parts)


def _made(law: type[Law], parameters: dict[str, Any]) -> st.SearchStrategy[Law]:
    try:
        return st.just(law(**parameters))
    except LawError:
        return st.nothing()


def schemes(workers: int) -> st.SearchStrategy[Scheme]:
    """A scheme of the registry for ``workers`` >= 1, with modifiers that it has a linear model with, simplest first."""
    modelled = [(scheme, tuple(sorted(active))) for scheme in SCHEMES.values() for active in scheme.modelled]
    return st.sampled_from(modelled).flatmap(lambda choice: _scheme(*choice, workers))


def _scheme(scheme: type[Scheme], active: tuple[str, ...], workers: int) -> st.SearchStrategy[Scheme]:
    return _drawn_numbers(scheme, active, workers).map(lambda given: scheme(workers=sp.Integer(workers), **given))


def _drawn_numbers(scheme: type[Scheme], active: tuple[str, ...], workers: int) -> st.SearchStrategy[dict[str, Any]]:
    """What the rule requires and the active modifiers, each drawn from its declared range but for its neutral value."""
    known = keys(scheme)
    needed = (name for name, item in known.items() if item.default is MISSING)
    drawn = {name: _within(RANGES[name], workers, known[name].default) for name in (*needed, *active)}
    return st.fixed_dictionaries(drawn)


def _within(allowed: Allowed, workers: int, neutral: Any) -> st.SearchStrategy[Any]:
    """A value of the range: a word, a whole number up to that of the workers, eighths of a bounded range, quarters."""
    if allowed.choices:
        return st.sampled_from([choice for choice in allowed.choices if choice != neutral])
    assert allowed.interval is not None
    if allowed.whole:
        start = int(allowed.interval.start)
        return st.integers(start, max(start, workers))
    if allowed.interval.end.is_finite:
        end = allowed.interval.end
        return st.integers(1, 7).map(lambda eighths: end * sp.Rational(eighths, 8))
    return _QUARTERS


@st.composite
def studies(draw: st.DrawFn) -> Study:
    """A study with a linear model: law, workers, scheme, learning rate x curvature, momentum where modelled, seed."""
    count = draw(st.integers(1, MOST_WORKERS), label="workers")
    workers = Workers.alike(count, draw(laws()))
    study = _study(draw, workers, draw(schemes(count)))
    assume(not why_simulation_only(study))
    moved = _with_momentum(study, draw(_BELOW_ONE))
    return study if why_simulation_only(moved) else moved


@st.composite
def unmodelled_studies(draw: st.DrawFn) -> Study:
    """A study that can only be simulated: classes, links, correlations, replays, any modifiers that compose."""
    classes = tuple(draw(st.lists(_classes(), min_size=1, max_size=MOST_CLASSES)))
    correlation = draw(_CORRELATIONS)
    if correlation is None and draw(st.booleans(), label="replay"):
        classes = tuple(replace(one, replay=isinstance(one.compute, Empirical)) for one in classes)
    workers = Workers(classes, correlation)
    scheme = draw(any_schemes(workers.count))
    if scheme.uplink_capacity is not None:  # shared by all: nobody has a link of their own beside it
        workers = replace(workers, classes=tuple(replace(one, uplink=None) for one in classes))
    study = _with_momentum(_study(draw, workers, scheme), draw(_BELOW_ONE))
    assume(bool(why_simulation_only(study)))
    return study


def _classes() -> st.SearchStrategy[WorkerClass]:
    link = st.none() | laws(0)
    return st.builds(WorkerClass, st.integers(1, MOST_ALIKE), laws(1), link, link)


def any_schemes(workers: int) -> st.SearchStrategy[Scheme]:
    """A scheme of the registry for ``workers`` >= 1 with any modifiers that compose, simplest first."""
    names = {
        scheme: [name for name in modifiers(scheme) if why_refused(rule, (name,)) is None]
        for rule, scheme in SCHEMES.items()
    }
    chosen = st.sampled_from(list(names)).flatmap(
        lambda scheme: st.tuples(st.just(scheme), st.lists(st.sampled_from(names[scheme]), unique=True).map(tuple))
    )
    return chosen.flatmap(lambda choice: _composing(*choice, workers))


def _composing(scheme: type[Scheme], active: tuple[str, ...], workers: int) -> st.SearchStrategy[Scheme]:
    """A scheme with these modifiers; none where they do not compose."""

    def made(given: dict[str, Any]) -> st.SearchStrategy[Scheme]:
        try:
            return st.just(scheme(workers=sp.Integer(workers), **given))
        except SchemeError:
            return st.nothing()

    return _drawn_numbers(scheme, active, workers).flatmap(made)


def _study(draw: st.DrawFn, workers: Workers, scheme: Scheme) -> Study:
    """Workers and scheme with a learning rate of which little is asked: eta h M is below one."""
    curvature = exact(draw(_QUARTERS))
    learning_rate = sp.Rational(draw(_SCALED_DAMPING) / (curvature * workers.count))
    return Study(
        name="drawn",
        path="drawn.toml",
        workers=workers,
        scheme=scheme,
        optimizer=Optimizer(learning_rate),
        objective=Objective((curvature,), (sp.Integer(1),)),
        run=Run(seed=draw(st.integers(0, 999)), replicas=REPLICAS, updates=UPDATES),
        equation=None,
    )


def _with_momentum(study: Study, momentum: sp.Rational) -> Study:
    """The study with a momentum, and as large a step in the long run."""
    assert study.optimizer is not None
    return replace(study, optimizer=Optimizer(study.optimizer.learning_rate * (1 - momentum), momentum))

"""Stage: telling. Input: the record of a check. Output: check.html, check.json and the data behind both figures.

The page renders the stored record and recomputes nothing. It loads nothing and runs no script.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from derive.derivation import Equation
from derive.formulas.mathml import mathml_display
from verify.implementations.record import ImplementationCheck, Profile, SimulatorCheck
from verify.report import Curve, Figure
from verify.telling.accuracy_figure import legend, map_svg
from verify.telling.figures import render
from verify.telling.numbers import percent, probability
from verify.telling.page import breakable, number_html, raised
from verify.telling.paper import written
from verify.telling.sentences import sentence_case

_TEMPLATES = Path(__file__).parent / "templates"
_FLOOR = 1e-3  # ulps, below which an error is drawn as this
_HEIGHTS = {"pass": "good", "refuted": "bad"}

AnyCheck = ImplementationCheck | SimulatorCheck


def write_check(made: AnyCheck, equation: Equation, folder: Path) -> dict[str, Path]:
    """Write check.json and check.html into ``folder``, made if it is missing; ``OSError`` where it cannot be."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(made.to_json(), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    return {"json": written(folder / "check.json", text), "page": written(folder / "check.html", page(made, equation))}


def page(made: AnyCheck, equation: Equation) -> str:
    """The whole page as text; ``equation`` is what the claim says."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    filters: dict[str, Any] = {
        "ulps": ulps, "breakable": breakable, "words": lambda name: name.replace("_", " "), "number": number_html,
        "percent": lambda size: raised(percent(size)), "probability": lambda size: raised(probability(size)),
        "sentence": sentence_case,
    }  # fmt: skip
    environment.filters.update(filters)
    style = Markup((_TEMPLATES / "page.css").read_text(encoding="utf-8"))
    style += Markup((_TEMPLATES / "check.css").read_text(encoding="utf-8"))
    name = "check.html.j2" if isinstance(made, ImplementationCheck) else "simulator.html.j2"
    return environment.get_template(name).render(
        made=made, style=style, equation=Markup(mathml_display(equation.left, equation.right)),
        tone=_HEIGHTS.get(made.outcome, "warn"), **(_pictures(made) if isinstance(made, ImplementationCheck) else {}),
    )  # fmt: skip


def ulps(error: float | None) -> Markup:
    """An error as people read it.

    Example: ``ulps(0.4913) == "0.49" and ulps(None) == "no number"``.
    """
    if error is None:
        return Markup("no number")
    if error == 0:
        return Markup("0")
    if 0.01 <= error < 1e5:
        return Markup(f"{error:.2g}" if error < 100 else f"{error:.0f}")
    mantissa, _, exponent = f"{error:.1e}".partition("e")
    return Markup("{} × 10<sup>{}</sup>").format(mantissa, str(int(exponent)).replace("-", "−"))


def _pictures(made: ImplementationCheck) -> dict[str, Any]:
    """The figures, and beside the map what it needs."""
    figures = [_distances(made)] if made.edges else []
    figures += [_along(made.profile, made)] if made.profile is not None else []
    svg = None if made.map is None else Markup(map_svg(made.map, made.limit, _marked(made)))
    return {
        "map_svg": svg,
        "legend": legend(made.limit),
        "inside": [one for one in made.behaviour if not one.question.startswith("outside: ")],
        "beyond": [one for one in made.behaviour if one.question.startswith("outside: ")],
        "figures": [(figure, Markup(render(figure))) for figure in figures],
    }


def _marked(made: ImplementationCheck) -> tuple[float, float] | None:
    """Where the worst point lies in the map's plane."""
    if made.worst is None or made.map is None or made.outcome == "pass":
        return None
    at = dict(made.worst.at)
    across, up = complex(at[made.map.across]).real, complex(at[made.map.up]).real
    return across, up


def _drawable(one: Profile, label: str) -> Curve:
    """The errors that are numbers; what is below the floor stands on it."""
    pairs = [(x, max(error, _FLOOR)) for x, error in zip(one.x, one.errors, strict=True) if error is not None]
    return Curve(label, tuple(x for x, _ in pairs), tuple(error for _, error in pairs))


def _missing(profiles: tuple[Profile, ...]) -> str:
    count = sum(error is None for one in profiles for error in one.errors)
    return f" At {count} of the points there was no number." if count else ""


def _limit_line(made: ImplementationCheck, curves: list[Curve]) -> Curve:
    values = [x for curve in curves for x in curve.x]
    return Curve("allowed", (min(values), max(values)), (made.limit, made.limit))


def _distances(made: ImplementationCheck) -> Figure:
    shown = [one for one in made.edges if any(error is not None for error in one.errors)][:5]
    curves = [_drawable(one, one.label.replace(", from ", " from ")) for one in shown]
    caption = (
        "From half a size away, on the right, down to the double next to the edge, on the left: a defect beside an "
        "edge shows here, where no map resolves it." + _missing(made.edges)
    )
    return Figure(
        name="edges",
        title="Towards the edges",
        caption=caption,
        alt="Error of the implementation against the relative distance from each edge, both on logarithmic scales.",
        x_label="relative distance from the edge",
        y_label="error (ulps)",
        curves=(*curves, _limit_line(made, curves)) if curves else (),
        x_scale="log",
        y_scale="log",
    )


def _along(one: Profile, made: ImplementationCheck) -> Figure:
    curve = _drawable(one, "error")
    counted = len(one.x) < 60 and all(x.is_integer() for x in one.x)
    return Figure(
        name="profile",
        title="Over the domain",
        caption="The largest error that passes is drawn as well." + _missing((one,)),
        alt=f"Error of the implementation along {one.argument}.",
        x_label=one.argument.replace("_", " "),
        y_label="error (ulps)",
        curves=(curve, _limit_line(made, [curve])),
        x_scale="linear" if counted else "log",
        y_scale="log",
    )

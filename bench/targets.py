"""What the benchmarks are to reach, and how a figure is found in what they print: the table of bench/RESULTS.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

NUMBER = r"(\d+(?:\.\d+)?)"


@dataclass(frozen=True)
class Target:
    """One line of the table: the worst figure that ``pattern`` captures in what a benchmark printed, and its limit.

    Only what stands below the line ``block`` counts, up to the next line that is not indented; "" is the whole output.
    """

    what: str
    file: str
    pattern: str
    limit: float
    unit: str
    at_least: bool = False
    block: str = ""
    why: str = ""  # it is missed

    def figure(self, printed: str) -> float | None:
        """The worst figure; None where nothing was measured."""
        found = re.findall(self.pattern, self.part(printed), re.MULTILINE)
        figures = [float(one) for each in found for one in (each if isinstance(each, tuple) else (each,))]
        if not figures:
            return None
        return min(figures) if self.at_least else max(figures)

    def part(self, printed: str) -> str:
        """The block."""
        if not self.block:
            return printed
        _, _, rest = printed.partition(f"{self.block} ")
        inside = []
        for line in rest.splitlines()[1:]:
            if not line.startswith(" "):
                break
            inside.append(line)
        return "\n".join(inside)

    def row(self, outputs: Mapping[str, str]) -> str:
        """A line of the table."""
        figure = self.figure(outputs.get(self.file, ""))
        if figure is None:
            met, told = "not measured", "-"
        else:
            held = figure >= self.limit if self.at_least else figure <= self.limit
            met, told = "met" if held else f"**missed**: {self.why or 'not looked into'}", f"{figure:g} {self.unit}"
        sense = ">=" if self.at_least else "<="
        return f"| {self.what} | {sense} {self.limit:g} {self.unit} | {told} | {met} | `{self.file}` |"


def rate(what: str, label: str, limit: float, why: str = "") -> Target:
    """Millions of updates a second of the loop."""
    pattern = rf"^{re.escape(label)} +{NUMBER} M updates"
    return Target(f"simulated updates, {what}", "simulation.py", pattern, limit, "M/s", at_least=True, why=why)


def kernel(what: str, block: str, label: str, limit: float) -> Target:
    """Nanoseconds an element of a kernel, into a given array."""
    return Target(what, "kernels.py", rf"^ +{re.escape(label)} +{NUMBER} ns", limit, "ns", block=block)


ALONE = "the loop of one replica; replicas in lock step, which long simulations take, are in lanes.py"
TARGETS = (
    kernel(
        "rightmost root of the constant delay, array",
        "rightmost root of the constant delay",
        "rightmost_roots, target c, out=",
        35,
    ),
    kernel("kernel, real: variance", "variance of the constant delay, real", "kernel, target c, out=", 3.5),
    kernel("kernel, complex: H and H'", "H(s) and H'(s), complex", "kernel, target c, out=", 10),
    Target(
        "certified rightmost root, any law of the list",
        "roots.py",
        rf"^[A-Z]\w+\(.* {NUMBER} +{NUMBER} ms$",
        2,
        "ms",
    ),
    Target("44 certified roots", "roots.py", rf"^constant, 44 roots right of -3 +{NUMBER} ms", 2, "ms"),
    Target("unstable count, a tau = 10^4", "roots.py", rf"^unstable count, a tau = 10\^4 +{NUMBER} ms", 10, "ms"),
    Target(
        "proven chart, constant delay, in the mean and in mean square",
        "charts.py",
        rf"^ +constant +mean.* {NUMBER} s ",
        10,
        "s",
    ),
    Target("proven charts, any law of the list", "charts.py", rf"^ +\w.* mean .* {NUMBER} s ", 60, "s"),
    Target("undecided share of all of them", "charts.py", rf" {NUMBER}% undecided  ", 2, "%"),
    Target("200 x 200 points, constant delay", "charts.py", rf"^ +closed limit .* {NUMBER} ms", 2, "ms"),
    rate("exponential, M = 16", "exponential, 16 workers", 50, ALONE),
    rate("gamma 4, M = 16", "gamma, shape 4, 16 workers", 28, ALONE),
    rate("gamma 3/2, M = 16", "gamma, shape 3/2, 16 workers", 28, ALONE),
    rate("exponential, M = 64", "exponential, 64 workers", 25, ALONE),
    rate("exponential, M = 16, d = 10", "exponential, 16 workers, 10 modes", 7, ALONE),
    Target("two threads", "threads.py", rf"{NUMBER} times as fast", 1.9, "times", at_least=True),
    Target("SDDE path-steps", "sdde.py", rf"^constant +{NUMBER} M/s", 150, "M/s", at_least=True),
    Target("help text", "start_up.py", rf"^help +{NUMBER} s", 0.15, "s"),
    Target("first certified root, cold", "start_up.py", rf"^first certified root +{NUMBER} s", 1, "s"),
)

"""Stage: verdicts. Input: a seed. Output: equations that are hard on purpose, each answer held to another method.

``python -m verify.hunting.roots [TRIALS] [SEED] [SECONDS]`` runs until one of both is over, or until it is interrupted,
and says every half minute how far it is. An answer may be "unproven", never wrong.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

import sympy as sp

from numeric.roots.certifying import certificate
from numeric.roots.characteristic import Spectrum, spectrum
from numeric.roots.records import precise_enough
from verify.certificates.checking import Refused, check_certificate
from verify.hunting.hard_equations import Trial, trials
from verify.hunting.root_tally import Tally

_SILENCE = 30.0  # seconds between two lines of progress
_DIGITS = 15  # of an answer where none are asked for
_LONG = 99_999  # a denominator that is rounded where an equation is shown


@dataclass(frozen=True)
class Outcome:
    """What became of a trial: wrong (None if not), processor seconds, certified, the largest relative radius."""

    trial: Trial
    wrong: str | None
    seconds: float
    certified: bool
    uncertainty: float
    reason: str | None

    @property
    def kind(self) -> str:
        """What was drawn."""
        return self.trial.kind

    @property
    def shown(self) -> str:
        """H with its numbers rounded, and what was asked."""
        numbers = (n for n in self.trial.equation.function.atoms(sp.Rational) if n.q > _LONG)
        return f"{self.trial.equation.function.xreplace({n: sp.N(n, 8) for n in numbers})} {self.trial.asked}"


def run(trial: Trial, budget: float = 60.0) -> Outcome:
    """Ask for the spectrum, and judge it and its certificate."""
    start = time.process_time()
    found = spectrum(trial.equation, **trial.asked, budget_seconds=budget)  # type: ignore[arg-type]
    seconds = time.process_time() - start
    if not found.certified:
        return Outcome(trial, None, seconds, False, 0.0, found.reason)
    try:
        check_certificate(trial.equation, certificate(trial.equation, found))
    except Refused as refusal:
        return Outcome(trial, f"its certificate is refused: {refusal}", seconds, True, 0.0, found.reason)
    sizes = [max(float(root.re.ball.rad()), float(root.im.ball.rad())) / abs(complex(root)) for root in found.roots
             if complex(root)]  # fmt: skip
    wrong = trial.judge(found) or _short_of_the_promise(found)
    return Outcome(trial, wrong, seconds, True, max(sizes, default=0.0), found.reason)


def _short_of_the_promise(found: Spectrum) -> str | None:
    """Fifteen digits are promised, or a word that there are fewer."""
    short = [root for root in found.roots if not precise_enough(root, _DIGITS)]
    return f"fewer than {_DIGITS} digits without a word: {short[0]}" if short and found.reason is None else None


def main(arguments: list[str]) -> int:
    """Run the trials until count or seconds are over, or interrupted; each wrong answer, then the tally; 1 if any."""
    count, seed = (int(arguments[0]) if arguments else 1000), (int(arguments[1]) if len(arguments) > 1 else 1)
    now = time.monotonic()
    until, tell, tally = now + (float(arguments[2]) if len(arguments) > 2 else float("inf")), now, Tally()
    try:
        for trial in trials(seed, count):
            if time.monotonic() > until:
                break
            outcome = run(trial)
            if unheard := tally.add(outcome):
                print(f"unproven: {unheard}", file=sys.stderr, flush=True)
            if outcome.wrong:
                print(f"WRONG {trial.kind}: {outcome.wrong}: {trial.equation.function} {trial.asked}", flush=True)
            if time.monotonic() > tell:
                tell = time.monotonic() + _SILENCE
                print(tally.line(), file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
    print(*tally.lines(), sep="\n")
    return int(tally.wrong.total() > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Stage: the command ``check``. Input: parsed options. Output: the check, told on standard output and as a page."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from pathlib import Path

from derive.studies.schema import StudyError
from verify.commands.tables import show_value
from verify.implementations.certified_points import refuse_uncheckable
from verify.implementations.checking import check, claim_of
from verify.implementations.closer_look import Effort
from verify.implementations.record import Finding, ImplementationCheck, Sighting, SimulatorCheck
from verify.implementations.simulator_checks import Sampling, Setting, check_simulator
from verify.implementations.targets import implementation_of, imported, program_of
from verify.telling.check_page import write_check

EXIT_CODES = {"pass": 0, "refuted": 1, "inconclusive": 3, "unproven": 4}


def run_check(options: argparse.Namespace) -> int:
    """Check one implementation or simulator against one claim; 0 if it passes, 1 if it is refuted."""
    claim = claim_of(options.claim)
    refuse_uncheckable(claim)
    folder = Path(options.out) / f"{re.sub(r'[^A-Za-z0-9_]+', '-', options.target)[-60:].strip('-')}.{claim.id}"
    folder.mkdir(parents=True, exist_ok=True)  # a refusal after the work would be rude
    try:
        with redirect_stdout(sys.stderr):  # what the user's code prints is no part of the result
            made = _simulator(options) if options.simulator else _implementation(options)
    except StudyError:
        with suppress(OSError):  # it holds an earlier check
            folder.rmdir()
        raise
    paths = write_check(made, claim.derived.result, folder)
    if options.json:
        print(json.dumps(made.to_json(), allow_nan=False))
    else:
        for line in told(made):
            print(line)
        print(f"page: {paths['page']}")
    return EXIT_CODES[made.outcome]


def _implementation(options: argparse.Namespace) -> ImplementationCheck:
    claim, limit = claim_of(options.claim), options.time_limit
    effort = Effort(options.ulps, options.examples, 1 if options.seed is None else options.seed)
    if options.at or options.tolerance is not None:
        unused, value = ("--at", options.at[0]) if options.at else ("--tolerance", options.tolerance)
        raise StudyError("command line", unused, value, "needs --simulator", "--simulator beside it")
    if options.program:
        return check(program_of(options.target, limit), claim, effort, options.target)
    named = {"arrays": not options.scalar, "signature": options.signature, "limit": limit}
    implementation, gradient = implementation_of(options.target, claim, **named)
    if not options.quiet:
        print(f"searching the domain of {claim.id} ...", file=sys.stderr)
    return check(implementation, claim, effort, options.target, gradient)


def _simulator(options: argparse.Namespace) -> SimulatorCheck:
    sample = program_of(options.target, options.time_limit) if options.program else imported(options.target)
    return check_simulator(
        sample,
        options.claim,
        settings=[setting_of(text) for text in options.at],
        sampling=Sampling(options.replicas, 1 if options.seed is None else options.seed, options.tolerance),
        time_limit=options.time_limit,
        target=options.target,
    )


def setting_of(text: str) -> Setting:
    """``workers=8,step=0.1`` as a mapping of names to the texts of numbers, which nothing evaluates.

    Example: ``setting_of("workers=8,step=0.1") == {"workers": "8", "step": "0.1"}``.
    """
    found: dict[str, str] = {}
    for part in text.split(","):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not (equals and name and value) or name in found:
            raise StudyError("command line", "--at", text, "not names with numbers", "NAME=NUMBER,NAME=NUMBER")
        found[name] = value
    return found


def told(made: ImplementationCheck | SimulatorCheck) -> Iterator[str]:
    """A check as lines for a terminal, the outcome first."""
    yield f"{made.target} against {made.claim}: {made.outcome.upper()}"
    if isinstance(made, SimulatorCheck):
        yield from _told_samples(made)
        return
    yield f"  {made.reason}"
    if made.typical is not None:
        most = "no number" if made.most is None else f"{made.most:.2g}"
        yield f"  typical error {made.typical:.2g} ulps, 95 % below {most}; {made.points} points"
    yield from _told_point("worst", made.worst)
    yield from _told_point("shrunk", made.shrunk)
    yield from _told_point("simplest that fails", made.simplest)
    for one in (*made.behaviour, *made.derivatives):
        yield from _told_finding(one)


def _told_point(name: str, seen: Sighting | None) -> Iterator[str]:
    if seen is None:
        return
    yield f"  {name}: {', '.join(f'{key} = {text}' for key, text in seen.at)}"
    size = "" if seen.ulps is None else f", {seen.ulps:.3g} ulps off, {seen.error or 0:.3g} after conditioning"
    yield f"    answered {seen.answered}, proven {seen.certified}{size}"


def _told_finding(one: Finding) -> Iterator[str]:
    yield f"  {'REFUTED ' if one.outcome == 'refuted' else ''}{one.question}: {one.found}"


def _told_samples(made: SimulatorCheck) -> Iterator[str]:
    for verdict in made.verdicts:
        predicted, sampled = (show_value(value.to_json()) for value in (verdict.predicted, verdict.observed))
        yield f"  {verdict.outcome}: {verdict.case}: predicted {predicted}, sampled {sampled}"
        bias = verdict.smallest_bias_noticed
        yield f"    {'' if bias is None else f'smallest bias noticed {100 * bias:.2g} %; '}{verdict.negative_control}"
        if verdict.note:
            yield f"    {verdict.note}"
    for one in made.findings:
        yield from _told_finding(one)

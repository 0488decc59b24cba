"""Stage: the command line. Input: arguments. Output: one function called, its result written, an exit code.

0 done, 1 a claim is refuted, 2 bad usage or input, 3 inconclusive, 4 unproven. Heavy imports stand inside the
commands because the help text must not wait for them. Longer than 250 lines: the options of all commands stand here,
because the help may import none of the packages, which something else on the path may hide.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import io
import math
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

__version__ = "0.1.0"
PACKAGES = ("derive", "numeric", "verify")
HOME = Path(__file__).resolve().parent


class Refusal(Exception):  # noqa: N818  (an outcome, not a programming error)
    """Bad usage or input, in one line."""


def shadowed() -> str | None:
    """Name the first of our packages that another distribution or a local file hides; None when none is."""
    for name in PACKAGES:
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError):
            spec = None
        origin = (spec.origin or next(iter(spec.submodule_search_locations or ()), "?")) if spec else "(not found)"
        ours = HOME / name / "__init__.py"
        if not spec or Path(origin).resolve() != ours:
            what = f"sys.path: {name} = {origin!r}: hides staleproof's own package '{name}'"
            return f"{what}; allowed: {str(ours)!r} (rename or uninstall the other one, or start in another folder)"
    return None


def __getattr__(name: str) -> ModuleType:
    if name not in PACKAGES:
        raise AttributeError(f"module 'staleproof' has no attribute {name!r}")
    if problem := shadowed():
        raise ImportError(f"staleproof: {problem}")
    return importlib.import_module(name)


def __dir__() -> list[str]:
    return [*PACKAGES, "main"]


class Parser(argparse.ArgumentParser):
    """Refuses in one line instead of printing the usage."""

    def error(self, message: str) -> Any:
        """Raise the refusal; ``main`` prints it."""
        raise Refusal(f"command line: {self.prog}: {message}; allowed: see {self.prog} --help")


def _whole(option: str, low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        digits = text.removeprefix("+")
        if not (digits.isdecimal() and len(digits) <= 30 and low <= int(digits) <= high):
            raise Refusal(f"command line: {option} = {text!r}: not such an integer; allowed: {low} to {high}")
        return int(digits)

    return read


def _positive(option: str, below: float = math.inf, end: str = "finite") -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not 0 < value < below:
            raise Refusal(f"command line: {option} = {text!r}: not such a number; allowed: above 0, {end}")
        return value

    return read


def _share(option: str) -> Callable[[str], float]:
    return _positive(option, 1, "below 1")


def _parser() -> Parser:
    parser = Parser(
        prog="staleproof", description="Derives, computes and verifies the delay theory of asynchronous SGD."
    )
    parser.add_argument("--version", action="version", version=f"staleproof {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        one.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else")
        one.add_argument("--seed", type=_whole("--seed", 0, 2**64), help="instead of the study's run.seed")
        one.add_argument("--quiet", action="store_true", help="no progress, no notes")
        return one

    one = command("derive", "closed forms with their conditions; the study's numbers put in")
    one.add_argument("study", metavar="STUDY")
    one.add_argument("--latex", metavar="DIR", help="also write the equations and the derivation as TeX")
    one.add_argument("--code", metavar="LANGUAGE", help="print the closed forms as source code of this language")
    _roots_options(command("roots", "certified characteristic roots"))
    one = command("simulate", "Monte-Carlo asynchronous SGD")
    one.add_argument("study", metavar="STUDY")
    _measure_options(one)
    _where(one)
    one = command("report", "derive, compute, simulate, judge, tell")
    one.add_argument("study", metavar="STUDY", nargs="+")
    one.add_argument("--out", metavar="DIR", default="build/reports", help="default: build/reports")
    _where(one)
    _chart_options(command("chart", "a proven stability chart over two parameters"))
    _advise_options(command("advise", "the fastest setting, proven, with its margins"))
    command("claims", "the ledger of claims").add_argument("id", metavar="ID", nargs="?")
    one = command("compare", "two results: what changed, and is it significant")
    one.add_argument("before", metavar="A.json")
    one.add_argument("after", metavar="B.json")
    _runs_options(command("runs", "the store of results: list, show, export, prune"))
    _check_options(command("check", "validate your implementation of a claim"))
    return parser


def _roots_options(one: argparse.ArgumentParser) -> None:
    one.add_argument("study", metavar="STUDY")
    one.add_argument("--right-of", metavar="X", help="every root with real part above X")
    one.add_argument("--count", type=_whole("--count", 1, 10_000), metavar="N", help="the N rightmost roots")
    one.add_argument("--digits", type=_whole("--digits", 1, 1000), metavar="N", help="relative error at most 10^-N")
    one.add_argument("--certificate", metavar="FILE", help="write the proofs there")
    one.add_argument("--verify", metavar="FILE", help="find no roots: check the proofs that were written there")


def _runs_options(one: argparse.ArgumentParser) -> None:
    one.add_argument("action", choices=("list", "show", "export", "prune"))
    one.add_argument("address", metavar="ADDRESS", nargs="*", help="runs, by the first letters of their address")
    one.add_argument("--store", metavar="FILE", help="instead of $STALEPROOF_STORE or the user's cache")
    one.add_argument("--format", choices=("csv", "json", "parquet", "netcdf"), help="of export; default: csv")
    one.add_argument("--out", metavar="FILE", help="of export; default: standard output")
    one.add_argument("--older-than", type=_whole("--older-than", 0, 100_000), metavar="DAYS", help="of prune")
    one.add_argument("--unfinished", action="store_true", help="of prune: only runs that were not finished")
    one.add_argument("--all", action="store_true", help="of prune: every run")


def _where(command: argparse.ArgumentParser) -> None:
    """Where replicas run and where they are kept."""
    kept = command.add_mutually_exclusive_group()
    kept.add_argument(
        "--store", metavar="FILE", help="keep results there; default: $STALEPROOF_STORE or the user's cache"
    )
    kept.add_argument("--no-store", action="store_true", help="neither use nor keep results")
    engines = ("threads", "processes", "dask")
    command.add_argument("--engine", choices=engines, default="threads", help="where replicas run; default: threads")
    command.add_argument("--scheduler", metavar="ADDRESS", help="of a running dask.distributed cluster")


def _measure_options(one: argparse.ArgumentParser) -> None:
    lag, level = _whole("--lags", 0, 2**20), _positive("--levels")
    one.add_argument(
        "--lags", type=_listed(lag), default=(), metavar="N,...", help="covariances at these lags, in updates"
    )
    one.add_argument("--delay-bin", type=_positive("--delay-bin"), metavar="S", help="a histogram of the delays")
    one.add_argument(
        "--levels", type=_listed(level), default=(), metavar="X,...", help="when the excess risk first falls to these"
    )
    one.add_argument("--decay-rate", action="store_true", help="how fast the mean decays from run.initial")
    one.add_argument("--excess-risk", action="store_true", help="of a regression: its loss above the optimum's")


def _listed(read: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    return lambda text: tuple(read(part.strip()) for part in text.split(","))


def _chart_options(one: argparse.ArgumentParser) -> None:
    one.add_argument("study", metavar="STUDY")
    one.add_argument("--out", metavar="DIR", help="write chart.svg, chart.pdf and chart.json there")
    one.add_argument(
        "--evaluations", type=_whole("--evaluations", 1, 10**12), default=1_000_000, metavar="N", help="of H"
    )
    one.add_argument("--undecided", type=_positive("--undecided"), default=0.005, metavar="X", help="share to stop at")
    one.add_argument("--seconds", type=_positive("--seconds"), metavar="S", help="stop after so much processor time")


def _advise_options(one: argparse.ArgumentParser) -> None:
    one.add_argument("study", metavar="STUDY", help="a study, or a trace of a run (.csv)")
    one.add_argument("--curvature", metavar="X,...", help="of every mode, for a trace")
    one.add_argument("--learning-rate", metavar="X", help="that a trace was run with")
    settings = (
        "learning_rate",
        "workers",
        "subset",
        "staleness_threshold",
        "batch",
        "scheme",
        "event_trigger",
        "momentum",
    )
    one.add_argument("--choose", choices=settings, default="learning_rate", help="what to choose; the rest is given")
    goals = ("decay_rate", "training_time", "excess_risk")
    one.add_argument("--goal", choices=goals, default="decay_rate", help="what is to be best; default: decay_rate")
    one.add_argument("--target", type=_positive("--target"), metavar="X", help="excess risk, of --goal training_time")
    one.add_argument("--seconds", type=_positive("--seconds"), metavar="S", help="time, of --goal excess_risk")
    one.add_argument("--price", type=_positive("--price"), metavar="X", help="of a worker for a second")
    one.add_argument("--spend", type=_positive("--spend"), metavar="X", help="the most that workers may cost")
    one.add_argument("--up-to", type=_positive("--up-to"), metavar="X", help="the largest value to consider")
    one.add_argument("--margin", type=_share("--margin"), default=0.5, metavar="X", help="in mean square; default: 0.5")
    what = "how much better another may be; default: .001, of learning rates for times and risks .01"
    one.add_argument("--tolerance", type=_share("--tolerance"), metavar="X", help=what)
    one.add_argument("--out", metavar="DIR", help="write advice.html, advice.json and the figure there")


def _check_options(one: argparse.ArgumentParser) -> None:
    one.add_argument("target", metavar="TARGET", help="PACKAGE.MODULE:FUNCTION, or PATH/LIBRARY.so:FUNCTION")
    one.add_argument("--claim", metavar="ID", required=True, help="see staleproof claims")
    one.add_argument("--ulps", type=_positive("--ulps"), default=64.0, metavar="N", help="largest error (default 64)")
    one.add_argument("--examples", type=_whole("--examples", 1, 10**6), default=150, metavar="N", help="batches drawn")
    one.add_argument("--scalar", action="store_true", help="the function takes numbers, no arrays")
    one.add_argument("--program", action="store_true", help="TARGET is a command that reads and writes lines")
    one.add_argument("--signature", metavar="S", help='of a C function, as "double(int, double)"')
    one.add_argument("--time-limit", type=_positive("--time-limit"), default=10.0, metavar="S", help="seconds a call")
    one.add_argument("--simulator", action="store_true", help="TARGET returns samples: judge them statistically")
    one.add_argument("--at", action="append", default=[], metavar="NAME=NUMBER,...", help="a setting to sample at")
    one.add_argument("--replicas", type=_whole("--replicas", 16, 10**7), default=256, metavar="N", help="a setting")
    one.add_argument("--tolerance", type=_positive("--tolerance"), metavar="X", help="relative, where a limit is met")
    one.add_argument("--out", metavar="DIR", default="build/checks", help="default: build/checks")


@contextmanager
def _lasting_interrupt() -> Iterator[None]:
    """Raise ``KeyboardInterrupt`` at the end if one was lost on the way: a compiler's callbacks swallow exceptions."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is not signal.default_int_handler:
        yield  # nothing to keep: interrupts go elsewhere, or are ignored as in a shell's background job
        return
    seen: list[int] = []

    def interrupt(number: int, frame: object) -> None:
        seen.append(number)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
        if seen:
            raise KeyboardInterrupt
    finally:
        signal.signal(signal.SIGINT, before)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every refusal is one line on standard error."""
    try:
        with _lasting_interrupt():
            return _run(arguments)
    except Refusal as refusal:
        line = str(refusal)
    except BrokenPipeError:
        # the reader left; standard output must not complain again when Python closes it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt as stop:
        print(f"staleproof: interrupted{''.join(f'; {note}' for note in stop.args)}", file=sys.stderr)
        return 130
    except OSError as problem:
        place = str(problem.filename or "system")
        allowed = getattr(problem, "allowed", "a place to read and write")
        line = f"{place}: file = {place!r}: {problem.strerror or problem}; allowed: {allowed}"
    except OverflowError as problem:
        line = f"study: numbers = too large or too small: {problem}; allowed: squares within the range of doubles"
    except ArithmeticError as problem:
        if type(problem).__name__ != "RepeatedReplicaError":  # the class would load all that judges
            raise
        print(f"staleproof: nothing is certain here: {problem}", file=sys.stderr)
        return 4
    except MemoryError:
        line = "system: memory = too little: the study does not fit; allowed: a smaller study"
    print("staleproof:", "".join(c if c.isprintable() else repr(c)[1:-1] for c in line), file=sys.stderr)
    return 2


def _joined(arguments: Sequence[str]) -> list[str]:
    """Write "--right-of X" as "--right-of=X", because argparse takes an X like -1e-9 for an option."""
    joined: list[str] = []
    for word in arguments:
        if joined and joined[-1] == "--right-of":
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def _run(arguments: Sequence[str] | None) -> int:
    options = _parser().parse_args(_joined(sys.argv[1:] if arguments is None else arguments))
    if problem := shadowed():
        raise Refusal(problem)
    from derive.studies.schema import StudyError
    from verify.commands.studies import COMMANDS

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a label may hold letters that this output has not
    try:
        code = COMMANDS[options.command](options)
    except StudyError as error:
        raise Refusal(str(error)) from None
    sys.stdout.flush()
    return code


if __name__ == "__main__":
    sys.exit(main())

"""Stage: the commands. Input: parsed options. Output: one function called, its result on standard output, an exit code.

Imports stand inside the commands, after the study is read: a refusal need not wait for them.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from derive.studies.schema import MISSING
from derive.studies.study import StudyError, StudyFile
from derive.studies.values import Place, read_number
from verify.commands.reading import loaded

EXIT_CODES = {"refuted": 1, "unproven": 4, "inconclusive": 3}  # the worst first


def _tell(options: argparse.Namespace, results: list[tuple[str, dict[str, Any]]], show: Callable[[Any], None]) -> None:
    """Write one object per case: JSON without labels where the study has no sweep, else tables under headings."""
    if options.json:
        plain = len(results) == 1 and not results[0][0]
        _write_json(results[0][1] if plain else {"cases": [{"case": label, **result} for label, result in results]})
        return
    for label, result in results:
        if label:
            print(f"== {label}")
        show(result)


def _write_json(value: Any) -> None:
    print(json.dumps(value))


def _can_be_simulated(study_file: StudyFile) -> None:
    for case in study_file.cases:
        path = case.study.path
        if case.study.workers is None:
            raise StudyError(path, "workers", MISSING, "an equation has no workers to simulate", "[workers]")
        if case.study.run.replicas < 2:
            raise StudyError(path, "run.replicas", 1, "one replica has no standard error", "integer 2 to 1000000")


def _must_be_writable(folder: Path) -> None:
    """Make the folder and try to write there, because a refusal after minutes of work would be rude."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


def run_derive(options: argparse.Namespace) -> int:
    """Closed forms of every case."""
    study_file = loaded(options.study, options.seed)
    from derive.formulas.notation import written_with
    from verify.commands.tables import print_results
    from verify.forms.deriving import derive_study, study_source

    with written_with(dict(study_file.notation)):
        source = study_source(study_file, options.code)
        results = [(case.label, derive_study(case)) for case in study_file.cases]
        if options.latex is not None:
            from verify.forms.deriving import derived_report
            from verify.telling.paper import write_paper

            write_paper(derived_report(study_file), Path(options.latex))
    if source is not None and not options.json:
        print(source["text"], end="")
        return 0
    told = [(label, result if source is None else {**result, "code": source}) for label, result in results]
    _tell(options, told, print_results)
    if not options.json:
        _tell_update_times(study_file)
    return 0


def _tell_update_times(study_file: StudyFile) -> None:
    """What an update takes under every rule, once for cases of the same workers."""
    from verify.commands.tables import print_table
    from verify.commands.update_table import HEADER, update_times

    cases = {(case.study.workers, getattr(case.study.scheme, "batch", None)): case for case in study_file.cases}
    for case in cases.values():
        rows = update_times(case.study)
        if rows:
            print(f"\n== {case.label}" if case.label else "")
            print_table(HEADER, rows)


def run_roots(options: argparse.Namespace) -> int:
    """Certified roots of every case and mode, or a judgement of their certificates; 4 where a proof is missing."""
    study_file = loaded(options.study, options.seed)
    from verify.commands.certificates import run_verify, write_certificates
    from verify.commands.tables import print_roots
    from verify.predicting.spectra import proven_spectra, spectra_json

    if options.verify is not None:
        return run_verify(options, study_file.cases)
    right_of = options.right_of
    if right_of is not None:
        right_of = read_number(Place("command line", "--right-of", "a finite number"), right_of)
    wanted = {"right_of": right_of, "count": options.count, "digits": options.digits}
    solved = [proven_spectra(case.study, **wanted) for case in study_file.cases]
    if options.certificate is not None:
        write_certificates(options.certificate, study_file.cases, solved)
    told = [spectra_json([found for _, found in modes]) for modes in solved]
    labels = [case.label for case in study_file.cases]
    _tell(options, list(zip(labels, told, strict=True)), partial(print_roots, digits=options.digits))
    return 0 if all(found.certified for modes in solved for _, found in modes) else 4


def run_simulate(options: argparse.Namespace) -> int:
    """Monte-Carlo asynchronous SGD of every case; instability is a result."""
    study_file = loaded(options.study, options.seed)
    _can_be_simulated(study_file)
    from verify.commands.laboratory import laboratory
    from verify.commands.progress import progress_for
    from verify.commands.tables import print_simulation, print_sweep
    from verify.sampling.further_quantities import Wanted, further_quantities
    from verify.sampling.simulating import simulate_cases, system_of

    passages = {"levels": options.levels, "decay_rate": options.decay_rate, "excess_risk": options.excess_risk}
    wanted = Wanted(options.lags, options.delay_bin, **passages)
    for case in study_file.cases:
        system_of(case.study)  # refuses before the first case is run
    with progress_for(quiet=options.quiet) as progress, laboratory(options) as running:
        runs = simulate_cases(study_file.cases, running, progress, wanted.looks)
        results = [(case.label, run.to_json()) for case, run in zip(study_file.cases, runs, strict=True)]
        for case, run, (_, result) in zip(study_file.cases, runs, results, strict=True):
            result["quantities"] |= further_quantities(case.study, run, wanted, running)
    if len(results) > 1 and not options.json:
        print_sweep(results)
        return 0
    _tell(options, results, print_simulation)
    return 0


def run_report(options: argparse.Namespace) -> int:
    """Judge and tell each study; the exit code is that of the worst verdict."""
    study_files = [loaded(path, options.seed) for path in options.study]  # one refused leaves no folder
    folders = [Path(options.out) / study_file.name for study_file in study_files]
    for study_file, folder in zip(study_files, folders, strict=True):
        _can_be_simulated(study_file)
        if folders.count(folder) > 1:
            raise StudyError("command line", "STUDY", study_file.name, "two studies of this name", "different names")
        _must_be_writable(folder)
    from verify.commands.reports import told_studies
    from verify.telling.index_page import write_index

    told = told_studies(options)
    write_index(Path(options.out))
    if options.json:
        written = [json.loads((folder / "report.json").read_text(encoding="utf-8")) for folder in folders]
        _write_json(written[0] if len(written) == 1 else {"reports": written})
    else:
        for one, folder in zip(told, folders, strict=True):
            print(one.line, folder / "report.html", sep="  ")
    outcomes = {outcome for one in told for outcome in one.outcomes}
    return next((code for outcome, code in EXIT_CODES.items() if outcome in outcomes), 0)


def run_claims(options: argparse.Namespace) -> int:
    """The ledger, or one claim in full."""
    from verify.commands.tables import print_claim, print_claims
    from verify.ledger.matrix import explain_claim, list_claims

    if options.id is None:
        claims = list_claims()
        if options.json:
            _write_json({"claims": claims})
        else:
            print_claims(claims)
        return 0
    explained = explain_claim(options.id)
    _write_json(explained) if options.json else print_claim(explained)
    return 0


def _of(module: str) -> Callable[[argparse.Namespace], int]:
    """The command that a module of its own holds, loaded when it runs."""

    def run(options: argparse.Namespace) -> int:
        command: Callable[[argparse.Namespace], int] = getattr(import_module(module), f"run_{options.command}")
        return command(options)

    return run


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "derive": run_derive,
    "roots": run_roots,
    "simulate": run_simulate,
    "report": run_report,
    "claims": run_claims,
    "runs": _of("verify.commands.store"),
    "chart": _of("verify.commands.chart"),
    "advise": _of("verify.commands.advise"),
    "check": _of("verify.commands.check"),
    "compare": _of("verify.commands.compare"),
}

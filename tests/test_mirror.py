"""Tests mirror modules: package/part/module.py is tested by tests/package/part/test_module.py, or says where it is."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("derive", "numeric", "verify")

# module or folder -> (the test file that holds it, why there)
ELSEWHERE = {
    "derive/laws/": ("derive/test_laws.py", "one generic test holds every law's parts against each other"),
    "derive/schemes/": ("derive/test_schemes.py", "one test for the registry of schemes"),
    "derive/claims/": ("derive/test_claims.py", "one test for the registry of claims"),
    "derive/rules/": ("derive/test_rules_*.py", "rules lie one folder deeper than their tests"),
    "derive/law.py": ("derive/test_laws.py", "an abstract class, tested by its laws"),
    "derive/draws.py": ("numeric/test_draw_printer.py", "recipes are data until they are printed"),
    "derive/scheme.py": ("derive/test_schemes.py", "an abstract class, tested by its schemes"),
    "derive/scheme_composition.py": ("derive/test_schemes.py", "a table, tested by the schemes that read it"),
    "derive/assumptions.py": ("derive/test_derivation.py", "names, tested where rules require them"),
    "derive/arrivals.py": ("derive/test_claims.py", "derivations, tested as claims"),
    "derive/characteristic_derivations.py": ("derive/test_claims.py", "derivations, tested as claims"),
    "derive/finite_workers.py": ("derive/test_check_values.py", "derivations, tested against hand-worked values"),
    "derive/merging.py": ("derive/test_rules_merging.py", "derivations, tested with their rules"),
    "derive/occupancy.py": ("derive/test_rules_occupancy.py", "derivations, tested with their rules"),
    "derive/noise.py": ("derive/test_check_values.py", "derivations, tested against hand-worked values"),
    "derive/recursion.py": ("derive/test_check_values.py", "derivations, tested against hand-worked values"),
    "derive/speed.py": ("derive/test_check_values.py", "derivations, tested against hand-worked values"),
    "derive/staleness.py": ("derive/test_rules_staleness.py", "derivations, tested with their rules"),
    "derive/batches.py": ("derive/test_scheme_values.py", "derivations, tested against check values"),
    "derive/filters.py": ("derive/test_scheme_values.py", "derivations, tested against check values"),
    "derive/heterogeneous.py": ("derive/test_scheme_values.py", "derivations, tested against check values"),
    "derive/momentum.py": ("derive/test_scheme_values.py", "derivations, tested against check values"),
    "derive/run_time.py": ("derive/test_scheme_values.py", "derivations, tested against check values"),
    "derive/synchronous.py": ("derive/test_scheme_values.py", "derivations, tested against check values"),
    "derive/thinning.py": ("derive/test_scheme_values.py", "derivations, tested against check values"),
    "derive/triggers.py": ("derive/test_scheme_values.py", "derivations, tested against check values"),
    "derive/uplink.py": ("derive/test_scheme_values.py", "derivations, tested against check values"),
    "derive/applied.py": ("derive/test_scheme_models.py", "parts of the models, tested through them"),
    "numeric/measured.py": ("numeric/test_simulation.py", "what a simulation measures, tested by simulating"),
    "derive/study_records.py": ("derive/test_study.py", "records, tested by reading studies"),
    "derive/study_schema.py": ("derive/test_study.py", "keys, tested by reading studies"),
    "derive/study_sections.py": ("derive/test_study.py", "sections, tested by reading studies"),
    "derive/study_sweep.py": ("derive/test_study.py", "sweeps, tested by reading studies"),
    "derive/study_values.py": ("derive/test_study.py", "values, tested by reading studies"),
    "derive/formulas/boxes.py": ("verify/telling/test_figures.py", "places of labels, tested on drawn figures"),
    "derive/formulas/lines.py": ("derive/formulas/test_latex.py", "broken lines, tested on printed equations"),
    "derive/formulas/layout.py": ("derive/formulas/test_mathml.py", "layout, tested through both printers"),
    "derive/formulas/layout_calculus.py": ("derive/formulas/test_mathml.py", "layout, tested through both printers"),
    "derive/formulas/layout_functions.py": ("derive/formulas/test_mathml.py", "layout, tested through both printers"),
    "derive/formulas/names.py": ("verify/telling/test_page.py", "words, tested on the page"),
    "derive/formulas/products.py": ("derive/formulas/test_latex.py", "factors, tested on printed products"),
    "derive/formulas/slashes.py": ("derive/formulas/test_latex.py", "slashes, tested on printed products"),
    "derive/formulas/order.py": ("derive/formulas/test_latex.py", "order of terms, tested on printed equations"),
    "numeric/event_loop_source.py": ("numeric/test_event_loop.py", "source, tested by what it computes"),
    "numeric/kernel_functions.py": ("numeric/test_kernels.py", "parts of kernels, tested by what they compute"),
    "numeric/kernel_printer.py": ("numeric/test_kernels.py", "parts of kernels, tested by what they compute"),
    "numeric/kernel_source.py": ("numeric/test_kernels.py", "parts of kernels, tested by what they compute"),
    "numeric/loop_cycles.py": ("numeric/test_loop_scheme.py", "source, tested by what it computes"),
    "numeric/loop_scheme_source.py": ("numeric/test_loop_scheme.py", "source, tested by what it computes"),
    "numeric/loop_search.py": ("numeric/test_event_loop.py", "source, tested by what it computes"),
    "numeric/source_helpers.py": (
        "numeric/test_source_code.py",
        "tested by its text and what it computes",
    ),
    "numeric/source_lambert.py": (
        "numeric/test_source_code.py",
        "tested by its text and what it computes",
    ),
    "numeric/source_languages.py": (
        "numeric/test_source_code.py",
        "tested by its text and what it computes",
    ),
    "numeric/source_printer.py": (
        "numeric/test_source_code.py",
        "tested by its text and what it computes",
    ),
    "numeric/source_translation.py": (
        "numeric/test_source_code.py",
        "tested by its text and what it computes",
    ),
    "numeric/loop_text.py": ("numeric/test_event_loop.py", "source, tested by what it computes"),
    "numeric/reference_draws.py": ("numeric/test_reference.py", "the slow reading of draws"),
    "numeric/reference_run.py": ("numeric/test_loop_scheme.py", "the slow events, held against the fast ones"),
    "numeric/root_function.py": ("numeric/test_proof.py", "ball programs, tested by what they prove"),
    "numeric/system.py": ("numeric/test_event_loop.py", "a record, tested by what simulates it"),
    "numeric/pilot.py": ("numeric/test_simulation.py", "the burn-in, tested by what it removes"),
    "verify/staged_numbers.py": ("verify/test_staged_proofs.py", "numbers, tested against workers by name"),
    "verify/source_runs.py": ("verify/test_source_checks.py", "programs, tested by what they return"),
    "verify/closed_forms.py": ("verify/test_deriving.py", "records, tested by what is told of a study"),
    "verify/commands.py": ("test_command_results.py", "commands, tested through the command line"),
    "verify/closer_look.py": ("verify/test_checking.py", "parts of a check, tested by what it finds"),
    "verify/tally.py": ("verify/test_checking.py", "errors counted, tested by the checks that count them"),
    "verify/library_host.py": ("verify/test_line_programs.py", "a program of the line protocol"),
    "verify/telling/accuracy_figure.py": ("verify/telling/test_check_page.py", "a part of the page"),
    "verify/trials.py": ("verify/test_gates.py", "trials, tested by the gates that judge with them"),
    "verify/points.py": ("verify/test_identities.py", "random points, tested by the identities they decide"),
    "verify/report.py": ("verify/test_reporting.py", "records without behaviour but one property"),
    "verify/verdict.py": ("verify/test_verdict_json.py", "a record, tested by writing and reading it"),
    "verify/proofs.py": ("verify/test_judging.py", "second routes, tested with the cases they judge"),
    "verify/claimed_numbers.py": ("verify/test_predictions.py", "numbers of claims, tested with the predictions"),
    "verify/direct_checks.py": ("verify/test_evidence.py", "planned checks, tested as rows of the ledger"),
    "verify/ladder_proofs.py": ("verify/test_evidence.py", "second routes, tested as rows of the ledger"),
    "verify/filter_proofs.py": ("verify/test_evidence.py", "second routes, tested as rows of the ledger"),
    "verify/trigger_proofs.py": ("verify/test_evidence.py", "second routes, tested as rows of the ledger"),
    "derive/zero_threshold.py": ("derive/test_scheme_values.py", "derivations, tested against check values"),
    "verify/zero_threshold_proofs.py": ("verify/test_evidence.py", "second routes, tested as rows of the ledger"),
    "verify/arrival_proofs.py": ("verify/test_evidence.py", "second routes, tested as rows of the ledger"),
    "verify/window_checks.py": ("verify/test_evidence.py", "planned checks, tested as rows of the ledger"),
    "verify/merging_proofs.py": ("verify/test_evidence.py", "second routes, tested as rows of the ledger"),
    "verify/scheme_evidence.py": ("verify/test_evidence.py", "rows of the ledger, tested with the others"),
    "verify/run_time_proofs.py": ("verify/test_evidence.py", "second routes, tested as rows of the ledger"),
    "verify/scheme_proofs.py": ("verify/test_evidence.py", "second routes, tested as rows of the ledger"),
    "verify/composed_proofs.py": ("verify/test_evidence.py", "second routes, tested as rows of the ledger"),
    "verify/time_bound_proofs.py": ("verify/test_evidence.py", "second routes, tested as rows of the ledger"),
    "verify/momentum_proofs.py": ("verify/test_evidence.py", "second routes, tested as rows of the ledger"),
    "verify/law_proofs.py": ("verify/test_evidence.py", "second routes, tested as rows of the ledger"),
    "verify/study_facts.py": ("verify/test_invariants.py", "facts of a study, tested with what is judged by them"),
    "verify/planned.py": ("verify/test_judging.py", "records of checks, tested with the cases they judge"),
    "verify/planning.py": ("verify/test_evidence.py", "puts together what the ledger names"),
    "verify/recursion_proofs.py": ("verify/test_evidence.py", "second routes, tested as rows of the ledger"),
    "verify/root_proofs.py": ("verify/test_evidence.py", "second routes, tested as rows of the ledger"),
    "verify/stage_moments.py": ("verify/test_evidence.py", "a second route, tested as a row of the ledger"),
    "verify/variance_proofs.py": ("verify/test_evidence.py", "second routes, tested as rows of the ledger"),
    "verify/sampling_checks.py": ("verify/test_judging.py", "planned checks, tested with the cases they judge"),
    "verify/divergence.py": ("verify/test_judging.py", "claim C, tested with the cases it judges"),
    "verify/telling/labels.py": ("verify/telling/test_figures.py", "places of labels, tested on drawn figures"),
    "verify/telling/model_statement.py": ("verify/telling/test_page.py", "a part of the page"),
    "verify/telling/propositions.py": ("verify/telling/test_writing.py", "files, tested by writing them"),
    "verify/telling/appendix.py": ("verify/telling/test_writing.py", "files, tested by writing them"),
    "verify/telling/notation_table.py": ("verify/telling/test_writing.py", "files, tested by writing them"),
    "verify/telling/manuscript.py": ("verify/telling/test_writing.py", "files, tested by writing them"),
    "verify/telling/paper.py": ("verify/telling/test_writing.py", "files, tested by writing them"),
    "verify/telling/pdf.py": ("verify/telling/test_writing.py", "files, tested by writing them"),
    "verify/telling/record.py": ("verify/telling/test_writing.py", "files, tested by writing them"),
    "verify/telling/sources.py": ("verify/telling/test_writing.py", "files, tested by writing them"),
    "verify/telling/tables.py": ("verify/telling/test_writing.py", "files, tested by writing them"),
}


def modules(root: Path) -> list[str]:
    """Every module of ours by its path from the root."""
    found = (path.relative_to(root).as_posix() for name in PACKAGES for path in (root / name).rglob("*.py"))
    return sorted(path for path in found if not path.endswith("__init__.py"))


def mirror(module: str) -> str:
    folder, _, name = module.rpartition("/")
    return f"{folder}/test_{name}"


def exemption(module: str) -> str | None:
    """The key of ``ELSEWHERE`` that speaks of a module."""
    return next((key for key in ELSEWHERE if module == key or (key.endswith("/") and module.startswith(key))), None)


def untested(root: Path) -> list[str]:
    """Modules with neither a mirrored test nor an exemption."""
    return [
        module for module in modules(root) if not (root / "tests" / mirror(module)).exists() and not exemption(module)
    ]


def test_every_module_has_a_mirrored_test_or_says_where_it_is_tested() -> None:
    assert untested(ROOT) == []


def test_a_new_module_without_a_test_is_noticed(tmp_path: Path) -> None:
    for path in ("numeric/new.py", "numeric/tested.py", "numeric/__init__.py", "tests/numeric/test_tested.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    assert untested(tmp_path) == ["numeric/new.py"]


def test_exemptions_name_tests_that_exist_for_modules_that_exist_and_need_them() -> None:
    here = modules(ROOT)
    for key, (test, reason) in ELSEWHERE.items():
        assert reason
        assert list((ROOT / "tests").glob(test)), test
        spoken_of = [module for module in here if module == key or (key.endswith("/") and module.startswith(key))]
        assert spoken_of, f"{key} is gone"
        assert not any((ROOT / "tests" / mirror(module)).exists() for module in spoken_of), (
            f"{key} has its own test now"
        )

"""Tests mirror modules: package/part/module.py is tested by tests/package/part/test_module.py, or says where it is.

Longer than 250 lines: a table of the modules that are tested elsewhere, each with the reason.
"""

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
    "numeric/event_loop/lane_source.py": ("numeric/event_loop/test_lanes.py", "text, tested as the loop it makes"),
    "numeric/running/c_compiler.py": ("numeric/kernels/test_native.py", "tested by the first who needed it"),
    "numeric/running/replica_text.py": ("numeric/running/test_jobs.py", "the text of a job's outcome"),
    "derive/law.py": ("derive/test_laws.py", "an abstract class, tested by its laws"),
    "derive/draws.py": ("numeric/event_loop/test_draw_printer.py", "recipes are data until they are printed"),
    "derive/scheme.py": ("derive/test_schemes.py", "an abstract class, tested by its schemes"),
    "derive/scheme_composition.py": ("derive/test_schemes.py", "a table, tested by the schemes that read it"),
    "derive/assumptions.py": ("derive/test_derivation.py", "names, tested where rules require them"),
    "derive/derivations/arrivals.py": ("derive/test_claims.py", "derivations, tested as claims"),
    "derive/derivations/characteristic.py": ("derive/test_claims.py", "derivations, tested as claims"),
    "derive/derivations/finite_workers.py": (
        "derive/test_check_values.py",
        "derivations, tested against hand-worked values",
    ),
    "derive/derivations/merging.py": ("derive/test_rules_merging.py", "derivations, tested with their rules"),
    "derive/derivations/occupancy.py": ("derive/test_rules_occupancy.py", "derivations, tested with their rules"),
    "derive/derivations/stale_workers.py": (
        "derive/test_rules_staleness_classes.py",
        "derivations, tested with their rules",
    ),
    "derive/derivations/noise.py": ("derive/test_check_values.py", "derivations, tested against hand-worked values"),
    "derive/derivations/recursion.py": (
        "derive/test_check_values.py",
        "derivations, tested against hand-worked values",
    ),
    "derive/derivations/speed.py": ("derive/test_check_values.py", "derivations, tested against hand-worked values"),
    "derive/derivations/staleness.py": ("derive/test_rules_staleness.py", "derivations, tested with their rules"),
    "derive/models/ages.py": ("derive/derivations/test_ages.py", "a law put into claims, tested with these claims"),
    "derive/derivations/batches.py": ("derive/test_scheme_values.py", "derivations, tested against check values"),
    "derive/derivations/filters.py": ("derive/test_scheme_values.py", "derivations, tested against check values"),
    "derive/derivations/heterogeneous.py": ("derive/test_scheme_values.py", "derivations, tested against check values"),
    "derive/derivations/momentum.py": ("derive/test_scheme_values.py", "derivations, tested against check values"),
    "derive/derivations/run_time.py": ("derive/test_scheme_values.py", "derivations, tested against check values"),
    "derive/derivations/synchronous.py": ("derive/test_scheme_values.py", "derivations, tested against check values"),
    "derive/derivations/thinning.py": ("derive/test_scheme_values.py", "derivations, tested against check values"),
    "derive/derivations/triggers.py": ("derive/test_scheme_values.py", "derivations, tested against check values"),
    "derive/derivations/transients.py": ("derive/test_rules_transients.py", "derivations, tested with their rules"),
    "derive/derivations/uplink.py": ("derive/test_scheme_values.py", "derivations, tested against check values"),
    "derive/models/applied.py": ("derive/models/test_schemes.py", "parts of the models, tested through them"),
    "numeric/event_loop/reference_gradients.py": (
        "numeric/event_loop/test_gradients.py",
        "the slow gradients, held against the printed ones",
    ),
    "numeric/event_loop/reference_replay.py": (
        "numeric/event_loop/test_scheme.py",
        "the slow walk through a trace, held against the printed one",
    ),
    "numeric/event_loop/remembering.py": (
        "numeric/event_loop/test_correlation.py",
        "what workers remember, tested with what they remember it for",
    ),
    "numeric/event_loop/reference_correlation.py": (
        "numeric/event_loop/test_scheme.py",
        "the slow dependent cycles, held against the printed ones",
    ),
    "numeric/charts/crossings.py": ("numeric/charts/test_stability.py", "proofs of cells, held against exact counts"),
    "numeric/charts/lasting_roots.py": (
        "numeric/charts/test_stability.py",
        "proofs of cells, held against exact counts",
    ),
    "numeric/charts/subdivision.py": ("numeric/charts/test_stability.py", "budgets, tested by charts that spend them"),
    "numeric/charts/records.py": ("numeric/charts/test_stability.py", "records, tested by what makes them"),
    "numeric/charts/noise_gains.py": ("numeric/charts/test_mean_square.py", "gains over boxes, held against points"),
    "numeric/charts/weights.py": ("numeric/charts/test_criteria.py", "weights, tested as parts of gains"),
    "derive/derivations/weighted_shots.py": ("derive/test_rules_shots.py", "derivations, tested with their rules"),
    "numeric/charts/point_gains.py": ("numeric/charts/test_mean_square.py", "gains at points, held against noise_gain"),
    "verify/predicting/chart_figures.py": ("verify/predicting/test_charts.py", "figures of the charts made there"),
    "verify/predicting/regression_case.py": (
        "verify/sampling/test_regression_checks.py",
        "predictions, tested with the checks planned from them",
    ),
    "verify/regression_findings.py": (
        "verify/sampling/test_regression_checks.py",
        "sentences, tested on a judged regression",
    ),
    "numeric/simulation/measured.py": (
        "numeric/simulation/test_tasks.py",
        "what a simulation measures, tested by simulating",
    ),
    "derive/studies/records.py": ("derive/studies/test_study.py", "records, tested by reading studies"),
    "derive/studies/schema.py": ("derive/studies/test_study.py", "keys, tested by reading studies"),
    "derive/studies/sections.py": ("derive/studies/test_study.py", "sections, tested by reading studies"),
    "derive/studies/sweep.py": ("derive/studies/test_study.py", "sweeps, tested by reading studies"),
    "derive/studies/values.py": ("derive/studies/test_study.py", "values, tested by reading studies"),
    "numeric/balls/function_table.py": ("numeric/balls/test_printer.py", "a table, tested by printing what it names"),
    "numeric/policies/records.py": ("numeric/policies/test_branch_and_bound.py", "a record, tested by what makes it"),
    "derive/formulas/boxes.py": ("verify/telling/test_figures.py", "places of labels, tested on drawn figures"),
    "derive/formulas/factors.py": ("derive/formulas/test_lines.py", "factors, tested on broken products"),
    "derive/formulas/layout.py": ("derive/formulas/test_mathml.py", "layout, tested through both printers"),
    "derive/formulas/layout_calculus.py": ("derive/formulas/test_mathml.py", "layout, tested through both printers"),
    "derive/formulas/layout_functions.py": ("derive/formulas/test_mathml.py", "layout, tested through both printers"),
    "derive/formulas/names.py": ("verify/telling/test_page.py", "words, tested on the page"),
    "derive/formulas/products.py": ("derive/formulas/test_latex.py", "factors, tested on printed products"),
    "derive/formulas/slashes.py": ("derive/formulas/test_latex.py", "slashes, tested on printed products"),
    "derive/formulas/order.py": ("derive/formulas/test_latex.py", "order of terms, tested on printed equations"),
    "numeric/event_loop/source.py": ("numeric/event_loop/test_compiled.py", "source, tested by what it computes"),
    "numeric/kernels/functions.py": (
        "numeric/kernels/test_compiling.py",
        "parts of kernels, tested by what they compute",
    ),
    "numeric/kernels/printer.py": (
        "numeric/kernels/test_compiling.py",
        "parts of kernels, tested by what they compute",
    ),
    "numeric/kernels/real_nodes.py": ("numeric/kernels/test_real_parts.py", "nodes, tested by the kernels they make"),
    "numeric/kernels/stable_forms.py": ("verify/implementations/test_checking.py", "forms, tested by what they lose"),
    "numeric/kernels/source.py": ("numeric/kernels/test_compiling.py", "parts of kernels, tested by what they compute"),
    "numeric/event_loop/cycles.py": ("numeric/event_loop/test_scheme.py", "source, tested by what it computes"),
    "numeric/event_loop/scheme_source.py": ("numeric/event_loop/test_scheme.py", "source, tested by what it computes"),
    "numeric/event_loop/search.py": ("numeric/event_loop/test_compiled.py", "source, tested by what it computes"),
    "numeric/source/helpers.py": (
        "numeric/source/test_code.py",
        "tested by its text and what it computes",
    ),
    "numeric/source/lambert.py": (
        "numeric/source/test_code.py",
        "tested by its text and what it computes",
    ),
    "numeric/source/languages.py": (
        "numeric/source/test_code.py",
        "tested by its text and what it computes",
    ),
    "numeric/source/printer.py": (
        "numeric/source/test_code.py",
        "tested by its text and what it computes",
    ),
    "numeric/source/translation.py": (
        "numeric/source/test_code.py",
        "tested by its text and what it computes",
    ),
    "numeric/event_loop/features.py": ("numeric/event_loop/test_compiled.py", "source, tested by what it computes"),
    "numeric/simulation/sdde_source.py": ("numeric/simulation/test_sdde.py", "text, tested where it runs"),
    "numeric/event_loop/reference_draws.py": ("numeric/event_loop/test_reference.py", "the slow reading of draws"),
    "numeric/event_loop/reference_run.py": (
        "numeric/event_loop/test_scheme.py",
        "the slow events, held against the fast ones",
    ),
    "numeric/roots/function.py": ("numeric/roots/test_proof.py", "ball programs, tested by what they prove"),
    "numeric/event_loop/system.py": ("numeric/event_loop/test_compiled.py", "a record, tested by what simulates it"),
    "numeric/simulation/pilot.py": ("numeric/simulation/test_tasks.py", "the burn-in, tested by what it removes"),
    "numeric/enclosed/class_sums.py": (
        "verify/second_routes/test_stale_workers.py",
        "numbers of claims, tested beside the workers by name",
    ),
    "numeric/enclosed/staged_variance.py": (
        "verify/second_routes/test_staged.py",
        "numbers, tested against workers by name",
    ),
    "verify/implementations/source_runs.py": (
        "verify/implementations/test_source_checks.py",
        "programs, tested by what they return",
    ),
    "verify/forms/closed_forms.py": ("verify/forms/test_deriving.py", "records, tested by what is told of a study"),
    "verify/policies/figure.py": ("verify/policies/test_advice.py", "the figure of the advice made there"),
    "verify/commands/reading.py": ("test_command_results.py", "the first step of every command"),
    "verify/commands/studies.py": ("test_command_results.py", "commands, tested through the command line"),
    "verify/implementations/closer_look.py": (
        "verify/implementations/test_checking.py",
        "parts of a check, tested by what it finds",
    ),
    "verify/implementations/tally.py": (
        "verify/implementations/test_checking.py",
        "errors counted, tested by the checks that count them",
    ),
    "verify/implementations/library_host.py": (
        "verify/implementations/test_line_programs.py",
        "a program of the line protocol",
    ),
    "verify/telling/accuracy_figure.py": ("verify/telling/test_check_page.py", "a part of the page"),
    "verify/statistics/trials.py": (
        "verify/statistics/test_gates.py",
        "trials, tested by the gates that judge with them",
    ),
    "verify/points.py": ("verify/test_identities.py", "random points, tested by the identities they decide"),
    "verify/report.py": ("verify/test_reporting.py", "records without behaviour but one property"),
    "verify/verdict.py": ("verify/test_verdict_json.py", "a record, tested by writing and reading it"),
    "verify/second_routes/running.py": (
        "verify/sampling/test_judging.py",
        "second routes, tested with the cases they judge",
    ),
    "verify/predicting/claimed_numbers.py": (
        "verify/predicting/test_predictions.py",
        "numbers of claims, tested with the predictions",
    ),
    "verify/sampling/direct_checks.py": (
        "verify/ledger/test_evidence.py",
        "planned checks, tested as rows of the ledger",
    ),
    "verify/second_routes/ladder.py": ("verify/ledger/test_evidence.py", "second routes, tested as rows of the ledger"),
    "verify/second_routes/filters.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/triggers.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "derive/derivations/zero_threshold.py": (
        "derive/test_scheme_values.py",
        "derivations, tested against check values",
    ),
    "verify/second_routes/zero_threshold.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/arrivals.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/sampling/window_checks.py": (
        "verify/ledger/test_evidence.py",
        "planned checks, tested as rows of the ledger",
    ),
    "verify/second_routes/cycle_counts.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/merging.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/transients.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/second_moments.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/ledger/transient_evidence.py": (
        "verify/ledger/test_evidence.py",
        "rows of the ledger, tested with the others",
    ),
    "verify/ledger/policy_evidence.py": ("verify/ledger/test_evidence.py", "rows, tested one by one"),
    "verify/second_routes/transmissions.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/elasticities.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/classical_policies.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/worker_counts.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/speed_of_laws.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/clocks.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/ledger/speed_evidence.py": (
        "verify/ledger/test_evidence.py",
        "rows of the ledger, tested with the others",
    ),
    "verify/ledger/scheme_evidence.py": (
        "verify/ledger/test_evidence.py",
        "rows of the ledger, tested with the others",
    ),
    "verify/second_routes/run_time.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/schemes.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/composed.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/time_bounds.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/momentum.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/laws.py": ("verify/ledger/test_evidence.py", "second routes, tested as rows of the ledger"),
    "verify/sampling/study_facts.py": (
        "verify/sampling/test_invariants.py",
        "facts of a study, tested with what is judged by them",
    ),
    "verify/sampling/planned.py": (
        "verify/sampling/test_judging.py",
        "records of checks, tested with the cases they judge",
    ),
    "verify/sampling/planning.py": ("verify/ledger/test_evidence.py", "puts together what the ledger names"),
    "verify/second_routes/drawn_staleness.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/heavy_ball.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/speed.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/finite_workers.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/limits.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/recursion.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/second_routes/roots.py": ("verify/ledger/test_evidence.py", "second routes, tested as rows of the ledger"),
    "verify/second_routes/stage_moments.py": (
        "verify/ledger/test_evidence.py",
        "a second route, tested as a row of the ledger",
    ),
    "verify/second_routes/variances.py": (
        "verify/ledger/test_evidence.py",
        "second routes, tested as rows of the ledger",
    ),
    "verify/sampling/moment_checks.py": (
        "verify/sampling/test_judging.py",
        "planned checks, tested with the cases they judge",
    ),
    "verify/sampling/divergence.py": ("verify/sampling/test_judging.py", "claim C, tested with the cases it judges"),
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

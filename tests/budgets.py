"""What of dear tests stands in `make test`: few examples and some of alike cases; `make verify` runs them all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import pytest


def examples(test: int, verify: int) -> int:
    """How many examples a property test draws: ``test``, or ``verify`` under the profile of `make verify`."""
    return verify if os.environ.get("HYPOTHESIS_PROFILE") == "verify" else test


def some(cases: Iterable[Any], step: int, name: Callable[[Any], str] = str) -> list[Any]:
    """Every ``step``-th case, the first among them, in `make test`; the others are marked slow."""

    def one(number: int, case: Any) -> Any:
        values = case if isinstance(case, tuple) else (case,)
        return pytest.param(*values, id=name(case), marks=[pytest.mark.slow] if number % step else [])

    return [one(number, case) for number, case in enumerate(cases)]


FAMILIES = {
    "derive/test_derivation.py::test_a_derivation_refuses_when_an_assumption_is_deleted": 3,
    "derive/test_derivation.py::test_every_perturbed_step_is_caught": 6,
    "derive/test_laws.py::test_ageing_compares_the_rest_of_a_used_duration_with_a_new_one": 3,
    "derive/test_laws.py::test_central_moments_are_those_of_the_deviation": 3,
    "derive/test_laws.py::test_the_claims_about_a_law_are_its_own_parts_in_symbols": 3,
    "derive/test_laws.py::test_the_parts_of_every_law_agree_with_each_other_and_with_samples": 4,
    "derive/test_metamorphic_laws.py::test_a_law_in_another_unit_of_time_is_the_law_of_the_stretched_duration": 5,
    "derive/test_rules_merging.py::test_each_step_checks_and_wrong_outputs_are_found": 2,
    "derive/test_rules_names.py::test_a_result_under_a_wrong_name_is_refused": 4,
    "derive/test_rules_occupancy.py::test_each_row_checks_and_each_wrong_row_is_found": 2,
    "derive/test_rules_occupancy.py::test_the_series_in_workers_checks_and_wrong_ones_are_found": 2,
    "derive/test_rules_schemes.py::test_a_slip_in_a_step_is_found": 5,
    "derive/test_rules_second_moments.py::test_a_rule_holds_and_its_slips_are_found": 2,
    "derive/test_scheme_values.py::test_what_a_filter_applies_is_the_double_average": 2,
    "derive/test_standard_integrals.py::test_the_digits_are_those_of_the_integral_written_out": 3,
    "numeric/balls/test_log_trapezoid.py::test_the_digits_of_mpmath_lie_in_the_balls": 2,
    "numeric/balls/test_standard_integrals.py::test_bounded_integrals_are_enclosed_in_the_whole_plane": 3,
    "numeric/charts/test_stability.py::test_every_proven_cell_agrees_with_certified_counts": 2,
    "numeric/enclosed/test_renewal.py::test_the_series_agrees_with_draws_and_refuses_a_wrong_shape": 3,
    "numeric/event_loop/test_looks.py::test_the_compiled_loop_does_so": 2,
    "numeric/event_loop/test_scheme.py::test_the_compiled_loops_do_so": 3,
    "numeric/kernels/test_compiling.py::test_a_kernel_of_a_perturbed_expression_is_noticed": 3,
    "numeric/kernels/test_compiling.py::test_every_closed_claim_agrees_with_its_enclosure": 5,
    "numeric/kernels/test_compiling.py::test_points_outside_the_domain_give_nan_and_are_flagged": 5,
    "numeric/roots/test_disc.py::test_as_many_roots_as_the_argument_principle_counts": 2,
    "numeric/simulation/test_passages.py::test_they_are_those_of_the_reference": 2,
    "numeric/test_metamorphic_simulation.py::test_a_unit_of_time_that_is_a_power_of_two_changes_no_bit": 4,
    "test_documents.py::test_examples_run_and_say_what_the_gallery_shows": 3,
    "verify/implementations/test_checking.py::test_our_own_kernels_are_checked_like_any_other": 3,
    "verify/implementations/test_law_checks.py::test_one_part_that_is_wrong_is_refuted_by_name": 3,
    "verify/ledger/test_evidence.py::test_a_planned_check_refutes_a_biased_measurement_and_not_an_honest_one": 2,
    "verify/mutants/test_mutations.py::test_no_mutation_is_the_expression_itself_or_made_twice": 4,
    "verify/mutants/test_planted_claims.py::test_a_wrong_claim_is_noticed_by_its_leg": 2,
    "verify/mutants/test_scheme_slips.py::test_a_slip_is_refuted_by_the_claim_it_breaks": 2,
    "verify/predicting/test_predictions.py::test_a_law_that_few_claims_speak_of_is_planned_and_agrees": 2,
    "verify/sampling/test_unmodelled.py::test_a_study_without_a_model_is_judged_by_what_must_hold_all_the_same": 3,
    "verify/test_false_alarms.py::test_equivalence_errs_at_neither_edge_more_often_than_declared": 2,
    "verify/test_false_alarms.py::test_stopping_at_the_first_exclusion_keeps_the_rate": 2,
    "verify/test_metamorphic.py::test_a_law_written_in_two_ways_has_the_same_predictions": 2,
    "verify/test_metamorphic_studies.py::test_a_link_that_takes_no_time_is_none_whatever_the_rule": 2,
    "verify/test_metamorphic_studies.py::test_a_modifier_without_effect_changes_no_prediction_no_root_and_no_bit": 2,
    "verify/test_metamorphic_studies.py::test_workers_split_into_classes_that_are_alike_are_the_same_workers": 2,
}
"""Of these parametrised tests, dear together, `make test` runs every so many-th case, the first among them."""


def leave_to_verify(items: Iterable[pytest.Item]) -> None:
    """Mark as slow all but every so many-th of a family's cases that are not slow already."""
    counts: dict[str, int] = {}
    for item in items:
        family = item.nodeid.removeprefix("tests/").partition("[")[0]
        if item.get_closest_marker("slow"):
            continue
        number = counts[family] = counts.get(family, -1) + 1
        if number % FAMILIES.get(family, 1):
            item.add_marker(pytest.mark.slow)

"""Traps in which others were caught, each with the tests that hold it here: they exist and are run.

A table to find the tests by the trap; what it is about stands in the tests.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

TRAPS = {
    "SciPy's Lambert W is wrong by 1e-8 next to its branch point: only the forward error shows it": (
        "numeric/kernels/test_rightmost.py::test_the_measure_finds_what_scipy_loses",
        "numeric/kernels/test_compiling.py::test_lambert_w_is_right_next_to_its_branch_point",
        "numeric/source/test_code.py::test_lamberts_function_is_right_on_every_branch_and_next_to_the_branch_point",
        "numeric/roots/test_characteristic.py::test_manufactured_real_roots_are_found_with_their_forward_error",
        "verify/implementations/test_checking.py::"
        "test_scipys_lambert_w_is_caught_near_the_double_root_and_on_the_lower_branch",
    ),
    "The sign of a zero imaginary part moves a value to another branch": (
        "numeric/kernels/test_compiling.py::test_lambert_w_takes_complex_arguments_and_ignores_the_sign_of_zero",
        "numeric/test_enclosure.py::test_a_ball_across_a_branch_cut_is_wide_or_refused",
        "derive/test_laws.py::test_the_transform_jumps_on_its_branch_cut_alone",
    ),
    "The product a tau rounds, and with it the branch point": (
        "numeric/kernels/test_rightmost.py::test_the_product_is_exact_where_it_decides",
        "numeric/kernels/test_compiling.py::test_the_rounding_of_the_product_does_not_move_the_branch_point",
        "numeric/roots/test_characteristic.py::test_the_branch_point_as_a_double_is_resolved_to_thirty_digits",
    ),
    "Multiplied by s, the uniform law has a false root at 0": (
        "numeric/test_law_roots.py::test_a_uniform_delay_has_no_spurious_root_at_zero",
        "numeric/test_law_roots.py::test_a_uniform_transform_has_narrow_balls_around_zero",
    ),
    "Two hundred stages, expanded into monomials, have dozens of false unstable roots": (
        "numeric/roots/test_characteristic.py::test_two_hundred_stages_have_no_false_unstable_roots",
        "numeric/test_hard_roots.py::test_erlang_two_hundred_has_the_roots_of_its_stages",
    ),
    "A rational constant printed as a double's quotient poisons a ball": (
        "numeric/test_enclosure.py::test_a_rational_constant_is_not_a_python_double",
        "numeric/balls/test_printer.py::test_a_double_for_a_rational_would_be_noticed",
    ),
    "Outside its domain a formula gives plausible numbers": (
        "numeric/kernels/test_compiling.py::test_the_variance_beyond_its_pole_is_no_plausible_number",
        "numeric/kernels/test_compiling.py::test_points_outside_the_domain_give_nan_and_are_flagged",
    ),
    "The average over time is not that over arrivals": (
        "numeric/simulation/test_tasks.py::test_time_and_event_averages_differ_as_they_must_for_erlang_cycles",
        "numeric/enclosed/test_occupancy.py::test_event_and_time_average_are_those_of_the_event_loop",
    ),
    "Two hundred gates of three standard errors raise false alarms in two runs of five": (
        "verify/statistics/test_gates.py::test_a_whole_report_of_true_claims_keeps_its_false_alarm_rate",
        "verify/statistics/test_confidence.py::test_student_alone_would_not_hold_the_level",
    ),
    "The standard error of a correlated path, taken as if its points were independent, is far too small": (
        "verify/statistics/test_confidence.py::test_correlated_paths_are_judged_by_replicas_only",
    ),
    "A PASS says nothing without the smallest bias it would have noticed": (
        "verify/statistics/test_gates.py::test_far_smaller_biases_are_not_noticed",
        "verify/test_planted_biases.py::test_a_third_of_the_bias_printed_is_caught_seldom_and_none_never",
    ),
    "Euler-Maruyama has a bias of its own: the paths are held against the recursion's exact averages": (
        "verify/second_routes/test_euler.py::test_its_averages_are_those_of_the_recursion_and_not_of_the_sdde",
        "verify/second_routes/test_euler.py::test_the_bias_of_its_variance_is_of_the_order_of_the_step",
    ),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_every_trap_has_tests_that_run(trap: str) -> None:
    assert TRAPS[trap]
    for test in TRAPS[trap]:
        file, _, name = test.partition("::")
        (found,) = (
            node
            for node in ast.parse((TESTS / file).read_text("utf-8")).body
            if isinstance(node, ast.FunctionDef) and node.name == name
        )
        assert not any("skip" in ast.unparse(mark) for mark in found.decorator_list)

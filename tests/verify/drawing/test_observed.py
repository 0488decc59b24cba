"""A case is named by its label, else by its law; cases by what their labels share."""

from verify.drawing.observed import shared_label


def test_a_case_without_a_sweep_is_named_by_its_law(judged) -> None:
    (case,) = judged()
    assert case.name == "exponential"


def test_labels_keep_what_all_cases_say(judged) -> None:
    cases = judged(sweep={"workers": {"count": [2, 4]}, "objective": {"gradient_noise": [2]}})
    assert [case.name for case in cases] == ["count = 2, gradient_noise = 2", "count = 4, gradient_noise = 2"]
    assert shared_label(cases) == "gradient_noise = 2"
    assert shared_label(cases[:1]) == cases[0].label

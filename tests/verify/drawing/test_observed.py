"""A case is named by its label, else by its law; cases by what their labels share."""

from verify.drawing.observed import listed, percent_with_error, shared_label, where


def test_a_case_without_a_sweep_is_named_by_its_law(judged) -> None:
    (case,) = judged()
    assert case.name == "exponential"


def test_labels_keep_what_all_cases_say(judged) -> None:
    cases = judged(sweep={"workers": {"count": [2, 4]}, "objective": {"gradient_noise": [2]}})
    assert [case.name for case in cases] == ["count = 2, gradient noise = 2", "count = 4, gradient noise = 2"]
    assert shared_label(cases) == "gradient noise = 2"
    assert shared_label(cases[:1]) == cases[0].name


def test_a_sentence_names_a_case_by_its_law_or_its_numbers(judged) -> None:
    (alone,) = judged()
    assert where(alone) == "in this study"
    laws = [{"law": "constant", "value": 2}, {"law": "exponential", "mean": 2}]
    assert [where(one) for one in judged(sweep={"workers": {"compute": laws}})] == [
        "with constant cycles",
        "with exponential cycles",
    ]
    assert where(judged(sweep={"workers": {"count": [4]}})[0]) == "with count = 4"
    rates = judged(sweep={"optimizer": {"learning_rate": ["1/20"]}}, optimizer={})
    assert where(rates[0]) == "with learning rate = 1/20"


def test_lists_read_as_sentences_and_tiny_errors_are_left_out() -> None:
    assert [listed([]), listed(["a"]), listed(["a", "b", "a"]), listed(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert percent_with_error(-0.0184, 0.003) == "−1.8 ± 0.3 %"
    assert percent_with_error(0.123, 1e-9, "+") == "+12.3 %"

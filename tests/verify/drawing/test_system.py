"""The system as drawn: every part is the study's, a sweep is named with its values."""

from derive.studies.study import study_from_table
from verify.drawing.system import system_drawing

TABLE = {"optimizer": {"learning_rate": "1/20", "momentum": 0.5}, "objective": {"curvature": [1]}}
GAMMA = {"law": "gamma", "shape": 4, "mean": 1.5}


def test_workers_links_and_server_carry_the_numbers_of_the_study() -> None:
    workers = {"count": 8, "compute": GAMMA, "uplink": {"law": "exponential", "mean": 0.1}}
    drawing = system_drawing(study_from_table({**TABLE, "workers": workers, "scheme": {"staleness_threshold": 9}}))
    assert drawing.workers == (("8 workers", "gamma (shape 4, mean 1.5)", "exponential (mean 0.1)", ""),)
    assert drawing.server == (
        *("applies each gradient on arrival", "drops staleness K > 9", "learning rate η = 1/20", "momentum β = 0.5"),
    )
    assert not drawing.waits


def test_a_sweep_is_told_by_its_values_and_waiting_workers_are_told_to_wait() -> None:
    swept = {"workers": {"count": [2, 4, 8, 16]}}
    rule = {"rule": "k-sync", "batch": 2}
    drawing = system_drawing(study_from_table({**TABLE, "workers": {"compute": GAMMA}, "scheme": rule, "sweep": swept}))
    assert drawing.workers[0][0] == "2 … 16 (4 kinds) workers"
    assert drawing.server[0] == "waits for the first 2 workers"
    assert drawing.waits


def test_classes_are_drawn_one_by_one_and_an_equation_not_at_all() -> None:
    classes = [{"count": 3, "compute": GAMMA}, {"count": 5, "compute": {"law": "constant", "value": 1}}]
    drawing = system_drawing(study_from_table({**TABLE, "workers": {"class": classes}}))
    assert [row[:2] for row in drawing.workers] == [
        ("3 workers", "gamma (shape 4, mean 1.5)"),
        ("5 workers", "constant (value 1)"),
    ]
    equation = {"equation": {"damping": 1, "delay": {"law": "constant", "value": 1}}}
    assert system_drawing(study_from_table(equation)) is None

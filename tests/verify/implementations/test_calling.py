"""A user's function is called with the claim's names; whatever it does instead of answering is a finding."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Any

import numpy as np
import pytest

from verify.implementations.calling import Failure, HungError, PythonFunction, columns, numbers
from verify.implementations.certified_points import SINGLE

POINTS = ((1, 2.0), (3, 4.0))


def test_arrays_carry_the_types_of_their_numbers() -> None:
    arrays = columns(["n", "x", "z"], [(1, 2.0, 1j), (2, 3.0, 2 + 0j)])
    assert [arrays[name].dtype.name for name in "nxz"] == ["int64", "float64", "complex128"]
    single = columns(["n", "x", "z"], [(1, 2.0, 1j)], SINGLE)
    assert [single[name].dtype.name for name in "nxz"] == ["int64", "float32", "complex64"]


def test_all_points_go_into_one_call() -> None:
    calls = []

    def ratio(n: Any, x: Any) -> Any:
        calls.append(np.shape(n))
        return n / x

    assert PythonFunction(ratio, "nx").answers(POINTS) == [0.5, 0.75]
    assert PythonFunction(ratio, "nx", takes_arrays=False).answers(POINTS) == [0.5, 0.75]
    assert calls == [(2,), (), ()]


def test_one_bad_point_does_not_hide_the_others() -> None:
    def picky(n: Any, x: Any) -> Any:
        if np.any(n == 3):
            raise ArithmeticError("three\nlines\n")
        return n / x

    assert PythonFunction(picky, "nx").answers(POINTS) == [0.5, Failure("raises ArithmeticError: three lines")]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "returns NoneType, not a number"),
        ("7", "returns str, not a number"),
        ([[1.0], [1.0, 2.0]], "returns list"),
        (np.zeros((2, 2)), "returns shape (2, 2) for arguments of shape (2,)"),
        (1.0, "returns shape () for arguments of shape (2,)"),
    ],
)
def test_answers_that_are_no_numbers_are_named(answer: Any, words: str) -> None:
    (first, _) = PythonFunction(lambda n, x: answer, "nx").answers(POINTS)
    assert isinstance(first, Failure)
    found = numbers(answer) if "shape" not in words else None
    assert words in (found.words if isinstance(found, Failure) else first.words) or "(1,)" in first.words


def test_a_loop_without_end_is_left_in_time() -> None:
    def stuck(x: Any) -> Any:
        while True:
            pass

    before = time.monotonic()
    with pytest.raises(HungError, match=r"no answer within 0\.1 s"):
        PythonFunction(stuck, "x", limit=0.1).answers([(1.0,)])
    assert time.monotonic() - before < 2


def test_a_function_that_catches_everything_is_still_left() -> None:
    def greedy(x: Any) -> Any:
        while True:
            with contextlib.suppress(Exception):
                time.sleep(5)

    with pytest.raises(HungError):
        PythonFunction(greedy, "x", limit=0.1).answers([(1.0,)])


def test_another_thread_can_call_without_an_alarm() -> None:
    found: list[Any] = []
    worker = threading.Thread(target=lambda: found.append(PythonFunction(lambda x: x, "x").answers([(2.0,)])))
    worker.start()
    worker.join()
    assert found == [[2.0]]

"""Native loops: cached, rebuilt when spoilt, one note without a compiler, and subnormals stay what they are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from numeric.kernels.lines import Lines
from numeric.kernels.loops import loop_source
from numeric.kernels.native import NativeLoop, checked_target, native_loop
from numeric.running import c_compiler


def doubled() -> str:
    lines = Lines()
    return loop_source([(2 * lines.argument("x"),)], [("x",)])


@pytest.fixture
def loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NativeLoop:
    monkeypatch.setattr(c_compiler, "cache_folder", lambda: tmp_path)
    native_loop.cache_clear()
    found = native_loop(doubled())
    if found is None:
        pytest.skip("no C compiler")
    return found


def test_a_loop_is_compiled_once_and_again_when_its_file_is_spoilt(loop: NativeLoop) -> None:
    when = loop.path.stat().st_mtime_ns
    native_loop.cache_clear()
    again = native_loop(doubled())
    assert again is not None
    assert again.path == loop.path
    assert loop.path.stat().st_mtime_ns == when
    assert [path.name for path in loop.path.parent.iterdir()] == [loop.path.name]  # nothing else is left behind
    other = loop.path.parent / "other"
    other.write_bytes(b"cut short")
    os.replace(other, loop.path)  # not written over: the old library is in use
    native_loop.cache_clear()
    mended, out = native_loop(doubled()), np.empty(3)
    assert mended is not None
    mended([np.arange(3.0)], [out])
    assert out.tolist() == [0, 2, 4]


def test_any_strides_are_read_and_written_without_touching_what_lies_between(loop: NativeLoop) -> None:
    x, room = np.arange(24.0).reshape(4, 6), np.full((4, 12), -1.0)
    for values in (x, x[::-1, ::2], x.T, x[1], x[1, ::-1], x[:1, :1], x[:, :1]):
        out = (
            room[: values.shape[0], : values.shape[-1] * 2 : 2] if values.ndim == 2 else room[0, : 2 * len(values) : 2]
        )
        if out.shape != values.shape:
            out = np.empty(values.shape)
        room[...] = -1
        loop([values], [out])
        np.testing.assert_array_equal(out, 2 * values)
        assert (room[:, 1::2] == -1).all()


def test_loading_a_loop_leaves_subnormals_alone(loop: NativeLoop) -> None:
    out = np.empty(1)
    loop([np.array([5e-324])], [out])
    assert out[0] == 1e-323
    assert np.float64(1e-300) * np.float64(1e-20) == 1e-320
    assert float("1e-300") * float("1e-20") > 0
    assert "-ffast-math" not in c_compiler.FLAGS


SCRIPT = """
import numpy as np
from numeric import rightmost_roots
print(rightmost_roots([1.0, 0.25], 1.0), rightmost_roots(1.0, 1.0) == rightmost_roots(1.0, 1.0, target="numpy"))
"""


@pytest.mark.parametrize(("compiler", "word"), [("", "no C compiler found"), ("false", "cannot compile kernels")])
def test_without_a_compiler_there_is_one_note_and_the_same_numbers(compiler: str, word: str, tmp_path: Path) -> None:
    environment = os.environ | {"CC": compiler, "STALEPROOF_CACHE": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, check=True, text=True)
    assert done.stderr.count("staleproof:") == 1
    assert len(done.stderr.splitlines()) == 1
    assert word in done.stderr
    assert "run in NumPy" in done.stderr
    assert done.stdout.strip().endswith("True")


def test_targets_are_two() -> None:
    assert checked_target("c") == "c"
    with pytest.raises(ValueError, match="allowed: 'numpy', 'c'"):
        checked_target("C")

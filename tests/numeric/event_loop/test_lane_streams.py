"""Random numbers in lanes: NumPy's own, bit for bit, in every lane and however often one is rejected."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from numeric.event_loop.compiled import generator
from numeric.event_loop.lane_streams import LANES, streams_source
from numeric.running.c_compiler import c_library

DRAWS = 4000
DRAW = """
void draw(int64_t count, u64 *states, V *drawn) {
  Stream *stream = (Stream *)states;
  for (int64_t k = 0; k < count; k++) {
    drawn[3 * k] = normals(stream); drawn[3 * k + 1] = exponentials(stream); drawn[3 * k + 2] = uniforms(stream);
  }
}
"""


@pytest.mark.parametrize("prelude", ["", "#define GENERIC\n"])
def test_every_lane_draws_what_its_generator_draws(prelude: str) -> None:
    found = c_library(prelude + streams_source() + DRAW)
    if found is None:
        pytest.skip("no C compiler")
    rngs = [generator(seed=5, replica=k) for k in range(LANES)]
    room = np.zeros((4 + 3 * DRAWS + 1) * LANES)
    first = -room.ctypes.data % 64 // 8
    table = room[first : first + (4 + 3 * DRAWS) * LANES].reshape(-1, LANES)
    table[:4].view(np.uint64)[:] = np.stack([rng.bit_generator.state["state"]["state"] for rng in rngs], axis=1)
    found[1].draw(ctypes.c_int64(DRAWS), *(ctypes.c_void_p(table[k:].ctypes.data) for k in (0, 4)))
    kinds = ("standard_normal", "standard_exponential", "random")
    expected = [[getattr(rng, name)() for _ in range(DRAWS) for name in kinds] for rng in rngs]
    assert np.array_equal(table[4:].T, expected)
    for rng, state in zip(rngs, table[:4].view(np.uint64).T, strict=True):
        assert rng.bit_generator.state["state"]["state"].tolist() == state.tolist()
    tails = np.abs(np.array(expected)[:, ::3]) > 3.66, np.array(expected)[:, 1::3] > 7.7
    assert all(tail.any() for tail in tails)  # the ziggurats' last loops were walked through

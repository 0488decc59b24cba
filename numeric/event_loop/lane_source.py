"""Stage: the source of lanes in lock step. Input: a printed draw and features. Output: C text of one chunk of updates.

Groups of eight replicas make one update each in turn, all lanes of a group at once: random numbers come in blocks, the
next arrival is the least of a tournament without branches, and every lane does the arithmetic of the event loop in its
order (numeric/event_loop/source.py), so that a replica's numbers are the same bits alone or in a lane. A group's state
is a table of rows, eight doubles or integers each; see ``Rows``.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import Template

from numeric.event_loop.lane_streams import STREAM_ROWS, streams_source

BLOCK = 16  # updates whose random numbers are drawn together
GROUPS = 4  # whose updates alternate: one's latencies are hidden behind the others' work


@dataclass(frozen=True)
class Rows:
    """Where a group's state lies: rows of ``workers`` workers and ``modes`` modes, in this order.

    Example: ``Rows(workers=2, modes=1).count == 24``.
    """

    workers: int
    modes: int

    time, lowest, furthest, strange, origin = range(STREAM_ROWS, STREAM_ROWS + 5)
    x = STREAM_ROWS + 5

    @property
    def sums(self) -> int:
        """As the event loop's totals: x, x^2 by time and by event for every mode, and two of the ages."""
        return self.x + self.modes

    @property
    def arrival(self) -> int:
        """When each worker's gradient arrives."""
        return self.sums + 4 * self.modes + 2

    @property
    def cycle(self) -> int:
        """How long its cycle is."""
        return self.arrival + self.workers

    @property
    def pulled(self) -> int:
        """Which version it holds, as integers."""
        return self.cycle + self.workers

    @property
    def read(self) -> int:
        """The parameter it holds, mode after mode."""
        return self.pulled + self.workers

    @property
    def count(self) -> int:
        """Of all rows."""
        return self.read + self.workers * self.modes


def lane_source(rows: Rows, noisy: tuple[bool, ...], draw: tuple[str, ...], parameters: int) -> str:
    """The module with the function ``run``: updates ``begin`` to ``end`` of some groups.

    ``draw`` are the C statements of one ``duration``, which takes ``parameters`` numbers.
    """
    normals = [f"block[b][g].z{mode} = normals(stream);" for mode, one in enumerate(noisy) if one]
    fields = "".join(f" z{mode}," for mode, one in enumerate(noisy) if one)
    numbers = [
        *(f"h{mode} = number[{mode}]" for mode in range(rows.modes)),
        *(f"s{mode} = number[{rows.modes + mode}]" for mode in range(rows.modes)),
        *(f"p{k} = number[{2 * rows.modes + k}]" for k in range(parameters)),
    ]
    lines = {
        "draw": [*normals, *draw, "block[b][g].duration = duration;"],
        "select": _select(rows.workers),
        "update": [line for mode, one in enumerate(noisy) for line in _update(rows, mode, one)],
        "pull": [f"DOUBLES({rows.read + k * rows.workers}) = DOUBLE(x{k});" for k in range(rows.modes)],
    }
    names = ("time", "lowest", "furthest", "strange", "origin", "arrival", "cycle", "pulled")
    return streams_source() + Template(_RUN).substitute(
        {name: ("\n" + " " * 6).join(text) for name, text in lines.items()},
        **{name: getattr(rows, name) for name in names},
        ages=rows.sums + 4 * rows.modes,
        rows=rows.count,
        fields=f"{fields} duration",
        numbers=", ".join(numbers),
        together=BLOCK,
        groups=GROUPS,
    )


def _select(workers: int) -> list[str]:
    """The least arrival by a tournament; of equal ones the lowest index, because it is asked last."""
    lines, field = [f"const V a{i} = arrival[{i}];" for i in range(workers)], [f"a{i}" for i in range(workers)]
    while len(field) > 1:
        half = (len(field) + 1) // 2
        winners = [f"w{len(lines)}_{i}" for i in range(len(field) - half)]
        lines += [f"const V {winner} = lower({field[i]}, {field[i + half]});" for i, winner in enumerate(winners)]
        field = [*winners, *field[len(winners) : half]]
    lines += [f"const V soonest = {field[0]};", "I index = {0};"]
    return lines + [f"index = where_same(a{i}, soonest, (I){{0}} + {i}, index);" for i in range(workers - 1, -1, -1)]


def _update(rows: Rows, mode: int, noisy: bool) -> list[str]:
    x, first = rows.x + mode, rows.sums + mode
    sums = [f"row[{first + k * rows.modes}]" for k in range(4)]
    noise = f" + s{mode} * now->z{mode}" if noisy else ""
    return [
        f"V x{mode} = row[{x}];",
        f"{sums[0]} += x{mode} * interval; {sums[1]} += x{mode} * x{mode} * interval;",
        f"x{mode} -= learning_rate * (h{mode} * doubles_at(row + {rows.read + mode * rows.workers}, place){noise});",
        f"{sums[2]} += x{mode}; {sums[3]} += x{mode} * x{mode};",
        f"row[{x}] = x{mode}; furthest = lower((V)((U)x{mode} | SIGN), furthest);",
    ]


_RUN = r"""
#define DOUBLES(first) ((one_double *)(row + (first)))[at]
#define INTEGERS(first) ((one_integer *)(row + (first)))[at]
void run(int64_t groups, int64_t begin, int64_t end, double learning_rate, const double *number, const double *table,
         V *state, int64_t *histogram, int64_t length) {
  struct { V $fields; } block[$together][$groups];
  const double $numbers;
  const I lanes = {0, 1, 2, 3, 4, 5, 6, 7};
  for (int64_t first = begin; first < end; first += $together) {
    const int count = end - first < $together ? (int)(end - first) : $together;
    for (int b = 0; b < count; b++) for (int g = 0; g < groups; g++) {
      Stream *const stream = (Stream *)(state + g * $rows);
      $draw
    }
    for (int b = 0; b < count; b++) for (int g = 0; g < groups; g++) {
      V *const row = state + g * $rows, *const arrival = row + $arrival;
      const typeof(block[0][0]) *const now = &block[b][g];
      const int64_t version = first + b;
      $select
      const I place = index * LANES + lanes;
      const V interval = soonest - row[$time], age = doubles_at(row + $cycle, place) - row[$origin];
      const I staleness = version - integers_at(row + $pulled, place);
      V furthest = row[$furthest];
      row[$time] = soonest; row[$lowest] = lower(interval, row[$lowest]); row[$strange] += now->duration * 0.0;
      row[$ages] += age; row[$ages + 1] += age * age;
      $update
      row[$furthest] = furthest;
      const V next = soonest + now->duration;
      EACH {
        const int64_t at = INTEGER(place);
        DOUBLES($arrival) = DOUBLE(next); DOUBLES($cycle) = DOUBLE(now->duration); INTEGERS($pulled) = version + 1;
        $pull
        histogram[(g * LANES + lane) * length + INTEGER(staleness)]++;
      }
    }
  }
}
"""

"""Stage: export. Input: one row a quantity and replica. Output: the bytes of a file: CSV, JSON, Parquet or netCDF."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Rows = Sequence[tuple[Any, ...]]
COLUMNS = ("address", "title", "case", "quantity", "mode", "average", "replica", "value")


def to_csv(rows: Rows) -> bytes:
    """Comma-separated values with a header; a double has as many digits as name it alone.

    Example: ``to_csv([]) == b"address,title,case,quantity,mode,average,replica,value\\n"``.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows])
    return text.getvalue().encode()


def to_json(rows: Rows) -> bytes:
    """One JSON object: a list of objects under "rows".

    Example: ``to_json([]) == b'{"rows": []}\\n'``.
    """
    return (json.dumps({"rows": [dict(zip(COLUMNS, row, strict=True)) for row in rows]}) + "\n").encode()


def to_parquet(rows: Rows) -> bytes:
    """A Parquet file with the same columns. Raises ``ModuleNotFoundError`` without the extra ``parquet``."""
    import pyarrow
    from pyarrow import parquet

    kinds = dict.fromkeys(COLUMNS, pyarrow.string()) | {"mode": pyarrow.int64(), "replica": pyarrow.int64()}
    kinds["value"] = pyarrow.float64()
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    data = [pyarrow.array(list(column), kinds[name]) for name, column in zip(COLUMNS, columns, strict=True)]
    sink = io.BytesIO()
    parquet.write_table(pyarrow.table(data, names=list(COLUMNS)), sink)
    return sink.getvalue()


def to_netcdf(rows: Rows) -> bytes:
    """A netCDF file: one variable a quantity over (run, replica), NaN where a run has fewer.

    Raises ``ModuleNotFoundError`` without the extra ``xarray``.
    """
    import numpy as np
    import xarray

    runs = list(dict.fromkeys(row[:3] for row in rows))
    replicas = 1 + max((row[6] for row in rows), default=-1)
    data: dict[str, Any] = {}
    for address, title, case, quantity, mode, average, replica, value in rows:
        name = "_".join(str(part) for part in (quantity, mode, average) if part is not None)
        table = data.setdefault(name, np.full((len(runs), replicas), np.nan))
        table[runs.index((address, title, case)), replica] = value
    names = {label: ("run", [run[k] for run in runs]) for k, label in enumerate(COLUMNS[:3])}
    dataset = xarray.Dataset(
        {name: (("run", "replica"), table) for name, table in data.items()}, coords=names | {"replica": range(replicas)}
    )
    return bytes(dataset.to_netcdf(engine="scipy"))


WRITERS: Mapping[str, Callable[[Rows], bytes]] = {
    "csv": to_csv,
    "json": to_json,
    "parquet": to_parquet,
    "netcdf": to_netcdf,
}

"""Exports: every format says the same rows, every bit of a value."""

from __future__ import annotations

import csv
import io
import json
import math

import pytest

from verify.commands.exports import COLUMNS, WRITERS, to_csv, to_json, to_netcdf, to_parquet

ROWS = [
    ("a1", "study", "one, two", "arrival_rate", None, None, 0, 0.1 + 0.2),
    ("a1", "study", "one, two", "arrival_rate", None, None, 1, 1e-300),
    ("b2", "study", 'quoted "three"', "stationary_variance", 1, "event", 0, 5.0),
]


def test_csv_says_every_bit() -> None:
    header, *lines = csv.reader(io.StringIO(to_csv(ROWS).decode()))
    assert tuple(header) == COLUMNS
    assert [(*line[:4], float(line[7])) for line in lines] == [(*row[:4], row[7]) for row in ROWS]


def test_json_says_every_bit() -> None:
    rows = json.loads(to_json(ROWS))["rows"]
    assert [tuple(row.values()) for row in rows] == ROWS


def test_parquet_says_every_bit() -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra parquet is not installed")
    table = parquet.read_table(io.BytesIO(to_parquet(ROWS)))
    assert [tuple(row.values()) for row in table.to_pylist()] == ROWS
    assert parquet.read_table(io.BytesIO(to_parquet([]))).num_rows == 0


def test_netcdf_has_a_variable_a_quantity() -> None:
    xarray = pytest.importorskip("xarray", reason="the extra xarray is not installed")
    found = xarray.load_dataset(io.BytesIO(to_netcdf(ROWS)))
    assert found.sizes == {"run": 2, "replica": 2}
    assert found["arrival_rate"].values[0].tolist() == [0.1 + 0.2, 1e-300]
    assert math.isnan(found["stationary_variance_1_event"].values[0, 0])
    assert found["stationary_variance_1_event"].values[1, 0] == 5.0
    assert found["case"].values.tolist() == ["one, two", 'quoted "three"']


def test_every_format_of_the_command_line_has_a_writer() -> None:
    assert set(WRITERS) == {"csv", "json", "parquet", "netcdf"}

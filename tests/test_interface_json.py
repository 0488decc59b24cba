"""JSON as users, scripts and tests may rely on it: names, kinds of number, nothing that is no JSON.

Longer than 250 lines: the names and numbers of every command's JSON, read by one strict reader.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NoReturn

import pytest
import sympy as sp
from jsonschema import Draft202012Validator

import staleproof
from tests.verify.interpreted import interpreted_loops
from verify.verdict_json import number_from_text, value_from_json, verdict_from_json

STUDY = """
[workers]
count = 4
compute = { law = "constant", value = 1 }
[optimizer]
learning_rate = 0.1
[objective]
curvature = [1, 2]
[run]
replicas = 8
updates = 4000
"""
KINDS = {
    "exact": {"kind", "value", "latex"},
    "enclosure": {"kind", "mid", "radius"},
    "estimate": {"kind", "mean", "standard_error", "replicas"},
}
CANONICAL = {
    *(
        "arrival_rate",
        "applied_fraction",
        "time_per_update",
        "staleness_mean",
        "staleness_variance",
        "delay_mean",
        "delay_variance",
    ),
    *(
        "damping_coefficient",
        "critical_damping",
        "stability_limit",
        "mean_square_limit",
        "spectral_abscissa",
        "spectral_radius",
        "decay_rate",
        "unstable_count",
    ),
    *("stationary_variance", "stationary_covariance", "training_time", "excess_risk"),
}
BEYOND = {
    "noise_intensity",
    "fastest_workers",
    "stationary_mean",
    "first_passage_share",
    "first_passage_time",
}  # names that the list has not yet


SCHEMA = json.loads((Path(__file__).parents[1] / "verify" / "results.schema.json").read_text(encoding="utf-8"))
RESULTS = {"derive": "derived", "roots": "roots", "simulate": "simulation", "report": "report", "chart": "chart"}


def no_constant(text: str) -> NoReturn:
    raise AssertionError(f"{text} is no JSON")


def strict(text: str) -> Any:
    return json.loads(text, parse_constant=no_constant)


def violations(kind: str, result: Any) -> list[str]:
    """What keeps a result from being of a kind of the published schema."""
    part = {"$ref": f"#/$defs/{kind}", "$defs": SCHEMA["$defs"]}
    return [f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(part).iter_errors(result)]


def printed(*arguments: str) -> Any:
    """What a command writes with --json, whatever its exit code."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        staleproof.main([*arguments, "--json", "--quiet"])
    return strict(out.getvalue())


def output(folder: Path, text: str, command: str, *arguments: str) -> Any:
    (folder / "study.toml").write_text(text)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        assert staleproof.main([command, str(folder / "study.toml"), "--json", "--quiet", *arguments]) in (0, 3)
    assert err.getvalue() == ""
    assert out.getvalue().count("\n") == 1
    found = strict(out.getvalue())
    assert violations(RESULTS[command], found) == []
    return found


def numbers(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of a known kind of number, wherever it stands."""
    if isinstance(tree, dict):
        if "kind" in tree:
            yield tree
        for item in tree.values():
            yield from numbers(item)
    elif isinstance(tree, list):
        for item in tree:
            yield from numbers(item)


def assert_numbers(tree: Any) -> None:
    """Each has the keys of its kind, decimal strings where doubles would lose digits, and can be read back."""
    found = list(numbers(tree))
    assert found
    for number in found:
        assert set(number) == KINDS[number["kind"]]
        if number["kind"] == "estimate":
            assert number["standard_error"] >= 0
            assert number["replicas"] >= 2
        else:
            assert all(isinstance(text, str) for text in number.values())
        assert value_from_json(number).to_json() == number


@pytest.fixture(scope="module")
def derived(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return output(tmp_path_factory.mktemp("derive"), STUDY, "derive")


def test_derive_gives_every_closed_form_with_its_conditions(derived: Any) -> None:
    assert set(derived) == {"results", "derivation"}
    assert_numbers(derived)
    for name, entries in derived["results"].items():
        assert name in CANONICAL | BEYOND or "." in name, name
        assert {entry["mode"] for entry in entries} == {0, 1}
        for entry in entries:
            assert set(entry) >= {"mode", "expression", "latex", "value", "conditions", "claim"}
            assert entry["conditions"]
            assert "=" in entry["expression"]


def test_derive_puts_the_numbers_of_each_mode_in(derived: Any) -> None:
    damping = [number_from_text(entry["value"]["value"]) for entry in derived["results"]["damping_coefficient"]]
    assert damping == [4 * sp.Rational(0.1), 8 * sp.Rational(0.1)]


def test_derive_numbers_its_steps_and_says_how_each_was_checked(derived: Any) -> None:
    by_title: dict[str, list[int]] = {}
    for step in derived["derivation"]:
        assert set(step) >= {"step", "assumes", "rule", "equation", "checked_by"}
        assert step["checked_by"] in ("symbolic", "enclosure")
        by_title.setdefault(step["derivation"], []).append(step["step"])
    assert all(steps == list(range(1, len(steps) + 1)) for steps in by_title.values())
    assert len(by_title) >= 10


def test_roots_of_one_equation(tmp_path: Path) -> None:
    equation = '[equation]\ndamping = 1\ndelay = { law = "constant", value = 1 }\n'
    found = output(tmp_path, equation, "roots", "--count", "3")
    keys = {"roots", "spectral_abscissa", "unstable_count", "certified", "proof", "reason"}
    assert set(found) == keys
    assert_numbers(found)
    assert set(found["proof"]) >= {"region", "winding_numbers", "precision_bits"}
    assert (found["certified"], found["unstable_count"], found["reason"]) == (True, 0, None)
    for root in found["roots"]:
        assert set(root) == {"re", "im", "radius", "multiplicity"}
        assert float(root["radius"]) < 1e-15
        assert float(root["im"]) >= 0  # of a pair the upper one
    parts = [float(root["re"]) for root in found["roots"]]
    assert len(parts) == 2  # a pair counts twice
    assert parts == sorted(parts, reverse=True)


def test_roots_of_an_update_equation_have_a_radius(tmp_path: Path) -> None:
    found = output(tmp_path, '[equation]\nstep = 3\nstaleness = { law = "constant", value = 1 }\n', "roots")
    assert "spectral_abscissa" not in found
    assert float(found["spectral_radius"]["mid"]) == pytest.approx(3**0.5)
    assert found["unstable_count"] == 2


def test_no_root_right_of_the_line_is_a_proven_answer(tmp_path: Path) -> None:
    equation = '[equation]\ndamping = 1\ndelay = { law = "exponential", mean = 1 }\n'
    found = output(tmp_path, equation, "roots", "--right-of", "5")
    assert (found["roots"], found["certified"], found["unstable_count"]) == ([], True, 0)
    assert found["proof"]["winding_numbers"]


def test_simulate_gives_canonical_quantities(tmp_path: Path) -> None:
    found = output(tmp_path, STUDY, "simulate")
    assert set(found) >= {"quantities", "staleness_histogram", "unstable", "updates_per_second", "provenance"}
    assert_numbers(found["quantities"])
    assert set(found["quantities"]) <= CANONICAL | BEYOND
    variances = [(one["mode"], one["rung"], one["average"]) for one in found["quantities"]["stationary_variance"]]
    assert sorted(variances) == [(m, "R0", a) for m in (0, 1) for a in ("event", "time")]
    assert sum(found["staleness_histogram"]) > 0
    assert found["provenance"]["seed"] == 1


def test_simulate_measures_more_on_request(tmp_path: Path) -> None:
    study = STUDY.replace("updates = 4000", "updates = 800\ninitial = 5").replace("constant", "exponential")
    asked = ("--lags", "0,3", "--levels", "1,1e-300", "--delay-bin", "0.5", "--decay-rate")
    with interpreted_loops():
        found = output(tmp_path, study.replace("value = 1", "mean = 1"), "simulate", *asked)["quantities"]
    assert set(found) <= CANONICAL | BEYOND
    assert_numbers(found)
    assert [(one["lag"], one["mode"]) for one in found["stationary_covariance"]] == [(0, 0), (0, 1), (3, 0), (3, 1)]
    assert [one["mode"] for one in found["decay_rate"]] == [0, 1]
    assert [(one["level"], one["value"]["mean"]) for one in found["first_passage_share"]] == [(1, 1), (1e-300, 0)]
    assert [one["level"] for one in found["first_passage_time"]] == [1]


def test_a_diverging_simulation_is_valid_json(tmp_path: Path) -> None:
    found = output(tmp_path, STUDY.replace("0.1", "3"), "simulate")
    assert found["unstable"] is True
    assert "stationary_variance" not in found["quantities"]
    assert_numbers(found["quantities"])


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    from verify import reporting
    from verify.commands import reports
    from verify.second_routes import running as proofs
    from verify.second_routes.ahead import identity
    from verify.telling import writing

    monkeypatch.setattr(reporting, "identities", lambda claims, *how: proofs.identities(claims[:1], *how))
    monkeypatch.setattr(reporting, "steps_proven", lambda chosen: {})
    monkeypatch.setattr(reports, "proving_ahead", lambda claims: nullcontext(identity))
    monkeypatch.setattr(reporting, "drawn", lambda observed: ((), ()))
    monkeypatch.setattr(writing, "write_paper", lambda report, folder: {})


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("rate", [pytest.param("0.1", marks=pytest.mark.slow), "3"])
def test_report_json_holds_verdicts_that_can_be_read_back(tmp_path: Path, rate: str) -> None:
    study = STUDY.replace("0.1", rate).replace("[1, 2]", "[1]")
    found = output(tmp_path, study, "report", "--out", str(tmp_path / "out"))
    assert set(found) >= {"schema", "study", "verdicts", "provenance"}
    judged = ("predicted", "observed", "evidence", "outcome", "smallest_bias_noticed", "negative_control")
    keys = ("claim", "relation", *judged)
    for verdict in found["verdicts"]:
        assert set(verdict) >= set(keys)
        assert verdict_from_json(verdict).to_json() == verdict
    assert {verdict["evidence"] for verdict in found["verdicts"]} >= {"symbolic identity", "Monte Carlo"}
    assert_numbers(found["verdicts"])
    assert found["study"]["workers"]["count"] == "4"
    assert strict((tmp_path / "out" / "study" / "report.json").read_text(encoding="utf-8")) == found


def test_claims_have_permanent_lower_case_ids_and_their_evidence() -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert staleproof.main(["claims", "--json"]) == 0
    claims = strict(out.getvalue())["claims"]
    kinds = {"symbolic identity", "certified agreement", "exact finite M", "Monte Carlo"}
    for claim in claims:
        assert claim["claim"] == claim["claim"].lower()
        assert claim["claim"].count(".") in (1, 2)
        assert claim["evidence"]
        assert set(claim["evidence"]) <= kinds
    assert set().union(*(claim["evidence"] for claim in claims)) == kinds


def test_every_other_command_keeps_the_schema_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(
        "import random\n\ndef rate(workers, mean_delay):\n    return workers / mean_delay\n"
    )
    (tmp_path / "mine.py").open("a").write(
        "\ndef stale(seed, replicas, workers):\n    r = random.Random(seed)\n"
        "    return [r.gauss(workers - 1, 0.1) for _ in range(replicas)]\n"
    )
    check = ("check", "mine:rate", "--claim", "arrivals.rate.any-law", "--examples", "2")
    assert violations("implementation_check", printed(*check)) == []
    sampled = printed("check", "mine:stale", "--claim", "staleness.mean.any-law", "--simulator")
    assert violations("simulator_check", sampled) == []
    assert violations("ledger", printed("claims")) == []
    explained = printed("claims", "threshold.applied-fraction.any-law.gamma")
    assert violations("explained_claim", explained) == []
    (tmp_path / "a.json").write_text(json.dumps(explained))
    (tmp_path / "b.json").write_text(json.dumps(printed("claims", "staleness.mean.any-law")))
    assert violations("comparison", printed("compare", "a.json", "b.json")) == []
    (tmp_path / "swept.toml").write_text(STUDY.replace("count = 4\n", "") + "[sweep]\nworkers.count = [2, 3]\n")
    swept = printed("roots", "swept.toml")
    assert violations("swept", swept) == []
    assert [error for case in swept["cases"] for error in violations("modes", {"modes": case["modes"]})] == []


def test_the_schema_is_one_and_notices_what_does_not_keep_it() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert {part["$ref"].rpartition("/")[2] for part in SCHEMA["anyOf"]} <= set(SCHEMA["$defs"])
    good = {"kind": "estimate", "mean": 1.0, "standard_error": 0.1, "replicas": 8}
    assert violations("number", good) == []
    for wrong in ({**good, "replicas": 1}, {**good, "more": 0}, {"kind": "enclosure", "mid": 1.0, "radius": "0"}, 1.0):
        assert violations("number", wrong)


def test_the_strict_reader_notices_what_is_no_json() -> None:
    with pytest.raises(AssertionError, match="NaN"):
        strict('{"mean": NaN}')
    with pytest.raises(AssertionError):
        assert_numbers({"value": {"kind": "estimate", "mean": 1.0}})


def test_a_chart_is_of_the_published_schema(tmp_path: Path) -> None:
    chart = """[chart]
x = { parameter = "optimizer.learning_rate", low = 0.01, high = 0.4 }
y = { parameter = "workers.compute.value", low = 0.5, high = 2 }
"""
    found = output(tmp_path, STUDY + chart, "chart", "--undecided", "0.2")
    assert violations("chart", found) == []
    assert found["mean_square"]["rung"] == "R1"
    assert violations("chart", {**found, "mean": None}) != []

"""What the commands give: derivations, reports and the ledger, their files and exit codes.

Longer than 250 lines: what every command gives, on the same fixture of a whole report.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

import staleproof
from verify.statistics.replicas import RepeatedReplicaError

SYSTEM = """
[workers]
count = 4
compute = { law = "exponential", mean = 1 }
[optimizer]
learning_rate = 0.1
[objective]
curvature = [1]
[run]
replicas = 64
updates = 100_000
"""
EQUATION = '[equation]\ndamping = "1/4"\ndelay = { law = "exponential", mean = 1 }\n'
SWEEP = SYSTEM.replace('compute = { law = "exponential", mean = 1 }', "") + (
    '[sweep]\nworkers.compute = [{ law = "constant", value = 1 }, { law = "exponential", mean = 1 }]\n'
)
DIVERGING = SYSTEM.replace("0.1", "3").replace('"exponential", mean', '"constant", value')


@dataclass(frozen=True)
class Told:
    """What a command wrote and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on standard output."""
        (line,) = self.out.splitlines()
        found: dict[str, Any] = json.loads(line)
        return found


def run(*arguments: str) -> Told:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = staleproof.main(arguments)
    return Told(code, out.getvalue(), err.getvalue())


def written(folder: Path, text: str, name: str = "study.toml") -> str:
    (folder / name).write_text(text)
    return str(folder / name)


@dataclass(frozen=True)
class Whole:
    """One whole report."""

    told: Told
    folder: Path

    @property
    def json(self) -> dict[str, Any]:
        return self.told.json


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """But for most proofs: other tests check every step of every claim, and every second route."""
    from verify import reporting
    from verify.commands import reports
    from verify.ledger.evidence import proof_checks
    from verify.second_routes import running as proofs
    from verify.second_routes.ahead import identity

    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reporting, "identities", lambda claims, *how: proofs.identities(claims[:8], *how))
        patch.setattr(reporting, "steps_proven", lambda chosen: {})
        patch.setattr(reports, "proving_ahead", lambda claims: nullcontext(identity))
        patch.setattr(proofs, "proof_checks", lambda is_about: proof_checks(is_about)[::4])
        told = run("report", written(folder, SYSTEM), "--json", "--out", str(folder / "out"))
    return Whole(told, folder / "out" / "study")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports without the proofs, figures and TeX that other tests cover."""
    from verify import reporting
    from verify.commands import reports
    from verify.second_routes import running as proofs
    from verify.second_routes.ahead import identity
    from verify.telling import writing

    monkeypatch.setattr(reporting, "identities", lambda claims, *how: proofs.identities(claims[:1], *how))
    monkeypatch.setattr(reporting, "agreements", lambda mode, case: iter(()))
    monkeypatch.setattr(reporting, "steps_proven", lambda chosen: {})
    monkeypatch.setattr(reports, "proving_ahead", lambda claims: nullcontext(identity))
    monkeypatch.setattr(reporting, "drawn", lambda observed: ((), ()))
    monkeypatch.setattr(writing, "write_paper", lambda report, folder: {})


def report(folder: Path, text: str, *arguments: str) -> Told:
    return run("report", written(folder, text), "--out", str(folder / "out"), *arguments)


def outcomes(told: Told) -> set[str]:
    return {verdict["outcome"] for verdict in told.json["verdicts"]}


def test_a_report_of_right_claims_passes(whole: Whole) -> None:
    assert {(v["claim"], v["outcome"]) for v in whole.json["verdicts"] if v["outcome"] != "pass"} == set()
    assert whole.told.code == 0
    assert whole.json["passed"] is True


def test_a_report_tries_every_kind_of_evidence_with_a_control(whole: Whole) -> None:
    verdicts = whole.json["verdicts"]
    assert {v["evidence"] for v in verdicts} == {
        "symbolic identity",
        "certified agreement",
        "exact finite M",
        "Monte Carlo",
    }
    assert all("failed as it must" in v["negative_control"] for v in verdicts)
    assert all(v["smallest_bias_noticed"] <= 0.05 for v in verdicts if v["evidence"] == "Monte Carlo")


def test_a_report_says_its_progress_on_standard_error(whole: Whole) -> None:
    lines = whole.told.err.splitlines()
    assert lines[0] == "proving study ..."
    assert any(line.startswith("simulating study") for line in lines)


def test_what_a_report_prints_is_what_it_writes(whole: Whole) -> None:
    assert json.loads((whole.folder / "report.json").read_text(encoding="utf-8")) == whole.json


def test_a_report_writes_its_page_and_what_a_paper_needs(whole: Whole) -> None:
    files = {str(path.relative_to(whole.folder)) for path in whole.folder.rglob("*") if path.is_file()}
    assert files >= {"report.json", "report.html", "derivation.tex", "refs.bib", "tables/claims.tex"}
    assert "equations/FiniteWorkersSecondMomentExponential.tex" in files
    figures = {Path(name).suffix for name in files if name.startswith("figures/")}
    assert figures == {".pdf", ".pgf", ".csv"}


def test_every_judged_claim_stands_in_the_ledger(whole: Whole) -> None:
    known = {claim["claim"] for claim in run("claims", "--json").json["claims"]}
    assert {verdict["claim"] for verdict in whole.json["verdicts"]} <= known


@pytest.mark.usefixtures("quick")
@pytest.mark.usefixtures("quick")
def test_a_wrong_prediction_exits_with_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from numeric.values import Exact
    from verify.predicting.predictions import ModePredictions

    right = ModePredictions.number

    def one_too_stale(self: ModePredictions, claim: Any) -> Any:
        found = right(self, claim)
        return Exact(found.expression + 1) if claim.id == "staleness.mean.any-law" else found  # type: ignore[union-attr]

    monkeypatch.setattr(ModePredictions, "number", one_too_stale)
    told = report(tmp_path, SYSTEM, "--quiet")
    assert (told.code, told.err) == (1, "")
    assert told.out.startswith("study: FAIL (")
    assert "1 refuted" in told.out
    kept = json.loads((tmp_path / "out" / "study" / "report.json").read_text(encoding="utf-8"))
    assert [v["claim"] for v in kept["verdicts"] if v["outcome"] == "refuted"] == ["staleness.mean.any-law"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "amount", [pytest.param("replicas = 2\nupdates = 10", marks=pytest.mark.slow), "replicas = 2\nupdates = 100_000"]
)
def test_too_few_samples_are_inconclusive_and_exit_with_3(tmp_path: Path, amount: str) -> None:
    told = report(tmp_path, SYSTEM.partition("[run]")[0] + "[run]\n" + amount, "--json", "--quiet")
    assert told.code == 3
    assert outcomes(told) == {"pass", "inconclusive"}
    notes = [one["note"] for one in told.json["verdicts"] if one["outcome"] == "inconclusive"]
    assert [
        note for note in notes if not re.search(r"more replicas, about \d+|no number of replicas would do", note)
    ] == []
    assert any(int(found[1]) > 2 for note in notes if (found := re.search(r"about (\d+)", note)))


@pytest.mark.usefixtures("quick")
def test_replicas_that_are_one_are_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def repeated(*_: object) -> None:
        raise RepeatedReplicaError("replicas 1 and 3 agree to the last bit: they share a random stream")

    monkeypatch.setattr("verify.sampling.judging.refuse_repeats", repeated)
    study = tmp_path / "study.toml"
    study.write_text(
        '[workers]\ncount = 4\ncompute = { law = "constant", value = 1 }\n[optimizer]\nlearning_rate = 0.1\n'
        "[objective]\ncurvature = [1]\n[run]\nreplicas = 2\nupdates = 1000\n"
    )
    assert staleproof.main(["report", str(study), "--out", str(tmp_path), "--quiet"]) == 4
    assert capsys.readouterr().err.splitlines()[-1].startswith("staleproof: nothing is certain here: replicas 1 and 3")


@pytest.mark.usefixtures("quick")
def test_a_spectrum_without_proof_is_unproven_and_exits_with_4(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from numeric.roots.characteristic import Spectrum
    from verify import reporting
    from verify.predicting import predictions
    from verify.second_routes.roots import root_agreement

    monkeypatch.setattr(reporting, "agreements", root_agreement)

    unproven = Spectrum((), None, None, None, "the budget is spent")
    monkeypatch.setattr(predictions, "spectrum", lambda equation: unproven)
    told = report(tmp_path, SYSTEM, "--json", "--quiet")
    assert told.code == 4
    assert "unproven" in outcomes(told)
    assert "refuted" not in outcomes(told)


@pytest.mark.usefixtures("quick")
def test_predicted_divergence_passes_and_is_said(tmp_path: Path) -> None:
    told = report(tmp_path, DIVERGING, "--json", "--quiet")
    assert (told.code, outcomes(told)) == (0, {"pass"})
    assert any("unstable" in finding and "diverged" in finding for finding in told.json["findings"])
    roots = run("roots", written(tmp_path, DIVERGING), "--json")
    assert (roots.code, roots.json["certified"], roots.json["unstable_count"]) == (0, True, 4)
    assert "unstable roots: 4" in run("roots", written(tmp_path, DIVERGING)).out


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "law",
    [
        pytest.param('"exponential", mean = 1', marks=pytest.mark.slow),
        '"constant", value = 1',
        pytest.param('"gamma", shape = 4, mean = 1', marks=pytest.mark.slow),
    ],
)
def test_a_saddle_is_unstable_and_no_error(tmp_path: Path, law: str) -> None:
    study = SYSTEM.replace('"exponential", mean = 1', law).replace("[1]", "[-1]")
    told = report(tmp_path, study, "--json", "--quiet")
    assert (told.code, outcomes(told)) == (0, {"pass"})
    assert run("derive", written(tmp_path, study), "--json").code == 0


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_several_modes_of_constant_cycles_pass(tmp_path: Path) -> None:
    study = SYSTEM.replace('"exponential", mean', '"constant", value').replace("[1]", "[1, 2]")
    assert "refuted" not in outcomes(report(tmp_path, study, "--json", "--quiet"))


def test_a_flat_mode_has_closed_forms_without_numbers(tmp_path: Path) -> None:
    assert run("derive", written(tmp_path, SYSTEM.replace("[1]", "[0]")), "--json").code == 0


def test_gamma_cycles_more_spread_than_exponential_ones_have_second_routes() -> None:
    from types import SimpleNamespace

    from derive.laws import Gamma
    from derive.models.linear import linear_model
    from derive.schemes import Asynchronous
    from verify.second_routes.roots import decay_bound

    model = linear_model(Gamma("1/2", 1), Asynchronous(4), learning_rate="1/20", curvature=1)
    mode = SimpleNamespace(model=model)
    assert {verdict.outcome for verdict in decay_bound(mode, "")} == {"pass"}  # type: ignore[arg-type]


def test_derive_tells_people_each_condition_once(tmp_path: Path) -> None:
    told = run("derive", written(tmp_path, SYSTEM))
    assert (told.code, told.err) == (0, "")
    lines = told.out.splitlines()
    assert "arrival_rate (mode 0, rung R0) = 4" in lines
    assert "  Λ = M/θ" in lines
    assert sum("Poisson process" in line for line in lines) == 1
    assert [line for line in lines if len(line) >= 80 and " = " not in line] == []


def test_derive_writes_equations_and_the_derivation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from verify.telling import writing

    monkeypatch.setattr(writing, "write_paper", lambda report, folder: {})
    told = run("derive", written(tmp_path, SYSTEM), "--latex", str(tmp_path / "tex"), "--json")
    assert (told.code, told.err) == (0, "")
    assert told.json["results"]
    equation = (tmp_path / "tex" / "equations" / "StalenessMeanAnyLaw.tex").read_text(encoding="utf-8")
    assert r"\newcommand{\StalenessMeanAnyLaw}{\ensuremath{\overline{K} = M - 1}}" in equation
    assert "checked symbolically by a second route" in (tmp_path / "tex" / "derivation.tex").read_text(encoding="utf-8")


NOTATION = '[notation]\nlearning_rate = "alpha"\nmean_delay = "tau_c"\ncurvature = "c_h"\ndamping_coefficient = "x"\n'


def test_other_letters_are_in_every_output_and_change_no_hash(tmp_path: Path) -> None:
    plain = run("derive", written(tmp_path, SYSTEM), "--json").json["results"]
    study = written(tmp_path, SYSTEM + NOTATION.replace('"x"', '"b"'), "other.toml")
    told = run("derive", study, "--json", "--latex", str(tmp_path / "out"))
    (one,), (other,) = plain["damping_coefficient"], told.json["results"]["damping_coefficient"]
    assert (one["latex"], one["text"]) == (r"a = \frac{\eta h M}{\theta}", "a = η h M/θ")
    assert (other["latex"], other["text"]) == (r"b = \frac{\alpha c_{h} M}{\tau_{c}}", "b = α c_h M/τ_c")
    assert one["hash"] == other["hash"]
    assert {"mathml", "srepr"} <= set(other)
    assert "α" in other["mathml"]
    for name in ("derivation.tex", "equations/DampingCoefficientAsynchronous.tex"):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert "\\eta" not in text
        assert "\\alpha" in text
    assert "α c_h M/τ_c" in run("derive", study).out


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (NOTATION, "notation.damping_coefficient = 'x': this letter means the mode's parameter; allowed: a letter"),
        ('[notation]\neta = "alpha"\n', "notation.eta = 'alpha': no quantity of the notation; allowed: learning_rate"),
        ('[notation]\nworkers = ["n"]\n', "notation.workers = ['n']: not a letter that can be printed; allowed: a l"),
        ("[sweep]\nnotation.workers = [1]\n", "sweep.notation = { workers = [1] }: cannot be swept; allowed: [no"),
    ],
)
def test_a_letter_that_cannot_be_is_refused_in_one_line(tmp_path: Path, table: str, told: str) -> None:
    refused = run("derive", written(tmp_path, SYSTEM + table))
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert told in refused.err


def test_source_code_is_printed_alone_or_stands_in_the_json(tmp_path: Path) -> None:
    study = written(tmp_path, SYSTEM)
    told = run("derive", study, "--code", "C")
    assert (told.code, told.err) == (0, "")
    assert "double arrivals_rate_any_law(double workers, double mean_delay)" in told.out
    assert told.out.startswith("// Closed forms")
    code = run("derive", study, "--code", "c", "--json").json["code"]
    assert (code["text"], code["file"], code["language"]) == (told.out, "closed_forms.c", "c")
    hashes = {function["hash"] for function in code["functions"]}
    results = run("derive", study, "--json").json["results"]
    assert hashes <= {entry["hash"] for entries in results.values() for entry in entries}
    refused = run("derive", study, "--code", "cobol")
    assert refused.code == 2
    assert "--code = 'cobol': unknown language; allowed: python, c, fortran" in refused.err


@pytest.mark.parametrize("command", ["derive", "roots", "simulate"])
def test_a_sweep_has_one_object_a_case(tmp_path: Path, command: str) -> None:
    told = run(command, written(tmp_path, SWEEP.replace("100_000", "2000")), "--json", "--quiet")
    assert (told.code, told.err) == (0, "")
    assert [case["case"] for case in told.json["cases"]] == ["constant", "exponential"]


def test_an_equation_has_nothing_to_report(tmp_path: Path) -> None:
    told = run("report", written(tmp_path, EQUATION))
    assert (told.code, told.out) == (2, "")
    assert told.err.count("\n") == 1
    assert "no workers" in told.err


def test_an_equation_has_its_closed_roots(tmp_path: Path) -> None:
    study = written(tmp_path, EQUATION.replace('"1/4"', '"1/2"'))
    told = run("derive", study, "--json", "--latex", str(tmp_path / "tex"))
    (entry,) = told.json["results"]["delay.roots.exponential"]
    assert [(root["branch"], float(root["re"]), float(root["im"])) for root in entry["roots"]] == [
        (0, -0.5, 0.5),
        (1, -0.5, -0.5),
    ]
    assert "workers" not in " ".join(entry["conditions"])
    assert (tmp_path / "tex" / "equations" / "DelayRootsExponential.tex").exists()
    assert "branch 0: -0.5 + 0.5 i, proven" in run("derive", study).out
    assert "delay_roots_exponential_re" in run("derive", study, "--code", "rust").out


def test_the_ledger_marks_evidence() -> None:
    told = run("claims")
    assert (told.code, told.err) == (0, "")
    header, *lines = told.out.splitlines()
    assert header.split("  ")[0] == "claim"
    column = {leg: header.index(leg) for leg in ("symbolic", "certified", "finite M", "Monte Carlo")}
    (recursion,) = [line for line in lines if line.startswith("recursion.stationary-variance.fixed-staleness ")]
    assert [recursion[at] != " " for at in column.values()] == [True, False, True, True]
    (double,) = [line for line in lines if line.startswith("recursion.double-root.fixed-staleness ")]
    assert [double[at] != " " for at in column.values()] == [True, True, False, False]
    (joint,) = [line for line in lines if line.startswith("staleness.joint-transform.poisson ")]
    assert [joint[at] != " " for at in column.values()] == [True, True, False, True]
    claims = run("claims", "--json").json["claims"]
    assert len(claims) == len(lines) - 3
    keys = ("claim", "statement", "relation", "rung", "evidence", "power", "legs", "one_legged")
    assert {tuple(claim) for claim in claims} == {keys}


def test_one_claim_comes_with_a_stub_that_compiles() -> None:
    told = run("claims", "delay.stationary-variance.constant", "--json")
    assert told.code == 0
    assert set(told.json) >= {"claim", "statement", "conditions", "source", "evidence", "stub"}
    assert set(told.json["arguments"]) <= set(
        told.json["stub"].replace("(", " ").replace(")", " ").replace(",", " ").split()
    )
    compile(told.json["stub"], "stub", "exec")
    assert "stub:\n  def " in run("claims", "delay.stationary-variance.constant").out


@pytest.mark.parametrize(
    ("typed", "offered"), [("delay.roots.constnat", "delay.roots.constant"), ("bananas", "see staleproof claims")]
)
def test_an_unknown_claim_is_refused_with_the_nearest_ones_alone(typed: str, offered: str) -> None:
    told = run("claims", typed)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(f"staleproof: command line: ID = '{typed}': unknown claim; allowed: ")
    allowed = told.err.strip().partition("allowed: ")[2].split(", ")
    assert allowed[0] == offered
    assert len(allowed) <= 3


def test_a_label_that_the_output_cannot_write_is_escaped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    study = SYSTEM.replace('law = "exponential", mean = 1', 'law = "empirical", values = [1, 2]')
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii"))
    (tmp_path / "é.toml").write_text(study.replace("100_000", "2000"))
    assert staleproof.main(["roots", str(tmp_path / "é.toml")]) == 0
    assert staleproof.main(["claims", "delay.roots.constant"]) == 0
    assert b"claim:" in raw.getvalue()


def test_numbers_of_derive_are_those_of_the_formulas(tmp_path: Path) -> None:
    results = run("derive", written(tmp_path, SYSTEM), "--json").json["results"]
    exact = {entry["claim"]: entry["value"] for entries in results.values() for entry in entries if entry["value"]}
    # M = 4, e = 1/10 as a double: E x^2 = s2 (1 + M e)/(e (2 + e - M e^2))
    step = sp.Rational(0.1)
    moment = step**2 * (1 + 4 * step) / (step * (2 + step - 4 * step**2))
    assert sp.Rational(exact["finite-workers.second-moment.exponential"]["value"]) == moment
    assert exact["staleness.mean.any-law"]["value"] == "3"

# Written by docs/pages.py: names that load on first use, for type checkers.
from verify.agreement import judge_agreement as judge_agreement
from verify.certificates.checking import check_certificate as check_certificate
from verify.identities import check_derivation as check_derivation
from verify.implementations.checking import assert_implements as assert_implements
from verify.implementations.checking import check_implementation as check_implementation
from verify.implementations.law_checks import check_law as check_law
from verify.implementations.simulator_checks import check_simulator as check_simulator
from verify.predicting.predictions import ModePredictions as predict
from verify.reporting import report_study as report_study
from verify.sampling.simulating import simulate_study as simulate_study
from verify.statistics.gates import ErrorBudget as ErrorBudget
from verify.statistics.gates import judge_equal as judge_equal
from verify.statistics.gates import judge_equivalent as judge_equivalent
from verify.verdict import Verdict as Verdict

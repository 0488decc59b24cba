"""A root finder built on SciPy's Lambert W, checked against the claim: ``python examples/check_lambert_w.py``.

The roots of s + a exp(-s theta) are W_l(-a theta)/theta. SciPy is right nearly everywhere; next to the double root at
a theta = 1/e its lower branch is silently wrong in the fifth digit, and at the neighbouring double there is no number.
No random test meets a region 1e-9 wide. The check reads the branch point off the claim and walks up to it.
"""

from __future__ import annotations

from scipy.special import lambertw

from derive import CLAIMS
from numeric import kernel_of
from verify import check_implementation

CLAIM = "delay.roots.constant"


def roots(mean_delay, damping_coefficient, branch):
    return lambertw(-damping_coefficient * mean_delay, branch) / mean_delay


def main():
    scipy = check_implementation(roots, CLAIM, examples=20)
    print(f"SciPy: {scipy.outcome}; typical error {scipy.typical:.2g} ulps, yet it {scipy.reason}")
    for edge in scipy.edges:
        worst = max(error for error in edge.errors if error is not None)
        print(f"  {edge.label}: at worst {worst:.1g} ulps, {edge.errors.count(None)} points without a number")

    point = {"mean_delay": 1.0, "damping_coefficient": 0.36787944082882784, "branch": -1}
    print(f"  W_-1 at a theta = 0.36787944082882784: {roots(**point).real:.12f}, proven -1.000043159000")

    ours = check_implementation(kernel_of(CLAIMS[CLAIM]), CLAIM, examples=20)
    print(f"staleproof's kernel: {ours.outcome}; {ours.reason}")
    assert (scipy.outcome, ours.outcome) == ("refuted", "pass")


if __name__ == "__main__":
    main()

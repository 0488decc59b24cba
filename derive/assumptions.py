"""Stage: assumptions. Input: nothing. Output: every named hypothesis of the model, as a sentence."""

from __future__ import annotations

from derive.derivation import Assumption

DURATION = Assumption("duration", "cycle times are non-negative with a finite positive mean")
BUSY = Assumption("always-busy", "every worker starts its next cycle as soon as its gradient is applied")
INDEPENDENT = Assumption(
    "independent-cycles", "cycle times are independent, and independent of the parameter and the noise"
)
STATIONARY = Assumption("stationary-phases", "the workers' phases are independent and stationary")
POISSON = Assumption("poisson-arrivals", "the other workers' updates form a Poisson process (rung R1, many workers)")
QUADRATIC = Assumption(
    "quadratic-mode", "the objective is quadratic: a mode's gradient is curvature times parameter plus noise"
)
NOISE = Assumption("independent-noise", "gradient noise is independent from gradient to gradient, with zero mean")
SMALL_STEP = Assumption(
    "small-step", "learning rate times curvature is small, so that shots are seen as drift and diffusion (rung R2)"
)
STABLE = Assumption("stable", "every characteristic root lies left of the imaginary axis")
FIXED_STALENESS = Assumption("fixed-staleness", "every gradient has the same staleness K")
EXPONENTIAL = Assumption("exponential-cycles", "cycle times are exponential")
EXCHANGEABLE = Assumption("exchangeable", "the workers are alike, so that moments do not depend on their names")
EXPONENTIAL_DELAYS = Assumption("exponential-delays", "delays are exponential")
GAMMA = Assumption("gamma-delays", "delays follow a gamma law")
CONSTANT = Assumption("constant-delay", "every delay equals its mean")
STAGES = Assumption("erlang-stages", "a delay is the sum of n independent exponential stages")
NON_LATTICE = Assumption(
    "non-lattice", "cycle times are positive, of finite variance, and not all multiples of one number"
)
EXPONENTIAL_MOMENT = Assumption("exponential-moment", "the delay has a finite exponential moment")

ALL = frozenset(value for value in list(globals().values()) if isinstance(value, Assumption))

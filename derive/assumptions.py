"""Stage: assumptions. Input: nothing. Output: every named hypothesis of the model, as a sentence."""

from __future__ import annotations

from derive.derivation import Assumption

DURATION = Assumption("duration", "cycle times are non-negative with a finite positive mean")
BUSY = Assumption("always-busy", "every worker starts its next cycle as soon as its gradient has arrived")
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
POISSON_STALENESS = Assumption(
    "poisson-staleness", "the staleness of every update is drawn anew from one Poisson law, independent of all else"
)
DRAWN_STALENESS = Assumption(
    "drawn-staleness", "the staleness of every update is drawn anew from one law, independent of all else"
)
GEOMETRIC_STALENESS = Assumption("geometric-staleness", "the staleness of an update is geometric, P(K = j) = p q^j")
EXPONENTIAL = Assumption("exponential-cycles", "cycle times are exponential")
EXCHANGEABLE = Assumption("exchangeable", "the workers are alike, so that moments do not depend on their names")
EXPONENTIAL_DELAYS = Assumption("exponential-delays", "delays are exponential")
GAMMA = Assumption("gamma-delays", "delays follow a gamma law")
CONSTANT = Assumption("constant-delay", "every delay equals its mean")
STAGES = Assumption("erlang-stages", "a delay is the sum of n independent exponential stages")
NON_LATTICE = Assumption(
    "non-lattice", "cycle times are positive, of finite variance, and not all multiples of one number"
)
PHASES = Assumption("exponential-phases", "a delay is a walk through exponential phases until it ends")
PARTS = Assumption("mixed-delays", "a delay follows one of several laws, chosen by fixed probabilities")
SUMMED = Assumption("summed-parts", "a delay is the sum of independent durations, one for each part")
TRUNCATED = Assumption("truncated", "a delay is a duration given that it is at most a bound that some durations keep")
RANKED = Assumption("ranked", "a delay is the k_o-th shortest of n_o independent durations of one law")
UNIFORM = Assumption("uniform-delays", "delays follow a uniform law")
PARETO = Assumption("pareto-cycles", "cycle times follow a Pareto law with a finite mean")
WEIBULL = Assumption("weibull-cycles", "cycle times follow a Weibull law")
INVERSE_GAUSSIAN = Assumption("inverse-gaussian-delays", "delays follow an inverse Gaussian law")
EXPONENTIAL_MIXTURE = Assumption("exponential-mixture", "a delay is exponential with a mean that is drawn first")
SHIFTED = Assumption("shifted-exponential-cycles", "cycle times are a shortest time and an exponential one")
EXPONENTIAL_MOMENT = Assumption("exponential-moment", "the delay has a finite exponential moment")
WEIGHTS = Assumption("staleness-weights", "a gradient of staleness j is applied with the weight W_j >= 0")
DRAWN_WEIGHTS = Assumption(
    "drawn-weights", "delay and weight of a gradient are drawn together, independent of all other gradients (rung R1)"
)
THRESHOLD = Assumption("staleness-threshold", "a gradient staler than S updates is dropped and makes no update")
DISCOUNT = Assumption("staleness-discount", "a gradient of staleness j is applied with the weight delta^j")
LOSSES = Assumption("independent-losses", "gradients are lost independently of all else, without making an update")
BATCHES = Assumption("batches", "n_B gradients make one update by their mean; no worker waits for it")
TRIGGER = Assumption(
    "event-trigger", "a gradient below kappa noise standard deviations is not sent and makes no update"
)
NORMAL = Assumption("normal-noise", "gradient noise is normal")
SMALL_MEAN = Assumption(
    "small-mean-gradient", "the mean gradient is small beside its noise, so that the trigger acts by its slope"
)
MOMENTUM = Assumption("momentum", "an update moves the velocity, v <- beta v - eta g, and then x <- x + v")
SLOW_STEP = Assumption(
    "step-below-friction", "learning rate times curvature is small beside 1 - beta, so that shots are seen as noise"
)
UNLIKE = Assumption("unlike-workers", "every worker has a law of its own")
AGE_DROP = Assumption("age-drop", "a gradient older than the age threshold is dropped when it arrives")
AGE_ABANDON = Assumption("age-abandon", "a worker gives a gradient up at the age threshold and starts again")
FRESH = Assumption("fresh-gradients", "every gradient of an update is computed at the parameter it changes")
FIRST_FINISHED = Assumption(
    "first-finished", "an update takes the first n_B workers to finish, and every worker starts anew after it"
)
NEW_LONGER = Assumption(
    "new-longer-than-used", "a cycle that has run for some time lasts no longer than a new one (in distribution)"
)
IDLE = Assumption("idle-until-update", "a finished worker idles until the update that its gradient is part of")
UPLINK = Assumption(
    "shared-uplink",
    "gradients pass in order of arrival, one at a time, through an uplink of exponential transmissions",
)
HISTORY = Assumption(
    "constant-history", "until time 0 every worker held the starting parameter, and gradients arrived as they do later"
)
HEAVY_TAIL = Assumption("heavy-tail", "the tail P(tau > t) of the delay falls as a power of t, and its mean is finite")
CONJUGATE_PAIR = Assumption("conjugate-pair", "the rightmost characteristic roots are a conjugate pair, not real")
SIMPLE_ROOT = Assumption("simple-real-root", "the rightmost characteristic root is real and simple")

ALL = frozenset(value for value in list(globals().values()) if isinstance(value, Assumption))

"""Stage: symbols. Input: nothing. Output: every SymPy symbol of the project, with meaning and unit.

This is the only file that makes SymPy symbols, so one letter has one meaning everywhere. Longer than 250 lines: it is
one table, to be read as one.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp


@dataclass(frozen=True)
class SymbolEntry:
    """One row of the notation table: the symbol, its name in code, its meaning and its unit."""

    symbol: sp.Symbol
    name: str
    meaning: str
    unit: str


NOTATION: dict[str, SymbolEntry] = {}


def _declare(letter: str, name: str, meaning: str, unit: str, **assumptions: bool) -> sp.Symbol:
    symbol = sp.Symbol(letter, **assumptions)
    NOTATION[name] = SymbolEntry(symbol, name, meaning, unit)
    return symbol


# One symbol a line, so that the file reads as the notation table.
workers = _declare("M", "workers", "number of activated workers, always busy", "1", positive=True, integer=True)
mean_delay = _declare("theta", "mean_delay", "mean cycle time of a worker, the mean delay", "s", positive=True)
delay = _declare("tau", "delay", "age of the parameter a gradient was computed at, when applied", "s", positive=True)
arrival_rate = _declare("Lambda", "arrival_rate", "gradients reaching the server per second", "1/s", positive=True)
other_rate = _declare("lambda", "other_rate", "updates per second made by the other workers", "1/s", positive=True)
staleness = _declare(
    "K",
    "staleness",
    "number of server updates between a gradient's pull and its own",
    "1",
    nonnegative=True,
    integer=True,
)
learning_rate = _declare("eta", "learning_rate", "learning rate", "1/curvature", positive=True)
curvature = _declare("h", "curvature", "eigenvalue of the Hessian, negative at a saddle", "curvature", real=True)
gradient_noise = _declare(
    "sigma", "gradient_noise", "standard deviation of one gradient's noise", "gradient", nonnegative=True
)
step = _declare("epsilon", "step", "learning rate times curvature, negative at a saddle", "1", real=True)
step_noise = _declare(
    "sigma_epsilon^2", "step_noise", "variance one update adds, (learning rate x noise)^2", "parameter^2", positive=True
)
damping = _declare(
    "a", "damping_coefficient", "learning rate x curvature x applied gradients per second", "1/s", positive=True
)
noise_intensity = _declare(
    "q", "noise_intensity", "variance per second of the driving noise", "parameter^2/s", positive=True
)
shape = _declare("k", "shape", "shape of the gamma law", "1", positive=True)
shift = _declare("d", "shift", "shortest duration of a shifted law", "s", positive=True)
tail_mean = _declare("theta_d", "tail_mean", "mean duration beyond the shortest", "s", positive=True)
shortest = _declare("u_min", "low", "shortest duration of the uniform law", "s", nonnegative=True)
longest = _declare("u_max", "high", "longest duration of the uniform law", "s", positive=True)
level_shape = _declare("xi", "level_shape", "shape of the inverse Gaussian law", "s", positive=True)
tail_index = _declare("alpha_P", "tail_index", "shape of the Pareto law, the power of its tail", "1", positive=True)
scale = _declare("u_s", "scale", "scale of the Pareto and Weibull laws", "s", positive=True)
hazard_shape = _declare(
    "k_W", "hazard_shape", "shape of the Weibull law, the power of its hazard plus 1", "1", positive=True
)
log_mean = _declare("mu_L", "log_mean", "mean of the logarithm of a lognormal duration in seconds", "1", real=True)
log_spread = _declare("sigma_L", "log_spread", "standard deviation of that logarithm", "1", positive=True)
phase_weight = _declare("p_1", "phase_weight", "probability of the first phase", "1", positive=True)
first_mean = _declare("theta_1", "first_mean", "mean duration of the first phase", "s", positive=True)
second_mean = _declare("theta_2", "second_mean", "mean duration of the second phase", "s", positive=True)
first_jump = _declare(
    "p_12", "first_jump", "probability of a jump from the first phase to the second", "1", positive=True
)
second_jump = _declare(
    "p_21", "second_jump", "probability of a jump from the second phase to the first", "1", positive=True
)
stages = _declare("n", "stages", "number of Erlang stages, the integer shape", "1", positive=True, integer=True)
frequency = _declare("omega", "frequency", "angular frequency", "1/s", positive=True)
decay = _declare("r", "decay_rate", "decay rate of the mean, minus a real root", "1/s", positive=True)
angle = _declare("phi", "angle", "argument of a complex number", "1", positive=True)
half_angle = _declare("w", "half_angle", "2 arcsin of half the step", "1", positive=True)
second_moment_gain = _declare("I", "noise_gain", "integral of the squared fundamental solution", "s", positive=True)
fast_gain = _declare(
    "I_f", "fast_gain", "part of that integral at frequencies above the arrival rate", "s", positive=True
)
band_gain = _declare(
    "I_b", "band_gain", "part of that integral at frequencies near the arrival rate", "s", positive=True
)
velocity_correlation = _declare(
    "rho_v", "velocity_correlation", "correlation of the velocity before and after an update", "1", real=True
)
variance = _declare("V", "stationary_variance", "stationary variance of the mode", "parameter^2", positive=True)
cycle_variation = _declare(
    "c_2", "squared_coefficient_of_variation", "variance of the cycle time over its squared mean", "1", nonnegative=True
)
overlap = _declare("G", "renewal_overlap", "sum over n of E(T - S_n)^+ over the mean cycle time", "1", nonnegative=True)

s = _declare("s", "laplace_variable", "Laplace variable, candidate root", "1/s")
z = _declare("z", "generating_variable", "generating variable, candidate root of the recursion", "1")
t = _declare("t", "time", "time", "s", nonnegative=True)
u = _declare("u", "duration", "a duration, variable of integration", "s", nonnegative=True)
re_part = _declare("x_re", "real_part", "real part of a root", "1/s", real=True)
im_part = _declare("y_im", "imaginary_part", "imaginary part of a root", "1/s", real=True)
root = _declare("s_ell", "characteristic_root", "characteristic root, one for each branch ell", "1/s")
stage_variable = _declare("v", "stage_variable", "1 + s theta/n, the shifted variable of n stages", "1")
critical_damping = _declare(
    "a^*", "critical_damping", "damping at which the rightmost root is double", "1/s", positive=True
)
critical_decay = _declare("r^*", "critical_decay", "decay rate at critical damping", "1/s", positive=True)
stability_limit = _declare("a_max", "stability_limit", "largest stable damping", "1/s", positive=True)
safe_damping = _declare(
    "a_safe", "safe_damping", "damping below which every law of the delay is stable", "1/s", positive=True
)
largest_modulus = _declare(
    "s_max", "largest_modulus", "upper bound on the modulus of a root, by its real part", "1/s", positive=True
)
least_decay = _declare(
    "r_min", "least_decay", "least decay rate over all laws of one mean, at one damping", "1/s", positive=True
)
mean_curvature = _declare("hbar", "mean_curvature", "mean eigenvalue of the Hessian", "curvature", positive=True)
crossing_frequency = _declare(
    "omega_c", "crossing_frequency", "frequency at which roots cross the axis", "1/s", positive=True
)
fastest_workers = _declare(
    "M^*", "fastest_workers", "worker count at critical damping, where adding stops helping", "1", positive=True
)
least_speedup = _declare(
    "rho_min", "least_speedup", "least ratio of decay rate to damping over all laws", "1", positive=True
)
greatest_damping = _declare(
    "a_sup",
    "greatest_damping",
    "greatest damping of a given decay rate over all laws of one mean",
    "1/s",
    positive=True,
)
greatest_critical_damping = _declare(
    "a_sup^*", "greatest_critical_damping", "greatest critical damping over all laws of one mean", "1/s", positive=True
)
greatest_critical_decay = _declare(
    "r_sup^*",
    "greatest_critical_decay",
    "greatest decay rate at critical damping over all laws of one mean",
    "1/s",
    positive=True,
)
greatest_speedup = _declare(
    "rho_max", "greatest_speedup", "greatest ratio of decay rate to damping over all laws", "1", positive=True
)
least_curvature = _declare("h_min", "least_curvature", "smallest eigenvalue of the Hessian", "curvature", positive=True)
greatest_curvature = _declare(
    "h_max", "greatest_curvature", "largest eigenvalue of the Hessian", "curvature", positive=True
)
curvature_ratio = _declare("kappa_h", "curvature_ratio", "largest curvature over the smallest", "1", positive=True)
spectral_radius = _declare("rho", "spectral_radius", "largest modulus of a root of the recursion", "1", positive=True)
step_limit = _declare("epsilon_max", "step_limit", "largest stable step", "1", positive=True)
fastest_step = _declare("epsilon^*", "fastest_step", "step of the double root", "1", positive=True)
double_root = _declare("z^*", "double_root", "double root of the recursion", "1", positive=True)
variance_ratio = _declare(
    "rho_V", "variance_ratio", "exact stationary variance over an approximation's", "1", positive=True
)
decay_ratio = _declare("rho_r", "decay_ratio", "exact decay rate over an approximation's", "1", positive=True)
share_ratio = _declare("rho_p", "share_ratio", "exact applied share over that of Poisson arrivals", "1", positive=True)
j = _declare("j", "index", "counting index", "1", nonnegative=True, integer=True)
stage_offset = _declare("d_s", "stage_offset", "stages ended beyond those of whole cycles", "1", integer=True)
branch = _declare("ell", "branch", "branch of the Lambert W function", "1", integer=True)
atom_count = _declare("N", "atom_count", "number of measured values", "1", positive=True, integer=True)
mean_staleness = _declare("Kbar", "staleness_mean", "mean staleness of an applied gradient", "1", nonnegative=True)
staleness_variance = _declare("V_K", "staleness_variance", "variance of the staleness", "1", nonnegative=True)
mean_count_variance = _declare(
    "vbar", "mean_count_variance", "mean over the cycle of the variance of one equilibrium count", "1", nonnegative=True
)
poisson_distance = _declare(
    "d_P",
    "poisson_distance",
    "total variation distance of the arrivals in a window from Poisson ones",
    "1",
    nonnegative=True,
)
longest_poisson_distance = _declare(
    "d_Pmax", "longest_poisson_distance", "upper bound on the distance from Poisson arrivals", "1", nonnegative=True
)
renewals = _declare("n_r", "renewals", "further cycles added up", "1", positive=True, integer=True)
worker_rate = _declare("mu", "worker_rate", "gradients per second of one worker, 1/theta", "1/s", positive=True)
occupancy = sp.IndexedBase(
    "chi", integer=True, nonnegative=True
)  # workers in each stage of their cycles, or of each staleness
response_gain = _declare(
    "I_d", "response_gain", "variance of the parameter per unit of variance that every update adds", "1", positive=True
)
read_gain = _declare(
    "I_y", "read_gain", "the same of what gradients read, averaged over the staleness", "1", positive=True
)
mean_square_step = _declare(
    "epsilon_V", "mean_square_step", "step at which the stationary variance becomes infinite", "1", positive=True
)
delay_moment = sp.IndexedBase("m", positive=True)
staleness_threshold = _declare(
    "S", "staleness_threshold", "largest staleness at which a gradient is applied", "1", nonnegative=True, integer=True
)
staleness_discount = _declare(
    "delta", "staleness_discount", "factor on the weight of a gradient per update of staleness", "1", positive=True
)
applied_fraction = _declare("p", "applied_fraction", "share of gradients that are applied", "1", positive=True)
dropout = _declare("p_d", "dropout", "probability of losing a gradient", "1", nonnegative=True)
batch = _declare("n_B", "batch", "gradients whose mean makes one update", "1", positive=True, integer=True)
momentum = _declare("beta", "momentum", "share of the velocity that an update keeps", "1", nonnegative=True)
trigger = _declare("kappa", "event_trigger", "least gradient that is sent, over its noise", "1", nonnegative=True)
trigger_gain = _declare(
    "G_kappa", "trigger_gain", "factor of an event trigger on damping and noise", "1", positive=True
)
modes = _declare(
    "d_m", "modes", "number of modes, whose joint norm a trigger measures", "1", positive=True, integer=True
)
gain_per_transmission = _declare(
    "g_kappa", "gain_per_transmission", "damping of a triggered gradient over that of any other", "1", positive=True
)
delay_elasticity = _declare(
    "E_theta", "delay_elasticity", "relative change per relative change of all delays, at the same damping", "1"
)
noise_elasticity = _declare(
    "E_q", "noise_elasticity", "relative change per relative change of the noise intensity", "1", real=True
)
elasticity_ratio = _declare(
    "rho_E", "elasticity_ratio", "elasticity to the delays over that to the noise intensity", "1", real=True
)
risk_share = _declare(
    "rho_R", "risk_share", "stationary excess risk over the excess risk to be reached", "1", positive=True
)
mean_weight = _declare("Wbar", "mean_weight", "mean weight of a gradient", "1", positive=True)
share_of_best = _declare(
    "rho_best", "share_of_best", "decay rate over the best one of the same law", "1", positive=True
)
age_threshold = _declare("A_T", "age_threshold", "oldest gradient that is applied", "s", positive=True)
capacity = _declare("nu", "uplink_capacity", "transmissions per second of a busy shared uplink", "1/s", positive=True)
compute_time = _declare(
    "theta_C", "mean_compute", "mean time of a computation before its transmission", "s", positive=True
)
update_time = _declare("T_u", "time_per_update", "mean time between two updates", "s", positive=True)
parts = _declare("n_p", "parts", "laws that a composed law is made of", "1", positive=True, integer=True)
duration_bound = _declare("A_b", "duration_bound", "longest duration that a truncated law keeps", "s", positive=True)
rank = _declare("k_o", "rank", "place of an order statistic, from the shortest", "1", positive=True, integer=True)
compared = _declare(
    "n_o", "compared", "durations among which an order statistic is taken", "1", positive=True, integer=True
)
longest_update_time = _declare(
    "T_max", "longest_time_per_update", "upper bound on the mean time between two updates", "s", positive=True
)
shortest_update_time = _declare(
    "T_min", "shortest_time_per_update", "lower bound on the mean time between two updates", "s", positive=True
)
staleness_weight = sp.IndexedBase("W", nonnegative=True)  # W[j]: weight of a gradient of staleness j
initial = _declare("x_0", "initial", "constant history, starting parameter", "parameter", real=True)
amplitude = _declare("c_ell", "amplitude", "residue of the mean path at a root, its share of that path", "parameter")
level = _declare("x_epsilon", "level", "level that the mean path has to stay below", "parameter", positive=True)
excess_risk = _declare(
    "R_h",
    "excess_risk",
    "stationary mean of the objective above its optimum, in one mode",
    "objective",
    nonnegative=True,
)
training_time = _declare(
    "T_epsilon", "training_time", "time from which on the mean path stays below a level", "s", positive=True
)

# Moments of finitely many exchangeable workers: of the parameter x, and of the parameters r, r' that two of them read.
moment_names = sp.symbols("X R A B C D")

# What a printed formula writes once and refers to; each has its definition beside it.
part_names = sp.symbols("y_1:5", real=True)

# The measured values of an empirical law: one indexed array, never unrolled.
measured = _declare("tauhat", "measured_values", "the measured delays, one data array", "s", positive=True)
atoms = sp.IndexedBase(measured)
weight = _declare("phat", "atom_weights", "probabilities of the values of a discrete law", "1", positive=True)
atom_weights = sp.IndexedBase(weight)

# What stands for a function, by its letter: meaning and unit. Some letters are a function and, elsewhere, a symbol.
FUNCTIONS: dict[str, tuple[str, str]] = {
    "L": ("Laplace transform of the cycle time", "1"),
    "L_u": ("Laplace transform of the delay of an applied gradient", "1"),
    "L_W": ("transform of what is applied, not normalised", "1"),
    "L_wait": ("Laplace transform of the wait for a batch", "1"),
    "L_C": ("Laplace transform of a computation before its transmission", "1"),
    "L_T": ("Laplace transform of the time between two updates", "1"),
    "L_re": ("real part of the transform of the delay on the imaginary axis", "1"),
    "Pi": ("mean excess of the delay over a duration", "s"),
    "L_w": ("Laplace transform of one worker's cycle time", "1"),
    "F": ("distribution function of the cycle time", "1"),
    "H": ("characteristic function, whose zeros are the characteristic roots", "1/s"),
    "Q": ("probability that the next arrival takes longer than the argument", "1"),
    "R_e": ("probability that a running cycle lasts longer than the argument", "1"),
    "I_N": ("index of dispersion of the arrivals in a window", "1"),
    "P_N": ("probability of a number of one worker's arrivals in a window", "1"),
    "G_N": ("generating function of one worker's arrivals in a window", "1"),
    "P_K": ("probability of a staleness", "1"),
    "P": ("generating function of a count", "1"),
    "Psi": ("joint transform of staleness and delay", "1"),
    "xbar": ("mean of the mode's parameter", "parameter"),
    "Vhat": ("Laplace transform of the second moment of the parameter", "parameter^2 s"),
    "xhat": ("Laplace transform of the mean of the mode's parameter", "parameter s"),
    "x": ("the mode's parameter", "parameter"),
    "c": ("covariance of the parameter over a number of updates", "parameter^2"),
    "p_q": ("probability of a number of gradients at the uplink", "1"),
    "theta_w": ("mean cycle time of one worker", "s"),
    "F_w": ("distribution function of one worker's cycle time", "1"),
    "I_w": ("index of dispersion of one worker's arrivals in a window", "1"),
    "Delta_N": ("probability of a number of arrivals in a window less that of Poisson arrivals", "1"),
    "Q_n": ("characteristic polynomial in the shifted variable of n stages", "1/s"),
    "L_p": ("Laplace transform of one part of a composed law", "1"),
    "F_p": ("distribution function of one part of a mixture", "1"),
    "m_p": ("raw moments of one part of a composed law, by part and order", "s^n"),
    "w_p": ("weight of one part of a mixture", "1"),
    "F_b": ("distribution function of the law that a truncation or an order statistic is taken of", "1"),
    "V_chi": ("second moment of the parameter at one occupancy of the stages or stalenesses", "parameter^2"),
    "P_chi": ("probability of one occupancy of the stalenesses, by its number", "1"),
}
# Letters that are functions here although a symbol or another meaning has them elsewhere.
SHARED_FUNCTIONS: dict[str, tuple[str, str]] = {
    "A": ("integral of the renewal function", "s"),
    "C": ("stationary covariance at a time lag", "parameter^2"),
    "f": ("density of the cycle time", "1/s"),
    "g": ("term of the renewal overlap", "1"),
    "p": ("probability of an atom", "1"),
    "v": ("variance of an equilibrium renewal count", "1"),
    "vbar": ("mean velocity", "parameter"),
    "V": ("second moment of the mode's parameter at a time", "parameter^2"),
    "r": ("fundamental solution of the mean equation", "1"),
}
# What stands for an array, by its letter: the indices to show, meaning and unit.
ARRAYS: dict[str, tuple[str, str, str]] = {
    "m": ("j", "raw moments of the delay, by their order", "s^n"),
    "f": ("j", "factorial moments of the staleness, by their order", "1"),
    "W": ("j", "weight of a gradient, by its staleness", "1"),
    "chi": ("n,j", "number of workers in one stage, by the stage and the number of the occupancy", "1"),
}


def numbered(array: sp.IndexedBase, number: int) -> sp.IndexedBase:
    """The array of the same meaning that belongs to the part of a law with this number."""
    letter = str(array.label).partition("_")[0]
    return sp.IndexedBase(sp.Symbol(f"{letter}_{number}", positive=True))

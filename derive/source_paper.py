"""What the source paper claims, in the words of this project: claims A to I, as far as its abstracts state them.

S. Yu, W. Chen, H. V. Poor, "Distributed Stochastic Gradient Descent with Staleness: A Stochastic Delay Differential
Equation Based Framework", IEEE Trans. Signal Processing 73, 2025. Only its abstracts were read: they state no formula.
"""

from __future__ import annotations

PAPER_CLAIMS = {
    "A": "more activated workers do not necessarily make training faster",
    "B": "a small staleness does not necessarily slow convergence down",
    "C": "a large staleness makes training diverge",
    "D": "run time and staleness are known without memoryless computation times, as arrivals of gradients are nearly "
    "Poisson",
    "E": "the damping coefficient and the statistics of the delay are functions of the number of activated workers, "
    "the staleness threshold, the eigenvalues of the Hessian and the total delay of computation and communication",
    "F": "the condition and the speed of convergence come from characteristic roots",
    "G": "workers, staleness threshold, learning rate, event trigger and bandwidth can be scheduled from them",
    "H": "the picture stays useful where the objective is not convex",
    "I": "the time of convergence is far more sensitive to staleness than to gradient noise, and of fully asynchronous "
    "workers it is governed by staleness times the 2-norm of the Hessian",
}
"""Letter to statement; a derivation that makes one quantitative names the letter in its claim's row (``supports``)."""

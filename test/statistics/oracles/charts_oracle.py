"""Run lengths by Markov chains (Brook & Evans 1972) in numpy, extrapolated in the number of states."""
import numpy as np
from scipy import stats


def one_sided(k, h, shift, states):
    width = 2 * h / (2 * states - 1)
    grid = np.arange(states) * width
    upper = stats.norm.cdf(grid[None, :] - grid[:, None] + width / 2 + k - shift)
    lower = stats.norm.cdf(grid[None, :] - grid[:, None] - width / 2 + k - shift)
    chance = upper - lower
    chance[:, 0] = upper[:, 0]
    return np.linalg.solve(np.eye(states) - chance, np.ones(states))[0]


def cusum(k, h, shift):
    def at(states):
        return 1 / (1 / one_sided(k, h, shift, states) + 1 / one_sided(k, h, -shift, states))
    coarse, fine = at(400), at(800)
    return fine + (fine - coarse) / 3


def ewma(lam, limit, shift, states=801, horizon=400):
    """Survival over time-varying limits on a fixed grid of the average, then the stationary rest."""
    top = limit * np.sqrt(lam / (2 - lam))
    edges = np.linspace(-top, top, states + 1)
    middle = (edges[1:] + edges[:-1]) / 2
    chance = np.diff(stats.norm.cdf((edges[None, :] - (1 - lam) * middle[:, None]) / lam - shift), axis=1)
    mass = np.diff(stats.norm.cdf(edges / lam - shift))
    length = 1.0
    for t in range(1, horizon):
        reach = top * np.sqrt(1 - (1 - lam) ** (2 * t))
        inside = np.clip((np.minimum(edges[1:], reach) - np.maximum(edges[:-1], -reach)) / np.diff(edges), 0, 1)
        mass = mass * inside
        length += mass.sum()
        mass = mass @ chance
    return length + mass @ np.linalg.solve(np.eye(states) - chance, np.ones(states))


def answers():
    return {
        "cusum": [[0.5, h, shift, cusum(0.5, h, shift)] for h in (4, 4.77, 5) for shift in (0, 1)] + [[1.2, 3, 0, cusum(1.2, 3, 0)]],
        "ewma": [[lam, limit, shift, ewma(lam, limit, shift)] for lam, limit in ((0.05, 2.615), (0.1, 2.814), (0.2, 2.962)) for shift in (0, 1)],
    }

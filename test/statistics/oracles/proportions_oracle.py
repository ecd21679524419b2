"""Intervals of shares by statsmodels; label audits and funnel limits from SciPy's exact binomial."""
import numpy as np
from scipy import stats
from statsmodels.stats.proportion import proportion_confint


def audit(expected, noticed, alpha=0.05, power=0.8):
    reach = stats.norm.ppf(1 - alpha) * np.sqrt(expected * (1 - expected)) + stats.norm.ppf(power) * np.sqrt(noticed * (1 - noticed))
    normal = int(np.ceil((reach / (expected - noticed)) ** 2))
    for n in range(2, 5000):
        ks = np.arange(n + 1)
        allowed = ks[stats.binom.cdf(ks, n, expected) <= alpha]
        if len(allowed) and stats.binom.cdf(allowed[-1], n, noticed) >= power:
            return [expected, noticed, normal, n, int(allowed[-1]), stats.binom.cdf(allowed[-1], n, noticed)]
    raise ValueError


def funnel(tail, n, p):
    r = stats.binom.ppf(tail, n, p)
    at, below = stats.binom.cdf(r, n, p), stats.binom.cdf(r - 1, n, p)
    return min(1.0, max(0.0, (r - (at - tail) / (at - below)) / n))


def answers():
    cases = [(0, 1), (0, 30), (1, 30), (7, 20), (15, 30), (29, 30), (30, 30), (171, 800), (4, 50000), (49999, 50000)]
    levels = [0.9, 0.95, 0.99]
    return {
        "wilson": [[k, n, level, *proportion_confint(k, n, 1 - level, "wilson")] for k, n in cases for level in levels],
        "clopper_pearson": [[k, n, level, *proportion_confint(k, n, 1 - level, "beta")] for k, n in cases for level in levels],
        "label_audit": [audit(0.894, noticed) for noticed in (0.844, 0.864, 0.794)] + [audit(0.95, 0.9), audit(0.73, 0.6)],
        "funnel_limit": [[tail, n, p, funnel(tail, n, p)] for tail in (0.001, 0.025, 0.975, 0.999) for n, p in ((25, 0.17), (200, 0.17), (3000, 0.04))],
    }

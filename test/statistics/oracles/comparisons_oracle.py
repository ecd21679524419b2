"""Two-sample tests, multiple testing and agreement by SciPy, statsmodels and scikit-learn."""
import numpy as np
from scipy import stats
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa
from statsmodels.stats.multitest import multipletests


def answers():
    rng = np.random.default_rng(20)
    tables = [rng.integers(0, 60, size=(2, bins)) + 1 for bins in (2, 5, 10, 26)]
    samples = []
    for n, m, shift in ((5, 7, 0.0), (12, 9, 1.0), (60, 45, 0.2), (100, 100, 0.5), (97, 101, 0.0), (40, 250, 0.8)):
        x, y = rng.normal(size=n), rng.normal(size=m) + shift
        found = stats.ks_2samp(x, y, method="exact")
        samples.append({"reference": x, "live": y, "distance": found.statistic, "p": found.pvalue})
    ps = np.concatenate([rng.uniform(size=12) ** 3, [0.0, 1.0, 0.03, 0.03]])
    cross = [[[20, 5], [10, 15]], [[88, 14, 18], [10, 40, 10], [2, 6, 12]], [[30, 2, 0], [1, 41, 6], [0, 3, 17]]]
    kappas = []
    for table in cross:
        first = np.repeat([i for i, row in enumerate(table) for _ in row], np.ravel(table))
        second = np.repeat([j for row in table for j, _ in enumerate(row)], np.ravel(table))
        kappas.append([table, cohen_kappa_score(first, second), cohens_kappa(np.array(table)).std_kappa])
    ratings = np.array([np.bincount(rng.choice(3, p=p, size=5), minlength=3) for p in rng.dirichlet([0.6, 0.6, 0.6], size=40)])
    return {
        "chi_square": [[table, *stats.chi2_contingency(table, correction=False)[:3]] for table in tables],
        "kolmogorov_smirnov": samples,
        "benjamini_hochberg": {"p": ps, "adjusted": multipletests(ps, method="fdr_bh")[1]},
        "cohen_kappa": kappas,
        "fleiss_kappa": [ratings, fleiss_kappa(ratings)],
    }

"""Distribution functions by SciPy."""
from scipy import optimize, special, stats


def t_quantile(p, df):
    """stats.t.ppf is good to 2e-9 only; the root of its distribution function is better."""
    return optimize.brentq(lambda x: stats.t.cdf(x, df) - p, -1e3, 1e3, xtol=1e-14, rtol=1e-15)


def answers():
    ps = [1e-8, 1e-4, 0.001, 0.025, 0.1, 0.5, 0.8, 0.975, 0.999, 1 - 1e-6]
    xs = [-8.0, -5.5, -3.0, -1.0, -0.1, 0.0, 0.7, 1.959964, 4.0, 7.0]
    return {
        "normal_cdf": [[x, stats.norm.cdf(x)] for x in xs],
        "normal_quantile": [[p, stats.norm.ppf(p)] for p in ps],
        "t_quantile": [[p, df, t_quantile(p, df)] for p in [0.8, 0.975, 0.995] for df in [1, 2, 4, 9, 30, 250]],
        "t_two_sided": [[x, df, 2 * stats.t.sf(abs(x), df)] for x in [0.3, 1.5, 4.0] for df in [3, 17, 400]],
        "chi_square_tail": [[x, df, stats.chi2.sf(x, df)] for x in [0.2, 3.0, 18.3, 60.0, 150.0] for df in [1, 2, 9.4, 25, 60]],
        "chi_square_quantile": [[p, df, stats.chi2.ppf(p, df)] for p in [0.05, 0.5, 0.95, 0.999] for df in [1, 2, 9, 25, 60]],
        "beta_quantile": [[p, a, b, stats.beta.ppf(p, a, b)] for p in [0.025, 0.5, 0.975] for a, b in [(1, 20), (3, 8), (250, 31), (50, 5000)]],
        "binomial_cdf": [[k, n, p, stats.binom.cdf(k, n, p)] for n, p in [(10, 0.3), (280, 0.894), (5000, 0.02)] for k in [0, int(n * p) - 1, int(n * p), n - 1]],
        "binomial_quantile": [[q, n, p, stats.binom.ppf(q, n, p)] for q in [0.001, 0.025, 0.5, 0.975, 0.999] for n, p in [(10, 0.3), (281, 0.894), (5000, 0.02)]],
        "log_gamma": [[x, special.gammaln(x)] for x in [0.1, 0.5, 1.5, 7.0, 300.5, 1e6]],
        "kolmogorov_tail": [[x, special.kolmogorov(x)] for x in [0.3, 0.5, 0.8, 1.1, 1.18, 1.3, 1.8, 2.5, 4.0]],
    }

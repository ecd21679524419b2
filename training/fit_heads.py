"""The heads on frozen features: three classes, an embedding, temperature and thresholds from out-of-fold predictions.

The backbone has not seen these people, so features of the training part are as new to it as those of any other film;
only the heads are fitted here, and what is chosen (regularisation, temperature, thresholds) is chosen out of fold.
"""
import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

COMPONENTS, FOLDS = 16, 5
STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)


def principal(features):
    """Mean [d] and the first components scaled to unit variance [d, 16]."""
    mean = features.mean(0)
    _, scale, axes = np.linalg.svd(features - mean, full_matrices=False)
    spread = np.maximum(scale[:COMPONENTS] / np.sqrt(len(features)), 1e-6)
    return mean, axes[:COMPONENTS].T / spread


def inputs(features, t, mean, axes, centre):
    return np.concatenate([(features - mean) @ axes, ((t - centre[0]) / centre[1])[:, None]], 1)


def fit(z, y, strength):
    return LogisticRegression(C=strength, max_iter=2000).fit(z, y)


def out_of_fold(z, y, people, strength, seed):
    """Logits [n, 3] of every hip from heads that were fitted without its person."""
    logits = np.zeros((len(y), 3))
    for learn, test in StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed).split(z, y, people):
        logits[test] = fit(z[learn], y[learn], strength).decision_function(z[test])
    return logits


def loss_of(logits, y):
    shifted = logits - logits.max(1, keepdims=True)
    return float(np.mean(np.log(np.exp(shifted).sum(1)) - shifted[np.arange(len(y)), y]))


def softmax(logits):
    e = np.exp(logits - logits.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def fit_temperature(logits, y):
    """Temperature with the least cross-entropy (Guo 2017)."""
    found = minimize_scalar(lambda log: loss_of(logits / np.exp(log), y), bounds=(-1.5, 1.5), method="bounded")
    return float(np.exp(found.x))


def wilson_low(hits, n, z=1.959964):
    p = hits / n
    return (p + z * z / (2 * n) - z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)


def choose_thresholds(p, y):
    """t1: the highest that finds osteoporosis with a sensitivity whose Wilson interval begins at .90 or above.
    t2: the best balanced accuracy of normal against the rest."""
    found = np.sort(p[y == 2, 2])
    kept = [k for k in range(len(found)) if wilson_low(len(found) - k, len(found)) >= 0.9]
    t1 = float(found[max(kept)]) if kept else 0.01
    sums, grid = p[:, 1] + p[:, 2], np.linspace(0.05, 0.95, 181)
    balanced = [((sums[y != 0] >= g).mean() + (sums[y == 0] < g).mean()) / 2 for g in grid]
    return min(max(t1 - 1e-6, 0.01), 0.99), float(grid[int(np.argmax(balanced))])


def fit_heads(features, t, y, people, seed):
    """Returns weights of the linear heads on features ([d, 3], [3]; [d, 16], [16]) and what was chosen."""
    mean, axes = principal(features)
    centre = float(t.mean()), float(t.std())
    z = inputs(features, t, mean, axes, centre)
    folds = {c: out_of_fold(z, y, people, c, seed) for c in STRENGTHS}
    strength = min(folds, key=lambda c: loss_of(folds[c], y))
    temperature = fit_temperature(folds[strength], y)
    p = softmax(folds[strength] / temperature)
    t1, t2 = choose_thresholds(p, y)
    model = fit(z, y, strength)
    return {
        "axes": axes, "offset": -mean @ axes, "on_axes": model.coef_[:, :COMPONENTS], "on_t": model.coef_[:, COMPONENTS],
        "bias": model.intercept_, "centre": centre, "strength": strength, "temperature": temperature,
        "thresholds": {"t1": t1, "t2": t2}, "p": p,
    }


def logits_of(heads, features, t):
    """What the heads that fit_heads returned say of other hips."""
    on_axes = features @ heads["axes"] + heads["offset"]
    on_t = (t - heads["centre"][0]) / heads["centre"][1]
    return on_axes @ heads["on_axes"].T + on_t[:, None] * heads["on_t"] + heads["bias"]

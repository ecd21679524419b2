"""AUC by scikit-learn; DeLong and Obuchowski variances by their definitions, all pairs compared."""
import numpy as np
from sklearn.metrics import confusion_matrix, precision_score, recall_score, roc_auc_score


def clustered_covariance(scores, positive, persons):
    x, y = scores[:, positive == 1], scores[:, positive == 0]
    who_x, who_y = persons[positive == 1], persons[positive == 0]
    m, n = x.shape[1], y.shape[1]
    psi = (x[:, :, None] > y[:, None, :]) + 0.5 * (x[:, :, None] == y[:, None, :])
    auc = psi.mean(axis=(1, 2))
    v10, v01 = psi.mean(axis=2), psi.mean(axis=1)
    everyone = np.unique(persons)
    sum_x = np.array([(v10[:, who_x == p] - auc[:, None]).sum(axis=1) for p in everyone]).T
    sum_y = np.array([(v01[:, who_y == p] - auc[:, None]).sum(axis=1) for p in everyone]).T
    i10, i01, i = len(np.unique(who_x)), len(np.unique(who_y)), len(everyone)
    s10 = i10 / (i10 - 1) * sum_x @ sum_x.T / m
    s01 = i01 / (i01 - 1) * sum_y @ sum_y.T / n
    s11 = i / (i - 1) * sum_x @ sum_y.T
    return auc, s10 / m + s01 / n + (s11 + s11.T) / (m * n)


def answers():
    rng = np.random.default_rng(7)
    films = 240
    persons = np.arange(films) // 2
    hidden = rng.normal(size=films // 2)[persons] + 0.4 * rng.normal(size=films)
    positive = (hidden < -0.8).astype(int)
    first = np.round(-hidden + 0.7 * rng.normal(size=films), 1)
    second = np.round(-hidden + 1.1 * rng.normal(size=films), 1)
    both = np.array([first, second])
    auc, clustered = clustered_covariance(both, positive, persons)
    _, plain = clustered_covariance(both, positive, np.arange(films))
    labels = np.digitize(hidden, [-0.8, 0.5])
    scores = np.column_stack([-hidden, -np.abs(hidden), hidden]) + 0.6 * rng.normal(size=(films, 3))
    pairwise = [
        [0.5 if j == k else roc_auc_score(labels[(labels == k) | (labels == j)] == k, scores[(labels == k) | (labels == j), k]) for j in range(3)]
        for k in range(3)
    ]
    called = scores.argmax(axis=1)
    return {
        "positive": positive, "first": first, "second": second, "persons": persons,
        "auc": [roc_auc_score(positive, first), roc_auc_score(positive, second)], "auc_by_pairs": auc,
        "clustered_covariance": clustered, "plain_covariance": plain,
        "labels": labels, "scores": scores, "pairwise": pairwise, "called": called,
        "one_vs_rest": [roc_auc_score(labels == k, scores[:, k]) for k in range(3)],
        "confusion": confusion_matrix(labels, called).T,
        "recall": recall_score(labels, called, average=None), "precision": precision_score(labels, called, average=None),
    }

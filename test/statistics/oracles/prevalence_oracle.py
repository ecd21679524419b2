"""Matrix-corrected prevalence in numpy, with the covariance by a numerical delta method; simplex and least squares by SciPy."""
import numpy as np
from scipy import optimize


def correct(flat, size):
    q, matrix = flat[:size], flat[size:].reshape(size, size)
    return np.linalg.solve(matrix, q)


def answers():
    counts = np.array([[90, 22, 1], [14, 330, 17], [1, 20, 108]])
    live = np.array([310, 1240, 450])
    people = counts.sum(axis=0)
    matrix = (counts + 1 / 3) / (people + 1)
    q = live / live.sum()
    flat = np.concatenate([q, matrix.ravel()])
    jacobian = np.array([
        (correct(flat + step, 3) - correct(flat - step, 3)) / 2e-6
        for step in 1e-6 * np.eye(12)
    ]).T
    noise = np.zeros((12, 12))
    noise[:3, :3] = (np.diag(q) - np.outer(q, q)) / live.sum()
    for j in range(3):
        rows = [3 + 3 * i + j for i in range(3)]
        column = matrix[:, j]
        noise[np.ix_(rows, rows)] = (np.diag(column) - np.outer(column, column)) / (people[j] + 1)
    points = np.random.default_rng(5).normal(size=(6, 4))
    nearest = [
        optimize.minimize(lambda p: ((p - point) ** 2).sum(), np.full(4, 0.25), bounds=[(0, 1)] * 4,
                          constraints={"type": "eq", "fun": lambda p: p.sum() - 1}, options={"ftol": 1e-16, "maxiter": 500}).x
        for point in points
    ]
    flat_matrix = np.array([[0.4, 0.36, 0.3], [0.35, 0.36, 0.36], [0.25, 0.28, 0.34]])
    target = np.array([0.39, 0.36, 0.25])
    squares = optimize.minimize(lambda p: ((flat_matrix @ p - target) ** 2).sum() * 1e6, np.full(3, 1 / 3), bounds=[(0, 1)] * 3,
                                constraints={"type": "eq", "fun": lambda p: p.sum() - 1}, options={"ftol": 1e-16, "maxiter": 1000}).x
    return {
        "counts": counts, "live": live, "shares": np.linalg.solve(matrix, q), "covariance": jacobian @ noise @ jacobian.T,
        "condition": np.linalg.cond(matrix), "points": points, "nearest": nearest,
        "flat_matrix": flat_matrix, "target": target, "misfit": ((flat_matrix @ squares - target) ** 2).sum(),
    }

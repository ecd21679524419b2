"""Feasible ranges of hidden counts by SciPy's linear programmes (HiGHS)."""
import itertools
import numpy as np
from scipy import optimize


def table_of(counts):
    full = counts
    for axis in range(counts.ndim):
        full = np.concatenate([full, full.sum(axis=axis, keepdims=True)], axis=axis)
    return full


def ranges(full, hidden):
    shape = full.shape
    rows, values = [], []
    for axis in range(full.ndim):
        for rest in itertools.product(*[range(size) for d, size in enumerate(shape) if d != axis]):
            row = np.zeros(shape)
            for at in range(shape[axis]):
                place = list(rest)
                place.insert(axis, at)
                row[tuple(place)] = -1 if at == shape[axis] - 1 else 1
            rows.append(row.ravel())
            values.append(0)
    bounds = [(0, None) if h else (v, v) for h, v in zip(hidden.ravel(), full.ravel())]
    found = []
    for place in np.flatnonzero(hidden.ravel()):
        objective = np.zeros(full.size)
        objective[place] = 1
        low = optimize.linprog(objective, A_eq=np.array(rows), b_eq=values, bounds=bounds)
        high = optimize.linprog(-objective, A_eq=np.array(rows), b_eq=values, bounds=bounds)
        found.append([int(place), low.fun, None if high.status == 3 else -high.fun])
    return found


def answers():
    counts = np.array([[[4, 18, 30], [22, 7, 41]], [[35, 12, 9], [16, 55, 28]]])
    full = table_of(counts)
    hidden = np.zeros(full.shape, dtype=bool)
    hidden[:2, :2, :2] = True
    flat = np.array([[4, 18, 30, 25], [22, 7, 41, 3], [35, 12, 9, 16]])
    flat_full = table_of(flat)
    flat_hidden = np.zeros(flat_full.shape, dtype=bool)
    for place in ((0, 0), (0, 1), (1, 1), (1, 3), (2, 2), (2, 3), (1, 2), (2, 0), (3, 3), (3, 0)):
        flat_hidden[place] = True
    return [
        {"sizes": table.shape, "counts": table.ravel(), "hidden": np.flatnonzero(mask.ravel()), "ranges": ranges(whole, mask)}
        for table, whole, mask in ((counts, full, hidden), (flat, flat_full, flat_hidden))
    ]

"""Real pixels: the same two stages on real knee films in the same three classes, cross-validated.

python3 training/cross_validate_knees.py --data FOLDER [--architecture vit resnet50 inception-v3]

Stratified 5 folds; exact duplicates stay on one side, groups of duplicates whose classes contradict each other are left
out. Each fold starts from the T stage on simulated hips, regresses the knees' T-scores (from ultrasound) for some CPU
minutes, and fits the heads out of fold. Writes training/results/knee.json. Says nothing about hips.
"""
import argparse
import csv
import json
import pathlib
import platform
import time

import architectures
import fit_heads
import numpy as np
import regress_t
import torch
from hip_crops import CLASSES
from PIL import Image
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from train_classes import features_of

SIZE, FOLDS, SEED = 160, 5, 1


def read(folder):
    """Crops [n, 160, 160] uint8 stretched as production stretches them, classes, T-scores and groups of duplicates; and how
    many films were left out."""
    root, images, rows, left_out = pathlib.Path(folder), [], [], 0
    for row in csv.DictReader((root / "labels.tsv").open(), delimiter="\t"):
        if row["dup_conflicts_class"] == "yes":
            left_out += 1
            continue
        film = Image.open(root / row["folder_class"] / f"{row['id']}.jpg").convert("L")
        edge = max(film.size)
        square = Image.new("L", (edge, edge))
        square.paste(film, ((edge - film.size[0]) // 2, (edge - film.size[1]) // 2))
        grey = np.asarray(square.resize((SIZE, SIZE), Image.Resampling.BOX), np.float32)
        low, high = np.percentile(grey, [1, 99])
        images.append(np.clip((grey - low) * 255 / max(high - low, 1), 0, 255).astype(np.uint8))
        rows.append(row)
    y = np.array([CLASSES.index(row["folder_class"]) for row in rows])
    groups = np.array([row["exact_dup_group"] or row["id"] for row in rows])
    t = np.array([float(row["t_score"]) for row in rows], np.float32)
    return (np.stack(images), y, t, groups), left_out


def cross_validate(name, data, minutes):
    """Probabilities [n, 3] of every film from networks that have not seen it, and the fold [n] it was read in."""
    images, y, t, groups = data
    p, fold = np.zeros((len(y), 3)), np.zeros(len(y), int)
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED).split(images, y, groups)
    for number, (learn, test) in enumerate(folds):
        torch.manual_seed(SEED)
        model = architectures.Classifier(name, SIZE)
        model.load_state_dict(torch.load(regress_t.RUNS / f"{name}-t.pt", weights_only=False)["model"])
        regress_t.regress(model, images, torch.from_numpy(t), learn, 60 * minutes, SEED)
        model.eval()
        features, told = features_of(model, images)
        heads = fit_heads.fit_heads(features[learn].astype(np.float64), told[learn].astype(np.float64), y[learn], groups[learn], SEED)
        p[test] = fit_heads.softmax(fit_heads.logits_of(heads, features[test], told[test]) / heads["temperature"])
        fold[test] = number
        print(f"{name}: fold {number + 1} of {FOLDS}", flush=True)
    return p, fold


def figure_of(measure, groups):
    """The measure of all films with an interval from 2,000 bootstraps that redraw groups of duplicates."""
    random, names = np.random.default_rng(SEED), np.unique(groups)
    members = {name: np.flatnonzero(groups == name) for name in names}
    drawn = []
    while len(drawn) < 2000:
        value = measure(np.concatenate([members[name] for name in random.choice(names, len(names))]))
        if not np.isnan(value):
            drawn.append(value)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {"value": round(float(measure(np.arange(len(groups)))), 4), "low": round(float(low), 4), "high": round(float(high), 4)}


def result_of(name, data, minutes):
    _, y, _, groups = data
    p, fold = cross_validate(name, data, minutes)
    right = p.argmax(1) == y

    def area(k):
        def of(index):
            positive = y[index] == k
            return roc_auc_score(positive, p[index, k]) if 0 < positive.sum() < len(index) else float("nan")
        return of

    return {
        "architecture": name, "accuracy": figure_of(lambda index: right[index].mean(), groups),
        "auc": {c: figure_of(area(k), groups) for k, c in reversed(list(enumerate(CLASSES)))},
        "foldAccuracy": [round(float(right[fold == number].mean()), 4) for number in range(FOLDS)],
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--architecture", nargs="+", default=list(architectures.BUILDERS))
    parser.add_argument("--cpu-minutes", type=float, default=2, help="for each fold")
    parser.add_argument("--out", default="training/results/knee.json")
    args = parser.parse_args()
    torch.set_num_threads(1)
    data, left_out = read(args.data)
    y, groups = data[1], data[3]
    began = time.process_time()
    models = []
    for name in args.architecture:
        models.append(result_of(name, data, args.cpu_minutes))
        print(json.dumps(models[-1]), flush=True)
    result = {
        "films": len(y), "groups": len(set(groups)), "leftOut": {"duplicates that contradict each other": left_out},
        "folds": FOLDS, "pixels": SIZE, "majority": round(float(np.bincount(y).max() / len(y)), 4), "models": models,
        "command": f"python3 training/cross_validate_knees.py --data FOLDER --architecture {' '.join(args.architecture)} --cpu-minutes {args.cpu_minutes:g}",
        "hardware": f"CPU {platform.machine()}, one thread, {(time.process_time() - began) / 60:.0f} CPU minutes",
    }
    out = pathlib.Path(args.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()

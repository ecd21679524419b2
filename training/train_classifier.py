"""Trains the first vision transformer on simulated films and writes its package.

python3 training/train_classifier.py --train DIR [DIR ...] --test DIR --external DIR --minutes 8

First the T-score is regressed, then the three classes are learned with the T head kept. Temperature and thresholds
come from people that training did not see (every fifth); the test sets are looked at once, at the end.
"""
import argparse
import json
import platform
import time

import films
import numpy as np
import package_model
import torch
from torch import nn
from torch.nn import functional as F

CLASSES = ["normal", "osteopenia", "osteoporosis"]
SIZE, PATCH, WIDTH, DEPTH, HEADS = 128, 16, 128, 4, 4


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 3 * WIDTH), nn.GELU(), nn.Linear(3 * WIDTH, WIDTH))

    def forward(self, x):
        n = x.shape[1]
        q, k, v = self.qkv(self.norm1(x)).reshape(-1, n, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        a = torch.softmax(q @ k.transpose(-2, -1) / (WIDTH // HEADS) ** 0.5, dim=-1) @ v
        x = x + self.out(a.transpose(1, 2).reshape(-1, n, WIDTH))
        return x + self.mlp(self.norm2(x))


class FirstViT(nn.Module):
    """A vision transformer with a small convolutional stem (Xiao 2021): uint8 [n, 1, 128, 128] in."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, 16, 3, 2, 1), nn.BatchNorm2d(16), nn.ReLU(),
            nn.Conv2d(16, 32, 3, 2, 1), nn.BatchNorm2d(32), nn.ReLU(),
            nn.Conv2d(32, 64, 3, 2, 1), nn.BatchNorm2d(64), nn.ReLU(),
            nn.Conv2d(64, WIDTH, 3, 2, 1),
        )
        self.place = nn.Parameter(torch.randn(1, (SIZE // PATCH) ** 2, WIDTH) * 0.02)
        self.blocks = nn.Sequential(*[Block() for _ in range(DEPTH)])
        self.norm = nn.LayerNorm(WIDTH)
        self.embed = nn.Linear(WIDTH, 16)
        self.t_head = nn.Linear(WIDTH, 1)
        self.head = nn.Linear(WIDTH, 3)

    def forward(self, image):
        x = (image.float() - 110.0) / 60.0
        x = self.stem(x).flatten(2).transpose(1, 2) + self.place
        x = self.norm(self.blocks(x)).mean(1)
        return self.head(x), self.embed(x), self.t_head(x)


def auc(score, positive):
    order = np.argsort(score, kind="stable")
    ranks = np.empty(len(score))
    ranks[order] = np.arange(1, len(score) + 1)
    p = positive.sum()
    return (ranks[positive].sum() - p * (p + 1) / 2) / (p * (len(score) - p))


def aucs(probabilities, labels):
    return {name: round(float(auc(probabilities[:, k], labels == k)), 4) for k, name in enumerate(CLASSES)}


def predict(model, crops):
    model.eval()
    with torch.no_grad():
        parts = [model(torch.from_numpy(crops[i : i + 64])[:, None]) for i in range(0, len(crops), 64)]
    return torch.cat([p[0] for p in parts]), torch.cat([p[2] for p in parts])[:, 0]


def augment(x):
    shift = np.random.randint(-6, 7, 2)
    x = torch.roll(x, (int(shift[0]), int(shift[1])), (1, 2)).float()
    n = len(x)
    x = 255 * (x / 255).clamp(0, 1) ** torch.exp(0.2 * torch.randn(n, 1, 1))
    return (x * (1 + 0.1 * torch.randn(n, 1, 1)) + 10 * torch.randn(n, 1, 1) + 5 * torch.randn_like(x)).clamp(0, 255)


def train(model, crops, t, y, minutes):
    optimiser = torch.optim.AdamW(model.parameters(), 1.5e-3, weight_decay=0.03)
    began, step, curve = time.time(), 0, []
    while True:
        share = (time.time() - began) / 60 / minutes
        if share >= 1:
            return curve
        for group in optimiser.param_groups:
            group["lr"] = 1.5e-3 * min(1, step / 100 + 0.02) * (0.5 + 0.5 * np.cos(np.pi * share))
        model.train()
        pick = np.random.randint(0, len(crops), 48)
        logits, _, score = model(augment(torch.from_numpy(crops[pick]))[:, None])
        loss = F.smooth_l1_loss(score[:, 0], t[pick])
        if share > 0.5:
            loss = loss + 0.5 * F.cross_entropy(logits, y[pick])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        if step % 100 == 0:
            curve.append(round(float(loss), 4))
            print(f"step {step} {share:.0%} loss {float(loss):.3f}", flush=True)


def fit_temperature(logits, y):
    grid = np.exp(np.linspace(-1.5, 1.5, 121))
    return float(grid[np.argmin([float(F.cross_entropy(logits / g, y)) for g in grid])])


def choose_thresholds(p, y):
    """t1: the highest at which 90 % of osteoporosis is found; t2: best balanced accuracy of normal against the rest."""
    t1 = float(np.quantile(p[y == 2, 2], 0.08))
    sums = p[:, 1] + p[:, 2]
    grid = np.linspace(0.05, 0.95, 91)
    balanced = [((sums[y != 0] >= g).mean() + (sums[y == 0] < g).mean()) / 2 for g in grid]
    return min(max(t1, 0.01), 0.99), float(grid[int(np.argmax(balanced))])


def labels_of(labels):
    y = np.array([CLASSES.index(label["class"]) for label in labels])
    return y, np.array([label["tScore"] for label in labels], np.float32)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--train", nargs="+", required=True)
    parser.add_argument("--test", required=True)
    parser.add_argument("--external", required=True)
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", default="models/first-vit/1.0.0")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    np.random.seed(args.seed)
    crops, labels, _, _ = films.load(args.train)
    y, t = labels_of(labels)
    held = np.array([int(label["person"].split("-")[1]) % 5 == 0 for label in labels])
    model = FirstViT()
    curve = train(model, crops[~held], torch.from_numpy(t[~held]), torch.from_numpy(y[~held]), args.minutes)
    logits, _ = predict(model, crops[held])
    temperature = fit_temperature(logits, torch.from_numpy(y[held]))
    t1, t2 = choose_thresholds(torch.softmax(logits / temperature, 1).numpy(), y[held])
    report = {}
    for name, folder in {"hospital": args.test, "external": args.external}.items():
        test_crops, test_labels, _, _ = films.load([folder])
        test_y, test_t = labels_of(test_labels)
        test_logits, score = predict(model, test_crops)
        p = torch.softmax(test_logits / temperature, 1).numpy()
        report[name] = {"n": len(test_y), "auc": aucs(p, test_y), "t_correlation": round(float(np.corrcoef(score.numpy(), test_t)[0, 1]), 4)}
    print(json.dumps({"temperature": temperature, "t1": t1, "t2": t2, **report}, indent=2))
    manifest = {
        "name": "first-vit", "version": "1.0.0", "task": "classify", "domain": "synthetic",
        "architecture": "vit 128/16, width 128, depth 4, convolutional stem", "classes": CLASSES,
        "input": {"name": "image", "size": SIZE, "channels": 1},
        "outputs": {"logits": "logits", "embedding": "embedding", "tScore": "t_score"},
        "preprocessing": {**package_model.PREPROCESSING, "crop": {"edgeCm": 14, "mirrorRight": True}},
        "temperature": temperature, "thresholds": {"t1": t1, "t2": t2},
        "training": {"seed": args.seed, "hardware": platform.processor() or platform.machine(), "minutes": args.minutes,
                     "crops": int((~held).sum()), "lossEvery100Steps": curve, "heldOut": report},
    }
    model.eval()
    package_model.write(args.out, manifest, lambda path: torch.onnx.export(
        model, torch.zeros(1, 1, SIZE, SIZE, dtype=torch.uint8), path, opset_version=14, input_names=["image"],
        output_names=["logits", "embedding", "t_score"],
        dynamic_axes={"image": {0: "n"}, "logits": {0: "n"}, "embedding": {0: "n"}, "t_score": {0: "n"}}))


main()

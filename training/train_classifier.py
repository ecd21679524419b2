"""Trains the first vision transformer on simulated films and writes its package.

python3 training/train_classifier.py --train DIR [DIR ...] --test DIR --external DIR --steps 2000

First the T-score is regressed, then the three classes are learned with the T head kept. Temperature and thresholds
come from people that training did not see (every fifth); the test sets are looked at once, at the end.
"""
import argparse
import json
import time

import films
import numpy as np
import package_model
import torch
from torch import nn
from torch.nn import functional as F

CLASSES = ["normal", "osteopenia", "osteoporosis"]
SIZE, PATCH, WIDTH, DEPTH, HEADS = 128, 16, 128, 4, 4
BATCH, RATE = 24, 1e-3


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 2 * WIDTH), nn.GELU(), nn.Linear(2 * WIDTH, WIDTH))

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
            nn.Conv2d(2, 16, 3, 2, 1), nn.BatchNorm2d(16), nn.ReLU(),
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

    def features(self, image):
        x = (image.float() - 130.0) / 70.0
        # What is finer than about a centimetre beside the film itself: cortex and trabeculae, without exposure.
        x = torch.cat([x, 3 * (x - F.avg_pool2d(x, 9, 1, 4, count_include_pad=False))], 1)
        x = self.stem(x).flatten(2).transpose(1, 2) + self.place
        return self.norm(self.blocks(x)).mean(1)

    def forward(self, image):
        x = self.features(image)
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
    shift = np.random.randint(-4, 5, 2)
    x = torch.roll(x, (int(shift[0]), int(shift[1])), (1, 2)).float()
    n = len(x)
    x = 255 * (x / 255).clamp(0, 1) ** torch.exp(0.15 * torch.randn(n, 1, 1))
    return (x * (1 + 0.1 * torch.randn(n, 1, 1)) + 10 * torch.randn(n, 1, 1) + 2 * torch.randn_like(x)).clamp(0, 255)


def train(model, crops, t, y, steps, minutes):
    """Regresses T over the first half, then learns the classes as well; answers the loss curve."""
    optimiser = torch.optim.AdamW(model.parameters(), RATE, weight_decay=0.03)
    curve, sums = [], 0.0
    model.train()
    began, step = time.time(), 0
    while (share := max(step / steps, (time.time() - began) / 60 / minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1, step / 60 + 0.02) * (0.5 + 0.5 * np.cos(np.pi * share))
        pick = np.random.randint(0, len(crops), BATCH)
        logits, _, score = model(augment(torch.from_numpy(crops[pick]))[:, None])
        loss = F.smooth_l1_loss(score[:, 0], t[pick], beta=0.3)
        if share > 0.5:
            loss = loss + 0.5 * F.cross_entropy(logits, y[pick])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        sums, step = sums + float(loss), step + 1
        if step % 50 == 0:
            curve.append(round(sums / 50, 4))
            sums = 0.0
            print(f"step {step} of {steps}: loss {curve[-1]}, {time.process_time():.0f} s", flush=True)
    return curve


def refit_heads(model, crops, t, y):
    """Fits both heads to the whole training part at once, on the features that training has found."""
    model.eval()
    with torch.no_grad():
        features = torch.cat([model.features(torch.from_numpy(crops[i : i + 64])[:, None]) for i in range(0, len(crops), 64)])
    for head, loss_of in ((model.t_head, lambda out: F.mse_loss(out[:, 0], t)), (model.head, lambda out: F.cross_entropy(out, y))):
        optimiser = torch.optim.LBFGS(head.parameters(), max_iter=200, line_search_fn="strong_wolfe")

        def closure():
            optimiser.zero_grad()
            loss = loss_of(head(features)) + 2e-3 * head.weight.square().sum()
            loss.backward()
            return loss

        optimiser.step(closure)


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
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=60, help="stops earlier than the steps where time runs out")
    parser.add_argument("--resume", help="weights of an earlier run to start from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", default="models/first-vit/1.0.0")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    np.random.seed(args.seed)
    crops, labels, _, _ = films.load(args.train)
    y, t = labels_of(labels)
    held = np.array([int(label["person"].split("-")[1]) % 5 == 0 for label in labels])
    model = FirstViT()
    model.t_head.bias.data.fill_(float(t.mean()))
    films.resume(model, args.resume)
    learned = crops[~held], torch.from_numpy(t[~held]), torch.from_numpy(y[~held])
    curve = train(model, *learned, args.steps, args.minutes)
    refit_heads(model, *learned)
    films.keep(model, "classifier")
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
        "training": {"seed": args.seed, "hardware": films.HARDWARE, "seconds": round(time.process_time()),
                     "films": films.count(args.train), "crops": int((~held).sum()), "steps": len(curve) * 50,
                     "lossEvery50Steps": curve, "heldOut": report},
    }
    model.eval()
    package_model.write(args.out, manifest, lambda path: torch.onnx.export(
        model, torch.zeros(1, 1, SIZE, SIZE, dtype=torch.uint8), path, opset_version=14, input_names=["image"],
        output_names=["logits", "embedding", "t_score"],
        dynamic_axes={"image": {0: "n"}, "logits": {0: "n"}, "embedding": {0: "n"}, "t_score": {0: "n"}}))


main()

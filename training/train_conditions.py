"""Trains the network that tells what keeps a hip from being read, and writes the finder's whole package.

python3 training/train_conditions.py --train DIR [DIR ...] --test DIR --finder training/runs/hip-finder
"""
import argparse
import json
import pathlib
import time

import film_looks
import films
import hip_crops
import numpy as np
import package_model
import torch
from torch import nn
from torch.nn import functional as F

SIGNS = ["fracture", "implant", "cement", "object", "cutOff", "exposure"]
SIZE, BATCH, RATE = 128, 32, 2e-3
# Of sound hips that were held out, the share that a sign may be told of: as they are drawn, and as makers process them.
FALSE_ALARMS, FALSE_ALARMS_PROCESSED = 1 / 400, 1 / 80
# Each sign is told from this probability on at least.
LEAST = 0.3


def layer(a, b, stride=1):
    return nn.Sequential(nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU())


class Conditions(nn.Module):
    """uint8 [n, 1, 128, 128] in, a logit for each sign out; what is strongest anywhere counts beside the whole."""

    def __init__(self):
        super().__init__()
        self.looks = film_looks.Looks(100.0, 70.0)
        self.c1 = layer(3, 16, 2)
        self.c2 = nn.Sequential(layer(16, 24), layer(24, 32, 2))
        self.c3 = nn.Sequential(layer(32, 40), layer(40, 48, 2))
        self.c4 = nn.Sequential(layer(48, 64), layer(64, 64, 2), layer(64, 64))
        self.neck = nn.Sequential(nn.Linear(64 * 16 + 64 + 48, 96), nn.ReLU(), nn.Dropout(0.2))
        self.signs = nn.Linear(96, len(SIGNS))

    def forward(self, image):
        c3 = self.c3(self.c2(self.c1(self.looks(image))))
        c4 = self.c4(c3)
        places = F.avg_pool2d(c4, 2).flatten(1)
        return self.signs(self.neck(torch.cat([places, c4.flatten(2).max(2).values, c3.flatten(2).max(2).values], 1)))


def margin_of(folders):
    """How much more than a hip's box the crops of folders show; the same for all of them."""
    margins = {json.loads((pathlib.Path(folder) / "labels.json").read_text()).get("margin", 1) for folder in folders}
    if len(margins) != 1:
        raise ValueError(f"crops with different margins: {sorted(margins)}")
    return margins.pop()


def augment(x, margin):
    """Turns, scales and shifts [n, 1, s, s] by little, cuts the margin away, and stretches what is left as production does."""
    n = len(x)
    turn, scale = 0.08 * torch.randn(n), torch.exp(0.09 * torch.randn(n)) / margin
    cos, sin, shift = torch.cos(turn) * scale, torch.sin(turn) * scale, 0.09 * torch.randn(n, 2) / margin
    forth = torch.stack([torch.stack([cos, -sin, shift[:, 0]], 1), torch.stack([sin, cos, shift[:, 1]], 1)], 1)
    grid = F.affine_grid(forth, [n, 1, SIZE, SIZE], align_corners=False)
    grid = grid + film_looks.bent(n, SIZE, 0.05 / margin) * (torch.rand(n, 1, 1, 1) < 0.7)
    return film_looks.restretched(F.grid_sample(x, grid, padding_mode="border", align_corners=False))


def inner(images, margin):
    """The boxes of crops that were cut with a margin, stretched anew; uint8 [n, SIZE, SIZE]."""
    if margin == 1:
        return np.asarray(images)
    theta = torch.tensor([[[1 / margin, 0, 0], [0, 1 / margin, 0]]], dtype=torch.float32)
    out = []
    for i in range(0, len(images), 64):
        x = torch.from_numpy(np.ascontiguousarray(images[i : i + 64]))[:, None].float()
        grid = F.affine_grid(theta.expand(len(x), 2, 3), [len(x), 1, SIZE, SIZE], align_corners=False)
        out.append(film_looks.restretched(F.grid_sample(x, grid, padding_mode="border", align_corners=False))[:, 0].round().to(torch.uint8))
    return torch.cat(out).numpy()


def targets(labels):
    return np.array([[sign in label["signs"] for sign in SIGNS] for label in labels], np.float32)


def told(model, images):
    """Probabilities [n, signs]."""
    model.eval()
    with torch.no_grad():
        parts = [model(torch.from_numpy(images[i : i + 64])[:, None]) for i in range(0, len(images), 64)]
    return torch.sigmoid(torch.cat(parts)).numpy()


def thresholds_of(chances, y, share):
    """The lowest that keep the false alarms of each sign within a share of the sound hips."""
    sound = chances[y.sum(1) == 0]
    return np.clip(np.quantile(sound, 1 - share, axis=0, method="higher") + 1e-4, LEAST, 0.98)


def as_processed(images, margin):
    """Crops as a training batch shows them; uint8 [n, SIZE, SIZE]."""
    with torch.no_grad():
        parts = [augment(film_looks.processed(torch.from_numpy(np.ascontiguousarray(images[i : i + 32]))[:, None].float()), margin)
                 for i in range(0, len(images), 32)]
    return torch.cat(parts)[:, 0].round().to(torch.uint8).numpy()


def report_on(chances, y, thresholds, labels):
    hit = chances >= thresholds
    sound = y.sum(1) == 0
    conditions = sorted({label["condition"] for label in labels})
    of = lambda condition: np.array([label["condition"] == condition for label in labels])
    return {
        "crops": len(y), "soundCrops": int(sound.sum()), "soundWithSign": round(float(hit[sound].any(1).mean()), 4),
        "sensitivity": {sign: round(float(hit[y[:, k] > 0, k].mean()), 4) for k, sign in enumerate(SIGNS)},
        "falseAlarms": {sign: round(float(hit[sound, k].mean()), 4) for k, sign in enumerate(SIGNS)},
        "anySignByCondition": {name: round(float(hit[of(name)].any(1).mean()), 4) for name in conditions},
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--train", nargs="+", required=True)
    parser.add_argument("--test", required=True)
    parser.add_argument("--cpu-minutes", type=float, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--resume", help="weights of an earlier run to start from")
    parser.add_argument("--finder", required=True, help="folder that train_finder.py wrote")
    parser.add_argument("--version", default="1.1.0")
    parser.add_argument("--out", default="training/runs/hip-finder-conditions")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    np.random.seed(args.seed)
    images, labels = hip_crops.load(args.train)
    y = targets(labels)
    held = np.array([int(label["person"].split("-")[1]) % 5 == 0 for label in labels])
    learned = np.flatnonzero(~held)
    # Each sign is rare; hips that have one are shown as often as those that do not.
    chances = np.where(y[learned].sum(1) > 0, 1 / (y[learned].sum(1) > 0).sum(), 1 / (y[learned].sum(1) == 0).sum())
    chances = chances / chances.sum()
    margin = margin_of(args.train)
    model = Conditions().to(memory_format=torch.channels_last)
    films.resume(model, args.resume)

    pool = film_looks.Pool(images, lambda count: np.random.choice(learned, count, p=chances), size=2500)

    def loss_of_batch():
        shown, pick = pool.batch(BATCH)
        x = augment(shown, margin).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(x)
        return F.binary_cross_entropy_with_logits(logits.float(), torch.from_numpy(y[pick]))

    began = time.process_time()
    step = films.learn(model, loss_of_batch, args.rate, args.cpu_minutes, "conditions")
    films.keep(model, "conditions")
    processed = told(model, as_processed(images[held], margin))
    thresholds = np.maximum(thresholds_of(told(model, inner(images[held], margin)), y[held], FALSE_ALARMS),
                            thresholds_of(processed, y[held], FALSE_ALARMS_PROCESSED))
    test_images, test_labels = hip_crops.load([args.test])
    report = report_on(told(model, test_images), targets(test_labels), thresholds, test_labels)
    report["processed"] = report_on(processed, y[held], thresholds, [label for label, own in zip(labels, held) if own])
    print(json.dumps(report, indent=2))
    learning = {"seed": args.seed, "hardware": films.HARDWARE, "seconds": round(time.process_time() - began),
                "crops": len(learned), "steps": step, "heldOut": report}
    network = {"input": {"name": "image", "size": SIZE, "channels": 1}, "output": "signs", "signs": SIGNS,
               "thresholds": {sign: round(float(thresholds[k]), 4) for k, sign in enumerate(SIGNS)}}
    out = pathlib.Path(args.out) / args.version
    package_model.extend(args.finder, out, args.version, "conditions", network, learning, lambda path: torch.onnx.export(
        model.eval(), (torch.zeros(1, 1, SIZE, SIZE, dtype=torch.uint8),), path, dynamo=False, opset_version=14,
        input_names=["image"], output_names=["signs"], dynamic_axes={"image": {0: "n"}, "signs": {0: "n"}}))


if __name__ == "__main__":
    main()

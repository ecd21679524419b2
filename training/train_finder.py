"""Trains the hip finder on thumbnails of simulated films and writes its package.

python3 training/train_finder.py --train DIR [DIR ...] --test DIR --steps 2000
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

VIEWS = ["hip", "pelvis", "knee", "chest", "photograph", "lateral", "child", "implants"]
SIZE = 192
BATCH = 32
# Films of each batch that are cut up and must be refused.
SHUFFLED = 3


class Finder(nn.Module):
    """uint8 [n, 1, 192, 192] in; for the left and the right half of the image: presence, box, side of the body."""

    def __init__(self):
        super().__init__()
        widths = [16, 24, 32, 48, 64]
        layers = [nn.Conv2d(1, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
        for a, b in zip(widths, widths[1:]):
            layers += [nn.Conv2d(a, b, 3, 2, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU()]
        layers += [nn.Conv2d(64, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU()]
        self.body = nn.Sequential(*layers)
        self.neck = nn.Sequential(nn.Flatten(), nn.Linear(64 * 36, 128), nn.ReLU(), nn.Dropout(0.2))
        self.presence, self.boxes, self.side, self.view = nn.Linear(128, 2), nn.Linear(128, 8), nn.Linear(128, 2), nn.Linear(128, 8)

    def forward(self, image):
        x = self.neck(self.body((image.float() - 90.0) / 70.0))
        return self.presence(x), self.boxes(x), self.side(x), self.view(x)


def targets(labels):
    n = len(labels)
    presence, boxes, side = np.zeros((n, 2), np.float32), np.zeros((n, 8), np.float32), np.zeros((n, 2), np.float32)
    view = np.array([VIEWS.index(label["kind"]) for label in labels])
    for i, label in enumerate(labels):
        hips = label["hips"]
        for hip in hips:
            # With two hips the one further to the left of the image is the first; a single hip stands in the first place.
            place = 0 if len(hips) == 1 or hip["cx"] == min(h["cx"] for h in hips) else 1
            presence[i, place] = 1
            side[i, place] = hip["side"] == "left"
            boxes[i, 4 * place : 4 * place + 4] = [hip["cx"], hip["cy"], hip["width"], hip["height"]]
    return [torch.from_numpy(a) for a in (presence, boxes, side, view)]


def augment(x, boxes, side, presence):
    """Shifts, scales, and mirrors (which turns a left hip into a right one); changes grey and adds noise."""
    n = len(x)
    x = x.float()[:, None]
    scale = torch.exp(0.15 * torch.randn(n))
    dx, dy = 0.08 * torch.randn(n), 0.08 * torch.randn(n)
    flip = torch.where(torch.rand(n) < 0.5, -1.0, 1.0)
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0], theta[:, 1, 1], theta[:, 0, 2], theta[:, 1, 2] = flip * scale, scale, dx, dy
    x = F.grid_sample(x, F.affine_grid(theta, x.shape, align_corners=False), align_corners=False)
    out = boxes.clone().reshape(n, 2, 4)
    u, v = 2 * out[..., 0] - 1, 2 * out[..., 1] - 1
    out[..., 0] = ((u - dx[:, None]) / (flip * scale)[:, None] + 1) / 2
    out[..., 1] = ((v - dy[:, None]) / scale[:, None] + 1) / 2
    out[..., 2:] = out[..., 2:] / scale[:, None, None]
    side = torch.where(flip[:, None] < 0, 1 - side, side)
    swap = (flip < 0) & (presence.sum(1) == 2)
    out[swap], side[swap] = out[swap].flip(1), side[swap].flip(1)
    return grey_changes(x), out.reshape(n, 8), side


def grey_changes(x):
    """Exposure, processing, uneven light, blur, noise, collimation bands and small dense or dark objects."""
    n = len(x)
    x = 255 * (x / 255).clamp(0, 1) ** torch.exp(0.45 * torch.randn(n, 1, 1, 1))
    light = F.interpolate(torch.randn(n, 1, 3, 3), SIZE, mode="bilinear", align_corners=True)
    x = x * (1 + 0.2 * torch.randn(n, 1, 1, 1)) + 12 * torch.randn(n, 1, 1, 1) + 14 * light
    blurred = F.avg_pool2d(x, 3, 1, 1)
    x = torch.where(torch.rand(n, 1, 1, 1) < 0.3, blurred, x) + 6 * torch.rand(n, 1, 1, 1) * torch.randn_like(x)
    for i in range(n):
        if np.random.rand() < 0.35:
            x[i] = banded(x[i])
        for _ in range(np.random.randint(0, 3)):
            top, left = np.random.randint(0, SIZE - 16, 2)
            high, wide = np.random.randint(3, 16, 2)
            x[i, 0, top : top + high, left : left + wide] = np.random.rand() * 255
    return x.clamp(0, 255)


def banded(x):
    """Shades the margins, at most a ninth of the film at each edge."""
    level = float(np.random.choice([0, 20, 255]))
    top, bottom, left, right = (np.random.rand(4) < 0.5) * np.random.randint(0, SIZE // 9, 4)
    y = torch.full_like(x, level)
    y[:, top : SIZE - bottom, left : SIZE - right] = x[:, top : SIZE - bottom, left : SIZE - right]
    return y


def shuffled(x):
    """Cuts films into tiles and deals them out anew: the same parts, but no hip."""
    tiles = int(np.random.choice([3, 4, 6]))
    edge = SIZE // tiles
    parts = x.reshape(-1, tiles, edge, tiles, edge).transpose(2, 3).reshape(-1, tiles * tiles, edge, edge)
    parts = parts[:, torch.randperm(tiles * tiles)]
    return parts.reshape(-1, tiles, tiles, edge, edge).transpose(2, 3).reshape(-1, SIZE, SIZE)


def losses(out, presence, boxes, side, view):
    there = presence.repeat_interleave(4, 1)
    box = (F.smooth_l1_loss(out[1], boxes, reduction="none", beta=0.02) * there).sum() / there.sum().clamp(min=1)
    sides = (F.binary_cross_entropy_with_logits(out[2], side, reduction="none") * presence).sum() / presence.sum().clamp(min=1)
    return F.binary_cross_entropy_with_logits(out[0], presence) + 10 * box + sides + F.cross_entropy(out[3], view, label_smoothing=0.05)


def evaluate(model, thumbs, labels):
    presence, boxes, side, view = targets(labels)
    model.eval()
    with torch.no_grad():
        out = [torch.cat(parts) for parts in zip(*[model(torch.from_numpy(thumbs[i : i + 64])[:, None]) for i in range(0, len(thumbs), 64)])]
    hips = (view < 2)
    found = presence[hips] > 0
    error = (out[1][hips].reshape(-1, 2, 4) - boxes[hips].reshape(-1, 2, 4)).abs()[found]
    refused = out[3].argmax(1) >= 2
    return {
        "presence": round(float(((out[0] > 0) == (presence > 0)).float()[hips].mean()), 4),
        "side": round(float(((out[2][hips] > 0) == (side[hips] > 0))[found].float().mean()), 4),
        "medianBoxError": round(float(error[:, :2].median()), 4),
        "wronglyRefused": round(float(refused[hips].float().mean()), 4),
        "rightlyRefused": round(float(refused[~hips].float().mean()), 4),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--train", nargs="+", required=True)
    parser.add_argument("--test", required=True)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=60, help="stops earlier than the steps where time runs out")
    parser.add_argument("--resume", help="weights of an earlier run to start from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", default="models/hip-finder/1.0.0")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    np.random.seed(args.seed)
    _, _, thumbs, labels = films.load(args.train)
    presence, boxes, side, view = targets(labels)
    model = Finder()
    optimiser = torch.optim.AdamW(model.parameters(), 2e-3, weight_decay=0.02)
    films.resume(model, args.resume)
    began, step = time.time(), 0
    while (share := max(step / args.steps, (time.time() - began) / 60 / args.minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = 2e-3 * (0.5 + 0.5 * np.cos(np.pi * share))
        model.train()
        pick = np.random.randint(0, len(thumbs), BATCH)
        images, there, kinds = torch.from_numpy(thumbs[pick]), presence[pick].clone(), view[pick].clone()
        images[:SHUFFLED] = shuffled(images[:SHUFFLED])
        there[:SHUFFLED], kinds[:SHUFFLED] = 0, VIEWS.index("photograph")
        x, b, s = augment(images, boxes[pick], side[pick], there)
        loss = losses(model(x), there, b, s, kinds)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step += 1
        if step % 50 == 0:
            print(f"step {step} of {args.steps}: loss {float(loss):.3f}, {time.process_time():.0f} s", flush=True)
    films.keep(model, "finder")
    _, _, test_thumbs, test_labels = films.load([args.test])
    report = evaluate(model, test_thumbs, test_labels)
    print(json.dumps(report, indent=2))
    names = ["presence", "boxes", "side", "view"]
    manifest = {
        "name": "hip-finder", "version": "1.0.0", "task": "find-hips", "domain": "synthetic",
        "architecture": "convolutional, 5 stages", "input": {"name": "image", "size": SIZE, "channels": 1},
        "outputs": {name: name for name in names},
        "preprocessing": {**package_model.PREPROCESSING, "thumbnail": "whole film in the middle of a black square"},
        "training": {"seed": args.seed, "hardware": films.HARDWARE, "seconds": round(time.process_time()),
                     "films": len(labels), "steps": step, "views": VIEWS, "heldOut": report},
    }
    model.eval()
    package_model.write(args.out, manifest, lambda path: torch.onnx.export(
        model, torch.zeros(1, 1, SIZE, SIZE, dtype=torch.uint8), path, opset_version=14, input_names=["image"],
        output_names=names, dynamic_axes={name: {0: "n"} for name in ["image", *names]}))


main()

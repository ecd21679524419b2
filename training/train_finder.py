"""Trains the hip finder on thumbnails of simulated films and writes its package.

python3 training/train_finder.py --train DIR [DIR ...] --test DIR --minutes 6
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

VIEWS = ["hip", "pelvis", "knee", "chest", "photograph", "lateral", "child", "implants"]
SIZE = 192


class Finder(nn.Module):
    """uint8 [n, 1, 192, 192] in; for the left and the right half of the image: presence, box, side of the body."""

    def __init__(self):
        super().__init__()
        widths = [1, 16, 24, 32, 48, 64]
        layers = []
        for a, b in zip(widths, widths[1:]):
            layers += [nn.Conv2d(a, b, 3, 2, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU(),
                       nn.Conv2d(b, b, 3, 1, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU()]
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
    gamma = torch.exp(0.35 * torch.randn(n, 1, 1, 1))
    x = 255 * (x / 255).clamp(0, 1) ** gamma
    x = x * (1 + 0.2 * torch.randn(n, 1, 1, 1)) + 15 * torch.randn(n, 1, 1, 1) + 6 * torch.rand(n, 1, 1, 1) * torch.randn_like(x)
    return x.clamp(0, 255), out.reshape(n, 8), side


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
    parser.add_argument("--minutes", type=float, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", default="models/hip-finder/1.0.0")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    np.random.seed(args.seed)
    _, _, thumbs, labels = films.load(args.train)
    presence, boxes, side, view = targets(labels)
    model = Finder()
    optimiser = torch.optim.AdamW(model.parameters(), 2e-3, weight_decay=0.02)
    began, step = time.time(), 0
    while (share := (time.time() - began) / 60 / args.minutes) < 1:
        for group in optimiser.param_groups:
            group["lr"] = 2e-3 * (0.5 + 0.5 * np.cos(np.pi * share))
        model.train()
        pick = np.random.randint(0, len(thumbs), 32)
        x, b, s = augment(torch.from_numpy(thumbs[pick]), boxes[pick], side[pick], presence[pick])
        loss = losses(model(x), presence[pick], b, s, view[pick])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step += 1
        if step % 100 == 0:
            print(f"step {step} {share:.0%} loss {float(loss):.3f}", flush=True)
    _, _, test_thumbs, test_labels = films.load([args.test])
    report = evaluate(model, test_thumbs, test_labels)
    print(json.dumps(report, indent=2))
    names = ["presence", "boxes", "side", "view"]
    manifest = {
        "name": "hip-finder", "version": "1.0.0", "task": "find-hips", "domain": "synthetic",
        "architecture": "convolutional, 5 stages", "input": {"name": "image", "size": SIZE, "channels": 1},
        "outputs": {name: name for name in names},
        "preprocessing": {**package_model.PREPROCESSING, "thumbnail": "whole film in the middle of a black square"},
        "training": {"seed": args.seed, "hardware": platform.processor() or platform.machine(), "minutes": args.minutes,
                     "films": len(labels), "views": VIEWS, "heldOut": report},
    }
    model.eval()
    package_model.write(args.out, manifest, lambda path: torch.onnx.export(
        model, torch.zeros(1, 1, SIZE, SIZE, dtype=torch.uint8), path, opset_version=14, input_names=["image"],
        output_names=names, dynamic_axes={name: {0: "n"} for name in ["image", *names]}))


main()

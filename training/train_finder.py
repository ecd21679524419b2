"""Trains the hip finder on thumbnails of simulated films and writes its package.

python3 training/train_finder.py --train DIR [DIR ...] --test DIR --steps 2000
"""
import argparse
import json
import time

import film_looks
import films
import numpy as np
import package_model
import torch
from torch import nn
from torch.nn import functional as F

VIEWS = ["hip", "pelvis", "knee", "chest", "photograph", "lateral", "child", "implants"]
# Other limbs are refused for the same reason as knees.
SAME_VIEW = {"limb": "knee"}
SIZE = 192
# Films with fewer pixels along their shorter side are refused: a hip has too few for its trabeculae.
SHORTEST_SIDE = 160
BATCH = 32
# Films of each batch that are cut up and must be refused.
SHUFFLED = 3


def layer(a, b, stride=1):
    return nn.Sequential(nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU())


class Finder(nn.Module):
    """uint8 [n, 1, 192, 192] in; for two places: presence, box, side of the body; and what the film shows.

    Boxes lie where a map of 48 x 48 cells is hot (its centre of mass, so finer than a cell); all else is told from the
    whole film.
    """

    def __init__(self):
        super().__init__()
        self.looks = film_looks.Looks(90.0, 70.0)
        self.c1, self.c2, self.c3 = layer(3, 16, 2), layer(16, 24, 2), layer(24, 32, 2)
        self.c4, self.c5 = layer(32, 48, 2), nn.Sequential(layer(48, 64, 2), layer(64, 64))
        self.u5, self.u4, self.u3, self.u2 = layer(64, 48), layer(48, 32), layer(32, 24), layer(24, 24)
        self.heat = nn.Conv2d(24, 2, 3, 1, 1)
        self.neck = nn.Sequential(nn.Flatten(), nn.Linear(64 * 36, 128), nn.ReLU(), nn.Dropout(0.2))
        self.presence, self.edges, self.side, self.view = nn.Linear(128, 2), nn.Linear(128, 4), nn.Linear(128, 2), nn.Linear(128 + 32 + 48, 8)
        cells = (torch.arange(48) + 0.5) / 48
        self.register_buffer("across", cells.repeat(48), persistent=False)
        self.register_buffer("down", cells.repeat_interleave(48), persistent=False)

    def maps(self, image):
        c2 = self.c2(self.c1(self.looks(image)))
        c3 = self.c3(c2)
        c4 = self.c4(c3)
        c5 = self.c5(c4)
        up = lambda y: F.interpolate(y, scale_factor=2.0, mode="nearest")
        heat = self.heat(self.u2(up(self.u3(up(self.u4(up(self.u5(c5)) + c4)) + c3)) + c2))
        # Metal and open growth plates are small: the strongest answer anywhere counts.
        strongest = torch.cat([c3.flatten(2).max(2).values, c4.flatten(2).max(2).values], 1)
        return self.neck(c5), strongest, heat.flatten(2)

    def forward(self, image):
        x, strongest, heat = self.maps(image)
        where = torch.softmax(heat, 2)
        cx, cy = (where * self.across).sum(2), (where * self.down).sum(2)
        w, h = torch.exp(self.edges(x) - 1).chunk(2, 1)
        boxes = torch.stack([cx, cy, w, h], 2).flatten(1)
        return self.presence(x), boxes, self.side(x), self.view(torch.cat([x, strongest], 1)), heat


class Answers(nn.Module):
    """The finder without its maps, which only training asks for."""

    def __init__(self, finder):
        super().__init__()
        self.finder = finder

    def forward(self, image):
        return self.finder(image)[:4]


def targets(labels):
    n = len(labels)
    presence, boxes, side = np.zeros((n, 2), np.float32), np.zeros((n, 8), np.float32), np.zeros((n, 2), np.float32)
    view = np.array([VIEWS.index(SAME_VIEW.get(label["kind"], label["kind"])) for label in labels])
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
    """Shifts, scales, turns and mirrors (which makes a left hip a right one), then small marks and margins."""
    n = len(x)
    # Films without hips may be seen from much nearer and farther.
    scale = torch.exp(torch.where(presence.sum(1) > 0, 0.18, 0.35) * torch.randn(n))
    tall = torch.exp(0.05 * torch.randn(n))
    shift = 0.09 * torch.randn(n, 2)
    flip = torch.where(torch.rand(n) < 0.5, -1.0, 1.0)
    turn = 0.08 * torch.randn(n)
    cos, sin = torch.cos(turn) * scale, torch.sin(turn) * scale
    forth = torch.stack([torch.stack([flip * cos, -sin * tall], 1), torch.stack([flip * sin, cos * tall], 1)], 1)
    grid = F.affine_grid(torch.cat([forth, shift[:, :, None]], 2), x.shape, align_corners=False)
    shifts = film_looks.bent(n, SIZE, 0.04) * (torch.rand(n, 1, 1, 1) < 0.7)
    x = F.grid_sample(x, grid + shifts, align_corners=False)
    out = boxes.clone().reshape(n, 2, 4)
    back = torch.linalg.inv(forth)
    centres = film_looks.bent_back(2 * out[..., :2] - 1, shifts, lambda q: (q - shift[:, None]) @ back.transpose(1, 2))
    out[..., :2] = (centres + 1) / 2
    out[..., 2:] = out[..., 2:] / torch.stack([scale, scale * tall], 1)[:, None]
    side = torch.where(flip[:, None] < 0, 1 - side, side)
    swap = (presence.sum(1) == 2) & (out[:, 0, 0] > out[:, 1, 0])
    out[swap], side[swap] = out[swap].flip(1), side[swap].flip(1)
    return marked(x), out.reshape(n, 8), side


def marked(x):
    """A little noise, collimation, and small objects, letters of any shape among them."""
    n = len(x)
    x = x * (1 + 0.06 * torch.randn(n, 1, 1, 1)) + 5 * torch.randn(n, 1, 1, 1) + 2 * torch.rand(n, 1, 1, 1) * torch.randn_like(x)
    for i in range(n):
        if np.random.rand() < 0.35:
            x[i] = banded(x[i])
        for _ in range(np.random.randint(0, 3)):
            top, left = np.random.randint(0, SIZE - 16, 2)
            high, wide = np.random.randint(2, 14, 2)
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
    centres = boxes.reshape(-1, 2, 4)[..., :2]
    # A hip that augmentation has moved off the film is not asked for.
    seen = presence * ((centres > 0.02) & (centres < 0.98)).all(2)
    there = seen.repeat_interleave(4, 1)
    box = (F.smooth_l1_loss(out[1], boxes, reduction="none", beta=0.01) * there).sum() / there.sum().clamp(min=1)
    sides = (F.binary_cross_entropy_with_logits(out[2], side, reduction="none") * seen).sum() / seen.sum().clamp(min=1)
    cell = (centres.clamp(0, 0.999) * 48).long()
    hot = F.cross_entropy(out[4].flatten(0, 1), (cell[..., 1] * 48 + cell[..., 0]).flatten(), reduction="none", label_smoothing=0.05)
    hot = (hot.reshape(-1, 2) * seen).sum() / seen.sum().clamp(min=1)
    views = F.cross_entropy(out[3], view, label_smoothing=0.05)
    return F.binary_cross_entropy_with_logits(out[0], presence) + 10 * box + 0.2 * hot + sides + 2 * views


def chances_of(view):
    """Half of all films shown are hips to be read, the others of each view equally often."""
    counts = np.bincount(view, minlength=len(VIEWS))
    read = view < 2
    chances = np.where(read, 0.5 / counts[:2].sum(), 0.5 / (len(VIEWS) - 2) / counts[view])
    return chances / chances.sum()


def evaluate(model, thumbs, labels):
    """Hips are asked for on films that show them in a view that is read; the others must be refused."""
    presence, boxes, side, view = targets(labels)
    model.eval()
    with torch.no_grad():
        batches = [model(torch.from_numpy(thumbs[i : i + 64])[:, None]) for i in range(0, len(thumbs), 64)]
        out = [torch.cat(parts) for parts in zip(*batches)]
    hips = (view < 2)
    found = presence[hips] > 0
    error = (out[1][hips].reshape(-1, 2, 4) - boxes[hips].reshape(-1, 2, 4)).abs()[found]
    first = [label["hips"][0] for label, hip in zip(labels, hips) if hip]
    millimetres = torch.tensor([hip["edgeMm"] / hip["width"] for hip in first])
    away = (error[:, 0] ** 2 + error[:, 1] ** 2).sqrt() * millimetres[:, None].expand_as(found)[found]
    refused = (out[3].argmax(1) >= 2) | ~(out[0] > 0).any(1)
    return {
        "presence": round(float(((out[0] > 0) == (presence > 0)).float()[hips].mean()), 4),
        "side": round(float(((out[2][hips] > 0) == (side[hips] > 0))[found].float().mean()), 4),
        "medianCentreErrorMm": round(float(away.median()), 2),
        "p95CentreErrorMm": round(float(away.quantile(0.95)), 2),
        "medianEdgeErrorShare": round(float((error[:, 2] / boxes[hips].reshape(-1, 2, 4)[found][:, 2]).median()), 4),
        "wronglyRefused": round(float(refused[hips].float().mean()), 4),
        "rightlyRefused": round(float(refused[~hips].float().mean()), 4),
        "rightlyRefusedByView": {
            name: round(float(refused[view == k].float().mean()), 4) for k, name in enumerate(VIEWS) if k >= 2
        },
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--train", nargs="+", required=True)
    parser.add_argument("--test", required=True)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--minutes", type=float, default=60, help="stops earlier than the steps where time runs out")
    parser.add_argument("--resume", help="weights of an earlier run to start from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--name", default="finder", help="of the weights that are kept for another run")
    parser.add_argument("--finder", help="package whose other networks are kept")
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--out", default="training/runs/hip-finder")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    np.random.seed(args.seed)
    _, _, thumbs, labels = films.load(args.train)
    presence, boxes, side, view = targets(labels)
    chances = chances_of(view.numpy())
    model = Finder().to(memory_format=torch.channels_last)
    films.resume(model, args.resume)
    optimiser = torch.optim.AdamW(model.parameters(), args.rate, weight_decay=0.02)
    pool = film_looks.Pool(thumbs, lambda count: np.random.choice(len(thumbs), count, p=chances))
    began, step = time.time(), 0
    while (share := max(step / args.steps, (time.time() - began) / 60 / args.minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = args.rate * (0.5 + 0.5 * np.cos(np.pi * share))
        model.train()
        images, pick = pool.batch(BATCH)
        there, kinds = presence[pick].clone(), view[pick].clone()
        images[:SHUFFLED] = shuffled(images[:SHUFFLED, 0])[:, None]
        there[:SHUFFLED], kinds[:SHUFFLED] = 0, VIEWS.index("photograph")
        x, b, s = augment(images, boxes[pick], side[pick], there)
        with torch.autocast("cpu", torch.bfloat16):
            out = model(x.contiguous(memory_format=torch.channels_last))
        loss = losses([each.float() for each in out], there, b, s, kinds)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step += 1
        if step % 200 == 0:
            films.keep(model, f"{args.name}-latest")
        if step % 100 == 0:
            print(f"step {step} of {args.steps}: loss {loss.item():.3f}, {time.process_time():.0f} s", flush=True)
    films.keep(model, args.name)
    _, _, test_thumbs, test_labels = films.load([args.test])
    report = evaluate(model, test_thumbs, test_labels)
    print(json.dumps(report, indent=2))
    names = ["presence", "boxes", "side", "view"]
    manifest = {
        "name": "hip-finder", "version": args.version, "task": "find-hips", "domain": "synthetic",
        "architecture": "convolutional, 5 stages down to 6 x 6 and back to maps of 48 x 48", "shortestSidePixels": SHORTEST_SIDE,
        "input": {"name": "image", "size": SIZE, "channels": 1},
        "outputs": {name: name for name in names},
        "preprocessing": {**package_model.PREPROCESSING, "thumbnail": "whole film in the middle of a black square"},
        "training": {"seed": args.seed, "hardware": films.HARDWARE, "seconds": round(time.process_time()),
                     "films": len(labels), "steps": step, "resumed": args.resume is not None, "views": VIEWS,
                     "heldOut": report},
    }
    export = lambda path: torch.onnx.export(
        Answers(model).eval().to(memory_format=torch.contiguous_format), (torch.zeros(1, 1, SIZE, SIZE, dtype=torch.uint8),), path, dynamo=False,
        opset_version=14, input_names=["image"], output_names=names, dynamic_axes={name: {0: "n"} for name in ["image", *names]})
    if args.finder:
        package_model.replace(args.finder, args.out, args.version, manifest, export)
    else:
        package_model.write(args.out, manifest, export)


if __name__ == "__main__":
    main()

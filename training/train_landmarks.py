"""Trains the network that places the landmarks of a hip on its crop, and adds it to a finder's package.

python3 training/train_landmarks.py --train DIR [DIR ...] --test NAME=DIR [NAME=DIR ...] --finder DIR --out DIR
"""
import argparse
import json
import time

import film_looks
import films
import hip_crops
import numpy as np
import package_model
import torch
from torch import nn
from torch.nn import functional as F
from train_conditions import layer, margin_of

NAMES = ["head", "neck", "greaterTrochanter", "lesserTrochanter", "shaft"]
SIZE, CELLS, BATCH, RATE = 128, 32, 32, 2e-3
# Crops of each batch that show no hip: tiles dealt out anew, and hips upside down.
WITHOUT = 4
# And so many of hips that must not be read, where there are any: of children, and of legs turned outwards.
UNREAD = 7
# A landmark's confidence is the chance that it lies within this share of the crop's edge (about 9 mm).
NEAR = 1 / 16


class Landmarks(nn.Module):
    """uint8 [n, 1, 128, 128] in; points [n, 10] (x, y as shares of the edge), confidence [n, 5], head radius [n, 1] out.

    Each landmark has a map of chances; it lies at the mean of its map, and is as sure as the map is narrow.
    """

    def __init__(self):
        super().__init__()
        self.looks = film_looks.Looks(100.0, 70.0)
        self.c1, self.c2 = layer(3, 16, 2), nn.Sequential(layer(16, 16), layer(16, 24, 2))
        self.c3, self.c4 = layer(24, 40, 2), nn.Sequential(layer(40, 64, 2), layer(64, 64))
        self.u4, self.u3, self.u2 = layer(64, 40), layer(40, 24), layer(24, 24)
        self.heat = nn.Conv2d(24, len(NAMES), 3, 1, 1)
        self.radius = nn.Sequential(nn.Flatten(), nn.Linear(64 * 16, 32), nn.ReLU(), nn.Linear(32, 1))
        cells = (torch.arange(CELLS) + 0.5) / CELLS
        self.register_buffer("across", cells.repeat(CELLS), persistent=False)
        self.register_buffer("down", cells.repeat_interleave(CELLS), persistent=False)

    def maps(self, image):
        c2 = self.c2(self.c1(self.looks(image)))
        c3 = self.c3(c2)
        c4 = self.c4(c3)
        up = lambda y: F.interpolate(y, scale_factor=2.0, mode="nearest")
        heat = self.heat(self.u2(up(self.u3(up(self.u4(c4)) + c3)) + c2))
        return heat.flatten(2), 0.16 + 0.1 * self.radius(F.avg_pool2d(c4, 2))

    def forward(self, image):
        heat, radius = self.maps(image)
        chances = torch.softmax(heat, 2)
        x, y = (chances * self.across).sum(2), (chances * self.down).sum(2)
        away = (self.across - x[:, :, None]) ** 2 + (self.down - y[:, :, None]) ** 2
        confidence = (chances * (away < NEAR**2).float()).sum(2)
        return torch.stack([x, y], 2).flatten(1), confidence, radius


def targets(labels):
    """Points [n, 5, 2] and radii [n], as shares of the crop's edge."""
    points = np.array([[label["landmarks"][name] for name in NAMES] for label in labels], np.float32)
    return points, np.array([label["landmarks"]["headRadius"] for label in labels], np.float32)


def moved(x, points, radius, margin):
    """Turns, scales and shifts crops and what lies on them, more than the finder errs: to SIZE, from crops with a margin."""
    n = len(x)
    # Every second crop lies nearly as it should.
    far = torch.where(torch.rand(n) < 0.5, 1.0, 0.35)
    scale, turn, shift = torch.exp((0.17 * far * torch.randn(n)).clamp(-0.36, 0.34)), 0.1 * torch.randn(n), 0.11 * far[:, None] * torch.randn(n, 2)
    cos, sin = torch.cos(turn) * scale / margin, torch.sin(turn) * scale / margin
    shift = (2 * shift / margin).clamp(-0.8, 0.8)
    forth = torch.stack([torch.stack([cos, -sin], 1), torch.stack([sin, cos], 1)], 1)
    grid = F.affine_grid(torch.cat([forth, shift[:, :, None]], 2), [n, 1, SIZE, SIZE], align_corners=False)
    shifts = film_looks.bent(n, SIZE, 0.05 / margin) * (torch.rand(n, 1, 1, 1) < 0.7)
    x = F.grid_sample(x, grid + shifts, padding_mode="border", align_corners=False)
    inverse = torch.linalg.inv(forth).transpose(1, 2)
    points = (film_looks.bent_back(2 * points - 1, shifts, lambda q: (q - shift[:, None]) @ inverse) + 1) / 2
    return x, points, radius * margin / scale


def beyond_the_film(x):
    """Ends the film within a crop: what lies beyond repeats its edge, as in production."""
    for i in np.flatnonzero(np.random.rand(len(x)) < 0.15):
        last = np.random.randint(SIZE // 2, SIZE)
        way = np.random.randint(4)
        y = torch.rot90(x[i], way, (1, 2)).clone()
        y[:, last:] = y[:, last - 1 : last]
        x[i] = torch.rot90(y, -way, (1, 2))
    return x


def shuffled(x):
    """Deals the 16 tiles of each crop out anew: the same parts, but no hip."""
    edge = SIZE // 4
    parts = x.reshape(-1, 4, edge, 4, edge).transpose(2, 3).reshape(-1, 16, edge, edge)[:, torch.randperm(16)]
    return parts.reshape(-1, 4, 4, edge, edge).transpose(2, 3).reshape(x.shape)


def on_cells(points):
    """Chances of the four cells around each point whose mean is the point; [n, 5, cells]."""
    at = (points * CELLS - 0.5).clamp(0, CELLS - 1.001)
    first = at.floor()
    share = at - first
    maps = torch.zeros(*points.shape[:2], CELLS * CELLS)
    for dx in (0, 1):
        for dy in (0, 1):
            weight = (share[..., 0] if dx else 1 - share[..., 0]) * (share[..., 1] if dy else 1 - share[..., 1])
            place = ((first[..., 1] + dy) * CELLS + first[..., 0] + dx).long()
            maps.scatter_add_(2, place[..., None], weight[..., None])
    return maps


def loss_of(model, images, points, radius, margin, unread):
    """The first crops of a batch have landmarks nowhere: as many as WITHOUT, and the hips that must not be read."""
    nowhere_at = WITHOUT + unread
    x, points, radius = moved(images, points, radius, margin)
    x = film_looks.restretched(x)
    x[:2] = shuffled(x[:2])
    x[2:WITHOUT] = torch.rot90(x[2:WITHOUT], int(np.random.choice([1, 2, 3])), (2, 3))
    x = beyond_the_film(x).contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        heat, told_radius = (each.float() for each in model.maps(x))
    chances = torch.log_softmax(heat, 2)
    hot = -(on_cells(points) * chances).sum(2)[nowhere_at:]
    nowhere = -chances.mean(2)[:nowhere_at]
    inside = ((points > 0) & (points < 1)).all(2)[nowhere_at:]
    where = torch.exp(chances)
    means = torch.stack([(where * model.across).sum(2), (where * model.down).sum(2)], 2)
    off = F.smooth_l1_loss(means, points, reduction="none", beta=0.01).sum(2)[nowhere_at:]
    share = inside.float() / inside.sum().clamp(min=1)
    size = F.smooth_l1_loss(told_radius[nowhere_at:, 0], radius[nowhere_at:], beta=0.01)
    return (hot * share).sum() + 10 * (off * share).sum() + 0.3 * (1 + unread / WITHOUT) * nowhere.mean() + 10 * size


def told(model, images):
    model.eval()
    with torch.no_grad():
        parts = [model(torch.from_numpy(images[i : i + 64])[:, None]) for i in range(0, len(images), 64)]
    points, confidence, radius = (torch.cat(each).numpy() for each in zip(*parts))
    return points.reshape(-1, len(NAMES), 2), confidence, radius[:, 0]


def report_on(model, folder):
    images, labels = hip_crops.load([folder])
    points, radii = targets(labels)
    edge = np.array([label["edgeMm"] for label in labels])
    found, confidence, radius = told(model, images)
    away = np.linalg.norm(found - points, axis=2) * edge[:, None]
    near = np.linalg.norm(found - points, axis=2) < NEAR
    sound = np.array([not label["signs"] for label in labels])
    of = lambda rows: {
        "crops": int(rows.sum()), "medianMm": round(float(np.median(away[rows])), 2),
        "p95Mm": round(float(np.quantile(away[rows], 0.95)), 2),
        "medianMmByLandmark": {name: round(float(np.median(away[rows, k])), 2) for k, name in enumerate(NAMES)},
        "p95MmByLandmark": {name: round(float(np.quantile(away[rows, k], 0.95)), 2) for k, name in enumerate(NAMES)},
        "medianHeadRadiusErrorMm": round(float(np.median(np.abs(radius - radii)[rows] * edge[rows])), 2),
        "meanConfidence": round(float(confidence[rows].mean()), 4), "within9Mm": round(float(near[rows].mean()), 4),
    }
    return {"sound": of(sound), "withSign": of(~sound)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--train", nargs="+", required=True)
    parser.add_argument("--test", nargs="+", required=True, help="NAME=DIR")
    parser.add_argument("--cpu-minutes", type=float, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--resume", help="weights of an earlier run to start from")
    parser.add_argument("--unread", nargs="*", help="folders of hips that must not be read: they have landmarks nowhere")
    parser.add_argument("--finder", required=True, help="package to add the network to")
    parser.add_argument("--version", default="1.2.0")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    np.random.seed(args.seed)
    images, labels = hip_crops.load(args.train)
    points, radius = (torch.from_numpy(each) for each in targets(labels))
    margin = margin_of(args.train)
    model = Landmarks().to(memory_format=torch.channels_last)
    films.resume(model, args.resume)
    pool = film_looks.Pool(images, lambda count: np.random.choice(len(images), count), size=2500)
    unread = None
    if args.unread:
        hips, _ = hip_crops.load(args.unread)
        unread = film_looks.Pool(hips, lambda count: np.random.choice(len(hips), count), size=800, fresh=3)

    def loss_of_batch():
        shown, pick = pool.batch(BATCH)
        if unread is not None:
            shown[WITHOUT : WITHOUT + UNREAD] = unread.batch(UNREAD)[0]
        return loss_of(model, shown, points[pick], radius[pick], margin, 0 if unread is None else UNREAD)

    began = time.process_time()
    step = films.learn(model, loss_of_batch, args.rate, args.cpu_minutes, "landmarks")
    films.keep(model, "landmarks")
    report = {name: report_on(model, folder) for name, folder in (each.split("=") for each in args.test)}
    print(json.dumps(report, indent=2))
    learning = {"seed": args.seed, "hardware": films.HARDWARE, "seconds": round(time.process_time() - began),
                "crops": len(images), "steps": step, "heldOut": report}
    outputs = ["points", "confidence", "headRadius"]
    network = {"input": {"name": "image", "size": SIZE, "channels": 1}, "outputs": {name: name for name in outputs}, "points": NAMES, "near": NEAR}
    package_model.extend(args.finder, args.out, args.version, "landmarks", network, learning, lambda path: torch.onnx.export(
        model.eval(), (torch.zeros(1, 1, SIZE, SIZE, dtype=torch.uint8),), path, dynamo=False, opset_version=14,
        input_names=["image"], output_names=outputs, dynamic_axes={name: {0: "n"} for name in ["image", *outputs]}))


if __name__ == "__main__":
    main()

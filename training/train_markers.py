"""Trains the network that reads side markers on a view of a whole film, and adds it to a finder's package.

python3 training/train_markers.py --train DIR [DIR ...] --test NAME=DIR [NAME=DIR ...] --fonts DIR [DIR ...] \\
  --finder DIR --out DIR
"""
import argparse
import json
import pathlib
import time

import films
import numpy as np
import package_model
import side_letters
import torch
from side_letters import LEFT, NONE, RIGHT
from torch import nn
from torch.nn import functional as F

LETTERS = ["left", "right"]
SIZE, STRIDE, WINDOW, BATCH, RATE = 384, 8, 192, 16, 2e-3
# A simulated letter that is told apart by less than this (grey levels) is hidden by lead: nothing is asked there.
SEEN = 12
# Letters are read from this chance on: false ones put sound hips in doubt.
THRESHOLD = 0.9


def layer(a, b, stride=1, dilation=1, kernel=3):
    return nn.Sequential(nn.Conv2d(a, b, kernel, stride, dilation * (kernel // 2), dilation, bias=False), nn.BatchNorm2d(b), nn.ReLU())


class Markers(nn.Module):
    """uint8 [n, 1, s, s] in; for L and R the chance that each cell of 8 x 8 pixels is its middle, [n, 2, s / 8, s / 8]."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            layer(1, 12, 2, kernel=5), layer(12, 20, 2), layer(20, 32, 2), layer(32, 40), layer(40, 40, 1, 2), nn.Conv2d(40, 3, 1))

    def maps(self, image):
        return self.layers((image.float() - 90.0) / 70.0)

    def forward(self, image):
        return torch.softmax(self.maps(image), 1)[:, 1:]


def load(folders):
    """Views [n, s, s] uint8 and, for each, its letter (kind, x, y, height) or nothing, with whether it can be seen."""
    views, letters = [], []
    for folder in folders:
        path = pathlib.Path(folder)
        own = np.fromfile(path / "thumbs.u8", np.uint8).reshape(-1, SIZE, SIZE)
        for view, film in zip(own, json.loads((path / "labels.json").read_text())["films"]):
            letters.append(letter_of(view, film["marker"]))
        views.append(own)
    return np.concatenate(views), letters


def letter_of(view, marker):
    if not marker:
        return None
    x, y, height = marker["x"], marker["y"], marker["height"]
    part = view[max(0, int(y - height / 2)) : int(y + height / 2) + 1, max(0, int(x - height * 0.36)) : int(x + height * 0.36) + 1]
    return 1 + LETTERS.index(marker["letter"]), x, y, height, bool(part.size and part.std() > SEEN)


def grey_changes(x, random):
    x = 255 * (np.clip(x, 0, 255) / 255) ** np.exp(0.3 * random.normal())
    if random.random() < 0.3:
        low, high = 50 * random.random(), 255 - 50 * random.random()
        x = 255 * (x - low) / (high - low)
    x = x * (1 + 0.15 * random.normal()) + 10 * random.normal()
    return np.clip(x + 5 * random.random() * random.standard_normal(x.shape), 0, 255)


def window_of(view, letter, bank, random):
    """A part of a view with letters and other things laid on it, and what stands where: (kind, x, y, height)."""
    left, top = random.integers(0, SIZE - WINDOW + 1, 2)
    if letter and random.random() < 0.5:
        left, top = (int(np.clip(place - WINDOW * random.uniform(0.1, 0.9), 0, SIZE - WINDOW)) for place in letter[1:3])
    x = view[top : top + WINDOW, left : left + WINDOW].astype(np.float32)
    there = [(letter[0] if letter[4] else -1, letter[1] - left, letter[2] - top, letter[3])] if letter else []
    if not there and random.random() < 0.6:
        x = side_letters.strays_on(x, random)
    for _ in range(random.integers(0, 5)):
        sprite = bank[random.integers(len(bank))]
        height = np.exp(random.uniform(np.log(8), np.log(26)))
        place = random.uniform(height, WINDOW - height, 2)
        if any(abs(place[0] - one[1]) + abs(place[1] - one[2]) < 1.5 * (height + one[3]) for one in there):
            continue
        before = x.copy()
        x = side_letters.laid_on(x, sprite, *place, height, random)
        # White on white cannot be read.
        is_seen = np.abs(x - before).max() > 3 * SEEN
        there.append((sprite[0] if is_seen else -1, *place, height))
    if random.random() < 0.4:
        shape = random.integers(3, 60, 2)
        row, column = random.integers(0, WINDOW - 60, 2)
        x[row : row + shape[0], column : column + shape[1]] = random.choice([0, 255, 255 * random.random()])
        there = [(-1 if row - 20 < y < row + shape[0] + 20 and column - 20 < u < column + shape[1] + 20 else kind, u, y, height) for kind, u, y, height in there]
    if random.random() < 0.5:
        x, there = x[:, ::-1], [(kind, WINDOW - u, y, height) for kind, u, y, height in there]
    return grey_changes(x, random), there


def cells_of(there):
    """Kind of each cell, -1 where nothing is asked."""
    cells = np.full((WINDOW // STRIDE, WINDOW // STRIDE), NONE)
    middles = (np.arange(WINDOW // STRIDE) + 0.5) * STRIDE
    for kind, x, y, height in there:
        away = np.hypot(middles[None] - x, middles[:, None] - y)
        if kind != NONE:
            cells[away < max(9, 0.8 * height)] = -1
        if kind > NONE:
            cells[away <= max(5.7, 0.25 * height)] = kind
    return cells


def loss_of(model, images, cells):
    """Cells with a letter, and of those without the hardest."""
    every = F.cross_entropy(model.maps(images), cells.clamp(min=0), reduction="none")
    letters, empty = every[cells > 0], every[cells == NONE]
    return letters.mean() + empty.topk(max(1, len(empty) // 50)).values.mean() + empty.mean()


def read(chances):
    """(letter, x, y, chance) of each place that is hotter than its surroundings and the threshold."""
    strongest = chances.max(0)
    around = F.max_pool2d(torch.from_numpy(strongest)[None, None], 5, 1, 2)[0, 0].numpy()
    rows, columns = np.nonzero((strongest == around) & (strongest >= THRESHOLD))
    return [(1 + int(chances[:, row, column].argmax()), (column + 0.5) * STRIDE, (row + 0.5) * STRIDE) for row, column in zip(rows, columns)]


def report_on(model, views, letters):
    model.eval()
    counts = {"films": len(views), "letters": 0, "read": 0, "readWrongly": 0, "falselyRead": 0}
    with torch.no_grad():
        for view, letter in zip(views, letters):
            found = read(model(torch.from_numpy(view.copy())[None, None])[0].numpy())
            near = [one[0] for one in found if letter and np.hypot(one[1] - letter[1], one[2] - letter[2]) < 1.5 * letter[3]]
            counts["falselyRead"] += len(found) - len(near)
            if letter and letter[4]:
                counts["letters"] += 1
                counts["read"] += letter[0] in near
                counts["readWrongly"] += any(kind != letter[0] for kind in near)
    return counts


def with_letters(views, bank, random):
    """Films with one letter of another face laid on each, whose own letter is not asked for."""
    laid, letters = [], []
    letters_only = [sprite for sprite in bank if sprite[0] != NONE]
    for view in views:
        sprite, height = letters_only[random.integers(len(letters_only))], random.uniform(10, 22)
        x, y = random.uniform(25, SIZE - 25, 2)
        laid.append(np.clip(side_letters.laid_on(view.astype(np.float32), sprite, x, y, height, random), 0, 255).astype(np.uint8))
        letters.append((sprite[0], x, y, height, True))
    return laid, letters


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--train", nargs="+", required=True)
    parser.add_argument("--test", nargs="+", required=True, help="NAME=DIR")
    parser.add_argument("--fonts", nargs="+", default=["/usr/share/fonts/truetype"])
    parser.add_argument("--cpu-minutes", type=float, default=10)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--resume", help="weights of an earlier run to start from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--finder", required=True, help="package to add the network to")
    parser.add_argument("--version", default="1.2.0")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    random = np.random.default_rng(args.seed)
    views, letters = load(args.train)
    fonts = side_letters.fonts_below(args.fonts)
    # Some faces are kept for the test.
    bank, unseen = (side_letters.sprites(own, count, random) for own, count in ((fonts[::2], 2000), (fonts[1::2], 400)))
    model = Markers()
    films.resume(model, args.resume)

    def loss_of_batch():
        drawn = [window_of(views[at], letters[at], bank, random) for at in random.integers(0, len(views), BATCH)]
        windows = torch.from_numpy(np.stack([x for x, _ in drawn]).astype(np.float32))[:, None]
        return loss_of(model, windows, torch.from_numpy(np.stack([cells_of(there) for _, there in drawn])))

    began = time.process_time()
    step = films.learn(model, loss_of_batch, args.rate, args.cpu_minutes)
    films.keep(model, "markers")
    report = {}
    for name, folder in (each.split("=") for each in args.test):
        own, own_letters = load([folder])
        report[name] = report_on(model, own, own_letters)
        without = [view for view, letter in zip(own, own_letters) if letter is None]
        report[f"{name}, letters of unseen faces"] = report_on(model, *with_letters(without, unseen, random))
    print(json.dumps(report, indent=2))
    learning = {"seed": args.seed, "hardware": films.HARDWARE, "seconds": round(time.process_time() - began), "films": len(views),
                "faces": len(fonts[::2]), "steps": step, "resumed": args.resume is not None, "heldOut": report}
    network = {"input": {"name": "image", "size": SIZE, "channels": 1}, "output": "letters", "letters": LETTERS, "threshold": THRESHOLD}
    package_model.extend(args.finder, args.out, args.version, "markers", network, learning, lambda path: torch.onnx.export(
        model.eval(), (torch.zeros(1, 1, SIZE, SIZE, dtype=torch.uint8),), path, dynamo=False, opset_version=14,
        input_names=["image"], output_names=["letters"], dynamic_axes={"image": {0: "n"}, "letters": {0: "n"}}))


if __name__ == "__main__":
    main()

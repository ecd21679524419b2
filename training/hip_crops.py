"""Reads crops of hips that export-crops.ts or `osteostream export-regions` wrote."""
import json
import pathlib

import numpy as np

CLASSES = ["normal", "osteopenia", "osteoporosis"]


def load(folders):
    """Returns crops [n, s, s] uint8 and their labels; people of different folders are different people."""
    crops, labels = [], []
    for number, folder in enumerate(folders):
        path = pathlib.Path(folder)
        meta = json.loads((path / "labels.json").read_text())
        size = meta["cropSize"]
        crops.append(np.memmap(path / "crops.u8", np.uint8, "r").reshape(-1, size, size))
        labels += [{**label, "person": f"{number}-{label['person']}"} for label in meta["crops"]]
    return (crops[0] if len(crops) == 1 else np.concatenate(crops)), labels


def targets(labels):
    """Classes [n] as numbers, and T-scores [n]."""
    y = np.array([CLASSES.index(label["class"]) if "class" in label else -1 for label in labels])
    return y, np.array([label["tScore"] for label in labels], np.float32)


def truths(labels):
    """What the simulator drew beside T: the signs of density and their sum [n, 12], and five points of the bone [n, 10]
    in shares of the crop's edge."""
    shown = np.array([[*label["signs"], label["appearance"]] for label in labels], np.float32)
    return shown, np.array([label["places"] for label in labels], np.float32)

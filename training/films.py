"""Reads what export-films.ts wrote."""
import json
import pathlib

import numpy as np


def load(folders):
    """Returns crops [n, s, s] uint8 with labels, and thumbnails [m, t, t] uint8 with labels, of all folders."""
    crops, crop_labels, thumbs, film_labels = [], [], [], []
    for number, folder in enumerate(folders):
        path = pathlib.Path(folder)
        meta = json.loads((path / "labels.json").read_text())
        s, t = meta["cropSize"], meta["thumbSize"]
        crops.append(np.fromfile(path / "crops.u8", np.uint8).reshape(-1, s, s))
        thumbs.append(np.fromfile(path / "thumbs.u8", np.uint8).reshape(-1, t, t))
        crop_labels += [{**label, "person": f"{number}-{label['person']}"} for label in meta["crops"]]
        film_labels += meta["films"]
    return np.concatenate(crops), crop_labels, np.concatenate(thumbs), film_labels

"""Keeps with a package what PyTorch says of the crops that export-parity.ts wrote: `models verify` compares with it."""
import json
import pathlib
import platform
import shutil

import numpy as np
import torch


def write(package, model, folder):
    """Writes parity.json and parity.png into a package and returns their names; the manifest lists their digests."""
    package, folder = pathlib.Path(package), pathlib.Path(folder)
    meta = json.loads((folder / "labels.json").read_text())
    size = meta["cropSize"]
    crops = np.fromfile(folder / "crops.u8", np.uint8).reshape(-1, 1, size, size)
    model.eval()
    with torch.no_grad():
        told = [model(torch.from_numpy(crop[None])) for crop in crops]
    parity = {
        "version": 1, "seed": meta["seed"], "finder": meta["finder"], "crops": meta["crops"],
        "logits": [[round(value, 6) for value in reading[0][0].tolist()] for reading in told],
        "tScore": [round(float(reading[2][0, 0]), 6) for reading in told],
        "made": f"PyTorch {torch.__version__}, float32, CPU {platform.machine()}",
    }
    (package / "parity.json").write_text(json.dumps(parity) + "\n")
    shutil.copy(folder / "parity.png", package / "parity.png")
    return ["parity.json", "parity.png"]

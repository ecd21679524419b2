"""Reads what export-films.ts wrote."""
import json
import pathlib
import platform
import time

import numpy as np
import torch

HARDWARE = f"CPU {platform.machine()}, one thread"


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


def count(folders):
    """Films with hips in all folders."""
    persons = [json.loads((pathlib.Path(folder) / "labels.json").read_text())["crops"] for folder in folders]
    return sum(len({crop["person"] for crop in crops}) for crops in persons)


def resume(model, path):
    """Starts from the weights of an earlier run where there is one; layers that have changed since start anew."""
    if path:
        own = model.state_dict()
        kept = {name: widened(value, own[name]) for name, value in torch.load(path).items() if name in own}
        fitting = {name: value for name, value in kept.items() if own[name].shape == value.shape}
        model.load_state_dict({**own, **fitting})


def widened(value, own):
    """Weights of a first layer that has been given more channels since: the new ones begin small."""
    if value.ndim < 4 or value.shape[1] >= own.shape[1] or value.shape[0] != own.shape[0]:
        return value
    more = 0.3 * own[:, value.shape[1] :]
    return torch.cat([value, more], 1)


def keep(model, name):
    """Keeps the weights of a run for another one to start from."""
    runs = pathlib.Path("training/runs")
    runs.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), runs / f"{name}.pt")


def learn(model, loss_of_batch, rate, cpu_minutes, name=None):
    """Minimises what loss_of_batch() answers, batch by batch, for a budget of CPU minutes; answers how many steps it took.

    AdamW; the rate rises over 100 steps and falls to nothing with the budget, along a cosine.
    """
    optimiser = torch.optim.AdamW(model.parameters(), rate, weight_decay=0.02)
    step, began = 0, time.process_time()
    while (share := (time.process_time() - began) / 60 / cpu_minutes) < 1:
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1, step / 100 + 0.01) * (0.5 + 0.5 * np.cos(np.pi * share))
        model.train()
        loss = loss_of_batch()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step += 1
        if name and step % 200 == 0:
            keep(model, f"{name}-latest")
        if step % 100 == 0:
            print(f"step {step}: loss {loss.item():.4f}, {100 * share:.0f} % of the budget", flush=True)
    return step

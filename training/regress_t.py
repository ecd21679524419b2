"""First stage: regresses the T-score on many simulated hips; the same policy for every architecture.

python3 training/regress_t.py --architecture vit --data DIR [DIR ...] --cpu-minutes 40

Budget: CPU minutes, equal for all. Initialisation: random, or --init WEIGHTS (a state_dict of the backbone that a user
has). Selection: the last step, where the learning rate has reached zero. Resumes from its checkpoint.
"""
import argparse
import json
import math
import pathlib
import platform
import time

import architectures
import hip_crops
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

BATCH, RATE, DECAY = 32, 1e-3, 0.05
RUNS = pathlib.Path("training/runs")


def augment(x):
    """Turns, scales and shifts by little; changes contrast and brightness; adds noise. [n, s, s] uint8 to float."""
    n, size = len(x), x.shape[-1]
    x = x.float()[:, None]
    turn, scale = 0.04 * torch.randn(n), 1 + 0.03 * torch.randn(n)
    cos, sin, shift = torch.cos(turn) * scale, torch.sin(turn) * scale, 0.03 * torch.randn(n, 2)
    forth = torch.stack([torch.stack([cos, -sin, shift[:, 0]], 1), torch.stack([sin, cos, shift[:, 1]], 1)], 1)
    grid = F.affine_grid(forth, x.shape, align_corners=False)
    x = F.grid_sample(x, grid, padding_mode="border", align_corners=False)
    x = 255 * (x / 255).clamp(0, 1) ** torch.exp(0.15 * torch.randn(n, 1, 1, 1))
    soft = F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
    x = x + torch.rand(n, 1, 1, 1) * (torch.rand(n, 1, 1, 1) < 0.3) * (soft - x)
    light = F.interpolate(torch.randn(n, 1, 2, 2), size, mode="bilinear", align_corners=True)
    x = x * (1 + 0.08 * torch.randn(n, 1, 1, 1)) + 8 * torch.randn(n, 1, 1, 1) + 4 * light
    return (x + 3 * torch.rand(n, 1, 1, 1) * torch.randn_like(x)).clamp(0, 255)


def start(args, mean):
    model = architectures.Classifier(args.architecture, args.size)
    model.t_head.bias.data.fill_(mean)
    if args.init:
        missing = model.backbone.load_state_dict(torch.load(args.init, weights_only=True), strict=False)
        print(f"from {args.init}: {len(missing.missing_keys)} tensors start anew", flush=True)
    return model


def regress(model, images, t, learned, budget, seed, checkpoint=None, fresh=False):
    """Regresses T [n] on the crops that `learned` lists for `budget` CPU seconds; returns the loss curve and steps."""
    model.to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(model.parameters(), RATE, weight_decay=DECAY)
    state = {"step": 0, "seconds": 0.0, "curve": [], "sum": 0.0}
    if checkpoint and checkpoint.exists() and not fresh:
        kept = torch.load(checkpoint, weights_only=False)
        model.load_state_dict(kept["model"])
        optimiser.load_state_dict(kept["optimiser"])
        state = kept["state"]
        print(f"goes on at step {state['step']}", flush=True)
    np.random.seed(seed + state["step"])
    torch.manual_seed(seed + state["step"])
    before, began, saved, order = state["seconds"], time.process_time(), time.time(), np.array([], int)
    model.train()
    while (share := state["seconds"] / budget) < 1:
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1, state["step"] / 200 + 0.01) * (0.5 + 0.5 * math.cos(math.pi * share))
        if len(order) < BATCH:
            order = np.random.permutation(learned)
        pick, order = np.sort(order[:BATCH]), order[BATCH:]
        state["sum"] += step(model, optimiser, augment(torch.from_numpy(images[pick])), t[pick])
        state["step"] += 1
        state["seconds"] = before + time.process_time() - began
        if state["step"] % 50 == 0:
            state["curve"].append(round(state["sum"] / 50, 4))
            state["sum"] = 0.0
            print(f"step {state['step']}: loss {state['curve'][-1]:.4f}, {100 * share:.0f} % of the budget", flush=True)
        if checkpoint and time.time() - saved > 120:
            keep(checkpoint, model, optimiser, state)
            saved = time.time()
    if checkpoint:
        keep(checkpoint, model, optimiser, state)
    return state


def step(model, optimiser, x, t):
    """One step on a batch; returns its loss. The heads are computed in float32."""
    with torch.autocast("cpu", torch.bfloat16):
        features = model.features(x.to(memory_format=torch.channels_last))
    loss = F.smooth_l1_loss(model.t_head(features)[:, 0], t, beta=0.5)
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    return float(loss.detach())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--architecture", choices=architectures.BUILDERS, required=True)
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--cpu-minutes", type=float, default=40)
    parser.add_argument("--size", type=int, default=160)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--init", help="weights of the backbone to start from")
    parser.add_argument("--fresh", action="store_true", help="begin anew instead of from the checkpoint")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    np.random.seed(args.seed)
    images, labels = hip_crops.load(args.data)
    t = torch.from_numpy(hip_crops.targets(labels)[1])
    # Crops that are never trained on show how well T is read.
    held = np.array([int(label["person"].split("-")[1]) % 40 == 0 for label in labels])
    learned, held = np.flatnonzero(~held), np.flatnonzero(held)
    model = start(args, float(t.mean()))
    checkpoint = RUNS / f"{args.architecture}-t.pt"
    RUNS.mkdir(parents=True, exist_ok=True)
    state = regress(model, images, t, learned, 60 * args.cpu_minutes, args.seed, checkpoint, args.fresh)
    error, r = check(model, images[held], t[held])
    report = {"architecture": args.architecture, "seed": args.seed, "hardware": f"CPU {platform.machine()}, {args.threads} thread(s)",
              "cpuSeconds": round(state["seconds"]), "steps": state["step"], "batch": BATCH, "crops": len(learned),
              "lossEvery50Steps": state["curve"], "heldOutErrorSd": round(error, 4), "heldOutCorrelation": round(r, 4)}
    (RUNS / f"{args.architecture}-t.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps({key: value for key, value in report.items() if key != "lossEvery50Steps"}))


def keep(path, model, optimiser, state):
    """Writes beside the old checkpoint and moves, so that a stop at any moment leaves a whole one."""
    fresh = path.with_suffix(".new")
    torch.save({"model": model.state_dict(), "optimiser": optimiser.state_dict(), "state": state}, fresh)
    fresh.replace(path)


def check(model, images, t):
    """Standard deviation of the error of T, and its correlation with T."""
    model.eval()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        parts = [model.features(torch.from_numpy(images[i : i + 64])[:, None]) for i in range(0, len(images), 64)]
        told = model.t_head(torch.cat(parts).float())[:, 0].float()
    return float((told - t).std()), float(np.corrcoef(told.numpy(), t.numpy())[0, 1])


if __name__ == "__main__":
    main()

"""First stage: regresses the T-score on many simulated hips; the same policy for every architecture.

python3 training/regress_t.py --architecture vit --data DIR [DIR ...] --cpu-minutes 30

Beside T the network is asked what the simulator drew: the signs of density, what they add up to, and where the bone
lies. The head that answers this is dropped at the end.

Budget: CPU minutes, equal for all. Initialisation: random, or --init: a package to go on from, or a state_dict of the
backbone that a user has. Selection: the last step, where the learning rate has reached zero. SIGTERM stops it after a
step; it resumes from its checkpoint. The rate is even for the first part of the budget, in which the budget can be changed.
"""
import argparse
import json
import math
import pathlib
import platform
import signal
import sys
import time

import architectures
import hip_crops
import numpy as np
import package_weights
import torch
from augment import augment, draw_moves, moved
from torch import nn
from torch.nn import functional as F

BATCH, RATE, DECAY, CLIP, WARM_UP, EVEN = 32, 1e-3, 0.05, 3.0, 100, 0.3
RUNS = pathlib.Path("training/runs")
# Filled when the process is told to stop.
stopping = []


class Truths(nn.Module):
    """The head for what the simulator drew, in units of its spread over all crops; only this stage has it."""

    def __init__(self, width, shown, places):
        super().__init__()
        self.shown, self.places = shown, places
        self.answer = nn.Linear(width, shown.shape[1] + places.shape[1])
        both = torch.cat([shown, places], 1)
        self.register_buffer("mean", both.mean(0))
        self.register_buffer("spread", both.std(0))

    def loss(self, features, pick, moves):
        """Four times the mean over the signs, and the mean over the places."""
        drawn = torch.cat([self.shown[pick], moved(self.places[pick], moves)], 1)
        gap = F.smooth_l1_loss(self.answer(features), (drawn - self.mean) / self.spread, beta=0.5, reduction="none")
        signs = self.shown.shape[1]
        return 4 * gap[:, :signs].mean() + gap[:, signs:].mean()


def start(args, images, mean):
    model = architectures.Classifier(args.architecture, args.size)
    model.t_head.bias.data.fill_(mean)
    if args.init and pathlib.Path(args.init).is_dir():
        package_weights.load(model, args.init, torch.from_numpy(images[:: len(images) // 64])[:64, None])
    elif args.init:
        missing = model.backbone.load_state_dict(torch.load(args.init, weights_only=True), strict=False)
        print(f"from {args.init}: {len(missing.missing_keys)} tensors start anew", flush=True)
    return model


def earlier(init):
    """What a package's manifest says of the first stage that it went through; nothing of other weights."""
    if not init or not pathlib.Path(init).is_dir():
        return None
    stage = json.loads((pathlib.Path(init) / "manifest.json").read_text())["training"]["regressionOfT"]
    return {name: stage[name] for name in ("cpuSeconds", "steps", "crops", "heldOutErrorSd")}


def regress(model, images, t, learned, budget, seed, rate=RATE, truths=None, checkpoint=None, fresh=False):
    """Regresses T [n] on the crops that `learned` lists for `budget` CPU seconds; returns the loss curve and steps."""
    model.to(memory_format=torch.channels_last)
    everything = nn.ModuleList([model, truths]) if truths else model
    optimiser = torch.optim.AdamW(everything.parameters(), rate, weight_decay=DECAY, fused=True)
    state = {"step": 0, "seconds": 0.0, "curve": [], "sum": 0.0}
    if checkpoint and checkpoint.exists() and not fresh:
        kept = torch.load(checkpoint, weights_only=False)
        model.load_state_dict(kept["model"])
        if truths:
            truths.load_state_dict(kept["truths"])
        optimiser.load_state_dict(kept["optimiser"])
        state = kept["state"]
        print(f"goes on at step {state['step']}", flush=True)
    np.random.seed(seed + state["step"])
    torch.manual_seed(seed + state["step"])
    before, began, saved, order = state["seconds"], time.process_time(), time.time(), np.array([], int)
    model.train()
    while (share := state["seconds"] / budget) < 1:
        falling = max(0, (share - EVEN) / (1 - EVEN))
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1, (state["step"] + 1) / WARM_UP) * (0.5 + 0.5 * math.cos(math.pi * falling))
        if len(order) < BATCH:
            order = np.random.permutation(learned)
        pick, order = np.sort(order[:BATCH]), order[BATCH:]
        state["sum"] += step(model, everything, optimiser, images, t, pick, truths)
        state["step"] += 1
        state["seconds"] = before + time.process_time() - began
        if state["step"] % 50 == 0:
            state["curve"].append(round(state["sum"] / 50, 4))
            state["sum"] = 0.0
            print(f"step {state['step']}: loss {state['curve'][-1]:.4f}, {100 * share:.0f} % of the budget", flush=True)
        if checkpoint and (stopping or time.time() - saved > 120):
            keep(checkpoint, model, truths, optimiser, state)
            saved = time.time()
        if stopping:
            sys.exit(f"stopped at step {state['step']}")
    if checkpoint:
        keep(checkpoint, model, truths, optimiser, state)
    return state


def step(model, everything, optimiser, images, t, pick, truths):
    """One step on the crops that `pick` lists; returns the loss of T alone. The heads are computed in float32."""
    moves = draw_moves(len(pick))
    x = augment(torch.from_numpy(images[pick]), moves)
    with torch.autocast("cpu", torch.bfloat16):
        features = model.features(x)
    of_t = F.smooth_l1_loss(model.t_head(features)[:, 0], t[pick], beta=0.5)
    loss = of_t + truths.loss(features, pick, moves) if truths else of_t
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(everything.parameters(), CLIP)
    optimiser.step()
    return float(of_t.detach())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--architecture", choices=architectures.BUILDERS, required=True)
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--cpu-minutes", type=float, default=30)
    parser.add_argument("--size", type=int, default=160)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=RATE, help="highest learning rate")
    parser.add_argument("--init", help="folder of a package to go on from, or weights of the backbone")
    parser.add_argument("--fresh", action="store_true", help="begin anew instead of from the checkpoint")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *told: stopping.append(told))
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    np.random.seed(args.seed)
    images, labels = hip_crops.load(args.data)
    t = torch.from_numpy(hip_crops.targets(labels)[1])
    shown, places = map(torch.from_numpy, hip_crops.truths(labels))
    # Crops that are never trained on show how well T is read.
    held = np.array([int(label["person"].split("-")[1]) % 40 == 0 for label in labels])
    learned, held = np.flatnonzero(~held), np.flatnonzero(held)
    model = start(args, images, float(t.mean()))
    truths = Truths(model.t_head.in_features, shown, places)
    checkpoint = RUNS / f"{args.architecture}-t.pt"
    RUNS.mkdir(parents=True, exist_ok=True)
    state = regress(model, images, t, learned, 60 * args.cpu_minutes, args.seed, args.rate, truths, checkpoint, args.fresh)
    report = {"architecture": args.architecture, "seed": args.seed, "hardware": f"CPU {platform.machine()}, {args.threads} thread(s)",
              "cpuSeconds": round(state["seconds"]), "steps": state["step"], "batch": BATCH, "crops": len(learned),
              "from": args.init or "random weights", "rate": args.rate, "before": earlier(args.init),
              "learnedBesideT": "signs of density, appearance, places of the bone; dropped",
              "lossOfTEvery50Steps": state["curve"], **check(model, images[held], t[held], shown[held, -1])}
    (RUNS / f"{args.architecture}-t.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps({key: value for key, value in report.items() if key != "lossOfTEvery50Steps"}))


def keep(path, model, truths, optimiser, state):
    """Writes beside the old checkpoint and moves, so that a stop at any moment leaves a whole one."""
    fresh = path.with_suffix(".new")
    kept = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "state": state}
    torch.save({**kept, "truths": truths.state_dict()} if truths else kept, fresh)
    fresh.replace(path)


def check(model, images, t, appearance):
    """Standard deviation of the error of T, its correlation with T, and the error against what the crops show."""
    model.eval()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        parts = [model.features(torch.from_numpy(images[i : i + 64])[:, None]) for i in range(0, len(images), 64)]
        told = model.t_head(torch.cat(parts).float())[:, 0].float()
    return {"heldOutErrorSd": round(float((told - t).std()), 4),
            "heldOutErrorSdAgainstAppearance": round(float((told - appearance).std()), 4),
            "heldOutCorrelation": round(float(np.corrcoef(told.numpy(), t.numpy())[0, 1]), 4)}


if __name__ == "__main__":
    main()

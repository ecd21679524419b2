"""Second stage: learns the three classes on labelled hips with the T head kept, and writes the package.

python3 training/train_classes.py --architecture vit --train DIR --internal DIR --external DIR --parity DIR

DIRs are those of `osteostream export-regions`. The internal and external sets are looked at once, at the end.
"""
import argparse
import json
import pathlib

import architectures
import compact_weights
import hip_crops
import fit_heads
import numpy as np
import package_model
import parity
import torch
from sklearn.metrics import roc_auc_score

RUNS = pathlib.Path("training/runs")


def features_of(model, images):
    """Features [n, d] and T [n] in float32, as the package gives them."""
    with torch.no_grad():
        parts = [model.features(torch.from_numpy(np.array(images[i : i + 64]))[:, None]) for i in range(0, len(images), 64)]
        features = torch.cat(parts)
        return features.numpy(), model.t_head(features)[:, 0].numpy()


def install(model, heads):
    """Puts the fitted heads into the network; the one for classes reads the features and T in one linear step."""
    centre, spread = heads["centre"]
    axes, t = torch.from_numpy(heads["axes"]), model.t_head
    on_t = torch.from_numpy(heads["on_t"])[:, None] / spread
    offset = torch.from_numpy(heads["offset"])
    with torch.no_grad():
        model.embed.weight.copy_(axes.T)
        model.embed.bias.copy_(offset)
        on_axes = torch.from_numpy(heads["on_axes"])
        model.head.weight.copy_(on_axes @ axes.T + on_t @ t.weight.double())
        model.head.bias.copy_(torch.from_numpy(heads["bias"]) + on_axes @ offset + (on_t * (t.bias.double() - centre))[:, 0])


def report_on(model, folder):
    images, labels = hip_crops.load([folder])
    y, t = hip_crops.targets(labels)
    features, told = features_of(model, images)
    with torch.no_grad():
        logits = model.head(torch.from_numpy(features)).numpy()
    p = fit_heads.softmax(logits)
    aucs = {name: round(float(roc_auc_score(y == k, p[:, k])), 4) for k, name in enumerate(hip_crops.CLASSES)}
    return {"hips": len(y), "auc": aucs, "tCorrelation": round(float(np.corrcoef(told, t)[0, 1]), 4),
            "tErrorSd": round(float((told - t).std()), 4), "tErrorMean": round(float((told - t).mean()), 4)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--architecture", choices=architectures.BUILDERS, required=True)
    for name in ("train", "internal", "external", "parity"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--size", type=int, default=160)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--version", default="1.1.0")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    model = architectures.Classifier(args.architecture, args.size)
    model.load_state_dict(torch.load(RUNS / f"{args.architecture}-t.pt", weights_only=False)["model"])
    model.eval()
    # The package keeps rounded weights, so everything that is fitted or measured is so on the same.
    compact_weights.round_weights(model)
    images, labels = hip_crops.load([args.train])
    y, t = hip_crops.targets(labels)
    features, told = features_of(model, images)
    # The first stage's hips are cut and exposed in more ways than these: T's mean is that of these.
    offset = float((t - told).mean())
    told += offset
    with torch.no_grad():
        model.t_head.bias += offset
    people = np.array([label["person"] for label in labels])
    heads = fit_heads.fit_heads(features.astype(np.float64), told.astype(np.float64), y, people, args.seed)
    install(model, heads)
    out_of_fold = {name: round(float(roc_auc_score(y == k, heads["p"][:, k])), 4) for k, name in enumerate(hip_crops.CLASSES)}
    stage = json.loads((RUNS / f"{args.architecture}-t.json").read_text())
    report = {name: report_on(model, getattr(args, name)) for name in ("internal", "external")}
    print(json.dumps({"temperature": heads["temperature"], **heads["thresholds"], "outOfFold": out_of_fold, **report}, indent=2))
    is_vit = args.architecture == "vit"
    manifest = {
        "name": args.architecture, "version": args.version, "task": "classify", "domain": "synthetic",
        "architecture": architectures.DESCRIPTIONS[args.architecture], "classes": hip_crops.CLASSES,
        "input": {"name": "image", "size": args.size, "channels": 1},
        "outputs": {"logits": "logits", "embedding": "embedding", "tScore": "t_score", **({"heat": "heat"} if is_vit else {})},
        "preprocessing": {**package_model.PREPROCESSING, "crop": {"edgeCm": 14, "mirrorRight": True}},
        "temperature": heads["temperature"], "thresholds": heads["thresholds"],
        "training": {"regressionOfT": stage, "classes": {"seed": args.seed, "films": len(set(people)), "hips": len(y),
                     "folds": fit_heads.FOLDS, "inverseStrength": heads["strength"], "addedToT": round(offset, 4), "outOfFoldAuc": out_of_fold}, "heldOut": report},
    }
    exported = architectures.WithHeat(model).eval() if is_vit else model
    names = ["logits", "embedding", "t_score"] + (["heat"] if is_vit else [])

    def export(path):
        torch.onnx.export(exported, (torch.zeros(1, 1, args.size, args.size, dtype=torch.uint8),), path, dynamo=False,
                          opset_version=17, input_names=["image"], output_names=names,
                          dynamic_axes={name: {0: "n"} for name in ["image", *names]})
        compact_weights.compact(path)
        parity.write(pathlib.Path(path).parent, model, args.parity)

    package_model.write(f"models/{args.architecture}/{args.version}", manifest, export)


if __name__ == "__main__":
    main()

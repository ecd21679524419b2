"""Keeps the networks of a finder's package as weights that training can go on from: training/runs/NAME-old.pt.

python3 training/unpack_finder.py --package models/hip-finder/1.3.0 --data DIR (folder of export-films.ts)
"""
import argparse
import pathlib
import shutil
import tempfile

import films
import onnx
import package_weights
import torch
from torch import nn
from train_conditions import Conditions
from train_conditions import layer as crop_layer
from train_finder import Answers, Finder, layer
from train_landmarks import Landmarks


class Bare(nn.Module):
    """What packages up to 1.2.0 give their networks: the picture alone."""

    def __init__(self, looks):
        super().__init__()
        self.mean, self.spread = looks.mean, looks.spread

    def forward(self, image):
        return (image.float() - self.mean) / self.spread


def channels_of(file):
    graph = onnx.load(file).graph
    first = next(node for node in graph.node if node.op_type == "Conv")
    return next(tuple(tensor.dims)[1] for tensor in graph.initializer if tensor.name == first.input[1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--package", required=True)
    parser.add_argument("--data", required=True)
    args = parser.parse_args()
    crops, _, thumbs, _ = films.load([args.data])
    for file, name, model, images, make in (
        ("model", "finder", Finder(), thumbs, layer),
        ("landmarks", "landmarks", Landmarks(), crops, crop_layer),
        ("conditions", "conditions", Conditions(), crops, crop_layer),
    ):
        path = pathlib.Path(args.package) / f"{file}.onnx"
        if channels_of(path) == 1:
            model.looks, model.c1 = Bare(model.looks), make(1, 16, 2)
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(path, pathlib.Path(folder) / "model.onnx")
            package_weights.load(Answers(model) if file == "model" else model, folder, torch.from_numpy(images[:256])[:, None])
        films.keep(model, f"{name}-old")
        print(f"{name}: training/runs/{name}-old.pt")


if __name__ == "__main__":
    main()

"""Reads the weights of a package back into a network, so that training can go on from it: --init models/NAME/VERSION.

A package has its batch normalisation folded into the convolutions. Each is unfolded so that the network says the same
and can be trained: the normalisation takes over the spread and the mean that its convolution has on real crops.
"""
import pathlib

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn


def initialisers(graph):
    """The numbers of a package by their names, 8-bit weights multiplied out."""
    kept = {tensor.name: torch.from_numpy(np.array(numpy_helper.to_array(tensor))) for tensor in graph.initializer}
    for name in [name for name in kept if name.endswith("_steps")]:
        plain = name.removesuffix("_steps")
        kept[plain] = kept[name].float() * kept[f"{plain}_scale"]
    return kept


def layers_of(model, images):
    """Convolutions, linear layers and normalisations in the order in which they compute, and what convolutions give."""
    order, spread, hooks = [], {}, []

    def note(layer, _, out):
        order.append(layer)
        if isinstance(layer, nn.Conv2d):
            spread[layer] = out.mean((0, 2, 3)), out.var((0, 2, 3))

    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear, nn.BatchNorm2d)):
            hooks.append(layer.register_forward_hook(note))
    with torch.no_grad():
        model.eval()(images)
    for hook in hooks:
        hook.remove()
    return order, spread


def fill(order, graph, kept):
    """Puts the weights of a package's nodes into the layers that they came from; normalisations do nothing yet."""
    bare = [node for node in graph.node if node.op_type in ("Conv", "MatMul", "Gemm") and node.input[1] in kept]
    layers = [layer for layer in order if not isinstance(layer, nn.BatchNorm2d)]
    if len(bare) != len(layers):
        raise ValueError(f"a package with {len(bare)} layers for a network with {len(layers)}")
    biases = {}
    for node, layer in zip(bare, layers):
        weight = kept[node.input[1]]
        layer.weight.copy_(weight.T if node.op_type == "MatMul" else weight)
        if len(node.input) > 2:
            biases[layer] = kept[node.input[2]]
            if layer.bias is not None:
                layer.bias.copy_(biases[layer])
    return biases


def load(model, package, images):
    """Makes the network say what the package says; images [n, 1, s, s] uint8 show what its convolutions give."""
    graph = onnx.load(pathlib.Path(package) / "model.onnx").graph
    kept = initialisers(graph)
    with torch.no_grad():
        own = dict(model.named_parameters())
        for name, value in kept.items():
            if (plain := name.removeprefix("model.")) in own:
                own[plain].copy_(value)
        order, _ = layers_of(model, images[:1])
        biases = fill(order, graph, kept)
        folded = [(one, then) for one, then in zip(order, order[1:]) if isinstance(then, nn.BatchNorm2d)]
        for convolution, normalisation in folded:
            normalisation.running_mean.zero_()
            normalisation.running_var.fill_(1 - normalisation.eps)
            normalisation.weight.fill_(1)
            normalisation.bias.copy_(biases[convolution])
        _, spread = layers_of(model, images)
        for convolution, normalisation in folded:
            mean, variance = spread[convolution]
            normalisation.running_mean.copy_(mean)
            normalisation.running_var.copy_(variance)
            normalisation.weight.copy_((variance + normalisation.eps).sqrt())
            normalisation.bias.copy_(biases[convolution] + mean)

"""Keeps large weights as 8-bit integers with a scale for each output channel: a quarter of the size of a package.

Only storage changes: ONNX Runtime multiplies the scales in once, when a session starts, and computes in float32.
"""
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

# Smaller tensors stay as they are, and so do the heads, which are fitted to the rounded rest.
LEAST = 4096
HEADS = ("embed.weight", "t_head.weight", "head.weight")


def scales_of(weights, axis):
    """One scale for each index of an axis, in the shape that multiplies the weights."""
    others = tuple(k for k in range(weights.ndim) if k != axis)
    return np.maximum(np.abs(weights).max(axis=others, keepdims=True), 1e-12).astype(np.float32) / np.float32(127)


def rounded(weights, axis):
    scale = scales_of(weights, axis)
    return np.clip(np.rint(weights / scale), -127, 127).astype(np.int8), scale


def round_weights(model):
    """Rounds the network's own large weights [out, ...] to what a package keeps."""
    with torch.no_grad():
        for parameter in model.backbone.parameters():
            if parameter.ndim >= 2 and parameter.numel() >= LEAST:
                steps, scale = rounded(parameter.numpy(), 0)
                parameter.copy_(torch.from_numpy(steps.astype(np.float32) * scale))


def compact(path):
    """Rewrites model.onnx: float initialisers of at least LEAST numbers become int8, Cast and Mul."""
    model = onnx.load(path)
    graph, nodes, kept = model.graph, [], []
    # Linear weights that the exporter has transposed have their output channels last.
    last = {name for node in graph.node if node.op_type == "MatMul" for name in node.input}
    for tensor in graph.initializer:
        weights = numpy_helper.to_array(tensor)
        small = weights.size < LEAST or weights.ndim < 2 or tensor.name.endswith(HEADS)
        if tensor.data_type != TensorProto.FLOAT or small:
            kept.append(tensor)
            continue
        steps, scale = rounded(weights, weights.ndim - 1 if tensor.name in last else 0)
        kept += [numpy_helper.from_array(steps, f"{tensor.name}_steps"), numpy_helper.from_array(scale, f"{tensor.name}_scale")]
        nodes += [
            helper.make_node("Cast", [f"{tensor.name}_steps"], [f"{tensor.name}_cast"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"{tensor.name}_cast", f"{tensor.name}_scale"], [tensor.name]),
        ]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    every = [*nodes, *graph.node]
    del graph.node[:]
    graph.node.extend(every)
    onnx.checker.check_model(model)
    onnx.save(model, path)

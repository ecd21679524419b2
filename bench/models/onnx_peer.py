"""Runs a model with Python's onnxruntime, and rounds one to dynamic int8, as the other side of `bench -- models`.

Reads one JSON line per request from stdin: {"run": model.onnx, "input", "size", "batch", "batches"}, answered with
{"cpuSeconds"} for a crop; or {"quantise": model.onnx, "to": file}, answered with {"megabytes"}.
"""
import json
import os
import sys
import time

import numpy
import onnxruntime

sessions = {}


def session_of(path):
    if path not in sessions:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        sessions[path] = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return sessions[path]


def run(request):
    size, batch = request["size"], request["batch"]
    images = numpy.random.default_rng(1).integers(0, 256, (batch, 1, size, size), dtype=numpy.uint8)
    session = session_of(request["run"])
    session.run(None, {request["input"]: images})
    began = time.process_time()
    for _ in range(request["batches"]):
        session.run(None, {request["input"]: images})
    return {"cpuSeconds": (time.process_time() - began) / request["batches"] / batch}


def quantise(request):
    from onnxruntime.quantization import QuantType, quantize_dynamic

    # Weights that are kept as integers are multiplied out first: the quantiser looks for plain initialisers.
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = request["to"] + ".float"
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3
    onnxruntime.InferenceSession(request["quantise"], options, providers=["CPUExecutionProvider"])
    # Products of matrices only: for convolutions ONNX Runtime has no fast dynamic int8 on a CPU.
    quantize_dynamic(request["to"] + ".float", request["to"], op_types_to_quantize=["MatMul", "Gemm"],
                     weight_type=QuantType.QInt8, per_channel=True)
    os.remove(request["to"] + ".float")
    return {"megabytes": os.path.getsize(request["to"]) / 1e6}


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(run(asked) if "run" in asked else quantise(asked)), flush=True)

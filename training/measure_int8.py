"""What dynamic int8 arithmetic costs: AUC of each class by the package and by its int8 twin, crop by crop.

python3 training/measure_int8.py --package models/vit/1.1.0 --data training/data/external
"""
import argparse
import json
import pathlib
import tempfile

import hip_crops
import numpy as np
import onnxruntime
from fit_heads import softmax
from onnxruntime.quantization import QuantType, quantize_dynamic
from sklearn.metrics import roc_auc_score


def open_session(path, optimised=None):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    if optimised:
        # Weights that are kept as integers are multiplied out first: the quantiser looks for plain initialisers.
        options.optimized_model_filepath = optimised
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def probabilities(session, images):
    return softmax(np.concatenate([session.run(["logits"], {"image": np.array(crop)[None, None]})[0] for crop in images]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--package", required=True)
    parser.add_argument("--data", required=True, help="folder of `osteostream export-regions`")
    args = parser.parse_args()
    images, labels = hip_crops.load([args.data])
    y, _ = hip_crops.targets(labels)
    model = pathlib.Path(args.package) / "model.onnx"
    with tempfile.TemporaryDirectory() as folder:
        plain, rounded = f"{folder}/float.onnx", f"{folder}/int8.onnx"
        open_session(model, plain)
        quantize_dynamic(plain, rounded, op_types_to_quantize=["MatMul", "Gemm"], weight_type=QuantType.QInt8, per_channel=True)
        both = [probabilities(open_session(path), images) for path in (model, rounded)]
    for k, name in enumerate(hip_crops.CLASSES):
        before, after = [roc_auc_score(y == k, p[:, k]) for p in both]
        print(json.dumps({"class": name, "auc": round(before, 4), "int8Auc": round(after, 4), "cost": round(before - after, 4)}))


if __name__ == "__main__":
    main()

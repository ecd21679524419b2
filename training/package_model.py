"""Writes a model package: model.onnx and manifest.json with its digest, whole or not at all."""
import hashlib
import json
import pathlib
import shutil

PREPROCESSING = {
    "grey": "more attenuation is brighter; MONOCHROME1 inverted",
    "stretch": {"low": 0.01, "high": 0.99},
    "resample": "average of up to 4 x 4 samples a cell",
}


def write(folder, manifest, export):
    """Calls export(path) for the network and what belongs to it, then writes the manifest with the digest of each file."""
    target = pathlib.Path(folder)
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    export(str(fresh / "model.onnx"))
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(fresh.iterdir())}
    manifest = {**manifest, "files": files}
    (fresh / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def replace(finder, folder, version, manifest, export):
    """Writes a finder's package anew with another model.onnx, which export(path) writes; the other networks stay."""
    source = pathlib.Path(finder)
    old = json.loads((source / "manifest.json").read_text())
    kept = {name: old[name] for name in ("conditions", "landmarks", "markers") if name in old}
    told = {name: old["training"][name] for name in kept}

    def export_all(path):
        for name in kept:
            shutil.copy(source / f"{name}.onnx", pathlib.Path(path).parent / f"{name}.onnx")
        export(path)

    write(folder, {**manifest, "version": version, "training": {**manifest["training"], **told}, **kept}, export_all)


def extend(finder, folder, version, name, network, learning, export):
    """Writes a finder's package anew with one network more: `name`.onnx, which export(path) writes."""
    source = pathlib.Path(finder)
    manifest = json.loads((source / "manifest.json").read_text())
    training = {**manifest["training"], name: learning}

    def export_all(path):
        target = pathlib.Path(path).parent
        for file in manifest["files"]:
            shutil.copy(source / file, target / file)
        export(str(target / f"{name}.onnx"))

    write(folder, {**manifest, "version": version, name: network, "training": training}, export_all)

"""Puts networks of other packages into a finder's: runs that went on side by side end in one package.

python3 training/take_network.py --finder DIR --take landmarks=DIR conditions=DIR --version 1.3.0 --out DIR
"""
import argparse
import json
import pathlib
import shutil
import tempfile

import package_model


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--finder", required=True)
    parser.add_argument("--take", nargs="+", required=True, help="NAME=DIR")
    parser.add_argument("--version", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        finder = pathlib.Path(folder) / "0"
        shutil.copytree(args.finder, finder)
        for number, taken in enumerate(args.take, 1):
            name, source = taken.split("=")
            manifest = json.loads((pathlib.Path(source) / "manifest.json").read_text())
            out = pathlib.Path(folder) / str(number)
            package_model.extend(finder, out, args.version, name, manifest[name], manifest["training"][name],
                                 lambda path: shutil.copy(pathlib.Path(source) / f"{name}.onnx", path))
            finder = out
        shutil.rmtree(args.out, ignore_errors=True)
        shutil.copytree(finder, args.out)


if __name__ == "__main__":
    main()

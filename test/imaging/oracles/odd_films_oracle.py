"""What pydicom and GDCM make of odd films: python3 odd_films_oracle.py FOLDER > odd-films.json"""
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import pydicom
from pydicom.pixels import apply_voi_lut, apply_modality_lut

warnings.simplefilter("ignore")


def pixels_of(dataset):
    if not getattr(dataset, "file_meta", None) or "TransferSyntaxUID" not in dataset.file_meta:
        explicit = not dataset.original_encoding[0]
        dataset.file_meta = getattr(dataset, "file_meta", None) or pydicom.dataset.FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1" if explicit else "1.2.840.10008.1.2"
    elif dataset.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2":
        pass
    return dataset.pixel_array


def greys(array):
    if array.ndim == 3:
        assert (array[..., 0] == array[..., 1]).all() and (array[..., 0] == array[..., 2]).all()
        array = array[..., 0]
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def read(path):
    try:
        dataset = pydicom.dcmread(path, force=True)
        array = pixels_of(dataset)
        answer = {"pixels": greys(array)}
        if "VOILUTSequence" in dataset:
            toned = apply_voi_lut(apply_modality_lut(array, dataset).astype(np.int32), dataset)
            answer["toned"] = [int(toned.min()), int(toned.max())]
            answer["tone"] = hashlib.sha256(toned.astype("<u2").tobytes()).hexdigest()
        return answer
    except Exception as error:  # whatever a reader says of such a file is its answer
        return {"error": type(error).__name__}


def gdcm(path):
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "copy.dcm"
        ended = subprocess.run(["gdcmconv", "--raw", str(path), str(copy)], capture_output=True)
        if ended.returncode != 0 or not copy.exists():
            return {"error": "refused"}
        read_copy = read(copy)
        return {"pixels": read_copy["pixels"]} if "pixels" in read_copy else read_copy


folder = pathlib.Path(sys.argv[1])
answers = {
    path.stem: {"pydicom": read(path), "gdcm": gdcm(path)} for path in sorted(folder.glob("*.dcm"))
}
print(json.dumps({"pydicom": pydicom.__version__, "films": answers}, indent=1))

"""Decodes films and crops them at a given box with pydicom and numpy (Pillow resizes where it is installed).

Reads one JSON line per request from stdin: {"path", "films", "box": [x, y, width, height], "size", "mirror", "hash"},
and answers one: {"cpuSeconds"} for a film, or {"unsupported"} with the reason.
"""

import hashlib
import json
import sys
import time

import numpy
from pydicom import dcmread

try:
    from PIL import Image
except ImportError:
    Image = None


def resize(region, size):
    """Averages a region over size x size cells."""
    if Image is not None:
        return numpy.asarray(Image.fromarray(region.astype(numpy.float32)).resize((size, size), Image.BOX))
    rows = numpy.linspace(0, region.shape[0], size + 1).astype(int)[:-1]
    columns = numpy.linspace(0, region.shape[1], size + 1).astype(int)[:-1]
    sums = numpy.add.reduceat(numpy.add.reduceat(region.astype(numpy.uint32), rows, axis=0), columns, axis=1)
    heights = numpy.diff(numpy.append(rows, region.shape[0]))
    widths = numpy.diff(numpy.append(columns, region.shape[1]))
    return sums / numpy.outer(heights, widths)


def crop(path, box, size, mirror, with_hash):
    """One film from its file to a crop of 8 bits, stretched between its 1st and 99th percentile."""
    film = dcmread(path)
    pixels = film.pixel_array
    if with_hash:
        hashlib.sha256(pixels.tobytes()).hexdigest()
    x, y, width, height = box
    region = pixels[y : y + height, x : x + width]
    if film.PhotometricInterpretation == "MONOCHROME1":
        region = (1 << film.BitsStored) - 1 - region
    small = resize(region, size)
    low, high = numpy.percentile(small, (1, 99))
    scaled = numpy.clip((small - low) * (255.0 / max(high - low, 1e-9)), 0, 255).astype(numpy.uint8)
    return scaled[:, ::-1] if mirror else scaled


def answer(request):
    arguments = [request[name] for name in ("path", "box", "size", "mirror", "hash")]
    try:
        crop(*arguments)
    except Exception as error:
        return {"unsupported": type(error).__name__}
    started = time.process_time()
    for _ in range(request["films"]):
        crop(*arguments)
    return {"cpuSeconds": (time.process_time() - started) / request["films"]}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)

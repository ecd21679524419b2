"""Draws side markers as departments use them, L and R and what looks like them, and lays them on views of films."""
import pathlib

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

NONE, LEFT, RIGHT = 0, 1, 2
OTHERS = list("ABCDEFGHIJKMNOPQSTUVWXYZ12345689") + ["T", "F", "P", "B", "E", "I", "K", "AP", "PA", "SUP", "ST", "12:40", "7/11"]
EDGE = 96
# Corners of strokes in a box of 1 x 1, as bent wire and cut lead have them.
STROKES = {
    "L": [[(0.1, 0), (0.1, 1), (0.9, 1)]],
    "R": [[(0.1, 1), (0.1, 0), (0.6, 0), (0.85, 0.12), (0.85, 0.38), (0.6, 0.5), (0.1, 0.5)], [(0.45, 0.5), (0.9, 1)]],
    "T": [[(0.5, 1), (0.5, 0)], [(0, 0), (1, 0)]],
    "P": [[(0.1, 1), (0.1, 0), (0.6, 0), (0.85, 0.12), (0.85, 0.38), (0.6, 0.5), (0.1, 0.5)]],
    "F": [[(0.1, 1), (0.1, 0), (0.9, 0)], [(0.1, 0.5), (0.7, 0.5)]],
    "+": [[(0.5, 0), (0.5, 1)], [(0, 0.5), (1, 0.5)]],
    "I": [[(0.5, 0), (0.5, 1)]],
    "U": [[(0, 0), (0, 1), (1, 1), (1, 0)]],
    "E": [[(1, 0), (0, 0), (0, 1), (1, 1)], [(0, 0.5), (0.7, 0.5)]],
}


def fonts_below(folders):
    """Type faces with Latin capitals; symbols are left out by their names."""
    files = sorted(str(file) for folder in folders for file in pathlib.Path(folder).rglob("*.ttf"))
    return [file for file in files if not any(word in file for word in ("Math", "Symbol", "Dingbat"))]


def drawn_by_font(text, font, random):
    face = ImageFont.truetype(font, 60)
    left, top, right, bottom = face.getbbox(text)
    image = Image.new("L", (right - left + 2, bottom - top + 2), 0)
    ImageDraw.Draw(image).text((1 - left, 1 - top), text, 255, font=face)
    return image


def drawn_by_strokes(text, random):
    wide, width = int(random.integers(26, 52)), int(random.integers(5, 14))
    image = Image.new("L", (wide + 2 * width, 52 + 2 * width), 0)
    pen = ImageDraw.Draw(image)
    for line in STROKES[text]:
        pen.line([(width + x * wide, width + y * 52) for x, y in line], 255, width, joint="curve")
    return image.crop(image.getbbox())


def framed(letter, random):
    """(opacity, brightness) of a marker, each 0 to 1: lead on tissue, or a printed box or ring around the letter."""
    mask = np.zeros((EDGE, EDGE), np.float32)
    x, y = (EDGE - letter.width) // 2, (EDGE - letter.height) // 2
    mask[y : y + letter.height, x : x + letter.width] = np.asarray(letter, np.float32) / 255
    style = random.random()
    if style < 0.5:
        return mask, np.ones_like(mask)
    margin = int(random.integers(4, 12))
    box = [max(0, x - margin), max(0, y - margin), min(EDGE - 1, x + letter.width + margin), min(EDGE - 1, y + letter.height + margin)]
    image = Image.new("L", (EDGE, EDGE), 0)
    pen = ImageDraw.Draw(image)
    if style < 0.62:
        pen.ellipse(box, outline=255, width=int(random.integers(2, 6)))
        return np.maximum(mask, np.asarray(image, np.float32) / 255), np.ones_like(mask)
    pen.rectangle(box, fill=255)
    frame = np.asarray(image, np.float32) / 255
    if style < 0.85:
        return frame, 1 - mask * random.uniform(0.7, 1)
    # A bright letter on a box of another grey.
    return frame * random.uniform(0.6, 1), np.maximum(mask, random.uniform(0, 0.5))


def turned(part, degrees, mirrored):
    image = Image.fromarray((255 * part).astype(np.uint8)).rotate(degrees, Image.Resampling.BILINEAR)
    return np.asarray(image, np.float32)[:, ::-1 if mirrored else 1] / 255


def sprites(fonts, count, random):
    """A list of (kind, opacity, brightness, height of the letter as a share of the sprite's edge)."""
    made = []
    for _ in range(count):
        kind = int(random.choice([NONE, LEFT, RIGHT], p=[0.4, 0.3, 0.3]))
        strokes = random.random() < 0.3
        others = [name for name in STROKES if name not in "LR"] if strokes else OTHERS
        text = "LR"[kind - 1] if kind else str(random.choice(others))
        letter = drawn_by_strokes(text, random) if strokes else drawn_by_font(text, str(random.choice(fonts)), random)
        if max(letter.size) > 64:
            letter.thumbnail((64, 64))
        height = letter.height / EDGE
        opacity, brightness = framed(letter, random)
        degrees = random.normal(0, 6) + float(random.choice([0, 90, 180, 270], p=[0.79, 0.07, 0.07, 0.07]))
        mirrored = random.random() < 0.2
        made.append((kind, turned(opacity, degrees, mirrored), turned(brightness, degrees, mirrored), height))
    return made


def strays_on(view, random):
    """Draws lines, arcs, rings and wedges on a view [s, s] of floats: edges of bones and tools, no letters."""
    image = Image.new("L", view.shape[::-1], 0)
    pen = ImageDraw.Draw(image)
    for _ in range(random.integers(1, 4)):
        x, y = (int(place) for place in random.uniform(0, len(view), 2))
        wide, high = (int(edge) for edge in random.uniform(6, 60, 2))
        width, start = int(random.integers(1, 6)), float(random.uniform(0, 360))
        kind = random.integers(4)
        if kind == 0:
            pen.line([x, y, x + wide, y + int(high * random.choice([-1, 1]))], 255, width)
        elif kind == 1:
            pen.arc([x, y, x + wide, y + high], start, start + float(random.uniform(40, 200)), 255, width)
        elif kind == 2:
            pen.ellipse([x, y, x + wide // 2, y + high // 2], fill=255 if random.random() < 0.5 else None, outline=255, width=width)
        else:
            pen.polygon([(x, y), (x + wide, y + high // 3), (x + wide // 3, y + high)], fill=255)
    cover = np.asarray(image.filter(ImageFilter.GaussianBlur(random.uniform(0, 2))), np.float32) / 255 * random.uniform(0.2, 1)
    return view * (1 - cover) + cover * random.choice([20, 235])


def laid_on(view, sprite, x, y, height, random):
    """Lays a sprite on a view [s, s] of floats with its middle at a place and its letter so many pixels high."""
    _, opacity, brightness, share = sprite
    edge = max(4, round(height / share))
    parts = [np.asarray(Image.fromarray(part).resize((edge, edge), Image.Resampling.BOX), np.float32) for part in (opacity, brightness)]
    top, left = round(y - edge / 2), round(x - edge / 2)
    rows, columns = slice(max(0, top), min(len(view), top + edge)), slice(max(0, left), min(len(view), left + edge))
    inner = tuple(slice(axis.start - first, axis.stop - first) for axis, first in ((rows, top), (columns, left)))
    cover, bright = parts[0][inner] * random.uniform(0.7, 1), parts[1][inner]
    light, dark = random.uniform(215, 255), random.uniform(0, 40)
    view[rows, columns] = view[rows, columns] * (1 - cover) + cover * np.maximum(dark + (light - dark) * bright, 0)
    return view

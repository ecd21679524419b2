"""How films look after the processing of makers, viewers and web pages: drawn widely, so that networks learn shapes.

`processed(x)` takes simulated views or crops [n, 1, s, s] of 0 to 255 and answers them as chains of tone curves,
contrast at many scales, edge enhancement, blur, grain, texture, JPEG and clipping would leave them, stretched in the
end as production does. `Looks` are what every network of the finder is given beside the picture.
"""
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

# Images that share the sizes of kernels; everything else is drawn for each.
GROUP = 8


def box_blur(x, reach):
    """Mean over a square of 2 * reach + 1 pixels; at the edges of what is there."""
    across = F.avg_pool2d(x, (1, 2 * reach + 1), 1, (0, reach), count_include_pad=False)
    return F.avg_pool2d(across, (2 * reach + 1, 1), 1, (reach, 0), count_include_pad=False)


def wide_blur(x, reach):
    """About box_blur, in a fraction of its time where the square is large."""
    less = 1 if reach < 4 else 2 if reach < 8 else 4
    if less == 1 or x.shape[-1] % less:
        return box_blur(x, reach)
    small = box_blur(F.avg_pool2d(x, less), max(1, round(reach / less)))
    return F.interpolate(small, x.shape[-1], mode="bilinear", align_corners=False)


def around(x, cell):
    """Mean of the neighbourhood of each pixel, about two cells wide: between means of squares that overlap by half."""
    means = F.avg_pool2d(x, 2 * cell, cell, cell // 2, count_include_pad=False)
    return F.interpolate(means, x.shape[-1], mode="bilinear", align_corners=False)


class Looks(nn.Module):
    """The picture, and its local contrast at scales at which no maker's curve or gain is left in it."""

    def __init__(self, mean, spread, cells=(4, 16), floor=4.0):
        super().__init__()
        self.mean, self.spread, self.cells, self.floor = mean, spread, cells, floor

    def forward(self, image):
        # Squares of differences are too fine for 16 bits.
        with torch.autocast("cpu", enabled=False):
            x = image.float()
            parts = [(x - self.mean) / self.spread]
            for cell in self.cells:
                fine = x - around(x, cell)
                parts.append(fine / torch.sqrt(around(fine * fine, cell) + self.floor**2))
            return torch.cat(parts, 1)


def draw(n, low=0.0, high=1.0):
    return low + (high - low) * torch.rand(n, 1, 1, 1)


def some(n, share):
    return torch.rand(n, 1, 1, 1) < share


def looked_up(x, table):
    """Applies a table of 256 entries [n, 256] to each image."""
    at = x.clamp(0, 255).flatten(1)
    low = at.long().clamp(max=254)
    first, second = table.gather(1, low), table.gather(1, low + 1)
    return (first + (at - low) * (second - first)).reshape(x.shape)


def tone_tables(x, bend=0.0):
    """Rising curves [n, 256]: powers, sigmoids, waves and (partly) the flattened histogram of the exposed area."""
    n = len(x)
    t = torch.linspace(0, 1, 256)[None].expand(n, 256)
    curve = t ** torch.exp(bend + 0.45 * torch.randn(n, 1))
    centre, steep = 0.25 + 0.5 * torch.rand(n, 1), 3 + 7 * torch.rand(n, 1)
    sigmoid = torch.sigmoid(steep * (curve - centre))
    sigmoid = (sigmoid - sigmoid[:, :1]) / (sigmoid[:, -1:] - sigmoid[:, :1])
    curve = torch.where(torch.rand(n, 1) < 0.35, sigmoid, curve)
    # Gains of neighbouring levels differ by up to several times.
    gains = F.interpolate(torch.exp(0.7 * torch.rand(n, 1, 1) * torch.randn(n, 1, 9)), 256, mode="linear", align_corners=True)[:, 0]
    wave = torch.cumsum(gains, 1)
    wave = (wave - wave[:, :1]) / (wave[:, -1:] - wave[:, :1])
    index = (curve * 255).long()
    curve = wave.gather(1, index)
    counts = torch.stack([torch.histc(each[each > 6], 256, 0, 255) for each in x])
    flat = torch.cumsum(counts, 1) / counts.sum(1, keepdim=True).clamp(min=1)
    share = torch.where(torch.rand(n, 1) < 0.35, torch.rand(n, 1), torch.zeros(n, 1))
    return 255 * ((1 - share) * curve + share * flat)


def at_many_scales(x):
    """Gains for each band of detail, as multi-scale processing sets them: fine detail up, the whole flattened."""
    n, size = len(x), x.shape[-1]
    bands, rest = [], x
    for reach in (1, 3, 7, 15, size // 6):
        wider = wide_blur(rest, reach)
        bands.append(rest - wider)
        rest = wider
    flatten = draw(n, 0.25, 1.1)
    level = rest.mean((2, 3), keepdim=True)
    out = level + flatten * (rest - level)
    tilt = draw(n, -0.25, 0.75)
    for at, band in enumerate(bands):
        gain = torch.exp(tilt * (3 - at) / 2 + 0.3 * torch.randn(n, 1, 1, 1))
        # Weak contrast gains more than strong, as in makers' amplification curves.
        soft = 18 * torch.tanh(band / 18) * draw(n, 0, 1.2) * some(n, 0.5)
        out = out + gain * band + soft
    return out


def levelled(x):
    """Contrast brought to one strength everywhere, in part."""
    n = len(x)
    reach = int(np.random.choice([8, 16, 30]))
    middle = wide_blur(x, reach)
    fine = x - middle
    even = 128 + draw(n, 30, 60) * fine / torch.sqrt(wide_blur(fine * fine, reach) + 25)
    share = draw(n, 0, 0.9)
    return (1 - share) * x + share * even


def sharpened(x):
    reach = int(np.random.choice([1, 2, 3, 6]))
    return x + draw(len(x), 0, 2.5) * (x - wide_blur(x, reach))


def softened(x):
    """Scaled down and up again, as copies for the web are."""
    size = x.shape[-1]
    small = max(size // 3, int(size / np.random.uniform(1.1, 2.6)))
    less = F.interpolate(x, small, mode="area")
    return F.interpolate(less, size, mode=str(np.random.choice(["bilinear", "bicubic", "nearest"])))


def texture(n, size, scales):
    """Random clouds of several sizes, each of spread about 1."""
    out = torch.zeros(n, 1, size, size)
    for cells in scales:
        cloud = F.interpolate(torch.randn(n, 1, cells, cells), size, mode="bilinear", align_corners=False)
        out = out + draw(n, 0, 1.4) * cloud
    return out


def grained(x):
    """Quantum noise, mottle and streaks: stronger where fewer rays came through."""
    n, size = len(x), x.shape[-1]
    shade = 0.5 + x / 255
    fine = texture(n, size, (size // 2, size // 3, size // 4)) * draw(n, 0, 5) * some(n, 0.7)
    coarse = texture(n, size, (size // 8, size // 14, size // 24)) * draw(n, 0, 5) * some(n, 0.6)
    white = torch.randn_like(x) * draw(n, 0, 6) * some(n, 0.5)
    lines = torch.randn(n, 1, size, 1) * draw(n, 0, 2) * some(n, 0.1)
    return x + shade * (fine + coarse + white) + lines


def blocky(x):
    """Levels of each block of 8 pixels rounded as strong JPEG does."""
    step = draw(len(x), 2, 14)
    means = F.interpolate(F.avg_pool2d(x, 8), x.shape[-1], mode="nearest")
    return torch.where(some(len(x), 0.5), means, x) * 0.3 + 0.7 * torch.round(x / step) * step


def stretched(x):
    """Between the 1st and the 99th percentile of the film, as production does it; a little off."""
    order = x.flatten(1)[:, ::11].sort(1).values
    low = order[:, int(0.01 * order.shape[1])][:, None, None, None] + 4 * torch.randn(len(x), 1, 1, 1).abs() * some(len(x), 0.3)
    high = order[:, int(0.99 * order.shape[1])][:, None, None, None]
    return (255 * (x - low) / (high - low).clamp(min=8)).clamp(0, 255)


def bent(n, size, strength):
    """Smooth shifts [n, size, size, 2] of a sampling grid, of `strength` (1 is half an edge), which give bones other shapes."""
    few = F.interpolate(strength * torch.randn(n, 2, 4, 4), 24, mode="bicubic", align_corners=False)
    return F.interpolate(few, size, mode="bilinear", align_corners=False).permute(0, 2, 3, 1)


def bent_back(points, shifts, back):
    """Where points [n, k, 2] of what a bent grid samples lie on what it gives; back(q) undoes the grid without shifts."""
    at = back(points)
    for _ in range(3):
        moves = F.grid_sample(shifts.permute(0, 3, 1, 2), at[:, :, None], padding_mode="border", align_corners=False)[..., 0]
        at = back(points - moves.transpose(1, 2))
    return at


def restretched(x):
    """As `stretched`, exactly as production does it."""
    order = x.flatten(1)[:, ::3].sort(1).values
    low, high = (order[:, int(share * order.shape[1])][:, None, None, None] for share in (0.01, 0.99))
    return (255 * (x - low) / (high - low).clamp(min=4)).clamp(0, 255)


def processed(x, strength=1.0):
    """One chain for each image; steps of a group of images come in one order."""
    return torch.cat([chain(part, strength) for part in x.split(GROUP)])


def chain(x, strength):
    n = len(x)
    bare = x <= 1
    plain = x

    def now_and_then(share, step):
        nonlocal x
        if np.random.rand() < share * strength:
            x = torch.where(some(n, 0.8), step(x), x)

    # The simulator's soft tissue is brighter than that of real films: most curves darken it.
    now_and_then(0.85, lambda y: looked_up(y, tone_tables(y, 0.6)))
    now_and_then(0.45, grained)
    now_and_then(0.65, at_many_scales)
    now_and_then(0.25, levelled)
    now_and_then(0.4, sharpened)
    x = x.clamp(-60, 320)
    now_and_then(0.4, lambda y: looked_up(y, tone_tables(y)))
    now_and_then(0.3, softened)
    now_and_then(0.45, grained)
    now_and_then(0.15, blocky)
    light = F.interpolate(torch.randn(n, 1, 3, 3), x.shape[-1], mode="bilinear", align_corners=True)
    x = x + draw(n, 0, 16) * light
    x = torch.where(some(n, 0.25), (x - draw(n, 0, 50)) * draw(n, 1, 1.4), x)
    # What beam and film never reached stays black, mostly.
    x = torch.where(bare & some(n, 0.8), torch.zeros_like(x), x)
    return torch.where(some(n, 0.95), stretched(x), plain)


class Pool:
    """Processed pictures that are shown more than once: `fresh` a step are made anew, from indices that pick() answers."""

    def __init__(self, images, pick, size=1500, fresh=6):
        self.images, self.pick, self.fresh = images, pick, fresh
        self.of = np.zeros(size, np.int64)
        self.kept = torch.zeros(size, 1, *images.shape[1:], dtype=torch.uint8)
        self.filled, self.next = 0, 0

    def add(self, count):
        which = self.pick(count)
        made = processed(torch.from_numpy(np.ascontiguousarray(self.images[which]))[:, None].float())
        places = (self.next + np.arange(count)) % len(self.of)
        self.of[places], self.kept[torch.from_numpy(places)] = which, made.round().to(torch.uint8)
        self.next = (self.next + count) % len(self.of)
        self.filled = min(len(self.of), self.filled + count)

    def batch(self, size):
        """Pictures [size, 1, s, s] as floats, and the indices of what they show."""
        self.add(max(self.fresh, 256 - self.filled))
        places = np.random.choice(self.filled, size, replace=self.filled < size)
        return self.kept[torch.from_numpy(places)].float(), self.of[places]

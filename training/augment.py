"""What every network sees of a crop in training: turned, scaled and shifted by little, in other light, with noise."""
import torch
from torch.nn import functional as F


def draw_moves(n):
    """How to move n crops: a matrix [n, 2, 3] from places on the new crop to places on the old, both in [-1, 1]."""
    turn, scale = 0.04 * torch.randn(n), 1 + 0.03 * torch.randn(n)
    cos, sin, shift = torch.cos(turn) * scale, torch.sin(turn) * scale, 0.03 * torch.randn(n, 2)
    return torch.stack([torch.stack([cos, -sin, shift[:, 0]], 1), torch.stack([sin, cos, shift[:, 1]], 1)], 1)


def moved(places, moves):
    """Where points [n, 2k] of the old crops, in shares of the edge, lie on the new ones."""
    old = 2 * places.reshape(len(places), -1, 2) - 1 - moves[:, None, :, 2]
    return (torch.linalg.solve(moves[:, :, :2], old.transpose(1, 2)).transpose(1, 2).flatten(1) + 1) / 2


def augment(x, moves):
    """Moves crops [n, s, s] uint8 to [n, 1, s, s] float; changes contrast and brightness; adds noise."""
    n, size = len(x), x.shape[-1]
    x = x.float()[:, None]
    grid = F.affine_grid(moves, x.shape, align_corners=False)
    x = F.grid_sample(x, grid, padding_mode="border", align_corners=False)
    x = 255 * (x / 255).clamp(0, 1) ** torch.exp(0.15 * torch.randn(n, 1, 1, 1))
    soft = F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
    x = x + torch.rand(n, 1, 1, 1) * (torch.rand(n, 1, 1, 1) < 0.3) * (soft - x)
    light = F.interpolate(torch.randn(n, 1, 2, 2), size, mode="bilinear", align_corners=True)
    x = x * (1 + 0.08 * torch.randn(n, 1, 1, 1)) + 8 * torch.randn(n, 1, 1, 1) + 4 * light
    return (x + 3 * torch.rand(n, 1, 1, 1) * torch.randn_like(x)).clamp(0, 255)

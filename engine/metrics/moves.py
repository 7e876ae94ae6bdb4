"""What moves in a clip, the camera and the bodies, and what such moves are called.

The camera's own motion is measured, not learned: least squares on brightness between neighbouring
pictures (Lucas and Kanade 1981), away from the bodies. Only its name, and that of the bodies'
action, is learned.

Shape letters: B clips, T pictures, H height, W width, h w cells of 4 x 4 pixels, M moments.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.world.scene import ACTIONS, FIRST_MOVES

# Names of moves, of which a clip has one each.
MOVE_NAMES: dict[str, tuple[str, ...]] = {"camera": FIRST_MOVES, "action": ACTIONS}
MOMENTS = 13
_HALF = 2
_ROUNDS = 3
# Brightness errors above this, of 2 from black to white, belong to something else that moves.
_ODD = 0.06
_POOLED = (3, 4)


class Moves(nn.Module):
    """Names of the camera's move and of the action."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.camera_hidden = nn.Linear(3 * MOMENTS, 2 * width)
        self.camera = nn.Linear(2 * width, len(FIRST_MOVES))
        self.enter = nn.Conv2d(2 * MOMENTS - 1, width, 5, stride=2, padding=2)
        self.next = nn.Conv2d(width, 2 * width, 3, padding=1)
        self.norm = nn.GroupNorm(8, 2 * width)
        cells = _POOLED[0] * _POOLED[1]
        self.action_hidden = nn.Linear(2 * width * cells + 3 * MOMENTS, 2 * width)
        self.action = nn.Linear(2 * width, len(ACTIONS))

    def forward(self, covers: Tensor, path: Tensor) -> Tensor:
        """Logits (B, 8) of camera and action.

        Args:
            covers: (B, M, h, w) share of each cell that bodies cover.
            path: (B, M, 3) as from ``camera_motion``.
        """
        where = path.flatten(1)
        camera = self.camera(F.gelu(self.camera_hidden(where)))
        x = torch.cat([covers, covers[:, 1:] - covers[:, :-1]], dim=1)
        x = F.gelu(self.norm(self.next(F.gelu(self.enter(x)))))
        x = F.adaptive_max_pool2d(x, _POOLED).flatten(1)
        action = self.action(F.gelu(self.action_hidden(torch.cat([x, where], dim=1))))
        return torch.cat([camera, action], dim=1)


def moments(pictures: int) -> list[int]:
    """The pictures of a clip that are looked at: evenly spread from the first to the last."""
    return torch.linspace(0, pictures - 1, MOMENTS).round().int().tolist()


@torch.no_grad()
def camera_motion(pictures: Tensor, covers: Tensor) -> Tensor:
    """How far the view has moved and grown at each moment.

    Args:
        pictures: (B, T, 3, H, W) in -1..1.
        covers: (B, M, h, w) share of the cells that bodies cover, at the moments.

    Returns:
        (B, M, 3): what is seen has moved right and down, in twentieths of the picture's width, and
        grown, in natural logarithms of a fifth.
    """
    batch, count = pictures.shape[:2]
    grey = F.avg_pool2d(pictures.mean(dim=2), _HALF)
    free = F.interpolate(1 - covers.clamp(0, 1), size=grey.shape[-2:], mode="nearest")
    nearest = torch.linspace(0, MOMENTS - 1, count).round().long()
    free = (free[:, nearest] > 0.95).float()
    free = (free[:, 1:] * free[:, :-1]).flatten(0, 1)
    before, after = grey[:, :-1].flatten(0, 1), grey[:, 1:].flatten(0, 1)
    steps = _steps(before, after, free).unflatten(0, (batch, count - 1))
    path = F.pad(steps.cumsum(dim=1), (0, 0, 1, 0))[:, moments(count)]
    width = grey.shape[-1]
    return path * torch.tensor([20 / width, 20 / width, 5.0], device=path.device)


def _steps(before: Tensor, after: Tensor, free: Tensor) -> Tensor:
    """(P, H, W) pairs to (P, 3): pixels right and down, and growth."""
    height, width = before.shape[-2:]
    middle = (before + after) / 2
    slope_x = (middle[:, 1:-1, 2:] - middle[:, 1:-1, :-2]) / 2
    slope_y = (middle[:, 2:, 1:-1] - middle[:, :-2, 1:-1]) / 2
    change = (before - after)[:, 1:-1, 1:-1]
    y = torch.arange(height - 2, device=before.device) - (height - 3) / 2
    x = torch.arange(width - 2, device=before.device) - (width - 3) / 2
    grow = slope_x * x + slope_y * y[:, None]
    columns = torch.stack([slope_x, slope_y, grow], dim=-1).flatten(1, 2)
    change, weight = change.flatten(1), free[:, 1:-1, 1:-1].flatten(1)
    ridge = torch.diag(torch.tensor([1e-3, 1e-3, 1e-1], device=before.device))
    found = torch.zeros(len(before), 3, device=before.device)
    for _ in range(_ROUNDS):
        error = change - (columns @ found[..., None]).squeeze(-1)
        sure = weight / (1 + (error / _ODD).square())
        weighted = columns * sure[..., None]
        square = weighted.transpose(1, 2) @ columns + ridge
        found = torch.linalg.solve(square, (weighted.transpose(1, 2) @ change[..., None])).squeeze(
            -1
        )
    return found

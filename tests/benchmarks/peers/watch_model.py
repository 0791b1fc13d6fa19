"""A residual network of ten million parameters, and pictures to train it with."""

from __future__ import annotations

import importlib
from typing import Any, Final

__all__ = ["Training"]

torch: Any = importlib.import_module("torch")
nn: Any = torch.nn

_WIDTHS: Final = (60, 120, 240, 480)
_CLASSES: Final = 10


def _convolution(before: int, after: int, size: int, stride: int = 1) -> Any:
    layer = nn.Conv2d(before, after, size, stride, size // 2, bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(after))


class _Block(nn.Module):  # type: ignore[misc]  # torch is not typed here
    """Two convolutions, and a way around them."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.first = _convolution(before, after, 3, stride)
        self.second = _convolution(after, after, 3)
        self.around = nn.Identity()
        if stride != 1 or before != after:
            self.around = _convolution(before, after, 1, stride)

    def forward(self, x: Any) -> Any:
        found = self.second(torch.relu(self.first(x))) + self.around(x)
        return torch.relu(found)


class Training:
    """The network and its optimizer.

    Parameters
    ----------
    batch
        Pictures of 32 × 32 pixels in one step.
    """

    def __init__(self, batch: int) -> None:
        torch.manual_seed(0)
        layers: list[Any] = [_convolution(3, _WIDTHS[0], 3), nn.ReLU()]
        before = _WIDTHS[0]
        for width in _WIDTHS:
            stride = 1 if width == _WIDTHS[0] else 2
            layers += [_Block(before, width, stride), _Block(width, width, 1)]
            before = width
        layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, _CLASSES)]
        self.model = nn.Sequential(*layers)
        self._optimizer = torch.optim.SGD(self.model.parameters(), 0.01, 0.9)
        self._pictures = torch.randn(batch, 3, 32, 32)
        self._truth = torch.randint(0, _CLASSES, (batch,))

    @property
    def parameters(self) -> int:
        """How many numbers the network has."""
        return sum(int(one.numel()) for one in self.model.parameters())

    def step(self) -> Any:
        """Take a step and return the loss."""
        self._optimizer.zero_grad()
        answers = self.model(self._pictures)
        loss = nn.functional.cross_entropy(answers, self._truth)
        loss.backward()
        self._optimizer.step()
        return loss.item()

"""The shades of outputs: absolute where an activation's range is known."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.colors import Colormap

from tinyneuron.activations import HardSigmoid, LogSoftmax, Sigmoid, Softmax, Softsign, Tanh
from tinyneuron.layers import Layer
from tinyneuron.plotting.style import AMOUNT, LIGHT_SIGNED


class Shades(NamedTuple):
    """A map of colours, and the values at its ends."""

    cmap: Colormap
    low: float
    high: float
    bounded: bool

    @property
    def range(self) -> str:
        """The values at the ends, as one reads them."""
        return f"0 to {self.high:.2g}" if self.low == 0 else f"±{self.high:.2g}"


_TO_1 = Sigmoid | HardSigmoid | Softmax
FROM_0_TO_1 = Shades(AMOUNT, 0.0, 1.0, bounded=True)
FROM_MINUS_1_TO_1 = Shades(LIGHT_SIGNED, -1.0, 1.0, bounded=True)


def shades_of(activation: Any, values: Any) -> Shades:
    """Return how outputs are shaded: sigmoids from 0 to 1, tanh from -1 to 1, others as they are.

    Where the activation is not known (None), the values tell.
    """
    low, high = float(np.min(values)), float(np.max(values))
    unknown = activation is None
    if (isinstance(activation, _TO_1) and not isinstance(activation, LogSoftmax)) or (
        unknown and 0 <= low <= high <= 1
    ):
        return FROM_0_TO_1
    if isinstance(activation, Tanh | Softsign) or (unknown and -1 <= low <= high <= 1):
        return FROM_MINUS_1_TO_1
    if low >= 0:
        return Shades(AMOUNT, 0.0, high or 1.0, bounded=False)
    largest = max(-low, high)
    return Shades(LIGHT_SIGNED, -largest, largest, bounded=False)


def last_activation(model: Any) -> Any:
    """Return the activation of a model's last layer, or of a layer; None if there is none."""
    if not isinstance(model, Layer):
        return None
    layers = [layer for _, layer in model._in_a_row()] if hasattr(model, "layers") else [model]
    return getattr(layers[-1], "activation", None) if layers else None

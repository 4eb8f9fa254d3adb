"""Pictures of data, models and training. The only package that needs matplotlib.

Every function draws into the Axes it is given, or into a new figure in the library's own style,
and returns the Axes; none calls ``show``. The style sheet is registered as ``"tinyneuron"``:
``plt.style.use("tinyneuron")`` gives it to a whole program.

Each colour has one meaning, in all pictures: :mod:`tinyneuron.plotting.style` says which.
"""

try:
    import matplotlib  # noqa: F401
except ImportError as error:
    raise ImportError("tinyneuron.plotting needs matplotlib: pip install matplotlib") from error

from tinyneuron.plotting.confusion import plot_confusion
from tinyneuron.plotting.curves import plot_activation, plot_history
from tinyneuron.plotting.decision import plot_decision
from tinyneuron.plotting.network import plot_network
from tinyneuron.plotting.points import plot_classes, plot_points, plot_regression
from tinyneuron.plotting.style import (
    AMOUNT,
    BLUE,
    GREEN,
    LOSS,
    NEGATIVE,
    ORANGE,
    POSITIVE,
    PROBABILITY,
    PURPLE,
    SIGNED,
)
from tinyneuron.plotting.surface import plot_loss_surface
from tinyneuron.plotting.units import plot_units
from tinyneuron.plotting.weights import plot_weights

__all__ = [
    "AMOUNT",
    "BLUE",
    "GREEN",
    "LOSS",
    "NEGATIVE",
    "ORANGE",
    "POSITIVE",
    "PROBABILITY",
    "PURPLE",
    "SIGNED",
    "plot_activation",
    "plot_classes",
    "plot_confusion",
    "plot_decision",
    "plot_history",
    "plot_loss_surface",
    "plot_network",
    "plot_points",
    "plot_regression",
    "plot_units",
    "plot_weights",
]

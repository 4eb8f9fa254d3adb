"""What is measured: the networks, their data and weights, and the works, each with a name."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

LOSSES = {
    "sigmoid": "binary_crossentropy",
    "softmax": "sparse_categorical_crossentropy",
    "linear": "mse",
}


@dataclass(frozen=True)
class Network:
    """Dense layers of these sizes, the first being the inputs."""

    sizes: tuple[int, ...]
    hidden: str = "relu"
    last: str = "softmax"

    @property
    def loss(self):
        """The name of the loss that goes with the last activation."""
        return LOSSES[self.last]

    @property
    def activations(self):
        """The activation of each layer."""
        return [self.hidden] * (len(self.sizes) - 2) + [self.last]

    def weights(self):
        """Return kernel, bias, kernel, bias ...: the same numbers for every peer."""
        random = np.random.default_rng(1)
        weights = []
        for inputs, units in pairwise(self.sizes):
            limit = np.sqrt(6 / (inputs + units))  # Glorot's, so that deep networks stay tame
            kernel = random.uniform(-limit, limit, (inputs, units))
            weights += [kernel.astype(np.float32), np.full(units, 0.01, np.float32)]
        return weights

    def data(self, rows):
        """Return x, and y as the loss wants it: 0 and 1 in a column, numbers, or class numbers."""
        random = np.random.default_rng(2)
        x = random.standard_normal((rows, self.sizes[0]), dtype=np.float32)
        if self.last == "sigmoid":
            return x, (x[:, :1] * x[:, 1:2] > 0).astype(np.float32)
        if self.last == "linear":
            return x, x[:, : self.sizes[-1]].copy()
        return x, x[:, : self.sizes[-1]].argmax(axis=1)


@dataclass(frozen=True)
class Workload:
    """One thing to measure. Of epochs, the time of one step is reported."""

    name: str
    title: str
    kind: str  # one of the kinds of `worker`
    network: Network
    rows: int
    batch_size: int = 0  # of a fit
    goal: Goal | None = None

    @property
    def steps(self):
        """How many steps an epoch has; 1 where there are no epochs."""
        return self.rows // self.batch_size if self.batch_size else 1


@dataclass(frozen=True)
class Goal:
    """What tinyneuron is to take at most: so many times what the peer takes."""

    at_most: float
    peer: str
    work: str = ""  # another one than that of the goal, of tinyneuron's


NEURONS = Network((2, 3, 1), "sigmoid", "sigmoid")
DIGITS = Network((784, 128, 10))
WIDE = Network((1024, 2048, 2048, 1024), "relu", "linear")
DEEP = Network((784, 512, 512, 10))
NARROW = Network((20, 64, 64, 1), "relu", "sigmoid")
AGENT = Network((4, 24, 24, 2), "relu", "linear")  # as reinforcement learning has them

# In a fit, the batches divide the rows: a smaller last batch would be one more shape to compile.
WORKLOADS = [
    Workload(
        "one-predict", "one row, 2-3-1, predict", "predict", NEURONS, 1, goal=Goal(0.9, "hand")
    ),
    Workload("one-call", "one row, 2-3-1, call", "call", NEURONS, 1, goal=Goal(0.9, "hand")),
    Workload(
        "many-rows", "200,000 rows, 2-3-1", "predict", NEURONS, 200_000, goal=Goal(1.0, "onnx")
    ),
    Workload(
        "digits", "10,000 rows, 784-128-10", "predict", DIGITS, 10_000, goal=Goal(1.1, "matmul")
    ),
    Workload(
        "wide", "2,048 rows, 1024-2048-2048-1024", "predict", WIDE, 2048, goal=Goal(1.05, "matmul")
    ),
    Workload("narrow", "100,000 rows, 20-64-64-1", "predict", NARROW, 100_000),
    Workload(
        "evaluate", "100,000 rows, 20-64-64-1, evaluate", "evaluate", NARROW, 100_000,
        goal=Goal(1.5, "tinyneuron", "narrow"),
    ),
    Workload("on-batch", "32 rows, 4-24-24-2, train_on_batch", "on batch", AGENT, 32),
    Workload("fit-row", "1 row, 4-24-24-2, a fit", "fit anew", AGENT, 1, 1),
    Workload(
        "fit-tiny", "step 2-3-1, batch 32", "fit", NEURONS, 1024, 32, Goal(0.9, "hand")
    ),
    Workload("fit-short", "step 2-3-1, epochs of 15 steps", "fit", NEURONS, 480, 32),
    Workload(
        "fit-metrics", "step 2-3-1, accuracy, precision, recall", "fit with metrics", NEURONS,
        1024, 32, Goal(1.2, "hand"),
    ),
    Workload(
        "fit-digits-32", "step 784-128-10, batch 32", "fit", DIGITS, 4096, 32, Goal(0.9, "hand")
    ),
    Workload(
        "fit-digits-128", "step 784-128-10, batch 128", "fit", DIGITS, 4096, 128, Goal(0.9, "hand")
    ),
    Workload(
        "fit-deep-128", "step 784-512-512-10, batch 128", "fit", DEEP, 4096, 128, Goal(0.9, "hand")
    ),
]  # fmt: skip

# The first thing that a process does, before its memory holds any arrays.
FIRST = [
    Workload(
        "first-narrow", "100,000 rows, 20-64-64-1, first in a process", "predict", NARROW, 100_000,
        goal=Goal(1.0, "torch"),
    ),
    Workload("first-epoch", "step 784-128-10, batch 128, first in a process", "fit", DIGITS,
        4096, 128),
]  # fmt: skip

GOALS = {"import": Goal(1.1, "hand")} | {
    work.name: work.goal for work in [*WORKLOADS, *FIRST] if work.goal
}


def growing(quick=False):
    """Yield (axis, size, workload), where the workload grows along one axis at a time."""
    cases = [("rows", n, Network((64, 64, 64, 10)), n) for n in (4**power for power in range(9))]
    cases += [
        ("width", n, Network((n, n, n, 10)), 256) for n in (2**power for power in range(4, 12))
    ]
    cases += [
        ("depth", n, Network((64,) * n + (10,)), 256) for n in (2**power for power in range(8))
    ]
    for axis, size, network, rows in cases[:: 2 if quick else 1]:
        name = f"{axis}-{size}"
        yield axis, size, Workload(f"{name}-predict", f"{axis} {size}", "predict", network, rows)
        # one batch: an epoch is a step
        yield axis, size, Workload(f"{name}-fit", f"{axis} {size}", "fit", network, rows, rows)

"""Random models, losses, optimizers and data, the same for every library."""

from dataclasses import dataclass, field

import numpy as np

STEPS = 10
ACTIVATIONS = [
    "linear", "sigmoid", "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "tanh", "softmax",
    "log_softmax", "softplus", "softsign", "exponential", "silu", "hard_silu", "gelu",
    "hard_sigmoid", "log_sigmoid", "mish",
]  # fmt: skip
ACTIVATION_OPTIONS = {
    "relu": {"negative_slope": [0.0, 0.1], "max_value": [None, 1.5], "threshold": [0.0, 0.3]},
    "leaky_relu": {"negative_slope": [0.05, 0.4]},
    "elu": {"alpha": [0.5, 1.5]},
    "celu": {"alpha": [0.5, 1.5]},
    "gelu": {"approximate": [False, True]},
}

# A loss: its class, its options, the last activations that suit it, and the kind of targets.
# Left out are the pairs whose gradient can be rounding and nothing else (softmax passes on no
# gradient that is the same for all classes, such as a hinge's), or of size 1 / epsilon.
POSITIVE = ["softplus", "exponential", "sigmoid"]
CURVED = ["linear", "tanh", "softplus", "selu", "mish"]
LOGITS = [*CURVED, "softmax", "log_softmax"]
FROM_LOGITS = {"from_logits": [True], "label_smoothing": [0.0, 0.1]}
FROM_PROBABILITIES = {"label_smoothing": [0.0, 0.1]}
LOSSES = [
    ("MeanSquaredError", {}, ACTIVATIONS, "real"),
    ("MeanAbsoluteError", {}, [*CURVED, "relu", "elu", "silu"], "real"),
    ("MeanAbsolutePercentageError", {}, CURVED, "large"),
    ("MeanSquaredLogarithmicError", {}, [*POSITIVE, "relu"], "positive"),
    ("Huber", {"delta": [0.25, 0.5, 1.0]}, ACTIVATIONS, "real"),
    ("LogCosh", {}, ACTIVATIONS, "real"),
    ("BinaryCrossentropy", FROM_LOGITS, LOGITS, "binary"),
    ("BinaryCrossentropy", FROM_PROBABILITIES, ["sigmoid"], "binary"),
    ("BinaryCrossentropy", FROM_PROBABILITIES, ["hard_sigmoid", "softmax"], "binary"),
    ("CategoricalCrossentropy", FROM_LOGITS, LOGITS, "one_hot"),
    ("CategoricalCrossentropy", FROM_PROBABILITIES, ["softmax"], "one_hot"),
    ("CategoricalCrossentropy", FROM_PROBABILITIES, ["sigmoid", "softplus"], "one_hot"),
    ("SparseCategoricalCrossentropy", {"from_logits": [True]}, LOGITS, "classes"),
    ("SparseCategoricalCrossentropy", {}, ["softmax", "sigmoid"], "classes"),
    ("KLDivergence", {}, ["softmax", "sigmoid"], "probabilities"),
    ("Poisson", {}, POSITIVE, "positive"),
    ("Hinge", {}, CURVED, "binary"),
    ("Hinge", {}, CURVED, "signs"),
    ("SquaredHinge", {}, CURVED, "signs"),
    ("CategoricalHinge", {}, CURVED, "one_hot"),
    ("CosineSimilarity", {}, LOGITS, "real"),
]
REDUCTIONS = ["sum_over_batch_size", "sum_over_batch_size", "sum", "mean_with_sample_weight"]

# Keras holds learning rates in float32: these it holds exactly.
ADAM = {
    "learning_rate": [1 / 1024, 1 / 256, 1 / 128],
    "beta_1": [0.5, 0.8, 0.9],
    "beta_2": [0.9, 0.99, 0.999],
    "epsilon": [1e-7, 1e-5, 1e-3],
    "amsgrad": [False, True],
}
SGD = {
    "learning_rate": [1 / 1024, 1 / 256, 1 / 64],
    "momentum": [0.0, 0.5, 0.9],
    "nesterov": [False, True],
}
RMSPROP = {
    "learning_rate": [1 / 1024, 1 / 256, 1 / 128],
    "rho": [0.5, 0.9, 0.99],
    "momentum": [0.0, 0.5, 0.9],
    "epsilon": [1e-7, 1e-5, 1e-3],
    "centered": [False, True],
}
ADAMW = ADAM | {"weight_decay": [0.004, 0.05]}
DECAY = {"weight_decay": [None, 0.1]}


@dataclass(frozen=True)
class Layer:
    """A Dense layer. Its regularizers are pairs (l1, l2)."""

    units: int
    activation: str
    activation_options: dict = field(default_factory=dict)
    use_bias: bool = True
    kernel_regularizer: tuple | None = None
    bias_regularizer: tuple | None = None


@dataclass(frozen=True)
class Batch:
    """What a training step is taken on; of the two kinds of weights at most one is given."""

    x: np.ndarray
    y: np.ndarray
    sample_weight: np.ndarray | None = None
    class_weight: dict | None = None


@dataclass(frozen=True)
class Case:
    """A model and how it is trained, without its numbers: these belong to a trial of it."""

    seed: int
    rows: int
    features: int
    layers: tuple[Layer, ...]
    loss: str
    loss_options: dict
    targets: str
    weighting: str
    optimizer: str
    optimizer_options: dict

    def weights(self, trial, dtype):
        """Return the first weights, in Keras' order."""
        rng = np.random.default_rng([self.seed, trial, 0])
        inputs, weights = self.features, []
        for layer in self.layers:
            weights.append(rng.normal(0, inputs**-0.5, (inputs, layer.units)))
            if layer.use_bias:
                weights.append(rng.normal(0, 0.3, layer.units))
            inputs = layer.units
        return [_rounded(weight, dtype) for weight in weights]

    def batches(self, trial, dtype):
        """Return one batch for each step."""
        rng = np.random.default_rng([self.seed, trial, 1])
        class_weight = None
        if self.weighting == "class":
            classes = max(2, self.layers[-1].units)
            class_weight = dict(enumerate(rng.uniform(0.2, 2, classes).tolist()))
        return [self._batch(rng, class_weight, dtype) for _ in range(STEPS)]

    def _batch(self, rng, class_weight, dtype):
        x = _rounded(rng.normal(size=(self.rows, self.features)), dtype)
        y = targets(self.targets, self.rows, self.layers[-1].units, rng)
        sample_weight = None
        if self.weighting == "sample":
            sample_weight = _rounded(rng.uniform(0.2, 2, self.rows), dtype)
        return Batch(x, _rounded(y, dtype), sample_weight, class_weight)


def targets(kind, rows, units, rng):
    shape, classes = (rows, units), rng.integers(0, units, rows)
    return {
        "real": lambda: rng.normal(size=shape),
        "large": lambda: rng.uniform(50, 100, shape),
        "positive": lambda: rng.uniform(0.5, 3, shape),
        "binary": lambda: rng.integers(0, 2, shape),
        "signs": lambda: rng.choice([-1, 1], shape),
        "classes": lambda: classes,
        "one_hot": lambda: np.eye(units)[classes],
        "probabilities": lambda: rng.dirichlet(np.ones(units), rows),
    }[kind]()


def _rounded(array, dtype):
    """Return float32's numbers in either dtype, so that both dtypes train the same model."""
    return array.astype("float32").astype(dtype)


def draw(seed, peer="keras"):
    """Return the case of this seed, with an optimizer that the peer has.

    PyTorch has not quite Keras' formulas for: RMSprop, which takes sqrt(v) + epsilon instead of
    sqrt(v + epsilon); weight decay in SGD, which goes through the momentum; the norm in clipping,
    to which 1e-6 is added. Adam's epsilon differs too, but can be given (see `in_torch`).
    """
    rng = np.random.default_rng([seed, peer == "torch"])
    loss, options, last, kind = _one(rng, LOSSES)
    optimizer, optimizer_options = draw_optimizer(rng, peer)
    # among one class, that has probability one; the cosine of one number is its sign
    many = kind in ("one_hot", "classes", "probabilities") or loss == "CosineSimilarity"
    # Keras clips probabilities to 1e-7 before it takes their logarithm, where tinyneuron goes back
    # to the logits: no exponential shall make them as small as that
    exponentials = 0 if "Crossentropy" in loss and "from_logits" not in options else 1
    layers = draw_layers(rng, _one(rng, last), 2 if many else 1, exponentials)
    weightings = ["none", "sample"]
    if kind in ("one_hot", "classes") or (kind == "binary" and layers[-1].units == 1):
        weightings.append("class")
    return Case(
        seed=seed,
        rows=int(rng.integers(1, 13)),
        features=int(rng.integers(1, 18)),
        layers=layers,
        loss=loss,
        loss_options=_choose(rng, options) | {"reduction": _one(rng, REDUCTIONS)},
        targets=kind,
        weighting=_one(rng, weightings),
        optimizer=optimizer,
        optimizer_options=optimizer_options,
    )


def draw_layers(rng, last, least, exponentials):
    """Return 0 to 4 hidden layers and the last, of its activation and at least so many units."""
    if last in ("softmax", "log_softmax"):
        least = 2
    activations = [_one(rng, ACTIVATIONS) for _ in range(rng.integers(0, 5))] + [last]
    while activations.count("exponential") > exponentials:  # those of exponentials overflow
        activations.remove("exponential")
    units = [int(n) for n in rng.integers(1, 18, len(activations))]
    units[-1] = max(least, units[-1])
    return tuple(draw_layer(rng, *chosen) for chosen in zip(units, activations, strict=True))


def draw_layer(rng, units, activation):
    options = ACTIVATION_OPTIONS.get(activation, {}) if rng.random() < 0.5 else {}
    penalties = [None, None, (0.01, 0.0), (0.0, 0.02), (0.005, 0.03)]
    use_bias = bool(rng.random() < 0.7)
    return Layer(
        units=units,
        activation=activation,
        activation_options=_choose(rng, options),
        use_bias=use_bias,
        kernel_regularizer=_one(rng, penalties),
        bias_regularizer=_one(rng, penalties) if use_bias else None,
    )


def draw_optimizer(rng, peer):
    optimizers = {"SGD": SGD, "Adam": ADAM, "AdamW": ADAMW}
    clippings = [{}, {}, {"clipvalue": 0.05}]
    if peer == "keras":
        optimizers = {name: DECAY | options for name, options in optimizers.items()}
        optimizers["RMSprop"] = RMSPROP | DECAY
        clippings += [{"clipnorm": 0.2}, {"global_clipnorm": 0.2}]
    name = _one(rng, list(optimizers))
    return name, _choose(rng, optimizers[name]) | _one(rng, clippings)


def _one(rng, choices):
    return choices[rng.integers(len(choices))]


def _choose(rng, options):
    """Return one value for each option."""
    return {name: _one(rng, values) for name, values in options.items()}

"""More cases whose training is compared with Keras': what stands in the catalogue, item by item.

As in `trajectories`, the recorder runs them in Keras and the tests in tinyneuron.
"""

import numpy as np

from trajectories import FEATURES, HIDDEN, ROWS, STEPS, UNITS, hash_of, targets

# name -> what makes the optimizer
OPTIMIZERS = {
    "adagrad": lambda o: o.Adagrad(1 / 32),
    "adagrad_start": lambda o: o.Adagrad(1 / 32, initial_accumulator_value=0.5, clipnorm=0.5),
    "adadelta": lambda o: o.Adadelta(1.0),
    "adadelta_rho": lambda o: o.Adadelta(1.0, rho=0.5, weight_decay=0.125),
    "adamax": lambda o: o.Adamax(1 / 128),
    "adamax_betas": lambda o: o.Adamax(1 / 128, beta_1=0.5, beta_2=0.75),
    "nadam": lambda o: o.Nadam(1 / 128),
    "nadam_betas": lambda o: o.Nadam(1 / 128, beta_1=0.5, beta_2=0.75),
    "lion": lambda o: o.Lion(1 / 256),
    "lion_decay": lambda o: o.Lion(1 / 256, beta_1=0.5, weight_decay=0.5),
    "function": lambda o: o.SGD(lambda: 3 / 64),
    "excluded": lambda o: _excluding(o.AdamW(1 / 128, weight_decay=2.0)),
    "polynomial": lambda o: o.SGD(o.schedules.PolynomialDecay(0.125, 8, 0.0625, 2.0)),
    "polynomial_cycle": lambda o: o.SGD(o.schedules.PolynomialDecay(0.125, 8, 0.0625, cycle=True)),
    "inverse_time": lambda o: o.SGD(o.schedules.InverseTimeDecay(0.125, 4, 0.5)),
    "inverse_time_stairs": lambda o: o.SGD(o.schedules.InverseTimeDecay(0.125, 4, 0.5, True)),
    "restarts": lambda o: o.SGD(o.schedules.CosineDecayRestarts(0.125, 5, 2.0, 0.5, 0.125)),
}


def _excluding(optimizer):
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer


# name -> what makes the layers between the two Dense ones
LAYERS = {
    "batch": lambda k, **d: [k.layers.BatchNormalization(momentum=0.75, **d)],
    "batch_plain": lambda k, **d: [k.layers.BatchNormalization(center=False, scale=False, **d)],
    "batch_frozen": lambda k, **d: [k.layers.BatchNormalization(trainable=False, **d)],
    "batch_axis": lambda k, **d: [
        k.layers.Reshape((2, 2), **d),
        k.layers.BatchNormalization(axis=1, gamma_regularizer="l2", **d),
        k.layers.Flatten(**d),
    ],
    "layer_norm": lambda k, **d: [k.layers.LayerNormalization(**d)],
    "layer_norm_axes": lambda k, **d: [
        k.layers.Reshape((2, 2), **d),
        k.layers.LayerNormalization(axis=[1, 2], center=False, **d),
        k.layers.Flatten(**d),
    ],
    "prelu": lambda k, **d: [k.layers.PReLU("ones", "l2", **d)],
    "prelu_shared": lambda k, **d: [
        k.layers.Reshape((2, 2), **d),
        k.layers.PReLU(shared_axes=[1], **d),
        k.layers.Flatten(**d),
    ],
    "min_max_norm": lambda k, **d: [
        k.layers.Dense(4, kernel_constraint=k.constraints.MinMaxNorm(0.5, 0.75, 0.5), **d)
    ],
}
ACTIVATIONS = [  # without sparsemax, which does not sum to one in Keras 3.15
    "hard_tanh", "hard_shrink", "soft_shrink", "tanh_shrink", "sparse_plus", "sparse_sigmoid",
    "squareplus", "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "log_softmax", "softsign",
    "exponential", "silu", "hard_silu", "gelu", "log_sigmoid", "mish",
]  # fmt: skip

# name -> (loss class, its options, last activation, kind of targets)
LOSSES = {
    "bfce": ("BinaryFocalCrossentropy", {}, "sigmoid", "binary"),
    "bfce_logits": ("BinaryFocalCrossentropy", {"from_logits": True}, "linear", "binary"),
    "bfce_balanced": (
        "BinaryFocalCrossentropy",
        {"apply_class_balancing": True, "alpha": 0.75, "gamma": 1.5, "label_smoothing": 0.25},
        "sigmoid",
        "binary",
    ),
    "bfce_other": ("BinaryFocalCrossentropy", {"gamma": 3.0}, "hard_sigmoid", "binary"),
    "cfce": ("CategoricalFocalCrossentropy", {}, "softmax", "one_hot"),
    "cfce_logits": ("CategoricalFocalCrossentropy", {"from_logits": True}, "linear", "one_hot"),
    "cfce_smooth": (
        "CategoricalFocalCrossentropy",
        {"alpha": [0.25, 0.5, 1.0, 2.0], "gamma": 1.5, "label_smoothing": 0.25},
        "softmax",
        "one_hot",
    ),
    "scce_ignored": (
        "SparseCategoricalCrossentropy",
        {"ignore_class": -1},
        "softmax",
        "some_classes",
    ),
    "scce_ignored_sum": (
        "SparseCategoricalCrossentropy",
        {"ignore_class": 2, "from_logits": True, "reduction": "sum"},
        "linear",
        "classes",
    ),
    "cosine_0": ("CosineSimilarity", {"axis": 0}, "linear", "real"),
    "cfce_other": ("CategoricalFocalCrossentropy", {"gamma": 1.0}, "sigmoid", "one_hot"),
}


def cases():
    """Yield the name of every case."""
    yield from (f"optimizer-{name}" for name in OPTIMIZERS)
    yield from (f"layers-{name}" for name in LAYERS)
    yield from (f"activation-{name}" for name in ACTIVATIONS)
    yield from (f"loss-{name}" for name in LOSSES)


def make(keras, case, dtype):
    """Return the compiled model of a case, and the kind of its targets."""
    what, name = case.split("-")
    options = {"dtype": dtype}
    middle = LAYERS[name](keras, **options) if what == "layers" else []
    loss, loss_options, last, kind = LOSSES[name] if what == "loss" else (
        "MeanSquaredError", {}, "linear", "real"
    )  # fmt: skip
    model = keras.Sequential(
        [
            keras.Input((FEATURES,), dtype=dtype),
            keras.layers.Dense(HIDDEN, name if what == "activation" else "tanh", **options),
            *middle,
            keras.layers.Dense(UNITS, last, **options),
        ]
    )
    optimizers = keras.optimizers
    optimizer = OPTIMIZERS[name](optimizers) if what == "optimizer" else optimizers.Adam(1 / 128)
    model.compile(optimizer, getattr(keras.losses, loss)(**loss_options))
    return model, kind


def run(keras, case, dtype):
    """Train the case for `STEPS` steps; return the results and the flat weights after each."""
    rng = np.random.default_rng(hash_of(case))
    model, kind = make(keras, case, dtype)
    for layer in model.layers:
        if type(layer).__name__ == "Dense":
            shapes = [np.shape(weight) for weight in layer.get_weights()]
            layer.set_weights([rng.normal(0, 0.7, shape).astype(dtype) for shape in shapes])
    results, weights = [], []
    for _ in range(STEPS):
        x = rng.normal(0, 1, (ROWS, FEATURES)).astype(dtype)
        results.append(np.atleast_1d(model.train_on_batch(x, targets(kind, rng).astype(dtype))))
        weights.append(np.concatenate([np.ravel(w) for w in model.get_weights()]))
    results.append(np.atleast_1d(model.test_on_batch(x, targets(kind, rng).astype(dtype))))
    return np.array(results, np.float64), np.array(weights, np.float64)

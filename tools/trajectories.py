"""The cases whose training is compared with Keras', step by step.

The recorder runs them in Keras and the tests run them in tinyneuron: the same code, given the
module to run it in.
"""

import numpy as np

# Keras divides by the numbers of rows and outputs in float32: these divide without rounding.
STEPS, ROWS, FEATURES, HIDDEN, UNITS = 20, 8, 3, 4, 4

# name -> (loss class, its options, last activation, kind of targets)
LOSSES = {
    "mse": ("MeanSquaredError", {}, "linear", "real"),
    "mae": ("MeanAbsoluteError", {}, "linear", "real"),
    "mape": ("MeanAbsolutePercentageError", {}, "linear", "large"),
    "msle": ("MeanSquaredLogarithmicError", {}, "softplus", "positive"),
    "huber": ("Huber", {"delta": 0.5}, "linear", "real"),
    "log_cosh": ("LogCosh", {}, "linear", "real"),
    "bce": ("BinaryCrossentropy", {}, "sigmoid", "binary"),
    "bce_logits": ("BinaryCrossentropy", {"from_logits": True}, "linear", "binary"),
    "bce_smooth": ("BinaryCrossentropy", {"label_smoothing": 0.1}, "sigmoid", "binary"),
    "bce_other": ("BinaryCrossentropy", {}, "hard_sigmoid", "binary"),
    "cce": ("CategoricalCrossentropy", {}, "softmax", "one_hot"),
    "cce_logits": ("CategoricalCrossentropy", {"from_logits": True}, "linear", "one_hot"),
    "cce_smooth": ("CategoricalCrossentropy", {"label_smoothing": 0.1}, "softmax", "one_hot"),
    "cce_other": ("CategoricalCrossentropy", {}, "sigmoid", "one_hot"),
    "scce": ("SparseCategoricalCrossentropy", {}, "softmax", "classes"),
    "scce_logits": ("SparseCategoricalCrossentropy", {"from_logits": True}, "linear", "classes"),
    "kld": ("KLDivergence", {}, "softmax", "probabilities"),
    "poisson": ("Poisson", {}, "softplus", "positive"),
    "hinge": ("Hinge", {}, "tanh", "binary"),
    "squared_hinge": ("SquaredHinge", {}, "tanh", "binary"),
    "categorical_hinge": ("CategoricalHinge", {}, "linear", "one_hot"),
    "cosine": ("CosineSimilarity", {}, "linear", "real"),
    "mse_sum": ("MeanSquaredError", {"reduction": "sum"}, "linear", "real"),
}

# name -> (optimizer class, its options). Keras holds learning rates in float32: these are exact.
OPTIMIZERS = {
    "sgd": ("SGD", {"learning_rate": 3 / 64}),
    "momentum": ("SGD", {"learning_rate": 3 / 64, "momentum": 0.9}),
    "nesterov": ("SGD", {"learning_rate": 3 / 64, "momentum": 0.9, "nesterov": True}),
    "sgd_decay": ("SGD", {"learning_rate": 3 / 64, "weight_decay": 0.1}),
    "sgd_clipnorm": ("SGD", {"learning_rate": 3 / 64, "clipnorm": 0.2}),
    "sgd_clipvalue": ("SGD", {"learning_rate": 3 / 64, "clipvalue": 0.05}),
    "sgd_global": ("SGD", {"learning_rate": 3 / 64, "global_clipnorm": 0.2}),
    "rmsprop": ("RMSprop", {"learning_rate": 1 / 128}),
    "rmsprop_momentum": ("RMSprop", {"learning_rate": 1 / 128, "momentum": 0.9}),
    "rmsprop_centered": ("RMSprop", {"learning_rate": 1 / 128, "centered": True, "momentum": 0.5}),
    "adam": ("Adam", {"learning_rate": 1 / 128}),
    "amsgrad": ("Adam", {"learning_rate": 1 / 256, "amsgrad": True}),
    "adamw": ("AdamW", {"learning_rate": 1 / 256, "weight_decay": 0.05}),
}

# More of what changes a step: name -> (arguments of the hidden layer, of compile, of the step)
EXTRAS = {
    "l1_kernel": ({"kernel_regularizer": "l1"}, {}, {}),
    "l2_both": ({"kernel_regularizer": "l2", "bias_regularizer": "l2"}, {}, {}),
    "l1_l2_activity": ({"activity_regularizer": "L1L2"}, {}, {}),
    "max_norm": ({"kernel_constraint": "max_norm"}, {}, {}),
    "unit_norm": ({"kernel_constraint": "unit_norm"}, {}, {}),
    "non_neg": ({"kernel_constraint": "non_neg", "bias_constraint": "non_neg"}, {}, {}),
    "frozen": ({"trainable": False}, {}, {}),
    "metrics": ({}, {"metrics": ["mae"], "weighted_metrics": ["mse"]}, {"weights": True}),
    "weights": ({}, {}, {"weights": True}),
}


def cases():
    """Yield the name of every case."""
    for optimizer in OPTIMIZERS:
        for loss in LOSSES:
            yield f"{optimizer}-{loss}"
    for extra in EXTRAS:
        yield f"adam-mse-{extra}"


def run(keras, case, dtype):
    """Train the case for `STEPS` steps; return the results and the flat weights after each."""
    optimizer_name, loss_name, extra_name = (*case.split("-"), "")[:3]
    rng = np.random.default_rng(abs(hash_of(case)))
    loss_class, loss_options, activation, kind = LOSSES[loss_name]
    optimizer_class, optimizer_options = OPTIMIZERS[optimizer_name]
    layer_options, compile_options, step_options = EXTRAS.get(extra_name, ({}, {}, {}))

    model = keras.Sequential(
        [
            keras.Input((FEATURES,), dtype=dtype),
            keras.layers.Dense(HIDDEN, "tanh", dtype=dtype, **layer_options),
            keras.layers.Dense(UNITS, activation, dtype=dtype),
        ]
    )
    shapes = [(FEATURES, HIDDEN), (HIDDEN,), (HIDDEN, UNITS), (UNITS,)]
    model.set_weights([rng.normal(0, 0.7, shape).astype(dtype) for shape in shapes])
    model.compile(
        optimizer=getattr(keras.optimizers, optimizer_class)(**optimizer_options),
        loss=getattr(keras.losses, loss_class)(**loss_options),
        **compile_options,
    )
    results, weights = [], []
    for _ in range(STEPS):
        x = rng.normal(0, 1, (ROWS, FEATURES)).astype(dtype)
        y = targets(kind, rng).astype("int64" if kind == "classes" else dtype)
        sample_weight = rng.uniform(0.2, 2, ROWS).astype(dtype)
        given = {"sample_weight": sample_weight} if step_options else {}
        results.append(np.atleast_1d(model.train_on_batch(x, y, **given)))
        weights.append(np.concatenate([np.ravel(w) for w in model.get_weights()]))
    return np.array(results, np.float64), np.array(weights, np.float64)


def targets(kind, rng, units=UNITS):
    classes = rng.integers(0, units, ROWS)
    if kind == "classes":
        return classes
    if kind == "some_classes":  # -1 is none
        return np.where(rng.integers(0, 3, ROWS) > 0, classes, -1)
    if kind == "one_hot":
        return np.eye(units)[classes]
    if kind == "binary":
        return rng.integers(0, 2, (ROWS, units))
    if kind == "positive":
        return rng.uniform(0.5, 3, (ROWS, units))
    if kind == "large":  # where a step does not change everything
        return rng.uniform(50, 100, (ROWS, units))
    if kind == "probabilities":
        return rng.dirichlet(np.ones(units), ROWS)
    return rng.normal(0, 1, (ROWS, units))


def hash_of(name):
    """Return a number that is the same in every process, unlike `hash`."""
    return sum((i + 1) * ord(letter) for i, letter in enumerate(name))

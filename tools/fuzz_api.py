"""Strange arguments for everything public: a result, or an error of the library's own.

Each case is one line of code, so that a complaint can be pasted into Python. As a program, it
tries random cases for a number of minutes:

python tools/fuzz_api.py 5
"""

import ast
import contextlib
import functools
import io
import itertools
import json
import random
import re
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path

import matplotlib as mpl
import numpy as np
from hypothesis import strategies as st

mpl.use("Agg")
import matplotlib.pyplot as plt

import tinyneuron as keras
from tinyneuron import (
    activations,
    callbacks,
    config,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    optimizers,
    regularizers,
)
from tinyneuron.optimizers import schedules

# Strange values ------------------------------------------------------------------------------


class NoLuckError(Exception):
    """What a strange object raises: the user's own error, which passes through."""


def raising(*methods):
    """Make an object whose special methods of these names raise."""

    def no_luck(self, *args, **kwargs):
        raise NoLuckError

    return type("Raising", (), dict.fromkeys(methods, no_luck))()


def endless():
    """Make a list that holds itself."""
    own = []
    own.append(own)
    return own


def nested(depth):
    """Make a list in a list in a list ..."""
    value = 1.0
    for _ in range(depth):
        value = [value]
    return value


def masked():
    """Make an array with an entry that does not count."""
    return np.ma.masked_array(np.ones((4, 3)), [[True, False, False]] * 4)


def readonly():
    """Make an array that cannot be written to."""
    array = np.ones((4, 3))
    array.flags.writeable = False
    return array


SCALARS = [
    "None", "True", "False", "0", "1", "2", "-1", "3", "7", "10**12", "-(10**12)", "10**400",
    "0.5", "-0.5", "2.5", "1e300", "float('nan')", "float('inf')", "-float('inf')", "1j", "''",
    "'a'", "'relu'", "'mse'", "'adam'", "'a/b'", "'\\0'", "'x' * 5000", "b''", "b'ab'",
    "np.int64(3)", "np.int8(-1)", "np.float32(0.5)", "np.float64('nan')", "np.float16(0.5)",
    "np.longdouble(2)", "np.bool_(True)", "np.str_('a')", "np.datetime64('2020')",
    "np.array(3)", "np.array(0.5)", "np.array('a')", "np.array(None)", "np.ma.masked",
]  # fmt: skip
COLLECTIONS = [
    "[]", "()", "{}", "set()", "[None]", "[1]", "(1,)", "[[1.0]]", "[1, 2, 3]", "(2, 3)", "(-1,)",
    "(None, 3)", "(0,)", "(0, -1)", "(10**12,)", "(10**12, 10**12)", "(None, None)", "(2.5,)",
    "(True,)", "[[1], [2, 3]]", "[[], [1]]", "['a', 'b']", "[1, 'a']", "[10**400]",
    "[10**400, 1.0]", "[float('nan')]", "[1j]", "{'a': 1}", "{1: 2}", "{0: 'a'}", "{0: 1.5}",
    "{'class_name': 'Dense'}", "{'class_name': 3}", "{'class_name': []}", "{'config': 3}",
    "{'class_name': 'L2', 'config': {'l3': 1}}", "{'class_name': 'Dense', 'config': 3}",
    "{'class_name': 'Zeros', 'config': {1: 2}}", "{'config': {'name': 3}}", "range(3)",
    "memoryview(b'ab')", "bytearray(b'ab')", "iter([1, 2])", "(n for n in [1, 2])",
    "(n for n in [])", "({'a'},)", "nested(5)", "nested(40)", "nested(100)", "nested(5000)",
    "endless()",
]  # fmt: skip
ARRAYS = [
    "np.ones((4, 3))", "np.ones((4, 1))", "np.ones(4)", "np.ones(3)", "np.ones((4, 3, 2))",
    "np.ones((0, 3))", "np.ones((4, 0))", "np.ones((0,))", "np.ones((0, 0))", "np.ones((4, 7))",
    "np.ones((4, 3), int)", "np.ones((4, 3), bool)", "np.ones(4, bool)",
    "np.arange(4)", "-np.arange(4)", "np.eye(4)[:, :3]", "np.zeros((4, 1), np.uint64) - 1",
    "np.ones((4, 3)) * 1j", "np.ones((4, 3), object)", "np.full((4, 3), None)",
    "np.array([['a', 'b', 'c']] * 4)", "np.zeros((4, 3), 'M8[s]')", "np.zeros((4, 3), 'm8[s]')",
    "np.zeros(4, [('a', float), ('b', int)])", "np.ones((4, 3), 'S1')", "np.ones((4, 3), '>f8')",
    "np.ones((4, 3), np.float16)", "np.ones((4, 3), np.longdouble)", "np.ones((4, 6))[:, ::2]",
    "np.ones((4, 3))[::-1]", "np.ones((3, 4)).T", "np.full((4, 3), np.nan)",
    "np.full((4, 3), np.inf)", "np.full((4, 1), -np.inf)", "np.full((4, 3), 1e300)",
    "np.full((4, 3), -1e30)", "np.full((4, 3), 1e-320)", "np.matrix(np.ones((4, 3)))",
    "np.broadcast_to(1.0, (4, 3))", "masked()", "readonly()", "memoryview(np.ones((4, 3)))",
    "[np.ones(3), np.ones(2)]", "[np.ones((3, 2)), np.ones(2)]", "[np.ones((2, 3)), np.ones(2)]",
    "[np.ones((3, 2)), np.full(2, np.nan)]", "[np.ones((3, 2)), ['a', 'b']]",
    "(np.ones((4, 3)), np.ones((4, 1)))", "(np.ones((4, 3)), np.ones((4, 1)), np.ones(3))",
    "(np.ones((4, 3)), np.ones((4, 1)), np.ones(4), 1)", "((a, a) for a in [np.ones((4, 3))])",
    "((np.ones((4, 3)), np.ones((4, 1))) for _ in range(2))",
]  # fmt: skip
OBJECTS = [
    "object()", "object", "int", "type", "Exception", "lambda: None", "len", "np.tanh", "np", "...",
    "NotImplemented", "ValueError('a')", "raising('__array__')", "raising('__len__')",
    "raising('__index__')", "raising('__float__')", "raising('__repr__')", "raising('__iter__')",
    "raising('__bool__')", "raising('__eq__', '__hash__')", "raising('__getattr__')",
    "raising('__call__')", "raising('__fspath__', '__str__')", "layers.Dense", "layers.Dense(1)",
    "layers.Input((3,))", "keras.Sequential()", "keras.Sequential([layers.Dense(2)])",
    "initializers.Zeros()", "optimizers.SGD", "optimizers.SGD()", "losses.Huber",
    "losses.Huber()", "losses.huber", "metrics.Mean()", "metrics.Recall()", "callbacks.History()",
    "callbacks.History", "regularizers.L2()", "constraints.NonNeg()", "activations.softmax",
    "activations.Softmax(5)", "schedules.CosineDecay(0.1, 5)",
]  # fmt: skip
STRANGE = SCALARS + COLLECTIONS + ARRAYS + OBJECTS

# What is done with a thing once it is made ---------------------------------------------------

X, Y = np.linspace(-1, 1, 12).reshape(4, 3), np.array([[0.0], [1.0], [1.0], [0.0]])


def use(thing):
    """Do with a thing what it is for, and make it again from its configuration."""
    if hasattr(thing, "get_config"):
        config = thing.get_config()
        json.dumps(config)
        type(thing).from_config(config)
    for kind, what in USES.items():
        if isinstance(thing, kind):
            what(thing)
            break
    return thing


def use_layer(layer):
    layer.compute_output_shape((None, 3))
    layer(X)
    keras.Sequential([layer, layers.Dense(1)]).predict(X)


def use_optimizer(optimizer):
    weight = np.ones(3)
    optimizer.apply([np.ones(3)], [weight])


def use_loss(loss):
    loss(*(evaluated(code) for code in pair(type(loss).__name__).values()))


def use_metric(metric):
    values = [evaluated(code) for code in pair(type(metric).__name__).values()]
    metric(*(values[:1] if type(metric) in (metrics.Mean, metrics.Sum) else values))


def use_callback(callback):
    compiled().fit(X, Y, epochs=2, verbose=0, callbacks=[callback])


USES = {
    layers.Layer: use_layer,
    optimizers.Optimizer: use_optimizer,
    losses.Loss: use_loss,
    metrics.Metric: use_metric,
    callbacks.Callback: use_callback,
    activations.Activation: lambda activation: activation(X),
    initializers.Initializer: lambda initializer: initializer((3, 2)),
    regularizers.Regularizer: lambda regularizer: regularizer(X),
    constraints.Constraint: lambda constraint: constraint(X),
    schedules.LearningRateSchedule: lambda schedule: (schedule(0), schedule(7)),
}

# Targets: a callable's code, and arguments that it takes ---------------------------------------


def built():
    """Make a model of three inputs and one output."""
    return keras.Sequential([layers.Input((3,)), layers.Dense(2), layers.Dense(1)])


def square():
    """Make a layer whose weights are an image."""
    layer = layers.Dense(2)
    layer.build((None, 4))
    return layer


def line():
    """Make a model of one input and one output that is ready to train."""
    model = keras.Sequential([layers.Input((1,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def compiled(loss="mse", optimizer="sgd", **options):
    """Make a model that is ready to train."""
    model = built()
    model.compile(optimizer, loss, **options)
    return model


def classifier():
    """Make a model that gives probabilities, ready to train."""
    model = keras.Sequential([layers.Dense(1, "sigmoid")])
    model(X)
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy", "Recall"])
    return model


def unbuilt():
    """Make a model that does not know its inputs, ready to train."""
    model = keras.Sequential([layers.Dense(2), layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    return model


def named():
    """Make a model whose layer's name is known."""
    return keras.Sequential([layers.Dense(1, name="a")])


def adaptable():
    """Make a layer for inputs of three features."""
    layer = layers.Normalization()
    layer.build((None, 3))
    return layer


FOLDER = Path(tempfile.mkdtemp())
JSON = keras.Sequential([layers.Dense(1, name="a")], name="b").to_json()
built().save(FOLDER / "model.npz")

_KERNELS = dict.fromkeys(
    f"{part}_{kind}"
    for part in ("kernel", "bias")
    for kind in ("initializer", "regularizer", "constraint")
)
_LAYER = {"name": "'a'", "dtype": "None", "trainable": "True", "activity_regularizer": "None",
          "input_shape": "(3,)", "input_dim": "3"}  # fmt: skip
_DATA = {"x": "X", "y": "Y"}


def pair(name):
    """Return targets and outputs that fit a loss or a metric of that name."""
    if "sparse" in name.lower():
        return {"y_true": "Y[:, 0]", "y_pred": "np.full((4, 2), 0.5)"}
    if "softmax" in name or "CategoricalCross" in name or "categorical_cross" in name:
        return {"y_true": "np.eye(4)", "y_pred": "np.full((4, 4), 0.25)"}
    return {"y_true": "Y", "y_pred": "Y"}


_CLASSES = {"y_true": "Y[:, 0]", "y_pred": "np.full((4, 2), 0.5)"}
_OPTIMIZER = {
    "learning_rate": "0.1", "weight_decay": "None", "clipnorm": "None", "clipvalue": "None",
    "global_clipnorm": "None", "name": "None",
}  # fmt: skip
_LOSS = {"reduction": "None", "name": "None", "dtype": "None"}
_CROSS = {"from_logits": "False", "axis": "-1", **_LOSS}
_MONITOR = {"monitor": "'loss'", "verbose": "0", "mode": "'auto'"}

MADE = {
    "layers.Dense": {"units": "2", "activation": "None", "use_bias": "True", **_LAYER,
        **{name: "'zeros'" if "init" in name else "None" for name in _KERNELS}},
    "layers.Activation": {"activation": "'relu'", **_LAYER},
    "layers.ReLU": {"max_value": "None", "negative_slope": "0.0", "threshold": "0.0", **_LAYER},
    "layers.LeakyReLU": {"negative_slope": "0.3", **_LAYER},
    "layers.ELU": {"alpha": "1.0", **_LAYER},
    "layers.Softmax": {"axis": "-1", **_LAYER},
    "layers.Dropout": {"rate": "0.5", "noise_shape": "None", "seed": "None", **_LAYER},
    "layers.Flatten": {"data_format": "None", **_LAYER},
    "layers.Reshape": {"target_shape": "(3, 1)", **_LAYER},
    "layers.Identity": _LAYER,
    "layers.Rescaling": {"scale": "2.0", "offset": "0.0", **_LAYER},
    "layers.Normalization": {"axis": "-1", "mean": "0.0", "variance": "1.0", "invert": "False",
        **_LAYER},
    "layers.InputLayer": {"shape": "(3,)", "batch_shape": "None", "dtype": "None", "name": "None"},
    "layers.Input": {"shape": "(3,)", "batch_size": "None", "dtype": "None", "batch_shape": "None",
        "name": "None"},
    "keras.Sequential": {"layers": "[layers.Dense(2)]", "trainable": "True", "name": "None"},
    "activations.ReLU": {"negative_slope": "0.0", "max_value": "None", "threshold": "0.0"},
    "activations.LeakyReLU": {"negative_slope": "0.2"},
    "activations.ELU": {"alpha": "1.0"},
    "activations.CELU": {"alpha": "1.0"},
    "activations.GELU": {"approximate": "False"},
    "activations.Softmax": {"axis": "-1"},
    "activations.LogSoftmax": {"axis": "-1"},
    "initializers.Constant": {"value": "0.0"},
    "initializers.RandomNormal": {"mean": "0.0", "stddev": "0.05", "seed": "None"},
    "initializers.RandomUniform": {"minval": "-0.1", "maxval": "0.1", "seed": "None"},
    "initializers.TruncatedNormal": {"mean": "0.0", "stddev": "0.05", "seed": "None"},
    "initializers.VarianceScaling": {"scale": "1.0", "mode": "'fan_in'",
        "distribution": "'uniform'", "seed": "None"},
    "initializers.GlorotUniform": {"seed": "None"},
    "regularizers.L1": {"l1": "0.1"},
    "regularizers.L2": {"l2": "0.1"},
    "regularizers.L1L2": {"l1": "0.1", "l2": "0.1"},
    "constraints.MaxNorm": {"max_value": "2.0", "axis": "0"},
    "constraints.UnitNorm": {"axis": "0"},
    "optimizers.SGD": {**_OPTIMIZER, "momentum": "0.0", "nesterov": "False"},
    "optimizers.RMSprop": {**_OPTIMIZER, "rho": "0.9", "momentum": "0.0", "epsilon": "1e-7",
        "centered": "False"},
    "optimizers.Adam": {**_OPTIMIZER, "beta_1": "0.9", "beta_2": "0.99", "epsilon": "1e-7",
        "amsgrad": "False"},
    "optimizers.AdamW": {**_OPTIMIZER, "beta_1": "0.9", "beta_2": "0.99", "epsilon": "1e-7",
        "amsgrad": "False"},
    "schedules.ExponentialDecay": {"initial_learning_rate": "0.1", "decay_steps": "10",
        "decay_rate": "0.5", "staircase": "False", "name": "'a'"},
    "schedules.CosineDecay": {"initial_learning_rate": "0.1", "decay_steps": "10", "alpha": "0.0",
        "name": "'a'", "warmup_target": "0.2", "warmup_steps": "2"},
    "schedules.PiecewiseConstantDecay": {"boundaries": "[3]", "values": "[0.1, 0.2]",
        "name": "'a'"},
    "losses.BinaryCrossentropy": {"label_smoothing": "0.0", **_CROSS},
    "losses.CategoricalCrossentropy": {"label_smoothing": "0.0", **_CROSS},
    "losses.SparseCategoricalCrossentropy": {"ignore_class": "None", **_CROSS},
    "losses.Huber": {"delta": "1.0", **_LOSS},
    "losses.CosineSimilarity": {"axis": "-1", **_LOSS},
    "losses.MeanSquaredError": _LOSS,
    "metrics.Mean": {"name": "None", "dtype": "None"},
    "metrics.BinaryAccuracy": {"name": "None", "dtype": "None", "threshold": "0.5"},
    "metrics.TopKCategoricalAccuracy": {"k": "1", "name": "None", "dtype": "None"},
    "metrics.Precision": {"thresholds": "None", "top_k": "None", "class_id": "None",
        "name": "None", "dtype": "None"},
    "metrics.MeanMetricWrapper": {"fn": "losses.Huber()", "name": "None", "dtype": "None"},
    "metrics.R2Score": {"class_aggregation": "None", "num_regressors": "0", "name": "None",
        "dtype": "None"},
    "metrics.Huber": {"delta": "1.0", "name": "None", "dtype": "None"},
    "metrics.BinaryCrossentropy": {"from_logits": "False", "label_smoothing": "0.0",
        "name": "None", "dtype": "None"},
    "callbacks.EarlyStopping": {**_MONITOR, "min_delta": "0", "patience": "0", "baseline": "None",
        "restore_best_weights": "False", "start_from_epoch": "0"},
    "callbacks.ReduceLROnPlateau": {**_MONITOR, "factor": "0.1", "patience": "1",
        "min_delta": "0.0", "cooldown": "0", "min_lr": "0.0"},
    "callbacks.ModelCheckpoint": {**_MONITOR, "filepath": "FOLDER / 'a.npz'",
        "save_best_only": "False", "save_weights_only": "False", "save_freq": "'epoch'",
        "initial_value_threshold": "None"},
    "callbacks.LearningRateScheduler": {"schedule": "lambda epoch: 0.1", "verbose": "0"},
    "callbacks.TerminateOnNaN": {"raise_error": "False"},
    "callbacks.LambdaCallback": {"on_epoch_end": "None"},
}  # fmt: skip
CALLED = {
    "layers.serialize": {"layer": "layers.Dense(1)"},
    "layers.deserialize": {"config": "layers.serialize(layers.Dense(1))", "custom_objects": "None"},
    "layers.Dense.from_config": {"config": "layers.Dense(1).get_config()"},
    "layers.ReLU.from_config": {"config": "layers.ReLU().get_config()"},
    "layers.InputLayer.from_config": {"config": "layers.InputLayer((2,)).get_config()"},
    "keras.Sequential.from_config": {"config": "built().get_config()", "custom_objects": "None"},
    "losses.Huber.from_config": {"config": "losses.Huber().get_config()"},
    "initializers.VarianceScaling.from_config": {"config": "{}"},
    "models.model_from_json": {"json_string": "JSON", "custom_objects": "None"},
    "models.clone_model": {"model": "built()"},
    "models.load_model": {"filepath": "FOLDER / 'model.npz'", "custom_objects": "None",
        "compile": "True"},
    "models.save_model": {"model": "built()", "filepath": "FOLDER / 'b.npz'", "overwrite": "True"},
    "saving.save_weights": {"model": "built()", "filepath": "FOLDER / 'c.npz'"},
    "saving.load_weights": {"model": "built()", "filepath": "FOLDER / 'model.npz'"},
    "activations.get": {"identifier": "'relu'"},
    "activations.serialize": {"activation": "activations.relu"},
    "activations.deserialize": {"config": "'relu'"},
    "initializers.get": {"identifier": "'zeros'"},
    "initializers.Zeros()": {"shape": "(2, 3)", "dtype": "None"},
    "initializers.Ones()": {"shape": "(2, 3)", "dtype": "None"},
    "initializers.Constant(2.0)": {"shape": "(2, 3)", "dtype": "None"},
    "initializers.GlorotUniform()": {"shape": "(2, 3)", "dtype": "None"},
    "initializers.TruncatedNormal()": {"shape": "(2, 3)", "dtype": "None"},
    "regularizers.get": {"identifier": "'l2'"},
    "regularizers.L1L2(0.1, 0.1)": {"x": "X"},
    "constraints.get": {"identifier": "'NonNeg'"},
    "constraints.NonNeg()": {"w": "X"},
    "constraints.MaxNorm()": {"w": "X"},
    "constraints.UnitNorm()": {"w": "X"},
    "optimizers.get": {"identifier": "'adam'"},
    "optimizers.SGD().apply": {"grads": "[np.ones(3)]", "trainable_variables": "[np.ones(3)]"},
    "optimizers.Adam().apply_gradients": {"grads_and_vars": "[(np.ones(3), np.ones(3))]"},
    "schedules.deserialize": {"config": "{'class_name': 'CosineDecay', 'config':"
        " {'initial_learning_rate': 0.1, 'decay_steps': 3}}"},
    "losses.get": {"identifier": "'mse'"},
    "metrics.get": {"identifier": "'mse'"},
    "metrics.Mean()": {"values": "X", "sample_weight": "None"},
    "metrics.Sum()": {"values": "X", "sample_weight": "None"},
    "utils.to_categorical": {"x": "[0, 1]", "num_classes": "None"},
    "utils.normalize": {"x": "X", "axis": "-1", "order": "2"},
    "utils.set_random_seed": {"seed": "3"},
    "utils.check_gradients": {"model": "built()", "x": "X", "y": "Y", "tolerance": "1e-4"},
    "utils.custom_object_scope": {"custom_objects": "{}"},
    "utils.register_keras_serializable('fuzz')": {"cls": "type('Own', (), {})"},
    "config.set_floatx": {"value": "'float32'"},
    "config.set_epsilon": {"value": "1e-7"},
    "backend.set_floatx": {"value": "'float32'"},
    **{f"activations.{name}": {"x": "X"} for name in (
        "linear", "sigmoid", "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "tanh",
        "softmax", "log_softmax", "softplus", "softsign", "exponential", "silu", "hard_silu",
        "gelu", "hard_sigmoid", "log_sigmoid", "mish", "sigmoid.derivative", "gelu.derivative",
        "softmax.derivative")},
    "activations.relu ": {"x": "X", "negative_slope": "0.1", "max_value": "3.0"},
    **{f"losses.{name}()": pair(name) | {"sample_weight": "None"} for name in losses.__all__
        if name[0].isupper() and name not in ("Loss", "CrossEntropy")},
    **{f"losses.{name}": pair(name) for name in ("huber", "mean_squared_error", "hinge", "poisson",
        "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy")},
    **{f"metrics.{name}({'0.5' * ('At' in name)})": pair(name) | {"sample_weight": "None"}
        for name in metrics.__all__
        if name[0].isupper() and name not in ("Mean", "Sum", "Metric", "MeanMetricWrapper")},
    **{f"metrics.{name}": pair(name) for name in ("binary_accuracy", "categorical_accuracy",
        "sparse_categorical_accuracy", "top_k_categorical_accuracy",
        "sparse_top_k_categorical_accuracy")},
}  # fmt: skip
# Methods: their failure must leave the object as it was.
METHODS = {
    "built()": {"inputs": "X", "training": "None"},
    "built().predict": {"x": "X", "batch_size": "None", "verbose": "'auto'"},
    "built().predict_on_batch": {"x": "X"},
    "built().set_weights": {"weights": "built().get_weights()"},
    "built().add": {"layer": "layers.Dense(2)"},
    "built().get_layer": {"name": "None", "index": "0"},
    "named().get_layer": {"name": "'a'"},
    "built().build": {"input_shape": "(None, 3)"},
    "built().compute_output_shape": {"input_shape": "(None, 3)"},
    "built().save": {"filepath": "FOLDER / 'd.npz'", "overwrite": "True"},
    "built().save_weights": {"filepath": "FOLDER / 'e.npz'", "overwrite": "True"},
    "built().load_weights": {"filepath": "FOLDER / 'model.npz'"},
    "compiled().compile": {"optimizer": "'adam'", "loss": "'mse'", "loss_weights": "None",
        "metrics": "['mae']", "weighted_metrics": "None"},
    "compiled().fit": {**_DATA, "batch_size": "None", "verbose": "0",
        "callbacks": "None", "validation_split": "0.0", "validation_data": "None",
        "shuffle": "True", "class_weight": "None", "sample_weight": "None", "initial_epoch": "0",
        "steps_per_epoch": "None", "validation_steps": "None", "validation_batch_size": "None",
        "validation_freq": "1"},
    "compiled().fit ": {"x": "iter([(X, Y)])", "steps_per_epoch": "1", "verbose": "0"},
    "compiled().fit  ": {**_DATA, "validation_data": "iter([(X, Y)])", "validation_steps": "1",
        "verbose": "0"},
    "classifier().fit": {**_DATA,
        "verbose": "0", "sample_weight": "None"},
    "compiled().evaluate": {**_DATA, "batch_size": "None", "verbose": "0", "sample_weight": "None",
        "steps": "None", "callbacks": "None", "return_dict": "False"},
    "compiled().train_on_batch": {**_DATA, "sample_weight": "None", "class_weight": "None",
        "return_dict": "False"},
    "compiled().test_on_batch": {**_DATA, "sample_weight": "None", "return_dict": "False"},
    "unbuilt()": {"inputs": "X"},
    "unbuilt().predict": {"x": "X"},
    "unbuilt().build": {"input_shape": "(None, 3)"},
    "unbuilt().add": {"layer": "layers.Dense(3)"},
    "unbuilt().fit": {**_DATA, "sample_weight": "None", "verbose": "0", "batch_size": "None",
        "callbacks": "None", "validation_split": "0.0"},
    "unbuilt().train_on_batch": {**_DATA, "sample_weight": "None"},
    "unbuilt().set_weights": {"weights": "[]"},
    "keras.Sequential().add": {"layer": "layers.Dense(2)"},
    "keras.Sequential([layers.Input((3,))]).add": {"layer": "layers.Dense(2)"},
    "layers.Dense(2)": {"inputs": "X", "training": "None"},
    "layers.Dense(2).build": {"input_shape": "(None, 3)"},
    "layers.Dense(2).compute_output_shape": {"input_shape": "(None, 3)"},
    "layers.Dense(2).add_weight": {"shape": "(2,)", "initializer": "None", "dtype": "None",
        "trainable": "True", "regularizer": "None", "constraint": "None", "name": "None"},
    "layers.Flatten()": {"inputs": "X", "training": "None"},
    "layers.Flatten().compute_output_shape": {"input_shape": "(None, 3)"},
    "layers.Reshape((3, 1))": {"inputs": "X"},
    "layers.Reshape((-1,)).compute_output_shape": {"input_shape": "(None, 3)"},
    "layers.Dropout(0.5)": {"inputs": "X", "training": "True"},
    "layers.Rescaling(np.ones(3))": {"inputs": "X"},
    "layers.Rescaling(np.ones(3)).compute_output_shape": {"input_shape": "(None, 3)"},
    "layers.Softmax()": {"inputs": "X"},
    "layers.ReLU()": {"inputs": "X"},
    "layers.Identity()": {"inputs": "X"},
    "layers.Normalization()": {"inputs": "X"},
    "adaptable()": {"inputs": "X"},
    "adaptable().adapt": {"data": "X"},
    "layers.Normalization().adapt": {"data": "X"},
}  # fmt: skip
_LABELS = {"labels": "None", "ax": "None"}
EXPLAINED = {
    "keras.explain": {"model": "built()", "x": "X", "y": "Y", "row": "0", "loss": "'mse'",
        "precision": "2", "units": "3", "terms": "3"},
    "compiled().explain": {"x": "X", "y": "None"},
    "plotting.plot_activation": {"activation": "'sigmoid'", "ax": "None", "z": "(-5.0, 5.0)"},
    "plotting.plot_classes": {"x": "X[:, :2]", "y": "Y", **_LABELS},
    "plotting.plot_confusion": {"y_true": "[0, 1, 1]", "y_pred": "[0, 1, 0]", **_LABELS},
    "plotting.plot_decision": {"model": "lambda x: x[:, :1]", "x": "X[:, :2]", "y": "Y",
        "threshold": "0.5", "colorbar": "True", "label": "'a'", **_LABELS},
    "plotting.plot_history": {"history": "{'loss': [2.0, 1.0]}", "ax": "None", "names": "None",
        "validation_freq": "1"},
    "plotting.plot_loss_surface": {"model": "line()", "x": "X[:, :1]", "y": "Y", "path": "None",
        "ax": "None", "w": "None", "b": "None"},
    "plotting.plot_network": {"model": "built()", "x": "None", "ax": "None"},
    "plotting.plot_points": {"x": "X[:, 0]", "y": "Y", "ax": "None", "label": "'a'"},
    "plotting.plot_regression": {"x": "X[:, 0]", "y": "Y", "prediction": "Y", "ax": "None",
        "label": "'a'"},
    "plotting.plot_units": {"model": "lambda x: x", "x": "X[:, :2]", "y": "None", "axes": "None",
        "names": "None"},
    "plotting.plot_weights": {"layer": "square()", "ax": "None", "shape": "None"},
}  # fmt: skip
TARGETS = MADE | CALLED | METHODS | EXPLAINED

NAMES = {name: getattr(keras, name) for name in dir(keras)} | globals()

# Judging --------------------------------------------------------------------------------------

OWN = Path(keras.__file__).parent
ALLOWED = (ValueError, TypeError, AttributeError, KeyError, NotImplementedError, OSError)
# Python's own words where a call has an argument too many or too few.
SIGNATURE = re.compile(
    r"argument|unexpected keyword|keywords must be strings|must be a mapping|abstract class"
)


def run(target, arguments):
    """Try one case; return a complaint, or the name of the outcome."""
    code = f"{target.strip()}({', '.join(f'{name}={value}' for name, value in arguments.items())})"
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")  # of NumPy, at making what it does not like
        subject = None
        try:
            values = {name: evaluated(value) for name, value in arguments.items()}
            owner, _, method = target.strip().rpartition(".")
            if target in METHODS:
                if target.strip().endswith(")"):
                    owner, method = target, "__call__"
                subject = evaluated(owner)
                function = getattr(subject, method)
            else:
                function = evaluated(target)
        except RecursionError:
            return "not made"
        before = state(subject)
        warnings.simplefilter("error")
        try:
            result = function(**values)
            if target in MADE:
                use(result)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            fault = complaint(error, code)
            # what is wrong with a stream is found while it is gone through
            late = isinstance(error, Warning) or "validation_data" in arguments
            late = late or "iterable of batches" in str(error)
            if fault is None and not late and state(subject) != before:
                fault = f"changed by {type(error).__name__}: {error}  [{target}]"
            outcome = type(error).__name__
        else:
            fault, outcome = None, "result"
        finally:
            plt.close("all")
            config.set_floatx("float32")
            config.set_epsilon(1e-7)
    if fault is not None:
        return f"COMPLAINT {code}\n    {fault}"
    return outcome


def evaluated(code):
    return eval(code.strip(), NAMES)


def state(subject):
    """Return what a failure must not change."""
    if subject is None:
        return None
    family = list(with_inner(subject))
    return (
        [(layer.name, layer.built, layer.trainable, layer.dtype) for layer in family],
        [weight.tobytes() for weight in subject.weights],
        [repr(getattr(layer, "input", None)) for layer in family],
        repr(subject.get_config()),
        repr(getattr(subject, "optimizer", None)),
        repr(getattr(subject, "loss", None)),
    )


def with_inner(layer):
    """Yield the layer, and those in it if it is a model."""
    yield layer
    for inner in getattr(layer, "layers", ()):
        yield from with_inner(inner)


def complaint(error, code):
    """Say what is wrong with an error, or return None if it is one that may be raised."""
    frame, line = list(traceback.walk_tb(error.__traceback__))[-1]
    path = Path(frame.f_code.co_filename)
    text = f"{type(error).__name__}: {str(error)[:300]}  [{path.name}:{line}]"
    if isinstance(error, NoLuckError):
        return None
    if isinstance(error, UserWarning) and path.is_relative_to(OWN):
        return None
    if isinstance(error, OSError):  # of a path that cannot be read or written
        return None
    if isinstance(error, RuntimeWarning) and re.search("inf|1e300|1e30|uint64", code):
        return None  # NumPy says what becomes of numbers that are no more
    if "Data type alias" in str(error) or "embedded null byte" in str(error):
        return None
    if isinstance(error, TypeError) and re.search(r"=(len|int|np\.tanh|np\.exp)\b", code):
        return None  # the user's own function, called as the library says
    if "plotting" in code and "=schedules." in code:
        return None  # a function too, but none of arrays
    if not isinstance(error, ALLOWED):
        return text
    if path.is_relative_to(OWN) and any(line in lines for lines in raises_in(path)):
        return None
    if type(error) is TypeError and SIGNATURE.search(str(error)):
        return None
    return text


@functools.cache
def raises_in(path):
    """Return the ranges of lines of a module's `raise` statements."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        range(node.lineno, node.end_lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
    ]


# Drawing ----------------------------------------------------------------------------------------


@st.composite
def cases(draw):
    """One public callable, and its usual arguments with one or two of them strange."""
    target = draw(st.sampled_from(list(TARGETS)))
    arguments = dict(TARGETS[target])
    for name in draw(st.sets(st.sampled_from(list(arguments)), min_size=1, max_size=2)):
        arguments[name] = draw(st.sampled_from(STRANGE))
    return target, arguments


# The program ------------------------------------------------------------------------------------


class Hang(BaseException):
    """A case takes too long."""


def main(minutes):
    dice = random.Random(0)
    outcomes, complaints = Counter(), {}
    end = time.monotonic() + 60 * minutes
    singles = [
        (target, name, value)
        for target, good in TARGETS.items()
        for name, value in itertools.product(good, STRANGE)
    ]
    dice.shuffle(singles)

    def too_long(*_):
        raise Hang

    signal.signal(signal.SIGALRM, too_long)
    number = 0
    while time.monotonic() < end:
        if singles:
            target, name, value = singles.pop()
            arguments = TARGETS[target] | {name: value}
        else:
            target = dice.choice(list(TARGETS))
            arguments = dict(TARGETS[target])
            for name in dice.sample(list(arguments), min(2, len(arguments))):
                arguments[name] = dice.choice(STRANGE)
        number += 1
        signal.setitimer(signal.ITIMER_REAL, 10)
        outcome = run(target, arguments)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if outcome.startswith("COMPLAINT"):
            key = outcome.split("\n")[1].split("[")[-1] + outcome.split("\n")[1][:25]
            complaints.setdefault(key, []).append(outcome)
            outcome = "complaint"
        outcomes[outcome] += 1
    print(f"{number:,} cases, {len(singles):,} of the single ones left: {dict(outcomes)}")
    for found in sorted(complaints.values(), key=len, reverse=True):
        print(len(found), min(found, key=len))
    return not complaints


if __name__ == "__main__":
    sys.exit(not main(float(sys.argv[1])))

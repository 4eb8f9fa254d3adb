"""What compile, fit and evaluate refuse: before anything changes."""

import numpy as np
import pytest

from small_models import CLASSES, SILENT, Again, X, Y, neuron, weights_bytes
from tinyneuron import Input, Sequential, losses
from tinyneuron.layers import BatchNormalization, Dense


@pytest.mark.parametrize("method", ["evaluate", "train_on_batch", "test_on_batch"])
def test_return_dict_is_true_or_false(method):
    with pytest.raises(ValueError, match=r"^return_dict must be True or False, got 'no'"):
        getattr(neuron(), method)(X, Y, return_dict="no")


def test_verbose_of_evaluate_is_one_of_four():
    with pytest.raises(ValueError, match=r"^verbose must be 'auto', 0, 1 or 2, got 3"):
        neuron().evaluate(X, Y, verbose=3)


BAD_FITS = [
    ({"x": X, "y": Y[:9]}, ValueError, r"x and y must have as many rows .* \(10, 3\) and \(9, 1\)"),
    ({"x": X, "y": Y, "sample_weight": np.ones(9)}, ValueError, "x and sample_weight must have as"),
    ({"x": X[:0], "y": Y[:0]}, ValueError, r"There is no data: x has shape \(0, 3\)"),
    ({"x": [], "y": []}, ValueError, "There is no data"),
    ({"x": np.float64(1), "y": Y}, ValueError, "as many rows"),
    ({"x": None, "y": Y}, ValueError, "There is no data: x is None"),
    ({"x": X}, ValueError, "There are no targets: y is None"),
    ({"x": X, "validation_split": 0.2}, ValueError, "There are no targets: y is None"),
    ({"x": 3, "y": Y}, TypeError, "x must be an array or an iterable of batches, got 3"),
    ({"x": "data", "y": Y}, TypeError, "x must be an array or an iterable of batches, got 'data'"),
    ({"x": {"a": X}, "y": Y}, TypeError, "x must be an array or an iterable of batches, got"),
    ({"x": X[:, :2], "y": Y}, ValueError, r"needs inputs of shape \(None, 3\), and got \(10, 2\)"),
    ({"x": X[:, 0], "y": Y}, ValueError, "needs inputs of shape"),
    ({"x": X[0], "y": Y[:3]}, ValueError, r"x\.reshape\(1, -1\)"),
    ({"x": X, "y": np.hstack([Y, Y])}, ValueError, r"\(10, 2\) do not fit outputs of shape"),
    ({"x": X, "y": Y[:, :, np.newaxis].repeat(2, 2)}, ValueError, "do not fit outputs"),
    ({"x": X.astype(str), "y": Y}, TypeError, "x must be real numbers, got dtype <U"),
    ({"x": X.astype(object), "y": Y}, TypeError, "x must be real numbers, got dtype object"),
    ({"x": X * 1j, "y": Y}, TypeError, "x must be real numbers, got dtype complex128"),
    ({"x": [[1, 2, 3], [1, 2]], "y": [1, 2]}, ValueError, "x must be rectangular"),
    ({"x": X, "y": ["a"] * 10}, TypeError, "y must be real numbers, got dtype <U1"),
    ({"x": X, "y": Y, "sample_weight": ["a"] * 10}, TypeError, "sample_weight must be real"),
    ({"x": X, "y": Y, "sample_weight": np.ones((10, 2))}, ValueError, "sample_weight of shape"),
    ({"x": X, "y": Y, "batch_size": 0}, ValueError, "batch_size must be a positive integer, got 0"),
    ({"x": X, "y": Y, "batch_size": -3}, ValueError, "batch_size must be a positive integer"),
    ({"x": X, "y": Y, "batch_size": 2.5}, ValueError, "batch_size must be a positive integer"),
    ({"x": X, "y": Y, "epochs": -1}, ValueError, "epochs must be .* integer.*, got -1"),
    ({"x": X, "y": Y, "epochs": 1.5}, ValueError, "epochs must be"),
    ({"x": X, "y": Y, "epochs": True}, ValueError, "epochs must be"),
    ({"x": X, "y": Y, "initial_epoch": -1}, ValueError, "initial_epoch must be"),
    ({"x": X, "y": Y, "validation_split": 1.0}, ValueError, "leave rows on both sides, got 1.0"),
    ({"x": X, "y": Y, "validation_split": -0.1}, ValueError, "must leave rows on both sides"),
    ({"x": X[:1], "y": Y[:1], "validation_split": 0.5}, ValueError, "got 0.5 of 1 rows"),
    ({"x": X, "y": Y, "validation_data": (X, Y[:3])}, ValueError, "x and y must have as many rows"),
    ({"x": X, "y": Y, "validation_data": (X[:, :1], Y)}, ValueError, "needs inputs of shape"),
    ({"x": X, "y": Y, "validation_data": (X,)}, ValueError, r"\(x, y\).* a tuple of 1"),
    ({"x": X, "y": Y, "validation_data": (X, Y), "validation_batch_size": 0}, ValueError, "batch"),
    ({"x": X, "y": Y, "validation_data": (X, Y), "validation_freq": 0}, ValueError, "_freq must"),
    ({"x": X, "y": Y, "validation_data": (X, Y), "validation_freq": [0]}, ValueError, "_freq must"),
    ({"x": X, "y": Y, "steps_per_epoch": 0}, ValueError, "steps_per_epoch must be a positive"),
    ({"x": Again(), "y": Y}, ValueError, "y must not be given where x yields whole batches"),
    ({"x": Again(), "sample_weight": Y}, ValueError, "sample_weight must not be given where"),
    ({"x": Again(), "batch_size": 4}, ValueError, "batch_size goes with arrays, not"),
    ({"x": Again(), "class_weight": {0: 1}}, ValueError, "class_weight goes with arrays, not"),
    ({"x": Again(), "steps_per_epoch": 0}, ValueError, "steps_per_epoch must be a positive"),
    ({"x": Again(), "validation_split": 0.5}, ValueError, "validation_split needs arrays"),
    ({"x": X, "y": None, "class_weight": {0: 1}}, ValueError, "class_weight needs targets y"),
    ({"x": X, "y": Y, "verbose": 3}, ValueError, "verbose must be 'auto', 0, 1 or 2, got 3"),
    ({"x": X, "y": Y, "callbacks": [3]}, TypeError, "callbacks takes instances"),
    ({"x": X, "y": Y, "workers": 2}, TypeError, "has no argument 'workers'"),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "error", "message"), BAD_FITS)
def test_bad_input_to_fit_changes_nothing(bad, error, message):
    model = neuron()
    before = weights_bytes(model)
    with pytest.raises(error, match=message):
        model.fit(**{**SILENT, **bad})
    assert weights_bytes(model) == before
    assert model.optimizer.iterations == 0


def test_bad_targets_anywhere_in_the_data_are_found_before_the_first_step():
    model = neuron("softmax", 3, "sparse_categorical_crossentropy")
    before, bad = weights_bytes(model), CLASSES.copy()
    bad[-1] = 3
    with pytest.raises(ValueError, match="whole class numbers from 0 to 2, got some from 0 to 3"):
        model.fit(X, bad, batch_size=2, shuffle=False, **SILENT)
    with pytest.raises(ValueError, match="One-hot targets go with CategoricalCrossentropy"):
        model.fit(X, np.eye(3)[CLASSES], **SILENT)
    with pytest.raises(ValueError, match="whole class numbers"):
        model.fit(X, CLASSES, validation_data=(X, bad), **SILENT)
    assert weights_bytes(model) == before


def test_a_metric_that_the_targets_do_not_fit_is_found_before_the_first_step():
    compiled = {"metrics": ["sparse_categorical_accuracy"]}
    model = neuron("softmax", 3, "categorical_crossentropy", compiled=compiled)
    before = weights_bytes(model)
    with pytest.raises(ValueError, match="sparse_categorical_accuracy: targets of shape"):
        model.fit(X, np.eye(3)[CLASSES], **SILENT)
    assert weights_bytes(model) == before


@pytest.mark.parametrize("method", ["fit", "evaluate", "train_on_batch", "test_on_batch"])
def test_a_model_must_be_compiled_with_a_loss(method):
    model = Sequential([Input((3,)), Dense(1)])
    with pytest.raises(ValueError, match=r"You must call `compile\(\)` before"):
        getattr(model, method)(X, Y)
    model.compile("sgd")
    with pytest.raises(ValueError, match=r"compiled without a loss: compile\(loss="):
        getattr(model, method)(X, Y)


BAD_COMPILES = [
    ({"metrics": {"out": ["mae"]}}, ValueError, "compile: metrics by the names of outputs go with"),
    ({"optimizer": "adma"}, ValueError, r"Unknown optimizer 'adma'\. Did you mean 'adam'"),
    ({"optimizer": 3}, TypeError, "An optimizer is a name or an Optimizer, got 3"),
    ({"loss": "msse"}, ValueError, r"Unknown loss 'msse'\. Did you mean"),
    ({"loss": len}, TypeError, "A loss is a name or a Loss"),
    ({"metrics": ["acuracy"]}, ValueError, r"Unknown metric 'acuracy'\. Did you mean"),
    ({"metrics": [None]}, TypeError, "A metric is a name, a Metric, a loss or a f"),
    ({"weighted_metrics": ["mean_eror"]}, ValueError, "Unknown metric 'mean_eror'"),
    ({"loss_weights": [1.0]}, (ValueError, TypeError), "loss_weights"),
    ({"jit_compile": True}, (ValueError, TypeError), "jit_compile"),
]


@pytest.mark.parametrize(("bad", "error", "message"), BAD_COMPILES)
def test_a_bad_compile_leaves_the_last_one(bad, error, message):
    model = neuron()
    optimizer, loss = model.optimizer, model.evaluate(X, Y, **SILENT)
    with pytest.raises(error, match=message):
        model.compile(**{"optimizer": "sgd", "loss": "mae", **bad})
    assert model.optimizer is optimizer
    assert model.evaluate(X, Y, **SILENT) == loss


def test_a_loss_without_reduction_cannot_be_trained_with():
    model = Sequential([Input((1,)), Dense(1)])
    with pytest.raises(ValueError, match=r"one number, and mean_squared_error has reduction=None"):
        model.compile("sgd", losses.MeanSquaredError(reduction=None))


@pytest.mark.parametrize("trained_before", [False, True])
@pytest.mark.parametrize("which", range(6))
def test_a_read_only_weight_is_refused_before_any_other_changes(which, trained_before):
    model = Sequential([Input((3,)), Dense(2), BatchNormalization(), Dense(1, use_bias=False)])
    model.compile("sgd", "mse")
    if trained_before:
        model.train_on_batch(X, Y)
    order = [model.weights[i] for i in (0, 2, 3, 4, 5, 6)]
    order[which].flags.writeable = False
    before = weights_bytes(model)
    for train in (model.train_on_batch, lambda x, y: model.fit(x, y, verbose=0)):
        with pytest.raises(ValueError, match=r"weights that are read-only: \w+\."):
            train(X, Y)
        assert weights_bytes(model) == before
    model.predict(X)
    model.evaluate(X, Y, verbose=0)
    order[which].flags.writeable = True
    model.train_on_batch(X, Y)
    assert weights_bytes(model) != before


def test_a_read_only_weight_of_a_frozen_layer_is_no_matter():
    model = Sequential([Input((3,)), Dense(2), Dense(1)])
    model.layers[0].trainable = False
    model.compile("sgd", "mse")
    model.layers[0].kernel.flags.writeable = False
    before = weights_bytes(model)
    model.fit(X, Y, verbose=0)
    assert weights_bytes(model) != before

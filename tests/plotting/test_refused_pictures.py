"""What is refused, before anything is drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import tinyneuron as keras
from drawn import HISTORY, PLANE, THREE, X, Y, logistic, network, neuron, new_axes, three_classes
from tinyneuron import plotting
from tinyneuron.layers import Dense, Input, Layer


class Twice(Layer):
    def call(self, inputs):
        return np.concatenate([inputs, inputs], axis=-1)


def unbuilt():
    return keras.Sequential([Dense(1)], name="new")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: plotting.plot_points([1], [2], 3), TypeError, "ax must be Axes of matplotlib"),
        (lambda: plotting.plot_activation("relu", z=5), TypeError, "z must be a list, got 5"),
        (lambda: plotting.plot_activation("relu", z=(1, 0)), ValueError, "z must be a lower and"),
        (lambda: plotting.plot_activation("relu", z=(1, "a")), ValueError, "an end of z must be"),
        (lambda: plotting.plot_activation(len), ValueError, "must return outputs for each row"),
        (lambda: plotting.plot_points([1], [2], label=[3]), ValueError, "label must be a string"),
        (lambda: plotting.plot_classes([1, 2], [0, 1], labels="ab"), TypeError, "labels must be a"),
        (lambda: plotting.plot_classes([1], [0], labels=[[1]]), TypeError, "labels must be a list"),
        (lambda: plotting.plot_history({"a": [1]}, names=[]), ValueError, "at least one name"),
        (lambda: plotting.plot_history({3: [1]}), ValueError, "a name of the history must be"),
        (lambda: plotting.plot_units(network(2), PLANE, axes=[3]), TypeError, "ax must be Axes"),
        (lambda: plotting.plot_weights(network(2), shape=(1,)), ValueError, "height, width"),
        (lambda: plotting.plot_loss_surface(neuron(), X * 0, Y * 0, w=(0, 1), b=(1, 1)), ValueError,
         "b must be a lower and a higher number"),
    ],
)  # fmt: skip
def test_strange_arguments_are_refused_by_name(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plotting.plot_points([1, 2], [1]), "as long as each other, got 2 and 1"),
        (lambda: plotting.plot_points([[1, 2]], [1]), r"one column of numbers, got shape \(1, 2\)"),
        (lambda: plotting.plot_points(1, 1), r"one column of numbers, got shape \(\)"),
        (lambda: plotting.plot_regression([1], [1], [1, 2]), "x and prediction must be as long"),
        (lambda: plotting.plot_classes([1, 2], [1]), "as long as each other"),
        (lambda: plotting.plot_classes(np.ones((2, 3)), [0, 1]), "one or two features"),
        (lambda: plotting.plot_classes([1, 2], [-1, 1]), "class numbers 0, 1, 2 ..., got -1"),
        (
            lambda: plotting.plot_classes([1, 2], [0, 2], labels=list("ab")),
            "has class 2, and .* only 2",
        ),
        (lambda: plotting.plot_decision(logistic, np.ones((0, 1)), []), "one or two features"),
        (lambda: plotting.plot_decision(unbuilt(), X, Y), "'new' is not built"),
        (lambda: plotting.plot_decision(network(1), X, Y), r"shape \(None, 2\), and got \(1, 1\)"),
        (lambda: plotting.plot_decision(logistic, X, Y + 1), "class 2, and there are only 2"),
        (lambda: plotting.plot_decision(logistic, X, Y / 2), "class numbers .* got 0.5"),
        (lambda: plotting.plot_decision(logistic, X, Y[:3]), "as long as each other, got 6 and 3"),
        (
            lambda: plotting.plot_decision(logistic, X, Y, labels=list("abc")),
            "labels must be 2 names",
        ),
        (lambda: plotting.plot_decision(logistic, X, Y, threshold=1.5), "between 0 and 1, got 1.5"),
        (
            lambda: plotting.plot_decision(three_classes, PLANE, THREE, threshold=0.9),
            "the highest decides",
        ),
        (lambda: plotting.plot_units(logistic, X), r"rows of two features, got shape \(6, 1\)"),
        (lambda: plotting.plot_units(network(2), PLANE, axes=new_axes()), "of 2 units, got 1"),
        (lambda: plotting.plot_units(network(2), PLANE, names=["a"]), "names must be 2 names"),
        (lambda: plotting.plot_history(None), "what fit.* returned"),
        (lambda: plotting.plot_history({}), "Is there an epoch in it"),
        (lambda: plotting.plot_history(HISTORY, names="mae"), r"and not \['mae'\]"),
        (
            lambda: plotting.plot_history({"loss": [1, 2, 3], "val_loss": [1]}),
            "1 values for 3 epochs.*validation_freq",
        ),
        (lambda: plotting.plot_history(HISTORY, validation_freq=0), "positive integer"),
        (lambda: plotting.plot_activation("softmax"), "depends on all its inputs"),
        (lambda: plotting.plot_activation("rellu"), "relu"),
        (lambda: plotting.plot_activation("relu", z=(1, 1)), r"lower and a higher .* \(1, 1\)"),
        (lambda: plotting.plot_confusion([0, 1], [0.2, 0.9]), r"p >= 0.5"),
        (lambda: plotting.plot_confusion([0, -1], [0, 1]), "got -1"),
        (lambda: plotting.plot_confusion([], []), "nothing to count"),
        (lambda: plotting.plot_confusion([0, 2], [0, 1], labels=list("ab")), "has class 2"),
        (lambda: plotting.plot_confusion([0, 1], [0]), "as long as each other, got 2 and 1"),
        (lambda: plotting.plot_network(unbuilt()), "'new' is not built"),
        (
            lambda: plotting.plot_network(network(1), [1, 2, 3]),
            r"of shape \(2,\), got shape \(3,\)",
        ),
        (
            lambda: plotting.plot_network(keras.Sequential([Input((3, 2)), Dense(4)])),
            r"'dense' has outputs of shape \(None, 3, 4\)",
        ),
        (
            lambda: plotting.plot_network(keras.Sequential([Input((2,)), Twice()])),
            r"'twice' has outputs of shape \(None, 4\)",
        ),
        (
            lambda: plotting.plot_network(keras.Sequential([Input((None, 2)), Dense(4)])),
            "needs to know all sizes",
        ),
        (lambda: plotting.plot_weights(unbuilt()), "not built"),
        (lambda: plotting.plot_weights(network(1)), "2 inputs, no square number"),
        (lambda: plotting.plot_weights(network(1), shape=(2, 2)), "2 inputs, not 2 x 2"),
        (lambda: plotting.plot_loss_surface(unbuilt(), X, Y), "'new' is not built"),
        (
            lambda: plotting.plot_loss_surface(network(1), X, Y),
            r"model's have \[\(2, 1\), \(1,\)\]",
        ),
        (lambda: plotting.plot_loss_surface(network(1, features=1), X, Y), "no loss to draw"),
        (lambda: plotting.plot_loss_surface(neuron(), X, Y, [1, 2]), r"rows of \(w, b\)"),
        (lambda: plotting.plot_loss_surface(neuron(), X, Y[:2]), r"\(6, 1\) and \(2,\)"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_drawn(call, message):
    with pytest.raises(ValueError, match=message):
        call()
    assert not plt.get_fignums()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plotting.plot_decision(X, X, Y), "a function of an array, got a ndarray"),
        (lambda: plotting.plot_network(Dense(1)), "draws a Sequential"),
        (lambda: plotting.plot_weights(X), "a Dense layer or a model with one"),
        (lambda: plotting.plot_activation(3.5), "activation"),
    ],
)
def test_what_is_of_another_kind_is_refused(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()

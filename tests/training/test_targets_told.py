"""Targets that do not fit the loss: the message says what is wrong with them, and what to do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from small_models import SILENT
from tinyneuron import Input, Sequential, losses, optimizers
from tinyneuron.layers import Dense

SPARSE, BINARY = losses.SparseCategoricalCrossentropy(), losses.BinaryCrossentropy()


def refused(loss, y, classes):
    with pytest.raises(ValueError) as caught:
        loss.check(np.asarray(y), (len(y), classes))
    return str(caught.value)


@given(st.integers(2, 9), st.data())
def test_classes_from_one_are_told_to_start_at_zero(classes, data):
    more = data.draw(st.lists(st.integers(1, classes)))
    y = np.array([1, classes, *more])
    assert "subtract 1" in refused(SPARSE, y, classes)
    SPARSE.check(y - 1, (len(y), classes))  # as told, it fits


@given(st.integers(2, 9), st.integers(0, 9))
def test_more_classes_than_units_are_told_how_many_units(classes, beyond):
    y = np.array([0, classes + beyond])
    assert f"Dense({classes + beyond + 1}, 'softmax')" in refused(SPARSE, y, classes)
    SPARSE.check(y, (2, classes + beyond + 1))


@pytest.mark.parametrize(
    ("loss", "y", "classes", "message"),
    [
        (SPARSE, [0, 0.5, 1], 3, r"got 0\.5, in targets from 0 to 1\. Probabilities"),
        (SPARSE, [0.0, np.nan, np.nan], 3, r"got NaN, 2 of 3 targets\. Leave these rows out"),
        (SPARSE, [2, 2], 2, "from 0 to 1, got 2. If"),
        (SPARSE, [0, 1], 1, r"For 2 classes .* Dense\(2\)"),
        (SPARSE, [-1, 1], 2, "got some from -1 to 1"),
        (BINARY, [0, np.nan], 1, "got NaN, 1 of 2 targets"),
        (BINARY, [1, 2], 1, "subtract 1"),
        (BINARY, [-1, 1, -1], 1, r"\(y \+ 1\) / 2 makes 0 and 1"),
        (BINARY, [0, 1, 2], 1, r"Dense\(3, 'softmax'\).*sparse_categorical_crossentropy"),
        (BINARY, [0.5, 2.5], 1, "MeanSquaredError"),
    ],
)
def test_what_is_wrong_is_said(loss, y, classes, message):
    import re

    assert re.search(message, refused(loss, y, classes))


# class_weight ------------------------------------------------------------------------------------


def trained(y, units=1, loss="binary_crossentropy", inputs=(2,), **options):
    y = np.asarray(y)
    model = Sequential([Input(inputs), Dense(units, "sigmoid", kernel_initializer="zeros")])
    model.compile(optimizers.SGD(0.0), loss)
    x = np.ones((len(y), *inputs))
    return model.fit(x, y, class_weight={0: 1.0, 1: 9.0}, **options, **SILENT)


@pytest.mark.parametrize(
    ("y", "options"),
    [
        ([[1, 1, 1, 1], [0, 1, 0, 0]], {"units": 4}),
        ([[0, 0, 0]], {"units": 3}),
        ([[0.2, 0.4]], {"units": 2, "loss": "mse"}),
        ([[[0], [1], [1]]], {"inputs": (3, 2)}),
        ([[[0, 1], [1, 0]]], {"units": 2, "inputs": (2, 2)}),
        ([[1, 0]], {"units": 2, "inputs": (2, 2), "loss": "sparse_categorical_crossentropy"}),
    ],
)
def test_class_weights_of_several_classes_in_a_row_are_refused(y, options):
    with pytest.raises(ValueError, match=r"class_weight needs one class .* sample_weight instead"):
        trained(y, **options)


@given(st.lists(st.integers(0, 1), min_size=1, max_size=6), st.sampled_from([(), (1,), (1, 1)]))
def test_one_class_in_a_row_is_heeded_in_any_shape(classes, more):
    inputs = (1, 2) if len(more) > 1 else (2,)
    got = trained(np.reshape(classes, (-1, *more)), inputs=inputs).history["loss"][0]
    weights = np.where(classes, 9.0, 1.0)
    assert got == pytest.approx(np.log(2) * weights.mean(), rel=1e-5)

"""The last activation and the loss meet in one formula."""

import numpy as np
import pytest

from small_models import BINARY, CLASSES, SILENT, X, affine, neuron, sigmoid, weights_bytes
from tinyneuron import Input, Sequential, activations, layers, losses, utils
from tinyneuron.layers import Dense
from tinyneuron.optimizers import SGD

JOINT = [
    ("sigmoid", 1, losses.BinaryCrossentropy, BINARY),
    ("sigmoid", 3, losses.BinaryCrossentropy, np.eye(3)[CLASSES]),
    ("softmax", 3, losses.CategoricalCrossentropy, np.eye(3)[CLASSES]),
    ("softmax", 3, losses.SparseCategoricalCrossentropy, CLASSES),
]


@pytest.mark.parametrize("scale", [1.0, 1000.0])
@pytest.mark.parametrize(("name", "units", "loss", "y"), JOINT)
def test_the_last_activation_and_the_loss_meet_wherever_it_stands(name, units, loss, y, scale):
    """At logits of a thousand, too, where probabilities would have been clipped."""
    ends = [
        ([Dense(units, name)], loss()),
        ([Dense(units), layers.Activation(name)], loss()),
        ([Sequential([Dense(units, name)])], loss()),
        ([Dense(units)], loss(from_logits=True)),
    ]
    if name == "softmax":
        ends.append(([Dense(units), layers.Softmax()], loss()))
    histories, weights, outputs = [], [], []
    for last, own in ends:
        model = Sequential([Input((3,)), *last])
        start = np.random.default_rng(4)
        model.set_weights([scale * start.normal(0, 1, w.shape) for w in model.weights])
        model.compile(SGD(0.1), own)
        histories.append(model.fit(X, y, epochs=3, shuffle=False, **SILENT).history["loss"])
        weights.append(weights_bytes(model))
        logits = own.from_logits
        outputs.append(getattr(activations, name)(model.predict(X)) if logits else model.predict(X))
    assert all(history == histories[0] for history in histories)
    assert all(end == weights[0] for end in weights)
    assert all(np.array_equal(output, outputs[0]) for output in outputs)
    assert max(histories[0]) < 10 * scale
    assert scale == 1 or max(histories[0]) > 20  # more than -log(1e-7), where clipping would end


def test_a_last_layer_of_ones_own_keeps_its_activation(wide):
    class Cut(layers.Layer):
        activation = activations.sigmoid  # of the loss' kind, but what `call` does is its own

        def call(self, inputs):
            return np.clip(inputs, 0.1, 0.9)

        def backward(self, gradient, entry, gradients):
            inputs, outputs = entry
            return gradient * (inputs == outputs)

    model = neuron()
    weights = model.get_weights()
    model.add(Cut())
    model.compile(SGD(0.1), "bce")
    a = np.clip(affine(weights), 0.1, 0.9)
    loss = -np.log(np.where(BINARY[:, np.newaxis] == 1, a, 1 - a)).mean()
    assert model.train_on_batch(X, BINARY) == pytest.approx(loss, rel=1e-12)


def test_a_penalty_on_the_last_activation_is_one_on_probabilities(wide):
    model = neuron("sigmoid", loss="bce", rate=0.0, activity_regularizer="l2")
    a = sigmoid(affine(model.get_weights()))[:, 0]
    crossentropy = -np.log(np.where(BINARY == 1, a, 1 - a)).mean()
    wanted = crossentropy + 0.01 * (a**2).sum() / 10
    assert model.evaluate(X, BINARY, **SILENT) == pytest.approx(wanted, rel=1e-9)
    assert max(utils.check_gradients(model, X, BINARY).values()) < 1e-6

"""A model's step is kept from call to call, and made anew whenever what it was made of changes."""

import gc
import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from small_models import BINARY, SILENT, X, neuron
from tinyneuron import Model, Sequential, activations, constraints, layers, losses, regularizers
from tinyneuron._training.kept import KeptSteps
from tinyneuron.layers import Dense, Input
from tinyneuron.optimizers import SGD, Adam


def made():
    """Return a model that has trained, and its step."""
    row = [Dense(1, "tanh"), *(Dense(1, "sigmoid") for _ in range(3))]
    model = Sequential([Input((3,)), *row])
    model.set_weights([np.full(w.shape, 0.1 * i + 0.1) for i, w in enumerate(model.weights)])
    model.compile(SGD(0.1), losses.BinaryCrossentropy())
    model.train_on_batch(X, BINARY)
    return model


def add_shared(model):
    layer = Dense(1, "sigmoid", kernel_initializer="ones")
    layer.build((None, model.output_shape[-1]))
    model.add(layer)


def pop(model):
    model.pop()


def set_momentum(model):
    model.optimizer.momentum = 0.5


def swap_activation(model):
    model.layers[0].activation = activations.relu


def set_penalty(model):
    model.layers[0].activity_regularizer = regularizers.L2(0.1)


def freeze_one(model):
    model.layers[0].trainable = False


def freeze_all(model):
    model.trainable = False


def compile_again(model):
    model.compile(Adam(0.01), "bce")


def smooth(model):
    model._loss.label_smoothing = 0.2


def sum_up(model):
    model._loss.reduction = "sum"


def constrain(model):
    model.layers[0]._weights[0].constraint = constraints.NonNeg()


def regularize_weight(model):
    model.layers[-1]._weights[0].regularizer = regularizers.L2(0.5)


def in_other_order(model):
    model._layers[1:] = reversed(model._layers[1:])


CHANGES = [
    add_shared, pop, set_momentum, swap_activation, set_penalty, freeze_one, freeze_all,
    compile_again, smooth, sum_up, constrain, regularize_weight, in_other_order,
]  # fmt: skip


def test_nothing_changed_nothing_made_anew():
    model = made()
    step = model._train_step()
    model.train_on_batch(X, BINARY)
    model.fit(X, BINARY, epochs=2, **SILENT)
    model.evaluate(X, BINARY, **SILENT)
    model.set_weights(model.get_weights())
    model.optimizer.learning_rate = 0.2
    assert model._train_step() is step
    assert model._test_step() is model._test_step()


@pytest.mark.filterwarnings("ignore")
@given(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=3))
def test_a_kept_step_trains_as_one_made_anew(changes):
    kept, fresh = made(), made()
    for change in changes:
        for model in (kept, fresh):
            change(model)
        fresh._kept_steps = type(fresh._kept_steps)()
        assert kept.train_on_batch(X, BINARY) == fresh.train_on_batch(X, BINARY)
        assert kept.test_on_batch(X, BINARY) == fresh.test_on_batch(X, BINARY)
        for one, other in zip(kept.weights, fresh.weights, strict=True):
            np.testing.assert_array_equal(one, other)


class Own(Model):
    """Passes its inputs through the layers of a list in a dict, and of another one."""

    def __init__(self):
        super().__init__()
        self.parts = {"first": [Dense(3, "tanh")], "then": [(Dense(1, "sigmoid"),)]}

    def call(self, x):
        for layer in self.parts["first"]:
            x = layer(x)
        return self.parts["then"][0][0](x)


def test_layers_in_the_containers_of_a_models_own_are_seen():
    model = Own()
    model.compile(SGD(0.5), "bce")
    model.train_on_batch(X, BINARY)
    inserted = Dense(3, "tanh")
    model.parts["first"].append(inserted)
    model.train_on_batch(X, BINARY)
    before = inserted.get_weights()[0]
    model.train_on_batch(X, BINARY)
    assert not np.array_equal(before, inserted.kernel)
    last = Dense(1, "sigmoid")
    model.parts["then"][0] = (last,)
    model.train_on_batch(X, BINARY)
    before = last.get_weights()[0]
    model.train_on_batch(X, BINARY)
    assert not np.array_equal(before, last.kernel)


def test_a_frozen_layer_within_a_model_within_a_model_is_seen():
    inner = Sequential([Dense(2, "tanh"), Dense(2, "tanh")])
    model = Sequential([Input((3,)), inner, Dense(1, "sigmoid")])
    model.compile(SGD(0.5), "bce")
    model.train_on_batch(X, BINARY)
    inner.layers[0].trainable = False
    frozen, other = (layer.get_weights()[0] for layer in inner.layers)
    model.train_on_batch(X, BINARY)
    assert np.array_equal(frozen, inner.layers[0].kernel)
    assert not np.array_equal(other, inner.layers[1].kernel)


def test_a_model_and_its_steps_do_not_hold_each_other():
    model = neuron()
    model.fit(X, BINARY, **SILENT)
    model.train_on_batch(X, BINARY)
    model.evaluate(X, BINARY, **SILENT)
    gone = weakref.ref(model)
    gc.disable()
    try:
        del model
        assert gone() is None
    finally:
        gc.enable()


def test_a_copy_of_a_layer_in_its_place_is_another_layer():
    model = made()
    model._layers[0] = layers.Dense.from_config(model.layers[0].get_config() | {"name": "other"})
    model._layers[0].build((None, 3))
    before = model.layers[0].get_weights()[0]
    model.train_on_batch(X, BINARY)
    assert not np.array_equal(before, model.layers[0].kernel)


class Dummy:
    """A step that holds for ever."""

    def is_current(self):
        return True


def parts_of(model):
    """Yield what a step is made of: layers, weights, activations, the loss."""
    yield model._loss
    for layer in model._family():
        if layer is not model:
            yield from [layer, *layer._weights, *filter(is_activation, vars(layer).values())]


def is_activation(value):
    return isinstance(value, activations.Activation)


def test_whatever_is_set_added_or_removed_anywhere_makes_a_new_step():
    inner = Sequential([Dense(2, "relu", kernel_regularizer="l2"), Dense(2, "elu")])
    row = [Dense(3, "tanh"), layers.Dropout(0.5), layers.BatchNormalization(), inner, Dense(1)]
    model = Sequential([Input((3,)), *row])
    model.compile(SGD(0.1), losses.BinaryCrossentropy(from_logits=True))
    kept = KeptSteps()

    def step():
        own = [value for name, value in vars(model).items() if name != "_kept_steps"]
        return kept.get(Dummy, Dummy, [*model.layers, *own])

    parts = [*parts_of(model)]
    assert len(parts) == 1 + 7 + 12 + 4  # the loss, layers, weights, activations
    for part in parts:
        own = vars(part)
        for name in [*own, "a_new_one"]:
            before = dict(own)
            last, _ = step(), own.update({name: object()})
            assert step() is not last, f"{part} has another {name}"
            last, _ = step(), own.pop(name)
            assert step() is not last, f"{part} has no {name}"
            own.clear()
            own.update(before)
        last = step()
        assert step() is last

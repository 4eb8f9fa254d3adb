"""What Keras would call of a user's class, and nothing here would: refused by name, in time."""

import numpy as np
import pytest

import tinyneuron
from small_models import SILENT, weights_bytes
from tinyneuron import Input, Sequential, callbacks, metrics, optimizers
from tinyneuron._common import keras_names, uncalled
from tinyneuron.layers import Dense, Layer

X, Y = np.ones((4, 2)), np.ones((4, 1))

USES = {
    "fit": [
        lambda m, path: m.fit(X, Y, **SILENT),
        lambda m, path: m.train_on_batch(X, Y),
    ],
    "evaluate": [
        lambda m, path: m.evaluate(X, Y, verbose=0),
        lambda m, path: m.test_on_batch(X, Y),
    ],
    "predict": [lambda m, path: m.predict(X), lambda m, path: m.predict_on_batch(X)],
    "save": [lambda m, path: m.save(path), lambda m, path: m.save_weights(path)],
    "load": [lambda m, path: m.load_weights(path)],
}


def compiled(cls=Sequential, layer=Dense, optimizer=optimizers.SGD, metric=()):
    model = cls([Input((2,)), layer(1)])
    model.compile(optimizer(), "mse", metrics=[each() for each in metric])
    return model


def mine(base, name):
    return type("Mine", (base,), {name: lambda self, *args, **kwargs: 1 / 0})


def cases(kind):
    return [(name, when) for when in USES for name in uncalled.names_of(kind, when)]


def check(make, name, when, path):
    compiled().save_weights(path)
    for use in USES[when]:
        model = make()
        before = weights_bytes(model)
        with pytest.raises(TypeError, match=f"Mine defines {name}, which is not called .*{when}"):
            use(model, path)
        assert weights_bytes(model) == before


@pytest.mark.parametrize(("name", "when"), cases("Model"))
def test_of_a_model(name, when, tmp_path):
    cls = mine(Sequential, name)
    check(lambda: compiled(cls), name, when, tmp_path / "w.weights.npz")
    heir = type("Mine", (cls,), {})
    check(lambda: compiled(heir), name, when, tmp_path / "w.weights.npz")


@pytest.mark.parametrize("name", uncalled.names_of("Model", "fit"))
def test_put_on_the_model_itself(name):
    model = compiled()
    try:
        setattr(model, name, lambda *args: 1 / 0)
    except AttributeError:  # a property
        return
    with pytest.raises(TypeError, match=f"Sequential defines {name}, which is not called"):
        model.fit(X, Y)


@pytest.mark.parametrize(("name", "when"), cases("Layer"))
def test_of_a_layer_and_of_one_in_it(name, when, tmp_path):
    cls = mine(Dense, name)
    check(lambda: compiled(layer=cls), name, when, tmp_path / "w.weights.npz")

    class Outer(Layer):
        def __init__(self, units):
            super().__init__()
            self.inner = cls(units)

        def build(self, shape):
            self.inner.build(shape)

        def call(self, inputs):
            return self.inner(inputs)

        def backward(self, gradient, entry, gradients):
            return gradient

    with pytest.raises(TypeError, match=f"Mine defines {name}"):
        USES[when][0](compiled(layer=Outer), tmp_path / "w.weights.npz")


@pytest.mark.parametrize("name", uncalled.names_of("Optimizer", "fit"))
def test_of_an_optimizer(name):
    if name == "iterations":  # the constructor reads it
        return
    cls = mine(optimizers.SGD, name)
    model = compiled(optimizer=cls)
    with pytest.raises(TypeError, match=rf"Mine defines {name}, .* update\(g, learning_rate"):
        model.fit(X, Y)
    model.evaluate(X, Y, verbose=0)  # which takes no step


@pytest.mark.parametrize("name", uncalled.names_of("Metric"))
def test_of_a_metric(name):
    model = compiled(metric=[mine(metrics.MeanSquaredError, name)])
    with pytest.raises(TypeError, match=f"Mine defines {name}"):
        model.fit(X, Y)


@pytest.mark.parametrize("when", ["fit", "evaluate", "predict"])
def test_what_is_not_used_is_not_refused(when):
    used = set(uncalled.names_of("Model", when))
    for name in set(uncalled.names_of("Model")) - used:
        USES[when][0](compiled(mine(Sequential, name)), None)


def test_a_layer_that_overrides_call_in_the_wrong_place_is_refused():
    with pytest.raises(TypeError, match=r"Mine defines __call__, .* define call\(inputs\)"):
        mine(Dense, "__call__")


# What Keras' base classes have that may be overridden without any effect in Keras either: nothing
# there calls it unless a user does, or unless he has asked for what is refused here.
CALLED_BY_USERS = {
    "Layer": """
        add_loss add_metric add_variable compute_dtype compute_output_spec dtype_policy input_dtype
        input_spec metrics_variables path quantization_mode quantize quantized_build quantized_call
        rematerialized_call stateless_call supports_masking symbolic_call variable_dtype
    """,
    "Model": """
        add_loss add_metric add_variable compute_dtype compute_output_spec dtype_policy export
        get_quantization_layer_structure get_state_tree input_dtype input_spec jax_state_sync
        jit_compile metrics_names metrics_variables path quantization_mode quantize quantized_build
        quantized_call rematerialized_call run_eagerly set_state_tree supports_masking
        symbolic_call variable_dtype
    """,
    "Metric": "add_variable",
    "Optimizer": """
        add_optimizer_variables add_variable add_variable_from_reference exclude_from_weight_decay
        set_weights
    """,
    "Initializer": "clone",
    "Callback": "on_batch_begin on_batch_end",  # these are called
}
BASES = {
    "Callback": callbacks.Callback,
    "Constraint": tinyneuron.Constraint,
    "LearningRateSchedule": optimizers.schedules.LearningRateSchedule,
}


@pytest.mark.parametrize("kind", [name for name in keras_names.CLASSES if name != "Sequential"])
def test_every_method_of_keras_is_called_refused_or_for_users_to_call(kind):
    base = BASES.get(kind) or getattr(tinyneuron, kind)
    known = set(dir(base)) | set(CALLED_BY_USERS.get(kind, "").split())
    known |= set(uncalled.names_of(kind)) if kind in uncalled.UNCALLED else set()
    assert set(keras_names.CLASSES[kind]) - known <= {"model", "dtype"}  # these are set

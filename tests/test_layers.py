import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from strategies import dtypes, floats, rates, shapes
from tinyneuron import (
    Input,
    KerasTensor,
    Sequential,
    activations,
    config,
    layers,
    regularizers,
    utils,
)
from tinyneuron.layers.weights import loading


class Scale(layers.Layer):
    """A user's layer, as small as can be."""

    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="scale")

    def call(self, inputs):
        return inputs * self.scale


def normalization(**options):
    layer = layers.Normalization(**options)
    layer.adapt([[1.0, 2.0, 3.0, 9.0], [3.0, 2.0, 5.0, 0.0]])
    return layer


# One of each, for inputs with a last axis of 4.
MAKERS = {
    "Activation": lambda: layers.Activation("tanh"),
    "Activation_relu6": lambda: layers.Activation(activations.ReLU(max_value=6.0)),
    "Dense": lambda: layers.Dense(3, "sigmoid", dtype="float64"),
    "Dropout": lambda: layers.Dropout(0.25, seed=4),
    "ELU": lambda: layers.ELU(0.5),
    "Flatten": lambda: layers.Flatten(),
    "Identity": lambda: layers.Identity(name="same"),
    "LeakyReLU": lambda: layers.LeakyReLU(0.1),
    "Normalization": lambda: layers.Normalization(mean=[1, 2, 3, 4.0], variance=[1, 1, 4, 4]),
    "Normalization_none": lambda: layers.Normalization(axis=None, mean=1.0, variance=4.0),
    "Normalization_invert": lambda: normalization(invert=True),
    "ReLU": lambda: layers.ReLU(2.0, 0.1, 0.5),
    "Rescaling": lambda: layers.Rescaling(2.0, np.array([1.0, 2.0, 3.0, 4.0])),
    "Reshape": lambda: layers.Reshape((2, -1)),
    "Sequential": lambda: Sequential([layers.Dense(2), layers.ReLU()]),
    "Softmax": lambda: layers.Softmax(),
}
one_of_each = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS.keys())
ROWS = np.array([[-1.0, 0.5, 2.0, 3.0], [4.0, -2.0, 0.0, 1.0], [0.1, 0.2, 0.3, 0.4]], np.float32)


# Every layer -----------------------------------------------------------------------------------


@one_of_each
def test_the_computed_output_shape_is_that_of_the_output(make):
    layer = make()
    for rows in (0, 1, 3):
        outputs = layer(ROWS[:rows])
        assert layer.compute_output_shape((rows, 4)) == outputs.shape
        assert layer.compute_output_shape((None, 4)) == (None, *outputs.shape[1:])
    assert layer.output.shape == (None, *outputs.shape[1:])
    assert layer.input.shape == (None, 4)


@given(
    st.sampled_from(
        [
            lambda: layers.Dense(3),
            lambda: layers.Activation("softmax"),
            lambda: layers.Dropout(0.5),
            lambda: layers.ReLU(),
            lambda: layers.Flatten(),
            lambda: layers.Identity(),
            lambda: layers.Rescaling(2.0),
            lambda: layers.Normalization(),
            lambda: layers.Reshape((1, -1, 1)),
            lambda: Scale(),
            lambda: Sequential([layers.Dense(2), layers.Flatten()]),
        ]
    ),
    shapes(),
)
def test_output_shapes_are_right_for_any_rank(make, shape):
    layer = make()
    expected = make().compute_output_shape(shape)
    assert layer(np.ones(shape, np.float32)).shape == expected
    assert layer.compute_output_shape(shape) == expected


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (layers.Dense(5), (None, None, 5)),
        (layers.Activation("relu"), (None, None, 3)),
        (layers.Dropout(0.5), (None, None, 3)),
        (layers.Identity(), (None, None, 3)),
        (layers.Normalization(), (None, None, 3)),
        (layers.Rescaling(2.0), (None, None, 3)),
        (layers.Flatten(), (None, None)),
        (layers.Reshape((-1, 6)), (None, None, 6)),
        (layers.Reshape((2, 3)), (None, 2, 3)),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_sizes_that_are_not_known_stay_unknown(layer, expected):
    assert layer.compute_output_shape((None, None, 3)) == expected


def test_a_size_of_zero_stays_zero():
    assert layers.Rescaling(2.0).compute_output_shape((None, 0)) == (None, 0)


@one_of_each
def test_calling_a_layer_writes_to_nothing(make):
    layer, x = make(), ROWS.copy()
    layer(x)
    attributes, weights = dict(vars(layer)), layer.get_weights()
    layer(x)
    assert vars(layer).keys() == attributes.keys()
    assert all(vars(layer)[name] is value for name, value in attributes.items())
    np.testing.assert_array_equal(x, ROWS)
    for own, before in zip(layer.weights, weights, strict=True):
        np.testing.assert_array_equal(own, before)


@one_of_each
def test_a_configuration_makes_the_same_layer_again(make):
    layer = make()
    outputs = layer(ROWS)
    written = json.loads(json.dumps(layers.serialize(layer)))
    again = layers.deserialize(written)
    assert type(again) is type(layer)
    assert again.get_config() == layer.get_config()
    assert type(layer).from_config(layer.get_config()).get_config() == layer.get_config()
    again.build((None, 4))
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(again(ROWS), outputs)
    assert again(ROWS).dtype == outputs.dtype


@one_of_each
def test_every_layer_computes_in_its_dtype_from_lists_and_integers(make):
    layer = make()
    whole = np.array([[1, 2, 3, 4]])
    assert layer(whole).dtype == layer.dtype
    np.testing.assert_array_equal(layer(whole), layer(whole.tolist()))
    np.testing.assert_array_equal(layer(whole), layer(whole.astype(np.float64)))


@pytest.mark.parametrize(
    ("make", "options"),
    [
        (lambda: layers.ReLU(2.0, 0.1, 0.5), ("max_value", "negative_slope", "threshold")),
        (layers.LeakyReLU, ("negative_slope",)),
        (layers.ELU, ("alpha",)),
        (layers.Softmax, ("axis",)),
        (lambda: layers.Dropout(0.5, seed=1), ("rate", "seed")),
        (lambda: layers.Dense(2, "relu"), ("units", "use_bias")),
        (lambda: layers.Rescaling(2.0, 1.0), ("scale", "offset")),
        (lambda: layers.Reshape((2, 2)), ("target_shape",)),
    ],
    ids=["ReLU", "LeakyReLU", "ELU", "Softmax", "Dropout", "Dense", "Rescaling", "Reshape"],
)
def test_the_options_of_a_layer_are_its_attributes(make, options):
    layer = make()
    for option in options:
        assert getattr(layer, option) == layer.get_config()[option]


def test_an_activity_regularizer_is_in_the_configuration():
    layer = layers.ReLU(activity_regularizer="l2")
    again = layers.deserialize(layers.serialize(layer))
    assert isinstance(again.activity_regularizer, regularizers.L2)


def test_automatic_names_are_snake_case_and_numbered():
    made = [layers.LeakyReLU(), layers.LeakyReLU(), layers.InputLayer((2,)), Scale(), Sequential()]
    names = ["leaky_re_lu", "leaky_re_lu_1", "input_layer", "scale", "sequential"]
    assert [layer.name for layer in made] == names


# Going back ------------------------------------------------------------------------------------


def slope(f, array, direction, h=1e-6):
    """Rate at which f() changes as `array` moves along `direction`."""
    before = array.copy()
    array += h * direction
    above = f()
    array[...] = before - h * direction
    below = f()
    array[...] = before
    return (above - below) / (2 * h)


def back(layer, x, gradient):
    """dL/dx and dL/dweights, from `forward` and `backward`."""
    outputs, entry = layer.forward(x)
    np.testing.assert_array_equal(outputs, layer(x))
    gradients = [np.full_like(weight, np.nan) for weight in layer.trainable_weights]
    return layer.backward(gradient.copy(), entry, gradients), gradients


@pytest.mark.parametrize("name", [n for n in MAKERS if n not in ("Dropout", "Sequential")])
def test_the_way_back_is_the_derivative_of_the_way_there(name):
    config.set_floatx("float64")
    layer, rng = MAKERS[name](), np.random.default_rng(5)
    x = rng.normal(size=(3, 4))  # no number near the kink of a ReLU
    gradient = rng.normal(size=layer(x).shape)

    def loss():
        return (layer(x) * gradient).sum()

    dx, gradients = back(layer, x, gradient)
    arrays = [x, *layer.trainable_weights]
    for array, d in zip(arrays, [dx, *gradients], strict=True):
        direction = rng.normal(size=array.shape)
        expected = slope(loss, array, direction)
        np.testing.assert_allclose((d * direction).sum(), expected, rtol=1e-6, atol=1e-8)
    alone = [np.full_like(d, np.nan) for d in gradients]
    to_inputs = {"to_inputs": False} if name == "Dense" else {}
    layer.backward(gradient.copy(), layer.forward(x)[1], alone, **to_inputs)
    for d, same in zip(gradients, alone, strict=True):
        np.testing.assert_array_equal(d, same)


@pytest.mark.parametrize("options", [{"use_bias": False}, {"activation": "gelu"}])
def test_the_way_back_through_dense_whatever_its_options_and_rank(options):
    layer, rng = layers.Dense(2, dtype="float64", **options), np.random.default_rng(6)
    x = rng.normal(size=(2, 5, 3))
    gradient = rng.normal(size=layer(x).shape)
    dx, gradients = back(layer, x, gradient)
    arrays = [x, *layer.weights]
    for array, d in zip(arrays, [dx, *gradients], strict=True):
        direction = rng.normal(size=array.shape)
        expected = slope(lambda: (layer(x) * gradient).sum(), array, direction)
        np.testing.assert_allclose((d * direction).sum(), expected, rtol=1e-6)


def test_dropout_goes_back_through_the_inputs_that_it_kept():
    layer, gradient = layers.Dropout(0.5, seed=1), np.full((4, 50), 3.0, np.float32)
    outputs, entry = layer.forward(np.ones((4, 50), np.float32))
    assert set(outputs.flat) == {0, 2}
    np.testing.assert_array_equal(layer.backward(gradient, entry, []), 3 * outputs)


# Serialization -----------------------------------------------------------------------------------


def test_keras_2_configurations_have_their_batch_input_shape():
    config = {"units": 2, "batch_input_shape": [None, 3], "name": "old"}
    layer = layers.deserialize({"class_name": "Dense", "config": config})
    assert Sequential([layer]).input_shape == (None, 3)


@pytest.mark.parametrize("written", [{}, {"config": {}}, "Dense", None])
def test_what_describes_no_layer_is_refused(written):
    with pytest.raises(ValueError, match="has a 'class_name'"):
        layers.deserialize(written)


@pytest.mark.parametrize("name", ["Dens", "os.system", "Scale", "sequential"])
def test_an_unknown_class_is_refused(name):
    with pytest.raises(ValueError, match=f"Unknown layer class '{name}'"):
        layers.deserialize({"class_name": name, "config": {}})


def test_a_users_class_is_made_where_it_is_given():
    written = layers.serialize(Scale(name="mine"))
    assert written["registered_name"] == "Scale"
    made = layers.deserialize(written, custom_objects={"Scale": Scale})
    assert type(made) is Scale
    assert made.name == "mine"
    model = Sequential.from_config(Sequential([made]).get_config(), {"Scale": Scale})
    assert type(model.layers[0]) is Scale


# A layer of one's own ----------------------------------------------------------------------------


def test_a_users_layer_builds_computes_and_counts():
    layer = Scale()
    assert layer.weights == []
    assert layer([[1.0, 2.0]]).tolist() == [[1.0, 2.0]]
    layer.set_weights([[3.0, 4.0]])
    assert layer([[1.0, 2.0]]).tolist() == [[3.0, 8.0]]
    assert layer.scale is layer.weights[0]
    assert layer.count_params() == 2
    assert layer.built


def test_a_users_layer_stands_in_a_model_and_its_summary():
    model = Sequential([Input((2,)), Scale(), layers.Dense(1)], name="m")
    lines = []
    model.summary(print_fn=lines.append)
    assert lines[4].split() == ["scale", "(Scale)", "(None,", "2)", "2"]
    assert model.output_shape == (None, 1)


def test_a_build_may_set_built_and_call_its_super():
    class Careful(layers.Layer):
        def build(self, input_shape):
            self.w = self.add_weight(initializer="ones")
            super().build(input_shape)
            self.built = True

        def call(self, inputs):
            return inputs * self.w

    layer = Careful()
    assert layer([[2.0]]).tolist() == [[2.0]]
    assert len(layer.weights) == 1
    assert layer.input.shape == (None, 1)


def test_a_build_may_add_to_that_of_its_super():
    class Gated(layers.Dense):
        def build(self, input_shape):
            super().build(input_shape)
            self.gate = self.add_weight((self.units,), "ones", name="gate")

        def call(self, inputs):
            return super().call(inputs) * self.gate

    layer = Gated(2)
    assert layer(np.ones((1, 3))).shape == (1, 2)
    assert [weight.shape for weight in layer.weights] == [(3, 2), (2,), (2,)]


def test_a_failed_build_leaves_nothing_behind():
    class Failing(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(2)

        def build(self, input_shape):
            self.w = self.add_weight(shape=(2,))
            self.inner.build(input_shape)
            raise RuntimeError("no")

    layer = Failing()
    for _ in range(2):
        with pytest.raises(RuntimeError, match="no"):
            layer(np.ones((1, 2)))
        assert not layer.built
        assert not layer.inner.built
        assert layer.weights == []
        assert not hasattr(layer, "w")


class Block(layers.Layer):
    """Layers in an attribute and in a list."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.first = layers.Dense(2)
        self.rest = [layers.Dense(3), layers.Dense(1)]

    def call(self, inputs):
        outputs = self.first(inputs)
        for layer in self.rest:
            outputs = layer(outputs)
        return outputs


def test_weights_of_the_layers_in_a_layer_are_its_own():
    block = Block()
    assert block(np.ones((1, 4))).shape == (1, 1)
    inner = [weight for layer in (block.first, *block.rest) for weight in layer.weights]
    assert len(block.weights) == len(inner) == 6
    assert all(own is other for own, other in zip(block.weights, inner, strict=True))
    assert block.count_params() == (4 * 2 + 2) + (2 * 3 + 3) + (3 + 1)
    block.first.trainable = False
    assert len(block.trainable_weights) == 4
    block.set_weights([np.zeros_like(weight) for weight in inner])
    assert not block.first.kernel.any()


def test_a_layer_kept_twice_counts_once():
    block = Block()
    block.all = [block.first, *block.rest]
    block.chain = Sequential([block.first, *block.rest])
    block(np.ones((1, 4)))
    assert len(block.weights) == 6


def test_layers_in_a_dict_count_too():
    class Named(layers.Layer):
        def __init__(self):
            super().__init__()
            self.parts = {"a": layers.Dense(2)}

        def call(self, inputs):
            return self.parts["a"](inputs)

    layer = Named()
    layer(np.ones((1, 4)))
    assert [weight.shape for weight in layer.weights] == [(4, 2), (2,)]


def test_as_in_keras_a_layers_trainable_weights_come_first():
    layer = layers.Layer()
    count = layer.add_weight((1,), "zeros", trainable=False, name="count")
    w = layer.add_weight((2,), "zeros", name="w")
    assert [weight is own for weight, own in zip(layer.weights, [w, count], strict=True)] == [
        True, True
    ]  # fmt: skip


class Noisy(layers.Layer):
    def call(self, inputs, training=False):
        return inputs + 1 if training else inputs


def test_call_is_told_whether_it_is_training():
    layer = Noisy()
    assert layer([[0.0]]).item() == 0
    assert layer([[0.0]], training=False).item() == 0
    assert layer([[0.0]], training=True).item() == 1
    model = Sequential([Noisy(), layers.Identity(), Noisy()])
    assert model([[0.0]]).item() == 0
    assert model([[0.0]], training=True).item() == 2


def test_training_may_be_an_argument_by_name_alone():
    class Strict(layers.Layer):
        def call(self, inputs, *, scale=1, training=False):
            return inputs + scale if training else inputs

    assert Strict()([[0.0]], training=True).item() == 1
    assert Strict()([[0.0]], scale=3, training=True).item() == 3


def test_a_local_variable_called_training_is_no_argument():
    class Local(layers.Layer):
        def call(self, inputs):
            training = 2
            return inputs * training

    assert Local()([[1.0]], training=True).item() == 2


def test_fit_tells_a_users_layer_that_it_is_training():
    seen = []

    class Listening(layers.Layer):
        def call(self, inputs, training=False):
            seen.append(training)
            return inputs

        def backward(self, gradient, entry, gradients):
            return gradient

    class Holding(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = Listening()

        def call(self, inputs):
            return self.inner(inputs)

        def backward(self, gradient, entry, gradients):
            return gradient

    model = Sequential([Input((1,)), layers.Dense(1), Listening(), Holding()])
    model.compile("sgd", "mse")
    model.fit([[1.0]], [[1.0]], verbose=0)
    assert seen[-2:] == [True, True]
    model.evaluate([[1.0]], [[1.0]], verbose=0)
    assert seen[-2:] == [False, False]


def test_training_reaches_the_layers_in_a_layer():
    class Outer(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = Noisy()

        def call(self, inputs):
            return self.inner(inputs)

    assert Outer()([[0.0]]).item() == 0
    assert Outer()([[0.0]], training=True).item() == 1


def test_as_in_keras_a_layers_arguments_are_in_its_configuration():
    class Times(layers.Layer):
        def __init__(self, factor=1, **kwargs):
            super().__init__(**kwargs)
            self.factor = factor

        def call(self, inputs):
            return inputs * self.factor

    again = Times.from_config(Times(factor=3, name="t").get_config())
    assert again.name == "t"
    assert again([[1.0]]).item() == 3


def test_what_a_user_forgot_is_said():
    class Early(layers.Layer):
        def __init__(self):
            self.add_weight(shape=(1,))

    with pytest.raises(AttributeError, match=r" \(must its __init__ call super\(\).__init__\(\)"):
        Early()
    with pytest.raises(NotImplementedError, match="Layer must define call"):
        layers.Layer()([[1.0]])
    with pytest.raises(NotImplementedError, match="cannot be trained: Scale must define backward"):
        Scale().backward(np.ones((1, 1)), None, [])
    layer = Scale(name="mine")
    layer([[1.0]])
    with pytest.raises(AttributeError, match=r"Scale 'mine' has no attribute 'scal'\.$"):
        _ = layer.scal


def test_a_weight_without_a_name_or_initializer_has_kerass():
    layer = layers.Layer()
    kernel = layer.add_weight((200, 100))
    count = layer.add_weight(dtype="int32", initializer="zeros", trainable=False)
    limit = np.sqrt(6 / 300)
    assert np.abs(kernel).max() <= limit
    assert abs(kernel.std() - limit / np.sqrt(3)) < 0.01 * limit
    assert count.shape == ()
    assert count.dtype == np.int32
    assert [weight.name for weight in layer._weights] == ["variable_0", "variable_1"]


def test_a_weight_of_unknown_size_is_refused():
    with pytest.raises(ValueError, match=r"'layer' cannot make a weight of shape \(None, 2\)"):
        layers.Layer().add_weight((None, 2))


def test_while_a_file_is_read_weights_are_made_empty():
    def never(shape, dtype=None):
        raise AssertionError

    layer = layers.Dense(3, kernel_initializer=never, bias_initializer=never)
    with loading(4 * (2 * 3 + 3)):
        layer.build((None, 2))
    assert [weight.shape for weight in layer.weights] == [(2, 3), (3,)]
    assert layer.kernel.dtype == np.float32
    later = layers.Dense(3, kernel_initializer="zeros")
    later.build((None, 2))
    assert not later.kernel.any()


@pytest.mark.parametrize(("units", "number_of_bytes"), [(3, 0), (3, 4 * 9 - 1), (2**30, 36)])
def test_weights_of_more_bytes_than_the_file_has_are_refused(units, number_of_bytes):
    layer = layers.Dense(units)
    with (
        loading(number_of_bytes),
        pytest.raises(ValueError, match=r"'dense' needs a weight .*file"),
    ):
        layer.build((None, 2))
    assert not layer.built
    assert layer.weights == []


def test_bytes_are_counted_over_all_layers():
    with loading(4 * 9), pytest.raises(ValueError, match="the file has not as many"):
        Sequential([Input((2,)), layers.Dense(3), layers.Dense(1)])


def test_by_default_the_output_shape_is_found_by_trying():
    class Pairs(layers.Layer):
        def call(self, inputs):
            return inputs.reshape(len(inputs), -1, 2)

    assert Pairs().compute_output_shape((None, 6)) == (None, 3, 2)
    assert Pairs().compute_output_shape((7, 6)) == (7, 3, 2)
    unbuilt = Scale()
    assert unbuilt.compute_output_shape((None, 4)) == (None, 4)
    assert [weight.shape for weight in unbuilt.weights] == [(4,)]


@pytest.mark.parametrize("layer", [layers.Dense(2, name="d"), layers.Dense(2, dtype="float64")])
def test_the_dtype_is_written_as_keras_writes_it(layer):
    assert layer.get_config()["dtype"] == {
        "module": "keras",
        "class_name": "DTypePolicy",
        "config": {"name": layer.dtype},
        "registered_name": None,
    }


def test_weights_lie_in_memory_row_by_row_wherever_they_come_from():
    def columns(shape, dtype=None):
        return np.asfortranarray(np.arange(6.0).reshape(shape))

    layer = layers.Dense(3, kernel_initializer=columns)
    layer.build((None, 2))
    assert layer.kernel.flags.c_contiguous
    np.testing.assert_array_equal(layer.kernel, columns((2, 3)))


# Input -------------------------------------------------------------------------------------------


def test_an_input_is_a_shape_a_dtype_and_a_name():
    x = Input((2, 3), name="x")
    assert isinstance(x, KerasTensor)
    assert x == KerasTensor((None, 2, 3), "float32", "x")
    assert Input(batch_shape=(None, 2)).shape == (None, 2)
    assert Input([np.int64(2)], dtype="float64") == ((None, 2), "float64", "input_layer_1")


def test_an_input_layer_returns_its_inputs_and_is_built():
    layer = layers.InputLayer(batch_shape=(None, 2), name="x")
    assert layer.built
    assert layer([[1, 2]]).tolist() == [[1, 2]]
    assert layer.output.shape == layer.input.shape == (None, 2)
    again = layers.deserialize(json.loads(json.dumps(layers.serialize(layer))))
    assert again.get_config() == layer.get_config()
    assert layers.InputLayer.from_config(layer.get_config() | {"sparse": False}).name == "x"


@pytest.mark.parametrize("option", ["sparse", "ragged", "optional"])
def test_inputs_of_other_kinds_are_refused(option):
    config = layers.InputLayer((2,)).get_config()
    with pytest.raises(ValueError, match=f"does not offer {option}=True"):
        layers.InputLayer.from_config(config | {option: True})


# Activations -------------------------------------------------------------------------------------


@given(dtypes.flatmap(lambda dtype: floats((3, 4), dtype, limit=20)))
def test_a_layer_form_equals_its_activation(x):
    def check(layer, expected):
        np.testing.assert_allclose(layer(x), expected, rtol=4e-6, atol=1e-30)
        assert layer(x).dtype == x.dtype

    z, dtype = x.astype(np.float64), x.dtype
    exponentials = np.exp(z - z.max(axis=0))
    check(layers.Activation("sigmoid", dtype=dtype), 1 / (1 + np.exp(-z)))
    check(layers.ReLU(dtype=dtype), np.maximum(z, 0))
    check(layers.ReLU(3.0, 0.5, 1.0, dtype=dtype), np.where(z < 1, (z - 1) / 2, np.minimum(z, 3)))
    check(layers.LeakyReLU(dtype=dtype), np.where(z < 0, 0.3 * z, z))
    check(layers.ELU(dtype=dtype), np.where(z < 0, np.expm1(np.minimum(z, 0)), z))
    check(layers.ELU(2.0, dtype=dtype), np.where(z < 0, 2 * np.expm1(np.minimum(z, 0)), z))
    check(layers.Softmax(axis=0, dtype=dtype), exponentials / exponentials.sum(axis=0))


def test_softmax_over_two_axes_sums_to_one_over_both():
    outputs = layers.Softmax(axis=(1, 2))(np.random.default_rng(0).normal(size=(3, 4, 5)))
    np.testing.assert_allclose(outputs.sum(axis=(1, 2)), 1, rtol=1e-6)
    assert (outputs.sum(axis=1) < 0.9).all()


def test_the_activation_of_a_layer_is_the_one_in_the_house():
    assert layers.Activation("relu").activation is activations.relu
    assert layers.Activation(np.tanh)([[0.0]]).item() == 0


@pytest.mark.parametrize(
    "make",
    [
        lambda: layers.ReLU(max_value=-1.0),
        lambda: layers.ReLU(negative_slope=-1.0),
        lambda: layers.LeakyReLU(-1.0),
        lambda: layers.LeakyReLU(None),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(make):
    with pytest.raises(ValueError, match=r"ReLU: (max_value|negative_slope) must .* (-1\.0|None)"):
        make()


# Flatten, Reshape, Identity -----------------------------------------------------------------------


@given(shapes(max_rank=5))
def test_flatten_lays_each_sample_out_in_a_row(shape):
    x = np.arange(np.prod(shape, dtype=int), dtype=np.float32).reshape(shape)
    rows = layers.Flatten()(x)
    assert rows.ndim == 2
    assert len(rows) == shape[0]
    for row, sample in zip(rows, x, strict=True):
        assert row.tolist() == list(sample.flat)


def test_flatten_gives_single_numbers_an_axis():
    assert layers.Flatten()(np.ones(3)).shape == (3, 1)
    assert layers.Flatten().compute_output_shape((None,)) == (None, 1)


@given(shapes(max_rank=4), st.integers(1, 3))
def test_reshape_keeps_the_numbers_in_order(shape, last):
    shape = (*shape, last)
    x = np.arange(np.prod(shape, dtype=int), dtype=np.float32).reshape(shape)
    outputs = layers.Reshape((-1, last))(x)
    assert outputs.shape[::2] == (shape[0], last)
    assert list(outputs.flat) == list(x.flat)
    assert layers.Reshape(shape[1:])(outputs).tolist() == x.tolist()


@pytest.mark.parametrize("target", [(2, 2), (-1, 2), (0,), (-1, 0), ()])
def test_a_shape_that_does_not_fit_is_refused(target):
    with pytest.raises(ValueError, match=r"'reshape' cannot reshape samples of shape \(5,\), 5"):
        layers.Reshape(target)(np.ones((1, 5)))


@pytest.mark.parametrize("target", [(-1, -1), (-2, 3), 3, "ab", (2.5,)])
def test_a_target_that_is_no_shape_is_refused(target):
    with pytest.raises(ValueError, match="Reshape: target_shape"):
        layers.Reshape(target)


def test_identity_returns_its_inputs():
    np.testing.assert_array_equal(layers.Identity()(ROWS), ROWS)


def test_flatten_takes_channels_last_alone():
    assert layers.Flatten("channels_last").compute_output_shape((None, 2, 3)) == (None, 6)
    with pytest.raises(ValueError, match="data_format must be None or 'channels_last'"):
        layers.Flatten("channels_first")


# Rescaling and Normalization ----------------------------------------------------------------------


@given(floats((3, 2), "float64"), st.floats(-10, 10), st.floats(-10, 10))
def test_rescaling_is_x_times_scale_plus_offset(x, scale, offset):
    outputs = layers.Rescaling(scale, offset, dtype="float64")(x)
    expected = [[scale * number + offset for number in row] for row in x]
    np.testing.assert_allclose(outputs, expected, rtol=1e-15, atol=1e-300)


def test_rescaling_by_several_numbers_makes_as_many_of_one():
    layer = layers.Rescaling([[1.0, 2.0, 3.0]], offset=[[1.0], [0.0]])
    x = np.ones((5, 2, 1))
    assert layer.compute_output_shape((None, 2, 1)) == (None, 2, 3)
    assert layer(x).shape == (5, 2, 3)
    np.testing.assert_array_equal(layer(x)[0], [[2, 3, 4], [1, 2, 3]])
    model = Sequential([Input((2, 1)), layers.Dense(1), layer, layers.Dense(1)])
    assert max(utils.check_gradients(model, x, np.ones((5, 2, 1))).values()) < 1e-6


def test_rescaling_names_what_is_no_number():
    with pytest.raises(TypeError, match=r"^scale must be real numbers"):
        layers.Rescaling("twice")
    with pytest.raises(TypeError, match=r"^offset must be real numbers"):
        layers.Rescaling(2.0, offset=["a"])


def test_rescaling_refuses_other_inputs_once_it_is_built():
    layer = layers.Rescaling([1.0, 2.0])
    assert layer(np.ones((4, 2))).shape == (4, 2)
    with pytest.raises(ValueError, match=r"do not fit inputs of shape \(4, 3\)"):
        layer(np.ones((4, 3)))


def test_normalization_adapts_to_infinities_and_large_numbers_without_a_warning():
    layer = layers.Normalization()
    layer.adapt([[np.inf, 1e308], [1.0, -1e308]])
    assert layer.mean.tolist() == [[np.inf, 0]]


def test_rescaling_may_differ_from_feature_to_feature():
    layer = layers.Rescaling([1.0, 10.0], offset=np.array([0.0, 5.0]))
    assert layer([[1.0, 1.0], [2.0, 2.0]]).tolist() == [[1, 15], [2, 25]]
    assert layer([[1.0]]).tolist() == [[1, 15]]
    assert layer.compute_output_shape((None, 1)) == (None, 2)


data_sets = hnp.arrays(
    np.float64,
    st.tuples(st.integers(2, 6), st.integers(1, 3), st.integers(1, 3)),
    elements=st.integers(-1000, 1000).map(float),
)
AXES = [(-1, (0, 1)), (None, (0, 1, 2)), ((1, 2), (0,)), ([1], (0, 2)), ((-1, -2), (0,))]


@pytest.mark.parametrize(("axis", "reduced"), AXES)
@given(data_sets)
def test_normalization_takes_off_the_mean_and_divides_by_the_deviation(axis, reduced, x):
    layer = layers.Normalization(axis, dtype="float64")
    layer.adapt(x)
    count = np.prod([x.shape[i] for i in reduced])
    mean = x.sum(axis=reduced, keepdims=True) / count
    variance = ((x - mean) ** 2).sum(axis=reduced, keepdims=True) / count
    deviation = np.maximum(np.sqrt(variance), 1e-7)
    np.testing.assert_allclose(layer.mean, mean, rtol=1e-12, atol=1e-10)
    np.testing.assert_allclose(layer.variance, variance, rtol=1e-9, atol=1e-10)
    # where a feature is constant, a rounding of its mean is divided by 1e-7
    np.testing.assert_allclose(layer(x), (x - mean) / deviation, rtol=1e-9, atol=1e-4)
    back = layers.Normalization(axis, invert=True, dtype="float64")
    back.adapt(x)
    np.testing.assert_allclose(back(layer(x)), x, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("options", [{"input_shape": [1]}, {}])
def test_one_mean_for_all_fits_inputs_of_any_rank(options):
    layer = layers.Normalization(axis=None, **options)
    layer.adapt([1.0, 3.0, 5.0])
    expected = (np.array([1.0, 7.0]) - 3) / np.sqrt(8 / 3)
    np.testing.assert_allclose(layer([1.0, 7.0]), expected, rtol=1e-6)
    np.testing.assert_allclose(layer([[1.0], [7.0]])[:, 0], expected, rtol=1e-6)
    model = Sequential([Input((1,)), layer, layers.Dense(1)])
    layer.adapt([0.0, 1.0])
    assert layer.mean.item() == 0.5
    assert model.predict(np.array([1.0, 2.0])).shape == (2, 1)


def test_normalization_adapts_in_float64_and_forgets_earlier_data():
    layer = layers.Normalization()
    layer.adapt(np.array([[1.0], [2.0]]))
    mean = layer.weights[0]
    x = np.full((100_000, 1), 0.1, np.float32)
    layer.adapt(x)
    assert layer.mean.item() == np.float32(0.1)
    assert layer.variance.item() == 0
    assert layer.weights[0] is mean
    assert layer(x[:1]).item() == 0


def test_normalization_has_kerass_weights():
    layer = layers.Normalization()
    layer.build((None, 3))
    assert [weight.name for weight in layer._weights] == ["mean", "variance", "count"]
    assert [weight.shape for weight in layer.weights] == [(3,), (3,), ()]
    assert [weight.dtype.name for weight in layer.weights] == ["float32", "float32", "int32"]
    assert layer.trainable_weights == []
    assert layer([[1.0, 2.0, 3.0]]).tolist() == [[1.0, 2.0, 3.0]]
    layer.set_weights([[1, 1, 1], [4, 4, 4], 0])
    assert layer([[1.0, 3.0, 5.0]]).tolist() == [[0.0, 1.0, 2.0]]


@pytest.mark.parametrize(
    ("invert", "expected"), [(False, [[1.0, 1.0], [0.0, -1.0]]), (True, [[7.0, 17.0], [3.0, -1.0]])]
)
def test_a_given_mean_and_variance_are_taken(invert, expected):
    layer = layers.Normalization(mean=[1.0, 2.0], variance=[4.0, 9.0], invert=invert)
    assert layer([[3.0, 5.0], [1.0, -1.0]]).tolist() == expected
    assert layer.weights == []
    assert layer.mean.tolist() == [[1.0, 2.0]]
    assert layer.variance.tolist() == [[4.0, 9.0]]


def test_a_constant_feature_is_divided_by_epsilon_not_zero():
    config.set_epsilon(0.25)
    layer = layers.Normalization(mean=1.0, variance=0.0)
    assert layer([[1.0, 2.0]]).tolist() == [[0.0, 4.0]]


@pytest.mark.parametrize(
    ("do", "message"),
    [
        (lambda: layers.Normalization(mean=1.0), "both mean and variance"),
        (lambda: layers.Normalization(variance=1.0), "both mean and variance"),
        (
            lambda: layers.Normalization(mean=1.0, variance=1.0).adapt([[1.0]]),
            "was given its mean and variance and cannot adapt",
        ),
        (lambda: layers.Normalization().adapt(np.ones((0, 2))), r"no data, shape \(0, 2\)"),
        (lambda: layers.Normalization(axis=2)([[1.0]]), r"axis \(2,\) is not among the 2 axes"),
        (lambda: layers.Normalization(axis=-3)([[1.0]]), r"axis \(-3,\) is not among"),
        (lambda: layers.Normalization().build((None, None)), r"needs to know the sizes of axes"),
        (lambda: normalization()(np.ones((2, 3))), r"mean of shape \(1, 4\), which does not fit"),
        (lambda: normalization()(np.ones((2, 2, 4))), r"inputs of shape \(2, 2, 4\)"),
        (lambda: normalization().adapt(np.ones((2, 3))), "already built"),
        (
            lambda: layers.Normalization(mean=[1.0, 2.0], variance=[1.0, 2.0])(np.ones((2, 3))),
            r"needs a mean and a variance of shape \(3,\)",
        ),
    ],
)
def test_what_normalization_refuses(do, message):
    with pytest.raises(ValueError, match=message):
        do()


# Dropout -----------------------------------------------------------------------------------------


@given(rates, floats((3, 2)))
def test_dropout_does_nothing_at_prediction_time(rate, x):
    np.testing.assert_array_equal(layers.Dropout(rate)(x), x)
    np.testing.assert_array_equal(layers.Dropout(rate)(x, training=False), x)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_dropout_silences_its_share_and_scales_the_rest(rate, dtype):
    n = 100_000
    outputs = layers.Dropout(rate, dtype=dtype)(np.full((n, 1), 3.0), training=True)
    zeros = (outputs == 0).mean()
    assert abs(zeros - rate) < 5 * np.sqrt(rate * (1 - rate) / n)
    assert outputs.dtype == dtype
    np.testing.assert_allclose(outputs[outputs != 0], 3 / (1 - rate), rtol=1e-6)


def test_dropout_of_nothing_and_of_everything():
    x = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
    np.testing.assert_array_equal(layers.Dropout(0)(x, training=True), x)
    assert not layers.Dropout(1)(x, training=True).any()


def test_a_seed_repeats_the_masks_in_their_order():
    x = np.ones((1, 1000))
    one, same, other = (layers.Dropout(0.5, seed=seed) for seed in (3, 3, 4))
    masks = [one(x, training=True) for _ in range(3)]
    for mask in masks:
        np.testing.assert_array_equal(same(x, training=True), mask)
    assert (masks[0] != masks[1]).any()
    assert (other(x, training=True) != masks[0]).any()


def test_without_a_seed_the_librarys_random_numbers_decide():
    x, layer = np.ones((1, 1000)), layers.Dropout(0.5)
    config.set_random_seed(1)
    first, second = layer(x, training=True), layer(x, training=True)
    config.set_random_seed(1)
    np.testing.assert_array_equal(layer(x, training=True), first)
    assert (first != second).any()


@pytest.mark.parametrize("rate", [-0.1, 1.1, np.nan, "a", None, True])
def test_a_rate_that_is_no_share_is_refused(rate):
    with pytest.raises(ValueError, match="Dropout: rate must be"):
        layers.Dropout(rate)


def test_noise_shape_is_not_offered():
    with pytest.raises(ValueError, match="does not offer noise_shape"):
        layers.Dropout(0.5, noise_shape=(1,))

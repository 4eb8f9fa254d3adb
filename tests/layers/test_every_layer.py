"""What holds for every layer: shapes, configurations, dtypes, and that calling writes nothing."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from one_of_each import ROWS, Scale, one_of_each
from strategies import shapes
from tinyneuron import Sequential, layers, regularizers


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


# Serialization ------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("layer", [layers.Dense(2, name="d"), layers.Dense(2, dtype="float64")])
def test_the_dtype_is_written_as_keras_writes_it(layer):
    assert layer.get_config()["dtype"] == {
        "module": "keras",
        "class_name": "DTypePolicy",
        "config": {"name": layer.dtype},
        "registered_name": None,
    }

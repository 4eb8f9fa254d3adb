"""Scripts in the manner of Keras' guide to the Sequential model, with one line changed.

Names, shapes and kinds of errors were compared with Keras 3.15 when these were written.
"""

import numpy as np
import pytest

import tinyneuron as keras
from tinyneuron import layers


def weight_shapes(thing):
    return [tuple(weight.shape) for weight in thing.weights]


def test_a_model_is_a_plain_stack_of_layers():
    model = keras.Sequential(
        [
            layers.Dense(2, activation="relu", name="layer1"),
            layers.Dense(3, activation="relu", name="layer2"),
            layers.Dense(4, name="layer3"),
        ]
    )
    x = np.ones((3, 3))
    y = model(x)
    assert y.shape == (3, 4)
    one_by_one = model.layers[2](model.layers[1](model.layers[0](x)))
    np.testing.assert_allclose(y, one_by_one, rtol=1e-6)


def test_layers_are_added_and_popped():
    model = keras.Sequential(name="my_sequential")
    for units in (2, 3, 4):
        model.add(layers.Dense(units, activation="relu"))
    assert model.name == "my_sequential"
    assert [layer.name for layer in model.layers] == ["dense", "dense_1", "dense_2"]
    model.pop()
    assert len(model.layers) == 2
    assert model(np.ones((1, 4))).shape == (1, 3)


def test_a_layer_has_no_weights_until_it_has_seen_inputs():
    layer = layers.Dense(3)
    assert layer.weights == []
    layer(np.ones((1, 4)))
    assert weight_shapes(layer) == [(4, 3), (3,)]


def test_neither_has_a_model():
    model = keras.Sequential([layers.Dense(2, activation="relu"), layers.Dense(4)])
    assert model.weights == []
    assert model.built is False
    with pytest.raises(AttributeError):
        _ = model.input_shape
    with pytest.raises(ValueError, match="isn't built"):
        model.count_params()
    model(np.ones((1, 4)))
    assert len(model.weights) == 4
    assert model.built is True
    assert model.count_params() == (4 * 2 + 2) + (2 * 4 + 4)


def test_with_an_input_the_model_grows_in_the_open(capsys):
    model = keras.Sequential()
    model.add(keras.Input(shape=(4,)))
    model.add(layers.Dense(2, activation="relu"))
    assert len(model.layers) == 1
    assert model.output_shape == (None, 2)
    model.add(layers.Dense(5))
    assert model.output_shape == (None, 5)
    model.summary()
    printed = capsys.readouterr().out
    assert "dense (Dense)" in printed
    assert "(None, 5)" in printed
    assert "Total params: 25" in printed


def test_layers_and_their_shapes_can_be_asked_for():
    model = keras.Sequential(
        [keras.layers.Input((6,)), layers.Dense(4, name="a"), layers.Dense(2, name="b")]
    )
    assert [layer.output.shape for layer in model.layers] == [(None, 4), (None, 2)]
    assert model.inputs[0].shape == (None, 6)
    assert model.outputs[0].shape == (None, 2)
    assert model.get_layer("a").kernel.shape == (6, 4)
    assert model.get_layer(name="b").bias.shape == (2,)
    assert model.get_layer(index=1).name == "b"


def test_features_are_taken_out_by_a_shorter_model_of_the_same_layers():
    full = keras.Sequential(
        [keras.Input((5,)), layers.Dense(4, "tanh", name="features"), layers.Dense(1)]
    )
    extractor = keras.Sequential([keras.Input((5,)), full.get_layer("features")])
    x = np.ones((2, 5))
    assert extractor(x).shape == (2, 4)
    assert extractor.weights[0] is full.weights[0]
    np.testing.assert_allclose(full.layers[1](extractor(x)), full(x), rtol=1e-6)


def test_transfer_freezes_all_but_the_last_layer():
    model = keras.Sequential(
        [keras.Input((10,)), layers.Dense(8), layers.Dense(8), layers.Dense(3)]
    )
    for layer in model.layers[:-1]:
        layer.trainable = False
    assert len(model.trainable_weights) == 2
    assert len(model.non_trainable_weights) == 4


def test_transfer_stacks_a_frozen_model_and_a_new_head():
    base = keras.Sequential([keras.Input((10,)), layers.Dense(8), layers.Dense(4)], name="base")
    base.trainable = False
    model = keras.Sequential([base, layers.Dense(1000)])
    assert [layer.name for layer in model.layers] == ["base", "dense_2"]
    assert model.input_shape == (None, 10)
    assert [tuple(weight.shape) for weight in model.trainable_weights] == [(4, 1000), (1000,)]
    assert len(base.non_trainable_weights) == 4


def test_a_frozen_models_layers_stay_frozen_in_another_model():
    base = keras.Sequential([keras.Input((10,)), layers.Dense(8), layers.Dense(4)])
    base.trainable = False
    model = keras.Sequential([keras.Input((10,)), *base.layers, layers.Dense(2)])
    assert len(model.trainable_weights) == 2


def test_a_layer_of_ones_own():
    class Linear(keras.layers.Layer):
        def __init__(self, units=32, **kwargs):
            super().__init__(**kwargs)
            self.units = units

        def build(self, input_shape):
            self.w = self.add_weight(
                shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True
            )
            self.b = self.add_weight(shape=(self.units,), initializer="ones", trainable=True)

        def call(self, inputs):
            return inputs @ self.w + self.b

        def get_config(self):
            return {**super().get_config(), "units": self.units}

    layer = Linear(4)
    assert layer.name == "linear"
    np.testing.assert_array_equal(layer(np.zeros((2, 2))), np.ones((2, 4)))
    assert weight_shapes(layer) == [(2, 4), (4,)]
    again = Linear.from_config(layer.get_config())
    assert (again.units, again.name, again.built) == (4, "linear", False)


def test_preprocessing_stands_in_front():
    data = np.array([[10.0, 0.0], [20.0, 0.5], [30.0, 1.0]])
    normalizer = keras.layers.Normalization(axis=-1)
    normalizer.adapt(data)
    model = keras.Sequential([keras.Input((2,)), normalizer, layers.Dense(1, activation="sigmoid")])
    outputs = model.predict(data, verbose=0)
    assert outputs.shape == (3, 1)
    scaled = normalizer(data)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(scaled.std(axis=0), 1, rtol=1e-6)
    np.testing.assert_allclose(outputs, model.layers[1](scaled), rtol=1e-6)
    assert len(model.trainable_weights) == 2


def test_images_are_rescaled_and_flattened():
    model = keras.Sequential(
        [
            keras.Input(shape=(28, 28)),
            layers.Rescaling(1.0 / 255),
            layers.Flatten(),
            layers.Dense(16, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )
    images = np.random.default_rng(0).integers(0, 256, (7, 28, 28), dtype=np.uint8)
    outputs = model.predict(images, batch_size=2, verbose=0)
    assert outputs.shape == (7, 10)
    np.testing.assert_allclose(outputs.sum(axis=1), 1, rtol=1e-5)
    assert [layer.name for layer in model.layers] == [
        "rescaling", "flatten", "dense", "dropout", "dense_1"
    ]  # fmt: skip
    assert model.layers[1].output.shape == (None, 784)


def test_a_model_is_copied_by_configuration_and_weights():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, "relu"), layers.Dense(1)])
    copies = [
        keras.models.clone_model(model),
        keras.Sequential.from_config(model.get_config()),
        keras.models.model_from_json(model.to_json()),
    ]
    x = np.ones((2, 4))
    for copy in copies:
        assert copy.weights[0] is not model.weights[0]
        copy.set_weights(model.get_weights())
        np.testing.assert_allclose(copy(x), model(x), rtol=1e-6)


def test_the_same_seed_starts_from_the_same_weights():
    def start():
        keras.utils.set_random_seed(812)
        model = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(3)])
        return model.get_weights()

    first, again = start(), start()
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)
    assert (first[0][:3] != first[2]).any()


def test_names_start_over_with_a_new_session():
    assert [layers.Dense(1).name for _ in range(2)] == ["dense", "dense_1"]
    assert keras.Sequential().name == "sequential"
    keras.backend.clear_session()
    assert layers.Dense(1).name == "dense"
    assert keras.Sequential().name == "sequential"


def test_the_logistic_neuron_of_the_course():
    model = keras.Sequential([keras.layers.Dense(1, input_dim=1, activation="sigmoid", name="L1")])
    layer = model.get_layer("L1")
    layer.set_weights([np.array([[2.0]]), np.array([-4.5])])
    assert [weight.tolist() for weight in layer.get_weights()] == [[[2.0]], [-4.5]]
    a = model.predict(np.array([[0.0], [2.25], [5.0]]))
    np.testing.assert_allclose(a.ravel(), 1 / (1 + np.exp([4.5, 0.0, -5.5])), rtol=1e-6)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: keras.Sequential([layers.Dense(2)]).predict(np.ones(3)), ValueError),
        (
            lambda: keras.Sequential([keras.Input((2,)), layers.Dense(1)])(np.ones((1, 3))),
            ValueError,
        ),
        (lambda: keras.Sequential([layers.Dense]), ValueError),
        (lambda: keras.Sequential().build((None, 2)), ValueError),
        (lambda: keras.Sequential([layers.Dense(1)]).get_layer("nope"), ValueError),
        (lambda: layers.Dense(0), ValueError),
        (lambda: layers.Dense(1, activation="nope"), ValueError),
        (lambda: layers.Dense(1, nope=1), ValueError),
        (lambda: layers.Dense(1).kernel, AttributeError),
        (lambda: layers.Dropout(2.0), ValueError),
        (lambda: layers.Reshape((2, 2))(np.ones((1, 5))), ValueError),
        (lambda: layers.Layer()(np.ones((1, 1))), NotImplementedError),
        (lambda: keras.Input(), ValueError),
        (lambda: keras.Input(3), ValueError),
    ],
)
def test_mistakes_raise_what_keras_raises(call, error):
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, error)

"""Files go both ways between tinyneuron and real Keras: same predictions, same training after."""

import warnings

import numpy as np
import pytest

import tinyneuron

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import keras

pytestmark = pytest.mark.filterwarnings("ignore")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 4)).astype(np.float32)
Y = (X[:, :1] > 0).astype(np.float32)

ACTIVATIONS = [
    "linear",
    "sigmoid",
    "relu",
    "relu6",
    "leaky_relu",
    "elu",
    "selu",
    "celu",
    "tanh",
    "softmax",
    "log_softmax",
    "softplus",
    "softsign",
    "exponential",
    "silu",
    "hard_silu",
    "gelu",
    "hard_sigmoid",
    "log_sigmoid",
    "mish",
]
INITIALIZERS = [
    "glorot_uniform",
    "he_normal",
    "lecun_uniform",
    "ones",
    "random_normal",
    "variance_scaling",
]
CONSTRAINTS = [None, "max_norm", "non_neg", "unit_norm"]
OPTIMIZERS = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("RMSprop", {}),
    ("RMSprop", {"centered": True, "momentum": 0.5}),
    ("Adam", {}),
    ("Adam", {"amsgrad": True}),
    ("AdamW", {}),
    ("Adam", {"clipnorm": 0.5}),
    ("SGD", "schedule"),
]


def middle_layers(library):
    layers = library.layers
    return [
        [],
        [layers.Dropout(0.2, seed=1)],
        [layers.ReLU(max_value=2.0)],
        [layers.LeakyReLU(0.2)],
        [layers.ELU(0.5)],
        [layers.Softmax()],
        [layers.Reshape((5, 1)), layers.Flatten()],
        [layers.Rescaling(0.5, offset=0.1)],
        [layers.Identity()],
        [layers.Activation("tanh")],
        [library.Sequential([layers.Dense(3, use_bias=False), layers.Dense(5)])],
        [layers.Normalization(mean=0.5, variance=2.0)],
        [layers.Reshape((5, 1)), layers.Dense(2), layers.Flatten()],
    ]


def build(library, i):
    """Make the i-th model in either library: every part comes up in turn."""
    regularizers = [None, "l2", "l1", library.regularizers.L1L2(0.1, 0.2)]
    middle = middle_layers(library)
    model = library.Sequential(
        [
            library.Input((4,)),
            library.layers.Dense(
                5,
                ACTIVATIONS[i % len(ACTIVATIONS)],
                kernel_initializer=INITIALIZERS[i % len(INITIALIZERS)],
                kernel_regularizer=regularizers[i % 4],
                kernel_constraint=CONSTRAINTS[(i // 2) % 4],
            ),
            *middle[i % len(middle)],
            library.layers.Dense(1, "sigmoid"),
        ]
    )
    name, options = OPTIMIZERS[i % len(OPTIMIZERS)]
    if options == "schedule":
        schedule = library.optimizers.schedules.CosineDecay
        options = {"learning_rate": schedule(0.1, 100, warmup_target=0.2, warmup_steps=5)}
    losses = ["binary_crossentropy", "mse", library.losses.BinaryCrossentropy(label_smoothing=0.1)]
    metrics = [["accuracy"], ["mae"], [library.metrics.Precision()], None]
    optimizer = getattr(library.optimizers, name)(**options)
    # exponential saturates the sigmoid, where Keras clips the cross-entropy and tinyneuron does not
    loss = "mse" if ACTIVATIONS[i % len(ACTIVATIONS)] == "exponential" else losses[i % 3]
    model.compile(optimizer=optimizer, loss=loss, metrics=metrics[i % 4])
    model.fit(X, Y, verbose=0, shuffle=False)
    return model


def next_losses(model):
    return [float(model.train_on_batch(X, Y, return_dict=True)["loss"]) for _ in range(5)]


def agree(model, other, train=True):
    np.testing.assert_allclose(
        model.predict(X, verbose=0), other.predict(X, verbose=0), atol=1e-6, rtol=0
    )
    if train and not any("Dropout" in type(layer).__name__ for layer in model.layers):
        np.testing.assert_allclose(next_losses(model), next_losses(other), rtol=2e-5)


@pytest.mark.parametrize("i", range(36))
def test_what_is_saved_here_opens_in_keras(tmp_path, i):
    model = build(tinyneuron, i)
    model.save(tmp_path / "model.keras")
    other = keras.saving.load_model(tmp_path / "model.keras")
    agree(model, other)
    model.save_weights(tmp_path / "model.weights.h5")
    other.load_weights(tmp_path / "model.weights.h5")
    agree(model, other, train=False)
    model.save(tmp_path / "model.h5")  # Keras cannot train what it read from one, on JAX
    agree(model, keras.saving.load_model(tmp_path / "model.h5"), train=False)


@pytest.mark.parametrize("i", range(36))
def test_what_keras_saves_opens_here(tmp_path, i):
    model = build(keras, i)
    model.save(tmp_path / "model.keras")
    other = tinyneuron.saving.load_model(tmp_path / "model.keras")
    agree(model, other)
    model.save_weights(tmp_path / "model.weights.h5")
    other.load_weights(tmp_path / "model.weights.h5")
    agree(model, other, train=False)
    model.save(tmp_path / "model.h5")
    agree(model, tinyneuron.saving.load_model(tmp_path / "model.h5"))


def test_the_json_of_either_makes_a_model_of_the_other():
    for i in range(13):
        model = build(tinyneuron, i)
        other = keras.models.model_from_json(model.to_json())
        assert [w.shape for w in other.get_weights()] == [w.shape for w in model.get_weights()]
        again = tinyneuron.models.model_from_json(other.to_json())
        assert [w.shape for w in again.get_weights()] == [w.shape for w in model.get_weights()]

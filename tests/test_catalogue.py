"""Every item of the catalogue trains as Keras does, by right gradients, and is saved whole."""

import numpy as np
import pytest

import tinyneuron
from catalogue import cases, make, run
from test_trajectories import DATA, TOLERANCES, error
from tinyneuron.utils import check_gradients
from trajectories import FEATURES, ROWS, STEPS, targets

RNG = np.random.default_rng(4)
X = RNG.normal(0, 1, (ROWS, FEATURES))
AND_SPARSEMAX = pytest.mark.parametrize("case", [*cases(), "activation-sparsemax"])
EACH = pytest.mark.parametrize("case", list(cases()))


@pytest.mark.parametrize("dtype", TOLERANCES)
@EACH
def test_it_trains_as_in_keras(case, dtype):
    with np.load(DATA / f"catalogue_{dtype}.npz") as recorded:
        for what, ours in zip(("results", "weights"), run(tinyneuron, case, dtype), strict=True):
            keras = np.asarray(recorded[f"{case}/{what}"], np.float64)
            assert ours.shape == keras.shape
            assert len(ours) == STEPS + (what == "results")
            assert error(ours, keras) <= TOLERANCES[dtype]


@pytest.mark.parametrize("dtype", TOLERANCES)
def test_every_recorded_case_is_one_of_these(dtype):
    with np.load(DATA / f"catalogue_{dtype}.npz") as recorded:
        assert {name.split("/")[0] for name in recorded.files} - {"versions"} == set(cases())


@AND_SPARSEMAX
def test_its_gradients_are_right(case):
    model, kind = make(tinyneuron, case, "float64")
    check_gradients(model, X, targets(kind, RNG))


@pytest.mark.filterwarnings("ignore:The configuration of:UserWarning")
@pytest.mark.parametrize("ending", [".npz", ".keras"])
@AND_SPARSEMAX
def test_it_is_saved_and_trains_on(case, ending, tmp_path):
    if case in ("optimizer-function", "optimizer-excluded"):
        pytest.skip("a configuration does not have these")
    model, kind = make(tinyneuron, case, "float32")
    x, y = X.astype(np.float32), targets(kind, RNG)
    for _ in range(3):
        model.train_on_batch(x, y)
    model.save(tmp_path / f"m{ending}")
    again = tinyneuron.saving.load_model(tmp_path / f"m{ending}")
    np.testing.assert_array_equal(again.predict(x), model.predict(x))
    for _ in range(2):
        assert again.train_on_batch(x, y) == pytest.approx(model.train_on_batch(x, y), rel=1e-6)
    for ours, theirs in zip(again.weights, model.weights, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)


def test_sparsemax_is_the_nearest_point_whose_entries_sum_to_one():
    z = RNG.normal(0, 1.5, (50, 4))
    a = tinyneuron.activations.sparsemax(z)
    assert (a >= 0).all()
    np.testing.assert_allclose(a.sum(axis=-1), 1, rtol=1e-12)
    others = RNG.dirichlet(np.ones(4), 1000)[:, np.newaxis]  # points that sum to one
    assert (np.square(others - z).sum(axis=-1) >= np.square(a - z).sum(axis=-1)).all()


def test_running_averages_move_after_the_step_and_by_nothing_else():
    layer = tinyneuron.layers.BatchNormalization(momentum=0.75, dtype="float64")
    layer.build((None, FEATURES))
    start = layer.get_weights()
    layer(X, training=True)
    layer.backward(np.ones_like(X), layer.forward(X)[1], layer.get_weights())
    for weight, before in zip(layer.weights, start, strict=True):
        np.testing.assert_array_equal(weight, before)
    layer.after_step(layer.forward(X)[1])
    np.testing.assert_allclose(layer.moving_mean, 0.25 * X.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(layer.moving_variance, 0.75 + 0.25 * X.var(axis=0), rtol=1e-12)


def test_a_layer_around_batch_normalization_must_hand_the_step_on():
    class Around(tinyneuron.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.inner = tinyneuron.layers.BatchNormalization()

        def call(self, inputs):
            return self.inner(inputs)

        def backward(self, gradient, entry, gradients):
            return gradient

    model = tinyneuron.Sequential([Around()])
    model.compile("sgd", "mse")
    with pytest.raises(TypeError, match="must define after_step"):
        model.fit(X, X, verbose=0)


@pytest.mark.parametrize(
    ("make_noise", "mean", "deviation"),
    [
        (lambda: tinyneuron.layers.GaussianNoise(0.5, seed=1), 2, 0.5),
        (lambda: tinyneuron.layers.GaussianDropout(0.2, seed=1), 2, 2 * 0.5),
    ],
)
def test_noise_has_its_mean_and_deviation_while_training_alone(make_noise, mean, deviation):
    x = np.full((400, 100), 2.0)
    noisy = make_noise()(x, training=True)
    assert noisy.mean() == pytest.approx(mean, abs=0.02)
    assert noisy.std() == pytest.approx(deviation, abs=0.01)
    np.testing.assert_array_equal(make_noise()(x), x)
    np.testing.assert_array_equal(make_noise()(x, training=True), noisy)
    model = tinyneuron.Sequential([tinyneuron.layers.Dense(3, "tanh"), make_noise()])
    check_gradients(model, X, np.ones((ROWS, 3)))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda k: k.layers.BatchNormalization(momentum=2), "momentum must be a number from 0 to"),
        (lambda k: k.layers.BatchNormalization(axis=3)(X), "axis 3 is not among the 2 axes"),
        (lambda k: k.layers.BatchNormalization(renorm=True), "renorm"),
        (lambda k: k.layers.LayerNormalization(epsilon=-1), "epsilon must be a finite number"),
        (lambda k: k.layers.PReLU(shared_axes=[2])(X), r"shared_axes \[2\] are not among"),
        (lambda k: k.layers.GaussianNoise(2.0), "stddev must be a number from 0 to 1"),
        (lambda k: k.layers.GaussianDropout(1.0), "rate must be a number from 0 up and below"),
        (lambda k: k.layers.Dropout(0.5, noise_shape=(2,))(X), "does not fit inputs of shape"),
        (lambda k: k.constraints.MinMaxNorm(2.0, 1.0), "min_value must not be above max_value"),
        (lambda k: k.initializers.Orthogonal()((3,)), "at least two axes, got shape"),
        (lambda k: k.initializers.Identity()((3,)), "of two axes, got shape"),
        (lambda k: k.losses.BinaryFocalCrossentropy(gamma=-1), "gamma must be a finite number"),
        (lambda k: k.callbacks.CSVLogger("x", separator="::"), "separator must be one character"),
        (lambda k: k.activations.get("threshold"), "threshold has no defaults"),
    ],
)
def test_bad_arguments_are_refused_by_name(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong(tinyneuron)


@pytest.mark.parametrize("shape", [(4, 4), (6, 3), (3, 6), (2, 3, 4)])
def test_orthogonal_matrices_keep_lengths(shape):
    w = tinyneuron.initializers.Orthogonal(2.0, seed=1)(shape, "float64").reshape(-1, shape[-1])
    product = w.T @ w if len(w) >= w.shape[1] else w @ w.T
    np.testing.assert_allclose(product, 4 * np.eye(len(product)), atol=1e-12)


def test_a_csv_logger_writes_what_the_history_has(tmp_path):
    model, _ = make(tinyneuron, "optimizer-lion", "float32")
    file = tmp_path / "log.csv"
    logger = tinyneuron.callbacks.CSVLogger(file, separator=";", append=True)
    for _ in range(2):
        kept = model.fit(X, X[:, [0] * 4], epochs=2, verbose=0, callbacks=[logger]).history["loss"]
    rows = [line.split(";") for line in file.read_text().splitlines()]
    assert rows[0] == ["epoch", "loss", "val_loss"]
    assert [row[0] for row in rows[1:]] == ["0", "1", "0", "1"]
    assert [float(row[1]) for row in rows[3:]] == kept
    assert {row[2] for row in rows[1:]} == {"NA"}


def test_inputs_are_silenced_together_along_an_axis_of_1():
    layer = tinyneuron.layers.Dropout(0.5, noise_shape=(None, 1, None), seed=2)
    outputs = layer(np.ones((8, 5, 3)), training=True)
    assert set(np.unique(outputs)) == {0, 2}
    np.testing.assert_array_equal(outputs, np.broadcast_to(outputs[:, :1], outputs.shape))

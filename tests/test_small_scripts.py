"""Small scripts that once gave a silent or misleading answer: the right value, or what to do."""

import numpy as np
import pytest

import tinyneuron as keras
from tinyneuron import Input, Model, Sequential, losses, optimizers
from tinyneuron.layers import Dense

QUIET = {"verbose": 0}


def compiled(layer=None, shape=(2,), loss="mse", cls=Sequential, rate=0.0):
    model = cls([Input(shape), layer or Dense(1)])
    model.compile(optimizers.SGD(rate), loss)
    return model


class Batches:
    """As a tf.data.Dataset in batches: it can be gone through again."""

    def __iter__(self):
        return ((np.full((4, 1), float(i)), np.zeros((4, 1))) for i in range(5))


def test_the_next_epoch_goes_on_where_the_last_one_ended():
    model = compiled(Dense(1, kernel_initializer="ones", use_bias=False), (1,))
    history = model.fit(Batches(), steps_per_epoch=2, epochs=2, **QUIET).history
    assert history["loss"] == [(0 + 1) / 2, (4 + 9) / 2]


class Net(Sequential):
    pass


@pytest.mark.parametrize("ending", ["npz", "keras", "h5"])
def test_a_subclass_of_sequential_loads(tmp_path, ending):
    pytest.importorskip("h5py") if ending != "npz" else None
    path = str(tmp_path / f"net.{ending}")
    compiled(cls=Net).save(path)
    assert type(keras.models.load_model(path, custom_objects={"Net": Net})) is Net
    with pytest.raises(ValueError, match=r"'Net'\. If it is your own, give it in custom_objects="):
        keras.models.load_model(path)


class OwnTest(Sequential):
    def test_step(self, data):
        raise AssertionError


def test_a_step_of_ones_own_is_refused_wherever_keras_would_call_it():
    model, x, y = compiled(cls=OwnTest), np.ones((4, 2)), np.ones((4, 1))
    model.fit(x, y, **QUIET)
    for options in ({"validation_split": 0.5}, {"validation_data": (x, y)}):
        with pytest.raises(TypeError, match="OwnTest defines test_step, which is not called here"):
            model.fit(x, y, **options, **QUIET)


@pytest.mark.parametrize(
    ("units", "shape", "y"),
    [(1, (3, 2), [[[0], [1], [1]]]), (4, (3,), [[1, 1, 1, 1]]), (4, (3,), [[0, 1, 1, 0]])],
)
def test_class_weight_needs_one_class_for_each_row(units, shape, y):
    model = compiled(Dense(units, "sigmoid"), shape, "binary_crossentropy")
    with pytest.raises(ValueError, match=r"class_weight needs one class for each row.*sample_w"):
        model.fit(np.ones((1, *shape)), np.array(y), class_weight={0: 1.0, 1: 9.0}, **QUIET)


@pytest.mark.parametrize(
    ("activation", "loss"),
    [
        ("sigmoid", "categorical_crossentropy"),
        ("softmax", "binary_crossentropy"),
        ("softmax", "mse"),
    ],
)
def test_one_output_that_is_always_the_same_is_told(activation, loss):
    model = compiled(Dense(1, activation), loss=loss)
    with pytest.warns(UserWarning, match="nothing is learned. For two classes: Dense"):
        model.fit(np.ones((4, 2)), np.ones((4, 1)), **QUIET)


def test_what_is_neither_rows_nor_batches_is_told_what_to_become():
    model = compiled()
    with pytest.raises(ValueError, match=r"as a range is taken to do.*np\.array\(\[\*x\]\)"):
        model.fit(range(3), np.ones(3))

    class Indexed:
        def __getitem__(self, i):
            raise AssertionError

    with pytest.raises(TypeError, match=r"a class with __iter__, or one that subclasses utils.PyD"):
        model.fit(Indexed())
    batch = np.ones((3, 2)), np.ones(3)
    assert len(model.fit([batch] * 2, epochs=2, **QUIET).epoch) == 2


class MyLoss(losses.MeanSquaredError):
    pass


def test_a_loss_of_ones_own_is_asked_for_by_name(tmp_path):
    path = str(tmp_path / "model.npz")
    compiled(loss=MyLoss()).save(path)
    with pytest.raises(ValueError, match=r"in custom_objects=\{'MyLoss': \.\.\.\}"):
        keras.models.load_model(path)
    again = keras.models.load_model(path, custom_objects={"MyLoss": MyLoss})
    assert type(again.loss) is MyLoss


def test_the_configuration_of_a_functional_model_makes_one():
    x = Input((2,))
    model = Model(x, Dense(3)(x))
    assert Model.from_config(model.get_config()).count_params() == model.count_params()
    assert Model.from_config({"name": "own"}).name == "own"


def test_relu_is_0_at_its_threshold_and_weights_multiply():
    x = np.array([0.5, 1.0, 1.5])
    assert keras.activations.relu(x, threshold=1.0).tolist() == [0.0, 0.0, 1.5]
    model = compiled(Dense(1, kernel_initializer="zeros"))
    rows = {"x": np.ones((2, 2)), "y": np.array([1.0, 2.0])}
    weights = {"class_weight": {1: 2.0, 2: 3.0}, "sample_weight": np.array([1.0, 0.5])}
    assert model.fit(**rows, **weights, **QUIET).history["loss"] == [(2 * 1 + 1.5 * 4) / 2]

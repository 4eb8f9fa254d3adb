"""Strange arguments have a result or an error of the library's own, which changes nothing.

`fuzz_api` has the callables, the strange values and the judgement; here a few hundred cases are
tried, and what longer searches found is kept.
"""

import json

import numpy as np
import pytest
from hypothesis import given, settings

import fuzz_api
import tinyneuron as keras
from fuzz_api import TARGETS, X, Y
from tinyneuron import layers, losses, metrics, optimizers, saving
from tinyneuron.optimizers import schedules


@settings(max_examples=8 * settings().max_examples)
@given(fuzz_api.cases())
def test_strange_arguments_have_a_result_or_an_error_of_our_own(case):
    outcome = fuzz_api.run(*case)
    assert not outcome.startswith("COMPLAINT"), outcome


@pytest.mark.parametrize("target", list(TARGETS))
def test_usual_arguments_have_a_result(target):
    usual = "TypeError" if target == "activations.softmax.derivative" else "result"
    assert fuzz_api.run(target, TARGETS[target]) == usual


# The judge ----------------------------------------------------------------------------------


def judged(function):
    try:
        function()
    except Exception as error:
        return fuzz_api.complaint(error, "")
    raise AssertionError("nothing was raised")


def test_the_judge_lets_the_librarys_and_the_users_own_errors_pass():
    assert judged(lambda: layers.Dense(0)) is None
    assert judged(lambda: layers.Dense()) is None
    assert judged(lambda: layers.Dense(fuzz_api.raising("__index__"))) is None


def test_the_judge_complains_of_what_numpy_and_python_say():
    class Careless(layers.Layer):
        def call(self, inputs):
            return inputs + np.ones(7)

    assert "broadcast" in judged(lambda: Careless()(X))
    assert "ZeroDivisionError" in judged(lambda: 1 // 0)


def test_the_judge_sees_what_an_error_has_changed(monkeypatch):
    def careless(self, weights):
        self.weights[0][...] = 7
        layers.Dense(0)

    monkeypatch.setattr(keras.Sequential, "set_weights", careless)
    outcome = fuzz_api.run("built().set_weights", {"weights": "[]"})
    assert "changed by ValueError" in outcome


# What was found -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "strange"),
    [
        ("layers.Dropout", {"seed": "nested(5000)"}),  # crashed Python
        ("layers.Dropout", {"seed": "'a'"}),
        ("layers.Reshape", {"target_shape": "(0, -1)", "input_shape": "(0,)"}),
        ("layers.Dense", {"units": "10**12"}),
        ("layers.Softmax", {"axis": "3"}),
        ("layers.Normalization", {"variance": "-1"}),
        ("built().add", {"layer": "[]"}),
        ("built().build", {"input_shape": "nested(5000)"}),
        ("layers.ReLU()", {"inputs": "3"}),
        ("layers.Dense(2)", {"training": "[]"}),
        ("unbuilt().predict", {"x": "np.ones((4, 3), 'S1')"}),
        ("unbuilt().train_on_batch", {"y": "np.ones((4, 3))"}),
        ("unbuilt().train_on_batch", {"sample_weight": "np.ones((4, 3))"}),
        ("compiled().fit", {"validation_split": "'a'"}),
        ("compiled().fit", {"class_weight": "[1]"}),
        ("compiled().train_on_batch", {"x": "3"}),
        ("compiled().train_on_batch", {"return_dict": "[]"}),
        ("losses.MeanSquaredError()", {"y_true": "1", "y_pred": "2"}),
        ("losses.SparseCategoricalCrossentropy()", {"y_true": "np.ones(4, bool)"}),
        ("metrics.sparse_top_k_categorical_accuracy", {"y_true": "np.full(4, 7)"}),
        ("metrics.R2Score()", {"sample_weight": "np.ones((4, 3))"}),
        ("optimizers.SGD().apply", {"trainable_variables": "[readonly()[0]]"}),
        ("optimizers.SGD", {"learning_rate": "np.ones(3)"}),
        ("optimizers.Adam", {"name": "np.ones(3)"}),
        ("losses.Huber", {"reduction": "np.ones(3)"}),
        ("models.model_from_json", {"json_string": "3"}),
        ("models.model_from_json", {"json_string": '\'{"class_name": "Sequential"}\''}),
        ("utils.to_categorical", {"x": "10**12"}),
        ("utils.to_categorical", {"x": "()", "num_classes": "10**12"}),
        ("compiled().fit", {"y": "np.ones((4, 0))", "class_weight": "{0: 1}"}),
        ("utils.normalize", {"axis": "2"}),
        ("config.set_epsilon", {"value": "10**400"}),
        ("activations.softmax", {"x": "np.ones((4, 0))"}),
        ("activations.get", {"identifier": "{'class_name': []}"}),
        ("layers.Dense.from_config", {"config": "3"}),
    ],
)
def test_what_was_found_stays_mended(target, strange):
    outcome = fuzz_api.run(target, TARGETS[target] | strange)
    assert not outcome.startswith("COMPLAINT"), outcome


def test_a_model_cannot_be_put_into_itself_by_way_of_another():
    inner, outer = keras.Sequential(name="inner"), keras.Sequential(name="outer")
    outer.add(inner)
    with pytest.raises(ValueError, match="'inner' cannot be a layer of itself"):
        inner.add(outer)
    assert inner.layers == []


@pytest.mark.parametrize(
    "thing",
    [
        layers.Dropout(np.float32(0.5), seed=np.int64(3)),
        layers.LeakyReLU(np.float32(0.5)),
        layers.Softmax(np.int64(-1)),
        layers.Normalization(np.int64(-1), np.float32(1), np.float32(2), np.bool_(True)),
        layers.Dense(np.int64(3), use_bias=np.bool_(False)),
        keras.initializers.RandomNormal(np.float32(0), np.float32(1), np.int64(2)),
        keras.initializers.Constant(np.longdouble(2)),
        keras.constraints.MaxNorm(np.float32(2), np.int64(0)),
        optimizers.Adam(np.float32(0.1), np.float32(0.5), epsilon=np.float32(1e-3)),
        schedules.CosineDecay(np.float32(0.1), np.int64(10)),
        losses.Huber(np.float32(0.5)),
        losses.BinaryCrossentropy(np.bool_(True), np.float32(0.5), np.int64(-1)),
        metrics.Huber(delta=np.float32(0.5)),
        metrics.Precision(np.array([0.25, 0.5])),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_options_given_as_numpy_s_numbers_can_be_written_to_files(thing):
    config = json.loads(json.dumps(thing.get_config()))
    again = type(thing).from_config(config)
    assert json.dumps(again.get_config()) == json.dumps(thing.get_config())


def test_thresholds_in_an_array_have_a_result_each():
    share = metrics.Precision(thresholds=np.array([0.25, 0.75]))
    np.testing.assert_allclose(share([0, 1], [0.5, 0.8]), [0.5, 1.0])


def test_a_class_that_is_none_of_the_outputs_is_never_among_the_largest():
    got = metrics.sparse_top_k_categorical_accuracy([0, 7, -1], np.ones((3, 2)), k=2)
    assert got.tolist() == [1.0, 0.0, 0.0]


def test_a_batch_size_beyond_the_data_takes_no_more_memory_than_the_data():
    model = fuzz_api.compiled()
    history = model.fit(X, Y, batch_size=10**15, verbose=0)
    assert model.optimizer.iterations == 1
    assert len(history.history["loss"]) == 1


def test_a_dtype_is_in_the_machines_own_byte_order():
    assert layers.Dense(1, dtype=">f8").dtype == "float64"


def test_a_masked_array_without_a_masked_entry_is_no_exception():
    with pytest.raises(TypeError, match=r"Fill the masked ones first: x\.filled\(0\)"):
        fuzz_api.built().predict(np.ma.masked_array(X))


def test_a_constraint_by_name_holds_a_weight_of_ones_own():
    layer = layers.Layer()
    layer.add_weight((2,), constraint="NonNeg")
    assert layer._weights[0].constraint(np.array([-1.0, 1.0])).tolist() == [0.0, 1.0]


# However an array lies in memory ------------------------------------------------------------

LAID_OUT = {
    "a list": lambda a: a.tolist(),
    "column by column": np.asfortranarray,
    "backwards": lambda a: np.ascontiguousarray(a[::-1])[::-1],
    "every other column": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "the other byte order": lambda a: a.astype(a.dtype.newbyteorder("S")),
    "not aligned": lambda a: np.frombuffer(b"x" + a.tobytes(), "u1")[1:].view(a.dtype).reshape(
        a.shape
    ),
    "a buffer": memoryview,
}  # fmt: skip


def laid_out(how, array):
    other = LAID_OUT[how](np.ascontiguousarray(array))
    if isinstance(other, np.ndarray):
        other.flags.writeable = False
    return other


@pytest.mark.parametrize("how", LAID_OUT)
@pytest.mark.parametrize(
    "compute",
    [
        lambda x, y: weighted().predict(x),
        lambda x, y: weighted()(x),
        lambda x, y: losses.mean_squared_error(y, y),
        lambda x, y: metrics.RootMeanSquaredError()(y, y),
        lambda x, y: keras.activations.softmax(x),
        lambda x, y: keras.utils.normalize(x),
        lambda x, y: trained(x, y).get_weights()[0],
        lambda x, y: weighted().evaluate(x, y, verbose=0),
    ],
    ids=["predict", "call", "loss", "metric", "activation", "normalize", "fit", "evaluate"],
)
def test_the_same_numbers_have_the_same_result_however_they_lie_in_memory(compute, how):
    want = compute(X, Y)
    np.testing.assert_allclose(compute(laid_out(how, X), laid_out(how, Y)), want, rtol=1e-6)


def weighted():
    keras.utils.set_random_seed(1)
    return fuzz_api.compiled()


def trained(x, y):
    model = weighted()
    model.fit(x, y, epochs=2, verbose=0)
    return model


def test_a_path_that_is_none_is_refused_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for filepath in (None, 3, b"m.npz", ["m.npz"]):
        with pytest.raises(TypeError, match="filepath must be a string or a path, got"):
            saving.save_weights(fuzz_api.built(), filepath)
    assert list(tmp_path.iterdir()) == []

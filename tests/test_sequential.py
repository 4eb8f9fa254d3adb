import json
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import dtypes, floats, models, stacks
from tinyneuron import Input, Model, Sequential, callbacks, layers
from tinyneuron import models as models_module
from tinyneuron.layers import Dense

TOLERANCE = {"float32": 1e-4, "float64": 1e-11}  # of outputs of the random models, all near 1


def network(**options):
    return Sequential(
        [Input((2,)), Dense(3, "relu", name="hidden"), Dense(1, "sigmoid", name="output")],
        **options,
    )


def shapes_of(model):
    return [weight.shape for weight in model.weights]


@st.composite
def models_and_rows(draw, rows=range(10)):
    dtype = draw(dtypes)
    model = draw(models(dtype))
    x = draw(floats((draw(st.sampled_from(rows)), model.input_shape[1]), dtype, limit=5))
    return model, x


# Calling and predicting ------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(1, 6), st.booleans()), min_size=1, max_size=4), st.data())
def test_a_model_of_dense_layers_is_their_formulas_one_after_the_other(sizes, data):
    model = Sequential(
        [Dense(units, "tanh" if bent else None, dtype="float64") for units, bent in sizes]
    )
    x = data.draw(floats((4, 3), "float64", limit=5))
    outputs, a = model(x), x.tolist()
    for (units, bent), layer in zip(sizes, model.layers, strict=True):
        W, b = layer.kernel.tolist(), layer.bias.tolist()
        z = [
            [b[j] + sum(row[i] * W[i][j] for i in range(len(W))) for j in range(units)] for row in a
        ]
        a = np.tanh(z).tolist() if bent else z
    np.testing.assert_allclose(outputs, a, rtol=1e-9, atol=1e-11)


@given(models_and_rows())
def test_a_model_is_the_composition_of_its_layers(problem):
    model, x = problem
    expected = x
    for layer in model.layers:
        expected = layer(expected)
    outputs = model(x)
    assert outputs.dtype == x.dtype
    assert outputs.shape == (len(x), *model.output_shape[1:])
    np.testing.assert_array_equal(outputs, expected)


@given(models_and_rows(rows=[0, 1, 2, 17, 256, 257, 600]), st.integers(1, 300))
def test_predict_is_the_call_whatever_the_batch_size(problem, batch_size):
    model, x = problem
    expected, before = model(x).copy(), x.copy()
    for outputs in (
        model.predict(x),
        model.predict(x, batch_size=batch_size),
        model.predict_on_batch(x),
        model.predict(x[::-1], batch_size=batch_size)[::-1],
    ):
        assert outputs.shape == expected.shape
        assert outputs.dtype == x.dtype
        np.testing.assert_allclose(outputs, expected, rtol=0, atol=TOLERANCE[x.dtype.name])
    np.testing.assert_array_equal(x, before)


@given(models_and_rows(), st.sampled_from([None, 1, 4]))
def test_predict_returns_an_array_of_its_own_in_c_order(problem, batch_size):
    model, x = problem
    first = model.predict(x, batch_size)
    second = model.predict(x, batch_size)
    assert first.flags.owndata
    assert first.flags.c_contiguous
    assert first.flags.writeable
    assert not any(np.shares_memory(first, other) for other in (x, second, *model.weights))


@pytest.mark.parametrize("rows", [1, 100, 5000])
@pytest.mark.parametrize(
    "layer", [layers.Identity, layers.Flatten, lambda: layers.Reshape((3,)), lambda: Dense(1)]
)
def test_not_even_layers_that_do_nothing_return_the_callers_array(layer, rows):
    x = np.ones((rows, 3), np.float32)
    outputs = Sequential([layer()]).predict(x)
    assert outputs.flags.owndata
    assert outputs.flags.c_contiguous
    outputs[...] = 7
    assert (x == 1).all()


def test_no_rows_in_no_rows_out():
    model = Sequential([Dense(4), Dense(2)])
    outputs = model.predict(np.empty((0, 3)))
    assert outputs.shape == (0, 2)
    assert outputs.dtype == np.float32
    assert model.input_shape == (None, 3)


def test_many_rows_through_narrow_layers_are_predicted_in_blocks():
    model = network()
    x = np.random.default_rng(0).normal(size=(100_000, 2)).astype(np.float32)
    sizes = []
    call = model.layers[0].call
    model.layers[0].call = lambda inputs: (sizes.append(len(inputs)), call(inputs))[1]
    outputs = model.predict(x)
    assert sum(sizes) == len(x)
    assert len(sizes) > 1
    W, b, V, c = (weight.astype(float) for weight in model.get_weights())
    expected = 1 / (1 + np.exp(-(np.maximum(x @ W + b, 0) @ V + c)))
    np.testing.assert_allclose(outputs, expected, rtol=1e-5)


def test_rank_3_inputs_are_predicted_in_blocks_too():
    model = Sequential([Dense(4, "tanh"), Dense(2)])
    x = np.random.default_rng(0).normal(size=(700, 5, 3)).astype(np.float32)
    outputs = model.predict(x)
    W, b, V, c = (weight.astype(float) for weight in model.get_weights())
    assert outputs.shape == (700, 5, 2)
    np.testing.assert_allclose(outputs, np.tanh(x @ W + b) @ V + c, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(model.predict(x, batch_size=33), outputs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int64", "float16", "float64", "bool"])
def test_numbers_of_any_kind_are_cast(dtype):
    x = (np.arange(2000).reshape(1000, 2) % 5).astype(dtype)
    model = network()
    expected = model.predict(x.astype(np.float32))
    for given_x in (x, x.tolist(), np.asfortranarray(x)):
        outputs = model.predict(given_x)
        assert outputs.dtype == np.float32
        np.testing.assert_allclose(outputs, expected, rtol=1e-5)
        np.testing.assert_allclose(model(given_x), expected, rtol=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8"])
def test_a_file_on_disk_is_predicted_like_its_contents(dtype, tmp_path):
    rows = np.random.default_rng(0).integers(0, 255, size=(3000, 2)).astype(dtype)
    file = np.memmap(tmp_path / "rows", dtype, "w+", shape=rows.shape)
    file[:] = rows
    file.flush()
    x = np.memmap(tmp_path / "rows", dtype, "r", shape=rows.shape)
    for model in (network(), Sequential([layers.Identity()])):
        for batch_size in (None, 7, 3000):
            outputs = model.predict(x, batch_size=batch_size)
            assert type(outputs) is np.ndarray
            assert outputs.flags.owndata
            np.testing.assert_allclose(outputs, model(rows), rtol=1e-5, atol=1e-6)


def test_predict_is_quiet(capsys):
    network().predict(np.ones((100, 2)), batch_size=1)
    network().predict(np.ones((100, 2)), batch_size=1, verbose=1)
    assert capsys.readouterr() == ("", "")


def test_dropout_sleeps_in_predict():
    model = Sequential([layers.Dropout(1)])
    assert model.predict(np.ones((1, 3))).tolist() == [[1, 1, 1]]
    assert model(np.ones((1, 3)), training=True).tolist() == [[0, 0, 0]]


def test_as_in_keras_numbers_alone_are_samples_of_one_feature():
    model = Sequential([Input((1,)), Dense(1)])
    model.set_weights([[[2.0]], [1.0]])
    column = [[3.0], [5.0], [7.0]]
    assert model.predict(np.array([1.0, 2.0, 3.0])).tolist() == column
    assert model(np.array([1.0, 2.0, 3.0])).tolist() == column
    assert model.predict(np.arange(1000.0)).shape == (1000, 1)


def test_as_in_keras_a_last_axis_of_one_too_many_is_dropped():
    model = Sequential([Input((3,)), Dense(1, kernel_initializer="ones")])
    assert model.predict(np.ones((5, 3, 1))).tolist() == [[3.0]] * 5


def test_threads_get_the_answers_of_a_single_one():
    model = Sequential([Dense(16, "tanh"), layers.Softmax(), Dense(3)])
    batches = [np.random.default_rng(i).normal(size=(40 * i, 5)) for i in range(1, 41)]
    start = threading.Barrier(8)

    def predict_all(_):
        start.wait()
        return [model.predict(x, batch_size=64) for x in batches]

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(predict_all, range(8)))
    assert shapes_of(model) == [(5, 16), (16,), (16, 3), (3,)]
    expected = [model(x) for x in batches]
    for answers in results:
        for answer, right in zip(answers, expected, strict=True):
            np.testing.assert_allclose(answer, right, rtol=1e-4, atol=1e-6)


# Structure -------------------------------------------------------------------------------------


def test_with_an_input_every_layer_is_built_as_it_is_added():
    model = Sequential()
    model.add(Input((4,)))
    assert not model.built
    model.add(Dense(3))
    assert model.built
    assert shapes_of(model) == [(4, 3), (3,)]
    model.add(Dense(2))
    assert shapes_of(model) == [(4, 3), (3,), (3, 2), (2,)]
    assert (model.input_shape, model.output_shape) == ((None, 4), (None, 2))


@pytest.mark.parametrize(
    "start",
    [
        lambda: [Input((4,)), Dense(3)],
        lambda: [Input(batch_shape=(None, 4)), Dense(3)],
        lambda: [layers.InputLayer((4,)), Dense(3)],
        lambda: [Dense(3, input_dim=4)],
        lambda: [Dense(3, input_shape=(4,))],
        lambda: [Sequential([Input((4,)), Dense(3)])],
    ],
)
def test_every_way_to_say_the_input_shape_builds_at_once(start):
    model = Sequential(start())
    assert model.built
    assert shapes_of(model) == [(4, 3), (3,)]
    assert [type(layer) for layer in model.layers] in ([Dense], [Sequential])


@pytest.mark.parametrize("build", [lambda m: m.build((None, 4)), lambda m: m(np.ones((2, 4)))])
def test_without_an_input_the_first_call_or_build_builds_all(build):
    model = Sequential([Dense(3), Dense(2)])
    assert not model.built
    assert model.weights == model.get_weights() == []
    build(model)
    assert model.built
    assert shapes_of(model) == [(4, 3), (3,), (3, 2), (2,)]
    model.add(Dense(1))
    assert model.output_shape == (None, 1)


def test_inputs_and_outputs_are_lists_of_one():
    model = network()
    assert [tensor.shape for tensor in model.inputs] == [(None, 2)]
    assert [tensor.shape for tensor in model.outputs] == [(None, 1)]
    assert model.input.shape == model.layers[0].input.shape == (None, 2)
    assert model.layers[0].output.shape == (None, 3)
    assert model.inputs[0].dtype == model.outputs[0].dtype == "float32"


def test_the_models_input_has_the_name_it_was_given():
    model = Sequential([Input((2,), name="pixels"), Dense(1)])
    assert model.inputs[0].name == "pixels"


@pytest.mark.parametrize("name", ["input_shape", "output_shape", "inputs", "outputs"])
def test_shapes_are_not_known_before_the_build(name):
    with pytest.raises(AttributeError, match=f"'{name}'.*not built"):
        getattr(Sequential([Dense(1)]), name)


def test_layers_are_listed_without_the_input_in_a_new_list():
    model = network()
    assert [layer.name for layer in model.layers] == ["hidden", "output"]
    model.layers.clear()
    assert len(model.layers) == 2


def test_get_layer_finds_by_name_or_place():
    model = network()
    assert model.get_layer("output") is model.get_layer(index=1) is model.layers[1]
    assert model.get_layer(index=-2) is model.get_layer("hidden")


def test_pop_takes_the_last_layer_off():
    model = network()
    last = model.layers[-1]
    assert model.pop() is last
    assert model.output_shape == (None, 3)
    assert len(model.weights) == 2
    model.add(Dense(5))
    assert model.output_shape == (None, 5)
    assert model(np.ones((1, 2))).shape == (1, 5)


def test_a_model_that_is_popped_empty_keeps_its_input():
    model = network()
    model.pop()
    model.pop()
    assert model.pop() is None
    assert not model.built
    model.add(Dense(4))
    assert shapes_of(model) == [(2, 4), (4,)]


def test_building_twice_changes_nothing_and_never_the_shape():
    model = network()
    kernel = model.layers[0].kernel
    model.build((None, 2))
    model.build((7, 2))
    assert model.weights[0] is kernel
    assert model.input_shape == (None, 2)
    with pytest.raises(ValueError, match=r"already built for inputs of shape \(None, 2\)"):
        model.build((None, 3))


class Failing(layers.Layer):
    def build(self, input_shape):
        self.add_weight(shape=(2,))
        raise RuntimeError("no")

    def call(self, inputs):
        return inputs


def test_a_failed_build_leaves_all_layers_unbuilt():
    model = Sequential([Dense(3), Dense(2), Failing()])
    for build in (lambda: model.build((None, 4)), lambda: model.predict(np.ones((2, 4)))):
        with pytest.raises(RuntimeError, match="no"):
            build()
        assert not model.built
        assert model.weights == []
        assert not any(layer.built for layer in model.layers)
    model.pop()
    assert model(np.ones((1, 7))).shape == (1, 2)


@pytest.mark.parametrize("earlier", [[], [Dense(3, name="first")]])
def test_a_layer_that_cannot_be_built_is_not_added(earlier):
    model = Sequential([Input((4,)), *earlier])
    with pytest.raises(RuntimeError, match="no"):
        model.add(Failing())
    assert model.layers == earlier
    model.add(Dense(2))
    assert model(np.ones((1, 4))).shape == (1, 2)


def test_a_model_may_be_a_layer():
    inner = Sequential([Dense(3), layers.Dropout(0.5)], name="inner")
    model = Sequential([Input((2,)), inner, Dense(1)])
    assert shapes_of(model) == [(2, 3), (3,), (3, 1), (1,)]
    assert model.get_layer("inner") is inner
    assert inner.output_shape == (None, 3)
    assert model.weights[0] is inner.layers[0].kernel
    x = np.ones((5, 2))
    np.testing.assert_array_equal(model(x), model.layers[1](inner(x)))
    zeros = (inner(np.ones((500, 2)), training=True) == 0).mean()
    assert 0.4 < zeros < 0.6


def test_an_empty_model_has_nothing():
    model = Sequential()
    assert model.layers == model.weights == []
    assert not model.built
    assert model.name == "sequential"


# Weights -----------------------------------------------------------------------------------------


def test_weights_are_the_layers_own_arrays_in_order():
    model = network()
    own = [weight for layer in model.layers for weight in layer.weights]
    assert all(a is b for a, b in zip(model.weights, own, strict=True))
    new = [np.full(weight.shape, i) for i, weight in enumerate(own)]
    model.set_weights(new)
    for weight, value in zip(own, new, strict=True):
        np.testing.assert_array_equal(weight, value)


def test_a_failed_set_weights_changes_nothing():
    model = network()
    before = model.get_weights()
    with pytest.raises(ValueError, match="weight 3 does not fit"):
        model.set_weights([*(np.zeros_like(weight) for weight in before[:3]), np.zeros(9)])
    for own, old in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(own, old)


def test_count_params_counts_all():
    assert network().count_params() == (2 * 3 + 3) + (3 + 1)
    with pytest.raises(ValueError, match="isn't built"):
        Sequential([Dense(1)]).count_params()


def test_frozen_layers_are_told_apart():
    model = Sequential([Input((2,)), Dense(3), layers.Normalization(), Dense(1)])
    model.layers[0].trainable = False
    assert [weight.shape for weight in model.trainable_weights] == [(3, 1), (1,)]
    assert [weight.shape for weight in model.non_trainable_weights] == [
        (2, 3), (3,), (3,), (3,), ()
    ]  # fmt: skip
    model.trainable = False
    assert model.trainable_variables == []
    assert len(model.non_trainable_variables) == len(model.variables) == 7


def test_as_in_keras_freezing_a_model_freezes_its_layers():
    model = network()
    model.trainable = False
    assert [layer.trainable for layer in model.layers] == [False, False]
    assert model.layers[0].trainable_weights == []
    model.layers[0].trainable = True
    assert model.trainable_weights == []
    model.trainable = True
    assert len(model.trainable_weights) == 4


# Summary -----------------------------------------------------------------------------------------


def test_the_summary_has_the_labs_layout(capsys):
    model = Sequential(
        [Input((784,)), Dense(1000, name="L1"), layers.Dropout(0.5), Dense(10, name="L2")],
        name="digits",
    )
    model.layers[0].trainable = False
    model.summary()
    assert capsys.readouterr().out == (
        'Model: "digits"\n'
        "_________________________________________________________________\n"
        "Layer (type)                 Output Shape              Param #\n"
        "=================================================================\n"
        "L1 (Dense)                   (None, 1000)              785,000\n"
        "_________________________________________________________________\n"
        "dropout (Dropout)            (None, 1000)              0\n"
        "_________________________________________________________________\n"
        "L2 (Dense)                   (None, 10)                10,010\n"
        "=================================================================\n"
        "Total params: 795,010\n"
        "Trainable params: 10,010\n"
        "Non-trainable params: 785,000\n"
        "_________________________________________________________________\n"
    )


def lines_of(model, **options):
    lines = []
    assert model.summary(print_fn=lines.append, **options) is None
    return lines


def test_the_summary_of_an_unbuilt_model_says_so():
    lines = lines_of(Sequential([Dense(2), Dense(1)], name="m"))
    assert [line.split() for line in (lines[4], lines[6])] == [
        ["dense", "(Dense)", "?", "0", "(unbuilt)"],
        ["dense_1", "(Dense)", "?", "0", "(unbuilt)"],
    ]
    assert lines[8:11] == ["Total params: 0", "Trainable params: 0", "Non-trainable params: 0"]


def test_the_summary_of_no_layers_is_empty():
    lines = lines_of(Sequential())
    assert lines[3:5] == ["=" * 65] * 2
    assert lines[5] == "Total params: 0"
    assert len(lines) == 9


@pytest.mark.parametrize("length", [50, 65, 100])
def test_the_summary_keeps_to_its_line_length(length):
    model = Sequential([Input((2,)), Dense(3, name="a_layer_with_a_name_far_beyond_the_column")])
    lines = lines_of(model, line_length=length)
    assert lines[1] == "_" * length
    assert lines[3] == "=" * length
    assert max(map(len, lines)) == length
    assert lines[2].index("Output Shape") == lines[4].index("(None, 3)")
    assert lines[2].index("Param #") == lines[4].rindex("9")
    assert abs(lines[2].index("Output Shape") - 0.45 * length) <= 1


# Configuration -----------------------------------------------------------------------------------


def again_by_json(model):
    return models_module.model_from_json(model.to_json(indent=1))


def plain(config):
    return json.loads(json.dumps(config))


@given(st.one_of(models(), st.builds(Sequential, stacks())))
def test_a_configuration_makes_the_same_model_again(model):
    for again in (
        Sequential.from_config(model.get_config()),
        again_by_json(model),
        models_module.clone_model(model),
    ):
        assert again is not model
        assert again.name == model.name
        assert again.built == model.built
        assert plain(again.get_config()) == plain(model.get_config())
        assert shapes_of(again) == shapes_of(model)
        if model.built:
            again.set_weights(model.get_weights())
            x = np.ones((3, model.input_shape[1]))
            np.testing.assert_array_equal(again(x), model(x))


def test_the_configuration_is_laid_out_as_keras_does():
    model = Sequential([Input((2,), name="x"), Dense(1)], name="m", trainable=False)
    config = model.get_config()
    assert [entry["class_name"] for entry in config["layers"]] == ["InputLayer", "Dense"]
    assert config["layers"][0]["config"] == {
        "batch_shape": (None, 2), "dtype": "float32", "name": "x"
    }  # fmt: skip
    assert config["build_input_shape"] == (None, 2)
    assert Sequential.from_config(config).trainable is False


def test_a_model_that_was_built_by_a_call_comes_back_built():
    model = Sequential([Dense(2)])
    model(np.ones((1, 3)))
    assert again_by_json(model).input_shape == (None, 3)
    config = model.get_config()
    del config["layers"][0]  # as Keras writes it: no Input, but the shape it was built for
    assert Sequential.from_config(config).input_shape == (None, 3)


@pytest.mark.parametrize("text", ["[]", "3", '{"class_name": "Dense", "config": {}}', "null"])
def test_json_that_describes_no_model_is_refused(text):
    with pytest.raises(ValueError, match="does not describe a Sequential"):
        models_module.model_from_json(text)


def test_a_model_goes_to_a_file_and_back(tmp_path):
    model, x = network(), np.ones((3, 2))
    model.save(tmp_path / "m.keras")
    models_module.save_model(model, tmp_path / "n.keras")
    for name in ("m.keras", "n.keras"):
        again = models_module.load_model(tmp_path / name)
        assert again.name == model.name
        np.testing.assert_array_equal(again(x), model(x))
    model.save_weights(tmp_path / "m.weights.h5")
    other = network()
    assert (other(x) != model(x)).any()
    other.load_weights(tmp_path / "m.weights.h5")
    np.testing.assert_array_equal(other(x), model(x))


# dtypes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [3, 5000])
def test_each_layer_computes_in_its_own_dtype(rows):
    model = Sequential(
        [Dense(2, dtype="float64", kernel_initializer="ones"), Dense(1, dtype="float32")]
    )
    seen, call = [], model.layers[0].call
    model.layers[0].call = lambda inputs: (seen.append(inputs.dtype), call(inputs))[1]
    outputs = model.predict(np.ones((rows, 3), np.float32), batch_size=1000)
    assert set(seen) == {np.dtype("float64")}
    assert outputs.dtype == np.float32
    assert model(np.ones((rows, 3), np.float32)).dtype == np.float32


@pytest.mark.parametrize("batch_size", [1, 4, 100])
@pytest.mark.parametrize("nested", [False, True])
def test_the_outputs_have_the_last_layers_dtype_whatever_the_batch_size(nested, batch_size):
    model = Sequential([Dense(2), Dense(1, dtype="float64")])
    if nested:
        model = Sequential([model])
    x = np.ones((5, 3))
    outputs = model.predict(x, batch_size=batch_size)
    assert outputs.dtype == np.float64
    np.testing.assert_allclose(outputs, model(x), rtol=1e-14)


def test_the_models_output_has_the_last_layers_dtype():
    model = Sequential([Input((3,)), Dense(2), Dense(1, dtype="float64")])
    assert model.inputs[0].dtype == "float32"
    assert model.outputs[0].dtype == "float64"


def test_as_in_keras_an_input_may_have_its_own_dtype():
    model = Sequential([Input((2,), dtype="float64"), Dense(1)])
    assert model.inputs[0].dtype == "float64"
    assert model.predict(np.ones((1, 2))).dtype == np.float32


@pytest.mark.parametrize("rows", [1, 5000])
def test_verbose_of_predict_is_one_of_four_for_any_number_of_rows(rows):
    model = Sequential([Input((2,)), layers.Dense(1)])
    for verbose in ("auto", 0, 1, 2):
        assert model.predict(np.ones((rows, 2)), verbose=verbose).shape == (rows, 1)
    with pytest.raises(ValueError, match=r"^verbose must be 'auto', 0, 1 or 2, got 'loud'"):
        model.predict(np.ones((rows, 2)), verbose="loud")


def test_predictions_are_nobody_elses():
    """A layer of the user's may return an array that it keeps."""

    class Keeping(layers.Layer):
        def build(self, input_shape):
            self.kept = self.add_weight((2, 1), "ones")

        def call(self, inputs):
            return self.kept

    class Own(Model):
        def __init__(self):
            super().__init__()
            self.keeping = Keeping()

        def call(self, inputs):
            return self.keeping(inputs)

    x, kept = Input((1,)), np.ones((2, 1), np.float32)
    for model in (
        Sequential([Keeping()]),
        Sequential([Sequential([Keeping()]), layers.Identity()]),
        Model(x, Keeping()(x)),
        Model(x, layers.Flatten()(Sequential([Keeping()])(x))),
        Sequential([layers.Dense(1, activation=lambda z: kept)]),
        Own(),
    ):
        for predict in (
            model.predict,
            model.predict_on_batch,
            lambda x, model=model: model.predict(x, steps=1),
            lambda x, model=model: model.predict((batch,) for batch in [x]),
        ):
            outputs = predict(np.zeros((2, 1)))
            outputs[...] = 9
            np.testing.assert_array_equal(predict(np.zeros((2, 1))).min(), 1)


def test_batches_of_a_layer_that_writes_into_one_array_are_told_apart():
    class Reusing(layers.Layer):
        kept = np.empty((2, 1), np.float32)

        def call(self, inputs):
            return np.multiply(inputs, 2, out=self.kept)

    rows = np.arange(6.0).reshape(6, 1)
    model = Sequential([Input((1,)), Reusing()])
    batches = ((rows[i : i + 2],) for i in (0, 2, 4))
    np.testing.assert_array_equal(model.predict(batches), 2 * rows)
    np.testing.assert_array_equal(model.predict(rows, batch_size=2), 2 * rows)
    seen = []
    note = callbacks.LambdaCallback()
    note.on_predict_batch_end = lambda batch, logs: seen.append(logs["outputs"])
    model.predict(rows, batch_size=2, callbacks=[note])
    np.testing.assert_array_equal(np.concatenate(seen), 2 * rows)
    model.compile("sgd", "mse")
    assert model.evaluate(rows, 2 * rows, batch_size=2, verbose=0) == 0


def test_a_layer_that_is_called_while_it_is_built_says_so():
    class Impatient(layers.Layer):
        def build(self, input_shape):
            self.scale = self.add_weight((1,), "ones")
            if self.impatient:
                self(np.zeros((1, 1)))

        def call(self, inputs):
            return inputs * self.scale

    layer = Impatient(name="late")
    layer.impatient = True
    with pytest.raises(RuntimeError, match="'late' is called while it is being built"):
        layer.build((None, 1))
    assert (layer.built, layer.weights) == (False, [])
    layer.impatient = False
    assert layer([[2.0]]).tolist() == [[2.0]]
    assert len(layer.weights) == 1

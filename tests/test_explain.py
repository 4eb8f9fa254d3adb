"""What `explain` prints is parsed again, and held against the model and against plain formulas."""

import copy
import re
from decimal import ROUND_HALF_EVEN, Decimal
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinyneuron as keras
from strategies import floats, models
from tinyneuron import Sequential, activations, layers
from tinyneuron.layers import Dense, Input

NUMBER = re.compile(r"(?<![\w.])-?(?:\d+\.?\d*(?:e[+-]\d+)?|inf|nan)(?![\w.])")


def numbers(text):
    return [float(word) for word in NUMBER.findall(text)]


def rounded(x, precision):
    """Round to digits after the point; if nothing or too much is left, to significant digits."""
    exact = Decimal(float(x))
    near = exact.quantize(Decimal(1).scaleb(-precision), ROUND_HALF_EVEN)
    if exact and (not near or abs(exact) >= 10**6):
        return float(f"{exact:.{precision}e}")
    return float(near)


def blocks(explanation):
    """Return each block's lines by its title, up to the parenthesis."""
    found = {}
    for part in re.split(r"\n(?! )", str(explanation)):
        title, *lines = part.split("\n")
        found[re.split(r" \(|: ", title)[0]] = lines
    return found


def units(lines):
    """Return each unit's formulas, without the remarks, continued ones joined."""
    found = []
    for line in lines:
        if re.match(r" +(\.\.\.|sum_j)", line):
            continue
        if re.match(r"    unit", line):
            found.append([])
            line = re.sub(r"unit [\d, ]+(?=  )", "", line)
        line = re.sub(r"   ((\w+ )*input \d+|\d+ more inputs|bias)$", "", line).strip()
        if line.startswith(("+", "=")):
            found[-1][-1] += f" {line}"
        else:
            found[-1].append(line)
    return found


# The way there -----------------------------------------------------------------------------------


def lab_neuron():
    neuron = Dense(1, activation="sigmoid", name="L1")
    model = Sequential([Input((1,)), neuron], name="logistic")
    model.set_weights([[[2.0]], [-4.5]])
    return model


def test_the_labs_neuron_at_zero():
    text = str(keras.explain(lab_neuron(), [[0.0]]))
    assert "z = 2.00 * 0.00 + (-4.50) = -4.50" in text
    assert "a = sigmoid(z) = 1 / (1 + e^4.50) = 0.01" in text


CLOSED_FORMS = {
    "linear": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "relu": lambda z: np.maximum(0, z),
    "tanh": np.tanh,
    "exponential": np.exp,
    "softmax": lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(),
    "softplus": lambda z: np.log1p(np.exp(z)),
}


@st.composite
def dense_stacks(draw):
    features = draw(st.integers(1, 5))
    names = st.sampled_from(sorted(CLOSED_FORMS))
    stack = [Input((features,))]
    for _ in range(draw(st.integers(1, 3))):
        bias = draw(st.booleans())
        stack.append(Dense(draw(st.integers(1, 4)), draw(names), use_bias=bias, dtype="float64"))
    model = Sequential(stack)
    model.set_weights([draw(floats(w.shape, "float64", limit=2)) for w in model.weights])
    return model, draw(floats((draw(st.integers(1, 3)), features), "float64", limit=3))


@given(dense_stacks(), st.integers(0, 8), st.data())
def test_every_printed_number_is_the_rounded_number_of_the_formula(case, precision, data):
    model, x = case
    row = data.draw(st.integers(0, len(x) - 1))
    printed = blocks(model.explain(x, row=row, precision=precision, units=9, terms=9))
    a = x[row]
    for layer in model.layers:
        inputs, weights = a, layer.get_weights()
        bias = weights[1] if len(weights) == 2 else np.zeros(layer.units)
        z = np.array([sum(w * i for w, i in zip(column, inputs, strict=True)) for column in
                      weights[0].T]) + bias  # fmt: skip
        a = CLOSED_FORMS[activations.serialize(layer.activation)](z)
        slack = 0.5 * 10.0**-precision + 1e-9
        for j, (sum_line, activation_line) in enumerate(units(printed[layer.name])):
            *terms, total = numbers(sum_line)
            expected = [n for pair in zip(weights[0][:, j], inputs, strict=True) for n in pair]
            expected += [bias[j]] if len(weights) == 2 else []
            scale = np.maximum(1, np.abs([*expected, z[j]]))
            np.testing.assert_array_less(np.abs([*terms, total] - np.array([*expected, z[j]])),
                                         slack * scale)  # fmt: skip
            assert abs(numbers(activation_line)[-1] - a[j]) <= slack * max(1, abs(a[j]))


@given(models(), st.integers(0, 6), st.data())
def test_the_last_number_of_each_unit_is_the_models_own_rounded(model, precision, data):
    x = data.draw(floats((2, model.input_shape[1]), limit=5))
    explanation = model.explain(x, row=1, precision=precision, units=99, terms=99)
    outputs = model(x)
    np.testing.assert_array_equal(list(explanation.outputs.values())[-1], outputs)
    printed = blocks(explanation)
    for name, a in explanation.outputs.items():
        found = units(printed[name]) if "    unit" in "\n".join(printed[name]) else []
        for j, lines in enumerate(found):
            assert numbers(lines[-1])[-1] == rounded(a[1, j], precision)
            if name in explanation.weighted_sums:
                z = explanation.weighted_sums[name][1, j]
                assert numbers(lines[0])[-1] == rounded(z, precision)


@pytest.mark.parametrize(
    ("activation", "z", "expected"),
    [
        ("linear", 1.5, "a = z = 1.50"),
        ("sigmoid", 1.5, "a = sigmoid(z) = 1 / (1 + e^-1.50) = 0.82"),
        ("relu", -1.5, "a = relu(z) = max(0, -1.50) = 0.00"),
        ("tanh", 1.5, "a = tanh(z) = tanh(1.50) = 0.91"),
        ("exponential", 1.5, "a = exponential(z) = e^1.50 = 4.48"),
        ("gelu", 1.5, "a = gelu(z) = gelu(1.50) = 1.40"),
        (activations.ReLU(0.5), -1.5, "a = re_lu(z) = re_lu(-1.50) = -0.75"),
        (lambda z: z**2, 1.5, "a = g(z) = 2.25"),
        ("softmax", 1.5, "a = e^z / sum_j e^z_j = 4.48 / 4.48 = 1.00"),
        ("log_softmax", 1.5, "a = log_softmax(z) = 0.00"),
    ],
)
def test_activations(activation, z, expected):
    layer = Dense(1, activation, kernel_initializer="ones")
    assert str(keras.explain(layer, [[z]])).splitlines()[
        -1 - (activation == "softmax")
    ].strip() == (expected)


def test_every_activation_has_a_line_that_ends_in_its_value():
    for name, g in activations._READY.items():
        layer = Dense(1, name, kernel_initializer="ones")
        lines = [
            line for line in str(keras.explain(layer, [[0.7]])).splitlines() if " a = " in line
        ]
        assert numbers(lines[-1])[-1] == rounded(g(np.float32([[0.7]]))[0, 0], 2), name


def test_softmax_shows_the_sum_it_divides_by():
    layer = layers.Softmax(name="s")
    text = str(keras.explain(layer, [[0.0, np.log(3)]]))
    assert "unit 0  a = e^x / sum_j e^x_j = 1.00 / 4.00 = 0.25" in text
    assert "sum_j e^x_j = e^0.00 + e^1.10 = 4.00" in text
    far = str(keras.explain(layer, [[-2000.0, 2000.0]]))  # e^2000 is no float
    assert "a = e^x / sum_j e^x_j = 1.00" in far
    assert "inf" not in far


def test_wide_layers_show_the_largest_terms_and_the_sum_of_the_others():
    layer = Dense(20, name="wide", dtype="float64")
    x = np.random.default_rng(0).normal(size=(1, 50))
    lines = blocks(keras.explain(layer, x, terms=4, precision=6))["wide"]
    assert "... 17 more units" in lines[-1]
    column = layer.kernel[:, 2] * x[0]
    largest = np.argsort(-np.abs(column))[:4]
    start = next(i for i, line in enumerate(lines) if "unit 2" in line)
    for line, i in zip(lines[start:], largest, strict=False):
        assert line.endswith(f"input {i}")
        w, value = numbers(line.replace("unit 2", "").replace(f"input {i}", ""))
        assert (w, value) == (rounded(layer.kernel[i, 2], 6), rounded(x[0, i], 6))
    rest = lines[start + 4]
    assert rest.endswith("46 more inputs")
    left = np.delete(column, largest).sum()
    assert numbers(rest)[0] == pytest.approx(left, abs=1e-6)


def test_few_terms_and_units_are_never_left_out_one_alone():
    text = str(keras.explain(Dense(4, name="four"), [[1.0, 2.0, 3.0, 4.0]]))
    assert "more" not in text
    assert "unit 3" in text


@pytest.mark.parametrize(
    ("layer", "x", "expected"),
    [
        (layers.Rescaling(1 / 255), [[255.0]], "a = x * scale + offset = 255.00 * 3.92e-03 + 0.00"),
        (layers.Normalization(mean=-2.0, variance=4.0), [[3.0]], "= (3.00 - (-2.00)) / 2.00 = 2.5"),
        (layers.Normalization(mean=1.0, variance=4.0, invert=True), [[3.0]], "3.00 * 2.00 + 1.00"),
        (layers.Dropout(0.25), [[3.0]], "share of 0.25 to 0, but only while training"),
        (layers.Flatten(), np.ones((1, 2, 3)), "the same numbers, from 2 x 3 to 6"),
        (layers.Reshape((3, 1)), [[1.0, 2.0, 3.0]], "the same numbers, from 3 to 3 x 1"),
        (layers.LeakyReLU(), [[-1.0]], "a = leaky_re_lu(x) = leaky_re_lu(-1.00) = -0.30"),
        (layers.ReLU(), np.ones((1, 2, 2)), "unit 1, 1  a = relu(x) = max(0, 1.00) = 1.00"),
        (layers.Softmax(axis=1), np.ones((1, 2, 2)), "a = 2 x 2 numbers from 0.50 to 0.50"),
        (layers.Dense(1), np.ones((1, 4, 2)), "2 inputs, 1 unit, linear, at the first of 4"),
        (layers.Identity(), np.ones((1, 0)), "x = ()"),
    ],
)
def test_other_layers(layer, x, expected):
    assert expected in str(keras.explain(layer, x))


class Halve(Dense):
    """A layer of one's own, whose call is not that of Dense."""

    def call(self, inputs):
        return super().call(inputs) / 2


def test_a_layer_with_a_call_of_its_own_shows_what_goes_in_and_out():
    layer = Halve(1, kernel_initializer="ones", name="own")
    explanation = keras.explain(layer, [[1.0, 2.0]])
    assert blocks(explanation)["own"] == ["    x = (1.00, 2.00)", "    a = (1.50)"]
    assert list(explanation.weighted_sums) == []


def test_nested_models_have_names_with_a_slash():
    inner = Sequential([Dense(2, name="d")], name="inner")
    model = Sequential([inner, Dense(1, name="out")])
    explanation = model.explain([[1.0], [2.0]])
    assert list(explanation.outputs) == ["inner/d", "out"]
    np.testing.assert_array_equal(explanation.outputs["inner/d"], inner([[1.0], [2.0]]))


def test_outputs_are_arrays_of_all_rows_and_stay_what_they_are():
    model, x = lab_neuron(), np.array([[0.0], [3.0]], np.float32)
    explanation = model.explain(x)
    text = str(explanation)
    np.testing.assert_allclose(explanation.weighted_sums["L1"], [[-4.5], [1.5]])
    assert explanation.outputs["L1"].shape == (2, 1)
    model.set_weights([[[0.0]], [0.0]])
    x[...] = 7
    assert str(explanation) == text
    with pytest.raises(KeyError, match=r"There is no 'L2' here, only \['L1'\]"):
        explanation.outputs["L2"]


def test_outputs_are_not_the_callers_array():
    x = np.ones((1, 2), np.float32)
    explanation = keras.explain(layers.Identity(name="same"), x)
    x[...] = 7
    np.testing.assert_array_equal(explanation.outputs["same"], [[1, 1]])


def test_large_numbers_have_a_power_of_ten():
    layer = Dense(1, kernel_initializer="ones", use_bias=False)
    assert "z = 1.00 * 999999.00 = 999999.00" in str(keras.explain(layer, [[999999.0]]))
    assert "z = 1.00 * 2.50e+06 = 2.50e+06" in str(keras.explain(layer, [[2.5e6]]))


def test_an_explanation_names_no_layer_and_builds_no_model():
    model = Sequential([Dense(1)])
    model.compile(loss="mse")
    model.explain([[1.0]], [[1.0]])
    assert (Dense(1).name, Sequential().name) == ("dense_1", "sequential_1")


def test_the_text_is_not_wider_than_a_terminal():
    model = Sequential(
        [layers.Flatten(), Dense(128, "relu"), Dense(3, "tanh"), Dense(10, "softmax")]
    )
    x = np.random.default_rng(0).normal(size=(2, 8, 8))
    explanation = model.explain(x, [3, 4], loss="sparse_categorical_crossentropy")
    assert max(map(len, str(explanation).splitlines())) <= 80


# The way back ------------------------------------------------------------------------------------


def two_layers(seed=0):
    keras.utils.set_random_seed(seed)
    return Sequential(
        [Input((2,)), Dense(3, "tanh", name="hidden", dtype="float64"),
         Dense(1, "sigmoid", name="out", dtype="float64")]
    )  # fmt: skip


def test_the_way_back_of_one_neuron():
    model = lab_neuron()
    model.compile(keras.optimizers.SGD(0.01), "binary_crossentropy")
    lines = [line.strip() for line in str(model.explain([[3.0]], [[1]])).splitlines()]
    for expected in (
        "L = -log(a) = -log(0.82) = 0.20",
        "unit 0  dL/dz = a - y = 0.82 - 1.00 = -0.18",
        "dL/dw = dL/dz * x = -0.18 * 3.00 = -0.55",
        "dL/db = dL/dz = -0.18",
        "w = 2.0000 - 0.01 * (-0.55) = 2.0055",
        "b = -4.5000 - 0.01 * (-0.18) = -4.4982",
    ):
        assert expected in lines


@given(st.integers(0, 50), st.integers(1, 4), st.data())
def test_printed_gradients_are_finite_differences_of_the_loss(seed, rows, data):
    model = two_layers(seed)
    x = data.draw(floats((rows, 2), "float64", limit=2))
    y = data.draw(st.lists(st.sampled_from([0.0, 1.0]), min_size=rows, max_size=rows))
    y = np.array(y)[:, np.newaxis]
    explanation = model.explain(x, y, loss="bce", precision=9, row=rows - 1)
    printed = blocks(explanation)
    weights = model.get_weights()

    def total(weights):
        w1, b1, w2, b2 = weights
        z = np.tanh(x @ w1 + b1) @ w2 + b2
        return float((np.logaddexp(0, z) - y * z).mean())

    slopes = []
    for k, weight in enumerate(weights):
        slopes.append(np.zeros_like(weight))
        for place in np.ndindex(weight.shape):
            sides = []
            for step in (1e-5, -1e-5):
                moved = copy.deepcopy(weights)
                moved[k][place] += step
                sides.append(total(moved))
            slopes[-1][place] = (sides[0] - sides[1]) / 2e-5
    names = ["hidden/kernel", "hidden/bias", "out/kernel", "out/bias"]
    for name, slope, weight in zip(names, slopes, weights, strict=True):
        np.testing.assert_allclose(explanation.gradients[name], slope, atol=1e-8)
        layer, kind = name.split("/")
        lines = [line.strip() for line in printed[f"Back through {layer}"]]
        letter = "w" if kind == "kernel" else "b"
        found = [line for line in lines if re.match(rf"dL/d{letter}\b|dL/d{letter}_", line)]
        after = [line for line in lines if re.match(rf"{letter}(_\d+)? *=", line)]
        assert len(found) == len(after) == weight.size
        for line, expected in zip(found, slope.T.ravel(), strict=True):
            assert numbers(line)[-1] == pytest.approx(expected, abs=1e-7)
        for line, g, before in zip(after, slope.T.ravel(), weight.T.ravel(), strict=True):
            assert numbers(line)[-1] == pytest.approx(before - 0.01 * g, abs=1e-7)


@pytest.mark.parametrize(
    "optimizer", ["sgd", "adam", "rmsprop", keras.optimizers.SGD(0.1, momentum=0.9)]
)
def test_the_step_is_the_one_that_training_takes_and_the_model_stays(optimizer):
    model = two_layers()
    model.compile(optimizer, "bce")
    x, y = np.array([[1.0, 2], [3, 4]]), np.array([[0.0], [1]])
    model.fit(x, y, epochs=3, verbose=0)  # the optimizer's state counts
    before, state = model.get_weights(), copy.deepcopy(model.optimizer.state())
    lines = blocks(model.explain(x, y, precision=8))["Back through out"]
    for mine, same in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(mine, same)
    np.testing.assert_equal(model.optimizer.state(), state)
    assert model.optimizer.iterations == 3
    model.train_on_batch(x, y)
    w, b = model.layers[-1].get_weights()
    after = [line.split()[-1] for line in lines if re.match(r" +(w_\d|b) *=", line)]
    for printed, number in zip(after, [*w[:, 0], *b], strict=True):
        places = len(printed.partition(".")[2])
        assert places >= 8
        assert float(printed) == rounded(number, places)


@given(
    st.floats(-50, 50),
    st.floats(1e-7, 1e4),
    st.sampled_from([keras.optimizers.SGD, keras.optimizers.Adam]),
    st.floats(1e-4, 8),
    st.integers(0, 6),
    st.sampled_from(["float32", "float64"]),
)
def test_the_step_can_be_seen_and_adds_up(w, slope, optimizer, rate, precision, dtype):
    layer = Dense(1, use_bias=False, name="one", dtype=dtype)
    model = Sequential([Input((1,)), layer])
    layer.set_weights([[[w]]])
    model.compile(optimizer(rate), "mse")
    text = str(model.explain([[1.0]], [[w - slope / 2]], precision=precision))  # dL/dw = slope
    before = layer.kernel.item()
    model.train_on_batch([[1.0]], [[w - slope / 2]])
    after = layer.kernel.item()
    line = blocks(text)["Back through one"][-1]
    was, *times, change, becomes = re.findall(r"-?\d[\d.]*(?:e[+-]\d+)?", line)
    was, change, becomes = map(Decimal, (was, change, becomes))
    unit = Decimal(1).scaleb(min(becomes.as_tuple().exponent, 0))
    step = change * (Decimal(times[0]) if times else 1)
    stored = 2 * Decimal(np.spacing(np.dtype(dtype).type(max(abs(before), abs(after)))).item())
    assert abs(was - step - becomes) <= unit + stored
    assert abs(was - Decimal(before)) <= unit / 2
    assert abs(becomes - Decimal(after)) <= unit / 2
    if abs(before - after) > stored:
        assert was != becomes


@pytest.mark.parametrize("rate", [0.0, 0.01])
def test_a_weight_that_stays_is_seen_to_stay(rate):
    model = lab_neuron()
    model.compile(keras.optimizers.SGD(rate), "bce")
    assert f"w = 2.00 - {rate:g} * 0.00 = 2.00" in str(model.explain([[0.0]], [[1]]))


@pytest.mark.parametrize(
    ("activation", "loss", "y", "expected"),
    [
        ("linear", "mse", [[1.0]], ["L = (a - y)^2 = (3.00 - 1.00)^2 = 4.00",
                                    "dL/da = 2 * (a - y) = 2 * (3.00 - 1.00) = 4.00",
                                    "dL/dz = dL/da = 4.00"]),
        ("relu", "mae", [[1.0]], ["L = mean_absolute_error(y, a) = 2.00", "dL/da = 1.00",
                                  "dL/dz = dL/da * g'(z) = 1.00 * 1.00 = 1.00"]),
        ("sigmoid", "bce", [[0.0]], ["L = -log(1 - a) = -log(0.05) = 3.05"]),
        ("sigmoid", "bce", [[0.3]], ["L = binary_crossentropy(y, a) = 2.15",
                                     "dL/dz = a - y = 0.95 - 0.30 = 0.65"]),
        ("linear", keras.losses.BinaryCrossentropy(from_logits=True), [[1.0]],
         ["L = -log(p) = -log(0.95) = 0.05   p = sigmoid(a)", "dL/da = p - y = 0.95 - 1.00"]),
    ],
)  # fmt: skip
def test_losses(activation, loss, y, expected):
    layer = Dense(1, activation, kernel_initializer="ones", name="one")
    text = str(keras.explain(layer, [[3.0]], y, loss=loss))
    for line in expected:
        assert line in text


def test_softmax_and_its_loss():
    layer = Dense(3, "softmax", kernel_initializer="zeros")
    text = str(keras.explain(layer, [[1.0]], [2], loss="sparse_categorical_crossentropy"))
    assert "y = 2" in text
    assert "L = -log(a_2) = -log(0.33) = 1.10" in text
    assert re.search(r"unit 2  dL/dz = a - y = 0.33 - 1.00 = -0.67", text)


def test_penalties_dropout_and_frozen_layers_are_said():
    model = Sequential(
        [Input((1,)), Dense(1, kernel_regularizer="l2", activity_regularizer="l2", name="a"),
         layers.Dropout(0.5), Dense(1, trainable=False, name="b")]
    )  # fmt: skip
    model.compile("sgd", "mse")
    x, y = np.ones((2, 1)), np.zeros((2, 1))
    explanation = model.explain(x, y)
    text = str(explanation)
    assert "with penalties: " in text
    assert "dropout would silence some units" in text
    assert "The weights stay: the layer is not trainable." in text
    w, v = model.get_weights()[0].item(), model.get_weights()[2].item()
    slope = 2 * w * v * v + 2 * 0.01 * w + 2 * 0.01 * w  # of (w v)^2 + 0.01 w^2 + 0.01 w^2
    assert explanation.gradients["a/kernel"].item() == pytest.approx(slope, rel=1e-5)


def test_a_sum_of_losses_is_called_a_sum():
    loss = keras.losses.MeanSquaredError(reduction="sum")
    text = str(
        keras.explain(Dense(1, kernel_initializer="ones"), [[1.0], [2.0]], [0, 0], loss=loss)
    )
    assert "sum of L over 2 rows = 5.00" in text
    assert "dL/dw = sum of dL/dz * x = 10.00" in text


class Scale(layers.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight((input_shape[-1],), "ones", name="scale")

    def call(self, inputs):
        return inputs * self.scale

    def backward(self, gradient, entry, gradients):
        gradients[0][...] = (gradient * entry[0]).sum(axis=0)
        return gradient * self.scale


def test_a_layer_of_ones_own_and_one_that_comes_twice():
    twice = Dense(2, name="twice")
    twice.build((None, 2))
    twice.set_weights([np.eye(2), np.zeros(2)])
    model = Sequential(
        [Sequential([twice], name="a"), Scale(name="s"), Sequential([twice], name="b")]
    )
    explanation = model.explain([[1.0, 2.0]], [[0.0, 0.0]], loss="mse")
    # L = ((s_0 b)^2 ...) / 2 with a = x: dL/ds_i = a_i x_i
    assert "dL/dscale = (1.00, 4.00)" in str(explanation)
    # (x_i w_ii^2)^2 / 2 by w_ii = 2 x_i^2
    assert explanation.gradients["a/twice/kernel"][1, 1] == pytest.approx(8.0)


def test_a_batch_shows_the_rows_own_slope():
    model = lab_neuron()
    text = str(model.explain([[0.0], [3.0]], [[0], [1]], row=1, loss="bce"))
    a = 1 / (1 + np.exp(-np.array([-4.5, 1.5])))
    assert "dL/dz = a - y = 0.82 - 1.00 = -0.18" in text  # not half of it
    assert f"dL/db = mean of dL/dz = {(a - [0, 1]).mean():.2f}" in text
    assert f"mean of L over 2 rows = {-np.log([1 - a[0], a[1]]).mean():.2f}" in text


def test_a_constraint_is_part_of_the_step():
    layer = Dense(1, use_bias=False, kernel_constraint="non_neg", kernel_initializer="ones")
    text = str(keras.explain(layer, [[100.0]], [[0.0]], loss="mse"))  # dL/dw = 2 * 100 * 100
    assert "w = 1.00 - 1.00 = 0.00" in text


# HTML --------------------------------------------------------------------------------------------


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen = [], set()

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_html_is_well_formed_escaped_and_alone():
    model = lab_neuron()
    model.layers[0].name = "<script>x&"
    html = model.explain([[3.0]], [[1]], loss="bce")._repr_html_()
    tags = Tags()
    tags.feed(html)
    assert not tags.open
    assert tags.seen <= {"div", "style", "h4", "span", "table", "tr", "td", "i", "sub", "sup"}
    assert "&lt;script&gt;x&amp;" in html
    assert "http" not in html
    assert "1 / (1 + <i>e</i><sup>−1.50</sup>) = 0.82" in html
    assert "28 x 28 numbers" in keras.explain(layers.Flatten(), np.ones((1, 28, 28)))._repr_html_()


def test_html_has_the_numbers_of_the_text():
    x = np.random.default_rng(0).normal(size=(2, 9))
    explanation = Sequential([Dense(3, "sigmoid"), Dense(5, "softmax")]).explain(x, precision=4)
    html = explanation._repr_html_().split("</style>")[1]
    html = re.sub(
        r" · 10<sup>(−?)(\d+)</sup>", lambda m: f"e{'-' if m[1] else '+'}{m[2]:0>2}", html
    )
    plain = re.sub(r"<[^>]*>", " ", html).replace("−", "-")
    seen = re.sub(r"e\^|sum_j|_j", "", str(explanation))
    assert sorted(numbers(re.sub(r"- +(?=\d)", "-", plain))) == sorted(numbers(seen))


# Errors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda m: keras.explain("m", [[1]]), TypeError, "a model or a layer, got 'm', a str"),
        (lambda m: m.explain([[1.0]], row=1), ValueError, "from 0 to 0, as there are 1 rows"),
        (lambda m: m.explain([[1.0]], row=-1), ValueError, "row must be an integer"),
        (lambda m: m.explain(np.ones((0, 1))), ValueError, "no row to explain"),
        (lambda m: m.explain([[1.0]], precision=-1), ValueError, "precision must be an integer"),
        (lambda m: m.explain([[1.0]], precision=2.5), ValueError, "precision must be an integer"),
        (lambda m: m.explain([[1.0]], units=0), ValueError, "units must be a positive integer"),
        (lambda m: m.explain([[1.0]], [[1.0]]), ValueError, "there must be a loss: model.compile"),
        (lambda m: m.explain([[1.0]], loss="mse"), ValueError, "give y too"),
        (lambda m: m.explain([[1.0]], [1, 2], loss="mse"), ValueError, "never broadcast"),
        (lambda m: m.explain([[1.0, 2.0]]), ValueError, "needs inputs of shape"),
        (lambda m: m.explain(["a"]), TypeError, "must be real numbers"),
        (lambda m: m.explain([[1.0]], [1], loss=keras.losses.MeanSquaredError(reduction=None)),
         ValueError, "they must become one number"),
    ],
)  # fmt: skip
def test_what_cannot_be_explained(call, error, message):
    model = lab_neuron()
    with pytest.raises(error, match=message):
        call(model)


def test_a_model_with_a_call_of_its_own_explains_only_the_way_there():
    class Twice(Sequential):
        def call(self, inputs, training=False):
            return 2 * super().call(inputs, training)

    model = Twice([Input((1,)), Dense(1, kernel_initializer="ones")], name="twice")
    assert "a = (6.00)" in str(model.explain([[3.0]]))
    with pytest.raises(NotImplementedError, match="Twice must define backward"):
        model.explain([[3.0]], [[1.0]], loss="mse")


def test_an_unbuilt_model_is_built_as_by_a_call():
    model = Sequential([Dense(1)])
    model.explain([[1.0, 2.0]])
    assert model.input_shape == (None, 2)


def test_explain_is_a_function_of_the_package():
    assert keras.explain is keras.explanation.explain

"""The table of bad input: what is done, which exception answers, and what it says."""

import re

import numpy as np
import pytest

import tinyneuron as keras
from tinyneuron import Input, Sequential, layers
from tinyneuron.layers import Dense


def model(features=2, **options):
    return Sequential([Input((features,)), Dense(1, name="L1", **options)], name="m")


def predict(x, features=2, **options):
    return model(features).predict(x, **options)


ONES = np.ones((3, 2))
OBJECTS = np.array([[1, "a"], [2, "b"]], dtype=object)

# what, call, exception, message
TABLE = [
    # inputs
    ("1-D, features", lambda: predict(np.ones(2)), ValueError, r"'m'.*'L1'.*x\.reshape\(1, -1\)"),
    ("1-D, others", lambda: predict(np.ones(3)), ValueError, r"'L1', needs.*\(None, 2\).*\(3,\)"),
    (
        "1-D, unbuilt",
        lambda: Sequential([Dense(1)]).predict(np.ones(3)),
        ValueError,
        r"'dense' needs inputs of at least 2 axes.* got shape \(3,\).*x\.reshape\(-1, 1\)",
    ),
    ("1-D, call", lambda: model()(np.ones(2)), ValueError, r"x\.reshape\(1, -1\)"),
    ("a number", lambda: predict(3.0), ValueError, r"array of rows, got the single number 3\.0"),
    ("a number, call", lambda: model()(3.0), ValueError, r"needs inputs.*got \(\)"),
    ("features", lambda: predict(np.ones((3, 4))), ValueError, r"'L1'.*\(None, 2\).*\(3, 4\)"),
    ("features, call", lambda: model()(np.ones((3, 4))), ValueError, r"'L1'.*\(3, 4\)"),
    ("features, layer", lambda: model().layers[0](np.ones((3, 4))), ValueError, "'L1'.*2 inputs"),
    ("3-D", lambda: predict(np.ones((3, 2, 2))), ValueError, r"\(None, 2\).*\(3, 2, 2\)"),
    ("3-D, shown as given", lambda: predict(np.ones((5, 3, 1))), ValueError, r"\(5, 3, 1\)"),
    ("strings", lambda: predict([["a", "b"]]), TypeError, "'m' must be real numbers, got.*<U1"),
    ("objects", lambda: predict(OBJECTS), TypeError, "got dtype object from a ndarray"),
    ("complex", lambda: predict(ONES * 1j), TypeError, "complex128"),
    ("dates", lambda: predict(np.zeros((1, 2), "M8[s]")), TypeError, r"datetime64\[s\]"),
    ("None", lambda: predict(None), TypeError, "from a NoneType"),
    ("a dict", lambda: predict({"x": ONES}), TypeError, "from a dict"),
    ("a generator", lambda: predict(x for x in ONES), TypeError, "from a generator"),
    ("ragged", lambda: predict([[1, 2], [3]]), ValueError, "'m' must be rectangular"),
    ("strings, layer", lambda: Dense(1)([["a"]]), TypeError, "inputs of layer 'dense' must be"),
    ("a number, flattened", lambda: layers.Flatten()(3.0), ValueError, "'flatten'"),
    # predict
    ("batch_size 0", lambda: predict(ONES, batch_size=0), ValueError, "batch_size .* got 0"),
    ("batch_size -1", lambda: predict(ONES, batch_size=-1), ValueError, "batch_size .* got -1"),
    ("batch_size 2.5", lambda: predict(ONES, batch_size=2.5), ValueError, r"batch_size .* 2\.5"),
    ("batch_size '2'", lambda: predict(ONES, batch_size="2"), ValueError, "batch_size .* '2'"),
    ("predict, steps", lambda: predict(ONES, steps=2), TypeError, "keyword argument 'steps'"),
    # units and other arguments of layers
    ("units 0", lambda: Dense(0), ValueError, "Dense: units must be a positive integer, got 0"),
    ("units -1", lambda: Dense(-1), ValueError, "units .* got -1"),
    ("units 2.5", lambda: Dense(2.5), ValueError, r"units .* got 2\.5"),
    ("units '3'", lambda: Dense("3"), ValueError, "units .* got '3'"),
    ("units None", lambda: Dense(None), ValueError, "units .* got None"),
    ("units True", lambda: Dense(True), ValueError, "units .* got True"),
    ("no units", lambda: Dense(), TypeError, "units"),
    ("activation", lambda: Dense(1, "sigmoidd"), ValueError, "Did you mean 'sigmoid'"),
    ("activation 3", lambda: Dense(1, 3), TypeError, "a name or a callable, got 3"),
    ("left out", lambda: Dense(1, "sparsemax"), ValueError, "leaves out"),
    (
        "initializer",
        lambda: Dense(1, kernel_initializer="zeross"),
        ValueError,
        "Unknown initializer 'zeross'. Did you mean 'zeros'",
    ),
    (
        "regularizer",
        lambda: Dense(1, kernel_regularizer="l3"),
        ValueError,
        "Unknown regularizer 'l3'",
    ),
    (
        "constraint",
        lambda: Dense(1, kernel_constraint="nonneg"),
        ValueError,
        "Unknown constraint 'nonneg'. Did you mean 'NonNeg'",
    ),
    ("unknown layer", lambda: layers.deserialize({"class_name": "Dens"}), ValueError, "'Dense'"),
    ("keyword", lambda: Dense(1, unit=2), ValueError, r"arguments passed to Dense: .*'unit': 2"),
    ("keyword, model", lambda: Sequential(nme="a"), TypeError, "'nme'"),
    ("keyword, call", lambda: model()(ONES, mask=1), TypeError, "'mask'"),
    ("name 3", lambda: Dense(1, name=3), ValueError, "name must be a string, got 3"),
    ("name a/b", lambda: Dense(1, name="a/b"), ValueError, "must not contain '/', got 'a/b'"),
    ("dtype", lambda: Dense(1, dtype="float16"), ValueError, "'float32' or 'float64', got 'float1"),
    ("input_shape", lambda: Dense(1, input_shape=3), ValueError, "input_shape must be a tuple"),
    ("negative size", lambda: Dense(1, input_shape=(-3,)), ValueError, "negative sizes"),
    # weights
    (
        "too few weights",
        lambda: model().set_weights([np.ones((2, 1))]),
        ValueError,
        r"'m' has 2 weights of shapes \[\(2, 1\), \(1,\)\], got 1 of shapes \[\(2, 1\)\]",
    ),
    (
        "weights, W.T",
        lambda: model().set_weights([np.ones((1, 2)), np.zeros(1)]),
        ValueError,
        r"\[\(2, 1\), \(1,\)\], got \[\(1, 2\), \(1,\)\].*Did you mean W\.T\?",
    ),
    (
        "weights, b",
        lambda: model().set_weights([np.ones((2, 1)), np.zeros((1, 1))]),
        ValueError,
        r"weight 1 does not fit\.$",
    ),
    (
        "weights, unbuilt",
        lambda: Sequential([Dense(1)]).set_weights([np.ones((2, 1)), np.zeros(1)]),
        ValueError,
        "has 0 weights.*not built yet",
    ),
    ("kernel, unbuilt", lambda: Dense(1).kernel, AttributeError, r"first call, or with build\("),
    ("bias, unbuilt", lambda: Dense(1).bias, AttributeError, "'dense' has no attribute 'bias'"),
    ("input, unbuilt", lambda: Dense(1).input, AttributeError, "not built"),
    ("output, unbuilt", lambda: Dense(1).output, AttributeError, "not built"),
    ("count_params, unbuilt", lambda: Dense(1).count_params(), ValueError, "isn't built"),
    # Input
    ("Input()", lambda: Input(), ValueError, r"needs a shape, such as \(2,\)"),
    ("Input(2)", lambda: Input(2), ValueError, r"must be a tuple, got 2\. Did you mean \(2,\)\?"),
    ("Input('ab')", lambda: Input("ab"), ValueError, "must be a tuple of integers or None"),
    ("Input, batch", lambda: Input((2,), batch_size=3), ValueError, "any number of rows"),
    ("Input, batch_shape", lambda: Input(batch_shape=(3, 2)), ValueError, "any number of rows"),
    (
        "Input, two shapes",
        lambda: layers.InputLayer((2,), batch_shape=(None, 2)),
        ValueError,
        "needs a shape",
    ),
    ("functional", lambda: Dense(1)(Input((2,))), TypeError, r"'dense' was called.*functional"),
    ("functional, model", lambda: model()(Input((2,))), TypeError, "no functional models"),
    # structure
    ("a class", lambda: Sequential([Dense]), ValueError, r"Did you mean Dense\(\.\.\.\), with"),
    ("a function", lambda: Sequential([np.tanh]), ValueError, "Only layers can be added.*ufunc"),
    ("a name", lambda: Sequential(["dense"]), ValueError, "got 'dense', a str"),
    ("None as layer", lambda: Sequential([None]), ValueError, "got None, a NoneType"),
    (
        "a single layer",
        lambda: Sequential(Dense(1)),
        TypeError,
        "layers must be a list, got <Dense",
    ),
    ("an array", lambda: Sequential().add(ONES), ValueError, "a ndarray"),
    (
        "same names",
        lambda: Sequential([Dense(1, name="a"), Dense(2, name="a")]),
        ValueError,
        r"different names, and it has \['a'\]",
    ),
    ("Input second", lambda: Sequential([Dense(1), Input((2,))]), ValueError, "Input goes first"),
    ("two Inputs", lambda: Sequential([Input((2,)), Input((2,))]), ValueError, "first, once"),
    ("empty, call", lambda: Sequential()(ONES), ValueError, "cannot be built because it has no"),
    ("empty, predict", lambda: Sequential().predict(ONES), ValueError, "it has no layers"),
    ("empty, build", lambda: Sequential().build((None, 2)), ValueError, "it has no layers"),
    ("build(3)", lambda: Sequential([Dense(1)]).build(3), ValueError, "must be a tuple of integ"),
    ("build((3,))", lambda: Dense(1).build((3,)), ValueError, "at least 2 axes"),
    ("build, no size", lambda: Dense(1).build((None, None)), ValueError, "must be known"),
    ("build again", lambda: model().build((None, 3)), ValueError, "cannot be built again"),
    (
        "a layer of another model",
        lambda: Sequential([Input((5,)), model().layers[0]]),
        ValueError,
        r"'L1' is already built for inputs of shape \(None, 2\)",
    ),
    ("get_layer, name", lambda: model().get_layer("L2"), ValueError, r"L2\..*are: \['L1'\]"),
    ("get_layer, index", lambda: model().get_layer(index=1), ValueError, "at index 1.*1 layers"),
    ("get_layer, index -2", lambda: model().get_layer(index=-2), ValueError, "at index -2"),
    ("get_layer()", lambda: model().get_layer(), ValueError, "either a name or an index"),
    ("get_layer, both", lambda: model().get_layer("L1", 0), ValueError, "either a name or an in"),
    # what Keras has and we have not
    ("Conv2D", lambda: layers.Conv2D, AttributeError, r"tinyneuron\.layers has no 'Conv2D'"),
    ("Dens", lambda: layers.Dens, AttributeError, "Did you mean 'Dense'"),
    ("Model", lambda: keras.Model, AttributeError, "has no 'Model': it offers Sequential"),
    ("applications", lambda: keras.applications, AttributeError, "not all of Keras"),
    ("lora", lambda: Dense(1, lora_rank=2), ValueError, "lora_rank"),
]


@pytest.mark.parametrize(
    ("call", "error", "message"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_bad_input_is_answered(call, error, message):
    with pytest.raises(error, match=re.compile(message, re.DOTALL)) as caught:
        call()
    assert type(caught.value) is error


def test_importing_what_is_not_offered_fails_as_any_import_does():
    with pytest.raises(ImportError, match="LSTM"):
        from tinyneuron.layers import LSTM  # noqa: F401


@pytest.mark.parametrize(
    "bad", [np.ones((3, 5)), np.ones(7), [["a", "b"]], np.ones((3, 2)) * 1j, [[1], [2, 3]]]
)
def test_refused_inputs_leave_the_model_as_it_was(bad):
    m = model()
    before, attributes = m.get_weights(), dict(vars(m))
    with pytest.raises((ValueError, TypeError)):
        m.predict(bad)
    assert vars(m) == attributes
    for own, old in zip(m.weights, before, strict=True):
        np.testing.assert_array_equal(own, old)


def test_refused_inputs_leave_an_unbuilt_model_unbuilt():
    m = Sequential([Dense(2), layers.Reshape((5,))])
    with pytest.raises(ValueError, match="cannot reshape"):
        m.predict(np.ones((3, 4)))
    assert not m.built
    assert m.weights == []
    assert Sequential([Dense(2)]).predict(np.ones((3, 4))).shape == (3, 2)


@pytest.mark.parametrize("bad", [Dense, None, "dense"])
def test_what_is_refused_is_not_added(bad):
    m = model()
    with pytest.raises(ValueError, match="Only layers"):
        m.add(bad)
    assert len(m.layers) == 1


def test_what_looks_odd_is_fine():
    assert Dense(np.int64(3)).units == 3
    assert predict(ONES, batch_size=np.int32(2)).shape == (3, 1)
    assert predict(np.empty((0, 2))).shape == (0, 1)
    assert predict(ONES.tolist()).shape == (3, 1)


def test_nan_and_infinity_pass_through_predict():
    m = model(kernel_initializer="ones")
    x = [[np.nan, 1.0], [np.inf, 1.0], [-np.inf, 1.0], [2.0, 1.0]]
    np.testing.assert_array_equal(m.predict(x), [[np.nan], [np.inf], [-np.inf], [3.0]])


MODULES = ["activations", "backend", "callbacks", "constraints", "initializers", "layers",
           "losses", "metrics", "models", "optimizers", "regularizers", "utils"]  # fmt: skip


@pytest.mark.parametrize("module", MODULES)
def test_what_a_module_does_not_have_is_said_with_what_it_has(module):
    module = getattr(keras, module)
    with pytest.raises(AttributeError, match=rf"{module.__name__} has no 'Xyzzy': it offe") as no:
        module.Xyzzy  # noqa: B018
    names = str(no.value).partition("Known names: ")[2].rstrip(".").split(", ")
    assert names != [""]
    assert all(hasattr(module, name) for name in names)
    wrong = f"{names[0]}x"
    with pytest.raises(AttributeError, match=f"Did you mean '{names[0]}'"):
        getattr(module, wrong)


def test_python_s_own_questions_of_a_module_are_answered_shortly():
    with pytest.raises(AttributeError, match=r"^tinyneuron\.losses has no '__path__'\.$"):
        keras.losses.__path__  # noqa: B018

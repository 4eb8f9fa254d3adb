"""The table of bad input: what is done, which exception answers, and what it says."""

import io
import json
import re
import zipfile

import numpy as np
import pytest

import error_cases
import tinyneuron as keras
from tinyneuron import Input, Sequential, layers
from tinyneuron._common.unknown import UnknownArgumentError
from tinyneuron.layers import Dense


def model(features=2, **options):
    return Sequential([Input((features,)), Dense(1, name="L1", **options)], name="m")


def predict(x, features=2, **options):
    return model(features).predict(x, **options)


ONES = np.ones((3, 2))
CASES = [case[:3] for cases in error_cases.CASES.values() for case in cases]

# more of the same: what, call, exception, message
TABLE = [
    ("predict, steps", lambda: predict(ONES, steps=0), ValueError, "must be a positive integer"),
    ("keyword, model", lambda: Sequential(nme="a"), UnknownArgumentError, "'nme'"),
    (
        "loss, one number",
        lambda: keras.losses.binary_crossentropy(True, np.ones((4, 3))),
        ValueError,
        r"targets of shape \(\) do not fit",
    ),
    (
        "loss, one class",
        lambda: keras.losses.sparse_categorical_crossentropy(True, (2.5,)),
        ValueError,
        "from 0 to 0, got 1",
    ),
    (
        "how often to save",
        lambda: keras.callbacks.ModelCheckpoint("a.keras", save_freq=ONES),
        ValueError,
        "save_freq, if it is not 'epoch', must be a positive integer",
    ),
    ("keyword, call", lambda: model()(ONES, mask=1), TypeError, "'mask'"),
    ("bias, unbuilt", lambda: Dense(1).bias, AttributeError, "'dense' has no attribute 'bias'"),
    ("output, unbuilt", lambda: Dense(1).output, AttributeError, "not built"),
    ("Input, batch_size", lambda: Input((2,), batch_size=0), ValueError, "batch_size must be"),
    (
        "Input, two shapes",
        lambda: layers.InputLayer((2,), batch_shape=(None, 2)),
        ValueError,
        "needs a shape",
    ),
    ("functional, model", lambda: model()(Input((3,))), ValueError, "needs inputs of shape"),
    ("a name", lambda: Sequential(["dense"]), ValueError, "got 'dense', a str"),
    ("an array", lambda: Sequential().add(ONES), ValueError, "a ndarray"),
    ("two Inputs", lambda: Sequential([Input((2,)), Input((2,))]), ValueError, "first, once"),
    ("empty, predict", lambda: Sequential().predict(ONES), ValueError, "it has no layers"),
    ("empty, build", lambda: Sequential().build((None, 2)), ValueError, "it has no layers"),
    ("get_layer, index -2", lambda: model().get_layer(index=-2), ValueError, "at index -2"),
    ("get_layer, both", lambda: model().get_layer("L1", 0), ValueError, "either a name or an in"),
]


@pytest.mark.parametrize(("code", "error", "message"), CASES, ids=[case[0] for case in CASES])
def test_each_case_is_answered(code, error, message):
    answer = error_cases.answer(code)
    assert type(answer) is error
    assert re.search(message, str(answer), re.DOTALL), answer


def test_the_page_shows_the_answers():
    assert error_cases.PAGE.read_text(encoding="utf-8") == error_cases.page()


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
    with pytest.raises(AttributeError, match=r"^tinyneuron\.regularizers has no '__path__'\.$"):
        keras.regularizers.__path__  # noqa: B018


# Damaged and foreign files ---------------------------------------------------------------------


@pytest.fixture
def trained():
    m = Sequential([Input((2,)), Dense(1, name="L1")], name="m")
    m.compile("adam", "mse")
    m.fit(ONES, np.ones(3), verbose=0)
    return m


def rewritten(path, name, change):
    """Replace one part of a file by what `change` makes of it."""
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)


def described(**changes):
    """Change entries of a part that is JSON."""
    return lambda content: json.dumps(json.loads(content) | changes)


def in_json(*path, value):
    def change(content):
        config = inner = json.loads(content)
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = value
        return json.dumps(config)

    return change


def in_h5(change):
    def changed(content):
        h5py = pytest.importorskip("h5py")
        buffer = io.BytesIO(content)
        with h5py.File(buffer, "r+") as file:
            change(file, h5py)
        return buffer.getvalue()

    return changed


def linked(file, h5py):
    del file["layers/dense/vars/0"]
    file["layers/dense/vars/0"] = h5py.SoftLink("/elsewhere")


def of_words(file, h5py):
    del file["layers/dense/vars/0"]
    file["layers/dense/vars/0"] = np.array([b"a"])


def claiming(file, h5py):
    del file["layers/dense/vars/0"]
    file["layers/dense/vars"].create_dataset("0", (10**9,), "f4", chunks=True)


def shorter(file, h5py):
    del file["optimizer/vars/5"]


def as_npy(array, version=(1, 0)):
    part = io.BytesIO()
    np.lib.format.write_array(part, np.asarray(array), version)
    return lambda content: part.getvalue()


DAMAGED = [
    (".keras", "config.json", lambda content: "[]", r"not that of a model: \[\]"),
    (".keras", "config.json", described(class_name="Other"), "Unknown layer class 'Other'"),
    (".keras", "model.weights.h5", in_h5(linked), "is a link to somewhere else"),
    (".keras", "model.weights.h5", in_h5(of_words), "is not an array of numbers"),
    (
        ".keras",
        "model.weights.h5",
        in_h5(claiming),
        r"shape \(1000000000,\), where \(2, 1\) is needed",
    ),
    (".npz", "optimizer/m.npy", as_npy(np.ones(7)), r"the file has .*\(7,\)"),
    (".npz", "weights/0.npy", as_npy(np.ones((2, 1)), (2, 0)), "is not a plain array"),
    (
        ".npz",
        "model.json",
        in_json("model", "config", value={"name": "m", "layers": []}),
        "it holds a model without the shape of its inputs, one that was never built",
    ),
]


@pytest.mark.parametrize(("ending", "part", "change", "message"), DAMAGED)
def test_damage_is_said(trained, tmp_path, ending, part, change, message):
    path = tmp_path / f"m{ending}"
    if ending == ".keras":
        pytest.importorskip("h5py")
    trained.save(path)
    rewritten(path, part, change)
    with pytest.raises(ValueError, match=rf"Cannot load '.*m\{ending}': .*{message}"):
        keras.models.load_model(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (in_json("compile_config", "loss_weights", value=[1.0]), "loss_weights"),
        (in_json("compile_config", "optimizer", "config", "use_ema", value=True), "use_ema=True"),
    ],
)
def test_training_that_is_not_offered_is_left_out_and_said(trained, tmp_path, change, message):
    pytest.importorskip("h5py")
    trained.save(path := tmp_path / "m.keras")
    rewritten(path, "config.json", change)
    with pytest.warns(UserWarning, match=rf"m\.keras' is open, without.*{message}"):
        model = keras.models.load_model(path)
    assert model.optimizer is None
    np.testing.assert_array_equal(model.get_weights()[0], trained.get_weights()[0])


def test_a_state_that_does_not_fit_is_left_out_and_said(trained, tmp_path):
    pytest.importorskip("h5py")
    trained.save(path := tmp_path / "m.keras")
    rewritten(path, "model.weights.h5", in_h5(shorter))
    with pytest.warns(UserWarning, match="state .it needs 4 arrays, and the file has 3"):
        model = keras.models.load_model(path)
    np.testing.assert_array_equal(model.get_weights()[0], trained.get_weights()[0])


def test_a_file_of_weights_is_no_model(trained, tmp_path):
    pytest.importorskip("h5py")
    trained.save_weights(tmp_path / "m.weights.h5")
    with pytest.raises(ValueError, match="it has weights, but no model"):
        keras.models.load_model(tmp_path / "m.weights.h5")


def test_files_have_the_trainable_weights_first_as_keras_has(tmp_path):
    class Odd(layers.Layer):
        def build(self, input_shape):
            self.add_weight((1,), "zeros", trainable=False)
            self.add_weight((1,), "ones")

        def call(self, inputs):
            return inputs

    pytest.importorskip("h5py")
    m = Sequential([Input((2,)), Odd(name="odd")])
    assert [weight.item() for weight in m.weights] == [1, 0]
    for ending in ("keras", "npz"):
        m.save(path := tmp_path / f"m.{ending}")
        again = keras.saving.load_model(path, custom_objects={"Odd": Odd})
        assert [weight.item() for weight in again.weights] == [1, 0]

"""Files: what is saved comes back, what is damaged is refused, and nothing is half done."""

import copy
import io
import json
import os
import pickle
import random
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinyneuron as keras
from stress_files import kill_the_writer, refused_or_right, same_bits
from tinyneuron import layers

X = np.random.default_rng(0).normal(size=(12, 3)).astype(np.float32)
Y = (X[:, :1] > 0).astype(np.float32)


def hidden_layers():
    activation = st.sampled_from(["relu", "tanh", "gelu", keras.activations.LeakyReLU(0.1)])
    dense = st.builds(
        lambda units, activation, bias, initializer, regularizer, constraint: layers.Dense(
            units,
            activation,
            bias,
            initializer,
            kernel_regularizer=regularizer,
            kernel_constraint=constraint,
        ),
        st.integers(1, 4),
        activation,
        st.booleans(),
        st.sampled_from(["glorot_uniform", "he_normal", "ones"]),
        st.sampled_from([None, "l2", keras.regularizers.L1L2(0.1, 0.2)]),
        st.sampled_from([None, "max_norm"]),
    )
    others = st.sampled_from(
        [
            lambda: layers.Dropout(0.2, seed=5),
            lambda: layers.ReLU(max_value=2.0),
            lambda: layers.Rescaling(0.5, offset=[0.1]),
            lambda: layers.Activation("sigmoid"),
            lambda: layers.Identity(),
            lambda: layers.Normalization(mean=0.5, variance=2.0),
            lambda: keras.Sequential([layers.Dense(2, use_bias=False), layers.ELU(0.5)]),
        ]
    ).map(lambda make: make())
    return st.lists(st.one_of(dense, others), min_size=1, max_size=3)


@st.composite
def trained_models(draw):
    last = layers.Dense(1, "sigmoid")
    model = keras.Sequential([keras.Input((3,)), *draw(hidden_layers()), last])
    schedule = keras.optimizers.schedules.ExponentialDecay(0.05, 10, 0.9)
    optimizer = draw(
        st.sampled_from(
            [
                lambda: keras.optimizers.SGD(schedule, momentum=0.9),
                lambda: keras.optimizers.RMSprop(0.01, centered=True),
                lambda: keras.optimizers.Adam(0.01, amsgrad=True, clipnorm=1.0),
            ]
        )
    )()
    loss = draw(st.sampled_from(["mse", keras.losses.BinaryCrossentropy(label_smoothing=0.1)]))
    model.compile(optimizer, loss, metrics=["accuracy", keras.metrics.Precision(name="p")])
    model.fit(X, Y, epochs=1, verbose=0)
    return model


def next_steps(model):
    keras.utils.set_random_seed(9)
    return model.fit(X, Y, epochs=2, batch_size=5, verbose=0).history


@settings(max_examples=15)
@given(trained_models(), st.sampled_from(["npz", "pickle", "deepcopy"]))
def test_a_model_comes_back_and_trains_on_bit_for_bit(tmp_path_factory, model, way):
    if way == "npz":
        path = tmp_path_factory.mktemp("models") / "model.npz"
        model.save(path)
        loaded = keras.saving.load_model(path)
    else:
        loaded = copy.deepcopy(model) if way == "deepcopy" else pickle.loads(pickle.dumps(model))
    assert loaded.get_config() == model.get_config()
    assert same_bits(loaded, model)
    assert np.array_equal(loaded.predict(X), model.predict(X))
    assert next_steps(loaded) == next_steps(model)
    assert same_bits(loaded, model)
    assert all(
        layer.kernel is layer.weights[0] for layer in loaded.layers if "kernel" in vars(layer)
    )


@settings(max_examples=15)
@given(trained_models())
def test_a_keras_file_comes_back_too(tmp_path_factory, model):
    pytest.importorskip("h5py")
    path = tmp_path_factory.mktemp("models") / "model.keras"
    if any("LeakyReLU(" in repr(getattr(layer, "activation", "")) for layer in model.layers):
        with pytest.raises(ValueError, match="options Keras cannot store in a Dense"):
            model.save(path)
        return
    model.save(path)
    loaded = keras.models.load_model(path)
    assert same_bits(loaded, model)
    assert np.array_equal(loaded.predict(X), model.predict(X))
    assert loaded.optimizer.iterations == model.optimizer.iterations
    if not any(isinstance(layer, layers.Dropout) for layer in loaded.layers):
        losses = [np.array(next_steps(each)["loss"]) for each in (loaded, model)]
        np.testing.assert_allclose(*losses, rtol=1e-5)


@pytest.fixture
def model():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4, "tanh"), layers.Dense(1)])
    model.compile("adam", "mse", weighted_metrics=["mae"])
    model.fit(X, Y, verbose=0)
    return model


@pytest.mark.parametrize("name", ["w.npz", "w.weights.h5", "m.npz", "m.keras"])
def test_weights_are_read_into_a_model(model, tmp_path, name):
    pytest.importorskip("h5py")
    save = model.save if name[0] == "m" else model.save_weights
    save(tmp_path / name)
    other = keras.models.clone_model(model)
    if name == "m.keras":
        other.set_weights(keras.models.load_model(tmp_path / name).get_weights())
    else:
        other.load_weights(tmp_path / name)
    assert same_bits(other, model)


def test_numpy_alone_reads_the_file(model, tmp_path):
    model.save(tmp_path / "model.npz")
    with np.load(tmp_path / "model.npz") as file:
        assert np.array_equal(file["weights/0"], model.layers[0].kernel)
        assert json.loads(file["model.json"])["format_version"] == 1


def test_compile_false_leaves_the_training_out(model, tmp_path):
    model.save(tmp_path / "model.npz")
    loaded = keras.saving.load_model(tmp_path / "model.npz", compile=False)
    assert loaded.optimizer is None
    assert same_bits(loaded, model)


def test_overwrite_false_keeps_what_is_there(model, tmp_path):
    path = tmp_path / "model.npz"
    path.write_bytes(b"mine")
    with pytest.raises(ValueError, match="is there already"):
        model.save(path, overwrite=False)
    assert path.read_bytes() == b"mine"


def test_unbuilt_models_and_other_endings_are_refused(model, tmp_path):
    with pytest.raises(ValueError, match="not built"):
        keras.Sequential([layers.Dense(1)]).save(tmp_path / "m.npz")
    with pytest.raises(ValueError, match="not built"):
        keras.Sequential([layers.Dense(1)]).save_weights(tmp_path / "m.npz")
    with pytest.raises(ValueError, match=r"ends in '\.npz', or '\.keras'"):
        model.save(tmp_path / "m.h5")
    with pytest.raises(ValueError, match=r"ends in '\.npz', or '\.weights\.h5'"):
        model.save_weights(tmp_path / "m.h5")
    assert not list(tmp_path.iterdir())


def test_weights_that_do_not_fit_change_nothing(model, tmp_path):
    other = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.Dense(2)])
    other.save_weights(tmp_path / "w.npz")
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"has weights of shapes .*\(4, 1\).*got .*\(4, 2\)"):
        model.load_weights(tmp_path / "w.npz")
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    with pytest.raises(ValueError, match="weights, but no model"):
        keras.saving.load_model(tmp_path / "w.npz")


# Your own classes --------------------------------------------------------------------------------


class Scale(keras.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight((input_shape[-1],), "ones")

    def call(self, inputs):
        return inputs * self.scale


def test_users_classes_are_found_by_the_caller_only(tmp_path):
    path = tmp_path / "model.npz"
    keras.Sequential([keras.Input((2,)), Scale()]).save(path)
    with pytest.raises(ValueError, match="Unknown layer class 'Scale'"):
        keras.saving.load_model(path)
    loaded = keras.saving.load_model(path, custom_objects={"Scale": Scale})
    assert isinstance(loaded.layers[0], Scale)
    with keras.utils.custom_object_scope({"Scale": Scale}):
        assert keras.saving.load_model(path).built


def test_registered_classes_are_found_by_name(tmp_path):
    @keras.saving.register_keras_serializable(package="tests", name="Twice")
    class Doubling(keras.Layer):
        def call(self, inputs):
            return 2 * inputs

    keras.Sequential([keras.Input((2,)), Doubling()]).save(tmp_path / "model.npz")
    loaded = keras.saving.load_model(tmp_path / "model.npz")
    assert loaded.predict([[1.0, 2.0]]).tolist() == [[2, 4]]


# Damage ------------------------------------------------------------------------------------------


def test_truncated_files_are_refused_at_every_length(model, tmp_path):
    model.save(tmp_path / "whole.npz")
    whole = (tmp_path / "whole.npz").read_bytes()
    for length in range(0, len(whole), 7):
        assert not refused_or_right(whole[:length], tmp_path / "cut.npz", model)


@pytest.mark.parametrize("ending", [".npz", ".keras"])
def test_flipped_bits_are_refused_or_harmless(model, tmp_path, ending):
    pytest.importorskip("h5py")
    model.save(tmp_path / f"whole{ending}")
    whole = (tmp_path / f"whole{ending}").read_bytes()
    dice = random.Random(1)
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(dice.choice([1, 4, 30])):
            damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
        refused_or_right(bytes(damaged), tmp_path / f"damaged{ending}", model)


def rewritten(whole, changes, compression=zipfile.ZIP_STORED):
    """Return the zip with some of its parts changed, added or (``None``) left out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(buffer, "w") as new:
        parts = {name: old.read(name) for name in old.namelist()} | changes
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content, compression)
    return buffer.getvalue()


def npy(array, **header):
    file = io.BytesIO()
    claimed = {"descr": array.dtype.str, "fortran_order": False, "shape": array.shape} | header
    np.lib.format.write_array_header_1_0(file, claimed)
    return file.getvalue() + array.tobytes()


def described(**changes):
    def change(whole):
        with zipfile.ZipFile(io.BytesIO(whole)) as file:
            description = json.loads(file.read("model.json"))
        return rewritten(whole, {"model.json": json.dumps(description | changes)})

    return change


def config_changed(change):
    def rewrite(whole):
        with zipfile.ZipFile(io.BytesIO(whole)) as file:
            description = json.loads(file.read("model.json"))
        change(description["model"]["config"])
        return rewritten(whole, {"model.json": json.dumps(description)})

    return rewrite


W0 = np.zeros((3, 4), np.float32)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda whole: b"", "not a zip"),
        (lambda whole: b"PK" + bytes(100), "not a zip"),
        (lambda whole: rewritten(whole, {"model.json": None}), "not one of tinyneuron's files"),
        (lambda whole: rewritten(whole, {"model.json": "[1]"}), "not one of tinyneuron's files"),
        (lambda whole: rewritten(whole, {"model.json": "{"}), "Expecting"),
        (lambda whole: rewritten(whole, {}, zipfile.ZIP_DEFLATED), "is compressed"),
        (lambda whole: rewritten(whole, {"weights/1.npy": None}), "weights/1 is missing"),
        (lambda whole: rewritten(whole, {"weights/4.npy": npy(W0)}), "the file has 5"),
        (lambda whole: rewritten(whole, {"weights/0.npy": npy(W0.T)}), r"shape \(3, 4\)"),
        (lambda whole: rewritten(whole, {"weights/0.npy": b"\x93NUMPY"}), "."),
        (
            lambda whole: rewritten(whole, {"weights/0.npy": npy(W0, shape=(10**9, 10**9))}),
            "claims float32 numbers of shape",
        ),
        (
            lambda whole: rewritten(whole, {"weights/0.npy": npy(W0, descr="|O")}),
            "'weights/0.npy' claims object",
        ),
        (described(format="other"), "not one of tinyneuron's files"),
        (described(format_version=99), "format version 99"),
        (described(iterations=-1), "number of iterations is -1"),
        (described(iterations="many"), "number of iterations is 'many'"),
        (described(model=3), "no model"),
        (described(compile={"optimizer": {"class_name": "os.system"}}), "it lacks 'loss'"),
        (described(compile={"optimizer": "os.system", "loss": None}), "Unknown optimizer"),
        (config_changed(lambda c: c["layers"].clear()), "it has no layers"),
        (config_changed(lambda c: c["layers"].pop()), "the file has"),
        (config_changed(lambda c: c["layers"].append({"class_name": "Lambda"})), "'Lambda'"),
        (config_changed(lambda c: c["layers"][1]["config"].update(units=10**12)), "shape"),
        (config_changed(lambda c: c["layers"][1]["config"].update(activation="evil")), "'evil'"),
        (config_changed(lambda c: c.update(layers=7)), "."),
    ],
)
def test_what_is_wrong_is_named(model, tmp_path, damage, message):
    model.save(tmp_path / "whole.npz")
    path = tmp_path / "damaged.npz"
    path.write_bytes(damage((tmp_path / "whole.npz").read_bytes()))
    with pytest.raises(ValueError, match=rf"damaged\.npz.*{message}"):
        keras.saving.load_model(path)


def test_a_missing_file_is_a_missing_file(model, tmp_path):
    with pytest.raises(FileNotFoundError):
        keras.saving.load_model(tmp_path / "nowhere.npz")


def test_a_failed_write_leaves_the_old_file_and_no_other(model, tmp_path, monkeypatch):
    path = tmp_path / "model.npz"
    model.save(path)
    before = path.read_bytes()

    def full(_):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        model.save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killing_the_writer_leaves_a_whole_file(tmp_path):
    for seed in range(4):
        kill_the_writer(tmp_path / "model.npz", seed)


def test_without_h5py_the_error_says_what_to_install(model, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ImportError, match=r"pip install tinyneuron\[keras\]"):
        model.save(tmp_path / "model.keras")
    assert not list(tmp_path.iterdir())


# Files that Keras wrote --------------------------------------------------------------------------

KERAS_FILES = Path(__file__).parent / "data" / "keras"


@pytest.mark.parametrize("path", sorted(KERAS_FILES.glob("*.npz")), ids=lambda path: path.stem)
@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_what_keras_saved_predicts_and_trains_as_in_keras(path, ending):
    pytest.importorskip("h5py")
    with np.load(path) as recorded:
        model = keras.saving.load_model(path.with_suffix(ending))
        np.testing.assert_allclose(model.predict(recorded["x"]), recorded["y"], atol=1e-6)
        model.load_weights(path.with_suffix(".weights.h5"))
        if ending == ".keras" and recorded["losses"].size:
            x, targets = recorded["x"], recorded["targets"]
            losses = [model.train_on_batch(x, targets, return_dict=True)["loss"] for _ in range(5)]
            np.testing.assert_allclose(losses, recorded["losses"], rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("convolution", "Unknown layer class 'Conv2D'"),
        ("branches", "only if it is a chain of layers"),
    ],
)
def test_what_is_not_offered_is_refused_by_name(name, message):
    pytest.importorskip("h5py")
    with pytest.raises(ValueError, match=message):
        keras.saving.load_model(KERAS_FILES / f"{name}.keras")


@pytest.mark.parametrize(
    "optimizer", ["sgd", "adam", "rmsprop", "adamw", keras.optimizers.SGD(momentum=0.9)]
)
@pytest.mark.parametrize("ending", ["npz", "keras"])
def test_a_model_that_was_compiled_and_never_trained_is_saved(tmp_path, optimizer, ending):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile(optimizer, "mse")
    path = tmp_path / f"model.{ending}"
    model.save(path)
    again = keras.models.load_model(path)
    for each in (model, again):
        each.fit([[1.0, 2.0]], [[3.0]], epochs=2, verbose=0)
    np.testing.assert_array_equal(model.weights[0], again.weights[0])


def test_a_missing_folder_is_named():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    with pytest.raises(FileNotFoundError, match=r"There is no folder '.*there' to save 'm.npz' in"):
        model.save("not/there/m.npz")


@keras.utils.register_keras_serializable("mine")
def largest_error(y_true, y_pred):
    return abs(y_true - y_pred).max()


@pytest.mark.parametrize("ending", ["npz", "keras"])
def test_functions_and_losses_as_metrics_are_saved(tmp_path, ending):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    wanted = [largest_error, keras.losses.Huber(delta=0.1, name="hub"), "mae"]
    model.compile("sgd", "mse", metrics=wanted)
    x, y = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[3.0], [0.0]])
    path = tmp_path / f"model.{ending}"
    model.save(path)
    again = keras.models.load_model(path)
    assert again.evaluate(x, y, verbose=0) == pytest.approx(model.evaluate(x, y, verbose=0))

"""Files: what is saved comes back, what is damaged is refused, and nothing is half done."""

import copy
import io
import json
import os
import pickle
import random
import re
import stat
import sys
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinyneuron as keras
from damage import remove_checksums, same_bits
from stress_files import refused_or_right
from stress_saving import kill_the_writer
from tinyneuron import layers
from version_1 import CASES, CUSTOM_OBJECTS, Shifted
from version_1 import X as VERSION_1_INPUTS
from version_1 import next_losses as next_losses_of_version_1

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
        assert json.loads(file["model.json"])["format_version"] == 2


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
    with pytest.raises(ValueError, match=r"ends in '\.npz', or '\.keras' or '\.h5'"):
        model.save(tmp_path / "m.txt")
    with pytest.raises(ValueError, match=r"ends in '\.npz', or '\.keras' or '\.h5'"):
        model.save(tmp_path / "m.weights.h5")
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


# Version 1 of the format -------------------------------------------------------------------------

VERSION_1 = Path(__file__).parent / "data" / "v1"


@pytest.mark.parametrize("name", CASES)
def test_files_of_version_1_predict_and_train_on_as_they_did(tmp_path, name):
    with np.load(VERSION_1 / "expected.npz") as recorded:
        predictions, losses = recorded[f"{name}/predictions"], recorded[f"{name}/losses"]
    model = keras.saving.load_model(VERSION_1 / f"{name}.npz", CUSTOM_OBJECTS)
    rtol = 1e-12 if name == "float64" else 2e-6
    np.testing.assert_allclose(model.predict(VERSION_1_INPUTS), predictions, rtol=rtol)
    with keras.utils.custom_object_scope(CUSTOM_OBJECTS):
        again = keras.models.clone_model(model)
    again.load_weights(VERSION_1 / f"{name}.npz")
    assert same_bits(again, model)
    model.save(tmp_path / "now.npz")  # in the present version
    np.testing.assert_allclose(next_losses_of_version_1(model), losses, rtol=rtol)
    model = keras.saving.load_model(tmp_path / "now.npz", CUSTOM_OBJECTS)
    np.testing.assert_allclose(next_losses_of_version_1(model), losses, rtol=rtol)


def test_every_file_of_version_1_is_one_of_these():
    assert {path.stem for path in VERSION_1.glob("*.npz")} == {*CASES, "expected"}


# What a file has ---------------------------------------------------------------------------------


def test_the_file_has_adams_means_by_name(tmp_path):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(amsgrad=True), "mse")
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "model.npz")
    with np.load(tmp_path / "model.npz") as file:
        for name, views in model.optimizer.state().items():
            flat = np.concatenate([view.ravel() for view in views])
            np.testing.assert_array_equal(file[f"optimizer/{name}"], flat)


@pytest.mark.parametrize("ending", [".npz", ".weights.h5"])
def test_weights_stand_in_one_order_trainable_ones_first(tmp_path, ending):
    h5py = pytest.importorskip("h5py")
    model = keras.Sequential([keras.Input((3,)), Shifted()])
    path = tmp_path / f"model{ending}"
    model.save_weights(path)
    if ending == ".npz":
        with np.load(path) as file:
            arrays = [file["weights/0"], file["weights/1"]]
    else:
        with h5py.File(path) as file:
            arrays = [file["layers/shifted/vars"][i][()] for i in "01"]
    np.testing.assert_array_equal(arrays, [model.layers[0].scale, model.layers[0].shift])
    other = keras.Sequential([keras.Input((3,)), Shifted()])
    other.set_weights([np.zeros(3), np.zeros(3)])
    other.load_weights(path)
    assert same_bits(other, model)


@pytest.mark.parametrize("ending", ["npz", "keras"])
@pytest.mark.parametrize("change", ["nothing", "freeze", "amsgrad"])
def test_what_changed_since_the_last_step_loses_no_state(tmp_path, ending, change):
    pytest.importorskip("h5py")
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4, "tanh"), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01), "mse")
    model.fit(X, Y, epochs=5, verbose=0)
    if change == "freeze":
        model.layers[0].trainable = False
    elif change == "amsgrad":
        model.optimizer.amsgrad = True
    model.save(tmp_path / f"model.{ending}")
    loaded = keras.saving.load_model(tmp_path / f"model.{ending}")
    np.testing.assert_allclose(next_steps(loaded)["loss"], next_steps(model)["loss"], rtol=1e-6)


def test_saving_changes_nothing_of_the_training():
    """A frozen layer's state is not in the file, but is there when it is thawed."""
    model, twin = (
        keras.Sequential([keras.Input((3,)), layers.Dense(4, "tanh"), layers.Dense(1)])
        for _ in range(2)
    )
    twin.set_weights(model.get_weights())
    for each in (model, twin):
        each.compile(keras.optimizers.Adam(0.01), "mse")
        each.fit(X, Y, epochs=2, shuffle=False, verbose=0)
        each.layers[0].trainable = False
    keras.saving.own_format.model_content(model)
    for each in (model, twin):
        each.layers[0].trainable = True
    assert next_steps(model) == next_steps(twin)


def test_dropouts_of_one_name_go_on_with_their_own_random_numbers(tmp_path):
    def part(seed):
        dropout = layers.Dropout(0.5, seed=seed, name="drop")
        return keras.Sequential([layers.Dense(8, "tanh"), dropout])

    model = keras.Sequential([keras.Input((3,)), part(1), part(2), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "model.npz")
    assert next_steps(keras.saving.load_model(tmp_path / "model.npz")) == next_steps(model)


@pytest.mark.parametrize("ending", [".npz", ".keras", ".h5"])
@pytest.mark.parametrize("kind", ["layer", "model", "in a user's layer"])
def test_what_two_models_share_is_one_when_it_comes_back(tmp_path, ending, kind):
    pytest.importorskip("h5py")
    shared = layers.Dense(3, "tanh", name="shared")
    if kind == "model":
        shared = keras.Sequential([layers.Dense(3, "tanh"), layers.ReLU()], name="shared")
    inner = [keras.Sequential([shared]), keras.Sequential([layers.ReLU(), shared])]
    if kind == "in a user's layer":
        inner[1] = Wrapping(shared)
    model = keras.Sequential([keras.Input((3,)), *inner, layers.Dense(1)])
    model.compile(keras.optimizers.Adam(2**-6), "mse")  # a rate that float32 has too
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / f"model{ending}")
    again = keras.saving.load_model(tmp_path / f"model{ending}", {"Wrapping": Wrapping})
    inside = [part for part in again._family() if part.name == "shared"]
    assert len(inside) == 1
    assert again.get_config() == model.get_config()
    assert same_bits(again, model)
    assert next_steps(again) == next_steps(model)


class Wrapping(keras.Layer):
    """Calls a layer that it is given, and can train it."""

    def __init__(self, inner, **options):
        super().__init__(**options)
        self.inner = layers.deserialize(inner) if isinstance(inner, dict) else inner

    def build(self, input_shape):
        self.inner.build(input_shape)

    def call(self, inputs):
        return self.inner.call(inputs)

    def forward(self, inputs):
        return self.inner.forward(inputs)

    def backward(self, gradient, entry, gradients):
        return self.inner.backward(gradient, entry, gradients)

    def get_config(self):
        return super().get_config() | {"inner": keras.layers.serialize(self.inner)}


class Tied(Wrapping):
    """The same, and its configuration does not tell which layer it is."""

    def get_config(self):
        return super().get_config() | {"inner": keras.layers.serialize(layers.Dense(3))}


@pytest.mark.parametrize("ending", [".npz", ".keras", ".h5"])
def test_sharing_that_no_configuration_tells_of_is_refused(tmp_path, ending):
    pytest.importorskip("h5py")
    shared = layers.Dense(3, name="shared")
    model = keras.Sequential([keras.Input((3,)), shared, Tied(shared)])
    with pytest.raises(ValueError, match="'shared' stands in 2 layers or models, and"):
        model.save(tmp_path / f"model{ending}")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [29, 30])
def test_as_many_layers_are_saved_as_are_read(tmp_path, number, monkeypatch):
    monkeypatch.setattr("tinyneuron.saving.rebuilding._MOST_LAYERS", 30)
    path, part = tmp_path / "model.npz", [layers.Identity(name=f"{i:x}") for i in range(number)]
    model = keras.Sequential([keras.Input((3,)), *part])
    if number == 30:  # an Input comes to them
        with pytest.raises(ValueError, match="more than 30 layers"):
            model.save(path)
    else:
        model.save(path)
        assert len(keras.saving.load_model(path).layers) == number


@pytest.mark.parametrize("ending", [".npz", ".keras", ".h5"])
@pytest.mark.parametrize("kind", ["layer", "model", "last"])
def test_a_layer_or_model_that_is_used_twice_is_one_when_it_comes_back(tmp_path, ending, kind):
    pytest.importorskip("h5py")
    twice, x = layers.Dense(3, "tanh"), keras.Input((3,))
    if kind != "layer":
        inner = keras.Input((3,))
        twice = keras.Model(inner, twice(inner))
    end = twice(layers.Dense(3)(twice(x)))
    model = keras.Model(x, end if kind == "last" else layers.Dense(3)(end))
    model.compile("adam", "mse")
    rows = np.random.default_rng(0).normal(size=(5, 3))
    model.fit(rows, rows, verbose=0)
    model.save(tmp_path / f"model{ending}")
    again = keras.saving.load_model(tmp_path / f"model{ending}")
    assert again.count_params() == model.count_params()
    losses = [m.fit(rows, rows, epochs=2, shuffle=False, verbose=0).history for m in (model, again)]
    assert losses[0] == losses[1]


class Block(keras.Layer):
    """Layers as attributes, alone and in a list."""

    def __init__(self, units, **options):
        super().__init__(**options)
        self.units = units
        self.wide = layers.Dense(units, "tanh")
        self.others = [layers.Dense(2, "tanh"), layers.Dense(1)]

    def build(self, input_shape):
        self.wide.build(input_shape)
        self.others[0].build((None, self.units))
        self.others[1].build((None, 2))

    def call(self, inputs):
        for layer in (self.wide, *self.others):
            inputs = layer(inputs)
        return inputs


@pytest.mark.parametrize("ending", [".npz", ".keras"])
def test_a_layer_of_layers_comes_back(tmp_path, ending):
    pytest.importorskip("h5py")
    model = keras.Sequential([keras.Input((3,)), Block(5), Block(4)])
    model.save(tmp_path / f"model{ending}")
    loaded = keras.saving.load_model(tmp_path / f"model{ending}", {"Block": Block})
    assert same_bits(loaded, model)
    other = keras.models.Sequential([keras.Input((3,)), Block(5), Block(4)])
    weights = tmp_path / (".npz" if ending == ".npz" else "w.weights.h5")
    if ending == ".keras":
        model.save_weights(weights)
        other.load_weights(weights)
        assert same_bits(other, model)


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


class MyLoss(keras.losses.MeanSquaredError):
    pass


@pytest.mark.parametrize("ending", [".npz", ".keras"])
def test_a_missing_class_of_yours_leads_to_custom_objects(tmp_path, ending):
    pytest.importorskip("h5py")
    path = tmp_path / f"model{ending}"
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile("sgd", MyLoss())
    model.save(path)
    message = r"Unknown loss 'MyLoss'.*custom_objects=\{'MyLoss'"
    if ending == ".npz":
        with pytest.raises(ValueError, match=message):
            keras.saving.load_model(path)
    else:  # Keras' files open all the same
        with pytest.warns(UserWarning, match=message):
            assert keras.saving.load_model(path).optimizer is None
    assert type(keras.saving.load_model(path, {"MyLoss": MyLoss}).loss) is MyLoss


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


def with_one_part_for_all(whole):
    """Let every entry of the zip's directory be the largest part, under names of its own."""
    parts = rewritten(whole, {"x.npy": npy(np.zeros(5000))})
    start = parts.rindex(b"PK\x01\x02")  # the entry of the last part, the largest
    end = parts.rindex(b"PK\x05\x06")
    entry = parts[start:end]
    entries = b"".join(entry.replace(b"x.npy", f"{i:05d}".encode()) for i in range(20))
    tail = bytearray(parts[end:])
    count = int.from_bytes(tail[10:12], "little") + 20
    size = end - int.from_bytes(tail[16:20], "little") + len(entries)
    tail[8:12] = count.to_bytes(2, "little") * 2
    tail[12:16] = size.to_bytes(4, "little")
    return parts[:end] + entries + bytes(tail)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda whole: b"", r"is empty \(0 bytes\)"),
        (lambda whole: b"PK" + bytes(100), "no model file, it starts with b'PK"),
        (lambda whole: rewritten(whole, {"model.json": None}), "arrays of NumPy, and no model"),
        (lambda whole: rewritten(whole, {"model.json": "[1]"}), r"not that of a model: \[1\]"),
        (lambda whole: rewritten(whole, {"model.json": "{"}), "Expecting"),
        (lambda whole: rewritten(whole, {}, zipfile.ZIP_DEFLATED), "is compressed"),
        (lambda whole: rewritten(whole, {"weights/1.npy": None}), "weights/1.npy is missing"),
        (lambda whole: rewritten(whole, {"weights/4.npy": npy(W0)}), "the file has 5"),
        (lambda whole: rewritten(whole, {"weights/0.npy": npy(W0.T)}), r"shapes \[\(3, 4\)"),
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
        (described(iterations=True), "number of iterations is True"),
        (described(iterations=2**63), "number of iterations is 9"),
        (described(iterations=10**400), "number of iterations is 1"),
        (lambda whole: rewritten(whole, {"optimizer/m.npy": None}), "optimizer needs vectors"),
        (
            lambda whole: rewritten(whole, {"optimizer/m.npy": None, "optimizer/v.npy": None}),
            "optimizer needs vectors",
        ),
        (lambda whole: rewritten(whole, {"optimizer/v.npy": npy(W0)}), "optimizer needs vectors"),
        (
            lambda whole: rewritten(whole, {"weights/0.npy": npy(np.zeros((3, 4), complex))}),
            "claims complex128",
        ),
        (with_one_part_for_all, "'x.npy' reaches into the next part"),
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


def test_an_error_without_a_message_is_named_by_its_kind(model, tmp_path, monkeypatch):
    def fail(*_):
        raise AssertionError

    path = tmp_path / "model.npz"
    model.save(path)
    monkeypatch.setattr(keras.saving.own_format, "rebuilt", fail)
    monkeypatch.setattr(json, "loads", fail)
    with pytest.raises(ValueError, match=r"model\.npz': reading it ends in a AssertionError"):
        keras.saving.load_model(path)


def changed_keras_file(path, change):
    """Change the open HDF5 part of a ``.keras`` file."""
    h5py = pytest.importorskip("h5py")
    with zipfile.ZipFile(path) as archive:
        content = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(content, "a") as file:
        change(file)
        remove_checksums(file)
    path.write_bytes(rewritten(path.read_bytes(), {"model.weights.h5": content.getvalue()}))


def put(name, value, **options):
    def change(file):
        del file[name]
        file.create_dataset(name, data=value, **options)

    return change


def linked_many_times(file):
    group = file["layers/dense/vars"]
    for i in range(2, 400):
        group[str(i)] = group["0"]


ITERATIONS, RATE = "optimizer/vars/0", "optimizer/vars/1"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (put(ITERATIONS, np.int64(-1)), "number of iterations is -1"),
        (put(ITERATIONS, np.uint64(2**64 - 1)), "number of iterations is 18446744073709551615"),
        (put(ITERATIONS, np.float64(2.7)), "number of iterations is 2.7"),
        (put(ITERATIONS, np.int64([1, 2])), "has shape"),
        (put(RATE, np.float32(-1)), "learning_rate must be a finite number from 0 up, got -1.0"),
        (put(RATE, np.float32("inf")), "learning_rate must be a finite number from 0 up, got inf"),
        (put(RATE, np.float32("nan")), "learning_rate must be a finite number from 0 up, got nan"),
        (put("layers/dense/vars/0", np.zeros((4, 3))), r"has shape \(4, 3\), where \(3, 4\)"),
        (put("layers/dense/vars/0", np.ones((3, 4)), chunks=(3, 4)), "is in chunks or compressed"),
        (put("layers/dense/vars/0", np.ones((3, 4)), compression="gzip"), "chunks or compressed"),
        (put("layers/dense/vars/0", [b"a"]), "is not an array of numbers"),
        (lambda file: file.__delitem__("layers/dense/vars/1"), "has 2 weights, and the file has 1"),
        (lambda file: file.__delitem__("layers/dense_1"), "has 2 weights, and the file has 0"),
        (linked_many_times, "has 2 weights, and the file has 400"),
    ],
)
def test_what_is_wrong_in_a_keras_file_is_named(model, tmp_path, change, message):
    path = tmp_path / "damaged.keras"
    model.save(path)
    changed_keras_file(path, change)
    with pytest.raises(ValueError, match=rf"damaged\.keras.*{message}"):
        keras.saving.load_model(path)


def test_a_state_that_lacks_an_array_is_left_out_with_a_warning(model, tmp_path):
    model.save(tmp_path / "m.keras")
    changed_keras_file(tmp_path / "m.keras", lambda file: file.__delitem__("optimizer/vars/5"))
    with pytest.warns(UserWarning, match="state .it needs 8 arrays, and the file has 7"):
        again = keras.saving.load_model(tmp_path / "m.keras")
    for weight, same in zip(again.weights, model.weights, strict=True):
        np.testing.assert_array_equal(weight, same)


def test_a_legacy_file_with_too_many_names_is_refused_unread(tmp_path):
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "names.h5"
    path.write_bytes((KERAS_FILES / "plain.h5").read_bytes())
    with h5py.File(path, "a") as file:
        layer = next(name for name in file["model_weights"] if name.startswith("dense"))
        attributes = file[f"model_weights/{layer}"].attrs
        attributes["weight_names"] = [f"n{i}" for i in range(300)]
    with pytest.raises(ValueError, match="has 2 weights, and the file has 300"):
        keras.saving.load_model(path)
    with h5py.File(path, "a") as file:
        file[f"model_weights/{layer}"].attrs["weight_names"] = ["n"] * 300
    with pytest.raises(ValueError, match="lists a name twice"):
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


@pytest.mark.skipif(sys.platform == "win32", reason="links and modes are POSIX'")
def test_a_link_stays_and_a_file_keeps_its_mode(model, tmp_path):
    (tmp_path / "store").mkdir()
    first, latest = tmp_path / "store" / "first.npz", tmp_path / "latest.npz"
    model.save(first)
    first.chmod(0o600)
    latest.symlink_to("store/first.npz")
    model.set_weights([weight + 1 for weight in model.get_weights()])
    model.save(latest)
    assert latest.is_symlink()
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert same_bits(keras.saving.load_model(first), model)


def test_a_name_may_be_as_long_as_the_system_allows(model, tmp_path):
    path = tmp_path / ("x" * 251 + ".npz")
    model.save(path)
    assert same_bits(keras.saving.load_model(path), model)


def test_of_two_that_must_not_overwrite_one_saves(model, tmp_path):
    path, start, results = tmp_path / "model.npz", threading.Barrier(2), []

    def save():
        start.wait()
        try:
            model.save_weights(path, overwrite=False)
            results.append("saved")
        except ValueError:
            results.append("refused")

    for _ in range(20):
        path.unlink(missing_ok=True)
        threads = [threading.Thread(target=save) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(results) == ["refused"] * 20 + ["saved"] * 20
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killing_the_writer_leaves_a_whole_file(tmp_path):
    for seed in range(4):
        kill_the_writer(tmp_path / "model.npz", seed)


def test_without_h5py_the_error_says_what_to_install(model, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ImportError, match=r"pip install h5py"):
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
        ("branches", "just one layer: a model is layers in a row"),
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
    model.compile(copy.deepcopy(optimizer), "mse")
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


@pytest.mark.parametrize("number", [0, 1, 5, 7])
def test_a_missing_file_is_told_with_what_is_there(number, tmp_path):
    model = keras.Sequential([layers.Input((2,)), layers.Dense(1)])
    for i in range(number):
        model.save(tmp_path / f"m{i}.npz")
    for read in (keras.models.load_model, model.load_weights):
        with pytest.raises(FileNotFoundError, match=re.escape(str(tmp_path))) as caught:
            read(tmp_path / "no.h5")
        for i in range(number):
            assert (f"m{i}.npz" in str(caught.value)) == (i < 5)
        assert ("and 2 more" in str(caught.value)) == (number == 7)
        with pytest.raises(FileNotFoundError, match=r"folder.* is missing"):
            read(tmp_path / "nowhere" / "no.h5")


def test_parts_that_nobody_asks_for_are_not_parsed(model, tmp_path):
    path = tmp_path / "model.npz"
    model.save(path)
    path.write_bytes(rewritten(path.read_bytes(), {"notes.npy": b"no array at all"}))
    loaded = keras.saving.load_model(path)
    for mine, its in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, its)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda c: c["layers"].extend([{"class_name": "Identity"}] * 5000),
            "more than 5000 layers",
        ),
        (lambda c: c.update(more=[{}] * 10**6), "would fill the memory"),
    ],
)
def test_a_description_of_too_much_is_refused(model, tmp_path, change, message):
    path = tmp_path / "model.npz"
    model.save(path)
    path.write_bytes(config_changed(change)(path.read_bytes()))
    with pytest.raises(ValueError, match=message):
        keras.saving.load_model(path)


def test_a_read_only_weight_is_refused_before_any_is_written():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2), keras.layers.Dense(1)])
    model.layers[1].kernel.flags.writeable = False
    before = model.get_weights()
    with pytest.raises(ValueError, match="weight 2 is read-only"):
        model.set_weights([weight + 1 for weight in before])
    for weight, was in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(weight, was)

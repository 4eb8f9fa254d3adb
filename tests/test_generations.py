"""Files of every generation of Keras open here, predict as they did, and train on as they would.

``data/generations`` holds what each release wrote, and its README how it was recorded.
"""

import io
import json
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

import tinyneuron as keras
from damage import damaged
from stress_files import LESS, OTHERS, loaded, outcome

GENERATIONS = Path(__file__).parent / "data" / "generations"
EXPECTED = {
    path.parent.name: json.loads(path.read_text())["cases"]
    for path in sorted(GENERATIONS.glob("*/expected.json"))
}

# Networks whose training is left out, with what the warning says.
LEFT_OUT = {"adam_ema": "use_ema=True"}
# Networks that may go on in another way, with what the warning says.
OTHERWISE = {
    "mixed_precision": "computes in float32",
    "activity_regularized": "activity penalty",  # of Keras 1 and 2
    **dict.fromkeys(["legacy_adam", "legacy_rmsprop", "legacy_sgd"], "state, which is not in the"),
}
# TensorFlow 2.0 forgot to clip, and Keras 2.2 read some weights after it had begun to change them.
AFTER_THE_FIRST = {
    "tf-2.0": ["adam_clipnorm", "sgd_nesterov_clipvalue"],
    "keras-2.2": ["activations", "adam_amsgrad", "initialized", "initializers"],
}
# What a release did not write at all: the loss's option, and the penalty.
FORGOTTEN = {
    writer: ["huber", "activity_regularized"] if writer in ("keras-3.0", "keras-3.3") else ["huber"]
    for writer in EXPECTED
    if writer.startswith("keras-3")
}


def form(file_name):
    return "weights" if file_name.endswith("weights.h5") else Path(file_name).suffix


def files(writer):
    """Yield what is known of each network, its name, and the same of each of its files."""
    for name, case in EXPECTED[writer].items():
        for file_name, file in case.get("files", {}).items():
            if "not_saved" not in file:
                yield name, case, file_name, file


FORMS = [
    (writer, kind)
    for writer in EXPECTED
    for kind in sorted({form(file_name) for _, _, file_name, _ in files(writer)})
]


@pytest.mark.parametrize(("writer", "kind"), FORMS)
def test_it_opens_predicts_and_trains_on(tmp_path, writer, kind):
    """The files of one form by one release: what fails is listed by the file's name.

    Every other network, those left out here in the release's next form and in the next release;
    with many examples, all.
    """
    every_other = 2 if settings().max_examples < 100 else 1
    chosen = list(EXPECTED[writer])[FORMS.index((writer, kind)) % every_other :: every_other]
    with zipfile.ZipFile(GENERATIONS / writer / "files.zip") as archive:
        listed = [n for n in archive.namelist() if form(n) == kind or Path(n).suffix == ".json"]
        archive.extractall(tmp_path, listed)
    check = check_weights if kind == "weights" else check_whole_model
    failures = []
    for name, case, file_name, file in files(writer):
        if form(file_name) == kind and name in chosen:
            try:
                check(tmp_path / file_name, writer, name, case, file)
            except Exception as error:
                failures.append(f"{writer}/{file_name}: {type(error).__name__}: {error}")
    assert not failures, "\n".join(failures)


def check_weights(path, writer, name, case, file):
    """Weights alone go into the model of the JSON file beside them."""
    text = (path.parent / f"{name}.json").read_text()
    model = keras.models.model_from_json(text)
    if name == "explicit_input" and writer in ("keras-2.2", "keras-2.3"):  # they forgot its shape
        with pytest.raises(ValueError, match=r"not built.* build\(...\) it, first"):
            model.load_weights(path)
        model.build((None, 4))
    model.load_weights(path)
    check_predictions(model, name, case)


def check_whole_model(path, writer, name, case, file):
    model, said = opened(path)
    check_predictions(model, name, case)
    if name in LEFT_OUT:
        assert LEFT_OUT[name] in said
        assert model.optimizer is None
    elif said:
        assert OTHERWISE[name] in said
    if "continued" in case and not said:
        # Some releases forget the optimizer's state when they load it: to go on is right as well.
        allowed = [file["losses"]] if "losses" in file else []
        if name not in FORGOTTEN.get(writer, []):
            allowed.append(case["continued"])
        seen = 1 if name in AFTER_THE_FIRST.get(writer, []) else 3
        difference = difference_of_losses(model, case, allowed, seen)
        if difference > 1e-5 and writer in ("keras-2.2", "keras-2.3"):
            model, _ = opened(path)
            model.optimizer._iterations += 1  # they counted a step before they took it
            difference = difference_of_losses(model, case, allowed, seen)
        assert difference < 1e-5


def opened(path):
    """Return a file's model, and the one warning that was given, if any."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model = keras.models.load_model(path)
    assert len(said) <= 1
    return model, "".join(str(warning.message) for warning in said)


def check_predictions(model, name, case):
    y = model.predict(np.array(case["x"]), verbose=0)
    tolerance = 2e-3 if name == "mixed_precision" else 1e-6
    np.testing.assert_allclose(y, case["predictions"], rtol=0, atol=tolerance)
    assert model.count_params() == case["facts"]["parameters"]


def difference_of_losses(model, case, allowed, seen):
    """Take three steps, and return how far the losses are from the nearest of those allowed."""
    x, y = np.array(case["x"]), np.array(case["y"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a loss that does not fit the last activation
        history = model.fit(x, y, batch_size=len(x), epochs=3, shuffle=False, verbose=0)
    ours = history.history["loss"][:seen]
    differences = [
        np.max(np.abs(np.subtract(ours, theirs[:seen])) / (np.abs(theirs[:seen]) + 1e-2))
        for theirs in allowed
    ]
    return min(differences, default=0)


@pytest.mark.parametrize(("writer", "kind"), [form for form in FORMS if form[1] != "weights"])
def test_damaged_it_is_refused_or_the_same(tmp_path, writer, kind):
    """``tools/stress_files.py`` does the same far more often."""
    with zipfile.ZipFile(GENERATIONS / writer / "files.zip") as archive:
        archive.extract(f"pima{kind}", tmp_path)
    path = tmp_path / f"pima{kind}"
    content, whole = path.read_bytes(), loaded(path)
    outcomes = [outcome(damaged(content, seed), path, whole) for seed in range(10)]
    assert outcomes.count("refused") > 0
    no_checksum = {"refused", "equal", LESS, *OTHERS}
    assert set(outcomes) <= (no_checksum if content[:4] == b"\x89HDF" else {"refused", "equal"})


# States that do not fit ---------------------------------------------------------------------------


def keras_1_file(path, names, arrays=None, version=b"1.2.2"):
    """Write what Keras 1 does of two Dense(3): each moment is full of its weight's place."""
    h5py = pytest.importorskip("h5py")
    layers = [
        {"class_name": "Dense", "config": {"name": name, "output_dim": 3, "input_dim": 3}}
        for name in ("dense_9", "dense_10")
    ]
    layers[0]["config"]["batch_input_shape"] = [None, 3]
    optimizer = {"class_name": "Adam", "config": {"lr": 0.1, "epsilon": 1e-8}}
    shapes = [(3, 3), (3,), (3, 3), (3,)]
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = version
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": layers})
        file.attrs["training_config"] = json.dumps({"optimizer_config": optimizer, "loss": "mse"})
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = [b"dense_9", b"dense_10"]
        for layer, own in zip(("dense_9", "dense_10"), (names[:2], names[2:]), strict=True):
            group = weights.create_group(layer)
            group.attrs["weight_names"] = [name.encode() for name in own]
            for name, shape in zip(own, shapes, strict=False):
                group[name] = np.ones(shape, "f")
        order = sorted(range(4), key=names.__getitem__)
        slots = [np.full(shapes[i], i + 10 * slot, "f") for slot in (0, 1) for i in order]
        state = file.create_group("optimizer_weights")
        for i, array in enumerate([np.float32(7), *slots][:arrays]):
            state[f"param_{i}"] = array
        state.attrs["weight_names"] = [f"param_{i}".encode() for i in range(len(state))]


def test_keras_1_sorted_the_state_by_the_names_of_weights(tmp_path):
    """As strings: dense_10 is before dense_9, of the same shapes."""
    keras_1_file(tmp_path / "m.h5", ["dense_9_W", "dense_9_b", "dense_10_W", "dense_10_b"])
    model, said = opened(tmp_path / "m.h5")
    assert not said
    assert model.optimizer.iterations == 7
    for slot, views in enumerate(model.optimizer.state().values()):
        for i, view in enumerate(views):
            np.testing.assert_array_equal(view, i + 10 * slot)


@pytest.mark.parametrize(
    ("names", "options", "message"),
    [
        (["param_0", "param_1", "b_W", "b_b"], {}, "names that are not in the file"),
        (["a_W", "a_b", "b_W", "b_b"], {"arrays": 4}, "it needs 8 arrays, and the file has 3"),
        (
            ["d", "c", "b", "a"],
            {"version": b"2.0.6"},
            r"'param_1' has shape \(3,\), where \(3, 3\) is needed",
        ),
    ],
)
def test_a_state_that_does_not_fit_leaves_the_predictions(tmp_path, names, options, message):
    keras_1_file(tmp_path / "m.h5", names, **options)
    with pytest.warns(UserWarning, match=rf"open, without the optimizer's state \(.*{message}"):
        model = keras.models.load_model(tmp_path / "m.h5")
    np.testing.assert_array_equal(model.predict(np.ones((1, 3)), verbose=0), [[13, 13, 13]])
    assert model.optimizer.iterations == 0
    assert all((view == 0).all() for views in model.optimizer.state().values() for view in views)


def test_nadam_before_tensorflow_2_11_is_left_out(tmp_path):
    h5py = pytest.importorskip("h5py")
    keras_1_file(tmp_path / "m.h5", ["a_W", "a_b", "b_W", "b_b"])
    nadam = {"class_name": "Nadam", "config": {"lr": 0.002, "schedule_decay": 0.004}}
    with h5py.File(tmp_path / "m.h5", "a") as file:
        file.attrs["training_config"] = json.dumps({"optimizer_config": nadam, "loss": "mse"})
    model, said = opened(tmp_path / "m.h5")
    assert "without how it was trained (Nadam as it was before TensorFlow 2.11)" in said
    assert model.optimizer is None
    assert (model.predict(np.ones((1, 3)), verbose=0) == 13).all()


# Files that are no models -------------------------------------------------------------------------


def zip_of(*names):
    """Return a zip with empty parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, b"")
    return buffer.getvalue()


FOREIGN = [
    (b"", "empty"),
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1\n", "git lfs pull"),
    (b"\x80\x04\x95\x10\x00", "pickle.*program"),
    (b"\x1c\x00\x00\x00TFL3\x14\x00", "TFLite"),
    (b"\x08\x07\x12\x07pytorch", "ONNX"),
    (b"\n<!DOCTYPE html><html><head>", "HTML page"),
    (b'{"class_name": "Sequential"}', "model_from_json"),
    (b"\x1f\x8b\x08", "compressed with gzip"),
    (b"\x93NUMPY\x01\x00", "set_weights"),
    (b"a,b\n1,2\n", r"no model file, it starts with b'a,b.*\.keras, \.h5 or \.npz"),
    (zip_of("archive/data.pkl", "archive/version"), "PyTorch.*transposed"),
    (zip_of("m/saved_model.pb", "m/variables/variables.index"), "SavedModel"),
    (zip_of("folder/model.h5"), "unpack it"),
    (zip_of("kernel.npy", "bias.npy"), "no model.*set_weights"),
    (zip_of("readme.txt"), "a zip of something else: readme.txt"),
]


@pytest.mark.parametrize(("content", "message"), FOREIGN)
@pytest.mark.parametrize("name", ["m.keras", "m.h5", "m.npz"])
def test_what_is_no_model_is_said_to_be_what_it_is(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=f"{name}.*{message}"):
        keras.models.load_model(tmp_path / name)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match=message):
        model.load_weights(tmp_path / name)


def test_a_whole_models_weights_are_loaded_and_weights_alone_are_no_model(tmp_path):
    pytest.importorskip("h5py")
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    for ending in (".h5", ".keras", ".npz"):
        model.save(tmp_path / f"m{ending}")
        other = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        other.load_weights(tmp_path / f"m{ending}")
        np.testing.assert_array_equal(other.layers[0].kernel, model.layers[0].kernel)
    for ending in (".weights.h5", ".npz"):
        model.save_weights(tmp_path / f"w{ending}")
        with pytest.raises(ValueError, match="weights, but no model; load_weights reads those"):
            keras.models.load_model(tmp_path / f"w{ending}")


def test_a_saved_model_is_said_to_be_one(tmp_path):
    with pytest.raises(ValueError, match="is a folder"):
        keras.models.load_model(tmp_path)
    (tmp_path / "saved_model.pb").write_bytes(b"")
    with pytest.raises(ValueError, match=r"SavedModel.*model\.save\('model\.keras'\)"):
        keras.models.load_model(tmp_path)


OPTIMIZERS = ["adadelta", "adagrad", "adam", "adamax", "lion", "nadam", "rmsprop", "sgd"]


@pytest.mark.parametrize("kind", ["Sequential", "Functional"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("ending", [".h5", ".keras"])
def test_a_file_of_our_own_comes_back(tmp_path, ending, optimizer, kind):
    pytest.importorskip("h5py")
    keras.utils.set_random_seed(1)
    x = np.random.default_rng(0).normal(size=(20, 3))
    inner = keras.Sequential([keras.layers.Dense(4, "tanh"), keras.layers.BatchNormalization()])
    model = keras.Sequential([keras.Input((3,)), inner, keras.layers.Dense(1)])
    if kind == "Functional":
        given, code = keras.Input((3,)), keras.Input((3,))
        inner = keras.Model(code, keras.layers.Dense(3, "tanh")(code))
        model = keras.Model(given, keras.layers.Dense(1)(inner(given)))
    model.compile(optimizer, "mse", metrics=["mae"])
    model.fit(x, x[:, :1], epochs=2, shuffle=False, verbose=0)
    model.save(tmp_path / f"m{ending}")
    again = keras.models.load_model(tmp_path / f"m{ending}")
    assert type(again) is type(model)
    assert (again.predict(x, verbose=0) == model.predict(x, verbose=0)).all()
    losses = [
        m.fit(x, x[:, :1], epochs=2, shuffle=False, verbose=0).history for m in (model, again)
    ]
    np.testing.assert_allclose(losses[0]["loss"], losses[1]["loss"], rtol=1e-6)
